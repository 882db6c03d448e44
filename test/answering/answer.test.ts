import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type AnswerEvent, StoppedByCustomer } from '../../core/answering/ask.ts'
import { leadsTo } from '../../core/answering/fallback.ts'
import { withClaims } from '../../core/database/index.ts'
import type { FailureKind } from '../../core/llm/index.ts'
import { openaiFailure } from '../support/providers/failures.ts'
import type { Script } from '../support/providers/script.ts'
import { asked, type Club, modelOf, openClub, visitorId } from './support.ts'

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
const written = 'Press the hash key after the six digits [1].'

describe('an answer by a model', () => {
  it('is routed and written by it, cites its sources, and is recorded with them', async () => {
    const answer = await club.ask(question)
    expect(answer).toMatchObject({
      outcome: 'answered',
      text: written,
      category: 'access',
      model: 'gpt-4o-2024-08-06',
      fallback: null,
      reason: null,
      trace: { routed_by: 'gpt-4o-2024-08-06' },
    })
    expect(answer.sources[0]).toMatchObject({ rank: 1, topic: 'door_code', cited: true })
    expect(answer.sources.slice(1).every(({ cited }) => !cited)).toBe(true)
    expect(answer.trace.route_ms).toBeGreaterThan(0)
    expect(answer.trace.write_ms).toBeGreaterThan(0)
    const row = await club.one(
      `select r.text, r.model, r.router_model, p.name as prompt, r.tokens_in, r.tokens_out, r.cost::float as cost
         from responses r join prompt_versions v on v.id = r.prompt_version_id join prompts p on p.id = v.prompt_id where r.id = $1`,
      [answer.id],
    )
    expect(row).toMatchObject({
      text: written,
      model: 'gpt-4o-2024-08-06',
      router_model: 'gpt-4o-2024-08-06',
      prompt: 'answer',
    })
    expect(answer.prompt_version_id).not.toBeNull()
  })

  it('writes its calls into the ledger, with what they cost, in the response’s own transaction', async () => {
    const { id, trace } = await club.ask(question)
    const calls = await club.all(
      'select purpose, provider, status, tokens_in, tokens_out, cost::float as cost, request_id from llm_calls where response_id = $1 order by purpose',
      [id],
    )
    expect(calls.map(({ purpose, provider, status }) => ({ purpose, provider, status }))).toEqual([
      { purpose: 'answer', provider: 'openai', status: 'ok' },
      { purpose: 'route', provider: 'openai', status: 'ok' },
    ])
    for (const call of calls) expect(call.request_id).toMatch(/^req_/)
    expect(trace.tokens_in).toBe(calls[0].tokens_in + calls[1].tokens_in)
    expect(trace.tokens_out).toBe(calls[0].tokens_out + calls[1].tokens_out)
    expect(trace.cost ?? 0).toBeCloseTo((calls[0].cost ?? 0) + (calls[1].cost ?? 0), 6)
  })

  it('comes in pieces, after the id and the route', async () => {
    club.openai.on(
      'responses',
      modelOf({
        answer: {
          text: 'Wake the keypad with the star key [1]. Type all six digits, then press the hash key [1].',
        },
      }),
    )
    const events: AnswerEvent[] = []
    const answer = await club.ask(question, undefined, { onEvent: (event) => events.push(event) })
    expect(events.map(({ type }) => type)).toEqual(['start', 'route', 'delta', 'delta'])
    expect(events[0]).toEqual({ type: 'start', id: answer.id })
    expect(events.map((event) => (event.type === 'delta' ? event.text : '')).join('')).toBe(answer.text)
  })

  it('reads the whole procedure, and its own category first where the sources lie elsewhere', async () => {
    club.openai.on(
      'responses',
      modelOf({
        route: { category: 'brand' },
        answer: { text: 'Wear clean shoes without metal spikes [6].' },
      }),
    )
    const answer = await club.ask(question)
    const dress = answer.sources.find(({ topic }) => topic === 'dress_code')!
    expect(dress).toBeDefined()
    const { input } = asked(club.openai).answer[0]!
    expect(input.join('\n')).toContain('Clean shoes without metal spikes')
    expect(input.join('\n')).toContain('When to use')
    expect(answer.category).toBe('brand')
  })

  it('hands over where the route is unknown and the sources are not sure either', async () => {
    club.openai.on('responses', modelOf({ route: { category: 'unknown' } }))
    const answer = await club.ask('what is the capital of mongolia')
    expect(answer).toMatchObject({ outcome: 'handed_over', category: null, model: 'local-extractive' })
    expect(answer.ticket_id).not.toBeNull()
    expect(asked(club.openai).answer).toEqual([])
  })

  it('sends nothing of a customer’s personal data, from the question or from what was said before', async () => {
    const { id, conversation } = await club.startConversation()
    await club.ask('I am jane@example.com, call me at +44 20 7946 0958', conversation)
    await club.ask(`${question}. My card is 4111 1111 1111 1111, mail jane@example.com`, conversation)
    expect(club.openai.requests.length).toBeGreaterThanOrEqual(3)
    const sent = JSON.stringify(club.openai.requests.map(({ body }) => body))
    for (const secret of ['jane@example.com', '7946', '4111 1111', '4111111111111111'])
      expect(sent).not.toContain(secret)
    expect(sent).toContain('[email]')
    // The conversation keeps the original.
    const { body } = await club.one('select body from messages where ticket_id = $1 order by id limit 1', [
      id,
    ])
    expect(body).toContain('jane@example.com')
  })

  it('tells the model who said what, and no more than the last of it', async () => {
    const { id, conversation } = await club.startConversation()
    for (let n = 0; n < 30; n++)
      await club.all("insert into messages (ticket_id, author_kind, body) values ($1, 'customer', $2)", [
        id,
        `message ${n} ${'x'.repeat(300)}`,
      ])
    await club.all(
      "insert into messages (ticket_id, author_kind, author, body) values ($1, 'staff', 'ann', 'I am looking into the door.')",
      [id],
    )
    await club.ask(question, conversation)
    const input = asked(club.openai).answer.at(-1)!.input.join('\n')
    expect(input).toContain('message 29')
    expect(input).not.toContain('message 5 ')
    expect(input).toMatch(/by staff[^\n]*\n+I am looking into the door/)
    expect(input.split(question).length - 1).toBe(1)
  })
})

describe('an emergency', () => {
  it('by rule asks no model anything', async () => {
    const answer = await club.ask('my friend collapsed and does not breathe')
    expect(answer).toMatchObject({ outcome: 'emergency', text: 'Call 911 now. Our team has been alerted.' })
    expect(club.openai.requests).toEqual([])
  })

  it('that only the model sees gets the fixed text, and nothing generated', async () => {
    club.openai.on('responses', modelOf({ route: { category: 'access', emergency: true } }))
    const answer = await club.ask('he went quiet and blue in bay three')
    expect(answer).toMatchObject({
      outcome: 'emergency',
      category: 'emergency',
      reason: 'routed to emergency',
    })
    expect(asked(club.openai).answer).toEqual([])
    const { priority } = await club.one('select priority from tickets where id = $1', [answer.ticket_id])
    expect(priority).toBe('urgent')
  })

  it('is answered even where the customer stops the answer', async () => {
    const stop = new AbortController()
    stop.abort(new StoppedByCustomer())
    const answer = await club.ask('there is smoke, the bay is on fire', undefined, { signal: stop.signal })
    expect(answer.outcome).toBe('emergency')
  })
})

describe('nobody asks a model', () => {
  it('in a conversation that a person has', async () => {
    const { id, conversation } = await club.startConversation()
    await club.all(
      "update tickets set status = 'taken', assignee = 'ann', silent_until = now() + interval '1 hour' where id = $1",
      [id],
    )
    expect(await club.ask(question, conversation)).toMatchObject({ outcome: 'withheld', text: '' })
    expect(club.openai.requests).toEqual([])
  })

  it('while the assistant is switched off', async () => {
    await club.all('update club_settings set assistant_enabled = false')
    try {
      expect(await club.ask(question)).toMatchObject({ outcome: 'paused' })
    } finally {
      await club.all('update club_settings set assistant_enabled = true')
    }
    expect(club.openai.requests).toEqual([])
  })

  it('when the budget is used up; the club’s own text answers', async () => {
    await club.all('update club_settings set daily_budget = 0')
    try {
      expect(await club.ask(question)).toMatchObject({
        outcome: 'answered',
        model: 'local-extractive',
        fallback: 'budget_stopped',
      })
    } finally {
      await club.all('update club_settings set daily_budget = null')
    }
    expect(club.openai.requests).toEqual([])
  })
})

const failures: [FailureKind, Script][] = [
  ['rate_limited', openaiFailure.rateLimited({ seconds: 2 })],
  ['quota_exhausted', openaiFailure.quotaExhausted()],
  ['overloaded', openaiFailure.overloaded()],
  ['server_error', openaiFailure.serverError()],
  ['timeout', { fault: { kind: 'hang' } }],
  ['connection', { fault: { kind: 'reset' } }],
  ['stream_broken', { text: written, fault: { kind: 'reset', after: 2 } }],
  ['truncated', { text: written, stop: 'length' }],
  ['invalid_output', { text: '' }],
  ['refused', { refusal: 'I cannot help with that.' }],
  ['filtered', { text: 'Press', stop: 'filter' }],
  ['unknown_model', openaiFailure.unknownModel()],
  ['unauthorized', openaiFailure.expiredKey()],
  ['bad_request', openaiFailure.tooLong()],
]

describe('when the model that writes fails', () => {
  it.each(failures)('%s', async (kind, script) => {
    club.openai.on('responses', modelOf({ answer: script }))
    const { id: ticketId, conversation } = await club.startConversation()
    const events: AnswerEvent[] = []
    const answer = await club.ask(question, conversation, { onEvent: (event) => events.push(event) })
    expect(answer.fallback).toBe(kind)
    expect(answer.reason).toBeTruthy()
    const quoted = leadsTo[kind] === 'quote'
    expect(answer).toMatchObject({
      outcome: quoted ? 'answered' : 'handed_over',
      model: 'local-extractive',
      prompt_version_id: null,
    })
    // What the customer has in the end is one text, whatever was shown before.
    const shown = events.reduce(
      (text, event) =>
        event.type === 'delta' ? text + event.text : event.type === 'replace' ? event.text : text,
      '',
    )
    expect(shown).toBe(answer.text)
    expect(answer.text).toMatch(quoted ? /Wake the keypad.*\[1\]$/s : /A person will answer you here/)
    const last = await club.one(
      'select m.body, m.author_kind, t.status from messages m join tickets t on t.id = m.ticket_id where t.id = $1 order by m.id desc limit 1',
      [ticketId],
    )
    expect(last).toEqual({
      body: answer.text,
      author_kind: 'assistant',
      status: quoted ? 'open' : 'waiting',
    })
    const calls = await club.all(
      "select status from llm_calls where response_id = $1 and purpose = 'answer'",
      [answer.id],
    )
    expect(calls).toEqual([{ status: kind }])
  })

  it('and the club’s own text is not sure either, a person answers', async () => {
    club.openai.on('responses', modelOf({ answer: openaiFailure.serverError() }))
    await club.all('update club_settings set confidence_threshold = 0.99')
    try {
      const answer = await club.ask(question)
      expect(answer).toMatchObject({ outcome: 'handed_over', fallback: 'server_error' })
      const { summary, status } = await club.one('select summary, status from tickets where id = $1', [
        answer.ticket_id,
      ])
      expect(status).toBe('waiting')
      expect(summary).toContain('the model’s provider failed')
    } finally {
      await club.all('update club_settings set confidence_threshold = 0.25')
    }
  })

  it.each([
    ['unsupported', 'The door opens for $25 after you press the hash key [1].'],
    ['uncited', 'Press the hash key after the six digits.'],
    ['no_answer', 'NO_ANSWER'],
    ['unsafe', 'Press the hash key ![x](https://evil.example/a.png) [1].'],
  ])('hands over what the gate does not let through: %s', async (refusal, text) => {
    club.openai.on('responses', modelOf({ answer: { text } }))
    const events: AnswerEvent[] = []
    const answer = await club.ask(question, undefined, { onEvent: (event) => events.push(event) })
    expect(answer).toMatchObject({ outcome: 'handed_over', fallback: refusal, model: 'local-extractive' })
    expect(answer.sources.some(({ cited }) => cited)).toBe(false)
    expect(JSON.stringify(events)).not.toMatch(/\$25|evil/)
    const { status } = await club.one('select status from tickets where id = $1', [answer.ticket_id])
    expect(status).toBe('waiting')
  })

  it('takes back what was shown when a later sentence does not pass', async () => {
    club.openai.on(
      'responses',
      modelOf({ answer: { text: 'Press the hash key after the code [1]. It costs $99 to open it [1].' } }),
    )
    const events: AnswerEvent[] = []
    const answer = await club.ask(question, undefined, { onEvent: (event) => events.push(event) })
    expect(events.map(({ type }) => type)).toEqual(['start', 'route', 'delta', 'replace'])
    expect(events.at(-1)).toEqual({ type: 'replace', text: answer.text })
    // What was written until then is paid for, and in the ledger.
    const calls = await club.all(
      "select status from llm_calls where response_id = $1 and purpose = 'answer'",
      [answer.id],
    )
    expect(calls.length).toBe(1)
  })
})

describe('when the model that routes fails', () => {
  it.each(failures)('%s: the sources vote, and the answer is written all the same', async (kind, script) => {
    if (kind === 'stream_broken') return
    const route =
      kind === 'connection' ? script : kind === 'invalid_output' ? { text: '{"category": 1}' } : script
    club.openai.on('responses', modelOf({ route: route as Script }))
    const answer = await club.ask(question)
    expect(answer).toMatchObject({
      outcome: 'answered',
      text: written,
      category: 'access',
      fallback: null,
      trace: { routed_by: 'local-vote' },
    })
    const calls = await club.all(
      "select status from llm_calls where response_id = $1 and purpose = 'route'",
      [answer.id],
    )
    expect(calls).toEqual([{ status: kind }])
  })
})

describe('while the model writes', () => {
  /** A model that has said its first words and then waits. */
  const hold = () => {
    const go = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    club.openai.on(
      'responses',
      modelOf({
        answer: {
          text: 'Press the hash key after the code [1]. Then wait for the keypad [1].',
          beforePiece(n) {
            if (n < 4) return
            begun.resolve()
            return go.promise
          },
        },
      }),
    )
    return { go: go.resolve, begun: begun.promise }
  }

  it('a person takes over: the answer is withheld, and what was shown is taken back', async () => {
    const { id, conversation } = await club.startConversation()
    const held = hold()
    const events: AnswerEvent[] = []
    const answer = club.ask(question, conversation, { onEvent: (event) => events.push(event) })
    await held.begun
    await club.all(
      "update tickets set status = 'taken', assignee = 'ann', silent_until = now() + interval '1 hour' where id = $1",
      [id],
    )
    held.go()
    expect(await answer).toMatchObject({ outcome: 'withheld', text: '', sources: [] })
    expect(events.at(-1)).toEqual({ type: 'replace', text: '' })
    const messages = await club.all(
      "select 1 from messages where ticket_id = $1 and author_kind = 'assistant'",
      [id],
    )
    expect(messages).toEqual([])
  })

  it('somebody pulls the kill switch: a person answers', async () => {
    const held = hold()
    const { id, conversation } = await club.startConversation()
    const answer = club.ask(question, conversation)
    await held.begun
    await club.all('update club_settings set assistant_enabled = false')
    try {
      held.go()
      expect(await answer).toMatchObject({
        outcome: 'paused',
        text: 'A member of our team will answer you here as soon as possible.',
      })
    } finally {
      await club.all('update club_settings set assistant_enabled = true')
    }
    const { status } = await club.one('select status from tickets where id = $1', [id])
    expect(status).toBe('waiting')
  })

  it('the customer stops it: withheld, with its reason, and the model is stopped', async () => {
    const held = hold()
    const stop = new AbortController()
    const answer = club.ask(question, undefined, { signal: stop.signal })
    await held.begun
    stop.abort(new StoppedByCustomer())
    expect(await answer).toMatchObject({
      outcome: 'withheld',
      text: '',
      reason: 'stopped by the customer',
      sources: [],
    })
    held.go()
    const calls = await club.all(
      "select status from llm_calls where purpose = 'answer' and response_id = $1",
      [(await answer).id],
    )
    expect(calls).toEqual([{ status: 'aborted' }])
  })

  it('the server stops: the club’s own text answers', async () => {
    const held = hold()
    const stop = new AbortController()
    const answer = club.ask(question, undefined, { signal: stop.signal })
    await held.begun
    stop.abort(new Error('The server stops.'))
    expect(await answer).toMatchObject({
      outcome: 'answered',
      model: 'local-extractive',
      fallback: 'aborted',
    })
    held.go()
  })
})

describe('an answer that never comes', () => {
  const rescued = (after = '0 seconds') =>
    withClaims(club.services.pool, { role: 'worker', actor: 'worker' }, async (client) =>
      (await client.query('select id from app_private.rescue_tickets($1::interval) id', [after])).rows.map(
        ({ id }) => id,
      ),
    )
  /** As if the process had died after it heard the customer. */
  const heard = async (conversation: string, query = question) => {
    await withClaims(club.services.pool, { role: 'worker', visitorId }, (client) =>
      client.query('select app_hidden.begin_question($1, conversation => $2)', [query, conversation]),
    )
  }

  it('is handed to a person, and the customer is told, once', async () => {
    const { id, conversation } = await club.startConversation()
    await heard(conversation)
    expect(await rescued('2 minutes')).not.toContain(id)
    expect(await rescued()).toContain(id)
    const ticket = await club.one('select status, summary, awaiting_since from tickets where id = $1', [id])
    expect(ticket).toMatchObject({ status: 'waiting', awaiting_since: null })
    expect(ticket.summary).toMatch(/Asked: the door code.*\nWhy a person: no answer came since/)
    const messages = await club.all(
      'select m.author_kind, m.body, r.visitor_id from messages m left join responses r on r.id = m.response_id where m.ticket_id = $1 order by m.id',
      [id],
    )
    expect(messages.map(({ author_kind }) => author_kind)).toEqual(['customer', 'assistant'])
    expect(messages[1].body).toMatch(/A person will answer you here/)
    // The customer may read and rate it as any other answer.
    expect(messages[1].visitor_id).toBe(visitorId)
    expect(await rescued()).not.toContain(id)
  })

  it('is no matter where a person has the conversation, or somebody spoke since', async () => {
    const taken = await club.startConversation()
    await heard(taken.conversation)
    await club.all(
      "update tickets set status = 'taken', assignee = 'ann', silent_until = now() + interval '1 hour' where id = $1",
      [taken.id],
    )
    const spoken = await club.startConversation()
    await heard(spoken.conversation)
    await club.all(
      "insert into messages (ticket_id, author_kind, author, body) values ($1, 'staff', 'ann', 'I am here.')",
      [spoken.id],
    )
    expect(await rescued()).toEqual([])
    expect(await club.all('select id from tickets where awaiting_since is not null')).toEqual([])
  })

  it('is none where it came, was withheld, or stopped', async () => {
    const answered = await club.startConversation()
    await club.ask(question, answered.conversation)
    const stop = new AbortController()
    stop.abort(new StoppedByCustomer())
    const stopped = await club.startConversation()
    await club.ask(question, stopped.conversation, { signal: stop.signal })
    expect(await rescued()).toEqual([])
  })
})
