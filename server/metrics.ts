/** Metrics for Prometheus, and who may read them: whoever has METRICS_TOKEN; without one this machine, as long as it is the only one that is let in. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { NextFunction, Request, Response } from 'express'
import ipaddr from 'ipaddr.js'
import type { Config } from '../core/config.ts'
import { httpDuration, registry } from '../core/watching/metrics.ts'

type Who = Pick<Config, 'metricsToken' | 'publicUrl' | 'proxies'>

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Null where they may; else why not. */
export function mayRead(request: IncomingMessage, config: Who): string | null {
  const { metricsToken } = config
  if (metricsToken !== undefined) {
    const given = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    return given !== undefined && timingSafeEqual(digest(given), digest(metricsToken))
      ? null
      : 'Metrics need the header: authorization: Bearer METRICS_TOKEN'
  }
  // A proxy on this machine comes from loopback too, whomever it brings.
  const direct =
    config.publicUrl === undefined &&
    config.proxies === 0 &&
    !('x-forwarded-for' in request.headers) &&
    !('forwarded' in request.headers) &&
    !('via' in request.headers)
  const address = request.socket.remoteAddress
  if (direct && address !== undefined && ipaddr.process(address).range() === 'loopback') return null
  return 'Metrics are read with a token: set METRICS_TOKEN to one of 16 characters or more.'
}

export function metricsRoute(config: Who, scrape: () => Promise<string>) {
  return async (request: IncomingMessage, response: Response) => {
    const refused = mayRead(request, config)
    if (refused) response.status(403).type('text').send(`${refused}\n`)
    else
      response
        .set('cache-control', 'no-store')
        .type(registry.contentType)
        .send(await scrape())
  }
}

/** A few names for all addresses there are: what a label must not have is a value for each caller. */
export function routeOf(path: string): string {
  const [, first = ''] = path.split('/')
  if (['graphql', 'graphiql', 'healthz', 'readyz', 'metrics', 'auth', 'assets'].includes(first))
    return `/${first}`
  if (first === 'chat') return path === '/chat' || path === '/chat/draft' ? path : '/chat/:id'
  return 'page'
}

const methods = new Set(['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'])

export function measureRequests(request: Request, response: Response, next: NextFunction): void {
  const began = performance.now()
  // Express changes it on the way.
  const route = routeOf(request.path)
  const method = methods.has(request.method) ? request.method : 'other'
  response.once('close', () =>
    httpDuration.observe(
      // A caller who went away before the answer began.
      { method, route, status: response.headersSent ? response.statusCode : 499 },
      (performance.now() - began) / 1000,
    ),
  )
  next()
}
