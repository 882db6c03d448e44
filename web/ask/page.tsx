/** The playground: what would be found and answered, and why. */
import { Alert, Grid, Skeleton, Stack, Text } from '@mantine/core'
import { IconMessageQuestion } from '@tabler/icons-react'
import { createLazyRoute, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '../components/Page.tsx'
import { Empty, Failed } from '../components/QueryState.tsx'
import type { ApiError } from '../graphql/client.ts'
import { useChange } from '../graphql/hooks.ts'
import { AnswerView } from './AnswerView.tsx'
import { askMutation } from './data.ts'
import { History } from './History.tsx'
import { type Asked, remember } from './history.ts'
import { QuestionForm } from './QuestionForm.tsx'
import type { AskSearch } from './route.ts'
import { SearchView } from './SearchView.tsx'

export const route = createLazyRoute('/staff/ask')({ component: AskPage })

function AskPage() {
  const { t } = useTranslation('ask')
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/ask' })
  const [shown, setShown] = useState<Asked | null>(null)
  const [refused, setRefused] = useState<ApiError | null>(null)
  const asking = useChange(askMutation, {
    onSuccess: ({ ask }, { query, category, site }) => {
      if (ask)
        setShown(
          remember({ q: query, category: category ?? undefined, site: site ?? undefined }, ask.response),
        )
    },
    onError: (error) => {
      setRefused(error)
      return true
    },
  })
  const { q, category, site, at } = search
  // An answer stands as long as its question does: back and forward show what the address says.
  const answer =
    shown?.answer && shown.q === q && shown.category === category && shown.site === site && at === undefined
      ? shown.answer
      : null
  useEffect(() => {
    if (q !== undefined && !asking.isPending && !answer) remember({ q, category, site, at })
  }, [q, category, site, at, asking.isPending, answer])

  const go = (to: AskSearch) => {
    setShown(null)
    setRefused(null)
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
              busy={asking.isPending}
              onSearch={go}
              onAsk={(to) => {
                go(to)
                if (to.q) asking.mutate({ query: to.q, category: to.category ?? null, site: to.site ?? null })
              }}
            />
            {refused && <Failed error={refused} />}
            {asking.isPending ? (
              <Alert role="status" variant="light" title={t('asking')}>
                <Skeleton height={60} />
              </Alert>
            ) : answer ? (
              <AnswerView answer={answer} />
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
