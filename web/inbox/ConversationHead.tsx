/** What it is about, who has it, and the buttons. */
import { ActionIcon, Badge, Button, Group, Text, Title } from '@mantine/core'
import { IconArrowLeft, IconInfoCircle } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import type { useTicketActions } from './actions.ts'
import { Status } from './Details.tsx'
import type { Ticket } from './data.ts'
import classes from './inbox.module.css'
import { Silence } from './Silence.tsx'

interface Props {
  ticket: Ticket
  offers: { takeOver: boolean; handBack: boolean; resolve: boolean }
  actions: ReturnType<typeof useTicketActions>
  onResolve: () => void
  onBack: (() => void) | undefined
  focusBack: boolean
  details: boolean
  onDetails: () => void
}

export function ConversationHead({
  ticket,
  offers,
  actions,
  onResolve,
  onBack,
  focusBack,
  details,
  onDetails,
}: Props) {
  const { t } = useTranslation('inbox')
  const { user } = useSession()
  const back = useRef<HTMLButtonElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: when it comes, and only then
  useEffect(() => {
    if (focusBack) back.current?.focus()
  }, [])
  const mine = ticket.status === 'taken' && ticket.assignee === user?.email
  const urgent = ticket.priority === 'urgent' && ticket.status !== 'resolved'
  return (
    <header className={classes.head}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        {onBack && (
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={onBack}
            aria-label={t('conversation.back')}
            ref={back}
          >
            <IconArrowLeft size={18} />
          </ActionIcon>
        )}
        <Title order={2} size="h5" flex={1} lineClamp={2} dir="auto" style={{ overflowWrap: 'anywhere' }}>
          {ticket.subject ?? t('list.noSubject')}
        </Title>
        <ActionIcon
          variant={details ? 'light' : 'subtle'}
          color="gray"
          onClick={onDetails}
          aria-expanded={details}
          aria-label={t(details ? 'details.hide' : 'details.show')}
        >
          <IconInfoCircle size={18} />
        </ActionIcon>
      </Group>
      <Group justify="space-between" gap="xs" mt={4}>
        <Group gap={8} style={{ overflowWrap: 'anywhere' }}>
          {urgent && (
            <Badge color="red" variant="filled" size="sm">
              {t('urgent.label')}
            </Badge>
          )}
          <Text size="sm" c="dimmed" role="status">
            {mine ? t('status.mine') : <Status ticket={ticket} />}
            {ticket.site && ` · ${ticket.site.name}`}
          </Text>
          <Silence ticket={ticket} />
        </Group>
        <Group gap={6}>
          {offers.takeOver && !mine && (
            <Button
              size="xs"
              variant={ticket.status === 'waiting' ? 'filled' : 'light'}
              disabled={actions.busy}
              onClick={actions.takeOver}
            >
              {t(ticket.status === 'resolved' ? 'do.reopen' : 'do.takeOver')}
            </Button>
          )}
          {offers.handBack && (
            <Button size="xs" variant="light" disabled={actions.busy} onClick={actions.handBack}>
              {t('do.handBack')}
            </Button>
          )}
          {offers.resolve && (
            <Button size="xs" variant="light" disabled={actions.busy} onClick={onResolve}>
              {t('do.resolve')}
            </Button>
          )}
        </Group>
      </Group>
    </header>
  )
}
