/** `clubos check`: asks the golden questions, and says which are no longer answered as they must be. */
import { userInfo } from 'node:os'
import type { Command } from 'commander'
import type { App } from '../../core/app.ts'
import { withClaims } from '../../core/database/index.ts'
import { embedMissing } from '../../core/learning/analyse.ts'
import { progress, report, withApp } from '../report.ts'

interface Result {
  golden_question_id: number
  question: string
  site: string | null
  expected: string
  expected_title: string | null
  outcome: 'answered' | 'handed_over' | 'emergency'
  found: string | null
  found_title: string | null
  confidence: number | null
  by_vector: boolean
  passed: boolean
  why: string | null
}

interface Check {
  id: number
  checked_at: string
  passed: number
  failed: number
  took_ms: number
  results: Result[]
}

interface Options {
  all?: boolean
  actor: string
  json?: boolean
}

export default (program: Command) =>
  program
    .command('check')
    .description('Ask the golden questions: each must find what is expected of it. Fails where one does not.')
    .option('--all', 'list those that pass too')
    .option('--actor <name>', 'who asks; the result is kept with the name', userInfo().username)
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      `
Each question is searched as a customer's is, at its site, and passes if what is expected comes first with enough
confidence to be answered from; one that a person must answer passes if it would be handed over. The result is kept:
the page Golden questions shows the last.

Exit codes: 0 all pass, 1 one fails or more, 2 they cannot be asked: there are none, or the database is out of reach.`,
    )
    .action(async (options: Options) => {
      try {
        await withApp(async (app) => print(await ask(app, options.actor), options))
      } catch (error) {
        report(error as Error, options.json ?? false)
        process.exitCode = 2
      }
    })

async function ask(app: App, actor: string): Promise<Check> {
  // A question that was added a moment ago is asked by its meaning too.
  await embedMissing(app, (done) => progress(`Vectors ${done}`)).catch((error: Error) =>
    app.log.warn({ error: error.message }, 'vectors are missing; words alone find what they can'),
  )
  progress('Asking the golden questions …')
  const check = await withClaims(app.pool, { role: 'worker', actor }, async (client) => {
    const { rows } = await client.query<Check>('select * from app_public.run_golden_check()')
    return rows[0]!
  })
  progress('', true)
  return check
}

function print(check: Check, options: Options): void {
  if (check.failed > 0) process.exitCode = 1
  if (options.json) {
    const { id, checked_at, passed, failed, took_ms, results } = check
    console.log(JSON.stringify({ id, checked_at, passed, failed, took_ms, results }))
    return
  }
  for (const result of check.results) {
    if (result.passed && !options.all) continue
    console.log(
      `${result.passed ? 'passed' : 'FAILED'}  ${result.question}${result.site ? `  (at ${result.site})` : ''}`,
    )
    if (result.passed) continue
    console.log(`        expected  ${expected(result)}`)
    console.log(`        found     ${found(result)}`)
    console.log(
      `        why       ${result.why}${result.by_vector ? '' : ' Words alone decided: its vector is missing.'}`,
    )
  }
  if (check.failed > 0) console.log('')
  const all = check.passed + check.failed
  console.log(
    check.failed === 0
      ? `All ${all} golden questions pass (${check.took_ms} ms).`
      : `${check.failed} of ${all} golden questions fail (${check.took_ms} ms).`,
  )
}

const name = (title: string | null, target: string) => (title ? `${title} (${target})` : target)
const expected = (result: Result) =>
  result.expected === 'hand_over' ? 'a person answers' : name(result.expected_title, result.expected)
function found(result: Result): string {
  const source = result.found === null ? 'nothing' : name(result.found_title, result.found)
  const confidence = result.confidence === null ? '' : `, confidence ${result.confidence.toFixed(2)}`
  return `${source}${confidence}${result.outcome === 'handed_over' ? ': a person answers' : ''}`
}
