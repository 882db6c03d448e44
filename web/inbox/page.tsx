/** The inbox: conversations on the left, the chosen one on the right; on a phone one at a time, by the address. */
import { useMediaQuery } from '@mantine/hooks'
import { IconInbox } from '@tabler/icons-react'
import { createLazyRoute, useNavigate } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { waitingQuery } from '../app/Shell.tsx'
import { Page } from '../components/Page.tsx'
import { Empty } from '../components/QueryState.tsx'
import { useData } from '../graphql/hooks.ts'
import { Conversation } from './Conversation.tsx'
import classes from './inbox.module.css'
import type { Tab } from './route.ts'
import { TicketList } from './TicketList.tsx'
import { UrgentBanner } from './UrgentBanner.tsx'
import { useTickets } from './useTickets.ts'

export const route = createLazyRoute('/staff/inbox')({ component: InboxPage })

function InboxPage() {
  const { t } = useTranslation('inbox')
  const { tab = 'waiting', ticket } = route.useSearch()
  const navigate = useNavigate({ from: '/inbox' })
  // The first look decides already: a list that turns into a conversation would flicker.
  const wide = useMediaQuery('(min-width: 62em)', undefined, { getInitialValueInEffect: false })
  const { data: waiting } = useData(waitingQuery, {}, { staleTime: 30_000 })
  const urgent = waiting?.urgent?.totalCount ?? 0
  const tickets = useTickets(tab)
  const region = useRef<HTMLElement>(null)

  const choose = useCallback(
    (id: number | undefined, to: Tab = tab) =>
      void navigate({ search: { tab: to === 'waiting' ? undefined : to, ticket: id } }),
    [navigate, tab],
  )
  const { items } = tickets
  const at = items.findIndex((one) => one.id === ticket)
  // Where the chosen one was before it left this list: the next is the one that took its place.
  const last = useRef(-1)
  useEffect(() => {
    if (at >= 0) last.current = at
  }, [at])
  const step = (by: 1 | -1) => {
    const from = at >= 0 ? at + by : by > 0 ? Math.max(0, last.current) : last.current - 1
    const next = items[Math.min(items.length - 1, Math.max(0, from))]
    if (next) choose(next.id)
  }
  useShortcuts([
    { keys: 'j', label: t('keys.next'), run: () => step(1) },
    { keys: 'k', label: t('keys.previous'), run: () => step(-1) },
  ])

  // On a phone one takes the other's place, and the focus with it.
  const opened = useRef(ticket)
  const moved = useRef(false)
  if (opened.current !== ticket) moved.current = true
  useEffect(() => {
    opened.current = ticket
    if (!wide && moved.current && ticket === undefined)
      region.current?.querySelector<HTMLElement>('[role="listbox"]')?.focus()
  }, [ticket, wide])

  const list = (
    <TicketList
      tab={tab}
      tickets={tickets}
      selected={ticket}
      onSelect={(id) => choose(id)}
      onTab={(to) => choose(wide ? ticket : undefined, to)}
    />
  )
  const tabTitle = useMemo(() => (urgent > 0 ? t('tabUrgent', { count: urgent }) : t('title')), [t, urgent])
  return (
    <Page title={t('title')} tab={tabTitle} quietTitle>
      <section className={classes.frame} ref={region} aria-label={t('title')}>
        <UrgentBanner count={urgent} selected={ticket} onOpen={(id) => choose(id, 'waiting')} />
        <div className={classes.columns} data-both={wide || undefined}>
          {(wide || ticket === undefined) && list}
          {ticket !== undefined && (
            <Conversation
              key={ticket}
              id={ticket}
              onBack={wide ? undefined : () => choose(undefined)}
              focusBack={moved.current}
            />
          )}
          {wide && ticket === undefined && (
            <Empty icon={IconInbox} title={t('list.choose')}>
              {t('list.chooseHint')}
            </Empty>
          )}
        </div>
      </section>
    </Page>
  )
}
