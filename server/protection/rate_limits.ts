/**
 * How often one caller may do what, behind one interface: counted in memory, or in the database where several servers
 * share their limits. If the database fails, memory counts on.
 */
import { createHash } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import type pg from 'pg'
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterRes } from 'rate-limiter-flexible'

/** [times, seconds] */
const limits = {
  /** Everything that comes from one address. */
  address: [1200, 60],
  /** Requests of one person or token. */
  caller: [1200, 60],
  /** Questions of one visitor, of one address, of staff or a token. */
  asksOfVisitor: [20, 60],
  asksOfAddress: [120, 60],
  asksOfCaller: [600, 60],
  /** Wrong passwords: for one account from one address, for one account, from one address. */
  loginPair: [5, 900],
  loginAccount: [30, 3600],
  loginAddress: [30, 900],
  /** Password mails and one-time links, by address. */
  links: [20, 900],
  /** Connections over WebSocket, by address. */
  sockets: [60, 60],
} as const satisfies Record<string, readonly [number, number]>

export type Limit = keyof typeof limits

export class RateLimitError extends Error {
  readonly extensions: { code: string; hint: string; retryAfter: number }
  /** Seconds. */
  readonly retryAfter: number
  constructor(milliseconds: number) {
    const retryAfter = Math.max(1, Math.ceil(milliseconds / 1000))
    super(`Too many at once. Try again in ${retryAfter} seconds.`)
    this.retryAfter = retryAfter
    this.extensions = { code: 'CO429', hint: 'Wait, and send less often.', retryAfter }
  }
}

export interface RateLimits {
  /** Counts one; throws RateLimitError if that is too many. */
  take(limit: Limit, key: string): Promise<void>
  /** Throws RateLimitError if there were too many; counts nothing. */
  check(limit: Limit, key: string): Promise<void>
  forget(limit: Limit, key: string): Promise<void>
}

export const noRateLimits: RateLimits = {
  take: async () => {},
  check: async () => {},
  forget: async () => {},
}

/** factor: scales how many, for clubs larger or smaller than most. */
export function makeRateLimits(store: 'memory' | pg.Pool, factor = 1): RateLimits {
  const limiters = Object.fromEntries(
    Object.entries(limits).map(([name, [times, duration]]) => {
      const options = { keyPrefix: name, points: Math.max(1, Math.round(times * factor)), duration }
      const memory = new RateLimiterMemory(options)
      const limiter =
        store === 'memory'
          ? memory
          : new RateLimiterPostgres({
              ...options,
              storeClient: store,
              storeType: 'pool',
              schemaName: 'app_secret',
              tableName: 'rate_limits',
              tableCreated: true,
              insuranceLimiter: memory,
            })
      return [name, limiter]
    }),
  ) as Record<Limit, RateLimiterMemory | RateLimiterPostgres>
  // Keys may be e-mail addresses or network addresses: neither is stored.
  const hashed = (key: string) => createHash('sha256').update(key).digest('base64url').slice(0, 32)
  return {
    async take(limit, key) {
      await limiters[limit].consume(hashed(key)).catch((refused: RateLimiterRes | Error) => {
        if (refused instanceof Error) throw refused
        throw new RateLimitError(refused.msBeforeNext)
      })
    },
    async check(limit, key) {
      const limiter = limiters[limit]
      const state = await limiter.get(hashed(key))
      if (state !== null && state.consumedPoints >= limiter.points)
        throw new RateLimitError(state.msBeforeNext)
    },
    async forget(limit, key) {
      await limiters[limit].delete(hashed(key))
    },
  }
}

/** One household has a /64 of IPv6: it counts as one address. */
export function addressKey(address: string | undefined): string {
  if (address === undefined || !ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  return parsed.kind() === 'ipv6'
    ? parsed.toNormalizedString().split(':').slice(0, 4).join(':')
    : parsed.toString()
}
