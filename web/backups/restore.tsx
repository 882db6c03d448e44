/** A restore in its steps: what would change, how it is to be done and why, and what was done. */
import { Alert, Anchor, Button, Group, Radio, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconArrowLeft, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { Facts } from '../components/Facts.tsx'
import { Meter } from '../components/Meter.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { askReason } from '../components/reason.ts'
import { Time } from '../components/Time.tsx'
import { useChange, useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { Differences } from './Differences.tsx'
import { isOpen, type Report, type Restore, restoreMutation, restoreQuery } from './documents.ts'

export const route = createLazyRoute('/staff/admin/backups/restores/$id')({ component: RestorePage })

function RestorePage() {
  const { t } = useTranslation(['backups', 'common'])
  const { id } = route.useParams()
  const query = useData(
    restoreQuery,
    { id: Number(id) || 0 },
    { refetchInterval: (data) => (data?.restore && isOpen(data.restore) ? 1000 : false) },
  )
  return (
    <Stack>
      <Anchor size="sm" w="fit-content" renderRoot={(props) => <Link {...props} to="/admin/backups" />}>
        <Group gap={4} component="span">
          <IconArrowLeft size={14} aria-hidden /> {t('toBackups')}
        </Group>
      </Anchor>
      <QueryState query={query}>
        {({ restore, backupState }) =>
          restore ? (
            <OneRestore
              // Another one begins anew.
              key={restore.id}
              restore={restore}
              current={nodesOf(backupState).some((one) => one.backupId === restore.backupId)}
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

const sum = (counts: Record<string, number> | undefined) =>
  Object.values(counts ?? {}).reduce((all, count) => all + count, 0)

function OneRestore({ restore, current }: { restore: Restore; current: boolean }) {
  const { t } = useTranslation('backups')
  const report = (restore.report ?? {}) as Report
  const differences = sum(report.sops) + sum(report.knowledge)
  const { dryRun } = restore
  return (
    <Stack>
      <Title order={2} size="h4">
        {t(dryRun ? 'previewOf' : 'restoreOf', { source: restore.source })}
      </Title>
      <Facts
        facts={[
          ...(report.backup?.taken_at
            ? [
                [t('takenAt'), <Time key="taken" at={report.backup.taken_at} exact />] as [
                  string,
                  React.ReactNode,
                ],
              ]
            : []),
          [t(dryRun ? 'previewMade' : 'asked'), <Time key="asked" at={restore.createdAt} />],
          [t('by'), restore.requestedBy],
          ...(dryRun
            ? []
            : [
                [t('how'), t(`modes.${restore.mode as 'versions'}`)] as [string, string],
                [t('why'), restore.reason ?? '–'] as [string, string],
              ]),
        ]}
      />
      {isOpen(restore) && (
        <Meter
          label={t(restore.status === 'queued' ? 'stages.queued' : dryRun ? 'comparing' : 'restoring')}
          done={0}
          total={0}
        />
      )}
      {restore.status === 'failed' && (
        <Alert
          color="red"
          role="alert"
          icon={<IconAlertTriangle />}
          title={t(dryRun ? 'previewFailed' : 'restoreFailed')}
        >
          <Text size="sm">
            {restore.error} {restore.hint}
          </Text>
        </Alert>
      )}
      {restore.status === 'complete' && (
        <>
          {!dryRun && <Done restore={restore} report={report} />}
          {differences === 0 ? (
            <Empty icon={IconCircleCheck} title={t('noDifference')}>
              {t('noDifferenceHint')}
            </Empty>
          ) : (
            <>
              {dryRun && <Choose restore={restore} differences={differences} current={current} />}
              <Differences report={report} total={differences} done={!dryRun} />
            </>
          )}
        </>
      )}
      {(restore.status === 'failed' || (dryRun && restore.status === 'complete')) && (
        <Again restore={restore} current={current} />
      )}
    </Stack>
  )
}

/** A preview of how it stands now. */
function Again({ restore, current }: { restore: Restore; current: boolean }) {
  const { t } = useTranslation('backups')
  const { can } = useSession()
  const navigate = route.useNavigate()
  const again = useChange(restoreMutation, {
    onSuccess: ({ requestRestore }) => {
      const id = requestRestore?.result?.id
      if (id) void navigate({ params: { id: String(id) } })
    },
  })
  if (!can('admin') || !current || restore.backupId === null) return null
  return (
    <Button
      variant="subtle"
      w="fit-content"
      loading={again.isPending}
      onClick={() =>
        again.mutate({ backupId: restore.backupId!, mode: 'versions', dryRun: true, reason: null })
      }
    >
      {t('previewAgain')}
    </Button>
  )
}

interface ChooseProps {
  restore: Restore
  differences: number
  current: boolean
}

/** How it comes back: the question that is asked before anything changes. */
function Choose({ restore, differences, current }: ChooseProps) {
  const { t } = useTranslation('backups')
  const { can } = useSession()
  const navigate = route.useNavigate()
  const [mode, setMode] = useState<'versions' | 'proposals'>('proposals')
  const start = useChange(restoreMutation, {
    onSuccess: ({ requestRestore }) => {
      const id = requestRestore?.result?.id
      if (id) void navigate({ params: { id: String(id) } })
    },
  })
  if (!can('admin')) return null
  if (!current)
    return (
      <Alert color="orange" icon={<IconInfoCircle />} title={t('newer')}>
        <Text size="sm">{t('newerHint')}</Text>
      </Alert>
    )
  async function begin() {
    const reason = await askReason({
      title: t(`start.${mode}`),
      text: t(`startText.${mode}`, { count: differences }),
      action: t(`start.${mode}`),
      suggestions: [t('reasons.import'), t('reasons.mistake')],
    })
    if (reason !== null) start.mutate({ backupId: restore.backupId!, mode, dryRun: false, reason })
  }
  return (
    <Stack gap="sm">
      <Radio.Group label={t('choose')} value={mode} onChange={(value) => setMode(value as typeof mode)}>
        <Stack gap="xs" mt={4}>
          {(['proposals', 'versions'] as const).map((one) => (
            <Radio key={one} value={one} label={t(`modes.${one}`)} description={t(`modeHints.${one}`)} />
          ))}
        </Stack>
      </Radio.Group>
      <Text size="sm" c="dimmed">
        {t('stays')}
      </Text>
      <Button w="fit-content" loading={start.isPending} onClick={() => void begin()}>
        {t(`start.${mode}`)}
      </Button>
    </Stack>
  )
}

function Done({ restore, report }: { restore: Restore; report: Report }) {
  const { t } = useTranslation('backups')
  const left = report.left ?? []
  const proposals = report.proposals?.length ?? 0
  return (
    <>
      <Alert color="teal" role="status" icon={<IconCircleCheck />} title={t('done')}>
        <Text size="sm">
          {restore.mode === 'proposals' ? t('proposed', { count: proposals }) : t('equal')}{' '}
          {restore.mode === 'proposals' && proposals > 0 && (
            <Anchor inherit renderRoot={(props) => <Link {...props} to="/review" />}>
              {t('toReview')}
            </Anchor>
          )}
        </Text>
      </Alert>
      {left.length > 0 && (
        <Alert color="orange" icon={<IconInfoCircle />} title={t('left', { count: left.length })}>
          <Text size="sm">
            {left
              .slice(0, 20)
              .map((one) => one.question ?? `${one.category}/${one.topic}`)
              .join(', ')}
            {left.length > 20 && ' …'}
          </Text>
        </Alert>
      )}
    </>
  )
}
