/** The owner's 25 questions, failures by meaning, and an answer's search done again, over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { embedQuestion } from '../../core/embedding/question.ts'
import { readQuestions } from '../../core/questions.ts'
import { type Api, ann, anonymous, auditor, startApi, visitorA } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api.close())

const answer = '{ columns { name kind } rows truncated ms }'

describe('ownerQuestions', () => {
  it('lists what docs/questions.md holds', async () => {
    const { data } = await api.sendText('{ ownerQuestions { number group question sql reading } }', {}, ann)
    expect(data.ownerQuestions).toEqual(readQuestions())
  })

  it('answers each by its number, for every member of staff', async () => {
    for (const who of [ann, auditor])
      for (const { number } of readQuestions()) {
        const { data, errors } = await api.sendText(
          `query ($n: Int!) { answerOwnerQuestion(number: $n) ${answer} }`,
          { n: number },
          who,
        )
        expect([number, errors]).toEqual([number, undefined])
        expect(data.answerOwnerQuestion.columns.length).toBeGreaterThan(0)
      }
  })

  it('takes no other number, and is for staff', async () => {
    const code = async (n: number, who: object) =>
      (await api.sendText(`query ($n: Int!) { answerOwnerQuestion(number: $n) ${answer} }`, { n }, who))
        .errors?.[0]?.extensions.code
    expect(await code(26, ann)).toBe('CO404')
    expect(await code(0, ann)).toBe('CO404')
    expect(await code(1, anonymous)).toBe('CO403')
    const { errors } = await api.sendText('{ ownerQuestions { sql } }', {}, visitorA)
    expect(errors?.[0]?.extensions.code).toBe('CO403')
  })
})

describe('failuresAbout', () => {
  it('finds what means the same and shares no word, and asks no model for a customer', async () => {
    await api.database.pool.query(
      `insert into app_public.failed_responses (query, response, feedback_type) values ('The projector shows no image', 'x', 'wrong'), ('Can I bring my dog?', 'x', 'wrong')`,
    )
    // As they are when somebody asks them.
    for (const query of ['The projector shows no image', 'Can I bring my dog?']) {
      const { vector, model } = await embedQuestion(api.services, query)
      await api.database.pool.query(
        'select app_private.store_vectors(array[$1::text], array[$2::vector], $3)',
        [query, vector, model],
      )
    }
    const about = (who: object) =>
      api.sendText(
        'query ($t: String) { failuresAbout(text: $t) { nodes { query } } }',
        { t: 'the beamer screen stays black, no picture' },
        who,
      )
    const found = await about(ann)
    expect(found.errors).toBeUndefined()
    expect(found.data.failuresAbout.nodes).toEqual([{ query: 'The projector shows no image' }])
    expect((await about(anonymous)).errors?.[0]?.extensions.code).toBe('CO403')
  })
})

describe('replayResponse', () => {
  it('gives what was found again beside what was stored', async () => {
    await api.database.pool.query(
      `set clubos.actor = 'rita'; select app_public.save_sop('access', 'door', E'# Door\\n\\n## Steps\\n\\n1. Type the code.\\n', 'r')`,
    )
    const asked = await api.sendText(
      'mutation { ask(input: { query: "The door code" }) { response { id } } }',
      {},
      ann,
    )
    const { id } = asked.data.ask.response
    const { data, errors } = await api.sendText(
      'query ($id: BigInt!) { replayResponse(id: $id) { nodes { rank topic storedTopic version storedVersion same allSame exact } } }',
      { id },
      ann,
    )
    expect(errors).toBeUndefined()
    expect(data.replayResponse.nodes[0]).toEqual({
      rank: 1,
      topic: 'door',
      storedTopic: 'door',
      version: 1,
      storedVersion: 1,
      same: true,
      allSame: true,
      exact: true,
    })
  })
})
