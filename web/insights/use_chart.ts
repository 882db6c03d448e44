/** A chart's rows for the page's filters, all pages of them. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ApiError, request } from '../graphql/client.ts'
import { queryKey } from '../graphql/hooks.ts'
import type { Chart, Row, Value, Variables } from './chart.ts'
import { numeric } from './values.ts'

const most = 20_000

/** What the chart's function takes of the filters. */
export const argumentsOf = ({ takes }: Chart, variables: Variables): Variables => {
  const taken: Variables = { since: variables.since, until: variables.until }
  for (const name of takes)
    if (variables[name] !== undefined) Object.assign(taken, { [name]: variables[name] })
  return taken
}

const toRow = ({ columns }: Chart, node: object): Row =>
  Object.fromEntries(
    columns.map(({ name, as }) => {
      const value = (node as Record<string, Value>)[name] ?? null
      // Counts come as text, since they are 64 bits wide.
      return [name, value !== null && numeric(as) ? Number(value) : value]
    }),
  )

export function useChart(chart: Chart, variables: Variables) {
  const taken = argumentsOf(chart, variables)
  return useQuery<Row[], ApiError>({
    queryKey: queryKey(chart.document, taken),
    queryFn: async ({ signal }) => {
      const rows: Row[] = []
      let after: string | null = null
      do {
        const { nodes, pageInfo } = chart.rows(
          await request(chart.document, { ...taken, ...(after !== null && { after }) }, signal),
        )
        rows.push(...nodes.map((node) => toRow(chart, node)))
        after = chart.form.kind !== 'ranking' && pageInfo.hasNextPage ? pageInfo.endCursor : null
      } while (after !== null && rows.length < most)
      return chart.complete ? chart.complete(rows, signal) : rows
    },
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  })
}
