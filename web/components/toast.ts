/** Short messages at the edge: what was done, with a way back where there is one, or why it was refused. */
import type { ApiError } from '../graphql/client.ts'
import { store } from './late.tsx'

export interface Toast {
  message: string
  /** What takes it back; its button stays for ten seconds, and `undoLast` runs it by key. */
  undo?: () => void
  color?: string
}

/** Whether the place for toasts is to be shown: from the first one on. */
export const toastsWanted = store(false)

let lastUndo: { id: string; run: () => void } | null = null

/** The function that it returns hides it: where a later one says the same better. */
export function toast({ message, undo, color = 'teal' }: Toast): () => void {
  const id = crypto.randomUUID()
  const forget = () => {
    if (lastUndo?.id === id) lastUndo = null
  }
  const hide = () => {
    forget()
    void import('./Toasts.tsx').then(({ hideToast }) => hideToast(id))
  }
  const run = () => {
    hide()
    undo?.()
  }
  // At once, so that the key works before the message is there.
  if (undo) lastUndo = { id, run }
  toastsWanted.set(true)
  void import('./Toasts.tsx').then(({ showToast }) =>
    showToast({ id, message, color, undo: undo && run, onClose: forget }),
  )
  return hide
}

/** Takes back what the last toast with an undo told of; false where there is none any more. */
export function undoLast(): boolean {
  if (!lastUndo) return false
  lastUndo.run()
  return true
}

export function toastError(error: ApiError | Error) {
  toastsWanted.set(true)
  void import('./Toasts.tsx').then(({ showError }) => showError(error))
}
