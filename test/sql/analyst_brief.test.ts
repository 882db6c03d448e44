import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { claim, guestsText, insertAfter, patternOf, replaceLine, writeSop } from '../learning/support.ts'
import {
  admin,
  agent,
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  sqlState,
  type TestDatabase,
  worker,
} from '../support/database.ts'
import { becomeOwner, doorText, one, type Sop, saveSop } from './fixtures.ts'

const signIn = '2. Guests sign in on the tablet at the door.'
const better = '2. Each guest signs in on the tablet at the door.'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

const given = (work: (client: pg.PoolClient, sop: Sop) => Promise<void>) =>
  rolledBack(database.pool, worker, async (client) => {
    await writeSop(client, 'doors', 'codes', doorText)
    const sop = await writeSop(client, 'booking', 'guests', guestsText)
    await work(client, sop)
  })

const briefOf = async (client: pg.PoolClient, pattern: number) =>
  (await one(client, 'select app_private.analyst_brief($1) as b', [pattern])).b
const run = async (client: pg.PoolClient) =>
  (
    await one<{ id: number }>(
      client,
      `select id from app_private.begin_analysis_run('hourly', 'claude-test')`,
    )
  ).id
const row = (client: pg.PoolClient, id: number) =>
  one(client, 'select * from app_public.analyses where id = $1', [id])
const output = (sop: Sop, evidence: number[], edits: object[]) =>
  JSON.stringify({
    action: 'edit_sop',
    sop_id: sop.id,
    base_version: sop.version,
    edits,
    evidence,
    reasoning: 'Clearer.',
  })
const receive = async (
  client: pg.PoolClient,
  analysis: number,
  attempt: number,
  given: string | null,
  rest: { calls?: object[]; error?: string; again?: boolean } = {},
) =>
  (
    await one(client, 'select app_private.receive_analysis($1, $2, $3, $4, $5, $6) as r', [
      analysis,
      attempt,
      given,
      JSON.stringify(rest.calls ?? []),
      rest.error ?? null,
      rest.again ?? false,
    ])
  ).r
const propose = async (client: pg.PoolClient, analysis: number, attempt: number) =>
  (await one(client, 'select app_private.propose_analysis($1, $2) as p', [analysis, attempt])).p
const call = (request: string, batch = false) => ({
  purpose: 'analyse',
  provider: 'anthropic',
  model: 'claude-test',
  tokens_in: 1000,
  tokens_out: 100,
  tokens_cached: 0,
  tokens_cache_written: 0,
  latency_ms: 5,
  status: 'ok',
  request_id: request,
  batch,
})

describe('the brief of a pattern', () => {
  it('has the failures with who corrected them, the SOP by numbered lines, its neighbours and the index', () =>
    given(async (client, sop) => {
      const pattern = await patternOf(
        client,
        [
          { question: 'How do guests get in at the door?', answer: 'Press the hash key [1]' },
          { question: 'Do guests sign in?', correction: 'They sign in on the tablet.', by: 'staff' },
        ],
        { sop },
      )
      const brief = await briefOf(client, pattern.id)
      expect(brief.failed_response_ids).toEqual(pattern.failures)
      expect(brief.own.failures).toEqual([
        {
          id: pattern.failures[0],
          question: 'How do guests get in at the door?',
          answer_given: 'Press the hash key [1]',
          feedback: 'wrong',
        },
        expect.objectContaining({ correction: 'They sign in on the tablet.', correction_by: 'staff' }),
      ])
      expect(brief.own.sop).toMatchObject({ id: sop.id, version: 1, category: 'booking', section: 'guests' })
      expect(brief.own.sop.lines.slice(0, 3)).toEqual([
        '1: # Guests',
        '2: ',
        '3: Use this when a customer asks who may come along.',
      ])
      expect(brief.own.neighbours).toEqual([expect.objectContaining({ section: 'codes' })])
      expect(brief.sops.map(({ id }: Sop) => id)).toEqual([sop.id, brief.own.neighbours[0].id])
      expect(brief.shared.categories).toEqual(['booking', 'doors'])
      expect(brief.shared.sops.map(({ section }: Sop) => section)).toEqual(['guests', 'codes'])
      expect(brief.prompt.content).toMatch(/^You improve/)
    }))

  it('has the same shared part for every pattern', () =>
    given(async (client, sop) => {
      const first = await patternOf(client, [{ question: 'Guests at the door?' }], { sop })
      const second = await patternOf(client, [{ question: 'May I eat in the bay?' }], { axis: 5 })
      expect(first.id).not.toBe(second.id)
      const [a, b] = [await briefOf(client, first.id), await briefOf(client, second.id)]
      expect(JSON.stringify(a.shared)).toBe(JSON.stringify(b.shared))
      expect(b.own.sop).toBeNull()
    }))

  it('masks what customers wrote', () =>
    given(async (client, sop) => {
      const pattern = await patternOf(
        client,
        [
          {
            question: 'I am joe@example.net, call +49 170 1234567 about guests',
            correction: 'My door code is 4711, IBAN DE89370400440532013000',
            answer: 'We wrote to joe@example.net',
          },
        ],
        { sop },
      )
      const text = JSON.stringify(await briefOf(client, pattern.id))
      expect(text).not.toMatch(/joe@example|1234567|4711|DE8937/)
      expect(text).toContain('[email]')
    }))

  it('tells what was rejected and why, what was refused and why, and what waits', () =>
    given(async (client, sop) => {
      const pattern = await patternOf(client, [{ question: 'Guests at the door?' }], { sop })
      const rejected = await one(client, `select * from app_public.propose_improvement('sop_edit', $1)`, [
        { sop_id: sop.id, new_content: guestsText.replace(signIn, better), reasoning: 'Because' },
      ])
      await become(client, reviewer)
      await client.query(`select app_public.reject_improvement($1, 'Guests ring at the desk these days')`, [
        rejected.id,
      ])
      await become(client, worker)
      const waiting = await one(client, `select * from app_public.propose_improvement('sop_edit', $1)`, [
        { sop_id: sop.id, new_content: `${guestsText}More of it.\n`, reasoning: 'Because' },
      ])
      const claimed = await claim(client, pattern.id)
      await receive(client, claimed.analysis_id, claimed.attempt, '{"action": "everything"}')
      const { own } = await briefOf(client, pattern.id)
      expect(own.rejected).toEqual([
        {
          proposal: rejected.id,
          kind: 'sop_edit',
          sop_id: sop.id,
          added: [better],
          why_rejected: 'Guests ring at the desk these days',
        },
      ])
      expect(own.pending).toEqual([
        { proposal: waiting.id, kind: 'sop_edit', sop_id: sop.id, added: ['More of it.'] },
      ])
      expect(own.refused).toEqual([['malformed: there is no such action']])
    }))

  it('is bounded: the latest thirty failures, and no SOP that is too long', () =>
    given(async (client, sop) => {
      const pattern = await patternOf(
        client,
        Array.from({ length: 32 }, (_, n) => ({ question: `${'Guests? '.repeat(200)}${n}` })),
        { sop },
      )
      const brief = await briefOf(client, pattern.id)
      expect(brief.failed_response_ids).toEqual(pattern.failures.slice(2))
      expect(brief.own.failures[0].question.length).toBeLessThanOrEqual(500)
      await become(client, reviewer)
      await saveSop(client, 'booking', 'guests', 'x'.repeat(60_001))
      await become(client, worker)
      expect(await briefOf(client, pattern.id)).toBeNull()
    }))

  it('leaves out what was withdrawn, and is none where nothing is open', () =>
    given(async (client, sop) => {
      const pattern = await patternOf(client, [{ question: 'Guests?' }, { question: 'Guests!' }], { sop })
      await becomeOwner(client)
      await client.query('update app_public.failed_responses set withdrawn_at = now() where id = $1', [
        pattern.failures[0],
      ])
      expect((await briefOf(client, pattern.id)).failed_response_ids).toEqual([pattern.failures[1]])
      await client.query('update app_public.failed_responses set withdrawn_at = now() where id = $1', [
        pattern.failures[1],
      ])
      expect(await briefOf(client, pattern.id)).toBeNull()
    }))
})

describe('an analysis', () => {
  it('is claimed by one run; its own takes it back, after a crash', () =>
    given(async (client, sop) => {
      const pattern = await patternOf(client, [{ question: 'Guests?' }], { sop })
      const [mine, yours] = [await run(client), await run(client)]
      const first = await claim(client, pattern.id, 'claude-test', mine)
      expect(first).toMatchObject({ state: 'claimed', attempt: 1 })
      expect((await claim(client, pattern.id, 'claude-test', yours)).state).toBe('taken')
      const again = await claim(client, pattern.id, 'claude-test', mine)
      expect(again).toMatchObject({ state: 'claimed', analysis_id: first.analysis_id, attempt: 2 })
      // What the dead one says now comes too late.
      expect(await receive(client, first.analysis_id, 1, output(sop, pattern.failures, []))).toMatchObject({
        state: 'stale',
      })
      expect((await row(client, first.analysis_id)).status).toBe('queued')
    }))

  it('that is left for ten minutes is anybody’s', () =>
    given(async (client, sop) => {
      const pattern = await patternOf(client, [{ question: 'Guests?' }], { sop })
      await claim(client, pattern.id, 'claude-test', await run(client))
      await becomeOwner(client)
      await client.query(`update app_public.analyses set locked_until = locked_until - interval '11 minutes'`)
      await become(client, worker)
      expect((await claim(client, pattern.id, 'claude-test', await run(client))).state).toBe('claimed')
    }))

  it('becomes one proposal, by the model’s name, with its calls in the ledger', () =>
    given(async (client, sop) => {
      const pattern = await patternOf(client, [{ question: 'Guests?' }], { sop })
      const claimed = await claim(client, pattern.id)
      const edits = [replaceLine(guestsText, signIn, better)]
      expect(
        await receive(client, claimed.analysis_id, 1, output(sop, pattern.failures, edits), {
          calls: [call('a')],
        }),
      ).toMatchObject({ state: 'received', kind: 'sop_edit' })
      // A crash here costs no second call: the answer is there.
      const resumed = await claim(client, pattern.id)
      expect(resumed).toMatchObject({ state: 'received', attempt: 2, kind: 'sop_edit' })
      const proposed = await propose(client, claimed.analysis_id, 2)
      expect(proposed.state).toBe('proposed')
      expect(await propose(client, claimed.analysis_id, 2)).toEqual({
        state: 'stale',
        status: 'proposed',
        improvement_id: proposed.improvement_id,
      })
      await becomeOwner(client)
      expect(await one(client, 'select * from app_public.improvement_queue')).toMatchObject({
        id: proposed.improvement_id,
        proposed_by: 'claude-test analyst',
        base_version: 1,
        pattern_id: pattern.id,
      })
      expect(
        await one(client, 'select analysis_id, improvement_id, request_id from app_public.llm_calls'),
      ).toEqual({
        analysis_id: claimed.analysis_id,
        improvement_id: proposed.improvement_id,
        request_id: 'a',
      })
      expect((await one(client, 'select analyst from app_public.failure_patterns')).analyst).toBe(
        'claude-test',
      )
    }))

  it('that was refused keeps the reasons, is not proposed, and is not asked for again', () =>
    given(async (client, sop) => {
      const pattern = await patternOf(client, [{ question: 'Guests?' }], { sop })
      const { analysis_id } = await claim(client, pattern.id)
      const edits = [insertAfter(guestsText, signIn, '- Guests pay 99 euros.')]
      await receive(client, analysis_id, 1, output(sop, pattern.failures, edits))
      expect(await row(client, analysis_id)).toMatchObject({
        status: 'refused',
        reasons: ['new_fact: money:99'],
        suggestion: { action: 'edit_sop' },
        improvement_id: null,
      })
      expect(await propose(client, analysis_id, 1)).toMatchObject({ state: 'stale', status: 'refused' })
      expect(await claim(client, pattern.id)).toMatchObject({ state: 'done', status: 'refused' })
      await becomeOwner(client)
      expect((await client.query('select from app_public.improvement_queue')).rowCount).toBe(0)
    }))

  it('is new where the SOP, the failures, what was said of them, the prompt or the model is', () =>
    given(async (client, sop) => {
      const pattern = await patternOf(client, [{ question: 'Guests?' }], { sop })
      const nothing = async (model = 'claude-test') => {
        const claimed = await claim(client, pattern.id, model)
        if (claimed.state === 'claimed')
          await receive(client, claimed.analysis_id, claimed.attempt, '{"action": "nothing"}')
        return claimed.state
      }
      expect([await nothing(), await nothing()]).toEqual(['claimed', 'done'])
      expect([await nothing('claude-other'), await nothing('claude-other')]).toEqual(['claimed', 'done'])
      await become(client, reviewer)
      await saveSop(client, 'booking', 'guests', guestsText.replace(signIn, better))
      await become(client, worker)
      expect([await nothing(), await nothing()]).toEqual(['claimed', 'done'])
      await patternOf(client, [{ question: 'Guests again?' }], { sop })
      expect([await nothing(), await nothing()]).toEqual(['claimed', 'done'])
      await becomeOwner(client)
      await client.query(
        `update app_public.failed_responses set user_correction = 'Ring the bell' where id = $1`,
        [pattern.failures[0]],
      )
      await become(client, worker)
      expect([await nothing(), await nothing()]).toEqual(['claimed', 'done'])
      await become(client, admin)
      await client.query(`select set_config('clubos.reason', 'Better', true)`)
      await client.query(`update app_public.prompts set content = 'Improve!' where name = 'analyse'`)
      await become(client, worker)
      expect([await nothing(), await nothing()]).toEqual(['claimed', 'done'])
    }))

  it('that failed for a while is tried again, and one that the model cannot do is not', () =>
    given(async (client, sop) => {
      const pattern = await patternOf(client, [{ question: 'Guests?' }], { sop })
      const first = await claim(client, pattern.id)
      expect(
        await receive(client, first.analysis_id, 1, null, { error: 'overloaded: later', again: true }),
      ).toEqual({ state: 'queued' })
      const second = await claim(client, pattern.id)
      expect(second).toMatchObject({ state: 'claimed', attempt: 2 })
      await receive(client, first.analysis_id, 2, null, { error: 'unauthorized: wrong key' })
      const third = await claim(client, pattern.id)
      expect(third).toMatchObject({ state: 'claimed', attempt: 3 })
      await receive(client, first.analysis_id, 3, null, { error: 'refused: no' })
      expect(await claim(client, pattern.id)).toMatchObject({ state: 'done', status: 'failed' })
    }))

  it('is not begun where it would exceed the budget', () =>
    given(async (client, sop) => {
      const pattern = await patternOf(client, [{ question: 'Guests?' }], { sop })
      await becomeOwner(client)
      await client.query(
        `insert into app_public.llm_prices (model, valid_from, input, output) values ('claude-test', '2020-01-01', 3000, 15000)`,
      )
      await client.query('update app_public.club_settings set daily_budget = 0.01')
      await become(client, worker)
      expect(await claim(client, pattern.id)).toMatchObject({ state: 'over_budget' })
      expect(await one(client, `select app_public.estimate_analysis('claude-test') as e`)).toMatchObject({
        e: { patterns: 1, budget_left: 0.01, budget_state: 'open' },
      })
      await becomeOwner(client)
      await client.query('update app_public.club_settings set daily_budget = 1000')
      await become(client, worker)
      expect((await claim(client, pattern.id)).state).toBe('claimed')
    }))

  it('forgets a customer who is erased, and is given up where it was under way', () =>
    given(async (client, sop) => {
      const pattern = await patternOf(client, [{ question: 'Guests of Joe Smith?' }], { sop })
      const { analysis_id } = await claim(client, pattern.id)
      await receive(
        client,
        analysis_id,
        1,
        output(sop, pattern.failures, [insertAfter(guestsText, signIn, '- Joe Smith pays 99 euros.')]),
      )
      const other = await patternOf(client, [{ question: 'Ann Smith?' }], { axis: 3 })
      const open = await claim(client, other.id)
      await become(client, admin)
      for (const failure of [pattern.failures[0], other.failures[0]]) {
        await becomeOwner(client)
        const { visitor_id } = await one(
          client,
          'select r.visitor_id from app_public.responses r join app_public.failed_responses f on f.response_id = r.id where f.id = $1',
          [failure],
        )
        await become(client, admin)
        await client.query(`select app_public.erase_personal_data($1, 'They asked')`, [visitor_id])
      }
      await become(client, worker)
      expect(await row(client, analysis_id)).toMatchObject({
        status: 'refused',
        suggestion: null,
        reasons: ['new_fact'],
      })
      expect(await row(client, open.analysis_id)).toMatchObject({ status: 'superseded', locked_until: null })
      expect(await receive(client, open.analysis_id, 1, '{"action": "nothing"}')).toMatchObject({
        state: 'stale',
      })
    }))

  it('is seen by staff, and done by the worker alone', () =>
    given(async (client, sop) => {
      const pattern = await patternOf(client, [{ question: 'Guests?' }], { sop })
      await claim(client, pattern.id)
      await become(client, agent)
      expect((await client.query('select from app_public.analyses')).rowCount).toBe(1)
      expect(await sqlState(client, `update app_public.analyses set status = 'queued'`)).toBe('42501')
      for (const statement of [
        `select app_private.claim_analysis(${pattern.id}, 'x')`,
        `select app_private.receive_analysis(1, 1, '{}')`,
        'select app_private.propose_analysis(1, 1)',
        `select app_public.cancel_analysis(1, 'x')`,
      ])
        expect([statement, await sqlState(client, statement)]).toEqual([statement, '42501'])
      await become(client, { role: 'anonymous' })
      expect(await sqlState(client, 'select from app_public.analyses')).toBe('42501')
      expect(await sqlState(client, 'select app_public.estimate_analysis()')).toBe('42501')
    }))
})

describe('a run', () => {
  it('is asked for once, however often, while it waits', () =>
    given(async (client) => {
      await become(client, agent)
      const first = await one(client, 'select * from app_public.request_analysis()')
      expect(first).toMatchObject({ kind: 'requested', status: 'queued', requested_by: 'ann', most: 2000 })
      expect((await one(client, 'select * from app_public.request_analysis(5000)')).id).toBe(first.id)
      await become(client, worker)
      await client.query(`select app_private.begin_analysis_run('requested', 'local', 2000, $1, 7)`, [
        first.id,
      ])
      await become(client, agent)
      expect((await one(client, 'select * from app_public.request_analysis()')).id).not.toBe(first.id)
    }))

  it('goes on where its job is tried again, and begins anew with the job’s next turn', () =>
    given(async (client) => {
      const begin = async () =>
        (await one(client, `select id from app_private.begin_analysis_run('hourly', 'local', 500, null, 42)`))
          .id
      const first = await begin()
      expect(await begin()).toBe(first)
      await client.query('select app_private.settle_analysis_run($1, 0)', [first])
      expect(await begin()).not.toBe(first)
    }))
})
