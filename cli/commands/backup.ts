/** `clubos backup`: brings the targets up to date, lists and verifies what they have. */
import { userInfo } from 'node:os'
import type { Command } from 'commander'
import type { App } from '../../core/app.ts'
import { findTargets, queueBackup, runBackup } from '../../core/backup/run.ts'
import type { TargetRow } from '../../core/backup/target.ts'
import { verifyBackup } from '../../core/backup/verify.ts'
import { progress, report, withApp } from '../report.ts'

interface Options {
  target?: string
  verify?: boolean
  list?: boolean
  json?: boolean
}

export default (program: Command) =>
  program
    .command('backup')
    .description(
      'Back the club up: every target that is enabled, or --target. Only what changed is uploaded. docs/backup.md says what is in it and how targets are set up.',
    )
    .option('--target <name>', 'just this one, enabled or not')
    .option('--verify', 'read the last backup again and compare every file; makes none')
    .option('--list', 'the targets and their last backups; makes none')
    .option('--json', 'print one JSON object')
    .action((options: Options) =>
      withApp(async (app) => {
        if (options.list) return list(app, options)
        const targets = await findTargets(app.pool, options.target)
        if (targets.length === 0)
          throw Object.assign(new Error('No backup target is enabled.'), {
            hint: 'clubos backup --list shows them; --target names one that is not enabled, too.',
          })
        const stop = new AbortController()
        const interrupt = () => stop.abort(new Error('Stopped; the same command goes on where it was.'))
        process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
        const results: object[] = []
        try {
          for (const target of targets)
            try {
              results.push(await (options.verify ? verify : run)(app, target, stop.signal, options))
            } catch (error) {
              // The others are as dear.
              progress('', true)
              const { code, message, hint } = error as Error & { code?: string; hint?: string }
              results.push({ target: target.name, error: { code, message, hint } })
              process.exitCode = options.json ? 1 : report(error as Error, false)
              if (stop.signal.aborted) break
            }
        } finally {
          process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
        }
        if (options.json) console.log(JSON.stringify({ targets: results }))
      }),
    )

const stages: Record<string, string> = {
  listing: 'listing what is there',
  reading: 'reading what changed',
  uploading: 'uploading',
  tidying: 'tidying',
}

async function run(app: App, target: TargetRow, signal: AbortSignal, options: Options): Promise<object> {
  const begun = Date.now()
  const id = await queueBackup(app.pool, target.id, userInfo().username)
  const row = await runBackup(app, id, {
    signal,
    progress: (stage, done, total) =>
      progress(`${target.name}: ${stages[stage]}${total > 0 ? ` ${done} of ${total}` : ''}`),
  })
  progress('', true)
  const seconds = (Date.now() - begun) / 1000
  const result = {
    target: target.name,
    backup: row.id,
    status: row.status,
    files: row.files,
    uploaded: row.uploaded,
    unchanged: row.unchanged,
    renamed: row.renamed,
    deleted: row.deleted,
    bytes: Number(row.bytes),
    bytes_uploaded: Number(row.bytes_uploaded),
    seconds,
  }
  if (!options.json)
    console.log(
      `${target.name}: backup ${row.id} is complete. ${row.files} files, ${size(result.bytes)}: ${row.uploaded} uploaded (${size(result.bytes_uploaded)}), ${row.unchanged} unchanged, ${row.renamed} renamed, ${row.deleted} removed; ${seconds.toFixed(1)} s.`,
    )
  return result
}

async function verify(app: App, target: TargetRow, signal: AbortSignal, options: Options): Promise<object> {
  const { rows } = await app.pool.query<{ id: number }>(
    `select b.id from app_hidden.backup_in_place($1) as b (id) where b.id is not null`,
    [target.id],
  )
  if (!rows[0])
    throw Object.assign(new Error(`${target.name} has no complete backup yet.`), {
      code: 'CO404',
      hint: `clubos backup --target ${target.name}`,
    })
  const found = await verifyBackup(app, rows[0].id, {
    signal,
    progress: (done, total) => progress(`${target.name}: read ${done} of ${total}`),
  })
  progress('', true)
  const whole = found.problems.length === 0
  if (!whole) process.exitCode = 1
  if (!options.json) {
    console.log(
      `${target.name}: backup ${rows[0].id} of ${found.manifest.taken_at} ${whole ? 'is whole' : `has ${found.problems.length} problems`}: ${found.files} files, ${size(found.bytes)} read. Head of the audit chain: ${found.manifest.audit_head.position}:${found.manifest.audit_head.hash}`,
    )
    for (const { path, problem } of found.problems.slice(0, 100)) console.log(`  ${path} ${problem}`)
  }
  return {
    target: target.name,
    backup: rows[0].id,
    whole,
    files: found.files,
    bytes: found.bytes,
    taken_at: found.manifest.taken_at,
    audit_head: found.manifest.audit_head,
    problems: found.problems,
  }
}

async function list(app: App, options: Options): Promise<void> {
  const { rows } = await app.pool.query(
    `select s.*, b.files, b.bytes::float8 as bytes from app_public.backup_state() s left join app_public.backups b on b.id = s.backup_id where $1::text is null or s.target = $1`,
    [options.target ?? null],
  )
  if (options.json) {
    console.log(JSON.stringify({ targets: rows }))
    return
  }
  for (const row of rows) {
    const when =
      row.backup_id === null
        ? 'no complete backup yet'
        : `backup ${row.backup_id} of ${row.last_complete_at.toISOString()} (${age(row.age_seconds)} old), ${row.files} files, ${size(row.bytes)}${row.verified_at ? `, ${row.verification} at ${row.verified_at.toISOString()}` : ', never verified'}`
    console.log(
      `${row.target} (${row.kind}, ${row.enabled ? row.schedule : 'switched off'}): ${when}${row.overdue ? '; OVERDUE' : ''}${row.latest_status === 'failed' ? `; the latest failed: ${row.latest_error}` : ''}`,
    )
  }
}

const size = (bytes: number) =>
  bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
const age = (seconds: number) =>
  seconds < 5400
    ? `${Math.round(seconds / 60)} minutes`
    : seconds < 172_800
      ? `${Math.round(seconds / 3600)} hours`
      : `${Math.round(seconds / 86_400)} days`
