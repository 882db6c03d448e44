/** Reads a whole backup again and compares it with its manifest, and that with what the database knows of it. */
import { withClaims } from '../database/index.ts'
import { type Manifest, readManifest, sha256 } from './manifest.ts'
import { type BackupServices, each } from './run.ts'
import { BackupError, type BackupTarget, openTarget, type Stored, type TargetRow } from './target.ts'

export interface Problem {
  path: string
  problem: string
}

export interface Verification {
  manifest: Manifest
  files: number
  bytes: number
  problems: Problem[]
}

/** `expected`: the manifest's SHA-256 as the database has it. */
export async function verifyTarget(
  target: BackupTarget,
  options: {
    expected?: string | null
    signal?: AbortSignal
    progress?(done: number, total: number): void
  } = {},
): Promise<Verification> {
  const { signal } = options
  const { manifest, hash, stored } = await openBackup(target, signal)
  const problems: Problem[] = []
  if (options.expected && options.expected !== hash)
    problems.push({
      path: 'manifest.json',
      problem: 'is not the one that was written: it was altered, or another club backs up to here',
    })
  const there = new Map(stored.map((one) => [one.path, one]))
  let done = 0
  let bytes = 0
  await each(manifest.files, 4, async (file) => {
    signal?.throwIfAborted()
    const one = there.get(file.path)
    if (!one) problems.push({ path: file.path, problem: 'is missing' })
    else {
      const content = await target.read(one, signal)
      bytes += content.length
      if (sha256(content) !== file.sha256)
        problems.push({ path: file.path, problem: 'is not what was written' })
    }
    options.progress?.(++done, manifest.files.length)
  })
  // What the tables' hashes are made of.
  for (const table of manifest.tables)
    if (table.rows > 0 && !manifest.files.some(({ key }) => key.startsWith(`data:${table.name}:`)))
      problems.push({ path: `data/${table.name}/`, problem: 'is not in the manifest' })
  problems.sort((a, b) => a.path.localeCompare(b.path))
  return { manifest, files: manifest.files.length + 1, bytes, problems }
}

export async function openBackup(
  target: BackupTarget,
  signal?: AbortSignal,
): Promise<{ manifest: Manifest; hash: string; stored: Stored[] }> {
  const stored = await target.list(signal)
  const read = await readManifest(target, stored, signal)
  if (!read)
    throw new BackupError('There is no complete backup: no manifest.json.', {
      code: 'CO404',
      hint: 'Is it the right place? Make a backup: clubos backup.',
    })
  return { manifest: read.manifest, hash: read.sha256, stored }
}

/** Verifies a backup of this club and writes down what was found. */
export async function verifyBackup(
  services: BackupServices,
  backupId: number,
  options: { signal?: AbortSignal; progress?(done: number, total: number): void } = {},
): Promise<Verification> {
  const { pool, config } = services
  const { rows } = await pool.query<TargetRow & { manifest: string | null }>(
    `select t.id, t.name, t.kind, t.settings, encode(b.manifest_hash, 'hex') as manifest
       from app_public.backups b join app_public.backup_targets t on t.id = b.target_id where b.id = $1`,
    [backupId],
  )
  if (!rows[0]) throw new BackupError(`There is no backup with id ${backupId}.`, { code: 'CO404' })
  const record = (result: string, problems: Problem[]) =>
    withClaims(pool, { role: 'worker', actor: 'backup' }, (client) =>
      client.query('select app_private.record_verification($1, $2, $3)', [
        backupId,
        result,
        JSON.stringify(problems.slice(0, 100)),
      ]),
    )
  let target: BackupTarget | undefined
  try {
    target = await openTarget(config, rows[0])
    const found = await verifyTarget(target, { ...options, expected: rows[0].manifest })
    await record(found.problems.length === 0 ? 'whole' : 'damaged', found.problems)
    return found
  } catch (error) {
    if (!options.signal?.aborted) await record('failed', [{ path: '', problem: (error as Error).message }])
    throw error
  } finally {
    await target?.close()
  }
}
