/** What becomes of jobs: poison, workers that die, runners that stop, jobs that hang, a clock that jumps. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Task } from 'graphile-worker'
import pg from 'pg'
import { readConfig } from '../../core/config.ts'
import { type Claims, withClaims } from '../../core/database/index.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { type SupervisedWorker, startWorker, type WorkerOptions } from '../../worker/index.ts'
import { check } from '../support/checker.ts'
import {
  admin,
  agent,
  isServer,
  makeTestDatabase,
  reviewer,
  type TestDatabase,
  worker as workerClaims,
} from '../support/database.ts'
import { until } from '../support/processes.ts'
import { type FaultyProxy, openProxy } from '../support/proxy.ts'

let database: TestDatabase
let proxy: FaultyProxy
let embedder: LocalEmbedder
let worker: SupervisedWorker | null = null
beforeAll(async () => {
  database = await makeTestDatabase()
  proxy = await openProxy(database.url)
  embedder = new LocalEmbedder()
})
afterEach(async () => {
  await worker?.stop()
  worker = null
  await database.pool.query('truncate app_private.worker_heartbeats, app_private.dead_job_alerts')
  await database.pool.query('delete from graphile_worker._private_jobs')
})
afterAll(async () => {
  await embedder?.close()
  await proxy?.close()
  await database?.close()
})

const quick = { heartbeat: { every: 100, grace: 600 }, restart: { first: 50, longest: 400 } }
const start = async (options: WorkerOptions = {}) => {
  const services = {
    config: readConfig({}),
    pool: database.pool,
    embedder,
    providers: noProviders,
    log: makeLog('silent'),
  }
  worker = await startWorker(services, proxy.url, { ...quick, ...options })
  return worker
}
// biome-ignore lint/suspicious/noExplicitAny: rows are what the statement says.
const read = async (statement: string, values: unknown[] = []): Promise<any[]> =>
  (await database.pool.query(statement, values)).rows
// biome-ignore lint/suspicious/noExplicitAny: rows are what the statement says.
const as = (claims: Claims, statement: string, values: unknown[] = []): Promise<any[]> =>
  withClaims(database.pool, claims, async (client) => (await client.query(statement, values)).rows)
const code = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (error: { code: string }) => error.code,
  )
const addJob = async (task: string, more = ''): Promise<string> =>
  (await read(`select id from graphile_worker.add_job('${task}'${more})`))[0].id
const jobOf = async (id: string) =>
  (await read('select * from graphile_worker._private_jobs where id = $1', [id]))[0] ?? null
const tasks = (name: string, task: Task, limit = 60) => ({ tasks: { [name]: { make: () => task, limit } } })

describe('a poison job', () => {
  it('is tried a few times, then lies with the dead, who are told of once, and can be retried or discarded', async () => {
    let tries = 0
    let cured = false
    await start(
      tasks('poison', async () => {
        tries++
        if (!cured) throw new Error(`Cannot write to bob@example.com ${'x'.repeat(600)}`)
      }),
    )
    const id = await addJob('poison', `, max_attempts => 3, job_key => 'p'`)
    await until('it is dead', async () => {
      await database.pool.query(
        'select graphile_worker.reschedule_jobs(array[$1::bigint], run_at => now()) from graphile_worker._private_jobs where id = $1 and attempts < max_attempts and locked_at is null',
        [id],
      )
      const job = await jobOf(id)
      return job.attempts === 3 && job.locked_at === null
    })
    await sleep(300)
    expect(tries).toBe(3)

    const [dead, ...others] = await as(admin, 'select * from dead_jobs')
    expect(others).toEqual([])
    expect(dead).toMatchObject({ id, task: 'poison', job_key: 'p', attempts: 3 })
    expect(dead.last_error).toMatch(/^Cannot write to /)
    expect(dead.last_error).not.toContain('bob@example.com')
    expect(dead.last_error).toHaveLength(500)
    expect(Math.abs(dead.failed_at - Date.now())).toBeLessThan(30_000)
    expect(await as({ role: 'auditor', actor: 'otto' }, 'select id from dead_jobs')).toEqual([{ id }])
    for (const claims of [reviewer, agent, { role: 'anonymous' } as Claims])
      expect(await code(as(claims, 'select 1 from dead_jobs'))).toBe('42501')

    const told = async () =>
      (await as(workerClaims, 'select j from app_private.watch_jobs() j')).map((row) => row.j)
    expect(await told()).toEqual([expect.objectContaining({ id: Number(id), task: 'poison' })])
    expect(await told()).toEqual([])

    expect(await code(as(reviewer, `select retry_job($1, 'Cured')`, [id]))).toBe('42501')
    expect(await code(as(admin, `select retry_job($1, ' ')`, [id]))).toBe('CO002')
    expect(await code(as({ role: 'admin' }, `select retry_job($1, 'Cured')`, [id]))).toBe('CO001')
    expect(await code(as(admin, `select retry_job(99999, 'Cured')`))).toBe('CO404')
    await as(admin, `select retry_job($1, 'The address was mended')`, [id])
    await until('it has died again', async () => {
      await database.pool.query(
        'select graphile_worker.reschedule_jobs(array[$1::bigint], run_at => now()) from graphile_worker._private_jobs where id = $1 and attempts between 1 and 2 and locked_at is null',
        [id],
      )
      return tries >= 6 && (await as(admin, 'select 1 from dead_jobs')).length === 1
    })
    expect(await told()).toHaveLength(1)
    cured = true
    await as(admin, `select retry_job($1, 'Cured now')`, [id])
    await until('it is done', async () => (await jobOf(id)) === null)
    expect(await code(as(admin, `select discard_job($1, 'Gone')`, [id]))).toBe('CO404')

    cured = false
    const doomed = await addJob('poison', ', max_attempts => 1')
    await until(
      'it is dead',
      async () => (await as(admin, 'select 1 from dead_jobs where id = $1', [doomed])).length === 1,
    )
    await as(admin, `select discard_job($1, 'Nobody needs it')`, [doomed])
    expect(await jobOf(doomed)).toBeNull()
    expect(
      await read(
        `select row_id, operation, actor, role, reason from audit_log where table_name = 'jobs' and row_id in ($1, $2) order by id`,
        [id, doomed],
      ),
    ).toEqual([
      { row_id: id, operation: 'update', actor: 'adam', role: 'admin', reason: 'The address was mended' },
      { row_id: id, operation: 'update', actor: 'adam', role: 'admin', reason: 'Cured now' },
      { row_id: doomed, operation: 'delete', actor: 'adam', role: 'admin', reason: 'Nobody needs it' },
    ])
  })

  it('that kills its worker each time dies too', async () => {
    const id = await addJob('search_units__embed', ', max_attempts => 1')
    await database.pool.query(
      `update graphile_worker._private_jobs set attempts = 1, locked_by = 'pool-dead', locked_at = now() - interval '1 hour' where id = $1`,
      [id],
    )
    await start()
    await until('it is found', async () => (await as(admin, 'select 1 from dead_jobs')).length === 1)
    expect(await as(admin, 'select id, attempts, last_error from dead_jobs')).toEqual([
      { id, attempts: 1, last_error: 'Its worker (pool-dead) died while running it.' },
    ])
  })
})

describe('a job that hangs', () => {
  it('is given up after its time, and does not hold its lane', async () => {
    let aborted = false
    await start({
      concurrency: 1,
      ...tasks(
        'hang',
        (_payload, helpers) =>
          new Promise(() => {
            helpers.abortSignal!.addEventListener('abort', () => {
              aborted = true
            })
          }),
        0.5,
      ),
    })
    const id = await addJob('hang')
    const next = await addJob('search_units__embed')
    await until('the next is done', async () => (await jobOf(next)) === null)
    expect(aborted).toBe(true)
    expect(await jobOf(id)).toMatchObject({
      attempts: 1,
      locked_at: null,
      last_error: 'hang took longer than 0.5 seconds and was given up.',
    })
  })

  it('is released at once when the worker is stopped, and the try does not count', async () => {
    let begun = () => {}
    const running = new Promise<void>((resolve) => {
      begun = resolve
    })
    const stopped = await start(
      tasks('hang', () => {
        begun()
        return new Promise(() => {})
      }),
    )
    const id = await addJob('hang')
    await running
    const at = performance.now()
    await stopped.stop(300)
    expect(performance.now() - at).toBeLessThan(20_000)
    const job = await jobOf(id)
    expect(job).toMatchObject({ attempts: 0, locked_at: null, locked_by: null, last_error: null })
    expect(job.run_at.getTime()).toBeLessThanOrEqual(Date.now() + 1000)
    expect(await read('select 1 from app_private.worker_heartbeats')).toEqual([])
    worker = null
  })
})

describe('the worker', () => {
  it('works again after its connections are lost, however often, and says what is wrong meanwhile', async () => {
    let done = 0
    const supervised = await start(
      tasks('count', async () => {
        await sleep(20)
        done++
      }),
    )
    expect(supervised.problem()).toBeNull()
    for (let n = 0; n < 30; n++) {
      await addJob('count')
      await sleep(40)
      proxy.cut()
    }
    await proxy.refuse()
    await until('it says so', () => supervised.problem()?.match(/does not reach its database|starts again/))
    await sleep(1000)
    await proxy.accept()
    await until('it is well again', () => supervised.problem() === null)
    await until('every job is done', async () => {
      await database.pool.query(
        'select graphile_worker.reschedule_jobs(array_agg(id), run_at => now()) from graphile_worker._private_jobs where run_at > now() and locked_at is null',
      )
      // At the full minute the crontab adds others, which this worker does not know.
      return (await read(`select 1 from graphile_worker.jobs where task_identifier = 'count'`)).length === 0
    })
    expect(done).toBeGreaterThanOrEqual(30)
  })

  it('is started again when its runner stops at a completion that failed, and the job is not lost', async () => {
    let runs = 0
    const supervised = await start(
      tasks('cut', async () => {
        // Its completion finds every connection broken, which is what ends graphile-worker's runner.
        if (++runs === 1) await proxy.refuse()
      }),
    )
    const id = await addJob('cut')
    await until('the runner has ended', () => supervised.restarts() > 0)
    expect(supervised.problem()).toMatch(/starts again/)
    await proxy.accept()
    await until('the job is done', async () => (await jobOf(id)) === null)
    expect(runs).toBe(2)
    expect(supervised.problem()).toBeNull()
  })

  it('hands back a job that was given to it in an answer it never got', async () => {
    await start(tasks('count', async () => {}))
    const lost = proxy.cutOn('get_job', 'after')
    const id = await addJob('count')
    await lost
    await until('the job is done', async () => (await jobOf(id)) === null)
  })

  it('is started again when its first question fails, with whose answer graphile-worker would fail for ever', async () => {
    const lost = proxy.cutOn('_private_tasks as tasks (identifier)', 'before')
    const supervised = await start(tasks('count', async () => {}))
    await lost
    const id = await addJob('count')
    await until('the job is done', async () => (await jobOf(id)) === null)
    expect(supervised.restarts()).toBe(1)
  })

  it('starts when the database comes, if it was not there', async () => {
    await proxy.refuse()
    const supervised = await start()
    expect(supervised.problem()).toMatch(/ECONNREFUSED/)
    await proxy.accept()
    const id = await addJob('search_units__embed')
    await until('the job is done', async () => (await jobOf(id)) === null)
    expect(supervised.problem()).toBeNull()
  })
})

describe('a worker that died', () => {
  const lock = async (by: string, age: string, attempts = 1) => {
    const id = await addJob('never_here')
    await database.pool.query(
      'update graphile_worker._private_jobs set locked_by = $2, locked_at = clock_timestamp() - $3::interval, attempts = $4 where id = $1',
      [id, by, age, attempts],
    )
    return id
  }
  const beat = async (id: string, alone = false): Promise<number> =>
    (
      await as(
        workerClaims,
        `select app_private.beat($1, 'here', 1, grace => '60 seconds', alone => $2) as n`,
        [id, alone],
      )
    )[0].n
  /** As if all that was stored had been stored so much earlier; a negative interval: as if the clock were set back. */
  const clockForward = async (by: string) => {
    await database.pool.query(
      'update app_private.worker_heartbeats set seen_at = seen_at - $1::interval, beating_since = beating_since - $1::interval',
      [by],
    )
    await database.pool.query(
      'update graphile_worker._private_jobs set locked_at = locked_at - $1::interval, created_at = created_at - $1::interval, run_at = run_at - $1::interval',
      [by],
    )
  }
  const beatFor = async (seconds: number, ...ids: string[]) => {
    for (let n = 0; n < seconds / 10; n++) {
      await clockForward('10 seconds')
      for (const id of ids) await beat(id)
    }
  }

  it('is found by its silence; one that lives is left alone, and so is a lock that is young', async () => {
    const ofDead = await lock('dead', '5 minutes')
    await beat('dead')
    await beat('alive')
    await beat('judge')
    const ofAlive = await lock('alive', '5 minutes')
    await beatFor(50, 'alive', 'judge')
    expect((await jobOf(ofDead)).locked_by).toBe('dead')
    const young = await lock('unknown', '1 second')
    await beatFor(20, 'alive', 'judge')
    expect(await jobOf(ofDead)).toMatchObject({ locked_at: null, attempts: 1 })
    expect((await jobOf(ofAlive)).locked_by).toBe('alive')
    expect((await jobOf(young)).locked_by).toBe('unknown')
    await beatFor(60, 'alive', 'judge')
    expect((await jobOf(young)).locked_by).toBeNull()
  })

  it('is everybody else, at the start of the one process that can be alive', async () => {
    const id = await lock('dead', '1 second')
    expect(await beat('the only one', true)).toBe(1)
    expect(await jobOf(id)).toMatchObject({ locked_at: null, attempts: 1 })
  })

  it('is not assumed when the clock jumps ahead, or the database was away', async () => {
    await beat('alive')
    await beat('judge')
    await beatFor(70, 'alive', 'judge')
    const id = await lock('alive', '5 minutes')
    await clockForward('3 hours')
    expect(await beat('judge')).toBe(0)
    await beatFor(70, 'alive', 'judge')
    expect((await jobOf(id)).locked_by).toBe('alive')
  })

  it('is found also when the clock was set back, and jobs do not wait for it to come round', async () => {
    const id = await lock('dead', '0 seconds')
    await beat('dead')
    await beat('judge')
    const waiting = await addJob('never_here')
    await clockForward('-5 hours')
    await beat('judge')
    expect((await jobOf(waiting)).run_at.getTime()).toBeLessThan(Date.now() + 1000)
    expect((await jobOf(id)).locked_by).toBe('dead')
    await beatFor(70, 'judge')
    expect((await jobOf(id)).locked_by).toBeNull()
  })

  const child = (slowness: number, every: number, grace: number) => {
    const process_ = spawn(
      process.execPath,
      [
        join(import.meta.dirname, 'jobs_child.ts'),
        database.url,
        String(slowness),
        String(every),
        String(grace),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let output = ''
    process_.stdout.on('data', (chunk) => {
      output += chunk
    })
    const ended = new Promise((resolve) => process_.once('exit', resolve))
    return {
      says: (text: string) => until(`the worker says ${text}`, () => output.includes(text)),
      async kill() {
        process_.kill('SIGKILL')
        await ended
      },
    }
  }

  it('in the middle of a job (kill -9) loses nothing: the job runs again, and its effect happens once', async () => {
    const [sop] = await as(reviewer, `select id from save_sop('access', 'door', $1, 'First')`, [
      '# Door\n\n## Steps\n\n1. Press the hash key.\n',
    ])
    for (const query of ['the keypad laughs at me', 'red light at the entrance']) {
      const [{ id }] = await as(
        workerClaims,
        `select id from record_response($1, 'No.', 'answered', 'local-extractive')`,
        [query],
      )
      await as(agent, 'select mark_unhelpful($1, expected_sop_id => $2)', [id, sop.id])
    }
    await as(agent, 'select request_analysis()')
    const before = (await read('select id, task_id from graphile_worker._private_jobs')).length
    expect(before).toBe(2)
    const toEmbed = (
      await read(`select 1 from app_private.search_units where embedding is null and kind <> 'profile'`)
    ).length
    for (let kills = 0; kills < 2; kills++) {
      const dying = child(60_000, 100, 600)
      try {
        await dying.says('embedded')
        await until(
          'both are begun',
          async () =>
            (await read('select 1 from graphile_worker._private_jobs where locked_at is not null')).length ===
            2,
        )
      } finally {
        await dying.kill()
      }
      // Nothing was handed back: whoever comes next has to find out.
      const locked = await read(
        'select attempts, locked_by from graphile_worker._private_jobs where locked_at is not null',
      )
      expect(locked).toMatchObject([{ attempts: kills + 1 }, { attempts: kills + 1 }])
      if (kills === 0) {
        const next = child(0, 100, 600)
        await next.says('working')
        await next.kill()
        await database.pool.query(
          `select graphile_worker.force_unlock_workers(array(select distinct locked_by from graphile_worker._private_jobs where locked_by is not null))`,
        )
        // It may have come as far as its effect, with or without writing the job's end down; then there is nothing to kill twice.
        const [left] = await read(
          `select (select count(*)::int from graphile_worker._private_jobs) as jobs,
             (select count(*)::int from app_private.search_units where embedding is null and kind <> 'profile') as units,
             (select count(*)::int from failure_patterns) as patterns`,
        )
        if (left.jobs < 2 || left.units < toEmbed || left.patterns > 0) break
      }
    }
    await start()
    await until(
      'the queue is empty',
      async () => (await read('select 1 from graphile_worker._private_jobs')).length === 0,
    )
    expect(
      await read(
        'select size, (select count(*)::int from failed_responses f where f.pattern_id = p.id) as failures from failure_patterns p',
      ),
    ).toEqual([{ size: 2, failures: 2 }])
    expect(await read('select status from improvement_queue')).toEqual([{ status: 'pending' }])
    expect(
      await read(`select 1 from app_private.search_units where embedding is null and kind <> 'profile'`),
    ).toEqual([])
    expect(await check(database.pool)).toEqual([])
  })
})

;(isServer ? describe : describe.skip)('the worker’s own connections (needs DATABASE_URL)', () => {
  it('end a statement and an idle transaction that take too long', async () => {
    await start()
    const { rows } = await database.pool.query(
      `select distinct application_name from pg_stat_activity where datname = current_database() and application_name like 'clubos %'`,
    )
    expect(rows.map((row) => row.application_name)).toContain('clubos queue')
    let settings: object | null = null
    await worker!.stop()
    worker = await startWorker(
      {
        config: readConfig({}),
        pool: database.pool,
        embedder,
        providers: noProviders,
        log: makeLog('silent'),
      },
      database.url,
      {
        ...quick,
        tasks: {
          settings: {
            limit: 10,
            make: (services) => async () => {
              const result = await services.pool.query(
                `select current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle`,
              )
              settings = result.rows[0]
            },
          },
        },
      },
    )
    await addJob('settings')
    await until('it has looked', () => settings)
    expect(settings).toEqual({ statement: '10min', idle: '1min' })
  })

  it('are restored when every backend of it is terminated in the middle of jobs', async () => {
    let done = 0
    await start(
      tasks('count', async () => {
        await sleep(30)
        done++
      }),
    )
    const killer = new pg.Client({ connectionString: database.url })
    await killer.connect()
    for (let n = 0; n < 10; n++) {
      await addJob('count')
      await killer.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'clubos %' and pid <> pg_backend_pid() and application_name <> 'clubos'`,
      )
      await sleep(60)
    }
    await killer.end()
    await until('every job is done', async () => {
      await database.pool.query(
        'select graphile_worker.reschedule_jobs(array_agg(id), run_at => now()) from graphile_worker._private_jobs where run_at > now() and locked_at is null',
      )
      // At the full minute the crontab adds others, which this worker does not know.
      return (await read(`select 1 from graphile_worker.jobs where task_identifier = 'count'`)).length === 0
    })
    expect(done).toBeGreaterThanOrEqual(10)
  })
})
