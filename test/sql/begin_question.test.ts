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
  worker,
} from '../support/database.ts'
import { axis, becomeOwner, doorText, failure, one, record, saveSop, sopBy } from './fixtures.ts'

const customer = '3f1c9b52-8a57-4d6e-9f0e-6a1c2b7d4e11'
const server = { ...worker, visitorId: customer }

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

const conversation = async (client: pg.PoolClient) => {
  await become(client, visitor(customer))
  const ticket = await one<{ id: number; conversation: string }>(
    client,
    'select id, conversation from start_conversation()',
  )
  await become(client, server)
  return ticket
}
const brief = async (client: pg.PoolClient, query: string, given: string | null = null) =>
  (await one(client, 'select app_hidden.begin_question($1, conversation => $2) as brief', [query, given]))
    .brief

describe('begin_question', () => {
  it('writes the customer’s message, and begin_answer does not write it again', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { id, conversation: handle } = await conversation(client)
      const { message_id } = await brief(client, 'door?', handle)
      await client.query('select app_hidden.begin_answer($1, conversation => $2, message_id => $3)', [
        'door?',
        handle,
        message_id,
      ])
      await becomeOwner(client)
      expect((await client.query('select id, body from messages where ticket_id = $1', [id])).rows).toEqual([
        { id: message_id.toString(), body: 'door?' },
      ])
    }))

  it('reserves an id that the answer then has', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await become(client, server)
      const { response_id } = await brief(client, 'door?')
      const { id } = await one(
        client,
        `select id from record_response('door?', 'No.', 'handed_over', 'local-extractive', id => $1)`,
        [response_id],
      )
      expect(id).toBe(String(response_id))
    }))

  it('masks the question and what was said before, with who said it, within its bounds', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { id, conversation: handle } = await conversation(client)
      await becomeOwner(client)
      await client.query(
        `insert into messages (ticket_id, author_kind, author, body)
         select $1, 'customer', null, 'mail me at a@example.com ' || repeat('x', 2000) from generate_series(1, 20)`,
        [id],
      )
      await client.query(
        `insert into messages (ticket_id, author_kind, author, body) values ($1, 'system', 'ann', 'ann took over'), ($1, 'staff', 'ann', 'Hello')`,
        [id],
      )
      await become(client, server)
      const { masked, conversation: said } = await brief(
        client,
        `call +44 20 7946 0958 ${'y'.repeat(9000)}`,
        handle,
      )
      expect(masked).toContain('[phone]')
      expect(masked.length).toBe(8000)
      expect(said.at(-1)).toEqual({ author: 'staff', text: 'Hello' })
      expect(said.every(({ author }: { author: string }) => author !== 'system')).toBe(true)
      expect(said[0].text).toMatch(/^mail me at \[email\] x/)
      expect(said.map(({ text }: { text: string }) => text).join('').length).toBeLessThanOrEqual(6000)
      expect(said.length).toBe(4)
    }))

  it('names each category with what it is about, always in the same order, without what is archived', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await saveSop(client, 'tech_support', 'projector_black', doorText)
      await saveSop(client, 'access', 'door_code', doorText)
      const old = await saveSop(client, 'brand', 'old', doorText)
      await client.query(`select archive_sop($1, 'Gone')`, [old.id])
      await client.query(
        `select save_knowledge('parking', 'where', 'Where can I park?', 'Behind.', 'House rule')`,
      )
      await become(client, server)
      const { categories } = await brief(client, 'door?')
      expect(categories).toEqual([
        { category: 'access', about: 'door code' },
        { category: 'parking', about: 'where' },
        { category: 'tech_support', about: 'projector black' },
      ])
      // Where no model routes, nobody reads them.
      expect(
        (await one(client, `select app_hidden.begin_question('door?', routing => false) as brief`)).brief,
      ).toMatchObject({
        categories: [],
        masked: 'door?',
      })
    }))

  it('says what keeps models from being asked', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { id, conversation: handle } = await conversation(client)
      expect(await brief(client, 'door?', handle)).toMatchObject({
        silent: false,
        enabled: true,
        budget: 'open',
        emergency: null,
        vector_cached: false,
      })
      expect(await brief(client, 'my friend is bleeding')).toMatchObject({ emergency: 'injury' })
      await become(client, agent)
      await client.query('select take_over($1)', [id])
      await client.query(`select set_assistant_enabled(false, 'Test')`)
      await becomeOwner(client)
      await client.query('update club_settings set daily_budget = 0')
      await become(client, server)
      expect(await brief(client, 'door?', handle)).toMatchObject({
        silent: true,
        enabled: false,
        budget: 'stopped',
      })
    }))

  it('gives the prompts as they are, with the version that an answer names', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await client.query(`select save_prompt('route', 'Sort!', 'Shorter', 1)`)
      await become(client, server)
      const { prompts } = await brief(client, 'door?')
      expect(prompts.route.content).toBe('Sort!')
      await becomeOwner(client)
      expect(
        await one(client, 'select version from prompt_versions where id = $1', [prompts.route.id]),
      ).toEqual({
        version: 2,
      })
      expect(prompts.answer.content).toMatch(/^You are the assistant/)
    }))

  it('refuses what could not be answered before anybody is paid for it', () =>
    rolledBack(database.pool, server, async (client) => {
      expect(await sqlState(client, `select app_hidden.begin_question(' ')`)).toBe('CO005')
      expect(await sqlState(client, `select app_hidden.begin_question(repeat('x', 65537))`)).toBe('CO006')
      expect(await sqlState(client, `select app_hidden.begin_question('x', site => 'moon')`)).toBe('CO404')
      expect(
        await sqlState(client, `select app_hidden.begin_question('x', conversation => gen_random_uuid())`),
      ).toBe('CO404')
    }))

  it('is the server’s alone', () =>
    rolledBack(database.pool, server, async (client) => {
      for (const claims of [visitor(customer), agent, reviewer]) {
        await become(client, claims)
        expect(await sqlState(client, `select app_hidden.begin_question('door?')`)).toBe('42501')
      }
    }))
})

describe('begin_answer with a route', () => {
  const answer = async (client: pg.PoolClient, query: string, route: object | null, rest = '') =>
    (
      await one(
        client,
        `select app_hidden.begin_answer($1, route => $2, for_model => true ${rest}) as draft`,
        [query, route && JSON.stringify(route)],
      )
    ).draft

  const club = async (client: pg.PoolClient) => {
    await become(client, reviewer)
    await saveSop(client, 'access', 'door_code', doorText)
    await saveSop(client, 'brand', 'dress_code', '# Dress code\n\n## Steps\n\n1. Clean shoes.\n')
    await saveSop(client, 'emergency', 'fire', '# Fire\n\n## Steps\n\n1. Leave the building at once.\n')
    await become(client, server)
  }

  it('records the category it names, and adds that category’s sources where none is among the first', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await club(client)
      await becomeOwner(client)
      await client.query('update club_settings set model_threshold = 0')
      for (let n = 0; n < 3; n++) await sopBy(client, 'access', `door_${n}`, doorText, server)
      const draft = await answer(client, 'the door code does not open the door', {
        category: 'brand',
        emergency: false,
      })
      expect(draft).toMatchObject({ category: 'brand', routed_by: 'model' })
      expect(draft.votes[0].category).toBe('access')
      const { sources } = draft
      expect(sources[0].category).toBe('access')
      const added = sources.find((source: { category: string }) => source.category === 'brand')
      expect(added.text).toContain('Clean shoes.')
      expect(sources.map(({ rank }: { rank: number }) => rank)).toEqual(
        sources.map((_: unknown, i: number) => i + 1),
      )
    }))

  it('hands over at unknown, unless what was found is more likely right than not', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await club(client)
      const route = { category: 'unknown', emergency: false }
      expect(await answer(client, 'what is the weather like in mongolia', route)).toMatchObject({
        outcome: 'handed_over',
        category: null,
        for_model: false,
      })
      const sure = await answer(client, 'press the hash key after the code', route)
      expect(sure.confidence).toBeGreaterThan(0.5)
      expect(sure).toMatchObject({
        outcome: 'answered',
        category: 'access',
        routed_by: 'model',
        for_model: true,
      })
    }))

  it('raises an alarm, and never calls one off', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await club(client)
      for (const route of [
        { category: 'access', emergency: true },
        { category: 'emergency', emergency: false },
      ])
        expect(await answer(client, 'he went quiet and blue', route)).toMatchObject({
          outcome: 'emergency',
          category: 'emergency',
          for_model: false,
        })
      expect(
        await answer(client, 'there is a fire, the bay is on fire', { category: 'brand', emergency: false }),
      ).toMatchObject({
        outcome: 'emergency',
        for_model: false,
      })
    }))

  it('lets a model try below the threshold for quoting, and not below its own', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await club(client)
      await becomeOwner(client)
      await client.query('update club_settings set confidence_threshold = 0.9, model_threshold = 0')
      await become(client, server)
      const draft = await answer(client, 'press the hash key after the code', null)
      expect(draft).toMatchObject({ outcome: 'handed_over', for_model: true })
      expect(draft.text).toMatch(/A person will answer you here/)
      expect(draft.sources[0].text).toContain('Wait for the green light.')
      await becomeOwner(client)
      await client.query('update club_settings set model_threshold = 0.9')
      await become(client, server)
      expect(await answer(client, 'press the hash key after the code', null)).toMatchObject({
        for_model: false,
      })
    }))

  it('uses no vector of another model, and says whose it wants', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await club(client)
      const { draft } = await one(
        client,
        `select app_hidden.begin_answer('door?', $1::vector, embedding_model => 'other') as draft`,
        [axis(3)],
      )
      expect(draft).toMatchObject({ by_vector: false, embedding_model: 'local-use-lite' })
      const own = await one(
        client,
        `select app_hidden.begin_answer('door?', $1::vector, embedding_model => 'local-use-lite') as draft`,
        [axis(3)],
      )
      expect(own.draft.by_vector).toBe(true)
      // The cache has it from now on.
      expect((await brief(client, 'door?')).vector_cached).toBe(true)
    }))
})

describe('record_response', () => {
  const calls = JSON.stringify([
    {
      purpose: 'route',
      provider: 'openai',
      model: 'gpt-4o',
      tokens_in: 1000,
      tokens_out: 10,
      latency_ms: 5,
      status: 'ok',
      request_id: 'r1',
    },
    {
      purpose: 'answer',
      provider: 'openai',
      model: 'gpt-4o',
      tokens_in: 2000,
      tokens_out: 90,
      latency_ms: 5,
      status: 'ok',
      request_id: 'r2',
    },
  ])
  const source = (cited: boolean) =>
    JSON.stringify([
      {
        rank: 1,
        kind: 'knowledge',
        knowledge_id: 1,
        category: 'a',
        topic: 'b',
        snippet: 's',
        score: 1,
        cited,
      },
    ])

  it('writes the calls into the ledger, and their sums into the response', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await becomeOwner(client)
      await client.query('delete from llm_prices')
      await client.query(
        `insert into llm_prices (model, valid_from, input, output) values ('gpt-4o', '2024-01-01', 2.5, 10)`,
      )
      await become(client, server)
      const { id, ...sums } = await one(
        client,
        `select id, tokens_in, tokens_out, cost::float as cost from record_response('q', 'A [1].', 'answered', 'gpt-4o', sources => $1, calls => $2)`,
        [source(true), calls],
      )
      expect(sums).toEqual({ tokens_in: 3000, tokens_out: 100, cost: 0.0085 })
      await becomeOwner(client)
      expect(
        (await client.query('select purpose from llm_calls where response_id = $1', [id])).rowCount,
      ).toBe(2)
    }))

  it('takes no answer by a model that cites nothing, whoever records it', () =>
    rolledBack(database.pool, server, async (client) => {
      for (const [model, sources, code] of [
        ['gpt-4o', '[]', 'CO005'],
        ['gpt-4o', source(false), 'CO005'],
        ['gpt-4o', source(true), 'none'],
        ['local-extractive', '[]', 'none'],
        ['local-extractive-words', '[]', 'none'],
      ])
        expect([
          model,
          sources,
          (
            await failure(client, `select record_response('q', 't', 'answered', $1, sources => $2)`, [
              model,
              sources,
            ])
          ).code,
        ]).toEqual([model, sources, code])
      // What is no answer needs no source.
      expect(await sqlState(client, `select record_response('q', 't', 'handed_over', 'gpt-4o')`)).toBe('none')
    }))

  it('takes no draft by a model that cites nothing either', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { ticket_id } = await record(client, { question: 'door?', outcome: 'handed_over' })
      await become(client, server)
      const draft = (cited: boolean) =>
        `select app_hidden.record_draft(${ticket_id}, 'door?', '{"outcome": "answered", "sources": ${source(cited)}}', 'gpt-4o', 'Text')`
      expect(await sqlState(client, draft(false))).toBe('CO005')
      expect(await sqlState(client, draft(true))).toBe('none')
    }))
})
