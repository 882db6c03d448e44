/** Parts of the frame whose code comes when they are first needed: toasts, dialogs, the command palette. */
import { useSyncExternalStore } from 'react'

/** A value that lives outside of components; `use` shows it in them. */
export function store<Value>(initial: Value) {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next: Value) {
      value = next
      for (const listener of listeners) listener()
    },
    use: () =>
      useSyncExternalStore(
        (listener) => {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
        () => value,
      ),
  }
}
