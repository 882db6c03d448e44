/** `clubos eval`: how well the questions of a folder are answered, before and after learning. */
import type { Command } from 'commander'
import { readConfig } from '../../core/config.ts'
import { openScratch } from '../../core/database/scratch.ts'
import { evaluate, type Metrics } from '../../core/evaluation/index.ts'
import { makeLog } from '../../core/log.ts'
import { progress } from '../report.ts'

const columns: (keyof Metrics)[] = [
  'n',
  'hit1',
  'hit3',
  'hit5',
  'mrr',
  'recall10',
  'routing_accuracy',
  'handed_over',
  'abstain_precision',
  'abstain_recall',
  'abstain_recall_at_5',
  'p50_ms',
  'p95_ms',
]

export default (program: Command) =>
  program
    .command('eval <folder>')
    .description('Measure answering on a folder of questions, before and after learning from its feedback.')
    .option('--steps <n>', 'analyse after each of so many stretches of the feedback', Number, 5)
    .option('--json', 'end with one JSON object on a line')
    .addHelpText(
      'after',
      `
The folder holds
  sops/<category>/<section>.md
  knowledge.jsonl   {category, topic, question, answer}
  queries.jsonl     {query, sop_id or topic, category?}   the test
  feedback.jsonl    {query, sop_id or topic}              what people said was right, in time order
abstain_recall is the share of what nothing fits that is handed over; abstain_recall_at_5 what it would be at the threshold that
hands over a twentieth of what was found rightly.
sop_id is category/section; in queries.jsonl it may be a list (any is right) or null (nothing fits: hand over).
It is loaded into a scratch database: in memory, or beside the one at DATABASE_URL; yours is not touched.`,
    )
    .action(async (folder: string, options: { steps: number; json?: boolean }) => {
      if (!Number.isInteger(options.steps) || options.steps < 1)
        throw new Error('--steps is a whole number from 1.')
      const app = await openScratch(readConfig(), makeLog(process.env.LOG_LEVEL ?? 'error'))
      try {
        const result = await evaluate(app, folder, {
          steps: options.steps,
          progress: (text) => progress(text),
        })
        progress('', true)
        const show = (label: string, metrics: Metrics) =>
          console.log(
            `${label.padEnd(8)}${columns.map((column) => String(metrics[column] ?? '–').padStart(20)).join('')}`,
          )
        console.log(`${''.padEnd(8)}${columns.map((column) => column.padStart(20)).join('')}`)
        show('before', result.before)
        if (result.after) {
          show('after', result.after)
          console.log('\nCurve (questions learned from: hit@1, hit@5)')
          for (const point of result.curve)
            console.log(`  ${String(point.feedback).padStart(6)}: ${point.hit1 ?? '–'}, ${point.hit5 ?? '–'}`)
          console.log(`\nLearned: ${JSON.stringify(result.learned)}`)
        }
        if (options.json)
          console.log(
            JSON.stringify({
              before: result.before,
              after: result.after,
              curve: result.curve,
              learned: result.learned,
            }),
          )
      } finally {
        await app.close()
      }
    })
