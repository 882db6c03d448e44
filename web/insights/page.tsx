import { Anchor, Group, SimpleGrid, Text } from '@mantine/core'
import { IconArrowLeft, IconChartBarOff } from '@tabler/icons-react'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { formatDay, timezone, useTimezone } from '../app/time.ts'
import { Page } from '../components/Page.tsx'
import { Empty } from '../components/QueryState.tsx'
import { ChartCard } from './ChartCard.tsx'
import type { Variables } from './chart.ts'
import { charts } from './charts.ts'
import { Filters } from './Filters.tsx'
import { periodOf } from './period.ts'
import { type InsightsSearch, presets } from './route.ts'
import { Tiles } from './Tiles.tsx'

export const route = createLazyRoute('/staff/insights')({ component: InsightsPage })

const drawings = charts.filter(({ form }) => form.kind !== 'ranking')
const rankings = charts.filter(({ form }) => form.kind === 'ranking')

function InsightsPage() {
  const { t } = useTranslation('insights')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const zone = useTimezone()
  const { days, from, to, category, site, chart: chosen } = search
  const period = useMemo(() => periodOf({ days, from, to }, zone), [days, from, to, zone])
  const { since, until } = period
  const variables: Variables = { since, until, category, site, timezone: zone }
  const change = (part: Partial<InsightsSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), resetScroll: false })

  const at = charts.findIndex(({ name }) => name === chosen)
  const chart = charts[at]
  const goTo = (index: number) => {
    const other = charts[index]
    if (chart && other) change({ chart: other.name })
  }
  useShortcuts([
    ...presets.map((count) => ({
      keys: String(count)[0]!,
      label: t('keys.days', { count }),
      run: () => change({ days: count === 30 ? undefined : count, from: undefined, to: undefined }),
    })),
    ...(chart
      ? [
          { keys: 'j', label: t('keys.next'), run: () => goTo(at + 1) },
          { keys: 'k', label: t('keys.previous'), run: () => goTo(at - 1) },
          {
            keys: 't',
            label: t('keys.table'),
            run: () => change({ as: search.as === 'table' ? undefined : 'table' }),
          },
          {
            keys: 'Escape',
            label: t('back'),
            run: () => change({ chart: undefined, as: undefined }),
          },
        ]
      : []),
  ])

  const title = chart ? t(`charts.${chart.name}.title`) : t('title')
  return (
    <Page title={title} tab={chart ? `${title} · ${t('title')}` : title}>
      {chosen !== undefined && (
        <Group mb="sm">
          <Anchor
            renderRoot={(props) => (
              <Link
                {...props}
                to="/insights"
                search={(before) => ({ ...before, chart: undefined, as: undefined })}
              />
            )}
          >
            <Group gap={4} component="span">
              <IconArrowLeft size={16} aria-hidden />
              {t('back')}
            </Group>
          </Anchor>
        </Group>
      )}
      <Filters search={search} period={period} />
      <Text size="sm" c="dimmed" mb="md">
        {t('period', {
          from: formatDay(period.since, zone),
          to: formatDay(new Date(Date.parse(period.until) - 1), zone),
          zone: timezone(),
          count: period.days,
        })}
      </Text>
      {chart && (
        <ChartCard
          key={chart.name}
          chart={chart}
          variables={variables}
          full={{
            view: search.as ?? 'chart',
            onView: (view) => change({ as: view === 'chart' ? undefined : view }),
          }}
        />
      )}
      {chosen !== undefined && !chart && (
        <Empty icon={IconChartBarOff} title={t('noSuchChart')}>
          {t('noSuchChartHint')}
        </Empty>
      )}
      {chosen === undefined && (
        <>
          <Tiles variables={variables} days={period.days} />
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md" mb="md">
            {drawings.map((one) => (
              <ChartCard key={one.name} chart={one} variables={variables} />
            ))}
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, lg: 3 }} spacing="md">
            {rankings.map((one) => (
              <ChartCard key={one.name} chart={one} variables={variables} />
            ))}
          </SimpleGrid>
        </>
      )}
    </Page>
  )
}
