/**
 * A club of 10,000 SOPs, 2,000 of them in their third version: backed up to a folder, S3 and Drive (local servers of
 * their protocols), again without a change, again after some, and restored into an empty database, which must have the
 * same hash of every table.
 */
import type pg from 'pg'
import { restoreEmpty } from '../core/backup/restore.ts'
import { queueBackup, runBackup } from '../core/backup/run.ts'
import { openTarget } from '../core/backup/target.ts'
import { withClaims } from '../core/database/index.ts'
import { makeLog } from '../core/log.ts'
import { driveOf, hashesOf, type Kind, makePlace, type Place } from '../test/backup/support.ts'
import type { BenchOptions } from './index.ts'
import { withScratch } from './scratch.ts'

const sops = 10_000
const log = makeLog('error')

export default (options: BenchOptions) =>
  withScratch(4, async (pool) => {
    const filling = await timed(() => fill(pool))
    options.print(`${sops} SOPs written in ${(filling.ms / 1000).toFixed(1)} s`)
    const results: object[] = []
    for (const kind of ['folder', 's3', 'drive'] as Kind[]) {
      if (!kind.includes(options.only ?? '')) continue
      const place = await makePlace(pool, kind)
      try {
        for (const name of ['first', 'nothing changed', '50 SOPs changed, 5 renamed, 5 retired']) {
          if (name.startsWith('50')) await change(pool, kind)
          place.calls()
          const { value: row, ms } = await timed(() => backUp(pool, place))
          const calls = place.calls()
          const result = { target: kind, run: name, ms, calls, ...figures(row) }
          results.push(result)
          options.print(
            `${kind.padEnd(7)} ${name.padEnd(40)} ${(ms / 1000).toFixed(1).padStart(6)} s  ${String(calls).padStart(6)} calls  ${JSON.stringify(figures(row))}`,
          )
          if (kind === 'drive') {
            const server = driveOf(place)
            const pages = Math.ceil(server.visible().length / server.pageSize) + 1
            const folders = server.visible().filter(({ file }) => file.content === null).length
            const allowed = row.uploaded + row.deleted + 1 + (name === 'first' ? folders + 1 : 5) + pages
            if (calls > allowed) throw new Error(`${calls} calls; ${allowed} were allowed.`)
            place.check()
          }
        }
        if (kind === 'folder' || options.only) results.push(await restore(pool, place, options))
      } finally {
        await place.close()
      }
    }
    return { sops, filling_ms: filling.ms, results }
  })

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const begun = performance.now()
  const value = await work()
  return { value, ms: Math.round(performance.now() - begun) }
}

async function fill(pool: pg.Pool): Promise<void> {
  const as = (statement: string) =>
    withClaims(pool, { role: 'admin', actor: 'bench' }, async (client) => {
      await client.query(`select set_config('clubos.reason', 'Measured', true)`)
      await client.query(statement)
    })
  const words =
    'Check the booking first. If the door stays shut, ask for the code again and wait for the green light. '
  for (let from = 0; from < sops; from += 1000)
    await as(
      `insert into sops (category, section, content) select 'category ' || n % 50, 'section ' || n, format(E'# Section %s\\n\\n## Steps\\n\\n1. Step %s.\\n', n, n) || repeat('${words}', 8) from generate_series(${from + 1}, ${from + 1000}) n`,
    )
  for (let round = 2; round < 4; round++)
    await as(`update sops set content = content || E'\\nRound ${round}.\\n' where id % 5 = 0`)
  await as(
    `insert into knowledge_base (category, topic, question, answer) select 'category ' || n % 50, 'topic ' || n % 500, 'Question ' || n || '?', '${words}' from generate_series(1, 2000) n`,
  )
  await pool.query('vacuum analyze')
}

async function change(pool: pg.Pool, kind: string): Promise<void> {
  await withClaims(pool, { role: 'admin', actor: 'bench' }, async (client) => {
    await client.query(`select set_config('clubos.reason', 'Measured', true)`)
    const living = (skip: number, n: number) =>
      `(select id from sops where archived_at is null order by id offset ${skip} limit ${n})`
    await client.query(
      `update sops set content = content || E'\\nFor ${kind}.\\n' where id in (${living(0, 50)})`,
    )
    await client.query(`update sops set section = section || ' for ${kind}' where id in (${living(5000, 5)})`)
    await client.query(`update sops set archived_at = now() where id in (${living(7000, 5)})`)
  })
}

async function backUp(pool: pg.Pool, place: Place) {
  const id = await queueBackup(pool, place.row.id, 'bench')
  return runBackup({ pool, config: place.config, log }, id, { concurrency: 8 })
}

const figures = (row: Awaited<ReturnType<typeof backUp>>) => ({
  files: row.files,
  uploaded: row.uploaded,
  unchanged: row.unchanged,
  renamed: row.renamed,
  deleted: row.deleted,
  mb: Math.round(Number(row.bytes) / 1e5) / 10,
  mb_uploaded: Math.round(Number(row.bytes_uploaded) / 1e5) / 10,
})

async function restore(pool: pg.Pool, place: Place, options: BenchOptions): Promise<object> {
  const target = await openTarget(place.config, place.row)
  try {
    return await withScratch(2, async (empty) => {
      const { ms } = await timed(() =>
        restoreEmpty(empty, target, { source: 'bench', actor: 'bench', dryRun: false }),
      )
      const [there, here] = [await hashesOf(pool), await hashesOf(empty)]
      const same = Object.keys(there).filter((table) => there[table] === here[table])
      options.print(
        `${place.row.kind.padEnd(7)} restored into an empty database in ${(ms / 1000).toFixed(1)} s; ${same.length} of ${Object.keys(there).length} tables have the source's hash`,
      )
      if (same.length !== Object.keys(there).length) throw new Error('The restored database is another.')
      const broken = await empty.query('select * from verify_audit_log()')
      if (broken.rowCount) throw new Error('The restored audit chain is broken.')
      return { target: place.row.kind, run: 'restore', ms, tables: same.length, same: true }
    })
  } finally {
    await target.close()
  }
}
