/** One client's socket: from the startup packet to whole requests waiting for the session. */
import { createHash, randomInt, timingSafeEqual } from 'node:crypto'
import type { Socket } from 'node:net'
import { Listener } from './channels.ts'
import type { GatewayLimits } from './limits.ts'
import * as protocol from './protocol.ts'
import { ClientError, MessageReader, type TransactionStatus, typeOf } from './protocol.ts'
import { type Request, RequestCollector } from './requests.ts'
import { ConnectionSettings, parseStartup } from './settings.ts'
import { PreparedStatements } from './statements.ts'

/** What a connection needs of the gateway. */
export interface Host {
  limits: GatewayLimits
  password: string
  closing: boolean
  /** The settings PostgreSQL reports. */
  parameters: ReadonlyMap<string, string>
  /** May one more request wait? Not asked by who holds the session, whom the others wait for. */
  mayQueue(connection: Connection): boolean
  /** The connection may have something to run. */
  wake(connection: Connection): void
  cancel(pid: number, secret: number): void
  closed(connection: Connection): void
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, details?: Record<string, unknown>): void
}

/** With these only, a connection needs no statement to start, so it need not wait for anyone's transaction. */
const HARMLESS = new Set(['application_name'])

export class Connection {
  readonly id: number
  readonly secret = randomInt(2 ** 31)
  readonly since = Date.now()
  readonly statements: PreparedStatements
  readonly listener = new Listener()
  settings = new ConnectionSettings(new Map())
  applicationName = ''
  /** As the last ReadyForQuery said. */
  status: TransactionStatus = 'I'
  /** Set by the session: waiting in its queue. */
  queued = false
  /** After an error in a request that ended with Flush, nothing counts until Sync. */
  skipUntilSync = false
  /** The same, but the engine knows it too and must get the Sync. */
  engineSkipsUntilSync = false
  leavesTemporaries = false
  leavesAdvisoryLocks = false
  undrainedSince = 0
  readonly #socket: Socket
  readonly #host: Host
  readonly #reader = new MessageReader()
  #state: 'startup' | 'password' | 'ready' | 'closed' = 'startup'
  #startup: ReturnType<typeof parseStartup> | null = null
  readonly #collector: RequestCollector
  #requests: Request[] = []
  #pendingBytes = 0

  constructor(id: number, socket: Socket, host: Host) {
    this.id = id
    this.#socket = socket
    this.#host = host
    this.statements = new PreparedStatements(id)
    this.#collector = new RequestCollector(host.limits, (request) => this.#add(request))
    socket.setNoDelay(true)
    socket.on('data', (data) => this.#receive(data))
    socket.on('error', () => socket.destroy())
    socket.on('end', () => this.#endAfterRequests())
    socket.on('close', () => this.close())
    socket.on('drain', () => {
      this.undrainedSince = 0
      host.wake(this)
    })
  }

  get isClosed() {
    return this.#state === 'closed'
  }

  get isReady() {
    return this.#state === 'ready'
  }

  /** The request to be run next; null when there is none or the client does not read its answers. */
  get next(): Request | null {
    if (this.#state === 'closed' || this.unread > this.#host.limits.outputHighWater) return null
    return this.#requests[0] ?? null
  }

  get unread() {
    return this.#socket.writableLength
  }

  get waitingRequests() {
    return this.#requests.length
  }

  /** Takes the next request off the list. */
  shift(): Request | undefined {
    const request = this.#requests.shift()
    if (request) this.#pendingBytes -= request.bytes
    this.#flow()
    return request
  }

  /** Puts an answer in place of the next request, as for a cancelled one. */
  refuseNext(error: ClientError) {
    const request = this.#requests[0]
    if (!request || request.kind === 'answer') return
    this.#requests[0] = this.#refusal(error, request)
    this.#pendingBytes -= request.bytes
    this.#host.wake(this)
  }

  /** The answer to a request that does not count any more. */
  skip(request: Request): Buffer {
    if (request.ends !== 'S') return Buffer.alloc(0)
    this.skipUntilSync = false
    return protocol.readyForQuery(this.status)
  }

  send(...buffers: Buffer[]) {
    if (!this.#socket.writable) return
    if (!this.#socket.write(buffers.length === 1 ? buffers[0]! : Buffer.concat(buffers))) {
      this.undrainedSince ||= Date.now()
    }
  }

  /** Tells the client why, and closes. */
  terminate(error: ClientError) {
    if (this.#state === 'closed') return
    this.send(protocol.errorResponse(error))
    this.close()
  }

  close() {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#requests = []
    this.#collector.clear()
    this.#socket.end()
    this.#letGo()
    this.#host.closed(this)
  }

  /** A client that does not take its last bytes must not keep them here; one that reads, if slowly, gets them. */
  #letGo() {
    const end = performance.now() + this.#host.limits.drainTimeout
    let left = this.#socket.writableLength
    const look = setInterval(() => {
      const now = this.#socket.writableLength
      if (now > 0 && now < left && performance.now() < end) left = now
      else {
        clearInterval(look)
        this.#socket.destroy()
      }
    }, 2000)
    look.unref()
    this.#socket.once('close', () => clearInterval(look))
  }

  destroy() {
    this.close()
    this.#socket.destroy()
  }

  #receive(data: Buffer) {
    if (this.#state === 'closed') return
    this.#reader.push(data)
    try {
      for (let next = this.#take(); next; next = this.#take()) this.#handle(next)
    } catch (error) {
      if (!(error instanceof ClientError)) {
        this.#host.log('error', 'a client message could not be handled', { error: String(error) })
      }
      this.terminate(
        error instanceof ClientError ? error : new ClientError('XX000', 'internal error', { fatal: true }),
      )
    }
    this.#flow()
  }

  #take(): Buffer | null {
    if (this.#state === 'closed') return null
    const { maxMessageBytes } = this.#host.limits
    return this.#reader.take(
      this.#state === 'startup',
      this.#state === 'ready' ? maxMessageBytes : protocol.MAX_STARTUP_BYTES,
    )
  }

  #handle(message: Buffer) {
    if (this.#state === 'startup') this.#start(message)
    else if (this.#state === 'password') this.#authenticate(message)
    else if (typeOf(message) === 'X') this.#endAfterRequests()
    else this.#collector.collect(message)
  }

  #start(packet: Buffer) {
    const code = packet.readInt32BE(4)
    if (code === protocol.SSL_REQUEST || code === protocol.GSS_REQUEST) {
      this.send(Buffer.from('N'))
      return
    }
    if (code === protocol.CANCEL_REQUEST) {
      if (packet.length === 16) this.#host.cancel(packet.readInt32BE(8), packet.readInt32BE(12))
      this.close()
      return
    }
    if (code >> 16 !== 3) throw new ClientError('0A000', 'unsupported frontend protocol', { fatal: true })
    const startup = parseStartup(packet)
    if (!startup.user)
      throw new ClientError('28000', 'no user name given in the startup packet', { fatal: true })
    if (startup.minorVersion > 0 || startup.unknown.length) {
      this.send(protocol.negotiateProtocolVersion(startup.unknown))
    }
    this.#startup = startup
    this.#state = 'password'
    this.send(protocol.authenticationCleartext)
  }

  #authenticate(message: Buffer) {
    const startup = this.#startup!
    const digest = (text: string) => createHash('sha256').update(text).digest()
    const given = typeOf(message) === 'p' ? protocol.stringAt(message, 5).text : ''
    if (!timingSafeEqual(digest(given), digest(this.#host.password))) {
      throw new ClientError('28P01', `password authentication failed for user "${startup.user}"`, {
        fatal: true,
        hint: 'The password changes at every start; it is in the url of the running database.',
      })
    }
    if (startup.replication) {
      throw new ClientError('0A000', 'the embedded database has no replication', { fatal: true })
    }
    if (startup.database !== 'postgres') {
      throw new ClientError('3D000', `database "${startup.database}" does not exist`, {
        fatal: true,
        hint: 'The embedded database has one database: postgres.',
      })
    }
    this.#state = 'ready'
    this.settings = new ConnectionSettings(startup.settings)
    this.applicationName = startup.settings.get('application_name') ?? ''
    if ([...startup.settings.keys()].every((name) => HARMLESS.has(name))) this.welcome()
    else this.#add({ kind: 'start', messages: [], ends: 'Q', bytes: 0, since: Date.now() })
  }

  /** Ends the startup; the values are those reported with this connection's settings in effect. */
  welcome(parameters: ReadonlyMap<string, string> = this.#host.parameters) {
    const values = new Map(parameters)
    if (this.#startup?.settings.has('application_name')) values.set('application_name', this.applicationName)
    this.send(
      protocol.authenticationOk,
      ...[...values].map(([name, value]) => protocol.parameterStatus(name, value)),
      protocol.backendKeyData(this.id, this.secret),
      protocol.readyForQuery('I'),
    )
  }

  /** What a client sent before it ended is still carried out, as by a server. */
  #endAfterRequests() {
    this.#collector.answer(() => {
      this.close()
      return Buffer.alloc(0)
    })
  }

  #add(request: Request) {
    const refused = request.kind !== 'answer' && !this.#host.mayQueue(this)
    const entry = refused
      ? this.#refusal(
          new ClientError('53400', 'too many requests are waiting for the embedded database', {
            hint: 'Use fewer connections, or a PostgreSQL server.',
          }),
          request,
        )
      : request
    this.#requests.push(entry)
    if (entry === request) this.#pendingBytes += request.bytes
    this.#host.wake(this)
  }

  #refusal(error: ClientError, request: Request): Request {
    const answer = () => {
      if (this.skipUntilSync) return this.skip(request)
      const response = protocol.errorResponse(error)
      if (request.ends !== 'H') return Buffer.concat([response, protocol.readyForQuery(this.status)])
      this.skipUntilSync = true
      return response
    }
    return { kind: 'answer', messages: [], ends: request.ends, bytes: 0, since: request.since, answer }
  }

  /** Reads no more from a client that has enough waiting. */
  #flow() {
    const { maxPendingRequests, maxPendingBytes } = this.#host.limits
    const full = this.#requests.length >= maxPendingRequests || this.#pendingBytes >= maxPendingBytes
    if (full && !this.#socket.isPaused()) this.#socket.pause()
    else if (!full && this.#socket.isPaused()) this.#socket.resume()
  }
}
