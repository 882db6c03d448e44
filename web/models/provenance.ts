/** Who said it: what a response keeps of the models that had a part in it. */
import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const writtenFragment = graphql(`
  fragment WrittenParts on Response @_unmask {
    id model routerModel reason outcome tokensIn tokensOut cost
    promptVersion @include(if: $prompts) { version prompt { name } }
  }
`)

export const writtenQuery = graphql(
  `
  query Written($id: BigInt!, $prompts: Boolean!) { response(id: $id) { ...WrittenParts } }
`,
  [writtenFragment],
)

export type Written = ResultOf<typeof writtenFragment>
