/** What the page of experiments asks the server. */
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { changedBySaving } from '../sops/documents.ts'

export const experimentsQuery = graphql(`
  query Experiments($filter: ExperimentFilter!, $after: Cursor) {
    experiments(filter: $filter, orderBy: [STARTED_AT_DESC], first: 50, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        id name status statusBy statusAt startedAt winner sampleRatioAlarmAt
        sop { id category section }
      }
    }
  }
`)
export type Listed = NonNullable<
  NonNullable<ResultOf<typeof experimentsQuery>['experiments']>['nodes'][number]
>

export const experimentQuery = graphql(`
  query Experiment($id: Int!) {
    experiment(id: $id) {
      id name status minimumSample stopOnHarm startedBy startedAt startReason statusBy statusAt statusReason
      winner baseVersion sampleRatioAlarmAt
      promotedVersion { version }
      sop { id category section version }
      experimentArms(orderBy: LABEL_ASC) { nodes { id label content weight } }
    }
    experimentResults(experimentId: $id) {
      nodes {
        label isControl weight subjects responses rated helpful rate rateLow rateHigh
        difference differenceLow differenceHigh probabilityBetter expectedLoss alwaysValidP sampleRatioP
        minimumReached verdict
      }
    }
  }
`)
export type Experiment = NonNullable<ResultOf<typeof experimentQuery>['experiment']>
export type Figures = NonNullable<
  NonNullable<ResultOf<typeof experimentQuery>['experimentResults']>['nodes'][number]
>

/** Emergencies are never experimented on, and what is archived nobody would see. */
export const sopsQuery = graphql(`
  query SopsToTry {
    sops(
      filter: { category: { notEqualTo: "emergency" } }
      orderBy: [CATEGORY_ASC, SECTION_ASC]
      first: 1000
    ) { nodes { id category section archivedAt } }
  }
`)

export const sopToTryQuery = graphql(`
  query SopToTry($id: Int!) {
    sop(id: $id) {
      id category section content version archivedAt
      experiments(filter: { status: { in: ["running", "paused"] } }) { nodes { id name } }
    }
  }
`)
export type SopToTry = NonNullable<ResultOf<typeof sopToTryQuery>['sop']>

export const estimateQuery = graphql(`
  query EstimateExperiment($sopId: Int!, $minimumSample: Int!, $weights: [Int]!) {
    estimateExperiment(sopId: $sopId, minimumSample: $minimumSample, weights: $weights) {
      subjectsPerDay ratedPerDay days
    }
  }
`)

export const startMutation = graphql(`
  mutation StartExperiment($input: StartExperimentInput!) {
    startExperiment(input: $input) { result { id } }
  }
`)
export const pauseMutation = graphql(`
  mutation PauseExperiment($input: PauseExperimentInput!) {
    pauseExperiment(input: $input) { result { id status } }
  }
`)
export const resumeMutation = graphql(`
  mutation ResumeExperiment($input: ResumeExperimentInput!) {
    resumeExperiment(input: $input) { result { id status } }
  }
`)
export const stopMutation = graphql(`
  mutation StopExperiment($input: StopExperimentInput!) {
    stopExperiment(input: $input) { result { id status } }
  }
`)
export const concludeMutation = graphql(`
  mutation ConcludeExperiment($input: ConcludeExperimentInput!) {
    concludeExperiment(input: $input) { result { id status winner } }
  }
`)

/** Whatever shows an experiment: asked again after one was changed. A conclusion may write an SOP. */
export const changedByDeciding = [experimentsQuery, experimentQuery, sopToTryQuery, ...changedBySaving]
