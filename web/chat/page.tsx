/** The customers' chat: one question after the other, with the assistant and, where it does not know, with a person. */
import { Alert, Anchor, Button, NativeSelect, Skeleton, Text, Title } from '@mantine/core'
import { IconPlayerStop, IconUser } from '@tabler/icons-react'
import { createLazyRoute } from '@tanstack/react-router'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { chooseLanguage, language } from '../i18n/index.ts'
import { StreamedText } from '../streaming/StreamedText.tsx'
import classes from './chat.module.css'
import { sitesQuery } from './data.ts'
import { QuestionBox } from './QuestionBox.tsx'
import { SaidMessage } from './SaidMessage.tsx'
import { useConversation } from './useConversation.ts'

export const route = createLazyRoute('/chat')({ component: ChatPage })

function ChatPage() {
  const { t } = useTranslation('chat')
  const { query, ticket, begun, ask, sending, coming, stop, stopped, refused, forget } = useConversation()
  const { data: known } = useData(sitesQuery, {}, { enabled: !begun, staleTime: 600_000 })
  const [site, setSite] = useState('')
  const end = useRef<HTMLDivElement>(null)
  const box = useRef<HTMLTextAreaElement>(null)
  const sites = nodesOf(known?.sites).toSorted((one, other) => one.name.localeCompare(other.name))
  const messages = nodesOf(ticket?.messages)
  const last = messages.at(-1)?.id

  // Down to what is new, unless somebody is reading further up.
  const near = useRef(true)
  useEffect(() => {
    const look = () => {
      near.current = window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 160
    }
    window.addEventListener('scroll', look, { passive: true })
    return () => window.removeEventListener('scroll', look)
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever something was said
  useEffect(() => {
    if (near.current || sending !== null) end.current?.scrollIntoView({ block: 'end' })
  }, [last, sending, ticket?.status])
  // As words come the page grows; who reads further up stays there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever there is more
  useEffect(() => {
    if (near.current) end.current?.scrollIntoView({ block: 'end' })
  }, [coming?.text])

  return (
    <div className={classes.page}>
      <title>{t('title')}</title>
      <a href="#question" className="skip">
        {t('question.label')}
      </a>
      <header className={classes.top}>
        <Text fw={750} size="lg" c="var(--mantine-color-anchor)">
          ClubOS
        </Text>
        {begun && (
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              forget()
              box.current?.focus()
            }}
          >
            {t('conversation.new')}
          </Button>
        )}
      </header>
      <main className={classes.main}>
        <div>
          <Title order={1} size={begun ? 'h4' : 'h2'}>
            {t('title')}
          </Title>
          {begun ? (
            ticket?.site && (
              <Text size="sm" c="dimmed">
                {t('site.about', { site: ticket.site.name })}
              </Text>
            )
          ) : (
            <Text c="dimmed">{t('intro')}</Text>
          )}
        </div>
        {!begun && sites.length > 0 && (
          <NativeSelect
            label={t('site.label')}
            value={site}
            onChange={(event) => setSite(event.currentTarget.value)}
            data={[
              { value: '', label: t('site.any') },
              ...sites.map(({ slug, name }) => ({ value: slug, label: name })),
            ]}
          />
        )}
        {(begun || sending !== null) && (
          <section className={classes.main} role="log" aria-label={t('conversation.label')}>
            {begun && query.isPending && sending === null && <Skeleton height={80} />}
            {messages.map((message) => (
              <SaidMessage key={message.id} message={message} />
            ))}
            {sending !== null && (
              <>
                <div className={classes.said} data-kind="customer">
                  <div className={`${classes.bubble} ${classes.pending}`}>{sending}</div>
                </div>
                <Coming
                  coming={coming}
                  waiting={t(ticket?.status === 'taken' ? 'question.sending' : 'question.looking')}
                  onStop={stop}
                />
              </>
            )}
            {stopped && sending === null && (
              <Text size="sm" c="dimmed">
                {t('question.stopped')}
              </Text>
            )}
            <State status={sending === null ? ticket?.status : undefined} />
          </section>
        )}
        <div ref={end} />
      </main>
      <QuestionBox
        ref={box}
        first={!begun}
        busy={sending !== null}
        refused={refused}
        onAsk={(text) => ask(text, site || undefined)}
      />
      <footer className={classes.top}>
        <Text size="xs" c="dimmed">
          {t('emergency')}
        </Text>
        <Text size="xs" style={{ whiteSpace: 'nowrap' }}>
          <Anchor
            component="button"
            type="button"
            inherit
            lang={language() === 'de' ? 'en' : 'de'}
            onClick={() => void chooseLanguage(language() === 'de' ? 'en' : 'de')}
          >
            {t('language')}
          </Anchor>
          {' · '}
          <Anchor href="/login" inherit>
            {t('staff')}
          </Anchor>
        </Text>
      </footer>
    </div>
  )
}

/** The answer as it is written. Its words are not read out one by one: the message that takes its place is. */
function Coming({
  coming,
  waiting,
  onStop,
}: {
  coming: ReturnType<typeof useConversation>['coming']
  waiting: string
  onStop: () => void
}) {
  const { t } = useTranslation('chat')
  const writes = coming !== null && coming.text !== ''
  // Before it is painted: who sees the first word can stop it.
  useLayoutEffect(() => {
    if (!writes) return
    const stop = (event: KeyboardEvent) => {
      if (event.key === 'Escape') onStop()
    }
    window.addEventListener('keydown', stop)
    return () => window.removeEventListener('keydown', stop)
  }, [writes, onStop])
  if (!writes)
    return (
      <Text size="sm" c="dimmed">
        {waiting}
      </Text>
    )
  return (
    <div className={classes.said} data-kind="assistant">
      <Text size="xs" c="dimmed" mb={2}>
        {t('author.assistant')}
      </Text>
      <div className={classes.bubble}>
        <StreamedText coming={coming} />
      </div>
      <Button
        mt={4}
        size="compact-sm"
        variant="default"
        leftSection={<IconPlayerStop size={14} aria-hidden />}
        onClick={onStop}
      >
        {t('question.stop')}
      </Button>
    </div>
  )
}

/** Whether a person is expected. */
function State({ status }: { status: string | undefined }) {
  const { t } = useTranslation('chat')
  if (status !== 'waiting' && status !== 'taken' && status !== 'resolved') return null
  return (
    <Alert
      color={status === 'resolved' ? 'gray' : 'teal'}
      role="status"
      icon={<IconUser aria-hidden />}
      title={t(`state.${status}`)}
    >
      {status === 'waiting' && t('state.waitingHint')}
      {status === 'resolved' && t('state.resolvedHint')}
    </Alert>
  )
}
