/** The HTTP server: who the caller is, whether they may now, and PostGraphile on grafserv in express. */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type NextFunction, type Request, type Response } from 'express'
import { grafserv } from 'grafserv/express/v4'
import { postgraphile } from 'postgraphile'
import type { AnsweringServices } from '../core/answering/ask.ts'
import type { Config } from '../core/config.ts'
import { claimSettings, makePool } from '../core/database/index.ts'
import { ensureVapidKeys } from '../core/notifications/push.ts'
import { serverSecret } from '../core/secrets.ts'
import { during } from '../core/watching/context.ts'
import { makeScrape } from '../core/watching/figures.ts'
import { watchProcess } from '../core/watching/metrics.ts'
import { endSpan, parentFrom, startSpan } from '../core/watching/tracing.ts'
import { authErrors, authRoutes, clearSession } from './auth.ts'
import { type ChatOptions, makeChat } from './chat.ts'
import { type Caller, callerOf, cookieNames, identify } from './identity.ts'
import { measureRequests, metricsRoute, routeOf } from './metrics.ts'
import { pages } from './pages.ts'
import { presentError } from './plugins/errors.ts'
import { version } from './plugins/system.ts'
import { Admission } from './protection/admission.ts'
import { isLoopbackName, isOurName, isSameOrigin, securityHeaders } from './protection/headers.ts'
import {
  addressKey,
  makeRateLimits,
  noRateLimits,
  RateLimitError,
  type RateLimits,
} from './protection/rate_limits.ts'
import { makePreset } from './schema.ts'
import { uploads } from './uploads.ts'
import { webFiles, webPage } from './web.ts'
import { attachWebsockets, callerOfSocket } from './websockets.ts'

export interface RunningServer {
  url: string
  close(): Promise<void>
}

export class ListenError extends Error {}

/** Milliseconds that a request may take to arrive: an upload, and every other. */
const longest = 900_000
const usual = 30_000

export async function startServer(
  config: Config,
  services: AnsweringServices,
  databaseUrl: string,
  state: { ready(): Promise<string | null> },
  options: { chat?: ChatOptions } = {},
): Promise<RunningServer> {
  checkReachable(config)
  const { log, pool } = services
  const limits =
    config.rateLimits === 'off'
      ? noRateLimits
      : makeRateLimits(config.rateLimits === 'database' ? pool : 'memory', config.rateLimitFactor)
  // Without them nobody can subscribe for pushes, which is no reason not to start.
  await ensureVapidKeys(pool).catch((error: Error) =>
    log.error({ error: error.message }, 'no keys for Web Push could be made'),
  )
  const identity = { config, pool, secret: serverSecret(config.secret, config.dataDir) }
  const admission = new Admission({
    capacity: 16,
    perCaller: 8,
    queue: 256,
    queuePerCaller: 64,
    patience: 2000,
  })
  // Answers that models write: seconds each, and next to nothing of this server. They wait in no line.
  const underWay = new Admission({ capacity: 200, perCaller: 40, queue: 0, queuePerCaller: 0, patience: 0 })
  const asksModels = services.providers.route !== null || services.providers.answer !== null

  const graphqlPool = makePool(databaseUrl, log, config.poolSize, {
    name: 'clubos graphql',
    statementTimeout: 30_000,
    idleInTransactionTimeout: 60_000,
  })
  const base = makePreset(databaseUrl, services, config, graphqlPool)
  watchProcess(version)
  const pgl = postgraphile({
    ...base,
    grafserv: {
      websockets: false,
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
        const { expressv4: http, ws } = requestContext as {
          expressv4?: { res: Response }
          ws?: { request?: IncomingMessage }
        }
        const caller = http ? callerOf(http.res) : callerOfSocket(ws?.request)
        if (!caller) throw new Error('A request reached GraphQL that nobody identified.')
        const claims = http ? caller.claims : { ...caller.claims, requestId: randomUUID() }
        return {
          claims,
          async takeAsk() {
            try {
              await takeAsk(limits, caller)
              if (http && asksModels) {
                http.res.once('close', await underWay.enter(caller.key))
                // What waits for a model must not keep others from what needs none.
                ;(http.res.locals.leave as () => void)()
              }
            } catch (error) {
              if (error instanceof RateLimitError)
                http?.res.setHeader('retry-after', String(error.retryAfter))
              throw error
            }
          },
          pgSettings: { ...claimSettings(claims), statement_timeout: '30000' },
        }
      },
    },
  })
  await pgl.getSchema()

  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', config.proxies)
  app.set('query parser', 'simple')
  app.use(measureRequests)
  app.use(inItsContext(config.proxies > 0))
  app.use(securityHeaders(config))
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' })
  })
  app.get('/readyz', async (_request, response) => {
    const problem = await state.ready().catch((error: Error) => {
      log.warn({ error: error.message }, 'not ready')
      return 'the database does not answer'
    })
    response
      .status(problem === null ? 200 : 503)
      .json(problem === null ? { status: 'ready' } : { status: 'not ready', problem })
  })
  // Before its name is looked at: Prometheus knows us by another one.
  app.get('/metrics', metricsRoute(config, makeScrape(pool)))
  app.use((request: Request, response, next) => {
    if (!isOurName(config, request.headers.host))
      response
        .status(403)
        .type('text')
        .send('This server does not answer to that name. CLUBOS_URL says by which name people reach it.\n')
    else if (!['GET', 'HEAD', 'OPTIONS'].includes(request.method) && !isSameOrigin(request.headers, config))
      response.status(403).type('text').send('Requests from other sites’ pages are not taken.\n')
    else next()
  })
  app.use((request, response, next) => {
    // A large file over a slow line takes its time; nothing else that is sent here does.
    if (request.path !== '/import') {
      const slow = setTimeout(() => {
        if (!response.headersSent) response.status(408).set('connection', 'close').end()
        else request.destroy()
      }, usual).unref()
      for (const event of ['end', 'close']) request.once(event, () => clearTimeout(slow))
    }
    next()
  })
  // Files are the same for everybody, and one page needs many: nobody is asked who they are for them.
  app.use(webFiles())
  app.use(async (request: Request, response, next) => {
    // First, since finding out who it is asks the database.
    await limits.take('address', addressKey(request.ip))
    const caller = await identify(request, identity)
    response.locals.caller = caller
    if (caller.staleSession) clearSession(config, response)
    next()
  })
  app.use('/auth', authRoutes({ config, pool, log, limits }))
  app.use(pages(pool))
  const names = cookieNames(config)
  const welcome = (caller: Caller, response: Response) => {
    if (caller.newVisitorCookie)
      response.cookie(names.visitor, caller.newVisitorCookie, {
        httpOnly: true,
        sameSite: 'lax',
        secure: config.publicUrl?.startsWith('https:') ?? false,
        path: '/',
        maxAge: 365 * 86_400_000,
      })
  }
  const chat = makeChat(
    {
      ...services,
      config,
      limits,
      admission,
      underWay,
      welcome,
      takeAsk: (caller) => takeAsk(limits, caller),
    },
    options.chat,
  )
  app.use('/chat', chat.router)
  app.use('/import', uploads({ pool, limits }))
  app.use('/graphql', async (request, response, next) => {
    const caller = callerOf(response)
    await limits.take('caller', caller.key)
    response.setHeader('cache-control', 'no-store')
    if (request.method === 'POST') welcome(caller, response)
    const leave = await admission.enter(caller.key)
    response.locals.leave = leave
    response.once('close', leave)
    if (response.destroyed) leave()
    else next()
  })
  const server = createServer({ requestTimeout: longest, headersTimeout: 10_000 }, app)
  server.keepAliveTimeout = 10_000
  server.maxConnections = 2000
  const serv = pgl.createServ(grafserv)
  await serv.addTo(app, server, false)
  const websockets = attachWebsockets(server, serv, { ...identity, limits })
  app.use(webPage())
  app.use((_request, response) => {
    response.status(404).type('text').send('Not found. GraphQL is at /graphql.\n')
  })
  const onError = authErrors({ log })
  app.use((error: Error, request: Request, response: Response, next: NextFunction) =>
    onError(error, request, response, next),
  )
  const release = async () => {
    await pgl.release()
    // pgl leaves the pools that the preset made.
    await Promise.all((base.pgServices ?? []).map((service) => service.release?.()))
    await graphqlPool.end()
  }
  await listen(server, config).catch(async (error) => {
    websockets.close()
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
      websockets.close()
      const force = setTimeout(() => server.closeAllConnections(), 10_000)
      await Promise.all([closed, chat.close()])
      clearTimeout(force)
      await release()
    },
  }
}

/** Its id, and its span where it is traced, go along with all that is done for it. */
function inItsContext(behindProxy: boolean) {
  return (request: Request & { id?: string }, response: Response, next: NextFunction) => {
    const given = request.headers['x-request-id']
    const requestId = typeof given === 'string' && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID()
    request.id = requestId
    response.setHeader('x-request-id', requestId)
    const route = routeOf(request.path)
    // What anybody may send is no parent; what our own proxy says is.
    const parent = behindProxy ? parentFrom(request.headers.traceparent) : undefined
    const span = during({ requestId, span: parent }, () =>
      startSpan(`${request.method} ${route}`, 'server', {
        'http.request.method': request.method,
        'http.route': route,
        'clubos.request_id': requestId,
      }),
    )
    response.once('close', () => {
      span?.setAttribute('http.response.status_code', response.statusCode)
      endSpan(span, response.statusCode >= 500 ? { code: String(response.statusCode) } : undefined)
    })
    during({ requestId, ...(span && { span }) }, next)
  }
}

/** A visitor is limited by cookie and by address: cookies are free, and a venue's customers share an address. */
async function takeAsk(limits: RateLimits, caller: Caller): Promise<void> {
  const { role, visitorId } = caller.claims
  if (role !== 'anonymous') return limits.take('asksOfCaller', caller.key)
  await limits.take('asksOfAddress', caller.address)
  if (visitorId && !caller.newVisitorCookie) await limits.take('asksOfVisitor', visitorId)
}

/** Beyond this machine only under a name: it is what cookies are bound to, and what other sites cannot fake. */
function checkReachable(config: Config): void {
  if (!isLoopbackName(config.host) && config.publicUrl === undefined)
    throw new ListenError(
      `HOST is ${config.host}, so that others can reach this server; set CLUBOS_URL to the address they use, such as CLUBOS_URL=https://help.club.example. Or leave HOST unset: then this machine alone can.`,
    )
  if (config.developmentHeaders && (config.production || !isLoopbackName(config.host)))
    throw new ListenError(
      'CLUBOS_DEV_HEADERS=on lets every caller choose a role: it is for development on loopback, not for NODE_ENV=production or another HOST.',
    )
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
