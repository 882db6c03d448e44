/** The messages. Who reads further up stays there when more comes; who is at the end stays at the end. */
import { Button, Stack, Text } from '@mantine/core'
import { IconArrowDown } from '@tabler/icons-react'
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { nodesOf } from '../graphql/nodes.ts'
import type { Ticket } from './data.ts'
import classes from './inbox.module.css'
import { MessageItem } from './MessageItem.tsx'

interface Props {
  ticket: Ticket
  /** Being sent; shown after the others. */
  sending: ReactNode
  correcting: string | null
  onCorrect: (response: string | null) => void
  onEarlier: () => void
}

export function Stream({ ticket, sending, correcting, onCorrect, onEarlier }: Props) {
  const { t } = useTranslation('inbox')
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const before = useRef({ first: '', height: 0 })
  const messages = nodesOf(ticket.messages)
  const [seen, setSeen] = useState(messages.at(-1)?.id ?? '')
  const first = messages[0]?.id ?? ''
  const last = messages.at(-1)?.id ?? ''
  const unseen = messages.filter(
    (message) => Number(message.id) > Number(seen || 0) && message.authorKind !== 'system',
  ).length

  const toEnd = useCallback(() => {
    const box = scroller.current
    if (box) box.scrollTop = box.scrollHeight
  }, [])
  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    const was = before.current
    if (atEnd.current) toEnd()
    // Earlier ones came on top: what was being read stays where it was.
    else if (was.first !== '' && was.first !== first) box.scrollTop += box.scrollHeight - was.height
    before.current = { first, height: box.scrollHeight }
    if (atEnd.current) setSeen(last)
  }, [first, last, toEnd])
  // Somebody who sends wants to see it.
  useLayoutEffect(() => {
    if (sending) toEnd()
  }, [sending, toEnd])
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (atEnd.current) toEnd()
      if (scroller.current) before.current.height = scroller.current.scrollHeight
    })
    if (scroller.current) observer.observe(scroller.current)
    if (content.current) observer.observe(content.current)
    return () => observer.disconnect()
  }, [toEnd])

  return (
    <div className={classes.stream}>
      <div
        ref={scroller}
        className={classes.scroller}
        style={{ overflowAnchor: 'none' }}
        role="log"
        aria-label={t('conversation.messages')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too
        tabIndex={0}
        onScroll={({ currentTarget: box }) => {
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 60
          if (atEnd.current && seen !== last) setSeen(last)
        }}
      >
        <Stack gap="md" ref={content}>
          {ticket.messages.totalCount > messages.length && (
            <Button
              size="xs"
              variant="subtle"
              style={{ alignSelf: 'center' }}
              onClick={() => {
                atEnd.current = false
                onEarlier()
              }}
            >
              {t('conversation.earlier')}
            </Button>
          )}
          {messages.length === 0 && (
            <Text size="sm" c="dimmed" ta="center">
              {t('conversation.empty')}
            </Text>
          )}
          {messages.map((message) => (
            <MessageItem
              key={message.id}
              message={message}
              correcting={message.response !== null && message.response.id === correcting}
              onCorrect={onCorrect}
            />
          ))}
          {sending}
        </Stack>
      </div>
      {unseen > 0 && (
        <Button
          className={classes.pill}
          size="xs"
          radius="xl"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={() => {
            toEnd()
            setSeen(last)
            scroller.current?.focus()
          }}
        >
          {t('conversation.newMessages', { count: unseen })}
        </Button>
      )}
    </div>
  )
}
