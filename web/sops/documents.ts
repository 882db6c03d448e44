/** What the pages of SOPs ask the server. */
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { writtenFragment } from '../models/provenance.ts'

export const categoriesQuery = graphql(`
  query SopCategories {
    sopCategories(first: 1000, orderBy: CATEGORY_ASC) { nodes { category sops } }
  }
`)

/** All of a category; archived ones are among them. */
export const sectionsQuery = graphql(`
  query SopSections($filter: SopFilter!, $after: Cursor) {
    sops(filter: $filter, orderBy: [CATEGORY_ASC, SECTION_ASC], first: 1000, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { id category section archivedAt }
    }
  }
`)

export const searchQuery = graphql(`
  query SearchSops($query: String!) {
    searchKnowledge(query: $query, first: 40) { kind sopId category topic title heading snippet score }
  }
`)

export const sopQuery = graphql(`
  query Sop($id: Int!) {
    sop(id: $id) {
      id category section content contentHtml version updatedAt archivedAt
      sopVersions(first: 1, orderBy: VERSION_DESC) {
        nodes { version changedBy changeReason createdAt improvementId }
      }
      improvementQueues(condition: { status: "pending" }) { totalCount }
      experiments(filter: { status: { in: ["running", "paused"] } }) { nodes { id name status } }
    }
  }
`)
export type Sop = NonNullable<ResultOf<typeof sopQuery>['sop']>

export const versionsQuery = graphql(`
  query SopVersions($id: Int!, $after: Cursor) {
    sopVersions(condition: { sopId: $id }, orderBy: VERSION_DESC, first: 50, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { version changedBy changeReason createdAt improvementId diffSummary archived }
    }
  }
`)
export type Version = NonNullable<NonNullable<ResultOf<typeof versionsQuery>['sopVersions']>['nodes'][number]>

export const versionQuery = graphql(`
  query SopVersion($id: Int!, $version: Int!) {
    sopVersionBySopIdAndVersion(sopId: $id, version: $version) {
      version content contentHtml changedBy changeReason createdAt archived
    }
  }
`)

export const asOfQuery = graphql(`
  query SopAsOf($category: String!, $section: String!, $at: Datetime!) {
    sopAsOf(category: $category, section: $section, at: $at) {
      sopId version contentHtml changedBy changeReason createdAt
    }
  }
`)

export const blameQuery = graphql(`
  query SopBlame($id: Int!, $after: Cursor) {
    sopBlame(sopId: $id, first: 1000, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { line text version changedBy changedAt reason improvementId }
    }
  }
`)
export type BlamedLine = NonNullable<NonNullable<ResultOf<typeof blameQuery>['sopBlame']>['nodes'][number]>

export const questionsQuery = graphql(`
  query SopQuestions($id: Int!) {
    sopQuestions(sopId: $id) {
      nodes { question times helpful unhelpful failed lastAskedAt lastResponseId }
    }
    improvementQueues(filter: { sopId: { equalTo: $id } }, orderBy: [STATUS_DESC, ID_DESC], first: 50) {
      totalCount
      nodes { id status impact proposedBy createdAt suggestedSopUpdate }
    }
  }
`)

export const ticketsOfQuery = graphql(
  `
  query TicketsOfResponses($ids: [BigInt!]!, $prompts: Boolean!) {
    responses(filter: { id: { in: $ids } }, first: 1000) { nodes { ...WrittenParts ticketId } }
  }
`,
  [writtenFragment],
)

export const saveMutation = graphql(`
  mutation SaveSop($input: SaveSopInput!) {
    saveSop(input: $input) { result { id version } }
  }
`)
export const rollbackMutation = graphql(`
  mutation RollbackSop($input: RollbackSopInput!) {
    rollbackSop(input: $input) { result { id version } }
  }
`)
export const archiveMutation = graphql(`
  mutation ArchiveSop($input: ArchiveSopInput!) {
    archiveSop(input: $input) { result { id version } }
  }
`)

/** Whatever shows an SOP: asked again after one was changed. */
export const changedBySaving = [
  categoriesQuery,
  sectionsQuery,
  sopQuery,
  versionsQuery,
  asOfQuery,
  blameQuery,
  searchQuery,
]

export const nameQuery = graphql(`
  query SopByName($category: String!, $section: String!) {
    sopByCategoryAndSection(category: $category, section: $section) { id }
  }
`)
