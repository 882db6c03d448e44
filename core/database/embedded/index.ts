/**
 * A PostgreSQL inside this process: one PGlite in a worker thread, reached by any number of ordinary `pg`
 * clients over loopback TCP. See README.md here for what differs from a server.
 *
 * Engine, scheduler and sockets share the worker thread. While a statement runs nothing else could be served
 * anyway, and the other way, sockets in the main thread and a message port between, costs two hops a request
 * and makes every answer wait for the main thread's own work. Measured figures are in the README.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { defaultLimits, type GatewayLimits } from './limits.ts'
import { DataDirLock, findLock } from './lock.ts'
import type { FromThread, LogLevel, ThreadOptions, ToThread } from './messages.ts'

export type { GatewayLimits } from './limits.ts'
export { defaultLimits } from './limits.ts'
export { DataDirLockedError } from './lock.ts'

export interface EmbeddedOptions {
  /** A folder, or `memory://` for a database that is gone at the end. */
  dataDir: string
  /** Default: a free one. */
  port?: number
  /** A dump to start from; only where there is no database yet. */
  loadDataDir?: Uint8Array
  limits?: Partial<GatewayLimits>
  log?: (level: LogLevel, message: string, details?: Record<string, unknown>) => void
}

export interface EmbeddedDatabase {
  /** With the password, which is another at every start. */
  url: string
  dataDir: string
  /** The process it runs in. */
  pid: number
  /** Settles when the database has stopped: with an error unless close() was called. */
  stopped: Promise<Error | null>
  close(): Promise<void>
  /** A tar archive of the data folder, for loadDataDir. Waits for open transactions. */
  dump(): Promise<Uint8Array>
}

/** The folder cannot be used: not writable, full, or not a folder. */
export class DataDirUnusableError extends Error {
  readonly dataDir: string
  constructor(dataDir: string, reason: string, cause?: unknown) {
    super(`The database folder ${dataDir} cannot be used: ${reason}`, { cause })
    this.name = 'DataDirUnusableError'
    this.dataDir = dataDir
  }
}

export async function findRunning(dataDir: string): Promise<{ pid: number; url: string } | null> {
  const lock = findLock(resolve(dataDir))
  return lock?.url ? { pid: lock.pid, url: lock.url } : null
}

export async function openEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const limits: GatewayLimits = { ...defaultLimits, ...options.limits }
  const inMemory = options.dataDir.startsWith('memory://')
  const dataDir = inMemory ? options.dataDir : resolve(options.dataDir)
  const lock = inMemory ? null : await lockFolder(dataDir, limits)
  try {
    const initialising = lock ? prepareFolder(dataDir, options) : () => {}
    const thread = new DatabaseThread(
      {
        pgdata: inMemory ? 'memory://' : join(dataDir, 'pgdata'),
        loadDataDir: options.loadDataDir,
        port: options.port ?? 0,
        password: randomBytes(24).toString('base64url'),
        limits,
      },
      options.log ?? (() => {}),
      () => lock?.release(),
    )
    const url = await thread.ready()
    initialising()
    lock?.publish(url)
    return {
      url,
      dataDir,
      pid: process.pid,
      stopped: thread.stopped,
      close: () => thread.close(),
      dump: () => thread.dump(),
    }
  } catch (error) {
    lock?.release()
    throw inMemory ? error : explain(dataDir, error)
  }
}

async function lockFolder(dataDir: string, limits: GatewayLimits): Promise<DataDirLock> {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    const { bavail, bsize } = statfsSync(dataDir)
    if (bavail * bsize < limits.minFreeBytes) {
      const [free, needed] = [bavail * bsize, limits.minFreeBytes].map((bytes) =>
        Math.round(bytes / 1024 / 1024),
      )
      throw new DataDirUnusableError(
        dataDir,
        `only ${free} MB are free on its disk, and ${needed} MB are needed.`,
      )
    }
    return await DataDirLock.acquire(dataDir)
  } catch (error) {
    throw explain(dataDir, error)
  }
}

/**
 * A first start that is interrupted leaves half a database, which later starts would take for a whole one.
 * A marker says that it is not finished; what stands there then was never served and is removed.
 */
function prepareFolder(dataDir: string, options: EmbeddedOptions): () => void {
  const pgdata = join(dataDir, 'pgdata')
  const marker = join(dataDir, 'clubos.initialising')
  if (existsSync(marker)) rmSync(pgdata, { recursive: true, force: true })
  if (existsSync(join(pgdata, 'PG_VERSION'))) {
    if (options.loadDataDir) {
      throw new DataDirUnusableError(dataDir, 'it holds a database already, so none can be loaded into it.')
    }
    return () => {}
  }
  writeFileSync(marker, '')
  return () => rmSync(marker, { force: true })
}

function explain(dataDir: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code
  const reasons: Record<string, string> = {
    EACCES: 'this user may not write there.',
    EPERM: 'this user may not write there.',
    EROFS: 'the file system is read-only.',
    ENOSPC: 'the disk is full.',
    EDQUOT: 'the disk quota is used up.',
    ENOTDIR: 'part of its path is a file.',
    EEXIST: 'there is a file of that name.',
    ENOENT: 'it cannot be created there.',
  }
  const reason = code ? reasons[code] : undefined
  return reason ? new DataDirUnusableError(dataDir, reason, error) : error
}

class DatabaseThread {
  readonly stopped: Promise<Error | null>
  readonly #worker: Worker
  readonly #password: string
  readonly #closeTimeout: number
  readonly #dumps = new Map<
    number,
    { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void }
  >()
  readonly #ready = Promise.withResolvers<string>()
  #nextDump = 1
  #closing: Promise<void> | null = null
  #failure: Error | null = null
  /** It closed as asked. */
  #closed = false
  #ended = false

  constructor(options: ThreadOptions, log: NonNullable<EmbeddedOptions['log']>, ended: () => void) {
    this.#password = options.password
    this.#closeTimeout = options.limits.closeTimeout
    this.#ready.promise.catch(() => {})
    this.#worker = new Worker(new URL('./thread.ts', import.meta.url), {
      workerData: options,
      // PostgreSQL measures another stack than the one JavaScript limits, and some of its recursions (json)
      // use only the latter, where an overflow is the end of the engine. It is address space until it is used.
      resourceLimits: { stackSizeMb: 256 },
    })
    this.#worker.on('message', (message: FromThread) => this.#receive(message, log))
    this.#worker.on('error', (error) => {
      this.#failure ??= error instanceof Error ? error : new Error(String(error))
    })
    this.stopped = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        ended()
        this.#ended = true
        const error = this.#closed
          ? null
          : (this.#failure ?? new Error('the thread of the embedded database ended unexpectedly'))
        this.#ready.reject(error ?? new Error('the embedded database was closed'))
        for (const { reject } of this.#dumps.values())
          reject(error ?? new Error('the embedded database was closed'))
        if (error) log('error', error.message)
        resolve(error)
      })
    })
  }

  ready(): Promise<string> {
    return this.#ready.promise
  }

  dump(): Promise<Uint8Array> {
    if (this.#ended) return Promise.reject(this.#failure ?? new Error('the embedded database was closed'))
    const id = this.#nextDump++
    return new Promise((resolve, reject) => {
      this.#dumps.set(id, { resolve, reject })
      this.#post({ type: 'dump', id })
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** A statement that does not end cannot be interrupted; its thread can. The next start recovers. */
  async #close() {
    this.#post({ type: 'close' })
    const timer = setTimeout(() => {
      this.#closed = true
      this.#worker.terminate()
    }, this.#closeTimeout + 5_000)
    await this.stopped
    clearTimeout(timer)
  }

  #post(message: ToThread) {
    this.#worker.postMessage(message)
  }

  #receive(message: FromThread, log: NonNullable<EmbeddedOptions['log']>) {
    switch (message.type) {
      case 'ready':
        this.#ready.resolve(`postgres://postgres:${this.#password}@127.0.0.1:${message.port}/postgres`)
        break
      case 'log':
        log(message.level, message.message, message.details)
        break
      case 'dumped':
        this.#dumps.get(message.id)?.resolve(message.bytes)
        this.#dumps.delete(message.id)
        break
      case 'dumpFailed':
        this.#dumps.get(message.id)?.reject(new Error(message.message))
        this.#dumps.delete(message.id)
        break
      case 'closed':
        this.#closed = true
        break
      case 'failed':
        this.#failure = Object.assign(new Error(message.message), message.code ? { code: message.code } : {})
        break
    }
  }
}
