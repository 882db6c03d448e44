/** What models cost: the ledger by dated prices, the budgets, and who is told of them. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { PoolClient } from 'pg'
import type { Call } from '../../core/llm/index.ts'
import {
  admin,
  agent,
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  sqlState,
  type TestDatabase,
  worker,
} from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

const auditor = { role: 'auditor', actor: 'otto' } as const
const call = (changes: Partial<Call> = {}): Call => ({
  purpose: 'answer',
  provider: 'openai',
  model: 'gpt-4o-2024-11-20',
  tokens_in: 0,
  tokens_out: 0,
  tokens_cached: null,
  tokens_cache_written: null,
  latency_ms: 12.5,
  status: 'ok',
  request_id: 'req_1',
  ...changes,
})
const million = 1_000_000
const record = async (client: PoolClient, calls: Call[]) => {
  const { rows } = await client.query('select app_private.record_llm_calls($1) as cost', [
    JSON.stringify(calls),
  ])
  return rows[0].cost === null ? null : Number(rows[0].cost)
}
const costOf = (client: PoolClient, changes: Partial<Call>) => record(client, [call(changes)])
const one = async (client: PoolClient, statement: string, values: unknown[] = []) =>
  (await client.query(statement, values)).rows[0]
/** As the owner: what a test needs that no role may do. */
const asOwner = async (client: PoolClient, statement: string, values: unknown[] = []) => {
  const { role } = await one(client, `select current_setting('role') as role`)
  await client.query('reset role')
  const { rows } = await client.query(statement, values)
  await client.query(`select set_config('role', $1, true)`, [role])
  return rows
}

describe('the cost of a call', () => {
  it('is that of its input and output at the list price', () =>
    rolledBack(database.pool, worker, async (client) => {
      expect(await costOf(client, { tokens_in: million })).toBe(2.5)
      expect(await costOf(client, { tokens_out: million })).toBe(10)
      expect(await costOf(client, { tokens_in: 1200, tokens_out: 80 })).toBe(0.0038)
    }))

  it('counts what was read from the cache, and what was written to it, at their own prices', () =>
    rolledBack(database.pool, worker, async (client) => {
      expect(await costOf(client, { tokens_in: million, tokens_cached: million })).toBe(1.25)
      expect(await costOf(client, { tokens_in: million, tokens_cached: 400_000 })).toBe(2)
      const claude = { provider: 'anthropic', model: 'claude-sonnet-4-6' } as const
      expect(await costOf(client, { ...claude, tokens_in: million, tokens_cache_written: million })).toBe(
        3.75,
      )
      expect(
        await costOf(client, {
          ...claude,
          tokens_in: 3 * million,
          tokens_cached: million,
          tokens_cache_written: million,
        }),
      ).toBe(3 + 0.3 + 3.75)
    }))

  it('is half in a batch', () =>
    rolledBack(database.pool, worker, async (client) => {
      const claude = { provider: 'anthropic', model: 'claude-sonnet-4-6', purpose: 'analyse' } as const
      expect(await costOf(client, { ...claude, tokens_in: million, tokens_out: million, batch: true })).toBe(
        9,
      )
      expect(
        await costOf(client, { ...claude, tokens_in: million, tokens_cached: million, batch: true }),
      ).toBe(0.15)
    }))

  it('takes the longest name that the model begins with', () =>
    rolledBack(database.pool, worker, async (client) => {
      expect(await costOf(client, { model: 'gpt-4o-mini-2024-07-18', tokens_in: million })).toBe(0.15)
      expect(await costOf(client, { model: 'gpt-4o-2024-05-13', tokens_in: million })).toBe(5)
      expect(await costOf(client, { model: 'claude-opus-5-5', tokens_in: million })).toBe(4)
    }))

  it('is unknown, not zero, for a model without a price', () =>
    rolledBack(database.pool, worker, async (client) => {
      expect(await costOf(client, { model: 'llama-local', tokens_in: million })).toBeNull()
      expect(
        await record(client, [call({ tokens_in: million }), call({ model: 'llama-local', tokens_in: 5 })]),
      ).toBe(2.5)
    }))

  it('follows a price from its day on, and stays what it was', () =>
    rolledBack(database.pool, worker, async (client) => {
      await costOf(client, { tokens_in: million })
      await become(client, admin)
      const insert =
        'insert into llm_prices (model, valid_from, input, output) values ($1, current_date + $2::int, $3, 1)'
      await client.query(insert, ['gpt-4o', 1, 99])
      await become(client, worker)
      expect(await costOf(client, { tokens_in: million })).toBe(2.5)
      await become(client, admin)
      await client.query(insert, ['gpt-4o', 0, 4])
      await become(client, worker)
      expect(await costOf(client, { tokens_in: million })).toBe(4)
      expect(await asOwner(client, 'select cost::float8 from llm_calls order by id')).toEqual([
        { cost: 2.5 },
        { cost: 2.5 },
        { cost: 4 },
      ])
    }))

  it('is kept with all that the provider said, failures too', () =>
    rolledBack(database.pool, worker, async (client) => {
      expect(
        await costOf(client, { tokens_in: null, tokens_out: null, status: 'timeout', request_id: null }),
      ).toBe(0)
      await costOf(client, { tokens_in: 10, tokens_out: 3, status: 'truncated', latency_ms: null })
      const rows = await asOwner(
        client,
        'select purpose, provider, model, tokens_in, status, latency_ms, request_id from llm_calls order by id',
      )
      expect(rows).toEqual([
        {
          purpose: 'answer',
          provider: 'openai',
          model: 'gpt-4o-2024-11-20',
          tokens_in: null,
          status: 'timeout',
          latency_ms: 12.5,
          request_id: null,
        },
        expect.objectContaining({
          tokens_in: 10,
          status: 'truncated',
          latency_ms: null,
          request_id: 'req_1',
        }),
      ])
    }))
})

describe('budgets', () => {
  const setBudget = (client: PoolClient, daily: number | null, monthly: number | null, warning = 0.8) =>
    client.query(`select set_llm_budget($1, $2, $3, 'the season is over')`, [daily, monthly, warning])
  const state = async (client: PoolClient) =>
    (await asOwner(client, 'select app_private.llm_budget_state() as state'))[0].state
  const spend = async (client: PoolClient, dollars: number) =>
    asOwner(client, 'select app_private.record_llm_calls($1)', [
      JSON.stringify([call({ tokens_in: dollars * 400_000 })]),
    ])

  it('are none until an admin sets one', () =>
    rolledBack(database.pool, admin, async (client) => {
      await spend(client, 1000)
      expect(await state(client)).toBe('open')
    }))

  it('warn at their share, and stop when they are used up', () =>
    rolledBack(database.pool, admin, async (client) => {
      await setBudget(client, 10, null)
      for (const [dollars, then] of [
        [7.5, 'open'],
        [0.5, 'warned'],
        [1.5, 'warned'],
        [0.5, 'stopped'],
      ] as const) {
        await spend(client, dollars)
        expect([dollars, await state(client)]).toEqual([dollars, then])
      }
      await setBudget(client, 20, null, 0.5)
      expect(await state(client)).toBe('warned')
      await setBudget(client, null, null)
      expect(await state(client)).toBe('open')
    }))

  it('count a day and a month apart, by UTC', () =>
    rolledBack(database.pool, admin, async (client) => {
      await setBudget(client, 10, 100)
      await spend(client, 90)
      expect(await state(client)).toBe('stopped')
      // A moment before the day began; it may be in the month before.
      await asOwner(
        client,
        `update llm_calls set created_at = date_trunc('day', now(), 'UTC') - interval '1 second'`,
      )
      const sameMonth = (await one(client, `select extract(day from now() at time zone 'UTC') > 1 as same`))
        .same
      expect(await state(client)).toBe(sameMonth ? 'warned' : 'open')
      await asOwner(
        client,
        `update llm_calls set created_at = date_trunc('month', now(), 'UTC') - interval '1 second'`,
      )
      expect(await state(client)).toBe('open')
    }))

  it('stop at once where they are zero', () =>
    rolledBack(database.pool, admin, async (client) => {
      await setBudget(client, 0, null)
      expect(await state(client)).toBe('stopped')
    }))

  it('are set by admins, with a reason that the audit log keeps', () =>
    rolledBack(database.pool, admin, async (client) => {
      await setBudget(client, 5, 100, 0.9)
      const { changed } = await one(
        client,
        `select jsonb_build_object('reason', reason, 'actor', actor) as changed from audit_log where table_name = 'club_settings' order by id desc limit 1`,
      )
      expect(changed).toEqual({ reason: 'the season is over', actor: 'adam' })
      const set = 'select set_llm_budget($1, $2, $3, $4)'
      expect(await sqlState(client, set, [5, 100, 0.8, ' '])).toBe('CO002')
      for (const [daily, monthly, warning] of [
        [-1, 100, 0.8],
        [1, -100, 0.8],
        [1, 100, 0],
        [1, 100, 1.1],
      ])
        expect(await sqlState(client, set, [daily, monthly, warning, 'why'])).toBe('CO005')
      for (const who of [agent, reviewer, auditor, worker]) {
        await become(client, who)
        expect([who.role, await sqlState(client, set, [1, 1, 0.8, 'why'])]).toEqual([who.role, '42501'])
      }
    }))

  const notices = (client: PoolClient) =>
    asOwner(
      client,
      `select n.recipient, n.details from notifications n where n.kind = 'llm_budget' order by n.id`,
    )
  const watch = (client: PoolClient) => asOwner(client, 'select app_private.watch_llm_budget()')

  it('tell admins when they warn and when they stop, each once', () =>
    rolledBack(database.pool, admin, async (client) => {
      await asOwner(
        client,
        `insert into users (email, name, role) values ('adam@club.example', 'Adam', 'admin'), ('rita@club.example', 'Rita', 'reviewer')`,
      )
      await asOwner(
        client,
        `insert into app_secret.passwords (user_id, hash) select id, '$argon2id$x' from users`,
      )
      await setBudget(client, 10, 1000)
      await watch(client)
      expect(await notices(client)).toEqual([])
      await spend(client, 9)
      await watch(client)
      await watch(client)
      const warned = {
        recipient: 'adam@club.example',
        details: { period: 'day', state: 'warned', spent: 9, budget: 10 },
      }
      expect(await notices(client)).toEqual([warned])
      await spend(client, 3)
      await watch(client)
      await watch(client)
      const stopped = { ...warned, details: { period: 'day', state: 'stopped', spent: 12, budget: 10 } }
      expect(await notices(client)).toEqual([warned, stopped])
      // Of another budget they are told again.
      await setBudget(client, 11, 1000)
      await watch(client)
      expect(await notices(client)).toEqual([
        warned,
        stopped,
        { ...stopped, details: { ...stopped.details, budget: 11 } },
      ])
    }))

  it('tell webhooks that want it', () =>
    rolledBack(database.pool, admin, async (client) => {
      await client.query(`select create_webhook('https://hooks.club.example/x', array['llm_budget'])`)
      await setBudget(client, 0, null)
      await watch(client)
      expect(await notices(client)).toEqual([
        { recipient: null, details: { period: 'day', state: 'stopped', spent: 0, budget: 0 } },
      ])
    }))
})

describe('what models have cost', () => {
  it('is told with the budgets, and with what they cannot count', () =>
    rolledBack(database.pool, admin, async (client) => {
      await client.query(`select set_llm_budget(5, 100, 0.5, 'why')`)
      await asOwner(client, 'select app_private.record_llm_calls($1)', [
        JSON.stringify([
          call({ tokens_in: million }),
          call({ model: 'llama-local', tokens_in: 7 }),
          call({ model: 'other', tokens_in: null, status: 'timeout' }),
        ]),
      ])
      for (const who of [admin, auditor]) {
        await become(client, who)
        expect(
          await one(
            client,
            'select today::float8, month::float8, daily_budget::float8, monthly_budget::float8, budget_warning, state, unpriced_models from llm_spend()',
          ),
        ).toEqual({
          today: 2.5,
          month: 2.5,
          daily_budget: 5,
          monthly_budget: 100,
          budget_warning: 0.5,
          state: 'warned',
          unpriced_models: ['llama-local'],
        })
      }
      for (const who of [agent, reviewer, worker]) {
        await become(client, who)
        for (const source of ['llm_spend()', 'cost_per_answer', 'cost_per_improvement', 'llm_prices'])
          expect([who.role, source, await sqlState(client, `select * from ${source}`)]).toEqual([
            who.role,
            source,
            '42501',
          ])
      }
    }))

  it('is told by answer', () =>
    rolledBack(database.pool, admin, async (client) => {
      const [first, second] = (
        await asOwner(
          client,
          `insert into responses (question, question_hash, text, outcome, model) select 'q', '\\x', 't', 'answered', 'gpt-4o' from generate_series(1, 2) returning id`,
        )
      ).map((row: { id: string }) => row.id)
      const write = (id: string | undefined, calls: Call[]) =>
        asOwner(client, 'select app_private.record_llm_calls($1, $2)', [JSON.stringify(calls), id])
      await write(first, [
        call({ purpose: 'route', model: 'gpt-4o-mini', tokens_in: million }),
        call({ tokens_in: million, tokens_cached: 500_000, tokens_out: 100_000 }),
      ])
      await write(second, [call({ tokens_in: million, tokens_out: 100_000 })])
      await write(undefined, [call({ purpose: 'analyse', tokens_in: million })])
      const { rows } = await client.query(
        `select model, answers::int, calls::int, cost::float8, cost_per_answer::float8, tokens_in::int, tokens_out::int, tokens_cached::int, cached_share from cost_per_answer order by model`,
      )
      expect(rows).toEqual([
        {
          model: 'gpt-4o-2024-11-20',
          answers: 2,
          calls: 2,
          cost: 2.875 + 3.5,
          cost_per_answer: 3.1875,
          tokens_in: 2 * million,
          tokens_out: 200_000,
          tokens_cached: 500_000,
          cached_share: 0.25,
        },
        expect.objectContaining({ model: 'gpt-4o-mini', answers: 1, cost: 0.15 }),
        expect.objectContaining({ model: null, answers: 2, calls: 3, cost: 6.525, cost_per_answer: 3.2625 }),
      ])
    }))

  it('is told by accepted improvement, those analyses included that led to nothing', () =>
    rolledBack(database.pool, admin, async (client) => {
      const propose = async (section: string) =>
        (
          await one(client, `select id from propose_improvement('sop_new', $1)`, [
            {
              category: 'Parking',
              section,
              new_content: `# ${section}\n\nBehind the hall.`,
              reasoning: 'asked',
            },
          ])
        ).id as number
      const ids = [await propose('Cars'), await propose('Bicycles')]
      await client.query(`select approve_improvement($1, 'right')`, [ids[0]])
      await client.query(`select reject_improvement($1, 'wrong')`, [ids[1]])
      const analysis = call({
        purpose: 'analyse',
        provider: 'anthropic',
        model: 'claude-sonnet-4-6',
        tokens_in: million,
        batch: true,
      })
      for (const id of [...ids, null])
        await asOwner(client, 'select app_private.record_llm_calls($1, null, $2)', [
          JSON.stringify([analysis]),
          id,
        ])
      expect(
        await one(
          client,
          'select analyses::int, cost::float8, proposed::int, accepted::int, cost_per_accepted::float8 from cost_per_improvement',
        ),
      ).toEqual({ analyses: 3, cost: 4.5, proposed: 2, accepted: 1, cost_per_accepted: 4.5 })
    }))

  it('goes by prices that admins keep, in the audit log', () =>
    rolledBack(database.pool, admin, async (client) => {
      await client.query(
        `insert into llm_prices (model, valid_from, input, output, batch_factor) values ('llama-local', current_date, 0, 0, 1)`,
      )
      await client.query(`update llm_prices set output = 1 where model = 'llama-local'`)
      expect(
        (await one(client, `select count(*)::int as n from audit_log where table_name = 'llm_prices'`)).n,
      ).toBe(2)
      expect(
        await sqlState(
          client,
          `insert into llm_prices (model, valid_from, input) values ('x', current_date, -1)`,
        ),
      ).toBe('23514')
      for (const who of [auditor, reviewer, worker]) {
        await become(client, who)
        expect(
          await sqlState(
            client,
            `insert into llm_prices (model, valid_from, input) values ('x', current_date, 1)`,
          ),
        ).toBe('42501')
      }
    }))
})
