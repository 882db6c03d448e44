/** What the files of a backup are, from one snapshot of the database. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { claimSettings } from '../database/index.ts'
import { projectFolder } from '../database/migrate.ts'
import { format, type Manifest, sha256 } from './manifest.ts'
import { textPaths } from './names.ts'
import type { Spool } from './spool.ts'
import { BackupError, type BackupFile } from './target.ts'

export interface Snapshot {
  /** Every file but the manifest. */
  files: BackupFile[]
  manifest: Manifest
}

const { version: projectVersion } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as {
  version: string
}

/** How much is asked for at once. */
const batch = 8 * 1024 * 1024

/**
 * Lists the files with their hashes, which the database computes; then reads those that `wanted` chooses into the
 * spool. One transaction, repeatable read and read-only; it ends before anything is uploaded.
 */
export async function takeSnapshot(
  pool: pg.Pool,
  spool: Spool,
  options: {
    backup: number | null
    wanted(files: BackupFile[]): BackupFile[]
    progress?(done: number, total: number): void
    signal?: AbortSignal
  },
): Promise<Snapshot> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin isolation level repeatable read, read only')
    for (const [name, value] of Object.entries({
      ...claimSettings({ role: 'worker', actor: 'backup' }),
      statement_timeout: '0',
    }))
      await client.query('select set_config($1, $2, true)', [name, value])
    const snapshot = await listFiles(client, options.backup)
    const wanted = options.wanted(snapshot.files)
    let done = 0
    for (const files of inBatches(wanted)) {
      options.signal?.throwIfAborted()
      const { rows } = await client.query<{ key: string; content: string }>(
        'select key, content from app_private.backup_contents($1)',
        [files.map(({ key }) => databaseKey(key))],
      )
      const contents = new Map(rows.map(({ key, content }) => [key, content]))
      for (const file of files) {
        const content = Buffer.from(contents.get(databaseKey(file.key)) ?? '')
        if (sha256(content) !== file.sha256)
          throw new BackupError(`${file.path} was read otherwise than the database had counted it.`, {
            retry: true,
          })
        await spool.add(file.key, content)
      }
      done += files.length
      options.progress?.(done, wanted.length)
    }
    await client.query('commit')
    return snapshot
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => {
      broken = failed
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** Data files are called by their content, so that those of the last complete backup stay until the next is. */
const databaseKey = (key: string) => (key.startsWith('data:') ? key.split(':').slice(0, 3).join(':') : key)

async function listFiles(client: pg.PoolClient, backup: number | null): Promise<Snapshot> {
  const texts = await client.query<{
    key: string
    category: string
    section: string | null
    id: number | null
    bytes: string
    sha256: string
  }>('select * from app_private.backup_texts()')
  const parts = await client.query<{
    table_name: string
    part: number
    n: number
    bytes: string
    sha256: string
  }>('select * from app_private.backup_parts()')
  const tables = await client.query<{ table_name: string; n: string; sha256: string; columns: string[] }>(
    'select * from app_private.backup_table_hashes()',
  )
  const { rows } = await client.query<{
    taken_at: Date
    schema_version: string | null
    audit_position: string
    audit_hash: string
    embedding_model: string
  }>('select * from app_private.backup_head()')
  const paths = textPaths(texts.rows)
  const files: BackupFile[] = [
    ...texts.rows.map(({ key, bytes, sha256 }) => ({
      key,
      path: paths.get(key)!,
      sha256,
      bytes: Number(bytes),
    })),
    ...parts.rows.map(({ table_name: table, part, bytes, sha256 }) => ({
      key: `data:${table}:${part}:${sha256.slice(0, 16)}`,
      path: `data/${table}/${String(part).padStart(6, '0')}-${sha256.slice(0, 16)}.jsonl`,
      sha256,
      bytes: Number(bytes),
    })),
  ]
  const head = rows[0]!
  return {
    files,
    manifest: {
      format,
      about:
        'A backup of a ClubOS club. CATEGORY/SECTION.md are its procedures and knowledge/ what it learned, for people; data/ has the tables, for `clubos restore`, a JSON object a line. docs/backup.md has the rest.',
      backup,
      taken_at: head.taken_at.toISOString(),
      version: projectVersion,
      schema_version: head.schema_version,
      embedding_model: head.embedding_model,
      audit_head: { position: Number(head.audit_position), hash: head.audit_hash },
      tables: tables.rows.map((row) => ({
        name: row.table_name,
        rows: Number(row.n),
        sha256: row.sha256,
        columns: row.columns,
      })),
      files: files.map(({ path, key, sha256, bytes }) => ({ path, key, sha256, bytes })),
    },
  }
}

function* inBatches(files: BackupFile[]): Generator<BackupFile[]> {
  let some: BackupFile[] = []
  let bytes = 0
  for (const file of files) {
    if (some.length > 0 && (bytes + file.bytes > batch || some.length === 500)) {
      yield some
      some = []
      bytes = 0
    }
    some.push(file)
    bytes += file.bytes
  }
  if (some.length > 0) yield some
}
