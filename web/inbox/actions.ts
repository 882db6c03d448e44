/** What can be done with a conversation: shown at once, taken back with its reason where the server refuses. */
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { waitingQuery } from '../app/Shell.tsx'
import { useSession } from '../app/session.ts'
import { toast, toastError } from '../components/toast.ts'
import { ApiError } from '../graphql/client.ts'
import { graphql } from '../graphql/graphql.ts'
import { useChange } from '../graphql/hooks.ts'
import { patchTicket, type Ticket, ticketQuery, ticketsQuery } from './data.ts'
import type { Resolution } from './ResolveDialog.tsx'

const takeOver = graphql(`
  mutation TakeOver($id: Int!) { takeOver(input: { ticketId: $id }) { result { id } } }
`)
const handBack = graphql(`
  mutation HandBack($id: Int!) { handBack(input: { ticketId: $id }) { result { id } } }
`)
const resolve = graphql(`
  mutation ResolveTicket(
    $id: Int!, $resolution: String, $correction: String,
    $expectedSopId: Int, $expectedCategory: String, $expectedTopic: String
  ) {
    resolveTicket(input: {
      ticketId: $id, resolution: $resolution, correction: $correction,
      expectedSopId: $expectedSopId, expectedCategory: $expectedCategory, expectedTopic: $expectedTopic
    }) { result { id } }
  }
`)

export const changed = [ticketQuery, ticketsQuery, waitingQuery]

/** Who has the conversation, where that is why the server refused. */
export function holderOf(error: ApiError): string | undefined {
  if (error.code !== 'CO104') return undefined
  const { detail } = error
  const data: unknown = typeof detail === 'string' ? JSON.parse(detail) : detail
  return typeof data === 'object' && data !== null && 'assignee' in data ? String(data.assignee) : undefined
}

export function useTicketActions(ticket: Pick<Ticket, 'id' | 'status' | 'assignee' | 'silentUntil'>) {
  const { t } = useTranslation('inbox')
  const { user } = useSession()
  const client = useQueryClient()
  const { id } = ticket
  const was = { status: ticket.status, assignee: ticket.assignee, silentUntil: ticket.silentUntil }

  const translated = (error: ApiError) => {
    const who = holderOf(error)
    if (who === undefined) return false
    toastError(new ApiError(t('refused.taken', { who }), error.code))
    return true
  }
  const refreshes = changed
  const backward = useChange(handBack, { refreshes })
  const forward = useChange(takeOver, { refreshes, onError: translated })
  const reopen = useChange(takeOver, {
    refreshes,
    onError: translated,
    onSuccess: () => {
      // Taking it over is how it opens again; the assistant's own goes back to it.
      if (was.status === 'open') backward.mutate({ id })
      toast({ message: t('done.reopened') })
    },
  })
  const closing = useChange(resolve, {
    refreshes,
    onSuccess: () => toast({ message: t('done.resolved'), undo: () => reopen.mutate({ id }) }),
  })
  const mine = {
    status: 'taken',
    assignee: user?.email ?? null,
    silentUntil: new Date(Date.now() + 30 * 60_000).toISOString(),
  }

  return {
    takeOver: () => {
      void patchTicket(client, id, mine)
      forward.mutate(
        { id },
        {
          onSuccess: () =>
            toast({
              message: t('done.takenOver'),
              // A waiting one cannot wait again: handing it back gives it to the assistant.
              ...(was.status === 'open' && { undo: () => backward.mutate({ id }) }),
            }),
        },
      )
    },
    handBack: () => {
      void patchTicket(client, id, { status: 'open', assignee: null, silentUntil: null })
      backward.mutate(
        { id },
        {
          onSuccess: () => toast({ message: t('done.handedBack'), undo: () => forward.mutate({ id }) }),
        },
      )
    },
    resolve: (given: Resolution) => {
      void patchTicket(client, id, { status: 'resolved', silentUntil: null })
      closing.mutate({ id, ...given })
    },
    busy: forward.isPending || backward.isPending || closing.isPending || reopen.isPending,
  }
}
