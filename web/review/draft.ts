/** What somebody has typed and not approved: it outlives a reload of the tab, and a refusal. */
export interface Draft {
  text: string
  /** The SOP version that the text was written against; null for a new SOP. */
  version: number | null
}

const keyOf = (id: number) => `clubos.review.draft.${id}`

export function readDraft(id: number): Draft | null {
  try {
    const stored = JSON.parse(sessionStorage.getItem(keyOf(id)) ?? 'null') as Draft | null
    return typeof stored?.text === 'string' ? stored : null
  } catch {
    return null
  }
}

export function keepDraft(id: number, draft: Draft | null) {
  try {
    if (draft) sessionStorage.setItem(keyOf(id), JSON.stringify(draft))
    else sessionStorage.removeItem(keyOf(id))
  } catch {
    // Full, or not allowed: then it lives as long as the page, and leaving asks.
  }
}

/** How many places of a merge still have both sides. */
export const conflictsIn = (text: string) => text.match(/^<{7} current$|^>{7} proposed$/gm)?.length ?? 0
