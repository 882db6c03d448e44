/** What the test servers' models say where no handler says otherwise: little, believable, and the same each time. */
import { createHash } from 'node:crypto'
import { fill, type JsonSchema } from './json_schema.ts'

const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []

/** A unit vector in which texts that share words are near each other. */
export function embed(text: string, dimensions: number): number[] {
  const vector = new Float64Array(dimensions)
  for (const word of [...words(text), ...trigrams(text)]) {
    const hash = createHash('sha256').update(word).digest()
    const weight = word.startsWith('#') ? 0.3 : 1
    // Some places a word, so that a collision does not matter.
    for (let place = 0; place < 4; place++)
      vector[hash.readUInt32LE(place * 4) % dimensions]! += (hash[16 + place]! % 2 === 0 ? 1 : -1) * weight
  }
  const length = Math.hypot(...vector)
  // A text without words points somewhere, too.
  if (length === 0) return Array.from(vector, (_, place) => Number(place === 0))
  return Array.from(vector, (value) => Math.fround(value / length))
}

const trigrams = (text: string) =>
  words(text).flatMap((word) =>
    Array.from({ length: Math.max(0, word.length - 2) }, (_, at) => `#${word.slice(at, at + 3)}`),
  )

/** Picks, of a schema's values, the one whose name or description has most words of the question. */
export function routeQuestion(schema: JsonSchema, system: string, input: string[]): unknown {
  const question = new Set(words(input.at(-1) ?? ''))
  const lines = [system, ...input.slice(0, -1)].join('\n').split('\n')
  const score = (value: string) => {
    const about = lines.filter((line) => line.includes(value)).join(' ')
    return new Set(
      [...words(value.replaceAll('_', ' ')), ...words(about)].filter((word) => question.has(word)),
    ).size
  }
  return fill(schema, (name, { enum: values, type }) => {
    if (values && values.length > 1) {
      const named = values.filter((value): value is string => typeof value === 'string')
      const best = named.toSorted((a, b) => score(b) - score(a))[0]
      return best !== undefined && score(best) > 0
        ? best
        : (named.find((value) => value === 'unknown') ?? best ?? values[0])
    }
    if (type === 'number' && /confiden|score|probab/.test(name)) return 0.9
    return undefined
  })
}

const sourceMark = /<<<SOURCE (\d+) (\w+)>>>\n([\s\S]*?)\n<<<END SOURCE \1 \2>>>/g
const questionMark = /<<<QUESTION by customer (\w+)>>>\n([\s\S]*?)\n<<<END QUESTION by customer \1>>>/

/**
 * Two lines of the first source, each with its citation; NO_ANSWER where it shares no word with the question. The
 * prompt's form is core/answering/guards/prompt.ts's.
 */
export function answerQuestion(input: string[]): string {
  const whole = input.join('\n')
  const question = new Set(words(questionMark.exec(whole)?.[2] ?? input.at(-1) ?? ''))
  const [first] = whole.matchAll(sourceMark)
  if (!first) return 'NO_ANSWER'
  const [, rank, , text] = first as unknown as [string, string, string, string]
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.replace(/^[\s>*-]+|^\d+\.\s+|\*\*/g, '').trim())
    .filter((line) => words(line).length > 2)
  // The first line is the title.
  const prose = lines.length > 1 ? lines.slice(1) : lines
  const overlap = (line: string) => new Set(words(line).filter((word) => question.has(word))).size
  if (prose.length === 0 || overlap(text) === 0) return 'NO_ANSWER'
  const best = prose.toSorted((one, other) => overlap(other) - overlap(one)).slice(0, 2)
  return prose
    .filter((line) => best.includes(line))
    .slice(0, 2)
    .map((line) => `${line.replace(/[.!?:;,]*$/, '')} [${rank}].`)
    .join(' ')
}

interface Brief {
  pattern: { words?: string }
  failures: { id: number; question: string; correction?: string; correction_by?: string }[]
  sop: { id: number; version: number; lines: string[] } | null
}

/** What an analyst would do at the least: customers' phrases, and what staff corrected, into the SOP concerned. */
export function analysePattern(schema: JsonSchema | null, _system: string, input: string[]): unknown {
  const brief = briefIn(input.join('\n'))
  const output = brief ? suggestion(brief) : nothing
  if (!schema) return output
  return fill(schema, (name, { type, anyOf }) => {
    if (name in output) return output[name as keyof typeof output]
    // A choice of actions, one a shape.
    const shape = anyOf?.find(({ properties }) => {
      const action = properties?.action
      return action && (action.const === output.action || action.enum?.includes(output.action))
    })
    if (shape) return fill(shape, (inner) => output[inner as keyof typeof output])
    return type === 'string' && /reason|why/.test(name) ? output.reasoning : undefined
  })
}

const nothing = { action: 'nothing', evidence: [] as number[], reasoning: 'The brief has no SOP to change.' }

/** As core/learning puts it into its message: JSON between <brief> marks. */
function briefIn(text: string): Brief | null {
  const marked = /<brief\b[^>]*>\s*([\s\S]*?)\s*<\/brief\b[^>]*>/.exec(text)?.[1] ?? text
  try {
    return JSON.parse(marked.slice(marked.indexOf('{'), marked.lastIndexOf('}') + 1)) as Brief
  } catch {
    return null
  }
}

function suggestion({ failures, sop, pattern }: Brief) {
  // Marks of masked personal data have no place in an SOP.
  const usable = failures.filter(({ question }) => !/\[\w+( \w+)?\]/.test(question)).slice(0, 5)
  if (!sop || usable.length === 0) return nothing
  const lines = sop.lines.map((line) => line.replace(/^\d+: /, ''))
  const known = new Set(lines.map((line) => line.replace(/^- /, '').toLowerCase()))
  const fresh = (texts: string[]) =>
    [...new Set(texts)].filter((text) => !known.has(text.toLowerCase())).map((text) => `- ${text}`)
  const corrections = usable.flatMap(({ correction, correction_by: by }) =>
    correction && by === 'staff' && !/\[\w+( \w+)?\]/.test(correction)
      ? [correction.replaceAll('\n', ' ')]
      : [],
  )
  const edits = [
    listEdit(lines, 'Good to know', fresh(corrections)),
    listEdit(
      lines,
      'Customers also say',
      fresh(usable.map(({ question }) => question.replaceAll('\n', ' '))),
    ),
  ].filter((edit) => edit.new.length > 0)
  // Two at the end would be one place: items of a section that is there come before a new section.
  const [one, other] = edits.toSorted((a, b) => Number(a.new[0] === '') - Number(b.new[0] === ''))
  const joined =
    one && other && one.from === other.from ? [{ ...one, new: [...one.new, ...other.new] }] : edits
  if (joined.length === 0) return nothing
  return {
    action: 'edit_sop',
    sop_id: sop.id,
    base_version: sop.version,
    edits: joined,
    evidence: usable.map(({ id }) => id),
    reasoning: `Customers who ask about "${pattern.words ?? 'this'}" did not get this procedure; their words lead to it now.`,
  }
}

/** Items at the end of a section, or of a new one at the end of the text. */
function listEdit(lines: string[], heading: string, items: string[]) {
  const at = lines.indexOf(`## ${heading}`)
  if (at === -1) {
    const section = items.length > 0 ? ['', `## ${heading}`, '', ...items] : []
    return { from: lines.length + 1, to: lines.length, old: [] as string[], new: section }
  }
  const next = lines.findIndex((line, index) => index > at && /^#{1,2} /.test(line))
  let end = next === -1 ? lines.length : next
  while (end > at + 1 && lines[end - 1]!.trim() === '') end--
  return { from: end + 1, to: end, old: [] as string[], new: items }
}
