/** Answers while an experiment runs: the arm's text is what a model reads, what it is checked against, and what is kept. */
import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { draftReply } from '../../core/answering/ask.ts'
import { withClaims } from '../../core/database/index.ts'
import { agent, reviewer } from '../support/database.ts'
import { asked, type Club, modelOf, openClub, visitorId } from './support.ts'

const question = 'the door code does nothing'
const variant = `# Door code does nothing

## When to use

The customer types the door code and the keypad stays red.

## Steps

1. Touch the keypad with the palm.
2. Type all 84 digits, then press the circle key.
`

const armOf = (experimentId: number, subject: string) =>
  Number.parseInt(createHash('sha256').update(`${experimentId}:${subject}`).digest('hex').slice(0, 13), 16) /
    2 ** 52 <
  0.5
    ? 'A'
    : 'B'

let club: Club
let experiment: number

/** Starts experiments until one gives our visitor the arm that is wanted. */
async function startWith(label: 'A' | 'B'): Promise<void> {
  for (;;) {
    experiment = await withClaims(club.database.pool, reviewer, async (client) => {
      const { rows } = await client.query<{ id: number }>(
        `select e.id from sops s, start_experiment(s.id, $1, 'Circle key', 'To be tried') e where s.section = 'door_code'`,
        [[variant]],
      )
      return rows[0]!.id
    })
    if (armOf(experiment, `visitor:${visitorId}`) === label) return
    await stop()
  }
}
const stop = () =>
  withClaims(club.database.pool, reviewer, (client) =>
    client.query(
      `select stop_experiment(id, 'The next one') from experiments where status in ('running', 'paused')`,
    ),
  )

const stored = (id: string) =>
  club.one(
    `select r.text, a.label, a.experiment_id, s.snippet, s.heading, v.version from responses r left join experiment_arms a on a.id = r.experiment_arm_id
       left join response_sources s on s.response_id = r.id and s.rank = 1 left join sop_versions v on v.id = s.sop_version_id where r.id = $1`,
    [id],
  )

beforeAll(async () => {
  club = await openClub({ LLM_TIMEOUT: '2' })
  await withClaims(club.database.pool, reviewer, (client) =>
    client.query(
      `select save_sop(category, section, replace(content, 'six digits', '42 digits'), 'With a figure') from sops where section = 'door_code'`,
    ),
  )
})
afterAll(() => club?.close())
beforeEach(() => {
  club.openai.reset()
})
afterEach(async () => {
  await stop()
  club.openai.assertClean()
})

describe('a visitor with the variant', () => {
  it('gets an answer written from it, and it is kept with the answer', async () => {
    await startWith('B')
    club.openai.on(
      'responses',
      modelOf({ answer: { text: 'Touch the keypad with the palm, then type all 84 digits [1].' } }),
    )
    const answer = await club.ask(question)
    expect(answer).toMatchObject({
      outcome: 'answered',
      text: 'Touch the keypad with the palm, then type all 84 digits [1].',
      fallback: null,
    })
    const input = asked(club.openai).answer[0]!.input.join('\n')
    expect(input).toContain('Type all 84 digits')
    expect(input).not.toContain('42 digits')
    expect(await stored(answer.id)).toMatchObject({
      label: 'B',
      experiment_id: experiment,
      heading: 'Steps',
      snippet: expect.stringContaining('84 digits'),
      version: 2,
    })
  })

  it('gets none with a figure that stands in the control alone, and none with one of nowhere', async () => {
    await startWith('B')
    for (const text of ['Type all 42 digits, then press the hash key [1].', 'Wait for 77 seconds [1].']) {
      club.openai.on('responses', modelOf({ answer: { text } }))
      const answer = await club.ask(question)
      expect(answer).toMatchObject({ fallback: 'unsupported', outcome: 'handed_over' })
      // Handed over is no exposure: nothing of the arm was said.
      expect(await stored(answer.id)).toMatchObject({ label: null })
    }
  })

  it('is quoted it where the model fails', async () => {
    await startWith('B')
    club.openai.on('responses', modelOf({ answer: { status: 500, body: {} } as never }))
    const answer = await club.ask(question)
    expect(answer.outcome).toBe('answered')
    expect(answer.text).toContain('Touch the keypad with the palm.')
    expect(await stored(answer.id)).toMatchObject({ label: 'B' })
  })

  it('counts for nothing where the model cites something else', async () => {
    await startWith('B')
    club.openai.on('responses', modelOf({ answer: { text: 'Press Help, then Projector, then On [2].' } }))
    const answer = await club.ask(question)
    if (answer.outcome === 'answered') expect(answer.sources[0]!.cited).toBe(false)
    expect(await stored(answer.id)).toMatchObject({ label: null })
  })
})

describe('a visitor with the control', () => {
  it('gets the SOP as it is, and that is kept too', async () => {
    await startWith('A')
    club.openai.on('responses', modelOf({ answer: { text: 'Press the hash key after the 42 digits [1].' } }))
    const answer = await club.ask(question)
    expect(asked(club.openai).answer[0]!.input.join('\n')).toContain('42 digits')
    expect(await stored(answer.id)).toMatchObject({
      label: 'A',
      experiment_id: experiment,
      snippet: expect.stringContaining('42 digits'),
    })
  })
})

it('a draft for staff is the SOP as it is, and no exposure', async () => {
  await startWith('B')
  const { id } = await club.startConversation()
  await club.all(`insert into messages (ticket_id, author_kind, body) values ($1, 'customer', $2)`, [
    id,
    question,
  ])
  club.openai.on('responses', modelOf({ answer: { text: 'Press the hash key after the 42 digits [1].' } }))
  const draft = await draftReply(club.services, agent, id)
  expect(draft).toMatchObject({ outcome: 'drafted', text: 'Press the hash key after the 42 digits [1].' })
  expect(await stored(draft.id)).toMatchObject({ label: null })
})
