/** Brings a database to the schema of this version: graphile-worker's own first, since our functions add jobs. */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Logger } from '@graphile/logger'
import { migrate, type Settings } from 'graphile-migrate'
import { clearAllPools } from 'graphile-migrate/dist/pg.js'
import { runMigrations } from 'graphile-worker'
import pg from 'pg'

export const projectFolder = join(import.meta.dirname, '..', '..')

export function migrateSettings(connectionString: string, rest: Partial<Settings> = {}): Settings {
  return {
    connectionString,
    migrationsFolder: join(projectFolder, 'migrations'),
    logger: new Logger(() => () => {}),
    ...rest,
  }
}

/** Idempotent, and safe when several processes start at once: each waits for the one that migrates. */
export async function migrateDatabase(connectionString: string): Promise<void> {
  const lock = new pg.Client({ connectionString })
  await lock.connect()
  try {
    await checkServer(lock)
    await lock.query("select pg_advisory_lock(hashtextextended('clubos.migrate', 0))")
    await runMigrations({ connectionString })
    await migrateInTurn(connectionString)
    // It keeps its pool for a while, and ends the whole process if the database closes meanwhile.
    clearAllPools()
  } finally {
    await lock.end()
  }
}

/**
 * A process that was killed while migrating leaves its statement running on the server, which holds
 * graphile-migrate's own lock until it has ended; that lock is tried, not waited for.
 */
async function migrateInTurn(connectionString: string): Promise<void> {
  for (const end = Date.now() + 120_000; ; await sleep(250)) {
    try {
      return await migrate(migrateSettings(connectionString))
    } catch (error) {
      if (!/exclusive lock/.test((error as Error).message) || Date.now() > end) throw error
    }
  }
}

export class UnsuitableDatabaseError extends Error {}

async function checkServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    `select current_setting('server_version_num')::int as version, (select default_version from pg_available_extensions where name = 'vector') as vector`,
  )
  const { version, vector } = rows[0] as { version: number; vector: string | null }
  if (version < 150000)
    throw new UnsuitableDatabaseError(
      `PostgreSQL 15 or newer is needed; this is ${Math.floor(version / 10000)}.`,
    )
  if (vector === null)
    throw new UnsuitableDatabaseError(
      'The extension pgvector is not installed on this PostgreSQL server. On Debian: apt install postgresql-NN-pgvector; a scratch server for development: npm run postgres -- up',
    )
  if (Number.parseFloat(vector) < 0.7)
    throw new UnsuitableDatabaseError(`pgvector 0.7 or newer is needed; this server has ${vector}.`)
}
