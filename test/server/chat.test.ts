import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readConfig } from '../../core/config.ts'
import { openProviders, type Providers } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { startServer } from '../../server/index.ts'
import { modelOf } from '../answering/support.ts'
import { foundClub } from '../graphql/club.ts'
import {
  type Api,
  ann,
  headersOf,
  startApi,
  testEnvironment,
  visitorA,
  visitorB,
} from '../graphql/support.ts'
import { OpenAiServer } from '../support/providers/openai.ts'
import { openStream } from './event_stream.ts'

const question = 'the door code does nothing'
const first = 'Wake the keypad with the star key [1].'
const second = 'Type all six digits, then press the hash key [1].'

let openai: OpenAiServer
let providers: Providers
let api: Api
beforeAll(async () => {
  openai = await OpenAiServer.start()
  providers = await openProviders(
    readConfig({ OPENAI_API_KEY: 'sk-test-of-chat', OPENAI_BASE_URL: openai.url, EMBEDDINGS: 'local' }),
    makeLog('silent'),
    { breaker: { threshold: 1000 } },
  )
  api = await startApi({}, { providers, chat: { keepAlive: 50, keep: 3_600_000 } })
  await foundClub(api.services)
})
afterAll(async () => {
  await api?.close()
  await providers?.close()
  await openai?.close()
})
beforeEach(() => {
  openai.reset()
  openai.on('chat', modelOf({ answer: { text: `${first} ${second}` } }) as never)
})
afterEach(() => openai.assertClean())

const post = (body: object, who = visitorA, path = '/chat', url = api.server.url) =>
  openStream(`${url}${path}`, { body, headers: headersOf(who) })
const get = (id: string, who = visitorA, last?: number, url = api.server.url) =>
  openStream(`${url}/chat/${id}`, {
    headers: { ...headersOf(who), ...(last !== undefined && { 'last-event-id': String(last) }) },
  })
const remove = (id: string, who = visitorA) =>
  fetch(`${api.server.url}/chat/${id}`, { method: 'DELETE', headers: headersOf(who) })
const row = async (statement: string, parameters: unknown[]) =>
  (await api.database.pool.query(statement, parameters)).rows[0]
const isDelta = ({ event }: { event: string }) => event === 'delta'

/** A model that has said its first sentence, and waits. */
const hold = () => {
  const go = Promise.withResolvers<void>()
  openai.on(
    'chat',
    modelOf({
      answer: {
        text: `${first} ${second}`,
        pieces: [`${first} Type`, second.slice(4)],
        beforePiece: (n: number) => (n === 0 ? undefined : go.promise),
      },
    }) as never,
  )
  return go.resolve
}

describe('a stream', () => {
  it('says its id, the route, the text in pieces, and the answer as GraphQL has it', async () => {
    const stream = await post({ query: question })
    expect(stream.status).toBe(200)
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const events = await stream.all()
    expect(events.map(({ event }) => event)).toEqual(['start', 'route', 'delta', 'delta', 'done'])
    expect(events.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5])
    const { response } = events.at(-1)!.data
    expect(response).toMatchObject({
      id: events[0]!.data.id,
      outcome: 'answered',
      text: `${first} ${second}`,
      model: 'gpt-4o-2024-08-06',
      category: 'access',
    })
    expect(
      events
        .filter(isDelta)
        .map(({ data }) => data.text)
        .join(''),
    ).toBe(response.text)
    expect(response.textHtml).toContain('<p>')
    expect(response.sources[0]).toMatchObject({ topic: 'door_code', cited: true })
    // What led to it is for staff.
    expect(response).toMatchObject({ reason: null, fallback: null, promptVersionId: null, trace: null })
    expect(JSON.stringify(events)).not.toContain('votes')
  })

  it('tells staff how the answer came about', async () => {
    const events = await (await post({ query: question }, ann)).all()
    const { trace, promptVersionId } = events.at(-1)!.data.response
    expect(trace).toMatchObject({ routedBy: 'gpt-4o-2024-08-06' })
    expect(trace.writeMs).toBeGreaterThan(0)
    expect(promptVersionId).toEqual(expect.any(Number))
  })

  it('is told by GraphQL as well, without streaming; why the club’s own text answered, to staff alone', async () => {
    openai.on('chat', modelOf({ answer: { text: 'Half a', stop: 'length' } }) as never)
    const document = `mutation ($q: String!) { ask(input: { query: $q }) { response {
      outcome model fallback reason promptVersionId trace { routeMs writeMs routedBy } } } }`
    const { response } = (await api.sendText(document, { q: question }, ann)).data.ask
    expect(response).toMatchObject({
      outcome: 'answered',
      model: 'local-extractive',
      fallback: 'truncated',
      promptVersionId: null,
      trace: { routeMs: expect.any(Number), writeMs: expect.any(Number), routedBy: 'gpt-4o-2024-08-06' },
    })
    expect(response.reason).toMatch(/limit of length/)
    const seen = (await api.sendText(document, { q: question }, visitorA)).data.ask.response
    expect(seen).toMatchObject({ fallback: null, reason: null, trace: null })
  })

  it('gives a visitor who has no cookie one, and answers them by it', async () => {
    const stream = await post({ query: question }, {})
    await stream.all()
    const [cookie] = stream.headers['set-cookie']!
    const again = await openStream(`${api.server.url}/chat/${stream.events[0]!.data.id}`, {
      headers: { cookie: cookie!.split(';')[0]! },
    })
    expect((await again.all()).at(-1)!.event).toBe('done')
  })

  it('says that it lives while nothing else is to be said', async () => {
    const go = hold()
    const stream = await post({ query: question })
    await stream.until(isDelta)
    await stream.contains(': still here')
    go()
    await stream.all()
  })

  it('takes back what was shown where a person takes over meanwhile', async () => {
    const go = hold()
    const { rows } = await api.database.pool.query(
      'insert into tickets (visitor_id) values ($1) returning id, conversation',
      [visitorA.visitor],
    )
    const { id, conversation } = rows[0]
    const stream = await post({ query: question, conversation })
    await stream.until(isDelta)
    await api.send('take_over', { id }, ann)
    go()
    const events = await stream.all()
    expect(events.at(-2)).toMatchObject({ event: 'replace', data: { text: '' } })
    expect(events.at(-1)!.data.response).toMatchObject({ outcome: 'withheld', text: '', sources: [] })
    // In a conversation that a person has nothing is shown at all.
    const silent = await (await post({ query: question, conversation })).all()
    expect(silent.map(({ event }) => event)).toEqual(['start', 'route', 'done'])
  })

  it('works without any model', async () => {
    const server = await startServer(
      readConfig(testEnvironment),
      { ...api.services, providers: { ...providers, route: null, answer: null } },
      api.database.url,
      { ready: async () => null },
    )
    try {
      const events = await (await post({ query: question }, visitorA, '/chat', server.url)).all()
      expect(events.map(({ event }) => event)).toEqual(['start', 'route', 'delta', 'done'])
      expect(events.at(-1)!.data.response).toMatchObject({ outcome: 'answered', model: 'local-extractive' })
    } finally {
      await server.close()
    }
  })
})

describe('a connection that is lost', () => {
  it('is taken up in the middle, by the last event that arrived', async () => {
    const go = hold()
    const stream = await post({ query: question })
    const { id: last } = await stream.until(isDelta)
    const { id } = stream.events[0]!.data
    stream.vanish()
    const rest = await get(id, visitorA, last)
    go()
    const events = await rest.all()
    expect(events.map(({ event }) => event)).toEqual(['delta', 'done'])
    expect(events[0]!.id).toBe(last + 1)
    // From the beginning, where nothing had arrived.
    expect((await (await get(id)).all()).map(({ event }) => event)).toEqual([
      'start',
      'route',
      'delta',
      'delta',
      'done',
    ])
  })

  it('stops nothing: the answer is recorded, and stands in the conversation', async () => {
    const go = hold()
    const { rows } = await api.database.pool.query(
      'insert into tickets (visitor_id) values ($1) returning id, conversation',
      [visitorA.visitor],
    )
    const stream = await post({ query: question, conversation: rows[0].conversation })
    await stream.until(isDelta)
    const { id } = stream.events[0]!.data
    stream.vanish()
    const again = await get(id)
    go()
    await again.all()
    const message = await row('select body from messages where response_id = $1', [id])
    expect(message.body).toBe(`${first} ${second}`)
  })

  it('is answered by another process from the database, once the answer is there', async () => {
    const server = await startServer(readConfig(testEnvironment), api.services, api.database.url, {
      ready: async () => null,
    })
    try {
      const go = hold()
      const stream = await post({ query: question })
      await stream.until(isDelta)
      const { id } = stream.events[0]!.data
      expect((await get(id, visitorA, undefined, server.url)).status).toBe(404)
      go()
      await stream.all()
      const events = await (await get(id, visitorA, 3, server.url)).all()
      expect(events.map(({ event }) => event)).toEqual(['done'])
      expect(events[0]!.data.response).toMatchObject({
        id,
        outcome: 'answered',
        text: `${first} ${second}`,
        trace: null,
      })
      expect(events[0]!.data.response.sources[0]).toMatchObject({ topic: 'door_code', cited: true })
      expect((await get(id, visitorB, undefined, server.url)).status).toBe(404)
    } finally {
      await server.close()
    }
  })

  it('is nobody else’s', async () => {
    const go = hold()
    const stream = await post({ query: question })
    await stream.until(isDelta)
    const { id } = stream.events[0]!.data
    for (const who of [visitorB, {}]) {
      expect((await get(id, who)).status).toBe(404)
      expect((await remove(id, who)).status).toBe(404)
    }
    go()
    expect((await stream.all()).at(-1)!.event).toBe('done')
    expect((await get('999999999')).status).toBe(404)
  })
})

describe('stopping', () => {
  it('withholds the answer, and stops the model', async () => {
    hold()
    const stream = await post({ query: question })
    await stream.until(isDelta)
    const { id } = stream.events[0]!.data
    expect((await remove(id)).status).toBe(204)
    expect((await stream.all()).at(-1)!.data.response).toMatchObject({ outcome: 'withheld', text: '' })
    expect(await row('select outcome, reason from responses where id = $1', [id])).toEqual({
      outcome: 'withheld',
      reason: 'stopped by the customer',
    })
    const { signal } = openai.of('chat').at(-1)!
    expect(signal.aborted).toBe(true)
    // Once more is no harm.
    expect((await remove(id)).status).toBe(204)
  })

  it('the server lets what is under way end, and says the club’s own text of what does not', async () => {
    const server = await startServer(
      readConfig(testEnvironment),
      api.services,
      api.database.url,
      { ready: async () => null },
      { chat: { grace: 0 } },
    )
    hold()
    const stream = await post({ query: question }, visitorA, '/chat', server.url)
    await stream.until(isDelta)
    await server.close()
    const events = await stream.all()
    expect(events.at(-2)!.event).toBe('replace')
    expect(events.at(-1)!.data.response).toMatchObject({ outcome: 'answered', model: 'local-extractive' })
  })
})

describe('a draft', () => {
  it('is streamed to staff, and to nobody else', async () => {
    const { id: ticketId } = await row('insert into tickets (visitor_id) values ($1) returning id', [
      visitorA.visitor,
    ])
    await api.database.pool.query(
      "insert into messages (ticket_id, author_kind, body) values ($1, 'customer', $2)",
      [ticketId, question],
    )
    const events = await (await post({ ticketId }, ann, '/chat/draft')).all()
    expect(events.map(({ event }) => event)).toEqual(['start', 'route', 'delta', 'delta', 'done'])
    expect(events.at(-1)!.data.response).toMatchObject({ outcome: 'drafted', text: `${first} ${second}` })
    const { id } = events[0]!.data
    expect((await get(id)).status).toBe(404)
    const refused = await fetch(`${api.server.url}/chat/draft`, {
      method: 'POST',
      headers: headersOf(visitorA),
      body: JSON.stringify({ ticketId }),
    })
    expect(refused.status).toBe(403)
    expect((await post({ ticketId: 999999 }, ann, '/chat/draft')).status).toBe(404)
  })
})

describe('what is refused', () => {
  const refused = async (body: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${api.server.url}/chat`, {
      method: 'POST',
      headers: { ...headersOf(visitorA), ...headers },
      body,
    })
    const text = await response.text()
    return [response.status, text.startsWith('{') ? JSON.parse(text).errors[0].extensions.code : text]
  }
  it('is said before anything is streamed', async () => {
    expect(await refused('{"query": " "}')).toEqual([400, 'CO005'])
    expect(await refused('{"query": 7}')).toEqual([400, 'CO005'])
    expect(await refused('{"query": ')).toEqual([400, 'CO005'])
    expect(await refused(JSON.stringify({ query: 'x'.repeat(65_537) }))).toEqual([400, 'CO006'])
    expect(await refused('{"query": "x", "site": "moon"}')).toEqual([404, 'CO404'])
    expect(await refused('{"query": "x", "conversation": "00000000-0000-4000-8000-000000000001"}')).toEqual([
      404,
      'CO404',
    ])
    expect(openai.requests).toEqual([])
  })

  it('other sites’ pages are', async () => {
    const [status] = await refused('{"query": "door?"}', { 'sec-fetch-site': 'cross-site' })
    expect(status).toBe(403)
    const read = await fetch(`${api.server.url}/chat/1`, { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(read.status).toBe(403)
  })

  it('whoever asks too often is', async () => {
    const limited = await startApi({ RATE_LIMITS: 'memory', RATE_LIMIT_FACTOR: '0.05' }, { providers })
    try {
      await foundClub(limited.services)
      const once = () => post({ query: question }, visitorA, '/chat', limited.server.url)
      expect((await once()).status).toBe(200)
      const again = await once()
      expect(again.status).toBe(429)
      expect(Number(again.headers['retry-after'])).toBeGreaterThan(0)
    } finally {
      await limited.close()
    }
  })

  it('more at once than one caller may have are, and models that hang keep nobody from the rest', async () => {
    const go = hold()
    const streams = await Promise.all(Array.from({ length: 40 }, () => post({ query: question })))
    await Promise.all(streams.map((stream) => stream.until(isDelta)))
    const more = await post({ query: question })
    expect(more.status).toBe(503)
    expect((await api.sendText('{ __typename }', {}, visitorA)).data).toEqual({ __typename: 'Query' })
    expect((await post({ query: question }, visitorB)).status).toBe(200)
    go()
    for (const stream of streams) expect((await stream.all()).at(-1)!.event).toBe('done')
  })
})
