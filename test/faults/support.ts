/** The real server on a database behind a proxy that can break. */

import { readConfig } from '../../core/config.ts'
import { makePool, type PoolOptions } from '../../core/database/index.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { startServer } from '../../server/index.ts'
import { headersOf, type Result, testEnvironment, type Who } from '../graphql/support.ts'
import { makeTestDatabase, type TestDatabase } from '../support/database.ts'
import { type FaultyProxy, openProxy } from '../support/proxy.ts'

export interface Faulty {
  /** Direct, past the proxy. */
  database: TestDatabase
  proxy: FaultyProxy
  url: string
  services: { pool: ReturnType<typeof makePool>; embedder: LocalEmbedder; log: ReturnType<typeof makeLog> }
  send(query: string, variables?: object, who?: Who): Promise<Result & { ms: number }>
  close(): Promise<void>
}

/** pool: limits of the connections that `ask` uses; connections: how many. */
export async function openFaulty(
  options: { pool?: PoolOptions; connections?: number } = {},
): Promise<Faulty> {
  const database = await makeTestDatabase()
  const proxy = await openProxy(database.url)
  const log = makeLog('silent')
  const pool = makePool(proxy.url, log, options.connections ?? 3, options.pool)
  const embedder = new LocalEmbedder()
  const services = { pool, embedder, providers: noProviders, log }
  const server = await startServer(readConfig(testEnvironment), services, proxy.url, {
    ready: async () => null,
  })
  return {
    database,
    proxy,
    url: server.url,
    services,
    async send(query, variables = {}, who = {}) {
      const begun = performance.now()
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: headersOf(who),
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(50_000),
      })
      const result = (await response.json()) as Omit<Result, 'status'>
      return { status: response.status, ...result, ms: performance.now() - begun }
    },
    async close() {
      await server.close()
      await embedder.close()
      await pool.end()
      await proxy.close()
      await database.close()
    },
  }
}

export const askDocument =
  'mutation ($q: String!, $c: UUID) { ask(input: { query: $q, conversation: $c }) { response { id text outcome } } }'
export const saveDocument =
  'mutation ($s: String!, $c: String!, $r: String) { saveSop(input: { category: "club", section: $s, content: $c, reason: $r }) { result { id version } } }'
export const codes = (result: Result) => result.errors?.map(({ extensions }) => extensions.code) ?? ['ok']
