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
import { axis, becomeOwner, one, saveSop, uuid } from './fixtures.ts'

const doors =
  '# Door codes\n\n## When to use\n\nThe keypad is dead or a code is refused.\n\n## Steps\n\n1. Press the hash key after the code.\n2. Wait for the green light.\n'
const projector =
  '# Projector\n\n## When to use\n\nThe picture is black or blurred.\n\n## Steps\n\n1. Hold the power button of the projector.\n2. Check the cable.\n'
const booking =
  '# Moving a booking\n\n## Steps\n\n1. Open the calendar.\n2. Drag the reservation to another slot.\n'

interface Result {
  rank: number
  kind: string
  sop_id: number | null
  knowledge_id: number | null
  category: string
  topic: string
  version: number | null
  heading: string | null
  title: string
  snippet: string
  matched: string | null
  trust: number
  score: number
  cosine: number
}

describe('search_knowledge', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const search = async (
    client: pg.PoolClient,
    query: string,
    options: { vector?: string; category?: string; site?: string; first?: number | null } = {},
  ): Promise<Result[]> =>
    (
      await client.query('select * from app_public.search_knowledge($1, $2, $3, $4, $5)', [
        query,
        options.vector ?? null,
        options.category ?? null,
        options.site ?? null,
        options.first === undefined ? 10 : options.first,
      ])
    ).rows
  const topics = async (...parameters: Parameters<typeof search>) =>
    (await search(...parameters)).map((result) => result.topic)

  /** Three SOPs; with vectors, each of its own axis. */
  const fill = async (client: pg.PoolClient, vectors = false) => {
    for (const [index, [category, section, content]] of (
      [
        ['doors', 'codes', doors],
        ['screens', 'projector', projector],
        ['booking', 'moving', booking],
      ] as const
    ).entries()) {
      await become(client, reviewer)
      await saveSop(client, category, section, content)
      if (!vectors) continue
      await become(client, worker)
      const { rows } = await client.query(
        'select embedding_text from app_private.missing_vectors($1, $2, $3)',
        [category, section, content],
      )
      await client.query(`select app_private.store_vectors($1, $2::vector[], 'local-use-lite')`, [
        rows.map((row) => row.embedding_text),
        rows.map(() => axis(index)),
      ])
    }
    await become(client, agent)
  }

  /** How near a target's profile is to each of some directions. */
  const profileOf = async (
    client: pg.PoolClient,
    target: string,
    directions: number[],
  ): Promise<number[]> => {
    await becomeOwner(client)
    const { near } = await one<{ near: number[] }>(
      client,
      `select array(select round((-(u.embedding <#> d.vector::halfvec))::numeric, 3)::float8 from unnest($2::text[]) with ordinality d(vector, n) order by d.n) as near
         from app_private.search_units u where u.target = $1 and u.kind = 'profile'`,
      [target, directions.map((n) => axis(n))],
    )
    return near
  }

  it('knows a profile by all its parts, though their vectors come one at a time', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { id } = await saveSop(client, 'equipment', 'projector', projector)
      await become(client, worker)
      const { rows } = await client.query<{ embedding_text: string }>(
        `select embedding_text from app_private.missing_vectors('equipment', 'projector', $1) order by embedding_text like '%When to use%' desc`,
        [projector],
      )
      expect(rows).toHaveLength(2)
      const profiles: number[][] = []
      for (const [index, row] of rows.entries()) {
        await become(client, worker)
        await client.query(`select app_private.store_vectors($1, $2::vector[], 'local-use-lite')`, [
          [row.embedding_text],
          [axis(index)],
        ])
        profiles.push(await profileOf(client, `sop:${id}`, [0, 1]))
      }
      expect(profiles).toEqual([
        [1, 0],
        // The mean direction and once more the first section's: (1 + 1/√2, 1/√2), of length one.
        [0.924, 0.383],
      ])
    }))

  it('makes a profile anew that is older than what it is made of', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client, true)
      await becomeOwner(client)
      const { rows } = await client.query<{ target: string }>(
        `update app_private.search_units set embedding = $1 where kind = 'section' and topic = 'projector' returning target`,
        [axis(7)],
      )
      const { target } = rows[0]!
      expect(await profileOf(client, target, [7])).toEqual([0])
      await become(client, worker)
      expect(await one(client, 'select app_private.find_stale_profiles() as found')).toEqual({ found: 1 })
      await client.query('select app_private.refresh_profiles()')
      expect(await profileOf(client, target, [7])).toEqual([1])
      await become(client, worker)
      expect(await one(client, 'select app_private.find_stale_profiles() as found')).toEqual({ found: 0 })
    }))

  it('counts what an SOP is for once more in its profile', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await saveSop(
        client,
        'screens',
        'blurred',
        '# Picture\n\n## When to use\n\nSmudged glass.\n\n## Steps\n\n1. Wipe gently.\n',
      )
      await becomeOwner(client)
      const { times } = await one<{ times: Record<string, number> }>(
        client,
        `select jsonb_object_agg(l.lexeme, cardinality(l.positions)) as times
           from app_private.search_units u, unnest(u.words) l where u.kind = 'profile' and u.topic = 'blurred'`,
      )
      expect(times).toMatchObject({ smudg: 2, glass: 2, wipe: 1, gentl: 1 })
    }))

  it('does not let what was learned of one SOP bury another that nobody asked about yet', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const phrases = ['plugh frotz', 'rezrov gnusto']
      // A share of the question is what the projector is about; the rest is how customers ask about codes.
      const first = async (share: number) => {
        for (const [index, [section, content]] of [
          ['codes', `${doors}\n## Customers also say\n\n${phrases.map((one) => `- ${one}\n`).join('')}`],
          ['projector', projector],
        ].entries()) {
          await become(client, reviewer)
          await saveSop(client, 'house', section!, content!)
          await become(client, worker)
          const { rows } = await client.query<{ text: string }>(
            `select embedding_text as text from app_private.missing_vectors('house', $1, $2)`,
            [section, content],
          )
          await client.query(`select app_private.store_vectors($1, $2::vector[], 'local-use-lite')`, [
            rows.map(({ text }) => text),
            rows.map(({ text }) => axis(phrases.includes(text) ? 2 : index)),
          ])
        }
        await become(client, agent)
        return (await topics(client, 'xyzzy', { vector: axis(2, { index: 1, share }) }))[0]
      }
      expect(await first(0.5)).toBe('projector')
      expect(await first(0.3)).toBe('codes')
    }))

  it('is less sure of an answer beside what is for a person', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sure = async (category: string): Promise<number> => {
        await client.query('savepoint before')
        await become(client, reviewer)
        for (const [index, [place, section, text]] of [
          ['screens', 'projector', 'The projector picture is black.'],
          [category, 'else', 'The projector picture is blue.'],
        ].entries()) {
          const content = `# ${text}\n\n## Steps\n\n${text}\n`
          await become(client, reviewer)
          await saveSop(client, place!, section!, content)
          await become(client, worker)
          const { rows } = await client.query<{ embedding_text: string }>(
            'select embedding_text from app_private.missing_vectors($1, $2, $3)',
            [place, section, content],
          )
          await client.query(`select app_private.store_vectors($1, $2::vector[], 'local-use-lite')`, [
            rows.map((row) => row.embedding_text),
            rows.map(() => axis(index)),
          ])
        }
        await become(client, agent)
        const [first] = (
          await client.query<Result & { confidence: number }>(
            `select * from app_public.search_knowledge('projector picture', $1)`,
            [axis(0, { index: 1, share: 0.69 })],
          )
        ).rows
        expect(first!.topic).toBe('projector')
        await client.query('rollback to savepoint before')
        return first!.confidence
      }
      expect(await sure('hand_over')).toBeLessThan((await sure('garden')) - 0.02)
    }))

  it('finds by words alone, the best first', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client)
      expect((await topics(client, 'the projector picture is black'))[0]).toBe('projector')
      expect((await topics(client, 'I want to move my reservation'))[0]).toBe('moving')
      const results = await search(client, 'door code hash key projector reservation')
      expect(results.map((result) => result.rank)).toEqual([1, 2, 3])
      expect([...results].sort((a, b) => b.score - a.score)).toEqual(results)
    }))

  it('says where it found it: kind, version, heading, snippet, title', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client)
      await become(client, reviewer)
      await saveSop(client, 'doors', 'codes', doors.replace('green', 'blue'))
      const [first] = await search(client, 'which key do I press after the door code')
      expect(first).toMatchObject({
        rank: 1,
        kind: 'sop',
        category: 'doors',
        topic: 'codes',
        version: 2,
        title: 'Door codes',
        heading: 'Steps',
        trust: 3,
        knowledge_id: null,
      })
      expect(first!.snippet).toContain('blue light')
    }))

  it('finds by vector what shares no word', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client, true)
      const [first] = await search(client, 'xyzzy plugh', { vector: axis(1) })
      expect(first).toMatchObject({ topic: 'projector' })
      expect(first!.cosine).toBeCloseTo(1, 3)
      expect(
        (await topics(client, 'xyzzy plugh', { vector: axis(2, { index: 0, share: 0.5 }) })).slice(0, 2),
      ).toEqual(['moving', 'codes'])
    }))

  it('weighs words and vector together', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client, true)
      const found = await topics(client, 'hash key', { vector: axis(1) })
      expect(found.slice(0, 2).sort()).toEqual(['codes', 'projector'])
    }))

  it('finds words that the index does not know by their spelling', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client)
      expect((await topics(client, 'the projektor'))[0]).toBe('projector')
      expect((await topics(client, 'my resevation'))[0]).toBe('moving')
      expect(await search(client, 'qqqqqq wwwwww')).toEqual([])
    }))

  it('takes a misspelt word for the known one, beside words that are known and a vector', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client, true)
      await becomeOwner(client)
      await client.query('select app_private.refresh_search_statistics(true)')
      await become(client, agent)
      const right = await search(client, 'Drag the reservation, please', { vector: axis(0) })
      expect(right.map(({ topic }) => topic)).toContain('moving')
      expect(await search(client, 'Drag the RESEVATION, please', { vector: axis(0) })).toEqual(right)
    }))

  it.each([
    ['Drag the resevation (tonight, no-show)!', 'Drag the reservation (tonight, no-show)!'],
    ['RESEVATION or resevation?', 'reservation or reservation?'],
    ['resevation resevations-desk', 'reservation reservation-desk'],
    // Good words that are a letter away from a known one, short ones, numbers and codes.
    ['the tower and the bower', null],
    ['cod cot 12345 hash2key', null],
    [
      // Twelve are looked up.
      `${Array.from({ length: 11 }, (_, i) => `qqqq${'abcdefghijk'[i]}`).join(' ')} resevation projektor`,
      `${Array.from({ length: 11 }, (_, i) => `qqqq${'abcdefghijk'[i]}`).join(' ')} reservation projektor`,
    ],
    ['', null],
    ['. * + ( [ \\', null],
  ])('corrects what is misspelt and leaves the rest: %s', (asked, searched) =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client)
      await becomeOwner(client)
      await client.query('select app_private.refresh_search_statistics(true)')
      await become(client, agent)
      expect(await one(client, 'select app_public.searched_as($1) as question', [asked])).toEqual({
        question: searched,
      })
    }),
  )

  it('folds accents and case', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await saveSop(client, 'food', 'cafe', '# Café\n\nThe CAFÉ opens at noon.\n')
      await become(client, agent)
      expect(await topics(client, 'cafe')).toEqual(['cafe'])
      expect(await topics(client, 'CAFÉ opens')).toEqual(['cafe'])
    }))

  it('keeps to a category', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client, true)
      expect(await topics(client, 'the projector picture is black', { category: 'doors' })).toEqual([])
      expect(
        await topics(client, 'the projector picture is black', { category: 'doors', vector: axis(1) }),
      ).toEqual(['codes'])
      expect(await topics(client, 'press the power button', { category: 'screens' })).toEqual(['projector'])
      expect(await search(client, 'projector', { category: 'no such' })).toEqual([])
    }))

  it('keeps to what holds at a site, and refuses one that is not there', () =>
    rolledBack(database.pool, admin, async (client) => {
      await client.query(`insert into sites (slug, name) values ('north', 'North'), ('south', 'South')`)
      await client.query(
        `select save_knowledge('hours', 'north_hours', 'when do you open', 'At ten.', site => 'north'), save_knowledge('hours', 'south_hours', 'when are you open', 'At nine.', site => 'south'), save_knowledge('hours', 'desk', 'when is the desk open', 'Always.')`,
      )
      expect((await topics(client, 'when open', { site: 'north' })).sort()).toEqual(['desk', 'north_hours'])
      expect((await topics(client, 'when open', { site: 'South ' })).sort()).toEqual(['desk', 'south_hours'])
      expect(await topics(client, 'when open')).toHaveLength(3)
      expect(await sqlState(client, `select search_knowledge('x', site => 'west')`)).toBe('CO404')
    }))

  it('keeps to what holds now', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const write = (topic: string, from: string | null, to: string | null) =>
        client.query(`select save_knowledge('offers', $1, $2, 'Yes.', valid_from => $3, valid_to => $4)`, [
          topic,
          `the ${topic} offer`,
          from,
          to,
        ])
      await write('summer', null, '2020-01-01')
      await write('winter', '2999-01-01', null)
      await write('now', '2020-01-01', '2999-01-01')
      await write('always', null, null)
      expect((await topics(client, 'offer')).sort()).toEqual(['always', 'now'])
    }))

  it('ranks the unreviewed below the reviewed and labels it', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const insert = `insert into knowledge_base (category, topic, question, answer, source, trust) values ('prices', $1, 'how much is a bay', 'x', $2, $3)`
      await client.query(insert, ['aaa_unreviewed', 'learned', 0])
      await client.query(insert, ['bbb_confirmed', 'learned', 1])
      const results = await search(client, 'how much is a bay')
      expect(results.map((result) => [result.topic, result.trust])).toEqual([
        ['bbb_confirmed', 1],
        ['aaa_unreviewed', 0],
      ])
    }))

  it('answers a learned question from the SOP as it is now, and says what matched', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client)
      await become(client, reviewer)
      await client.query(
        `insert into knowledge_base (category, topic, question, answer, source) values ('doors', 'codes', 'gizmo refuses me', 'Old words.', 'learned')`,
      )
      const [first] = await search(client, 'gizmo refuses me')
      expect(first).toMatchObject({ kind: 'sop', topic: 'codes', version: 1, matched: 'gizmo refuses me' })
      expect(first!.snippet).not.toContain('Old words')
    }))

  it('answers from an entry that staff wrote in its own words', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client)
      await become(client, reviewer)
      const entry = await one(
        client,
        `select id from save_knowledge('doors', 'codes', 'gizmo refuses me', 'Kick it.')`,
      )
      const [first] = await search(client, 'gizmo refuses me')
      expect(first).toMatchObject({
        kind: 'knowledge',
        knowledge_id: entry.id,
        snippet: 'Kick it.',
        trust: 3,
      })
    }))

  it('finds an SOP by a phrase under "Customers also say"', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await saveSop(client, 'doors', 'codes', `${doors}\n## Customers also say\n\n- the gizmo refuses me\n`)
      await become(client, agent)
      const [first] = await search(client, 'gizmo refuses')
      expect(first).toMatchObject({ topic: 'codes', matched: 'the gizmo refuses me' })
      expect(first!.snippet).not.toContain('gizmo')
    }))

  it('finds nothing of an archived SOP, the entries that lead to it included', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client)
      await become(client, reviewer)
      await client.query(
        `insert into knowledge_base (category, topic, question, answer, source) values ('doors', 'codes', 'gizmo refuses me', 'Old words.', 'learned')`,
      )
      await client.query(`select archive_sop(id, 'Away') from sops where section = 'codes'`)
      expect(await topics(client, 'door code hash key')).toEqual([])
      for (const result of await search(client, 'gizmo refuses me'))
        expect(result.snippet ?? '').not.toMatch(/hash key|Old words/)
    }))

  it.each([
    [1, 1],
    [2, 2],
    [0, 1],
    [-5, 1],
    [100, 3],
    [1_000_000, 3],
    [null, 3],
  ])('gives at most first results: %p gives %p of three', (first, count) =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client)
      expect(await search(client, 'door code, projector, reservation', { first })).toHaveLength(count)
    }),
  )

  it('refuses a vector of other dimensions', () =>
    rolledBack(database.pool, agent, async (client) => {
      expect(await sqlState(client, `select search_knowledge('x', '[1,2,3]')`)).toBe('CO005')
    }))

  it('takes a vector of zeros, which is near to nothing', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client, true)
      expect(
        (await topics(client, 'the projector picture', { vector: `[${Array(1536).fill(0).join(',')}]` }))[0],
      ).toBe('projector')
    }))

  it('compares no vectors of two models', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client, true)
      await client.query(
        `select set_config('role', 'none', true), set_config('clubos.reason', 'Another model', true)`,
      )
      await client.query(`update club_settings set embedding_model = 'another'`)
      expect(await search(client, 'xyzzy plugh', { vector: axis(1) })).toEqual([])
    }))

  it.each([
    ['nothing', ''],
    ['spaces and line ends', ' \n\t\r '],
    ['100 kB of words', 'door projector reservation '.repeat(4000)],
    ['100 kB of one word', 'x'.repeat(100_000)],
    ['100 kB of different words', Array.from({ length: 16_000 }, (_, i) => `w${i}`).join(' ')],
    [
      '200 different known and unknown words',
      Array.from({ length: 200 }, (_, i) => `word${String.fromCharCode(97 + (i % 26))}${i} door`).join(' '),
    ],
    [
      '200 misspelt words',
      Array.from(
        { length: 200 },
        (_, i) => `resevation${'abcdefghij'[i % 10]}${'klmnopqrst'[Math.floor(i / 10) % 10]}`,
      ).join(' '),
    ],
    ['only punctuation', `!"§$%&/()=?'*+~#-_.:,;<>|^°`],
    ['quotes and backslashes', `it's "the" \\door\\ ''code'' \\'`],
    ['operators of tsquery', 'door & !code | (projector <-> :* !!) <2> door:AB*'],
    ['half an operator', '& | ! ( ) : * <->'],
    ['control characters', '\u0001\u0002\u0007\u001b[31mdoor\u007f\u0085'],
    ['emoji', '🚪🔑 door 👩‍👩‍👧‍👦 🏌️‍♀️'],
    ['right-to-left and combining marks', '\u202edoor\u202c e\u0301\u0301\u0301 مرحبا 門 ประตู'],
    ['words of tsvector', `'door':1A,2B 'code':3`],
    ['SQL', `'; drop table app_public.sops; --`],
    ['a regular expression', '(((((a+)+)+)+)+)$ [[:alpha:]] \\m.*{1000}'],
    ['a pattern of like', '%_%\\%'],
    [
      'an e-mail address, a URL, a path, numbers',
      'joe@example.com https://example.com/a?b=c /etc/passwd 1e9 -3.5 0x41',
    ],
  ])('takes %s', (_name, query) =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client, true)
      const begun = performance.now()
      for (const vector of [undefined, axis(1)]) {
        const results = await search(client, query, { vector })
        for (const result of results) expect(Number.isFinite(result.score)).toBe(true)
      }
      expect(performance.now() - begun).toBeLessThan(30_000)
    }),
  )

  it('takes no question at all for nothing', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await fill(client)
      expect((await client.query('select * from search_knowledge(null)')).rows).toEqual([])
    }))

  it('is for staff and the worker, not for customers', () =>
    rolledBack(database.pool, agent, async (client) => {
      expect(await sqlState(client, `select search_knowledge('x')`)).toBe('none')
      await become(client, worker)
      expect(await sqlState(client, `select search_knowledge('x')`)).toBe('none')
      await become(client, visitor(uuid(1)))
      expect(await sqlState(client, `select search_knowledge('x')`)).toBe('42501')
    }))
})

describe('failures_about', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  it('finds failures by words and time', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await client.query(`select set_config('role', 'none', true)`)
      const insert = `insert into failed_responses (query, response, created_at, user_correction) values ($1, 'x', now() - $2::interval, $3)`
      await client.query(insert, ['my PIN does nothing', '1 day', null])
      await client.query(insert, ['the pins fell over', '2 days', null])
      await client.query(insert, ['an old pin story', '10 days', null])
      await client.query(insert, ['nothing works', '3 days', 'reset the pin'])
      await client.query(insert, ['the coffee is cold', '1 day', null])
      await become(client, agent)
      const about = async (text: string, since = '7 days') =>
        (
          await client.query(`select query from failures_about($1, now() - $2::interval)`, [text, since])
        ).rows.map((row) => row.query)
      expect(await about('pin')).toEqual(['my PIN does nothing', 'the pins fell over', 'nothing works'])
      expect(await about('pin', '30 days')).toHaveLength(4)
      expect(await about('pin -fell')).toEqual(['my PIN does nothing'])
      expect(await about('100%_')).toEqual([])
      await become(client, visitor(uuid(1)))
      expect(await sqlState(client, `select failures_about('pin')`)).toBe('42501')
    }))
})
