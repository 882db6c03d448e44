/** A database with rows in every table, for tests of who may see and change them. */
import type pg from 'pg'
import { withClaims as committed } from '../../core/database/index.ts'
import { doorText, one, record, sopBy } from '../sql/fixtures.ts'
import { admin, become, worker } from './database.ts'

/** Something in every table, of two customers: the first found the answer helpful, the second did not. */
export async function fill(pool: pg.Pool, visitors: [string, string]): Promise<void> {
  await committed(pool, admin, async (client) => {
    await client.query(`insert into sites (slug, name) values ('north', 'North')`)
    await client.query(`insert into users (email, name) values ('joe@example.com', 'Joe')`)
    await client.query(`insert into prompts (name, content) values ('greet', 'Greet!')`)
    await client.query(`insert into emergency_signals (section, pattern) values ('flood', 'zzz')`)
    const sop = await sopBy(client, 'doors', 'codes', doorText, admin)
    for (const visitorId of visitors) {
      await become(client, { role: 'anonymous', visitorId })
      const { conversation } = await one(client, 'select conversation from start_conversation()')
      const answer = await record(client, { question: `door of ${visitorId}?`, visitorId, sop, conversation })
      await become(client, worker)
      await client.query(
        `select app_private.record_llm_calls('[{"purpose": "answer", "provider": "openai", "model": "test", "status": "ok"}]', $1),
                app_private.record_llm_calls('[{"purpose": "analyse", "provider": "anthropic", "model": "test", "status": "ok"}]')`,
        [answer.id],
      )
      await become(client, { role: 'anonymous', visitorId })
      await client.query(
        visitorId === visitors[0] ? 'select mark_helpful($1)' : 'select mark_unhelpful($1)',
        [answer.id],
      )
    }
    await become(client, worker)
    const { rows } = await client.query('select id from app_private.cluster_failures(10)')
    await client.query(
      `select propose_improvement('sop_edit', jsonb_build_object('sop_id', $1::integer, 'new_content', 'Other'), array(select id from failed_responses), $2)`,
      [sop.id, rows[0].id],
    )
    await become(client, admin)
    await client.query(`select start_experiment($1, array['Another door'], 'Shorter', 'To be tried')`, [
      sop.id,
    ])
    await client.query('select look_at_improvement(id) from improvement_queue')
    await become(client, worker)
    await client.query('select app_private.store_vectors($1, $2::vector[], $3)', [
      ['a text'],
      [`[${[1, ...new Array(1535).fill(0)].join(',')}]`],
      'test',
    ])
    await client.query(`select app_private.begin_reembedding('openai:test', 'Tried')`)
    await client.query('select app_private.refresh_search_statistics(true)')
    await become(client, admin)
    await client.query(
      `select golden_from_response(r.id), save_golden_question('Where is the desk?', $1) from responses r where r.feedback = 'helpful'`,
      [sop.id],
    )
    await client.query('select run_golden_check()')
    await client.query(
      `select merge_knowledge(save_a.id, array[save_b.id], 'The same') from save_knowledge('a', 'b', 'One?', 'Yes') save_a, save_knowledge('a', 'b', 'Two?', 'Yes') save_b`,
    )
  })
  await committed(pool, admin, (client) =>
    client.query(
      `select save_knowledge('a', 'balls', 'What does a bucket of balls cost?', '$5', 'r'), save_knowledge('a', 'balls', 'What does one bucket of balls cost?', '$7', 'r')`,
    ),
  )
  await committed(pool, worker, (client) => client.query('select app_private.check_knowledge_health()'))
  await fillSearched(pool)
  await fillAnalyses(pool, visitors[1])
  await committed(pool, worker, (client) => client.query('select app_private.record_audit_head()'))
  await fillAccounts(pool)
  await fillImports(pool)
  await fillOperations(pool, visitors[0])
}

/** What an answer was searched with, a search unit as it was, and what a dry run of a large club found. */
async function fillSearched(pool: pg.Pool): Promise<void> {
  await pool.query(
    `insert into app_private.response_searches (response_id, searched_at, words, total_idf) select min(id), now(), '{}/268435456', 0 from app_public.responses`,
  )
  await pool.query('update app_private.search_units set ordinal = ordinal where knowledge_id is not null')
  await pool.query(
    `insert into app_private.dry_run_rankings (search_hash, ranking, snapshot, refreshed_at) values ('\\x01', ('{}', '{}', '{}'), pg_current_snapshot(), now())`,
  )
}

/** A failure that waits in a batch of the provider for its analysis. */
async function fillAnalyses(pool: pg.Pool, visitorId: string): Promise<void> {
  await committed(pool, admin, async (client) => {
    const answer = await record(client, { question: 'Another door?', visitorId })
    await become(client, { role: 'anonymous', visitorId })
    await client.query('select mark_unhelpful($1)', [answer.id])
    await become(client, worker)
    const { id } = await one(client, 'select id from app_private.cluster_failures(10)')
    const run = await one(client, `select id from app_private.begin_analysis_run('daily', 'test')`)
    const batch = await one(
      client,
      `select id from app_private.begin_analysis_batch($1, 'anthropic', 'test')`,
      [run.id],
    )
    await client.query(`select app_private.claim_analysis($1, 'test', $2, $3)`, [id, run.id, batch.id])
  })
}

/** One member of staff for each role, with a login and a token, and what is told to whom. */
async function fillAccounts(pool: pg.Pool): Promise<void> {
  for (const role of staffRoles)
    await committed(pool, { ...admin, actor: staffOf(role) }, async (client) => {
      const { id } = await one(client, 'select id from create_user($1, $2)', [staffOf(role), role])
      await one(client, `select token from create_api_token('script', $1, null, $2)`, [role, id])
    })
  await pool.query(`select app_secret.keep_vapid_keys('public', 'private')`)
  for (const role of ['agent', 'reviewer', 'admin'] as const)
    await committed(pool, { role, actor: staffOf(role) }, (client) =>
      client.query('select save_push_subscription($1, $2, $3)', [
        `https://push.example/${role}`,
        `B${'A'.repeat(86)}`,
        'A'.repeat(22),
      ]),
    )
  await pool.query(
    `insert into app_secret.passwords (user_id, hash) select id, '$argon2id$made-up' from app_public.users`,
  )
  await pool.query(`select app_secret.open_session(id, '203.0.113.7', 'a browser') from app_public.users`)
  await pool.query(`select app_secret.make_link('password_reset', min(id)) from app_public.users`)
  await pool.query(`insert into app_secret.rate_limits (key, points, expire) values ('a', 1, 1)`)
  await committed(pool, admin, (client) =>
    client.query(`select create_webhook('https://hooks.example/clubos', '{urgent_ticket}')`),
  )
}

/** An import that waits, and an upload that nobody has read yet. */
async function fillImports(pool: pg.Pool): Promise<void> {
  await committed(pool, admin, (client) =>
    client.query(
      `select stage_import('V1', '[{"kind": "sop", "category": "a", "topic": "new", "content": "Text"}]')`,
    ),
  )
  await committed(pool, worker, (client) =>
    client.query(
      `select app_private.keep_import_upload(b.id, 0, 'x') from app_private.begin_import('file.md', 'upload') b`,
    ),
  )
}

/** What the worker leaves behind: a run of the retention, an erasure, a worker that lives and a job that died. */
async function fillOperations(pool: pg.Pool, visitorId: string): Promise<void> {
  await committed(pool, admin, (client) => client.query('select export_personal_data($1)', [visitorId]))
  await committed(pool, admin, async (client) => {
    await client.query('select request_backup()')
  })
  await committed(pool, worker, async (client) => {
    await client.query(
      `select app_private.claim_backup(id), app_private.finish_backup(id, 1, '{"files": 1, "uploaded": 1, "unchanged": 0, "renamed": 0, "deleted": 0, "bytes": 1, "bytes_uploaded": 1}', '00', 0, '00') from backups`,
    )
  })
  await committed(pool, admin, (client) =>
    client.query(
      `select request_restore(id, 'versions') from backups; select test_backup_target('folder', 'folder')`,
    ),
  )
  await pool.query('insert into app_public.retention_runs (finished_at) values (now())')
  await pool.query(
    `insert into graphile_worker._private_tasks (identifier) values ('test') on conflict do nothing`,
  )
  await pool.query(
    `insert into graphile_worker._private_jobs (task_id, attempts, max_attempts, last_error, key)
     select id, 3, 3, 'It broke', 'test' from graphile_worker._private_tasks where identifier = 'test'`,
  )
  await committed(pool, worker, async (client) => {
    await client.query(`select app_private.beat('test', 'here', 1)`)
    await client.query('select app_private.watch_jobs()')
  })
}

const staffRoles = ['agent', 'reviewer', 'admin', 'auditor']
/** Whom `fill` made for a role: their e-mail address, which is the actor of what they do. */
export const staffOf = (role: string) => `${role}@club.example`
