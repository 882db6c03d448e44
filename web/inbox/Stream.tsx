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
  /** The uppermost message in view, and how far below the upper edge it stands. */
  const anchor = useRef<{ message: HTMLElement; top: number } | null>(null)
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
  const drop = useCallback(() => {
    const box = scroller.current
    if (!box) return
    const edge = box.getBoundingClientRect().top
    const message = [...box.querySelectorAll<HTMLElement>('[data-message]')].find(
      (one) => one.getBoundingClientRect().bottom > edge,
    )
    anchor.current = message ? { message, top: message.getBoundingClientRect().top - edge } : null
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever there are others
  useLayoutEffect(() => {
    const box = scroller.current
    if (!box) return
    if (atEnd.current) {
      toEnd()
      setSeen(last)
    } else if (anchor.current?.message.isConnected) {
      // Whatever came or went above: what is being read stays where it was.
      const { message, top } = anchor.current
      box.scrollTop += message.getBoundingClientRect().top - box.getBoundingClientRect().top - top
    }
    drop()
  }, [first, last, toEnd, drop])
  // Somebody who sends wants to see it.
  useLayoutEffect(() => {
    if (sending) toEnd()
  }, [sending, toEnd])
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      if (atEnd.current) toEnd()
      else drop()
    })
    if (scroller.current) observer.observe(scroller.current)
    if (content.current) observer.observe(content.current)
    return () => observer.disconnect()
  }, [toEnd, drop])

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
          drop()
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
