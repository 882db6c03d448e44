import { useDraft } from '../components/draft.tsx'
import type { Prompt } from './documents.ts'

/** The version that was edited, with its text, and what became of it. */
export interface Draft {
  version: number
  base: string
  text: string
}

export function usePromptDraft(prompt: Prompt) {
  const [kept, keep] = useDraft<Draft>(`prompt.${prompt.id}`)
  // As long as nothing is written, the newest text is what one edits.
  const draft = kept ?? { version: prompt.version, base: prompt.content, text: prompt.content }
  return { draft, dirty: draft.text !== draft.base, keep }
}
