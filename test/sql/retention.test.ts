import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { applyRetention, rehearseRetention } from '../../core/privacy/retention.ts'
import {
  admin,
  agent,
  become,
  isServer,
  makeTestDatabase,
  reviewer,
  rolledBack,
  sqlState,
  type TestDatabase,
  visitor,
  worker,
} from '../support/database.ts'
import { axis, becomeOwner, doorText, failure, one, record, setReason, sopBy, uuid } from './fixtures.ts'

describe('retention', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())
  const as = (claims: Parameters<typeof rolledBack>[1], work: (client: pg.PoolClient) => Promise<void>) =>
    rolledBack(database.pool, claims, work)

  interface Run {
    id: string
    counts: Record<string, number>
    problems: Record<string, string>
    finished: boolean
  }
  /** All batches, in this transaction. */
  async function apply(client: pg.PoolClient): Promise<Run> {
    await become(client, worker)
    for (let id: string | null = null; ; ) {
      const run: Run = await one<Run>(
        client,
        'select id, counts, problems, finished_at is not null as finished from app_private.apply_retention($1)',
        [id],
      )
      if (run.finished) {
        await becomeOwner(client)
        return run
      }
      id = run.id
    }
  }

  /** A conversation of a visitor with one answer, as old as said, in the state said. */
  async function conversation(client: pg.PoolClient, status: string, age: string, n = 1) {
    const sop = await sopBy(client, 'doors', `codes${n}${status}`, doorText)
    await become(client, visitor(uuid(n)))
    const ticket = await one<{ id: number; conversation: string }>(
      client,
      'select * from start_conversation()',
    )
    await become(client, { role: 'worker', visitorId: uuid(n) })
    await client.query('select app_hidden.begin_answer($1, null, null, null, $2)', [
      'Zebulon cannot open the door',
      ticket.conversation,
    ])
    const answer = await record(client, {
      question: 'Zebulon cannot open the door',
      visitorId: uuid(n),
      sop,
      conversation: ticket.conversation,
    })
    await become(client, visitor(uuid(n)))
    await client.query(`select mark_unhelpful($1, 'wrong', 'Zebulon needs another door')`, [answer.id])
    await become(client, agent)
    if (status === 'taken' || status === 'resolved')
      await client.query('select reply($1, $2)', [ticket.id, 'Hello Zebulon'])
    if (status === 'resolved')
      await client.query('select resolve_ticket($1, $2)', [ticket.id, 'Zebulon is inside'])
    await becomeOwner(client)
    if (status === 'waiting')
      await client.query(`update tickets set status = 'waiting' where id = $1`, [ticket.id])
    await client.query(
      `update tickets set updated_at = now() - $2::interval, resolved_at = case when status = 'resolved' then now() - $2::interval end where id = $1`,
      [ticket.id, age],
    )
    await client.query('update responses set created_at = now() - $2::interval where id = $1', [
      answer.id,
      age,
    ])
    return { ticket: ticket.id, conversation: ticket.conversation, answer: answer.id }
  }
  const stateOf = (client: pg.PoolClient, id: number) =>
    one(
      client,
      `select t.*, (select array_agg(distinct m.body) from messages m where m.ticket_id = t.id and m.author_kind <> 'system') as bodies from tickets t where t.id = $1`,
      [id],
    )

  it('erases what resolved conversations said once they are old, and keeps their figures', () =>
    as(admin, async (client) => {
      const { ticket, conversation: handle, answer } = await conversation(client, 'resolved', '366 days')
      const before = await one(client, 'select * from responses where id = $1', [answer])
      const run = await apply(client)
      expect(run.problems).toEqual({})
      expect(run.counts.conversations).toBe(3)
      const state = await stateOf(client, ticket)
      expect(state).toMatchObject({
        status: 'resolved',
        visitor_id: null,
        resolution: '[erased]',
        subject: '[erased]',
        bodies: ['[erased]'],
        erased_at: expect.any(Date),
        resolved_by: 'ann',
      })
      expect(state.conversation).not.toBe(handle)
      const after = await one(client, 'select * from responses where id = $1', [answer])
      expect(after).toMatchObject({ question: '[erased]', text: '[erased]', visitor_id: null })
      for (const column of [
        'outcome',
        'category',
        'feedback',
        'latency_ms',
        'created_at',
        'confidence',
        'model',
      ])
        expect([column, after[column]]).toEqual([column, before[column]])
      expect(after.feedback_by).toMatch(/^erased:[0-9a-f]{32}$/)
      expect(
        await one(
          client,
          'select query, response, user_correction, feedback_type, analyzed from failed_responses',
        ),
      ).toEqual({
        query: '[erased]',
        response: '[erased]',
        user_correction: '[erased]',
        feedback_type: 'wrong',
        analyzed: true,
      })
      expect((await one(client, 'select snippet from response_sources')).snippet).toBe('words')
    }))

  it.each([
    ['resolved', '364 days'],
    ['open', '2000 days'],
    ['waiting', '2000 days'],
    ['taken', '2000 days'],
  ])('erases nothing of a conversation that is %s, %s old', (status, age) =>
    as(admin, async (client) => {
      const { ticket, answer } = await conversation(client, status, age)
      await apply(client)
      const state = await stateOf(client, ticket)
      expect(state).toMatchObject({ visitor_id: uuid(1), erased_at: null })
      expect(state.bodies).toContain('Zebulon cannot open the door')
      expect((await one(client, 'select question from responses where id = $1', [answer])).question).toBe(
        'Zebulon cannot open the door',
      )
    }),
  )

  it('resolves what nobody waits in, so that its year begins; a new message opens it again', () =>
    as(admin, async (client) => {
      const idle = await conversation(client, 'open', '31 days', 1)
      const fresh = await conversation(client, 'open', '29 days', 2)
      const waiting = await conversation(client, 'waiting', '400 days', 3)
      expect((await apply(client)).counts.idle_conversations).toBe(1)
      expect(await stateOf(client, idle.ticket)).toMatchObject({
        status: 'resolved',
        resolved_by: 'retention',
      })
      expect((await stateOf(client, fresh.ticket)).status).toBe('open')
      expect((await stateOf(client, waiting.ticket)).status).toBe('waiting')
      await become(client, { role: 'worker', visitorId: uuid(1) })
      await client.query('select app_hidden.begin_answer($1, null, null, null, $2)', [
        'And now?',
        idle.conversation,
      ])
      await becomeOwner(client)
      expect((await stateOf(client, idle.ticket)).status).toBe('open')
    }))

  it('erases answers without a conversation and failures without an answer', () =>
    as(admin, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const old = await record(client, { question: 'Zebulon was here', visitorId: uuid(1), sop })
      const recent = await record(client, { question: 'Zebulon is here', visitorId: uuid(1), sop })
      await becomeOwner(client)
      await client.query(`update responses set created_at = now() - interval '366 days' where id = $1`, [
        old.id,
      ])
      await client.query(
        `insert into failed_responses (query, response, feedback_type, created_at) values ('Zebulon', 'no', 'wrong', now() - interval '366 days'), ('Zebulon', 'no', 'wrong', now())`,
      )
      expect((await apply(client)).counts.conversations).toBe(2)
      expect(
        (await client.query('select question from responses order by id')).rows.map((row) => row.question),
      ).toEqual(['[erased]', 'Zebulon is here'])
      expect(
        (await client.query('select query from failed_responses order by id')).rows.map((row) => row.query),
      ).toEqual(['[erased]', 'Zebulon'])
      expect(recent.id).not.toBe(old.id)
    }))

  it('keeps one visitor one voter, before and after', () =>
    as(admin, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const ids: string[] = []
      for (const n of [1, 1, 2]) {
        const { id } = await record(client, { question: 'Where is the key?', visitorId: uuid(n), sop })
        await become(client, visitor(uuid(n)))
        await client.query('select mark_helpful($1)', [id])
        ids.push(id)
      }
      await becomeOwner(client)
      await client.query(`update responses set created_at = now() - interval '366 days' where id = $1`, [
        ids[0],
      ])
      await apply(client)
      const entry = await one(client, 'select * from knowledge_base')
      expect(entry).toMatchObject({ usage_count: 3, success_count: 3, trust: 0 })
      // Were the erased visitor counted as another one, this would be three.
      await client.query('select app_private.settle_entry($1)', [entry.id])
      expect((await one(client, 'select trust from knowledge_base')).trust).toBe(0)
    }))

  it('deletes vectors that nothing needs, and keeps those that something does', () =>
    as(admin, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const hash = (text: string) => one(client, 'select app_hidden.embedding_hash($1) as h', [text])
      await becomeOwner(client)
      const unit = await one(
        client,
        `select embedding_text from app_private.search_units where kind = 'section' and sop_id = $1 order by id limit 1`,
        [sop.id],
      )
      await client.query(
        `insert into failed_responses (query, response, feedback_type, analyzed) values ('waits to be analysed', 'no', 'wrong', false), ('was analysed', 'no', 'wrong', true)`,
      )
      const proposal = await one(
        client,
        `select id from propose_improvement('knowledge_entry', '{"category": "a", "topic": "b", "entries": [{"question": "promised", "answer": "yes"}]}')`,
      )
      const texts = [unit.embedding_text, 'waits to be analysed', 'promised', 'was analysed', 'asked once']
      for (const [index, text] of [...texts, 'asked today'].entries())
        await client.query(
          `insert into app_private.embedding_cache (content_hash, model, embedding, created_at) values ($1, 'm', $2, now() - $3::interval)`,
          [(await hash(text)).h, axis(index), text === 'asked today' ? '1 day' : '91 days'],
        )
      expect((await apply(client)).counts.embedding_cache).toBe(2)
      const left = await client.query('select content_hash from app_private.embedding_cache')
      for (const [text, kept] of [
        [unit.embedding_text, true],
        ['waits to be analysed', true],
        ['promised', true],
        ['was analysed', false],
        ['asked once', false],
        ['asked today', true],
      ] as const) {
        const { h } = await hash(text)
        expect([text, left.rows.some((row) => row.content_hash.equals(h))]).toEqual([text, kept])
      }
      expect(proposal.id).toBeGreaterThan(0)
    }))

  it('deletes old calls of models, the questions of old dry runs and old runs of its own', () =>
    as(admin, async (client) => {
      await becomeOwner(client)
      await client.query(
        `insert into llm_calls (purpose, provider, model, status, created_at) select 'answer', 'openai', 'm', 'ok', now() - make_interval(days => d) from unnest(array[1, 89, 91, 400]) d`,
      )
      await client.query(
        `insert into retention_runs (ran_at) values (now() - interval '731 days'), (now() - interval '729 days')`,
      )
      await become(client, reviewer)
      const { id } = await one(
        client,
        `select id from propose_improvement('knowledge_entry', '{"category": "a", "topic": "b", "entries": [{"question": "q", "answer": "yes"}]}')`,
      )
      await client.query('select preview_improvement($1)', [id])
      await client.query(`select reject_improvement($1, 'No')`, [id])
      await becomeOwner(client)
      await client.query('alter table improvement_queue disable trigger _100_decide')
      await client.query(`update improvement_queue set rejected_at = now() - interval '181 days'`)
      await client.query('alter table improvement_queue enable trigger _100_decide')
      const { counts } = await apply(client)
      expect(counts).toMatchObject({ llm_calls: 2, dry_runs: 1, retention_runs: 1 })
      expect((await one(client, 'select dry_run from improvement_queue')).dry_run).toMatchObject({ fixed: 0 })
    }))

  it('goes by the rules as they are now', () =>
    as(admin, async (client) => {
      await conversation(client, 'resolved', '40 days')
      expect((await apply(client)).counts.conversations).toBe(0)
      await become(client, admin)
      expect(
        await one(client, `select * from set_retention('conversations', '30 days', 'The board decided')`),
      ).toMatchObject({
        kind: 'conversations',
        keep: { days: 30 },
      })
      expect((await apply(client)).counts.conversations).toBeGreaterThan(0)
      expect(
        await one(
          client,
          `select * from audit_log where table_name = 'retention_rules' and operation = 'update'`,
        ),
      ).toMatchObject({
        row_id: 'conversations',
        actor: 'adam',
        reason: 'The board decided',
        operation: 'update',
      })
    }))

  it('lets admins alone change the rules, with a reason, to a day at least', () =>
    as(reviewer, async (client) => {
      const change = `select set_retention('llm_calls', '10 days', 'why')`
      expect(await sqlState(client, change)).toBe('42501')
      expect(await sqlState(client, `update retention_rules set keep = '9 days'`)).toBe('42501')
      await become(client, admin)
      expect(await sqlState(client, `select set_retention('llm_calls', '10 days', ' ')`)).toBe('CO002')
      expect(await sqlState(client, `select set_retention('llm_calls', '23 hours', 'why')`)).toBe('CO005')
      expect(await sqlState(client, `select set_retention('llm_calls', null, 'why')`)).toBe('CO005')
      expect((await failure(client, `select set_retention('nothing', '9 days', 'why')`)).hint).toContain(
        'llm_calls',
      )
      expect(await sqlState(client, `update retention_rules set keep = '9 days'`)).toBe('CO002')
      await setReason(client, 'In plain SQL')
      expect(await sqlState(client, `update retention_rules set keep = '9 days'`)).toBe('none')
      expect(await sqlState(client, `update retention_rules set keep = '9 hours'`)).toBe('23514')
      expect(await sqlState(client, 'delete from retention_rules')).toBe('42501')
      await becomeOwner(client)
      expect(
        await sqlState(
          client,
          `insert into retention_rules (kind, keep, description) values ('dreams', '9 days', 'x')`,
        ),
      ).toBe('CO005')
    }))

  it('is the worker’s and the admin’s', () =>
    as(reviewer, async (client) => {
      for (const [claims, code] of [
        [visitor(uuid(1)), '42501'],
        [agent, '42501'],
        [reviewer, '42501'],
        [worker, 'none'],
      ] as const) {
        await become(client, claims)
        expect([claims.role, await sqlState(client, 'select app_private.apply_retention()')]).toEqual([
          claims.role,
          code,
        ])
      }
      expect(await sqlState(client, 'select app_private.apply_retention(-1)')).toBe('CO404')
    }))

  it('takes kinds of others by the name of their handler', () =>
    as(admin, async (client) => {
      await becomeOwner(client)
      await client.query('create table app_private.keys (id serial primary key, made timestamptz not null)')
      await client.query(
        `insert into app_private.keys (made) select now() - make_interval(days => d) from generate_series(1, 10) d`,
      )
      await client.query(`create function app_private.retain__keys(before timestamptz) returns bigint language sql as $$
        with gone as (delete from app_private.keys where id in (select id from app_private.keys where made < before limit 2) returning 1) select count(*) from gone $$`)
      await client.query(
        `insert into retention_rules (kind, keep, description) values ('keys', '5 days', 'Keys')`,
      )
      expect((await apply(client)).counts.keys).toBe(5)
      expect((await one(client, 'select count(*)::int as n from app_private.keys')).n).toBe(5)
    }))

  it('carries out the other rules where one fails, and says which', () =>
    as(admin, async (client) => {
      await conversation(client, 'resolved', '400 days')
      await client.query(
        `create function app_private.retain__aaa(before timestamptz) returns bigint language plpgsql as $$ begin raise exception 'no luck'; end $$`,
      )
      await client.query(
        `insert into retention_rules (kind, keep, description) values ('aaa', '5 days', 'First of all')`,
      )
      const run = await apply(client)
      expect(run.problems).toEqual({ aaa: 'P0001: no luck' })
      expect(run.counts.conversations).toBeGreaterThan(0)
    }))

  it('does a big backlog in batches, rehearses it to the row, and finds nothing the second time', async () => {
    const client = await database.pool.connect()
    try {
      await client.query(
        `insert into responses (question, question_hash, text, outcome, model, visitor_id, created_at)
         select 'Zebulon ' || i, '\\x00', 'Answer ' || i, 'answered', 'm', gen_random_uuid(), now() - interval '400 days' from generate_series(1, 1201) i`,
      )
    } finally {
      client.release()
    }
    const rehearsed = await rehearseRetention(database.pool)
    expect(rehearsed).toMatchObject({ counts: { conversations: 1201 }, problems: {}, id: null })
    const left = async () =>
      (await one(database.pool, `select count(*)::int as n from responses where question <> '[erased]'`)).n
    expect(await left()).toBe(1201)
    expect((await one(database.pool, 'select count(*)::int as n from retention_runs')).n).toBe(0)
    let batches = 0
    const run = await applyRetention(database.pool, { progress: () => batches++ })
    expect(run).toMatchObject({ counts: rehearsed.counts, problems: {}, finished: true })
    expect(batches).toBe(3)
    expect(await left()).toBe(0)
    const { rows } = await database.pool.query(
      `select counts ->> 'responses' as responses, finished_at is not null as finished from privacy_actions order by id`,
    )
    expect(rows).toEqual(['500', '500', '201'].map((responses) => ({ responses, finished: true })))
    expect((await applyRetention(database.pool)).counts.conversations).toBe(0)
    expect((await database.pool.query('select * from verify_audit_log()')).rows).toEqual([])
  })

  const withSessions = isServer ? it : it.skip
  withSessions('waits for nobody: what is in use is left to the next run', async () => {
    await database.pool.query(
      `insert into responses (question, question_hash, text, outcome, model, created_at) select 'Busy ' || i, '\\x00', 'A', 'answered', 'm', now() - interval '400 days' from generate_series(1, 2) i`,
    )
    const other = await database.pool.connect()
    try {
      await other.query('begin')
      await other.query(`select from responses where question = 'Busy 1' for no key update`)
      expect((await applyRetention(database.pool)).counts.conversations).toBe(1)
      await other.query('rollback')
    } finally {
      other.release()
    }
    expect((await applyRetention(database.pool)).counts.conversations).toBe(1)
  })
})
