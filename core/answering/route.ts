/** Which category a question belongs to, and whether somebody is in danger: an object by a strict schema. */
import { z } from 'zod'
import type { Call, TextModel } from '../llm/index.ts'
import type { Brief } from './brief.ts'
import { categoriesPart, conversationPart, questionPart } from './parts.ts'

export interface Route {
  /** One of the club's, or unknown. */
  category: string
  confidence: number
  emergency: boolean
}

/** A model that has not said in this time where a question belongs is not waited for: the sources vote. */
const patience = 8000

export async function route(
  model: TextModel,
  brief: Brief,
  signal: AbortSignal | undefined,
): Promise<{ route: Route; call: Call }> {
  const categories = brief.categories.map(({ category }) => category).filter((name) => name !== 'unknown')
  const { value, call } = await model.structured({
    purpose: 'route',
    system: brief.prompts.route!.content,
    input: [
      categoriesPart(brief.categories),
      ...(brief.conversation.length > 0 ? [conversationPart(brief.conversation)] : []),
      questionPart(brief.masked),
    ],
    cached: 1,
    schemaName: 'route',
    schema: z.strictObject({
      category: z.enum(['unknown', ...categories]),
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
