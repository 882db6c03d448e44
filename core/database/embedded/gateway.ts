/** The TCP side: accepts connections on loopback and lets the session serve them. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { Connection, type Host } from './connection.ts'
import type { Engine } from './engine.ts'
import type { GatewayLimits } from './limits.ts'
import { Maintenance } from './maintenance.ts'
import { ClientError, errorResponse } from './protocol.ts'
import { Session } from './session.ts'

export interface GatewayOptions {
  engine: Engine
  port: number
  password: string
  limits: GatewayLimits
  log: Host['log']
  lost: (error: Error) => void
}

export class Gateway {
  readonly #options: GatewayOptions
  readonly #session: Session
  readonly #server: Server
  readonly #connections = new Set<Connection>()
  readonly #host: Host
  readonly #maintenance: Maintenance
  #nextId = 1
  #watch: NodeJS.Timeout | undefined

  private constructor(options: GatewayOptions) {
    this.#options = options
    const { engine, limits, log } = options
    this.#session = new Session(engine, {
      limits,
      log,
      connections: this.#connections,
      lost: (error) => {
        this.#end(new ClientError('57P02', 'the embedded database has stopped', { fatal: true }))
        options.lost(error)
      },
    })
    this.#maintenance = new Maintenance(engine, this.#session, limits, log)
    this.#host = {
      limits,
      password: options.password,
      closing: false,
      parameters: engine.parameters,
      mayQueue: (connection) =>
        connection === this.#session.holder || this.#waitingRequests() < limits.maxQueuedRequests,
      wake: (connection) => this.#session.wake(connection),
      cancel: (pid, secret) => this.#cancel(pid, secret),
      closed: (connection) => {
        this.#connections.delete(connection)
        this.#session.leave(connection)
      },
      log,
    }
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket))
  }

  static async listen(options: GatewayOptions): Promise<Gateway> {
    const gateway = new Gateway(options)
    await new Promise<void>((resolve, reject) => {
      gateway.#server.once('error', reject)
      gateway.#server.listen(options.port, '127.0.0.1', () => resolve())
    })
    const { idleInTransactionTimeout, lockTimeout, drainTimeout } = options.limits
    const every = Math.max(
      20,
      Math.min(1000, Math.min(idleInTransactionTimeout, lockTimeout, drainTimeout) / 4),
    )
    gateway.#watch = setInterval(() => gateway.#sweep(), every)
    return gateway
  }

  get port() {
    return (this.#server.address() as AddressInfo).port
  }

  dump(): Promise<Uint8Array> {
    return this.#session.job(() => this.#options.engine.dump())
  }

  /** Lets what is running end, for a while, and disconnects everyone. */
  async close() {
    this.#host.closing = true
    this.#server.close()
    const until = Date.now() + this.#options.limits.closeTimeout
    while (!this.#session.isIdle && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 10))
    this.#end(
      new ClientError('57P01', 'terminating connection: the embedded database is closing', { fatal: true }),
    )
    await this.#session.job(async () => {})
  }

  #end(error: ClientError) {
    clearInterval(this.#watch)
    this.#server.close()
    for (const connection of [...this.#connections]) connection.terminate(error)
  }

  #accept(socket: Socket) {
    const refusal = this.#host.closing
      ? new ClientError('57P03', 'the embedded database is shutting down', { fatal: true })
      : this.#connections.size >= this.#options.limits.maxConnections
        ? new ClientError('53300', 'too many connections to the embedded database', {
            fatal: true,
            hint: `At most ${this.#options.limits.maxConnections} are served; use smaller pools.`,
          })
        : null
    if (refusal) {
      socket.on('error', () => {})
      socket.end(errorResponse(refusal))
      return
    }
    this.#connections.add(new Connection(this.#nextId++, socket, this.#host))
  }

  #waitingRequests(): number {
    let count = 0
    for (const connection of this.#connections) count += connection.waitingRequests
    return count
  }

  /** A running statement cannot be interrupted: it has the thread. One that waits is dropped. */
  #cancel(pid: number, secret: number) {
    for (const connection of this.#connections) {
      if (connection.id !== pid || connection.secret !== secret) continue
      connection.refuseNext(new ClientError('57014', 'canceling statement due to user request'))
    }
  }

  #sweep() {
    const now = Date.now()
    const { authenticationTimeout, drainTimeout } = this.#options.limits
    for (const connection of [...this.#connections]) {
      if (!connection.isReady && now - connection.since > authenticationTimeout) connection.destroy()
      else if (connection.undrainedSince && now - connection.undrainedSince > drainTimeout) {
        this.#options.log('warn', 'disconnected a client that does not read', { connection: connection.id })
        connection.destroy()
      }
    }
    this.#session.watch(now)
    this.#maintenance.tick(now)
  }
}
