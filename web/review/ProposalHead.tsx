/** Above the reading view: what it is, who looks at it, and what can be done with it. */
import { Alert, Badge, Button, type ButtonProps, Group, Stack, Text, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconEye } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Keys } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { formatNumber } from '../app/time.ts'
import { ProposalLink } from '../components/Links.tsx'
import { Time } from '../components/Time.tsx'
import { isEditable, type Proposal, titleOf, togetherOf } from './documents.ts'
import classes from './review.module.css'
import type { Kind, Status } from './route.ts'

type Decided = Exclude<Status, 'pending'>

export interface Actions {
  approve: () => void
  edit: () => void
  reject: () => void
  undo: () => void
  reopen: () => void
  reanalyse: () => void
}

interface Props {
  proposal: Proposal
  conflicting: boolean
  viewers: string[]
  actions: Actions
}

export function ProposalHead({ proposal, conflicting, viewers, actions }: Props) {
  const { t, i18n } = useTranslation('review')
  const { can } = useSession()
  const { status, sop, baseVersion } = proposal
  const names = new Intl.ListFormat(i18n.language).format(viewers)
  return (
    <>
      <div className={classes.bar}>
        <Group gap="xs" justify="space-between" align="flex-start">
          <Title order={2} size="h4" className={classes.anywhere} flex="1 1 14rem">
            {titleOf(proposal)}
          </Title>
          {can('reviewer') && (
            <ActionButtons proposal={proposal} conflicting={conflicting} actions={actions} />
          )}
        </Group>
      </div>
      <Stack gap={6}>
        <Group gap={8}>
          <Badge tt="none" variant="light">
            {t(`kind.${proposal.kind as Kind}`)}
          </Badge>
          <Text size="sm" c="dimmed">
            #{proposal.id} ·{' '}
            {t('meta.impact', { value: formatNumber(proposal.impact, { maximumFractionDigits: 1 }) })} ·{' '}
            {t('meta.proposed', { name: proposal.proposedBy })} · <Time at={proposal.createdAt} />
            {baseVersion !== null && ` · ${t('meta.base', { version: baseVersion })}`}
            {sop && status === 'pending' && sop.version !== baseVersion
              ? ` · ${t('meta.current', { version: sop.version })}`
              : ''}
          </Text>
        </Group>
        {sop?.archivedAt && status === 'pending' && (
          <Text size="sm" c="var(--mantine-color-error)">
            {t('meta.archived')}
          </Text>
        )}
        <div role="status">
          {viewers.length > 0 && (
            <Alert color="grape" p="xs" icon={<IconEye aria-hidden />}>
              {t(viewers.length === 1 ? 'viewers.one' : 'viewers.many', { names })}
            </Alert>
          )}
        </div>
        {status === 'pending' && !can('reviewer') && (
          <Alert color="gray" p="xs">
            {t(can('agent') ? 'only.agent' : 'only.auditor')}
          </Alert>
        )}
        <Decision proposal={proposal} />
      </Stack>
    </>
  )
}

function Decision({ proposal }: { proposal: Proposal }) {
  const { t } = useTranslation('review')
  const { status, decisionReason, rejectionReason } = proposal
  const { approvedBy, appliedAt, rejectedBy, rejectedAt, supersededBy, supersededAt } = proposal
  if (status === 'pending') return null
  const together = togetherOf(proposal).filter((id) => id !== proposal.id)
  return (
    <Alert color={status === 'approved' ? 'teal' : status === 'rejected' ? 'red' : 'gray'} p="xs">
      <Text size="sm" fw={600}>
        {t(`decided.${status as Decided}`, { name: approvedBy ?? rejectedBy ?? supersededBy })} ·{' '}
        <Time at={(appliedAt ?? rejectedAt ?? supersededAt)!} exact />
      </Text>
      <Text size="sm" className={classes.anywhere}>
        {decisionReason ?? rejectionReason}
      </Text>
      {together.length > 0 && (
        <Text size="sm" mt={4}>
          {t('decided.together', { count: together.length })}{' '}
          {together.map((id, index) => (
            <span key={id}>
              {index > 0 && ', '}
              <ProposalLink id={id} status="approved" inherit underline="always">
                #{id}
              </ProposalLink>
            </span>
          ))}
        </Text>
      )}
    </Alert>
  )
}

function ActionButtons({ proposal, conflicting, actions }: Omit<Props, 'viewers'>) {
  const { t } = useTranslation('review')
  const keyed = useMediaQuery('(min-width: 62em)', undefined, { getInitialValueInEffect: false })
  const editable = isEditable(proposal)
  const button = (label: string, keys: string | null, run: () => void, look: ButtonProps = {}) => (
    <Button size="xs" onClick={run} rightSection={keyed && keys && <Keys keys={keys} />} {...look}>
      {label}
    </Button>
  )
  if (proposal.status === 'approved') return button(t('do.undo'), null, actions.undo, { variant: 'default' })
  if (proposal.status === 'rejected')
    return button(t('do.reopen'), null, actions.reopen, { variant: 'default' })
  if (proposal.status !== 'pending') return null
  return (
    <Group gap={6}>
      {conflicting
        ? button(t('do.resolve'), 'e', actions.edit, { color: 'orange' })
        : button(t('do.approve'), 'a', actions.approve)}
      {conflicting &&
        proposal.evidence.totalCount > 0 &&
        button(t('do.reanalyse'), 'n', actions.reanalyse, { variant: 'default' })}
      {editable && !conflicting && button(t('do.edit'), 'e', actions.edit, { variant: 'default' })}
      {button(t('do.reject'), 'r', actions.reject, { variant: 'default' })}
    </Group>
  )
}
