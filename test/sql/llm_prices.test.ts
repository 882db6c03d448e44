/** The price table: admins keep it, with a reason; what the ledger counted stays as it was. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { PoolClient } from 'pg'
import {
  admin,
  agent,
  makeTestDatabase,
  reviewer,
  rolledBack,
  sqlState,
  type TestDatabase,
} from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

const auditor = { role: 'auditor', actor: 'otto' } as const
const statement = `select (p).* from app_public.set_llm_price($1, $2, $3, $4, cached_input => $5, batch_factor => $6, reason => $7) p`
const parametersOf = (price: object) => {
  const given = {
    model: 'house-model',
    day: '2026-01-01',
    input: 1,
    output: 2,
    cached: null,
    batch: 1,
    reason: 'a new list',
    ...price,
  }
  return [given.model, given.day, given.input, given.output, given.cached, given.batch, given.reason]
}
const set = async (client: PoolClient, price: object) =>
  (await client.query(statement, parametersOf(price))).rows[0]
const remove = 'select app_public.remove_llm_price($1, $2)'
/** As the owner: who may write prices counts no calls. */
const costNow = async (client: PoolClient) => {
  await client.query('reset role')
  const { rows } = await client.query(
    `select app_hidden.llm_cost('house-model-mini', now(), 1000000, 0, 0, 0, false)::float as cost`,
  )
  await client.query(`select set_config('role', 'admin', true)`)
  return rows[0].cost
}

describe('set_llm_price', () => {
  it('writes a price that calls from its day on are counted with', () =>
    rolledBack(database.pool, admin, async (client) => {
      expect(await costNow(client)).toBeNull()
      await set(client, { input: 4 })
      expect(await costNow(client)).toBe(4)
      await set(client, { day: '2999-01-01', input: 9 })
      expect(await costNow(client)).toBe(4)
    }))

  it('changes the price of the same model and day, and says so in the audit log', () =>
    rolledBack(database.pool, admin, async (client) => {
      const { id } = await set(client, { input: 4 })
      expect(await set(client, { input: 5, reason: 'misread' })).toMatchObject({ id, input: '5.000000' })
      const { rows } = await client.query(
        `select operation, actor, reason from app_public.audit_log where table_name = 'llm_prices' and row_id = $1 order by id`,
        [String(id)],
      )
      expect(rows).toEqual([
        { operation: 'insert', actor: admin.actor, reason: 'a new list' },
        { operation: 'update', actor: admin.actor, reason: 'misread' },
      ])
    }))

  it.each([
    ['without a reason', { reason: ' ' }, 'CO002'],
    ['without a model', { model: ' ' }, 'CO005'],
    ['without a day', { day: null }, 'CO005'],
    ['without what input costs', { input: null }, 'CO005'],
    ['that is negative', { output: -1 }, 'CO005'],
    ['whose cached input is negative', { cached: -1 }, 'CO005'],
    ['whose batch costs more than it', { batch: 1.5 }, 'CO005'],
  ])('refuses a price %s', (_name, price, code) =>
    rolledBack(database.pool, admin, async (client) => {
      expect(await sqlState(client, statement, parametersOf(price))).toBe(code)
    }),
  )

  it.each([agent, reviewer, auditor])('is not for a $role', (who) =>
    rolledBack(database.pool, who, async (client) => {
      expect(['CO403', '42501']).toContain(await sqlState(client, statement, parametersOf({})))
    }),
  )
})

describe('remove_llm_price', () => {
  it('takes it out; calls then cost nothing that is known', () =>
    rolledBack(database.pool, admin, async (client) => {
      const { id } = await set(client, {})
      await client.query(remove, [id, 'no such model'])
      expect(await costNow(client)).toBeNull()
    }))

  it('says that there is none', () =>
    rolledBack(database.pool, admin, async (client) => {
      expect(await sqlState(client, remove, [0, 'gone'])).toBe('CO404')
    }))

  it('needs a reason', () =>
    rolledBack(database.pool, admin, async (client) => {
      const { id } = await set(client, {})
      expect(await sqlState(client, remove, [id, ''])).toBe('CO002')
    }))

  it('is not for a reviewer', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      expect(['CO403', '42501']).toContain(await sqlState(client, remove, [1, 'why']))
    }))
})
