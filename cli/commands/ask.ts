/** `clubos ask`: one question, answered as the API would. */
import type { Command } from 'commander'
import { ask } from '../../core/answering/ask.ts'
import { withApp } from '../report.ts'

export default (program: Command) =>
  program
    .command('ask <question...>')
    .description('Ask a question and see the answer with its sources.')
    .option('--category <name>', 'answer from this category only')
    .option('--site <slug>', 'the venue the question is about')
    .option('--conversation <uuid>', 'continue this conversation')
    .option('--json', 'print one JSON object')
    .action(
      (
        words: string[],
        options: { category?: string; site?: string; conversation?: string; json?: boolean },
      ) =>
        withApp(async (app) => {
          const answer = await ask(app, { actor: 'cli' }, { query: words.join(' '), ...options })
          if (options.json) {
            console.log(JSON.stringify(answer))
            return
          }
          console.log(answer.text)
          console.log(
            `\n${answer.outcome}, confidence ${((answer.confidence ?? 0) * 100).toFixed(0)} %, category ${answer.category ?? 'unknown'}, ${answer.model}, ${answer.latency_ms.toFixed(0)} ms`,
          )
          if (answer.fallback) console.log(answer.reason)
          for (const source of answer.sources.slice(0, 5))
            console.log(
              `  ${source.cited ? `[${source.rank}]` : ` ${source.rank} `} ${source.category}/${source.topic}${source.version ? ` v${source.version}` : ''}${source.heading ? `, ${source.heading}` : ''}  (${source.score.toFixed(2)})`,
            )
        }),
    )
