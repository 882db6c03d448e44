/** Asks why: everything that changes what the club says carries a reason. */
import type { ReactNode } from 'react'
import { store } from './late.tsx'

export interface Ask {
  title: string
  /** On the button that does it. */
  action: string
  text?: ReactNode
  /** Whether it can do without. */
  optional?: boolean
  /** Reasons to choose from with one click. */
  suggestions?: string[]
  danger?: boolean
}

export const asked = store<{ ask: Ask; answer: (reason: string | null) => void } | null>(null)

/** Null where the person thought better of it. */
export const askReason = (ask: Ask): Promise<string | null> =>
  new Promise((resolve) => {
    asked.get()?.answer(null)
    asked.set({
      ask,
      answer(reason) {
        asked.set(null)
        resolve(reason)
      },
    })
  })
