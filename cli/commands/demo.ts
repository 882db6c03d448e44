/** `clubos demo`: the whole loop on the demo club, with the models that the settings or the options name. */
import type { Command } from 'commander'
import { readConfig } from '../../core/config.ts'
import { openScratch } from '../../core/database/scratch.ts'
import { playDemo } from '../../core/evaluation/demo.ts'
import { makeLog } from '../../core/log.ts'
import { progress } from '../report.ts'

interface Options {
  weeks: number
  questions?: number
  openai?: string
  anthropic?: string
  json?: boolean
}

export default (program: Command) =>
  program
    .command('demo')
    .description('Play the whole loop on the demo club, in a scratch database, through the public API.')
    .option('--weeks <n>', 'learn from the customers’ questions in so many weeks', Number, 6)
    .option(
      '--questions <n>',
      'so many test questions and customers’ questions at most, for a short run',
      Number,
    )
    .option('--openai <url>', 'route, answer and embed by a server of OpenAI’s protocol at this base URL')
    .option('--anthropic <url>', 'analyse by a server of Anthropic’s protocol at this base URL')
    .option('--json', 'end with one JSON object on a line')
    .action(async (options: Options) => {
      for (const name of ['weeks', 'questions'] as const)
        if (options[name] !== undefined && !(Number.isInteger(options[name]) && options[name] >= 1))
          throw new Error(`--${name} is a whole number from 1.`)
      const config = readConfig({
        ...process.env,
        ...(options.openai ? { OPENAI_BASE_URL: options.openai } : {}),
        ...(options.anthropic ? { ANTHROPIC_BASE_URL: options.anthropic } : {}),
      })
      const app = await openScratch(config, makeLog(process.env.LOG_LEVEL ?? 'error'))
      try {
        const result = await playDemo(app, {
          say: (text) => console.log(text),
          progress: (text) => progress(text),
          weeks: options.weeks,
          questions: options.questions,
        })
        if (options.json) console.log(JSON.stringify(result))
      } finally {
        await app.close()
      }
    })
