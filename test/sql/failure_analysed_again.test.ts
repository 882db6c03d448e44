import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import {
  agent,
  become,
  makeTestDatabase,
  rolledBack,
  type TestDatabase,
  worker,
} from '../support/database.ts'
import { one } from './fixtures.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

/** One response, marked unhelpful and analysed, then marked again with another correction. */
async function markedAgain(client: pg.PoolClient): Promise<string> {
  await client.query(
    `insert into app_private.embedding_cache (content_hash, model, embedding)
       select app_hidden.embedding_hash('door?'), 'local-use-lite', l2_normalize(array_fill(1::real, array[1536])::vector)`,
  )
  await become(client, worker)
  const { id } = await one(
    client,
    `select id from record_response('door?', 'No.', 'answered', 'local-extractive')`,
  )
  for (const correction of ['Press blue.', 'Press red.']) {
    await become(client, agent)
    await client.query(`select mark_unhelpful($1, 'wrong', $2)`, [id, correction])
    await become(client, worker)
    if (correction === 'Press blue.') await client.query('select app_private.cluster_failures()')
  }
  return id
}
const sizes = async (client: pg.PoolClient) =>
  (
    await client.query(
      'select p.size, (select count(*)::int from failed_responses f where f.pattern_id = p.id) as failures from failure_patterns p order by p.id',
    )
  ).rows

describe('a failure that is analysed again', () => {
  it('counts once in its pattern', () =>
    rolledBack(database.pool, { role: 'worker' }, async (client) => {
      await client.query('set local role none')
      await markedAgain(client)
      await client.query('select app_private.cluster_failures()')
      expect(await sizes(client)).toEqual([{ size: 1, failures: 1 }])
    }))

  it('moves its count along when it joins another pattern', () =>
    rolledBack(database.pool, { role: 'worker' }, async (client) => {
      await client.query('set local role none')
      const id = await markedAgain(client)
      await become(client, { role: 'admin', actor: 'adam' })
      const sop = await one(client, `select id from save_sop('club', 'door', '# Door', 'First')`)
      await become(client, agent)
      await client.query(`select mark_unhelpful($1, 'wrong', 'See the door.', $2)`, [id, sop.id])
      await become(client, worker)
      await client.query('select app_private.cluster_failures()')
      expect(await sizes(client)).toEqual([
        { size: 0, failures: 0 },
        { size: 1, failures: 1 },
      ])
    }))

  it('is still counted when it is withdrawn before that', () =>
    rolledBack(database.pool, { role: 'worker' }, async (client) => {
      await client.query('set local role none')
      const id = await markedAgain(client)
      await become(client, agent)
      await client.query('select mark_helpful($1)', [id])
      await become(client, worker)
      expect(await sizes(client)).toEqual([{ size: 1, failures: 1 }])
      expect(
        (await client.query('select withdrawn_at is not null as withdrawn from failed_responses')).rows,
      ).toEqual([{ withdrawn: true }])
    }))
})
