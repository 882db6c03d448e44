import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  buildSchema,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  validate,
} from 'graphql'
import { projectFolder } from '../../core/database/migrate.ts'
import { type Api, headersOf, startApi, type Who } from '../graphql/support.ts'
import { checkAnswer, expectUnharmed, inLanes, makeRandom, type Random, runs, seed } from './support.ts'

const schema: GraphQLSchema = buildSchema(readFileSync(join(projectFolder, 'data', 'schema.graphql'), 'utf8'))

const strings = [
  'doors',
  'codes',
  '',
  ' ',
  'pending',
  'x'.repeat(300),
  '\u202e\u200b',
  '🏌️',
  "'; drop table sops; --",
  '%',
  '_',
  '\\',
  '"',
  '{1}',
  '\n',
  '2026-01-01',
  '2026-01-01T00:00:00Z',
  'infinity',
  '-1',
  'NaN',
  '3f1c9b52-8a57-4d6e-9f0e-6a1c2b7d4e11',
  '{"a":1}',
  '[]',
  'null',
  '\\u0000',
]

/** A value of a type, mostly of the right kind. */
function value(type: GraphQLInputType, random: Random, depth = 0): string {
  if (isNonNullType(type)) return value(type.ofType, random, depth)
  if (random.chance(0.05)) return 'null'
  if (isListType(type))
    return `[${Array.from({ length: random.below(3) }, () => value(type.ofType, random, depth + 1)).join(', ')}]`
  if (isEnumType(type)) return random.pick(type.getValues()).name
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
    const chosen = fields.filter(
      (field) => isNonNullType(field.type) || (depth < 3 && random.chance(2 / fields.length)),
    )
    return `{${chosen.map((field) => `${field.name}: ${value(field.type, random, depth + 1)}`).join(', ')}}`
  }
  switch (type.name) {
    case 'Int':
      return String(random.pick([0, 1, 2, 5, 100, -1, 2147483647, -2147483648, 2147483648]))
    case 'Float':
    case 'BigFloat':
      return String(random.pick(['0', '0.5', '-1', '1e308', '"1e400"', '"NaN"']))
    case 'Boolean':
      return String(random.chance(0.5))
    case 'BigInt':
      return random.pick(['"1"', '"0"', '"-1"', '"9223372036854775808"', '"x"'])
    case 'UUID':
      return random.pick(['"3f1c9b52-8a57-4d6e-9f0e-6a1c2b7d4e11"', '"x"'])
    default:
      return JSON.stringify(random.pick(strings))
  }
}

function call(field: GraphQLField<unknown, unknown>, random: Random, depth: number): string {
  const given = field.args.filter((arg: GraphQLArgument) => isNonNullType(arg.type) || random.chance(0.25))
  const args = given.length
    ? `(${given.map((arg) => `${arg.name}: ${value(arg.type, random)}`).join(', ')})`
    : ''
  const type = getNamedType(field.type)
  const alias = random.chance(0.1) ? `a${random.below(100)}: ` : ''
  const directive = random.chance(0.05)
    ? ` @${random.pick(['skip', 'include'])}(if: ${random.chance(0.5)})`
    : ''
  if (isLeafType(type)) return `${alias}${field.name}${args}${directive}`
  if (!isObjectType(type)) return `${alias}${field.name}${args}${directive} { __typename }`
  return `${alias}${field.name}${args}${directive} ${selection(type, random, depth + 1)}`
}

function selection(type: GraphQLObjectType, random: Random, depth: number): string {
  const fields = Object.values(type.getFields())
  const reachable = depth > 6 ? fields.filter((field) => isLeafType(getNamedType(field.type))) : fields
  const count = 1 + random.below(depth === 0 ? 2 : 3)
  const parts = Array.from({ length: count }, () =>
    reachable.length === 0 || random.chance(0.03)
      ? '__typename'
      : call(random.pick(reachable), random, depth),
  )
  if (random.chance(0.05)) parts.push(`... on ${type.name} { __typename }`)
  return `{ ${parts.join(' ')} }`
}

const noise = [
  '{',
  '}',
  '(',
  ')',
  '"',
  '"""',
  '$x',
  '...',
  '@skip',
  '!',
  ':',
  ' fragment F on Query { ...F } ',
  '\u0000',
  '\ufeff',
  '🏌',
  '#',
  '-0',
  '1e999',
  '__schema',
  '& |',
]

function mutate(text: string, random: Random): string {
  let mutated = text
  for (let n = random.below(4); n > 0; n--) {
    const at = random.below(mutated.length)
    const length = random.below(12)
    mutated = random.pick([
      () => mutated.slice(0, at) + mutated.slice(at + length),
      () => mutated.slice(0, at) + random.pick(noise) + mutated.slice(at),
      () => mutated.slice(0, at) + mutated.slice(at, at + length).repeat(3) + mutated.slice(at + length),
      () => mutated.slice(at) + mutated.slice(0, at),
    ])()
  }
  return mutated
}

/** Three in ten broken on purpose, the others as the schema has it. */
function document(random: Random): string {
  const root = random.chance(0.35) ? schema.getMutationType()! : schema.getQueryType()!
  const text = `${root.name.toLowerCase()} ${selection(root, random, 0)}`
  return random.chance(0.3) ? mutate(text, random) : text
}

const callers: Who[] = [
  {},
  { visitor: '3f1c9b52-8a57-4d6e-9f0e-6a1c2b7d4e11' },
  ...['agent', 'reviewer', 'admin', 'auditor'].map((role) => ({ role, actor: `${role} of chance` })),
]

describe(`${runs} GraphQL documents of chance (seed ${seed})`, () => {
  let api: Api
  beforeAll(async () => {
    api = await startApi()
    const save = `mutation ($s: String!) { saveSop(input: { category: "doors", section: $s, content: "Reset the door.\\n" }) { result { id } } }`
    for (const s of ['codes', 'bells', 'locks'])
      await api.sendText(save, { s }, { role: 'reviewer', actor: 'rita' })
  })
  afterAll(() => api?.close())

  it('are answered rightly or refused clearly, and break nothing', async () => {
    const statuses: Record<string, number> = {}
    let valid = 0
    await inLanes(runs, 6, async (n) => {
      const random = makeRandom(seed + n)
      const query = document(random)
      try {
        if (validate(schema, parse(query)).length === 0) valid++
      } catch {
        // Broken on purpose.
      }
      const response = await fetch(`${api.server.url}/graphql`, {
        method: 'POST',
        headers: headersOf(random.pick(callers)),
        body: JSON.stringify({ query }),
      })
      const outcome = { status: response.status, text: await response.text() }
      JSON.parse(outcome.text)
      checkAnswer(outcome, query)
      statuses[outcome.status] = (statuses[outcome.status] ?? 0) + 1
    })
    console.info(`documents: ${runs}, valid ${valid}, by status ${JSON.stringify(statuses)}`)
    // Else it was all noise.
    expect(valid).toBeGreaterThan(runs / 4)
    await expectUnharmed(api)
  }, 3_600_000)
})
