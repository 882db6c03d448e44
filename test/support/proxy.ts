/** A TCP proxy before a database, on loopback, with switches for what networks do to connections. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface FaultyProxy {
  /** The database's URL, by way of the proxy. */
  url: string
  /** Connections open now. */
  open(): number
  /** Breaks every connection, both ways; returns how many. */
  cut(): number
  /** No new connections (ECONNREFUSED), and none of the old. */
  refuse(): Promise<void>
  /** Accepts again. */
  accept(): Promise<void>
  /** Nothing passes any more, in either direction, and nobody is told; false lets pass what waited. */
  blackHole(on: boolean): void
  /** Milliseconds that every piece of data waits, in either direction. */
  latency(ms: number): void
  /** Breaks each new connection after so many bytes from the client; 0 stops that. */
  cutAfter(bytes: number): void
  /**
   * Breaks the next connection on which the client sends `text`, or runs what it prepared with it: before the database
   * sees it, or once the database has it and the answer is not passed on. Settles when it has happened.
   */
  cutOn(text: string, when: 'before' | 'after'): Promise<void>
  close(): Promise<void>
}

interface Pair {
  client: Socket
  database: Socket
}

export async function openProxy(url: string): Promise<FaultyProxy> {
  const target = new URL(url)
  const pairs = new Set<Pair>()
  let delay = 0
  let bytesLeft = 0
  let blackHole = false
  let trap: { text: string; when: 'before' | 'after'; sprung(): void } | null = null

  const destroy = (pair: Pair) => {
    pairs.delete(pair)
    pair.client.destroy()
    pair.database.destroy()
  }
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname)
    const pair = { client, database }
    pairs.add(pair)
    let left = bytesLeft
    const statements = new Statements()
    for (const [from, to, up] of [
      [client, database, true],
      [database, client, false],
    ] as const) {
      from.setNoDelay()
      from.on('error', () => destroy(pair))
      from.on('close', () => {
        // What is delayed still arrives.
        setTimeout(() => destroy(pair), delay)
      })
      // One after the other, so that a delay cannot reorder.
      let order = Promise.resolve()
      const pass = (chunk: Buffer) => {
        if (delay === 0 && !blackHole) return void to.write(chunk)
        order = order.then(async () => {
          await sleep(delay)
          while (blackHole && pairs.has(pair)) await sleep(20)
          to.write(chunk)
        })
      }
      from.on('data', (chunk: Buffer) => {
        const runs = up ? statements.run(chunk) : []
        if (up && trap && (chunk.includes(trap.text) || runs.some((text) => text.includes(trap!.text)))) {
          const { when, sprung } = trap
          trap = null
          if (when === 'before') destroy(pair)
          else {
            client.destroy()
            pairs.delete(pair)
            // The database reads what it was sent, answers nobody, and then finds us gone.
            database.removeAllListeners('data')
            database.resume()
            database.end(chunk)
          }
          sprung()
          return
        }
        pass(chunk)
        if (up && left > 0) {
          left -= chunk.length
          if (left <= 0) destroy(pair)
        }
      })
    }
  })
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', () => {
        server.removeListener('error', reject)
        resolve()
      })
    })
  const unlisten = () => new Promise<void>((resolve) => server.close(() => resolve()))
  await listen(0)
  const { port } = server.address() as AddressInfo
  const cut = () => {
    const count = pairs.size
    for (const pair of [...pairs]) destroy(pair)
    return count
  }
  return {
    url: Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).toString(),
    open: () => pairs.size,
    cut,
    async refuse() {
      const closed = unlisten()
      cut()
      await closed
    },
    accept: () => listen(port),
    blackHole(on) {
      blackHole = on
    },
    latency(ms) {
      delay = ms
    },
    cutAfter(bytes) {
      bytesLeft = bytes
    },
    cutOn: (text, when) =>
      new Promise((resolve) => {
        trap = { text, when, sprung: resolve }
      }),
    async close() {
      blackHole = false
      if (server.listening) {
        const closed = unlisten()
        cut()
        await closed
      } else cut()
    },
  }
}

/** Reads what a client sends, in pieces as they come. */
class Statements {
  /** Texts by the names that statements were prepared with. */
  readonly #prepared = new Map<string, string>()
  /** A message whose end has not come yet. */
  #rest: Buffer = Buffer.alloc(0)

  /** The texts of the prepared statements that the messages which end with this piece run by their names. */
  run(piece: Buffer): string[] {
    const data = Buffer.concat([this.#rest, piece])
    const runs: string[] = []
    let at = 0
    while (at + 5 <= data.length) {
      // What a connection begins with has a length and no type; no length has its highest byte set.
      const typed = data[at] === 0 ? 0 : 1
      const end = at + typed + data.readUInt32BE(at + typed)
      if (end > data.length) break
      const type = typed ? String.fromCharCode(data[at]!) : ''
      if (type === 'P' || type === 'B') {
        // Parse: statement, text. Bind: portal, statement.
        const [first, second] = data.toString('latin1', at + 5, end).split('\0', 2)
        if (type === 'P') this.#prepared.set(first!, second ?? '')
        else if (second) runs.push(this.#prepared.get(second) ?? '')
      }
      at = end
    }
    this.#rest = data.subarray(at)
    return runs
  }
}
