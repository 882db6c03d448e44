import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import {
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  type TestDatabase,
  worker,
} from '../support/database.ts'
import { axis, becomeOwner, one, saveSop } from './fixtures.ts'

const ours = 'local-use-lite'
const theirs = 'openai:other'
const dense = `[${Array.from({ length: 1536 }, (_, i) => (i % 3 ? 1 : -1) / Math.sqrt(1536)).join(',')}]`

// The same vectors under another model's name would be found by every place that forgot to look at the name.
describe('vectors of two models', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const store = (client: pg.PoolClient, text: string, vector: string, model: string) =>
    client.query('select app_private.store_vectors($1, $2::vector[], $3)', [[text], [vector], model])
  const units = (client: pg.PoolClient) =>
    client
      .query(
        'select kind, embedding_text as text, embedding_model as model from app_private.search_units order by id',
      )
      .then(({ rows }) => rows)

  /** An SOP whose every text lies on one axis, of the club's model. */
  const club = async (client: pg.PoolClient) => {
    const sop = await saveSop(client, 'doors', 'codes', '# Codes\n\n## Steps\n\nPress the hash key.\n')
    await becomeOwner(client)
    const texts = (await units(client)).filter((unit) => unit.kind !== 'profile').map((unit) => unit.text)
    for (const text of texts) await store(client, text, axis(1), ours)
    return { sop, texts }
  }

  const found = async (client: pg.PoolClient, model: string | null) =>
    (
      await client.query(
        `select cosine from app_public.search_knowledge('zzz unknown words', $1::vector, null, null, 5, $2)`,
        [axis(1), model],
      )
    ).rows.map((row) => row.cosine)

  it('are never compared: a question by another model is answered by words alone', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await club(client)
      expect(await found(client, ours)).toEqual([expect.closeTo(1, 4)])
      expect(await found(client, null)).toEqual([expect.closeTo(1, 4)])
      expect(await found(client, theirs)).toEqual([])
      const asOf = async (model: string) =>
        (
          await client.query(
            `select cosine from app_public.search_as_of('zzz unknown', $1::vector, clock_timestamp() + interval '1 day', null, null, 5, $2)`,
            [axis(1), model],
          )
        ).rows.map((row) => row.cosine)
      expect(await asOf(ours)).toEqual([expect.closeTo(1, 4)])
      expect(await asOf(theirs)).toEqual([])
    }))

  it('are kept apart in the cache and in search units', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await saveSop(client, 'doors', 'codes', '# Codes\n\n## Steps\n\nPress the hash key.\n')
      await becomeOwner(client)
      const { text } = (await units(client)).find((unit) => unit.kind === 'section')!
      await store(client, text, axis(2), theirs)
      expect((await units(client)).every((unit) => unit.model === null)).toBe(true)
      await store(client, text, axis(1), ours)
      expect((await units(client)).every((unit) => unit.model === ours)).toBe(true)
      expect(await one(client, 'select count(*)::int as n from app_private.embedding_cache')).toEqual({
        n: 2,
      })
      expect(sop.version).toBe(1)
    }))

  it('make no common mean: a profile is of the club’s model alone', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await club(client)
      await client.query(
        `insert into app_private.search_units (kind, target, sop_id, ordinal, category, topic, title, body, embedding_text, content_hash, words, impacts, embedding, embedding_model)
         select 'section', target, sop_id, 99, category, topic, title, body, 'strange', '\\x01', words, impacts, $1::vector, $2 from app_private.search_units where kind = 'section' limit 1`,
        [axis(500), theirs],
      )
      await client.query(
        `select app_private.rebuild_profile(target) from app_private.search_units where kind = 'profile'`,
      )
      const { cosine } = await one(
        client,
        `select -(embedding <#> $1::vector) as cosine from app_private.search_units where kind = 'profile'`,
        [axis(1)],
      )
      expect(cosine).toBeCloseTo(1, 4)
    }))

  it('make no common pattern of failures', () =>
    rolledBack(database.pool, worker, async (client) => {
      await becomeOwner(client)
      await client.query(
        `insert into app_public.failure_patterns (label, first_seen, last_seen, analyst, centroid, embedding_model) values ('old', now(), now(), 'local', $1, $2)`,
        [axis(1), theirs],
      )
      await client.query(
        `insert into app_public.failed_responses (query, response, feedback_type) values ('near', 'far', 'wrong')`,
      )
      await store(client, 'near', axis(1), ours)
      await become(client, worker)
      await client.query('select app_private.cluster_failures(10)')
      await becomeOwner(client)
      const { rows } = await client.query(
        'select embedding_model as model, size from app_public.failure_patterns order by id',
      )
      expect(rows).toEqual([
        { model: theirs, size: 0 },
        { model: ours, size: 1 },
      ])
    }))

  it('are no duplicates of each other', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      for (const question of ['Where is it?', 'Which place?'])
        await client.query(`select save_knowledge('a', 'b', $1, 'Here', 'Why')`, [question])
      await becomeOwner(client)
      await store(client, 'Where is it?', dense, ours)
      await store(client, 'Which place?', dense, ours)
      const pairs = () =>
        client.query('select from app_private.similar_entries(0.85)').then(({ rowCount }) => rowCount)
      expect(await pairs()).toBe(1)
      await client.query(
        `update app_private.search_units set embedding_model = $1 where embedding_text = 'Which place?'`,
        [theirs],
      )
      expect(await pairs()).toBe(0)
    }))
})
