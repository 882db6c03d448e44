/**
 * One way to a database, whichever it is: DATABASE_URL, or the embedded one in a folder. Everything beyond this
 * file speaks to it with `pg`.
 */
import pg from 'pg'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
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

export function makePool(url: string, log: Log, max = 10): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 15_000,
    idleTimeoutMillis: 30_000,
    application_name: 'clubos',
  })
  // One that breaks while somebody has it fails its query as well.
  pool.on('connect', (client) => {
    client.on('error', (error) => log.debug({ error: error.message }, 'database connection lost'))
  })
  // A connection that breaks while idle is replaced; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ error: error.message }, 'idle database connection lost'))
  return pool
}

export interface Claims {
  role: 'anonymous' | 'customer' | 'agent' | 'reviewer' | 'admin' | 'auditor' | 'worker'
  actor?: string
  visitorId?: string
  requestId?: string
}

/** The settings that tell the database who acts: for PostGraphile's pgSettings and for withClaims alike. */
export function claimSettings(claims: Claims): Record<string, string> {
  return {
    role: claims.role,
    'clubos.actor': claims.actor ?? '',
    'clubos.visitor_id': claims.visitorId ?? '',
    'clubos.request_id': claims.requestId ?? '',
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
    await client.query('rollback').catch((failed: Error) => {
      broken = failed
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** pgvector's text form, padded with zeros to the schema's 1536 dimensions (cosine and inner product stay the same). */
export function toVector(values: ArrayLike<number>): string {
  const padded = new Array<number>(1536).fill(0)
  for (let i = 0; i < values.length; i++) padded[i] = values[i]!
  return `[${padded.join(',')}]`
}
