/** What the pages of prompts ask the server. */
import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const promptsQuery = graphql(`
  query Prompts {
    prompts(orderBy: [NAME_ASC], first: 100) {
      nodes {
        id name version updatedAt content defaultContent
        promptVersions(first: 1, orderBy: [VERSION_DESC]) { nodes { changedBy changeReason createdAt } }
      }
    }
  }
`)

export const promptQuery = graphql(`
  query Prompt($name: String!) {
    promptByName(name: $name) {
      id name version content defaultContent updatedAt
      promptVersions(first: 1, orderBy: [VERSION_DESC]) {
        nodes { version changedBy changeReason createdAt }
      }
    }
  }
`)
export type Prompt = NonNullable<ResultOf<typeof promptQuery>['promptByName']>

export const versionsQuery = graphql(`
  query PromptVersions($id: Int!, $after: Cursor) {
    promptVersions(condition: { promptId: $id }, orderBy: [VERSION_DESC], first: 50, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { id version changedBy changeReason createdAt answers: responses { totalCount } }
    }
  }
`)
export type Version = NonNullable<
  NonNullable<ResultOf<typeof versionsQuery>['promptVersions']>['nodes'][number]
>

export const versionQuery = graphql(`
  query PromptVersion($id: Int!, $version: Int!) {
    promptVersionByPromptIdAndVersion(promptId: $id, version: $version) { version content }
  }
`)

export const saveMutation = graphql(`
  mutation SavePrompt($input: SavePromptInput!) {
    savePrompt(input: $input) { result { id version } }
  }
`)

export const rollbackMutation = graphql(`
  mutation RollbackPrompt($input: RollbackPromptInput!) {
    rollbackPrompt(input: $input) { result { id version } }
  }
`)

/** Whatever shows a prompt: asked again after one was changed. */
export const changedBySaving = [promptsQuery, promptQuery, versionsQuery]

/** What it is for, where we know it; the club may have others. */
export const known = ['route', 'rerank', 'answer', 'analyse'] as const
export const knownName = (name: string) => known.find((one) => one === name)

/** What customers asked last, with what was answered then. */
export const pastQuery = graphql(`
  query PastQuestions($first: Int!) {
    responses(
      filter: { outcome: { in: ["answered", "handed_over"] } }, orderBy: [CREATED_AT_DESC], first: $first
    ) {
      nodes { id question text outcome reason model cost tokensIn tokensOut erasedAt promptVersion { version } }
    }
  }
`)
export type Past = NonNullable<NonNullable<ResultOf<typeof pastQuery>['responses']>['nodes'][number]>

export const previewMutation = graphql(`
  mutation PreviewPrompt($name: String!, $content: String!, $questions: [String!]!) {
    previewPrompt(input: { name: $name, content: $content, questions: $questions }) {
      trials { text outcome category model fallback reason tokensIn tokensOut cost latencyMs }
    }
  }
`)
export type Trial = NonNullable<ResultOf<typeof previewMutation>['previewPrompt']>['trials'][number]

export const estimateMutation = graphql(`
  mutation EstimatePreview($name: String!, $content: String!, $latest: Int!) {
    previewPrompt(input: { name: $name, content: $content, latest: $latest, estimateOnly: true }) { estimatedCost }
  }
`)
