/** The period in numbers, each against the period before, in words as well as in colour. */
import { Group, Paper, SimpleGrid, Skeleton, Text, VisuallyHidden } from '@mantine/core'
import { IconArrowDownRight, IconArrowUpRight, IconEqual } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatDuration, formatNumber, formatShare } from '../app/time.ts'
import { QueryState } from '../components/QueryState.tsx'
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { useData } from '../graphql/hooks.ts'
import type { Variables } from './chart.ts'

const summaryQuery = graphql(`
  query InsightsSummary($since: Datetime!, $until: Datetime!, $category: String, $site: String) {
    insightsSummary(since: $since, until: $until, category: $category, site: $site) {
      answers answeredRate helpfulRate handedOver failures p50Ms p95Ms pendingProposals approved cost
      prevAnswers prevAnsweredRate prevHelpfulRate prevHandedOver prevFailures prevP50Ms prevP95Ms
      prevPendingProposals prevApproved prevCost
    }
  }
`)

type Summary = NonNullable<ResultOf<typeof summaryQuery>['insightsSummary']>

interface Tile {
  name:
    | 'answers'
    | 'answeredRate'
    | 'helpfulRate'
    | 'handedOver'
    | 'failures'
    | 'p50'
    | 'p95'
    | 'pendingProposals'
    | 'approved'
    | 'cost'
  of: (summary: Summary) => [now: number | null, before: number | null]
  as: 'count' | 'share' | 'milliseconds' | 'dollars'
  /** Whether more of it is good; left out where it is neither. */
  better?: 'more' | 'less'
}

const number = (value: string | number | null) => (value === null ? null : Number(value))

const tiles: Tile[] = [
  { name: 'answers', of: (s) => [number(s.answers), number(s.prevAnswers)], as: 'count' },
  { name: 'answeredRate', of: (s) => [s.answeredRate, s.prevAnsweredRate], as: 'share', better: 'more' },
  { name: 'helpfulRate', of: (s) => [s.helpfulRate, s.prevHelpfulRate], as: 'share', better: 'more' },
  // More questions bring more of these: that alone is neither better nor worse.
  { name: 'handedOver', of: (s) => [number(s.handedOver), number(s.prevHandedOver)], as: 'count' },
  { name: 'failures', of: (s) => [number(s.failures), number(s.prevFailures)], as: 'count' },
  { name: 'p50', of: (s) => [s.p50Ms, s.prevP50Ms], as: 'milliseconds', better: 'less' },
  { name: 'p95', of: (s) => [s.p95Ms, s.prevP95Ms], as: 'milliseconds', better: 'less' },
  {
    name: 'pendingProposals',
    of: (s) => [number(s.pendingProposals), number(s.prevPendingProposals)],
    as: 'count',
  },
  { name: 'approved', of: (s) => [number(s.approved), number(s.prevApproved)], as: 'count' },
  { name: 'cost', of: (s) => [number(s.cost), number(s.prevCost)], as: 'dollars' },
]

const formats: Record<Tile['as'], (value: number) => string> = {
  count: formatNumber,
  share: formatShare,
  milliseconds: formatDuration,
  dollars: (value) =>
    formatNumber(value, { style: 'currency', currency: 'USD', maximumFractionDigits: value < 1 ? 4 : 2 }),
}

export function Tiles({ variables, days }: { variables: Variables; days: number }) {
  const { t } = useTranslation('insights')
  const { since, until, category, site } = variables
  const query = useData(
    summaryQuery,
    { since, until, category, site },
    { keepPrevious: true, staleTime: 60_000 },
  )
  return (
    <section aria-label={t('tiles.label')} aria-busy={query.isPlaceholderData}>
      <VisuallyHidden>
        <h2>{t('tiles.label')}</h2>
      </VisuallyHidden>
      <QueryState query={query} skeleton={<Skeleton h={190} mb="md" />}>
        {({ insightsSummary: summary }) =>
          summary && (
            <SimpleGrid
              component="dl"
              cols={{ base: 2, md: 5 }}
              spacing="sm"
              m={0}
              mb="md"
              style={{ opacity: query.isPlaceholderData ? 0.5 : 1 }}
            >
              {tiles.map((tile) => (
                <Paper key={tile.name} withBorder p="sm" style={{ minWidth: 0 }}>
                  <Text size="sm" c="dimmed" component="dt">
                    {t(`tiles.${tile.name}`)}
                  </Text>
                  <TileValue tile={tile} summary={summary} days={days} />
                </Paper>
              ))}
            </SimpleGrid>
          )
        }
      </QueryState>
    </section>
  )
}

function TileValue({ tile, summary, days }: { tile: Tile; summary: Summary; days: number }) {
  const { t } = useTranslation('insights')
  const [now, before] = tile.of(summary)
  const format = formats[tile.as]
  const change = now !== null && before !== null ? now - before : null
  const Sign = !change ? IconEqual : change > 0 ? IconArrowUpRight : IconArrowDownRight
  const good = tile.better && change ? change > 0 === (tile.better === 'more') : null
  const known = change !== null && before !== null
  return (
    <>
      <Text fz={26} fw={650} lh={1.25} component="dd" m={0} style={{ overflowWrap: 'anywhere' }}>
        {now === null ? '–' : format(now)}
      </Text>
      <Group
        component="dd"
        m={0}
        gap={4}
        wrap="nowrap"
        align="flex-start"
        c={
          good === null ? 'dimmed' : good ? 'var(--mantine-color-teal-text)' : 'var(--mantine-color-red-text)'
        }
      >
        {known && <Sign size={16} aria-hidden style={{ flex: 'none', marginTop: 2 }} />}
        <Text
          size="xs"
          title={known ? t('change.before', { value: format(before), count: days }) : undefined}
        >
          {known ? words(t, tile, change, before) : t('change.unknown')}
          {good !== null && <VisuallyHidden> {t(good ? 'change.better' : 'change.worse')}</VisuallyHidden>}
        </Text>
      </Group>
    </>
  )
}

function words(
  t: ReturnType<typeof useTranslation<'insights'>>['t'],
  { as }: Tile,
  change: number,
  before: number,
): string {
  if (change === 0) return t('change.same')
  if (as === 'share') {
    const points = formatNumber(Math.abs(change) * 100, { maximumFractionDigits: 1 })
    return t(change > 0 ? 'change.pointsMore' : 'change.pointsLess', { points })
  }
  // A share of nothing is no share.
  const by = before === 0 ? formats[as](Math.abs(change)) : formatShare(Math.abs(change) / before)
  return t(change > 0 ? 'change.more' : 'change.less', { by })
}
