/**
 * Login, logout, and passwords by one-time link: /auth/… for programs (JSON) and for the forms of pages.ts alike. What
 * a password is worth is decided here; all else (sessions, links, who is active) by functions of app_secret.
 */
import express, { type Request, type Response, type Router } from 'express'
import type pg from 'pg'
import { z } from 'zod'
import type { Config } from '../core/config.ts'
import { connectionProblem } from '../core/database/index.ts'
import type { Log } from '../core/log.ts'
import { checkPassword, hashPassword, PasswordError, verifyPassword } from '../core/passwords.ts'
import { type Caller, ClaimsError, callerOf, cookieNames } from './identity.ts'
import { messagePage, refusalPage } from './pages.ts'
import { RateLimitError, type RateLimits } from './protection/rate_limits.ts'

export interface AuthServices {
  config: Config
  pool: pg.Pool
  log: Log
  limits: RateLimits
}

const email = z.string().trim().toLowerCase().min(3).max(254)
const password = z.string().min(1).max(1000)
const Login = z.object({ email, password, next: z.string().optional() })
const Reset = z.object({ email })
const Choose = z.object({
  token: z.string().min(10).max(200),
  password,
  email: email.optional(),
  name: z.string().trim().max(200).optional(),
})
const Change = z.object({ current: password, password })

export function authRoutes(services: AuthServices): Router {
  const { pool, limits, log, config } = services
  const router = express.Router()
  router.use((_request, response, next) => {
    response.setHeader('cache-control', 'no-store')
    next()
  })
  router.use(express.json({ limit: '10kb' }), express.urlencoded({ extended: false, limit: '10kb' }))

  router.get('/me', (_request, response) => {
    const { claims, session } = callerOf(response)
    response.setHeader('cache-control', 'no-store')
    response.json({
      role: claims.role,
      user: session ? { id: session.userId, email: session.email, name: session.name } : null,
      session: session?.id ?? null,
      development: !config.production,
    })
  })

  router.post('/login', async (request, response) => {
    const caller = callerOf(response)
    const given = Login.parse(request.body)
    const pair = `${given.email} ${caller.address}`
    await limits.check('loginPair', pair)
    await limits.check('loginAccount', given.email)
    await limits.take('loginAddress', caller.address)
    const { rows } = await pool.query<{ user_id: number; hash: string }>(
      'select user_id, hash from app_secret.find_login($1)',
      [given.email],
    )
    if (!(await verifyPassword(given.password, rows[0]?.hash ?? null))) {
      await limits.take('loginPair', pair)
      await limits.take('loginAccount', given.email)
      log.warn({ address: caller.address, request: caller.claims.requestId }, 'login refused')
      throw new ClaimsError('E-mail address or password is wrong.')
    }
    await limits.forget('loginPair', pair)
    await openSession(services, request, response, rows[0]!.user_id)
    reply(request, response, { status: 'logged in' }, localPath(given.next))
  })

  router.post('/logout', async (request, response) => {
    const { session } = callerOf(response)
    if (session)
      await inTransaction(pool, session.email, callerOf(response), (client) =>
        client.query('select app_secret.close_session($1)', [session.token]),
      )
    clearSession(config, response)
    reply(request, response, { status: 'logged out' }, '/login')
  })

  router.post('/reset', async (request, response) => {
    const given = Reset.parse(request.body)
    await limits.take('links', callerOf(response).address)
    await pool.query('select app_private.request_password_reset($1)', [given.email])
    const status = 'If that is the address of a member of staff, a mail with a link is on its way.'
    reply(request, response.status(202), { status })
  })

  router.post('/password', async (request, response) => {
    const caller = callerOf(response)
    if ((request.body as { token?: unknown } | undefined)?.token === undefined) {
      await changePassword(services, request, response)
      return
    }
    const given = Choose.parse(request.body)
    await limits.take('links', caller.address)
    const found = await pool.query<{ purpose: string; email: string | null }>(
      'select purpose, email from app_secret.find_link($1)',
      [given.token],
    )
    // Before the costly hash; redeem_link decides.
    const link = found.rows[0]
    if (link?.purpose === 'first_admin' && !z.email().safeParse(given.email).success)
      throw new PasswordError('Say your e-mail address too: it is what you will log in with.')
    if (link) checkPassword(given.password, link.email ?? given.email)
    const hash = link ? await hashPassword(given.password) : ''
    const userId = await inTransaction(pool, '', caller, async (client) => {
      const { rows } = await client.query<{ id: number }>(
        'select app_secret.redeem_link($1, $2, $3, $4) as id',
        [given.token, hash, given.email ?? null, given.name ?? null],
      )
      return rows[0]!.id
    })
    await openSession(services, request, response, userId)
    reply(request, response, { status: 'password set' }, '/')
  })

  router.use((_request, response) => {
    response.status(404).json(asErrors('There is nothing here.', 'CO404'))
  })
  router.use(authErrors(services))
  return router
}

async function changePassword(services: AuthServices, request: Request, response: Response): Promise<void> {
  const { pool, limits } = services
  const caller = callerOf(response)
  if (!caller.session) throw new ClaimsError('Log in first, or use the link from your mail.')
  const { email: address, userId, id } = caller.session
  const given = Change.parse(request.body)
  await limits.check('loginPair', `${address} ${caller.address}`)
  const { rows } = await pool.query<{ hash: string }>('select hash from app_secret.find_login($1)', [address])
  if (!(await verifyPassword(given.current, rows[0]?.hash ?? null))) {
    await limits.take('loginPair', `${address} ${caller.address}`)
    throw new ClaimsError('The current password is wrong.')
  }
  checkPassword(given.password, address)
  const hash = await hashPassword(given.password)
  await inTransaction(pool, address, caller, (client) =>
    client.query('select app_secret.set_password($1, $2, $3)', [userId, hash, id]),
  )
  reply(request, response, { status: 'password changed; your other sessions have ended' }, '/')
}

async function openSession(services: AuthServices, request: Request, response: Response, userId: number) {
  const { config, pool } = services
  const caller = callerOf(response)
  const token = await inTransaction(pool, '', caller, async (client) => {
    const { rows } = await client.query<{ token: string }>(
      'select app_secret.open_session($1, $2, $3, $4) as token',
      [userId, caller.address, request.headers['user-agent'] ?? null, caller.session?.token ?? null],
    )
    return rows[0]!.token
  })
  response.cookie(cookieNames(config).session, token, {
    httpOnly: true,
    sameSite: 'lax',
    secure: config.publicUrl?.startsWith('https:') ?? false,
    path: '/',
    maxAge: 30 * 86_400_000,
  })
}

export function clearSession(config: Config, response: Response): void {
  response.clearCookie(cookieNames(config).session, {
    httpOnly: true,
    sameSite: 'lax',
    secure: config.publicUrl?.startsWith('https:') ?? false,
    path: '/',
  })
}

/** As the server itself, with the actor and the request in the audit log. */
async function inTransaction<T>(
  pool: pg.Pool,
  actor: string,
  caller: Caller,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(
      `select set_config('clubos.actor', $1, true), set_config('clubos.request_id', $2, true)`,
      [actor, caller.claims.requestId ?? ''],
    )
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}

/** Only a path of ours: a login page that leads elsewhere is a gift to phishers. */
const localPath = (next: string | undefined) =>
  next !== undefined && /^\/(?![/\\])[^\\\s]*$/.test(next) ? next : '/'

const wantsPage = (request: Request) =>
  request.is('urlencoded') !== false && request.accepts(['json', 'html']) === 'html'

function reply(request: Request, response: Response, body: { status: string }, to?: string): void {
  if (!wantsPage(request)) response.json(body)
  else if (to !== undefined) response.redirect(303, to)
  else response.type('html').send(messagePage('Look into your mail', body.status))
}

export const asErrors = (message: string, code: string, more: object = {}) => ({
  errors: [{ message, extensions: { code, ...more } }],
})

interface KnownError extends Error {
  code?: string
  hint?: string
  status?: number
  statusCode?: number
  retryAfter?: number
  extensions?: { code: string }
}

/** The last handler of express: what a person can act on is said, all else is logged and said to have gone wrong. */
export function authErrors({ log }: { log: Log }) {
  return (error: KnownError, request: Request, response: Response, _next: () => void) => {
    const known = present(error)
    if (known.status >= 500 && known.code === 'CO500')
      log.error(
        { request: (request as { id?: string }).id, error: error.message, stack: error.stack },
        'request failed',
      )
    if (response.headersSent) {
      response.destroy()
      return
    }
    if (error.retryAfter !== undefined) response.setHeader('retry-after', String(error.retryAfter))
    response.status(known.status)
    if (wantsPage(request)) response.type('html').send(refusalPage(known.message))
    else
      response.json(
        asErrors(known.message, known.code, {
          ...(known.hint && { hint: known.hint }),
          ...(error.retryAfter && { retryAfter: error.retryAfter }),
        }),
      )
  }
}

function present(error: KnownError): { status: number; code: string; message: string; hint?: string } {
  if (error instanceof ClaimsError) return { status: 401, code: 'CO401', message: error.message }
  if (error instanceof RateLimitError) return { status: 429, code: 'CO429', message: error.message }
  if (error instanceof PasswordError) return { status: 400, code: 'CO005', message: error.message }
  if (error instanceof z.ZodError)
    return {
      status: 400,
      code: 'CO005',
      message: error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; '),
    }
  if (error.extensions?.code === 'CO503')
    return { status: 503, code: 'CO503', message: error.message, hint: 'Try again in a moment.' }
  if (error.code?.startsWith('CO'))
    return {
      status: error.code === 'CO410' ? 410 : error.code === 'CO404' ? 404 : 400,
      code: error.code,
      message: error.message,
      hint: error.hint,
    }
  if (error.code === '22021')
    return {
      status: 400,
      code: 'CO005',
      message: 'The text holds a character that cannot be stored, such as NUL.',
    }
  const status = error.status ?? error.statusCode
  if (status === 413) return { status, code: 'CO006', message: 'That is more than can be taken here.' }
  if (status !== undefined && status >= 400 && status < 500)
    return { status, code: 'CO005', message: 'The request could not be read. Is it whole, and valid JSON?' }
  if (connectionProblem(error))
    return {
      status: 503,
      code: 'CO503',
      message: 'The database does not answer just now.',
      hint: 'Try again in a moment.',
    }
  return { status: 500, code: 'CO500', message: 'Something went wrong on our side.' }
}
