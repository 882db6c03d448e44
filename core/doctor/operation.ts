/** How it runs: the content, its vectors, the worker, the queue, people, backups, and the audit chain. */
import type { App } from '../app.ts'
import { type Finding, ok, unless } from './finding.ts'

type Row = Record<string, string | number | boolean | null>

export async function checkOperation(app: App): Promise<Finding[]> {
  const one = async (sql: string) => (await app.pool.query<Row>(sql)).rows[0]!
  return [
    ...(await content(app, one)),
    ...(await work(app, one)),
    ...(await people(app, one)),
    ...(await backups(app)),
    await audit(app),
  ]
}

async function content(app: App, one: (sql: string) => Promise<Row>): Promise<Finding[]> {
  const found = await one(
    `select (select count(*)::int from app_public.sops where archived_at is null) as sops, (select count(*)::int from app_public.knowledge_base) as knowledge,
            (select count(*)::int from app_private.search_units) as units, (select count(*)::int from app_private.search_units where embedding is null and kind <> 'profile') as missing,
            (select count(*)::int from app_public.prompts) as prompts`,
  )
  const model = await one(
    `select s.embedding_model as model, s.assistant_enabled as enabled, m.state, m.done, m.total, m.error
       from app_public.club_settings s left join app_public.reembeddings m on m.id = (select max(id) from app_public.reembeddings) and m.state <> 'done'`,
  )
  const [club, wanted] = [String(model.model), app.embedder.wanted.model]
  return [
    unless(Number(found.sops) > 0, 'content', `${found.sops} SOPs, ${found.knowledge} knowledge entries`, {
      means: 'There is nothing to answer from: every question goes to a person.',
      advice: 'Import your procedures: clubos import FOLDER',
    }),
    unless(
      Number(found.missing) === 0,
      'vectors',
      `${found.units} search units, ${found.missing} without a vector`,
      {
        level: 'warn',
        means: 'Their words alone find them.',
        advice: 'The worker embeds them within minutes; is it running?',
      },
    ),
    unless(
      club === wanted && model.state === null,
      'embedding model',
      `the club’s vectors are by ${club}${club === wanted ? '' : `, the settings say ${wanted}`}${model.state === null ? '' : `; the last move is ${model.state}, ${model.done} of ${model.total} texts${model.error ? ` (${model.error})` : ''}`}`,
      {
        level: app.embedder.for(club) ? 'warn' : 'fail',
        means: app.embedder.for(club)
          ? 'Texts are being moved to another model; until then the old one searches.'
          : `Words alone find answers: nothing here embeds by ${club}.`,
        advice:
          'The worker moves all texts in the background; or do it now: clubos reembed. Or set the model’s key again.',
      },
    ),
    unless(model.enabled === true, 'assistant', model.enabled ? 'answers' : 'switched off', {
      means: 'The kill switch is pulled: each question goes to a person.',
      advice: `It is meant to be off? Else: select set_assistant_enabled(true, 'why');`,
    }),
  ]
}

async function work(app: App, one: (sql: string) => Promise<Row>): Promise<Finding[]> {
  const found = await one(
    `select (select count(*)::int from app_private.worker_heartbeats where seen_at > now() - interval '60 seconds') as workers,
            (select extract(epoch from now() - max(seen_at))::int from app_private.worker_heartbeats) as silence,
            count(*) filter (where attempts >= max_attempts and locked_at is null)::int as dead,
            coalesce(max(extract(epoch from now() - run_at)) filter (where run_at < now() and locked_at is null and attempts < max_attempts), 0)::int as waiting
       from graphile_worker.jobs`,
  )
  const queue = await one(
    `select count(*)::int as pending, coalesce(extract(day from now() - min(created_at)), 0)::int as days from app_public.improvement_queue where status = 'pending'`,
  )
  return [
    unless(
      Number(found.workers) > 0,
      'worker',
      Number(found.workers) > 0
        ? `${found.workers} alive`
        : found.silence === null
          ? 'none was ever seen'
          : `none alive; last heard of ${found.silence} s ago`,
      {
        // Without a server there is none either: that is no fault of a club that is just being set up.
        level: app.database.kind === 'embedded' ? 'warn' : 'fail',
        means: 'Nothing is sent, embedded, analysed or backed up.',
        advice: 'clubos start runs one, unless it was started with --no-worker: then clubos worker.',
      },
    ),
    unless(Number(found.dead) === 0, 'jobs', `${found.dead} given up`, {
      means: 'They failed for the last time, and wait for a person.',
      advice: `select id, task, last_error from dead_jobs; then retry_job(id, 'why') or discard_job(id, 'why').`,
    }),
    unless(Number(found.waiting) < 600, 'queue', `the oldest due job has waited ${found.waiting} s`, {
      level: 'warn',
      means: 'The worker does not keep up, or does not run.',
      advice: 'The runbook “The queue is stuck” in docs/operations.md.',
    }),
    unless(
      Number(queue.days) < 14,
      'review queue',
      `${queue.pending} pending, the oldest ${queue.days} days`,
      {
        level: 'warn',
        means: 'Proposals help only once somebody approves them.',
        advice: 'Somebody has to review: the page Review.',
      },
    ),
  ]
}

async function people(app: App, one: (sql: string) => Promise<Row>): Promise<Finding[]> {
  const { config } = app
  const found = await one(
    `select (select count(*)::int from app_public.users where is_active) as active, app_secret.has_admin() as admin,
            (select count(*)::int from app_public.notifications where status in ('failed', 'sending') and created_at > now() - interval '7 days') as unsent,
            (select count(*)::int from app_public.tickets where priority = 'urgent' and status = 'waiting') as urgent`,
  )
  return [
    unless(
      found.admin === true || !config.production,
      'people',
      `${found.active} active in staff${found.admin ? '' : ', no admin who can log in yet'}`,
      {
        means: 'Nobody can add people, or change settings.',
        advice: 'clubos create-user EMAIL --role admin',
      },
    ),
    unless(
      Number(found.unsent) === 0 || config.smtpUrl === undefined,
      'outbox',
      `${found.unsent} not sent in the last week${config.smtpUrl ? '' : '; no mail server is set (SMTP_URL)'}`,
      {
        level: 'warn',
        means: 'Somebody was not told what they were to be told.',
        advice: `select id, kind, recipient, error from notifications where status in ('failed', 'sending');`,
      },
    ),
    unless(Number(found.urgent) === 0, 'urgent tickets', `${found.urgent} waiting`, {
      means: 'Somebody needs a person now.',
      advice: `select * from tickets where priority = 'urgent' and status = 'waiting';`,
    }),
  ]
}

async function backups(app: App): Promise<Finding[]> {
  const { rows } = await app.pool.query<{
    target: string
    age: number | null
    overdue: boolean
    status: string | null
    error: string | null
    verification: string | null
  }>(
    `select t.name as target, extract(epoch from now() - c.finished_at)::float8 as age, c.verification, b.status, b.error,
            t.schedule = 'daily' and coalesce(c.finished_at, t.placed_at, t.created_at) < now() - interval '26 hours' as overdue
       from app_public.backup_targets t
       left join app_public.backups c on c.id = app_hidden.backup_in_place(t.id)
       left join lateral (select * from app_public.backups b where b.target_id = t.id order by b.id desc limit 1) b on true
      where t.enabled order by t.id`,
  )
  const advice = 'docs/backup.md says how; select * from backup_state(); says how it stands.'
  if (rows.length === 0)
    return [
      unless(!app.config.production, 'backups', 'no target', {
        level: 'warn',
        means: 'What is lost is lost.',
        advice,
      }),
    ]
  return rows.map(({ target, age, overdue, status, error, verification }) => {
    const found = `${age === null ? 'none complete yet' : `the last complete one ${(age / 3600).toFixed(1)} h ago`}${status === 'failed' ? `; the latest failed: ${error}` : ''}${verification ? `; verified: ${verification}` : ''}`
    const damaged = verification === 'damaged'
    return unless(
      !overdue && !damaged && status !== 'failed' && verification !== 'failed',
      `backup ${target}`,
      found,
      {
        level: overdue || damaged ? 'fail' : 'warn',
        means: 'What was written since then is lost where the database is.',
        advice,
      },
    )
  })
}

async function audit(app: App): Promise<Finding> {
  const { rowCount } = await app.pool.query('select from app_public.verify_audit_log()')
  return rowCount === 0
    ? ok('audit chain', 'whole')
    : {
        check: 'audit chain',
        level: 'fail',
        found: `broken in ${rowCount} places`,
        means: 'Somebody changed what cannot be changed without the owner’s rights.',
        advice:
          'The runbook “The audit chain is broken” in docs/operations.md: keep everything as it is first.',
      }
}
