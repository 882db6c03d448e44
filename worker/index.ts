/**
 * graphile-worker in this process: its tasks, its crontab, and who watches over it.
 *
 * Its runner ends for good at one failed completion or a lost connection at the wrong moment. Here it is started
 * again, with a growing delay, for as long as the process lives. A pool of it is one worker: it signs its jobs'
 * locks, and its heartbeat tells the others that they are not to be taken.
 */
import { EventEmitter } from 'node:events'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Logger, type Runner, run, type Task, type TaskList, type WorkerEvents } from 'graphile-worker'
import type pg from 'pg'
import { z } from 'zod'
import type { AnsweringServices } from '../core/answering/ask.ts'
import type { Config } from '../core/config.ts'
import { makePool, withClaims } from '../core/database/index.ts'
import { jobDuration } from '../core/watching/metrics.ts'
import { parentFrom, traced } from '../core/watching/tracing.ts'
import analysisPoll from './tasks/analysis__poll.ts'
import analysisSubmit from './tasks/analysis__submit.ts'
import auditRecordHead from './tasks/audit__record_head.ts'
import backupRestore from './tasks/backup__restore.ts'
import backupRun from './tasks/backup__run.ts'
import backupTest from './tasks/backup__test.ts'
import backupVerify from './tasks/backup__verify.ts'
import experimentsWatch from './tasks/experiments__watch.ts'
import failuresAnalyse from './tasks/failures__analyse.ts'
import importsApply from './tasks/imports__apply.ts'
import importsRollback from './tasks/imports__rollback.ts'
import importsStage from './tasks/imports__stage.ts'
import jobsWatch from './tasks/jobs__watch.ts'
import knowledgeCheckHealth from './tasks/knowledge__check_health.ts'
import notificationsSend from './tasks/notifications__send.ts'
import retentionApply from './tasks/retention__apply.ts'
import searchIndexCheck from './tasks/search_index__check.ts'
import searchStatisticsRefresh from './tasks/search_statistics__refresh.ts'
import searchUnitsEmbed from './tasks/search_units__embed.ts'
import searchUnitsReembed from './tasks/search_units__reembed.ts'
import ticketsRescue from './tasks/tickets__rescue.ts'

export interface Services extends AnsweringServices {
  config: Config
}

interface Limited {
  make: (services: Services) => Task
  /** How long one try may take, in seconds. */
  limit: number
}

const minute = 60
const taskFiles: Record<string, Limited> = {
  analysis__poll: { make: analysisPoll, limit: 60 * minute },
  analysis__submit: { make: analysisSubmit, limit: 15 * minute },
  audit__record_head: { make: auditRecordHead, limit: 10 * minute },
  backup__restore: { make: backupRestore, limit: 60 * minute },
  backup__run: { make: backupRun, limit: 6 * 60 * minute },
  backup__test: { make: backupTest, limit: 2 * minute },
  backup__verify: { make: backupVerify, limit: 6 * 60 * minute },
  experiments__watch: { make: experimentsWatch, limit: 5 * minute },
  failures__analyse: { make: failuresAnalyse, limit: 30 * minute },
  imports__apply: { make: importsApply, limit: 6 * 60 * minute },
  imports__rollback: { make: importsRollback, limit: 6 * 60 * minute },
  imports__stage: { make: importsStage, limit: 6 * 60 * minute },
  jobs__watch: { make: jobsWatch, limit: minute },
  knowledge__check_health: { make: knowledgeCheckHealth, limit: 60 * minute },
  notifications__send: { make: notificationsSend, limit: minute },
  retention__apply: { make: retentionApply, limit: 60 * minute },
  search_index__check: { make: searchIndexCheck, limit: 60 * minute },
  search_statistics__refresh: { make: searchStatisticsRefresh, limit: 10 * minute },
  search_units__embed: { make: searchUnitsEmbed, limit: 30 * minute },
  search_units__reembed: { make: searchUnitsReembed, limit: 6 * 60 * minute },
  tickets__rescue: { make: ticketsRescue, limit: minute },
}

export const crontab = `
* * * * * search_statistics__refresh ?jobKey=search_statistics__refresh&max=3
* * * * * jobs__watch ?jobKey=jobs__watch&max=3
* * * * * tickets__rescue ?jobKey=tickets__rescue&max=3
*/5 * * * * experiments__watch ?jobKey=experiments__watch&max=3
*/5 * * * * search_units__embed ?jobKey=search_units__embed:cron&max=3
0 * * * * failures__analyse ?id=hourly&jobKey=failures__analyse:hourly&max=5 {"kind":"hourly","most":500}
55 2 * * * audit__record_head ?id=audit_head&jobKey=audit__record_head&max=8
5 3 * * * backup__run ?id=backup&jobKey=backup__run&max=8
15 3 * * * retention__apply ?jobKey=retention__apply&max=5
45 3 * * * knowledge__check_health ?jobKey=knowledge__check_health&max=5
10 4 * * * search_index__check ?jobKey=search_index__check&max=1
30 4 * * * failures__analyse ?id=daily&jobKey=failures__analyse:daily&max=5 {"kind":"daily","most":10000}
`

export interface WorkerOptions {
  /** Jobs at once. */
  concurrency?: number
  /** No other process can be alive (embedded database): whatever is locked at the start was left by a dead one. */
  alone?: boolean
  /** How often to say that we live, and after how much silence another is dead; in ms. */
  heartbeat?: { every: number; grace: number }
  /** The first and the longest delay before the runner is started again, in ms. */
  restart?: { first: number; longest: number }
  /** In the place of ours: what is due at full hours would fall into a test that runs then. */
  crontab?: string
  /** Further tasks, or others in the place of ours: for tests of what no task of ours does. */
  tasks?: Record<string, Limited>
}

export interface SupervisedWorker {
  /** What is wrong at the moment, in words; null while it works. */
  problem(): string | null
  /** How often the runner had to be started again. */
  restarts(): number
  /**
   * Takes no more jobs, lets the running ones end for `grace` ms (8000), then releases them: others may take them at
   * once, and the try does not count.
   */
  stop(grace?: number): Promise<void>
}

/** Settles even where the task does not: a job that hangs must not hold its lane for ever. */
export function limited(task: Task, seconds: number, stopping: AbortSignal): Task {
  return async (payload, helpers) => {
    const limit = new AbortController()
    const abortSignal = AbortSignal.any([stopping, limit.signal])
    const timer = setTimeout(
      () =>
        limit.abort(
          new Error(`${helpers.job.task_identifier} took longer than ${seconds} seconds and was given up.`),
        ),
      seconds * 1000,
    )
    let giveUp = () => {}
    try {
      const gaveUp = new Promise<never>((_resolve, reject) => {
        giveUp = () => reject(abortSignal.reason)
        abortSignal.addEventListener('abort', giveUp, { once: true })
      })
      // What it still does in the background ends with its next look at the signal, or the statement's time limit.
      const done = Promise.resolve(task(payload, { ...helpers, abortSignal }))
      done.catch(() => {})
      return await Promise.race([done, gaveUp])
    } finally {
      clearTimeout(timer)
      abortSignal.removeEventListener('abort', giveUp)
    }
  }
}

const Origin = z.object({
  _request: z.object({ id: z.string(), traceparent: z.string().optional() }).optional(),
})

/** Measured, and as part of the request that enqueued it. */
export function watched(name: string, task: Task): Task {
  return async (payload, helpers) => {
    const request = Origin.safeParse(payload).data?._request
    const done = jobDuration.startTimer({ task: name })
    try {
      const attributes = { 'clubos.job_id': String(helpers.job.id), 'clubos.attempt': helpers.job.attempts }
      const work = { requestId: request?.id, span: parentFrom(request?.traceparent) }
      const result = await traced(work, `job ${name}`, 'consumer', attributes, async () =>
        task(payload, helpers),
      )
      done({ result: 'ok' })
      return result
    } catch (error) {
      done({ result: 'failed' })
      throw error
    }
  }
}

/** Returns once it works, or has failed to for the first time; from then on it looks after itself. */
export async function startWorker(
  services: Services,
  databaseUrl: string,
  options: WorkerOptions = {},
): Promise<SupervisedWorker> {
  const supervisor = new Supervisor(services, databaseUrl, options)
  await supervisor.started
  return supervisor
}

class Supervisor implements SupervisedWorker {
  readonly started: Promise<void>
  readonly #log: Services['log']
  readonly #options: Required<WorkerOptions>
  /** For graphile-worker and the heartbeat; jobs have their own, so that they cannot starve these. */
  readonly #queuePool: pg.Pool
  readonly #jobPool: pg.Pool
  readonly #services: Services
  /** Aborted when what still runs is to be given up. */
  readonly #givingUp = new AbortController()
  /** Aborted when nothing is to be begun any more. */
  readonly #stopping = new AbortController()
  readonly #watching: Promise<void>
  #runner: Runner | null = null
  #workerId: string | null = null
  #stopBeating = async () => {}
  /** Earlier lives of the runner that could not be signed off yet. */
  readonly #former = new Set<string>()
  /** Jobs in our hands; ended ones a little longer, until their completion is written down. */
  readonly #jobs = new Set<string>()
  #problem: string | null = 'the worker is starting'
  #restarts = 0
  #stopped: Promise<void> | null = null

  constructor(services: Services, databaseUrl: string, options: WorkerOptions) {
    this.#log = services.log.child({ part: 'worker' })
    this.#options = {
      concurrency: 2,
      alone: false,
      heartbeat: { every: 10_000, grace: 60_000 },
      restart: { first: 500, longest: 30_000 },
      crontab,
      tasks: {},
      ...options,
    }
    const { concurrency } = this.#options
    this.#queuePool = makePool(databaseUrl, this.#log, concurrency + 4, {
      name: 'clubos queue',
      statementTimeout: 30_000,
      idleInTransactionTimeout: 30_000,
    })
    this.#jobPool = makePool(databaseUrl, this.#log, concurrency + 1, {
      name: 'clubos worker',
      statementTimeout: 10 * 60_000,
      idleInTransactionTimeout: 60_000,
    })
    this.#services = { ...services, pool: this.#jobPool }
    const first = Promise.withResolvers<void>()
    this.started = first.promise
    this.#watching = this.#watch(first.resolve)
  }

  problem = () => this.#problem
  restarts = () => this.#restarts

  stop(grace = 8000): Promise<void> {
    this.#stopped ??= this.#stop(grace)
    return this.#stopped
  }

  async #watch(firstTry: () => void) {
    const { first, longest } = this.#options.restart
    let delay = first
    while (!this.#stopping.signal.aborted) {
      const begun = performance.now()
      const reason = await this.#runOnce(firstTry).catch((error: Error) => error)
      firstTry()
      if (this.#stopping.signal.aborted) break
      this.#restarts++
      this.#problem = `the worker stopped and starts again: ${reason?.message ?? 'no reason was given'}`
      // One that ran well for a while begins with the short delay again.
      if (performance.now() - begun > longest) delay = first
      this.#log.error({ error: reason?.message, delay }, 'the worker stopped; starting it again')
      await sleep(delay * (0.75 + Math.random() / 2), undefined, { signal: this.#stopping.signal }).catch(
        () => {},
      )
      delay = Math.min(delay * 2, longest)
    }
  }

  /** One life of the runner: why it ended, or null if it was stopped. */
  async #runOnce(working: () => void): Promise<Error | null> {
    const { concurrency, crontab, tasks } = this.#options
    const taskList: TaskList = Object.fromEntries(
      Object.entries({ ...taskFiles, ...tasks }).map(([name, { make, limit }]) => [
        name,
        this.#known(watched(name, limited(make(this.#services), limit, this.#givingUp.signal))),
      ]),
    )
    const life = new AbortController()
    let failure: Error | null = null
    let workerId = ''
    const events: WorkerEvents = new EventEmitter()
    // What stands in locked_by; nothing but its events says it.
    events.once('pool:create', ({ workerPool }) => {
      workerId = workerPool.id
    })
    // It asks for its tasks' numbers once, and where that failed, it fails with that answer for ever.
    let refused = 0
    events.on('worker:getJob:empty', () => {
      refused = 0
    })
    events.on('job:start', () => {
      refused = 0
    })
    events.on('worker:getJob:error', ({ error }) => {
      // While the database is away, a new runner would have no more luck.
      if (this.#problem !== null || ++refused < 3 * concurrency || failure) return
      failure = new Error(`no job could be taken: ${(error as Error).message}`)
      void this.#runner?.stop().catch(() => {})
    })
    // graphile-worker's own pool would bring its error handlers along; one that is handed in must have them.
    const runner = await run({
      pgPool: this.#queuePool,
      events,
      taskList,
      crontab,
      concurrency,
      // The process that owns us handles signals and stops us in its own order.
      noHandleSignals: true,
      preset: {
        worker: {
          // Otherwise the result of a job that ends after SIGTERM is lost.
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
          // We give up ourselves, after releasing: its own way would count the try and delay the next one.
          gracefulShutdownAbortTimeout: 2 ** 31 - 1,
        },
      },
      logger: new Logger(() => (level, message) => {
        if (level === 'error' || level === 'warning') this.#log.warn(message)
        else this.#log.debug(message)
      }),
    })
    const ended = runner.promise.catch((error: Error) => {
      failure = error
    })
    this.#runner = runner
    this.#workerId = workerId
    if (this.#stopping.signal.aborted) void runner.stop().catch(() => {})
    const beating = this.#beat(workerId, life.signal, working)
    this.#stopBeating = async () => {
      life.abort()
      await beating
    }
    await ended
    await this.#stopBeating()
    this.#runner = null
    // What it had begun belongs to nobody now. Where this fails too, it is tried again with the next beat.
    this.#former.add(workerId)
    if (!this.#stopping.signal.aborted) await this.#signOff().catch(() => {})
    return failure
  }

  #known(task: Task): Task {
    return async (payload, helpers) => {
      const { id } = helpers.job
      this.#jobs.add(id)
      try {
        return await task(payload, helpers)
      } finally {
        setTimeout(() => this.#jobs.delete(id), this.#options.heartbeat.grace).unref()
      }
    }
  }

  async #signOff() {
    for (const id of this.#former) {
      await this.#asWorker('select app_private.end_worker($1, fault => true)', [id])
      this.#former.delete(id)
    }
  }

  async #beat(workerId: string, signal: AbortSignal, working: () => void) {
    const { heartbeat } = this.#options
    let { alone } = this.#options
    while (!signal.aborted) {
      try {
        const [row] = await this.#asWorker<{ released: number }>(
          'select app_private.beat($1, $2, $3, $4, make_interval(secs => $5), $6) as released',
          [workerId, hostname(), process.pid, [...this.#jobs], heartbeat.grace / 1000, alone],
        )
        alone = false
        await this.#signOff()
        if (row!.released > 0)
          this.#log.warn({ jobs: row!.released }, 'released jobs that nobody was working at')
        if (!signal.aborted) this.#problem = null
      } catch (error) {
        if (!signal.aborted)
          this.#problem = `the worker does not reach its database: ${(error as Error).message}`
      }
      working()
      await sleep(heartbeat.every, undefined, { signal }).catch(() => {})
    }
  }

  async #stop(grace: number): Promise<void> {
    this.#stopping.abort()
    this.#problem = 'the worker is stopping'
    // Also while it is just starting: then #runOnce stops it as soon as there is something to stop.
    const ended = this.#watching
    void this.#runner?.stop().catch(() => {})
    const inTime = await Promise.race([ended.then(() => true), sleep(grace, false, { ref: false })])
    const workerId = this.#workerId
    // A beat that is under way would sign us on again.
    await this.#stopBeating()
    // Released before they are given up: a failed try would count, and wait for its next.
    if (workerId)
      await this.#asWorker('select app_private.end_worker($1)', [workerId]).catch((error: Error) =>
        this.#log.error({ error: error.message }, 'could not sign off; others will find out by our silence'),
      )
    if (!inTime) {
      this.#log.warn('jobs that did not end in time were released for others')
      this.#givingUp.abort(new Error('The worker is stopping.'))
      await Promise.race([ended, sleep(2000, undefined, { ref: false })])
    }
    // A connection that does not answer must not keep the process.
    await Promise.race([
      Promise.all([this.#queuePool.end(), this.#jobPool.end()]).catch(() => {}),
      sleep(2000, undefined, { ref: false }),
    ])
  }

  async #asWorker<T extends pg.QueryResultRow>(statement: string, values: unknown[]): Promise<T[]> {
    return withClaims(this.#queuePool, { role: 'worker', actor: 'worker' }, async (client) => {
      const { rows } = await client.query<T>(statement, values)
      return rows
    })
  }
}
