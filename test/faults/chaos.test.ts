/**
 * Everything at once while processes and connections are killed; afterwards the ledger of what was acknowledged and
 * an independent checker look at the tables. Some 20 seconds; CLUBOS_CHAOS_MINUTES=10 for the long mode, which on a
 * server brings up a cluster of its own and restarts that too.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect, it } from '@jest/globals'
import pg from 'pg'
import { readConfig } from '../../core/config.ts'
import { openEmbedded } from '../../core/database/embedded/index.ts'
import { makePool } from '../../core/database/index.ts'
import { migrateDatabase, projectFolder } from '../../core/database/migrate.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { startWorker } from '../../worker/index.ts'
import { Load } from '../support/chaos.ts'
import { check, type Violation } from '../support/checker.ts'
import { isServer, makeTestDatabase } from '../support/database.ts'
import { type Running, startProcess, until } from '../support/processes.ts'
import { type FaultyProxy, openProxy } from '../support/proxy.ts'
import { readTemplate } from '../support/template.ts'

const minutes = Number(process.env.CLUBOS_CHAOS_MINUTES || 0)
const duration = minutes > 0 ? minutes * 60_000 : 15_000
const run = promisify(execFile)

/** Where the processes work, and how to look at it afterwards. */
interface Ground {
  environment: NodeJS.ProcessEnv
  processes: number
  /** Direct, past the proxy; on the embedded database only once no process runs. */
  open(): Promise<{ url: string; pool: pg.Pool; close(): Promise<void> }>
  proxy: FaultyProxy | null
  faults: Record<string, () => Promise<void>>
  close(): Promise<void>
}

async function embeddedGround(): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'clubos-chaos-'))
  const database = await openEmbedded({ dataDir: folder, loadDataDir: readTemplate('empty') })
  await database.close()
  return {
    environment: { CLUBOS_DATA_DIR: folder },
    processes: 1,
    proxy: null,
    faults: {},
    async open() {
      const opened = await openEmbedded({ dataDir: folder })
      const pool = makePool(opened.url, makeLog('silent'), 3)
      return {
        url: opened.url,
        pool,
        async close() {
          await pool.end()
          await opened.close()
        },
      }
    },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function serverGround(): Promise<Ground> {
  const own = minutes > 0 ? await ownCluster() : null
  const made = own ? null : await makeTestDatabase({ connections: 3 })
  const url = own?.url ?? made!.url
  const proxy = await openProxy(url)
  const terminate = async () => {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and random() < 0.5`,
    )
    await client.end()
  }
  return {
    environment: { DATABASE_URL: proxy.url },
    processes: 2,
    proxy,
    faults: {
      'backends terminated': terminate,
      'connections cut': async () => void proxy.cut(),
      'connections cut as they begin': async () => {
        proxy.cutAfter(3000)
        proxy.cut()
        await sleep(700)
        proxy.cutAfter(0)
      },
      'database refuses': async () => {
        await proxy.refuse()
        await sleep(300 + Math.random() * 1000)
        await proxy.accept()
      },
      'database slow': async () => {
        proxy.latency(50 + Math.random() * 200)
        await sleep(1000)
        proxy.latency(0)
      },
      'database silent': async () => {
        proxy.blackHole(true)
        await sleep(500 + Math.random() * 1500)
        proxy.blackHole(false)
      },
      'commit cut before': () => within(proxy.cutOn('commit', 'before')),
      'commit cut after': () => within(proxy.cutOn('commit', 'after')),
      ...(own && { 'database restarted': own.restart, 'database crashed': own.crash }),
    },
    async open() {
      const pool = makePool(url, makeLog('silent'), 3)
      return { url, pool, close: () => pool.end() }
    },
    async close() {
      await proxy.close()
      await own?.close()
      await made?.close()
    },
  }
}

const within = async (happened: Promise<void>) => void (await Promise.race([happened, sleep(2000)]))

/** A PostgreSQL that nobody else uses, so that it can be stopped and crashed. */
async function ownCluster() {
  const folder = mkdtempSync(join(tmpdir(), 'clubos-chaos-pg-'))
  const script = (...parameters: string[]) =>
    run(process.execPath, [join(projectFolder, 'scripts', 'postgres.ts'), ...parameters], {
      env: { ...process.env, CLUBOS_POSTGRES_DIR: folder },
    })
  const { stdout } = await script('up', '--json')
  const { url, data } = JSON.parse(stdout) as { url: string; data: string }
  await migrateDatabase(url)
  const up = async () => {
    const again = JSON.parse((await script('up', '--json')).stdout) as { url: string }
    if (again.url !== url) throw new Error('The cluster came back elsewhere.')
  }
  return {
    url,
    async restart() {
      await script('down')
      await up()
    },
    async crash() {
      // An immediate shutdown: nothing is flushed, the next start recovers from the log.
      process.kill(Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGQUIT')
      await until('the cluster is down', async () =>
        (await script('status')).stdout.includes('is up') ? null : true,
      ).catch(() => {})
      await up()
    },
    close: async () => void (await script('down', '--wipe')),
  }
}

it(
  `loses nothing that was acknowledged in ${minutes || 'a quarter of'} minute${minutes === 1 || !minutes ? '' : 's'} of chaos`,
  async () => {
    const ground = await (isServer ? serverGround() : embeddedGround())
    const violations: Violation[] = []
    const faults: Record<string, number> = {}
    const running = new Set<Running>()
    let stopping = false
    const load = new Load(() => [...running].map(({ url }) => url), 60_000)

    const launch = async () => {
      const child = await startProcess(ground.environment)
      running.add(child)
      void child.ended.then(({ code, signal }) => {
        if (running.delete(child) && !stopping)
          violations.push({
            rule: 'no process ends by itself',
            code,
            signal,
            output: child.output().slice(-2000),
          })
      })
      return child
    }
    /** Ends a process and starts another; what it says at its end must be right. */
    const replace = async (name: 'SIGKILL' | 'SIGTERM') => {
      const child = [...running][Math.floor(Math.random() * running.size)]
      if (child) {
        running.delete(child)
        child.signal(name)
        const { code, signal } = await child.ended
        if (name === 'SIGTERM' && code !== 0)
          violations.push({ rule: 'SIGTERM ends with 0', code, signal, output: child.output().slice(-2000) })
      }
      await launch()
    }
    const all: Record<string, () => Promise<void>> = {
      'process killed': () => replace('SIGKILL'),
      'process stopped': () => replace('SIGTERM'),
      ...ground.faults,
    }

    try {
      for (let n = 0; n < ground.processes; n++) await launch()
      await load.begin()
      const loading = load.run()
      const end = Date.now() + duration
      // Each in turn, in another order each round, so that a short run has met every kind.
      const names = Object.keys(all)
      for (let n = 0; Date.now() < end || n < 3; n++) {
        if (n % names.length === 0) names.sort(() => Math.random() - 0.5)
        await sleep(minutes ? 500 + Math.random() * 2500 : isServer ? 400 : 1500)
        const name = names[n % names.length]!
        await all[name]!()
        faults[name] = (faults[name] ?? 0) + 1
        while (running.size < ground.processes) await launch()
      }
      load.stop()
      await loading
      stopping = true
      for (const child of running) child.signal('SIGTERM')
      for (const child of [...running]) {
        const { code } = await child.ended
        if (code !== 0)
          violations.push({ rule: 'SIGTERM ends with 0', code, output: child.output().slice(-2000) })
      }

      // The next worker finds what the dead left locked, and does what was left to do.
      const opened = await ground.open()
      const embedder = new LocalEmbedder()
      try {
        const { pool } = opened
        const log = makeLog('silent')
        const worker = await startWorker(
          { config: readConfig({}), pool, embedder, providers: noProviders, log },
          opened.url,
          {
            alone: !isServer,
            heartbeat: { every: 200, grace: 1000 },
          },
        )
        await pool.query(`select app_hidden.add_job('failures__analyse', '{}', 'failures__analyse:asked')`)
        await pool.query(`select app_hidden.add_job('search_units__embed')`)
        await until(
          'the queue is empty',
          async () => {
            // What failed waits for its next try; it need not.
            await pool.query(
              `select graphile_worker.reschedule_jobs(array_agg(id), run_at => now()) from graphile_worker._private_jobs where run_at > now() and locked_at is null`,
            )
            const { rows } = await pool.query(
              'select count(*)::int as n from graphile_worker._private_jobs where attempts < max_attempts or locked_at is not null',
            )
            if (rows[0].n > 0) return false
            // One run takes a bounded number of failures; ten minutes leave more than that.
            const more = await pool.query(
              `select app_hidden.add_job('failures__analyse', '{}', 'failures__analyse:asked')
                where exists (select from app_public.failed_responses where not analyzed and withdrawn_at is null)`,
            )
            return more.rowCount === 0
          },
          120_000,
        )
        await worker.stop()
        violations.push(...load.violations, ...(await check(pool)))
        const { losses, ghosts, acknowledgedWrites } = await load.verify(pool)
        const left = await pool.query(
          `select (select count(*)::int from app_public.failed_responses where not analyzed and withdrawn_at is null) as unanalysed,
                  (select count(*)::int from app_private.search_units where embedding is null and kind <> 'profile') as unembedded,
                  (select count(*)::int from app_hidden.dead_jobs()) as dead_jobs,
                  (select count(*)::int from app_public.audit_log) as audited`,
        )
        const { requests, acknowledged, refused, unknown, slowest, codes } = load.totals
        process.stderr.write(
          `chaos on the ${isServer ? 'server' : 'embedded database'}, ${Math.round(duration / 1000)} s: ${JSON.stringify(
            {
              requests,
              acknowledged,
              acknowledgedWrites,
              refused,
              unknown,
              slowest_ms: slowest,
              codes,
              faults: Object.values(faults).reduce((sum, n) => sum + n, 0),
              by_kind: faults,
              ...left.rows[0],
              losses: losses.length,
              ghosts: ghosts.length,
              violations: violations.length,
            },
          )}\n`,
        )
        expect({ losses, ghosts, violations }).toEqual({ losses: [], ghosts: [], violations: [] })
        expect(left.rows[0]).toMatchObject({ unanalysed: 0, unembedded: 0 })
        // Otherwise it was no chaos.
        expect(acknowledgedWrites).toBeGreaterThan(20)
        expect(Object.values(faults).reduce((sum, n) => sum + n, 0)).toBeGreaterThan(2)
      } finally {
        await embedder.close()
        await opened.close()
      }
    } finally {
      stopping = true
      load.stop()
      for (const child of running) child.signal('SIGKILL')
      await Promise.all([...running].map(({ ended }) => ended))
      await ground.close()
    }
  },
  duration + 300_000,
)
