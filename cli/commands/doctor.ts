/** `clubos doctor`: looks at a deployment and says what to do. */
import type { Command } from 'commander'
import type { App } from '../../core/app.ts'
import { withApp } from '../report.ts'

interface Finding {
  check: string
  ok: boolean
  found: string
  advice?: string
}

type Add = (check: string, ok: boolean, found: string, advice?: string) => void

/** Whether the models answer that the settings name, and what they may cost. Asks each provider which models it has; that is free. */
async function checkModels(app: App, add: Add): Promise<void> {
  const { config, providers } = app
  for (const { provider, configured, host, models } of providers.health()) {
    const key = provider === 'openai' ? 'OPENAI_API_KEY' : 'ANTHROPIC_API_KEY'
    if (!configured) {
      add(
        provider,
        true,
        `not configured (${key}): ${provider === 'openai' ? 'the club’s own text answers' : 'the local analyst proposes'}`,
      )
      continue
    }
    const named = models.map(({ part, model }) => `${part} ${model}`).join(', ')
    const problem = await providers.check(provider)
    add(
      provider,
      problem === null,
      problem === null ? `${host}: ${named}` : `${host}: ${problem.kind}: ${problem.message}`,
      adviceOf[problem?.kind ?? ''] ?? 'docs/models.md says what each kind of failure leads to.',
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
  add(
    'budget for models',
    spend.state !== 'stopped' &&
      !(paid && spend.daily === null && spend.monthly === null && config.production),
    `$${Number(spend.today).toFixed(2)} today (${limit(spend.daily)}), $${Number(spend.month).toFixed(2)} this month (${limit(spend.monthly)}): ${spend.state}`,
    spend.state === 'stopped'
      ? `Until it ends the club’s own text answers. Another budget: select set_llm_budget(5, 100, 0.8, 'why');`
      : `Set one: select set_llm_budget(5, 100, 0.8, 'why');`,
  )
  const used = providers.health().flatMap(({ models }) => models.map(({ model }) => model))
  const { rows: unknown } = await app.pool.query<{ model: string }>(
    `select distinct m.model from unnest($1::text[]) m(model) where not exists
       (select from app_public.llm_prices p where starts_with(m.model, p.model) and p.valid_from <= current_date) order by 1`,
    [[...used, ...(spend.unpriced ?? [])]],
  )
  add(
    'prices of models',
    unknown.length === 0,
    unknown.length === 0
      ? 'known for all that are used'
      : `unknown: ${unknown.map(({ model }) => model).join(', ')}; budgets do not count them`,
    `insert into llm_prices (model, valid_from, input, output) values ('NAME', current_date, 1, 2); in US dollars for a million tokens; zeros for a server of your own.`,
  )
}

const adviceOf: Record<string, string> = {
  unauthorized: 'Check the key, and that it may use this model.',
  unknown_model: 'Check the model’s name, and that the key’s project has it.',
  quota_exhausted: 'The account has no money left: add some at the provider.',
  connection: 'Is the address right (…_BASE_URL), and may this machine reach it?',
  timeout: 'Is the address right (…_BASE_URL), and may this machine reach it?',
}

export default (program: Command) =>
  program
    .command('doctor')
    .description('Check the database, the search space, the language models, the queue and the audit chain.')
    .option('--json', 'print one JSON object')
    .action((options: { json?: boolean }) =>
      withApp(async (app) => {
        const one = async (sql: string) =>
          (await app.pool.query(sql)).rows[0] as Record<string, string | number | boolean | null>
        const findings: Finding[] = []
        const add: Add = (check, ok, found, advice) =>
          findings.push({ check, ok, found, advice: ok ? undefined : advice })

        const server = await one(
          `select split_part(version(), ' ', 2) as version, (select extversion from pg_extension where extname = 'vector') as vector`,
        )
        add('database', true, `PostgreSQL ${server.version}, pgvector ${server.vector}, ${app.database.kind}`)
        const content = await one(
          'select (select count(*)::int from app_public.sops where archived_at is null) as sops, (select count(*)::int from app_public.knowledge_base) as knowledge',
        )
        add(
          'content',
          Number(content.sops) > 0,
          `${content.sops} SOPs, ${content.knowledge} knowledge entries`,
          'Import your procedures: clubos import FOLDER',
        )
        const space = await one(
          'select count(*)::int as units, count(*) filter (where embedding is null)::int as missing from app_private.search_units',
        )
        add(
          'vectors',
          Number(space.missing) === 0,
          `${space.units} search units, ${space.missing} without a vector`,
          'The worker embeds them within minutes; is it running? (clubos start)',
        )
        const model = await one(
          `select s.embedding_model as model, s.assistant_enabled as enabled, m.state, m.done, m.total, m.error
             from app_public.club_settings s left join app_public.reembeddings m on m.id = (select max(id) from app_public.reembeddings) and m.state <> 'done'`,
        )
        const club = String(model.model)
        const { wanted } = app.embedder
        add(
          'embedding model',
          club === wanted.model,
          `the club's: ${club}, the settings': ${wanted.model}${model.state === null ? '' : `; moving is ${model.state}: ${model.done} of ${model.total}${model.error ? ` (${model.error})` : ''}`}`,
          app.embedder.for(club)
            ? 'The worker moves all texts in the background; or do it now: clubos reembed'
            : `Words alone find answers: nothing here embeds by ${club}. clubos reembed, or set its key again.`,
        )
        add(
          'assistant',
          model.enabled === true,
          model.enabled ? 'answers' : 'switched off',
          `It is meant to be off? Else: select set_assistant_enabled(true, 'why');`,
        )
        await checkModels(app, add)
        const jobs = await one(
          `select count(*) filter (where attempts >= max_attempts)::int as dead, coalesce(max(extract(epoch from now() - run_at)) filter (where run_at < now() and locked_at is null and attempts < max_attempts), 0)::int as waiting from graphile_worker.jobs`,
        )
        add(
          'jobs',
          Number(jobs.dead) === 0,
          `${jobs.dead} given up, the oldest waits ${jobs.waiting} s`,
          'select task_identifier, last_error from graphile_worker.jobs where attempts >= max_attempts;',
        )
        const queue = await one(
          `select count(*)::int as pending, coalesce(extract(day from now() - min(created_at)), 0)::int as days from app_public.improvement_queue where status = 'pending'`,
        )
        add(
          'review queue',
          Number(queue.days) < 14,
          `${queue.pending} pending, the oldest ${queue.days} days`,
          'Proposals help only once somebody approves them.',
        )
        const { config } = app
        const people = await one(
          `select (select count(*)::int from app_public.users where is_active) as active, app_secret.has_admin() as admin,
                  (select count(*)::int from app_public.notifications where status in ('failed', 'sending') and created_at > now() - interval '7 days') as unsent`,
        )
        add(
          'people',
          people.admin === true || !config.production,
          `${people.active} active in staff${people.admin ? '' : ', no admin who can log in yet'}`,
          'clubos create-user EMAIL --role admin',
        )
        add(
          'outbox',
          Number(people.unsent) === 0 || config.smtpUrl === undefined,
          `${people.unsent} not sent in the last week${config.smtpUrl ? '' : '; no mail server is set (SMTP_URL)'}`,
          "select id, kind, recipient, error from notifications where status in ('failed', 'sending');",
        )
        add(
          'development headers',
          !config.developmentHeaders || !config.production,
          config.developmentHeaders ? 'on: every local caller chooses a role' : 'off',
          'Leave CLUBOS_DEV_HEADERS out.',
        )
        const urgent = await one(
          `select count(*)::int as n from app_public.tickets where priority = 'urgent' and status = 'waiting'`,
        )
        add(
          'urgent tickets',
          Number(urgent.n) === 0,
          `${urgent.n} waiting`,
          "Somebody needs a person now: select * from tickets where priority = 'urgent' and status = 'waiting';",
        )
        const audit = await app.pool.query('select * from app_public.verify_audit_log()')
        add(
          'audit chain',
          audit.rowCount === 0,
          audit.rowCount === 0 ? 'whole' : `broken in ${audit.rowCount} places`,
          'select * from verify_audit_log(); then find out who had the owner’s rights.',
        )

        if (options.json)
          console.log(JSON.stringify({ ok: findings.every((finding) => finding.ok), findings }))
        else
          for (const finding of findings) {
            console.log(`${finding.ok ? '✓' : '✗'} ${finding.check}: ${finding.found}`)
            if (finding.advice) console.log(`    → ${finding.advice}`)
          }
        if (!findings.every((finding) => finding.ok)) process.exitCode = 1
      }),
    )
