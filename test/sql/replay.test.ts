/** An answer's search done again, from the history alone, whatever was edited since. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { withClaims } from '../../core/database/index.ts'
import {
  admin,
  agent,
  become,
  makeTestDatabase,
  rolledBack,
  type TestDatabase,
  visitor,
} from '../support/database.ts'
import { BusyClub } from '../support/history.ts'
import { failure, one, setReason, uuid } from './fixtures.ts'

let database: TestDatabase
let club: BusyClub
const responses: string[] = []
const asStaff = <T>(statement: string, parameters: unknown[] = []) =>
  withClaims(database.pool, agent, async (client) => (await client.query(statement, parameters)).rows as T[])

/** Those whose sources are not found again, with what was found instead. */
const differing = async () => {
  const different = []
  for (const id of responses) {
    const rows = await asStaff<{ same: boolean; exact: boolean }>('select * from replay_response($1)', [id])
    if (rows.some(({ same, exact }) => !same || !exact)) different.push({ id, rows })
  }
  return different
}

beforeAll(async () => {
  database = await makeTestDatabase()
  club = new BusyClub(database.pool)
  await club.setUp(24, 60)
  // Answers before, between and after edits.
  for (let n = 0; n < 150; n++) {
    responses.push(await club.answer())
    if (n % 5 === 4) await club.edit()
  }
}, 300_000)
afterAll(() => database.close())

describe('replay_response', () => {
  it('finds the same sources again for every answer, after every kind of edit', async () => {
    for (let n = 0; n < 60; n++) await club.edit()
    expect(Object.keys(club.edits).length).toBeGreaterThan(9)
    const { rows } = await database.pool.query(
      `select count(distinct (kind, sop_version_id, knowledge_id))::int as sources, count(*)::int as ranks, count(distinct category)::int as categories,
              count(*) filter (where kind = 'knowledge')::int as knowledge from app_public.response_sources`,
    )
    // The club is no toy: many different sources, in every category.
    expect(rows[0].sources).toBeGreaterThan(60)
    expect(rows[0].knowledge).toBeGreaterThan(100)
    expect(rows[0].categories).toBe(6)
    expect(await differing()).toEqual([])
  }, 300_000)

  it('computes them: told another story by the history, it finds something else', async () => {
    const [first] = await asStaff<{ sop_id: number; stored_sop_version_id: number; kind: string }>(
      `select * from replay_response($1) where kind = 'sop'`,
      [responses[0]],
    )
    await database.pool.query(
      `create table public.kept as select * from app_private.response_searches where response_id = $1`.replace(
        '$1',
        responses[0]!,
      ),
    )
    // Words that nobody asked for count, and those asked for do not.
    await database.pool.query(
      `update app_private.response_searches set words = '{1:1}/268435456', nearest = '{}' where response_id = $1`,
      [responses[0]],
    )
    const rows = await asStaff<{ all_same: boolean; stored_sop_version_id: number | null }>(
      'select * from replay_response($1)',
      [responses[0]],
    )
    expect(rows[0]!.all_same).toBe(false)
    expect(rows.map((row) => row.stored_sop_version_id)).toContain(first!.stored_sop_version_id)
    await database.pool.query(
      `update app_private.response_searches s set words = k.words, nearest = k.nearest from public.kept k where k.response_id = s.response_id`,
    )
    await database.pool.query('drop table public.kept')
  })

  it('keeps little: under 2 kB an answer', async () => {
    const { rows } = await database.pool.query(
      'select max(pg_column_size(s))::int as most from app_private.response_searches s',
    )
    expect(rows[0].most).toBeLessThan(2048)
  })

  it('finds for a later time what a search finds then', async () => {
    let same = 0
    let compared = 0
    for (const id of responses.slice(0, 40)) {
      const now = await asStaff<Record<string, unknown>>(
        `select p.rank, p.kind, p.sop_version_id, p.knowledge_id, p.exact from replay_response($1, clock_timestamp()) p where p.rank <= 3`,
        [id],
      )
      const live = await database.pool.query(
        `select s.rank, s.kind, s.sop_version_id, s.knowledge_id, false as exact
           from app_public.responses r left join app_private.response_searches i on i.response_id = r.id
           left join app_private.embedding_cache c on c.content_hash = r.question_hash and c.model = i.embedding_model
           left join app_public.sites t on t.id = r.site_id,
           search_knowledge(r.question, c.embedding, r.requested_category, t.slug, 3) s
          where r.id = $1 and i.routed is null and i.emergency is null and c.embedding is not null`,
        [id],
      )
      if (live.rows.length === 0) continue
      compared++
      same += Number(JSON.stringify(now) === JSON.stringify(live.rows))
    }
    // All but a few: a search takes the nearest units from an approximate index, a replay of another time looks through all.
    expect(compared).toBeGreaterThan(20)
    expect(same / compared).toBeGreaterThanOrEqual(0.9)
  })

  it('keeps earlier units as long as vectors, and is not exact about what is older', () =>
    rolledBack(database.pool, admin, async (client) => {
      await client.query('set local role none')
      await client.query(
        `update app_private.search_unit_history set since = since - interval '200 days', until = until - interval '200 days';
         update app_private.response_searches set searched_at = searched_at - interval '200 days' where response_id = ${responses[0]}`,
      )
      const { rows: before } = await client.query(
        'select count(*)::int as n from app_private.search_unit_history',
      )
      expect(before[0].n).toBeGreaterThan(0)
      await client.query(`select app_private.retain__embedding_cache(now() - interval '90 days')`)
      expect((await client.query('select from app_private.search_unit_history')).rowCount).toBe(0)
      await become(client, agent)
      const { rows } = await client.query('select exact from replay_response($1)', [responses[0]])
      expect(rows.length).toBeGreaterThan(0)
      expect(rows.every((row) => row.exact === false)).toBe(true)
    }))

  it('searches by the clock for an answer that says nothing of its search, and says so', () =>
    rolledBack(database.pool, admin, async (client) => {
      await client.query('set local role none')
      await client.query('delete from app_private.response_searches where response_id = $1', [responses[3]])
      await become(client, agent)
      const { rows } = await client.query('select exact, rank from replay_response($1)', [responses[3]])
      expect(rows.length).toBeGreaterThan(0)
      expect(rows.every((row) => row.exact === false)).toBe(true)
    }))

  it('refuses what was erased, a vector that is no longer kept, and whoever is not staff', () =>
    rolledBack(database.pool, admin, async (client) => {
      const code = async (id: string | null) =>
        (await failure(client, 'select * from replay_response($1)', [id])).code
      expect(await code('987654321')).toBe('CO404')
      expect(await code(null)).toBe('CO404')
      const { ticket_id } = await one(
        client,
        `select ticket_id from responses where ticket_id is not null order by id limit 1`,
      )
      await client.query(`select erase_conversation($1, 'Asked for')`, [ticket_id])
      const erased = await one(client, 'select id from responses where ticket_id = $1', [ticket_id])
      expect(await code(erased.id)).toBe('CO110')
      await client.query('set local role none')
      const left = await client.query('select from app_private.response_searches where response_id = $1', [
        erased.id,
      ])
      expect(left.rowCount).toBe(0)
      await client.query(
        `delete from app_private.embedding_cache c using app_public.responses r where r.id = $1 and c.content_hash = r.question_hash`,
        [responses[1]],
      )
      await become(client, agent)
      expect(await code(responses[1]!)).toBe('CO151')
      await become(client, visitor(uuid(1)))
      expect(await code(responses[0]!)).toBe('42501')
    }))

  it('keeps nothing of a question that was erased with what it taught', () =>
    rolledBack(database.pool, admin, async (client) => {
      const asked = await one(
        client,
        `select r.id, r.ticket_id, k.id as entry from knowledge_base k join responses r on r.id = k.learned_from where k.trust < 3 order by k.id limit 1`,
      )
      await client.query('set local role none')
      await setReason(client, 'Moved')
      await client.query(`update app_public.knowledge_base set topic = topic || ' moved' where id = $1`, [
        asked.entry,
      ])
      const { hash } = await one(
        client,
        'select app_hidden.embedding_hash(question) as hash from app_public.knowledge_base where id = $1',
        [asked.entry],
      )
      const kept = async () =>
        (await client.query('select from app_private.search_unit_history where content_hash = $1', [hash]))
          .rowCount
      const profiles = async () =>
        (
          await client.query(
            `select from app_private.search_unit_history p where p.kind = 'profile' and p.erased and p.embedding is null`,
          )
        ).rowCount
      expect(await kept()).toBeGreaterThan(0)
      expect(await profiles()).toBe(0)
      await client.query(`select app_private.erase('{}', array[$1::bigint], null, 'response', 'Asked for')`, [
        asked.id,
      ])
      expect(await kept()).toBe(0)
      // The means that it was part of are gone as well, and a search of that time says that it is not exact.
      expect(await profiles()).toBeGreaterThan(0)
      await become(client, agent)
      const { rows } = await client.query(
        `select bool_and(p.exact) as exact from responses r, replay_response(r.id) p where r.erased_at is null and r.id <> $1 group by r.id`,
        [asked.id],
      )
      expect(rows.some((row) => !row.exact)).toBe(true)
    }))
})

describe('knowledge_as_of', () => {
  it('lists the entries of a time as they were, for staff', () =>
    rolledBack(database.pool, agent, async (client) => {
      const { rows } = await client.query(
        `select p.at, (select count(*)::int from knowledge_as_of(p.at)) as n, (select count(*)::int from knowledge_as_of(p.at, 'access')) as access
           from (select min(created_at) - interval '1 minute' as at from knowledge_base union all select clock_timestamp()) p order by 1`,
      )
      expect(rows[0]).toMatchObject({ n: 0, access: 0 })
      const { rows: today } = await client.query(
        `select count(*)::int as n, count(*) filter (where category = 'access')::int as access from knowledge_base where valid_to is null or valid_to > now()`,
      )
      expect(rows[1]).toMatchObject(today[0])
      expect((await failure(client, 'select * from knowledge_as_of(null)')).code).toBe('CO005')
      await become(client, visitor(uuid(1)))
      expect((await failure(client, 'select * from knowledge_as_of(now())')).code).toBe('42501')
    }))
})
