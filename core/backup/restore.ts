/** Brings back what a backup has: all of it into an empty database, or the texts of it into a living club. */
import type pg from 'pg'
import { withClaims } from '../database/index.ts'
import { type Manifest, sha256 } from './manifest.ts'
import { each } from './run.ts'
import { openSpool, type Spool } from './spool.ts'
import { BackupError, type BackupTarget, type Stored } from './target.ts'
import { openBackup } from './verify.ts'

export type Mode = 'versions' | 'proposals'

export interface Difference {
  what: 'sop' | 'knowledge'
  difference: 'add' | 'change' | 'return' | 'lacks_site'
  id?: number
  category: string
  topic: string
  question?: string
  before?: string
  after?: string
}

export interface LivingReport {
  sops: { add: number; change: number; return: number }
  knowledge: { add: number; change: number; lacks_site: number }
  /** The first 200. */
  differences: Difference[]
  proposals?: number[]
  left?: Difference[]
  /** Differences after a restore as versions: none. */
  remaining?: number | null
  backup: { taken_at: string; version: string; audit_head: Manifest['audit_head'] }
}

export interface RestoreRow {
  id: number
  mode: Mode | 'empty'
  dry_run: boolean
  status: string
  requested_by: string
  reason: string | null
}

interface Options {
  signal?: AbortSignal
  progress?(done: number, total: number): void
}

/** A file of the machine-readable part, if it is the one that the manifest means. */
async function readPart(
  target: BackupTarget,
  stored: Map<string, Stored>,
  file: Manifest['files'][number],
  signal?: AbortSignal,
): Promise<string> {
  signal?.throwIfAborted()
  const one = stored.get(file.path)
  const content = one && (await target.read(one, signal))
  if (!content || sha256(content) !== file.sha256)
    throw new BackupError(
      `${file.path} ${content ? 'is not what was written' : 'is missing'}. Nothing was restored.`,
      {
        code: 'CO172',
        hint: 'clubos backup --verify says what else is. Restore from another target, or fetch the file from its version history.',
      },
    )
  return content.toString()
}

const partsOf = (manifest: Manifest, table?: string) =>
  manifest.files
    .filter(({ key }) => key.startsWith(table === undefined ? 'data:' : `data:${table}:`))
    .map((file) => ({ ...file, table: file.key.split(':')[1]!, part: Number(file.key.split(':')[2]) }))
    .sort((a, b) => a.part - b.part)

/**
 * SOPs and knowledge, into the club as it lives: each difference becomes a version, or a proposal. One transaction.
 * `restore`: one that was asked for by request_restore; else what to write down of this one.
 */
export async function restoreLiving(
  pool: pg.Pool,
  target: BackupTarget,
  restore:
    | { id: number }
    | { source: string; mode: Mode; dryRun: boolean; reason: string | null; actor: string },
  options: Options = {},
): Promise<{ row: RestoreRow; report: LivingReport } | null> {
  const actor = 'actor' in restore ? restore.actor : 'worker'
  const begun = await withClaims(pool, { role: 'worker', actor }, async (client) => {
    const { rows } = await client.query<RestoreRow>(
      'select * from app_private.begin_restore($1, $2, $3, $4, $5)',
      [
        'id' in restore ? restore.id : null,
        ...('source' in restore
          ? [restore.source, restore.mode, restore.dryRun, restore.reason]
          : [null, null, false, null]),
      ],
    )
    return rows[0]!
  })
  // It has ended already.
  if (begun.id === null) return null
  const finish = (report: LivingReport | null, error: Error | null) =>
    withClaims(pool, { role: 'worker', actor }, (client) =>
      client.query('select app_private.finish_restore($1, $2, $3, $4)', [
        begun.id,
        report === null ? null : JSON.stringify(report),
        error?.message ?? null,
        (error as BackupError | null)?.hint ?? null,
      ]),
    )
  try {
    // Read before the transaction: a slow target must hold nobody up.
    const { manifest, stored } = await openBackup(target, options.signal)
    const byPath = new Map(stored.map((one) => [one.path, one]))
    const parts = ['sites', 'sops', 'knowledge_base'].flatMap((table) => partsOf(manifest, table))
    const contents: { table: string; lines: string }[] = []
    for (const part of parts) {
      contents.push({ table: part.table, lines: await readPart(target, byPath, part, options.signal) })
      options.progress?.(contents.length, parts.length)
    }
    const report = await withClaims(pool, { role: 'worker', actor: begun.requested_by }, async (client) => {
      await client.query(`select set_config('statement_timeout', '0', true)`)
      for (const { table, lines } of contents)
        await client.query('select app_private.stage_restore($1, $2, $3)', [begun.id, table, lines])
      const { rows } = await client.query<{ report: LivingReport }>(
        'select app_private.apply_restore($1) as report',
        [begun.id],
      )
      return {
        ...rows[0]!.report,
        backup: {
          taken_at: manifest.taken_at,
          version: manifest.version,
          audit_head: manifest.audit_head,
        },
      }
    })
    await finish(report, null)
    return { row: begun, report }
  } catch (error) {
    await finish(null, error as Error).catch(() => {})
    throw error
  }
}

export interface EmptyReport {
  files: number
  tables: { name: string; rows: number }[]
  taken_at: string
  audit_head: Manifest['audit_head']
}

class Undone extends Error {}

/**
 * Everything, into a database that has nothing yet: the same ids, versions, history and audit chain. One transaction,
 * at whose end each table must have the hash that the manifest says.
 */
export async function restoreEmpty(
  pool: pg.Pool,
  target: BackupTarget,
  from: { source: string; actor: string; dryRun: boolean },
  options: Options = {},
): Promise<EmptyReport> {
  const { manifest, stored } = await openBackup(target, options.signal)
  const byPath = new Map(stored.map((one) => [one.path, one]))
  const parts = partsOf(manifest)
  // Read before the transaction, which on the embedded database nobody gets past.
  const spool = await openSpool()
  try {
    let done = 0
    await each(parts, 4, async (part) => {
      await spool.add(part.path, Buffer.from(await readPart(target, byPath, part, options.signal)))
      options.progress?.(++done, parts.length)
    })
    return await fillEmpty(pool, manifest, parts, spool, from)
  } finally {
    await spool.close()
  }
}

async function fillEmpty(
  pool: pg.Pool,
  manifest: Manifest,
  parts: ReturnType<typeof partsOf>,
  spool: Spool,
  from: { source: string; actor: string; dryRun: boolean },
): Promise<EmptyReport> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin; set local statement_timeout = 0')
    await checkSchema(client, manifest)
    await client.query('select app_private.begin_empty_restore()')
    for (const { name } of manifest.tables)
      for (const { path } of parts.filter(({ table }) => table === name))
        await client.query('select app_private.restore_part($1, $2)', [
          name,
          (await spool.read(path)).toString(),
        ])
    await client.query('select app_private.end_empty_restore()')
    await checkTables(client, manifest)
    const report: EmptyReport = {
      files: manifest.files.length,
      tables: manifest.tables.map(({ name, rows }) => ({ name, rows })),
      taken_at: manifest.taken_at,
      audit_head: manifest.audit_head,
    }
    if (from.dryRun) throw new Undone(JSON.stringify(report))
    await client.query(
      `insert into app_public.restores (source, mode, requested_by, status, started_at, finished_at, report) values ($1, 'empty', $2, 'complete', now(), clock_timestamp(), $3)`,
      [from.source, from.actor, JSON.stringify(report)],
    )
    await client.query('commit')
    return report
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => {
      broken = failed
    })
    if (error instanceof Undone) return JSON.parse(error.message) as EmptyReport
    throw error
  } finally {
    client.release(broken)
  }
}

async function checkSchema(client: pg.PoolClient, manifest: Manifest): Promise<void> {
  const { rows } = await client.query<{ version: string | null }>(
    'select max(filename) as version from graphile_migrate.migrations',
  )
  const ours = rows[0]!.version ?? ''
  if ((manifest.schema_version ?? '') > ours)
    throw new BackupError(
      `This backup is of ClubOS ${manifest.version}, whose database is newer (${manifest.schema_version}) than this one (${ours || 'none'}).`,
      { code: 'CO172', hint: `Install ClubOS ${manifest.version} or later, then restore.` },
    )
  const { rows: known } = await client.query<{ name: string }>('select name from app_private.backup_tables()')
  const unknown = manifest.tables.filter(({ name }) => !known.some((table) => table.name === name))
  if (unknown.length > 0)
    throw new BackupError(
      `The backup has tables that are not known here: ${unknown.map(({ name }) => name).join(', ')}.`,
      {
        code: 'CO172',
        hint: `Install ClubOS ${manifest.version}, which has made it.`,
      },
    )
}

async function checkTables(client: pg.PoolClient, manifest: Manifest): Promise<void> {
  const { rows } = await client.query<{ table_name: string; n: string; sha256: string; columns: string[] }>(
    'select * from app_private.backup_table_hashes()',
  )
  const now = new Map(rows.map((row) => [row.table_name, row]))
  for (const table of manifest.tables) {
    const restored = now.get(table.name)!
    // A column that the backup's version did not have yet is in today's hash.
    const comparable = restored.columns.join() === table.columns.join()
    if (Number(restored.n) !== table.rows || (comparable && restored.sha256 !== table.sha256))
      throw new BackupError(
        `The table ${table.name} is not what the manifest says: ${restored.n} rows for ${table.rows}. Nothing was restored.`,
        { code: 'CO172', hint: 'clubos backup --verify says whether the backup is whole.' },
      )
  }
}
