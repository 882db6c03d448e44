/**
 * Who the caller is: a member of staff by session cookie, a program by API token, a customer by the signed cookie of an
 * anonymous visitor. For development, headers may say it, if CLUBOS_DEV_HEADERS allows.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { parseCookie } from 'cookie'
import type pg from 'pg'
import { z } from 'zod'
import type { Config } from '../core/config.ts'
import type { Claims } from '../core/database/index.ts'
import { sign, unsign } from '../core/secrets.ts'
import { addressKey } from './protection/rate_limits.ts'

export class ClaimsError extends Error {
  readonly extensions = { code: 'CO401' }
}

export interface Caller {
  claims: Claims
  /** Whom limits count: a person or a token; customers by their address, since cookies are free. */
  key: string
  address: string
  session?: { id: string; token: string; userId: number; email: string; name: string }
  /** To be set for a visitor who has none yet. */
  newVisitorCookie?: string
  /** The browser holds a session cookie that is worth nothing any more. */
  staleSession?: boolean
}

/** What `identify` found out about a request, kept with its response. */
export const callerOf = (response: { locals: Record<string, unknown> }): Caller =>
  response.locals.caller as Caller

export interface IdentityServices {
  config: Config
  pool: pg.Pool
  /** Signs visitors' cookies. */
  secret: string
}

export const cookieNames = (config: Config) => {
  // The prefix binds a cookie to this very host; browsers take it over https only.
  const prefix = config.publicUrl?.startsWith('https:') ? '__Host-' : ''
  return { session: `${prefix}clubos_session`, visitor: `${prefix}clubos_visitor` }
}

const Role = z.enum(['anonymous', 'customer', 'agent', 'reviewer', 'admin', 'auditor'])
const Development = z.object({
  role: Role.default('anonymous'),
  actor: z.string().trim().min(1).max(100).optional(),
  visitor: z.uuid().optional(),
})

const isLoopbackAddress = (address: string | undefined) =>
  address !== undefined &&
  (address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.'))

type IdentifiedRequest = IncomingMessage & { ip?: string; id?: string }

/** parameters: of a WebSocket, where browsers cannot set headers. */
export async function identify(
  request: IdentifiedRequest,
  services: IdentityServices,
  parameters: Record<string, unknown> = {},
): Promise<Caller> {
  const address = addressKey(request.ip ?? request.socket.remoteAddress)
  const requestId = request.id ?? randomUUID()
  const header = (name: string) => {
    const value = request.headers[name] ?? parameters[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const visitor = header('x-clubos-visitor')

  const authorization = header('authorization')
  if (authorization !== undefined) {
    const { claims, key } = await byToken(authorization, visitor, services)
    return { claims: { ...claims, requestId }, key, address }
  }
  const role = header('x-clubos-role')
  const actor = header('x-clubos-actor')
  if (role !== undefined || actor !== undefined || visitor !== undefined) {
    const claims = byDevelopmentHeaders(request, services.config, { role, actor, visitor })
    return { claims: { ...claims, requestId }, key: actor ?? visitor ?? address, address }
  }

  const cookies = parseCookie(request.headers.cookie ?? '')
  const names = cookieNames(services.config)
  const token = cookies[names.session]
  if (token) {
    const session = await bySession(token, services.pool)
    if (session) {
      const claims: Claims = { role: session.role, actor: session.email, requestId }
      return {
        claims,
        key: `user:${session.userId}`,
        address,
        session: {
          id: session.id,
          token,
          userId: session.userId,
          email: session.email,
          name: session.name,
        },
      }
    }
  }
  const signed = cookies[names.visitor]
  const known = signed ? z.uuid().safeParse(unsign(signed, services.secret)).data : undefined
  const visitorId = known ?? randomUUID()
  return {
    claims: { role: 'anonymous', visitorId, requestId },
    key: address,
    address,
    newVisitorCookie: known ? undefined : sign(visitorId, services.secret),
    staleSession: token !== undefined,
  }
}

async function bySession(token: string, pool: pg.Pool) {
  const { rows } = await pool.query(
    'select session_id, user_id, email, name, role from app_secret.identify_session($1)',
    [token.slice(0, 200)],
  )
  const row = rows[0] as
    | { session_id: string; user_id: number; email: string; name: string; role: Claims['role'] }
    | undefined
  return row && { id: row.session_id, userId: row.user_id, email: row.email, name: row.name, role: row.role }
}

async function byToken(authorization: string, visitor: string | undefined, { pool }: IdentityServices) {
  const token = /^Bearer\s+(\S{10,200})$/i.exec(authorization)?.[1]
  const { rows } = token
    ? await pool.query('select api_token_id, email, name, role from app_secret.identify_api_token($1)', [
        token,
      ])
    : { rows: [] }
  const row = rows[0] as
    | { api_token_id: number; email: string; name: string; role: Claims['role'] }
    | undefined
  if (!row)
    throw new ClaimsError(
      'This API token is not valid: unknown, revoked or expired, or its owner’s role changed. Send it as “authorization: Bearer …”.',
    )
  const key = `token:${row.api_token_id}`
  if (row.role !== 'customer')
    return { key, claims: { role: row.role, actor: `${row.email} (${row.name})`.slice(0, 100) } }
  // A program that speaks for visitors says for which.
  const parsed = z.uuid().optional().safeParse(visitor)
  if (!parsed.success) throw new ClaimsError('x-clubos-visitor must be a UUID.')
  return { key, claims: { role: row.role, visitorId: parsed.data } }
}

function byDevelopmentHeaders(
  request: IdentifiedRequest,
  config: Config,
  given: { role?: string; actor?: string; visitor?: string },
): Claims {
  if (!config.developmentHeaders)
    throw new ClaimsError(
      'The x-clubos-… headers are for development (CLUBOS_DEV_HEADERS=on). Log in, or send an API token: clubos create-token --help.',
    )
  if (
    !isLoopbackAddress(request.socket.remoteAddress) ||
    request.headers['x-forwarded-for'] !== undefined ||
    request.headers.forwarded !== undefined
  )
    throw new ClaimsError('The x-clubos-… headers are for development on this machine only.')
  const parsed = Development.safeParse(given)
  if (!parsed.success)
    throw new ClaimsError(
      parsed.error.issues.map((issue) => `x-clubos-${String(issue.path[0])}: ${issue.message}`).join('; '),
    )
  const { role, actor, visitor } = parsed.data
  const staff = role !== 'anonymous' && role !== 'customer'
  return {
    role,
    actor: staff ? (actor ?? `${role} (development)`) : undefined,
    visitorId: staff ? undefined : visitor,
  }
}
