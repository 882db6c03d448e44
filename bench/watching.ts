/**
 * What watching costs: the figures that a scrape asks the database for, on 100,000 answers; and three ways to tell the
 * database which request a statement is for: a name of the connection for the length of the transaction, a comment in the
 * statement, and not at all.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import type { BenchOptions } from './index.ts'
import { quantile, withScratch } from './scratch.ts'

const figureRounds = 30
const rounds = 1000

export default (options: BenchOptions) =>
  withScratch(2, async (pool) => {
    await pool.query(readFileSync(join(import.meta.dirname, 'questions_data.sql'), 'utf8'))
    await pool.query(
      `insert into app_public.llm_calls (purpose, provider, model, status, cost, created_at)
       select 'answer', 'openai', 'gpt-4o', 'ok', 0.001, now() - random() * interval '30 days' from generate_series(1, 100000)`,
    )
    await pool.query('vacuum analyze')
    const client = await pool.connect()
    try {
      const figures = await timed(figureRounds, () =>
        client.query('select * from app_private.figures_to_watch()'),
      )
      const { rows } = await client.query('select count(*)::int as n from app_public.responses')
      options.print(`figures_to_watch() with ${rows[0].n} answers: ${inWords(figures)}`)
      await client.query('begin')
      await client.query('select count(*) from app_private.figures_to_watch()')
      const { rows: scanned } = await client.query<{ name: string; rows: number }>(
        'select relname as name, seq_tup_read::int as rows from pg_stat_xact_user_tables where seq_tup_read > 1000',
      )
      await client.query('rollback')
      options.print(
        `tables of more than 1,000 rows that it reads whole: ${scanned.map(({ name }) => name).join(', ') || 'none'}`,
      )
      const ways = []
      for (const way of ['application_name', 'comment', 'nothing'] as const) {
        await client.query('deallocate all')
        await client.query('discard plans')
        const took = await timed(rounds, () => asRequest(client, way))
        const prepared = await client.query('select count(*)::int as n from pg_prepared_statements')
        ways.push({ way, ...took, prepared: prepared.rows[0].n as number })
        options.print(`${way.padEnd(17)} ${inWords(took)}, prepared statements left: ${prepared.rows[0].n}`)
      }
      return { answers: rows[0].n as number, figures, scanned, ways }
    } finally {
      client.release()
    }
  })

/** As PostGraphile does it: one round trip for the settings, then named statements, of which it keeps a cache by text. */
async function asRequest(client: pg.PoolClient, way: 'application_name' | 'comment' | 'nothing') {
  const id = randomUUID()
  const text = `select q.id, q.kind, q.impact, q.status, s.category, s.section, v.version
    from app_public.improvement_queue q left join app_public.sops s on s.id = q.sop_id
    left join app_public.sop_versions v on v.sop_id = s.id and v.version = s.version
   where q.status = $1 order by q.impact desc, q.id limit $2${way === 'comment' ? ` /* request_id=${id} */` : ''}`
  await client.query('begin')
  const settings = [
    ['clubos.request_id', id],
    ...(way === 'application_name' ? [['application_name', `clubos ${id}`]] : []),
  ]
  await client.query({
    name: `settings_${way}`,
    text: 'select set_config(el ->> 0, el ->> 1, true) from json_array_elements($1::json) el',
    values: [JSON.stringify(settings)],
  })
  await client.query({ name: way === 'comment' ? `q_${id}` : `q_${way}`, text, values: ['pending', 20] })
  await client.query('commit')
}

async function timed(times: number, what: () => Promise<unknown>) {
  const took: number[] = []
  for (let i = 0; i < times + 20; i++) {
    const begun = performance.now()
    await what()
    if (i >= 20) took.push(performance.now() - begun)
  }
  return { p50_ms: quantile(took, 0.5), p95_ms: quantile(took, 0.95) }
}

const inWords = ({ p50_ms, p95_ms }: { p50_ms: number; p95_ms: number }) =>
  `median ${p50_ms.toFixed(2)} ms, 95th percentile ${p95_ms.toFixed(2)} ms`
