/** A dry run: which questions it asks, what it says of each, that it leaves nothing, and when it no longer holds. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { withClaims } from '../../core/database/index.ts'
import {
  admin,
  agent,
  become,
  isServer,
  makeTestDatabase,
  reviewer,
  rolledBack,
  type TestDatabase,
  worker,
} from '../support/database.ts'
import { axis, becomeOwner, doorText, one, record, type Sop, saveSop, sopBy, uuid } from './fixtures.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

interface Asked {
  question: string
  role: string
  effect: string
  expected: string
  before: string | null
  after: string | null
}
interface Result {
  fixed: number
  broken: number
  changed: number
  unaffected: number
  golden: number
  golden_fixed: number
  golden_broken: number
  flagged: boolean
  warnings: { kind: string; text: string; where?: string }[]
  questions: Asked[]
}

const propose = async (
  client: pg.PoolClient,
  kind: string,
  suggestion: object,
  failures: number[] = [],
): Promise<number> => {
  await become(client, worker)
  const { id } = await one(client, 'select id from propose_improvement($1, $2, $3)', [
    kind,
    JSON.stringify({ reasoning: 'Asked often', ...suggestion }),
    failures,
  ])
  return id
}
const preview = async (client: pg.PoolClient, id: number, content: string | null = null): Promise<Result> => {
  await become(client, agent)
  return (await one(client, 'select preview_improvement($1, $2) as result', [id, content])).result
}
const staleBecause = async (client: pg.PoolClient, id: number) => {
  await become(client, agent)
  return (await one(
    client,
    'select improvement_queue_dry_run_stale_because(q) as because, improvement_queue_dry_run_stale(q) as stale from improvement_queue q where id = $1',
    [id],
  )) as { because: string | null; stale: boolean | null }
}
const failureOf = async (client: pg.PoolClient, question: string, sop: Sop, correction?: string) => {
  const { id } = await record(client, { question, visitorId: uuid(1), sop })
  await become(client, agent)
  await client.query('select mark_unhelpful($1, expected_sop_id => $2, user_correction => $3)', [
    id,
    sop.id,
    correction ?? null,
  ])
  return (await one(client, 'select id from failed_responses where response_id = $1', [id])).id as number
}
const effects = (result: Result) =>
  Object.fromEntries(result.questions.map((asked) => [asked.question, `${asked.role} ${asked.effect}`]))

/** Gives a question a vector that points where `n` says: only equal ones are near. */
const embed = async (client: pg.PoolClient, question: string, n: number) => {
  await becomeOwner(client)
  await client.query(
    `insert into app_private.embedding_cache (content_hash, model, embedding)
     select app_hidden.embedding_hash($1), s.embedding_model, $2 from club_settings s on conflict do nothing`,
    [question, axis(n)],
  )
}

/** Two entries that say the same; a golden question that the first answers. */
const twoEntries = async (client: pg.PoolClient) => {
  await become(client, reviewer)
  const save = async (topic: string, question: string) =>
    (
      await one(client, `select id from save_knowledge('brand', $1, $2, 'Dogs may come along.', 'Asked')`, [
        topic,
        question,
      ])
    ).id as number
  const id = await save('dogs', 'May I bring my dog?')
  const other = await save('dogs', 'Can my dog come too?')
  await client.query(
    `select save_golden_question(question => 'May I bring my dog?', expected_category => 'brand', expected_topic => 'dogs', reason => 'Asked daily')`,
  )
  return { id, other }
}

describe('what it asks', () => {
  it('is what fails, what is golden, what was answered well by what changes, and what lies nearest to it', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const door = await sopBy(client, 'access', 'door', doorText)
      const wifi = await saveSop(
        client,
        'facilities',
        'wifi',
        '# Wifi\n\n## Steps\n\n1. Type the password.\n',
      )
      const failing = await failureOf(client, 'the gizmo refuses me', door)
      await become(client, reviewer)
      await client.query(
        `select save_golden_question(question => 'How does the wifi work?', expected_sop_id => $1, reason => 'Asked daily')`,
        [wifi.id],
      )
      const helpful = async (question: string, sop: Sop) => {
        const { id } = await record(client, { question, visitorId: uuid(2), sop })
        await become(client, { role: 'anonymous', visitorId: uuid(2) })
        await client.query('select mark_helpful($1)', [id])
      }
      await helpful('which key after the code', door)
      await helpful('type the password where', wifi)
      const id = await propose(
        client,
        'sop_edit',
        { sop_id: door.id, new_content: `${doorText}\n- the gizmo refuses me\n` },
        [failing],
      )
      const result = await preview(client, id)
      expect(Object.fromEntries(result.questions.map((asked) => [asked.question, asked.role]))).toEqual({
        'the gizmo refuses me': 'failing',
        'How does the wifi work?': 'golden',
        'which key after the code': 'good',
        'type the password where': 'good',
      })
      expect(result).toMatchObject({ asked: { failing: 1, golden: 1, good: 2 }, golden: 1, flagged: false })
    }))

  it('is each question once, as what matters most', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const door = await sopBy(client, 'access', 'door', doorText)
      const failures = [
        await failureOf(client, 'Red light', door),
        await failureOf(client, 'red light', door),
      ]
      await become(client, reviewer)
      await client.query(
        `select save_golden_question(question => 'RED light', expected_sop_id => $1, reason => 'x')`,
        [door.id],
      )
      const id = await propose(
        client,
        'sop_edit',
        { sop_id: door.id, new_content: `${doorText}\n- Red light\n` },
        failures,
      )
      expect((await preview(client, id)).questions).toMatchObject([{ role: 'failing' }])
    }))
})

describe('what it says', () => {
  /** Two SOPs; a question that leads to the second by its words. */
  const rivals = async (client: pg.PoolClient) => {
    const door = await sopBy(client, 'access', 'door', doorText)
    const wifi = await saveSop(
      client,
      'facilities',
      'wifi',
      '# Wifi\n\n## Steps\n\n1. Type the wifi password from the tablet.\n',
    )
    return { door, wifi }
  }
  const thief = `${doorText}\n## Wifi\n\nWhat is the wifi password? Where is the wifi password? Type the wifi password. Wifi password wifi password.\n`

  it('is that a question is broken, where another would answer it', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { door, wifi } = await rivals(client)
      const golden = 'what is the wifi password'
      await embed(client, golden, 3)
      await become(client, reviewer)
      await client.query(
        `select save_golden_question(question => $1, expected_sop_id => $2, reason => 'Daily')`,
        [golden, wifi.id],
      )
      const id = await propose(client, 'sop_edit', { sop_id: door.id, new_content: thief })
      const result = await preview(client, id)
      const [asked] = result.questions
      expect(asked).toMatchObject({ question: golden, role: 'golden', expected: `sop:${wifi.id}` })
      // Whether it was sure enough before or not: what was first no longer is.
      expect([asked!.before, asked!.after, asked!.effect]).toEqual([
        `sop:${wifi.id}`,
        `sop:${door.id}`,
        'broken',
      ])
      expect(result).toMatchObject({ golden_broken: 1, broken: 0, flagged: true })
      const row = await one(client, 'select impact from improvement_queue where id = $1', [id])
      expect(row.impact).toBe(-8)
    }))

  it('is that a question is broken, where the entry that answers it goes', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { id, other } = await twoEntries(client)
      // What is found in its place is nothing that the proposal touches: it has to be seen by what was found before.
      await become(client, reviewer)
      await saveSop(
        client,
        'brand',
        'animals',
        '# Animals\n\nAsk the desk first about every cat, parrot, horse or dog.\n',
      )
      const proposal = await propose(client, 'knowledge_retire', { knowledge_ids: [id, other] })
      const result = await preview(client, proposal)
      expect(effects(result)).toEqual({ 'May I bring my dog?': 'golden broken' })
      expect(result).toMatchObject({ golden_broken: 1, flagged: true })
    }))

  it('is that a hand-over is broken, where something would answer it now', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { door } = await rivals(client)
      await become(client, reviewer)
      await client.query(
        `select save_golden_question(question => 'can I marry on the terrace', hand_over => true, reason => 'Never promise')`,
      )
      const phrases = `${doorText}\n## Marry\n\n- can I marry on the terrace\n- marry terrace\n`
      const id = await propose(client, 'sop_edit', { sop_id: door.id, new_content: phrases })
      expect(effects(await preview(client, id))).toEqual({ 'can I marry on the terrace': 'golden broken' })
    }))

  it('is that an answer is another, where the source is the same and its text is not', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const door = await sopBy(client, 'access', 'door', doorText)
      await become(client, reviewer)
      await client.query(
        `select save_golden_question(question => 'press the hash key after the code', expected_sop_id => $1, reason => 'x')`,
        [door.id],
      )
      const id = await propose(client, 'sop_edit', {
        sop_id: door.id,
        new_content: doorText.replace('Wait for', 'Look for'),
      })
      const result = await preview(client, id)
      expect(result).toMatchObject({ changed: 1, broken: 0, golden_broken: 0, flagged: false })
      expect(result.questions[0]).toMatchObject({
        before_text: expect.stringContaining('Wait for the green light'),
        after_text: expect.stringContaining('Look for the green light'),
      })
    }))

  it.each([
    [
      'a figure nobody gave',
      (text: string) => text.replace('green light', 'green light for 40 seconds'),
      ['new_figure second:40'],
    ],
    [
      'a line that is gone',
      (text: string) => text.replace('2. Wait for the green light.\n', ''),
      ['lost_line 2. Wait for the green light.'],
    ],
    [
      'nothing, of a line in other words',
      (text: string) => text.replace('2. Wait for the green light.', '2. Then wait for the light (green).'),
      [],
    ],
  ])('is a warning of %s', (_name, edit, expected) =>
    rolledBack(database.pool, reviewer, async (client) => {
      const door = await sopBy(client, 'access', 'door', doorText)
      const id = await propose(client, 'sop_edit', { sop_id: door.id, new_content: edit(doorText) })
      const { warnings, flagged } = await preview(client, id)
      expect(warnings.map(({ kind, text }) => `${kind} ${text}`)).toEqual(expected)
      expect(flagged).toBe(expected.length > 0)
    }),
  )

  it('is no warning of a figure that a correction gives, nor of the one it replaces', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const prices = await sopBy(client, 'billing', 'prices', '# Prices\n\nA bay costs $32 an hour.\n')
      const failing = await failureOf(client, 'what is a bay', prices, 'It is $36 since May')
      const id = await propose(
        client,
        'sop_edit',
        { sop_id: prices.id, new_content: '# Prices\n\nA bay costs $36 an hour.\n' },
        [failing],
      )
      expect((await preview(client, id)).warnings).toEqual([])
    }))

  it('names the SOP that says the same already', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { door } = await rivals(client)
      const id = await propose(client, 'sop_edit', {
        sop_id: door.id,
        new_content: `${doorText}\nType the wifi password from the tablet that hangs in the bay.\n`,
      })
      // All of its words must stand there: this line has more.
      expect((await preview(client, id)).warnings).toEqual([])
      await become(client, reviewer)
      await saveSop(
        client,
        'facilities',
        'wifi',
        '# Wifi\n\n## Steps\n\nType the wifi password from the tablet that hangs in the bay.\n',
      )
      expect((await preview(client, id)).warnings).toEqual([
        expect.objectContaining({ kind: 'repeats', where: 'Facilities / Wifi' }),
      ])
    }))

  it('shows no personal data of who asked', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const door = await sopBy(client, 'access', 'door', doorText)
      const failing = await failureOf(client, 'mail bob@example.com about the gizmo', door)
      const id = await propose(client, 'sop_edit', { sop_id: door.id, new_content: `${doorText}\nx\n` }, [
        failing,
      ])
      expect(JSON.stringify(await preview(client, id))).not.toContain('bob@example.com')
    }))
})

/** Every row of every table, as one text each. */
async function contents(client: pg.PoolClient): Promise<Record<string, string>> {
  await becomeOwner(client)
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('app_public', 'app_private', 'app_hidden', 'graphile_worker') order by 1`,
  )
  const found: Record<string, string> = {}
  for (const { name } of tables)
    found[name] = (
      await one(
        client,
        `select coalesce(string_agg(t::text, E'\\n' order by t::text), '') as rows from ${name} t`,
      )
    ).rows
  return found
}

it('knows a new SOP again, whose number is another each time that it is made', () =>
  rolledBack(database.pool, reviewer, async (client) => {
    await sopBy(client, 'access', 'door', doorText)
    await becomeOwner(client)
    const { id: failing } = await one(
      client,
      `insert into failed_responses (query, response, feedback_type) values ('the gizmo refuses me', 'No', 'wrong') returning id`,
    )
    await become(client, reviewer)
    const id = await propose(
      client,
      'sop_new',
      {
        category: 'access',
        section: 'gizmo',
        new_content: '# Gizmo\n\nHit it.\n\n## Customers also say\n\n- the gizmo refuses me\n',
      },
      [failing],
    )
    const result = await preview(client, id)
    expect(result).toMatchObject({ fixed: 1, still_failing: 0, broken: 0 })
    expect(result.questions[0]).toMatchObject({ effect: 'fixed', expected_title: 'Access / Gizmo' })
    expect(result.questions[0]!.after).toBe(result.questions[0]!.expected)
  }))

describe('it leaves nothing', () => {
  it.each(['sop_edit', 'sop_new', 'knowledge_entry', 'knowledge_correction', 'routing_hint'])(
    'of a proposal of kind %s but its result',
    (kind) =>
      rolledBack(database.pool, reviewer, async (client) => {
        const door = await sopBy(client, 'access', 'door', doorText)
        const failing = await failureOf(client, 'the gizmo refuses me', door, 'Hit it')
        const id = await propose(
          client,
          kind,
          kind === 'sop_edit'
            ? { sop_id: door.id, new_content: `${doorText}\n- the gizmo refuses me\n` }
            : kind === 'sop_new'
              ? { category: 'access', section: 'gizmo', new_content: '# Gizmo\n\nHit it.\n' }
              : {
                  category: 'access',
                  topic: 'gizmo',
                  entries: [{ question: 'the gizmo refuses me', answer: 'Hit it' }],
                },
          [failing],
        )
        const before = await contents(client)
        const result = await preview(client, id)
        const after = await contents(client)
        expect(result.questions.length).toBeGreaterThan(0)
        const kept = Object.keys(before).filter((name) => before[name] !== after[name])
        expect(kept).toEqual(['app_public.improvement_queue'])
        await client.query('update improvement_queue set dry_run = null, impact = 1')
        const loose = (rows: string) => rows.replaceAll(/\d{4}-\d\d-\d\d \d\d:[^",]*/g, 'time')
        expect(loose((await contents(client))['app_public.improvement_queue']!)).toBe(
          loose(before['app_public.improvement_queue']!),
        )
      }),
  )

  it.each(['knowledge_retire', 'knowledge_merge'])('of a proposal of kind %s but its result', (kind) =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { id, other } = await twoEntries(client)
      const proposal = await propose(
        client,
        kind,
        kind === 'knowledge_retire' ? { knowledge_ids: [id] } : { keep_id: id, duplicate_ids: [other] },
      )
      const before = await contents(client)
      expect((await preview(client, proposal)).questions.length).toBeGreaterThan(0)
      const after = await contents(client)
      expect(Object.keys(before).filter((name) => before[name] !== after[name])).toEqual([
        'app_public.improvement_queue',
      ])
    }),
  )

  it('of an edited text, not even a result', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const door = await sopBy(client, 'access', 'door', doorText)
      const id = await propose(client, 'sop_edit', { sop_id: door.id, new_content: `${doorText}\nx\n` })
      const before = await contents(client)
      await preview(client, id, `${doorText}\ny\n`)
      expect(await contents(client)).toEqual(before)
    }))

  ;(isServer ? it : it.skip)('and lets others write meanwhile (needs DATABASE_URL)', async () => {
    const make = (section: string) =>
      withClaims(database.pool, reviewer, (client) => saveSop(client, 'access', section, doorText))
    const [one_, other] = [await make('one'), await make('other')]
    const id = await withClaims(database.pool, worker, (client) =>
      propose(client, 'sop_edit', { sop_id: one_.id, new_content: `${doorText}\nx\n` }),
    )
    await withClaims(database.pool, agent, async (client) => {
      await preview(client, id)
      // The dry run's transaction is still open: what it locked is not what others need.
      await withClaims(database.pool, admin, async (writer) => {
        await writer.query(`set local lock_timeout = '2s'`)
        await saveSop(writer, 'access', 'other', `${doorText}\nMore.\n`)
        await saveSop(writer, 'access', 'one', `${doorText}\nMore.\n`)
      })
    })
    expect(other.version).toBe(1)
    const { rows } = await database.pool.query('select version from sops where id = any ($1) order by id', [
      [one_.id, other.id],
    ])
    expect(rows).toEqual([{ version: 2 }, { version: 2 }])
  })
})

describe('it no longer holds', () => {
  const waiting = async (client: pg.PoolClient) => {
    const door = await sopBy(client, 'access', 'door', doorText)
    const id = await propose(client, 'sop_edit', { sop_id: door.id, new_content: `${doorText}\nx\n` })
    expect(await staleBecause(client, id)).toEqual({ because: null, stale: null })
    await preview(client, id)
    expect(await staleBecause(client, id)).toEqual({ because: null, stale: false })
    await become(client, reviewer)
    return { door, id }
  }

  it('when the SOP moved on, until it is made anew', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { id } = await waiting(client)
      await saveSop(client, 'access', 'door', doorText.replace('# Door codes', '# Doors'))
      expect(await staleBecause(client, id)).toEqual({ because: 'sop_moved_on', stale: true })
      await preview(client, id)
      expect(await staleBecause(client, id)).toEqual({ because: null, stale: false })
    }))

  it('when the golden questions changed', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { id, door } = await waiting(client)
      await client.query(
        `select save_golden_question(question => 'How do I open?', expected_sop_id => $1, reason => 'x')`,
        [door.id],
      )
      expect((await staleBecause(client, id)).because).toBe('golden_questions_changed')
    }))

  it('when the club went to another model, or it was made by an earlier version', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { id } = await waiting(client)
      await becomeOwner(client)
      await client.query(`update improvement_queue set dry_run = dry_run || '{"embedding_model": "other"}'`)
      expect((await staleBecause(client, id)).because).toBe('embedding_model_changed')
      await becomeOwner(client)
      await client.query(`update improvement_queue set dry_run = dry_run - 'golden_revision'`)
      expect((await staleBecause(client, id)).because).toBe('older_kind')
    }))

  it('when another proposal for the same topic was approved', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const entry = (question: string) => ({
        category: 'access',
        topic: 'gizmo',
        entries: [{ question, answer: 'Hit it' }],
      })
      const id = await propose(client, 'knowledge_entry', entry('Gizmo?'))
      const other = await propose(client, 'knowledge_entry', entry('Gadget?'))
      await preview(client, id)
      await become(client, reviewer)
      await client.query('select approve_improvement($1)', [other])
      expect((await staleBecause(client, id)).because).toBe('other_approved')
    }))

  it('no more once it was decided', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { id } = await waiting(client)
      await client.query('select approve_improvement($1)', [id])
      expect(await staleBecause(client, id)).toEqual({ because: null, stale: null })
    }))
})
