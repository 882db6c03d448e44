/**
 * What a statement's text says about state that outlives its transaction. The gateway keeps such state apart
 * per connection. Text cannot show everything (a function may call set_config): what it misses is not
 * preserved for its client, but never leaks either, because the session is reset between clients anyway.
 */
import { statements, type Token } from './lexer.ts'

export interface ListenOperation {
  listen: boolean
  /** A channel, or '*' for UNLISTEN *. */
  channel: string
}

export interface PreparedName {
  keyword: 'prepare' | 'execute' | 'deallocate'
  name: string
  start: number
  end: number
}

export interface Analysis {
  listens: ListenOperation[]
  copyFromStdin: 'none' | 'alone' | 'among others'
  /** May change settings for the session; the names as far as the text shows them. */
  changesSettings: boolean
  settingNames: string[]
  /** A name comes from a parameter, or cannot be known from the text at all. */
  namesInParameters: boolean
  namesUnknown: boolean
  resets: string[]
  resetsAll: boolean
  discardsAllAlone: boolean
  deallocatesAllAlone: boolean
  preparedNames: PreparedName[]
  /** Leaves something in the session that is released when nobody who made such a thing is left. */
  leavesTemporaries: boolean
  leavesAdvisoryLocks: boolean
}

const INTERESTING =
  /(?:^|[;/\n\r])\s*(?:set|reset|listen|unlisten|copy|discard|deallocate|prepare|execute)\b|\bset_config\b|\btemp(?:orary)?\b|advisory_lock|\bexecute\b/i

const empty = (): Analysis => ({
  listens: [],
  copyFromStdin: 'none',
  changesSettings: false,
  settingNames: [],
  namesInParameters: false,
  namesUnknown: false,
  resets: [],
  resetsAll: false,
  discardsAllAlone: false,
  deallocatesAllAlone: false,
  preparedNames: [],
  leavesTemporaries: false,
  leavesAdvisoryLocks: false,
})

const PLAIN = Object.freeze(empty())

/** Names some statements change without saying them. */
const CHARACTERISTICS = [
  'default_transaction_isolation',
  'default_transaction_read_only',
  'default_transaction_deferrable',
]

export function analyse(sql: string): Analysis {
  if (!INTERESTING.test(sql)) return PLAIN
  const result = empty()
  const list = statements(sql)
  for (const statement of list) {
    const [first, second] = statement
    const alone = list.length === 1
    switch (first?.kind === 'word' ? first.value : '') {
      case 'set':
        setStatement(statement, result)
        break
      case 'reset':
        resetStatement(statement, result)
        break
      case 'listen':
      case 'unlisten':
        if (second) result.listens.push({ listen: first?.value === 'listen', channel: channelName(second) })
        break
      case 'copy':
        if (fromStdin(statement)) result.copyFromStdin = alone ? 'alone' : 'among others'
        break
      case 'discard':
        if (second?.value === 'all') {
          result.discardsAllAlone = alone
          result.resetsAll = result.changesSettings = true
        }
        break
      case 'deallocate':
        if (statement.at(-1)?.kind === 'word' && statement.at(-1)?.value === 'all') {
          result.deallocatesAllAlone = alone
        } else preparedName('deallocate', second?.value === 'prepare' ? statement[2] : second, result)
        break
      case 'prepare':
        if (second?.value !== 'transaction') preparedName('prepare', second, result)
        break
    }
    insideStatement(statement, result)
  }
  return result
}

function insideStatement(statement: Token[], result: Analysis) {
  statement.forEach((token, index) => {
    if (token.kind !== 'word') return
    if (token.value === 'set_config' && statement[index + 1]?.value === '(') {
      setConfigCall(statement, index + 2, result)
    } else if (token.value === 'temp' || token.value === 'temporary') result.leavesTemporaries = true
    else if (/^pg_(try_)?advisory_lock(_shared)?$/.test(token.value)) result.leavesAdvisoryLocks = true
    else if (token.value === 'execute') {
      const before = statement[index - 1]?.value
      const isStatement = index === 0 || before === 'as' || before === 'explain' || before === 'analyze'
      if (isStatement || before === ')' || before === 'verbose') {
        preparedName('execute', statement[index + 1], result)
      }
    }
  })
}

function preparedName(keyword: PreparedName['keyword'], token: Token | undefined, result: Analysis) {
  if (token?.kind !== 'word' && token?.kind !== 'quoted') return
  result.preparedNames.push({ keyword, name: token.value, start: token.start, end: token.end })
}

/** Channel names are folded and cut like every identifier. */
function channelName(token: Token): string {
  let bytes = Buffer.from(token.value)
  if (bytes.length > 63) {
    let end = 63
    while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
    bytes = bytes.subarray(0, end)
  }
  return bytes.toString()
}

function fromStdin(statement: Token[]): boolean {
  return statement.some(
    (token, index) =>
      token.kind === 'word' && token.value === 'stdin' && statement[index - 1]?.value === 'from',
  )
}

/** A setting's name may be dotted; ends before `=`, `to` or whatever else follows. */
function settingName(tokens: Token[]): string {
  let name = tokens[0]?.value ?? ''
  for (let i = 1; tokens[i]?.value === '.' && tokens[i + 1]; i += 2) name += `.${tokens[i + 1]!.value}`
  return name
}

/** Settings that have a spelling of their own in SET and RESET. */
function specialNames(tokens: Token[]): string[] | null {
  const [first, second] = tokens.map((token) => (token.kind === 'word' ? token.value : ''))
  if (first === 'session' && second === 'authorization') return ['session_authorization', 'role']
  if (first === 'role') return ['role']
  if (first === 'time' && second === 'zone') return ['timezone']
  if (first === 'names') return ['client_encoding']
  if (first === 'schema') return ['search_path']
  if (first === 'xml' && second === 'option') return ['xmloption']
  if (first === 'session' && second === 'characteristics') return CHARACTERISTICS
  return null
}

function setStatement(statement: Token[], result: Analysis) {
  let rest = statement.slice(1)
  const word = rest[0]?.kind === 'word' ? rest[0].value : ''
  if (word === 'local' || word === 'transaction' || word === 'constraints') return
  let names = specialNames(rest)
  if (!names) {
    if (word === 'session') rest = rest.slice(1)
    names = specialNames(rest) ?? [settingName(rest)]
  }
  result.changesSettings = true
  result.settingNames.push(...names)
  const last = statement.at(-1)
  if (last?.kind === 'word' && last.value === 'default') result.resets.push(...names)
}

function resetStatement(statement: Token[], result: Analysis) {
  const rest = statement.slice(1)
  result.changesSettings = true
  if (rest[0]?.kind === 'word' && rest[0].value === 'all') result.resetsAll = true
  else {
    const names = specialNames(rest) ?? [settingName(rest)]
    result.settingNames.push(...names)
    result.resets.push(...names)
  }
}

function setConfigCall(statement: Token[], from: number, result: Analysis) {
  const args: Token[][] = [[]]
  let depth = 1
  for (let i = from; i < statement.length; i++) {
    const token = statement[i]!
    if (token.kind === 'other') {
      if (token.value === '(') depth++
      if (token.value === ')') depth--
      if (depth === 0) break
      if (token.value === ',' && depth === 1) {
        args.push([])
        continue
      }
    }
    args.at(-1)!.push(token)
  }
  const local = args[2]?.[0]
  if (args[2]?.length === 1 && local && /^(t|true|on|yes|1)$/i.test(local.value)) return
  result.changesSettings = true
  const name = args[0]?.[0]
  if (name?.kind === 'string') result.settingNames.push(name.value)
  else if (name?.kind === 'parameter') result.namesInParameters = true
  else result.namesUnknown = true
}
