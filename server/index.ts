/** The HTTP server: PostGraphile on grafserv in express, health, and who the caller is. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import express, { type Request } from 'express'
import { postgraphile } from 'postgraphile'
import { grafserv } from 'postgraphile/grafserv/express/v4'
import type { AnsweringServices } from '../core/answering/ask.ts'
import type { Config } from '../core/config.ts'
import { claimSettings } from '../core/database/index.ts'
import { ClaimsError, isFromHere, isLoopbackName, readClaims } from './claims.ts'
import { presentError } from './plugins/errors.ts'
import { makePreset } from './schema.ts'

export interface RunningServer {
  url: string
  close(): Promise<void>
}

export class ListenError extends Error {}

export async function startServer(
  config: Config,
  services: AnsweringServices,
  databaseUrl: string,
  state: { ready(): Promise<string | null> },
): Promise<RunningServer> {
  if (!isLoopbackName(config.host))
    throw new ListenError(
      `HOST is ${config.host}: until people log in, ClubOS listens on loopback only (127.0.0.1, ::1 or localhost). Put a reverse proxy with authentication in front, or leave HOST unset.`,
    )
  const { log } = services
  const base = makePreset(databaseUrl, services)
  const pgl = postgraphile({
    ...base,
    grafserv: {
      websockets: true,
      graphqlPath: '/graphql',
      graphiql: !config.production,
      graphiqlPath: '/graphiql',
      maxRequestLength: 1_000_000,
      maskError: (error) =>
        presentError(error, (id, original) =>
          log.error({ id, error: original.message, stack: original.stack }, 'request failed'),
        ),
    },
    grafast: {
      // The plan is not for whoever asks, and it comes with every response.
      explain: false,
      context(requestContext) {
        const http = (requestContext as { expressv4?: { req?: Request } }).expressv4?.req
        const socket = (
          requestContext as {
            ws?: { request?: Request; normalizedConnectionParams?: Record<string, unknown> }
          }
        ).ws
        const claims = readClaims(http ?? socket?.request, socket?.normalizedConnectionParams)
        return { claims, pgSettings: { ...claimSettings(claims), statement_timeout: '30000' } }
      },
    },
  })
  await pgl.getSchema()

  const app = express()
  app.disable('x-powered-by')
  app.use((request, response, next) => {
    if (isFromHere(request)) next()
    else response.status(403).type('text').send('This server answers to localhost only.\n')
  })
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' })
  })
  app.get('/readyz', async (_request, response) => {
    const problem = await state.ready().catch((error: Error) => error.message)
    response
      .status(problem === null ? 200 : 503)
      .json(problem === null ? { status: 'ready' } : { status: 'not ready', problem })
  })
  app.get('/', (_request, response) => {
    if (config.production) response.type('text').send('ClubOS. GraphQL is at /graphql.\n')
    else response.redirect('/graphiql')
  })
  app.use('/graphql', (request, response, next) => {
    try {
      readClaims(request)
      next()
    } catch (error) {
      if (!(error instanceof ClaimsError)) throw error
      response.status(401).json({ errors: [{ message: error.message, extensions: error.extensions }] })
    }
  })
  const server = createServer(app)
  const serv = pgl.createServ(grafserv)
  await serv.addTo(app, server)
  // Upgrades pass express by; and server.close waits for what was upgraded, while closeAllConnections forgets it.
  const sockets = new Set<Duplex>()
  const upgrades = server.listeners('upgrade') as ((
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ) => void)[]
  server.removeAllListeners('upgrade')
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!isFromHere(request)) {
      socket.on('error', () => {})
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    for (const upgrade of upgrades) upgrade.call(server, request, socket, head)
  })
  app.use((_request, response) => {
    response.status(404).type('text').send('Not found. GraphQL is at /graphql.\n')
  })
  const release = async () => {
    await pgl.release()
    // pgl leaves the pools that the preset made.
    await Promise.all((base.pgServices ?? []).map((service) => service.release?.()))
  }
  await listen(server, config).catch(async (error) => {
    await release()
    throw error
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    async close() {
      // No new connections; what is under way may finish for a while.
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      for (const socket of sockets) socket.destroy()
      const force = setTimeout(() => server.closeAllConnections(), 5000)
      await closed
      clearTimeout(force)
      await release()
    },
  }
}

function listen(server: Server, config: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new ListenError(
              `Port ${config.port} is in use. Stop what listens there, or choose another: PORT=5679 npm start`,
            )
          : error,
      )
    })
    server.listen(config.port, config.host, resolve)
  })
}
