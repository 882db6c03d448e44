/** The search of a dry run, all questions in one statement, finds what a search of each finds. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { withClaims } from '../../core/database/index.ts'
import {
  become,
  isServer,
  makeTestDatabase,
  reviewer,
  rolledBack,
  type TestDatabase,
} from '../support/database.ts'
import { type Found, searchedOneByOne } from '../support/dry_run.ts'
import { becomeOwner, one, saveSop } from './fixtures.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

/** The same numbers each time (mulberry32). */
function numbers(seed: number) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
const random = numbers(11)
const below = (n: number) => Math.floor(random() * n)
const pick = <T>(items: T[]): T => items[below(items.length)]!

// Few words are said often, as in a language: half of all are among the first six.
const words =
  'booking court wifi locker guest refund coach towel parking sauna racket member invoice gate code lamp shower ball lesson trial voucher kiosk dog tournament late cancel app terrace umbrella trainer'.split(
    ' ',
  )
const sentence = (length: number) =>
  Array.from({ length }, () => words[Math.floor(words.length * random() ** 2)]).join(' ')

/** One of eight directions, and some way off it. */
const vector = () => {
  const n = below(8)
  const parts = Array.from({ length: 1536 }, (_, i) =>
    i === n ? 1 : i >= 8 && i < 40 ? (random() - 0.5) / 3 : 0,
  )
  return `[${parts.join(',')}]`
}

interface Asked {
  question: string
  role: string
  expected: string
  site?: string
}

const past = new Date(2001, 1)
const future = new Date(2101, 1)

/** SOPs, topics of many and of few entries, some of a site or of another time, some unreviewed, some without a vector. */
async function someKnowledge(client: pg.PoolClient): Promise<Asked[]> {
  await becomeOwner(client)
  await client.query(
    `insert into sites (slug, name, timezone) values ('north', 'North', 'UTC'), ('south', 'South', 'UTC')`,
  )
  await become(client, reviewer)
  const known: Asked[] = []
  for (let i = 0; i < 12; i++) {
    const phrases = Array.from({ length: 3 }, () => sentence(3 + below(4)))
    const { id } = await saveSop(
      client,
      `area${i % 3}`,
      `procedure${i}`,
      `# ${sentence(2)}\n\n${sentence(12)}\n\n## When to use\n\n${sentence(8)}\n\n## Steps\n\n1. ${sentence(9)}\n\n## Customers also say\n\n${phrases.map((phrase) => `- ${phrase}\n`).join('')}`,
    )
    for (const question of phrases) known.push({ question, role: 'good', expected: `sop:${id}` })
  }
  await becomeOwner(client)
  for (let i = 0; i < 110; i++) {
    // So many in one topic that not all of them are named.
    const topic = i < 50 ? 'crowd' : `topic${i % 17}`
    const question = `${sentence(3 + below(5))}${i % 5 === 0 ? ` z${i}` : ''}`
    const site = pick([null, null, 'north', 'south'])
    const { target } = await one(
      client,
      `insert into knowledge_base (category, topic, question, answer, trust, site_id, valid_from, valid_to)
       values ('asked', $1, $2, $3, $4, (select id from sites where slug = $5), $6, $7) returning app_hidden.target_of(sop_id, category, topic) as target`,
      [
        topic,
        question,
        `Answer ${i}.`,
        pick([0, 1, 3, 3]),
        site,
        ...pick([
          [null, null],
          [null, null],
          [past, null],
          [null, past],
          [past, future],
          [future, null],
        ]),
      ],
    )
    known.push({ question, role: pick(['good', 'golden']), expected: target, ...(site ? { site } : {}) })
  }
  await client.query('select app_private.refresh_profiles()')
  const { rows } = await client.query<{ embedding_text: string }>(
    `select distinct embedding_text from app_private.search_units where embedding_text <> '' order by 1`,
  )
  for (const { embedding_text } of rows) if (random() < 0.9) await embed(client, embedding_text)
  await client.query(
    `update app_private.search_units u set embedding = c.embedding, embedding_model = c.model from app_private.embedding_cache c where c.content_hash = u.content_hash`,
  )
  await client.query(
    `select app_private.rebuild_profiles(array(select distinct target from app_private.search_units))`,
  )
  const asked: Asked[] = []
  for (let i = 0; i < 40; i++) {
    const question = pick([sentence(2), sentence(5), sentence(9), `bookng ${sentence(1)}`, `unheard${i}`, ''])
    if (random() < 0.7) await embed(client, question)
    asked.push({
      question,
      role: 'failing',
      expected: pick(known).expected,
      ...(i % 4 === 0 ? { site: pick(['north', 'south']) } : {}),
    })
  }
  return [...known, ...asked]
}
const embed = (client: pg.PoolClient, text: string) =>
  client.query(
    `insert into app_private.embedding_cache (content_hash, model, embedding)
     select app_hidden.embedding_hash($1), s.embedding_model, l2_normalize($2::vector) from club_settings s on conflict do nothing`,
    [text, vector()],
  )

/** Of sums in another order the last digits differ. */
const rounded = (found: Found[]) =>
  found.map((one) => ({ ...one, score: one.score === null ? null : Math.round(one.score * 1e9) / 1e9 }))

async function compare(client: pg.PoolClient, questions: Asked[], asNew: boolean): Promise<Found[]> {
  const { found } = await one<{ found: Found[] }>(client, 'select app_private.run_preview($1, $2) as found', [
    JSON.stringify(questions),
    asNew,
  ])
  expect(rounded(found)).toEqual(rounded(await searchedOneByOne(client, questions, asNew)))
  return found
}

describe('questions that are searched together', () => {
  it(
    'find what each finds by itself',
    () =>
      rolledBack(database.pool, reviewer, async (client) => {
        const questions = await someKnowledge(client)
        for (const asNew of [false, true]) {
          const found = await compare(client, questions, asNew)
          // Of each kind there are some: SOPs and entries, sure and unsure, and what finds nothing.
          expect(new Set(found.map(({ target }) => target)).size).toBeGreaterThan(15)
          expect(found.filter(({ answered }) => answered).length).toBeGreaterThan(10)
          expect(found.filter(({ answered }) => !answered).length).toBeGreaterThan(10)
          expect(found.filter(({ target }) => target === null).length).toBeGreaterThan(0)
        }
      }),
    180_000,
  )

  it(
    'find it after whatever was changed',
    () =>
      rolledBack(database.pool, reviewer, async (client) => {
        const questions = await someKnowledge(client)
        await client.query(`select set_config('clubos.reason', 'Tried', true)`)
        await client.query(`delete from knowledge_base where id % 3 = 0`)
        await client.query(`update knowledge_base set question = question || ' sauna gate' where id % 5 = 0`)
        await client.query(`update knowledge_base set trust = 0 where id % 7 = 0`)
        await become(client, reviewer)
        await saveSop(client, 'area0', 'procedure0', `# ${sentence(3)}\n\n## Steps\n\n${sentence(30)}\n`)
        await becomeOwner(client)
        await client.query('select app_private.refresh_profiles()')
        await compare(client, questions, false)
      }),
    180_000,
  )

  it('are none, where none are asked', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await becomeOwner(client)
      expect(await compare(client, [], false)).toEqual([])
    }))
})

interface Ranking {
  targets: {
    target: string
    score: number
    words: number
    cosine: number
    entry_id: number
    agreed: boolean
  }[]
}

/** As in a large club, whose words are weighed by the last refresh. */
async function asInALargeClub(client: pg.PoolClient): Promise<void> {
  await client.query('select app_private.refresh_search_statistics(true)')
  await client.query('update app_private.search_statistics set units = 6000')
}

const rankings = async (client: pg.PoolClient, ranked: string, values: unknown[]) =>
  (
    await client.query<{ ranking: Ranking }>(`select to_jsonb(r) as ranking from unnest(${ranked}) r`, values)
  ).rows.map(({ ranking }) => ranking)

/** How many rankings have the same first. Not all: a unit gone from a list makes room for one that was behind its end, and here a list holds a quarter of all. */
const alike = (some: Ranking[], others: Ranking[]) =>
  some.filter(({ targets }, index) => {
    const [one, other] = [targets[0], others[index]!.targets[0]]
    if (!one || !other) return one === other
    return (
      one.target === other.target && one.agreed === other.agreed && Math.abs(one.score - other.score) < 0.001
    )
  }).length

/** What a proposal could do: an SOP saved anew, an entry gone, one in other words, one more, one unreviewed. */
async function changeSome(client: pg.PoolClient): Promise<string[]> {
  await client.query(`select set_config('clubos.reason', 'Tried', true)`)
  const { rows } = await client.query<{ target: string }>(
    `with gone as (delete from knowledge_base where id in (select id from knowledge_base where topic = 'topic3' order by id limit 1) returning *),
          other as (update knowledge_base set question = question || ' sauna gate' where topic = 'topic5' returning *),
          fewer as (update knowledge_base set trust = 0 where topic = 'topic7' returning *),
          more as (insert into knowledge_base (category, topic, question, answer) values ('asked', 'topic9', 'lamp late kiosk', 'Yes.') returning *)
     select distinct app_hidden.target_of(k.sop_id, k.category, k.topic) as target from (select * from gone union all select * from other union all select * from fewer union all select * from more) k`,
  )
  await become(client, reviewer)
  const { id } = await saveSop(
    client,
    'area0',
    'procedure0',
    `# ${sentence(3)}\n\n## Steps\n\n${sentence(30)}\n`,
  )
  await becomeOwner(client)
  await client.query('select app_private.refresh_profiles()')
  return [...rows.map(({ target }) => target), `sop:${id}`]
}

describe('rankings after a change', () => {
  it(
    'are those of a search, though only what was touched is scored',
    () =>
      rolledBack(database.pool, reviewer, async (client) => {
        const questions = JSON.stringify(await someKnowledge(client))
        await asInALargeClub(client)
        await client.query(
          `create temporary table known on commit drop as select s.searches, app_private.preview_rankings(s.searches) as rankings from (select app_private.preview_searches($1) as searches) s`,
          [questions],
        )
        const touched = await changeSome(client)
        await client.query(
          `create temporary table changed on commit drop as select app_private.preview_searches($1, false, known.searches, $2) as searches from known`,
          [questions, touched],
        )
        const anew = await rankings(
          client,
          `(select app_private.rankings_after(changed.searches, known.searches, known.rankings, $1) from changed, known)`,
          [touched],
        )
        const searched = await rankings(
          client,
          `(select app_private.preview_rankings(changed.searches) from changed)`,
          [],
        )
        const before = await rankings(client, `(select rankings from known)`, [])
        expect(anew).toHaveLength(searched.length)
        expect(alike(anew, before)).toBeLessThan(anew.length * 0.9)
        expect(alike(anew, searched)).toBeGreaterThanOrEqual(anew.length * 0.98)
      }),
    180_000,
  )

  it('are kept for the next dry run of a large club, but for what was written since', async () => {
    const club = await makeTestDatabase()
    // As a server has them, another's transaction is under way all the while: it makes nothing old of what is kept.
    const other = isServer ? await database.pool.connect() : undefined
    await other?.query('begin')
    await other?.query('select pg_current_xact_id()')
    const committed = <T>(work: (client: pg.PoolClient) => Promise<T>) =>
      withClaims(club.pool, reviewer, async (client) => {
        await becomeOwner(client)
        return work(client)
      })
    try {
      const questions = JSON.stringify(await committed(someKnowledge))
      const ranked = (how: string) =>
        committed((client) =>
          rankings(
            client,
            `(select app_private.${how}(s.searches) from (select app_private.preview_searches($1) as searches) s)`,
            [questions],
          ),
        )
      const kept = () =>
        committed((client) =>
          one<{ kept: number; at: Date | null }>(
            client,
            'select count(*)::int as kept, max(created_at) as at from app_private.dry_run_rankings',
          ),
        )
      await ranked('rankings_before')
      expect((await kept()).kept).toBe(0)
      await committed(asInALargeClub)
      const first = await ranked('rankings_before')
      const then = await kept()
      expect(then.kept).toBeGreaterThan(100)
      expect(await ranked('rankings_before')).toEqual(first)
      expect(await kept()).toEqual(then)
      await committed(changeSome)
      const again = await ranked('rankings_before')
      expect(alike(again, first)).toBeLessThan(again.length * 0.9)
      expect(alike(again, await ranked('preview_rankings'))).toBeGreaterThanOrEqual(again.length * 0.98)
      // But for the few whose own words were what changed.
      expect((await kept()).kept).toBeLessThan(then.kept * 1.2)
      // Words are weighed anew: what was found by the old weights is of no use.
      await committed((client) =>
        client.query('update app_private.search_statistics set refreshed_at = clock_timestamp()'),
      )
      expect(await ranked('rankings_before')).toEqual(await ranked('preview_rankings'))
      const later = await kept()
      expect(later.at!.getTime()).toBeGreaterThan(then.at!.getTime())
      await committed((client) =>
        client.query(
          `update app_private.dry_run_rankings set created_at = created_at - interval '11 minutes'`,
        ),
      )
      await ranked('rankings_before')
      expect((await kept()).at!.getTime()).toBeGreaterThan(later.at!.getTime())
    } finally {
      await other?.query('rollback')
      other?.release()
      await club.close()
    }
  }, 180_000)
})
