/** How proposals are read and kept, for the page and for what is read before it is there. */
import type { QueryClient } from '@tanstack/react-query'
import { request } from '../graphql/client.ts'
import { queryKey, queryOptions } from '../graphql/hooks.ts'
import { firstQuery, mergeQuery, pendingQuery, proposalQuery } from './documents.ts'
import type { ReviewSearch } from './route.ts'

export const proposalOptions = (id: number) => ({
  ...queryOptions(proposalQuery, { id }),
  staleTime: 30_000,
})

export const mergeOptions = (id: number) => ({
  ...queryOptions(mergeQuery, { id }),
  staleTime: 30_000,
})

/** While the page's code is still coming: its list, and the proposal that it will show. */
export function preload(client: QueryClient, { status, kind, category, id }: ReviewSearch) {
  if (id !== undefined) void client.prefetchQuery(proposalOptions(id))
  if (status !== undefined) return
  void client.prefetchInfiniteQuery({
    queryKey: [...queryKey(pendingQuery, { kind, category }), 'pages'],
    queryFn: ({ signal }) => request(pendingQuery, { kind, category, after: null }, signal),
    initialPageParam: null,
    staleTime: 60_000,
  })
  if (id === undefined && matchMedia('(min-width: 62em)').matches)
    void request(firstQuery, { kind, category }).then(
      ({ improvementQueues }) => {
        const first = improvementQueues?.nodes?.[0]
        if (first) client.setQueryData(proposalOptions(first.id).queryKey, { improvementQueue: first })
      },
      // The page asks again, and says what is wrong.
      () => {},
    )
}
