/** What the pages of knowledge ask the server. */
import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const listQuery = graphql(`
  query KnowledgeList($filter: KnowledgeHealthFilter, $orderBy: [KnowledgeHealthOrderBy!], $after: Cursor) {
    knowledgeHealths(filter: $filter, orderBy: $orderBy, first: 100, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { knowledgeId category topic question source trust usageCount successRate updatedAt health }
    }
  }
`)

/** What the list of healths does not say. */
export const placesQuery = graphql(`
  query KnowledgePlaces($ids: [Int!]!) {
    knowledgeBases(filter: { id: { in: $ids } }, first: 1000) { nodes { id siteId validFrom validTo } }
  }
`)

export const ofSitesQuery = graphql(`
  query KnowledgeOfSites($siteId: IntFilter!, $after: Cursor) {
    knowledgeBases(filter: { siteId: $siteId }, first: 1000, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { id siteId }
    }
  }
`)

export const sitesQuery = graphql(`
  query KnowledgeSites {
    sites(first: 1000, orderBy: ID_ASC) { nodes { id slug name } }
    sopCategories(first: 1000, orderBy: CATEGORY_ASC) { nodes { category } }
  }
`)

export const searchQuery = graphql(`
  query SearchEntries($query: String!, $category: String, $site: String) {
    searchKnowledge(query: $query, category: $category, site: $site, first: 60) { kind knowledgeId score }
  }
`)

export const entryQuery = graphql(`
  query KnowledgeEntry($id: Int!) {
    knowledgeBase(id: $id) {
      id category topic question answer answerHtml source trust usageCount successCount successRate
      createdAt updatedAt validFrom validTo improvementId
      site { id slug name }
      sop { id category section }
      responseByLearnedFrom { id question createdAt ticketId }
      knowledgeQuestionsByKnowledgeId(first: 100) { totalCount nodes { id question } }
    }
    knowledgeHealths(condition: { knowledgeId: $id }, first: 1) { nodes { health } }
  }
`)
export type Entry = NonNullable<ResultOf<typeof entryQuery>['knowledgeBase']>

/** Auditors and admins only. */
export const trailQuery = graphql(`
  query KnowledgeTrail($id: String!) {
    auditLogs(condition: { tableName: "knowledge_base", rowId: $id }, orderBy: ID_DESC, first: 50) {
      nodes { id actor createdAt operation reason old new }
    }
  }
`)

export const duplicatesQuery = graphql(`
  query KnowledgeDuplicates {
    knowledgeDuplicates(first: 50) { nodes { knowledgeId duplicateId similarity sameAnswer } }
  }
`)

export const pairsQuery = graphql(`
  query KnowledgePairs($ids: [Int!]!) {
    knowledgeBases(filter: { id: { in: $ids } }, first: 200) {
      nodes { id category topic question answerHtml trust usageCount successRate site { name } }
    }
  }
`)
export type PairEntry = NonNullable<
  NonNullable<ResultOf<typeof pairsQuery>['knowledgeBases']>['nodes'][number]
>

export const findingsQuery = graphql(`
  query KnowledgeFindings {
    knowledgeFindings(first: 100) {
      nodes { findingId findingKind knowledgeId otherId sopId facts similarity undecided improvementId improvementStatus }
    }
  }
`)
export type Finding = NonNullable<
  NonNullable<ResultOf<typeof findingsQuery>['knowledgeFindings']>['nodes'][number]
>

export const findingTextsQuery = graphql(`
  query KnowledgeFindingTexts($ids: [Int!]!, $sops: [Int!]!) {
    knowledgeBases(filter: { id: { in: $ids } }, first: 300) {
      nodes { id category topic question answer trust usageCount successRate updatedAt site { name } }
    }
    sops(filter: { id: { in: $sops } }, first: 100) { nodes { id category section } }
  }
`)
export type FindingEntry = NonNullable<
  NonNullable<ResultOf<typeof findingTextsQuery>['knowledgeBases']>['nodes'][number]
>
export type FindingSop = NonNullable<NonNullable<ResultOf<typeof findingTextsQuery>['sops']>['nodes'][number]>

export const checkQuery = graphql(`
  query KnowledgeCheck {
    healthChecks(orderBy: [ID_DESC], first: 1) {
      nodes { id status stage done total counts error requestedBy finishedAt }
    }
  }
`)
export type Check = NonNullable<NonNullable<ResultOf<typeof checkQuery>['healthChecks']>['nodes'][number]>

export const requestCheckMutation = graphql(`
  mutation RequestHealthCheck { requestHealthCheck(input: {}) { result { id status } } }
`)

export const bySiteQuery = graphql(`
  query KnowledgeBySite($filter: KnowledgeBaseFilter!, $after: Cursor) {
    knowledgeBases(filter: $filter, orderBy: [CATEGORY_ASC, TOPIC_ASC, ID_ASC], first: 1000, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { id category topic question answer siteId validTo }
    }
  }
`)
export type SiteEntry = NonNullable<
  NonNullable<ResultOf<typeof bySiteQuery>['knowledgeBases']>['nodes'][number]
>

export const sameQuery = graphql(`
  query KnowledgeSame($category: String!, $topic: String!, $question: String!) {
    knowledgeBaseByCategoryAndTopicAndQuestion(category: $category, topic: $topic, question: $question) { id }
  }
`)

export const saveMutation = graphql(`
  mutation SaveKnowledge($input: SaveKnowledgeInput!) {
    saveKnowledge(input: $input) { result { id updatedAt } }
  }
`)
export const editMutation = graphql(`
  mutation EditKnowledge($input: EditKnowledgeInput!) {
    editKnowledge(input: $input) { result { id updatedAt } }
  }
`)
export const retireMutation = graphql(`
  mutation RetireKnowledge($input: RetireKnowledgeInput!) {
    retireKnowledge(input: $input) { result { id updatedAt } }
  }
`)
export const restoreMutation = graphql(`
  mutation RestoreKnowledge($input: RestoreKnowledgeInput!) {
    restoreKnowledge(input: $input) { result { id updatedAt } }
  }
`)
export const mergeMutation = graphql(`
  mutation MergeKnowledge($input: MergeKnowledgeInput!) {
    mergeKnowledge(input: $input) { result { id } }
  }
`)

/** Whatever shows entries: asked again after one was changed. */
export const changedByWriting = [
  listQuery,
  entryQuery,
  trailQuery,
  duplicatesQuery,
  pairsQuery,
  findingsQuery,
  findingTextsQuery,
  bySiteQuery,
  ofSitesQuery,
  searchQuery,
]
