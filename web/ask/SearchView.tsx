/** What a search finds; with a moment, what it would have found then beside what it finds now. */
import { SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatTime } from '../app/time.ts'
import { Lines, QueryState } from '../components/QueryState.tsx'
import { useData } from '../graphql/hooks.ts'
import { CompareList } from './CompareList.tsx'
import { type Found, keyOf, searchQuery } from './data.ts'
import { FoundTable } from './FoundTable.tsx'
import type { AskSearch } from './route.ts'

export function SearchView({ q, category, site, at }: AskSearch & { q: string }) {
  const { t } = useTranslation('ask')
  const filters = { query: q, category: category ?? null, site: site ?? null }
  const now = useData(searchQuery, { ...filters, asOf: null }, { staleTime: 10_000 })
  if (at !== undefined) return <Then filters={filters} at={at} now={now} />
  return (
    <section>
      <Title order={2} size="h5" mb="xs">
        {t('found.title')}
      </Title>
      <QueryState query={now}>{({ searchKnowledge }) => <FoundTable rows={searchKnowledge} />}</QueryState>
    </section>
  )
}

interface ThenProps {
  filters: { query: string; category: string | null; site: string | null }
  at: string
  now: ReturnType<typeof useData<{ searchKnowledge: Found[] }, object>>
}

function Then({ filters, at, now }: ThenProps) {
  const { t } = useTranslation('ask')
  const then = useData(searchQuery, { ...filters, asOf: at }, { staleTime: Number.POSITIVE_INFINITY })
  return (
    <QueryState query={now} skeleton={<Lines />}>
      {(found) => (
        <QueryState query={then} skeleton={<Lines />}>
          {(was) => {
            const [before, after] = [was.searchKnowledge, found.searchKnowledge]
            const differences = countDifferences(before, after)
            return (
              <Stack>
                <Text size="sm" role="status">
                  {differences === 0 ? t('change.same') : t('change.summary', { count: differences })}
                </Text>
                <SimpleGrid cols={{ base: 1, md: 2 }}>
                  <CompareList
                    title={t('found.titleThen', { time: formatTime(at) })}
                    rows={before}
                    others={after}
                    side="then"
                  />
                  <CompareList title={t('found.titleNow')} rows={after} others={before} side="now" />
                </SimpleGrid>
              </Stack>
            )
          }}
        </QueryState>
      )}
    </QueryState>
  )
}

function countDifferences(before: Found[], after: Found[]) {
  const was = new Map(before.map((one) => [keyOf(one), one]))
  const is = new Map(after.map((one) => [keyOf(one), one]))
  return [...new Set([...was.keys(), ...is.keys()])].filter((key) => {
    const [one, other] = [was.get(key), is.get(key)]
    return one?.rank !== other?.rank || one?.version !== other?.version
  }).length
}
