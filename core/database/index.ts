/**
 * One way to a database, whichever it is: DATABASE_URL, or the embedded one in a folder. Everything beyond this
 * file speaks to it with `pg`.
 */
import pg from 'pg'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import { currentWork } from '../watching/context.ts'
import { watchPool } from '../watching/metrics.ts'
import { traceparent, traceQueries } from '../watching/tracing.ts'
import { findRunning, openEmbedded } from './embedded/index.ts'

export interface Database {
  url: string
  kind: 'embedded' | 'server'
  /** Settles when the embedded database stops without being asked to. */
  stopped: Promise<Error | null>
  close(): Promise<void>
}

/** join: use the embedded database of a process that runs already (the CLI beside `npm start`), instead of refusing. */
export async function openDatabase(
  config: Config,
  log: Log,
  options: { join?: boolean } = {},
): Promise<Database> {
  const never = new Promise<null>(() => {})
  if (config.databaseUrl)
    return { url: config.databaseUrl, kind: 'server', stopped: never, close: async () => {} }
  if (options.join) {
    const running = await findRunning(config.dataDir)
    if (running) return { url: running.url, kind: 'embedded', stopped: never, close: async () => {} }
  }
  const embedded = await openEmbedded({
    dataDir: config.dataDir,
    log: (level, message, details) => log[level](details ?? {}, message),
  })
  return { url: embedded.url, kind: 'embedded', stopped: embedded.stopped, close: () => embedded.close() }
}

export interface PoolOptions {
  /** Stands in pg_stat_activity. */
  name?: string
  /** How long a request waits for a connection, in ms (10,000). */
  connectTimeout?: number
  /** The server stops a statement after so many ms (57014); the embedded database cannot. */
  statementTimeout?: number
  /** The server ends a transaction that waits so many ms for us. */
  idleInTransactionTimeout?: number
}

/**
 * What every pool has: a request that gets no connection is told so instead of hanging, and so is one whose
 * connection fell silent (a firewall that forgot it, a host that is gone), which no statement_timeout ends.
 */
export function poolConfig(options: PoolOptions = {}): pg.PoolConfig {
  const { statementTimeout, idleInTransactionTimeout } = options
  return {
    connectionTimeoutMillis: options.connectTimeout ?? 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: options.name ?? 'clubos',
    ...(statementTimeout && { statement_timeout: statementTimeout, query_timeout: statementTimeout + 5000 }),
    ...(idleInTransactionTimeout && { idle_in_transaction_session_timeout: idleInTransactionTimeout }),
  }
}

/**
 * Connections of a pool that stay open however long nobody asks: a new one compiles and plans each function anew, so that
 * the first question after a silence would take three times as long.
 */
export const kept = 2

export function makePool(url: string, log: Log, max = 10, options: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    min: Math.min(kept, max),
    ...poolConfig(options),
  })
  watchPool(pool, options.name ?? 'clubos')
  // One that breaks while somebody has it fails its query as well.
  pool.on('connect', (client) => {
    traceQueries(client)
    client.on('error', (error) => log.debug({ error: error.message }, 'database connection lost'))
  })
  // A connection that breaks while idle is replaced; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ error: error.message }, 'idle database connection lost'))
  return pool
}

// What the driver says without a code when a connection is lost or not to be had.
const lostMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end|Client was closed)/

/**
 * Whether the database was out of reach: `refused` if nothing can have been done, `lost` if the connection broke
 * on the way, so that a commit may or may not have been made; null for every other error.
 */
export function connectionProblem(error: unknown): 'refused' | 'lost' | null {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string }
  // 53300 too many connections, 57P03 starting up or shutting down, 08001/4 rejected, 28… is a setting, not a fault.
  if (
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|53300|53400|57P03|08001|08004)$/.test(code)
  )
    return 'refused'
  if (/^(timeout exceeded when trying to connect|timeout expired|Cannot use a pool)/.test(message))
    return 'refused'
  // 25P03, 25P04: the server or the gateway ended a transaction that took too long.
  if (
    /^(ECONNRESET|ETIMEDOUT|EPIPE|57P01|57P02|57P05|25P03|25P04|08.{3})$/.test(code) ||
    lostMessages.test(message)
  )
    return 'lost'
  return null
}

export interface Claims {
  role: 'anonymous' | 'customer' | 'agent' | 'reviewer' | 'admin' | 'auditor' | 'worker'
  actor?: string
  visitorId?: string
  requestId?: string
}

/**
 * The settings that tell the database who acts: for PostGraphile's pgSettings and for withClaims alike. The request's id
 * is the application's name meanwhile, which pg_stat_activity and the server's log show; as a comment in each statement
 * it would make each a new one, to be planned anew (docs/watching.md has what that costs).
 */
export function claimSettings(claims: Claims): Record<string, string> {
  const requestId = claims.requestId ?? currentWork()?.requestId
  const parent = traceparent()
  return {
    ...(requestId && { application_name: `clubos ${requestId}` }),
    ...(parent && { 'clubos.traceparent': parent }),
    role: claims.role,
    'clubos.actor': claims.actor ?? '',
    'clubos.visitor_id': claims.visitorId ?? '',
    'clubos.request_id': requestId ?? '',
    'clubos.reason': '',
  }
}

/** Runs `work` in one transaction, as somebody. */
export async function withClaims<T>(
  pool: pg.Pool,
  claims: Claims,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const settings = Object.entries(claimSettings(claims))
    await client.query(
      `select ${settings.map((_, i) => `set_config($${2 * i + 1}, $${2 * i + 2}, true)`).join(', ')}`,
      settings.flat(),
    )
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    // On a connection that fell silent a rollback would wait for its answer too.
    if (connectionProblem(error)) broken = error as Error
    else
      await client.query('rollback').catch((failed: Error) => {
        broken = failed
      })
    throw error
  } finally {
    client.release(broken)
  }
}

/** Of the schema's vectors; shorter ones are padded with zeros (cosine and inner product stay the same). */
const dimensions = 1536

/** pgvector's binary form, as a parameter `$1::vector`: half the bytes of its text form, and no number to be read. */
export function toBinaryVector(values: ArrayLike<number>): Buffer {
  const bytes = Buffer.alloc(4 + 4 * dimensions)
  bytes.writeInt16BE(dimensions)
  for (let i = 0; i < values.length; i++) bytes.writeFloatBE(values[i]!, 4 + 4 * i)
  return bytes
}

/** pgvector's text form, for arrays. */
export function toVector(values: ArrayLike<number>): string {
  const padded = new Array<number>(dimensions).fill(0)
  for (let i = 0; i < values.length; i++) padded[i] = values[i]!
  return `[${padded.join(',')}]`
}
