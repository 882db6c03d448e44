/** `clubos start`: database, migrations, demo content on first start, worker, server; stops in the reverse order. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { type App, openApp } from '../../core/app.ts'
import { ConfigError, readConfig } from '../../core/config.ts'
import { importDemo, isEmpty } from '../../core/content/demo.ts'
import { playHistory } from '../../core/content/demo_history.ts'
import { prewarm, requestMove } from '../../core/embedding/reembed.ts'
import type { Providers } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { startServer } from '../../server/index.ts'
import { startWorker } from '../../worker/index.ts'
import { firstSignal } from '../process.ts'

export default (program: Command) =>
  program
    .command('start')
    .description('Start everything: database, worker and server.')
    .option('--no-demo', 'leave an empty database empty')
    .option('--no-history', 'the demo club without the weeks of questions that its pages show')
    .option('--no-worker', 'without jobs: `clubos worker` runs them (needs DATABASE_URL)')
    .option('--no-web', 'the API alone, without building the web UI')
    .action(async (options: { demo: boolean; history: boolean; worker: boolean; web: boolean }) => {
      const config = readConfig()
      if (!options.worker && !config.databaseUrl)
        throw new ConfigError(
          '--no-worker needs DATABASE_URL: the embedded database belongs to one process, which runs its jobs too.',
        )
      const log = makeLog(config.logLevel === 'info' && !config.production ? 'warn' : config.logLevel)
      const say = (text: string) => console.log(text)
      if (options.web) await buildIfStale(say)
      say(
        config.databaseUrl
          ? 'Opening the database at DATABASE_URL …'
          : `Opening the embedded database in ${config.dataDir} …`,
      )
      const app = await openApp(config, log, {
        pool: { statementTimeout: 30_000, idleInTransactionTimeout: 60_000 },
      })
      let playing: AbortController | undefined
      try {
        const first = options.demo && config.demo && (await isEmpty(app.pool))
        if (first) {
          say('First start: writing the demo club …')
          const imported = await importDemo(app)
          say(`  ${imported.sops} SOPs, ${imported.knowledge} knowledge entries, ${imported.sites} sites.`)
        }
        const move = await requestMove(app)
        if (move) say(move)
        // Whoever read what we say may have gone (`npm start | head`): no reason to end.
        process.stdout.on('error', () => {})
        // One failure that nobody waited for must not end a server that can go on.
        process.on('unhandledRejection', (error) => log.error({ error }, 'unhandled rejection'))
        const worker = options.worker
          ? await startWorker(app, app.database.url, { alone: app.database.kind === 'embedded' })
          : null
        let stopping = false
        const ready = async () => {
          if (stopping) return 'stopping'
          const answered = app.pool.query('select 1').then(() => null)
          answered.catch(() => {})
          return (
            (await Promise.race([answered, sleep(5000, 'the database does not answer', { ref: false })])) ??
            worker?.problem() ??
            null
          )
        }
        const server = await startServer(config, app, app.database.url, { ready }).catch(async (error) => {
          await worker?.stop().catch(() => {})
          throw error
        })
        // After a restart the first questions would read from disk; nobody waits for this.
        const warming = new AbortController()
        if (app.database.kind === 'server') void prewarm(app, warming.signal)
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
        say(`  Web        ${server.url}`)
        say(
          `  GraphQL    ${server.url}/graphql${config.production ? '' : `   (try it: ${server.url}/graphiql)`}`,
        )
        say(`  Health     ${server.url}/healthz  ${server.url}/readyz`)
        say(`  Answers    ${whoAnswers(app.providers)}`)
        if (noAdmin[0])
          say(
            `\nNobody can log in yet. Become the first admin, within a day:\n  ${config.publicUrl ?? server.url}/choose-password?token=${noAdmin[0].token}\n`,
          )
        say('Stop with Ctrl-C.')
        if (first && options.history) {
          playing = new AbortController()
          void playDemoHistory(app, say, playing.signal)
        }

        const failure = await Promise.race([signalled, app.database.stopped])
        stopping = true
        warming.abort()
        playing?.abort()
        say('Stopping …')
        // Together: while requests finish nothing new is begun, and a job's grace runs at the same time.
        await Promise.all([
          server.close(),
          worker
            ?.stop()
            .catch((error) => log.error({ error: error.message }, 'the worker did not stop cleanly')),
        ])
        if (failure) throw failure
      } finally {
        await app.close()
        // A connection that does not answer must not keep the process.
        setTimeout(() => process.exit(), 2000).unref()
      }
    })

/** Who writes, and who looks for what to improve. */
export function whoAnswers(providers: Providers): string {
  const names = { openai: 'OpenAI', anthropic: 'Anthropic' }
  const who = (part: 'answer' | 'analyse') =>
    providers
      .health()
      .flatMap(({ provider, host, models }) =>
        models
          .filter((model) => model.part === part)
          .map(({ model }) =>
            host === ownHosts[provider] ? `${names[provider]} ${model}` : `${model} at ${host}`,
          ),
      )[0]
  const answers = who('answer')
  const analyses = who('analyse')
  return [
    answers
      ? `${answers}, falling back to the club’s own text`
      : 'local: no key needed (extractive, from the club’s own text)',
    ...(analyses ? [`analyses by ${analyses}`] : []),
  ].join('; ')
}

const ownHosts = { openai: 'api.openai.com', anthropic: 'api.anthropic.com' }

/** The UI is built where it runs: at the first start, and after an update. Without it the API works as well. */
async function buildIfStale(say: (text: string) => void): Promise<void> {
  const { buildWeb, isStale } = await import('../../web/build.ts')
  if (!isStale()) return
  const begun = performance.now()
  say('Building the web UI (at the first start, and after an update) …')
  await buildWeb().then(
    () => say(`  built in ${((performance.now() - begun) / 1000).toFixed(1)} s.`),
    (error: Error) =>
      say(`  it could not be built, so that only the API is there: ${error.message}\n  Try: npm run build`),
  )
}

/** Behind the running server: it takes a while, and nobody has to wait for it. */
async function playDemoHistory(app: App, say: (text: string) => void, signal: AbortSignal): Promise<void> {
  say('\nSix weeks of the demo club’s questions are being played in the background, so that its pages fill …')
  await playHistory(app, { questions: 120, signal }).then(
    (played) =>
      say(
        `  done: ${played.asked} questions asked, ${played.approved} improvements approved; ${played.pending} proposals and ${played.waiting} conversations wait for you.`,
      ),
    (error: Error) => {
      if (!signal.aborted) app.log.warn({ error: error.message }, 'the demo’s history stopped short')
    },
  )
}
