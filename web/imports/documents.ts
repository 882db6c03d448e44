/** What the pages of imports ask and tell the server. */
import type { ImportPlan } from '../admin/route.ts'
import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const importsQuery = graphql(`
  query Imports {
    importBatches(orderBy: [PRIMARY_KEY_DESC], first: 50) {
      nodes { id name source status done total counts createdBy createdAt asProposals }
    }
  }
`)
export const importQuery = graphql(`
  query ImportById($id: Int!) {
    importBatch(id: $id) {
      id name source status stage done total counts error createdBy createdAt updatedAt asProposals
      reason appliedBy appliedAt rollbackReason rollbackForced rolledBackBy rolledBackAt
    }
  }
`)
export const filesQuery = graphql(`
  query ImportFiles($id: Int!, $after: Cursor) {
    importFiles(batchId: $id, first: 50, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        file items created changed unchanged duplicates proposed skipped contradictions
        reason reasonCode reasonDetails
      }
    }
  }
`)
export const itemsQuery = graphql(`
  query ImportItems($condition: ImportItemCondition!, $after: Cursor) {
    importItems(condition: $condition, orderBy: [ORDINAL_ASC], first: 30, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        id file kind category topic question content action reason reasonCode reasonDetails status findings
        sopId knowledgeId improvementId
      }
    }
  }
`)
export const obstaclesQuery = graphql(`
  query ImportObstacles($id: Int!) {
    importObstacles(batchId: $id, first: 20) { totalCount nodes { itemId what code details } }
  }
`)
export const applyMutation = graphql(`
  mutation ApplyImport($id: Int!, $reason: String!, $asProposals: Boolean!) {
    applyImport(input: { batchId: $id, reason: $reason, asProposals: $asProposals }) { result { id status } }
  }
`)
export const rollbackMutation = graphql(`
  mutation RollbackImport($id: Int!, $reason: String!, $force: Boolean!) {
    rollbackImport(input: { batchId: $id, reason: $reason, force: $force }) { result { id status } }
  }
`)
export const discardMutation = graphql(`
  mutation DiscardImport($id: Int!) { discardImport(input: { batchId: $id }) { result { id status } } }
`)

export type Batch = NonNullable<ResultOf<typeof importQuery>['importBatch']>
export type BatchLine = NonNullable<
  NonNullable<ResultOf<typeof importsQuery>['importBatches']>['nodes'][number]
>
export type FileLine = NonNullable<NonNullable<ResultOf<typeof filesQuery>['importFiles']>['nodes'][number]>
export type Item = NonNullable<NonNullable<ResultOf<typeof itemsQuery>['importItems']>['nodes'][number]>

export const isMoving = ({ status }: { status: string }) =>
  ['staging', 'applying', 'rolling_back'].includes(status)

/** {"sop": {"create": 3}, "knowledge": {"create": 2}} as how many items each plan has. */
export function planned(counts: unknown): Record<ImportPlan, number> {
  const sums = { create: 0, update: 0, propose: 0, duplicate: 0, unchanged: 0, skip: 0 }
  for (const actions of Object.values((counts ?? {}) as Record<string, unknown>))
    if (typeof actions === 'object' && actions !== null)
      for (const [action, count] of Object.entries(actions))
        if (action in sums && typeof count === 'number') sums[action as ImportPlan] += count
  return sums
}

/** Of what is counted once for the whole import: files, contradictions, items by state. */
export const counted = (
  counts: unknown,
  name: 'files' | 'contradictions' | 'applied' | 'conflict' | 'rolled_back' | 'kept',
) => Number((counts as Record<string, unknown> | null)?.[name] ?? 0)
