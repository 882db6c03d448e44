import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { previewPrompt } from '../../core/answering/preview_prompt.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { agent, reviewer } from '../support/database.ts'
import { openaiFailure } from '../support/providers/failures.ts'
import { type Club, modelOf, openClub } from './support.ts'

let club: Club
beforeAll(async () => {
  club = await openClub({ LLM_TIMEOUT: '2' })
})
afterAll(() => club?.close())
beforeEach(() => {
  club.openai.reset()
  club.openai.on('responses', modelOf({}))
})
afterEach(() => club.openai.assertClean())

const question = 'the door code does nothing'
const edited = 'You are a pirate who answers from the sources alone.'
const counts = () =>
  club.one(
    `select (select count(*)::int from responses) as responses, (select count(*)::int from tickets) as tickets, (select count(*)::int from messages) as messages,
            (select max(version) from prompts where name = 'answer') as version`,
  )

describe('an edited prompt, tried before it is saved', () => {
  it('is what the model gets, beside what was answered before; and nothing is recorded but the calls', async () => {
    const before = await club.ask(question)
    const had = await counts()
    club.openai.requests.length = 0
    const { questions } = await previewPrompt(club.services, reviewer, {
      name: 'answer',
      content: edited,
      latest: 1,
    })
    expect(questions).toHaveLength(1)
    expect(questions[0]).toMatchObject({
      question,
      outcome: 'answered',
      fallback: null,
      old: { response_id: before.id, text: before.text, outcome: 'answered', prompt_version: 1 },
    })
    expect(questions[0]!.text).toMatch(/\[1\]/)
    expect(questions[0]!.cost).toBeGreaterThan(0)
    expect(JSON.stringify(club.openai.of('responses').map((request) => request.body))).toContain(edited)
    expect(await counts()).toEqual(had)
    const purposes = await club.all(
      'select distinct purpose from llm_calls where response_id is null order by purpose',
      [],
    )
    expect(purposes).toEqual([{ purpose: 'preview' }])
  })

  it('goes through the gate: what no source says is not shown, and it says so', async () => {
    club.openai.on('responses', modelOf({ answer: { text: 'It costs 99 euros a minute [1].' } }))
    const { questions } = await previewPrompt(club.services, reviewer, {
      name: 'answer',
      content: edited,
      questions: [question],
    })
    expect(questions[0]).toMatchObject({ fallback: 'unsupported', old: null })
    expect(questions[0]!.text).not.toContain('99')
  })

  it('masks given questions, and survives a model that fails', async () => {
    club.openai.on('responses', openaiFailure.serverError())
    const { questions } = await previewPrompt(club.services, reviewer, {
      name: 'answer',
      content: edited,
      questions: [`${question}, write to joe@example.com`],
    })
    expect(questions[0]!.question).toContain('[email]')
    expect(questions[0]!.fallback).toBe('server_error')
  })

  it('says what it would cost without asking anything', async () => {
    await club.ask(question)
    club.openai.requests.length = 0
    const { estimatedCost, questions } = await previewPrompt(club.services, reviewer, {
      name: 'answer',
      content: edited,
      latest: 2,
      estimateOnly: true,
    })
    expect(estimatedCost).toBeGreaterThan(0)
    expect(questions).toEqual([])
    expect(club.openai.requests).toEqual([])
  })

  it('refuses what cannot be tried', async () => {
    const tried = (input: object, claims = reviewer, services = club.services) =>
      previewPrompt(services, claims, { name: 'answer', content: edited, ...input }).then(
        () => 'none',
        (error: { code?: string }) => error.code,
      )
    expect(await tried({}, agent)).toBe('CO403')
    expect(await tried({ content: ' ' })).toBe('CO005')
    expect(await tried({ name: 'analyse' })).toBe('CO005')
    expect(await tried({ latest: 21 })).toBe('CO006')
    expect(await tried({ questions: new Array(21).fill('x') })).toBe('CO006')
    expect(await tried({}, reviewer, { ...club.services, providers: noProviders })).toBe('CO131')
    await club.one('update club_settings set daily_budget = 0 returning 1 as done')
    try {
      expect(await tried({ questions: [question] })).toBe('CO132')
    } finally {
      await club.one('update club_settings set daily_budget = null returning 1 as done')
    }
  })
})
