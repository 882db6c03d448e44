/** A migrated database for one test file: embedded, or on the server at DATABASE_URL. */

import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { openEmbedded } from '../../core/database/embedded/index.ts'
import { type Claims, claimSettings, makePool, withClaims } from '../../core/database/index.ts'
import { makeLog } from '../../core/log.ts'
import { readTemplate, type TemplateKind, templateName } from './template.ts'

export const isServer = Boolean(process.env.DATABASE_URL)
export interface TestDatabase {
  url: string
  pool: pg.Pool
  close(): Promise<void>
}

export async function makeTestDatabase(
  options: { connections?: number; template?: TemplateKind } = {},
): Promise<TestDatabase> {
  const log = makeLog('silent')
  const template = options.template ?? 'empty'
  if (!process.env.DATABASE_URL) {
    const database = await openEmbedded({ dataDir: 'memory://', loadDataDir: readTemplate(template) })
    const pool = makePool(database.url, log, options.connections ?? 5)
    return {
      url: database.url,
      pool,
      async close() {
        await pool.end()
        await database.close()
      },
    }
  }
  const server = process.env.DATABASE_URL
  const name = `clubos_test_${process.pid}_${randomBytes(4).toString('hex')}`
  await onMain(server, `create database ${name} template ${templateName(template)}`)
  // A copy has everything of its template but this.
  await onMain(server, `alter database ${name} set search_path = app_public, public`)
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).toString()
  const pool = makePool(url, log, options.connections ?? 5)
  return {
    url,
    pool,
    async close() {
      await pool.end()
      await onMain(server, `drop database if exists ${name} with (force)`)
    },
  }
}

/** `create database … template` is refused while another file copies the same template: wait for it. */
async function onMain(server: string, statement: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({ connectionString: server })
    await client.connect()
    try {
      await client.query(statement)
      return
    } catch (error) {
      if ((error as { code?: string }).code !== '55006' || attempt === 100) throw error
    } finally {
      await client.end()
    }
    await sleep(100)
  }
}

export const reviewer: Claims = { role: 'reviewer', actor: 'rita' }
export const agent: Claims = { role: 'agent', actor: 'ann' }
export const admin: Claims = { role: 'admin', actor: 'adam' }
export const worker: Claims = { role: 'worker', actor: 'worker' }
export const visitor = (id: string): Claims => ({ role: 'anonymous', visitorId: id })

class RollBack extends Error {}

/** Runs `work` as somebody in a transaction that leaves nothing. */
export async function rolledBack(
  pool: pg.Pool,
  claims: Claims,
  work: (client: pg.PoolClient) => Promise<void>,
): Promise<void> {
  await withClaims(pool, claims, async (client) => {
    await work(client)
    throw new RollBack()
  }).catch((error) => {
    if (!(error instanceof RollBack)) throw error
  })
}

/** Goes on as somebody else within a transaction. */
export async function become(client: pg.PoolClient, claims: Claims): Promise<void> {
  for (const [name, value] of Object.entries(claimSettings(claims)))
    await client.query('select set_config($1, $2, true)', [name, value])
}

/** The SQLSTATE that a statement fails with; the transaction goes on. */
export async function sqlState(
  client: pg.PoolClient,
  statement: string,
  parameters: unknown[] = [],
): Promise<string> {
  await client.query('savepoint expectation')
  try {
    await client.query(statement, parameters)
    return 'none'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  } finally {
    await client.query('rollback to savepoint expectation')
  }
}
