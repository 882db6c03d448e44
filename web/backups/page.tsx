/** Backups: how each target stands, what was done, and the way back from one. */
import { Alert, Anchor, Badge, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconDatabaseExport, IconInfoCircle } from '@tabler/icons-react'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { formatDuration } from '../app/time.ts'
import { lateDialog } from '../components/late.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Rows } from '../components/Rows.tsx'
import { Time } from '../components/Time.tsx'
import { useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { useCounts } from './counts.ts'
import { type Backup, backupsQuery, isMoving, type RestoreLine } from './documents.ts'
import { TargetActions } from './TargetActions.tsx'
import { TargetCard } from './TargetCard.tsx'
import type { TargetFormProps } from './TargetForm.tsx'

const TargetForm = lateDialog<TargetFormProps>(
  () => import('./TargetForm.tsx'),
  ({ form }) => form !== null,
)

export const route = createLazyRoute('/staff/admin/backups')({ component: Backups })

function Backups() {
  const { t } = useTranslation('backups')
  const { can } = useSession()
  const [form, setForm] = useState<TargetFormProps['form']>(null)
  // No subscription tells of backups.
  const query = useData(backupsQuery, {}, { refetchInterval: (data) => (isMoving(data) ? 1500 : 15_000) })
  return (
    <QueryState query={query} skeleton={<Skeleton h={300} />}>
      {(data) => {
        const targets = nodesOf(data.backupTargets).filter(({ removedAt }) => removedAt === null)
        const states = nodesOf(data.backupState)
        const restores = nodesOf(data.restores)
        const add = can('admin') && (
          <Button size="xs" variant="default" onClick={() => setForm({ target: 'new' })}>
            {t('add')}
          </Button>
        )
        return (
          <Stack gap="xl">
            <section>
              <Group justify="space-between" gap="xs">
                <Title order={2} size="h4">
                  {t('targets')}
                </Title>
                {targets.length > 0 && add}
              </Group>
              <Text size="sm" c="dimmed" mb="sm" maw="48rem">
                {t('about')}
              </Text>
              {targets.length === 0 ? (
                <Empty icon={IconDatabaseExport} title={t('empty')}>
                  <Stack align="center" gap="sm">
                    {t('emptyHint')}
                    {add}
                  </Stack>
                </Empty>
              ) : (
                <Stack>
                  {targets.map((target) => {
                    const state = states.find((one) => one.target === target.name)
                    return (
                      <TargetCard
                        key={target.id}
                        target={target}
                        overdue={state?.overdue === true}
                        backupId={state?.backupId ?? null}
                        actions={
                          <TargetActions
                            target={target}
                            last={targets.every(({ id, enabled }) => id === target.id || !enabled)}
                            onTest={() => setForm({ target, test: true })}
                            onChange={() => setForm({ target })}
                          />
                        }
                      />
                    )
                  })}
                  {targets.every(({ kind }) => kind === 'folder') && (
                    <Alert color="blue" icon={<IconInfoCircle />} title={t('onlyHere')}>
                      {t('onlyHereHint')}
                    </Alert>
                  )}
                </Stack>
              )}
              <TargetForm form={form} targets={targets} onClose={() => setForm(null)} />
            </section>
            {restores.length > 0 && (
              <section>
                <Title order={2} size="h4" mb="sm">
                  {t('restores')}
                </Title>
                <Restores rows={restores} />
              </section>
            )}
            <section>
              <Title order={2} size="h4" mb="sm">
                {t('history')}
              </Title>
              <History rows={nodesOf(data.backups)} />
            </section>
          </Stack>
        )
      }}
    </QueryState>
  )
}

const stateColor = (status: string) =>
  ({ complete: 'teal', failed: 'red', running: 'blue' })[status] ?? 'gray'

function State({ status }: { status: string }) {
  const { t } = useTranslation('backups')
  return (
    <Badge miw="max-content" variant="light" tt="none" color={stateColor(status)}>
      {t(`states.${status as 'complete'}`, { defaultValue: status })}
    </Badge>
  )
}

function History({ rows }: { rows: Backup[] }) {
  const { t } = useTranslation('backups')
  const counts = useCounts()
  if (rows.length === 0) return <Empty icon={IconDatabaseExport} title={t('noneYet')} />
  return (
    <Rows
      label={t('history')}
      rows={rows}
      keyOf={(one) => one.id}
      columns={[
        { title: t('target'), cell: (one) => one.target?.name ?? '–' },
        { title: t('state'), cell: (one) => <State status={one.status} /> },
        { title: t('when'), cell: (one) => <Time at={one.createdAt} exact /> },
        {
          title: t('took'),
          cell: (one) =>
            one.startedAt && one.finishedAt
              ? formatDuration(Date.parse(one.finishedAt) - Date.parse(one.startedAt))
              : '–',
        },
        {
          title: t('what'),
          wide: true,
          cell: (one) => (one.status === 'complete' ? counts(one) : (one.error ?? '–')),
        },
        {
          title: t('by'),
          cell: (one) => (one.requestedBy === 'schedule' ? t('schedule') : one.requestedBy),
        },
      ]}
    />
  )
}

function Restores({ rows }: { rows: RestoreLine[] }) {
  const { t } = useTranslation('backups')
  return (
    <Rows
      label={t('restores')}
      rows={rows}
      keyOf={(one) => one.id}
      columns={[
        {
          title: t('what'),
          wide: true,
          cell: (one) => (
            <>
              {one.mode === 'empty' ? (
                <Text size="sm">{t('modes.empty')}</Text>
              ) : (
                <Anchor
                  size="sm"
                  renderRoot={(props) => (
                    <Link {...props} to="/admin/backups/restores/$id" params={{ id: String(one.id) }} />
                  )}
                >
                  {t(one.dryRun ? 'preview' : `modes.${one.mode as 'versions'}`)}
                </Anchor>
              )}
              {one.reason && (
                <Text size="sm" c="dimmed" fw={400} dir="auto">
                  {one.reason}
                </Text>
              )}
            </>
          ),
        },
        { title: t('from'), cell: (one) => one.source },
        { title: t('state'), cell: (one) => <State status={one.status} /> },
        { title: t('when'), cell: (one) => <Time at={one.createdAt} exact /> },
        { title: t('by'), cell: (one) => one.requestedBy },
      ]}
    />
  )
}
