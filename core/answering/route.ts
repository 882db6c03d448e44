/** Which category a question belongs to, and whether somebody is in danger: an object by a strict schema. */
import { z } from 'zod'
import type { Call, TextModel } from '../llm/index.ts'
import type { Brief } from './brief.ts'
import { routePrompt } from './guards/prompt.ts'

export interface Route {
  /** One of the club's, or unknown. */
  category: string
  confidence: number
  emergency: boolean
}

/** A model that has not said by then where a question belongs is not waited for: the sources vote. Milliseconds. */
const patience = 8000

export async function route(
  model: TextModel,
  brief: Brief,
  signal: AbortSignal | undefined,
): Promise<{ route: Route; call: Call }> {
  const categories = brief.categories.filter(({ category }) => category !== 'unknown')
  const { value, call } = await model.structured({
    // What every question has in common, the categories too, is the system's part: a provider caches it.
    ...routePrompt({
      policy: brief.prompts.route!.content,
      categories: categories.map(({ category, about }) => [category, about ?? '']),
      conversation: brief.conversation,
      question: brief.masked,
    }),
    purpose: 'route',
    schemaName: 'route',
    schema: z.strictObject({
      category: z.enum(['unknown', ...categories.map(({ category }) => category)]),
      confidence: z.number(),
      emergency: z.boolean(),
    }),
    maxTokens: 100,
    timeout: patience,
    signal,
  })
  // Strict schemas know no bounds of numbers.
  return { route: { ...value, confidence: Math.min(1, Math.max(0, value.confidence)) }, call }
}
