/** The language models: whether they answer that the settings name, and what they may cost. */
import type { App } from '../app.ts'
import { type Finding, unless } from './finding.ts'

const adviceOf: Record<string, string> = {
  unauthorized: 'Check the key, and that it may use this model.',
  unknown_model: 'Check the model’s name, and that the key’s project has it.',
  quota_exhausted: 'The account has no money left: add some at the provider.',
  connection: 'Is the address right (…_BASE_URL), and may this machine reach it?',
  timeout: 'Is the address right (…_BASE_URL), and may this machine reach it?',
}

/** ask: asks each provider which models it has, which costs nothing, but leaves this machine. */
export async function checkModels(app: App, ask: boolean): Promise<Finding[]> {
  const { config, providers } = app
  const findings: Finding[] = []
  for (const { provider, configured, host, models } of providers.health()) {
    const key = provider === 'openai' ? 'OPENAI_API_KEY' : 'ANTHROPIC_API_KEY'
    const named = models.map(({ part, model }) => `${part} ${model}`).join(', ')
    const problem = configured && ask ? await providers.check(provider) : null
    const found = configured
      ? problem
        ? `${host}: ${problem.kind}: ${problem.message}`
        : `${host}: ${named}${ask ? '' : ' (not asked; --providers does)'}`
      : `not configured (${key}): ${provider === 'openai' ? 'the club’s own text answers' : 'the local analyst proposes'}`
    findings.push(
      unless(problem === null, provider, found, {
        means:
          provider === 'openai'
            ? 'The club’s own text answers, and no model routes.'
            : 'The local analyst proposes in its place.',
        advice: adviceOf[problem?.kind ?? ''] ?? 'docs/models.md says what each kind of failure leads to.',
      }),
    )
  }
  const { rows } = await app.pool.query<{
    today: string
    month: string
    daily: string | null
    monthly: string | null
    state: string
    unpriced: string[] | null
  }>(
    'select today, month, daily_budget as daily, monthly_budget as monthly, state, unpriced_models as unpriced from app_public.llm_spend()',
  )
  const spend = rows[0]!
  const paid = providers.health().some(({ configured }) => configured)
  const limit = (budget: string | null) => (budget === null ? 'no limit' : `of $${budget}`)
  const unlimited = paid && spend.daily === null && spend.monthly === null && config.production
  findings.push(
    unless(
      spend.state !== 'stopped' && !unlimited,
      'budget for models',
      `$${Number(spend.today).toFixed(2)} today (${limit(spend.daily)}), $${Number(spend.month).toFixed(2)} this month (${limit(spend.monthly)}): ${spend.state}`,
      {
        level: 'warn',
        means:
          spend.state === 'stopped'
            ? 'Until it ends the club’s own text answers.'
            : 'Nothing ends a month that costs more than it should.',
        advice: `select set_llm_budget(5, 100, 0.8, 'why');`,
      },
    ),
  )
  const used = providers.health().flatMap(({ models }) => models.map(({ model }) => model))
  const { rows: unknown } = await app.pool.query<{ model: string }>(
    `select distinct m.model from unnest($1::text[]) m(model) where not exists
       (select from app_public.llm_prices p where starts_with(m.model, p.model) and p.valid_from <= current_date) order by 1`,
    [[...used, ...(spend.unpriced ?? [])]],
  )
  findings.push(
    unless(
      unknown.length === 0,
      'prices of models',
      unknown.length === 0
        ? 'known for all that are used'
        : `unknown: ${unknown.map(({ model }) => model).join(', ')}`,
      {
        level: 'warn',
        means: 'What they cost is in no sum, and no budget counts it.',
        advice: `insert into llm_prices (model, valid_from, input, output) values ('NAME', current_date, 1, 2); in US dollars for a million tokens; zeros for a server of your own.`,
      },
    ),
  )
  return findings
}
