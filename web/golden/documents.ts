/** What the page of golden questions asks the server. */
import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const goldenQuery = graphql(`
  query Golden {
    goldenQuestions(first: 1000, orderBy: [PRIMARY_KEY_ASC]) {
      nodes {
        id question handOver note expectedCategory expectedTopic updatedAt updatedBy
        expectedSop { id category section }
        site { slug name }
      }
    }
    goldenChecks(first: 1, orderBy: [PRIMARY_KEY_DESC]) {
      nodes { id checkedAt checkedBy passed failed tookMs results isStale }
    }
    clubSettings { nodes { goldenGate } }
    sites(first: 1000, orderBy: ID_ASC) { nodes { slug name } }
  }
`)
export type Golden = NonNullable<
  NonNullable<ResultOf<typeof goldenQuery>['goldenQuestions']>['nodes'][number]
>
export type Check = NonNullable<NonNullable<ResultOf<typeof goldenQuery>['goldenChecks']>['nodes'][number]>

export const saveMutation = graphql(`
  mutation SaveGoldenQuestion($input: SaveGoldenQuestionInput!) {
    saveGoldenQuestion(input: $input) { result { id updatedAt } }
  }
`)
export const removeMutation = graphql(`
  mutation RemoveGoldenQuestion($input: RemoveGoldenQuestionInput!) {
    removeGoldenQuestion(input: $input) { result { id } }
  }
`)
export const runMutation = graphql(`
  mutation RunGoldenCheck { runGoldenCheck(input: {}) { result { id passed failed } } }
`)
export const gateMutation = graphql(`
  mutation SetGoldenGate($enabled: Boolean!, $reason: String!) {
    setGoldenGate(input: { enabled: $enabled, reason: $reason }) { result { goldenGate } }
  }
`)
export const fromResponseMutation = graphql(`
  mutation GoldenFromResponse($id: BigInt!) {
    goldenFromResponse(input: { responseId: $id }) { result { id question handOver } }
  }
`)

export const changedByWriting = [goldenQuery]
