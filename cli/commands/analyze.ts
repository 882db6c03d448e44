/** `clubos analyze`: the learning job, now; or what it would cost. */
import { type Command, Option } from 'commander'
import type { App } from '../../core/app.ts'
import { withClaims } from '../../core/database/index.ts'
import { type Analysis, analyse, analyst } from '../../core/learning/analyse.ts'
import { progress, withApp } from '../report.ts'

interface Options {
  most: number
  provider?: 'local' | 'claude'
  batch?: boolean
  estimate?: boolean
  json?: boolean
}

interface Estimate {
  model: string | null
  batch: boolean
  failures: number
  patterns: number
  tokens_in: number
  tokens_cached: number
  tokens_out: number
  /** US dollars; null where the model has no price. */
  cost: number | null
  cost_without_cache: number | null
  budget_left: number | null
  budget_state: 'open' | 'warned' | 'stopped'
}

export default (program: Command) =>
  program
    .command('analyze')
    .description('Analyse failed answers now: patterns, and proposals for the review queue.')
    .option('--most <n>', 'at most so many failures', Number, 2000)
    .addOption(
      new Option('--provider <name>', 'who analyses; Claude where it is configured, by default').choices([
        'local',
        'claude',
      ]),
    )
    .option('--batch', 'by Claude’s batches: half the price, done within a day by the worker')
    .option('--estimate', 'only say what it would cost')
    .option('--json', 'print one JSON object')
    .action((options: Options) =>
      withApp(async (app) => {
        if (options.estimate) return print(options, await estimate(app, options), estimateInWords)
        const result = await analyse(app, {
          most: options.most,
          provider: options.provider,
          batch: options.batch,
          progress: (done, of) => progress(`Patterns ${done} of ${of}`),
        })
        progress('', true)
        print(options, result, analysisInWords)
      }),
    )

function print<T>(options: Options, result: T, inWords: (result: T) => string) {
  console.log(options.json ? JSON.stringify(result) : inWords(result))
}

function estimate(app: App, { most, batch = false, provider }: Options): Promise<Estimate> {
  const model = provider === 'local' ? null : (app.providers.analyst?.model ?? null)
  return withClaims(app.pool, analyst, async (client) => {
    const { rows } = await client.query<{ estimate: Estimate }>(
      'select app_public.estimate_analysis($1, $2, $3) as estimate',
      [model ?? 'local', batch, most],
    )
    return rows[0]!.estimate
  })
}

const dollars = (amount: number | null) => (amount === null ? 'at an unknown price' : `$${amount.toFixed(4)}`)

function estimateInWords({ model, ...estimated }: Estimate): string {
  const { failures, patterns, cost, budget_left: left, budget_state: state } = estimated
  const what = `${failures} new failures, about ${patterns} patterns`
  if (model === 'local') return `${what}: by the local analyst, at no cost.`
  const tokens = `${estimated.tokens_in} tokens in (${estimated.tokens_cached} of them cached), ${estimated.tokens_out} out`
  const budget =
    state === 'stopped'
      ? 'The budget is used up: the local analyst would do it.'
      : left === null
        ? 'No budget is set.'
        : cost !== null && cost > left
          ? `The budget leaves $${left.toFixed(4)}: the rest would go to the local analyst.`
          : `The budget leaves $${left.toFixed(4)}.`
  return `${what}: by ${model}${estimated.batch ? ' in a batch' : ''} ${dollars(cost)} at most (${dollars(estimated.cost_without_cache)} without its cache), ${tokens}. ${budget}`
}

function analysisInWords({
  analyst: who,
  failures,
  patterns,
  proposals,
  counts,
  cost,
  batched,
}: Analysis): string {
  if (patterns === 0) return 'No failed answers wait to be analysed.'
  const parts = [
    `${failures} failures, ${patterns} patterns with something new, ${proposals.length} proposals in the queue: ${proposals.join(', ') || 'none'}.`,
  ]
  if (who !== 'local') parts.push(`By ${who}${cost === null ? '' : `, for ${dollars(cost)}`}.`)
  if (batched > 0) parts.push(`${batched} patterns wait in a batch; the worker takes its results.`)
  if (who !== 'local' && counts.local)
    parts.push(
      `${counts.local} by the local analyst${counts.over_budget ? `, ${counts.over_budget} of them since the budget allowed no more` : ''}.`,
    )
  if (counts.refused) parts.push(`${counts.refused} suggestions were refused; the reasons stand in analyses.`)
  return parts.join('\n')
}
