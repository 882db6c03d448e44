/** Documents that lists share with their forms. */
import { graphql } from '../graphql/graphql.ts'

export const peopleQuery = graphql(`
  query People {
    users(orderBy: [EMAIL_ASC], first: 1000) {
      nodes {
        id email name role status createdAt
        sessions(first: 1, orderBy: [LAST_SEEN_AT_DESC]) { nodes { lastSeenAt } }
      }
    }
    system { mailConfigured }
  }
`)

/** Adds somebody, or changes who has this address, and lets them in again. */
export const createUserMutation = graphql(`
  mutation CreateUser($email: String!, $role: String!, $name: String, $invite: Boolean) {
    createUser(input: { email: $email, role: $role, name: $name, invite: $invite }) { result { id status } }
  }
`)

export const tokensQuery = graphql(`
  query ApiTokens {
    apiTokens(orderBy: [ID_DESC], first: 1000) {
      nodes { id name role hint createdBy createdAt expiresAt lastUsedAt revokedAt user { id name email } }
    }
  }
`)
