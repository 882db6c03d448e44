/** What the review queue asks of the server, and what its JSON holds. */
import type { Disagreement } from '../components/Compared.tsx'
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import type { Kind, Status } from './route.ts'

/** What the list shows of a proposal: neither texts nor dry runs. */
const rowFragment = graphql(`
  fragment ReviewRow on ImprovementQueue @_unmask {
    id kind status impact createdAt category topic fixed broken viewers decidedAt approvedBy rejectedBy supersededBy
    evidence: improvementEvidencesByImprovementId { totalCount }
  }
`)

export const pendingQuery = graphql(
  `
  query ReviewPending($kind: String, $category: String, $after: Cursor) {
    improvementQueues(
      condition: { status: "pending", kind: $kind, category: $category }
      orderBy: [IMPACT_DESC, ID_ASC], first: 50, after: $after
    ) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { ...ReviewRow }
    }
  }
`,
  [rowFragment],
)

export const decidedQuery = graphql(
  `
  query ReviewDecided($status: String!, $kind: String, $category: String, $after: Cursor) {
    improvementQueues(
      condition: { status: $status, kind: $kind, category: $category }
      orderBy: [DECIDED_AT_DESC, ID_DESC], first: 50, after: $after
    ) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { ...ReviewRow }
    }
  }
`,
  [rowFragment],
)

export const rowsQuery = graphql(
  `
  query ReviewRows($ids: [Int!]!) {
    improvementQueues(filter: { id: { in: $ids } }) {
      nodes { ...ReviewRow }
    }
  }
`,
  [rowFragment],
)

export const categoriesQuery = graphql(`
  query ReviewCategories { sopCategories { nodes { category } } }
`)

const proposalFragment = graphql(`
  fragment ReviewWhole on ImprovementQueue @_unmask {
    id kind status impact createdAt category topic proposedBy baseVersion suggestedSopUpdate dryRun dryRunStale
    dryRunStaleBecause
    approvedBy appliedAt decisionReason rejectedBy rejectedAt rejectionReason supersededBy supersededAt applied
    sop { id category section version content archivedAt }
    written: versionWritten { version content previousVersion { content } }
    evidence: improvementEvidencesByImprovementId(first: 100) {
      totalCount
      nodes {
        failedResponse {
          id query userCorrection feedbackType confidenceScore createdAt erasedAt
          expectedSop { category section } expectedCategory expectedTopic
          givenResponse { ticketId }
        }
      }
    }
  }
`)

export const proposalQuery = graphql(
  `
  query ReviewProposal($id: Int!) { improvementQueue(id: $id) { ...ReviewWhole } }
`,
  [proposalFragment],
)

/** The one that is shown first, before it is known which that is. */
export const firstQuery = graphql(
  `
  query ReviewFirst($kind: String, $category: String) {
    improvementQueues(
      condition: { status: "pending", kind: $kind, category: $category }, orderBy: [IMPACT_DESC, ID_ASC], first: 1
    ) { nodes { ...ReviewWhole } }
  }
`,
  [proposalFragment],
)

export const mergeQuery = graphql(`
  query ReviewMerge($id: Int!) {
    improvementMerge(id: $id) { base current proposed merged conflicts currentVersion }
  }
`)

export const entriesQuery = graphql(`
  query ReviewEntries($category: String!, $topic: String!, $questions: [String!]!) {
    knowledgeBases(
      filter: { category: { equalTo: $category }, topic: { equalTo: $topic }, question: { in: $questions } }, first: 100
    ) { nodes { id question answer trust source } }
  }
`)

/** The entries, and the SOP, that a health check names. */
export const healthTextsQuery = graphql(`
  query ReviewHealthTexts($ids: [Int!]!, $sops: [Int!]!) {
    knowledgeBases(filter: { id: { in: $ids } }, first: 200) {
      nodes { id category topic question answer usageCount successRate updatedAt site { name } }
    }
    sops(filter: { id: { in: $sops } }, first: 10) { nodes { id category section } }
  }
`)

export const renderPairQuery = graphql(`
  query ReviewRendered($before: String!, $after: String!) {
    before: renderMarkdown(text: $before)
    after: renderMarkdown(text: $after)
  }
`)

export const dryRunMutation = graphql(`
  mutation ReviewDryRun($id: Int!) { previewImprovement(input: { id: $id }) { result } }
`)

/** Nothing is written: the result of an edited text is returned only. */
export const tryTextMutation = graphql(`
  mutation ReviewTryText($id: Int!, $text: String!, $version: Int) {
    previewImprovement(input: { id: $id, editedContent: $text, editedVersion: $version }) { result }
  }
`)

export const approveMutation = graphql(
  `
  mutation ReviewApprove($id: Int!, $text: String, $version: Int) {
    approveImprovement(input: { id: $id, editedContent: $text, editedVersion: $version }) { result { ...ReviewRow } }
  }
`,
  [rowFragment],
)

export const rejectMutation = graphql(
  `
  mutation ReviewReject($id: Int!, $reason: String!) {
    rejectImprovement(input: { id: $id, reason: $reason }) { result { ...ReviewRow } }
  }
`,
  [rowFragment],
)

export const undoMutation = graphql(
  `
  mutation ReviewUndo($id: Int!, $reason: String!) {
    undoImprovement(input: { id: $id, reason: $reason }) { result { ...ReviewRow } }
  }
`,
  [rowFragment],
)

export const reopenMutation = graphql(
  `
  mutation ReviewReopen($id: Int!, $reason: String!) {
    reopenImprovement(input: { id: $id, reason: $reason }) { result { ...ReviewRow } }
  }
`,
  [rowFragment],
)

export const reanalyseMutation = graphql(
  `
  mutation ReviewReanalyse($id: Int!, $reason: String!) {
    reanalyseImprovement(input: { id: $id, reason: $reason }) { result { ...ReviewRow } }
  }
`,
  [rowFragment],
)

/** What approving these would write; nothing is written. */
export const mergedQuery = graphql(`
  query ReviewMerged($ids: [Int!]!) {
    mergedImprovements(ids: $ids) {
      nodes { improvementIds sopId category topic currentVersion current merged conflicts }
    }
  }
`)

export const approveAllMutation = graphql(
  `
  mutation ReviewApproveAll($ids: [Int!]!, $reason: String, $together: Boolean!) {
    approveImprovements(input: { ids: $ids, reason: $reason, together: $together }) { result { ...ReviewRow } }
  }
`,
  [rowFragment],
)

export const undoAllMutation = graphql(
  `
  mutation ReviewUndoAll($ids: [Int!]!, $reason: String!) {
    undoImprovements(input: { ids: $ids, reason: $reason }) { result { ...ReviewRow } }
  }
`,
  [rowFragment],
)

export const lookMutation = graphql(`
  mutation ReviewLook($id: Int!) { lookAtImprovement(input: { id: $id }) { result { userId name since } } }
`)

export const lookAwayMutation = graphql(`
  mutation ReviewLookAway($id: Int!) { lookAway(input: { id: $id }) { clientMutationId } }
`)

export type Proposal = ResultOf<typeof proposalFragment>
export type Merge = NonNullable<ResultOf<typeof mergeQuery>['improvementMerge']>
export type Row = ResultOf<typeof rowFragment>
export type QueuePage = ResultOf<typeof pendingQuery>

export interface Filters {
  status: Status
  kind: Kind | undefined
  category: string | undefined
}

export interface Suggestion {
  section?: string
  category?: string
  topic?: string
  new_content?: string
  reasoning?: string
  entries?: { question: string; answer: string }[]
  erased?: unknown
  keep_id?: number
  duplicate_ids?: number[]
  knowledge_ids?: number[]
  /** Where a health check proposed it: what it found. */
  finding?: {
    kind: string
    knowledge_id: number | null
    other_id: number | null
    sop_id: number | null
    facts: Disagreement[]
    undecided: boolean
  }
}

export type Effect = 'fixed' | 'still_failing' | 'broken' | 'changed' | 'unaffected'

export interface TriedQuestion {
  question: string
  role: 'failing' | 'good' | 'golden'
  /** Missing in what was kept long ago; so are the confidences. */
  effect?: Effect
  expected: string | null
  expected_title: string | null
  before: string | null
  before_title: string | null
  before_confidence?: number | null
  /** Whether it is sure enough to be given; else a person answers. */
  before_answered?: boolean | null
  /** What is found says that a person answers. */
  before_for_a_person?: true
  /** What is read, where that differs. */
  before_text?: string | null
  after: string | null
  after_title: string | null
  after_confidence?: number | null
  after_answered?: boolean | null
  after_for_a_person?: true
  after_text?: string | null
}

export const warningKinds = ['new_figure', 'lost_figure', 'lost_line', 'repeats'] as const
export interface Warning {
  kind: (typeof warningKinds)[number]
  text: string
  /** The other SOP that says it. */
  where?: string
}

export interface DryRun {
  at: string
  fixed: number
  still_failing: number
  broken: number
  unaffected: number
  /** Of all that follows nothing is in what was kept long ago. */
  ms?: number
  changed?: number
  /** Of the fixed ones these were asked without their own words too, and so many were answered: others may ask alike. */
  fixed_as_new?: number
  fixed_for_others?: number
  /** Good ones, asked without what was learned from them, that are answered with the change alone. */
  good_fixed?: number
  golden?: number
  golden_broken?: number
  golden_fixed?: number
  asked?: { failing: number; good: number; golden: number }
  /** What a person should look at, whatever the questions say. */
  warnings?: Warning[]
  questions: TriedQuestion[]
}

/** Proposals that do not fit, and what with. */
export interface BatchConflict {
  improvement_id: number
  /** With what stands there by now. */
  current: boolean
  with: number[]
}

export type MergedTarget = NonNullable<
  NonNullable<ResultOf<typeof mergedQuery>['mergedImprovements']>['nodes'][number]
>

/** The proposals of one version, where it was written for several. */
export const togetherOf = ({ applied }: { applied: unknown }): number[] => {
  const { together } = (applied ?? {}) as { together?: number[] }
  return together && together.length > 1 ? together : []
}

export const suggestionOf = (proposal: { suggestedSopUpdate: unknown }) =>
  proposal.suggestedSopUpdate as Suggestion

/** Whether its text can be edited before it is approved: an SOP's, or the one answer of a correction. */
export const isEditable = (proposal: { kind: string; suggestedSopUpdate: unknown }) =>
  proposal.kind === 'sop_edit' ||
  proposal.kind === 'sop_new' ||
  (proposal.kind === 'knowledge_correction' && suggestionOf(proposal).entries?.length === 1)

/** Null where none was made; a conflict is told instead of a result where the SOP changed in the same lines. */
export const dryRunOf = (stored: unknown): DryRun | null =>
  stored && typeof stored === 'object' && 'questions' in stored ? (stored as DryRun) : null

export const conflictOf = (stored: unknown): string | null =>
  stored && typeof stored === 'object' && 'conflict' in stored ? String(stored.conflict) : null

/** tech_support is "Tech support", as the server reads names too. */
export const readable = (name: string | null | undefined) => {
  const words = (name ?? '').replaceAll('_', ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export const titleOf = (of: { category: unknown; topic: unknown }) =>
  [of.category, of.topic].map((name) => readable(name as string | null)).join(' / ')
