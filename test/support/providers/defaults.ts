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

/** The first sentence or two of the first source, with its citation. */
export function answerQuestion(input: string[]): string {
  const whole = input.join('\n')
  const source =
    /^\s*(?:<source[^>]*?\b(?:id|n|number)="(\d+)"[^>]*>|\[(\d+)\])([\s\S]*?)(?=<\/source>|^\s*\[\d+\]|^\s*<source|$(?![\s\S]))/m.exec(
      whole,
    )
  if (!source) return 'I do not know.'
  const prose = source[3]!
    .split('\n')
    .map((line) => line.replace(/^[\s#>*-]+/, '').trim())
    .filter((line) => words(line).length > 3)
  const sentence = /^.{20,}?[.!?](?=\s|$)/.exec(prose[0] ?? '')?.[0] ?? prose[0] ?? 'See our procedure.'
  return `${sentence.replace(/[.!?]$/, '')} [${source[1] ?? source[2]}].`
}

/** An object of the schema that the analyst asks for. */
export function analysePattern(schema: JsonSchema | null, _system: string, input: string[]): unknown {
  if (!schema) return { reasoning: 'Nothing to change.', words: words(input.join(' ')).length }
  return fill(schema, () => undefined)
}
