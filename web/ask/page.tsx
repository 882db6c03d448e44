/** The playground: what would be found and answered, and why. */
import { Grid, Stack, Text, VisuallyHidden } from '@mantine/core'
import { IconMessageQuestion } from '@tabler/icons-react'
import { createLazyRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '../components/Page.tsx'
import { Empty, Failed } from '../components/QueryState.tsx'
import { ApiError } from '../graphql/client.ts'
import { StoppedError } from '../streaming/useStreamed.ts'
import { ComingAnswer, StoppedAnswer } from './ComingAnswer.tsx'
import { History } from './History.tsx'
import { type Asked, remember } from './history.ts'
import { QuestionForm } from './QuestionForm.tsx'
import type { AskSearch } from './route.ts'
import { SearchedAs } from './SearchedAs.tsx'
import { SearchView } from './SearchView.tsx'
import { useAsk } from './useAsk.ts'

const AnswerView = lazy(() => import('./AnswerView.tsx'))

export const route = createLazyRoute('/staff/ask')({ component: AskPage })

function AskPage() {
  const { t } = useTranslation('ask')
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/ask' })
  const [shown, setShown] = useState<Asked | null>(null)
  const [refused, setRefused] = useState<ApiError | null>(null)
  const [stopped, setStopped] = useState<(AskSearch & { text: string }) | null>(null)
  const [said, setSaid] = useState('')
  const asking = useAsk()
  const ask = async (to: AskSearch & { q: string }) => {
    setSaid(t('asking'))
    try {
      const answer = await asking.ask(to)
      setShown(remember({ q: to.q, category: to.category, site: to.site }, answer))
      setSaid(answer.text || t('answer.withheld'))
    } catch (error) {
      if (error instanceof StoppedError) {
        setStopped({ ...to, text: error.message })
        setSaid(t('stopped.title'))
      } else {
        setRefused(error instanceof ApiError ? error : new ApiError(String(error), 'CO500'))
        setSaid('')
      }
    }
  }
  const { q, category, site, at } = search
  // An answer stands as long as its question does: back and forward show what the address says.
  const answer =
    shown?.answer && shown.q === q && shown.category === category && shown.site === site && at === undefined
      ? shown.answer
      : null
  useEffect(() => {
    if (q !== undefined && !asking.coming && !answer) remember({ q, category, site, at })
  }, [q, category, site, at, asking.coming, answer])

  const go = (to: AskSearch) => {
    setShown(null)
    setRefused(null)
    setStopped(null)
    void navigate({ search: to })
  }
  return (
    <Page title={t('title')}>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 9 }}>
          <Stack>
            <QuestionForm
              key={JSON.stringify(search)}
              search={search}
              busy={asking.coming !== null}
              onSearch={go}
              onAsk={(to) => {
                go(to)
                if (to.q) void ask({ ...to, q: to.q })
              }}
            />
            {/* The whole answer, once: not each word as it comes. */}
            <VisuallyHidden role="status">{said}</VisuallyHidden>
            {refused && <Failed error={refused} />}
            {q !== undefined && !asking.coming && <SearchedAs q={q} />}
            {asking.coming ? (
              <ComingAnswer coming={asking.coming} onStop={asking.stop} />
            ) : answer ? (
              <Suspense fallback={null}>
                <AnswerView answer={answer} />
              </Suspense>
            ) : stopped && stopped.q === q ? (
              <StoppedAnswer text={stopped.text} />
            ) : q !== undefined ? (
              <SearchView q={q} category={category} site={site} at={at} />
            ) : (
              <Empty icon={IconMessageQuestion} title={t('empty')}>
                <Text size="sm">{t('emptyHint')}</Text>
              </Empty>
            )}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 3 }}>
          <History
            current={shown?.id}
            onChoose={(entry) => {
              go({ q: entry.q, category: entry.category, site: entry.site, at: entry.at })
              setShown(entry)
            }}
          />
        </Grid.Col>
      </Grid>
    </Page>
  )
}
