/**
 * question → vector → begin_answer (route, search, draft) → record_response. Two database round trips, no client
 * held between them: that is where a language model will write the text. A draft for staff goes the same way, and is
 * recorded as one.
 */
import type pg from 'pg'
import { z } from 'zod'
import { withClaims as asCaller, type Claims, claimSettings } from '../database/index.ts'
import type { Embedders } from '../embedding/index.ts'
import { embedQuestion, recordCalls } from '../embedding/question.ts'
import type { Providers } from '../llm/providers.ts'
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
  outcome: 'answered' | 'handed_over' | 'emergency' | 'withheld' | 'paused' | 'drafted'
  confidence: number | null
  category: string | null
  reason: string | null
  model: string
  latency_ms: number
  ticket_id: number | null
  conversation: string | null
  sources: Source[]
  trace: Trace
}

/** How the answer came about, for staff: where the time went, how it was routed, what was found and how near. */
export interface Trace {
  embed_ms: number
  begin_ms: number
  record_ms: number
  total_ms: number
  /** Null where no language model had a part in it. */
  tokens_in: number | null
  tokens_out: number | null
  cost: number | null
  route: { category: string | null; confidence: number; threshold: number; votes: Vote[] }
  sources: Source[]
}

export interface Vote {
  category: string
  share: number
}

export interface AnsweringServices {
  pool: pg.Pool
  /** Whose vectors a question is compared with, the database says. */
  embedder: Embedders
  /** The language models; all null where the club's own text answers alone. */
  providers: Providers
  log: Log
}

interface Draft {
  ticket_id: number | null
  site: string | null
  category: string | null
  votes: Vote[]
  confidence: number
  threshold: number
  outcome: Answer['outcome']
  reason: string | null
  text: string
  sources: Source[]
}

/** Who writes, who routes: as it is recorded with each answer, and told to staff. */
export const answerer = {
  provider: 'local-extractive',
  model: 'local-extractive',
  routingModel: 'local-vote',
} as const

/** What the first round trip found out, and what it took. */
interface Begun {
  draft: Draft
  model: string
  who: string[]
  settings: Record<string, string>
  started: number
  embedMs: number
  beginMs: number
}

// The claims are set in the statement itself, so that each half is one round trip and one transaction.
const withClaims = (settings: Record<string, string>, call: string, firstParameter: number) =>
  `with claims as materialized (select ${Object.keys(settings)
    .map((_, i) => `set_config($${firstParameter + 2 * i}, $${firstParameter + 2 * i + 1}, true)`)
    .join(', ')}) ${call}`

async function begin(
  services: AnsweringServices,
  claims: Omit<Claims, 'role'>,
  question: Question,
): Promise<Begun> {
  const started = performance.now()
  const settings = claimSettings({ ...claims, role: 'worker' })
  const who = Object.entries(settings).flat()
  const { vector, calls } = await embedQuestion(services, question.query)
  await recordCalls(services.pool, calls)
  const embedded = performance.now()
  const { rows } = await services.pool.query<{ draft: Draft }>(
    withClaims(
      settings,
      'select app_hidden.begin_answer($1, $2::vector, $3, $4, $5::uuid) as draft from claims',
      6,
    ),
    [
      question.query,
      vector,
      question.category ?? null,
      question.site ?? null,
      question.conversation ?? null,
      ...who,
    ],
  )
  return {
    draft: rows[0]!.draft,
    model: vector === null ? `${answerer.model}-words` : answerer.model,
    who,
    settings,
    started,
    embedMs: embedded - started,
    beginMs: performance.now() - embedded,
  }
}

type Recorded = Omit<Answer, 'sources' | 'conversation' | 'trace'> & {
  tokens_in: number | null
  tokens_out: number | null
  cost: string | null
}

function traceOf(begun: Begun, recording: number, recorded: Recorded): Trace {
  const { draft } = begun
  const now = performance.now()
  return {
    embed_ms: begun.embedMs,
    begin_ms: begun.beginMs,
    record_ms: now - recording,
    total_ms: now - begun.started,
    tokens_in: recorded.tokens_in,
    tokens_out: recorded.tokens_out,
    cost: recorded.cost === null ? null : Number(recorded.cost),
    route: {
      category: draft.category,
      confidence: draft.confidence,
      threshold: draft.threshold,
      votes: draft.votes,
    },
    sources: draft.sources,
  }
}

export async function ask(
  services: AnsweringServices,
  claims: Omit<Claims, 'role'>,
  question: Question,
): Promise<Answer> {
  const begun = await begin(services, claims, question)
  const { draft, settings, who } = begun
  const recording = performance.now()
  const recorded = await services.pool.query(
    withClaims(
      settings,
      `select r.* from claims, app_public.record_response(question => $1, text => $2, outcome => $3, model => $4, sources => $5,
         conversation => $6::uuid, site => $7, category => $8, requested_category => $9, confidence => $10, reason => $11,
         router_model => $12, latency_ms => $13) r`,
      14,
    ),
    [
      question.query,
      draft.text,
      draft.outcome,
      begun.model,
      JSON.stringify(draft.sources),
      question.conversation ?? null,
      draft.site,
      draft.category,
      question.category ?? null,
      draft.confidence,
      draft.reason,
      answerer.routingModel,
      recording - begun.started,
      ...who,
    ],
  )
  const response = recorded.rows[0] as Recorded
  const trace = traceOf(begun, recording, response)
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
    latency_ms: trace.total_ms,
    ticket_id: response.ticket_id,
    conversation:
      response.ticket_id === null
        ? null
        : (question.conversation ?? (await conversationOf(services, response.ticket_id))),
    sources: withheld ? [] : draft.sources,
    trace,
  }
}

/** What the assistant would say in a conversation, for the member of staff who has it; the customer sees nothing of it. */
export async function draftReply(
  services: AnsweringServices,
  claims: Claims,
  ticketId: number,
): Promise<Answer> {
  // With the caller's own rights: whoever may not draft gets no further.
  const asked = await asCaller(services.pool, claims, async (client) => {
    const { rows } = await client.query<{ question: string; site: string | null }>(
      'select question, site from app_hidden.draft_question($1)',
      [ticketId],
    )
    return rows[0]!
  })
  const begun = await begin(services, claims, { query: asked.question, site: asked.site })
  const { draft, settings, who } = begun
  const recording = performance.now()
  const { rows } = await services.pool.query(
    withClaims(
      settings,
      `select r.* from claims, app_hidden.record_draft(ticket_id => $1, question => $2, answer => $3, model => $4, router_model => $5, latency_ms => $6) r`,
      7,
    ),
    [
      ticketId,
      asked.question,
      JSON.stringify(draft),
      begun.model,
      answerer.routingModel,
      recording - begun.started,
      ...who,
    ],
  )
  const response = rows[0] as Recorded
  return {
    ...response,
    latency_ms: performance.now() - begun.started,
    conversation: await conversationOf(services, ticketId),
    sources: draft.sources,
    trace: traceOf(begun, recording, response),
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
