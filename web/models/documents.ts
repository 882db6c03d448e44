/** What the page of models asks the server. */
import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const providersQuery = graphql(`
  query Providers {
    system {
      answeringProvider answeringModel routingModel rerankingModel embeddingProvider embeddingModel analyst
      providers { provider configured host models { part model } breaker lastFailure { kind at } lastSuccess }
    }
    llmSpend { today month dailyBudget monthlyBudget budgetWarning state unpricedModels }
  }
`)
export type ProvidersData = ResultOf<typeof providersQuery>
export type Provider = NonNullable<ProvidersData['system']>['providers'][number]

export const budgetMutation = graphql(`
  mutation SetLlmBudget($daily: BigFloat, $monthly: BigFloat, $warning: Float, $reason: String!) {
    setLlmBudget(input: { daily: $daily, monthly: $monthly, warning: $warning, reason: $reason }) {
      result { dailyBudget monthlyBudget budgetWarning }
    }
  }
`)

/** US dollars; most: null where there is no limit. */
export interface Budget {
  day: { spent: number; most: number | null }
  month: { spent: number; most: number | null }
  /** Share of a budget from which admins are warned. */
  warning: number
}

const money = (value: string | number | null | undefined) =>
  value === null || value === undefined ? null : Number(value)

export const budgetOf = ({ llmSpend }: ProvidersData): Budget => ({
  day: { spent: money(llmSpend?.today) ?? 0, most: money(llmSpend?.dailyBudget) },
  month: { spent: money(llmSpend?.month) ?? 0, most: money(llmSpend?.monthlyBudget) },
  warning: llmSpend?.budgetWarning ?? 0.8,
})

/** As app_private.llm_budget_state decides it, for one of the two. */
export function stateOf({ day, month, warning }: Budget, of: 'day' | 'month') {
  const { spent, most } = of === 'day' ? day : month
  if (most === null) return 'none'
  return spent >= most ? 'stopped' : spent >= most * warning ? 'warned' : 'open'
}

export const callsQuery = graphql(`
  query LlmCalls($filter: LlmCallFilter, $after: Cursor) {
    llmCalls(filter: $filter, orderBy: [ID_DESC], first: 50, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        id purpose provider model status tokensIn tokensCached tokensOut cost latencyMs batch requestId createdAt
        responseId response { ticketId } improvement { id status }
      }
    }
  }
`)
export type Call = NonNullable<NonNullable<ResultOf<typeof callsQuery>['llmCalls']>['nodes'][number]>

export const purposes = ['answer', 'route', 'rerank', 'embed', 'analyse', 'preview'] as const

/** core/llm/index.ts: FailureKind. */
export const failures = [
  'rate_limited',
  'quota_exhausted',
  'overloaded',
  'server_error',
  'timeout',
  'connection',
  'stream_broken',
  'truncated',
  'invalid_output',
  'refused',
  'filtered',
  'unknown_model',
  'unauthorized',
  'bad_request',
  'aborted',
  'breaker_open',
  'budget_stopped',
] as const

export const pricesQuery = graphql(`
  query LlmPrices {
    llmPrices(orderBy: [MODEL_ASC, VALID_FROM_DESC], first: 1000) {
      nodes { id model validFrom input cachedInput cacheWrite output batchFactor }
    }
  }
`)
export type Price = NonNullable<NonNullable<ResultOf<typeof pricesQuery>['llmPrices']>['nodes'][number]>

export const priceMutation = graphql(`
  mutation SetLlmPrice(
    $model: String!, $validFrom: Date!, $input: BigFloat, $output: BigFloat
    $cachedInput: BigFloat, $cacheWrite: BigFloat, $batchFactor: BigFloat, $reason: String!
  ) {
    setLlmPrice(
      input: {
        model: $model, validFrom: $validFrom, inputPrice: $input, outputPrice: $output
        cachedInput: $cachedInput, cacheWrite: $cacheWrite, batchFactor: $batchFactor, reason: $reason
      }
    ) { result { id } }
  }
`)

export const removePriceMutation = graphql(`
  mutation RemoveLlmPrice($id: Int!, $reason: String!) {
    removeLlmPrice(input: { priceId: $id, reason: $reason }) { result { id } }
  }
`)

export const analysesQuery = graphql(`
  query Analyses($filter: AnalysisFilter, $after: Cursor) {
    analyses(filter: $filter, orderBy: [ID_DESC], first: 30, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        id status analyst reasons error attempts createdAt finishedAt runId batchId improvementId
        pattern { id label size }
        improvement { id status }
      }
    }
  }
`)
export type Analysis = NonNullable<NonNullable<ResultOf<typeof analysesQuery>['analyses']>['nodes'][number]>

export const runsQuery = graphql(`
  query AnalysisRuns {
    analysisRuns(orderBy: [ID_DESC], first: 10) {
      nodes {
        id kind status analyst failures patterns counts estimatedCost cost budget error requestedBy
        createdAt startedAt finishedAt
      }
    }
    analysisBatches(orderBy: [ID_DESC], first: 10) {
      nodes {
        id status provider model requests succeeded errored canceled expired error canceledBy cancelReason
        createdAt submittedAt expiresAt endedAt
      }
    }
  }
`)
type Runs = ResultOf<typeof runsQuery>
export type Run = NonNullable<NonNullable<Runs['analysisRuns']>['nodes'][number]>
export type Batch = NonNullable<NonNullable<Runs['analysisBatches']>['nodes'][number]>

export const cancelMutation = graphql(`
  mutation CancelAnalysis($batchId: Int!, $reason: String!) {
    cancelAnalysis(input: { batchId: $batchId, reason: $reason }) { result { id status } }
  }
`)

export const reembeddingQuery = graphql(`
  query Reembedding {
    reembeddings(orderBy: [ID_DESC], first: 3) {
      nodes {
        id fromModel toModel state total done estimatedCost cost reason startedBy startedAt updatedAt finishedAt error
      }
    }
  }
`)
export type Reembedding = NonNullable<
  NonNullable<ResultOf<typeof reembeddingQuery>['reembeddings']>['nodes'][number]
>
