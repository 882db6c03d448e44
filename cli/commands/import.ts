/** `clubos import`: a folder of SOPs and knowledge, or a history of versions. */
import { userInfo } from 'node:os'
import { type Command, Option } from 'commander'
import { importFolder, importHistory, isHistory } from '../../core/content/import.ts'
import { importCommands } from '../import_v1.ts'
import { progress, withApp } from '../report.ts'

export default (program: Command) => {
  const command = program
    .command('import <path>')
    .description(
      'Import a folder (sops/<category>/<section>.md, knowledge.jsonl, golden.jsonl, sites.jsonl) or a version history (*.jsonl).',
    )
    .option('--dry-run', 'report what would change, and change nothing')
    .addOption(
      new Option('--vectors <when>', 'later: words find it at once, and the worker embeds it')
        .choices(['now', 'later'])
        .default('now'),
    )
    .option('--reason <text>', 'why, for the history')
    .option('--actor <name>', 'who, for the history', userInfo().username)
    .option('--category <name>', 'category of an imported version history', 'handbook')
    .option('--json', 'print one JSON object')
    .action(
      (
        path: string,
        options: {
          dryRun?: boolean
          vectors: 'now' | 'later'
          reason?: string
          actor: string
          category: string
          json?: boolean
        },
      ) =>
        withApp(async (app) => {
          const begun = Date.now()
          const say = (text: string) => progress(text)
          if (isHistory(path)) {
            const result = await importHistory(app, path, {
              category: options.category,
              dryRun: options.dryRun,
              progress: say,
            })
            progress('', true)
            if (options.json) console.log(JSON.stringify({ ...result, seconds: (Date.now() - begun) / 1000 }))
            else
              console.log(
                `${options.dryRun ? 'Would write' : 'Wrote'} ${result.versions} versions of ${result.documents} documents; ${result.skipped} were there already.`,
              )
            return
          }
          const report = await importFolder(app, path, {
            actor: options.actor,
            reason: options.reason,
            dryRun: options.dryRun,
            vectors: options.vectors,
            progress: say,
          })
          progress('', true)
          if (options.json) console.log(JSON.stringify({ ...report, seconds: (Date.now() - begun) / 1000 }))
          else {
            list('new    ', report.sops.created)
            list('changed', report.sops.changed)
            console.log(
              `${options.dryRun ? 'Would import' : 'Imported'}: SOPs ${report.sops.created.length} new, ${report.sops.changed.length} changed, ${report.sops.unchanged} unchanged; ` +
                `knowledge ${report.knowledge.created} new, ${report.knowledge.changed} changed, ${report.knowledge.unchanged} unchanged; ` +
                `golden questions ${report.golden.created} new, ${report.golden.changed} changed, ${report.golden.unchanged} unchanged; sites ${report.sites}.`,
            )
          }
        }),
    )
  importCommands(command)
}

/** The names, as far as somebody reads them. */
function list(what: string, names: string[], most = 100): void {
  for (const name of names.slice(0, most)) console.log(`  ${what}  ${name}`)
  if (names.length > most) console.log(`  ${what}  … and ${names.length - most} more`)
}
