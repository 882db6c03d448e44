/** A database for one run, gone afterwards: in memory, or beside the one at DATABASE_URL. */
import pg from 'pg'
import type { App } from '../app.ts'
import type { Config } from '../config.ts'
import { ClubEmbedders } from '../embedding/index.ts'
import { adoptModel } from '../embedding/reembed.ts'
import { openProviders } from '../llm/providers.ts'
import type { Log } from '../log.ts'
import { openEmbedded } from './embedded/index.ts'
import { makePool } from './index.ts'
import { migrateDatabase } from './migrate.ts'

export async function openScratch(config: Config, log: Log): Promise<App> {
  const { url, drop } = config.databaseUrl ? await createBeside(config.databaseUrl) : await createInMemory()
  try {
    await migrateDatabase(url)
    const pool = makePool(url, log)
    const providers = await openProviders(config, log)
    const embedder = new ClubEmbedders(pool, providers.embeddings, config.embeddings)
    await adoptModel(pool, embedder)
    return {
      config,
      log,
      pool,
      embedder,
      providers,
      database: {
        url,
        kind: config.databaseUrl ? 'server' : 'embedded',
        stopped: new Promise(() => {}),
        close: drop,
      },
      async close() {
        await embedder.close()
        await providers.close()
        await pool.end()
        await drop()
      },
    }
  } catch (error) {
    await drop()
    throw error
  }
}

async function createInMemory() {
  const database = await openEmbedded({ dataDir: 'memory://' })
  return { url: database.url, drop: () => database.close() }
}

async function createBeside(databaseUrl: string) {
  const name = `clubos_scratch_${process.pid}_${Date.now()}`
  const run = async (statement: string) => {
    const client = new pg.Client({ connectionString: databaseUrl })
    await client.connect()
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
  await run(`create database ${name} template template0`)
  return {
    url: Object.assign(new URL(databaseUrl), { pathname: `/${name}` }).toString(),
    drop: () => run(`drop database if exists ${name} with (force)`),
  }
}
