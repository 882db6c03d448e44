/** What every process of ClubOS has in common: database, pool, embedder, language models, log; opened in order, closed in reverse. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { AnsweringServices } from './answering/ask.ts'
import type { Config } from './config.ts'
import { type Database, makePool, openDatabase, type PoolOptions } from './database/index.ts'
import { migrateDatabase } from './database/migrate.ts'
import { ClubEmbedders } from './embedding/index.ts'
import { adoptModel } from './embedding/reembed.ts'
import { openProviders } from './llm/providers.ts'
import type { Log } from './log.ts'

export interface App extends AnsweringServices {
  config: Config
  database: Database
  embedder: ClubEmbedders
  close(): Promise<void>
}

export async function openApp(
  config: Config,
  log: Log,
  options: { join?: boolean; migrate?: boolean; pool?: PoolOptions } = {},
): Promise<App> {
  const database = await openDatabase(config, log, { join: options.join })
  try {
    if (options.migrate !== false) await migrateDatabase(database.url)
    const providers = await openProviders(config, log)
    const pool = makePool(database.url, log, 10, options.pool)
    const embedder = new ClubEmbedders(pool, providers.embeddings, config.embeddings)
    if (options.migrate !== false) await adoptModel(pool, embedder)
    return {
      config,
      database,
      pool,
      embedder,
      providers,
      log,
      async close() {
        await embedder.close()
        await providers.close()
        // A connection that does not answer must not keep us from ending.
        await Promise.race([pool.end(), sleep(5000, undefined, { ref: false })])
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}
