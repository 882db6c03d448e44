/** One place for backups: how old its backup is, whether it was found whole, what is being done, and what can be. */
import { Alert, Badge, Button, Group, List, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconClockExclamation } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '../app/bytes.ts'
import { useSession } from '../app/session.ts'
import { formatDuration, formatNumber } from '../app/time.ts'
import { Facts } from '../components/Facts.tsx'
import { LateMeter } from '../components/LateMeter.tsx'
import { Time } from '../components/Time.tsx'
import { useChange } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { useCounts } from './counts.ts'
import {
  backUpMutation,
  backupsQuery,
  type Complete,
  isOpen,
  type Latest,
  restoreMutation,
  type Target,
  verifyMutation,
} from './documents.ts'

const verificationColor = { whole: 'teal', damaged: 'red', failed: 'red', queued: 'blue' } as const

/** Where it is, as its settings say it. */
function placeOf({ kind, settings }: Target): string | undefined {
  const { bucket, prefix, folder_id } = settings as Record<string, string | undefined>
  if (kind === 's3') return `s3://${bucket}/${prefix ?? 'clubos'}`
  return kind === 'drive' ? folder_id : undefined
}

interface Props {
  target: Target
  overdue: boolean
  /** The backup that lies there now: a target that moved has none until one is made. */
  backupId: number | null
  /** For those who may change it. */
  actions: ReactNode
}

export function TargetCard({ target, overdue, backupId, actions }: Props) {
  const { t } = useTranslation('backups')
  const { can } = useSession()
  const navigate = useNavigate()
  const [latest] = nodesOf(target.latest)
  const [made] = nodesOf(target.complete)
  const complete = made?.id === backupId ? made : undefined
  const backUp = useChange(backUpMutation, { refreshes: [backupsQuery] })
  const verify = useChange(verifyMutation, { refreshes: [backupsQuery] })
  const preview = useChange(restoreMutation, {
    onSuccess: ({ requestRestore }) => {
      const id = requestRestore?.result?.id
      if (id) void navigate({ to: '/admin/backups/restores/$id', params: { id: String(id) } })
    },
  })
  const open = latest !== undefined && isOpen(latest)
  const place = placeOf(target)
  const name = target.name
  return (
    <Paper
      component="article"
      withBorder
      p="md"
      aria-label={t('targetNamed', { name })}
      style={{ overflowWrap: 'anywhere' }}
    >
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" gap="sm">
          <div>
            <Group gap="xs">
              <Title order={3} size="h5">
                {name}
              </Title>
              <Badge variant="light" color="gray" tt="none">
                {t(`kinds.${target.kind as 'folder'}`)}
              </Badge>
              {!target.enabled && (
                <Badge variant="light" color="orange" tt="none">
                  {t('disabled')}
                </Badge>
              )}
            </Group>
            <Text size="sm" c="dimmed">
              {[t(`schedules.${target.schedule as 'daily'}`), place].filter(Boolean).join(' · ')}
            </Text>
          </div>
          {can('admin') && (
            <Group gap="xs">
              <Button
                size="sm"
                disabled={open}
                loading={backUp.isPending}
                aria-label={t('backUpOne', { name })}
                onClick={() => backUp.mutate({ target: name })}
              >
                {t('backUp')}
              </Button>
              <Button
                size="sm"
                variant="default"
                disabled={!complete || open || complete.verification === 'queued'}
                loading={verify.isPending}
                aria-label={t('verifyOne', { name })}
                onClick={() => complete && verify.mutate({ backupId: complete.id })}
              >
                {t('verify')}
              </Button>
              <Button
                size="sm"
                variant="default"
                disabled={!complete || open}
                loading={preview.isPending}
                aria-label={t('restoreOne', { name })}
                onClick={() =>
                  complete &&
                  preview.mutate({ backupId: complete.id, mode: 'versions', dryRun: true, reason: null })
                }
              >
                {t('restore')}
              </Button>
              {actions}
            </Group>
          )}
        </Group>
        <State latest={latest} complete={complete} moved={made !== undefined} overdue={overdue} />
      </Stack>
    </Paper>
  )
}

interface StateProps {
  latest: Latest | undefined
  complete: Complete | undefined
  moved: boolean
  overdue: boolean
}

function State({ latest, complete, moved, overdue }: StateProps) {
  const { t } = useTranslation('backups')
  const counts = useCounts()
  return (
    <>
      {latest && isOpen(latest) && (
        <LateMeter
          label={latest.stage ? t(`stages.${latest.stage as 'listing'}`) : t('stages.queued')}
          done={latest.done}
          total={latest.total}
        />
      )}
      {latest?.error && (
        <Alert
          color={latest.status === 'failed' ? 'red' : 'orange'}
          role="alert"
          icon={<IconAlertTriangle />}
          title={t(latest.status === 'failed' ? 'failed' : 'triedAgain')}
        >
          <Text size="sm">
            {latest.error} {latest.hint}
          </Text>
        </Alert>
      )}
      {overdue && (
        <Alert color="orange" icon={<IconClockExclamation />} title={t('overdue')}>
          <Text size="sm">{t('overdueHint')}</Text>
        </Alert>
      )}
      {complete?.finishedAt ? (
        <Facts
          facts={[
            [
              t('last'),
              <>
                <Time at={complete.finishedAt} fw={600} /> · <Time at={complete.finishedAt} exact />
              </>,
            ],
            [
              t('size'),
              t('sizeOf', {
                files: formatNumber(complete.files),
                size: formatBytes(Number(complete.bytes)),
              }),
            ],
            [
              t('did'),
              `${counts(complete)} · ${t('sent', { size: formatBytes(Number(complete.bytesUploaded)) })}`,
            ],
            [
              t('took'),
              complete.startedAt
                ? formatDuration(Date.parse(complete.finishedAt) - Date.parse(complete.startedAt))
                : '–',
            ],
            [t('verified'), <Verification key="verified" complete={complete} />],
          ]}
        />
      ) : (
        !(latest && isOpen(latest)) && (
          <Text size="sm" c="dimmed">
            {t(moved ? 'moved' : 'never')}
          </Text>
        )
      )}
    </>
  )
}

function Verification({ complete }: { complete: Complete }) {
  const { t } = useTranslation('backups')
  const [shown, setShown] = useState(false)
  const { verification, verifiedAt } = complete
  if (verification === null) return t('notVerified')
  const problems = (complete.verificationProblems ?? []) as { path?: string; problem: string }[]
  return (
    <>
      <Group gap="xs">
        <Badge variant="light" tt="none" color={verificationColor[verification as 'whole'] ?? 'gray'}>
          {t(`verifications.${verification as 'whole'}`)}
        </Badge>
        {verifiedAt && (
          <span>
            <Time at={verifiedAt} /> · <Time at={verifiedAt} exact />
          </span>
        )}
        {problems.length > 0 && (
          <Button size="compact-xs" variant="subtle" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {t('problems', { count: problems.length })}
          </Button>
        )}
      </Group>
      {(verification === 'damaged' || verification === 'failed') && (
        <Text size="sm">{t(`verificationHints.${verification}`)}</Text>
      )}
      {shown && (
        <List size="sm" mt={4}>
          {problems.map(({ path, problem }) => (
            <List.Item key={`${path} ${problem}`}>
              {path && <strong>{path}: </strong>}
              {problem}
            </List.Item>
          ))}
        </List>
      )}
    </>
  )
}
