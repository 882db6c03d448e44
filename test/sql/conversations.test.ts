import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import {
  admin,
  agent,
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  sqlState,
  type TestDatabase,
  visitor,
  worker,
} from '../support/database.ts'
import { becomeOwner, doorText, failure, one, record, sopBy, uuid } from './fixtures.ts'

const bea = { role: 'agent' as const, actor: 'bea' }
const customer = visitor(uuid(1))

interface Ticket {
  id: number
  conversation: string
  status: string
  assignee: string | null
}

describe('conversations', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const begin = async (client: pg.PoolClient): Promise<Ticket> => {
    await become(client, customer)
    // The ticket's columns that are for staff are read as staff.
    const { conversation } = await one(client, 'select conversation from start_conversation()')
    await become(client, agent)
    return one<Ticket>(client, 'select * from tickets where conversation = $1', [conversation])
  }
  const begunAnswer = async (client: pg.PoolClient, query: string, conversation: string) => {
    await become(client, { ...worker, visitorId: uuid(1) })
    return (
      await one(client, 'select app_hidden.begin_answer($1, null, null, null, $2) as draft', [
        query,
        conversation,
      ])
    ).draft
  }
  const talk = async (client: pg.PoolClient, ticket: Ticket) =>
    (
      await client.query('select author_kind, author, body from messages where ticket_id = $1 order by id', [
        ticket.id,
      ])
    ).rows
  const status = (client: pg.PoolClient, ticket: Ticket) =>
    one(client, 'select status, assignee from tickets where id = $1', [ticket.id])

  it('write down who said what', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const ticket = await begin(client)
      await begunAnswer(client, 'the door?', ticket.conversation)
      await record(client, {
        question: 'the door?',
        visitorId: uuid(1),
        sop,
        conversation: ticket.conversation,
        text: 'Press hash.',
      })
      await become(client, agent)
      await client.query(`select reply($1, 'I am on it')`, [ticket.id])
      await client.query('select hand_back($1)', [ticket.id])
      expect(await talk(client, ticket)).toEqual([
        { author_kind: 'customer', author: null, body: 'the door?' },
        { author_kind: 'assistant', author: 'local-extractive', body: 'Press hash.' },
        { author_kind: 'system', author: 'ann', body: 'ann took over' },
        { author_kind: 'staff', author: 'ann', body: 'I am on it' },
        { author_kind: 'system', author: 'ann', body: 'ann handed back to the assistant' },
      ])
      expect(await one(client, 'select subject, status from tickets')).toEqual({
        subject: 'the door?',
        status: 'open',
      })
    }))

  it('withhold an answer that is on its way when a person takes over, until they hand back', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const ticket = await begin(client)
      await begunAnswer(client, 'the door?', ticket.conversation)
      await become(client, agent)
      await client.query('select take_over($1)', [ticket.id])
      const given = { question: 'the door?', visitorId: uuid(1), sop, conversation: ticket.conversation }
      const response = await record(client, given)
      expect(response).toMatchObject({ outcome: 'withheld', reason: 'ann has the conversation' })
      await become(client, agent)
      expect((await talk(client, ticket)).filter((message) => message.author_kind === 'assistant')).toEqual(
        [],
      )
      expect(await status(client, ticket)).toEqual({ status: 'taken', assignee: 'ann' })
      await client.query('select hand_back($1)', [ticket.id])
      expect((await record(client, given)).outcome).toBe('answered')
      await become(client, agent)
      expect(await status(client, ticket)).toEqual({ status: 'open', assignee: null })
    }))

  it.each(['handed_over', 'emergency', 'paused'])('withhold also what would be %s', (outcome) =>
    rolledBack(database.pool, reviewer, async (client) => {
      const ticket = await begin(client)
      await client.query('select take_over($1)', [ticket.id])
      expect(
        (
          await record(client, {
            question: 'the door?',
            visitorId: uuid(1),
            conversation: ticket.conversation,
            outcome,
          })
        ).outcome,
      ).toBe('withheld')
      await become(client, agent)
      expect(await status(client, ticket)).toEqual({ status: 'taken', assignee: 'ann' })
    }),
  )

  it.each(['answered', 'handed_over', 'emergency'])(
    'do not break, nor speak, when a person has answered and resolved meanwhile (%s)',
    (outcome) =>
      rolledBack(database.pool, reviewer, async (client) => {
        const ticket = await begin(client)
        await begunAnswer(client, 'the door?', ticket.conversation)
        await become(client, agent)
        await client.query(`select reply($1, 'I opened it for you')`, [ticket.id])
        await client.query('select resolve_ticket($1)', [ticket.id])
        const response = await record(client, {
          question: 'the door?',
          visitorId: uuid(1),
          conversation: ticket.conversation,
          outcome,
        })
        expect(response.outcome).toBe('withheld')
        await become(client, agent)
        expect((await talk(client, ticket)).filter((message) => message.author_kind === 'assistant')).toEqual(
          [],
        )
        expect((await status(client, ticket)).status).toBe('resolved')
      }),
  )

  it('let the assistant speak again when the time of a take-over is past', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const ticket = await begin(client)
      await client.query('select take_over($1)', [ticket.id])
      await becomeOwner(client)
      await client.query(
        `update tickets set silent_until = clock_timestamp() - interval '1 second' where id = $1`,
        [ticket.id],
      )
      expect(
        (
          await record(client, {
            question: 'the door?',
            visitorId: uuid(1),
            conversation: ticket.conversation,
          })
        ).outcome,
      ).toBe('answered')
      await become(client, agent)
      expect(await status(client, ticket)).toEqual({ status: 'open', assignee: null })
    }))

  it('belong to one person at a time', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const ticket = await begin(client)
      await client.query('select take_over($1)', [ticket.id])
      await client.query('select take_over($1)', [ticket.id])
      await become(client, bea)
      const refused = await failure(client, 'select take_over($1)', [ticket.id])
      expect(refused.code).toBe('CO104')
      expect(refused.message).toContain('ann')
      expect(await sqlState(client, `select reply($1, 'Me first')`, [ticket.id])).toBe('CO104')
      await becomeOwner(client)
      await client.query(
        `update tickets set silent_until = clock_timestamp() - interval '1 second' where id = $1`,
        [ticket.id],
      )
      await become(client, bea)
      expect(await sqlState(client, 'select take_over($1)', [ticket.id])).toBe('none')
    }))

  it('are taken over by whoever replies', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const ticket = await begin(client)
      await client.query(`select reply($1, 'Hello')`, [ticket.id])
      expect(await status(client, ticket)).toEqual({ status: 'taken', assignee: 'ann' })
      expect((await talk(client, ticket)).map((message) => message.author_kind)).toEqual(['system', 'staff'])
      for (const [body, code] of [
        ['', 'CO005'],
        ['  ', 'CO005'],
        [null, 'CO005'],
        ['x'.repeat(65_537), 'CO006'],
      ])
        expect(await sqlState(client, 'select reply($1, $2)', [ticket.id, body])).toBe(code)
    }))

  it('are begun anew by a customer who writes after they were resolved', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const ticket = await begin(client)
      await client.query(`select resolve_ticket($1, 'Opened the door')`, [ticket.id])
      expect(await one(client, 'select status, resolution, resolved_by from tickets')).toEqual({
        status: 'resolved',
        resolution: 'Opened the door',
        resolved_by: 'ann',
      })
      await client.query('select resolve_ticket($1)', [ticket.id])
      await begunAnswer(client, 'it is shut again', ticket.conversation)
      await become(client, agent)
      expect(await one(client, 'select status, resolution, resolved_by, resolved_at from tickets')).toEqual({
        status: 'open',
        resolution: null,
        resolved_by: null,
        resolved_at: null,
      })
    }))

  it('can be taken over after they were resolved', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const ticket = await begin(client)
      await client.query('select resolve_ticket($1)', [ticket.id])
      await client.query('select take_over($1)', [ticket.id])
      expect(await status(client, ticket)).toEqual({ status: 'taken', assignee: 'ann' })
    }))

  it('feed learning with the correction of who resolves them', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const ticket = await begin(client)
      await record(client, {
        question: 'the gizmo?',
        visitorId: uuid(1),
        sop,
        conversation: ticket.conversation,
      })
      await become(client, agent)
      await client.query(`select resolve_ticket($1, 'Told them', 'It is the star key', $2)`, [
        ticket.id,
        sop.id,
      ])
      expect(
        await one(
          client,
          'select query, feedback_type, user_correction, expected_sop_id, reporter from failed_responses',
        ),
      ).toEqual({
        query: 'the gizmo?',
        feedback_type: 'wrong',
        user_correction: 'It is the star key',
        expected_sop_id: sop.id,
        reporter: 'ann',
      })
      expect(await status(client, ticket)).toMatchObject({ status: 'resolved' })
    }))

  it('call what was handed over incomplete rather than wrong', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const response = await record(client, {
        question: 'the gizmo?',
        visitorId: uuid(1),
        outcome: 'handed_over',
      })
      await become(client, agent)
      await client.query(`select resolve_ticket($1, correction => 'It is the star key')`, [
        response.ticket_id,
      ])
      expect(await one(client, 'select feedback_type from failed_responses')).toEqual({
        feedback_type: 'incomplete',
      })
    }))

  it('refuse a correction where nothing was answered', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const ticket = await begin(client)
      expect(await sqlState(client, `select resolve_ticket($1, correction => 'Star')`, [ticket.id])).toBe(
        'CO005',
      )
      expect(await sqlState(client, 'select resolve_ticket(-1)')).toBe('CO404')
    }))

  it('open a waiting ticket with a summary for what the assistant hands over, an urgent one for an emergency', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const handed = await record(client, {
        question: 'what is love',
        visitorId: uuid(1),
        outcome: 'handed_over',
      })
      const urgent = await record(client, { question: 'fire!', visitorId: uuid(1), outcome: 'emergency' })
      await become(client, agent)
      const ticket = await one(
        client,
        'select status, priority, subject, summary from tickets where id = $1',
        [handed.ticket_id],
      )
      expect(ticket).toMatchObject({ status: 'waiting', priority: 'normal', subject: 'what is love' })
      expect(ticket.summary).toContain('Asked: what is love')
      expect(
        await one(client, 'select status, priority from tickets where id = $1', [urgent.ticket_id]),
      ).toEqual({ status: 'waiting', priority: 'urgent' })
    }))

  it('are each seen by their own customer alone, without what staff note', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const ticket = await begin(client)
      await record(client, {
        question: 'the door?',
        visitorId: uuid(1),
        sop,
        conversation: ticket.conversation,
      })
      await record(client, { question: 'other?', visitorId: uuid(2), sop })
      await become(client, agent)
      await client.query(`select reply($1, 'Hello')`, [ticket.id])
      await become(client, customer)
      expect(
        (await client.query('select author_kind, body from messages order by id')).rows.map(
          (message) => message.author_kind,
        ),
      ).toEqual(['assistant', 'staff'])
      expect((await client.query('select question from responses')).rows).toEqual([{ question: 'the door?' }])
      expect((await client.query('select cited from response_sources')).rowCount).toBe(1)
      expect((await client.query('select id from tickets')).rowCount).toBe(1)
      for (const hidden of [
        'select assignee from tickets',
        'select summary from tickets',
        'select author from messages',
        'select * from sops',
        'select * from knowledge_base',
        'select * from failed_responses',
        'select * from audit_log',
        'select * from users',
        'select * from app_private.search_units',
      ])
        expect([hidden, await sqlState(client, hidden)]).toEqual([hidden, '42501'])
      for (const other of [visitor(uuid(2)), { role: 'anonymous' as const }]) {
        await become(client, other)
        expect((await client.query('select id from messages')).rowCount).toBe(0)
        expect((await client.query('select id from tickets')).rowCount).toBe(0)
      }
    }))

  it('are not continued by another customer, nor by one without a name', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const ticket = await begin(client)
      await become(client, { ...worker, visitorId: uuid(2) })
      expect(
        await sqlState(client, `select app_hidden.begin_answer('mine?', null, null, null, $1)`, [
          ticket.conversation,
        ]),
      ).toBe('CO404')
      expect(
        await sqlState(
          client,
          `select record_response('mine?', 'x', 'answered', 'local-extractive', conversation => $1)`,
          [ticket.conversation],
        ),
      ).toBe('CO404')
      expect(
        await sqlState(
          client,
          `select record_response('mine?', 'x', 'answered', 'local-extractive', conversation => $1)`,
          [uuid(99)],
        ),
      ).toBe('CO404')
    }))

  it('have nothing for customers to do that is for staff', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const ticket = await begin(client)
      await become(client, customer)
      for (const statement of [
        'select take_over($1)',
        'select hand_back($1)',
        `select reply($1, 'x')`,
        'select resolve_ticket($1)',
      ])
        expect([statement, await sqlState(client, statement, [ticket.id])]).toEqual([statement, '42501'])
      for (const statement of [
        `select set_assistant_enabled(false, 'x')`,
        `select record_response('q', 't', 'answered', 'local-extractive')`,
        `select ask('q')`,
        `insert into messages (ticket_id, author_kind, body) values (1, 'staff', 'x')`,
        `update tickets set status = 'resolved'`,
      ])
        expect([statement, await sqlState(client, statement)]).toEqual([statement, '42501'])
    }))

  it('do not let their messages be changed', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const ticket = await begin(client)
      await client.query(`select reply($1, 'Hello')`, [ticket.id])
      await becomeOwner(client)
      for (const statement of [`update messages set body = 'x'`, 'delete from messages', 'truncate messages'])
        expect([statement, await sqlState(client, statement)]).toEqual([statement, 'CO105'])
    }))
})

describe('the kill switch', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const pull = `select assistant_enabled from set_assistant_enabled(false, 'It talks nonsense')`

  it('stops answers, also one on its way, and leaves the question to a person', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText, agent)
      expect(await one(client, pull)).toEqual({ assistant_enabled: false })
      const response = await record(client, {
        question: 'the door?',
        visitorId: uuid(1),
        sop,
        text: 'NONSENSE',
      })
      expect(response).toMatchObject({ outcome: 'paused' })
      await become(client, agent)
      expect((await client.query(`select author_kind, body from messages order by id`)).rows).toEqual([
        { author_kind: 'customer', body: 'the door?' },
        { author_kind: 'assistant', body: 'A member of our team will answer you here as soon as possible.' },
      ])
      expect(await one(client, 'select status from tickets')).toEqual({ status: 'waiting' })
      await become(client, { ...worker, visitorId: uuid(1) })
      expect(await one(client, `select outcome from ask('press hash key door code')`)).toEqual({
        outcome: 'paused',
      })
    }))

  it('still answers an emergency with its fixed text', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await sopBy(
        client,
        'emergency',
        'fire',
        '# Fire\n\n## What to say\n\nLeave now and call the fire brigade.\n',
        agent,
      )
      await one(client, pull)
      await become(client, { ...worker, visitorId: uuid(1) })
      expect(await one(client, `select outcome, text from ask('the screen is on fire')`)).toEqual({
        outcome: 'emergency',
        text: 'Leave now and call the fire brigade.',
      })
    }))

  it('wants a name and a reason, keeps them, and is not for customers', () =>
    rolledBack(database.pool, agent, async (client) => {
      expect(await sqlState(client, `select set_assistant_enabled(false, ' ')`)).toBe('CO002')
      await one(client, pull)
      await become(client, { role: 'agent' })
      expect(await sqlState(client, pull)).toBe('CO001')
      await become(client, customer)
      expect(await sqlState(client, pull)).toBe('42501')
      await become(client, admin)
      expect(
        await one(
          client,
          `select actor, reason, new ->> 'assistant_enabled' as enabled from audit_log where table_name = 'club_settings' and operation = 'update'`,
        ),
      ).toEqual({ actor: 'ann', reason: 'It talks nonsense', enabled: 'false' })
      expect(await sqlState(client, 'update club_settings set assistant_enabled = true')).toBe('42501')
    }))
})
