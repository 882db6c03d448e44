/** `clubos restore`: brings a club back from a backup. */
import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import { type Command, Option } from 'commander'
import type { App } from '../../core/app.ts'
import { type LivingReport, type Mode, restoreEmpty, restoreLiving } from '../../core/backup/restore.ts'
import { type BackupTarget, openSource, openTarget, type TargetRow } from '../../core/backup/target.ts'
import { progress, withApp } from '../report.ts'

interface Options {
  into: 'empty' | 'living'
  as: Mode
  dryRun?: boolean
  reason?: string
  actor: string
  json?: boolean
}

export default (program: Command) =>
  program
    .command('restore <from>')
    .description(
      'Restore from a backup: a folder, s3://BUCKET/PREFIX, drive:FOLDER_ID, or the name of one of this club’s targets.',
    )
    .addOption(
      new Option(
        '--into <state>',
        'empty: everything, with ids, versions, history and audit chain, into a new database; living: SOPs and knowledge, into the club as it is',
      )
        .choices(['empty', 'living'])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--as <kind>',
        'into a living club: differences become versions, or proposals that wait for a person',
      )
        .choices(['versions', 'proposals'])
        .default('proposals'),
    )
    .option('--dry-run', 'say what would change, and change nothing')
    .option('--reason <text>', 'why, for the history')
    .option('--actor <name>', 'who, for the history', userInfo().username)
    .option('--json', 'print one JSON object')
    .action((from: string, options: Options) =>
      withApp(async (app) => {
        const stop = new AbortController()
        const interrupt = () => stop.abort(new Error('Stopped; nothing was changed.'))
        process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
        const target = await open(app, from)
        try {
          await (options.into === 'empty' ? intoEmpty : intoLiving)(app, target, from, options, stop.signal)
        } finally {
          process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
          await target.close()
        }
      }),
    )

async function open(app: App, from: string): Promise<BackupTarget> {
  if (from.trim() === '') throw new Error('Name the backup to restore from.')
  const { rows } = await app.pool.query<TargetRow>(
    'select id, name, kind, settings from app_public.backup_targets where name = $1',
    [from],
  )
  if (rows[0]) return openTarget(app.config, rows[0])
  if (!/^(s3:\/\/|drive:)/.test(from) && !existsSync(from))
    throw Object.assign(new Error(`There is no folder "${from}", and no backup target of that name.`), {
      hint: 'clubos backup --list shows the targets.',
    })
  return openSource(app.config, from)
}

async function intoEmpty(
  app: App,
  target: BackupTarget,
  source: string,
  options: Options,
  signal: AbortSignal,
) {
  const begun = Date.now()
  const report = await restoreEmpty(
    app.pool,
    target,
    { source, actor: options.actor, dryRun: options.dryRun ?? false },
    { signal, progress: (done, total) => progress(`Files ${done} of ${total}`) },
  )
  progress('', true)
  const seconds = (Date.now() - begun) / 1000
  if (options.json) {
    console.log(JSON.stringify({ ...report, dry_run: options.dryRun ?? false, seconds }))
    return
  }
  for (const { name, rows } of report.tables) console.log(`${String(rows).padStart(8)}  ${name}`)
  console.log(
    `${options.dryRun ? 'Would restore' : 'Restored'} the backup of ${report.taken_at} in ${seconds.toFixed(1)} s; every table is what the manifest says. Check the audit chain: clubos audit verify --head ${report.audit_head.position}:${report.audit_head.hash}`,
  )
  if (!options.dryRun)
    console.log(
      'Passwords are not in a backup: invite people again, clubos create-user or “Forgotten your password?”.',
    )
}

async function intoLiving(
  app: App,
  target: BackupTarget,
  source: string,
  options: Options,
  signal: AbortSignal,
) {
  const begun = Date.now()
  const done = await restoreLiving(
    app.pool,
    target,
    {
      source,
      mode: options.as,
      dryRun: options.dryRun ?? false,
      reason: options.reason ?? null,
      actor: options.actor,
    },
    { signal, progress: (read, total) => progress(`Files ${read} of ${total}`) },
  )
  progress('', true)
  const { report, row } = done!
  if (options.json) {
    console.log(
      JSON.stringify({
        restore: row.id,
        dry_run: row.dry_run,
        ...report,
        seconds: (Date.now() - begun) / 1000,
      }),
    )
    return
  }
  print(report, options)
}

const words = { add: 'not there', change: 'differs', return: 'out of use', lacks_site: 'lacks its site' }

function print(report: LivingReport, options: Options): void {
  for (const { what, difference, category, topic, question } of report.differences)
    console.log(
      `  ${words[difference].padEnd(14)} ${what === 'sop' ? 'SOP      ' : 'knowledge'} ${category}/${topic}${question ? `: ${question}` : ''}`,
    )
  const { sops, knowledge } = report
  const found = `SOPs ${sops.add} not there, ${sops.change} different, ${sops.return} out of use; knowledge ${knowledge.add} not there, ${knowledge.change} different`
  if (options.dryRun)
    console.log(`The backup of ${report.backup.taken_at} has: ${found}. Nothing was changed.`)
  else if (options.as === 'proposals')
    console.log(
      `${report.proposals!.length} proposals wait in the queue (${found})${report.left!.length > 0 ? `; ${report.left!.length} differences cannot be proposed, only restored --as versions` : ''}.`,
    )
  else console.log(`Restored (${found}); the club says what the backup of ${report.backup.taken_at} says.`)
  if (report.left?.some(({ difference }) => difference === 'lacks_site'))
    console.log(
      'Entries of a site that this club does not have were left out: make the site, then restore again.',
    )
}
