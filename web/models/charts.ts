/** The charts of cost: like those of Insights, for admins and auditors alone, since the ledger is theirs. */
import { addDays } from '../app/days.ts'
import { graphql } from '../graphql/graphql.ts'
import type { Chart, ChartOf, Page, Row, Variables } from '../insights/chart.ts'

const chart = <Data>(entry: ChartOf<Data>): Chart => entry as Chart

const whole = (nodes: readonly (object | null)[]): Page => ({
  nodes: nodes.filter((node) => node !== null),
  pageInfo: { hasNextPage: false, endCursor: null },
})

const dayOf = (moment: string) => moment.slice(0, 10)
const period = ({ since, until }: Variables, column: string) =>
  `${column} >= '${dayOf(since)}' and ${column} < '${until}'`

/** Days on which nothing was called have no row; drawn, they are days like others. */
function everyDay(rows: Row[]): Row[] {
  const days = rows.map(({ day }) => String(day)).sort()
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) return rows
  const known = new Map(rows.map((row) => [row.day, row]))
  const all: Row[] = []
  for (let day = first; day <= last; day = addDays(day, 1)) all.push(known.get(day) ?? { day })
  return all
}

export const charts: readonly Chart[] = [
  chart({
    name: 'cost_by_day',
    takes: [],
    document: graphql(`
      query CostByDay($since: Datetime!, $until: Datetime!) {
        llmCalls(filter: { createdAt: { greaterThanOrEqualTo: $since, lessThan: $until } }) {
          groupedAggregates(groupBy: [CREATED_AT_TRUNCATED_TO_DAY, PURPOSE]) {
            keys
            sum { cost }
            distinctCount { id }
          }
        }
      }
    `),
    rows: (data) =>
      whole(
        (data.llmCalls?.groupedAggregates ?? [])
          .map(({ keys, sum, distinctCount }) => ({
            day: dayOf(keys?.[0] ?? ''),
            purpose: keys?.[1] ?? '',
            cost: sum?.cost ?? '0',
            calls: distinctCount?.id ?? '0',
          }))
          .sort((one, other) => one.day.localeCompare(other.day) || one.purpose.localeCompare(other.purpose)),
      ),
    columns: [
      { name: 'day', as: 'day' },
      { name: 'purpose', as: 'purpose' },
      { name: 'calls', as: 'count' },
      { name: 'cost', as: 'dollars' },
    ],
    form: {
      kind: 'split',
      x: 'day',
      by: 'purpose',
      value: 'cost',
      order: ['answer', 'route', 'rerank', 'embed', 'analyse', 'preview'],
    },
    sql: (variables) =>
      `select created_at::date as day, purpose, count(*) as calls, sum(cost) as cost
  from app_public.llm_calls where ${period(variables, 'created_at')}
 group by 1, 2 order by 1, 2;`,
  }),
  chart({
    name: 'cost_per_answer',
    takes: [],
    document: graphql(`
      query CostPerAnswer($since: Date!, $until: Date!) {
        costPerAnswers(
          filter: { model: { isNull: true }, day: { greaterThanOrEqualTo: $since, lessThanOrEqualTo: $until } }
          orderBy: [DAY_ASC], first: 1000
        ) { nodes { day answers calls cost costPerAnswer } }
      }
    `),
    rows: (data) => whole(data.costPerAnswers?.nodes ?? []),
    columns: [
      { name: 'day', as: 'day' },
      { name: 'answers', as: 'count' },
      { name: 'calls', as: 'count' },
      { name: 'cost', as: 'dollars' },
      { name: 'costPerAnswer', as: 'dollars' },
    ],
    form: { kind: 'series', x: 'day', series: [{ name: 'costPerAnswer', as: 'dollars', line: 'left' }] },
    drawn: everyDay,
    sql: (variables) =>
      `select day, answers, calls, cost, cost_per_answer
  from app_public.cost_per_answer where model is null and ${period(variables, 'day')} order by day;`,
  }),
  chart({
    name: 'cached_share',
    takes: [],
    document: graphql(`
      query CachedShare($since: Date!, $until: Date!) {
        costPerAnswers(
          filter: { model: { isNull: true }, day: { greaterThanOrEqualTo: $since, lessThanOrEqualTo: $until } }
          orderBy: [DAY_ASC], first: 1000
        ) { nodes { day tokensIn tokensCached cachedShare } }
      }
    `),
    rows: (data) => whole(data.costPerAnswers?.nodes ?? []),
    columns: [
      { name: 'day', as: 'day' },
      { name: 'tokensIn', as: 'count' },
      { name: 'tokensCached', as: 'count' },
      { name: 'cachedShare', as: 'share' },
    ],
    form: {
      kind: 'series',
      x: 'day',
      series: [
        { name: 'tokensIn', as: 'count' },
        { name: 'cachedShare', as: 'share', line: 'right' },
      ],
    },
    drawn: everyDay,
    sql: (variables) =>
      `select day, tokens_in, tokens_cached, cached_share
  from app_public.cost_per_answer where model is null and ${period(variables, 'day')} order by day;`,
  }),
  chart({
    name: 'cost_per_improvement',
    takes: [],
    document: graphql(`
      query CostPerImprovement($until: Date!) {
        costPerImprovements(
          filter: { month: { lessThanOrEqualTo: $until } }, orderBy: [MONTH_DESC], first: 12
        ) { nodes { month analyses proposed accepted cost costPerAccepted } }
      }
    `) as never,
    rows: (data: { costPerImprovements?: { nodes: readonly (object | null)[] } | null }) =>
      whole([...(data.costPerImprovements?.nodes ?? [])].reverse()),
    columns: [
      { name: 'month', as: 'day' },
      { name: 'analyses', as: 'count' },
      { name: 'proposed', as: 'count' },
      { name: 'accepted', as: 'count' },
      { name: 'cost', as: 'dollars' },
      { name: 'costPerAccepted', as: 'dollars' },
    ],
    form: {
      kind: 'series',
      x: 'month',
      series: [
        { name: 'cost', as: 'dollars' },
        { name: 'costPerAccepted', as: 'dollars', line: 'left' },
      ],
    },
    sql: () => 'select * from app_public.cost_per_improvement order by month;',
  }),
]
