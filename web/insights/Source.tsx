/** Where a chart's numbers come from: the call to paste into psql, and what the function counts. */
import { Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { QueryState } from '../components/QueryState.tsx'
import { Snippet } from '../components/Snippet.tsx'
import { graphql } from '../graphql/graphql.ts'
import { useData } from '../graphql/hooks.ts'
import type { Chart, Variables } from './chart.ts'
import { callOf } from './sql.ts'

const sourceQuery = graphql(`
  query InsightSource($name: String!) { insightSource(name: $name) }
`)

export default function Source({ chart, variables }: { chart: Chart; variables: Variables }) {
  const { t } = useTranslation('insights')
  const query = useData(
    sourceQuery,
    { name: chart.name },
    { staleTime: Number.POSITIVE_INFINITY, enabled: !chart.sql },
  )
  if (chart.sql)
    return (
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t('sql.about')}
        </Text>
        <Snippet label={t('sql.call')} text={chart.sql(variables)} />
      </Stack>
    )
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {t('sql.about')}
      </Text>
      <Snippet label={t('sql.call')} text={callOf(chart, variables)} />
      <QueryState query={query}>
        {(data) => <Snippet label={t('sql.source')} text={(data.insightSource ?? '').trim()} />}
      </QueryState>
    </Stack>
  )
}
