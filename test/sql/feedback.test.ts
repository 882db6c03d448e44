import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import {
  agent,
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  sqlState,
  type TestDatabase,
  visitor,
} from '../support/database.ts'
import { becomeOwner, doorText, one, record, seeded, sopBy, uuid } from './fixtures.ts'

describe('feedback', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const helpful = 'select * from mark_helpful($1)'
  const unhelpful = 'select * from mark_unhelpful($1)'
  const knowledge = async (client: pg.PoolClient) => {
    const { rows } = await client.query(
      'select category, topic, question, answer, source, usage_count, success_count, success_rate, trust, sop_id from knowledge_base order by id',
    )
    return rows
  }
  const asReader = (client: pg.PoolClient) => become(client, agent)

  it('learns the question of a helpful answer, unreviewed, leading to its SOP', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { id } = await record(client, {
        question: 'the door code does nothing',
        visitorId: uuid(1),
        sop,
        text: 'Press the hash key. [1]',
      })
      await become(client, visitor(uuid(1)))
      // Who rated is not a customer's to read.
      expect(await one(client, helpful, [id])).toMatchObject({ feedback: 'helpful', feedback_by: null })
      await asReader(client)
      expect(await one(client, 'select feedback_by from app_public.responses where id = $1', [id])).toEqual({
        feedback_by: `visitor:${uuid(1)}`,
      })
      expect(await knowledge(client)).toEqual([
        {
          category: 'doors',
          topic: 'codes',
          question: 'the door code does nothing',
          answer: 'Press the hash key.',
          source: 'learned',
          usage_count: 1,
          success_count: 1,
          success_rate: 1,
          trust: 0,
          sop_id: sop.id,
        },
      ])
      expect((await client.query('select from failed_responses')).rowCount).toBe(0)
    }))

  it('counts once per response however often it is said', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { id } = await record(client, { question: 'door?', visitorId: uuid(1), sop })
      await become(client, visitor(uuid(1)))
      const first = await one(client, helpful, [id])
      for (let i = 0; i < 3; i++) expect(await one(client, helpful, [id])).toEqual(first)
      await asReader(client)
      expect(await knowledge(client)).toMatchObject([{ usage_count: 1, success_count: 1, success_rate: 1 }])
    }))

  it('takes back what was learned from a changed mind', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { id } = await record(client, { question: 'door?', visitorId: uuid(1), sop })
      for (let i = 0; i < 3; i++) {
        await become(client, visitor(uuid(1)))
        await client.query(helpful, [id])
        await asReader(client)
        expect(await knowledge(client)).toHaveLength(1)
        expect((await client.query('select from failed_responses where withdrawn_at is null')).rowCount).toBe(
          0,
        )
        await become(client, visitor(uuid(1)))
        await client.query(unhelpful, [id])
        await asReader(client)
        expect(await knowledge(client)).toEqual([])
        expect((await client.query('select from failed_responses where withdrawn_at is null')).rowCount).toBe(
          1,
        )
      }
    }))

  it('files a failed answer with its question, type and correction, once', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { id } = await record(client, { question: 'door?', visitorId: uuid(1), sop })
      await become(client, visitor(uuid(1)))
      await client.query(`select mark_unhelpful($1, 'wrong', 'It is the star key')`, [id])
      await client.query(`select mark_unhelpful($1, 'wrong', 'It is the star key')`, [id])
      await asReader(client)
      expect(
        await one(
          client,
          'select query, response, assistant_id, confidence_score, feedback_type, user_correction, analyzed, response_id, reporter, expected_sop_id, withdrawn_at from failed_responses',
        ),
      ).toEqual({
        query: 'door?',
        response: 'The answer to: door? [1]',
        assistant_id: 'local-extractive',
        confidence_score: 0.9,
        feedback_type: 'wrong',
        user_correction: 'It is the star key',
        analyzed: false,
        response_id: id,
        reporter: `visitor:${uuid(1)}`,
        expected_sop_id: null,
        withdrawn_at: null,
      })
      expect((await one(client, 'select feedback from responses')).feedback).toBe('unhelpful')
    }))

  it('takes a later correction, and analyses the failure again for it', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { id } = await record(client, { question: 'door?', visitorId: uuid(1), sop })
      await become(client, visitor(uuid(1)))
      await client.query(unhelpful, [id])
      await becomeOwner(client)
      await client.query('update failed_responses set analyzed = true')
      await become(client, visitor(uuid(1)))
      await client.query(`select mark_unhelpful($1, 'incomplete', 'Also wait for the light')`, [id])
      await asReader(client)
      expect(
        await one(client, 'select feedback_type, user_correction, analyzed from failed_responses'),
      ).toEqual({ feedback_type: 'incomplete', user_correction: 'Also wait for the light', analyzed: false })
    }))

  it('withdraws an analysed failure when its reporter changes their mind, and files it again when they change it back', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { id } = await record(client, { question: 'door?', visitorId: uuid(1), sop })
      await become(client, visitor(uuid(1)))
      await client.query(unhelpful, [id])
      await becomeOwner(client)
      await client.query('update failed_responses set analyzed = true')
      await become(client, visitor(uuid(1)))
      await client.query(helpful, [id])
      await asReader(client)
      expect((await one(client, 'select withdrawn_at from failed_responses')).withdrawn_at).not.toBeNull()
      await become(client, visitor(uuid(1)))
      await client.query(unhelpful, [id])
      await asReader(client)
      expect(await one(client, 'select withdrawn_at, analyzed from failed_responses')).toEqual({
        withdrawn_at: null,
        analyzed: false,
      })
    }))

  it('keeps usage_count and success_rate true through 200 changes of mind', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const random = seeded(7)
      const pick = <T>(list: T[]): T => list[Math.floor(random() * list.length)]!
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const entry = await one(
        client,
        `select id, category, topic from save_knowledge('prices', 'bays', 'how much is a bay', 'Ask at the desk.')`,
      )
      // Three questions to the SOP, asked by four visitors each; one answered from the entry by hand.
      const responses: { id: string; visitor: string; teaches: string | null; cites: boolean }[] = []
      for (let v = 1; v <= 4; v++) {
        for (const question of ['door one', 'door two', 'door three'])
          responses.push({
            id: (await record(client, { question, visitorId: uuid(v), sop })).id,
            visitor: uuid(v),
            teaches: question,
            cites: false,
          })
        responses.push({
          id: (await record(client, { question: `price ${v}`, visitorId: uuid(v), knowledge: entry })).id,
          visitor: uuid(v),
          teaches: `price ${v}`,
          cites: true,
        })
      }
      const state = new Map<string, 'helpful' | 'unhelpful'>()
      for (let step = 0; step < 200; step++) {
        const response = pick(responses)
        const mark = random() < 0.55 ? 'helpful' : 'unhelpful'
        await become(client, visitor(response.visitor))
        await client.query(mark === 'helpful' ? helpful : unhelpful, [response.id])
        state.set(response.id, mark)
        await becomeOwner(client)
        const rows = await knowledge(client)
        const expected = new Map<string, { usage: number; good: number }>([
          ['how much is a bay', { usage: 0, good: 0 }],
        ])
        for (const rated of responses) {
          const mind = state.get(rated.id)
          if (mind === 'helpful') {
            const learned = expected.get(rated.teaches!) ?? { usage: 0, good: 0 }
            expected.set(rated.teaches!, { usage: learned.usage + 1, good: learned.good + 1 })
          }
          if (mind && rated.cites) {
            const cited = expected.get('how much is a bay')!
            cited.usage++
            if (mind === 'helpful') cited.good++
          }
        }
        const told = (list: { question: string; usage: number; good: number }[]) =>
          list.sort((a, b) => (a.question < b.question ? -1 : 1))
        expect(
          told(
            rows.map((row) => ({ question: row.question, usage: row.usage_count, good: row.success_count })),
          ),
        ).toEqual(told([...expected].map(([question, counts]) => ({ question, ...counts }))))
        for (const row of rows) {
          if (row.usage_count === 0) expect(row.success_rate).toBeNull()
          else expect(row.success_rate).toBeCloseTo(row.success_count / row.usage_count, 12)
        }
        const { rows: failures } = await client.query(
          'select response_id from failed_responses where withdrawn_at is null',
        )
        expect(new Set(failures.map((row) => row.response_id))).toEqual(
          new Set([...state].filter(([, mind]) => mind === 'unhelpful').map(([id]) => id)),
        )
      }
    }))

  it('confirms what enough different visitors find helpful, and no sooner', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const trustAfter = async (visitorId: string) => {
        const { id } = await record(client, { question: 'door?', visitorId, sop })
        await become(client, visitor(visitorId))
        await client.query(helpful, [id])
        await asReader(client)
        return { id, trust: (await knowledge(client))[0].trust }
      }
      expect((await trustAfter(uuid(1))).trust).toBe(0)
      expect((await trustAfter(uuid(1))).trust).toBe(0)
      expect((await trustAfter(uuid(1))).trust).toBe(0)
      expect((await trustAfter(uuid(2))).trust).toBe(0)
      const last = await trustAfter(uuid(3))
      expect(last.trust).toBe(1)
      await becomeOwner(client)
      expect(
        await one(client, `select trust from app_private.search_units where kind = 'knowledge'`),
      ).toEqual({ trust: 1 })
      await become(client, visitor(uuid(3)))
      await client.query(unhelpful, [last.id])
      await asReader(client)
      expect((await knowledge(client))[0].trust).toBe(0)
    }))

  it('confirms at once what staff find helpful', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { id } = await record(client, { question: 'door?', visitorId: uuid(1), sop })
      await become(client, agent)
      expect((await one(client, helpful, [id])).feedback_by).toBe('ann')
      expect(await knowledge(client)).toMatchObject([{ trust: 2 }])
    }))

  it("does not let a visitor rate another's answer, nor see that it is there", () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { id } = await record(client, { question: 'door?', visitorId: uuid(1), sop })
      await become(client, visitor(uuid(2)))
      expect(await sqlState(client, helpful, [id])).toBe('CO404')
      expect(await sqlState(client, unhelpful, [id])).toBe('CO404')
      expect(await sqlState(client, helpful, [-1])).toBe('CO404')
    }))

  it('does not let a customer without a visitor id rate anything', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const owned = await record(client, { question: 'door?', visitorId: uuid(1), sop })
      const ownerless = await record(client, { question: 'door!', sop })
      await become(client, { role: 'anonymous' })
      expect([
        await sqlState(client, helpful, [owned.id]),
        await sqlState(client, helpful, [ownerless.id]),
      ]).toEqual(['CO404', 'CO404'])
      await become(client, visitor(uuid(2)))
      expect(await sqlState(client, helpful, [ownerless.id])).toBe('CO404')
    }))

  it('takes what should have answered from staff only', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { id } = await record(client, { question: 'door?', visitorId: uuid(1), sop })
      const expecting = 'select mark_unhelpful($1, expected_sop_id => $2)'
      await become(client, visitor(uuid(1)))
      expect(await sqlState(client, expecting, [id, sop.id])).toBe('CO403')
      expect(
        await sqlState(
          client,
          `select mark_unhelpful($1, expected_category => 'doors', expected_topic => 'codes')`,
          [id],
        ),
      ).toBe('CO403')
      await become(client, agent)
      expect(await sqlState(client, expecting, [id, -1])).toBe('CO404')
      await client.query(expecting, [id, sop.id])
      expect(await one(client, 'select expected_sop_id, reporter from failed_responses')).toEqual({
        expected_sop_id: sop.id,
        reporter: 'ann',
      })
    }))

  it('refuses an unknown type and an endless correction', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { id } = await record(client, { question: 'door?', visitorId: uuid(1), sop })
      await become(client, visitor(uuid(1)))
      expect(await sqlState(client, `select mark_unhelpful($1, 'boring')`, [id])).toBe('CO005')
      expect(await sqlState(client, 'select mark_unhelpful($1, null)', [id])).toBe('CO005')
      expect(await sqlState(client, `select mark_unhelpful($1, 'wrong', $2)`, [id, 'x'.repeat(10_001)])).toBe(
        'CO006',
      )
      expect(
        await sqlState(client, `select mark_unhelpful($1, 'wrong', $2)`, [id, '💥'.repeat(10_000)]),
      ).toBe('none')
    }))

  it('learns nothing from an answer that was none', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { id } = await record(client, {
        question: 'what is love',
        visitorId: uuid(1),
        outcome: 'handed_over',
      })
      await become(client, visitor(uuid(1)))
      await client.query(helpful, [id])
      await asReader(client)
      expect(await knowledge(client)).toEqual([])
      await become(client, visitor(uuid(1)))
      await client.query(unhelpful, [id])
      await asReader(client)
      expect((await client.query('select from failed_responses')).rowCount).toBe(1)
    }))

  it('masks personal data in what it learns', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { id } = await record(client, {
        question: 'my pin is 4711, mail me at joe@example.com or call 555-123-4567',
        visitorId: uuid(1),
        sop,
      })
      await become(client, visitor(uuid(1)))
      await client.query(helpful, [id])
      await asReader(client)
      expect((await knowledge(client))[0].question).toBe(
        'my pin is [code], mail me at [email] or call [phone]',
      )
    }))

  it.each([
    ['a long story', 'why '.repeat(2000)],
    ['wide characters', '💥'.repeat(3000)],
    ['much white space before the words', `${' '.repeat(600)}door?`],
    ['line ends before the words', `\n\n\t  door?`],
    ['nothing but digits', '4'.repeat(600)],
  ])('learns from %s', (_name, question) =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { id } = await record(client, { question, visitorId: uuid(1), sop })
      await become(client, visitor(uuid(1)))
      expect(await sqlState(client, helpful, [id])).toBe('none')
    }),
  )

  it('leaves an entry that a person wrote with source learned where it is', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      // The seed's own upsert writes such entries.
      const entry = await one(
        client,
        `insert into knowledge_base (category, topic, question, answer, source) values ('prices', 'bays', 'how much', 'Ask.', 'learned') returning id, category, topic`,
      )
      const { id } = await record(client, { question: 'price?', visitorId: uuid(1), knowledge: entry })
      await become(client, visitor(uuid(1)))
      await client.query(unhelpful, [id])
      await client.query(helpful, [id])
      await asReader(client)
      expect((await knowledge(client)).map((row) => row.question).sort()).toEqual(['how much', 'price?'])
    }))

  it('updates an entry that staff wrote without lowering its trust or touching its words', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      await client.query(`select save_knowledge('doors', 'codes', 'door?', 'By hand.')`)
      const { id } = await record(client, {
        question: 'door?',
        visitorId: uuid(1),
        sop,
        text: 'By the assistant. [1]',
      })
      await become(client, visitor(uuid(1)))
      await client.query(helpful, [id])
      await asReader(client)
      expect(await knowledge(client)).toMatchObject([
        { answer: 'By hand.', source: 'manual_entry', trust: 3, usage_count: 1, success_rate: 1 },
      ])
      await become(client, visitor(uuid(1)))
      await client.query(unhelpful, [id])
      await asReader(client)
      expect(await knowledge(client)).toMatchObject([
        { answer: 'By hand.', usage_count: 0, success_rate: null },
      ])
    }))

  it('puts no row into the audit log for counters', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const first = await record(client, { question: 'door?', visitorId: uuid(1), sop })
      const second = await record(client, { question: 'door?', visitorId: uuid(2), sop })
      await become(client, visitor(uuid(1)))
      await client.query(helpful, [first.id])
      await becomeOwner(client)
      const before = await one(client, 'select count(*) as n from audit_log')
      await become(client, visitor(uuid(2)))
      await client.query(helpful, [second.id])
      await becomeOwner(client)
      expect(await one(client, 'select count(*) as n from audit_log')).toEqual(before)
    }))
})
