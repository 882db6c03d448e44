/** The entries that the filters leave, page by page, each with its health, site and validity. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { rowsOf } from '../components/rowsOf.ts'
import { type ApiError, request } from '../graphql/client.ts'
import type { ResultOf, VariablesOf } from '../graphql/graphql.ts'
import { queryKey, useData } from '../graphql/hooks.ts'
import { listQuery, ofSitesQuery, placesQuery, searchQuery, sitesQuery } from './documents.ts'
import type { KnowledgeSearch } from './route.ts'

type Health = NonNullable<NonNullable<ResultOf<typeof listQuery>['knowledgeHealths']>['nodes'][number]>
export interface EntryRow extends Health {
  knowledgeId: number
  siteId: number | null
  validFrom: string | null
  validTo: string | null
}
interface PageOf {
  rows: EntryRow[]
  total: number
  after: string | null
}

type Filter = NonNullable<VariablesOf<typeof listQuery>['filter']>
type OrderBy = NonNullable<VariablesOf<typeof listQuery>['orderBy']>
const orders: Record<NonNullable<KnowledgeSearch['sort']>, OrderBy> = {
  changed: ['UPDATED_AT_DESC', 'KNOWLEDGE_ID_DESC'],
  used: ['USAGE_COUNT_DESC', 'KNOWLEDGE_ID_DESC'],
  helped: ['SUCCESS_RATE_ASC', 'KNOWLEDGE_ID_DESC'],
}

export function useSites() {
  const { data } = useData(sitesQuery, {}, { staleTime: 300_000 })
  return {
    sites: rowsOf(data?.sites),
    categories: rowsOf(data?.sopCategories).flatMap((one) => one.category ?? []),
    loaded: data !== undefined,
  }
}

/** The list of healths knows no sites; the entries of one, or of all, are asked for first. */
async function idsAt(siteId: number | null, signal: AbortSignal): Promise<number[]> {
  const ids: number[] = []
  let after: string | null = null
  do {
    const page: ResultOf<typeof ofSitesQuery> = await request(
      ofSitesQuery,
      { siteId: siteId === null ? { isNull: false } : { equalTo: siteId }, after },
      signal,
    )
    ids.push(...rowsOf(page.knowledgeBases).map((one) => one.id))
    const info = page.knowledgeBases?.pageInfo
    after = info?.hasNextPage ? (info.endCursor ?? null) : null
  } while (after !== null)
  return ids
}

async function found(search: KnowledgeSearch, signal: AbortSignal): Promise<number[]> {
  const site = search.site === 'everywhere' ? null : (search.site ?? null)
  const variables = { query: search.q ?? '', category: search.category ?? null, site }
  const { searchKnowledge } = await request(searchQuery, variables, signal)
  // It searches for answers, among SOPs too: an entry far behind the best of all is none.
  const least = Math.max(0, ...searchKnowledge.map((one) => one.score)) / 2
  return searchKnowledge.flatMap((one) =>
    one.kind === 'knowledge' && one.score >= least ? (one.knowledgeId ?? []) : [],
  )
}

async function readPage(
  search: KnowledgeSearch,
  siteId: number | null | undefined,
  after: string | null,
  signal: AbortSignal,
): Promise<PageOf> {
  const and: Filter[] = []
  if (search.category !== undefined) and.push({ category: { equalTo: search.category } })
  if (search.trust !== undefined) and.push({ trust: { equalTo: search.trust } })
  if (search.source !== undefined) and.push({ source: { equalTo: search.source } })
  if (search.health !== undefined) and.push({ health: { equalTo: search.health } })
  if (siteId !== undefined) {
    const ids = await idsAt(siteId, signal)
    and.push({ knowledgeId: siteId === null ? { notIn: ids } : { in: ids } })
  }
  // By meaning, and by words: entries that belong to an SOP, and retired ones, the search does not name.
  const hits = search.q === undefined ? [] : await found(search, signal)
  if (search.q !== undefined) {
    const words = search.q.split(/\s+/).filter(Boolean).slice(0, 8)
    const worded = words.map((word): Filter => {
      const holds = { includesInsensitive: word }
      return { or: [{ question: holds }, { topic: holds }, { category: holds }] }
    })
    and.push({ or: [{ knowledgeId: { in: hits } }, { and: worded }] })
  }
  const { knowledgeHealths } = await request(
    listQuery,
    { filter: and.length > 0 ? { and } : null, orderBy: orders[search.sort ?? 'changed'], after },
    signal,
  )
  const healths = rowsOf(knowledgeHealths)
  const ids = healths.flatMap((one) => one.knowledgeId ?? [])
  const places = await request(placesQuery, { ids }, signal)
  const placeOf = new Map(rowsOf(places.knowledgeBases).map((one) => [one.id, one]))
  const rows = healths.flatMap((one): EntryRow[] => {
    const place = one.knowledgeId === null ? undefined : placeOf.get(one.knowledgeId)
    return place ? [{ ...one, ...place, knowledgeId: place.id }] : []
  })
  if (hits.length > 0 && search.sort === undefined) {
    const rank = new Map(hits.map((id, index) => [id, index]))
    rows.sort((a, b) => (rank.get(a.knowledgeId) ?? 1e9) - (rank.get(b.knowledgeId) ?? 1e9))
  }
  const info = knowledgeHealths?.pageInfo
  return {
    rows,
    total: knowledgeHealths?.totalCount ?? rows.length,
    after: info?.hasNextPage ? (info.endCursor ?? null) : null,
  }
}

export function useEntries(search: KnowledgeSearch) {
  const { sites, loaded } = useSites()
  const { q, category, trust, source, health, site, sort } = search
  const siteId =
    site === undefined
      ? undefined
      : site === 'everywhere'
        ? null
        : (sites.find((one) => one.slug === site)?.id ?? -1)
  return useInfiniteQuery<PageOf, ApiError, { pages: PageOf[] }, readonly unknown[], string | null>({
    queryKey: [...queryKey(listQuery, { q, category, trust, source, health, siteId, sort })],
    enabled: site === undefined || loaded,
    queryFn: ({ pageParam, signal }) => readPage(search, siteId, pageParam, signal),
    initialPageParam: null,
    getNextPageParam: (last) => last.after,
    placeholderData: (before) => before,
  })
}
