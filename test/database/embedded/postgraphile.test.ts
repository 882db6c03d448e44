import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Logger, run } from 'graphile-worker'
import pg from 'pg'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafast } from 'postgraphile/grafast'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import type { EmbeddedDatabase } from '../../../core/database/embedded/index.ts'
import { openTest, until } from './support.ts'

let database: EmbeddedDatabase
let pool: pg.Pool
beforeAll(async () => {
  database = await openTest()
  pool = new pg.Pool({ connectionString: database.url, max: 20 })
  pool.on('error', () => {})
  pool.on('connect', (one) => one.on('error', () => {}))
  await pool.query(`
    create schema shop;
    create role shop_visitor;
    grant usage on schema shop to shop_visitor;
    create table shop.orders (
      id int primary key generated always as identity,
      customer text not null default current_setting('jwt.claims.customer'),
      amount int not null
    );
    alter table shop.orders enable row level security;
    create policy own on shop.orders for all to shop_visitor using (customer = current_setting('jwt.claims.customer'));
    grant select, insert on shop.orders to shop_visitor;
    create function shop.order_it(amount int) returns shop.orders language sql volatile as $$
      insert into shop.orders (amount) values (order_it.amount) returning *
    $$;
  `)
})
afterAll(async () => {
  await pool.end()
  await database.close()
})

describe('PostGraphile and graphile-worker together', () => {
  it('answer 1,000 mixed queries and mutations of 16 clients, and do every job on notification', async () => {
    const done: number[] = []
    const runner = await run({
      pgPool: pool,
      concurrency: 3,
      // So long that only a notification can start a job in time.
      pollInterval: 60_000,
      noHandleSignals: true,
      taskList: { deliver: async (payload) => void done.push((payload as { id: number }).id) },
      logger: new Logger(() => () => {}),
    })
    await pool.query(`
      create function shop.tg_deliver() returns trigger language plpgsql security definer as $$ begin
        perform graphile_worker.add_job('deliver', json_build_object('id', new.id));
        return new;
      end $$;
      create trigger _100_deliver after insert on shop.orders for each row execute function shop.tg_deliver();
    `)
    const pgl = postgraphile({
      extends: [PostGraphileAmberPreset],
      pgServices: [makePgService({ pool, schemas: ['shop'] })],
      grafast: {
        context: (requestContext) => ({
          pgSettings: {
            role: 'shop_visitor',
            'jwt.claims.customer': (requestContext as { customer: string }).customer,
          },
        }),
      },
    })
    const { schema, resolvedPreset } = await pgl.getSchemaResult()
    const request = async (source: string, variableValues: Record<string, unknown>, customer: string) => {
      const result = await grafast({
        schema,
        resolvedPreset,
        requestContext: { customer },
        source,
        variableValues,
      } as Parameters<typeof grafast>[0])
      return result as { data?: Record<string, unknown>; errors?: readonly Error[] }
    }
    const errors: unknown[] = []
    let ordered = 0
    await Promise.all(
      Array.from({ length: 16 }, async (_, c) => {
        let mine = 0
        for (let i = 0; i < 63 && c * 63 + i < 1000; i++) {
          if (i % 2 === 0) {
            const result = await request(
              'mutation ($n: Int!) { orderIt(input: { amount: $n }) { result { amount customer } } }',
              { n: c * 1000 + i },
              `customer ${c}`,
            )
            const order = (result.data?.orderIt as { result?: unknown } | undefined)?.result
            if (
              JSON.stringify(order) !== JSON.stringify({ amount: c * 1000 + i, customer: `customer ${c}` })
            ) {
              errors.push(result)
            }
            mine++
            ordered++
          } else {
            const result = await request(
              '{ allOrders { totalCount nodes { customer } } }',
              {},
              `customer ${c}`,
            )
            const orders = result.data?.allOrders as
              | { totalCount: number; nodes: { customer: string }[] }
              | undefined
            const right =
              orders?.totalCount === mine &&
              orders.nodes.every(({ customer }) => customer === `customer ${c}`)
            if (!right) errors.push(result)
          }
        }
      }),
    )
    expect(errors).toEqual([])
    await until(() => done.length >= ordered, 20_000)
    expect(new Set(done).size).toBe(ordered)
    expect(done.length).toBe(ordered)
    const left = await pool.query('select count(*)::int as n from graphile_worker.jobs')
    expect(left.rows).toEqual([{ n: 0 }])
    await runner.stop()
    await pgl.release()
  })
})
