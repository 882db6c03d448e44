/** Editing, retiring, merging knowledge, and finding what is there twice. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import {
  admin,
  agent,
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  type TestDatabase,
  visitor,
  worker,
} from '../support/database.ts'
import { axis, becomeOwner, failure, one, record, uuid } from './fixtures.ts'

interface Entry {
  id: number
  category: string
  topic: string
  question: string
  answer: string
  trust: number
  usage_count: number
  success_count: number
  success_rate: number | null
  updated_at: Date
  valid_to: Date | null
  source: string
}

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

const save = (client: pg.PoolClient, topic: string, question: string, answer: string, site?: string) =>
  one<Entry>(client, `select * from save_knowledge('house', $1, $2, $3, 'Written for a test', $4)`, [
    topic,
    question,
    answer,
    site ?? null,
  ])
const embed = async (client: pg.PoolClient, question: string, vector: string) => {
  await becomeOwner(client)
  await client.query(
    'select app_private.store_vectors(array[$1], array[$2]::vector[], (select embedding_model from club_settings))',
    [question, vector],
  )
  await become(client, reviewer)
}
const found = async (client: pg.PoolClient, query: string) =>
  (await client.query('select knowledge_id, snippet, matched from search_knowledge($1)', [query])).rows
const asReviewer = (work: (client: pg.PoolClient) => Promise<void>) =>
  rolledBack(database.pool, reviewer, work)

describe('edit_knowledge', () => {
  it('changes an entry, its question too, and is found by the new one', () =>
    asReviewer(async (client) => {
      const { id, updated_at } = await save(client, 'dogs', 'May I bring my spaniel?', 'No.')
      const edited = await one<Entry>(
        client,
        `select * from edit_knowledge($1, 'Are poodles welcome?', 'Assistance dogs only.', 'Clearer', expected_updated_at => $2)`,
        [id, updated_at],
      )
      expect(edited).toMatchObject({
        id,
        question: 'Are poodles welcome?',
        answer: 'Assistance dogs only.',
        trust: 3,
      })
      expect((await found(client, 'poodles'))[0]).toMatchObject({
        knowledge_id: id,
        snippet: 'Assistance dogs only.',
      })
      expect(await found(client, 'spaniel')).toEqual([])
      await becomeOwner(client)
      expect(
        await one(
          client,
          `select actor, reason from audit_log where table_name = 'knowledge_base' and operation = 'update' and row_id = $1`,
          [String(id)],
        ),
      ).toEqual({ actor: 'rita', reason: 'Clearer' })
    }))

  it('is refused over a later change, without reason, to a question that another entry asks', () =>
    asReviewer(async (client) => {
      const first = await save(client, 'dogs', 'May I bring my dog?', 'No.')
      await save(client, 'dogs', 'Are dogs welcome?', 'No.')
      const edit = (question: string, reason: string | null, expected: Date | null) =>
        failure(client, `select edit_knowledge($1, $2, 'Yes.', $3, expected_updated_at => $4)`, [
          first.id,
          question,
          reason,
          expected,
        ])
      const early = new Date(first.updated_at.getTime() - 60_000)
      expect((await edit('Other?', 'Because', early)).code).toBe('CO120')
      expect((await edit('Other?', '', null)).code).toBe('CO002')
      expect((await edit(' ', 'Because', null)).code).toBe('CO005')
      expect((await edit('Are dogs welcome?', 'Because', null)).code).toBe('CO409')
      expect((await edit('Other?', 'Because', first.updated_at)).code).toBe('none')
    }))

  it('makes a learned entry staff’s own: a changed mind does not take it back', () =>
    rolledBack(database.pool, visitor(uuid(1)), async (client) => {
      await become(client, reviewer)
      const rule = await save(client, 'dogs', 'Dogs?', 'No.')
      const answer = await record(client, {
        question: 'hounds allowed?',
        visitorId: uuid(1),
        knowledge: rule,
      })
      await become(client, visitor(uuid(1)))
      await client.query('select mark_helpful($1)', [answer.id])
      await become(client, reviewer)
      const learned = await one<Entry>(
        client,
        `select * from knowledge_base where question = 'hounds allowed?'`,
      )
      await client.query(
        `select edit_knowledge($1, 'Hounds allowed?', 'Assistance hounds only.', 'Clearer')`,
        [learned.id],
      )
      await become(client, visitor(uuid(1)))
      await client.query('select mark_unhelpful($1)', [answer.id])
      await become(client, reviewer)
      expect(
        await one(client, 'select answer, trust, source from knowledge_base where id = $1', [learned.id]),
      ).toEqual({
        answer: 'Assistance hounds only.',
        trust: 3,
        source: 'manual_entry',
      })
    }))

  it('is for reviewers', () =>
    rolledBack(database.pool, agent, async (client) => {
      expect((await failure(client, `select edit_knowledge(1, 'q', 'a', 'r')`)).code).toBe('42501')
    }))
})

describe('retire_knowledge and restore_knowledge', () => {
  it('take an entry out of use at once, and back', () =>
    asReviewer(async (client) => {
      const { id } = await save(client, 'sauna', 'When does the sauna open?', 'At nine.')
      expect((await found(client, 'sauna'))[0]?.knowledge_id).toBe(id)
      const retired = await one<Entry>(client, `select * from retire_knowledge($1, 'No sauna any more')`, [
        id,
      ])
      expect(await found(client, 'sauna')).toEqual([])
      const again = await one<Entry>(client, `select * from retire_knowledge($1, 'Twice')`, [id])
      expect(again.valid_to).toEqual(retired.valid_to)
      await client.query(`select restore_knowledge($1, 'It is back')`, [id])
      expect((await found(client, 'sauna'))[0]?.knowledge_id).toBe(id)
      await becomeOwner(client)
      const { rows } = await client.query(
        `select reason from audit_log where table_name = 'knowledge_base' and row_id = $1 and operation = 'update' order by id`,
        [String(id)],
      )
      expect(rows.map((row) => row.reason)).toEqual(['No sauna any more', 'It is back'])
    }))

  it('retire one that has not begun yet', () =>
    asReviewer(async (client) => {
      const { id } = await one<Entry>(
        client,
        `select * from save_knowledge('house', 'gym', 'Gym?', 'Soon.', 'r', valid_from => now() + interval '1 day')`,
      )
      expect((await failure(client, `select retire_knowledge($1, 'Cancelled')`, [id])).code).toBe('none')
    }))

  it('need a reason, an entry and a reviewer', () =>
    asReviewer(async (client) => {
      for (const name of ['retire_knowledge', 'restore_knowledge']) {
        expect((await failure(client, `select ${name}(1, '')`)).code).toBe('CO002')
        expect((await failure(client, `select ${name}(999999, 'r')`)).code).toBe('CO404')
        await become(client, agent)
        expect((await failure(client, `select ${name}(1, 'r')`)).code).toBe('42501')
        await become(client, reviewer)
      }
    }))
})

describe('merge_knowledge', () => {
  const merge = (client: pg.PoolClient, keep: number, duplicates: number[]) =>
    one<Entry>(client, `select * from merge_knowledge($1, $2, 'The same')`, [keep, duplicates])

  it('keeps one, findable by all their questions, and writes down who merged and why', () =>
    asReviewer(async (client) => {
      const keep = await save(client, 'dogs', 'May I bring my spaniel?', 'Assistance dogs only.')
      const other = await save(client, 'dogs', 'Are poodles welcome?', 'Assistance dogs only.')
      const third = await save(client, 'pets', 'Is a terrier allowed?', 'No, sorry.')
      await embed(client, 'Are poodles welcome?', axis(7))
      await merge(client, keep.id, [other.id, third.id])
      for (const word of ['spaniel', 'poodles', 'terrier'])
        expect((await found(client, word))[0]).toMatchObject({
          knowledge_id: keep.id,
          snippet: 'Assistance dogs only.',
        })
      expect(
        await one(client, 'select count(*)::int as n from knowledge_base where id = any($1)', [
          [other.id, third.id],
        ]),
      ).toEqual({ n: 0 })
      await becomeOwner(client)
      const units = await client.query(
        `select embedding_text, embedding is not null as embedded from app_private.search_units where knowledge_id = $1 order by ordinal`,
        [keep.id],
      )
      expect(units.rows).toEqual([
        { embedding_text: 'May I bring my spaniel?', embedded: false },
        { embedding_text: 'Are poodles welcome?', embedded: true },
        { embedding_text: 'Is a terrier allowed?', embedded: false },
      ])
      const { rows } = await client.query(
        `select table_name, operation, actor, reason from audit_log where reason = 'The same' order by id`,
      )
      expect(rows.filter((row) => row.operation === 'delete')).toHaveLength(2)
      expect(rows.filter((row) => row.table_name === 'knowledge_questions')).toHaveLength(2)
      expect(new Set(rows.map((row) => row.actor))).toEqual(new Set(['rita']))
    }))

  it('is found by a question that was merged into what was merged', () =>
    asReviewer(async (client) => {
      const a = await save(client, 'dogs', 'May I bring my spaniel?', 'No.')
      const b = await save(client, 'dogs', 'Are poodles welcome?', 'No.')
      const c = await save(client, 'dogs', 'Is a terrier allowed?', 'No.')
      await merge(client, b.id, [c.id])
      await merge(client, a.id, [b.id])
      expect((await found(client, 'terrier'))[0].knowledge_id).toBe(a.id)
    }))

  it('sums counts, keeps the best trust, and counts each answer once', () =>
    asReviewer(async (client) => {
      const keep = await save(client, 'dogs', 'Spaniel?', 'No.')
      const other = await save(client, 'dogs', 'Poodle?', 'No.')
      await becomeOwner(client)
      await client.query('update knowledge_base set trust = 1 where id = $1', [keep.id])
      // One answer rated for both, one for the other alone; and what was counted before votes were kept.
      const shared = await record(client, { question: 'shared', visitorId: uuid(1), knowledge: keep })
      const alone = await record(client, { question: 'alone', visitorId: uuid(2), knowledge: other })
      await becomeOwner(client)
      await client.query(
        `insert into app_private.knowledge_votes (knowledge_id, response_id, helpful, voter, by_staff)
         values ($1, $3, true, 'visitor:a', false), ($2, $3, true, 'visitor:a', false), ($2, $4, false, 'visitor:b', false)`,
        [keep.id, other.id, shared.id, alone.id],
      )
      await client.query(
        'update knowledge_base set usage_count = 11, success_count = 6, success_rate = 6.0 / 11 where id = $1',
        [keep.id],
      )
      await client.query(
        'update knowledge_base set usage_count = 2, success_count = 1, success_rate = 0.5 where id = $1',
        [other.id],
      )
      await become(client, reviewer)
      expect(await merge(client, keep.id, [other.id])).toMatchObject({
        trust: 3,
        usage_count: 12,
        success_count: 6,
        success_rate: 0.5,
      })
      await becomeOwner(client)
      const { rows } = await client.query(
        'select response_id from app_private.knowledge_votes where knowledge_id = $1 order by 1',
        [keep.id],
      )
      expect(rows.map((row) => row.response_id)).toEqual(
        [shared.id, alone.id].sort((a, b) => Number(a) - Number(b)),
      )
      // What was answered from the other keeps its number.
      expect(
        await one(client, 'select knowledge_id from response_sources where response_id = $1', [alone.id]),
      ).toEqual({ knowledge_id: other.id })
      // A changed mind still takes back its own.
      await become(client, visitor(uuid(2)))
      await client.query('select mark_helpful($1)', [alone.id])
      await becomeOwner(client)
      expect(await one(client, 'select usage_count from knowledge_base where id = $1', [keep.id])).toEqual({
        usage_count: 11,
      })
    }))

  it('learns no new entry from a question that was merged', () =>
    asReviewer(async (client) => {
      const keep = await save(client, 'dogs', 'Spaniel?', 'No.')
      const other = await save(client, 'dogs', 'Poodle?', 'No.')
      await merge(client, keep.id, [other.id])
      const answer = await record(client, { question: 'Poodle?', visitorId: uuid(1), knowledge: keep })
      await become(client, visitor(uuid(1)))
      await client.query('select mark_helpful($1)', [answer.id])
      await becomeOwner(client)
      expect(
        (await client.query(`select id, usage_count from knowledge_base where topic = 'dogs'`)).rows,
      ).toEqual([{ id: keep.id, usage_count: 1 }])
    }))

  it('forgets a merged question when its customer is erased', () =>
    asReviewer(async (client) => {
      const keep = await save(client, 'dogs', 'Spaniel?', 'No.')
      const answer = await record(client, { question: 'zwergpinscher?', visitorId: uuid(1), knowledge: keep })
      await become(client, visitor(uuid(1)))
      await client.query('select mark_helpful($1)', [answer.id])
      await become(client, reviewer)
      const learned = await one<Entry>(
        client,
        `select * from knowledge_base where question = 'zwergpinscher?'`,
      )
      await merge(client, keep.id, [learned.id])
      expect((await found(client, 'zwergpinscher'))[0].knowledge_id).toBe(keep.id)
      await become(client, admin)
      const { data } = await one(client, 'select export_personal_data($1) as data', [uuid(1)])
      expect(data.merged_questions).toMatchObject([{ question: 'zwergpinscher?' }])
      await client.query(`select erase_personal_data($1, 'They asked')`, [uuid(1)])
      await become(client, reviewer)
      expect(await found(client, 'zwergpinscher')).toEqual([])
      expect((await found(client, 'spaniel'))[0].knowledge_id).toBe(keep.id)
      await becomeOwner(client)
      const { rows } = await client.query(
        `select 1 from knowledge_questions where question ilike '%zwerg%'
         union all select 1 from app_private.search_units where embedding_text ilike '%zwerg%' or words::text ilike '%zwerg%'
         union all select 1 from audit_log where to_jsonb(audit_log)::text ilike '%zwerg%'`,
      )
      expect(rows).toEqual([])
    }))

  it('is refused where customers of a site would lose what is true there, and says why', () =>
    asReviewer(async (client) => {
      await become(client, admin)
      await client.query(`insert into sites (slug, name) values ('north', 'North'), ('south', 'South')`)
      await become(client, reviewer)
      const all = await save(client, 'hours', 'When do you open?', 'At nine.')
      const north = await save(client, 'hours', 'North: when open?', 'At ten.', 'north')
      const same = await save(client, 'hours', 'Opening in the north?', ' at  NINE.', 'north')
      const south = await save(client, 'hours', 'South: when open?', 'At ten.', 'south')
      const refused = async (keep: number, duplicate: number) =>
        failure(client, `select merge_knowledge($1, $2, 'r')`, [keep, [duplicate]])
      expect(await refused(all.id, north.id)).toMatchObject({
        code: 'CO121',
        message: expect.stringContaining('at north only'),
      })
      expect((await refused(north.id, all.id)).code).toBe('CO121')
      expect((await refused(north.id, south.id)).code).toBe('CO121')
      expect((await refused(all.id, same.id)).code).toBe('none')
      expect((await refused(north.id, same.id)).code).toBe('none')
    }))

  it('is refused for nothing, itself, what is not there, a retired entry, and to agents', () =>
    asReviewer(async (client) => {
      const { id } = await save(client, 'dogs', 'Spaniel?', 'No.')
      const other = await save(client, 'dogs', 'Poodle?', 'No.')
      const code = async (keep: number, duplicates: number[]) =>
        (await failure(client, `select merge_knowledge($1, $2, 'r')`, [keep, duplicates])).code
      expect(await code(id, [])).toBe('CO005')
      expect(await code(id, [id])).toBe('CO005')
      expect(await code(id, [999_999])).toBe('CO404')
      expect(await code(999_999, [id])).toBe('CO404')
      await client.query(`select retire_knowledge($1, 'Gone')`, [id])
      expect(await code(id, [other.id])).toBe('CO121')
      await become(client, agent)
      expect(await code(other.id, [id])).toBe('42501')
    }))
})

describe('knowledge_duplicates', () => {
  const duplicates = async (client: pg.PoolClient) =>
    (await client.query('select * from knowledge_duplicates()')).rows

  it('finds near vectors and equal words, the better entry first', () =>
    asReviewer(async (client) => {
      const a = await save(client, 'dogs', 'May I bring my dog?', 'No.')
      const b = await save(client, 'pets', 'Is my dog welcome?', ' no. ')
      const c = await save(client, 'dogs', 'Where is the sauna?', 'Below.')
      const d = await save(client, 'house', 'the sauna is where', 'Upstairs.')
      await save(client, 'house', 'Nothing like it', 'Really.')
      // Near, but not the same; the signs of many dimensions tell.
      const signs = (flip: number) =>
        `[${Array.from({ length: 1536 }, (_, i) => (i < 512 ? ((Math.sin(i * 12.9898) > 0 ? 1 : -1) * (i % 64 < flip ? -1 : 1)) / Math.sqrt(512) : 0)).join(',')}]`
      await embed(client, 'May I bring my dog?', signs(0))
      await embed(client, 'Is my dog welcome?', signs(2))
      await embed(client, 'Nothing like it', signs(40))
      await becomeOwner(client)
      await client.query('update knowledge_base set usage_count = 5 where id = $1', [b.id])
      await become(client, agent)
      expect(await duplicates(client)).toEqual([
        { knowledge_id: c.id, duplicate_id: d.id, similarity: 1, same_answer: false },
        { knowledge_id: b.id, duplicate_id: a.id, similarity: expect.closeTo(0.9375, 3), same_answer: true },
      ])
      await become(client, reviewer)
      await client.query(`select retire_knowledge($1, 'r')`, [a.id])
      await client.query(`select merge_knowledge($1, $2, 'r')`, [c.id, [d.id]])
      expect(await duplicates(client)).toEqual([])
    }))

  it('leaves out what differs by site, and is for staff', () =>
    asReviewer(async (client) => {
      await become(client, admin)
      await client.query(`insert into sites (slug, name) values ('north', 'North'), ('south', 'South')`)
      await become(client, reviewer)
      await save(client, 'hours', 'When do you open?', 'At nine.', 'north')
      await save(client, 'hours', 'when do you open', 'At ten.', 'south')
      expect(await duplicates(client)).toEqual([])
      await become(client, visitor(uuid(1)))
      expect((await failure(client, 'select * from knowledge_duplicates()')).code).toBe('42501')
      await become(client, worker)
      expect((await failure(client, 'select * from knowledge_duplicates()')).code).toBe('42501')
    }))
})
