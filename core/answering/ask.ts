/**
 * begin_question → vector ∥ route → begin_answer (search, local draft) → the model writes → record_response. Three
 * database round trips, no client held between them. Where no model has a part in it, begin_answer is the first. A draft
 * for staff goes the same way, and is recorded as one.
 */
import { createHash } from 'node:crypto'
import type pg from 'pg'
import { z } from 'zod'
import { type Claims, claimSettings } from '../database/index.ts'
import type { Embedders } from '../embedding/index.ts'
import { embedQuestion } from '../embedding/question.ts'
import { type Call, LlmError } from '../llm/index.ts'
import type { Providers } from '../llm/providers.ts'
import type { Log } from '../log.ts'
import { countAnswer } from '../watching/metrics.ts'
import { Brief } from './brief.ts'
import { type Failure, inWords, leadsTo } from './fallback.ts'
import type { GateSource } from './guards/gate.ts'
import { rankable, rerank } from './rerank.ts'
import { type Route, route } from './route.ts'
import { Refused, write } from './write.ts'

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
  /** The arm of an experiment that was served in the SOP's place. */
  experiment_arm_id?: number
}

export interface Answer {
  id: string
  text: string
  outcome: 'answered' | 'handed_over' | 'emergency' | 'withheld' | 'paused' | 'drafted'
  confidence: number | null
  category: string | null
  reason: string | null
  model: string
  /** Why the local provider answered although there is a model; null where it did not, or there is none. */
  fallback: Failure | null
  /** Of the prompt that the text was written by. */
  prompt_version_id: number | null
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
  /** Null where no model routed, or wrote. */
  route_ms: number | null
  /** Null where no model put what was found in order. */
  rerank_ms: number | null
  write_ms: number | null
  record_ms: number
  total_ms: number
  /** Null where no language model had a part in it. */
  tokens_in: number | null
  tokens_out: number | null
  cost: number | null
  /** The model that routed; local-vote where the sources voted. */
  routed_by: string
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

/** What whoever streams an answer learns of it on the way. */
export type AnswerEvent =
  | { type: 'start'; id: string }
  | { type: 'route'; category: string | null; confidence: number }
  | { type: 'delta'; text: string }
  /** All that was shown before is taken back, and this said in its place. */
  | { type: 'replace'; text: string }

export interface AskOptions {
  /** Stops the models. An emergency is answered all the same. */
  signal?: AbortSignal
  onEvent?(event: AnswerEvent): void
}

/** As the reason of a signal: nobody wants the answer any more, so it is withheld. Of any other, the club's text answers. */
export class StoppedByCustomer extends Error {
  constructor() {
    super('stopped by the customer')
  }
}

interface Draft {
  ticket_id: number | null
  /** A person has the conversation: nothing of this is said. */
  silent: boolean
  message_id: number | null
  site: string | null
  category: string | null
  votes: Vote[]
  routed_by: 'model' | 'local-vote'
  confidence: number
  threshold: number
  embedding_model: string
  by_vector: boolean
  /** Whether a model may write the answer. */
  for_model: boolean
  outcome: Answer['outcome']
  reason: string | null
  text: string
  /** In the club's words: where a model's answer may not be given, and where the assistant is switched off meanwhile. */
  said: { not_sure: string; paused: string }
  /** What was searched with, for a replay. */
  search?: unknown
  /** Those that a model may read have a text. */
  sources: (Source & { text?: string })[]
}

const localRouter = 'local-vote'
const localWriter = 'local-extractive'

/** All that came of a question, before it is written down. */
export interface Made {
  brief: Brief | null
  draft: Draft
  model: string
  router: string
  fallback: Failure | null
  promptVersionId: number | null
  calls: Call[]
  embedMs: number
  beginMs: number
  routeMs: number | null
  rerankMs: number | null
  writeMs: number | null
}

/** As the database knows a statement; there are few, so that each connection parses and plans each once. */
const names = new Map<string, string>()
function nameOf(text: string): string {
  let name = names.get(text)
  if (name === undefined) {
    name = `clubos_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`
    names.set(text, name)
  }
  return name
}

/**
 * The claims are set in the statement itself, so that each part is one round trip and one transaction. more: settings
 * of that transaction besides.
 */
export async function inOne<T>(
  pool: pg.Pool,
  claims: Claims,
  call: string,
  parameters: unknown[],
  more: Record<string, string> = {},
): Promise<T> {
  const settings = { ...claimSettings(claims), ...more }
  const first = parameters.length + 1
  const set = Object.keys(settings)
    .map((_, i) => `set_config($${first + 2 * i}, $${first + 2 * i + 1}, true)`)
    .join(', ')
  const text = `with claims as materialized (select ${set}) ${call}`
  const { rows } = await pool.query({
    name: nameOf(text),
    text,
    values: [...parameters, ...Object.entries(settings).flat()],
  })
  return rows[0] as T
}

export interface Asked {
  question: Question
  claims: Claims
  brief: Brief | null
  /** For staff to look at; then nothing is said but an answer. */
  drafting: boolean
  options: AskOptions
  started: number
}

/** From the question to what will be written down; nothing of it is shown but what may be. */
export async function make(services: AnsweringServices, asked: Asked): Promise<Made> {
  const { question, brief, options } = asked
  const { providers } = services
  const { signal } = options
  const calls: Call[] = []
  const emit = options.onEvent ?? (() => {})
  if (brief) emit({ type: 'start', id: brief.response_id })

  // Whom nobody is to answer, or what is too serious, no model is asked about; nor anything when there is no money.
  const asking =
    brief !== null && brief.emergency === null && !brief.silent && brief.enabled && brief.budget !== 'stopped'
  const router = asking && brief.prompts.route ? providers.route : null
  const [vector, routed] = await Promise.all([
    timed(embed(services, question.query, brief, asking, calls, signal)),
    router
      ? timed(
          route(router, brief!, signal).catch((error: unknown) => {
            note(services, calls, 'route', error)
            return null
          }),
        )
      : null,
  ])
  if (routed?.value) calls.push(routed.value.call)

  const begun = await timed(begin(services, asked, vector.value, routed?.value?.route ?? null, asking, calls))
  const { model: embeddedBy } = begun.value
  const { draft, rerankMs, rerankedBy } = await inOrder(services, asked, begun.value, asking, calls)
  emit({ type: 'route', category: draft.category, confidence: draft.confidence })
  const made: Made = {
    brief,
    draft,
    model: draft.by_vector ? localWriter : `${localWriter}-words`,
    router: draft.routed_by === 'model' ? (routed?.value?.call.model ?? localRouter) : localRouter,
    fallback: null,
    promptVersionId: null,
    calls,
    embedMs: vector.ms + embeddedBy,
    beginMs: begun.ms - embeddedBy + rerankedBy,
    routeMs: routed?.ms ?? null,
    rerankMs,
    writeMs: null,
  }
  const stopped = () => signal?.reason instanceof StoppedByCustomer && draft.outcome !== 'emergency'
  if (stopped()) return withheld(made)

  /** The text that is not written by a model, or not any more. */
  const say = (type: 'delta' | 'replace') => {
    const text = draft.silent || (asked.drafting && draft.outcome === 'handed_over') ? '' : draft.text
    if (type === 'replace' || text !== '') emit({ type, text })
  }
  const writer = brief?.prompts.answer ? providers.answer : null
  if (!writer) {
    say('delta')
    return made
  }
  if (!asking || !draft.for_model) {
    if (brief!.budget === 'stopped' && draft.outcome === 'answered') made.fallback = 'budget_stopped'
    say('delta')
    return made
  }

  let shown = false
  const writing = performance.now()
  try {
    const written = await write(writer, brief!, readable(draft), {
      signal,
      show(text) {
        shown = true
        emit({ type: 'delta', text })
      },
    })
    calls.push(written.call)
    made.model = written.call.model
    made.promptVersionId = brief!.prompts.answer!.id
    draft.outcome = 'answered'
    draft.reason = null
    draft.text = written.text
    draft.sources = draft.sources.map((source) => ({ ...source, cited: written.cited.includes(source.rank) }))
  } catch (error) {
    if (stopped()) {
      note(services, calls, 'answer', error)
      return withheld(made)
    }
    fallBack(services, made, error)
    say(shown ? 'replace' : 'delta')
  } finally {
    made.writeMs = performance.now() - writing
  }
  return made
}

const readable = (draft: Draft): GateSource[] =>
  draft.sources
    .filter((source) => source.text !== undefined)
    .map(({ rank, title, text }) => ({ rank, title, text: text! }))

function withheld(made: Made): Made {
  const { draft } = made
  Object.assign(draft, {
    outcome: 'withheld',
    reason: new StoppedByCustomer().message,
    text: '',
    sources: draft.sources.map((source) => ({ ...source, cited: false })),
  })
  return made
}

function fallBack(services: AnsweringServices, made: Made, error: unknown): void {
  const { draft } = made
  const failure = note(services, made.calls, 'answer', error)
  made.fallback = failure
  const why = inWords(failure, error instanceof Refused ? error.message : undefined)
  if (leadsTo[failure] === 'quote') draft.reason = [why, draft.reason].filter(Boolean).join('; ')
  else
    Object.assign(draft, {
      outcome: 'handed_over',
      reason: why,
      text: draft.said.not_sure,
      sources: draft.sources.map((source) => ({ ...source, cited: false })),
    })
}

/** What a failure was, and what it cost. An error that is none of a model's is ours, and still no reason for silence. */
function note(services: AnsweringServices, calls: Call[], part: string, error: unknown): Failure {
  if (error instanceof Refused) {
    if (error.call) calls.push(error.call)
    services.log.info({ part, refusal: error.refusal }, 'a model’s answer is not given')
    return error.refusal
  }
  if (error instanceof LlmError) {
    if (error.call) calls.push(error.call)
    if (error.kind !== 'aborted')
      services.log.warn({ part, kind: error.kind, error: error.message }, 'a model failed')
    return error.kind
  }
  services.log.error({ part, error: (error as Error).stack }, 'asking a model failed')
  return 'bad_request'
}

async function timed<T>(promise: Promise<T>): Promise<{ value: T; ms: number }> {
  const started = performance.now()
  const value = await promise
  return { value, ms: performance.now() - started }
}

interface Embedded {
  vector: Buffer | null
  /** Whose; null where there is none. */
  model: string | null
}

/** By the model whose vectors are searched, where we have it; null leaves it to words, or to the cache. */
async function embed(
  services: AnsweringServices,
  query: string,
  brief: Brief | null,
  asking: boolean,
  calls: Call[],
  signal?: AbortSignal,
  model = brief?.embedding_model,
): Promise<Embedded> {
  if (brief?.vector_cached && model === brief.embedding_model) return { vector: null, model: null }
  const embedded = await embedQuestion(services, query, {
    // What leaves this machine is masked, and not sent where no model is to be asked.
    ...(brief && { masked: brief.masked, mayPay: asking }),
    model,
    signal,
  })
  calls.push(...embedded.calls)
  return embedded
}

interface Begun {
  draft: Draft
  /** Milliseconds that another model's vector took. */
  model: number
  /** The same with its sources in this order. */
  again(reranked: string[]): Promise<Draft>
}

async function begin(
  services: AnsweringServices,
  asked: Asked,
  embedded: Embedded,
  routed: Route | null,
  asking: boolean,
  calls: Call[],
): Promise<Begun> {
  const { question, claims, brief } = asked
  const given = async (
    { vector, model }: Embedded,
    messageId: string | number | null,
    reranked: string[] | null = null,
  ) => {
    const { draft } = await inOne<{ draft: Draft }>(
      services.pool,
      claims,
      `select app_hidden.begin_answer($1, $2::vector, $3, $4, $5::uuid, route => $6, embedding_model => $7, message_id => $8,
         for_model => $9, reranked => $10) as draft from claims`,
      [
        question.query,
        vector,
        question.category ?? null,
        question.site ?? null,
        question.conversation ?? null,
        routed && JSON.stringify(routed),
        model,
        messageId,
        asking && services.providers.answer !== null,
        reranked,
      ],
      // All that it writes then is the vector's copy in the cache, which is on disk when the answer is.
      question.conversation == null ? { synchronous_commit: 'off' } : {},
    )
    return draft
  }
  const draft = await given(embedded, brief?.message_id ?? null)
  const begun = (one: Draft, by: Embedded, ms: number): Begun => ({
    draft: one,
    model: ms,
    again: (reranked) => given(by, one.message_id, reranked),
  })
  if (embedded.vector === null || draft.by_vector || draft.embedding_model === embedded.model)
    return begun(draft, embedded, 0)
  // The club went over to another model in between: once more, by that one.
  const again = await timed(
    embed(services, question.query, brief, asking, calls, undefined, draft.embedding_model),
  )
  return again.value.vector === null
    ? begun(draft, embedded, again.ms)
    : begun(await given(again.value, draft.message_id), again.value, again.ms)
}

/** What was found, as a model puts it in order where one is named for that and may read it; else as it is. */
async function inOrder(
  services: AnsweringServices,
  { brief, options: { signal } }: Asked,
  begun: Begun,
  asking: boolean,
  calls: Call[],
): Promise<{ draft: Draft; rerankMs: number | null; rerankedBy: number }> {
  const model = asking && begun.draft.for_model && brief?.prompts.rerank ? services.providers.rerank : null
  const sources = begun.draft.sources.filter(rankable)
  if (!model || sources.length < 2) return { draft: begun.draft, rerankMs: null, rerankedBy: 0 }
  const ranking = await timed(
    rerank(model, brief!, sources, signal).catch((error: unknown) => {
      note(services, calls, 'rerank', error)
      return null
    }),
  )
  if (ranking.value) calls.push(ranking.value.call)
  if (!ranking.value?.keys.length) return { draft: begun.draft, rerankMs: ranking.ms, rerankedBy: 0 }
  const again = await timed(begun.again(ranking.value.keys))
  return { draft: again.value, rerankMs: ranking.ms, rerankedBy: again.ms }
}

type Recorded = Omit<Answer, 'sources' | 'conversation' | 'trace' | 'fallback'> & {
  tokens_in: number | null
  tokens_out: number | null
  cost: string | null
}

function traceOf(made: Made, asked: Asked, recording: number, recorded: Recorded): Trace {
  const { draft } = made
  const now = performance.now()
  return {
    embed_ms: made.embedMs,
    begin_ms: made.beginMs,
    route_ms: made.routeMs,
    rerank_ms: made.rerankMs,
    write_ms: made.writeMs,
    record_ms: now - recording,
    total_ms: now - asked.started,
    tokens_in: recorded.tokens_in,
    tokens_out: recorded.tokens_out,
    cost: recorded.cost === null ? null : Number(recorded.cost),
    routed_by: made.router,
    route: {
      category: draft.category,
      confidence: draft.confidence,
      threshold: draft.threshold,
      votes: draft.votes,
    },
    sources: shownSources(draft),
  }
}

const shownSources = (draft: Draft): Source[] => draft.sources.map(({ text: _, ...source }) => source)

const anybody = ({ route, answer, embeddings }: Providers) =>
  route !== null || answer !== null || embeddings !== null

export async function ask(
  services: AnsweringServices,
  caller: Omit<Claims, 'role'>,
  question: Question,
  options: AskOptions = {},
): Promise<Answer> {
  const started = performance.now()
  const claims: Claims = { ...caller, role: 'worker' }
  // Whoever streams needs the answer's id first.
  const brief =
    anybody(services.providers) || options.onEvent
      ? Brief.parse(
          (
            await inOne<{ brief: unknown }>(
              services.pool,
              claims,
              'select app_hidden.begin_question($1, $2, $3, $4::uuid, routing => $5) as brief from claims',
              [
                question.query,
                question.category ?? null,
                question.site ?? null,
                question.conversation ?? null,
                services.providers.route !== null,
              ],
            )
          ).brief,
        )
      : null
  const asked = { question, claims, brief, drafting: false, options, started }
  const made = await make(services, asked)
  const { draft } = made
  const recording = performance.now()
  const response = await inOne<Recorded>(
    services.pool,
    claims,
    `select r.* from claims, app_public.record_response(question => $1, text => $2, outcome => $3, model => $4, sources => $5,
       conversation => $6::uuid, site => $7, category => $8, requested_category => $9, confidence => $10, reason => $11,
       router_model => $12, prompt_version_id => $13, latency_ms => $14, calls => $15, id => $16, search => $17) r`,
    [
      question.query,
      draft.text,
      draft.outcome,
      made.model,
      JSON.stringify(shownSources(draft)),
      question.conversation ?? null,
      draft.site,
      draft.category,
      question.category ?? null,
      draft.confidence,
      draft.reason,
      made.router,
      made.promptVersionId,
      recording - started,
      JSON.stringify(made.calls),
      brief?.response_id ?? null,
      draft.search === undefined ? null : JSON.stringify(draft.search),
    ],
  )
  const trace = traceOf(made, asked, recording, response)
  countAnswer({ ...response, fallback: made.fallback, trace })
  const silenced = response.outcome === 'withheld'
  const text = silenced
    ? ''
    : response.outcome === 'paused' && draft.outcome !== 'paused'
      ? draft.said.paused
      : response.text
  // Decided in the database a moment ago: what was shown of it is taken back.
  if (text !== (draft.silent ? '' : draft.text)) options.onEvent?.({ type: 'replace', text })
  return {
    id: response.id,
    text,
    outcome: response.outcome,
    confidence: response.confidence,
    category: response.category,
    reason: response.reason,
    model: response.model,
    fallback: made.fallback,
    prompt_version_id: response.prompt_version_id,
    latency_ms: trace.total_ms,
    ticket_id: response.ticket_id,
    conversation:
      response.ticket_id === null
        ? null
        : (question.conversation ?? (await conversationOf(services, response.ticket_id))),
    sources: silenced ? [] : shownSources(draft),
    trace,
  }
}

/** What the assistant would say in a conversation, for the member of staff who has it; the customer sees nothing of it. */
export async function draftReply(
  services: AnsweringServices,
  caller: Claims,
  ticketId: number,
  options: AskOptions = {},
): Promise<Answer> {
  const started = performance.now()
  // With the caller's own rights: whoever may not draft gets no further.
  const { brief: given } = await inOne<{ brief: unknown }>(
    services.pool,
    caller,
    'select app_hidden.begin_draft($1) as brief from claims',
    [ticketId],
  )
  const about = z.object({ question: z.string(), conversation_id: z.string() }).parse(given)
  // A person has the conversation, which is why they want a draft, even where the assistant is silent or switched off.
  const brief = { ...Brief.parse(given), silent: false }
  const claims: Claims = { ...caller, role: 'worker' }
  const question = { query: about.question, site: brief.site }
  const asked = { question, claims, brief, drafting: true, options, started }
  const made = await make(services, asked)
  const { draft } = made
  const recording = performance.now()
  const response = await inOne<Recorded>(
    services.pool,
    claims,
    `select r.* from claims, app_hidden.record_draft(ticket_id => $1, question => $2, answer => $3, model => $4, router_model => $5,
       latency_ms => $6, prompt_version_id => $7, calls => $8, id => $9) r`,
    [
      ticketId,
      about.question,
      JSON.stringify({ ...draft, sources: shownSources(draft) }),
      made.model,
      made.router,
      recording - started,
      made.promptVersionId,
      JSON.stringify(made.calls),
      brief.response_id,
    ],
  )
  const trace = traceOf(made, asked, recording, response)
  countAnswer({ ...response, fallback: made.fallback, trace })
  if (response.text !== draft.text && draft.outcome !== 'handed_over')
    options.onEvent?.({ type: 'replace', text: response.text })
  return {
    ...response,
    fallback: made.fallback,
    latency_ms: trace.total_ms,
    conversation: about.conversation_id,
    sources: shownSources(draft),
    trace,
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
