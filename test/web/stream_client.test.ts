/** The browser's side of a streamed answer, against a server that loses, resumes and refuses as real ones do. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { ApiError } from '../../web/graphql/client.ts'
import { NotStreamedError, streamAnswer } from '../../web/streaming/client.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const asked: { method: string; path: string; lastEvent: string | undefined; body: string }[] = []
let handlers: Handler[] = []
let heard: (() => void) | undefined

const server = createServer(async (request, response) => {
  let body = ''
  for await (const piece of request) body += piece
  asked.push({
    method: request.method!,
    path: request.url!,
    lastEvent: request.headers['last-event-id'] as string | undefined,
    body,
  })
  if (request.method === 'DELETE') {
    response.writeHead(204).end()
    heard?.()
    return
  }
  const handler = handlers.shift()
  if (handler) handler(request, response)
  else response.writeHead(500).end()
})
const fetchAsItIs = globalThis.fetch

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  // A page has an address of its own, to which its paths belong.
  globalThis.fetch = (path, init) => fetchAsItIs(new URL(String(path), `http://127.0.0.1:${port}`), init)
})
afterAll(async () => {
  globalThis.fetch = fetchAsItIs
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})
beforeEach(() => {
  asked.length = 0
  handlers = []
})
afterEach(() => {
  // Every step of the story was told.
  expect(handlers).toEqual([])
})

const event = (id: number, name: string, data: object) =>
  `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`

const stream =
  (...pieces: (string | Buffer)[]): Handler =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
    for (const piece of pieces) response.write(piece)
    response.end()
  }

/** Some of it, then the connection breaks. */
const broken =
  (...pieces: string[]): Handler =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of pieces) response.write(piece)
    // Once it has left: what stands in a buffer dies with the connection.
    response.write(': \n\n', () => setImmediate(() => response.destroy()))
  }

const refuse =
  (status: number, body: object | string, headers: Record<string, string> = {}): Handler =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }

function ask(signal?: AbortSignal) {
  const texts: string[] = []
  const taken: string[] = []
  const routes: unknown[] = []
  const answer = streamAnswer<{ id: string }, unknown>(
    '/chat',
    { query: 'the door?' },
    {
      onRoute: (route) => routes.push(route),
      onText: (text, back) => (back ? taken : texts).push(text),
      ...(signal && { signal }),
    },
  )
  return { answer, texts, taken, routes }
}

describe('a streamed answer', () => {
  it('gives route, text as it grows, and the answer', async () => {
    handlers = [
      stream(
        event(1, 'start', { id: '7' }),
        event(2, 'route', { category: 'access' }),
        ': still there\n\n',
        event(3, 'delta', { text: 'Press ' }),
        event(4, 'delta', { text: '#.' }),
        event(5, 'done', { response: { id: '7' } }),
      ),
    ]
    const { answer, texts, routes } = ask()
    expect(await answer).toEqual({ id: '7' })
    expect(texts).toEqual(['Press ', 'Press #.'])
    expect(routes).toEqual([{ category: 'access' }])
    expect(asked).toEqual([
      { method: 'POST', path: '/chat', lastEvent: undefined, body: '{"query":"the door?"}' },
    ])
  })

  it('is put together again where a letter or an event came in pieces', async () => {
    const whole = Buffer.from(
      event(1, 'start', { id: '7' }) +
        event(2, 'delta', { text: 'Tür öffnen 🏌️' }) +
        event(3, 'done', { response: { id: '7' } }),
    )
    handlers = [
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        const [...bytes] = whole
        const next = () => {
          const piece = bytes.splice(0, 1)
          if (piece.length === 0) response.end()
          else response.write(Buffer.from(piece), next)
        }
        next()
      },
    ]
    const { answer, texts } = ask()
    await answer
    expect(texts).toEqual(['Tür öffnen 🏌️'])
  })

  it('takes back what was shown', async () => {
    handlers = [
      stream(
        event(1, 'start', { id: '7' }),
        event(2, 'delta', { text: 'It costs 4' }),
        event(3, 'replace', { text: 'A person will answer.' }),
        event(4, 'delta', { text: ' Soon.' }),
        event(5, 'done', { response: { id: '7' } }),
      ),
    ]
    const { answer, texts, taken } = ask()
    await answer
    expect(taken).toEqual(['A person will answer.'])
    expect(texts).toEqual(['It costs 4', 'A person will answer. Soon.'])
  })

  it('goes on after the last event that arrived where the connection broke', async () => {
    handlers = [
      broken(event(1, 'start', { id: '7' }), event(2, 'delta', { text: 'Press ' })),
      stream(event(3, 'delta', { text: '#.' }), event(4, 'done', { response: { id: '7' } })),
    ]
    const { answer, texts } = ask()
    expect(await answer).toEqual({ id: '7' })
    expect(texts).toEqual(['Press ', 'Press #.'])
    expect(asked.slice(1)).toEqual([{ method: 'GET', path: '/chat/7', lastEvent: '2', body: '' }])
  })

  it('goes on where the server ends the stream early, is away for a moment, and tells all of it again', async () => {
    handlers = [
      stream(event(1, 'start', { id: '7' }), event(2, 'delta', { text: 'Press ' })),
      refuse(503, 'Bad gateway'),
      stream(
        event(1, 'start', { id: '7' }),
        event(2, 'delta', { text: 'Press #.' }),
        event(3, 'done', { response: { id: '7' } }),
      ),
    ]
    const { answer, texts } = ask()
    expect(await answer).toEqual({ id: '7' })
    expect(texts).toEqual(['Press ', 'Press #.'])
  })

  it('is never asked twice: lost before its id, it says that it may have been written down', async () => {
    handlers = [broken()]
    const { answer } = ask()
    await expect(answer).rejects.toMatchObject({
      code: 'OFFLINE',
      hint: expect.stringContaining('before you ask again'),
    })
    expect(asked).toHaveLength(1)
  })

  it('says that it is lost where the server does not know it any more', async () => {
    handlers = [broken(event(1, 'start', { id: '7' })), refuse(404, { errors: [{ message: 'Gone.' }] })]
    await expect(ask().answer).rejects.toMatchObject({ code: 'OFFLINE' })
    expect(asked).toHaveLength(2)
  })

  it('carries a refusal with its code, hint, and how long to wait', async () => {
    handlers = [
      refuse(
        429,
        { errors: [{ message: 'Too many questions.', extensions: { code: 'CO429', hint: 'Wait.' } }] },
        { 'retry-after': '12' },
      ),
    ]
    const error = await ask().answer.catch((problem: unknown) => problem)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ code: 'CO429', hint: 'Wait.', retryAfter: 12 })
  })

  it('carries a refusal that comes in the midst of it, and does not try again', async () => {
    handlers = [
      stream(
        event(1, 'start', { id: '7' }),
        event(2, 'error', { message: 'The database is full.', code: 'CO503', hint: 'Ask an admin.' }),
      ),
    ]
    await expect(ask().answer).rejects.toMatchObject({ code: 'CO503', hint: 'Ask an admin.' })
    expect(asked).toHaveLength(1)
  })

  it.each([
    ['does not know the address', refuse(404, 'Not found.')],
    ['gives a page', refuse(200, '<!doctype html>', { 'content-type': 'text/html' })],
  ])('says so where the server %s, for the page to ask otherwise', async (_name, handler) => {
    handlers = [handler]
    await expect(ask().answer).rejects.toBeInstanceOf(NotStreamedError)
  })

  it('tells the server when it is stopped, and says nothing more', async () => {
    const told = new Promise<void>((resolve) => {
      heard = resolve
    })
    const stop = new AbortController()
    handlers = [
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(event(1, 'start', { id: '7' }) + event(2, 'delta', { text: 'Press ' }))
      },
    ]
    const texts: string[] = []
    const answer = streamAnswer(
      '/chat',
      {},
      {
        signal: stop.signal,
        onText: (text) => {
          texts.push(text)
          stop.abort()
        },
      },
    )
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    await told
    expect(asked.at(-1)).toMatchObject({ method: 'DELETE', path: '/chat/7' })
    expect(texts).toEqual(['Press '])
  })
})
