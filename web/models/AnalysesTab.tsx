/** What the analyst did: its runs, what it gave to a provider's batches, and what became of each pattern. */
import { Alert, Badge, Button, Progress, Select, Stack, Text, Title } from '@mantine/core'
import { IconReportSearch } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { formatDollars, formatNumber } from '../app/time.ts'
import { ProposalLink } from '../components/Links.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Rows } from '../components/Rows.tsx'
import { askReason } from '../components/reason.ts'
import { Time } from '../components/Time.tsx'
import { toast } from '../components/toast.ts'
import { useChange, useData, usePages } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import type { Status } from '../review/route.ts'
import { type Analysis, analysesQuery, type Batch, cancelMutation, type Run, runsQuery } from './documents.ts'
import { readableModel, refusalText } from './format.ts'
import { route } from './page.tsx'

export const analysisStates = [
  'queued',
  'batched',
  'proposed',
  'refused',
  'nothing',
  'failed',
  'superseded',
] as const

const colours: Record<string, string> = {
  queued: 'blue',
  batched: 'blue',
  running: 'blue',
  waiting: 'blue',
  submitting: 'blue',
  in_progress: 'blue',
  canceling: 'orange',
  proposed: 'teal',
  finished: 'teal',
  ended: 'teal',
  refused: 'orange',
  expired: 'orange',
  failed: 'red',
}

export default function AnalysesTab() {
  const runs = useData(runsQuery, {}, { refetchInterval: 5000 })
  return (
    <Stack gap="xl">
      <QueryState query={runs}>
        {({ analysisRuns, analysisBatches }) => (
          <>
            <Batches batches={nodesOf(analysisBatches)} />
            <Runs runs={nodesOf(analysisRuns)} />
          </>
        )}
      </QueryState>
      <Analyses />
    </Stack>
  )
}

function State({ state, text }: { state: string; text: string }) {
  return (
    <Badge variant="light" tt="none" miw="max-content" color={colours[state] ?? 'gray'}>
      {text}
    </Badge>
  )
}

function Runs({ runs }: { runs: Run[] }) {
  const { t } = useTranslation('models')
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {t('runs.title')}
      </Title>
      {runs.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('runs.none')}
        </Text>
      ) : (
        <Rows
          label={t('runs.title')}
          rows={runs}
          keyOf={(run) => run.id}
          columns={[
            {
              title: t('runs.what'),
              wide: true,
              cell: (run) => (
                <>
                  {t(`runs.kinds.${run.kind as 'hourly'}`, { defaultValue: run.kind })}
                  {run.requestedBy && ` · ${run.requestedBy}`}
                  {run.error && (
                    <Text size="xs" c="var(--mantine-color-error)" fw={400}>
                      {run.error}
                    </Text>
                  )}
                </>
              ),
            },
            {
              title: t('runs.state'),
              cell: (run) => (
                <State
                  state={run.status}
                  text={t(`runs.states.${run.status as 'running'}`, { defaultValue: run.status })}
                />
              ),
            },
            { title: t('runs.analyst'), cell: (run) => (run.analyst ? readableModel(t, run.analyst) : '–') },
            {
              title: t('runs.patterns'),
              cell: (run) =>
                t('runs.patternsOf', {
                  patterns: formatNumber(run.patterns),
                  failures: formatNumber(run.failures),
                }),
            },
            { title: t('runs.results'), wide: true, cell: (run) => <Counts counts={run.counts} /> },
            {
              title: t('runs.cost'),
              cell: (run) => (
                <>
                  {run.cost === null ? '–' : formatDollars(Number(run.cost))}
                  {run.estimatedCost !== null && (
                    <Text size="xs" c="dimmed">
                      {t('runs.estimated', { cost: formatDollars(Number(run.estimatedCost)) })}
                    </Text>
                  )}
                </>
              ),
            },
            {
              title: t('runs.when'),
              cell: (run) => <Time at={run.finishedAt ?? run.startedAt ?? run.createdAt} />,
            },
          ]}
        />
      )}
    </section>
  )
}

/** {proposed: 3, refused: 1} in words. */
function Counts({ counts }: { counts: unknown }) {
  const { t } = useTranslation('models')
  const known = Object.entries((counts ?? {}) as Record<string, unknown>).filter(
    ([, count]) => Number(count) > 0,
  )
  if (known.length === 0) return '–'
  return known
    .map(
      ([name, count]) =>
        `${formatNumber(Number(count))} ${t(`analyses.states.${name as 'proposed'}`, { defaultValue: name })}`,
    )
    .join(', ')
}

const open = ['submitting', 'in_progress', 'canceling']

function Batches({ batches }: { batches: Batch[] }) {
  const { t } = useTranslation(['models', 'common'])
  const { can } = useSession()
  const cancel = useChange(cancelMutation, {
    refreshes: [runsQuery],
    onSuccess: () => toast({ message: t('batches.canceling') }),
  })
  if (batches.length === 0) return null
  async function stop(batch: Batch) {
    const reason = await askReason({
      title: t('batches.cancelTitle', { id: batch.id }),
      text: t('batches.cancelText'),
      action: t('batches.cancel'),
      danger: true,
    })
    if (reason !== null) cancel.mutate({ batchId: batch.id, reason })
  }
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {t('batches.title')}
      </Title>
      <Rows
        label={t('batches.title')}
        rows={batches}
        keyOf={(batch) => batch.id}
        columns={[
          {
            title: t('batches.progress'),
            wide: true,
            cell: (batch) => <BatchProgress batch={batch} />,
          },
          {
            title: t('runs.state'),
            cell: (batch) => (
              <State
                state={batch.status}
                text={t(`batches.states.${batch.status as 'ended'}`, { defaultValue: batch.status })}
              />
            ),
          },
          { title: t('calls.model'), cell: (batch) => batch.model },
          {
            title: t('batches.until'),
            cell: (batch) =>
              batch.endedAt ? (
                <Time at={batch.endedAt} />
              ) : batch.expiresAt ? (
                <Time at={batch.expiresAt} exact />
              ) : (
                '–'
              ),
          },
        ]}
        actions={
          can('admin')
            ? (batch) =>
                open.includes(batch.status) && batch.status !== 'canceling' ? (
                  <Button
                    size="compact-sm"
                    variant="default"
                    loading={cancel.isPending}
                    aria-label={t('batches.cancelOf', { id: batch.id })}
                    onClick={() => void stop(batch)}
                  >
                    {t('batches.cancel')}
                  </Button>
                ) : null
            : undefined
        }
      />
    </section>
  )
}

function BatchProgress({ batch }: { batch: Batch }) {
  const { t } = useTranslation('models')
  const { requests, succeeded, errored, canceled, expired, error, cancelReason, canceledBy } = batch
  const done = succeeded + errored + canceled + expired
  const words = t('batches.of', {
    done: formatNumber(done),
    total: formatNumber(requests),
    failed: formatNumber(errored + canceled + expired),
  })
  return (
    <>
      <Text size="sm" fw={600}>
        {t('batches.batch', { id: batch.id })}
      </Text>
      <Progress.Root size="md" my={4}>
        <Progress.Section
          value={requests === 0 ? 0 : (100 * succeeded) / requests}
          color="teal.7"
          aria-label={words}
        />
        <Progress.Section
          value={requests === 0 ? 0 : (100 * (done - succeeded)) / requests}
          color="orange.7"
          aria-hidden
        />
      </Progress.Root>
      <Text size="xs" c="dimmed" fw={400}>
        {words}
        {cancelReason && ` · ${t('batches.canceledBy', { who: canceledBy, why: cancelReason })}`}
      </Text>
      {error && (
        <Text size="xs" c="var(--mantine-color-error)" fw={400}>
          {error}
        </Text>
      )}
    </>
  )
}

function Analyses() {
  const { t } = useTranslation(['models', 'common'])
  const { status } = route.useSearch()
  const navigate = useNavigate({ from: '/admin/models' })
  const query = usePages(
    analysesQuery,
    { filter: status ? { status: { equalTo: status } } : undefined },
    (data) => data.analyses,
    { refetchInterval: 15_000 },
  )
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {t('analyses.title')}
      </Title>
      <Select
        w={240}
        mb="sm"
        aria-label={t('runs.state')}
        placeholder={t('analyses.any')}
        data={analysisStates.map((value) => ({ value, label: t(`analyses.states.${value}`) }))}
        value={status ?? null}
        clearable
        clearButtonProps={{ 'aria-label': t('common:do.clear') }}
        onChange={(value) =>
          void navigate({
            search: (before) => ({ ...before, status: value ?? undefined }),
            resetScroll: false,
          })
        }
      />
      <QueryState query={query}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => nodesOf(page.analyses))
          const total = pages[0]?.analyses?.totalCount ?? rows.length
          if (rows.length === 0)
            return (
              <Empty icon={IconReportSearch} title={t('analyses.none')}>
                {t('analyses.noneHint')}
              </Empty>
            )
          return (
            <>
              <Text size="sm" c="dimmed" mb="xs" role="status">
                {t('common:state.of', { shown: rows.length, total })}
              </Text>
              <Rows
                label={t('analyses.title')}
                rows={rows}
                keyOf={(row) => row.id}
                columns={[
                  { title: t('analyses.pattern'), wide: true, cell: (row) => <What row={row} /> },
                  {
                    title: t('runs.state'),
                    cell: (row) => (
                      <State
                        state={row.status}
                        text={t(`analyses.states.${row.status as 'proposed'}`, { defaultValue: row.status })}
                      />
                    ),
                  },
                  { title: t('runs.analyst'), cell: (row) => readableModel(t, row.analyst) },
                  {
                    title: t('analyses.proposal'),
                    cell: (row) =>
                      row.improvement ? (
                        <ProposalLink
                          size="sm"
                          id={row.improvement.id}
                          status={row.improvement.status as Status}
                        >
                          {t('calls.proposal', { id: row.improvement.id })}
                        </ProposalLink>
                      ) : (
                        '–'
                      ),
                  },
                  { title: t('runs.when'), cell: (row) => <Time at={row.finishedAt ?? row.createdAt} /> },
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

function What({ row }: { row: Analysis }) {
  const { t } = useTranslation('models')
  return (
    <>
      <Text size="sm" fw={600}>
        {row.pattern?.label ?? t('analyses.patternGone')}
      </Text>
      {row.reasons.length > 0 && (
        <Alert color={row.status === 'refused' ? 'orange' : 'gray'} p={6} mt={4}>
          <Stack component="ul" gap={2} m={0} p={0} style={{ listStyle: 'none' }}>
            {row.reasons.map((reason) => (
              <Text key={reason} component="li" size="xs" fw={400}>
                {refusalText(t, reason ?? '')}
              </Text>
            ))}
          </Stack>
        </Alert>
      )}
      {row.error && (
        <Text size="xs" fw={400} c="var(--mantine-color-error)">
          {row.error}
        </Text>
      )}
    </>
  )
}
