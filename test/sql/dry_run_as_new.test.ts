/** What a dry run makes of questions that something was learned from: they are asked as if they were new. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import {
  agent,
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  type TestDatabase,
  worker,
} from '../support/database.ts'
import { axis, becomeOwner, doorText, one, record, type Sop, saveSop, sopBy, uuid } from './fixtures.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

interface Result {
  fixed: number
  fixed_as_new: number
  fixed_for_others: number
  good_fixed: number
  broken: number
  flagged: boolean
  questions: {
    question: string
    role: string
    effect: string
    before: string
    after: string
    for_others?: boolean
  }[]
}

/** Of length one only when normalised: partly its own direction, partly one that all share. */
const turned = (n: number) =>
  `[${Array.from({ length: 1536 }, (_, i) => (i === n || i === 9 ? 1 : 0)).join(',')}]`

const wifiText = '# Wifi\n\n## Steps\n\n1. Type the wifi password from the tablet.\n'

const embed = async (client: pg.PoolClient, question: string, vector: string) => {
  await becomeOwner(client)
  await client.query(
    `insert into app_private.embedding_cache (content_hash, model, embedding)
     select app_hidden.embedding_hash($1), s.embedding_model, l2_normalize($2::vector) from club_settings s`,
    [question, vector],
  )
}

/** A member of staff rates the answer helpful, so that its question is learned. */
const learn = async (client: pg.PoolClient, question: string, sop: Sop) => {
  const { id } = await record(client, { question, visitorId: uuid(2), sop })
  await become(client, agent)
  await client.query('select mark_helpful($1)', [id])
}
const fail = async (client: pg.PoolClient, question: string, sop: Sop) => {
  const { id } = await record(client, { question, visitorId: uuid(1), sop })
  await become(client, agent)
  await client.query('select mark_unhelpful($1, expected_sop_id => $2)', [id, sop.id])
  return (await one(client, 'select id from failed_responses where response_id = $1', [id])).id as number
}
const dryRun = async (client: pg.PoolClient, sop: Sop, content: string, failures: number[] = []) => {
  await become(client, worker)
  const { id } = await one(client, `select id from propose_improvement('sop_edit', $1, $2)`, [
    JSON.stringify({ sop_id: sop.id, new_content: content, reasoning: 'Asked often' }),
    failures,
  ])
  await become(client, agent)
  const { result } = await one(client, 'select preview_improvement($1) as result', [id])
  const { impact } = await one(client, 'select impact from improvement_queue where id = $1', [id])
  return { id: id as number, impact: impact as number, result: result as Result }
}

describe('a question that was learned', () => {
  it('is seen to break for others who ask alike, where who repeats it is still answered', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const door = await sopBy(client, 'access', 'door', doorText)
      const wifi = await saveSop(client, 'facilities', 'wifi', wifiText)
      const question = 'what is the wifi password'
      await embed(client, question, axis(3))
      await learn(client, question, wifi)
      const thief = `${doorText}\n## Wifi\n\nThe wifi password, wifi password.\n`
      const { id, result } = await dryRun(client, door, thief)
      expect(result.questions).toMatchObject([
        { question, role: 'good', before: `sop:${wifi.id}`, after: `sop:${door.id}`, effect: 'broken' },
      ])
      expect(result).toMatchObject({ broken: 1, flagged: true })
      await become(client, reviewer)
      await client.query('select approve_improvement($1)', [id])
      const found = await one(client, 'select sop_id from search_knowledge($1, $2::vector, first => 1)', [
        question,
        axis(3),
      ])
      expect(found.sop_id).toBe(wifi.id)
    }))

  it('counts for the change, where it was answered by itself alone', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const door = await sopBy(client, 'access', 'door', doorText)
      await saveSop(client, 'facilities', 'wifi', wifiText)
      await become(client, reviewer)
      await learn(client, 'my fob is dead', door)
      const { result } = await dryRun(
        client,
        door,
        `${doorText}\n## Fob\n\nWhere a fob is dead, my desk has another fob.\n`,
      )
      expect(result).toMatchObject({ good_fixed: 1, broken: 0, flagged: false })
    }))
})

describe('a failing question', () => {
  const phrases = (texts: string[]) =>
    `${doorText}\n## Customers also say\n\n${texts.map((text) => `- ${text}\n`).join('')}`

  it('that nobody else asks is fixed for who repeats it, and that is worth less', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const door = await sopBy(client, 'access', 'door', doorText)
      await saveSop(client, 'facilities', 'wifi', wifiText)
      const alone = ['the gizmo refuses me']
      const alike = ['blue lamp keeps blinking', 'why is the blue lamp blinking']
      const ids: Record<string, number[]> = { alone: [], alike: [] }
      for (const text of alone) ids.alone!.push(await fail(client, text, door))
      for (const text of alike) ids.alike!.push(await fail(client, text, door))
      const one_ = await dryRun(client, door, phrases(alone), ids.alone)
      expect(one_.result).toMatchObject({ fixed: 1, fixed_as_new: 1, fixed_for_others: 0 })
      expect(one_.result.questions[0]).toMatchObject({ effect: 'fixed', for_others: false })
      const two = await dryRun(client, door, phrases(alike), ids.alike)
      expect(two.result).toMatchObject({ fixed: 2, fixed_as_new: 2, fixed_for_others: 2 })
      expect(two.result.questions[0]).toMatchObject({ effect: 'fixed', for_others: true })
      expect(two.impact / 2).toBeGreaterThan(one_.impact)
    }))
})

describe('what is left out', () => {
  it.each([
    ['an SOP', true],
    ['a topic', false],
  ])('of the profile of %s is what it would be without the question', (_name, ofSop) =>
    rolledBack(database.pool, reviewer, async (client) => {
      const asked = ['May my dog, a small dog, come in?', 'Are cats allowed?', 'dog or cat inside']
      for (const [n, question] of asked.entries()) await embed(client, question, turned(n + 1))
      await become(client, reviewer)
      if (ofSop)
        await saveSop(
          client,
          'brand',
          'animals',
          `# Animals\n\n## Steps\n\nA dog may come in.\n\n## Customers also say\n\n${asked.map((q) => `- ${q}\n`).join('')}`,
        )
      else
        for (const question of asked)
          await client.query(`select save_knowledge('brand', 'animals', $1, 'Yes.', 'Asked')`, [question])
      await becomeOwner(client)
      await client.query('select app_private.refresh_profiles()')
      await client.query(
        `update app_private.search_units u set embedding = c.embedding, embedding_model = c.model from app_private.embedding_cache c where c.content_hash = u.content_hash`,
      )
      const { target } = await one(
        client,
        `select app_private.rebuild_profile(u.target), u.target from app_private.search_units u where u.kind = 'profile'`,
      )
      const compare = `select -(l.impacts <#> w.impacts) as left_words, -(p.impacts <#> w.impacts) as words, l.embedding <=> p.embedding as apart
         from app_private.search_units p, app_private.question_words($1) w, (select $3::sparsevec as impacts, $4::vector as embedding) l
        where p.target = $2 and p.kind = 'profile'`
      for (const question of asked) {
        const out = await one(
          client,
          `select (left_out).impacts::text, (left_out).embedding::text from app_private.asked_as_new(jsonb_build_array(jsonb_build_object('question', $1::text, 'role', 'good', 'expected', $2::text)), false)`,
          [question, target],
        )
        const given = [question, target, out.impacts, out.embedding]
        const with_ = await one(client, compare, given)
        expect(with_.words - with_.left_words).toBeGreaterThan(0.01)
        expect(with_.apart).toBeGreaterThan(0.01)
        await client.query('savepoint whole')
        await client.query(
          `delete from app_private.search_units u where u.content_hash = app_hidden.embedding_hash($1)`,
          [question],
        )
        await client.query('select app_private.rebuild_profile($1)', [target])
        const without = await one(client, compare, given)
        await client.query('rollback to savepoint whole')
        expect(without.left_words).toBeCloseTo(without.words, 4)
        expect(without.apart).toBeCloseTo(0, 5)
      }
    }),
  )

  it('is nothing, of a question that nothing was learned from', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await sopBy(client, 'access', 'door', doorText)
      await becomeOwner(client)
      // Words that stand in the profile alone: the line before the first heading is no section.
      const found = await one(
        client,
        `select app_private.run_preview('[{"question": "does not open, use this", "role": "good", "expected": "sop:0"}]') as good,
                app_private.run_preview('[{"question": "does not open, use this"}]') as plain`,
      )
      expect(found.plain[0].target).toMatch(/^sop:/)
      expect(found.good).toEqual(found.plain)
    }))

  it('is never left out of what customers search', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const door = await sopBy(client, 'access', 'door', doorText)
      await learn(client, 'my fob is dead', door)
      await dryRun(client, door, `${doorText}\nx\n`)
      const found = await one(
        client,
        `select matched as question, sop_id from search_knowledge('my fob is dead', first => 1)`,
      )
      expect(found).toEqual({ question: 'my fob is dead', sop_id: door.id })
    }))
})
