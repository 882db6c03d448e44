/** The reply box. What is written is kept whatever happens; a refusal gives it back with its reason. */
import { Alert, Button, Group, Text, Textarea } from '@mantine/core'
import { IconSend, IconSparkles } from '@tabler/icons-react'
import { type RefObject, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { graphql } from '../graphql/graphql.ts'
import { useChange } from '../graphql/hooks.ts'
import { DraftPanel } from './DraftPanel.tsx'
import { isHeld, type Ticket } from './data.ts'
import { keepDraft, useDraft } from './drafts.ts'
import classes from './inbox.module.css'
import type { Sending } from './useReply.ts'

const draftReply = graphql(`
  mutation InboxDraftReply($id: Int!) { draftReply(input: { ticketId: $id }) { response { id } } }
`)

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
  const drafting = useChange(draftReply, {
    onSuccess: (data, { id }) => {
      const proposed = data.draftReply?.response.id
      if (proposed) keepDraft(id, { proposed })
    },
  })
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
    if (!drafting.isPending) drafting.mutate({ id: ticket.id })
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
      <div ref={panel}>
        {draft.proposed && (
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
          loading={drafting.isPending}
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
