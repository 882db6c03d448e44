/**
 * The charts of Insights, in the order they are shown. To add one:
 *
 *  1. in SQL: a function in app_public that takes since and until, its comment beginning with @insight
 *     (sql/queries/insights.sql), granted in sql/policies/functions.sql;
 *  2. here: an entry of the list;
 *  3. in web/i18n/…/insights.json: its title and what it says, as `charts.<name>`, and titles of new columns.
 *
 * Everything else follows: the drawing and its summary for those who do not see it, the table, the CSV file, the SQL,
 * the page of its own with its link.
 */
import { request } from '../graphql/client.ts'
import { graphql } from '../graphql/graphql.ts'
import type { Chart, ChartOf, Page, Row } from './chart.ts'

const chart = <Data>(entry: ChartOf<Data>): Chart => entry as Chart

const filters = ['since', 'until', 'category', 'site'] as const
const filtersAndZone = [...filters, 'timezone'] as const

const none: Page = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } }
const page = (
  connection: { nodes: readonly (object | null)[]; pageInfo: Page['pageInfo'] } | null | undefined,
): Page => (connection ? { ...connection, nodes: connection.nodes.filter((node) => node !== null) } : none)

const sopAddress = (row: Row) => (row.sopId === null ? null : `/sops/${row.sopId}`)

export const charts: readonly Chart[] = [
  chart({
    name: 'answers_by_day',
    takes: filtersAndZone,
    document: graphql(`
      query AnswersByDay($since: Datetime!, $until: Datetime!, $category: String, $site: String, $timezone: String, $after: Cursor) {
        answersByDay(since: $since, until: $until, category: $category, site: $site, timezone: $timezone, after: $after, first: 1000) {
          nodes { day outcome answers }
          pageInfo { hasNextPage endCursor }
        }
      }
    `),
    rows: (data) => page(data.answersByDay),
    columns: [
      { name: 'day', as: 'day' },
      { name: 'outcome', as: 'outcome' },
      { name: 'answers', as: 'count' },
    ],
    form: {
      kind: 'split',
      x: 'day',
      by: 'outcome',
      value: 'answers',
      order: ['answered', 'handed_over', 'emergency', 'withheld', 'paused'],
    },
  }),
  chart({
    name: 'failures_by_day',
    takes: filtersAndZone,
    document: graphql(`
      query FailuresByDay($since: Datetime!, $until: Datetime!, $category: String, $site: String, $timezone: String, $after: Cursor) {
        failuresByDay(since: $since, until: $until, category: $category, site: $site, timezone: $timezone, after: $after, first: 1000) {
          nodes { day feedbackType failures }
          pageInfo { hasNextPage endCursor }
        }
      }
    `),
    rows: (data) => page(data.failuresByDay),
    columns: [
      { name: 'day', as: 'day' },
      { name: 'feedbackType', as: 'feedback' },
      { name: 'failures', as: 'count' },
    ],
    form: {
      kind: 'split',
      x: 'day',
      by: 'feedbackType',
      value: 'failures',
      order: ['unhelpful', 'wrong', 'incomplete'],
    },
  }),
  chart({
    name: 'feedback_by_day',
    takes: filtersAndZone,
    document: graphql(`
      query FeedbackByDay($since: Datetime!, $until: Datetime!, $category: String, $site: String, $timezone: String, $after: Cursor) {
        feedbackByDay(since: $since, until: $until, category: $category, site: $site, timezone: $timezone, after: $after, first: 1000) {
          nodes { day helpful unhelpful rate }
          pageInfo { hasNextPage endCursor }
        }
      }
    `),
    rows: (data) => page(data.feedbackByDay),
    columns: [
      { name: 'day', as: 'day' },
      { name: 'helpful', as: 'count' },
      { name: 'unhelpful', as: 'count' },
      { name: 'rate', as: 'share' },
    ],
    form: {
      kind: 'series',
      x: 'day',
      series: [
        { name: 'helpful', as: 'count' },
        { name: 'unhelpful', as: 'count' },
        { name: 'rate', as: 'share', line: 'right' },
      ],
    },
  }),
  chart({
    name: 'response_times_by_day',
    takes: filtersAndZone,
    document: graphql(`
      query ResponseTimesByDay($since: Datetime!, $until: Datetime!, $category: String, $site: String, $timezone: String, $after: Cursor) {
        responseTimesByDay(since: $since, until: $until, category: $category, site: $site, timezone: $timezone, after: $after, first: 1000) {
          nodes { day answers p50Ms p95Ms }
          pageInfo { hasNextPage endCursor }
        }
      }
    `),
    rows: (data) => page(data.responseTimesByDay),
    columns: [
      { name: 'day', as: 'day' },
      { name: 'answers', as: 'count' },
      { name: 'p50Ms', as: 'milliseconds' },
      { name: 'p95Ms', as: 'milliseconds' },
    ],
    form: {
      kind: 'series',
      x: 'day',
      series: [
        { name: 'p50Ms', as: 'milliseconds', line: 'left' },
        { name: 'p95Ms', as: 'milliseconds', line: 'left' },
      ],
    },
  }),
  chart({
    name: 'answers_by_hour',
    takes: filtersAndZone,
    document: graphql(`
      query AnswersByHour($since: Datetime!, $until: Datetime!, $category: String, $site: String, $timezone: String, $after: Cursor) {
        answersByHour(since: $since, until: $until, category: $category, site: $site, timezone: $timezone, after: $after, first: 100) {
          nodes { hour answers handedOver }
          pageInfo { hasNextPage endCursor }
        }
      }
    `),
    rows: (data) => page(data.answersByHour),
    columns: [
      { name: 'hour', as: 'hour' },
      { name: 'answers', as: 'count' },
      { name: 'handedOver', as: 'count' },
    ],
    form: {
      kind: 'series',
      x: 'hour',
      series: [
        { name: 'without', as: 'count' },
        { name: 'handedOver', as: 'count' },
      ],
    },
    // Stacked, the bars are all answers.
    drawn: (rows) => rows.map((row) => ({ ...row, without: Number(row.answers) - Number(row.handedOver) })),
  }),
  chart({
    name: 'approvals_by_week',
    takes: ['since', 'until', 'timezone'],
    document: graphql(`
      query ApprovalsByWeek($since: Datetime!, $until: Datetime!, $timezone: String, $after: Cursor) {
        approvalsByWeek(since: $since, until: $until, timezone: $timezone, after: $after, first: 1000) {
          nodes { week kind proposed approved rejected pending approvalRate medianHours }
          pageInfo { hasNextPage endCursor }
        }
      }
    `),
    rows: (data) => page(data.approvalsByWeek),
    columns: [
      { name: 'week', as: 'week' },
      { name: 'kind', as: 'proposal' },
      { name: 'proposed', as: 'count' },
      { name: 'approved', as: 'count' },
      { name: 'rejected', as: 'count' },
      { name: 'pending', as: 'count' },
      { name: 'approvalRate', as: 'share' },
      { name: 'medianHours', as: 'hours' },
    ],
    form: {
      kind: 'series',
      x: 'week',
      series: [
        { name: 'approved', as: 'count' },
        { name: 'rejected', as: 'count' },
        { name: 'pending', as: 'count' },
        { name: 'approvalRate', as: 'share', line: 'right' },
      ],
    },
    drawn: weeksOfAllKinds,
  }),
  chart({
    name: 'top_patterns',
    takes: filters,
    document: graphql(`
      query TopPatterns($since: Datetime!, $until: Datetime!, $category: String, $site: String, $after: Cursor) {
        topPatterns(since: $since, until: $until, category: $category, site: $site, after: $after, first: 200) {
          nodes { patternId label category inPeriod size status firstSeen lastSeen }
          pageInfo { hasNextPage endCursor }
        }
      }
    `),
    rows: (data) => page(data.topPatterns),
    columns: [
      { name: 'patternId', as: 'text' },
      { name: 'label', as: 'text' },
      { name: 'category', as: 'text' },
      { name: 'inPeriod', as: 'count' },
      { name: 'size', as: 'count' },
      { name: 'status', as: 'status' },
      { name: 'firstSeen', as: 'time' },
      { name: 'lastSeen', as: 'time' },
    ],
    form: {
      kind: 'ranking',
      label: ['label'],
      value: 'inPeriod',
      to: (row) => (row.proposalId ? `/review?status=${row.proposalStatus}&id=${row.proposalId}` : null),
    },
    complete: withProposals,
  }),
  chart({
    name: 'most_used_sops',
    takes: filters,
    document: graphql(`
      query MostUsedSops($since: Datetime!, $until: Datetime!, $category: String, $site: String, $after: Cursor) {
        mostUsedSops(since: $since, until: $until, category: $category, site: $site, after: $after, first: 200) {
          nodes { sopId category section cited helpful unhelpful rate }
          pageInfo { hasNextPage endCursor }
        }
      }
    `),
    rows: (data) => page(data.mostUsedSops),
    columns: [
      { name: 'sopId', as: 'text' },
      { name: 'category', as: 'text' },
      { name: 'section', as: 'text' },
      { name: 'cited', as: 'count' },
      { name: 'helpful', as: 'count' },
      { name: 'unhelpful', as: 'count' },
      { name: 'rate', as: 'share' },
    ],
    form: { kind: 'ranking', label: ['category', 'section'], value: 'cited', to: sopAddress },
  }),
  chart({
    name: 'most_failed_sops',
    takes: filters,
    document: graphql(`
      query MostFailedSops($since: Datetime!, $until: Datetime!, $category: String, $site: String, $after: Cursor) {
        mostFailedSops(since: $since, until: $until, category: $category, site: $site, after: $after, first: 200) {
          nodes { sopId category section failures unresolved lastFailedAt }
          pageInfo { hasNextPage endCursor }
        }
      }
    `),
    rows: (data) => page(data.mostFailedSops),
    columns: [
      { name: 'sopId', as: 'text' },
      { name: 'category', as: 'text' },
      { name: 'section', as: 'text' },
      { name: 'failures', as: 'count' },
      { name: 'unresolved', as: 'count' },
      { name: 'lastFailedAt', as: 'time' },
    ],
    form: { kind: 'ranking', label: ['category', 'section'], value: 'failures', to: sopAddress },
  }),
]

function weeksOfAllKinds(rows: Row[]): Row[] {
  const counts = ['approved', 'rejected', 'pending'] as const
  const weeks = new Map<unknown, Row>()
  for (const row of rows) {
    const week = weeks.get(row.week) ?? { week: row.week ?? null, approved: 0, rejected: 0, pending: 0 }
    for (const count of counts) week[count] = Number(week[count]) + Number(row[count])
    const decided = Number(week.approved) + Number(week.rejected)
    week.approvalRate = decided > 0 ? Number(week.approved) / decided : null
    weeks.set(row.week, week)
  }
  return [...weeks.values()]
}

const proposalsQuery = graphql(`
  query ProposalsOfPatterns($patterns: [Int!]!) {
    improvementQueues(filter: { patternId: { in: $patterns } }, orderBy: [ID_ASC], first: 1000) {
      nodes { id status patternId }
    }
  }
`)

/** A pattern leads to the last proposal that was drafted for it. */
async function withProposals(rows: Row[], signal: AbortSignal): Promise<Row[]> {
  if (rows.length === 0) return rows
  const patterns = rows.map(({ patternId }) => Number(patternId))
  const { improvementQueues } = await request(proposalsQuery, { patterns }, signal)
  const proposals = new Map(improvementQueues?.nodes.map((proposal) => [proposal?.patternId, proposal]))
  return rows.map((row) => {
    const proposal = proposals.get(Number(row.patternId))
    return { ...row, proposalId: proposal?.id ?? null, proposalStatus: proposal?.status ?? null }
  })
}
