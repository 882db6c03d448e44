/**
 * What this process counts and measures, for Prometheus. One registry a process: where server and worker are one, so are
 * their metrics. What all processes see alike comes from the database (figures.ts).
 */

import type pg from 'pg'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Call } from '../llm/index.ts'
import type { Providers } from '../llm/providers.ts'

export const registry = new Registry()
const registers = [registry]

const quick = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const slow = [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800]

export const httpDuration = new Histogram({
  name: 'clubos_http_request_duration_seconds',
  help: 'Requests by method, route and status, and how long they took. /chat lasts as long as it streams.',
  labelNames: ['method', 'route', 'status'],
  buckets: quick,
  registers,
})

const answers = new Counter({
  name: 'clubos_answers_total',
  help: 'Answers by outcome, drafts for staff included; writer: model, or local for the club’s own text.',
  labelNames: ['outcome', 'writer'],
  registers,
})

const answerDuration = new Histogram({
  name: 'clubos_answer_duration_seconds',
  help: 'From a question to its recorded answer, by outcome.',
  labelNames: ['outcome'],
  buckets: [...quick, 30],
  registers,
})

const answerPart = new Histogram({
  name: 'clubos_answer_part_duration_seconds',
  help: 'Parts of an answer: embed (the question’s vector), route, retrieve (search and draft in the database), write, record.',
  labelNames: ['part'],
  buckets: quick,
  registers,
})

const fallbacks = new Counter({
  name: 'clubos_answer_fallbacks_total',
  help: 'Answers that the club’s own text gave although there is a model, by why.',
  labelNames: ['reason'],
  registers,
})

const llmDuration = new Histogram({
  name: 'clubos_llm_call_duration_seconds',
  help: 'Calls of models, by provider, purpose and status (ok, or the kind of failure).',
  labelNames: ['provider', 'purpose', 'status'],
  buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60],
  registers,
})

const llmTokens = new Counter({
  name: 'clubos_llm_tokens_total',
  help: 'Tokens of models’ calls; direction: in, cached (of those in), out.',
  labelNames: ['provider', 'purpose', 'direction'],
  registers,
})

export const jobDuration = new Histogram({
  name: 'clubos_job_duration_seconds',
  help: 'Tries of jobs by task and result: ok, or failed (tried again, unless it was the last).',
  labelNames: ['task', 'result'],
  buckets: slow,
  registers,
})

const breakers = new Gauge({
  name: 'clubos_llm_breaker_open',
  help: '1 where a provider failed too often and is left alone for a while.',
  labelNames: ['provider'],
  registers,
  collect() {
    this.reset()
    for (const read of watchedProviders)
      for (const { provider, configured, breaker } of read.health())
        if (configured) this.set({ provider }, breaker === 'open' ? 1 : 0)
  },
})
void breakers

const connections = new Gauge({
  name: 'clubos_pool_connections',
  help: 'Database connections of this process by pool: busy, idle, and requests that wait for one.',
  labelNames: ['pool', 'state'],
  registers,
  collect() {
    this.reset()
    for (const [pool, name] of pools) {
      this.inc({ pool: name, state: 'busy' }, pool.totalCount - pool.idleCount)
      this.inc({ pool: name, state: 'idle' }, pool.idleCount)
      this.inc({ pool: name, state: 'waiting' }, pool.waitingCount)
    }
  },
})
void connections

const poolSize = new Gauge({
  name: 'clubos_pool_size',
  help: 'The most connections that a pool of this process opens.',
  labelNames: ['pool'],
  registers,
  collect() {
    this.reset()
    for (const [pool, name] of pools) this.inc({ pool: name }, pool.options.max)
  },
})
void poolSize

const pools = new Map<pg.Pool, string>()
const watchedProviders = new Set<Providers>()

/** Until it has ended. */
export function watchPool(pool: pg.Pool, name: string): void {
  pools.set(pool, name)
  const end = pool.end.bind(pool)
  pool.end = (async () => {
    pools.delete(pool)
    await end()
  }) as pg.Pool['end']
}

export function watchProviders(providers: Providers): () => void {
  watchedProviders.add(providers)
  return () => watchedProviders.delete(providers)
}

let defaults = false
/** Of the process itself: CPU, memory, event loop, garbage collection. */
export function watchProcess(version: string): void {
  if (defaults) return
  defaults = true
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'clubos_build_info',
    help: 'Always 1; its labels say what runs.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version, node: process.version }, 1)
}

export interface Answered {
  outcome: string
  model: string
  fallback: string | null
  trace: {
    embed_ms: number
    begin_ms: number
    route_ms: number | null
    rerank_ms: number | null
    write_ms: number | null
    record_ms: number
    total_ms: number
  }
}

export function countAnswer({ outcome, model, fallback, trace }: Answered): void {
  answers.inc({ outcome, writer: model.startsWith('local-') ? 'local' : 'model' })
  answerDuration.observe({ outcome }, trace.total_ms / 1000)
  if (fallback !== null) fallbacks.inc({ reason: fallback })
  const parts = {
    embed: trace.embed_ms,
    route: trace.route_ms,
    rerank: trace.rerank_ms,
    retrieve: trace.begin_ms,
    write: trace.write_ms,
    record: trace.record_ms,
  }
  for (const [part, ms] of Object.entries(parts)) if (ms !== null) answerPart.observe({ part }, ms / 1000)
}

export function countCall(call: Call): void {
  const { provider, purpose, status } = call
  // What came in a batch took as long as the batch did.
  if (call.latency_ms !== null) llmDuration.observe({ provider, purpose, status }, call.latency_ms / 1000)
  const tokens = { in: call.tokens_in, cached: call.tokens_cached, out: call.tokens_out }
  for (const [direction, count] of Object.entries(tokens))
    if (count) llmTokens.inc({ provider, purpose, direction }, count)
}
