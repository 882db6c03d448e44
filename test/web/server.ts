/**
 * One club for one test file, in a process of its own as it would run: database, worker, server. Prints where it is as a
 * line of JSON; ends when its standard input does.
 */
import { readConfig } from '../../core/config.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { startServer } from '../../server/index.ts'
import { startWorker } from '../../worker/index.ts'
import { makeTestDatabase } from '../support/database.ts'

const database = await makeTestDatabase({
  connections: 10,
  template: process.argv[2] === 'empty' ? 'empty' : 'demo',
})
const config = readConfig({
  PORT: '0',
  RATE_LIMITS: 'off',
  NODE_ENV: 'production',
  CLUBOS_SECRET: 'a secret of the tests, long enough for them',
  ...(process.env.WEBHOOK_ALLOW && { WEBHOOK_ALLOW: process.env.WEBHOOK_ALLOW }),
})
const log = makeLog(process.env.TEST_LOG ?? 'error')
const embedder = new LocalEmbedder()
const kind = process.env.DATABASE_URL ? 'server' : 'embedded'
const app = {
  config,
  log,
  embedder,
  providers: noProviders,
  pool: database.pool,
  database: { url: database.url, kind, stopped: new Promise<never>(() => {}), close: database.close },
  close: async () => {},
} as const
const worker = await startWorker(app, database.url, { alone: kind === 'embedded' })
const server = await startServer(config, app, database.url, { ready: async () => worker.problem() })
console.log(JSON.stringify({ url: server.url, database: database.url }))
process.stdin.resume()
process.stdin.on('end', async () => {
  await Promise.all([server.close(), worker.stop().catch(() => {})])
  await embedder.close()
  await database.close()
  process.exit()
})
