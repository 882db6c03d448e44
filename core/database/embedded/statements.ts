/**
 * One connection's prepared statements. All connections share one PostgreSQL session, so each name is mapped
 * to one of the session's own. Short ones: PostgreSQL cuts names at 63 bytes, which a prefix would make collide.
 * Portals need no mapping: they live in a transaction, and that belongs to one connection.
 */
import { closeStatement, message, stringAt } from './protocol.ts'
import { type Analysis, analyse } from './sql.ts'

interface Entry {
  physical: string
  /** The Parse message to prepare it again, when another client has discarded all statements. */
  parse: Buffer | null
  generation: number
  analysis: Analysis
}

/** A request as the session will run it, and what its texts say. */
export interface Translated {
  bytes: Buffer[]
  /** Parse messages put in front; their ParseComplete is not for the client. */
  preparedAgain: number
  analyses: Analysis[]
  /** Statements in the order they are executed, for LISTEN. */
  executed: Analysis[]
  /** Values that may be names of settings. */
  parameters: string[]
}

export class PreparedStatements {
  readonly #prefix: string
  readonly #entries = new Map<string, Entry>()
  readonly #portals = new Map<string, Analysis>()
  #next = 1

  constructor(connectionId: number) {
    this.#prefix = `c${connectionId}s`
  }

  get size() {
    return this.#entries.size - (this.#entries.has('') ? 1 : 0)
  }

  /** `generation` counts how often all statements of the session were discarded. */
  translate(messages: Buffer[], generation: number): Translated {
    const result: Translated = { bytes: [], preparedAgain: 0, analyses: [], executed: [], parameters: [] }
    const again: Buffer[] = []
    const parsedHere = new Set<string>()
    const need = (name: string): Entry | undefined => {
      const entry = this.#entries.get(name)
      const gone = entry && (name === '' || entry.generation !== generation) && !parsedHere.has(name)
      if (gone && entry.parse) {
        again.push(entry.parse)
        entry.generation = generation
        parsedHere.add(name)
      }
      if (entry) result.analyses.push(entry.analysis)
      return entry
    }
    for (const original of messages) {
      const type = String.fromCharCode(original[0]!)
      if (type === 'Q') {
        const analysis = analyse(stringAt(original, 5).text)
        result.analyses.push(analysis)
        result.executed.push(analysis)
        result.bytes.push(this.#renameInQuery(original, analysis))
      } else if (type === 'P') {
        const name = stringAt(original, 5)
        const parse = this.#parse(original, name, generation)
        parsedHere.add(name.text)
        result.analyses.push(parse.analysis)
        result.bytes.push(parse.bytes)
      } else if (type === 'B') {
        const portal = stringAt(original, 5)
        const name = stringAt(original, portal.next)
        const entry = need(name.text)
        if (entry) this.#portals.set(portal.text, entry.analysis)
        else this.#portals.delete(portal.text)
        if (entry?.analysis.namesInParameters) result.parameters.push(...textParameters(original, name.next))
        result.bytes.push(rename(original, portal.next, name.next, entry?.physical))
      } else if ((type === 'D' || type === 'C') && original[5] === 0x53) {
        const name = stringAt(original, 6)
        const entry = type === 'D' ? need(name.text) : this.#entries.get(name.text)
        if (type === 'C' && entry) entry.parse = null
        result.bytes.push(rename(original, 6, name.next, entry?.physical))
      } else {
        if (type === 'E') {
          const analysis = this.#portals.get(stringAt(original, 5).text)
          if (analysis) result.executed.push(analysis)
        }
        result.bytes.push(original)
      }
    }
    result.preparedAgain = again.length
    result.bytes.unshift(...again)
    return result
  }

  /** Messages that remove all of them from the session. */
  closeAll(): Buffer[] {
    const messages: Buffer[] = []
    for (const [name, entry] of this.#entries) if (name !== '') messages.push(closeStatement(entry.physical))
    this.#entries.clear()
    this.#portals.clear()
    return messages
  }

  /** The session's statements are gone, and so are this connection's: it asked for it. */
  forget() {
    this.#entries.clear()
  }

  /** An error message with the client's own name in place of the session's. */
  restoreNames(error: Buffer): Buffer {
    if (!error.includes(`"${this.#prefix}`)) return error
    let text = error.toString('utf8', 5)
    for (const [name, entry] of this.#entries) {
      if (name !== '') text = text.replaceAll(`"${entry.physical}"`, () => `"${name}"`)
    }
    return message('E', text)
  }

  #parse(original: Buffer, name: { text: string; next: number }, generation: number) {
    const text = stringAt(original, name.next)
    const analysis = analyse(text.text)
    const physical = name.text === '' ? '' : (this.#entries.get(name.text)?.physical ?? this.#newName())
    const renamed = this.#renameInText(text.text, analysis)
    const bytes = message(
      'P',
      Buffer.concat([Buffer.from(`${physical}\0${renamed}\0`), original.subarray(text.next)]),
    )
    this.#entries.set(name.text, { physical, parse: bytes, generation, analysis })
    return { analysis, bytes }
  }

  #newName() {
    return `${this.#prefix}${this.#next++}`
  }

  #renameInQuery(original: Buffer, analysis: Analysis): Buffer {
    if (analysis.preparedNames.length === 0) return original
    return message('Q', `${this.#renameInText(stringAt(original, 5).text, analysis)}\0`)
  }

  /** PREPARE, EXECUTE and DEALLOCATE in SQL share their names with the protocol's. */
  #renameInText(text: string, analysis: Analysis): string {
    let result = ''
    let from = 0
    for (const found of [...analysis.preparedNames].sort((a, b) => a.start - b.start)) {
      let entry = this.#entries.get(found.name)
      if (!entry && found.keyword === 'prepare') {
        entry = { physical: this.#newName(), parse: null, generation: 0, analysis }
        this.#entries.set(found.name, entry)
      }
      if (!entry) continue
      result += `${text.slice(from, found.start)}"${entry.physical}"`
      from = found.end
    }
    return result + text.slice(from)
  }
}

/** The message with the zero-terminated name between two offsets replaced. */
function rename(original: Buffer, start: number, next: number, physical: string | undefined): Buffer {
  if (!physical) return original
  return message(
    String.fromCharCode(original[0]!),
    Buffer.concat([original.subarray(5, start), Buffer.from(`${physical}\0`), original.subarray(next)]),
  )
}

/** Short text parameters of a Bind message; none when it is malformed, which PostgreSQL will say itself. */
function textParameters(bind: Buffer, offset: number): string[] {
  const values: string[] = []
  try {
    let at = offset + 2 + 2 * bind.readInt16BE(offset)
    const count = bind.readInt16BE(at)
    at += 2
    for (let i = 0; i < count; i++) {
      const length = bind.readInt32BE(at)
      at += 4
      if (length > 0 && length <= 128) values.push(bind.toString('utf8', at, at + length))
      at += Math.max(length, 0)
    }
  } catch {
    return []
  }
  return values.filter((value) => /^[\w.$]+$/.test(value))
}
