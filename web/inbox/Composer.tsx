/** The reply box. What is written is kept whatever happens; a refusal gives it back with its reason. */
import { Alert, Button, Group, Paper, Skeleton, Text, Textarea, VisuallyHidden } from '@mantine/core'
import { IconPlayerStop, IconSend, IconSparkles } from '@tabler/icons-react'
import { type RefObject, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { StreamedText } from '../streaming/StreamedText.tsx'
import { DraftPanel } from './DraftPanel.tsx'
import { isHeld, type Ticket } from './data.ts'
import { keepDraft, useDraft } from './drafts.ts'
import classes from './inbox.module.css'
import { useDrafting } from './useDrafting.ts'
import type { Sending } from './useReply.ts'

const mostBytes = 65_536

interface Props {
  ticket: Ticket
  box: RefObject<HTMLTextAreaElement | null>
  reply: Sending
}

export function Composer({ ticket, box, reply }: Props) {
  const { t } = useTranslation('inbox')
  const { user } = useSession()
  const panel = useRef<HTMLDivElement>(null)
  const draft = useDraft(ticket.id)
  const { refused, forget } = reply
  const drafting = useDrafting(ticket.id)
  const others = isHeld(ticket) && ticket.assignee !== user?.email
  const tooLong = new TextEncoder().encode(draft.text).length > mostBytes
  const ready = draft.text.trim() !== '' && !tooLong && !reply.pending && !others

  const send = () => {
    if (ready) reply.send(draft)
  }
  const use = (text: string) => {
    // Numbers of its sources: they are beside it for colleagues, the customer does not have them.
    const own = text.replace(/ ?\[\d+\]/g, '')
    const written = draft.text.trim()
    keepDraft(ticket.id, {
      text: written === '' ? own : `${written}\n\n${own}`,
      from: draft.proposed,
      proposed: undefined,
    })
    box.current?.focus()
  }
  const ask = () => {
    if (drafting.coming === null) void drafting.ask()
  }
  useShortcuts([
    { keys: 'r', label: t('keys.reply'), run: () => box.current?.focus() },
    { keys: 'd', label: t('draft.ask'), run: ask },
    {
      keys: '$mod+Enter',
      label: t('keys.send'),
      inFields: true,
      run: send,
    },
    ...(drafting.coming
      ? [{ keys: 'Escape', label: t('draft.stop'), inFields: true, run: drafting.stop }]
      : []),
    {
      keys: 'Alt+Enter',
      label: t('keys.accept'),
      inFields: true,
      run: () => panel.current?.querySelector<HTMLElement>('[data-use-draft]')?.click(),
    },
  ])

  const note = others
    ? t('reply.others', { who: ticket.assignee })
    : ticket.status === 'resolved'
      ? t('reply.reopens')
      : ticket.status === 'taken' && ticket.assignee === user?.email && isHeld(ticket)
        ? null
        : t('reply.takesOver')
  return (
    <section className={classes.composer} aria-label={t('reply.label')}>
      <VisuallyHidden role="status">{drafting.coming ? t('draft.coming') : ''}</VisuallyHidden>
      <div ref={panel}>
        {drafting.coming && (
          <Paper withBorder p="sm" mb="xs" component="section" aria-label={t('draft.coming')} aria-busy>
            <Group justify="space-between" mb={4}>
              <Text size="sm" fw={600}>
                {t('draft.coming')}
              </Text>
              <Button
                size="compact-sm"
                variant="default"
                leftSection={<IconPlayerStop size={14} aria-hidden />}
                onClick={drafting.stop}
              >
                {t('draft.stop')}
              </Button>
            </Group>
            {drafting.coming.text === '' ? (
              <Skeleton height={40} />
            ) : (
              <StreamedText coming={drafting.coming} />
            )}
          </Paper>
        )}
        {draft.proposed && !drafting.coming && (
          <DraftPanel
            key={draft.proposed}
            id={draft.proposed}
            onUse={use}
            onDiscard={() => {
              keepDraft(ticket.id, { proposed: undefined })
              box.current?.focus()
            }}
          />
        )}
      </div>
      {refused && (
        <Alert
          color="red"
          role="alert"
          p="xs"
          mb="xs"
          withCloseButton
          closeButtonLabel={t('do.close', { ns: 'common' })}
          onClose={forget}
        >
          {refused} {t('refused.kept')}
        </Alert>
      )}
      <Textarea
        ref={box}
        aria-label={t('reply.label')}
        placeholder={t('reply.placeholder')}
        autosize
        minRows={2}
        maxRows={10}
        value={draft.text}
        error={tooLong && t('reply.tooLong')}
        onChange={(event) => keepDraft(ticket.id, { text: event.currentTarget.value })}
        onKeyDown={(event) => {
          // Back to where single keys work.
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
      {draft.from && (
        <Group gap="xs" mt={4}>
          <Text size="xs" c="dimmed">
            {t('reply.fromDraft')}
          </Text>
          <Button
            size="compact-xs"
            mih={24}
            variant="subtle"
            onClick={() => keepDraft(ticket.id, { from: undefined })}
          >
            {t('reply.unlink')}
          </Button>
        </Group>
      )}
      <Text size="xs" c="dimmed" mt={4}>
        {note ?? t('reply.hint')}
      </Text>
      <Group justify="space-between" mt="xs" gap="xs">
        <Button
          size="xs"
          variant="light"
          leftSection={<IconSparkles size={15} aria-hidden />}
          loading={drafting.coming !== null}
          onClick={ask}
        >
          {t('draft.ask')}
        </Button>
        <Button size="xs" leftSection={<IconSend size={15} aria-hidden />} disabled={!ready} onClick={send}>
          {t('reply.send')}
        </Button>
      </Group>
    </section>
  )
}
