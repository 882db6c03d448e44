/** What was found is put in order by a model, where one is named for it; the local server speaks OpenAI's protocol. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Source } from '../../core/answering/ask.ts'
import { openaiFailure } from '../support/providers/failures.ts'
import { partsOf } from '../support/providers/openai.ts'
import type { Script } from '../support/providers/script.ts'
import { type Club, openClub } from './support.ts'

let club: Club
beforeAll(async () => {
  club = await openClub({ OPENAI_RERANK_MODEL: 'gpt-4o-mini', LLM_TIMEOUT: '2' })
})
afterAll(() => club?.close())
afterEach(() => club.openai.assertClean())

type Body = Parameters<typeof partsOf>[0]
const isOrder = (body: Body) => JSON.stringify(partsOf(body).schema ?? null).includes('"order"')
const inputOf = (body: Body) => partsOf(body).input.join('\n')
/** Ranks by this, routes to unknown, and quotes the first source that it gets. */
const ranking = (order: Script) =>
  club.openai.on('responses', ({ body }: { body: Body }) =>
    isOrder(body)
      ? order
      : partsOf(body).schema
        ? { json: { category: 'unknown', confidence: 0.5, emergency: false } }
        : { text: 'NO_ANSWER' },
  )
beforeEach(() => club.openai.reset())

const question = 'the door code does nothing'
const names = (sources: Source[]) => sources.map(({ category, topic }) => `${category}/${topic}`)
const ordersOf = () =>
  club.openai
    .of('responses')
    .map(({ body }) => body)
    .filter(isOrder)

describe('a model that ranks', () => {
  it('is told the question and the sources as data, and decides which is first, and so the category', async () => {
    ranking({ json: { order: [] } })
    const before = await club.ask(question)
    expect(before.sources.length).toBeGreaterThan(2)
    expect(before.sources[0]).toMatchObject({ rank: 1 })
    const [asked] = ordersOf()
    expect(asked!.model).toBe('gpt-4o-mini')
    expect(inputOf(asked!)).toContain(question)
    for (const { rank } of before.sources.filter(({ category }) => category !== 'emergency'))
      expect(inputOf(asked!)).toMatch(new RegExp(`<<<SOURCE ${rank} [0-9a-f]{16}>>>`))

    club.openai.reset()
    const last = before.sources.findLast(({ category }) => category !== 'emergency')!
    ranking({ json: { order: [last.rank, last.rank, 99, 1.5] } })
    const after = await club.ask(question)
    expect(names(after.sources)).toEqual([
      `${last.category}/${last.topic}`,
      ...names(before.sources).filter((name) => name !== `${last.category}/${last.topic}`),
    ])
    expect(after.sources.map(({ rank }) => rank)).toEqual(after.sources.map((_, index) => index + 1))
    expect(after.category).toBe(last.category)
    // How sure the search was stays what it was.
    expect(after.confidence).toBe(before.confidence)
    expect(after.trace.rerank_ms).toBeGreaterThan(0)
    expect(
      await club.all(
        `select purpose, model, status from llm_calls where response_id = $1 and purpose = 'rerank'`,
        [after.id],
      ),
    ).toEqual([{ purpose: 'rerank', model: expect.stringMatching(/^gpt-4o-mini/), status: 'ok' }])
  })

  it('is found again in the same order, without being asked', async () => {
    ranking({ json: { order: [3, 2] } })
    const answer = await club.ask(question)
    club.openai.reset()
    expect(
      await club.one('select bool_and(all_same) as same, bool_and(exact) as exact from replay_response($1)', [
        answer.id,
      ]),
    ).toEqual({ same: true, exact: true })
    expect(club.openai.of('responses')).toEqual([])
    expect(
      await club.one('select reranked from app_private.response_searches where response_id = $1', [
        answer.id,
      ]),
    ).toEqual({ reranked: [expect.any(String), expect.any(String)] })
  })

  it('reads nothing of emergencies', async () => {
    ranking({ json: { order: [] } })
    const { sources } = await club.ask(question)
    const kept = sources.filter(({ category }) => category === 'emergency')
    expect(kept).not.toEqual([])
    expect(ordersOf()).toHaveLength(1)
    for (const { rank } of kept) expect(inputOf(ordersOf()[0]!)).not.toContain(`SOURCE ${rank} `)
  })

  for (const [what, order, status] of [
    ['fails', openaiFailure.serverError(), 'server_error'],
    ['gives no such list', { text: 'I would say the first.' }, 'invalid_output'],
    ['takes too long', { fault: { kind: 'hang' } }, 'timeout'],
  ] as [string, Script, string][])
    it(`and ${what} leaves the search’s own order`, async () => {
      ranking({ json: { order: [] } })
      const before = await club.ask(question)
      club.openai.reset()
      ranking(order)
      const after = await club.ask(question)
      expect(names(after.sources)).toEqual(names(before.sources))
      expect(
        await club.all(`select status from llm_calls where response_id = $1 and purpose = 'rerank'`, [
          after.id,
        ]),
      ).toEqual([{ status }])
    })

  it('is asked about nothing that no model may write about', async () => {
    ranking({ json: { order: [2] } })
    await club.ask('there is a fire, the bay is on fire')
    await club.database.pool.query('update club_settings set assistant_enabled = false')
    await club.ask(question)
    await club.database.pool.query('update club_settings set assistant_enabled = true')
    expect(ordersOf()).toEqual([])
  })
})

it('nobody ranks where no model is named for it', async () => {
  const plain = await openClub()
  try {
    const answer = await plain.ask(question)
    expect(answer.trace.rerank_ms).toBeNull()
    expect(plain.openai.of('responses').filter(({ body }) => isOrder(body))).toEqual([])
  } finally {
    await plain.close()
  }
})
