/**
 * question → vector → begin_answer (route, search, draft) → record_response. Two database round trips, no client
 * held between them: that is where a language model will write the text.
 */
import type pg from 'pg'
import { z } from 'zod'
import { type Claims, claimSettings, toVector } from '../database/index.ts'
import type { Embedder } from '../embedding/index.ts'
import type { Log } from '../log.ts'

export const Question = z.object({
  query: z.string(),
  category: z.string().nullish(),
  site: z.string().nullish(),
  conversation: z.string().nullish(),
})
export type Question = z.infer<typeof Question>

export interface Source {
  rank: number
  kind: 'sop' | 'knowledge'
  sop_id: number | null
  sop_version_id: number | null
  version: number | null
  knowledge_id: number | null
  category: string
  topic: string
  title: string
  heading: string | null
  snippet: string
  matched: string | null
  trust: number
  score: number
  words: number
  cosine: number
  cited: boolean
}

export interface Answer {
  id: string
  text: string
  outcome: 'answered' | 'handed_over' | 'emergency' | 'withheld' | 'paused'
  confidence: number | null
  category: string | null
  reason: string | null
  model: string
  latency_ms: number
  ticket_id: number | null
  conversation: string | null
  sources: Source[]
}

export interface AnsweringServices {
  pool: pg.Pool
  embedder: Embedder
  log: Log
}

interface Draft {
  ticket_id: number | null
  site: string | null
  category: string | null
  confidence: number
  outcome: Answer['outcome']
  reason: string | null
  text: string
  sources: Source[]
}

// The claims are set in the statement itself, so that each half is one round trip and one transaction.
const withClaims = (settings: Record<string, string>, call: string, firstParameter: number) =>
  `with claims as materialized (select ${Object.keys(settings)
    .map((_, i) => `set_config($${firstParameter + 2 * i}, $${firstParameter + 2 * i + 1}, true)`)
    .join(', ')}) ${call}`

export async function ask(
  services: AnsweringServices,
  claims: Omit<Claims, 'role'>,
  question: Question,
): Promise<Answer> {
  const begun = performance.now()
  const { query } = question
  const settings = claimSettings({ ...claims, role: 'worker' })
  const who = Object.entries(settings).flat()
  const vector = await embedQuestion(services, query)

  const begin = await services.pool.query<{ draft: Draft }>(
    withClaims(
      settings,
      'select app_hidden.begin_answer($1, $2::vector, $3, $4, $5::uuid) as draft from claims',
      6,
    ),
    [query, vector, question.category ?? null, question.site ?? null, question.conversation ?? null, ...who],
  )
  const { draft } = begin.rows[0]!
  const model = vector === null ? 'local-extractive-words' : 'local-extractive'

  const recorded = await services.pool.query(
    withClaims(
      settings,
      `select r.* from claims, app_public.record_response(question => $1, text => $2, outcome => $3, model => $4, sources => $5,
         conversation => $6::uuid, site => $7, category => $8, requested_category => $9, confidence => $10, reason => $11,
         router_model => 'local-vote', latency_ms => $12) r`,
      13,
    ),
    [
      query,
      draft.text,
      draft.outcome,
      model,
      JSON.stringify(draft.sources),
      question.conversation ?? null,
      draft.site,
      draft.category,
      question.category ?? null,
      draft.confidence,
      draft.reason,
      performance.now() - begun,
      ...who,
    ],
  )
  const response = recorded.rows[0] as Answer
  const withheld = response.outcome === 'withheld'
  return {
    id: response.id,
    text: withheld
      ? ''
      : response.outcome === 'paused' && draft.outcome !== 'paused'
        ? 'A member of our team will answer you here as soon as possible.'
        : response.text,
    outcome: response.outcome,
    confidence: response.confidence,
    category: response.category,
    reason: response.reason,
    model: response.model,
    latency_ms: performance.now() - begun,
    ticket_id: response.ticket_id,
    conversation:
      response.ticket_id === null
        ? null
        : (question.conversation ?? (await conversationOf(services, response.ticket_id))),
    sources: withheld ? [] : draft.sources,
  }
}

/** Of a ticket that the statement before has opened: that statement itself cannot see it yet. */
async function conversationOf(services: AnsweringServices, ticketId: number): Promise<string> {
  const { rows } = await services.pool.query<{ conversation: string }>(
    'select conversation from app_public.tickets where id = $1',
    [ticketId],
  )
  return rows[0]!.conversation
}

/** Null where the model fails: words still find the answer, and the model column says so. */
export async function embedQuestion(services: AnsweringServices, query: string): Promise<string | null> {
  if (query.trim() === '') return null
  try {
    const [vector] = await services.embedder.embed([query.slice(0, 8000)])
    return toVector(vector!)
  } catch (error) {
    services.log.error({ error: (error as Error).message }, 'embedding failed; answering by words alone')
    return null
  }
}
