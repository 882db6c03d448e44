import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { foundClub } from './club.ts'
import { type Api, ann, anonymous, onlyError, startApi, visitorA, visitorB } from './support.ts'

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

let api: Api
beforeAll(async () => {
  api = await startApi()
  await foundClub(api.services)
})
afterAll(() => api?.close())

const ask = async (query: string, rest: object = {}, who = visitorA) => {
  const { data, errors } = await api.send('ask', { query, ...rest }, who)
  expect(errors).toBeUndefined()
  return data.ask.response
}

describe('ask', () => {
  it('answers from the SOP that fits, and cites it', async () => {
    const { data, extensions } = await api.send('ask', { query: 'the door code does nothing' }, visitorA)
    expect(data.ask.clientMutationId).toBe('42')
    const { outcome, category, model, reason, text, ticketId, sources } = data.ask.response
    const { rank, kind, version, topic, heading, cited } = sources[0]
    const first = { rank, kind, version, topic, heading, cited }
    expect({ outcome, category, model, reason, text, ticketId, first }).toMatchSnapshot()
    expect(data.ask.response.confidence).toBeGreaterThan(0.5)
    // No query plans to whoever asks.
    expect(extensions).toBeUndefined()
  })

  it('records the answer with the version it rests on', async () => {
    const { id } = await ask('the projector is black')
    const { rows } = await api.database.pool.query(
      `select s.topic, v.version, s.cited from response_sources s join sop_versions v on v.id = s.sop_version_id
        where s.response_id = $1 and s.rank = 1`,
      [id],
    )
    expect(rows).toEqual([{ topic: 'projector_black', version: 1, cited: true }])
  })

  it('answers from a knowledge entry in its own words', async () => {
    const { outcome, text, sources } = await ask('may I bring my dog?')
    expect({ outcome, text, kind: sources[0].kind }).toEqual({
      outcome: 'answered',
      text: 'Assistance dogs only. [1]',
      kind: 'knowledge',
    })
  })

  it('answers from one category only, where asked to', async () => {
    const { category, sources } = await ask('the door code does nothing', { category: 'booking' })
    expect(category).toBe('booking')
    for (const source of sources) expect(source.category).toBe('booking')
  })

  it('hands over what it does not know, with a ticket and a conversation to go on in', async () => {
    const answer = await ask('what is the capital of mongolia', { site: 'harbour' })
    expect(answer.outcome).toBe('handed_over')
    expect(answer.conversation).toMatch(uuid)
    const { data } = await api.send('ticket', { id: answer.ticketId }, ann)
    expect(data.ticket).toMatchObject({ status: 'waiting', priority: 'normal', assignee: null })
    expect(data.ticket.summary).toContain('Asked: what is the capital of mongolia')

    const again = await ask('anybody there?', { conversation: answer.conversation })
    expect(again.ticketId).toBe(answer.ticketId)
  })

  it('meets an emergency with the fixed text and an urgent ticket', async () => {
    const answer = await ask('my friend collapsed and does not breathe', {}, anonymous)
    expect(answer).toMatchObject({
      outcome: 'emergency',
      category: 'emergency',
      text: 'Call 911 now. Our team has been alerted.',
    })
    expect(answer.sources[0]).toMatchObject({ category: 'emergency', topic: 'injury', cited: true })
    expect(answer.conversation).toMatch(uuid)
    const { data } = await api.send('ticket', { id: answer.ticketId }, ann)
    expect(data.ticket).toMatchObject({ status: 'waiting', priority: 'urgent', category: 'emergency' })
  })

  it('says what is wrong with a question that cannot be answered', async () => {
    expect(onlyError(await api.send('ask', { query: ' ' }))).toMatchObject({ code: 'CO005' })
    expect(onlyError(await api.send('ask', { query: 'x'.repeat(65_537) }))).toMatchObject({ code: 'CO006' })
    expect(onlyError(await api.send('ask', { query: 'parking?', site: 'moon' }))).toEqual({
      code: 'CO404',
      message: 'There is no site "moon".',
      hint: 'Sites: harbour, quarry',
    })
    expect(onlyError(await api.send('ask', { query: 'x', conversation: 'not-a-uuid' })).message).toMatch(
      /UUID/i,
    )
  })

  it('names a character that no database stores', async () => {
    expect(onlyError(await api.send('ask', { query: 'door\u0000code' }))).toMatchObject({
      code: 'CO005',
      message: expect.stringContaining('NUL'),
    })
  })

  it('survives whatever customers type', async () => {
    for (const query of ['🙂', "'; drop table sops; --", '%_\\', 'a'.repeat(20_000), '(((', '\u202e'])
      expect((await api.send('ask', { query })).errors?.[0]?.extensions.code ?? 'answered').not.toBe('CO500')
  })
})

describe('a conversation', () => {
  it('keeps what was said, in order, for its own customer only', async () => {
    const { data } = await api.send('start_conversation', { site: 'harbour' }, visitorA)
    const { conversation, id } = data.startConversation.result
    await ask('where can I park the car?', { conversation })
    await ask('the door code does nothing', { conversation })

    const own = (await api.send('my_conversations', {}, visitorA)).data.tickets.nodes
    const messages = own.find((ticket: { id: number }) => ticket.id === id).messages.nodes
    expect(messages).toMatchSnapshot()

    const others = (await api.send('my_conversations', {}, visitorB)).data.tickets.nodes
    expect(others).toEqual([])
    expect((await api.send('my_conversations', {}, anonymous)).data.tickets.nodes).toEqual([])
    expect(onlyError(await api.send('ask', { query: 'hello', conversation }, visitorB))).toMatchObject({
      code: 'CO404',
    })
  })

  it('is the person’s while a person has it', async () => {
    const { data } = await api.send('start_conversation', {}, visitorA)
    const { conversation, id } = data.startConversation.result
    expect((await api.send('take_over', { id }, ann)).data.takeOver.result).toEqual({
      status: 'taken',
      assignee: 'ann',
    })
    expect(await ask('the door code does nothing', { conversation })).toMatchObject({
      outcome: 'withheld',
      text: '',
      sources: [],
    })
    expect((await api.send('reply', { id, body: 'I open it for you.' }, ann)).data.reply.result).toEqual({
      authorKind: 'staff',
      author: 'ann',
      body: 'I open it for you.',
    })
    expect(onlyError(await api.send('take_over', { id }, { role: 'agent', actor: 'bob' }))).toMatchObject({
      code: 'CO104',
      detail: { assignee: 'ann' },
    })
    await api.send('hand_back', { id }, ann)
    expect(await ask('the door code does nothing', { conversation })).toMatchObject({ outcome: 'answered' })
  })

  it('is not for customers to take over', async () => {
    for (const who of [visitorA, { role: 'customer' }, { role: 'auditor' }])
      expect(onlyError(await api.send('take_over', { id: 1 }, who))).toMatchObject({ code: 'CO403' })
  })
})

describe('the kill switch', () => {
  it('stops all answers at once, but emergencies', async () => {
    const off = { enabled: false, reason: 'It talks nonsense' }
    expect((await api.send('set_assistant_enabled', off, ann)).data.setAssistantEnabled.result).toEqual({
      assistantEnabled: false,
    })
    try {
      expect(await ask('the door code does nothing')).toMatchObject({
        outcome: 'paused',
        sources: expect.any(Array),
      })
      expect(await ask('my friend collapsed and does not breathe')).toMatchObject({ outcome: 'emergency' })
    } finally {
      await api.send('set_assistant_enabled', { enabled: true, reason: 'Repaired' }, ann)
    }
    expect(await ask('the door code does nothing')).toMatchObject({ outcome: 'answered' })
  })

  it('needs a member of staff and a reason', async () => {
    expect(
      onlyError(await api.send('set_assistant_enabled', { enabled: false, reason: 'x' }, visitorA)),
    ).toMatchObject({ code: 'CO403' })
    expect(onlyError(await api.send('set_assistant_enabled', { enabled: false }, ann))).toMatchObject({
      code: 'CO002',
    })
  })
})

describe('feedback', () => {
  const question = 'is there a car park for the car?'
  const learned = async () => (await api.send('learned', { question }, ann)).data.knowledgeBases.nodes

  it('counts once, and can be changed', async () => {
    const { id } = await ask(question)
    for (let i = 0; i < 3; i++)
      expect((await api.send('mark_helpful', { id }, visitorA)).data.markHelpful.result).toEqual({
        id,
        feedback: 'helpful',
      })
    expect(await learned()).toEqual([
      {
        category: 'facilities',
        topic: 'parking',
        source: 'learned',
        trust: 0,
        usageCount: 1,
        successRate: 1,
      },
    ])

    const correction = 'The car park is closed today.'
    await api.send('mark_unhelpful', { id, type: 'wrong', correction }, visitorA)
    expect(await learned()).toEqual([])
    expect((await api.send('failure', { id }, ann)).data.failedResponseByResponseId).toEqual({
      query: question,
      feedbackType: 'wrong',
      userCorrection: correction,
      reporter: `visitor:${visitorA.visitor}`,
      expectedSopId: null,
    })

    await api.send('mark_helpful', { id }, visitorA)
    expect((await api.send('failure', { id }, ann)).data.failedResponseByResponseId).toBeNull()
    expect(await learned()).toHaveLength(1)
  })

  it('is only for one’s own answers', async () => {
    const { id } = await ask('the projector is black')
    for (const who of [visitorB, anonymous]) {
      expect(onlyError(await api.send('mark_helpful', { id }, who))).toMatchObject({ code: 'CO404' })
      expect(onlyError(await api.send('mark_unhelpful', { id }, who))).toMatchObject({ code: 'CO404' })
    }
    expect(onlyError(await api.send('mark_helpful', { id: '999999' }, visitorA))).toMatchObject({
      code: 'CO404',
    })
  })

  it('takes only what it knows', async () => {
    const { id } = await ask('the projector is black')
    expect(onlyError(await api.send('mark_unhelpful', { id, type: 'angry' }, visitorA))).toMatchObject({
      code: 'CO005',
    })
    const long = { id, type: 'wrong', correction: 'x'.repeat(10_001) }
    expect(onlyError(await api.send('mark_unhelpful', long, visitorA))).toMatchObject({ code: 'CO006' })
    const telling = { id, type: 'wrong', sop: 1 }
    expect(onlyError(await api.send('mark_unhelpful', telling, visitorA))).toMatchObject({ code: 'CO403' })
    expect((await api.send('mark_unhelpful', telling, ann)).data.markUnhelpful.result.feedback).toBe(
      'unhelpful',
    )
  })
})

describe('searchKnowledge', () => {
  it('searches as an answer would, for staff', async () => {
    const { data } = await api.send('search_knowledge', { query: 'keypad stays red', first: 1 }, ann)
    expect(data).toMatchSnapshot()
  })

  it('corrects words that it has never seen', async () => {
    const { data } = await api.send('search_knowledge', { query: 'projektor', first: 1 }, ann)
    expect(data.searchKnowledge[0].topic).toBe('projector_black')
  })

  it('is not for customers', async () => {
    expect(onlyError(await api.send('search_knowledge', { query: 'door' }, visitorA))).toMatchObject({
      code: 'CO403',
    })
  })
})
