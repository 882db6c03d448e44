/** `clubos start`: database, migrations, demo content on first start, worker, server; stops in the reverse order. */
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
      const log = makeLog(config.logLevel === 'info' ? 'warn' : config.logLevel)
      const say = (text: string) => console.log(text)
      say(
        config.databaseUrl
          ? 'Opening the database at DATABASE_URL …'
          : `Opening the embedded database in ${config.dataDir} …`,
      )
      const app = await openApp(config, log)
      try {
        if (options.demo && config.demo && (await isEmpty(app.pool))) {
          say('First start: writing the demo club …')
          const imported = await importDemo(app)
          say(`  ${imported.sops} SOPs, ${imported.knowledge} knowledge entries, ${imported.sites} sites.`)
        }
        const worker = await startWorker(app, app.database.url)
        let stopping = false
        const ready = async () => {
          if (stopping) return 'stopping'
          await app.pool.query('select 1')
          return null
        }
        const server = await startServer(config, app, app.database.url, { ready }).catch(async (error) => {
          await worker.stop().catch(() => {})
          throw error
        })
        say(`\nClubOS is ready: ${server.url}`)
        say(
          `  GraphQL    ${server.url}/graphql${config.production ? '' : `   (try it: ${server.url}/graphiql)`}`,
        )
        say(`  Health     ${server.url}/healthz  ${server.url}/readyz`)
        say('  Answers    local: no key needed (extractive, from the club’s own text)')
        const { rows: noAdmin } = await app.pool.query<{ token: string }>(
          "select app_secret.make_link('first_admin') as token where not app_secret.has_admin()",
        )
        if (noAdmin[0])
          say(
            `\nNobody can log in yet. Become the first admin, within a day:\n  ${config.publicUrl ?? server.url}/choose-password?token=${noAdmin[0].token}\n`,
          )
        say('Stop with Ctrl-C.')

        const failure = await Promise.race([
          new Promise<null>((resolve) => {
            for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(null))
          }),
          app.database.stopped,
          worker.promise.then(() => (stopping ? null : new Error('The worker stopped by itself.'))),
        ])
        stopping = true
        say('Stopping …')
        await server.close()
        await worker.stop().catch(() => {})
        if (failure) throw failure
      } finally {
        await app.close()
      }
    })
