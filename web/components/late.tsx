/** Parts of the frame whose code comes when they are first needed: toasts, dialogs, the command palette. */
import { type ComponentType, lazy, Suspense, useState, useSyncExternalStore } from 'react'

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

/** Whether something has ever been wanted: once there it stays, so that its closing is seen too. */
export function useEver(wanted: boolean): boolean {
  const [ever, setEver] = useState(wanted)
  if (wanted && !ever) setEver(true)
  return ever
}

/** A dialog whose code comes when it is first opened: `opened` tells from its properties whether it is. */
export function lateDialog<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  opened: (props: Props) => boolean,
) {
  const Dialog = lazy(load)
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each dialog, at the top of its module
  return function LateDialog(props: Props) {
    if (!useEver(opened(props))) return null
    return (
      <Suspense fallback={null}>
        <Dialog {...props} />
      </Suspense>
    )
  }
}
