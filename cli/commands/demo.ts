/** `clubos demo`: the whole loop on the demo club. */
import type { Command } from 'commander'
import { readConfig } from '../../core/config.ts'
import { openScratch } from '../../core/database/scratch.ts'
import { playDemo } from '../../core/evaluation/demo.ts'
import { makeLog } from '../../core/log.ts'
import { progress } from '../report.ts'

export default (program: Command) =>
  program
    .command('demo')
    .description('Play the whole loop on the demo club, in a scratch database, through the public API.')
    .option('--weeks <n>', 'learn from the customers’ questions in so many weeks', Number, 6)
    .option('--json', 'end with one JSON object on a line')
    .action(async (options: { weeks: number; json?: boolean }) => {
      if (!Number.isInteger(options.weeks) || options.weeks < 1)
        throw new Error('--weeks is a whole number from 1.')
      const app = await openScratch(readConfig(), makeLog(process.env.LOG_LEVEL ?? 'error'))
      try {
        const result = await playDemo(app, {
          say: (text) => console.log(text),
          progress: (text) => progress(text),
          weeks: options.weeks,
        })
        if (options.json) console.log(JSON.stringify(result))
      } finally {
        await app.close()
      }
    })
