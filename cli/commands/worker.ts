/** `clubos worker`: jobs alone, beside servers that were started with --no-worker. */
import { createServer } from 'node:http'
import type { Command } from 'commander'
import express from 'express'
import { openApp } from '../../core/app.ts'
import { ConfigError, readConfig } from '../../core/config.ts'
import { makeLog } from '../../core/log.ts'
import { makeScrape } from '../../core/watching/figures.ts'
import { watchProcess } from '../../core/watching/metrics.ts'
import { metricsRoute } from '../../server/metrics.ts'
import { version } from '../../server/plugins/system.ts'
import { startWorker } from '../../worker/index.ts'
import { firstSignal } from '../process.ts'

export default (program: Command) =>
  program
    .command('worker')
    .description('Start a worker alone, for servers that were started with --no-worker (needs DATABASE_URL).')
    .option('--concurrency <number>', 'jobs at once', '2')
    .action(async (options: { concurrency: string }) => {
      const config = readConfig()
      const concurrency = Number(options.concurrency)
      if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 100)
        throw new ConfigError('--concurrency must be a number from 1 to 100.')
      if (!config.databaseUrl)
        throw new ConfigError(
          'A worker of its own needs DATABASE_URL: the embedded database belongs to one process, and `clubos start` runs its worker itself.',
        )
      const log = makeLog(config.logLevel)
      const say = (text: string) => console.log(text)
      process.stdout.on('error', () => {})
      process.on('unhandledRejection', (error) => log.error({ error }, 'unhandled rejection'))
      const signalled = firstSignal(say)
      const app = await openApp(config, log)
      try {
        watchProcess(version)
        const worker = await startWorker(app, app.database.url, { concurrency })
        const probe = express()
        probe.disable('x-powered-by')
        probe.get('/healthz', (_request, response) => {
          response.json({ status: 'ok' })
        })
        probe.get('/readyz', (_request, response) => {
          const problem = worker.problem()
          response
            .status(problem === null ? 200 : 503)
            .json(problem === null ? { status: 'ready' } : { status: 'not ready', problem })
        })
        probe.get('/metrics', metricsRoute(config, makeScrape(app.pool)))
        const server = createServer(probe)
        await new Promise<void>((resolve, reject) => {
          server.once('error', reject)
          server.listen(config.workerPort, config.host, resolve)
        }).catch(async (error: Error) => {
          await worker.stop().catch(() => {})
          throw new ConfigError(`WORKER_PORT ${config.workerPort}: ${error.message}`)
        })
        const { port } = server.address() as { port: number }
        say(`ClubOS worker is ready: http://${config.host}:${port}/readyz, /metrics`)
        await signalled
        say('Stopping …')
        server.close()
        server.closeAllConnections()
        await worker
          .stop()
          .catch((error: Error) => log.error({ error: error.message }, 'the worker did not stop cleanly'))
      } finally {
        await app.close()
        setTimeout(() => process.exit(), 2000).unref()
      }
    })
