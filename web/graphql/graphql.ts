/**
 * Typed documents: `graphql(…)` knows the schema, so that a query that does not fit it fails the type check. At run time a
 * document is its text and nothing has to be parsed: what the types call a syntax tree nobody here looks into.
 */
import type { initGraphQLTada } from 'gql.tada'
import type { DocumentNode } from 'graphql'
import type { introspection } from './schema.d.ts'

type Graphql = ReturnType<
  typeof initGraphQLTada<{
    introspection: introspection
    scalars: {
      BigInt: string
      BigFloat: string
      Cursor: string
      Date: string
      Datetime: string
      UUID: string
      JSON: unknown
    }
  }>
>

interface Text {
  own: string
  fragments: Text[]
}

export const graphql = ((own: string, fragments: Text[] = []): Text => ({
  own,
  fragments,
})) as unknown as Graphql

const read = (document: DocumentNode) => document as unknown as Text

/** As it is sent: with the fragments that it names and those that these name, each once. */
export function textOf(document: DocumentNode): string {
  const parts = new Set<string>()
  const add = ({ own, fragments }: Text) => {
    parts.add(own)
    for (const one of fragments) add(one)
  }
  add(read(document))
  // A hint for the types, which the server does not know.
  return [...parts].join('\n').replaceAll('@_unmask', '')
}

export function nameOf(document: DocumentNode): string {
  const name = /^\s*(?:query|mutation)\s+(\w+)/.exec(read(document).own)?.[1]
  if (name === undefined) throw new Error('A document needs an operation with a name.')
  return name
}

export type { ResultOf, VariablesOf } from 'gql.tada'
