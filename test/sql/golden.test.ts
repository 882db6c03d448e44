/** Golden questions: what may be written and by whom, what is made of an answer, the check, the gate, and erasure. */
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { z } from 'zod'
import { demoFolder } from '../../core/content/demo.ts'
import { importFolder, readJsonLines } from '../../core/content/import.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { embedMissing } from '../../core/learning/analyse.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { call, codeOf, manyConnections } from '../concurrency/support.ts'
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
import { becomeOwner, doorText, failure, one, record, type Sop, setReason, sopBy, uuid } from './fixtures.ts'

const wifiText = `# Guest wireless network

## Steps

1. Open the wireless settings.
2. Choose the network of the club and enter the password from the tablet.
`

interface Result {
  golden_question_id: number
  question: string
  expected: string
  found: string | null
  outcome: string
  confidence: number | null
  by_vector: boolean
  passed: boolean
  verdict: string
  why: string | null
}
const results = async (client: pg.Pool | pg.PoolClient): Promise<Result[]> =>
  (await client.query<Result>('select * from app_public.check_golden_questions()')).rows

describe('golden questions', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  /** A club with two procedures, as the reviewer. */
  const inClub = (work: (client: pg.PoolClient, sops: { door: Sop; wifi: Sop }) => Promise<void>) =>
    rolledBack(database.pool, reviewer, async (client) => {
      await become(client, admin)
      await client.query(
        `insert into sites (slug, name) values ('north', 'North') on conflict (slug) do nothing`,
      )
      const door = await sopBy(client, 'access', 'door_codes', doorText)
      const wifi = await sopBy(client, 'facilities', 'wifi', wifiText)
      await become(client, reviewer)
      await work(client, { door, wifi })
    })
  const save = (values: Record<string, unknown>) => {
    const names = Object.keys(values)
    return [
      `select * from save_golden_question(${names.map((name, index) => `${name} => $${index + 1}`).join(', ')})`,
      Object.values(values),
    ] as const
  }

  describe('save_golden_question', () => {
    it('keeps what must answer a question, in one line, and who wrote it', () =>
      inClub(async (client, { door }) => {
        const golden = await one(
          client,
          ...save({
            question: ' What is \n the  door code? ',
            expected_sop_id: door.id,
            note: ' Daily ',
          }),
        )
        expect(golden).toMatchObject({
          question: 'What is the door code?',
          expected_sop_id: door.id,
          hand_over: false,
          note: 'Daily',
          created_by: 'rita',
          updated_by: 'rita',
          response_id: null,
        })
      }))

    it('takes the SOP for a topic of its name, knowledge for one without, and a person', () =>
      inClub(async (client, { wifi }) => {
        await client.query(
          `select save_knowledge('brand', 'dogs', 'May I bring my dog?', 'Assistance dogs only.')`,
        )
        const of = (values: Record<string, unknown>) => one(client, ...save(values))
        expect(
          await of({ question: 'Wireless?', expected_category: 'facilities', expected_topic: 'wifi' }),
        ).toMatchObject({ expected_sop_id: wifi.id, expected_category: null, expected_topic: null })
        expect(
          await of({ question: 'Dogs?', expected_category: 'brand', expected_topic: 'dogs' }),
        ).toMatchObject({ expected_sop_id: null, expected_category: 'brand', expected_topic: 'dogs' })
        expect(await of({ question: 'Who are you?', hand_over: true })).toMatchObject({ hand_over: true })
        await becomeOwner(client)
        const { rows } = await client.query('select question, expected from app_private.golden_targets()')
        expect(rows).toEqual([
          { question: 'Wireless?', expected: `sop:${wifi.id}` },
          { question: 'Dogs?', expected: 'topic:brand/dogs' },
          { question: 'Who are you?', expected: 'hand_over' },
        ])
      }))

    it('asks for an SOP that took a topic’s name later', () =>
      inClub(async (client) => {
        await client.query(
          `select save_knowledge('brand', 'dogs', 'May I bring my dog?', 'Assistance dogs only.')`,
        )
        await one(client, ...save({ question: 'Dogs?', expected_category: 'brand', expected_topic: 'dogs' }))
        const dogs = await sopBy(client, 'brand', 'dogs', '# Dogs\n\nAssistance dogs only.\n')
        await becomeOwner(client)
        expect(await one(client, 'select expected from app_private.golden_targets()')).toEqual({
          expected: `sop:${dogs.id}`,
        })
      }))

    it('is harmless to repeat, and a conflict where another expectation stands', () =>
      inClub(async (client, { door, wifi }) => {
        const first = await one(client, ...save({ question: 'Open?', expected_sop_id: door.id }))
        expect(await one(client, ...save({ question: 'open? ', expected_sop_id: door.id }))).toEqual(first)
        const other = await failure(client, ...save({ question: 'OPEN?', expected_sop_id: wifi.id }))
        expect(other).toMatchObject({ code: 'CO409' })
        expect(JSON.parse(other.detail!)).toEqual({ id: first.id })
        // At a site it is another question.
        expect(
          await one(client, ...save({ question: 'Open?', expected_sop_id: wifi.id, site: 'north' })),
        ).toMatchObject({ expected_sop_id: wifi.id })
        expect((await client.query('select from golden_questions')).rowCount).toBe(2)
      }))

    it('changes with a reason, and not over somebody else’s change', () =>
      inClub(async (client, { door, wifi }) => {
        const first = await one(client, ...save({ question: 'Open?', expected_sop_id: door.id }))
        const change = { id: first.id, question: 'Is it open?', expected_sop_id: wifi.id }
        expect(await sqlState(client, ...save(change))).toBe('CO002')
        const stale = { ...change, reason: 'Clearer', expected_updated_at: '2026-01-01T00:00:00Z' }
        expect(await sqlState(client, ...save(stale))).toBe('CO120')
        // As a browser sends it back: in milliseconds.
        const fresh = { ...stale, expected_updated_at: new Date(first.updated_at).toISOString() }
        expect(await one(client, ...save(fresh))).toMatchObject({
          id: first.id,
          question: 'Is it open?',
          expected_sop_id: wifi.id,
          created_by: 'rita',
        })
        expect(await sqlState(client, ...save({ ...change, id: 99999, reason: 'x' }))).toBe('CO404')
      }))

    it.each<[string, Record<string, unknown>, string]>([
      ['no question', { question: '  ', hand_over: true }, 'CO005'],
      ['a null question', { question: null, hand_over: true }, 'CO005'],
      ['nothing expected', { question: 'a?' }, 'CO005'],
      ['two things expected', { question: 'a?', expected_sop_id: 1, hand_over: true }, 'CO005'],
      ['a category without a topic', { question: 'a?', expected_category: 'brand' }, 'CO005'],
      ['1,001 characters', { question: 'a'.repeat(1001), hand_over: true }, 'CO006'],
      ['too long a note', { question: 'a?', hand_over: true, note: 'a'.repeat(2001) }, 'CO006'],
      ['no such SOP', { question: 'a?', expected_sop_id: 99999 }, 'CO404'],
      ['no such topic', { question: 'a?', expected_category: 'no', expected_topic: 'such' }, 'CO404'],
      ['no such site', { question: 'a?', hand_over: true, site: 'south' }, 'CO404'],
    ])('refuses %s', (_, values, code) =>
      inClub(async (client) => {
        expect(await sqlState(client, ...save(values))).toBe(code)
      }),
    )

    it('refuses an archived SOP, and lets one that was archived since be kept', () =>
      inClub(async (client, { door, wifi }) => {
        const kept = await one(client, ...save({ question: 'Open?', expected_sop_id: door.id }))
        for (const sop of [door, wifi]) await client.query(`select archive_sop($1, 'Old')`, [sop.id])
        expect(await sqlState(client, ...save({ question: 'a?', expected_sop_id: wifi.id }))).toBe('CO005')
        expect(
          await one(
            client,
            ...save({
              id: kept.id,
              question: 'Open?',
              expected_sop_id: door.id,
              note: 'Soon',
              reason: 'x',
            }),
          ),
        ).toMatchObject({ note: 'Soon' })
      }))

    it('is for reviewers; agents read, customers do not', () =>
      inClub(async (client, { door }) => {
        await one(client, ...save({ question: 'Open?', expected_sop_id: door.id }))
        for (const claims of [agent, { role: 'auditor' as const, actor: 'aud' }, worker]) {
          await become(client, claims)
          expect(await sqlState(client, ...save({ question: 'a?', hand_over: true }))).toBe('42501')
          expect((await client.query('select from golden_questions')).rowCount).toBe(1)
          expect(await sqlState(client, `select remove_golden_question(1, 'x')`)).toBe('42501')
        }
        await become(client, visitor(uuid(1)))
        expect(await sqlState(client, 'select * from golden_questions')).toBe('42501')
        expect(await sqlState(client, 'select * from check_golden_questions()')).toBe('42501')
        expect(await sqlState(client, 'select * from run_golden_check()')).toBe('42501')
        await become(client, { role: 'reviewer' })
        expect(await sqlState(client, ...save({ question: 'a?', hand_over: true }))).toBe('CO001')
      }))
  })

  describe('as a governed table', () => {
    it('refuses plain SQL without author or reason, also deleting', () =>
      inClub(async (client, { door }) => {
        await one(client, ...save({ question: 'Open?', expected_sop_id: door.id }))
        await becomeOwner(client)
        await client.query(`select set_config('clubos.actor', '', true)`)
        for (const statement of [
          `insert into golden_questions (question, hand_over) values ('a?', true)`,
          `update golden_questions set note = 'x'`,
          'delete from golden_questions',
        ]) {
          expect(await sqlState(client, statement)).toBe('CO001')
          await client.query('savepoint named')
          await client.query(`select set_config('clubos.actor', 'dba', true)`)
          expect(await sqlState(client, statement)).toBe('CO002')
          await setReason(client, 'By hand')
          expect(await sqlState(client, statement)).toBe('none')
          await client.query('rollback to savepoint named')
        }
      }))

    it('has what was expected in the audit log, and of the words their hash', () =>
      inClub(async (client, { door }) => {
        const { id } = await one(client, ...save({ question: 'The unheard of?', expected_sop_id: door.id }))
        await client.query(`select remove_golden_question($1, 'Twice')`, [id])
        await becomeOwner(client)
        const { rows } = await client.query(
          `select operation, actor, reason, coalesce(new, old) as row from audit_log where table_name = 'golden_questions' and row_id = $1 order by id`,
          [String(id)],
        )
        expect(rows).toMatchObject([
          {
            operation: 'insert',
            actor: 'rita',
            reason: 'Written by hand',
            row: { expected_sop_id: door.id, question_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
          },
          { operation: 'delete', actor: 'rita', reason: 'Twice' },
        ])
        expect(JSON.stringify(rows)).not.toContain('unheard')
      }))

    it('has a revision that every change moves, and nothing else', () =>
      inClub(async (client, { door }) => {
        const revision = async () => {
          await client.query('savepoint looking')
          await becomeOwner(client)
          const { now } = await one(client, 'select app_private.golden_revision() as now')
          await client.query('rollback to savepoint looking')
          return Number(now)
        }
        const before = await revision()
        const { id } = await one(client, ...save({ question: 'Open?', expected_sop_id: door.id }))
        await one(client, ...save({ question: 'Open?', expected_sop_id: door.id }))
        expect(await revision()).toBe(before + 1)
        await one(client, ...save({ id, question: 'Open?', hand_over: true, reason: 'x' }))
        expect(await revision()).toBe(before + 2)
        await results(client)
        await client.query('select run_golden_check()')
        expect(await revision()).toBe(before + 2)
        await client.query(`select remove_golden_question($1, 'x')`, [id])
        expect(await revision()).toBe(before + 3)
      }))

    it('wants the vector of each question once, and keeps it when others are cleared away', () =>
      inClub(async (client, { door }) => {
        await one(client, ...save({ question: 'A vector, please?', expected_sop_id: door.id }))
        await becomeOwner(client)
        const wanted = async () =>
          (
            await client.query('select embedding_text as text from app_private.vectors_wanted(500)')
          ).rows.filter((row) => row.text === 'A vector, please?').length
        expect(await wanted()).toBe(1)
        expect(
          (
            await client.query(
              `select from graphile_worker.jobs where task_identifier = 'search_units__embed' limit 1`,
            )
          ).rowCount,
        ).toBe(1)
        expect((await results(client))[0]!.by_vector).toBe(false)
        await client.query(
          'select app_private.store_vectors($1, $2::vector[], (select embedding_model from club_settings))',
          [['A vector, please?'], [`[${[1, ...new Array(1535).fill(0)].join(',')}]`]],
        )
        expect(await wanted()).toBe(0)
        expect((await results(client))[0]!.by_vector).toBe(true)
        await client.query(`update app_private.embedding_cache set created_at = now() - interval '1 year'`)
        await client.query('select app_private.retain__embedding_cache(now())')
        expect(await wanted()).toBe(0)
        // Another model's vectors are wanted as well before it takes over.
        const { rows } = await client.query(
          `select content from app_private.texts_to_embed('openai:new', '', 1000)`,
        )
        expect(rows.map((row) => row.content)).toContain('A vector, please?')
      }))
  })

  describe('golden_from_response', () => {
    it('expects the first cited source, and keeps the question masked', () =>
      inClub(async (client, { door }) => {
        const answer = await record(client, {
          question: 'My code does nothing,\ncall 555-123-4567 or me@example.com',
          visitorId: uuid(1),
          sop: door,
        })
        await become(client, reviewer)
        const golden = await one(client, 'select * from golden_from_response($1)', [answer.id])
        expect(golden).toMatchObject({ expected_sop_id: door.id, response_id: answer.id, created_by: 'rita' })
        expect(golden.question).toMatch(/^My code does nothing, call \[.*\] or \[.*\]$/)
        expect(await one(client, 'select * from golden_from_response($1)', [answer.id])).toEqual(golden)
        expect((await client.query('select from golden_questions')).rowCount).toBe(1)
      }))

    it('expects knowledge, and a person where it was handed over', () =>
      inClub(async (client) => {
        const knowledge = await one(
          client,
          `select id, category, topic from save_knowledge('brand', 'dogs', 'May I bring my dog?', 'Assistance dogs only.')`,
        )
        const dogs = await record(client, { question: 'My dog?', knowledge })
        const handed = await record(client, { question: 'What is love?', outcome: 'handed_over' })
        await become(client, reviewer)
        expect(await one(client, 'select * from golden_from_response($1)', [dogs.id])).toMatchObject({
          expected_category: 'brand',
          expected_topic: 'dogs',
          hand_over: false,
        })
        expect(
          await one(client, `select * from golden_from_response($1, 'Right')`, [handed.id]),
        ).toMatchObject({
          expected_sop_id: null,
          hand_over: true,
        })
      }))

    it('refuses what says nothing of what is right', () =>
      inClub(async (client, { door }) => {
        const bad = await record(client, { question: 'Door?', visitorId: uuid(1), sop: door })
        await become(client, visitor(uuid(1)))
        await client.query('select mark_unhelpful($1)', [bad.id])
        const bare = await record(client, { question: 'Bare?', outcome: 'emergency' })
        await become(client, admin)
        await client.query(`select set_assistant_enabled(false, 'Test')`)
        const paused = await record(client, { question: 'Paused?', sop: door })
        expect(paused.outcome).toBe('paused')
        await become(client, reviewer)
        const from = (id: string | number) => sqlState(client, 'select golden_from_response($1)', [id])
        expect(await from(bad.id)).toBe('CO005')
        expect(await from(bare.id)).toBe('CO005')
        expect(await from(paused.id)).toBe('CO005')
        expect(await from(999999)).toBe('CO404')
        await become(client, agent)
        expect(await from(bare.id)).toBe('42501')
      }))
  })

  describe('erasure', () => {
    it('takes the question with its answer, also out of earlier results, and shows where staff quote it', () =>
      inClub(async (client, { door, wifi }) => {
        const answer = await record(client, {
          question: 'zebra stripes on the door',
          visitorId: uuid(1),
          sop: door,
        })
        const kept = await record(client, {
          question: 'yak herds at the door',
          visitorId: uuid(1),
          sop: door,
        })
        await become(client, reviewer)
        await one(client, 'select * from golden_from_response($1)', [answer.id])
        const own = await one(client, 'select * from golden_from_response($1)', [kept.id])
        await one(client, ...save({ question: 'Wireless?', expected_sop_id: wifi.id }))
        await client.query('select run_golden_check()')
        await one(
          client,
          ...save({
            id: own.id,
            question: 'May yak herds at the door come in?',
            expected_sop_id: door.id,
            reason: 'Clearer',
          }),
        )
        await become(client, admin)
        const exported = await one(client, 'select export_personal_data($1) as data', [uuid(1)])
        expect(exported.data.golden_questions).toMatchObject([{ question: 'zebra stripes on the door' }])
        const { erased } = await one(client, `select erase_personal_data($1, 'Asked to') as erased`, [
          uuid(1),
        ])
        expect(erased.counts).toMatchObject({ golden_questions: 1 })
        expect(erased.to_review).toContainEqual(
          expect.objectContaining({ kind: 'golden_question', id: own.id, quotes: ['yak herds at the door'] }),
        )
        await becomeOwner(client)
        expect(
          (await client.query('select question, response_id from golden_questions order by id')).rows,
        ).toEqual([
          { question: 'May yak herds at the door come in?', response_id: null },
          { question: 'Wireless?', response_id: null },
        ])
        const { results: kept_results } = await one(client, 'select results from golden_checks')
        expect(kept_results.map((one: Result) => one.question).sort()).toEqual([
          'Wireless?',
          '[erased]',
          '[erased]',
        ])
        expect(
          (
            await client.query(
              'select from app_private.embedding_cache where content_hash = app_hidden.embedding_hash($1)',
              ['zebra stripes on the door'],
            )
          ).rowCount,
        ).toBe(0)
      }))
  })

  describe('check_golden_questions', () => {
    it('tells why each fails, the failed ones first', () =>
      inClub(async (client, { door, wifi }) => {
        await client.query(
          `select save_knowledge('brand', 'dogs', 'May I bring my dog?', 'Assistance dogs only.'), save_knowledge('brand', 'cats', 'Are cats allowed?', 'No.')`,
        )
        await become(client, admin)
        await client.query(
          `insert into emergency_signals (section, pattern) values ('fire', 'smoke') on conflict do nothing`,
        )
        const fire = await sopBy(
          client,
          'emergency',
          'fire',
          '# Fire or smoke\n\nLeave the building, call 911.\n',
        )
        for (const values of [
          { question: 'wireless network password', expected_sop_id: wifi.id },
          { question: 'hash key after the code', expected_sop_id: wifi.id },
          { question: 'I smell smoke', expected_sop_id: fire.id },
          { question: 'smoke at the green light', expected_sop_id: door.id },
          { question: 'wireless settings', hand_over: true },
          { question: 'qwertzuiop', hand_over: true },
          { question: 'asdfghjkl', expected_sop_id: door.id },
          { question: 'are cats allowed', expected_category: 'brand', expected_topic: 'cats' },
          { question: 'may I bring my dog', expected_category: 'brand', expected_topic: 'dogs' },
        ])
          await one(client, ...save(values))
        await client.query(`delete from knowledge_base where topic = 'dogs'`)
        const found = await results(client)
        expect(
          Object.fromEntries(
            found.map((one) => [one.question, [one.passed, one.verdict, one.outcome, one.found]]),
          ),
        ).toEqual({
          'wireless network password': [true, 'passed', 'answered', `sop:${wifi.id}`],
          'hash key after the code': [false, 'other_source', 'answered', `sop:${door.id}`],
          'I smell smoke': [true, 'passed', 'emergency', `sop:${fire.id}`],
          'smoke at the green light': [false, 'emergency', 'emergency', `sop:${fire.id}`],
          'wireless settings': [false, 'answered', 'answered', `sop:${wifi.id}`],
          qwertzuiop: [true, 'passed', 'handed_over', null],
          asdfghjkl: [false, 'nothing_found', 'handed_over', null],
          'are cats allowed': [true, 'passed', 'answered', 'topic:brand/cats'],
          'may I bring my dog': [
            false,
            'gone',
            expect.any(String),
            found.find((one) => one.verdict === 'gone')!.found,
          ],
        })
        expect(found.map((one) => one.passed)).toEqual([...found.map((one) => one.passed)].sort())
        for (const one of found) expect([one.question, one.why === null]).toEqual([one.question, one.passed])
      }))

    it('asks at the question’s site', () =>
      inClub(async (client) => {
        await become(client, admin)
        await client.query(`insert into sites (slug, name) values ('south', 'South')`)
        await become(client, reviewer)
        await client.query(
          `select save_knowledge('facilities', 'sauna', 'Is there a sauna?', 'Yes, upstairs.', site => 'north')`,
        )
        for (const site of ['north', 'south'])
          await one(
            client,
            ...save({
              question: 'is there a sauna',
              site,
              ...(site === 'north'
                ? { expected_category: 'facilities', expected_topic: 'sauna' }
                : { hand_over: true }),
            }),
          )
        expect((await results(client)).map((one) => one.verdict)).toEqual(['passed', 'passed'])
      }))

    it('is the club’s threshold, below which a person answers', () =>
      inClub(async (client, { wifi }) => {
        await one(client, ...save({ question: 'wireless network password', expected_sop_id: wifi.id }))
        const [before] = await results(client)
        expect(before!.passed).toBe(true)
        await become(client, admin)
        await client.query('update club_settings set confidence_threshold = $1', [before!.confidence! + 0.01])
        expect(await results(client)).toMatchObject([
          { passed: false, verdict: 'unsure', outcome: 'handed_over', found: `sop:${wifi.id}` },
        ])
      }))
  })

  describe('run_golden_check', () => {
    it('says how to make one where there is none', () =>
      inClub(async (client) => {
        await become(client, agent)
        expect(await failure(client, 'select run_golden_check()')).toMatchObject({
          code: 'CO404',
          hint: expect.stringContaining('golden_from_response'),
        })
      }))

    it('keeps the result, until something that it rests on changes', () =>
      inClub(async (client, { door, wifi }) => {
        await one(client, ...save({ question: 'wireless network password', expected_sop_id: wifi.id }))
        const { id } = await one(client, ...save({ question: 'wireless', expected_sop_id: door.id }))
        await become(client, agent)
        const check = await one(client, 'select * from run_golden_check()')
        expect(check).toMatchObject({ checked_by: 'ann', passed: 1, failed: 1 })
        expect(check.results).toMatchObject([
          { golden_question_id: id, passed: false, verdict: 'other_source' },
          { passed: true, why: null },
        ])
        const stale = async () =>
          (await one(client, 'select golden_checks_is_stale(c) as stale from golden_checks c')).stale
        expect(await stale()).toBe(false)
        const changing: [typeof admin, string][] = [
          [reviewer, `select save_golden_question('Another?', hand_over => true)`],
          [reviewer, `select save_sop('facilities', 'wifi', 'Other', 'x')`],
          [reviewer, `select archive_sop(${wifi.id}, 'x')`],
          [reviewer, `select save_knowledge('a', 'b', 'c?', 'd')`],
          [admin, 'update club_settings set confidence_threshold = 0.9'],
        ]
        for (const [claims, statement] of changing) {
          await client.query('savepoint unchanged')
          await become(client, claims)
          await client.query(statement)
          expect([statement, await stale()]).toEqual([statement, true])
          await client.query('rollback to savepoint unchanged')
          expect(await stale()).toBe(false)
        }
      }))

    it('keeps the last hundred', () =>
      inClub(async (client, { wifi }) => {
        await one(client, ...save({ question: 'wireless', expected_sop_id: wifi.id }))
        await becomeOwner(client)
        await client.query(
          `insert into golden_checks (checked_by, passed, failed, took_ms, results, state) select 'x', 0, n, 0, '[]', '{}' from generate_series(1, 120) n`,
        )
        await become(client, worker)
        await client.query('select run_golden_check()')
        const kept = await one(
          client,
          'select count(*)::int as n, min(failed) filter (where checked_by = $1) as oldest from golden_checks',
          ['x'],
        )
        expect(kept).toEqual({ n: 100, oldest: 22 })
      }))
  })

  describe('the gate', () => {
    const gate = async (client: pg.PoolClient, on = true) => {
      await become(client, admin)
      await client.query(`select set_golden_gate($1, 'Test')`, [on])
      await become(client, reviewer)
    }
    const propose = async (client: pg.PoolClient, sop: Sop, content: string) => {
      await become(client, worker)
      const { id } = await one(client, `select id from propose_improvement('sop_edit', $1)`, [
        { sop_id: sop.id, new_content: content, reasoning: 'Shorter' },
      ])
      await become(client, reviewer)
      return id as number
    }
    const emptied = '# Guest wireless network\n\nAsk at the desk.\n'

    it('refuses what would break a golden question, says which, and leaves everything as it was', () =>
      inClub(async (client, { wifi }) => {
        const golden = await one(
          client,
          ...save({ question: 'settings and password from the tablet', expected_sop_id: wifi.id }),
        )
        const id = await propose(client, wifi, emptied)
        await gate(client)
        const refused = await failure(client, 'select approve_improvement($1)', [id])
        expect(refused).toMatchObject({
          code: 'CO160',
          message: expect.stringContaining('settings and password'),
        })
        expect(JSON.parse(refused.detail!)).toMatchObject({
          improvement_id: id,
          questions: [
            {
              golden_question_id: golden.id,
              question: 'settings and password from the tablet',
              expected: `sop:${wifi.id}`,
              expected_title: 'Facilities / Wifi',
              outcome: 'handed_over',
            },
          ],
        })
        // Plain SQL comes through the same gate.
        await setReason(client, 'By hand')
        expect(
          await sqlState(client, `update improvement_queue set status = 'approved' where id = ${id}`),
        ).toBe('CO160')
        expect(await one(client, 'select status from improvement_queue where id = $1', [id])).toEqual({
          status: 'pending',
        })
        expect(await one(client, 'select version from sops where id = $1', [wifi.id])).toEqual({ version: 1 })
        // Nobody passes it by; an admin may switch it off.
        await become(client, admin)
        expect(await sqlState(client, 'select approve_improvement($1)', [id])).toBe('CO160')
        await gate(client, false)
        expect(await sqlState(client, 'select approve_improvement($1)', [id])).toBe('none')
      }))

    it('lets through what breaks nothing, whatever failed before', () =>
      inClub(async (client, { door, wifi }) => {
        await one(
          client,
          ...save({ question: 'settings and password from the tablet', expected_sop_id: wifi.id }),
        )
        await one(client, ...save({ question: 'hash key', expected_sop_id: wifi.id }))
        await one(client, ...save({ question: 'hash key', expected_sop_id: door.id, site: 'north' }))
        await gate(client)
        const id = await propose(client, wifi, `${wifiText}\nAsk at the desk otherwise.\n`)
        expect(await one(client, 'select status from approve_improvement($1)', [id])).toEqual({
          status: 'approved',
        })
      }))

    it('also asks what must be handed over', () =>
      inClub(async (client, { wifi }) => {
        await one(client, ...save({ question: 'helicopter landing', hand_over: true }))
        await gate(client)
        const id = await propose(
          client,
          wifi,
          `${wifiText}\n## Helicopter landing\n\nHelicopter landing on the roof.\n`,
        )
        expect(await failure(client, 'select approve_improvement($1)', [id])).toMatchObject({
          code: 'CO160',
          message: expect.stringContaining('expected: a person; found: Facilities / Wifi'),
        })
      }))

    it('is off unless an admin switches it on, with a reason', () =>
      inClub(async (client) => {
        expect(await one(client, 'select golden_gate from club_settings')).toEqual({ golden_gate: false })
        expect(await sqlState(client, `select set_golden_gate(true, 'x')`)).toBe('42501')
        await become(client, admin)
        expect(await sqlState(client, `select set_golden_gate(true, ' ')`)).toBe('CO002')
        expect(await sqlState(client, `select set_golden_gate(null, 'x')`)).toBe('CO005')
        expect(await one(client, `select golden_gate from set_golden_gate(true, 'x')`)).toEqual({
          golden_gate: true,
        })
      }))
  })
})

;(isServer ? describe : describe.skip)('two approvals at once (needs DATABASE_URL)', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await manyConnections(8)
  })
  afterAll(() => database.close())

  it('do not break together what neither breaks alone', async () => {
    const { pool } = database
    await call(pool, admin, `select set_golden_gate(true, 'Test')`)
    for (let round = 1; round <= 8; round++) {
      const word = `zeppelin${'abcdefgh'[round - 1]}`
      const write = (section: string, text: string) =>
        call<Sop>(pool, reviewer, `select * from save_sop('race', $1, $2, 'A test')`, [
          `${section}_${round}`,
          text,
        ])
      // Half of what the first says goes to the second: each of the two changes leaves the first ahead.
      const whole = `The ${word}a ${word}b ${word}c ${word}d.`
      const [first, second] = await Promise.all([
        write('one', `# First\n\n${whole}\n`),
        write('two', `# Second\n\nNothing of it.\n`),
      ])
      await call(pool, reviewer, 'select save_golden_question($1, $2)', [whole, first.id])
      const passes = async () =>
        (await one(pool, 'select passed from check_golden_questions() where question = $1', [whole])).passed
      expect([round, await passes()]).toEqual([round, true])
      const propose = (sop: Sop, text: string) =>
        call<{ id: number }>(pool, worker, `select id from propose_improvement('sop_edit', $1)`, [
          { sop_id: sop.id, new_content: text },
        ])
      const ids = await Promise.all([
        propose(first, `# First\n\nThe ${word}a ${word}b.\n`),
        propose(second, `# Second\n\nThe ${word}b ${word}c ${word}d.\n`),
      ])
      const both = await Promise.allSettled(
        ids.map(({ id }) => call(pool, reviewer, 'select * from approve_improvement($1)', [id])),
      )
      expect([round, ...both.map(codeOf).sort(), await passes()]).toEqual([round, 'CO160', 'ok', true])
    }
  })
})

describe('on the demo club', () => {
  let database: TestDatabase
  let embedder: LocalEmbedder
  const services = () => ({ pool: database.pool, embedder, providers: noProviders, log: makeLog('silent') })
  beforeAll(async () => {
    database = await makeTestDatabase()
    embedder = new LocalEmbedder()
    await importFolder(services(), demoFolder, { actor: 'demo', reason: 'Demo content' })
  }, 240_000)
  afterAll(async () => {
    await embedder.close()
    await database.close()
  })
  afterEach(async () => {
    await database.pool.query(`delete from graphile_worker._private_jobs`)
  })

  it('all pass on the freshly imported demo, by vectors', async () => {
    const found = await results(database.pool)
    expect(found.length).toBeGreaterThanOrEqual(20)
    expect(found.filter((one) => !one.passed || !one.by_vector)).toEqual([])
    expect(found.filter((one) => one.expected === 'hand_over').length).toBeGreaterThanOrEqual(3)
  })

  it('are imported once', async () => {
    const { golden } = await importFolder(services(), demoFolder, { actor: 'demo' })
    expect(golden).toEqual({ created: 0, changed: 0, unchanged: (await results(database.pool)).length })
  })

  it('decides as an answer does, for two hundred questions in one call', async () => {
    const queries = readJsonLines(
      join(demoFolder, 'queries.jsonl'),
      z.object({ query: z.string(), site: z.string().optional() }).loose(),
    )
      .filter((_, index) => index % 2 === 0)
      .slice(0, 172)
    await call(
      database.pool,
      admin,
      `select count(save_golden_question(q ->> 'query', hand_over => true, site => q ->> 'site')) from jsonb_array_elements($1) q`,
      [JSON.stringify(queries)],
    )
    await embedMissing(services())
    const found = await results(database.pool)
    expect(found.length).toBe(200)
    expect(found.every((one) => one.by_vector)).toBe(true)
    const { rows } = await database.pool.query<{
      id: number
      answer: { outcome: string; confidence: number; sources: Record<string, unknown>[] }
    }>(
      `select g.id, app_hidden.begin_answer(g.question, site => s.slug) as answer from golden_questions g left join sites s on s.id = g.site_id`,
    )
    expect(new Set(rows.map((row) => row.answer.outcome))).toEqual(
      new Set(['answered', 'handed_over', 'emergency']),
    )
    const answered = new Map(
      rows.map(({ id, answer }) => [
        id,
        {
          outcome: answer.outcome,
          found: answer.sources[0]
            ? answer.sources[0].sop_id
              ? `sop:${answer.sources[0].sop_id}`
              : `topic:${answer.sources[0].category}/${answer.sources[0].topic}`
            : null,
        },
      ]),
    )
    expect(found.map((one) => [one.question, { outcome: one.outcome, found: one.found }])).toEqual(
      found.map((one) => [one.question, answered.get(one.golden_question_id)]),
    )
  })
})
