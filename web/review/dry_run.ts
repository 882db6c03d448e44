/** Runs the dry run of a proposal again, and shows what came out with it. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { type ApiError, request } from '../graphql/client.ts'
import type { ResultOf } from '../graphql/graphql.ts'
import { dryRunMutation, type proposalQuery } from './documents.ts'
import { proposalOptions } from './options.ts'

export function useDryRun(id: number | undefined) {
  const client = useQueryClient()
  const { mutate, variables, isPending, error } = useMutation<
    ResultOf<typeof dryRunMutation>,
    ApiError,
    { id: number }
  >({
    mutationFn: (asked) => request(dryRunMutation, asked),
    onSuccess: (data, asked) =>
      client.setQueryData<ResultOf<typeof proposalQuery>>(proposalOptions(asked.id).queryKey, (old) =>
        old?.improvementQueue
          ? {
              ...old,
              improvementQueue: {
                ...old.improvementQueue,
                dryRun: data.previewImprovement?.result ?? old.improvementQueue.dryRun,
                dryRunStale: false,
                dryRunStaleBecause: null,
              },
            }
          : old,
      ),
  })
  const own = variables?.id === id
  const run = useCallback(() => {
    if (id !== undefined) mutate({ id })
  }, [id, mutate])
  return { run, running: own && isPending, error: own ? error : null }
}
