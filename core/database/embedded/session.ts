/**
 * The scheduler of the one session. What is scheduled is a whole request, and while a connection has a
 * transaction open (or a request without Sync) the session is its alone. Connections take turns, first come
 * first served, each with its oldest request.
 */
import type { Connection } from './connection.ts'
import { type Engine, EngineLostError } from './engine.ts'
import { ClientError } from './protocol.ts'
import { Runner, type SessionHost } from './runner.ts'

interface Job {
  run: () => Promise<void>
}

export class Session {
  readonly #runner: Runner
  readonly #host: SessionHost
  #queue: (Connection | Job)[] = []
  #holder: Connection | null = null
  #holderIdleSince = 0
  #served = 0
  #scheduled = false
  #running = false
  #lost = false

  constructor(engine: Engine, host: SessionHost) {
    this.#runner = new Runner(engine, host)
    this.#host = host
  }

  /** Requests served so far. */
  get served() {
    return this.#served
  }

  get holder() {
    return this.#holder
  }

  /** Nobody waits and nobody holds it. */
  get isQuiet() {
    return !this.#holder && this.#queue.length === 0
  }

  get isIdle() {
    return this.isQuiet && !this.#running
  }

  /** A connection has a new request, has read its answers, or has closed. */
  wake(connection: Connection) {
    for (let next = connection.next; next?.kind === 'answer'; next = connection.next) {
      connection.shift()
      connection.send(next.answer!())
    }
    if (connection === this.#holder) this.#schedule()
    else if (connection.next && !connection.queued) {
      connection.queued = true
      this.#queue.push(connection)
      this.#schedule()
    }
  }

  /** Clears up what a closed connection leaves in the session. */
  leave(connection: Connection) {
    if (this.#lost) return
    if (connection === this.#holder) this.#schedule()
    else if (this.#runner.leavesAnything(connection)) {
      this.job(() => this.#runner.clearUp(connection, false)).catch(() => {})
    }
  }

  /** Runs something of the gateway's own when no transaction is open, in turn with the clients. */
  job<T>(run: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#queue.push({
        run: () =>
          run().then(resolve, (error) => {
            reject(error)
            throw error
          }),
      })
      this.#schedule()
    })
  }

  /** Time limits; called every now and then. */
  watch(now: number) {
    const holder = this.#holder
    if (!holder || this.#running) return
    const { idleInTransactionTimeout } = this.#host.limits
    const idle = now - this.#holderIdleSince
    if (idle <= idleInTransactionTimeout || holder.next) {
      this.#refuseLongWaiting(holder, now)
      return
    }
    this.#host.log('warn', 'rolled back a transaction left open', { connection: holder.id, idle })
    const seconds = Math.round(idleInTransactionTimeout / 100) / 10
    holder.terminate(
      new ClientError('25P03', `terminating connection: its transaction was idle for ${seconds} s`, {
        fatal: true,
        hint: 'The embedded database serves one transaction at a time; keep transactions short.',
      }),
    )
  }

  /** Those who wait in a queue that moves are not counted: their turn comes. */
  #refuseLongWaiting(holder: Connection, now: number) {
    const { lockTimeout } = this.#host.limits
    const name = holder.applicationName ? ` (${holder.applicationName})` : ''
    for (const waiter of this.#queue) {
      if (!('next' in waiter)) continue
      const request = waiter.next
      if (!request || now - request.since <= lockTimeout) continue
      waiter.refuseNext(
        new ClientError(
          '55P03',
          `the embedded database was not free within ${lockTimeout} ms: connection ${holder.id}${name} holds it in a transaction`,
          { hint: 'Keep transactions short, or use a PostgreSQL server.' },
        ),
      )
    }
  }

  #schedule() {
    if (this.#scheduled || this.#running || this.#lost) return
    this.#scheduled = true
    // Between two requests the sockets get their turn.
    setImmediate(() => {
      this.#scheduled = false
      this.#running = true
      this.#step()
        .catch((error: unknown) => this.#failed(error))
        .finally(() => {
          this.#running = false
          const holder = this.#holder
          if (holder ? holder.next || holder.isClosed : this.#queue.length) this.#schedule()
        })
    })
  }

  #failed(error: unknown) {
    if (error instanceof EngineLostError) {
      this.#lost = true
      this.#queue = []
      this.#host.lost(error)
    } else this.#host.log('error', 'a task of the gateway failed', { error: String(error) })
  }

  async #step() {
    const holder = this.#holder
    if (holder) {
      if (holder.isClosed) {
        this.#holder = null
        await this.#runner.clearUp(holder, true)
      } else if (holder.next) await this.#serve(holder)
      return
    }
    const next = this.#queue.shift()
    if (!next) return
    if ('next' in next) {
      next.queued = false
      if (next.next) await this.#serve(next)
    } else {
      // The gateway's own work must not depend on whose role and settings are in effect.
      await this.#runner.reset()
      await next.run()
    }
  }

  async #serve(connection: Connection) {
    const request = connection.shift()!
    this.#served++
    try {
      this.#hold(connection, await this.#runner.serve(connection, request, this.#holder === connection))
    } catch (error) {
      if (error instanceof EngineLostError) throw error
      if (!(error instanceof ClientError)) {
        this.#host.log('error', 'a request failed in the gateway', { error: String(error) })
      }
      // Whatever it left open is rolled back on its way out.
      this.#hold(connection, true)
      connection.terminate(
        error instanceof ClientError
          ? error
          : new ClientError('XX000', 'internal error of the embedded database', { fatal: true }),
      )
    } finally {
      this.wake(connection)
    }
  }

  #hold(connection: Connection, holds: boolean) {
    this.#holder = holds ? connection : null
    this.#holderIdleSince = Date.now()
  }
}
