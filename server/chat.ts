/**
 * Answers as they are written, by server-sent events: `POST /chat` asks, `POST /chat/draft` drafts for staff,
 * `GET /chat/:id` goes on where a connection was lost (Last-Event-ID), `DELETE /chat/:id` stops. A client that goes
 * away stops nothing: the answer is written down and stands in the conversation. What a stream has said is kept for a
 * minute after its end, by this process; after that, and for others, the database has the answer.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import express, { type NextFunction, type Request, type Response, type Router } from 'express'
import { z } from 'zod'
import {
  type Answer,
  type AnsweringServices,
  type AskOptions,
  ask,
  draftReply,
  Question,
  StoppedByCustomer,
} from '../core/answering/ask.ts'
import type { Config } from '../core/config.ts'
import { type Claims, withClaims } from '../core/database/index.ts'
import { renderMarkdown } from '../core/markdown.ts'
import { type Caller, callerOf } from './identity.ts'
import { presented } from './plugins/ask.ts'
import { presentError } from './plugins/errors.ts'
import { isStaff } from './plugins/subscriptions.ts'
import { type Admission, OverloadError } from './protection/admission.ts'
import { isSameOrigin } from './protection/headers.ts'
import type { RateLimits } from './protection/rate_limits.ts'

export interface ChatServices extends AnsweringServices {
  config: Config
  limits: RateLimits
  /** The line that every request waits in. */
  admission: Admission
  /** Answers under way: they take long, and little of this server. */
  underWay: Admission
  takeAsk(caller: Caller): Promise<void>
  /** Gives a visitor their cookie. */
  welcome(caller: Caller, response: Response): void
}

export interface ChatOptions {
  /** Milliseconds between signs of life. */
  keepAlive?: number
  /** Milliseconds that a stream is kept after its end. */
  keep?: number
  /** Milliseconds that answers under way have when the server stops. */
  grace?: number
  /** Streams that are kept at most; of those beyond it the one that ended first goes. */
  most?: number
}

interface Stream {
  id: string
  owner: string
  /** Each as it goes over the wire. Its id is its place, from 1. */
  events: string[]
  ended: boolean
  stop: AbortController
  readers: Set<() => void>
  done: Promise<void>
}

/** Connections that read one stream. */
const mostReaders = 8

const DraftRequest = z.object({ ticketId: z.int().positive() })
const number = /^\d{1,18}$/

export interface Chat {
  router: Router
  /** Lets answers under way end for a while; then the club's own text answers, or a person. */
  close(): Promise<void>
}

export function makeChat(services: ChatServices, options: ChatOptions = {}): Chat {
  const { config, pool, log, limits, admission, underWay } = services
  const { keepAlive = 15_000, keep = 60_000, grace = 8000, most = 2000 } = options
  const streams = new Map<string, Stream>()
  /** Also those that have no id yet. */
  const working = new Map<AbortController, Promise<void>>()
  let closing = false

  const push = (stream: Stream, event: string, data: object) => {
    stream.events.push(`id: ${stream.events.length + 1}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    for (const wake of stream.readers) wake()
  }
  const end = (stream: Stream) => {
    stream.ended = true
    for (const wake of [...stream.readers]) wake()
    setTimeout(() => streams.delete(stream.id), keep).unref()
    if (streams.size > most)
      for (const [id, { ended }] of streams)
        if (ended) {
          streams.delete(id)
          break
        }
  }

  /** Resolves when the answer's id is there; rejects with what kept it from beginning. */
  async function begin(
    caller: Caller,
    work: (options: AskOptions) => Promise<Answer>,
    begun: () => void,
  ): Promise<Stream> {
    if (closing) throw new OverloadError()
    const leave = await underWay.enter(caller.key)
    const stop = new AbortController()
    const first = Promise.withResolvers<Stream>()
    let stream: Stream | undefined
    const onEvent: AskOptions['onEvent'] = ({ type, ...data }) => {
      if (type === 'start') {
        stream = {
          id: (data as { id: string }).id,
          owner: ownerOf(caller),
          events: [],
          ended: false,
          stop,
          readers: new Set(),
          done,
        }
        streams.set(stream.id, stream)
        begun()
      }
      push(stream!, type, data)
      if (type === 'start') first.resolve(stream!)
    }
    const done: Promise<void> = work({ signal: stop.signal, onEvent })
      .then(
        (answer) => push(stream!, 'done', { response: shown(answer, caller.claims) }),
        (error: Error) => {
          if (stream) push(stream, 'error', told(error))
          else first.reject(error)
        },
      )
      .finally(() => {
        leave()
        working.delete(stop)
        if (stream) end(stream)
      })
    working.set(stop, done)
    return first.promise
  }

  function attach(stream: Stream, response: Response, after: number): void {
    if (stream.readers.size >= mostReaders) throw new OverloadError()
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    response.flushHeaders()
    let next = after
    let full = false
    let missed = 0
    const detach = () => {
      clearInterval(alive)
      stream.readers.delete(write)
    }
    // What a slow reader has not taken waits in the stream's own events, not once more for each reader.
    const write = () => {
      while (!full && next < stream.events.length) full = !response.write(stream.events[next++])
      if (full || !stream.ended) return
      detach()
      response.end()
    }
    const alive = setInterval(() => {
      if (!full) response.write(': still here\n\n')
      // It has taken nothing for so long that nobody is there.
      else if (++missed > 2) response.destroy()
    }, keepAlive)
    response.on('drain', () => {
      full = false
      missed = 0
      write()
    })
    response.once('close', detach)
    stream.readers.add(write)
    write()
  }

  const told = (error: Error) => {
    const { message, extensions } = presentError(error, (id, original) =>
      log.error({ id, error: original.message, stack: original.stack }, 'answering failed'),
    )
    return { message, ...extensions }
  }

  /** From the first byte to the answer's id it is a request as any other; then it leaves the line to others. */
  async function answer(response: Response, work: (options: AskOptions) => Promise<Answer>) {
    const caller = callerOf(response)
    await limits.take('caller', caller.key)
    services.welcome(caller, response)
    const leave = await admission.enter(caller.key)
    response.once('close', leave)
    if (response.destroyed) return leave()
    await services.takeAsk(caller)
    const asksModels = services.providers.answer !== null || services.providers.route !== null
    const stream = await begin(caller, work, () => {
      if (asksModels) leave()
    })
    if (!response.destroyed) attach(stream, response, 0)
  }

  const router = express.Router()
  router.use((request, response, next) => {
    response.setHeader('cache-control', 'no-store')
    // Reading is checked too: what another site's page opens here it must not keep open.
    if (isSameOrigin(request.headers, config)) next()
    else response.status(403).type('text').send('Requests from other sites’ pages are not taken.\n')
  })
  router.use(express.json({ limit: '1mb' }))
  router.post('/', async (request, response) => {
    const { claims } = callerOf(response)
    if (claims.role === 'auditor') throw refusal('CO403', 'An auditor reads, and asks nothing.')
    const question = Question.parse(request.body)
    await answer(response, (given) => ask(services, claims, question, given))
  })
  router.post('/draft', async (request, response) => {
    const { claims } = callerOf(response)
    if (!isStaff(claims) || claims.role === 'auditor') throw refusal('CO403', 'This needs the role agent.')
    const { ticketId } = DraftRequest.parse(request.body)
    await answer(response, (given) => draftReply(services, claims, ticketId, given))
  })
  router.get(/^\/(\d+)$/, async (request, response) => {
    const caller = callerOf(response)
    await limits.take('caller', caller.key)
    const id = idOf(request)
    const last = request.headers['last-event-id']
    const after = typeof last === 'string' && number.test(last) ? Number(last) : 0
    const stream = streams.get(id)
    if (stream?.owner === ownerOf(caller)) {
      attach(stream, response, Math.min(after, stream.events.length))
      return
    }
    const recorded = await withClaims(pool, caller.claims, (client) => recall(client, id, caller.claims))
    if (!recorded) throw notThere()
    const events: string[] = []
    const past = { id, events, ended: true, readers: new Set<() => void>() } as unknown as Stream
    push(past, 'done', { response: recorded })
    attach(past, response, 0)
  })
  router.delete(/^\/(\d+)$/, async (request, response) => {
    const caller = callerOf(response)
    await limits.take('caller', caller.key)
    const stream = streams.get(idOf(request))
    if (stream?.owner !== ownerOf(caller)) throw notThere()
    stream.stop.abort(new StoppedByCustomer())
    await stream.done
    response.status(204).end()
  })
  router.use((error: Error, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) {
      response.destroy()
      return
    }
    // How a request could not be read is told as everywhere.
    if ((error as { type?: string }).type) return next(error)
    const { message, ...extensions } =
      error instanceof z.ZodError
        ? {
            code: 'CO005',
            message: error.issues
              .map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`)
              .join('; '),
          }
        : (told(error) as { message: string; code?: string; retryAfter?: number })
    const { code = 'CO500', retryAfter } = extensions as { code?: string; retryAfter?: number }
    if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter))
    response.status(statusOf(code)).json({ errors: [{ message, extensions }] })
  })

  return {
    router,
    async close() {
      closing = true
      const all = () => Promise.allSettled([...working.values()])
      await Promise.race([all(), sleep(grace, undefined, { ref: false })])
      // Of what still waits for a model, the club's own text is said, or a person asked: nobody is left without.
      for (const stop of working.keys()) stop.abort(new Error('The server stops.'))
      await Promise.race([all(), sleep(1500, undefined, { ref: false })])
    },
  }
}

const idOf = (request: Request): string => {
  const id = request.path.slice(1)
  if (!number.test(id)) throw notThere()
  // As the database writes it.
  return String(BigInt(id))
}

/** Visitors are known by their own id, since an address has many; all others by who they are. */
const ownerOf = ({ claims, key }: Caller): string =>
  claims.role === 'anonymous' && claims.visitorId
    ? `visitor ${claims.visitorId}`
    : `${key} ${claims.visitorId ?? ''}`

const shown = (answer: Answer, claims: Claims) => {
  const response = presented(answer, claims)
  return { ...response, textHtml: renderMarkdown(answer.text) }
}

const refusal = (code: string, message: string) => Object.assign(new Error(message), { code })
const notThere = () => refusal('CO404', 'There is no such answer here.')

const statusOf = (code: string): number =>
  code === 'CO409' || code.startsWith('CO1') ? 409 : /^CO[45]\d\d$/.test(code) ? Number(code.slice(2)) : 400

/** An answer as its row has it, read with the caller's own rights; null where there is none for them. */
async function recall(
  client: { query(statement: string, values: unknown[]): Promise<{ rows: unknown[] }> },
  id: string,
  claims: Claims,
): Promise<object | null> {
  const staff = isStaff(claims)
  const answers = await client.query(
    `select r.id, r.outcome, r.confidence, r.category, r.model, r.ticket_id as "ticketId", t.conversation,
            case when r.outcome = 'withheld' then '' else coalesce(m.body, r.text) end as text
            ${staff ? ', r.reason, r.prompt_version_id as "promptVersionId", r.latency_ms as "latencyMs"' : ''}
       from app_public.responses r
       left join app_public.tickets t on t.id = r.ticket_id
       left join app_public.messages m on m.response_id = r.id and m.author_kind = 'assistant'
      where r.id = $1`,
    [id],
  )
  const answer = answers.rows[0] as { text: string; outcome: string } | undefined
  if (!answer) return null
  const { rows: sources } =
    answer.outcome === 'withheld'
      ? { rows: [] }
      : await client.query(
          `select rank, kind, category, topic, topic as title, heading, snippet, score, cited
             from app_public.response_sources where response_id = $1 order by rank`,
          [id],
        )
  return {
    reason: null,
    promptVersionId: null,
    latencyMs: null,
    ...answer,
    textHtml: renderMarkdown(answer.text),
    fallback: null,
    trace: null,
    sources,
  }
}
