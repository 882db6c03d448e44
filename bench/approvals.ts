/**
 * Two reviewers approve 10,000 proposals (--rows) while two readers search: how long an approval takes, in lookups by
 * primary key of the same run, and what its slowest ones are. An approval is measured as a client sees it: begin, claims,
 * approve_improvement, commit. So is the lookup, with nothing else running. Each minute the worker's part is done beside
 * them: what was approved goes into the index of vectors.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { withClaims } from '../core/database/index.ts'
import { projectFolder } from '../core/database/migrate.ts'
import type { BenchOptions } from './index.ts'
import { quantile, withScratch } from './scratch.ts'

const reviewers = 2
const readers = 2

export default (options: BenchOptions) =>
  withScratch(reviewers + readers + 3, async (pool) => {
    const rows = options.rows ?? 10_000
    const begun = performance.now()
    await pool.query(
      readFileSync(join(projectFolder, 'bench', 'approvals_data.sql'), 'utf8').replace(':rows', String(rows)),
    )
    await pool.query('vacuum analyze')
    options.print(
      `${rows} SOPs with a proposal each after ${((performance.now() - begun) / 1000).toFixed(0)} s`,
    )
    const key_ms = await lookup(pool)
    const stop = new AbortController()
    const searches = Promise.all(Array.from({ length: readers }, () => searchAll(pool, stop.signal)))
    const work = indexEachMinute(pool, stop.signal)
    const { rows: queue } = await pool.query<{ id: number }>(
      `select id from app_public.improvement_queue where status = 'pending' order by md5(id::text)`,
    )
    const took: number[] = []
    const from = performance.now()
    await Promise.all(
      Array.from({ length: reviewers }, async (_, reviewer) => {
        while (queue.length > 0) {
          const { id } = queue.pop()!
          const started = performance.now()
          await withClaims(pool, { role: 'reviewer', actor: `reviewer ${reviewer}` }, (client) =>
            client.query(`select status from app_public.approve_improvement($1, 'Measured')`, [id]),
          )
          took.push(performance.now() - started)
        }
      }),
    )
    const per_second = took.length / ((performance.now() - from) / 1000)
    stop.abort()
    const searched = (await searches).flat()
    await work
    const key_after_ms = await lookup(pool)
    const { rows: counted } = await pool.query(
      `select (select count(*)::int from app_public.improvement_queue where status = 'approved') as approved,
              (select count(*)::int from app_private.search_units where embedding is null) as without_vector,
              (select count(*)::int from app_public.audit_log where hash is null) as unchained,
              (select count(*)::int from app_private.search_units where not indexed) as waiting_for_index`,
    )
    const floor = Math.min(key_ms, key_after_ms)
    const result = {
      rows,
      ...counted[0],
      key_p50_ms: floor,
      approval: figures(took),
      in_lookups: { p50: quantile(took, 0.5) / floor, p99: quantile(took, 0.99) / floor },
      slower_than_100_ms: took.filter((ms) => ms > 100).length,
      per_second,
      search: figures(searched),
    }
    options.print(
      JSON.stringify(
        result,
        (_, value) => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value),
        2,
      ),
    )
    return result
  })

const figures = (ms: number[]) => ({
  n: ms.length,
  p50_ms: quantile(ms, 0.5),
  p95_ms: quantile(ms, 0.95),
  p99_ms: quantile(ms, 0.99),
  max_ms: quantile(ms, 1),
})

/** The median of lookups by primary key, in ms, as a client on one warm connection with a prepared statement sees it. */
async function lookup(pool: pg.Pool): Promise<number> {
  const client = await pool.connect()
  try {
    const { rows } = await client.query<{ id: number }>(
      'select id from app_public.sops order by md5(id::text) limit 2000',
    )
    const took: number[] = []
    for (const { id } of [...rows, ...rows]) {
      const begun = performance.now()
      await client.query({
        name: 'lookup',
        text: 'select id, category, section, version from app_public.sops where id = $1',
        values: [id],
      })
      took.push(performance.now() - begun)
    }
    return quantile(took.slice(rows.length), 0.5)
  } finally {
    client.release()
  }
}

/** What the worker's task search_statistics__refresh does each minute, as far as writers and readers feel it. */
async function indexEachMinute(pool: pg.Pool, signal: AbortSignal): Promise<void> {
  while (await sleep(60_000, true, { signal }).catch(() => false)) {
    let n = 1
    while (n > 0 && !signal.aborted)
      n = await withClaims(pool, { role: 'worker', actor: 'worker' }, async (client) => {
        const { rows } = await client.query<{ n: number }>('select app_private.index_fresh_units() as n')
        return rows[0]!.n
      })
    await withClaims(pool, { role: 'worker', actor: 'worker' }, (client) =>
      client.query('select app_private.refresh_search_statistics()'),
    )
  }
}

async function searchAll(pool: pg.Pool, signal: AbortSignal): Promise<number[]> {
  const { rows } = await pool.query<{ question: string; vector: string }>(
    `select d.question, c.embedding::text as vector from bench.documents d join app_private.embedding_cache c on c.content_hash = app_hidden.embedding_hash(d.question) order by random() limit 200`,
  )
  const took: number[] = []
  for (let n = 0; !signal.aborted; n++) {
    const { question, vector } = rows[n % rows.length]!
    const begun = performance.now()
    await withClaims(pool, { role: 'agent', actor: 'reader' }, (client) =>
      client.query('select * from app_public.search_knowledge($1, $2)', [question, vector]),
    )
    took.push(performance.now() - begun)
  }
  return took
}
