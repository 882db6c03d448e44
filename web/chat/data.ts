/** What a customer may see of their own conversation: no names of staff, nothing internal. */
import { graphql, type ResultOf } from '../graphql/graphql.ts'

export const sitesQuery = graphql(`
  query ChatSites { sites(first: 500) { nodes { slug name } } }
`)

export const conversationQuery = graphql(`
  query ChatConversation($conversation: UUID!) {
    ticketByConversation(conversation: $conversation) {
      id status
      site { name }
      messages(last: 200) {
        nodes {
          id authorKind bodyHtml createdAt
          response {
            id outcome feedback model
            responseSources(first: 10) { nodes { rank topic cited } }
          }
        }
      }
    }
  }
`)

export const startMutation = graphql(`
  mutation ChatStart($site: String) { startConversation(input: { site: $site }) { result { conversation } } }
`)

export const askMutation = graphql(`
  mutation ChatAsk($query: String!, $conversation: UUID!) {
    ask(input: { query: $query, conversation: $conversation }) { response { id outcome } }
  }
`)

export const helpfulMutation = graphql(`
  mutation ChatHelpful($id: BigInt!) { markHelpful(input: { responseId: $id }) { result { id } } }
`)

export const unhelpfulMutation = graphql(`
  mutation ChatUnhelpful($id: BigInt!, $type: String!, $correction: String) {
    markUnhelpful(input: { responseId: $id, feedbackType: $type, userCorrection: $correction }) { result { id } }
  }
`)

export type Conversation = NonNullable<ResultOf<typeof conversationQuery>['ticketByConversation']>
export type Said = NonNullable<Conversation['messages']['nodes'][number]>
export type Given = NonNullable<Said['response']>
