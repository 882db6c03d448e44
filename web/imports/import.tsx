/** One import in its steps: being read, its report, being applied, done and taken back. */
import { Alert, Anchor, Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconArrowLeft, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { Facts } from '../components/Facts.tsx'
import { Meter } from '../components/Meter.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Time } from '../components/Time.tsx'
import { refresh, useData } from '../graphql/hooks.ts'
import { Apply, Discard } from './Apply.tsx'
import { type Batch, counted, filesQuery, importQuery, isMoving, itemsQuery, planned } from './documents.ts'
import { Report } from './Report.tsx'
import { Steps } from './Steps.tsx'
import { TakeBack } from './TakeBack.tsx'

export const route = createLazyRoute('/staff/admin/imports/$id')({ component: ImportPage })

function ImportPage() {
  const { t } = useTranslation(['imports', 'common'])
  const { id } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const query = useData(
    importQuery,
    { id: Number(id) || 0 },
    { refetchInterval: (data) => (data?.importBatch && isMoving(data.importBatch) ? 1000 : false) },
  )
  useFreshReport(query.data?.importBatch?.status)
  return (
    <Stack>
      <Anchor size="sm" w="fit-content" renderRoot={(props) => <Link {...props} to="/admin/imports" />}>
        <Group gap={4} component="span">
          <IconArrowLeft size={14} aria-hidden /> {t('toImports')}
        </Group>
      </Anchor>
      <QueryState query={query}>
        {({ importBatch: batch }) =>
          batch ? (
            <OneImport
              batch={batch}
              report={
                <Report
                  batch={batch}
                  search={search}
                  onSearch={(next) => void navigate({ search: next, replace: true, resetScroll: false })}
                />
              }
            />
          ) : (
            <Empty icon={IconInfoCircle} title={t('common:state.notFound')}>
              {t('common:state.notFoundHint')}
            </Empty>
          )
        }
      </QueryState>
    </Stack>
  )
}

/** What is listed is of the state that the import has now. */
function useFreshReport(status: string | undefined) {
  const client = useQueryClient()
  const before = useRef(status)
  useEffect(() => {
    if (before.current !== undefined && before.current !== status)
      void refresh(client, [filesQuery, itemsQuery])
    before.current = status
  }, [client, status])
}

const stepOf: Record<string, 0 | 1 | 2 | 3> = { failed: 0, staging: 1, staged: 1, applying: 2 }

function OneImport({ batch, report }: { batch: Batch; report: React.ReactNode }) {
  const { t } = useTranslation('imports')
  const { can } = useSession()
  const { status } = batch
  const conflicts = counted(batch.counts, 'conflict')
  const kept = counted(batch.counts, 'kept')
  return (
    <Stack>
      <div>
        <Title order={2} size="h4" dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {batch.name}
        </Title>
        <Text size="sm" c="dimmed">
          {t('begunBy', { name: batch.createdBy })} <Time at={batch.createdAt} />
        </Text>
      </div>
      <Steps at={stepOf[status] ?? 3} />
      {isMoving(batch) && (
        <>
          <Meter
            label={t(
              status === 'staging'
                ? `stages.${(batch.stage ?? 'reading') as 'reading'}`
                : `states.${status as 'applying'}`,
            )}
            done={batch.done}
            total={batch.total}
          />
          <Text size="sm" c="dimmed">
            {t(status === 'staging' ? 'stagingHint' : 'movingHint')} {t('lastSign')}{' '}
            <Time at={batch.updatedAt} />.
          </Text>
        </>
      )}
      {batch.error && (
        <Alert
          color={status === 'failed' ? 'red' : 'orange'}
          role="alert"
          icon={<IconAlertTriangle />}
          title={t(status === 'failed' ? 'failed' : 'interrupted')}
        >
          <Stack gap="xs" align="flex-start">
            <Text size="sm">
              {batch.error} {t(status === 'failed' ? 'failedHint' : 'interruptedHint')}
            </Text>
            {status === 'failed' && (
              <Button
                size="xs"
                variant="light"
                color="red"
                renderRoot={(props) => <Link {...props} to="/admin/imports" />}
              >
                {t('chooseAnother')}
              </Button>
            )}
          </Stack>
        </Alert>
      )}
      {status === 'applied' && (
        <Alert color="teal" role="status" icon={<IconCircleCheck />} title={t('applied')}>
          <Stack gap={4}>
            <Text size="sm">{t('appliedCount', { count: counted(batch.counts, 'applied') })}</Text>
            {conflicts > 0 && <Text size="sm">{t('conflicts', { count: conflicts })}</Text>}
            <Group gap="md">
              {(batch.asProposals || planned(batch.counts).propose > 0) && (
                <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/review" />}>
                  {t('toReview')}
                </Anchor>
              )}
              <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/sops" />}>
                {t('toSops')}
              </Anchor>
            </Group>
          </Stack>
        </Alert>
      )}
      {status === 'rolled_back' && (
        <Alert color="gray" role="status" icon={<IconCircleCheck />} title={t('rolledBack')}>
          <Text size="sm">
            {t('rolledBackCount', { count: counted(batch.counts, 'rolled_back') })}{' '}
            {kept > 0 && t('keptCount', { count: kept })}
          </Text>
        </Alert>
      )}
      {status === 'discarded' && (
        <Alert color="gray" icon={<IconInfoCircle />} title={t('discarded')}>
          <Text size="sm">{t('discardedHint')}</Text>
        </Alert>
      )}
      {(batch.appliedBy || batch.rolledBackBy) && (
        <Facts
          facts={[
            [t('appliedBy'), batch.appliedBy],
            [t('how'), t(batch.asProposals ? 'ways.proposals' : 'ways.direct')],
            [t('why'), batch.reason],
            ...(batch.rolledBackBy
              ? ([
                  [t('rolledBackBy'), batch.rolledBackBy],
                  [t('whyBack'), batch.rollbackReason],
                ] as [string, string | null][])
              : []),
          ]}
        />
      )}
      {status === 'staged' && can('admin') && <Apply batch={batch} />}
      {status === 'applied' && can('admin') && <TakeBack batch={batch} />}
      {['staging', 'failed'].includes(status) && can('admin') && <Discard batch={batch} />}
      {status !== 'staging' && status !== 'failed' && report}
    </Stack>
  )
}
