/**
 * Subscriptions over WebSocket: same origin, known callers, bounded messages, and an end with the session. Queries and
 * mutations go by HTTP, where they wait their turn.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { makeGraphQLWSConfig } from 'grafserv'
import type { grafserv } from 'grafserv/express/v4'
import { GraphQLError, getOperationAST } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import type { Config } from '../core/config.ts'
import { type Caller, ClaimsError, type IdentityServices, identify } from './identity.ts'
import { isOurName, isSameOrigin } from './protection/headers.ts'
import { addressKey, type RateLimitError, type RateLimits } from './protection/rate_limits.ts'

interface Known {
  caller: Caller
  /** What connection_init brought: a token, where there is no header to carry it. */
  parameters: Record<string, unknown>
}
const known = new WeakMap<IncomingMessage, Known>()

/** Who opened the socket that an operation came over. */
export const callerOfSocket = (request: IncomingMessage | undefined): Caller | undefined =>
  request && known.get(request)?.caller

const mostSockets = 500
const mostSocketsOfAddress = 50
const recheckEvery = 5000

export function attachWebsockets(
  server: Server,
  serv: ReturnType<typeof grafserv>,
  services: IdentityServices & { config: Config; limits: RateLimits },
): { close(): void } {
  const { config, limits } = services
  const sockets = new Map<Duplex, { request: IncomingMessage; address: string }>()
  const wss = new WebSocketServer({ noServer: true, maxPayload: 256_000 })
  const base = makeGraphQLWSConfig(serv as never)
  useServer(
    {
      ...base,
      async onSubscribe(context, id, payload) {
        const { request } = context.extra as { request: IncomingMessage }
        try {
          await limits.take('caller', known.get(request)!.caller.key)
        } catch (error) {
          const { message, extensions } = error as RateLimitError
          return [new GraphQLError(message, { extensions })]
        }
        const prepared = await base.onSubscribe!(context, id, payload)
        if (!prepared || Array.isArray(prepared) || !('document' in prepared)) return prepared
        const operation = getOperationAST(prepared.document, prepared.operationName)
        return operation?.operation === 'subscription'
          ? prepared
          : [
              new GraphQLError('A socket carries subscriptions; send queries and mutations by HTTP.', {
                extensions: { code: 'CO005' },
              }),
            ]
      },
      connectionInitWaitTimeout: 5000,
      // Identified once more here, since a token may come as a parameter, where browsers cannot set headers.
      async onConnect(context) {
        const { request } = context.extra as { request: IncomingMessage }
        try {
          const parameters = lowerCase(context.connectionParams)
          known.set(request, { caller: await identify(request, services, parameters), parameters })
          return true
        } catch {
          return false
        }
      },
    },
    wss,
    12_000,
  )
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const address = addressKey(clientAddress(request, config))
    const of = [...sockets.values()].filter((other) => other.address === address).length
    const refusal =
      request.url?.split('?')[0] !== '/graphql'
        ? '404 Not Found'
        : !isOurName(config, request.headers.host) || !isSameOrigin(request.headers, config)
          ? '403 Forbidden'
          : sockets.size >= mostSockets || of >= mostSocketsOfAddress
            ? '503 Service Unavailable'
            : null
    if (refusal) {
      refuse(socket, refusal)
      return
    }
    sockets.set(socket, { request, address })
    socket.once('close', () => sockets.delete(socket))
    limits
      .take('sockets', address)
      .then(() =>
        wss.handleUpgrade(request, socket, head, (opened) => wss.emit('connection', opened, request)),
      )
      .catch(() => refuse(socket, '429 Too Many Requests'))
  })
  // A subscription lasts, so that a session that ends must end it.
  const recheck = setInterval(() => {
    for (const [socket, { request }] of sockets) {
      const then = known.get(request)
      if (!then || !/^(user|token):/.test(then.caller.key)) continue
      identify(request, services, then.parameters).then(
        ({ key, claims }) => {
          if (key !== then.caller.key || claims.role !== then.caller.claims.role) socket.destroy()
        },
        (error: unknown) => {
          // A database that is away for a moment says nothing about the session.
          if (error instanceof ClaimsError) socket.destroy()
        },
      )
    }
  }, recheckEvery)
  recheck.unref()
  return {
    close() {
      clearInterval(recheck)
      for (const client of wss.clients) client.close(1001, 'The server stops.')
      wss.close()
      // Who does not answer in time has gone.
      setTimeout(() => {
        for (const socket of sockets.keys()) socket.destroy()
      }, 500).unref()
    },
  }
}

function refuse(socket: Duplex, status: string): void {
  const retry = /^(429|503)/.test(status) ? 'Retry-After: 30\r\n' : ''
  socket.end(`HTTP/1.1 ${status}\r\n${retry}Connection: close\r\nContent-Length: 0\r\n\r\n`)
}

const lowerCase = (parameters: Readonly<Record<string, unknown>> | undefined) =>
  Object.fromEntries(Object.entries(parameters ?? {}).map(([name, value]) => [name.toLowerCase(), value]))

/** As express finds it for ordinary requests: the entry that the outermost of our proxies wrote. */
function clientAddress(request: IncomingMessage, config: Config): string | undefined {
  const own = request.socket.remoteAddress
  if (config.proxies === 0) return own
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)
  return forwarded.at(-config.proxies) ?? forwarded[0] ?? own
}
