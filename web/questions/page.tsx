/** The 25 questions an owner asks (docs/questions.md): found by typing, answered when they are opened. */
import { Accordion, CloseButton, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconMoodEmpty, IconSearch } from '@tabler/icons-react'
import { createLazyRoute } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { Page } from '../components/Page.tsx'
import { Empty, Lines, QueryState } from '../components/QueryState.tsx'
import { useData } from '../graphql/hooks.ts'
import { questionsQuery } from './documents.ts'
import type { QuestionsSearch } from './route.ts'
import { useWords } from './words.ts'

export const route = createLazyRoute('/staff/questions')({ component: QuestionsPage })

const Answer = lazy(() => import('./Answer.tsx'))

function QuestionsPage() {
  const { t } = useTranslation(['questions', 'common'])
  const words = useWords()
  const { q: asked = '', n } = route.useSearch()
  const navigate = route.useNavigate()
  const change = (part: Partial<QuestionsSearch>, replace = false) =>
    void navigate({ search: (before) => ({ ...before, ...part }), resetScroll: false, replace })
  // The list follows each key, the address a moment later.
  const [q, setQ] = useState(asked)
  const sent = useRef(asked)
  useEffect(() => {
    if (asked === sent.current) return
    sent.current = asked
    setQ(asked)
  }, [asked])
  const send = useDebouncedCallback((text: string) => {
    sent.current = text
    change({ q: text || undefined }, true)
  }, 120)
  const search = (text: string) => {
    setQ(text)
    send(text)
  }
  const query = useData(questionsQuery, {}, { staleTime: Number.POSITIVE_INFINITY })
  const field = useRef<HTMLInputElement>(null)
  useShortcuts([{ keys: 'f', label: t('search'), run: () => field.current?.focus() }])

  // A link to one question shows it, once: later ones are opened by hand.
  const linked = useRef(n)
  const there = query.data !== undefined
  useEffect(() => {
    if (there && linked.current !== undefined)
      document.getElementById(`question-${linked.current}`)?.scrollIntoView({ block: 'nearest' })
  }, [there])

  return (
    <Page title={t('title')} tab={n ? `${n} · ${t('title')}` : t('title')}>
      <Text size="sm" c="dimmed" mb="md" maw="44rem">
        {t('about')}
      </Text>
      <TextInput
        ref={field}
        type="search"
        mb="md"
        maw="30rem"
        aria-label={t('search')}
        placeholder={t('search')}
        value={q}
        onChange={({ currentTarget }) => search(currentTarget.value)}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={q && <CloseButton size="sm" aria-label={t('clear')} onClick={() => search('')} />}
      />
      <QueryState query={query} skeleton={<Lines count={12} />}>
        {({ ownerQuestions }) => {
          const wanted = q.toLowerCase().split(/\s+/).filter(Boolean)
          const found = (ownerQuestions ?? []).filter((question) => {
            const { title, reading } = words(question)
            const text = [
              question.number,
              title,
              reading,
              t(`groups.${question.group as 'Answers'}`),
              question.sql,
            ]
            return wanted.every((word) => text.join(' ').toLowerCase().includes(word))
          })
          const groups = [...new Set(found.map(({ group }) => group))]
          return (
            <>
              <Text size="sm" c="dimmed" role="status" mb="xs">
                {t('found', { count: found.length })}
              </Text>
              {found.length === 0 && (
                <Empty icon={IconMoodEmpty} title={t('nothing')}>
                  {t('nothingHint')}
                </Empty>
              )}
              {groups.map((group) => (
                <section key={group} aria-labelledby={`group-${group}`}>
                  <Title order={2} size="h5" mt="md" mb={4} id={`group-${group}`}>
                    {t(`groups.${group as 'Answers'}`)}
                  </Title>
                  <Accordion
                    order={3}
                    variant="separated"
                    chevronPosition="left"
                    value={n === undefined ? null : String(n)}
                    onChange={(value) => change({ n: value === null ? undefined : Number(value) })}
                  >
                    {found
                      .filter((question) => question.group === group)
                      .map((question) => (
                        <Accordion.Item
                          key={question.number}
                          value={String(question.number)}
                          id={`question-${question.number}`}
                        >
                          <Accordion.Control>
                            <Text span inherit fw={500} style={{ overflowWrap: 'anywhere' }}>
                              {question.number}. {words(question).title}
                            </Text>
                          </Accordion.Control>
                          <Accordion.Panel>
                            {n === question.number && (
                              <Suspense fallback={<Lines count={4} />}>
                                <Answer question={question} />
                              </Suspense>
                            )}
                          </Accordion.Panel>
                        </Accordion.Item>
                      ))}
                  </Accordion>
                </section>
              ))}
            </>
          )
        }}
      </QueryState>
    </Page>
  )
}
