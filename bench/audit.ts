/**
 * What the audit chain costs writers: 16 connections change different rows, with the chain, with the log but without
 * the chain, and with neither. The chain's lock is held from the closing of a transaction's rows to the end of its
 * commit, so the disk's flush is in it: fsync must be on for the figures to mean anything.
 */
import type pg from 'pg'
import { withClaims } from '../core/database/index.ts'
import type { BenchOptions } from './index.ts'
import { quantile, withScratch } from './scratch.ts'

const connections = 16
const seconds = 6

const modes = {
  'chain closed at commit': [],
  'log without chain': ['alter table app_public.audit_log disable trigger _900_chain'],
  'no audit at all': [
    'alter table app_public.sops disable trigger _900_audit',
    'alter table app_public.sites disable trigger _900_audit',
  ],
} as const

const workloads: Record<string, (client: pg.PoolClient, row: number, n: number) => Promise<unknown>> = {
  save_sop: (client, row, n) =>
    client.query(`select save_sop('bench', $1, $2, 'Measured')`, [
      `s${row}`,
      `# Text\n\n## Steps\n\n1. Step ${n} of ${row}.\n`,
    ]),
  'one small update': (client, row, n) =>
    client.query('update app_public.sites set name = $2 where id = $1', [row, `Name ${n}`]),
  'ten rows a transaction': (client, row, n) =>
    client.query('update app_public.sites set name = $3 where id between $1 and $2', [
      row * 10,
      row * 10 + 9,
      `Name ${n}`,
    ]),
}

export default (options: BenchOptions) =>
  withScratch(connections + 2, async (pool) => {
    const fsync = (
      await pool.query(
        `select current_setting('fsync') = 'on' and current_setting('synchronous_commit') <> 'off' as on`,
      )
    ).rows[0].on as boolean
    if (!fsync) options.print('fsync is off: the chain looks cheaper than it is.')
    await pool.query(
      `insert into app_public.sites (id, slug, name) select i, 's' || i, 'Site' from generate_series(0, 999) i`,
    )
    const results = []
    options.print(`${connections} connections, ${seconds} s each; transactions a second, milliseconds`)
    options.print(
      `${'work'.padEnd(24)} ${'mode'.padEnd(24)} ${'tx/s'.padStart(7)} ${'p50'.padStart(7)} ${'p99'.padStart(7)}  waiting for the chain`,
    )
    for (const [work, run] of Object.entries(workloads)) {
      if (!work.includes(options.only ?? '')) continue
      for (const [mode, statements] of Object.entries(modes)) {
        for (const statement of statements) await pool.query(statement)
        await measure(pool, run, 1) // warm
        const figures = await measure(pool, run, seconds)
        results.push({ work, mode, ...figures })
        options.print(
          `${work.padEnd(24)} ${mode.padEnd(24)} ${figures.per_second.toFixed(0).padStart(7)} ${figures.p50_ms.toFixed(2).padStart(7)} ${figures.p99_ms.toFixed(2).padStart(7)}  ${(figures.waiting * 100).toFixed(0)} %`,
        )
        for (const statement of statements) await pool.query(statement.replace(' disable ', ' enable '))
      }
    }
    const broken = await pool.query(
      `select problem, count(*) from app_public.verify_audit_log() where problem <> 'is not in the chain' group by 1`,
    )
    if (broken.rowCount) throw new Error(`The chain broke: ${JSON.stringify(broken.rows)}`)
    const begun = performance.now()
    const { rows } = await pool.query(
      'select count(*)::int as n from app_public.audit_log where (select count(*) from app_public.verify_audit_log()) >= 0',
    )
    const verify = { rows: rows[0].n as number, ms: performance.now() - begun }
    options.print(`verify_audit_log: ${verify.rows} rows in ${verify.ms.toFixed(0)} ms`)
    return { fsync, results, verify }
  })

/** Waiting: the share of samples in which a session waited for another's row lock. */
async function measure(pool: pg.Pool, run: (typeof workloads)[string], time: number) {
  const took: number[] = []
  const end = performance.now() + time * 1000
  let n = 0
  let sampling = true
  const samples: number[] = []
  const sampler = (async () => {
    while (sampling) {
      const { rows } = await pool.query(
        `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and wait_event in ('transactionid', 'tuple')`,
      )
      samples.push(rows[0].n / connections)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  await Promise.all(
    Array.from({ length: connections }, async (_, row) => {
      while (performance.now() < end) {
        const begun = performance.now()
        await withClaims(pool, { role: 'admin', actor: 'bench' }, async (client) => {
          await client.query(`select set_config('clubos.reason', 'Measured', true)`)
          await run(client, row + 1, n++)
        })
        took.push(performance.now() - begun)
      }
    }),
  )
  sampling = false
  await sampler
  return {
    per_second: took.length / time,
    p50_ms: quantile(took, 0.5),
    p99_ms: quantile(took, 0.99),
    waiting: samples.reduce((sum, value) => sum + value, 0) / samples.length,
  }
}
