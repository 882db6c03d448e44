/**
 * A question over HTTP, by a real `clubos start`, and where its time goes; no language model is asked. One caller after
 * the other, warm.
 *   http        a request that asks nothing: the way through express
 *   graphql     { __typename }: the way to GraphQL, with who asks and how often they may
 *   new         questions that nobody asked before; most are handed over, since their words are no language that the
 *               model knows: a ticket, two messages and their places in the audit log
 *   again       the same ones once more, the cache having their own vectors: most are answered
 *   chat        POST /chat: until its first event, its text, and its end
 *   real        (by --only) what people asked a bank, in some 9,000 questions to it and to an insurer, as the local model reads
 *               them; from ../shared/data, or the folder that CLUBOS_DATA names
 *   restart     (by --only) the first questions of a server that has just started, and one after half a minute of silence
 *   functions   what the database's functions take of a new question, by track_functions (needs a superuser)
 * BENCH_KEEP (name): uses, or makes and keeps, the database of bench/retrieval.ts. BENCH_ASKS (200, at most 260) questions.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { z } from 'zod'
import { importFolder, readJsonLines, settle } from '../core/content/import.ts'
import { projectFolder } from '../core/database/migrate.ts'
import { ClubEmbedders, LocalEmbedder } from '../core/embedding/index.ts'
import { noProviders } from '../core/llm/providers.ts'
import { makeLog } from '../core/log.ts'
import type { BenchOptions } from './index.ts'
import { withUnits } from './retrieval.ts'
import { quantile, withScratch } from './scratch.ts'
import { startServer } from './server.ts'

const asks = Math.min(260, Number(process.env.BENCH_ASKS ?? 200))
const warmUp = 40

const document = `mutation ($query: String!) { ask(input: { query: $query }) { response {
  id text outcome confidence category sources { rank category topic version heading snippet score cited }
  trace { embedMs beginMs recordMs totalMs } } } }`

interface Answered {
  ask: {
    response: { outcome: string; trace: Record<'embedMs' | 'beginMs' | 'recordMs' | 'totalMs', number> }
  }
}

/** One connection that stays open, as a browser's or a proxy's does. */
class Caller {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  readonly #url: URL
  constructor(url: string) {
    this.#url = new URL(url)
  }

  send(path: string, body: object | null, onPiece?: (text: string) => void): Promise<string> {
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(path, this.#url),
        {
          agent: this.#agent,
          method: body ? 'POST' : 'GET',
          headers: {
            'content-type': 'application/json',
            'x-clubos-role': 'agent',
            'x-clubos-actor': 'bench agent',
          },
        },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (piece: string) => {
            text += piece
            onPiece?.(text)
          })
          response.on('end', () =>
            response.statusCode === 200
              ? resolve(text)
              : reject(new Error(`${response.statusCode}: ${text}`)),
          )
          response.on('error', reject)
        },
      )
      sent.on('error', reject)
      sent.end(body ? JSON.stringify(body) : undefined)
    })
  }

  async graphql<T>(query: string, variables: object): Promise<T> {
    const { data, errors } = JSON.parse(await this.send('/graphql', { query, variables }))
    if (errors) throw new Error(JSON.stringify(errors))
    return data as T
  }

  close() {
    this.#agent.destroy()
  }
}

type Times = Record<string, number[]>
interface Asked {
  times: Times
  outcomes?: Record<string, number>
}
const note = (times: Times, of: Record<string, number>) => {
  for (const [name, ms] of Object.entries(of)) {
    times[name] ??= []
    times[name].push(ms)
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

async function askAll(caller: Caller, questions: string[]): Promise<Asked> {
  const times: Times = {}
  const outcomes: Record<string, number> = {}
  for (const query of questions) {
    const started = performance.now()
    const { ask } = await caller.graphql<Answered>(document, { query })
    const whole = performance.now() - started
    const { embedMs, beginMs, recordMs, totalMs } = ask.response.trace
    outcomes[ask.response.outcome] = (outcomes[ask.response.outcome] ?? 0) + 1
    note(times, {
      whole,
      'HTTP and GraphQL': whole - totalMs,
      embedding: embedMs,
      'search and draft': beginMs,
      recording: recordMs,
      'the rest': totalMs - embedMs - beginMs - recordMs,
    })
  }
  return { times, outcomes }
}

async function chatAll(caller: Caller, questions: string[]): Promise<Asked> {
  const times: Times = {}
  for (const query of questions) {
    const started = performance.now()
    const at: Record<string, number> = {}
    await caller.send('/chat', { query }, (text) => {
      for (const event of ['start', 'delta', 'done'])
        if (text.includes(`event: ${event}\n`)) at[event] ??= performance.now() - started
    })
    note(times, {
      'first event': at.start ?? Number.NaN,
      'its text': at.delta ?? Number.NaN,
      'its end': at.done ?? Number.NaN,
    })
  }
  return { times }
}

/** Those that take something, by what they and what they call take; for one question. */
async function byFunction(pool: pg.Pool, url: string, warming: string[], questions: string[]) {
  const { rows: known } = await pool.query<{ name: string }>('select current_database() as name')
  const database = known[0]!.name
  await pool.query(`alter database "${database}" set track_functions = 'all'`)
  const server = await startServer(url, settings)
  const caller = new Caller(server.url)
  try {
    await askAll(caller, warming)
    // A session reports what it did when it is idle for a second.
    await sleep(1500)
    await pool.query('select pg_stat_reset()')
    await askAll(caller, questions)
  } finally {
    caller.close()
    await server.stop()
    await pool.query(`alter database "${database}" reset track_functions`)
  }
  const { rows } = await pool.query<{ name: string; calls: number; total: number; own: number }>(
    `select f.schemaname || '.' || f.funcname as name, round(f.calls / $1::numeric, 1)::float8 as calls, f.total_time / $1 as total, f.self_time / $1 as own
       from pg_stat_user_functions f where f.total_time / $1 >= 0.05 order by f.total_time desc limit 30`,
    [questions.length],
  )
  return rows
}

/** Topics of a bank and of an insurer, with what their customers asked; others of the bank's are asked. */
async function realTexts({ print }: BenchOptions) {
  const data = process.env.CLUBOS_DATA ?? join(projectFolder, '..', 'shared', 'data')
  if (!existsSync(join(data, 'banking77')))
    throw new Error(
      `There are no real questions in ${data}: CLUBOS_DATA names a folder with banking77 and natcs.`,
    )
  const read = <T>(file: string, schema: z.ZodType<T>) => readJsonLines(join(data, file), schema)
  const Asked = z.object({ query: z.string(), topic: z.string() })
  const known = [
    ...read('banking77/eval/feedback.jsonl', Asked).map((one) => ({ category: 'bank', ...one })),
    ...read('natcs/insurance_intents.jsonl', z.object({ text: z.string(), intent: z.string() })).map(
      ({ text, intent }) => ({ category: 'insurance', topic: intent.toLowerCase(), query: text }),
    ),
  ]
  const questions = read('banking77/eval/queries.jsonl', Asked).map(({ query }) => query)
  const folder = mkdtempSync(join(tmpdir(), 'clubos-bench-'))
  writeFileSync(
    join(folder, 'knowledge.jsonl'),
    known
      .map(({ query, ...one }) =>
        JSON.stringify({ ...one, question: query, answer: `What is said of ${one.topic}.` }),
      )
      .join('\n'),
  )
  return withScratch(6, async (pool, url) => {
    const embedder = new LocalEmbedder()
    try {
      const embedders = new ClubEmbedders(pool, null, 'local', { local: embedder })
      const services = { pool, embedder: embedders, log: makeLog('silent'), providers: noProviders }
      await importFolder(services, folder, { actor: 'bench', vectors: 'now' })
      await settle(services)
    } finally {
      await embedder.close()
      rmSync(folder, { recursive: true })
    }
    await pool.query('vacuum analyze')
    const { rows } = await pool.query<{ n: number }>(
      'select count(*)::integer as n from app_private.search_units',
    )
    print(`${rows[0]!.n} search units of real texts`)
    const results: Record<string, unknown> = {}
    const report = reportTo(results, print)
    const server = await startServer(url, settings)
    const caller = new Caller(server.url)
    try {
      await askAll(caller, questions.slice(-warmUp))
      report('a new question', await askAll(caller, questions.slice(0, asks)))
      report('one that was asked before', await askAll(caller, questions.slice(0, asks)))
    } finally {
      caller.close()
      await server.stop()
    }
    return { asks, units: rows[0]!.n, results }
  })
}

function reportTo(results: Record<string, unknown>, print: (line: string) => void) {
  return (title: string, { times, outcomes }: Asked) => {
    print(
      `\n${title.padEnd(36)} ${['p50', 'p95', 'p99', 'least'].map((name) => name.padStart(8)).join(' ')} ms`,
    )
    results[title] = Object.fromEntries(
      Object.entries(times).map(([name, all]) => {
        const figures = {
          p50: quantile(all, 0.5),
          p95: quantile(all, 0.95),
          p99: quantile(all, 0.99),
          least: quantile(all, 0),
        }
        print(
          `${name.padEnd(36)} ${Object.values(figures)
            .map((ms) => ms.toFixed(2).padStart(8))
            .join(' ')}`,
        )
        return [name, figures]
      }),
    )
    if (outcomes) print(`outcomes: ${JSON.stringify(outcomes)}`)
  }
}

const settings = { CLUBOS_DEV_HEADERS: 'on', CLUBOS_DEMO: 'off' }

export default async (options: BenchOptions) => {
  const { print } = options
  if (options.only === 'real') return realTexts(options)
  const wanted = (name: string) => name.includes(options.only ?? '')
  return withUnits(options.rows ?? 10_000, print, async (pool, url) => {
    const { rows } = await pool.query<{ question: string }>(
      'select question from bench.questions order by id',
    )
    const all = rows.map(({ question }) => question)
    const questions = all.slice(0, asks)
    const warming = all.slice(-warmUp)
    const forget = () =>
      pool.query(
        'delete from app_private.embedding_cache c using bench.questions q where c.content_hash = app_hidden.embedding_hash(q.question)',
      )
    const teach = () =>
      pool.query(
        `insert into app_private.embedding_cache (content_hash, model, embedding)
         select distinct on (1) app_hidden.embedding_hash(q.question), s.embedding_model, q.v from bench.questions q, app_public.club_settings s
             on conflict (content_hash, model) do update set embedding = excluded.embedding`,
      )
    const results: Record<string, unknown> = {}
    const report = reportTo(results, print)

    if (options.only === 'restart') {
      const times: Times = {}
      await forget()
      for (let n = 0; n < 3; n++) {
        const server = await startServer(url, settings)
        const caller = new Caller(server.url)
        try {
          // As long as it takes until somebody comes.
          await sleep(3000)
          for (const [i, name] of ['the first', 'the second', 'the tenth'].entries()) {
            note(times, { [name]: await timed(() => askAll(caller, [questions[n * 20 + i]!])) })
            if (i === 1) await askAll(caller, questions.slice(n * 20 + 3, n * 20 + 10))
          }
          await sleep(32_000)
          note(times, { 'after silence': await timed(() => askAll(caller, [questions[n * 20 + 11]!])) })
        } finally {
          caller.close()
          await server.stop()
        }
      }
      report('a question after a start', { times })
      return { asks: 3, results }
    }

    const server = await startServer(url, settings)
    const caller = new Caller(server.url)
    try {
      await askAll(caller, warming)
      if (wanted('floor')) {
        const times: Times = {}
        for (let n = 0; n < asks; n++)
          note(times, {
            http: await timed(() => caller.send('/healthz', null)),
            graphql: await timed(() => caller.graphql('{ __typename }', {})),
          })
        report('a request that asks nothing', { times })
      }
      if (wanted('new')) {
        await forget()
        report('a new question', await askAll(caller, questions))
      }
      if (wanted('again')) {
        await teach()
        report('one that was asked before', await askAll(caller, questions))
      }
      if (wanted('chat')) {
        await forget()
        await chatAll(caller, warming)
        report('a new question by POST /chat', await chatAll(caller, questions))
      }
    } finally {
      caller.close()
      await server.stop()
    }
    if (wanted('functions')) {
      await forget()
      const functions = await byFunction(pool, url, warming, questions)
      results.functions = functions
      print(
        `\n${'in the database, a question'.padEnd(50)} ${'calls'.padStart(8)} ${'ms'.padStart(8)} ${'its own'.padStart(8)}`,
      )
      for (const { name, calls, total, own } of functions)
        print(
          `${name.padEnd(50)} ${calls.toFixed(1).padStart(8)} ${total.toFixed(2).padStart(8)} ${own.toFixed(2).padStart(8)}`,
        )
    }
    return { asks, results }
  })
}
