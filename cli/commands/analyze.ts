/** `clubos analyze`: the learning job, now. */
import type { Command } from 'commander'
import { analyse } from '../../core/learning/analyse.ts'
import { progress, withApp } from '../report.ts'

export default (program: Command) =>
  program
    .command('analyze')
    .description('Analyse failed answers now: patterns, and proposals for the review queue.')
    .option('--most <n>', 'at most so many failures', Number, 2000)
    .option('--json', 'print one JSON object')
    .action((options: { most: number; json?: boolean }) =>
      withApp(async (app) => {
        const result = await analyse(app, {
          most: options.most,
          progress: (done, of) => progress(`Patterns ${done} of ${of}`),
        })
        progress('', true)
        if (options.json) console.log(JSON.stringify(result))
        else if (result.failures === 0 && result.proposals.length === 0)
          console.log('No failed answers wait to be analysed.')
        else
          console.log(
            `${result.failures} failures, ${result.patterns} patterns with something new, ${result.proposals.length} proposals in the queue: ${result.proposals.join(', ') || 'none'}.`,
          )
      }),
    )
