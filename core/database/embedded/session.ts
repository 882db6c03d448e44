/**
 * The scheduler of the one session. What is scheduled is a whole request, and while a connection has a
 * transaction open (or a request without Sync) the session is its alone. Connections take turns, first come
 * first served, each with its oldest request.
 */
import { listenDifference, notificationChannel } from './channels.ts'
import type { Connection, Request } from './connection.ts'
import { type Engine, EngineLostError } from './engine.ts'
import type { GatewayLimits } from './limits.ts'
import { RequestOutput } from './output.ts'
import * as protocol from './protocol.ts'
import { ClientError, type TransactionStatus } from './protocol.ts'
import { resetSession } from './settings.ts'
import type { Translated } from './statements.ts'

interface Job {
  run: () => Promise<void>
}

export interface SessionHost {
  limits: GatewayLimits
  connections: ReadonlySet<Connection>
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, details?: Record<string, unknown>): void
  /** The engine is lost; called once. */
  lost(error: Error): void
}

export class Session {
  readonly #engine: Engine
  readonly #host: SessionHost
  #queue: (Connection | Job)[] = []
  #holder: Connection | null = null
  #holderIdleSince = 0
  /** Whose settings are in effect. */
  #owner: Connection | null = null
  /** How often all prepared statements were discarded. */
  #generation = 0
  #listening = new Set<string>()
  #listenDue = false
  #served = 0
  #scheduled = false
  #running = false
  #lost = false

  constructor(engine: Engine, host: SessionHost) {
    this.#engine = engine
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
    else if (
      connection.statements.size ||
      connection.listener.channels.size ||
      connection.leavesTemporaries ||
      connection.leavesAdvisoryLocks
    ) {
      this.job(() => this.#clearUp(connection)).catch(() => {})
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
    const { idleInTransactionTimeout, lockTimeout } = this.#host.limits
    const holder = this.#holder
    if (!holder || this.#running) return
    const idle = now - this.#holderIdleSince
    if (idle > idleInTransactionTimeout && !holder.next) {
      this.#host.log('warn', 'rolled back a transaction left open', { connection: holder.id, idle })
      const seconds = Math.round(idleInTransactionTimeout / 100) / 10
      holder.terminate(
        new ClientError('25P03', `terminating connection: its transaction was idle for ${seconds} s`, {
          fatal: true,
          hint: 'The embedded database serves one transaction at a time; keep transactions short.',
        }),
      )
      return
    }
    for (const waiter of this.#queue) {
      if (!('next' in waiter) || waiter === holder) continue
      const request = waiter.next
      if (!request || now - request.since <= lockTimeout) continue
      const name = holder.applicationName ? ` (${holder.applicationName})` : ''
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
      if (holder.isClosed) await this.#clearUp(holder)
      else if (holder.next) await this.#serve(holder)
      return
    }
    const next = this.#queue.shift()
    if (!next) return
    if (!('next' in next)) {
      // The gateway's own work must not depend on whose role and settings are in effect.
      await this.#reset()
      await next.run()
      return
    }
    next.queued = false
    if (next.next) await this.#serve(next)
  }

  async #serve(connection: Connection) {
    const request = connection.shift()!
    this.#served++
    try {
      const onlyFlush = request.ends === 'H' && request.messages.length === 1
      if (connection.skipUntilSync) connection.send(connection.skip(request))
      else if (connection.engineSkipsUntilSync) {
        if (request.ends === 'S') await this.#run(connection, { ...request, messages: [protocol.sync] })
        else this.#hold(connection)
      } else if (!onlyFlush || this.#holder === connection) {
        await this.#enter(connection)
        if (request.kind === 'start') connection.welcome(this.#engine.parameters)
        else await this.#run(connection, request)
      }
    } catch (error) {
      if (error instanceof EngineLostError) throw error
      if (!(error instanceof ClientError)) {
        this.#host.log('error', 'a request failed in the gateway', { error: String(error) })
      }
      // Whatever it left open is rolled back on its way out.
      this.#hold(connection)
      connection.terminate(
        error instanceof ClientError
          ? error
          : new ClientError('XX000', 'internal error of the embedded database', { fatal: true }),
      )
    } finally {
      this.wake(connection)
    }
  }

  #hold(connection: Connection | null) {
    this.#holder = connection
    this.#holderIdleSince = Date.now()
  }

  /** Gives the session this connection's settings. */
  async #enter(connection: Connection) {
    if (this.#owner === connection) return
    await this.#reset()
    const restore = connection.settings.restore()
    if (restore) {
      const [error] = (await this.#engine.internal(restore)).errors
      if (error) {
        throw new ClientError(error.C ?? 'XX000', error.M ?? 'the session settings cannot be set', {
          fatal: true,
        })
      }
    }
    this.#owner = connection
  }

  async #reset() {
    this.#owner = null
    const { errors, status } = await this.#engine.internal(resetSession)
    if (errors.length || status !== 'I')
      throw new EngineLostError(errors[0]?.M ?? 'the session cannot be reset')
  }

  async #run(connection: Connection, request: Request) {
    const translated = connection.statements.translate(request.messages, this.#generation)
    const alone =
      translated.executed.length === 1 && request.ends === 'Q' ? translated.executed[0] : undefined
    if (alone?.discardsAllAlone && connection.status === 'I') return this.#discardAll(connection)
    if (alone?.deallocatesAllAlone) return this.#deallocateAll(connection)
    if (this.#refusesCopy(connection, request, translated)) return
    const tracker = connection.listener.follow(translated.executed)
    const output = new RequestOutput(connection, {
      swallowParses: translated.preparedAgain,
      swallowCopyIn: request.kind === 'copy',
      maxBytes: this.#host.limits.maxOutputBytes,
      onComplete: (complete) => {
        tracker.tag(complete)
        this.#noteDiscard(complete, connection)
      },
      onError: () => tracker.error(),
      onNotification: (notification) => this.#notify(notification, connection),
    })
    const status = await this.#engine.exec(Buffer.concat(translated.bytes), (message) => output.add(message))
    if (status === null && request.ends !== 'H') throw new EngineLostError('a request was not answered')
    if (status) connection.status = status
    connection.engineSkipsUntilSync = status === null && tracker.failed
    tracker.end(status)
    this.#hold(status === 'I' ? null : connection)
    await this.#afterRun(connection, translated, status)
    this.#listenDue ||= tracker.changed
    if (this.#listenDue && !this.#holder) await this.#listen()
    output.end()
  }

  /** Keeps what outlives the request apart from other connections. */
  async #afterRun(connection: Connection, translated: Translated, status: TransactionStatus | null) {
    const { settings } = connection
    for (const analysis of translated.analyses) {
      settings.note(analysis, translated.parameters)
      connection.leavesTemporaries ||= analysis.leavesTemporaries
      connection.leavesAdvisoryLocks ||= analysis.leavesAdvisoryLocks
    }
    if (!settings.changed || status === null || status === 'E') return
    const again = settings.afterReset(translated.analyses)
    if (again) await this.#engine.internal(again)
    if (status === 'I') settings.snapshot((await this.#engine.internal(settings.snapshotQuery())).rows)
  }

  /** COPY FROM STDIN works as a simple query of its own; see Connection. Elsewhere it would end the session. */
  #refusesCopy(connection: Connection, request: Request, { analyses }: Translated): boolean {
    const found = analyses.some(({ copyFromStdin }) => copyFromStdin !== 'none')
    if (!found || request.kind === 'copy') return false
    const error = new ClientError('0A000', 'COPY FROM STDIN is not possible here in the embedded database', {
      hint: 'Send it as a simple query with nothing else in it, or use insert … select from unnest(…).',
    })
    connection.send(protocol.errorResponse(error))
    if (request.ends === 'H') connection.skipUntilSync = true
    else connection.send(protocol.readyForQuery(connection.status))
    return true
  }

  #noteDiscard(complete: Buffer, connection: Connection) {
    if (complete.length > 24) return
    const tag = protocol.stringAt(complete, 5).text
    if (tag !== 'DISCARD ALL' && tag !== 'DEALLOCATE ALL') return
    // The statements of all connections are gone; the others' are prepared again when they use them.
    this.#generation++
    connection.statements.forget()
  }

  async #discardAll(connection: Connection) {
    connection.settings.forget()
    const channels = connection.listener.channels.size > 0
    connection.listener.channels.clear()
    await this.#engine.internal(...connection.statements.closeAll(), protocol.sync)
    this.#owner = null
    if (channels) await this.#listen()
    connection.send(protocol.message('C', 'DISCARD ALL\0'), protocol.readyForQuery('I'))
  }

  async #deallocateAll(connection: Connection) {
    const { status } = await this.#engine.internal(...connection.statements.closeAll(), protocol.sync)
    connection.send(protocol.message('C', 'DEALLOCATE ALL\0'), protocol.readyForQuery(status))
  }

  #notify(notification: Buffer, from: Connection) {
    const channel = notificationChannel(notification)
    const message = Buffer.from(notification)
    message.writeInt32BE(from.id, 5)
    for (const connection of this.#host.connections) {
      if (!connection.listener.channels.has(channel)) continue
      if (connection.unread > this.#host.limits.maxOutputBytes) connection.destroy()
      else connection.send(message)
    }
  }

  /** Makes the session listen to what the connections listen to. */
  async #listen() {
    this.#listenDue = false
    const wanted = new Set<string>()
    for (const { listener } of this.#host.connections)
      for (const channel of listener.channels) wanted.add(channel)
    const { rows } = await this.#engine.sql('select pg_catalog.pg_listening_channels()')
    const statements = listenDifference(
      rows.map(([channel]) => channel ?? ''),
      wanted,
    )
    if (statements.length) await this.#engine.sql(statements.join('; '))
    this.#listening = wanted
  }

  async #clearUp(connection: Connection) {
    const wasHolder = this.#holder === connection
    if (wasHolder) this.#holder = null
    if (this.#owner === connection) this.#owner = null
    const messages = connection.statements.closeAll()
    // Sync first: after an error PostgreSQL ignores everything else until it comes.
    const { status } = await this.#engine.internal(
      ...(wasHolder ? [protocol.sync, protocol.query('rollback')] : []),
      resetSession,
      ...messages,
      protocol.sync,
    )
    this.#owner = null
    if (status !== 'I') throw new EngineLostError('a transaction could not be rolled back')
    for (const channel of connection.listener.channels) {
      if (!this.#listening.has(channel)) continue
      await this.#listen()
      break
    }
    await this.#clearResidue(connection)
  }

  /** Temporary tables and advisory locks belong to the session; they go when nobody is left who made such. */
  async #clearResidue(connection: Connection) {
    const others = [...this.#host.connections].filter((other) => other !== connection)
    if (connection.leavesAdvisoryLocks && !others.some((other) => other.leavesAdvisoryLocks)) {
      await this.#engine.sql('select pg_catalog.pg_advisory_unlock_all()')
    }
    if (connection.leavesTemporaries && !others.some((other) => other.leavesTemporaries)) {
      await this.#engine.sql('discard temp')
    }
  }
}
