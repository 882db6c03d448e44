/** The conversations of one tab, page by page, kept up to date as they change. */
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useSession } from '../app/session.ts'
import { refresh, usePages } from '../graphql/hooks.ts'
import { useLive } from '../graphql/live.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { firstUrgentQuery, statusOf, ticketQuery, ticketsQuery } from './data.ts'
import type { Tab } from './route.ts'

export type Tickets = ReturnType<typeof useTickets>

export function useTickets(tab: Tab) {
  const { user } = useSession()
  const client = useQueryClient()
  const status = statusOf(tab)
  const query = usePages(
    ticketsQuery,
    {
      condition: status === undefined ? null : { status },
      orderBy: ['PRIORITY_DESC', 'UPDATED_AT_DESC'],
      first: 40,
    },
    (data) => data.tickets,
  )
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = query

  const items = useMemo(() => {
    const seen = new Set<number>()
    return (data?.pages ?? [])
      .flatMap((page) => nodesOf(page.tickets))
      .filter(
        (ticket) =>
          // What changed while it was read may stand on two pages.
          !seen.has(ticket.id) &&
          seen.add(ticket.id) &&
          (status === undefined || ticket.status === status) &&
          (tab !== 'mine' || ticket.assignee === user?.email),
      )
  }, [data, status, tab, user?.email])

  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  // The server cannot list mine alone: they are picked from all that are taken.
  useEffect(() => {
    if (tab === 'mine') more()
  }, [tab, more])

  // One refetch for a burst of events, and never two at once: a busy inbox must not cancel its own answers.
  const state = useRef({ running: false, again: false })
  const reload = async () => {
    const now = state.current
    now.again = true
    if (now.running) return
    now.running = true
    while (now.again) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      now.again = false
      await refresh(client, [ticketsQuery, ticketQuery, firstUrgentQuery])
    }
    now.running = false
  }
  useLive(
    'ticketsChanged',
    () => void reload(),
    () => void reload(),
  )

  const total = tab === 'mine' ? items.length : (data?.pages[0]?.tickets?.totalCount ?? items.length)
  return { query, items, total, more }
}
