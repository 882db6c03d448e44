/** The categories, the SOPs of those that are open, and what of it is a row of the tree. */
import { useQueries } from '@tanstack/react-query'
import { rowsOf } from '../components/rowsOf.ts'
import { request } from '../graphql/client.ts'
import type { ResultOf } from '../graphql/graphql.ts'
import { queryKey, useData } from '../graphql/hooks.ts'
import { categoriesQuery, sectionsQuery } from './documents.ts'

export interface SopRow {
  id: number
  category: string
  section: string
  archivedAt: string | null
}
export type Row =
  | {
      kind: 'category'
      name: string
      label: string | null
      count: number | null
      open: boolean
      at: number
      of: number
    }
  | { kind: 'sop'; sop: SopRow; at: number; of: number }
  | { kind: 'loading'; name: string }
  | { kind: 'failed'; name: string; message: string }

/** Stands for the archived SOPs whose categories have no other: `sopCategories` does not know those. */
export const elsewhere = '\u0000'

async function readAll(filter: object, signal: AbortSignal): Promise<SopRow[]> {
  const rows: SopRow[] = []
  let after: string | null = null
  do {
    const page: ResultOf<typeof sectionsQuery> = await request(sectionsQuery, { filter, after }, signal)
    const { sops } = page
    rows.push(...rowsOf(sops))
    after = sops?.pageInfo.hasNextPage ? (sops.pageInfo.endCursor ?? null) : null
  } while (after !== null)
  return rows
}

export function useSopTree(opened: ReadonlySet<string>, archived: boolean) {
  const query = useData(categoriesQuery, {}, { staleTime: 30_000 })
  const categories = rowsOf(query.data?.sopCategories).flatMap((one) =>
    one.category === null ? [] : [{ name: one.category, count: one.sops as number | null }],
  )
  const known = categories.map((one) => one.name)
  const groups = archived && query.data ? [...categories, { name: elsewhere, count: null }] : categories
  const open = groups.filter((one) => opened.has(one.name))
  const sections = useQueries({
    queries: open.map(({ name }) => {
      const filter = name === elsewhere ? { category: { notIn: known } } : { category: { equalTo: name } }
      return {
        queryKey: queryKey(sectionsQuery, { filter }),
        queryFn: ({ signal }: { signal: AbortSignal }) => readAll(filter, signal),
        staleTime: 30_000,
      }
    }),
  })
  const rows = groups.flatMap((group, index): Row[] => {
    const isOpen = opened.has(group.name)
    const head: Row = {
      kind: 'category',
      name: group.name,
      label: group.name === elsewhere ? null : group.name,
      count: group.count,
      open: isOpen,
      at: index + 1,
      of: groups.length,
    }
    if (!isOpen) return [head]
    const found = sections[open.indexOf(group)]
    if (found?.data) {
      const shown = found.data.filter((sop) => archived || sop.archivedAt === null)
      return [head, ...shown.map((sop, n): Row => ({ kind: 'sop', sop, at: n + 1, of: shown.length }))]
    }
    return [
      head,
      found?.error
        ? { kind: 'failed', name: group.name, message: found.error.message }
        : { kind: 'loading', name: group.name },
    ]
  })
  return { query, rows, known }
}
