import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from '@jest/globals'
import pg from 'pg'
import {
  type EmbeddedDatabase,
  type EmbeddedOptions,
  openEmbedded,
} from '../../../core/database/embedded/index.ts'
import * as protocol from '../../../core/database/embedded/protocol.ts'

/** Made once: initialising a database takes seconds, loading it half of one. Parallel processes may both make it. */
async function cached(kind: string, make: (path: string) => Promise<void>): Promise<string> {
  const manifest = new URL('../../../node_modules/@electric-sql/pglite/package.json', import.meta.url)
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  const path = join(tmpdir(), `clubos-embedded-template-${version}.${kind}`)
  if (existsSync(path)) return path
  const made = `${path}.${process.pid}`
  await make(made)
  try {
    renameSync(made, path)
  } catch {
    // The other one was first.
    rmSync(made, { recursive: true, force: true })
  }
  return path
}

async function template(): Promise<Uint8Array> {
  const file = await cached('tar', async (path) => {
    const database = await openEmbedded({ dataDir: 'memory://' })
    writeFileSync(path, await database.dump())
    await database.close()
  })
  return readFileSync(file)
}

export async function openTest(options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedDatabase> {
  return openEmbedded({ dataDir: 'memory://', loadDataDir: await template(), ...options })
}

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is removed when the tests of the file are done. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clubos-embedded-'))
  folders.push(folder)
  return folder
}

/** A folder with a database in it, closed. */
export async function databaseFolder(): Promise<string> {
  const made = await cached('folder', async (path) => {
    await (await openTest({ dataDir: path })).close()
  })
  const dataDir = testFolder()
  cpSync(made, dataDir, { recursive: true })
  return dataDir
}

export async function client(database: { url: string }, config: pg.ClientConfig = {}): Promise<pg.Client> {
  const result = new pg.Client({ connectionString: database.url, ...config })
  result.on('error', () => {})
  await result.connect()
  return result
}

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export async function until(condition: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end; await pause(10)) if (await condition()) return
  throw new Error(`still not so after ${ms} ms: ${condition}`)
}

/** The SQLSTATE something fails with. */
export async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise
    return undefined
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

export interface Answer {
  type: string
  body: Buffer
}

/** Speaks the protocol message by message, to do what no driver does. */
export class RawClient {
  readonly socket: Socket
  closed = false
  readonly answers: Answer[] = []
  #reader = new protocol.MessageReader()
  #changed = () => {}

  private constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (data) => {
      this.#reader.push(data)
      for (let next = this.#reader.take(false, 2 ** 31); next; next = this.#reader.take(false, 2 ** 31)) {
        this.answers.push({ type: protocol.typeOf(next), body: next })
      }
      this.#changed()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.closed = true
      this.#changed()
    })
  }

  static async open(database: { url: string }): Promise<RawClient> {
    const { hostname, port } = new URL(database.url)
    const socket = connect(Number(port), hostname)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return new RawClient(socket)
  }

  static async login(database: { url: string }, settings: Record<string, string> = {}): Promise<RawClient> {
    const raw = await RawClient.open(database)
    raw.send(startup({ user: 'postgres', database: 'postgres', ...settings }))
    await raw.receive('R')
    raw.send(protocol.message('p', protocol.cstring(new URL(database.url).password)))
    await raw.receive('Z')
    return raw
  }

  send(...messages: Buffer[]) {
    this.socket.write(Buffer.concat(messages))
  }

  /** Everything up to the first message of a type; what came is taken off. */
  async receive(type: string): Promise<Answer[]> {
    for (;;) {
      const index = this.answers.findIndex((answer) => answer.type === type)
      if (index >= 0) return this.answers.splice(0, index + 1)
      if (this.closed) throw new Error(`closed before ${type}; got ${this.types()}`)
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
  }

  types() {
    return this.answers.map(({ type }) => type).join('')
  }

  /** The SQLSTATE of the last error that came. */
  get errorCode(): string | undefined {
    const error = this.answers.findLast(({ type }) => type === 'E')
    return error && protocol.errorFields(error.body).C
  }

  async end() {
    this.socket.destroy()
    await until(() => this.closed)
  }
}

export function startup(pairs: Record<string, string>, version = 3 << 16): Buffer {
  const body = Buffer.from(`${Object.entries(pairs).flat().join('\0')}\0\0`)
  const head = Buffer.alloc(8)
  head.writeInt32BE(body.length + 8, 0)
  head.writeInt32BE(version, 4)
  return Buffer.concat([head, body])
}

export const parse = (name: string, sql: string) => protocol.message('P', `${name}\0${sql}\0\0\0`)
export const bind = (portal: string, name: string) =>
  protocol.message('B', `${portal}\0${name}\0\0\0\0\0\0\0`)
export function execute(portal: string, rows = 0): Buffer {
  const count = Buffer.alloc(4)
  count.writeInt32BE(rows, 0)
  return protocol.message('E', Buffer.concat([protocol.cstring(portal), count]))
}
export const flush = protocol.message('H')

/** First values of the rows among some answers. */
export const firstValues = (answers: Answer[]) =>
  answers.filter(({ type }) => type === 'D').map(({ body }) => protocol.rowValues(body)[0])
