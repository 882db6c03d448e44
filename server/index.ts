/** The HTTP server: PostGraphile on grafserv in express, health, and who the caller is. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Request } from 'express'
import { postgraphile } from 'postgraphile'
import { grafserv } from 'postgraphile/grafserv/express/v4'
import type { AnsweringServices } from '../core/answering/ask.ts'
import type { Config } from '../core/config.ts'
import { claimSettings } from '../core/database/index.ts'
import { isLoopbackName, readClaims } from './claims.ts'
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
      explain: !config.production,
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
    // Another site's page must not reach us by a name that resolves to loopback.
    if (isLoopbackName((request.headers.host ?? '').replace(/:\d+$/, ''))) next()
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
  const server = createServer(app)
  const serv = pgl.createServ(grafserv)
  await serv.addTo(app, server)
  app.use((_request, response) => {
    response.status(404).type('text').send('Not found. GraphQL is at /graphql.\n')
  })
  await listen(server, config)
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`,
    async close() {
      // No new connections; what is under way may finish for a while.
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const force = setTimeout(() => server.closeAllConnections(), 5000)
      await closed
      clearTimeout(force)
      await pgl.release()
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
