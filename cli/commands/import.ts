/** `clubos import`: a folder of SOPs and knowledge, or a history of versions. */
import { userInfo } from 'node:os'
import type { Command } from 'commander'
import { importFolder, importHistory, isHistory } from '../../core/content/import.ts'
import { progress, withApp } from '../report.ts'

export default (program: Command) =>
  program
    .command('import <path>')
    .description(
      'Import a folder (sops/<category>/<section>.md, knowledge.jsonl, golden.jsonl, sites.jsonl) or a version history (*.jsonl).',
    )
    .option('--dry-run', 'report what would change, and change nothing')
    .option('--reason <text>', 'why, for the history')
    .option('--actor <name>', 'who, for the history', userInfo().username)
    .option('--category <name>', 'category of an imported version history', 'handbook')
    .option('--json', 'print one JSON object')
    .action(
      (
        path: string,
        options: { dryRun?: boolean; reason?: string; actor: string; category: string; json?: boolean },
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
            progress: say,
          })
          progress('', true)
          if (options.json) console.log(JSON.stringify({ ...report, seconds: (Date.now() - begun) / 1000 }))
          else {
            for (const name of report.sops.created) console.log(`  new      ${name}`)
            for (const name of report.sops.changed) console.log(`  changed  ${name}`)
            console.log(
              `${options.dryRun ? 'Would import' : 'Imported'}: SOPs ${report.sops.created.length} new, ${report.sops.changed.length} changed, ${report.sops.unchanged} unchanged; ` +
                `knowledge ${report.knowledge.created} new, ${report.knowledge.changed} changed, ${report.knowledge.unchanged} unchanged; ` +
                `golden questions ${report.golden.created} new, ${report.golden.changed} changed, ${report.golden.unchanged} unchanged; sites ${report.sites}.`,
            )
          }
        }),
    )
