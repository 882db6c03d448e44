/** The list of proposals: read page by page, kept as it is by what the database tells, row by row. */
import { type InfiniteData, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { request } from '../graphql/client.ts'
import { queryKey, usePages } from '../graphql/hooks.ts'
import { type RowEvent, useLive } from '../graphql/live.ts'
import {
  decidedQuery,
  type Filters,
  mergeQuery,
  pendingQuery,
  proposalQuery,
  type QueuePage,
  type Row,
  rowsQuery,
} from './documents.ts'
import { mergeOptions, proposalOptions } from './options.ts'

type Cached = InfiniteData<QueuePage, string | null>

export const settle = 400
/** More changes than that at once, as after an analysis, are read as a list. */
const mostPatched = 60

const variablesOf = ({ status, kind, category }: Filters) =>
  status === 'pending' ? { kind, category } : { status, kind, category }

const keyOf = (filters: Filters) => [
  ...queryKey(filters.status === 'pending' ? pendingQuery : decidedQuery, variablesOf(filters)),
  'pages',
]

const belongs = (row: Row, { status, kind, category }: Filters) =>
  row.status === status &&
  (kind === undefined || row.kind === kind) &&
  (category === undefined || row.category === category)

/** As the server orders them: the greatest impact, or the latest decision, first. */
const comesBefore = (a: Row, b: Row, { status }: Filters) =>
  status === 'pending'
    ? a.impact !== b.impact
      ? a.impact > b.impact
      : a.id < b.id
    : a.decidedAt !== b.decidedAt
      ? String(a.decidedAt) > String(b.decidedAt)
      : a.id > b.id

/** Puts rows as they are now into the pages that are there; what no longer belongs, or is gone, leaves them. */
export function patchPages(data: Cached, changed: Map<number, Row | null>, filters: Filters): Cached {
  const pages = data.pages.map((page) => ({ ...page.improvementQueues }))
  let total = pages[0]?.totalCount ?? 0
  for (const [id, row] of changed) {
    const page = pages.find(({ nodes }) => nodes?.some((node) => node?.id === id))
    const old = page?.nodes?.find((node) => node?.id === id) as Row | undefined
    const fits = row !== null && belongs(row, filters)
    if (page && old && fits && old.impact === row.impact && old.decidedAt === row.decidedAt) {
      page.nodes = page.nodes!.map((node) => (node?.id === id ? row : node))
      continue
    }
    if (page) {
      page.nodes = page.nodes!.filter((node) => node?.id !== id)
      total--
    }
    if (!fits) continue
    total++
    const home = pages.find(({ nodes }) => nodes?.some((node) => comesBefore(row, node as Row, filters)))
    if (home) {
      const at = home.nodes!.findIndex((node) => comesBefore(row, node as Row, filters))
      home.nodes = home.nodes!.toSpliced(at, 0, row)
    } else {
      const last = pages.at(-1)
      // Behind what is loaded: it comes with its page.
      if (last && !last.pageInfo?.hasNextPage) last.nodes = [...(last.nodes ?? []), row]
    }
  }
  return {
    ...data,
    pages: data.pages.map((page, index) => ({
      ...page,
      improvementQueues: { ...pages[index]!, totalCount: total } as QueuePage['improvementQueues'],
    })),
  }
}

export function useQueue(filters: Filters) {
  const client = useQueryClient()
  const { status, kind, category } = filters
  const pending = usePages(pendingQuery, { kind, category }, (data) => data.improvementQueues, {
    enabled: status === 'pending',
    staleTime: 60_000,
  })
  const decided = usePages(decidedQuery, { status, kind, category }, (data) => data.improvementQueues, {
    enabled: status !== 'pending',
    staleTime: 10_000,
  })
  const query = status === 'pending' ? pending : decided
  const rows = useMemo(
    () => (query.data?.pages ?? []).flatMap((page) => (page.improvementQueues?.nodes ?? []) as Row[]),
    [query.data],
  )

  const now = useRef(filters)
  now.current = filters
  /** Rows as they are now, into the list that is shown. */
  const patch = useCallback(
    (changed: Map<number, Row | null>) => {
      client.setQueryData<Cached>(
        keyOf(now.current),
        (data) => data && patchPages(data, changed, now.current),
      )
    },
    [client],
  )
  const reread = useCallback(
    async (ids: number[]) => {
      const { improvementQueues } = await request(rowsQuery, { ids })
      const found = new Map<number, Row | null>(ids.map((id) => [id, null]))
      for (const row of (improvementQueues?.nodes ?? []) as Row[]) found.set(row.id, row)
      patch(found)
    },
    [patch],
  )

  const waiting = useRef(new Set<number>())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const onEvent = ({ id, event }: RowEvent) => {
    if (event !== 'viewers') {
      void client.invalidateQueries({ queryKey: queryKey(proposalQuery, { id }) })
      void client.invalidateQueries({ queryKey: queryKey(mergeQuery, { id }) })
    }
    waiting.current.add(id)
    // Not postponed by each further event: a busy queue is shown as well.
    if (timer.current !== undefined) return
    timer.current = setTimeout(() => {
      timer.current = undefined
      const ids = [...waiting.current]
      waiting.current.clear()
      if (ids.length > mostPatched) void client.invalidateQueries({ queryKey: keyOf(now.current) })
      // What it could not tell now comes with the next event, or when the connection is back.
      else reread(ids).catch(() => {})
    }, settle)
  }
  const onReconnect = () => {
    void client.invalidateQueries({ queryKey: keyOf(now.current) })
    void client.invalidateQueries({ queryKey: queryKey(proposalQuery) })
  }
  useLive('queueChanged', onEvent, onReconnect)

  return { query, rows, total: query.data?.pages[0]?.improvementQueues?.totalCount ?? 0, patch, reread }
}

/** What comes next is there before it is asked for. */
export function usePrefetch(ids: number[]) {
  const client = useQueryClient()
  const wanted = ids.join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: `wanted` stands for which ids they are
  useEffect(() => {
    for (const id of ids)
      void client.prefetchQuery(proposalOptions(id)).then(() => {
        const found = client.getQueryData<{
          improvementQueue: {
            status: string
            baseVersion: number | null
            sop: { version: number } | null
          } | null
        }>(proposalOptions(id).queryKey)?.improvementQueue
        if (found?.status === 'pending' && found.sop && found.sop.version !== found.baseVersion)
          void client.prefetchQuery(mergeOptions(id))
      })
  }, [client, wanted])
}
