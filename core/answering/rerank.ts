/**
 * A model puts what the search found in order (listwise: Sun et al. 2023, "Is ChatGPT Good at Search?"). Only where a model
 * is named for it; what it leaves out follows in the search's own order.
 */
import { z } from 'zod'
import type { Call, TextModel } from '../llm/index.ts'
import type { Source } from './ask.ts'
import type { Brief } from './brief.ts'
import { rerankPrompt } from './guards/prompt.ts'

/** A model that has not ranked by then is not waited for: the search's order stays. Milliseconds. */
const patience = 8000

/** What is kept for emergencies, or for people, no model reads. */
export const rankable = (source: Source) => source.category !== 'emergency' && source.category !== 'hand_over'

/** As app_hidden.source_key names a source. */
const keyOf = (source: Source) =>
  source.sop_id === null ? `knowledge:${source.knowledge_id}` : `sop:${source.sop_id}`

/** sources: rankable ones, two at least. keys: the best first; empty where the model finds none that helps. */
export async function rerank(
  model: TextModel,
  brief: Brief,
  sources: Source[],
  signal: AbortSignal | undefined,
): Promise<{ keys: string[]; call: Call }> {
  const { value, call } = await model.structured({
    ...rerankPrompt({
      policy: brief.prompts.rerank!.content,
      sources: sources.map(({ rank, title, heading, snippet }) => ({ rank, title, heading, text: snippet })),
      conversation: brief.conversation,
      question: brief.masked,
    }),
    purpose: 'rerank',
    schemaName: 'order',
    schema: z.strictObject({ order: z.array(z.number()) }),
    maxTokens: 200,
    timeout: patience,
    signal,
  })
  const named = [...new Set(value.order)].flatMap((rank) => sources.filter((source) => source.rank === rank))
  return { keys: named.map(keyOf), call }
}
