/** Calls of models, those that failed first: which, why, how long; from there to the answer or proposal they were for. */
import { Badge, Button, Group, Select, Text } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { ModelsSearch } from '../admin/route.ts'
import { formatDollars, formatDuration, formatNumber } from '../app/time.ts'
import { ProposalLink, TicketLink } from '../components/Links.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Rows } from '../components/Rows.tsx'
import { Time } from '../components/Time.tsx'
import { usePages } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import type { Status } from '../review/route.ts'
import { type Call, callsQuery, failures, purposes } from './documents.ts'
import { failureText } from './format.ts'
import { route } from './page.tsx'

export default function CallsTab() {
  const { t } = useTranslation(['models', 'common'])
  const { purpose, status } = route.useSearch()
  const navigate = useNavigate({ from: '/admin/models' })
  const change = (part: Partial<ModelsSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), resetScroll: false })
  const query = usePages(
    callsQuery,
    {
      filter: {
        ...(purpose && { purpose: { equalTo: purpose } }),
        status: status === 'all' ? undefined : status ? { equalTo: status } : { notEqualTo: 'ok' },
      },
    },
    (data) => data.llmCalls,
    { refetchInterval: 15_000 },
  )
  return (
    <>
      <Group gap="sm" mb="sm" role="search" aria-label={t('calls.filter')}>
        <Select
          w={220}
          aria-label={t('calls.outcome')}
          data={[
            { value: 'failed', label: t('calls.failed') },
            { value: 'all', label: t('calls.all') },
            ...failures.map((value) => ({ value, label: failureText(t, value) })),
          ]}
          value={status ?? 'failed'}
          allowDeselect={false}
          onChange={(value) => change({ status: value === 'failed' ? undefined : (value ?? undefined) })}
        />
        <Select
          w={220}
          aria-label={t('calls.purpose')}
          placeholder={t('calls.anyPurpose')}
          data={purposes.map((value) => ({ value, label: t(`purposes.${value}`) }))}
          value={purpose ?? null}
          clearable
          clearButtonProps={{ 'aria-label': t('common:do.clear') }}
          onChange={(value) => change({ purpose: value ?? undefined })}
        />
      </Group>
      <QueryState query={query}>
        {({ pages }) => {
          const calls = pages.flatMap((page) => nodesOf(page.llmCalls))
          const total = pages[0]?.llmCalls?.totalCount ?? calls.length
          if (calls.length === 0)
            return (
              <Empty
                icon={IconCircleCheck}
                title={t(status === undefined ? 'calls.noneFailed' : 'calls.none')}
              />
            )
          return (
            <>
              <Text size="sm" c="dimmed" mb="xs" role="status">
                {t('common:state.of', { shown: calls.length, total })}
              </Text>
              <Calls calls={calls} />
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
    </>
  )
}

function Calls({ calls }: { calls: Call[] }) {
  const { t } = useTranslation('models')
  return (
    <Rows
      label={t('calls.title')}
      rows={calls}
      keyOf={(call) => call.id}
      columns={[
        {
          title: t('calls.outcome'),
          wide: true,
          cell: (call) => (
            <>
              <Badge
                variant="light"
                tt="none"
                miw="max-content"
                color={call.status === 'ok' ? 'teal' : 'red'}
              >
                {failureText(t, call.status)}
              </Badge>
              {call.requestId && (
                <Text size="xs" c="dimmed" fw={400} ff="monospace">
                  {call.requestId}
                </Text>
              )}
            </>
          ),
        },
        {
          title: t('calls.purpose'),
          cell: (call) => t(`purposes.${call.purpose as 'answer'}`, { defaultValue: call.purpose }),
        },
        {
          title: t('calls.model'),
          cell: (call) => (
            <>
              {call.model}
              <Text size="xs" c="dimmed">
                {t(`providers.${call.provider as 'openai'}`, { defaultValue: call.provider })}
                {call.batch && ` · ${t('calls.batch')}`}
              </Text>
            </>
          ),
        },
        {
          title: t('calls.tokens'),
          cell: (call) =>
            call.tokensIn === null && call.tokensOut === null ? (
              '–'
            ) : (
              <>
                {t('calls.tokensOf', {
                  in: formatNumber(call.tokensIn ?? 0),
                  out: formatNumber(call.tokensOut ?? 0),
                })}
                {(call.tokensCached ?? 0) > 0 && (
                  <Text size="xs" c="dimmed">
                    {t('calls.cached', { count: call.tokensCached ?? 0 })}
                  </Text>
                )}
              </>
            ),
        },
        {
          title: t('calls.cost'),
          cell: (call) => (call.cost === null ? '–' : formatDollars(Number(call.cost))),
        },
        {
          title: t('calls.took'),
          cell: (call) => (call.latencyMs === null ? '–' : formatDuration(call.latencyMs)),
        },
        { title: t('calls.when'), cell: (call) => <Time at={call.createdAt} /> },
        {
          title: t('calls.for'),
          cell: (call) =>
            call.improvement ? (
              <ProposalLink size="sm" id={call.improvement.id} status={call.improvement.status as Status}>
                {t('calls.proposal', { id: call.improvement.id })}
              </ProposalLink>
            ) : call.response?.ticketId != null ? (
              <TicketLink size="sm" id={call.response.ticketId}>
                {t('calls.conversation', { id: call.response.ticketId })}
              </TicketLink>
            ) : call.responseId !== null ? (
              t('calls.answer', { id: call.responseId })
            ) : (
              '–'
            ),
        },
      ]}
    />
  )
}
