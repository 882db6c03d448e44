/** `clubos start`: database, migrations, demo content on first start, worker, server; stops in the reverse order. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { openApp } from '../../core/app.ts'
import { readConfig } from '../../core/config.ts'
import { importDemo, isEmpty } from '../../core/content/demo.ts'
import { makeLog } from '../../core/log.ts'
import { startServer } from '../../server/index.ts'
import { startWorker } from '../../worker/index.ts'

export default (program: Command) =>
  program
    .command('start')
    .description('Start everything: database, worker and server.')
    .option('--no-demo', 'leave an empty database empty')
    .action(async (options: { demo: boolean }) => {
      const config = readConfig()
      const log = makeLog(config.logLevel === 'info' && !config.production ? 'warn' : config.logLevel)
      const say = (text: string) => console.log(text)
      say(
        config.databaseUrl
          ? 'Opening the database at DATABASE_URL …'
          : `Opening the embedded database in ${config.dataDir} …`,
      )
      const app = await openApp(config, log, {
        pool: { statementTimeout: 30_000, idleInTransactionTimeout: 60_000 },
      })
      try {
        if (options.demo && config.demo && (await isEmpty(app.pool))) {
          say('First start: writing the demo club …')
          const imported = await importDemo(app)
          say(`  ${imported.sops} SOPs, ${imported.knowledge} knowledge entries, ${imported.sites} sites.`)
        }
        // Whoever read what we say may have gone (`npm start | head`): no reason to end.
        process.stdout.on('error', () => {})
        // One failure that nobody waited for must not end a server that can go on.
        process.on('unhandledRejection', (error) => log.error({ error }, 'unhandled rejection'))
        const worker = await startWorker(app, app.database.url, { alone: app.database.kind === 'embedded' })
        let stopping = false
        const ready = async () => {
          if (stopping) return 'stopping'
          const answered = app.pool.query('select 1').then(() => null)
          answered.catch(() => {})
          return (
            (await Promise.race([answered, sleep(5000, 'the database does not answer', { ref: false })])) ??
            worker.problem()
          )
        }
        const server = await startServer(config, app, app.database.url, { ready }).catch(async (error) => {
          await worker.stop().catch(() => {})
          throw error
        })
        // Before anybody is told to come: a connection lost at this moment is no reason to end.
        const noAdmin = await app.pool
          .query<{ token: string }>(
            "select app_secret.make_link('first_admin') as token where not app_secret.has_admin()",
          )
          .then(({ rows }) => rows)
          .catch((error: Error) => {
            log.error(
              { error: error.message },
              'no link for the first admin could be made; start again for one',
            )
            return []
          })
        const signalled = firstSignal(say)
        say(`\nClubOS is ready: ${server.url}`)
        say(
          `  GraphQL    ${server.url}/graphql${config.production ? '' : `   (try it: ${server.url}/graphiql)`}`,
        )
        say(`  Health     ${server.url}/healthz  ${server.url}/readyz`)
        say('  Answers    local: no key needed (extractive, from the club’s own text)')
        if (noAdmin[0])
          say(
            `\nNobody can log in yet. Become the first admin, within a day:\n  ${config.publicUrl ?? server.url}/choose-password?token=${noAdmin[0].token}\n`,
          )
        say('Stop with Ctrl-C.')

        const failure = await Promise.race([signalled, app.database.stopped])
        stopping = true
        say('Stopping …')
        // Together: while requests finish nothing new is begun, and a job's grace runs at the same time.
        await Promise.all([
          server.close(),
          worker
            .stop()
            .catch((error) => log.error({ error: error.message }, 'the worker did not stop cleanly')),
        ])
        if (failure) throw failure
      } finally {
        await app.close()
        // A connection that does not answer must not keep the process.
        setTimeout(() => process.exit(), 2000).unref()
      }
    })

/** Settles at the first SIGINT or SIGTERM; a second ends the process as it is, which loses nothing acknowledged. */
function firstSignal(say: (text: string) => void): Promise<null> {
  return new Promise((resolve) => {
    let asked = 0
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        // One Ctrl-C comes twice where npm stands between: from the terminal, and passed on.
        if (asked && performance.now() - asked > 1000) {
          say('Stopped by force.')
          process.exit(1)
        }
        asked ||= performance.now()
        resolve(null)
      })
  })
}
