/**
 * Who the caller is. Until people log in, a development header chooses the role; it is believed only from a
 * loopback address that no proxy stands before.
 */
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import type { Claims } from '../core/database/index.ts'

export const isLoopbackName = (name: string) =>
  ['localhost', '127.0.0.1', '::1', '[::1]'].includes(name.toLowerCase())

const isLoopbackAddress = (address: string | undefined) =>
  address !== undefined &&
  (address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.'))

/** Another site's page must not reach us: neither by a name that resolves to loopback, nor by a socket, which browsers open to anybody. */
export function isFromHere(request: IncomingMessage): boolean {
  const { host = '', origin } = request.headers
  if (!isLoopbackName(host.replace(/:\d+$/, ''))) return false
  return origin === undefined || (URL.canParse(origin) && isLoopbackName(new URL(origin).hostname))
}

const Header = z.object({
  role: z.enum(['anonymous', 'customer', 'agent', 'reviewer', 'admin', 'auditor']).default('anonymous'),
  actor: z.string().trim().min(1).max(100).optional(),
  visitor: z.uuid().optional(),
})

export class ClaimsError extends Error {
  readonly extensions = { code: 'CO401' }
}

export function readClaims(
  request: IncomingMessage | undefined,
  connectionParams: Record<string, unknown> = {},
): Claims {
  const header = (name: string) => {
    const value = request?.headers[name] ?? connectionParams[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const given = {
    role: header('x-clubos-role'),
    actor: header('x-clubos-actor'),
    visitor: header('x-clubos-visitor'),
  }
  if (given.role === undefined && given.actor === undefined && given.visitor === undefined)
    return { role: 'anonymous' }
  if (
    !isLoopbackAddress(request?.socket.remoteAddress) ||
    request?.headers['x-forwarded-for'] !== undefined ||
    request?.headers.forwarded !== undefined
  )
    throw new ClaimsError('The x-clubos-… headers are for development on this machine only.')
  const parsed = Header.safeParse(given)
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
