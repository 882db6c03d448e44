/** The outbox, and the addresses outside that are told of events. */
import { Badge, Button, Select, Stack, Text, Title } from '@mantine/core'
import { IconMailOff } from '@tabler/icons-react'
import { createLazyRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../app/time.ts'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Rows } from '../components/Rows.tsx'
import { Time } from '../components/Time.tsx'
import { graphql } from '../graphql/graphql.ts'
import { usePages } from '../graphql/hooks.ts'
import { type Channel, channels } from './route.ts'
import { Webhooks } from './Webhooks.tsx'

export const route = createLazyRoute('/staff/admin/notifications')({ component: NotificationsPage })

const outboxQuery = graphql(`
  query Outbox($filter: NotificationFilter, $after: Cursor) {
    notifications(filter: $filter, after: $after, first: 50, orderBy: [ID_DESC]) {
      totalCount
      nodes {
        id kind channel recipient status attempts error createdAt sentAt
        user { name } webhook { url }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`)

const colours: Record<string, string> = { sent: 'teal', failed: 'red', sending: 'blue', queued: 'blue' }

function NotificationsPage() {
  return (
    <Stack gap="xl">
      <Webhooks />
      <Outbox />
    </Stack>
  )
}

function Outbox() {
  const { t } = useTranslation(['admin', 'common'])
  const { channel } = route.useSearch()
  const navigate = route.useNavigate()
  const query = usePages(
    outboxQuery,
    { filter: channel ? { channel: { equalTo: channel } } : undefined },
    (data) => data.notifications,
    { refetchInterval: 15_000 },
  )
  return (
    <section>
      <Title order={2} size="h4">
        {t('outbox.title')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('outbox.about')}
      </Text>
      <Select
        data={channels.map((value) => ({ value, label: t(`outbox.channels.${value}`) }))}
        value={channel ?? null}
        onChange={(value) =>
          void navigate({ search: { channel: (value as Channel) ?? undefined }, resetScroll: false })
        }
        placeholder={t('outbox.everyChannel')}
        aria-label={t('outbox.channel')}
        clearable
        clearButtonProps={{ 'aria-label': t('outbox.everyChannel') }}
        w={200}
        mb="sm"
      />
      <QueryState query={query}>
        {({ pages }) => {
          const sent = pages.flatMap((page) => page.notifications?.nodes ?? []).filter((one) => one !== null)
          if (sent.length === 0) return <Empty icon={IconMailOff} title={t('outbox.none')} />
          return (
            <>
              <Rows
                label={t('outbox.title')}
                rows={sent}
                keyOf={(one) => one.id}
                columns={[
                  {
                    title: t('outbox.what'),
                    wide: true,
                    cell: (one) => (
                      <>
                        <Text size="sm" fw={600}>
                          {t(`outbox.kinds.${one.kind as 'invitation'}`, { defaultValue: one.kind })}
                        </Text>
                        {one.error && (
                          <Text size="xs" fw={400}>
                            {one.error}
                          </Text>
                        )}
                      </>
                    ),
                  },
                  {
                    title: t('outbox.to'),
                    wide: true,
                    cell: (one) => one.webhook?.url ?? one.recipient ?? one.user?.name ?? '–',
                  },
                  {
                    title: t('outbox.channel'),
                    cell: (one) =>
                      t(`outbox.channels.${one.channel as Channel}`, { defaultValue: one.channel }),
                  },
                  {
                    title: t('outbox.status'),
                    cell: (one) => (
                      <Badge miw="max-content" color={colours[one.status] ?? 'gray'} variant="light">
                        {t(`outbox.statuses.${one.status as 'sent'}`, { defaultValue: one.status })}
                      </Badge>
                    ),
                  },
                  { title: t('outbox.tries'), cell: (one) => formatNumber(one.attempts) },
                  { title: t('outbox.when'), cell: (one) => <Time at={one.sentAt ?? one.createdAt} /> },
                ]}
              />
              {query.hasNextPage && (
                <Button
                  mt="md"
                  variant="default"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  {t('common:state.more')}
                </Button>
              )}
            </>
          )
        }}
      </QueryState>
    </section>
  )
}
