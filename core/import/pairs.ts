/** Questions and their answers: in tables and JSON, whatever the columns are called, and in conversations. */
import { clean, slug } from './text.ts'

export interface Pair {
  category?: string
  topic?: string
  question: string
  answer: string
}
export interface Turn {
  who: 'customer' | 'assistant' | 'person' | null
  text: string
}
type Row = Record<string, unknown>

const names = {
  question: [
    'question',
    'q',
    'query',
    'frage',
    'prompt',
    'input',
    'customer_question',
    'user',
    'title',
    'pregunta',
  ],
  answer: [
    'answer',
    'a',
    'antwort',
    'response',
    'reply',
    'completion',
    'output',
    'solution',
    'lösung',
    'respuesta',
  ],
  category: ['category', 'kategorie', 'bereich', 'assistant', 'area', 'section'],
  topic: ['topic', 'thema', 'subject', 'betreff', 'intent'],
  conversation: [
    'conversation_id',
    'conversation',
    'thread_id',
    'thread',
    'chat_id',
    'session_id',
    'ticket_id',
    'ticket',
  ],
  role: ['role', 'speaker', 'author', 'sender', 'from', 'who', 'rolle', 'von'],
  text: ['text', 'content', 'message', 'body', 'nachricht', 'value', 'utterance'],
  turns: ['messages', 'turns', 'conversation', 'dialogue', 'dialog', 'history'],
  time: ['created_at', 'timestamp', 'time', 'date', 'zeit'],
} as const

const plain = (name: string) =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')

/** The value under the first of these names that the row has. */
function cellOf(row: Row, kind: keyof typeof names): unknown {
  const keys = new Map(Object.keys(row).map((key) => [plain(key), key]))
  for (const name of names[kind]) {
    const key = keys.get(name)
    if (key !== undefined && row[key] !== null && row[key] !== '') return row[key]
  }
  return undefined
}
const textOf = (row: Row, kind: keyof typeof names) => {
  const value = cellOf(row, kind)
  return typeof value === 'string' || typeof value === 'number' ? clean(String(value)) : undefined
}

export const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function pairOf(row: Row): Pair | null {
  const question = textOf(row, 'question')
  const answer = textOf(row, 'answer')
  if (!question || !answer) return null
  return { question, answer, category: textOf(row, 'category'), topic: textOf(row, 'topic') }
}

/** A cell that a spreadsheet would run. */
export const isFormula = (text: string) => /^[=@][A-Z]+\s*\(|^[=+\-@][^\s]*\|/i.test(text.trim())

function whoIs(role: unknown): Turn['who'] {
  switch (plain(String(isRow(role) ? (role.role ?? role.name ?? '') : role))) {
    case 'user':
    case 'customer':
    case 'client':
    case 'visitor':
    case 'guest':
    case 'kunde':
    case 'kundin':
    case 'member':
      return 'customer'
    case 'assistant':
    case 'bot':
    case 'ai':
    case 'assistent':
    case 'model':
      return 'assistant'
    case 'agent':
    case 'staff':
    case 'person':
    case 'human':
    case 'operator':
    case 'admin':
    case 'support':
    case 'mitarbeiter':
    case 'employee':
      return 'person'
    default:
      return null
  }
}

/** A string; or the parts that the OpenAI API has, [{type: text, text: {value}}]. */
function messageText(value: unknown): string {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map(messageText).filter(Boolean).join('\n')
  if (isRow(value)) return messageText(value.value ?? value.text ?? value.content ?? '')
  return ''
}

/** Each conversation that the rows hold: one a row, or a message a row with an id of its conversation. */
export function conversationsOf(rows: Row[]): Turn[][] {
  const found: Turn[][] = []
  const byId = new Map<string, { turn: Turn; at: number; order: number }[]>()
  for (const [order, row] of rows.entries()) {
    let turns = cellOf(row, 'turns')
    if (isRow(turns) && Array.isArray(turns.data)) turns = turns.data
    if (Array.isArray(turns) && turns.length > 0) {
      const messages = turns.filter(isRow)
      const inOrder = messages.map((message, index) => ({ message, at: timeOf(message), index }))
      inOrder.sort((a, b) => a.at - b.at || a.index - b.index)
      found.push(inOrder.map(({ message }) => turnOf(message)))
    } else if (cellOf(row, 'role') !== undefined && cellOf(row, 'text') !== undefined) {
      const id = String(cellOf(row, 'conversation') ?? '')
      byId.set(id, [...(byId.get(id) ?? []), { turn: turnOf(row), at: timeOf(row), order }])
    }
  }
  for (const messages of byId.values())
    found.push(messages.sort((a, b) => a.at - b.at || a.order - b.order).map(({ turn }) => turn))
  return found.filter((turns) => turns.some(({ who }) => who === 'customer'))
}

const turnOf = (row: Row): Turn => ({
  who: whoIs(cellOf(row, 'role')),
  text: messageText(cellOf(row, 'text')),
})

function timeOf(row: Row): number {
  const value = cellOf(row, 'time')
  const at = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? 0 : at
}

const greeting =
  /^(?:hi|hey|hello|hallo|moin|servus|good (?:morning|evening|afternoon)|guten (?:tag|morgen|abend)|thanks?|thank you|danke|ok(?:ay)?|yes|no|ja|nein|bye|tschüss)\b[\s,!.]*(?:there|you|everybody|all)?[\s,!.]*$/i
const asksBack = /\?\s*$/
const handsOver =
  /\b(?:transfer|connect|forward|pass) (?:you|this|it)\b|\b(?:leite|verbinde)\b.*\bweiter\b|\b(?:one|a) moment\b|\bmoment bitte\b/i

/** What a customer asked, and the answer that followed: a person's rather than the assistant's where there are both. */
export function minePairs(turns: Turn[], most = 5): Pair[] {
  const pairs: Pair[] = []
  const spoken = turns.filter(({ who, text }) => who !== null && text !== '')
  for (let at = 0; at < spoken.length && pairs.length < most; ) {
    if (spoken[at]!.who !== 'customer') {
      at++
      continue
    }
    const asked: string[] = []
    while (spoken[at]?.who === 'customer') asked.push(spoken[at++]!.text)
    const replies: Turn[] = []
    while (at < spoken.length && spoken[at]!.who !== 'customer') replies.push(spoken[at++]!)
    const said = asked
      .filter((text) => !greeting.test(text))
      .map((text) => text.replace(/^(?:hi|hey|hello|hallo)[\s,!.]+/i, ''))
    const question = said.join(' ')
    const people = replies.filter(({ who }) => who === 'person')
    const answer = (people.length > 0 ? people : replies)
      .map(({ text }) => text)
      .filter(
        (text) =>
          !greeting.test(text) && !(asksBack.test(text) && text.length < 200) && !handsOver.test(text),
      )
      .join('\n')
    const asks =
      /\?|\b(?:how|what|when|where|why|who|which|can|could|is|are|do|does|wie|was|wann|wo|warum|wer|kann|ist|gibt)\b/i
    if (
      question.length >= 8 &&
      question.length <= 1000 &&
      question.split(/\s+/).length >= 3 &&
      asks.test(question) &&
      answer.length >= 20 &&
      answer.length <= 4000
    )
      pairs.push({ question, answer })
  }
  return pairs
}

/** A topic of its own for each question: entries of one topic are found together. */
export const topicOf = (pair: Pair) =>
  (pair.topic && slug(pair.topic)) || slug(pair.question, 60) || 'question'
