/**
 * One connection's session settings. The session is shared, so it is reset whenever it passes from one
 * connection to another, and what the next one had set for itself is set again. The reset is unconditional
 * (13 µs): functions can change settings without the text showing it, and such a change must not leak.
 * Values are read back from PostgreSQL after a statement that may have changed some, so that rolled back and
 * local changes need no bookkeeping here.
 */
import { query, stringAt } from './protocol.ts'
import type { Analysis } from './sql.ts'

/**
 * RESET ALL leaves role and session authorization alone, and RESET SESSION AUTHORIZATION does nothing in a
 * session that never logged in, as the engine's.
 */
export const resetSession = query('set session authorization postgres; reset role; reset all')

/** These take effect at once and limit what may follow, so they come last. */
const LAST = ['session_authorization', 'role']

export class ConnectionSettings {
  /** From the startup packet: what RESET goes back to. */
  readonly #baseline: Map<string, string>
  #values: Map<string, string>
  #names: Set<string>
  #changed = false
  #anyName = false

  constructor(baseline: Map<string, string>) {
    this.#baseline = baseline
    this.#values = new Map(baseline)
    this.#names = new Set(baseline.keys())
  }

  /** Whether a value must be read back once the transaction is over. */
  get changed() {
    return this.#changed
  }

  /** Takes note of what a request may have changed. */
  note(analysis: Analysis, parameters: string[]) {
    if (!analysis.changesSettings) return
    this.#changed = true
    for (const name of analysis.settingNames) this.#names.add(name.toLowerCase())
    if (analysis.namesInParameters) for (const name of parameters) this.#names.add(name.toLowerCase())
    if (analysis.namesUnknown) this.#anyName = true
    if (analysis.resetsAll) this.#names = new Set([...this.#baseline.keys(), ...analysis.settingNames])
  }

  /** Statement that gives this connection its settings, to be run in a session just reset. */
  restore(): Buffer | null {
    return setAll(this.#values)
  }

  /** RESET goes back to the server's own values; this connection's are those it started with. */
  afterReset(analyses: Analysis[]): Buffer | null {
    const all = analyses.some((analysis) => analysis.resetsAll)
    const names = new Set(analyses.flatMap((analysis) => analysis.resets.map((name) => name.toLowerCase())))
    const values = new Map([...this.#baseline].filter(([name]) => all || names.has(name)))
    if (names.has('session_authorization') && !values.has('session_authorization')) {
      values.set('session_authorization', 'postgres')
    }
    return setAll(values)
  }

  /** Reads the current values; rows of (name, value). */
  snapshotQuery(): Buffer {
    const names = [...this.#names].map(literal).join(', ')
    const others = this.#anyName
      ? ` union select name, setting from pg_catalog.pg_settings where source = 'session'`
      : ''
    return query(
      `select name, pg_catalog.current_setting(name, true)
       from pg_catalog.unnest(array[${names}]::pg_catalog.text[]) as name${others}`,
    )
  }

  snapshot(rows: (string | null)[][]) {
    this.#values = new Map()
    for (const [name, value] of rows)
      if (name && value !== null && value !== undefined) this.#values.set(name, value)
    // An unset custom setting reads as empty, and so does one set to the empty string: the same after a reset.
    for (const [name, value] of this.#values) {
      if (value === '' && name.includes('.')) this.#values.delete(name)
      if (value === 'none' && name === 'role') this.#values.delete(name)
      if (value === 'postgres' && name === 'session_authorization') this.#values.delete(name)
    }
    this.#changed = false
    this.#anyName = false
  }

  /** DISCARD ALL. */
  forget() {
    this.#values = new Map(this.#baseline)
    this.#names = new Set(this.#baseline.keys())
    this.#changed = false
  }
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`

function setAll(values: Map<string, string>): Buffer | null {
  if (values.size === 0) return null
  const names = [...values.keys()].sort((a, b) => LAST.indexOf(a) - LAST.indexOf(b))
  const calls = names.map(
    (name) => `pg_catalog.set_config(${literal(name)}, ${literal(values.get(name) ?? '')}, false)`,
  )
  return query(`select ${calls.join(', ')}`)
}

export interface Startup {
  user: string
  database: string
  settings: Map<string, string>
  replication: boolean
  /** Protocol options of a newer version. */
  unknown: string[]
  minorVersion: number
}

/** The startup packet's pairs; everything that is not about the connection itself is a setting. */
export function parseStartup(packet: Buffer): Startup {
  const pairs = new Map<string, string>()
  for (let at = 8; at < packet.length && packet[at] !== 0; ) {
    const name = stringAt(packet, at)
    const value = stringAt(packet, name.next)
    pairs.set(name.text, value.text)
    at = value.next
  }
  const user = pairs.get('user') ?? ''
  const settings = new Map<string, string>()
  for (const [name, value] of optionSettings(pairs.get('options') ?? '')) settings.set(name, value)
  for (const [name, value] of pairs) {
    if (['user', 'database', 'options', 'replication'].includes(name) || name.startsWith('_pq_.')) continue
    settings.set(name.toLowerCase(), value)
  }
  // UTF8 is the only encoding the server has; saying so again on every switch would be a statement for nothing.
  if (/^utf-?8$/i.test(settings.get('client_encoding')?.replaceAll(`'`, '') ?? ''))
    settings.delete('client_encoding')
  if (user !== 'postgres') settings.set('session_authorization', user)
  return {
    user,
    database: pairs.get('database') ?? user,
    settings,
    replication: !['', 'false', 'off', '0', 'no'].includes(pairs.get('replication') ?? ''),
    unknown: [...pairs.keys()].filter((name) => name.startsWith('_pq_.')),
    minorVersion: packet.readUInt16BE(6),
  }
}

/** `-c name=value` and `--name=value`, with backslash before a space that belongs to the value. */
function optionSettings(options: string): [string, string][] {
  const words = [...options.matchAll(/(?:\\.|\S)+/gs)].map(([word]) => word.replace(/\\(.)/gs, '$1'))
  const result: [string, string][] = []
  for (let i = 0; i < words.length; i++) {
    let word = words[i]!
    if (word === '-c') word = words[++i] ?? ''
    else if (word.startsWith('-c')) word = word.slice(2)
    else if (word.startsWith('--')) word = word.slice(2)
    else continue
    const equals = word.indexOf('=')
    if (equals > 0)
      result.push([word.slice(0, equals).replaceAll('-', '_').toLowerCase(), word.slice(equals + 1)])
  }
  return result
}
