/** `clubos reembed`: all texts move to another embedding model, while the club goes on. */
import { userInfo } from 'node:os'
import type { Command } from 'commander'
import { Option } from 'commander'
import { estimate, reembed, tidyIndex } from '../../core/embedding/reembed.ts'
import { progress, withApp } from '../report.ts'

interface Options {
  to?: 'local' | 'openai'
  dryRun?: boolean
  reason: string
  actor: string
  json?: boolean
}

const dollars = (cost: number | null) =>
  cost === null
    ? 'a price that is not known'
    : cost === 0
      ? 'nothing'
      : `about $${cost.toFixed(cost < 0.01 ? 4 : 2)}`

export default (program: Command) =>
  program
    .command('reembed')
    .description(
      'Move all texts to another embedding model: searches go on by the old one until all are embedded, then change over at once. Stopped, it goes on where it was.',
    )
    .addOption(
      new Option('--to <provider>', 'whose model (default: what EMBEDDINGS says)').choices([
        'local',
        'openai',
      ]),
    )
    .option('--dry-run', 'say how many texts it would embed at what cost, and change nothing')
    .option('--reason <text>', 'why, for the audit log', 'clubos reembed')
    .option('--actor <name>', 'who, for the audit log', userInfo().username)
    .option('--json', 'print one JSON object')
    .action((options: Options) =>
      withApp(async (app) => {
        const to = options.to ? app.embedder.by(options.to) : app.embedder.wanted
        if (!to)
          throw Object.assign(new Error('No OpenAI model is configured here.'), {
            hint: 'Set OPENAI_API_KEY, or OPENAI_BASE_URL of a server of its protocol.',
          })
        const expected = await estimate(app.pool, to)
        if (options.dryRun) {
          if (options.json) console.log(JSON.stringify({ ...expected, to_model: to.model, dry_run: true }))
          else
            console.log(
              `From ${expected.from_model} to ${to.model}: ${expected.missing} of ${expected.total} texts would be embedded, about ${expected.tokens} tokens, which cost ${dollars(expected.cost)}.`,
            )
          return
        }
        if (!options.json)
          console.error(
            `From ${expected.from_model} to ${to.model}: ${expected.missing} of ${expected.total} texts, about ${expected.tokens} tokens, which cost ${dollars(expected.cost)}.`,
          )
        const stop = new AbortController()
        const interrupt = () => stop.abort(new Error('Stopped; the same command goes on where it was.'))
        process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
        try {
          const result = await reembed(app, to, {
            reason: options.reason,
            actor: options.actor,
            signal: stop.signal,
            progress: (done, of, rate) => progress(`Texts ${done} of ${of}, ${rate.toFixed(1)} a second`),
          })
          progress('', true)
          await tidyIndex(app)
          if (options.json) console.log(JSON.stringify(result))
          else {
            console.log(
              `${result.embedded} texts embedded in ${(result.copy_ms / 1000).toFixed(1)} s${result.spent === null ? '' : ` for $${result.spent.toFixed(4)}`}; changed over to ${to.model} in ${(result.change_ms / 1000).toFixed(2)} s.`,
            )
            if (to !== app.embedder.wanted)
              console.log(
                `The settings still ask for ${app.embedder.wanted.model}: set EMBEDDINGS=${to.provider} for the server, or it moves back at its next start.`,
              )
          }
        } finally {
          process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
        }
      }),
    )
