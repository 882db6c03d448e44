/** What is wrong with the knowledge: found, measured on pairs that a person judged, proposed, approved, taken back. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { toVector, withClaims } from '../../core/database/index.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
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
import { becomeOwner, failure, one, record, uuid } from './fixtures.ts'
import { type Pair, pairs } from './knowledge_health_pairs.ts'

describe('contradictions among pairs that a person judged', () => {
  let database: TestDatabase
  const found = new Map<number, { facts: { one: string; other: string }[] }>()
  const strays: unknown[] = []
  beforeAll(async () => {
    database = await makeTestDatabase()
    const embedder = new LocalEmbedder()
    const ids = new Map<number, number>()
    await withClaims(database.pool, reviewer, async (client) => {
      // Pairs repeat each other's questions: each holds on a day of its own.
      const save = async (pair: number, topic: string, [question, answer]: [string, string]) => {
        const { id } = await one(
          client,
          `select id from save_knowledge($1, $2, $3, $4, 'Written for a test', valid_from => now() + $5 * interval '2 days', valid_to => now() + ($5 + 0.5) * interval '2 days')`,
          [`c${pair}`, topic, question, answer, pair],
        )
        ids.set(id, pair)
      }
      for (const [index, { one: first, other, elsewhere }] of pairs.entries()) {
        await save(index, 'matter', first)
        if (typeof other === 'string')
          await client.query(`select save_sop($1, 'procedure', $2, 'Written for a test')`, [
            `c${index}`,
            other,
          ])
        else await save(index, elsewhere ? 'elsewhere' : 'matter', other)
      }
    })
    const questions = pairs.flatMap(({ one: [first], other }) =>
      typeof other === 'string' ? [first] : [first, other[0]],
    )
    const vectors = await embedder.embed(questions)
    await database.pool.query('select app_private.store_vectors($1, $2::vector[], $3)', [
      questions,
      vectors.map(toVector),
      embedder.model,
    ])
    await embedder.close()
    await database.pool.query('select app_private.read_facts(1000)')
    const { rows } = await database.pool.query('select * from app_private.find_contradictions()')
    for (const row of rows) {
      const pair = ids.get(row.knowledge_id)!
      if (row.other_id !== null && ids.get(row.other_id) !== pair) strays.push(row)
      else found.set(pair, row)
    }
  }, 120_000)
  afterAll(() => database?.close())

  const measure = (chosen: (pair: Pair) => boolean) => {
    const of = [...pairs.entries()].filter(([, pair]) => chosen(pair))
    const wrong = of.filter(([index, pair]) => found.has(index) !== pair.contradicts)
    const hits = of.filter(([index, pair]) => pair.contradicts && found.has(index)).length
    return {
      precision: hits / of.filter(([index]) => found.has(index)).length,
      recall: hits / of.filter(([, pair]) => pair.contradicts).length,
      missed: wrong.filter(([, pair]) => pair.contradicts).map(([, { name }]) => name),
      invented: wrong.filter(([, pair]) => !pair.contradicts).map(([, { name }]) => name),
    }
  }

  it('are told from what only looks like one', () => {
    const all = measure(() => true)
    const later = measure((pair) => pair.later === true)
    if (process.env.SHOW_FIGURES) console.log({ n: pairs.length, all, later, strays })
    expect(pairs.length).toBeGreaterThanOrEqual(40)
    expect(strays).toEqual([])
    expect(all.invented).toEqual([])
    expect(all.recall).toBeGreaterThanOrEqual(0.8)
    expect(later.precision).toBe(1)
    expect(later.recall).toBeGreaterThanOrEqual(0.75)
  })
})

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
  valid_to: Date | null
}

describe('a health check', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database?.close())

  const asReviewer = (work: (client: pg.PoolClient) => Promise<void>) =>
    rolledBack(database.pool, reviewer, work)
  const save = (client: pg.PoolClient, topic: string, question: string, answer: string, site?: string) =>
    one<Entry>(client, `select * from save_knowledge('house', $1, $2, $3, 'Written for a test', $4)`, [
      topic,
      question,
      answer,
      site ?? null,
    ])
  const entry = (client: pg.PoolClient, id: number) =>
    one<Entry>(client, 'select * from knowledge_base where id = $1', [id])
  const check = async (client: pg.PoolClient) => {
    await become(client, worker)
    const { counts } = await one(client, 'select counts from app_private.check_knowledge_health()')
    await become(client, reviewer)
    return counts
  }
  const findings = async (client: pg.PoolClient) =>
    (await client.query('select * from knowledge_findings()')).rows
  const proposal = (client: pg.PoolClient) =>
    one(client, `select * from improvement_queue where proposed_by = 'knowledge health'`)
  /** Long ago, as the owner may say and nobody else. */
  const age = async (client: pg.PoolClient, id: number, interval: string) => {
    await becomeOwner(client)
    await client.query(
      'update knowledge_base set created_at = now() - $2::interval, updated_at = now() - $2::interval where id = $1',
      [id, interval],
    )
    await become(client, reviewer)
  }
  const rate = async (client: pg.PoolClient, id: number, used: number, good: number) => {
    await becomeOwner(client)
    await client.query(
      'update knowledge_base set usage_count = $2::int, success_count = $3::int, success_rate = $3::int / nullif($2::float8, 0) where id = $1',
      [id, used, good],
    )
    await become(client, reviewer)
  }

  const contradiction = async (client: pg.PoolClient) => {
    const old = await save(
      client,
      'cancel',
      'How long before can I cancel a booking?',
      'You can cancel a booking until 20 minutes before the start.',
    )
    await age(client, old.id, '60 days')
    const recent = await save(
      client,
      'cancel',
      'Until when can I cancel a booking?',
      'You can cancel a booking until 24 hours before the start.',
    )
    return { old, recent }
  }

  it('proposes to correct the older of two that disagree, with both texts, and changes nothing', () =>
    asReviewer(async (client) => {
      const { old, recent } = await contradiction(client)
      expect(await check(client)).toEqual({ contradiction: 1, proposed: 1, waiting: 0 })
      const [found] = await findings(client)
      expect(found).toMatchObject({
        finding_kind: 'contradiction',
        knowledge_id: old.id,
        other_id: recent.id,
        undecided: false,
        improvement_status: 'pending',
        facts: [
          {
            kind: 'duration',
            one: '20 minutes',
            other: '24 hours',
            one_clause: old.answer,
            other_clause: recent.answer,
          },
        ],
      })
      const waiting = await proposal(client)
      expect(waiting).toMatchObject({ id: found.improvement_id, kind: 'knowledge_correction' })
      expect(waiting.impact).toBeLessThan(1)
      expect(waiting.suggested_sop_update.entries).toEqual([
        {
          question: old.question,
          answer: 'You can cancel a booking until 24 hours before the start.',
        },
      ])
      for (const text of [old.answer, recent.answer, `Entry ${old.id} says "20 minutes"`])
        expect(waiting.suggested_sop_update.reasoning).toContain(text)
      expect((await entry(client, old.id)).answer).toBe(old.answer)
    }))

  it('corrects on approval, after which nothing is found, and takes it back', () =>
    asReviewer(async (client) => {
      const { old } = await contradiction(client)
      await check(client)
      const { id } = await proposal(client)
      await client.query('select approve_improvement($1)', [id])
      expect((await entry(client, old.id)).answer).toContain('24 hours')
      expect(await check(client)).toEqual({ proposed: 0, waiting: 0 })
      await client.query(`select undo_improvement($1, 'Too soon')`, [id])
      expect((await entry(client, old.id)).answer).toBe(old.answer)
      // It waits again, for the entry as it is now.
      expect(await check(client)).toMatchObject({ contradiction: 1, proposed: 0 })
      await client.query('select approve_improvement($1)', [id])
      expect((await entry(client, old.id)).answer).toContain('24 hours')
    }))

  it('leaves a choice that nothing decides to the reviewer, who may edit the answer', () =>
    asReviewer(async (client) => {
      const one = await save(client, 'cancel', 'How long before can I cancel?', 'Until 20 minutes before.')
      await save(client, 'cancel', 'How long before can I cancel it?', 'Until 24 hours before.')
      await check(client)
      expect(await findings(client)).toMatchObject([{ undecided: true }])
      const { id, suggested_sop_update } = await proposal(client)
      expect(suggested_sop_update.reasoning).toContain('Nothing tells which of the two is right')
      expect(
        (await failure(client, `select approve_improvement($1, edited_content => ' ')`, [id])).code,
      ).toBe('CO005')
      await client.query(`select approve_improvement($1, edited_content => 'Until 4 hours before.')`, [id])
      const { rows } = await client.query(
        `select answer from knowledge_base where topic = 'cancel' order by id`,
      )
      expect(rows.map(({ answer }) => answer)).toContain('Until 4 hours before.')
      expect(one.id).toBeGreaterThan(0)
    }))

  it('takes an SOP’s word over an entry’s, and an entry’s that an SOP backs', () =>
    asReviewer(async (client) => {
      const entryBefore = await save(
        client,
        'no_show',
        'What is the fee for a no-show?',
        'The fee for a no-show is $25 for each booked hour.',
      )
      await client.query(`select save_sop('house', 'no_show', $1, 'Written for a test')`, [
        '# No-show fee\n\n## Steps\n1. The fee for a no-show is $15 for each booked hour.\n',
      ])
      await check(client)
      const [found] = await findings(client)
      expect(found).toMatchObject({
        knowledge_id: entryBefore.id,
        other_id: null,
        facts: [{ one: '$25', other: '$15' }],
      })
      const { suggested_sop_update } = await proposal(client)
      expect(suggested_sop_update.entries[0].answer).toBe(
        'The fee for a no-show is $15 for each booked hour.',
      )
      // An SOP that changes takes the finding with it.
      await client.query(`select save_sop('house', 'no_show', $1, 'Dearer')`, [
        '# No-show fee\n\n## Steps\n1. The fee for a no-show is $25 for each booked hour.\n',
      ])
      expect(await findings(client)).toEqual([])
      expect(await check(client)).toEqual({ proposed: 0, waiting: 0 })
    }))

  it('makes one proposal for an entry, whatever else it contradicts', () =>
    asReviewer(async (client) => {
      const { old } = await contradiction(client)
      await client.query(`select save_sop('house', 'cancel', $1, 'Written for a test')`, [
        '# Cancel\n\n## Steps\n1. You can cancel a booking until 24 hours before the start.\n',
      ])
      expect(await check(client)).toEqual({ contradiction: 2, proposed: 1, waiting: 0 })
      const { id } = await proposal(client)
      expect((await findings(client)).map((found) => [found.knowledge_id, found.improvement_id])).toEqual([
        [old.id, id],
        [old.id, id],
      ])
    }))

  it('sees no contradiction between sites, times, or an entry of a site and the rule for all', () =>
    asReviewer(async (client) => {
      await become(client, admin)
      await client.query(`insert into sites (slug, name) values ('north', 'North'), ('south', 'South')`)
      await become(client, reviewer)
      await save(client, 'hours', 'When do you close?', 'We close at 22:00.', 'north')
      await save(client, 'hours', 'When do you close at night?', 'We close at 23:00.', 'south')
      const all = (from: string | null, to: string | null, question: string, answer: string) =>
        client.query(
          `select save_knowledge('house', 'hours', $1, $2, 'r', null, now() + $3::interval, now() + $4::interval)`,
          [question, answer, from, to],
        )
      await all(null, '1 day', 'When do you close the doors?', 'We close at 20:00.')
      await all('1 day', null, 'When do you close the doors now?', 'We close at 21:00.')
      await becomeOwner(client)
      const contradictions = async () => {
        await client.query('select app_private.read_facts(100)')
        return (await client.query('select facts from app_private.find_contradictions()')).rows
      }
      expect(await contradictions()).toEqual([])
      // They would be found, if they held at the same time.
      await become(client, reviewer)
      await all(null, null, 'When do you close all the doors?', 'We close at 19:00.')
      await becomeOwner(client)
      expect(await contradictions()).toHaveLength(2)
    }))

  it('refuses to write over an entry that was edited while the proposal waited', () =>
    asReviewer(async (client) => {
      const { old, recent } = await contradiction(client)
      await check(client)
      const { id } = await proposal(client)
      for (const changed of [old, recent]) {
        await client.query('savepoint edited')
        await client.query(`select edit_knowledge($1, $2, 'Until noon of the day before.', 'Better')`, [
          changed.id,
          changed.question,
        ])
        const refused = await failure(client, 'select approve_improvement($1)', [id])
        expect(refused).toMatchObject({
          code: 'CO102',
          message: `Entry ${changed.id} ("${changed.question}") was changed since this was proposed.`,
        })
        expect(JSON.parse(refused.detail!)).toEqual({ knowledge_id: changed.id })
        // The dry run says so too.
        expect((await one(client, 'select preview_improvement($1) as result', [id])).result).toMatchObject({
          conflict: refused.message,
        })
        await client.query('rollback to savepoint edited')
      }
      expect((await failure(client, 'select approve_improvement($1)', [id])).code).toBe('none')
    }))

  const duplicates = async (client: pg.PoolClient) => {
    const keep = await save(client, 'dogs', 'May I bring my dog?', 'Assistance dogs only.')
    const second = await save(client, 'dogs', 'my dog, may I bring', ' assistance dogs  ONLY. ')
    const third = await save(client, 'dogs', 'Bring my dog, may I?', 'Assistance dogs only.')
    await save(client, 'cats', 'May I bring my dog', 'Assistance dogs only.')
    return { keep, second, third }
  }

  it('merges what asks and says the same: questions, votes and counts go over, and come back', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { keep, second, third } = await duplicates(client)
      const both = await record(client, { question: 'both?', visitorId: uuid(1), knowledge: keep })
      const alone = await record(client, { question: 'alone?', visitorId: uuid(2), knowledge: second })
      const changed = await record(client, { question: 'changed?', visitorId: uuid(3), knowledge: second })
      await becomeOwner(client)
      await client.query(
        `insert into app_private.knowledge_votes (knowledge_id, response_id, helpful, voter, by_staff)
         values ($1, $3, true, 'visitor:a', false), ($2, $3, true, 'visitor:a', false), ($2, $4, false, 'visitor:b', false), ($2, $5, true, 'visitor:c', false)`,
        [keep.id, second.id, both.id, alone.id, changed.id],
      )
      await rate(client, keep.id, 11, 6)
      await rate(client, second.id, 4, 2)
      await rate(client, third.id, 1, 1)
      expect(await check(client)).toEqual({
        duplicate: expect.any(Number),
        proposed: 1,
        waiting: expect.any(Number),
      })
      const { id, suggested_sop_update: suggestion, kind } = await proposal(client)
      expect(kind).toBe('knowledge_merge')
      expect(suggestion).toMatchObject({ keep_id: keep.id, duplicate_ids: [second.id, third.id] })

      await client.query('select approve_improvement($1)', [id])
      expect(await entry(client, keep.id)).toMatchObject({
        usage_count: 15,
        success_count: 8,
        valid_to: null,
      })
      for (const gone of [second, third])
        expect((await entry(client, gone.id)).valid_to!.getTime()).toBeLessThanOrEqual(Date.now())
      const found = await client.query(
        `select knowledge_id from search_knowledge('Bring my dog, may I?', category => 'house')`,
      )
      expect(found.rows.map((row) => row.knowledge_id)).not.toContain(third.id)
      const { rows } = await client.query(
        'select question from knowledge_questions where knowledge_id = $1 order by 1',
        [keep.id],
      )
      expect(rows.map(({ question }) => question)).toEqual([third.question, second.question])
      expect((await check(client)).duplicate).toBeUndefined()

      // A customer changes their mind about an answer whose vote had gone over.
      await becomeOwner(client)
      const response = `(select r from responses r where r.id = ${changed.id})`
      await client.query(`select app_private.withdraw_feedback(${response})`)
      await become(client, reviewer)
      await client.query(`select undo_improvement($1, 'They differ')`, [id])
      expect(await entry(client, keep.id)).toMatchObject({ usage_count: 11, success_count: 6 })
      expect(await entry(client, second.id)).toMatchObject({
        usage_count: 3,
        success_count: 1,
        valid_to: null,
      })
      expect(await entry(client, third.id)).toMatchObject({
        usage_count: 1,
        success_count: 1,
        valid_to: null,
      })
      await becomeOwner(client)
      const votes = await client.query(
        'select knowledge_id, response_id from app_private.knowledge_votes where knowledge_id in ($1, $2) order by 1, 2',
        [keep.id, second.id],
      )
      expect(votes.rows).toEqual([
        { knowledge_id: keep.id, response_id: both.id },
        { knowledge_id: second.id, response_id: both.id },
        { knowledge_id: second.id, response_id: alone.id },
      ])
      expect(
        (await client.query('select from knowledge_questions where knowledge_id = $1', [keep.id])).rowCount,
      ).toBe(0)
      await become(client, reviewer)
      expect((await failure(client, 'select approve_improvement($1)', [id])).code).toBe('none')
    }))

  it('does not take a merge back over later work', () =>
    asReviewer(async (client) => {
      const { keep } = await duplicates(client)
      await check(client)
      const { id } = await proposal(client)
      await client.query('select approve_improvement($1)', [id])
      await client.query(`select edit_knowledge($1, 'Dogs?', 'None.', 'Stricter')`, [keep.id])
      expect(await failure(client, `select undo_improvement($1, 'r')`, [id])).toMatchObject({
        code: 'CO112',
        message: expect.stringContaining('was changed since'),
      })
    }))

  it('retires what often does not help, and takes it back', () =>
    asReviewer(async (client) => {
      const bad = await save(client, 'sauna', 'When is the sauna open?', 'Ask at the desk.')
      const unlucky = await save(client, 'bar', 'Is there a bar?', 'There is one.')
      await rate(client, bad.id, 10, 1)
      await rate(client, unlucky.id, 7, 3)
      expect(await check(client)).toEqual({ low_success: 1, proposed: 1, waiting: 0 })
      const { id, kind, suggested_sop_update } = await proposal(client)
      expect({ kind, ids: suggested_sop_update.knowledge_ids }).toEqual({
        kind: 'knowledge_retire',
        ids: [bad.id],
      })
      expect(suggested_sop_update.reasoning).toBe(`Entry ${bad.id} helped in 1 of 10 rated answers.`)
      await client.query('select approve_improvement($1)', [id])
      expect((await entry(client, bad.id)).valid_to).not.toBeNull()
      await client.query(`select undo_improvement($1, 'It does help')`, [id])
      expect((await entry(client, bad.id)).valid_to).toBeNull()
      await client.query('select approve_improvement($1)', [id])
      await client.query(`select restore_knowledge($1, 'By hand')`, [bad.id])
      expect((await failure(client, `select undo_improvement($1, 'r')`, [id])).code).toBe('CO112')
    }))

  it('proposes to retire what no answer used in 90 days, but not in a club that nobody asks, nor what is for emergencies', () =>
    asReviewer(async (client) => {
      const { id } = await save(client, 'sauna', 'When is the sauna open?', 'Never.')
      const { id: recent } = await save(client, 'gym', 'When is the gym open?', 'Never.')
      const exit = await one(
        client,
        `select id from save_knowledge('emergency', 'exits', 'Where is the exit?', 'Behind the bar.', 'r')`,
      )
      for (const one of [id, exit.id]) await age(client, one, '91 days')
      expect(await check(client)).toEqual({ proposed: 0, waiting: 0 })
      await becomeOwner(client)
      await client.query(
        `insert into responses (question, question_hash, text, outcome, model) select 'q', 'q', 'a', 'answered', 'local' from generate_series(1, 100)`,
      )
      await become(client, reviewer)
      expect(await check(client)).toEqual({ never_used: 1, proposed: 1, waiting: 0 })
      expect((await proposal(client)).suggested_sop_update.knowledge_ids).toEqual([id])
      expect(recent).not.toBe(id)
    }))

  it('does not come back with what was turned down, also after another check', () =>
    asReviewer(async (client) => {
      const bad = await save(client, 'sauna', 'When is the sauna open?', 'Ask at the desk.')
      await rate(client, bad.id, 10, 1)
      await check(client)
      const { id } = await proposal(client)
      await client.query(`select reject_improvement($1, 'It stays')`, [id])
      await rate(client, bad.id, 20, 1)
      expect(await check(client)).toEqual({ low_success: 1, proposed: 0, waiting: 0 })
      await becomeOwner(client)
      await client.query('delete from app_private.knowledge_findings')
      await become(client, reviewer)
      expect(await check(client)).toEqual({ low_success: 1, proposed: 0, waiting: 0 })
      expect(await findings(client)).toMatchObject([{ improvement_id: id, improvement_status: 'rejected' }])
    }))

  it('never lets more than so many wait, those of most use first, above failures only where they are used a lot', () =>
    asReviewer(async (client) => {
      for (let i = 0; i < 60; i++) {
        const { id } = await save(
          client,
          `topic ${i}`,
          `Question number ${'x'.repeat(i + 1)}?`,
          'Ask at the desk.',
        )
        await rate(client, id, i === 59 ? 100 : 10, 1)
      }
      expect(await check(client)).toEqual({ low_success: 60, proposed: 50, waiting: 10 })
      const { rows } = await client.query(
        `select impact from improvement_queue where proposed_by = 'knowledge health' order by impact desc`,
      )
      expect(rows[0].impact).toBe(4)
      expect(rows[1].impact).toBeLessThan(1)
      expect(await check(client)).toMatchObject({ proposed: 0, waiting: 10 })
      await client.query(
        `select reject_improvement(id, 'It stays') from improvement_queue where status = 'pending' order by id limit 4`,
      )
      expect(await check(client)).toMatchObject({ proposed: 4, waiting: 6 })
    }))

  it('is asked for by reviewers, once while it waits, and is done by the worker', () =>
    asReviewer(async (client) => {
      const first = await one(client, 'select * from request_health_check()')
      expect(first).toMatchObject({ kind: 'requested', status: 'queued', requested_by: 'rita' })
      expect((await one(client, 'select * from request_health_check()')).id).toBe(first.id)
      expect((await failure(client, 'select app_private.begin_health_check(null)')).code).toBe('42501')
      await become(client, worker)
      const begun = await one(client, `select * from app_private.begin_health_check('nightly')`)
      expect(begun).toMatchObject({ id: first.id, status: 'running', stage: 'reading' })
      await become(client, agent)
      expect((await failure(client, 'select request_health_check()')).code).toBe('42501')
      expect((await failure(client, 'select * from knowledge_findings()')).code).toBe('none')
      expect((await failure(client, `select * from knowledge_findings('ugly')`)).code).toBe('CO005')
      await become(client, visitor(uuid(1)))
      expect((await failure(client, 'select * from knowledge_findings()')).code).toBe('42501')
    }))
})

describe('proposals to merge and retire, made by hand', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database?.close())

  it('are completed from the entries, and refused where they name none', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { id } = await one(client, `select id from save_knowledge('house', 'dogs', 'Dogs?', 'No.', 'r')`)
      await become(client, agent)
      const statement = 'select * from propose_improvement($1, $2)'
      const code = async (kind: string, suggestion: unknown) =>
        (await failure(client, statement, [kind, JSON.stringify(suggestion)])).code
      expect(await code('knowledge_retire', {})).toBe('CO005')
      expect(await code('knowledge_retire', { knowledge_ids: ['x'] })).toBe('CO005')
      expect(await code('knowledge_retire', { knowledge_ids: [999_999] })).toBe('CO404')
      expect(await code('knowledge_merge', { duplicate_ids: [id] })).toBe('CO005')
      expect(await code('knowledge_merge', { keep_id: id, duplicate_ids: [id] })).toBe('CO005')
      expect(await code('knowledge_merge', { keep_id: 999_999, duplicate_ids: [id] })).toBe('CO404')
      const suggestion = JSON.stringify({ knowledge_ids: [id], reasoning: 'No dogs' })
      const proposed = await one(client, statement, ['knowledge_retire', suggestion])
      expect(proposed.suggested_sop_update).toMatchObject({
        category: 'house',
        topic: 'dogs',
        expects: { [id]: expect.stringMatching(/^[0-9a-f]{64}$/) },
      })
    }))

  it('are refused where customers of a site would lose their answer', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await become(client, admin)
      await client.query(`insert into sites (slug, name) values ('north', 'North')`)
      await become(client, reviewer)
      const all = await one(client, `select id from save_knowledge('house', 'dogs', 'Dogs?', 'No.', 'r')`)
      const north = await one(
        client,
        `select id from save_knowledge('house', 'dogs', 'Dogs up north?', 'Yes.', 'r', 'north')`,
      )
      const { id } = await one(client, `select id from propose_improvement('knowledge_merge', $1)`, [
        JSON.stringify({ keep_id: all.id, duplicate_ids: [north.id] }),
      ])
      expect((await failure(client, 'select approve_improvement($1)', [id])).code).toBe('CO121')
    }))
})
