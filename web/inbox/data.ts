/** What the inbox reads, and the types of it. */
import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { queryKey } from '../graphql/hooks.ts'
import { writtenFragment } from '../models/provenance.ts'
import type { Tab } from './route.ts'

export const ticketsQuery = graphql(`
  query InboxTickets($condition: TicketCondition, $orderBy: [TicketOrderBy!], $first: Int!, $after: Cursor) {
    tickets(condition: $condition, orderBy: $orderBy, first: $first, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        id status priority subject assignee silentUntil updatedAt erasedAt
        site { name }
        messages(last: 2) { nodes { id authorKind body } }
      }
    }
  }
`)

export const ticketQuery = graphql(
  `
  query InboxTicket($id: Int!, $last: Int!, $prompts: Boolean!) {
    ticket(id: $id) {
      id status priority category subject summary createdAt updatedAt erasedAt
      assignee silentUntil resolution resolvedBy visitorId
      site { name slug }
      answered: responses(filter: { outcome: { in: ["answered", "handed_over"] } }, last: 1) {
        nodes { id question }
      }
      messages(last: $last) {
        totalCount
        nodes {
          id authorKind author bodyHtml createdAt
          response {
            ...WrittenParts
            confidence category question feedback feedbackBy erasedAt
            failure {
              id feedbackType userCorrection analyzed withdrawnAt expectedTopic expectedCategory
              expectedSop { id category section }
              resolvedByImprovementId
            }
            responseSources(first: 10) {
              nodes { rank kind category topic heading snippet cited sopId knowledgeId sopVersion { version } }
            }
          }
        }
      }
    }
  }
`,
  [writtenFragment],
)

/** Two, so that there is another where the first is being looked at. */
export const firstUrgentQuery = graphql(`
  query InboxFirstUrgent {
    tickets(condition: { status: "waiting", priority: "urgent" }, orderBy: [UPDATED_AT_DESC], first: 2) {
      nodes { id }
    }
  }
`)

export const earlierQuery = graphql(`
  query InboxEarlier($visitor: UUID!) {
    tickets(condition: { visitorId: $visitor }, orderBy: [UPDATED_AT_DESC], first: 7) {
      nodes { id status subject updatedAt }
    }
  }
`)

export const draftQuery = graphql(
  `
  query InboxDraft($id: BigInt!, $prompts: Boolean!) {
    response(id: $id) {
      ...WrittenParts
      text textHtml question confidence
      responseSources(first: 10) {
        nodes { rank kind category topic heading snippet cited sopId knowledgeId sopVersion { version } }
      }
    }
  }
`,
  [writtenFragment],
)

type Row<Connection extends { nodes: readonly unknown[] }> = NonNullable<Connection['nodes'][number]>
export type ListedTicket = Row<NonNullable<ResultOf<typeof ticketsQuery>['tickets']>>
export type Ticket = NonNullable<ResultOf<typeof ticketQuery>['ticket']>
export type Message = Row<Ticket['messages']>
export type GivenAnswer = NonNullable<Message['response']>
export type GivenSource = Row<GivenAnswer['responseSources']>

export const statusOf = (tab: Tab) => (tab === 'all' ? undefined : tab === 'mine' ? 'taken' : tab)

/** Whether the assistant keeps silent for the person who has it. */
export const isHeld = (ticket: { status: string; silentUntil: string | null }, now = Date.now()) =>
  ticket.status === 'taken' && ticket.silentUntil !== null && Date.parse(ticket.silentUntil) > now

type Patch = Partial<Pick<Ticket, 'status' | 'assignee' | 'silentUntil'>>
type Pages = InfiniteData<ResultOf<typeof ticketsQuery>>

/** Shows at once what a change will do; reading again afterwards brings what the server made of it. */
export async function patchTicket(client: QueryClient, id: number, patch: Patch) {
  const [one, list] = [queryKey(ticketQuery), queryKey(ticketsQuery)]
  await Promise.all([client.cancelQueries({ queryKey: one }), client.cancelQueries({ queryKey: list })])
  client.setQueriesData<ResultOf<typeof ticketQuery>>({ queryKey: one }, (data) =>
    data?.ticket?.id === id ? { ticket: { ...data.ticket, ...patch } } : data,
  )
  client.setQueriesData<Pages>(
    { queryKey: list },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) =>
          page.tickets
            ? {
                tickets: {
                  ...page.tickets,
                  nodes: page.tickets.nodes.map((node) => (node?.id === id ? { ...node, ...patch } : node)),
                },
              }
            : page,
        ),
      },
  )
}

/** Shows a rating at once. */
export function patchAnswer(client: QueryClient, id: string, feedback: string) {
  client.setQueriesData<ResultOf<typeof ticketQuery>>({ queryKey: queryKey(ticketQuery) }, (data) =>
    data?.ticket
      ? {
          ticket: {
            ...data.ticket,
            messages: {
              ...data.ticket.messages,
              nodes: data.ticket.messages.nodes.map((message) =>
                message?.response?.id === id
                  ? { ...message, response: { ...message.response, feedback } }
                  : message,
              ),
            },
          },
        }
      : data,
  )
}
