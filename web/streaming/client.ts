/**
 * An answer as it is written: server-sent events of `POST /chat`. A connection that is lost is taken up where it was,
 * by the answer's id and the last event that arrived; who stops it also tells the server.
 */
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { ApiError, asError, type ErrorReply, refusal, unreachable } from '../graphql/client.ts'

export interface Streaming<Route> {
  /** Where the question was routed. */
  onRoute?: (route: Route) => void
  /** All of the text so far. taken: what had been shown is taken back, and this stands in its place. */
  onText?: (text: string, taken: boolean) => void
  signal?: AbortSignal
}

/** The server does not stream this: it is older than this page, or something between us does not let it through. */
export class NotStreamedError extends Error {}

/** Twice as long as the server is silent at most. */
const patience = 35_000
const attempts = 6

/** Milliseconds before the n-th attempt; all who lost one server must not come back at once. */
const pause = (n: number) => Math.min(8000, 250 * 2 ** n) * (0.75 + Math.random() / 2)

/** What the server answers at last. Throws ApiError, NotStreamedError; where `signal` aborts, its reason. */
export async function streamAnswer<Answer, Route>(
  path: string,
  body: object,
  { onRoute, onText, signal }: Streaming<Route> = {},
): Promise<Answer> {
  let id: string | undefined
  let lastEvent: string | undefined
  let text = ''
  let done: { response: Answer } | undefined

  const take = ({ event, data, id: number }: EventSourceMessage) => {
    if (number !== undefined) lastEvent = number
    const value = JSON.parse(data) as Record<string, unknown>
    switch (event) {
      case 'start':
        id = String(value.id)
        text = ''
        return
      case 'route':
        return onRoute?.(value as Route)
      case 'delta':
        text += String(value.text)
        return onText?.(text, false)
      case 'replace':
        text = String(value.text)
        return onText?.(text, true)
      case 'done':
        done = value as { response: Answer }
        return
      case 'error':
        throw asError({ message: String(value.message), extensions: value })
    }
  }

  const stop = () => {
    // The page may be on its way out; nobody waits for the reply.
    if (id !== undefined && done === undefined)
      void fetch(`/chat/${id}`, { method: 'DELETE', credentials: 'same-origin', keepalive: true }).catch(
        () => {},
      )
  }
  signal?.addEventListener('abort', stop, { once: true })
  try {
    let reply = await begin(path, body, signal)
    let fruitless = 0
    for (;;) {
      const before = lastEvent
      await read(reply, take, signal)
      if (done) return done.response
      fruitless = lastEvent === before ? fruitless + 1 : 0
      if (id === undefined || fruitless > attempts) throw lost()
      reply = await resume(id, lastEvent, fruitless, signal)
    }
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

const lost = () =>
  new ApiError(
    'The connection was lost while the answer came.',
    'OFFLINE',
    'It may have been written down: look again before you ask again.',
    undefined,
    true,
  )

async function begin(path: string, body: object, signal: AbortSignal | undefined): Promise<Response> {
  let reply: Response
  try {
    reply = await fetch(path, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify(body),
      signal: signal ?? null,
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw unreachable()
  }
  if (streams(reply)) return reply
  if ([404, 405, 406].includes(reply.status) || reply.ok) {
    const known = await errorOf(reply)
    throw known ?? new NotStreamedError(`${path} answered ${reply.status} and no stream.`)
  }
  throw (await errorOf(reply)) ?? refusal(reply.status)
}

/** The rest of the answer, once the server is there again. */
async function resume(
  id: string,
  lastEvent: string | undefined,
  first: number,
  signal: AbortSignal | undefined,
): Promise<Response> {
  for (let attempt = first; attempt <= attempts; attempt++) {
    await wait(pause(attempt), signal)
    let reply: Response
    try {
      reply = await fetch(`/chat/${id}`, {
        credentials: 'same-origin',
        headers: {
          accept: 'text/event-stream',
          ...(lastEvent !== undefined && { 'last-event-id': lastEvent }),
        },
        signal: signal ?? null,
      })
    } catch (error) {
      if (signal?.aborted) throw error
      continue
    }
    if (streams(reply)) return reply
    // It does not know the answer, or not for us: asking again will not change that.
    if (reply.status < 500 && reply.status !== 429) throw lost()
    await reply.body?.cancel()
  }
  throw lost()
}

const streams = (reply: Response) =>
  reply.ok && reply.body !== null && /^text\/event-stream\b/.test(reply.headers.get('content-type') ?? '')

async function errorOf(reply: Response): Promise<ApiError | null> {
  const body = (await reply.json().catch(() => null)) as { errors?: ErrorReply[] } | null
  const [first] = body?.errors ?? []
  if (!first) return null
  const error = asError(first)
  error.retryAfter ??= Number(reply.headers.get('retry-after')) || undefined
  return error
}

/** Reads until the stream ends, however it does. A refusal inside of it is thrown. */
async function read(
  { body }: Response,
  take: (event: EventSourceMessage) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader()
  const parser = createParser({ onEvent: take })
  try {
    for (;;) {
      const piece = await within(patience, () => reader.read()).catch((error: unknown) => {
        if (signal?.aborted) throw error
        return null
      })
      if (piece === null || piece.done) return
      parser.feed(piece.value)
    }
  } finally {
    // Also where a connection only looks alive: it is given up, and taken up anew.
    void reader.cancel().catch(() => {})
  }
}

/** Null where it takes longer. */
async function within<Value>(milliseconds: number, run: () => Promise<Value>): Promise<Value | null> {
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    return await Promise.race([
      run(),
      new Promise<null>((resolve) => {
        timer = setTimeout(() => resolve(null), milliseconds)
      }),
    ])
  } finally {
    clearTimeout(timer)
  }
}

const wait = (milliseconds: number, signal: AbortSignal | undefined) =>
  new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal!.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
