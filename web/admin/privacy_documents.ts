import { graphql } from '../graphql/graphql.ts'

export const privacyQuery = graphql(`
  query Privacy {
    retentionRules(orderBy: [KIND_ASC]) {
      nodes { kind description updatedAt keep { years months days hours minutes seconds } }
    }
    retentionRuns(orderBy: [ID_DESC], first: 1) { nodes { id ranAt finishedAt counts problems } }
    privacyActions(orderBy: [ID_DESC], first: 50) {
      nodes { id kind reference reason actor counts createdAt finishedAt }
    }
  }
`)
