import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { withClaims } from '../../core/database/index.ts'
import { admin, isServer, makeTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

// The embedded database counts no such statistics.
const onServer = isServer ? it : it.skip

onServer('counting a rating touches no index: neither of the entry nor of its search units', async () => {
  await withClaims(database.pool, admin, (client) =>
    client.query(
      `insert into knowledge_base (category, topic, question, answer) select 'counters', 'topic', 'Question ' || i, 'Answer' from generate_series(1, 200) i`,
    ),
  )
  const updates = async () => {
    const { rows } = await database.pool.query<{ relname: string; n: number; hot: number }>(
      `select relname, n_tup_upd::int as n, n_tup_hot_upd::int as hot from pg_stat_user_tables where relname in ('knowledge_base', 'search_units') order by 1`,
    )
    return rows
  }
  const before = await updates()
  const client = await database.pool.connect()
  try {
    for (let round = 0; round < 5; round++)
      await client.query(
        'update app_public.knowledge_base set usage_count = usage_count + 1, success_count = success_count + 1, success_rate = 1',
      )
  } finally {
    // What a session did is counted when it ends, at the latest.
    client.release(true)
  }
  for (let tries = 0; tries < 50 && (await updates())[0]!.n < before[0]!.n + 1000; tries++)
    await new Promise((resolve) => setTimeout(resolve, 100))
  const [entries, units] = await updates()
  expect(entries!.n - before[0]!.n).toBe(1000)
  // Were a counter indexed, none would be. How many are depends on the room in a page, which is pruned when nobody looks.
  expect(entries!.hot - before[0]!.hot).toBeGreaterThan(100)
  expect(units).toEqual(before[1])
})
