/** The search of a dry run, all questions in one statement, finds what a search of each finds. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { become, makeTestDatabase, reviewer, rolledBack, type TestDatabase } from '../support/database.ts'
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
