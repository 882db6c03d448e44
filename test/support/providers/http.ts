/** What both test servers share: HTTP on loopback, handlers, a record of all requests, and how answers go wrong. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault, Rendered, Script } from './script.ts'

export interface Received<Body = unknown> {
  api: string
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  /** As checked: of the documented shape. */
  body: Body
  /** In a batch: whose request it is. */
  customId?: string
  /** What was answered; null while it is not, 0 where nothing was. */
  status: number | null
  /** From its arrival to the last byte, in ms: the provider's own time. */
  took: number | null
  /** Settles when the answer has ended, or the caller has gone. */
  ended: Promise<void>
  /** Aborted when the caller goes before the answer is whole. */
  signal: AbortSignal
}

export type Handler<Body> = (request: Received<Body>) => Script | Promise<Script>

/** A request that is not as the provider documents it, or that it would not serve. */
export class Refused extends Error {
  readonly fault: Extract<Fault, { kind: 'status' }>
  /** A mistake of ours, which fails the test; not so a key or a model that the test made up. */
  readonly mistake: boolean
  constructor(fault: Omit<Extract<Fault, { kind: 'status' }>, 'kind'>, mistake = true) {
    super(fault.error?.message ?? String(fault.status))
    this.fault = { kind: 'status', ...fault }
    this.mistake = mistake
  }
}

export interface ServerOptions {
  /** Keys that are let in; `any` (the default): each, but there must be one; `none`: none is needed. */
  keys?: string[] | 'any' | 'none'
  /** Milliseconds before the first word and between pieces: for measurements and demonstrations, not for tests. */
  pace?: { first: number; piece: number }
  port?: number
}

interface Answer {
  request: Received
  response: ServerResponse
}

export abstract class ProviderServer<Bodies extends object> {
  /** As a base URL for the SDK. */
  abstract readonly url: string
  readonly requests: Received<Bodies[keyof Bodies]>[] = []
  /** What was wrong with requests, in words. */
  readonly mistakes: string[] = []
  protected readonly options: ServerOptions
  private readonly http: Server
  private readonly lasting = new Map<keyof Bodies, Handler<never>>()
  private readonly coming = new Map<keyof Bodies, Handler<never>[]>()
  private readonly waiting: { api: keyof Bodies; found(request: Received<never>): void }[] = []
  private counter = 0

  constructor(options: ServerOptions = {}) {
    this.options = options
    this.http = createServer((request, response) => {
      void this.serve(request, response).catch((error: unknown) => {
        // A handler of a test threw: seen by assertClean, and the caller is not left waiting.
        this.mistakes.push(`The test server failed: ${error instanceof Error ? error.stack : error}`)
        response.destroy()
      })
    })
  }

  /** Answers every request of this kind so. */
  on<Api extends keyof Bodies>(api: Api, handler: Handler<Bodies[Api]> | Script): this {
    this.lasting.set(api, asHandler(handler))
    return this
  }
  /** Answers the next one so, before what `on` says; several are taken in their order. */
  once<Api extends keyof Bodies>(api: Api, handler: Handler<Bodies[Api]> | Script): this {
    this.coming.set(api, [...(this.coming.get(api) ?? []), asHandler(handler)])
    return this
  }
  /** The next request of this kind, as soon as it is here. */
  arrived<Api extends keyof Bodies>(api: Api): Promise<Received<Bodies[Api]>> {
    return new Promise((found) => void this.waiting.push({ api, found: found as never }))
  }
  of<Api extends keyof Bodies>(api: Api): Received<Bodies[Api]>[] {
    return this.requests.filter((request) => request.api === api) as never
  }
  /** Forgets handlers and requests, not mistakes. */
  reset(): void {
    this.lasting.clear()
    this.coming.clear()
    this.requests.length = 0
  }
  /** Throws where any request was not as the provider documents it. */
  assertClean(): void {
    if (this.mistakes.length > 0)
      throw new Error(`${this.constructor.name} got bad requests:\n- ${this.mistakes.join('\n- ')}`)
  }
  async close(): Promise<void> {
    this.http.closeAllConnections()
    await new Promise((closed) => this.http.close(closed))
  }

  /** Listens; returns the origin. */
  protected async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.http.once('error', reject)
      this.http.listen(this.options.port ?? 0, '127.0.0.1', resolve)
    })
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`
  }

  protected nextId(prefix: string): string {
    return `${prefix}${(++this.counter).toString(36).padStart(24, '0')}`
  }

  protected handlerOf<Api extends keyof Bodies>(api: Api): Handler<Bodies[Api]> | undefined {
    return (this.coming.get(api)?.shift() ?? this.lasting.get(api)) as Handler<Bodies[Api]> | undefined
  }

  protected record(request: Received<never>): void {
    this.requests.push(request)
    for (const waiter of this.waiting.filter(({ api }) => api === request.api)) {
      this.waiting.splice(this.waiting.indexOf(waiter), 1)
      waiter.found(request)
    }
  }

  /** Finds what is asked for, checks it and answers. Throws Refused. */
  protected abstract route(request: Received, text: string, answer: Answer): Promise<void>
  /** Headers of every answer. */
  protected abstract headers(request: Received, answered: { ms: number }): Record<string, string>
  /** An error in the provider's shape. */
  protected abstract errorBody(fault: Extract<Fault, { kind: 'status' }>, requestId: string): unknown

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const begun = performance.now()
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://localhost')
    const gone = new AbortController()
    const request: Received = {
      api: '',
      method: incoming.method ?? 'GET',
      path: pathname,
      query: searchParams,
      headers: incoming.headers,
      body: undefined,
      status: null,
      took: null,
      signal: gone.signal,
      ended: new Promise((ended) =>
        response.once('close', () => {
          request.took = performance.now() - begun
          request.status ??= response.headersSent ? response.statusCode : 0
          if (!response.writableFinished) gone.abort()
          ended()
        }),
      ),
    }
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const answer = { request, response }
    try {
      await this.route(request, Buffer.concat(chunks).toString(), answer)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (error.mistake)
        this.mistakes.push(`${request.method} ${request.path}: ${error.fault.status} ${error.message}`)
      await this.deliver(answer, { fault: error.fault }, null)
    }
  }

  /** Sends what the script says, and lets happen what its fault says. */
  protected async deliver(
    { request, response }: Answer,
    script: Script,
    rendered: Rendered | null,
    streamed = false,
  ): Promise<void> {
    const begun = performance.now()
    const { fault } = script
    const ended = request.ended
    const send = (status: number, body: string, headers: Record<string, string>) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        ...this.headers(request, { ms: Math.round(performance.now() - begun) }),
        ...headers,
      })
      response.end(body)
    }
    await Promise.race([script.wait, ended])
    const { pace } = this.options
    if (pace) await Promise.race([sleep(pace.first), ended])
    if (request.signal.aborted) return
    if (fault?.kind === 'hang' && fault.after === undefined) return ended
    if (fault?.kind === 'reset' && fault.after === undefined) {
      response.socket?.resetAndDestroy()
      return ended
    }
    if (fault?.kind === 'status') {
      const headers = this.headers(request, { ms: 0 })
      const id = headers['x-request-id'] ?? headers['request-id'] ?? ''
      return send(fault.status, fault.body ?? JSON.stringify(this.errorBody(fault, id)), {
        ...headers,
        ...fault.headers,
      })
    }
    if (fault?.kind === 'body') return send(200, fault.body, {})
    if (!rendered) return send(200, '{}', {})
    const whole = JSON.stringify(rendered.json)
    if (fault?.kind === 'truncate') return send(200, whole.slice(0, -fault.characters), {})
    if (!streamed && fault === undefined) return send(200, whole, {})
    response.writeHead(200, {
      'content-type': streamed ? 'text/event-stream; charset=utf-8' : 'application/json',
      'cache-control': 'no-cache',
      ...this.headers(request, { ms: Math.round(performance.now() - begun) }),
    })
    response.flushHeaders()
    if (!streamed) {
      // Whatever the fault is, half of the body comes before it.
      response.write(whole.slice(0, whole.length / 2))
      if (fault?.kind === 'hang') return ended
      return void response.socket?.destroySoon()
    }
    await this.stream({ request, response }, script, rendered)
  }

  private async stream({ request, response }: Answer, script: Script, rendered: Rendered): Promise<void> {
    const { fault } = script
    const limit =
      fault?.kind === 'reset' && fault.after === 'headers'
        ? -1
        : fault && 'after' in fault
          ? (fault.after as number)
          : Number.POSITIVE_INFINITY
    const write = (text: string) => {
      response.write(text)
      // So that pieces arrive as pieces.
      return new Promise<void>((resolve) => setImmediate(resolve))
    }
    const format = ({ event, data }: { event?: string; data: unknown }) =>
      `${event === undefined ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
    const fail = async () => {
      // The other side reads what was sent, and then that there is no more: no RST, which could overtake it.
      if (fault?.kind === 'reset') return void response.socket?.destroySoon()
      if (fault?.kind === 'hang') return request.ended
      if (fault?.kind === 'malformed') await write(format({ ...rendered.events[0], data: '{"type": "respo' }))
      if (fault?.kind === 'error_event') await write(format(rendered.errorEvent(fault)))
      response.end()
    }
    if (limit === -1) return fail()
    const failing = Number.isFinite(limit)
    const lastPiece = rendered.events.findLastIndex((event) => event.piece)
    let sent = 0
    for (const [index, event] of rendered.events.entries()) {
      if (request.signal.aborted) return
      // A stream with fewer pieces fails after them all, still before its end is told.
      if (failing && (event.piece ? sent === limit : sent > 0 && index > lastPiece)) return fail()
      if (event.piece) {
        await Promise.race([script.beforePiece?.(sent), request.ended])
        if (this.options.pace && sent > 0) await Promise.race([sleep(this.options.pace.piece), request.ended])
        sent++
      }
      await write(format(event))
    }
    response.end(rendered.end)
  }
}

const asHandler = <Body>(handler: Handler<Body> | Script) =>
  (typeof handler === 'function' ? handler : () => handler) as Handler<never>

/** The first thing that a schema finds wrong, as the path and words of an error. */
export function firstIssue(error: { issues: { path: PropertyKey[]; message: string }[] }) {
  const issue = error.issues[0]!
  return { path: issue.path.map(String).join('.'), message: issue.message }
}
