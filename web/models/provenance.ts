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

/** What an analyst did for a proposal; the ledger is for admins and auditors. */
export const analysedQuery = graphql(`
  query Analysed($id: Int!, $prompts: Boolean!, $ledger: Boolean!) {
    improvementQueue(id: $id) {
      id proposedBy
      analysesByImprovementId(first: 1, orderBy: [ID_DESC]) {
        nodes {
          id analyst reasons failedResponseIds batchId finishedAt
          promptVersion @include(if: $prompts) { version prompt { name } }
          calls: llmCalls @include(if: $ledger) {
            totalCount
            aggregates { sum { cost tokensIn tokensOut } }
          }
        }
      }
    }
  }
`)
