/** An edited prompt, tried on past questions by the way of an answer: nothing is said to anybody, and no answer recorded. */
import { z } from 'zod'
import { type Claims, withClaims } from '../database/index.ts'
import { type AnsweringServices, inOne, type Made, make } from './ask.ts'
import { Brief } from './brief.ts'

export class PreviewError extends Error {
  readonly code: string
  readonly hint: string
  constructor(code: string, message: string, hint: string) {
    super(message)
    this.code = code
    this.hint = hint
  }
}

export const PreviewInput = z.object({
  name: z.string(),
  content: z.string(),
  questions: z.array(z.string()).nullish(),
  latest: z.number().int().nullish(),
  estimateOnly: z.boolean().nullish(),
})

const Begun = z.object({
  estimated_cost: z.number().nullable(),
  questions: z.array(
    z.object({
      question: z.string(),
      requested: z.string().nullish(),
      brief: Brief,
      old: z
        .object({
          response_id: z.string(),
          text: z.string(),
          outcome: z.string(),
          reason: z.string().nullable(),
          model: z.string(),
          prompt_version: z.number().nullable(),
        })
        .nullish(),
    }),
  ),
})
type Begun = z.infer<typeof Begun>

export interface Tried {
  /** Masked, as the model saw it. */
  question: string
  old: NonNullable<Begun['questions'][number]['old']> | null
  text: string
  outcome: string
  category: string | null
  model: string
  /** Why the model's own text is not given: what the gate refused, or how the call failed. */
  fallback: string | null
  reason: string | null
  tokensIn: number | null
  tokensOut: number | null
  cost: number | null
  latencyMs: number
}

const width = 3

export async function previewPrompt(
  services: AnsweringServices,
  claims: Claims,
  input: z.infer<typeof PreviewInput>,
  signal?: AbortSignal,
): Promise<{ estimatedCost: number | null; questions: Tried[] }> {
  // With the caller's own rights: whoever may not write prompts gets no further.
  const { begun } = await inOne<{ begun: unknown }>(
    services.pool,
    claims,
    'select app_hidden.begin_prompt_preview($1, $2, $3, $4) as begun from claims',
    [input.name, input.content, input.questions?.length ? input.questions : null, input.latest ?? 5],
  )
  const { questions, estimated_cost } = Begun.parse(begun)
  const needed = input.name === 'route' ? services.providers.route : services.providers.answer
  if (!needed)
    throw new PreviewError(
      'CO131',
      `No model is configured that the prompt ${input.name} could be tried with.`,
      'Set OPENAI_API_KEY, or OPENAI_BASE_URL of a server of its protocol, and start the server again.',
    )
  if (input.estimateOnly) return { estimatedCost: estimated_cost, questions: [] }
  if (questions.some(({ brief }) => brief.budget === 'stopped'))
    throw new PreviewError(
      'CO132',
      'The budget for models is used up.',
      'Raise daily_budget or monthly_budget in club_settings, or wait until the day or the month ends (UTC).',
    )
  const tried = new Array<Tried>(questions.length)
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(width, questions.length) }, async () => {
      while (next < questions.length) {
        const index = next++
        tried[index] = await tryOne(services, claims, input, questions[index]!, signal)
      }
    }),
  )
  return { estimatedCost: estimated_cost, questions: tried }
}

async function tryOne(
  services: AnsweringServices,
  claims: Claims,
  input: z.infer<typeof PreviewInput>,
  { question, requested, brief: given, old }: Begun['questions'][number],
  signal?: AbortSignal,
): Promise<Tried> {
  const started = performance.now()
  const name = input.name as 'route' | 'answer'
  // Also while the assistant is switched off: that is when prompts are repaired.
  const brief: Brief = {
    ...given,
    enabled: true,
    prompts: { ...given.prompts, [name]: { id: given.prompts[name]?.id ?? 0, content: input.content } },
  }
  const made: Made = await make(services, {
    question: { query: question, category: requested, site: brief.site },
    claims: { actor: claims.actor, role: 'worker' },
    brief,
    drafting: false,
    options: { signal },
    started,
  })
  const calls = made.calls.map((call) => ({ ...call, purpose: 'preview' }))
  const cost = await withClaims(services.pool, { actor: claims.actor, role: 'worker' }, async (client) => {
    const { rows } = await client.query<{ cost: string | null }>(
      'select app_private.record_llm_calls($1::jsonb) as cost',
      [JSON.stringify(calls)],
    )
    return rows[0]!.cost
  })
  const sum = (of: (call: Made['calls'][number]) => number | null) =>
    made.calls.some((call) => of(call) !== null)
      ? made.calls.reduce((total, call) => total + (of(call) ?? 0), 0)
      : null
  return {
    question: brief.masked,
    old: old ?? null,
    text: made.draft.text,
    outcome: made.draft.outcome,
    category: made.draft.category,
    model: made.model,
    fallback: made.fallback,
    reason: made.draft.reason,
    tokensIn: sum((call) => call.tokens_in),
    tokensOut: sum((call) => call.tokens_out),
    cost: cost === null ? null : Number(cost),
    latencyMs: performance.now() - started,
  }
}
