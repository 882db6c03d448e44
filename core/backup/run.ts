/**
 * Runs a backup: list what the target has, read what changed, upload it, then the manifest, then tidy. Whatever
 * happens in between, the last complete backup stays readable, and the next run goes on from what is there.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Config } from '../config.ts'
import { connectionProblem, withClaims } from '../database/index.ts'
import type { Log } from '../log.ts'
import { compare } from './compare.ts'
import { takeSnapshot } from './export.ts'
import { type Manifest, manifestPath, readManifest, writeManifest } from './manifest.ts'
import { openSpool } from './spool.ts'
import { BackupError, type BackupTarget, openTarget, type Stored, type TargetRow } from './target.ts'

export interface BackupServices {
  pool: pg.Pool
  config: Config
  log: Log
}

export interface BackupRow {
  id: number
  target_id: number
  status: 'queued' | 'running' | 'complete' | 'failed'
  attempt: number
  files: number
  uploaded: number
  unchanged: number
  renamed: number
  deleted: number
  bytes: string
  bytes_uploaded: string
  error: string | null
  hint: string | null
}

export interface RunOptions {
  signal?: AbortSignal
  progress?(stage: string, done: number, total: number): void
  /** How long this process has the backup to itself after each sign of life, in seconds (60). */
  lease?: number
  /** Files under way at once (4). */
  concurrency?: number
  /** Whether nobody tries again after a failure. */
  last?: boolean
  /** Another than the one that the row names: for tests. */
  target?: BackupTarget
}

const asWorker = <T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>) =>
  withClaims(pool, { role: 'worker', actor: 'backup' }, work)

/** The backup that waits for this target, or a new one. */
export async function queueBackup(pool: pg.Pool, targetId: number, by: string): Promise<number> {
  return asWorker(pool, async (client) => {
    const { rows } = await client.query<{ id: number }>('select id from app_private.queue_backup($1, $2)', [
      targetId,
      by,
    ])
    return rows[0]!.id
  })
}

export async function findTargets(pool: pg.Pool, name?: string): Promise<TargetRow[]> {
  const { rows } = await pool.query<TargetRow>(
    name === undefined
      ? 'select id, name, kind, settings from app_public.backup_targets where enabled order by id'
      : 'select id, name, kind, settings from app_hidden.find_backup_target($1)',
    name === undefined ? [] : [name],
  )
  return rows
}

/** Returns the row as it is afterwards. Throws what went wrong after it has been written down. */
export async function runBackup(
  services: BackupServices,
  backupId: number,
  options: RunOptions = {},
): Promise<BackupRow> {
  const { pool, config, log } = services
  const lease = options.lease ?? 60
  const claimed = await asWorker(pool, async (client) => {
    const { rows } = await client.query<BackupRow>(
      'select * from app_private.claim_backup($1, make_interval(secs => $2))',
      [backupId, lease],
    )
    return rows[0]!
  })
  if (claimed.status !== 'running') return claimed
  const { rows } = await pool.query<TargetRow>(
    'select id, name, kind, settings from app_public.backup_targets where id = $1',
    [claimed.target_id],
  )
  const life = new Life(pool, claimed, lease, options)
  try {
    const target = options.target ?? (await openTarget(config, rows[0]!))
    try {
      return await backUp(services, claimed, target, life, options)
    } finally {
      await target.close()
    }
  } catch (error) {
    const { message, hint, code } = error as BackupError
    // It is another's by now, who does it.
    if (code !== 'CO170')
      await asWorker(pool, (client) =>
        client.query('select app_private.fail_backup($1, $2, $3, $4, $5)', [
          claimed.id,
          claimed.attempt,
          message || String(error),
          hint ?? null,
          // Whoever stops it goes on later; that is no failure to tell admins of.
          !options.signal?.aborted && ((options.last ?? true) || !mayRetry(error)),
        ]),
      ).catch((failed: Error) =>
        log.warn({ error: failed.message }, 'could not write down that a backup failed'),
      )
    throw error
  } finally {
    await life.end()
  }
}

/** Whether another try may go better: not where a person has to do something first. */
export const mayRetry = (error: unknown): boolean =>
  error instanceof BackupError
    ? error.retry
    : connectionProblem(error) !== null || (error as Error).name !== 'ConfigError'

/** Says that this process lives and how far it is; stops the work where the backup is another's by now. */
class Life {
  readonly signal: AbortSignal
  readonly #stop = new AbortController()
  readonly #beating: Promise<void>
  #stage = 'listing'
  #done = 0
  #total = 0
  readonly #options: RunOptions

  constructor(pool: pg.Pool, row: BackupRow, lease: number, options: RunOptions) {
    this.#options = options
    this.signal = options.signal ? AbortSignal.any([options.signal, this.#stop.signal]) : this.#stop.signal
    this.#beating = (async () => {
      let silent = Date.now()
      while (!this.#stop.signal.aborted) {
        await sleep((lease * 1000) / 4, undefined, { signal: this.#stop.signal }).catch(() => {})
        if (this.#stop.signal.aborted) return
        try {
          await this.say(pool, row, lease)
          silent = Date.now()
        } catch (error) {
          // A database that is out of reach for a moment is asked again; after the lease it may be another's.
          if ((error as { code?: string }).code === 'CO170' || Date.now() - silent > lease * 1000)
            this.#stop.abort(error)
        }
      }
    })()
  }

  at(stage: string, done: number, total: number) {
    this.#stage = stage
    this.#done = done
    this.#total = total
    this.#options.progress?.(stage, done, total)
  }

  async say(pool: pg.Pool, row: BackupRow, lease: number) {
    await asWorker(pool, (client) =>
      client.query('select app_private.backup_progress($1, $2, $3, $4, $5, make_interval(secs => $6))', [
        row.id,
        row.attempt,
        this.#stage,
        this.#done,
        this.#total,
        lease,
      ]),
    )
  }

  async end() {
    this.#stop.abort()
    await this.#beating
  }
}

async function backUp(
  { pool }: BackupServices,
  row: BackupRow,
  target: BackupTarget,
  life: Life,
  options: RunOptions,
): Promise<BackupRow> {
  const { signal } = life
  const lease = options.lease ?? 60
  life.at('listing', 0, 0)
  const stored = await target.list(signal)
  const last = target.renames ? null : await readManifest(target, stored, signal).catch(() => null)
  if (last) recognise(stored, last.manifest)

  await distrust(pool, row, stored)
  const spool = await openSpool()
  try {
    let steps = compare([], [], false)
    life.at('reading', 0, 0)
    await life.say(pool, row, lease)
    const snapshot = await takeSnapshot(pool, spool, {
      backup: row.id,
      wanted: (files) => {
        steps = compare(files, stored, target.renames)
        return steps.put.filter(({ same }) => !same || !target.renames).map(({ file }) => file)
      },
      progress: (done, total) => life.at('reading', done, total),
      signal,
    })
    await lookAtUnknown(target, stored, steps, signal)

    const counts = { uploaded: 0, renamed: 0, unchanged: steps.unchanged, deleted: 0, bytes_uploaded: 0 }
    let done = 0
    life.at('uploading', 0, steps.put.length)
    await life.say(pool, row, lease)
    await each(steps.put, options.concurrency ?? 4, async ({ file, before, same }) => {
      signal.throwIfAborted()
      if (same && before!.path === file.path) counts.unchanged++
      else {
        await target.put(file, before, spool.has(file.key) ? await spool.read(file.key) : null, signal)
        if (before !== null && before.path !== file.path && target.renames) counts.renamed++
        if (!same) {
          counts.uploaded++
          counts.bytes_uploaded += file.bytes
        }
      }
      life.at('uploading', ++done, steps.put.length)
    })

    // From here on this is the backup; until here the last one was.
    const manifest = writeManifest(snapshot.manifest)
    // Whose it is by now is asked right before: an older one must not take a newer one's place.
    await life.say(pool, row, lease)
    signal.throwIfAborted()
    await target.put(
      manifest.file,
      stored.find(({ path }) => path === manifestPath) ?? null,
      manifest.content,
      signal,
    )
    life.at('tidying', 0, steps.remove.length)
    let removed = 0
    // Folders last: what lies in them is moved or removed by then.
    for (const some of [
      steps.remove.filter(({ path }) => !path.endsWith('/')),
      steps.remove.filter(({ path }) => path.endsWith('/')),
    ])
      await each(some, options.concurrency ?? 4, async (one) => {
        signal.throwIfAborted()
        await target.remove(one, signal)
        if (!one.path.endsWith('/')) counts.deleted++
        life.at('tidying', ++removed, steps.remove.length)
      })
    const { audit_head: head, files } = snapshot.manifest
    return await asWorker(pool, async (client) => {
      const { rows } = await client.query<BackupRow>(
        'select * from app_private.finish_backup($1, $2, $3, $4, $5, $6)',
        [
          row.id,
          row.attempt,
          {
            ...counts,
            files: files.length + 1,
            bytes: files.reduce((sum, { bytes }) => sum + bytes, manifest.content.length),
          },
          manifest.file.sha256,
          head.position,
          head.hash,
        ],
      )
      return rows[0]!
    })
  } finally {
    await spool.close()
  }
}

/** What the last manifest says of files that have not been written since. */
function recognise(stored: Stored[], last: Manifest): void {
  const known = new Map(last.files.map((file) => [file.path, file]))
  const written = stored.find(({ path }) => path === manifestPath)?.modified
  for (const one of stored) {
    const file = known.get(one.path)
    if (!file) continue
    one.ours = true
    one.key = file.key
    if (one.sha256 === null && one.bytes === file.bytes && written !== undefined && one.modified! <= written)
      one.sha256 = file.sha256
  }
}

/** What the last verification found to be damaged is written anew, whatever the target says of it. */
async function distrust(pool: pg.Pool, row: BackupRow, stored: Stored[]): Promise<void> {
  const { rows } = await pool.query<{ path: string }>(
    `select p ->> 'path' as path from (select verification_problems from app_public.backups where target_id = $1 and status = 'complete' order by id desc limit 1) b,
            jsonb_array_elements(b.verification_problems) p`,
    [row.target_id],
  )
  const damaged = new Set(rows.map(({ path }) => path))
  for (const one of stored)
    if (damaged.has(one.path)) {
      one.sha256 = null
      one.bytes = -1
    }
}

/** A run that was cut short leaves files that no manifest names yet. */
async function lookAtUnknown(
  target: BackupTarget,
  stored: Stored[],
  steps: ReturnType<typeof compare>,
  signal: AbortSignal,
): Promise<void> {
  if (!target.look) return
  const uses = new Set(steps.put.map(({ before }) => before))
  await each(
    steps.put.filter(({ file, before }) => before?.sha256 === null && before.bytes === file.bytes),
    8,
    async (step) => {
      step.before!.sha256 = await target.look!(step.before!, signal)
      step.same = step.before!.sha256 === step.file.sha256
    },
  )
  const leftovers = stored.filter(
    (one) => one.ours === undefined && !uses.has(one) && one.path !== manifestPath && one.sha256 === null,
  )
  await each(leftovers, 8, async (one) => {
    one.ours = (await target.look!(one, signal)) !== null
    if (one.ours) steps.remove.push(one)
  })
}

/** Some at a time; the first failure ends it, once those under way have ended. */
export async function each<T>(items: T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  let failed: { error: unknown } | undefined
  await Promise.all(
    Array.from({ length: Math.min(width, items.length) }, async () => {
      while (next < items.length && !failed)
        await work(items[next++]!).catch((error) => {
          failed ??= { error }
        })
    }),
  )
  if (failed) throw failed.error
}
