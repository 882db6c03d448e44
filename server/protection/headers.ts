/** The headers of every response, and whom we answer at all: this site's own pages and programs, under our own name. */
import type { NextFunction, Request, Response } from 'express'
import helmet from 'helmet'
import type { Config } from '../../core/config.ts'

export const isLoopbackName = (name: string) =>
  ['localhost', '127.0.0.1', '::1', '[::1]'].includes(name.toLowerCase())

const strict = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  workerSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
}

/** GraphiQL, in development only, starts by an inline script and runs its editor in blob workers. */
const graphiql = {
  ...strict,
  scriptSrc: ["'self'", "'unsafe-inline'", "'unsafe-eval'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  workerSrc: ["'self'", 'blob:'],
  fontSrc: ["'self'", 'data:'],
  connectSrc: ["'self'", 'ws:', 'wss:'],
}

/** The strict policy, with styles of this nonce besides. */
export const contentSecurityPolicy = (nonce: string) =>
  Object.entries({ ...strict, styleSrc: ["'self'", `'nonce-${nonce}'`] })
    .map(
      ([name, values]) =>
        `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${values.join(' ')}`,
    )
    .join(';')

export function securityHeaders(config: Config) {
  const secure = config.publicUrl?.startsWith('https:') ?? false
  const make = (directives: typeof strict) =>
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives },
      strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
      referrerPolicy: { policy: 'no-referrer' },
      xFrameOptions: { action: 'deny' },
    })
  const usual = make(strict)
  const forGraphiql = make(graphiql)
  return (request: Request, response: Response, next: NextFunction) => {
    response.setHeader(
      'permissions-policy',
      'camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()',
    )
    if (!config.production && request.path === '/graphiql') forGraphiql(request, response, next)
    else usual(request, response, next)
  }
}

/**
 * Another site's page must not reach us by a name of its own that resolves to our address (DNS rebinding): the Host
 * header must be our public name, or loopback.
 */
export function isOurName(config: Config, host: string | undefined): boolean {
  if (host === undefined) return false
  if (config.publicUrl !== undefined && host.toLowerCase() === new URL(config.publicUrl).host) return true
  return isLoopbackName(host.replace(/:\d+$/, ''))
}

/**
 * Whether a request that changes something, or a WebSocket, comes from our own pages or from no browser at all. By
 * Sec-Fetch-Site, which browsers set and pages cannot; by Origin where a browser is older. (The algorithm is that of
 * Go's net/http CrossOriginProtection.)
 */
export function isSameOrigin(
  headers: { host?: string; origin?: string; 'sec-fetch-site'?: string | string[] },
  config: Config,
): boolean {
  const site = headers['sec-fetch-site']
  const { origin } = headers
  if (site === 'same-origin' || site === 'none') return true
  if (origin === undefined) return site === undefined
  if (!URL.canParse(origin)) return false
  if (config.publicUrl !== undefined && new URL(origin).origin === new URL(config.publicUrl).origin)
    return true
  return site === undefined && new URL(origin).host === headers.host
}
