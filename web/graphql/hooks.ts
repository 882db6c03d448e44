/** Reading and changing data in components: TanStack Query around `request`. */
import {
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import type { DocumentNode } from 'graphql'
import { toastError } from '../components/toast.ts'
import type { TypedDocument } from './client.ts'
import { type ApiError, request } from './client.ts'
import { nameOf } from './graphql.ts'

export const queryKey = (document: DocumentNode, variables?: object) =>
  variables === undefined ? [nameOf(document)] : [nameOf(document), variables]

export const queryOptions = <Data, Variables extends object>(
  document: TypedDocument<Data, Variables>,
  variables: Variables,
) => ({
  queryKey: queryKey(document, variables),
  queryFn: ({ signal }: { signal: AbortSignal }) => request(document, variables, signal),
})

interface DataOptions<Data = unknown> {
  enabled?: boolean
  /** Milliseconds until what is shown is asked for again when it is looked at. */
  staleTime?: number
  /** Milliseconds; for what no subscription tells. Of what ends some day: by what was read last. */
  refetchInterval?: number | ((data: Data | undefined) => number | false)
  /** Show the last variables' data until the new ones are there: for search as you type. */
  keepPrevious?: boolean
}

/** Reads. `query.data`, `query.error` (ApiError), `query.isPending`: give it to `<QueryState>`. */
export function useData<Data, Variables extends object>(
  document: TypedDocument<Data, Variables>,
  variables: Variables,
  { keepPrevious, refetchInterval, ...options }: DataOptions<Data> = {},
) {
  return useQuery<Data, ApiError>({
    ...queryOptions(document, variables),
    ...options,
    ...(refetchInterval !== undefined && {
      refetchInterval:
        typeof refetchInterval === 'number'
          ? refetchInterval
          : ({ state }) => refetchInterval(state.data as Data | undefined),
    }),
    ...(keepPrevious && { placeholderData: keepPreviousData }),
  })
}

interface Connection {
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

/** Reads a connection page by page; the document takes `$after: Cursor`. */
export function usePages<Data, Variables extends { after?: string | null }>(
  document: TypedDocument<Data, Variables>,
  variables: Omit<Variables, 'after'>,
  connection: (data: Data) => Connection | null | undefined,
  options: Omit<DataOptions, 'refetchInterval'> & { refetchInterval?: number } = {},
) {
  const { keepPrevious, ...rest } = options
  return useInfiniteQuery<Data, ApiError, { pages: Data[] }, readonly unknown[], string | null>({
    queryKey: [...queryKey(document, variables), 'pages'],
    queryFn: ({ pageParam, signal }) =>
      request(document, { ...variables, after: pageParam } as unknown as Variables, signal),
    initialPageParam: null,
    getNextPageParam: (last) => {
      const info = connection(last)?.pageInfo
      return info?.hasNextPage ? info.endCursor : undefined
    },
    ...rest,
    ...(keepPrevious && { placeholderData: keepPreviousData }),
  })
}

interface ChangeOptions<Data, Variables> {
  /** Documents whose data this changes: they are read again afterwards, whether it worked or not. */
  refreshes?: DocumentNode[]
  onSuccess?: (data: Data, variables: Variables) => void
  /** Return true where the refusal is shown in place; else it becomes a toast. */
  onError?: (error: ApiError, variables: Variables) => boolean | undefined
}

/** Changes. A refusal comes as a toast with its reason unless `onError` shows it. */
export function useChange<Data, Variables extends object>(
  document: TypedDocument<Data, Variables>,
  { refreshes = [], onSuccess, onError }: ChangeOptions<Data, Variables> = {},
) {
  const client = useQueryClient()
  return useMutation<Data, ApiError, Variables>({
    mutationFn: (variables) => request(document, variables),
    onSuccess: (data, variables) => onSuccess?.(data, variables),
    onError: (error, variables) => {
      if (onError?.(error, variables)) return
      toastError(error)
    },
    onSettled: () => refresh(client, refreshes),
  })
}

export const refresh = async (client: QueryClient, documents: DocumentNode[]): Promise<void> => {
  await Promise.all(
    documents.map(async (document) => {
      const key = { queryKey: queryKey(document) }
      const begun = client
        .getQueryCache()
        .findAll({ ...key, fetchStatus: 'fetching' })
        .some(({ state }) => state.data === undefined)
      await client.invalidateQueries(key)
      // A first reading under way is not begun anew, and may be of before the change.
      if (begun) await client.invalidateQueries(key)
    }),
  )
}
