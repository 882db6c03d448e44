/** Every document of the web UI is one that the schema takes: the types know fields, but not every argument's values. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { buildSchema, concatAST, type DocumentNode, Kind, parse, validate } from 'graphql'
import { projectFolder } from '../../core/database/migrate.ts'

const schema = buildSchema(readFileSync(join(projectFolder, 'data', 'schema.graphql'), 'utf8'))
const documents = globSync('web/**/*.{ts,tsx}', {
  cwd: projectFolder,
  exclude: (name) => name.includes('dist'),
})
  .sort()
  .flatMap((file) =>
    [...readFileSync(join(projectFolder, file), 'utf8').matchAll(/\bgraphql\(\s*`([^`]+)`/g)].map(
      (
        [, text], // A hint for the types, which is left out of what is sent.
      ) => [file, parse(text!.replaceAll('@_unmask', ''))] as const,
    ),
  )
const fragments = documents.flatMap(([, document]) =>
  document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION),
)

/** With the fragments that it names, and those that these name. */
function whole(document: DocumentNode): DocumentNode {
  const named = new Set<string>()
  const collect = (node: unknown) =>
    JSON.stringify(node, (_key, value) => {
      if (value?.kind === Kind.FRAGMENT_SPREAD && !named.has(value.name.value)) {
        named.add(value.name.value)
        collect(fragments.find((one) => one.name.value === value.name.value))
      }
      return value
    })
  collect(document)
  const own = new Set(document.definitions.map((one) => ('name' in one ? one.name?.value : undefined)))
  return concatAST([
    document,
    {
      kind: Kind.DOCUMENT,
      definitions: fragments.filter(({ name }) => named.has(name.value) && !own.has(name.value)),
    },
  ])
}

const operations = documents.flatMap(([file, document]) =>
  document.definitions
    .filter((one) => one.kind === Kind.OPERATION_DEFINITION)
    .map((one) => [file, one.name?.value ?? 'without a name', document] as const),
)

describe('the documents of the web UI', () => {
  it('are found', () => {
    expect(operations.length).toBeGreaterThan(50)
  })

  it.each(operations)('%s: %s fits the schema', (_file, _name, document) => {
    expect(validate(schema, whole(document)).map((error) => error.message)).toEqual([])
  })

  it('have names of their own, by which what is read is kept', () => {
    const names = operations.map(([, name]) => name)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })
})
