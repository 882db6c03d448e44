import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { findRunning } from '../../core/database/embedded/index.ts'
import { makePlace, type Place, type Started } from './support.ts'

const visitor = '3f1c9b52-8a57-4d6e-9f0e-6a1c2b7d4e11'

let place: Place
let started: Started
let client: pg.Client
beforeAll(async () => {
  place = await makePlace()
  started = await place.start()
  const url = place.environment.DATABASE_URL ?? (await findRunning(place.environment.CLUBOS_DATA_DIR!))!.url
  client = new pg.Client({ connectionString: url })
  await client.connect()
})
afterAll(async () => {
  await client?.end()
  await started?.stop()
  await place?.close()
})

const json = async (...parameters: string[]) => {
  const { code, stdout, stderr } = await place.clubos('privacy', ...parameters, '--json')
  return { code, stderr, ...JSON.parse(stdout.trim().split('\n').at(-1)!) }
}

/** What a customer asks through the running server; there is no SOP, so a ticket waits. */
async function ask(query: string): Promise<number> {
  const response = await fetch(
    started.url
      .replace(/\/$/, '')
      .replace(/\/graphql$/, '')
      .concat('/graphql'),
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-clubos-visitor': visitor },
      body: JSON.stringify({
        query: 'mutation ($query: String!) { ask(input: { query: $query }) { response { outcome } } }',
        variables: { query },
      }),
    },
  )
  expect(await response.json()).toMatchObject({ data: { ask: { response: { outcome: 'handed_over' } } } })
  return (await client.query('select max(id) as id from app_public.tickets')).rows[0].id
}
const textsOf = async (ticket: number) =>
  (
    await client.query('select body from app_public.messages where ticket_id = $1 order by id', [ticket])
  ).rows.map((row) => row.body as string)

describe('clubos privacy', () => {
  it('exports and erases a visitor, and one conversation', async () => {
    const first = await ask('Zebulon has lost his glove')
    const second = await ask('Zebulon has lost his other glove')
    const all = await json('export', visitor)
    expect(all.code).toBe(0)
    expect(all.visitor_id).toBe(visitor)
    expect(all.conversations.map((found: { ticket_id: number }) => found.ticket_id)).toEqual([first, second])
    const people = await place.clubos('privacy', 'export', '--ticket', String(second))
    expect(JSON.parse(people.stdout).conversations[0].messages[0].body).toBe(
      'Zebulon has lost his other glove',
    )

    const one = await json('erase', '--ticket', String(first), '--reason', 'Asked for by letter')
    expect(one).toMatchObject({
      code: 0,
      reference: `ticket ${first}`,
      counts: { tickets: 1 },
      to_review: [],
    })
    expect(new Set(await textsOf(first))).toEqual(new Set(['[erased]']))
    expect(await textsOf(second)).toContain('Zebulon has lost his other glove')

    const rest = await place.clubos('privacy', 'erase', visitor, '--reason', 'Asked for by letter')
    expect([rest.code, rest.stderr]).toEqual([0, ''])
    expect(rest.stdout).toMatch(/^Erased \(erased:[0-9a-f]{32}\):\n\s+1 {2}/)
    expect(new Set(await textsOf(second))).toEqual(new Set(['[erased]']))
    expect((await json('export', visitor)).conversations).toEqual([])
    const { rows } = await client.query(
      `select kind, actor ~ '^clubos privacy (export|erase)' as named from app_public.privacy_actions order by id`,
    )
    expect(rows.map((row) => row.kind)).toEqual(['export', 'export', 'erasure', 'erasure', 'export'])
    expect(rows.every((row) => row.named)).toBe(true)
  })

  it('carries out the rules of retention, after saying what they would do', async () => {
    await client.query(
      `insert into app_public.llm_calls (purpose, provider, model, status, created_at) select 'answer', 'openai', 'm', 'ok', now() - interval '100 days' from generate_series(1, 3)`,
    )
    const left = async () =>
      (await client.query('select count(*)::int as n from app_public.llm_calls')).rows[0].n
    expect(await json('retention', '--dry-run')).toMatchObject({
      code: 0,
      dry_run: true,
      counts: { llm_calls: 3 },
      problems: {},
    })
    expect(await left()).toBe(3)
    const spoken = await place.clubos('privacy', 'retention')
    expect(spoken.code).toBe(0)
    expect(spoken.stdout).toMatch(/^Were removed or closed:\n[\s\S]* 3 {2}llm calls/)
    expect(await left()).toBe(0)
    expect(await json('retention')).toMatchObject({ code: 0, dry_run: false, counts: { llm_calls: 0 } })
  })

  it('says that a rule could not be carried out, and ends with 1', async () => {
    await client.query(
      `create function app_private.retain__luck(before timestamptz) returns bigint language plpgsql as $$ begin raise exception 'no luck'; end $$`,
    )
    await client.query(
      `insert into app_public.retention_rules (kind, keep, description) values ('luck', '1 day', 'Luck')`,
    )
    try {
      expect(await json('retention')).toMatchObject({ code: 1, problems: { luck: 'P0001: no luck' } })
    } finally {
      await client.query(`delete from app_public.retention_rules where kind = 'luck'`)
      await client.query('drop function app_private.retain__luck(timestamptz)')
    }
  })

  it('refuses what it cannot understand', async () => {
    for (const [parameters, code, text] of [
      [['export'], 1, 'Name either the visitor'],
      [['export', visitor, '--ticket', '1'], 1, 'Name either the visitor'],
      [['export', 'Zebulon'], 1, 'is no visitor’s id'],
      [['erase', '--ticket', 'one', '--reason', 'x'], 1, 'is not the number of a ticket'],
      [['erase', visitor], 2, '--reason'],
      [['erase', visitor, '--reason', ' '], 1, 'A reason is needed'],
      [['export', '--ticket', '999999'], 1, 'There is no ticket with id 999999.'],
      [['nonsense'], 2, 'nonsense'],
    ] as const) {
      const outcome = await place.clubos('privacy', ...parameters)
      expect([parameters, outcome.code, outcome.stdout]).toEqual([parameters, code, ''])
      expect(outcome.stderr).toContain(text)
    }
  })

  it('is told of', async () => {
    const outcomes = await Promise.all(
      [[], ['export'], ['erase'], ['retention']].map((name) => place.clubos('privacy', ...name, '--help')),
    )
    for (const { code, stdout, stderr } of outcomes)
      expect([code, stdout.startsWith('Usage: clubos privacy'), stderr]).toEqual([0, true, ''])
    for (const { stdout } of outcomes.slice(1)) expect(stdout).toContain('--json')
  })
})
