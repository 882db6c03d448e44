/** Notifications of urgent tickets on this device, where the browser can. */
export function usePush() {
  return { possible: false, on: false, toggle: () => {} }
}
