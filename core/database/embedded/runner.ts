/**
 * Runs requests in the one session so that each connection finds it as if it were its own: its settings,
 * its statements, its channels. When to run what is the scheduler's business; see Session.
 */
import { listenDifference, notificationChannel } from './channels.ts'
import type { Connection, Host } from './connection.ts'
import { type Engine, EngineLostError } from './engine.ts'
import type { GatewayLimits } from './limits.ts'
import { RequestOutput } from './output.ts'
import * as protocol from './protocol.ts'
import { ClientError, type TransactionStatus } from './protocol.ts'
import type { Request } from './requests.ts'
import { resetSession } from './settings.ts'
import type { Translated } from './statements.ts'

export interface SessionHost {
  limits: GatewayLimits
  connections: ReadonlySet<Connection>
  log: Host['log']
  /** The engine is lost; called once. */
  lost(error: Error): void
}

export class Runner {
  readonly #engine: Engine
  readonly #host: SessionHost
  /** Whose settings are in effect. */
  #owner: Connection | null = null
  /** How often all prepared statements were discarded. */
  #generation = 0
  #listening = new Set<string>()
  #listenDue = false

  constructor(engine: Engine, host: SessionHost) {
    this.#engine = engine
    this.#host = host
  }

  /** Serves one request. True when the connection keeps the session: its transaction or request is still open. */
  async serve(connection: Connection, request: Request, holds: boolean): Promise<boolean> {
    const onlyFlush = request.ends === 'H' && request.messages.length === 1
    if (connection.skipUntilSync) {
      connection.send(connection.skip(request))
      return holds
    }
    if (connection.engineSkipsUntilSync) {
      if (request.ends !== 'S') return true
      return this.#run(connection, { ...request, messages: [protocol.sync] }, holds)
    }
    if (onlyFlush && !holds) return false
    await this.#enter(connection)
    if (request.kind === 'start') {
      connection.welcome(this.#engine.parameters)
      return false
    }
    return this.#run(connection, request, holds)
  }

  /** Takes every client's settings out of the session. */
  async reset() {
    this.#owner = null
    const { errors, status } = await this.#engine.internal(resetSession)
    if (errors.length || status !== 'I')
      throw new EngineLostError(errors[0]?.M ?? 'the session cannot be reset')
  }

  leavesAnything(connection: Connection): boolean {
    return (
      connection.statements.size > 0 ||
      connection.listener.channels.size > 0 ||
      connection.leavesTemporaries ||
      connection.leavesAdvisoryLocks
    )
  }

  /** Removes what a closed connection has left, its open transaction included. */
  async clearUp(connection: Connection, holds: boolean) {
    this.#owner = null
    const { status } = await this.#engine.internal(
      // Sync first: after an error PostgreSQL ignores everything else until it comes.
      ...(holds ? [protocol.sync, protocol.query('rollback')] : []),
      resetSession,
      ...connection.statements.closeAll(),
      protocol.sync,
    )
    if (status !== 'I') throw new EngineLostError('a transaction could not be rolled back')
    if ([...connection.listener.channels].some((channel) => this.#listening.has(channel)))
      await this.#listen()
    await this.#clearResidue(connection)
  }

  /** Gives the session this connection's settings. */
  async #enter(connection: Connection) {
    if (this.#owner === connection) return
    await this.reset()
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

  async #run(connection: Connection, request: Request, holds: boolean): Promise<boolean> {
    const translated = connection.statements.translate(request.messages, this.#generation)
    const alone =
      translated.executed.length === 1 && request.ends === 'Q' ? translated.executed[0] : undefined
    if (alone?.discardsAllAlone && connection.status === 'I') return this.#discardAll(connection)
    if (alone?.deallocatesAllAlone) return this.#deallocateAll(connection)
    if (this.#refusesCopy(connection, request, translated)) return holds
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
    await this.#afterRun(connection, translated, status)
    this.#listenDue ||= tracker.changed
    if (this.#listenDue && status === 'I') await this.#listen()
    output.end()
    return status !== 'I'
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

  /** COPY FROM STDIN works as a simple query of its own; see RequestCollector. Elsewhere it would end the session. */
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

  /** What DISCARD ALL means to one connection; the session's own would take everything from the others. */
  async #discardAll(connection: Connection): Promise<boolean> {
    connection.settings.forget()
    const channels = connection.listener.channels.size > 0
    connection.listener.channels.clear()
    await this.#engine.internal(...connection.statements.closeAll(), protocol.sync)
    this.#owner = null
    if (channels) await this.#listen()
    connection.send(protocol.message('C', 'DISCARD ALL\0'), protocol.readyForQuery('I'))
    return false
  }

  async #deallocateAll(connection: Connection): Promise<boolean> {
    const { status } = await this.#engine.internal(...connection.statements.closeAll(), protocol.sync)
    connection.send(protocol.message('C', 'DEALLOCATE ALL\0'), protocol.readyForQuery(status))
    return status !== 'I'
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
    const wanted = new Set([...this.#host.connections].flatMap(({ listener }) => [...listener.channels]))
    const { rows } = await this.#engine.sql('select pg_catalog.pg_listening_channels()')
    const statements = listenDifference(
      rows.map(([channel]) => channel ?? ''),
      wanted,
    )
    if (statements.length) await this.#engine.sql(statements.join('; '))
    this.#listening = wanted
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
