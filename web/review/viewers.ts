/** Who else reads this proposal at this moment; the others are told that we do. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useSession } from '../app/session.ts'
import { request } from '../graphql/client.ts'
import { useLive } from '../graphql/live.ts'
import { lookAwayMutation, lookMutation } from './documents.ts'

/** Whoever leafs through the queue looks at nothing yet. */
const glance = 600
const every = 15_000

export function useViewers(id: number, enabled: boolean): string[] {
  const { can } = useSession()
  const client = useQueryClient()
  const [looking, setLooking] = useState<number | null>(null)
  const looks = enabled && can('agent')
  useEffect(() => {
    if (!looks) return
    const timer = setTimeout(() => setLooking(id), glance)
    return () => {
      clearTimeout(timer)
      setLooking(null)
    }
  }, [id, looks])
  const key = ['ReviewLook', looking]
  const { data } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => request(lookMutation, { id: looking! }, signal),
    enabled: looking !== null,
    refetchInterval: every,
    staleTime: 0,
    gcTime: 0,
  })
  useEffect(() => {
    if (looking === null) return
    // Where it does not arrive, we are forgotten within the minute.
    return () => void request(lookAwayMutation, { id: looking }).catch(() => {})
  }, [looking])
  useLive('queueChanged', (event) => {
    if (event.id === looking && event.event === 'viewers') void client.invalidateQueries({ queryKey: key })
  })
  return (data?.lookAtImprovement?.result ?? []).map((viewer) => viewer?.name ?? '').filter(Boolean)
}
