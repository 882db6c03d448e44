/** The tabs, and the conversations of the chosen one. */
import { Badge, Group, Tabs, Text } from '@mantine/core'
import { IconInbox } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { Empty, Failed, Lines } from '../components/QueryState.tsx'
import { Time } from '../components/Time.tsx'
import { VirtualList } from '../components/VirtualList.tsx'
import { nodesOf } from '../graphql/nodes.ts'
import type { ListedTicket } from './data.ts'
import classes from './inbox.module.css'
import { type Tab, tabs } from './route.ts'
import type { Tickets } from './useTickets.ts'

interface Props {
  tab: Tab
  tickets: Tickets
  selected: number | undefined
  onSelect: (id: number) => void
  onTab: (tab: Tab) => void
}

export function TicketList({ tab, tickets, selected, onSelect, onTab }: Props) {
  const { t } = useTranslation('inbox')
  const { query, items, total, more } = tickets
  return (
    <Tabs
      value={tab}
      onChange={(to) => onTab(to as Tab)}
      className={classes.list}
      keepMounted={false}
      activateTabWithKeyboard={false}
    >
      <Tabs.List className={classes.tabs} aria-label={t('tabs.label')}>
        {tabs.map((one) => (
          <Tabs.Tab key={one} value={one} px={8}>
            {t(`tabs.${one}`)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={tab} flex={1} mih={0}>
        {query.isPending ? (
          <div role="status" aria-label={t('state.loading', { ns: 'common' })}>
            <Lines count={8} />
          </div>
        ) : query.error && items.length === 0 ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : items.length === 0 ? (
          <Empty icon={IconInbox} title={t(`list.empty.${tab}`)}>
            {t(`list.emptyHint.${tab}`)}
          </Empty>
        ) : (
          <VirtualList
            items={items}
            keyOf={(ticket) => ticket.id}
            selected={selected}
            onSelect={(ticket) => onSelect(ticket.id)}
            label={t('list.label')}
            estimate={92}
            height="100%"
            onEnd={more}
            total={total}
          >
            {(ticket) => <Row ticket={ticket} tab={tab} />}
          </VirtualList>
        )}
      </Tabs.Panel>
    </Tabs>
  )
}

function Row({ ticket, tab }: { ticket: ListedTicket; tab: Tab }) {
  const { t } = useTranslation('inbox')
  const { user } = useSession()
  const urgent = ticket.priority === 'urgent' && ticket.status !== 'resolved'
  const last = nodesOf(ticket.messages).findLast((message) => message.authorKind !== 'system')
  const kind = last?.authorKind as 'customer' | 'assistant' | 'staff' | undefined
  const status =
    ticket.status === 'taken'
      ? ticket.assignee === user?.email
        ? t('status.mine')
        : t('status.takenBy', { who: ticket.assignee })
      : tab === 'all'
        ? t(`status.${ticket.status as 'open' | 'waiting' | 'resolved'}`)
        : null
  const below = [ticket.site?.name, status].filter(Boolean)
  return (
    <div className={classes.row} data-urgent={urgent || undefined}>
      <Group gap={6} wrap="nowrap">
        {urgent && (
          <Badge color="red" variant="filled" size="sm" style={{ flexShrink: 0 }}>
            {t('urgent.label')}
          </Badge>
        )}
        <Text size="sm" fw={600} truncate="end" flex={1} dir="auto">
          {ticket.erasedAt ? t('list.erased') : (ticket.subject ?? t('list.noSubject'))}
        </Text>
        <Text size="xs" c="dimmed" style={{ flexShrink: 0 }}>
          <Time at={ticket.updatedAt} />
        </Text>
      </Group>
      {last && kind && (
        <Text size="xs" c="dimmed" truncate="end">
          {t(`list.by.${kind}`)} <bdi>{last.body.slice(0, 200)}</bdi>
        </Text>
      )}
      {below.length > 0 && (
        <Text size="xs" c="dimmed" truncate="end">
          {below.join(' · ')}
        </Text>
      )}
    </div>
  )
}
