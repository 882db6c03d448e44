import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { call } from '../concurrency/support.ts'
import {
  become,
  isServer,
  makeTestDatabase,
  reviewer,
  rolledBack,
  sqlState,
  type TestDatabase,
  worker,
} from '../support/database.ts'
import { becomeOwner, one, setReason } from './fixtures.ts'

describe('the index of vectors', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const filled = (client: pg.PoolClient) =>
    becomeOwner(client).then(() =>
      client.query(
        `insert into knowledge_base (category, topic, question, answer, embeddings)
       select 'a', 'b', 'Question ' || i, 'Answer', l2_normalize((select array_agg(sin(i * d)) from generate_series(1, 1536) d)::vector(1536)) from generate_series(1, 40) i`,
      ),
    )
  const check = 'select * from app_private.check_search_index()'

  it('is compared with a full scan', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await filled(client)
      await become(client, worker)
      expect((await one(client, 'select app_private.index_fresh_units(100) as n')).n).toBe(isServer ? 40 : 0)
      expect(await one(client, check)).toMatchObject(
        isServer ? { checked: 40, recall: 1, valid: true } : { checked: 0, recall: null, valid: null },
      )
    }))

  it('that was not built to its end is no index', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await filled(client)
      await becomeOwner(client)
      await client.query(
        `update pg_catalog.pg_index set indisvalid = false where indexrelid = to_regclass('app_private.search_units_embedding')`,
      )
      expect(await one(client, check)).toMatchObject({
        checked: 0,
        recall: null,
        valid: isServer ? false : null,
      })
    }))

  it('an empty space is nothing to complain of, and what is read can be told and read', () =>
    rolledBack(database.pool, worker, async (client) => {
      expect(await one(client, check)).toMatchObject({ checked: 0, recall: null })
      expect((await client.query('select * from app_private.search_memory()')).rows.length).toBeGreaterThan(3)
      await client.query('select app_private.prewarm_search()')
    }))

  it('is for the worker', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      expect(await sqlState(client, check)).toBe('42501')
      expect(await sqlState(client, 'select app_private.prewarm_search()')).toBe('42501')
      expect(await sqlState(client, 'select app_private.index_fresh_units()')).toBe('42501')
    }))
})

;(isServer ? describe : describe.skip)('what was just written (needs DATABASE_URL: the index)', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const entries = (client: pg.PoolClient, from: number, to: number) =>
    client.query(
      `insert into knowledge_base (category, topic, question, answer, embeddings)
       select 'a', 'b', 'Question ' || i, 'Answer', l2_normalize((select array_agg(sin(i * d)) from generate_series(1, 1536) d)::vector(1536)) from generate_series($1::integer, $2::integer) i`,
      [from, to],
    )
  const waiting = async (client: pg.PoolClient) =>
    (await one(client, 'select count(*)::int as n from app_private.search_units where not indexed')).n
  const indexAll = async (client: pg.PoolClient) => {
    for (let done = 0; ; ) {
      const { n } = await one(client, 'select app_private.index_fresh_units() as n')
      if (n === 0) return done
      done += n
    }
  }
  /** The nearest units by the function that searches, and by comparing all. */
  const nearest = (
    client: pg.PoolClient,
    question: number,
    category: string | null = null,
    site: number | null = null,
  ) =>
    one<{ found: string[]; all: string[] }>(
      client,
      `with q as materialized (select embedding, embedding_model as model from app_private.search_units where title = 'Question ' || $1::integer)
       select array(select n.unit_id from q, app_private.nearest_units(q.embedding, q.model, $2, $3) n) as found,
              array(select u.id from q, app_private.search_units u where ($2::text is null or u.category = $2) and ($3::integer is null or u.site_id is null or u.site_id = $3)
                     order by -(u.embedding <#> q.embedding) desc, u.id limit 40) as all`,
      [question, category, site],
    )

  it('waits outside, is found among the others, and goes in without a trace', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await becomeOwner(client)
      await entries(client, 1, 30)
      await indexAll(client)
      await entries(client, 31, 60)
      expect(await waiting(client)).toBe(30)
      for (const question of [7, 45]) {
        const { found, all } = await nearest(client, question)
        expect(found).toEqual(all)
        expect(found.length).toBe(40)
      }
      const state = `select jsonb_agg(to_jsonb(u) - 'indexed' order by u.id) as units, (select count(*)::int from app_private.search_unit_history) as kept,
                            (select count(*)::int from app_private.search_unit_changes) as told from app_private.search_units u`
      const before = await one(client, state)
      expect(await indexAll(client)).toBe(30)
      expect(await waiting(client)).toBe(0)
      expect(await one(client, state)).toEqual(before)
      const { found, all } = await nearest(client, 45)
      expect(found).toEqual(all)
    }))

  it('is found only where it holds', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await becomeOwner(client)
      const { id: site } = await one(
        client,
        `insert into sites (slug, name) values ('north', 'North') returning id`,
      )
      const { id: other } = await one(
        client,
        `insert into sites (slug, name) values ('south', 'South') returning id`,
      )
      await setReason(client, 'Where it holds')
      await entries(client, 1, 20)
      await client.query(
        `update knowledge_base set site_id = case when question in ('Question 3', 'Question 4') then $1::integer else site_id end,
                valid_to = case when question = 'Question 5' then now() - interval '1 day' end, category = case when question = 'Question 6' then 'c' else category end`,
        [site],
      )
      const named = async (category: string | null, at: number | null) => {
        const { found } = await nearest(client, 7, category, at)
        const { rows } = await client.query(
          `select substr(title, 10)::int as n from app_private.search_units where id = any ($1) and kind = 'knowledge' and title in ('Question 3', 'Question 4', 'Question 5', 'Question 6') order by 1`,
          [found],
        )
        return rows.map((row) => row.n)
      }
      expect(await named(null, null)).toEqual([3, 4, 6])
      expect(await named(null, other)).toEqual([6])
      expect(await named('a', site)).toEqual([3, 4])
      // As in a category too large to be compared one by one.
      await client.query(`update app_private.search_statistics set categories = '{"a": 5000}'`)
      expect(await named('a', site)).toEqual([3, 4])
      expect(await named('a', other)).toEqual([])
    }))

  it('goes in at once where much is written, or much was since the worker looked', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await becomeOwner(client)
      await entries(client, 1, 60)
      expect(await waiting(client)).toBe(0)
      await entries(client, 61, 70)
      expect(await waiting(client)).toBe(10)
      await client.query(
        `insert into app_private.search_unit_changes (unit_id, delta, words) select 1, 1, '' from generate_series(1, 4001)`,
      )
      await entries(client, 71, 80)
      expect(await waiting(client)).toBe(10)
      await client.query('delete from app_private.search_unit_changes')
      await entries(client, 81, 90)
      expect(await waiting(client)).toBe(20)
    }))

  it('stays outside when it is written again, and what it was before is kept', async () => {
    const { pool } = database
    const save = (content: string) =>
      call<{ id: number }>(
        pool,
        reviewer,
        `select id from app_public.save_sop('doors', 'index', $1, 'Why', null)`,
        [content],
      )
    const state = (id: number) =>
      one(
        pool,
        `select u.indexed, u.since_xid::text as since, (select count(*)::int from app_private.search_unit_history h where h.unit_id = u.id) as kept
           from app_private.search_units u where u.kind = 'profile' and u.sop_id = $1`,
        [id],
      )
    const { id } = await save('# Doors\n\n## Steps\n\nOpen it.\n')
    const first = await state(id)
    expect(first).toMatchObject({ indexed: false, kept: 0 })
    await pool.query(
      `insert into app_private.search_unit_changes (unit_id, delta, words) select 1, 1, '' from generate_series(1, 4001)`,
    )
    await save('# Doors\n\n## Steps\n\nOpen it wide.\n')
    const second = await state(id)
    expect(second).toMatchObject({ indexed: false, kept: 1 })
    expect(second.since).not.toBe(first.since)
    await pool.query('delete from app_private.search_unit_changes')
  })

  it('is left to the next run while somebody writes it', async () => {
    const { pool } = database
    await call(
      pool,
      reviewer,
      `select app_public.save_knowledge('a', 'locked', 'Which is locked?', 'This', 'Why')`,
      [],
    )
    await call(
      pool,
      reviewer,
      `select app_public.save_knowledge('a', 'free', 'Which is free?', 'That', 'Why')`,
      [],
    )
    const writer = await pool.connect()
    try {
      await writer.query(
        `begin; update app_private.search_units set ordinal = ordinal where topic = 'locked'`,
      )
      while ((await one(pool, 'select app_private.index_fresh_units() as n')).n > 0);
      expect(
        (
          await pool.query(
            `select distinct topic, indexed from app_private.search_units where topic in ('locked', 'free') and kind = 'knowledge' order by 1`,
          )
        ).rows,
      ).toEqual([
        { topic: 'free', indexed: true },
        { topic: 'locked', indexed: false },
      ])
      await writer.query('rollback')
      while ((await one(pool, 'select app_private.index_fresh_units() as n')).n > 0);
      expect(
        (await one(pool, 'select count(*)::int as n from app_private.search_units where not indexed')).n,
      ).toBe(0)
    } finally {
      writer.release()
    }
  })
})

describe('the impacts of words', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const compare = async (client: pg.PoolClient, texts: string) =>
    one(
      client,
      `with texts as (select words, row_number() over () as n from (${texts}) t(words))
       select count(*)::int as texts, count(*) filter (where i.impacts = app_hidden.bm25_impacts(t.words, 5 + t.n))::int as same
         from texts t left join app_hidden.bm25_impacts(array(select words from texts order by n), array(select (5 + n)::double precision from texts order by n)) i on i.n = t.n`,
    )
  const ordinary = `values (to_tsvector('english', 'Ring the bell, ring it again, and book the bell')), (''::tsvector), ('once'::tsvector), (to_tsvector('simple', repeat('often ', 300)))`

  it('are the same together as alone', () =>
    rolledBack(database.pool, worker, async (client) => {
      await becomeOwner(client)
      expect(await compare(client, ordinary)).toEqual({ texts: 4, same: 4 })
      expect(await compare(client, 'select null::tsvector where false')).toEqual({ texts: 0, same: 0 })
    }))

  it('are the same where two words share a dimension, and where a text has more words than a vector holds', () =>
    rolledBack(database.pool, worker, async (client) => {
      await becomeOwner(client)
      const { a, b } = await one(
        client,
        `select app_hidden.lexeme_dimension('keuni') as a, app_hidden.lexeme_dimension('kueit') as b`,
      )
      expect(a).toBe(b)
      expect(await compare(client, `${ordinary}, (array_to_tsvector('{keuni,kueit,other}'))`)).toEqual({
        texts: 5,
        same: 5,
      })
      const long = `array_to_tsvector(array(select 'w' || i from generate_series(1, 17000) i))`
      expect(await compare(client, `${ordinary}, (${long})`)).toEqual({ texts: 5, same: 5 })
    }))
})
