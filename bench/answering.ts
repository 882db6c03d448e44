/**
 * Answers by a model, and the daily analysis of failures, against the local servers of test/support/providers: what
 * ClubOS adds to the provider's own time, what a question and a pattern take, and what a day costs at list price.
 * BENCH_ASKS (200) questions, BENCH_FAILURES (1000) failures.
 */
import { type AnsweringServices, ask } from '../core/answering/ask.ts'
import type { App } from '../core/app.ts'
import { readConfig } from '../core/config.ts'
import { demoFolder, importDemo } from '../core/content/demo.ts'
import { type Claims, withClaims } from '../core/database/index.ts'
import { openScratch } from '../core/database/scratch.ts'
import { loadSet, type Question } from '../core/evaluation/index.ts'
import { analyse } from '../core/learning/analyse.ts'
import { noProviders } from '../core/llm/providers.ts'
import { makeLog } from '../core/log.ts'
import { AnthropicServer } from '../test/support/providers/anthropic.ts'
import { OpenAiServer } from '../test/support/providers/openai.ts'
import type { BenchOptions } from './index.ts'
import { quantile } from './scratch.ts'

const asks = Number(process.env.BENCH_ASKS ?? 200)
const failures = Number(process.env.BENCH_FAILURES ?? 1000)

/** Milliseconds, to a tenth. */
const spread = (numbers: number[]) => ({
  p50: Math.round(quantile(numbers, 0.5) * 10) / 10,
  p95: Math.round(quantile(numbers, 0.95) * 10) / 10,
})
type Spread = ReturnType<typeof spread>

interface Use {
  purpose: string
  calls: number
  tokens_in: number
  tokens_out: number
  cached_share: number
  cost: number | null
}

/** What the ledger says of these purposes. */
async function used(app: App, purposes: string[]): Promise<Use[]> {
  const { rows } = await app.pool.query<Use>(
    `select purpose, count(*)::int as calls, sum(tokens_in)::int as tokens_in, sum(tokens_out)::int as tokens_out,
            coalesce(sum(tokens_cached)::double precision / nullif(sum(tokens_in), 0), 0) as cached_share, sum(cost)::double precision as cost
       from app_public.llm_calls where purpose = any ($1) and status = 'ok' group by 1 order by 1`,
    [purposes],
  )
  return rows
}

async function measureAsks(app: App, openai: OpenAiServer, questions: Question[]) {
  const times: Record<string, number[]> = {
    total: [],
    provider: [],
    overhead: [],
    begin: [],
    search: [],
    record: [],
  }
  const outcomes: Record<string, number> = {}
  const one = async ({ query }: Question, note: boolean) => {
    openai.requests.length = 0
    const began = performance.now()
    const answer = await ask(app, { visitorId: '00000000-0000-4000-8000-000000000001' }, { query })
    const total = performance.now() - began
    if (!note) return
    outcomes[`${answer.outcome} by ${answer.model}`] =
      (outcomes[`${answer.outcome} by ${answer.model}`] ?? 0) + 1
    // A model has not written each of them: where support is too little it is not asked.
    if (answer.model.startsWith('local')) return
    await Promise.all(openai.requests.map(({ ended }) => ended))
    // Embedding and routing go side by side, then the answer.
    const writing = openai.of('chat').filter(({ body }) => body.stream)
    const before = openai.requests.filter((request) => !writing.includes(request as never))
    const provider =
      Math.max(0, ...before.map(({ took }) => took ?? 0)) +
      writing.reduce((sum, { took }) => sum + (took ?? 0), 0)
    times.total!.push(total)
    times.provider!.push(provider)
    times.overhead!.push(total - provider)
    const { trace } = answer
    times.search!.push(trace.begin_ms)
    times.record!.push(trace.record_ms)
    times.begin!.push(
      total -
        trace.record_ms -
        trace.begin_ms -
        (trace.write_ms ?? 0) -
        Math.max(trace.embed_ms, trace.route_ms ?? 0),
    )
  }
  for (const question of questions.slice(0, 20)) await one(question, false) // warm
  await app.pool.query('delete from app_public.llm_calls')
  for (const question of questions) await one(question, true)
  const use = await used(app, ['route', 'answer', 'embed'])
  return {
    asks: questions.length,
    outcomes,
    milliseconds: Object.fromEntries(
      Object.entries(times).map(([name, numbers]) => [name, spread(numbers)]),
    ) as Record<string, Spread>,
    calls_per_ask: use.reduce((sum, { calls }) => sum + calls, 0) / questions.length,
    tokens_per_ask: use.reduce((sum, row) => sum + row.tokens_in + row.tokens_out, 0) / questions.length,
    cost_per_ask: use.reduce((sum, { cost }) => sum + (cost ?? 0), 0) / questions.length,
    use,
  }
}

/** So many questions that were not answered rightly, as a member of staff files them. */
async function fail(app: App, questions: Question[], print: (line: string) => void): Promise<void> {
  const services: AnsweringServices = {
    ...app,
    providers: { ...noProviders, embeddings: app.providers.embeddings },
  }
  const staff: Claims = { role: 'agent', actor: 'bench agent' }
  let next = 0
  const line = async () => {
    for (let n = next++; n < questions.length; n = next++) {
      const { query, right, correction } = questions[n]!
      const { id } = await ask(services, { visitorId: '00000000-0000-4000-8000-000000000002' }, { query })
      await withClaims(app.pool, staff, (client) =>
        client.query(
          `select app_public.mark_unhelpful($1, 'wrong', $2, (select s.id from app_public.sops s where s.category || '/' || s.section = $3))`,
          [id, correction, right[0] ?? null],
        ),
      )
      if ((n + 1) % 250 === 0) print(`  ${n + 1} failures filed`)
    }
  }
  await Promise.all(Array.from({ length: 4 }, line))
}

async function measureDaily(
  app: App,
  anthropic: AnthropicServer,
  questions: Question[],
  print: (line: string) => void,
) {
  await fail(app, questions, print)
  await app.pool.query('delete from app_public.llm_calls')
  const began = performance.now()
  const analysis = await analyse(app, { most: questions.length })
  const seconds = Math.round((performance.now() - began) / 100) / 10
  const { rows } = await app.pool.query<Record<string, number | null>>(
    `select sum(app_hidden.llm_cost(c.model, now(), c.tokens_in, 0, 0, c.tokens_out, false))::double precision as plain,
            sum(app_hidden.llm_cost(c.model, now(), c.tokens_in, c.tokens_cached, c.tokens_cache_written, c.tokens_out, false))::double precision as caching,
            sum(app_hidden.llm_cost(c.model, now(), c.tokens_in, 0, 0, c.tokens_out, true))::double precision as batches,
            sum(app_hidden.llm_cost(c.model, now(), c.tokens_in, c.tokens_cached, c.tokens_cache_written, c.tokens_out, true))::double precision as both
       from app_public.llm_calls c where c.purpose = 'analyse'`,
  )
  const [use] = await used(app, ['analyse'])
  return {
    failures: questions.length,
    patterns: analysis.patterns,
    proposals: analysis.proposals.length,
    seconds,
    model: anthropic.of('messages')[0]?.body.model ?? null,
    calls_per_pattern: (use?.calls ?? 0) / Math.max(1, analysis.patterns),
    tokens_in_per_call: Math.round((use?.tokens_in ?? 0) / Math.max(1, use?.calls ?? 0)),
    tokens_out_per_call: Math.round((use?.tokens_out ?? 0) / Math.max(1, use?.calls ?? 0)),
    cached_share: use?.cached_share ?? 0,
    /** US dollars at list price. */
    cost: rows[0]!,
  }
}

export default async (options: BenchOptions) => {
  const { print } = options
  const wanted = (name: string) => name.includes(options.only ?? '')
  const openai = await OpenAiServer.start({ keys: 'none', pace: { first: 30, piece: 2 } })
  const anthropic = await AnthropicServer.start({ keys: 'none' })
  const config = readConfig({
    ...process.env,
    OPENAI_BASE_URL: openai.url,
    ANTHROPIC_BASE_URL: anthropic.url,
  })
  const app = await openScratch(config, makeLog('error'))
  try {
    await importDemo(app)
    const set = await loadSet(app, demoFolder, () => {})
    const percent = (share: number) => `${Math.round(share * 100)} %`
    const dollars = (cost: number | null | undefined) =>
      cost == null ? 'no list price' : `$${cost.toFixed(4)}`
    const results: Record<string, unknown> = {}
    if (wanted('ask')) {
      const result = await measureAsks(app, openai, set.queries.slice(0, asks))
      results.ask = result
      print(`${'an answer, ms'.padEnd(34)} ${'p50'.padStart(8)} ${'p95'.padStart(8)}`)
      for (const [name, of] of Object.entries(result.milliseconds))
        print(`${name.padEnd(34)} ${String(of.p50).padStart(8)} ${String(of.p95).padStart(8)}`)
      print(`outcomes: ${JSON.stringify(result.outcomes)}`)
      print(
        `per ask: ${result.calls_per_ask.toFixed(2)} calls, ${Math.round(result.tokens_per_ask)} tokens, ${dollars(result.cost_per_ask)}`,
      )
      for (const row of result.use)
        print(
          `  ${row.purpose}: ${row.calls} calls, ${row.tokens_in} tokens in (${percent(row.cached_share)} cached), ${row.tokens_out} out, ${dollars(row.cost)}`,
        )
    }
    if (wanted('daily')) {
      const result = await measureDaily(app, anthropic, set.feedback.slice(0, failures), print)
      results.daily = result
      print(
        `${result.failures} failures, ${result.patterns} patterns, ${result.proposals} proposals in ${result.seconds} s (${result.model})`,
      )
      print(
        `per pattern: ${result.calls_per_pattern.toFixed(2)} calls, ${result.tokens_in_per_call} tokens in (${percent(result.cached_share)} cached), ${result.tokens_out_per_call} out`,
      )
      for (const [name, cost] of Object.entries(result.cost))
        print(
          `  ${{ plain: 'messages, no caching', caching: 'messages with caching', batches: 'batches, no caching', both: 'batches with caching' }[name]}: ${dollars(cost)}`,
        )
    }
    openai.assertClean()
    anthropic.assertClean()
    return results
  } finally {
    await app.close()
    await openai.close()
    await anthropic.close()
  }
}
