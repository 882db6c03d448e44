/** What somebody is writing, per conversation: it outlives a reload, another conversation looked at, a refusal. */
import { useSyncExternalStore } from 'react'

export interface Draft {
  text: string
  /** The assistant's draft that is shown beside the box. */
  proposed?: string | undefined
  /** The assistant's draft that the text was made from. */
  from?: string | undefined
}

const key = (ticket: number) => `clubos.reply.${ticket}`
const nothing: Draft = { text: '' }
const known = new Map<number, Draft>()
const listeners = new Set<() => void>()

export function draftOf(ticket: number): Draft {
  let draft = known.get(ticket)
  if (!draft) {
    try {
      draft = { ...nothing, ...(JSON.parse(sessionStorage.getItem(key(ticket)) ?? '{}') as Partial<Draft>) }
    } catch {
      draft = nothing
    }
    known.set(ticket, draft)
  }
  return draft
}

export function keepDraft(ticket: number, change: Partial<Draft>) {
  const draft = { ...draftOf(ticket), ...change }
  if (draft.text.trim() === '') delete draft.from
  known.set(ticket, draft)
  try {
    if (draft.text === '' && !draft.proposed) sessionStorage.removeItem(key(ticket))
    else sessionStorage.setItem(key(ticket), JSON.stringify(draft))
  } catch {
    // No storage: it lives as long as the page.
  }
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useDraft = (ticket: number) => useSyncExternalStore(subscribe, () => draftOf(ticket))
