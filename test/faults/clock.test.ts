/** A clock that jumps, as the database would see it: by shifting what is stored. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Claims, withClaims } from '../../core/database/index.ts'
import { check } from '../support/checker.ts'
import {
  admin,
  agent,
  makeTestDatabase,
  reviewer,
  type TestDatabase,
  visitor,
  worker,
} from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

// biome-ignore lint/suspicious/noExplicitAny: rows are what the statement says.
const as = (claims: Claims, statement: string, values: unknown[] = []): Promise<any[]> =>
  withClaims(database.pool, claims, async (client) => (await client.query(statement, values)).rows)
const save = (section: string, text: string) =>
  as(reviewer, `select id, version from save_sop('club', $1, $2, $2)`, [section, text])
const replay = (section: string, text: string, at: string) =>
  as(admin, `select id, version from import_sop_version('club', $1, $2, 'ada', now() + $3::interval, $2)`, [
    section,
    text,
    at,
  ])
const asOf = async (section: string, at: string): Promise<string | null> =>
  (await as(agent, `select content from sop_as_of('club', $1, $2::timestamptz)`, [section, at]))[0].content
const versions = (section: string) =>
  as(
    agent,
    `select version, content, created_at::text as at from sop_versions where section = $1 order by version`,
    [section],
  )

describe('versions of an SOP', () => {
  it('stay in order when the clock was set back, and every moment has its version', async () => {
    // Written while the clock was two hours ahead; since then it is right again.
    await replay('door', 'one', '118 minutes')
    await replay('door', 'two', '2 hours')
    await save('door', 'three')
    await save('door', 'four')
    const history = await versions('door')
    expect(history.map(({ content }) => content)).toEqual(['one', 'two', 'three', 'four'])
    for (let n = 1; n < history.length; n++) {
      const [{ later }] = await as(agent, 'select $1::timestamptz > $2::timestamptz as later', [
        history[n].at,
        history[n - 1].at,
      ])
      expect([n, later]).toEqual([n, true])
    }
    for (const { at, content } of history)
      expect([content, await asOf('door', at)]).toEqual([content, content])
    expect(await asOf('door', 'infinity')).toBe('four')
    expect(await asOf('door', '2000-01-01')).toBeNull()
    // What is served is the last one, whatever the clock says.
    const [sop] = await as(agent, `select content, version from sops where section = 'door'`)
    expect(sop).toEqual({ content: 'four', version: 4 })
  })

  it('count on when it jumped ahead', async () => {
    await replay('lamp', 'old', '-3 years')
    await save('lamp', 'new')
    expect(await asOf('lamp', new Date(Date.now() - 2 * 365 * 86_400_000).toISOString())).toBe('old')
    expect(await asOf('lamp', 'infinity')).toBe('new')
  })

  it('leave the tables in agreement', async () => {
    expect(await check(database.pool)).toEqual([])
  })
})

describe('a conversation that a person took over', () => {
  const person = visitor('3f1c9b52-8a57-4d6e-9f0e-6a1c2b7d4e11')
  const answer = async (conversation: string): Promise<string> =>
    (
      await as(
        { ...worker, visitorId: person.visitorId },
        `select outcome from record_response('door?', 'Press.', 'answered', 'local-extractive', conversation => $1)`,
        [conversation],
      )
    )[0].outcome
  const shift = (id: number, by: string) =>
    database.pool.query('update tickets set silent_until = silent_until + $2::interval where id = $1', [
      id,
      by,
    ])

  it('is silent until the time has come, and never shorter for a clock that is set back', async () => {
    const [{ id, conversation }] = await as(person, 'select id, conversation from start_conversation()')
    await as(agent, 'select take_over($1)', [id])
    expect(await answer(conversation)).toBe('withheld')
    // Set back by an hour: the end is an hour further away, and the person still has it.
    await shift(id, '1 hour')
    expect(await answer(conversation)).toBe('withheld')
    // Ahead beyond the end: the assistant answers again, and the ticket says so.
    await shift(id, '-6 hours')
    expect(await answer(conversation)).toBe('answered')
    expect(await as(agent, 'select status, assignee, silent_until from tickets where id = $1', [id])).toEqual(
      [{ status: 'open', assignee: null, silent_until: null }],
    )
    // Back again: what was given back stays so.
    expect(await answer(conversation)).toBe('answered')
    await as(agent, 'select take_over($1)', [id])
    expect(await answer(conversation)).toBe('withheld')
    await as(agent, 'select hand_back($1)', [id])
    expect(await answer(conversation)).toBe('answered')
  })
})
