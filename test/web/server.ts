/**
 * One club for one test file, in a process of its own as it would run: database, worker, server. Prints where it is as a
 * line of JSON; ends when its standard input does.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../core/config.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { openProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { startServer } from '../../server/index.ts'
import { crontab, startWorker } from '../../worker/index.ts'
import { makeTestDatabase } from '../support/database.ts'

/** What test/web/support.ts gives; without it, no models. */
const given = (...names: string[]) =>
  Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )

const database = await makeTestDatabase({
  connections: 10,
  template: process.argv[2] === 'empty' ? 'empty' : 'demo',
})
const backups = await mkdtemp(join(tmpdir(), 'clubos-web-'))
const config = readConfig({
  PORT: '0',
  RATE_LIMITS: 'off',
  NODE_ENV: 'production',
  CLUBOS_SECRET: 'a secret of the tests, long enough for them',
  ...given('OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_API', 'ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL'),
  ...given('S3_ENDPOINT', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'),
  // The club's texts have the local model's vectors.
  EMBEDDINGS: 'local',
  CLUBOS_BACKUP_DIR: backups,
  ...(process.env.WEBHOOK_ALLOW && { WEBHOOK_ALLOW: process.env.WEBHOOK_ALLOW }),
})
const log = makeLog(process.env.TEST_LOG ?? 'error')
const providers = await openProviders(config, log)
const embedder = new LocalEmbedder()
const kind = process.env.DATABASE_URL ? 'server' : 'embedded'
const app = {
  config,
  log,
  embedder,
  providers,
  pool: database.pool,
  database: { url: database.url, kind, stopped: new Promise<never>(() => {}), close: database.close },
  close: async () => {},
} as const
const worker = await startWorker(app, database.url, {
  alone: kind === 'embedded',
  // An analysis at the full hour would change the queue under a test's hands.
  crontab: crontab
    .split('\n')
    .filter((line) => line.startsWith('*'))
    .join('\n'),
})
const server = await startServer(config, app, database.url, { ready: async () => worker.problem() })
console.log(JSON.stringify({ url: server.url, database: database.url, backups }))
process.stdin.resume()
process.stdin.on('end', async () => {
  await Promise.all([server.close(), worker.stop().catch(() => {})])
  await embedder.close()
  await providers.close()
  await database.close()
  await rm(backups, { recursive: true, force: true })
  process.exit()
})
