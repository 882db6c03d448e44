/**
 * Just enough of PostgreSQL's lexical rules to tell keywords from what only looks like them in strings,
 * comments and dollar quotes, and to cut a simple query into statements.
 */
export interface Token {
  kind: 'word' | 'quoted' | 'string' | 'parameter' | 'other'
  /** Words in lower case; quoted names and strings without their quotes. */
  value: string
  start: number
  end: number
}

const TOKEN =
  /(?<space>\s+|--[^\n\r]*)|(?<comment>\/\*)|(?<string>[eE]?'|[uU]&')|(?<quoted>(?:[uU]&)?")|(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)|(?<parameter>\$\d+)|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<number>\d[\w.]*)|(?<other>[\s\S])/y

/** Statements as lists of tokens; empty ones are left out, as PostgreSQL does. */
export function statements(sql: string): Token[][] {
  const result: Token[][] = []
  let current: Token[] = []
  let depth = 0
  for (const token of tokens(sql)) {
    if (token.kind === 'other' && token.value === '(') depth++
    if (token.kind === 'other' && token.value === ')') depth--
    if (token.kind === 'other' && token.value === ';' && depth <= 0) {
      if (current.length) result.push(current)
      current = []
    } else current.push(token)
  }
  if (current.length) result.push(current)
  return result
}

function* tokens(sql: string): Generator<Token> {
  let at = 0
  while (at < sql.length) {
    TOKEN.lastIndex = at
    const groups = TOKEN.exec(sql)!.groups!
    const start = at
    at = TOKEN.lastIndex
    if (groups.space !== undefined) continue
    if (groups.comment !== undefined) at = commentEnd(sql, at)
    else if (groups.string !== undefined) {
      const open = at
      at = quoteEnd(sql, at, "'", /^e/i.test(groups.string))
      yield { kind: 'string', value: sql.slice(open, at - 1).replaceAll("''", "'"), start, end: at }
    } else if (groups.quoted !== undefined) {
      const open = at
      at = quoteEnd(sql, at, '"', false)
      yield { kind: 'quoted', value: sql.slice(open, at - 1).replaceAll('""', '"'), start, end: at }
    } else if (groups.dollar !== undefined) {
      const close = sql.indexOf(groups.dollar, at)
      const open = at
      at = close < 0 ? sql.length : close + groups.dollar.length
      yield { kind: 'string', value: sql.slice(open, close < 0 ? sql.length : close), start, end: at }
    } else if (groups.word !== undefined) {
      yield { kind: 'word', value: groups.word.toLowerCase(), start, end: at }
    } else if (groups.parameter !== undefined) {
      yield { kind: 'parameter', value: groups.parameter, start, end: at }
    } else {
      yield { kind: 'other', value: groups.number ?? groups.other ?? '', start, end: at }
    }
  }
}

/** Comments nest in PostgreSQL. */
function commentEnd(sql: string, at: number): number {
  const mark = /\/\*|\*\//g
  mark.lastIndex = at
  let depth = 1
  for (let found = mark.exec(sql); found; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1
    if (depth === 0) return mark.lastIndex
  }
  return sql.length
}

function quoteEnd(sql: string, at: number, quote: string, backslashes: boolean): number {
  for (let i = at; i < sql.length; i++) {
    const char = sql[i]
    if (backslashes && char === '\\') i++
    else if (char === quote) {
      if (sql[i + 1] !== quote) return i + 1
      i++
    }
  }
  return sql.length + 1
}
