/** The one PostgreSQL session: PGlite, driven by raw protocol bytes, synchronously. */
import { PGlite } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { fuzzystrmatch } from '@electric-sql/pglite/contrib/fuzzystrmatch'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { pgcrypto } from '@electric-sql/pglite/contrib/pgcrypto'
import { unaccent } from '@electric-sql/pglite/contrib/unaccent'
import { vector } from '@electric-sql/pglite-pgvector'
import { durableFiles, startParams } from './durability.ts'
import {
  errorFields,
  MessageReader,
  query,
  rowValues,
  stringAt,
  type TransactionStatus,
  typeOf,
} from './protocol.ts'

/** The engine ended or trapped; nothing can be run on it any more. */
export class EngineLostError extends Error {
  constructor(cause: unknown) {
    super(`the embedded database stopped: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
    this.name = 'EngineLostError'
  }
}

export interface InternalResult {
  rows: (string | null)[][]
  errors: Record<string, string>[]
  status: TransactionStatus
}

/** What PGlite throws for PostgreSQL's own error handling: not a fault of the engine. */
const LONGJMP = 100

interface MainLoop {
  _PostgresMainLoopOnce: () => void
  _PostgresMainLongJmp: () => void
}

export class Engine {
  readonly #db: PGlite
  #lost: { cause: unknown } | null = null
  /** The settings PostgreSQL reports to clients, as last reported. */
  readonly parameters = new Map<string, string>()
  /** Why PostgreSQL ends, in its own words; the exception says nothing. */
  readonly #lastWords: () => string | undefined

  private constructor(db: PGlite, lastWords: () => string | undefined) {
    this.#db = db
    this.#lastWords = lastWords
    this.#watchMainLoop()
  }

  static async open(options: {
    dataDir: string
    loadDataDir?: Uint8Array | undefined
    onLog: (level: 'debug' | 'error', line: string) => void
  }): Promise<Engine> {
    let lastWords: string | undefined
    const onLine = (line: string) => {
      const fatal = /\b(?:PANIC|FATAL): .*/.exec(line)
      if (fatal) lastWords = fatal[0].trim()
      if (line.trim()) options.onLog(fatal ? 'error' : 'debug', line.trim())
      return true
    }
    const db = await PGlite.create({
      dataDir: options.dataDir,
      startParams,
      extensions: { vector, pg_trgm, unaccent, btree_gin, pgcrypto, fuzzystrmatch, durableFiles },
      onStdout: onLine,
      onStderr: onLine,
      ...(options.loadDataDir
        ? { loadDataDir: new Blob([options.loadDataDir as Uint8Array<ArrayBuffer>]) }
        : {}),
    }).catch((error: unknown) => {
      throw startError(error, lastWords)
    })
    const engine = new Engine(db, () => lastWords)
    await engine.#readParameters()
    return engine
  }

  get lost() {
    return this.#lost !== null
  }

  /**
   * Runs whole messages and hands on every message of the answer. The bytes must end a request (Sync, Query,
   * FunctionCall) or with Flush: PostgreSQL takes an end of input in the middle as the end of the session.
   * Null: no ReadyForQuery came, so the request is still open.
   */
  async exec(bytes: Buffer, onMessage: (message: Buffer) => void): Promise<TransactionStatus | null> {
    if (this.#lost) throw new EngineLostError(this.#lost.cause)
    const reader = new MessageReader()
    let status: TransactionStatus | null = null
    const onRawData = (data: Uint8Array) => {
      reader.push(Buffer.from(data))
      for (
        let next = reader.take(false, Number.POSITIVE_INFINITY);
        next;
        next = reader.take(false, Number.POSITIVE_INFINITY)
      ) {
        const type = typeOf(next)
        if (type === 'Z') status = String.fromCharCode(next[5]!) as TransactionStatus
        else if (type === 'S') {
          const name = stringAt(next, 5)
          this.parameters.set(name.text, stringAt(next, name.next).text)
        }
        onMessage(next)
      }
    }
    const restore = withoutTimers()
    let running: Promise<void>
    try {
      // The statement runs inside this call; only the promise around it is settled later.
      running = this.#db.execProtocolRawStream(bytes, { syncToFs: false, onRawData })
    } finally {
      restore()
    }
    try {
      await running
    } catch (error) {
      this.#lost ??= { cause: error }
      throw new EngineLostError(this.#lastWords() ?? error)
    }
    return status
  }

  /** Runs statements of the gateway's own; their messages go to nobody. */
  async internal(...messages: Buffer[]): Promise<InternalResult> {
    const result: InternalResult = { rows: [], errors: [], status: 'I' }
    const status = await this.exec(Buffer.concat(messages), (message) => {
      const type = typeOf(message)
      if (type === 'D') result.rows.push(rowValues(message))
      else if (type === 'E') result.errors.push(errorFields(message))
    })
    if (status === null) {
      this.#lost = { cause: new Error('no answer to a request of the gateway') }
      throw new EngineLostError(this.#lost.cause)
    }
    result.status = status
    return result
  }

  async sql(text: string): Promise<InternalResult> {
    const result = await this.internal(query(text))
    const [error] = result.errors
    if (error) throw new Error(`${error.M ?? 'error'} (${error.C ?? ''}): ${text.slice(0, 200)}`)
    return result
  }

  /** A tar archive of the data folder. Nothing may be running. */
  async dump(): Promise<Uint8Array> {
    await this.sql('checkpoint')
    const file = await this.#db.dumpDataDir('none')
    return new Uint8Array(await file.arrayBuffer())
  }

  /** Ends the session as PostgreSQL does, with a checkpoint. */
  async close() {
    if (this.#lost) return
    this.#lost = { cause: new Error('closed') }
    await this.#db.close()
  }

  async #readParameters() {
    const pairs = Buffer.from('user\0postgres\0database\0postgres\0\0')
    const startup = Buffer.alloc(8 + pairs.length)
    startup.writeInt32BE(startup.length, 0)
    startup.writeInt32BE(3 << 16, 4)
    pairs.copy(startup, 8)
    await this.exec(startup, () => {})
  }

  /**
   * PGlite swallows every exception of its main loop and tries again, so an engine that has ended would spin
   * for ever in the same call. Whatever is not PostgreSQL's own longjmp is therefore kept and thrown where
   * PGlite lets it through.
   */
  #watchMainLoop() {
    const module = (this.#db as unknown as { Module: MainLoop }).Module
    const once = module._PostgresMainLoopOnce
    const longjmp = module._PostgresMainLongJmp
    module._PostgresMainLoopOnce = () => {
      if (!this.#lost) {
        try {
          once()
          return
        } catch (error) {
          if ((error as { status?: number }).status === LONGJMP) throw error
          this.#lost = { cause: error }
        }
      }
      throw { status: LONGJMP }
    }
    module._PostgresMainLongJmp = () => {
      if (this.#lost) throw this.#lost.cause
      longjmp()
    }
  }
}

/** Numbers of the engine's file system errors. */
const FILE_ERRORS: Record<number, string> = {
  2: 'EACCES',
  19: 'EDQUOT',
  29: 'EIO',
  51: 'ENOSPC',
  63: 'EPERM',
  69: 'EROFS',
}

/** What PGlite throws when it cannot start says little, and may be no Error at all. */
function startError(error: unknown, lastWords: string | undefined): Error {
  const code = FILE_ERRORS[(error as { errno?: number } | null)?.errno ?? 0]
  const said = lastWords ?? code ?? (error instanceof Error ? error.message : JSON.stringify(error))
  const result = new Error(`the embedded database cannot start: ${said}`, { cause: error })
  return code || /No space left on device/.test(said)
    ? Object.assign(result, { code: code ?? 'ENOSPC' })
    : result
}

/**
 * PostgreSQL's timeouts become JavaScript timers in PGlite. None can fire while a statement runs, but those
 * meant for an idle session do afterwards, and then end the whole engine for every client. The gateway has
 * its own watchdog, so they are not set at all.
 */
function withoutTimers(): () => void {
  const real = globalThis.setTimeout
  globalThis.setTimeout = (() => 0) as unknown as typeof setTimeout
  return () => {
    globalThis.setTimeout = real
  }
}
