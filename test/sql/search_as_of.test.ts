/** What a search would have found then: by the versions in force and the knowledge as it was. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { withClaims } from '../../core/database/index.ts'
import {
  admin,
  agent,
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  type TestDatabase,
  visitor,
} from '../support/database.ts'
import { axis, failure, one, saveSop, uuid } from './fixtures.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

/** Each step is committed, so that its time is its own; the clock is the database's. */
const step = (work: (client: pg.PoolClient) => Promise<unknown>) =>
  withClaims(database.pool, reviewer, async (client) => {
    await client.query(`select set_config('clubos.reason', 'Changed for a test', true)`)
    await work(client)
  })
const now = async () => (await one(database.pool, 'select clock_timestamp()::text as now')).now as string
/** Vectors for all that is there, as the job would fetch them. */
const embed = async () => {
  const { rows } = await database.pool.query('select embedding_text from app_private.vectors_wanted(100)')
  await database.pool.query(
    'select app_private.store_vectors($1, $2::vector[], (select embedding_model from club_settings))',
    [
      rows.map((row) => row.embedding_text),
      rows.map((row, index) =>
        /green|purple/.test(row.embedding_text) ? axis(3) : axis(100 + index, { index: 1, share: 0.3 }),
      ),
    ],
  )
}
const columns =
  'rank, kind, sop_id, sop_version_id, version, knowledge_id, category, topic, title, heading, snippet, matched, trust'

describe('search_as_of', () => {
  const times: Record<string, string> = {}
  const question = axis(3, { index: 1, share: 0.5 })
  const text = (where: string) =>
    `# Projector is black\n\n## Steps\n\n1. Press the ${where} button.\n\n## Customers also say\n\n- no picture ${where}\n`

  beforeAll(async () => {
    times.before = await now()
    await step((client) => saveSop(client, 'tech', 'projector', text('green')))
    await step((client) => saveSop(client, 'access', 'door', '# Door\n\n## Steps\n\n1. Type the code.\n'))
    await step((client) =>
      client.query(`select save_knowledge('house', 'dogs', 'May I bring my spaniel?', 'No.', 'r'),
        save_knowledge('house', 'sauna', 'When does the sauna open?', 'At nine.', 'r'),
        save_knowledge('house', 'sauna', 'How warm is the sauna?', 'Ninety degrees.', 'r')`),
    )
    await embed()
    times.first = await now()
    times.live = JSON.stringify(
      (
        await database.pool.query(
          `select ${columns}, score, words, cosine, confidence from search_knowledge('the projector is black', $1)`,
          [question],
        )
      ).rows,
    )
    await step((client) => saveSop(client, 'tech', 'projector', text('purple')))
    await step((client) => client.query(`update sops set archived_at = now() where section = 'door'`))
    await step((client) =>
      client.query(
        `select edit_knowledge(id, 'Are poodles welcome?', 'Yes.', 'r') from knowledge_base where topic = 'dogs'`,
      ),
    )
    await step((client) =>
      client.query(
        `select merge_knowledge(min(id), array[max(id)], 'r') from knowledge_base where topic = 'sauna'`,
      ),
    )
    await embed()
    times.second = await now()
  })

  const asOf = async (query: string, time: string, vector: string | null = null) =>
    (await database.pool.query(`select * from search_as_of($1, $2, $3)`, [query, vector, times[time]])).rows
  const first = async (query: string, time: string) => (await asOf(query, time))[0]

  it.each(['the projector is black', 'the projecttor is black'])(
    'finds what search_knowledge finds, where nothing has changed since: %s',
    async (asked) => {
      await database.pool.query('select app_private.refresh_search_statistics(true)')
      const live = await database.pool.query(
        `select ${columns}, score, words, cosine, confidence from search_knowledge($2, $1)`,
        [question, asked],
      )
      const then = await database.pool.query(
        `select ${columns}, score, words, cosine, confidence from search_as_of($3, $1, $2)`,
        [question, times.second, asked],
      )
      expect(then.rows).toEqual(live.rows)
      expect(then.rows[0]).toMatchObject({ topic: 'projector', words: expect.any(Number) })
      expect(then.rows[0].words).toBeGreaterThan(0.5)
    },
  )

  it('finds the version that was in force, as it was found then', async () => {
    const then = (await asOf('the projector is black', 'first', question))[0]
    expect(then).toMatchObject({
      topic: 'projector',
      version: 1,
      heading: 'Steps',
      snippet: expect.stringContaining('green button'),
    })
    expect((await asOf('the projector is black', 'second', question))[0]).toMatchObject({
      version: 2,
      snippet: expect.stringContaining('purple button'),
    })
    // Its sections, its phrases, its profile and their vectors are those of that day; rarity counts as today.
    const live = JSON.parse(times.live!)[0]
    expect(then.cosine).toBeCloseTo(live.cosine, 3)
    expect(then.matched).toBe(live.matched)
    expect(Math.abs(then.score - live.score)).toBeLessThan(0.15 * live.score)
  })

  it('finds by the phrases of then, and not by those of now', async () => {
    expect((await asOf('green', 'first')).map((row) => row.topic)).toContain('projector')
    expect(await asOf('green', 'second')).toEqual([])
    expect(await asOf('purple', 'first')).toEqual([])
  })

  it('finds what has been archived since, and nothing that was not there yet', async () => {
    expect(await first('door code', 'first')).toMatchObject({ topic: 'door', version: 1 })
    expect(await asOf('door code', 'second')).toEqual([])
    expect(await asOf('door code projector sauna', 'before')).toEqual([])
  })

  it('finds entries as they were before they were edited, merged or removed', async () => {
    expect(await first('spaniel', 'first')).toMatchObject({
      kind: 'knowledge',
      topic: 'dogs',
      snippet: 'No.',
    })
    expect(await asOf('poodles', 'first')).toEqual([])
    expect(await first('poodles', 'second')).toMatchObject({ snippet: 'Yes.' })
    expect(await first('how warm is the sauna', 'first')).toMatchObject({ snippet: 'Ninety degrees.' })
    expect(await first('how warm is the sauna', 'second')).toMatchObject({
      snippet: 'At nine.',
      matched: 'How warm is the sauna?',
    })
  })

  it('keeps to a category and a site', async () => {
    const { rows } = await database.pool.query(
      `select distinct category from search_as_of('sauna projector', null, $1, category => 'house')`,
      [times.first],
    )
    expect(rows).toEqual([{ category: 'house' }])
  })

  it('refuses no time, vectors of other lengths and unknown sites; it is for staff', () =>
    rolledBack(database.pool, agent, async (client) => {
      const code = async (call: string) => (await failure(client, `select * from search_as_of(${call})`)).code
      expect(await code(`'q', null, null`)).toBe('CO005')
      expect(await code(`'q', '[1,2]', now()`)).toBe('CO005')
      expect(await code(`'q', null, now(), site => 'nowhere'`)).toBe('CO404')
      expect(await code(`'', null, now()`)).toBe('none')
      await become(client, visitor(uuid(1)))
      expect(await code(`'q', null, now()`)).toBe('42501')
      await become(client, admin)
      expect(await code(`'q', null, now()`)).toBe('none')
    }))
})
