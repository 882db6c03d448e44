/** Typed documents: `graphql(…)` knows the schema, so that a query that does not fit it fails the type check. */
import { initGraphQLTada } from 'gql.tada'
import type { introspection } from './schema.d.ts'

export const graphql = initGraphQLTada<{
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
}>()

export type { ResultOf, VariablesOf } from 'gql.tada'
export { readFragment } from 'gql.tada'
