/** Live events of the review queue and of tickets: the database notifies, the client refetches what it shows. */
import type { GraphileConfig } from 'graphile-config'
import { jsonParse } from 'postgraphile/@dataplan/json'
import { context, lambda, listen, SafeError, type Step } from 'postgraphile/grafast'
import { extendSchema, gql } from 'postgraphile/utils'
import type { Claims } from '../../core/database/index.ts'

const staff = new Set(['agent', 'reviewer', 'admin', 'auditor'])
export const isStaff = ({ role }: Claims): boolean => staff.has(role)

/** The channel, for staff; SafeError for anybody else, before anything is subscribed to. */
const channelForStaff = (channel: string) =>
  lambda(context().get('claims'), (claims) => {
    if (!isStaff(claims as Claims)) throw new SafeError('This needs the role agent.', { code: 'CO403' })
    return channel
  })

const rowEvents = (channel: string) => ({
  subscribePlan: () => listen(context().get('pgSubscriber'), channelForStaff(channel), jsonParse),
  plan: ($event: Step) => $event,
})

export const subscriptionsPlugin: GraphileConfig.Plugin = extendSchema(() => ({
  typeDefs: gql`
    """A row was added or changed, or somebody else looks at it."""
    type RowEvent {
      id: Int!
      """insert, update, or (of the review queue) viewers: somebody came or left, see lookAtImprovement."""
      event: String!
    }

    extend type Subscription {
      """The review queue changed. Staff only."""
      queueChanged: RowEvent
      """A ticket was opened or changed. Staff only."""
      ticketsChanged: RowEvent
    }
  `,
  objects: {
    Subscription: {
      plans: {
        queueChanged: rowEvents('clubos_queue'),
        ticketsChanged: rowEvents('clubos_tickets'),
      },
    },
  },
}))
