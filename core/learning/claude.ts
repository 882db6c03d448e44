/** What Claude is asked of a pattern, and the form of its answer. What may be done with the answer is decided in SQL. */
import { z } from 'zod'
import type { BatchRequest, Request } from '../llm/index.ts'

const Edit = z.object({
  from: z.int().describe('First line that is replaced; to insert, the line before which.'),
  to: z.int().describe('Last line that is replaced; from - 1 to insert.'),
  old: z
    .array(z.string())
    .describe('Lines from..to exactly as they are, without their numbers; empty to insert.'),
  new: z.array(z.string()).describe('What stands there instead; empty to delete.'),
})

/** Every field is always there, as strict schemas want it; what an action does not need is null or empty. */
export const Suggestion = z.object({
  action: z.enum(['edit_sop', 'new_sop', 'knowledge', 'correction', 'routing_hint', 'nothing']),
  sop_id: z.int().nullable().describe('edit_sop, routing_hint: the SOP.'),
  base_version: z.int().nullable().describe('edit_sop: the version in the brief.'),
  edits: z.array(Edit).describe('edit_sop: the changed lines.'),
  category: z.string().nullable().describe('new_sop, knowledge, correction, routing_hint to a topic.'),
  section: z.string().nullable().describe('new_sop: its name.'),
  topic: z.string().nullable().describe('knowledge, correction, routing_hint to a topic.'),
  content: z.string().nullable().describe('new_sop: the whole text.'),
  entries: z
    .array(z.object({ question: z.string(), answer: z.string() }))
    .describe('knowledge, correction: the entries.'),
  reasoning: z.string().describe('For the member of staff who decides.'),
  evidence: z.array(z.int()).describe('Ids of the failures that it helps.'),
})
export type Suggestion = z.infer<typeof Suggestion>

/** What app_private.analyst_brief says, in the parts that are sent. */
export interface Brief {
  prompt: string
  shared: unknown
  own: unknown
}

/** No sign in the data can end the part that it stands in. */
const data = (name: string, value: unknown) =>
  `<${name}>\n${JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e')}\n</${name}>`

type AnalysisRequest = Request & { schema: typeof Suggestion; schemaName: string }

/** What is the same for all patterns comes first, and is cached; the pattern's own part comes last. */
export const requestOf = (brief: Brief, signal?: AbortSignal): AnalysisRequest => ({
  purpose: 'analyse',
  system: brief.prompt,
  input: [data('shared', brief.shared), data('brief', brief.own)],
  cached: 1,
  maxTokens: 4096,
  // It reads much and writes at leisure; nobody waits for it.
  timeout: 120_000,
  signal,
  schema: Suggestion,
  schemaName: 'suggestion',
})

export const batchRequestOf = (customId: string, brief: Brief): BatchRequest => ({
  customId,
  request: requestOf(brief),
})
