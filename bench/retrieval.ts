/**
 * Searching a search space of some size, on one connection, warm: each leg and the whole, beside a lookup by primary key
 * in the same run, since a ratio says more than a time of a machine that nobody knows.
 *   key         one row by its number: the floor
 *   vector      nearest_units, and how many of the ten nearest by exact comparison it finds
 *   words       question_words and the candidates it names, and how many of the exact ten best by BM25 are among them
 *   whole       search_knowledge, and how often the unit's own target is first
 *   category    the same in the question's own category, and in one that has nothing to do with it
 * BENCH_KEEP (name): uses, or makes and keeps, a database of that name, since a million rows take a while to make.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { makePool } from '../core/database/index.ts'
import { makeLog } from '../core/log.ts'
import { migrateToCurrent } from '../test/support/template.ts'
import type { BenchOptions } from './index.ts'
import { quantile, withScratch } from './scratch.ts'

const questions = 300
/** Exact answers are looked for in the whole table, so for fewer. */
export const exactly = 100

async function fill(pool: pg.Pool, rows: number, print: (line: string) => void) {
  const started = Date.now()
  const say = (what: string) => print(`  ${what} (${Math.round((Date.now() - started) / 1000)} s)`)
  await pool.query(readFileSync(join(import.meta.dirname, 'retrieval_data.sql'), 'utf8'))
  // Indexes are built at once, afterwards; the sizes make the usual ratio of kinds.
  const { rows: indexes } = await pool.query<{ name: string; definition: string }>(
    `select i.name, pg_get_indexdef(('app_private.search_units_' || i.name)::regclass) as definition from (values ('words'), ('embedding')) i(name)`,
  )
  const define = (name: string) => indexes.find((index) => index.name === name)!.definition
  await pool.query('drop index app_private.search_units_words; drop index app_private.search_units_embedding')
  const sops = Math.ceil(rows * 0.13)
  const entries = Math.ceil(rows * 0.3)
  const chunk = 6000
  const inChunks = async (upto: number, statement: string, parameters: unknown[]) => {
    for (let first = 1; first <= upto; first += chunk) {
      const client = await pool.connect()
      try {
        await client.query('begin; set local session_replication_role = replica')
        await client.query(statement, [first, Math.min(upto, first + chunk - 1), ...parameters])
        await client.query('commit')
      } finally {
        client.release()
      }
      if (upto > 10 * chunk) say(`${Math.min(upto, first + chunk - 1)} of ${upto}`)
    }
  }
  await Promise.all([
    inChunks(sops, 'select bench.fill_sops($1, $2)', []),
    inChunks(entries, 'select bench.fill_entries($1, $2, $3)', [sops]),
  ])
  say('rows')
  const client = await pool.connect()
  try {
    await client.query(
      `begin; set local session_replication_role = replica; select bench.count_entries(); commit`,
    )
    await client.query(`set maintenance_work_mem = '${rows > 300_000 ? '6GB' : '1GB'}'`)
    const words = Date.now()
    await client.query(define('words'))
    say(`index of words, in ${Math.round((Date.now() - words) / 1000)} s`)
    const vectors = Date.now()
    await client.query(define('embedding'))
    say(`index of vectors, in ${Math.round((Date.now() - vectors) / 1000)} s`)
    await client.query('vacuum analyze')
    await client.query('select app_private.recount_search_units()')
    await client.query(
      `update app_private.search_statistics set categories = (select jsonb_object_agg(category, n) from (select category, count(*) as n from app_private.search_units group by 1) c)`,
    )
    await client.query('select bench.make_questions($1)', [questions])
    await client.query(
      `create table bench.exact as
       select q.id,
              array(select u.id from app_private.search_units u order by -(u.embedding <#> q.v::halfvec(1536)) desc limit 10) as nearest,
              array(select u.id from app_private.search_units u order by u.impacts <#> w.impacts, u.id limit 10) as by_words
         from bench.questions q cross join lateral app_private.question_words(q.question) w where q.id <= ${exactly}`,
    )
    say('exact answers')
  } finally {
    client.release(true)
  }
}

interface Figures {
  p50: number
  p95: number
  p99: number
  max: number
}
const round = (number: number) => Number(number.toFixed(3))

/** With a search space of that many units: one of its own, gone afterwards, or the one that BENCH_KEEP names. */
export async function withUnits<T>(
  rows: number,
  print: (line: string) => void,
  work: (pool: pg.Pool, url: string) => Promise<T>,
): Promise<T> {
  const keep = process.env.BENCH_KEEP
  if (!keep)
    return withScratch(4, async (pool, url) => {
      await fill(pool, rows, print)
      return work(pool, url)
    })
  const base = process.env.DATABASE_URL as string
  const url = Object.assign(new URL(base), { pathname: `/${keep}` }).toString()
  const admin = new pg.Client(base)
  await admin.connect()
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [keep])
  if (!rowCount) await admin.query(`create database ${admin.escapeIdentifier(keep)}`)
  await admin.end()
  await migrateToCurrent(url)
  const pool = makePool(url, makeLog('error'), 4)
  try {
    if (!rowCount) await fill(pool, rows, print)
    return await work(pool, url)
  } finally {
    await pool.end()
  }
}

export default async function retrieval({ only, rows = 10_000, print }: BenchOptions): Promise<object> {
  return withUnits(rows, print, async (pool) => {
    const { rows: size } = await pool.query<{ units: number; heap: string; vectors: string; words: string }>(
      `select count(*)::int as units, pg_size_pretty(pg_total_relation_size('app_private.search_units')) as heap,
              pg_size_pretty(pg_relation_size('app_private.search_units_embedding')) as vectors, pg_size_pretty(pg_relation_size('app_private.search_units_words')) as words
         from app_private.search_units`,
    )
    print(
      `${size[0]?.units.toLocaleString('en')} units: ${size[0]?.heap} with indexes; vectors' index ${size[0]?.vectors}, words' ${size[0]?.words}`,
    )
    const client = await pool.connect()
    try {
      return { rows, ...size[0], ...(await measure(client, only, print)) }
    } finally {
      client.release(true)
    }
  })
}

async function measure(client: pg.PoolClient, only: string | undefined, print: (line: string) => void) {
  await client.query('set jit = off')
  const { rows: asked } = await client.query<{
    id: number
    question: string
    v: string
    target: string
    category: string
    nearest: string[] | null
    by_words: string[] | null
  }>(
    `select q.id, q.question, q.v::text as v, q.target, q.category, e.nearest::text[], e.by_words::text[]
       from bench.questions q left join bench.exact e on e.id = q.id order by q.id`,
  )
  const elsewhere = (category: string) => `category${(Number(category.slice(8)) + 17) % 40}`
  const result: Record<string, Figures & Record<string, number>> = {}
  let floor = Number.NaN

  /** Twice over all questions, the first time to warm up. */
  const run = async (
    name: string,
    text: string,
    parameters: (question: (typeof asked)[number]) => unknown[],
    judge: Record<
      string,
      (rows: Record<string, unknown>[], question: (typeof asked)[number]) => number | undefined
    > = {},
  ) => {
    if (only && name !== 'key' && !name.includes(only)) return
    const times: number[] = []
    const judged: Record<string, number[]> = {}
    for (const round of [1, 2])
      for (const question of asked) {
        const started = performance.now()
        const { rows } = await client.query({ name, text, values: parameters(question) })
        if (round === 1) continue
        times.push(performance.now() - started)
        for (const [figure, value] of Object.entries(judge)) {
          const verdict = value(rows, question)
          if (verdict !== undefined) {
            judged[figure] ??= []
            judged[figure].push(verdict)
          }
        }
      }
    const means = Object.fromEntries(
      Object.entries(judged).map(([figure, all]) => [
        figure,
        round(all.reduce((a, b) => a + b, 0) / all.length),
      ]),
    )
    const figures = {
      p50: round(quantile(times, 0.5)),
      p95: round(quantile(times, 0.95)),
      p99: round(quantile(times, 0.99)),
      max: round(quantile(times, 1)),
    }
    if (name === 'key') floor = figures.p50
    result[name] = {
      ...figures,
      keys: round(figures.p50 / floor),
      keys_p99: round(figures.p99 / floor),
      ...means,
    }
    print(
      `${name.padEnd(20)} p50 ${figures.p50.toFixed(2)} p95 ${figures.p95.toFixed(2)} p99 ${figures.p99.toFixed(2)} ms = ${(figures.p50 / floor).toFixed(0)} / ${(figures.p99 / floor).toFixed(0)} keys  ${Object.entries(
        means,
      )
        .map(([figure, mean]) => `${figure} ${mean}`)
        .join(', ')}`,
    )
  }
  const share = (expected: string[] | null, found: unknown[]) =>
    expected ? expected.filter((id) => found.includes(id)).length / expected.length : undefined
  const first = (found: Record<string, unknown>[], question: (typeof asked)[number]) =>
    Number(found[0]?.target === question.target)

  await run('key', 'select id from app_public.sops where id = $1', (question) => [question.id])
  await run(
    'vector',
    `select unit_id::text as id from app_private.nearest_units($1::halfvec, 'local-use-lite')`,
    (question) => [question.v],
    {
      'recall@10': (found, question) =>
        share(
          question.nearest,
          found.map((row) => row.id),
        ),
    },
  )
  await run(
    'words',
    `select u.id::text as id from app_private.question_words($1) w
      cross join lateral (select u.id, u.impacts <#> w.impacts as score from app_private.search_units u where u.words @@ w.candidates order by 2, 1 limit 40) u`,
    (question) => [question.question],
    {
      'agreement@10': (found, question) =>
        share(
          question.by_words,
          found.map((row) => row.id),
        ),
    },
  )
  const whole = `select coalesce('sop:' || s.sop_id, 'topic:' || s.category || '/' || s.topic) as target
                   from app_public.search_knowledge($1, $2::vector, category => $3, site => $4) s order by s.rank`
  await run('whole', whole, (question) => [question.question, question.v, null, null], { 'hit@1': first })
  await run('whole, no vector', whole, (question) => [question.question, null, null, null], {
    'hit@1': first,
  })
  await run('category, own', whole, (question) => [question.question, question.v, question.category, null], {
    'hit@1': first,
  })
  await run('category, foreign', whole, (question) => [
    question.question,
    question.v,
    elsewhere(question.category),
    null,
  ])
  return { figures: result }
}
