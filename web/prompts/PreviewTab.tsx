import type { Prompt } from './documents.ts'

export default function PreviewTab(_props: { prompt: Prompt }) {
  return null
}
