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
import { watchProviders } from './watching/metrics.ts'
import { openTracing } from './watching/tracing.ts'

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
  const tracing = config.traceEndpoint ? await openTracing(config.traceEndpoint) : null
  const database = await openDatabase(config, log, { join: options.join })
  try {
    if (options.migrate !== false) await migrateDatabase(database.url)
    const providers = await openProviders(config, log)
    const forget = watchProviders(providers)
    const pool = makePool(database.url, log, config.poolSize, options.pool)
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
        forget()
        await providers.close()
        // A connection that does not answer must not keep us from ending.
        await Promise.race([pool.end(), sleep(5000, undefined, { ref: false })])
        await database.close()
        await tracing?.close()
      },
    }
  } catch (error) {
    await database.close()
    await tracing?.close()
    throw error
  }
}
