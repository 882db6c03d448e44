/** What the page Insights draws, counted by hand. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import {
  admin,
  agent,
  become,
  makeTestDatabase,
  rolledBack,
  type TestDatabase,
  visitor,
} from '../support/database.ts'
import { becomeOwner, doorText, failure, one, record, type Sop, sopBy, uuid } from './fixtures.ts'

describe('insights', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const period = `'2026-03-01 00:00+00', '2026-03-04 00:00+00'`
  const rows = async (client: pg.PoolClient, statement: string) =>
    (await client.query(statement)).rows as Record<string, unknown>[]
  const days = (found: Record<string, unknown>[]) =>
    found.map((row) => ({ ...row, day: (row.day as Date).toLocaleDateString('sv') }))

  /** Four answers of the 1st and 2nd of March, one before; the 3rd is empty. */
  const club = async (client: pg.PoolClient) => {
    await become(client, admin)
    await client.query(`insert into sites (slug, name) values ('north', 'North')`)
    const sop = await sopBy(client, 'doors', 'codes', doorText, admin)
    const answers = [
      { at: '2026-03-01 10:00+00', outcome: 'answered', ms: 100, category: 'doors', rate: 'mark_helpful' },
      { at: '2026-03-01 23:30+00', outcome: 'answered', ms: 300, category: 'doors', rate: 'mark_unhelpful' },
      { at: '2026-03-02 10:00+00', outcome: 'handed_over', ms: 200, category: 'booking', rate: null },
      { at: '2026-02-28 10:00+00', outcome: 'answered', ms: 50, category: 'doors', rate: null },
    ]
    const ids: string[] = []
    for (const [index, given] of answers.entries()) {
      const { id } = await record(client, {
        question: `question ${index}`,
        outcome: given.outcome,
        sop,
        visitorId: uuid(1),
      })
      ids.push(id)
      if (given.rate) {
        await become(client, visitor(uuid(1)))
        await client.query(`select ${given.rate}($1)`, [id])
      }
      await becomeOwner(client)
      await client.query(
        'update responses set created_at = $2, latency_ms = $3, category = $4, cost = 0.5 where id = $1',
        [id, given.at, given.ms, given.category],
      )
      await client.query('update failed_responses set created_at = $2 where response_id = $1', [id, given.at])
    }
    await client.query(
      `update responses set site_id = (select id from sites where slug = 'north') where id = $1`,
      [ids[0]],
    )
    return { sop, ids }
  }
  const asAgent = (work: (client: pg.PoolClient, made: { sop: Sop; ids: string[] }) => Promise<void>) =>
    rolledBack(database.pool, admin, async (client) => {
      const made = await club(client)
      await become(client, agent)
      await work(client, made)
    })

  it('count answers by day and outcome, empty days as zero', () =>
    asAgent(async (client) => {
      expect(days(await rows(client, `select * from answers_by_day(${period})`))).toEqual([
        { day: '2026-03-01', outcome: 'answered', answers: '2' },
        { day: '2026-03-01', outcome: 'handed_over', answers: '0' },
        { day: '2026-03-02', outcome: 'answered', answers: '0' },
        { day: '2026-03-02', outcome: 'handed_over', answers: '1' },
        { day: '2026-03-03', outcome: 'answered', answers: '0' },
        { day: '2026-03-03', outcome: 'handed_over', answers: '0' },
      ])
    }))

  it('count by the days of the club, of one category, of one site', () =>
    asAgent(async (client) => {
      const answered = async (more: string) =>
        (
          await rows(
            client,
            `select answers from answers_by_day(${period}, ${more}) where outcome = 'answered' order by day`,
          )
        ).map((row) => Number(row.answers))
      // Half past eleven in the evening is another day in Berlin, and the period ends at one o'clock of a fourth.
      expect(await answered(`timezone => 'Europe/Berlin'`)).toEqual([1, 1, 0, 0])
      expect(await answered(`category => 'booking'`)).toEqual([0, 0, 0])
      expect(await answered(`site => 'north'`)).toEqual([1, 0, 0])
    }))

  it('leave drafts out', () =>
    asAgent(async (client, { ids }) => {
      await becomeOwner(client)
      await client.query(
        `update responses set outcome = 'drafted', visitor_id = null, feedback = null, feedback_by = null, feedback_at = null,
           ticket_id = (select min(id) from tickets) where id = $1`,
        [ids[0]],
      )
      await become(client, agent)
      expect(await one(client, `select answers, helpful_rate from insights_summary(${period})`)).toEqual({
        answers: '2',
        helpful_rate: 0,
      })
      expect(await one(client, `select sum(answers) as n from answers_by_hour(${period})`)).toEqual({
        n: '2',
      })
      expect(await rows(client, `select distinct outcome from answers_by_day(${period}) order by 1`)).toEqual(
        [{ outcome: 'answered' }, { outcome: 'handed_over' }],
      )
    }))

  it('give times, ratings, hours and failures', () =>
    asAgent(async (client) => {
      expect(days(await rows(client, `select * from response_times_by_day(${period})`))).toEqual([
        { day: '2026-03-01', answers: '2', p50_ms: 200, p95_ms: 290 },
        { day: '2026-03-02', answers: '1', p50_ms: 200, p95_ms: 200 },
        { day: '2026-03-03', answers: '0', p50_ms: null, p95_ms: null },
      ])
      expect(days(await rows(client, `select * from feedback_by_day(${period})`))).toEqual([
        { day: '2026-03-01', helpful: '1', unhelpful: '1', rate: 0.5 },
        { day: '2026-03-02', helpful: '0', unhelpful: '0', rate: null },
        { day: '2026-03-03', helpful: '0', unhelpful: '0', rate: null },
      ])
      const hours = await rows(client, `select * from answers_by_hour(${period})`)
      expect(hours).toHaveLength(24)
      expect(hours[10]).toEqual({ hour: 10, answers: '2', handed_over: '1' })
      expect(hours[23]).toEqual({ hour: 23, answers: '1', handed_over: '0' })
      const failures = `select day, failures from failures_by_day(${period}, %) where failures > 0`
      expect(await rows(client, failures.replace('%', `category => 'doors'`))).toHaveLength(1)
      expect(await rows(client, failures.replace('%', `category => 'booking'`))).toEqual([])
    }))

  it('name the SOPs that were used and that failed', () =>
    asAgent(async (client, { sop }) => {
      expect(await rows(client, `select * from most_used_sops(${period})`)).toEqual([
        {
          sop_id: sop.id,
          category: 'doors',
          section: 'codes',
          cited: '2',
          helpful: '1',
          unhelpful: '1',
          rate: 0.5,
        },
      ])
      expect(await rows(client, `select * from most_failed_sops(${period})`)).toEqual([
        {
          sop_id: sop.id,
          category: 'doors',
          section: 'codes',
          failures: '1',
          unresolved: '1',
          last_failed_at: new Date('2026-03-01T23:30:00Z'),
        },
      ])
      expect(await rows(client, `select * from most_used_sops(${period}, category => 'brand')`)).toEqual([])
    }))

  it('name the patterns of a period', () =>
    asAgent(async (client) => {
      await becomeOwner(client)
      await client.query('select * from app_private.cluster_failures(10)')
      await become(client, agent)
      const [pattern] = await rows(client, `select * from top_patterns(${period})`)
      expect(pattern).toMatchObject({ in_period: '1', size: 1, status: 'open' })
      expect(await rows(client, `select * from top_patterns('2026-01-01', '2026-02-01')`)).toEqual([])
    }))

  it('count proposals by week, empty weeks as zero', () =>
    asAgent(async (client, { sop }) => {
      const { id } = await one(
        client,
        `select id from propose_improvement('sop_edit', jsonb_build_object('sop_id', $1::integer, 'new_content', 'Other'))`,
        [sop.id],
      )
      await become(client, admin)
      await client.query(`select reject_improvement($1, 'Too short')`, [id])
      await becomeOwner(client)
      await client.query('set local session_replication_role = replica')
      await client.query(
        `update improvement_queue set created_at = '2026-03-03 12:00+00', rejected_at = '2026-03-03 15:00+00' where id = $1`,
        [id],
      )
      await client.query('set local session_replication_role = origin')
      await become(client, agent)
      const weeks = await rows(
        client,
        `select week::text, kind, proposed::int, rejected::int, pending::int, approval_rate, median_hours from approvals_by_week(${period})`,
      )
      expect(weeks).toEqual([
        {
          week: '2026-02-23',
          kind: 'sop_edit',
          proposed: 0,
          rejected: 0,
          pending: 0,
          approval_rate: null,
          median_hours: null,
        },
        {
          week: '2026-03-02',
          kind: 'sop_edit',
          proposed: 1,
          rejected: 1,
          pending: 0,
          approval_rate: 0,
          median_hours: 3,
        },
      ])
    }))

  it('sum a period up beside the one before it', () =>
    asAgent(async (client) => {
      expect(await one(client, `select * from insights_summary(${period})`)).toMatchObject({
        answers: '3',
        answered_rate: 2 / 3,
        helpful_rate: 0.5,
        handed_over: '1',
        failures: '1',
        p50_ms: 200,
        pending_proposals: '0',
        approved: '0',
        cost: '1.500000',
        prev_answers: '1',
        prev_answered_rate: 1,
        prev_helpful_rate: null,
        prev_failures: '0',
        prev_p50_ms: 50,
        prev_cost: '0.500000',
      })
    }))

  it('refuse a period that ends before it begins, one without end, unknown time zones and sites', () =>
    asAgent(async (client) => {
      const codeOf = async (call: string) => (await failure(client, `select * from ${call}`)).code
      expect(await codeOf(`answers_by_day('2026-03-02', '2026-03-01')`)).toBe('CO005')
      expect(await codeOf(`answers_by_day(null, '2026-03-01')`)).toBe('CO005')
      expect(await codeOf(`insights_summary('2026-03-01', '2026-03-01')`)).toBe('CO005')
      expect(await codeOf(`feedback_by_day('-infinity', '2026-03-01')`)).toBe('CO005')
      expect(await codeOf(`most_used_sops('1900-01-01', '2026-03-01')`)).toBe('CO006')
      expect(await codeOf(`response_times_by_day(${period}, timezone => 'Mars/Base')`)).toBe('CO005')
      expect(await codeOf(`top_patterns(${period}, site => 'nowhere')`)).toBe('CO404')
    }))

  it('are for staff', () =>
    rolledBack(database.pool, visitor(uuid(1)), async (client) => {
      expect((await failure(client, `select * from answers_by_day(${period})`)).code).toBe('42501')
      expect((await failure(client, `select insight_source('answers_by_day')`)).code).toBe('42501')
    }))

  it('show their SQL, and no other function’s', () =>
    rolledBack(database.pool, agent, async (client) => {
      const { source } = await one(client, `select insight_source('answers_by_day') as source`)
      expect(source).toMatch(/^CREATE OR REPLACE FUNCTION app_public.answers_by_day\(/)
      for (const name of ['ask', 'insight_source', 'identify_session', 'nothing'])
        expect((await failure(client, 'select insight_source($1)', [name])).code).toBe('CO404')
    }))
})
