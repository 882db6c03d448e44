/** Approving, rejecting and taking back: shown at once, and brought back with the reason where the server refuses. */
import { useQueryClient } from '@tanstack/react-query'
import type { TFunction } from 'i18next'
import { useCallback, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast, toastError } from '../components/toast.ts'
import { ApiError, request } from '../graphql/client.ts'
import { queryKey } from '../graphql/hooks.ts'
import {
  approveAllMutation,
  approveMutation,
  mergeQuery,
  proposalQuery,
  type Row,
  reanalyseMutation,
  rejectMutation,
  reopenMutation,
  undoAllMutation,
  undoMutation,
} from './documents.ts'

export interface Subject {
  id: number
  title: string
}
export type Decision =
  | { kind: 'approve'; text?: string | undefined; version?: number | null | undefined }
  | { kind: 'reject' | 'undo' | 'reopen' | 'reanalyse'; reason: string }

export interface BatchOptions {
  /** One version of each SOP for all its proposals. */
  together: boolean
  /** Each proposal's own reasoning, where it is null. */
  reason: string | null
}

async function send(id: number, decision: Decision): Promise<Row> {
  switch (decision.kind) {
    case 'approve': {
      const { text = null, version = null } = decision
      return (await request(approveMutation, { id, text, version })).approveImprovement!.result!
    }
    case 'reject':
      return (await request(rejectMutation, { id, reason: decision.reason })).rejectImprovement!.result!
    case 'undo':
      return (await request(undoMutation, { id, reason: decision.reason })).undoImprovement!.result!
    case 'reopen':
      return (await request(reopenMutation, { id, reason: decision.reason })).reopenImprovement!.result!
    case 'reanalyse':
      return (await request(reanalyseMutation, { id, reason: decision.reason })).reanalyseImprovement!.result!
  }
}

interface Options {
  /** Puts rows as they are now into the list. */
  patch: (changed: Map<number, Row | null>) => void
  /** Asks for them first. */
  reread: (ids: number[]) => Promise<void>
  /** The SOP has changed in the same lines. */
  onConflict: (id: number) => void
}

interface Done {
  undo: () => Promise<unknown>
}

export function useDecisions({ patch, reread, onConflict }: Options) {
  const { t } = useTranslation('review')
  const client = useQueryClient()
  /** What has left the list already, while the server is still being asked. */
  const [leaving, setLeaving] = useState<ReadonlySet<number>>(new Set())
  const [refusals, setRefusals] = useState<ReadonlyMap<number, ApiError>>(new Map())
  const underway = useRef(new Map<number, Promise<ApiError | null>>())
  /** What can be taken back by key, the latest last. */
  const history = useRef<Done[]>([])
  const hideLast = useRef(() => {})

  const refused = useCallback((id: number, error: ApiError | null) => {
    setRefusals((all) => {
      const next = new Map(all)
      if (error) next.set(id, error)
      else next.delete(id)
      return next
    })
  }, [])

  /** One at a time says what was done last: quick decisions must not queue up behind each other. */
  const tell = useCallback((message: string, undo?: () => void) => {
    hideLast.current()
    hideLast.current = toast({ message, ...(undo && { undo }) })
  }, [])

  /** Sends it, while the row is out of the list; null where it was done, else why not. */
  const carryOut = useCallback(
    (id: number, decision: Decision): Promise<ApiError | null> => {
      const before = underway.current.get(id)
      const work: Promise<ApiError | null> = (async () => {
        setLeaving((all) => new Set(all).add(id))
        refused(id, null)
        // An undo waits for what it takes back.
        await before
        let error: ApiError | null = null
        try {
          patch(new Map([[id, await send(id, decision)]]))
        } catch (thrown) {
          error = thrown as ApiError
          refused(id, error)
          await reread([id]).catch(() => {})
        }
        void client.invalidateQueries({ queryKey: queryKey(mergeQuery, { id }) })
        void client.invalidateQueries({ queryKey: queryKey(proposalQuery, { id }) })
        setLeaving((all) => new Set([...all].filter((one) => one !== id)))
        return error
      })()
      underway.current.set(id, work)
      void work.finally(() => {
        if (underway.current.get(id) === work) underway.current.delete(id)
      })
      return work
    },
    [client, patch, refused, reread],
  )

  const forget = useCallback((done: Done) => {
    const known = history.current.includes(done)
    history.current = history.current.filter((one) => one !== done)
    return known
  }, [])

  /** Keeps the way back; what it returns takes it, once. */
  const remember = useCallback(
    (undo: Done['undo']) => {
      const done = { undo }
      history.current.push(done)
      return { take: () => forget(done) && void done.undo(), drop: () => void forget(done) }
    },
    [forget],
  )

  const decide = useCallback(
    async ({ id, title }: Subject, decision: Decision): Promise<ApiError | null> => {
      const { kind } = decision
      const back = kind === 'approve' ? 'undo' : kind === 'reject' ? 'reopen' : null
      const way = back && remember(() => decide({ id, title }, { kind: back, reason: t(`${back}Reason`) }))
      const error = await carryOut(id, decision)
      if (!error) tell(t(`done.${kind}`, { title }), way?.take)
      else {
        way?.drop()
        toastError(explain(error, title, t))
        if (error.code === 'CO102' && kind === 'approve') onConflict(id)
      }
      return error
    },
    [carryOut, onConflict, remember, t, tell],
  )

  /** All of them in one transaction; null where it was done, else why none was. */
  const settleAll = useCallback(
    async (ids: number[], work: () => Promise<readonly (Row | null)[] | null | undefined>) => {
      let error: ApiError | null = null
      for (const id of ids) refused(id, null)
      try {
        const rows = (await work()) ?? []
        patch(new Map(rows.flatMap((row) => (row ? [[row.id, row] as const] : []))))
      } catch (thrown) {
        error = thrown as ApiError
        await reread(ids).catch(() => {})
      }
      for (const id of ids) {
        void client.invalidateQueries({ queryKey: queryKey(mergeQuery, { id }) })
        void client.invalidateQueries({ queryKey: queryKey(proposalQuery, { id }) })
      }
      return error
    },
    [client, patch, refused, reread],
  )

  const undoAll = useCallback(
    async (ids: number[], reason: string) => {
      const error = await settleAll(
        ids,
        async () => (await request(undoAllMutation, { ids, reason })).undoImprovements?.result,
      )
      if (error) toastError(error)
      else tell(t('batch.undone', { count: ids.length }))
      return error
    },
    [settleAll, t, tell],
  )

  const approveAll = useCallback(
    async (subjects: Subject[], { together, reason }: BatchOptions) => {
      const ids = subjects.map(({ id }) => id)
      const error = await settleAll(
        ids,
        async () =>
          (await request(approveAllMutation, { ids, together, reason })).approveImprovements?.result,
      )
      if (error) {
        const { improvement_id } = (error.detail ?? {}) as { improvement_id?: number }
        const title = subjects.find(({ id }) => id === improvement_id)?.title
        return title ? explain(error, title, t) : error
      }
      const way = remember(() => undoAll(ids, t('undoReason')))
      tell(t('batch.done', { count: ids.length }), way.take)
      return null
    },
    [remember, settleAll, t, tell, undoAll],
  )

  const undo = useCallback(() => {
    const last = history.current.at(-1)
    if (!last) return tell(t('nothingToUndo'))
    hideLast.current()
    forget(last)
    void last.undo()
  }, [forget, t, tell])

  return { leaving, refusals, decide, approveAll, undoAll, undo }
}

/** Who was faster is said by name, and what they did. */
export function explain(error: ApiError, title: string, t: TFunction<'review'>): ApiError {
  const { status, by } = (error.detail ?? {}) as { status?: string; by?: string }
  const decided =
    error.code === 'CO103' &&
    by &&
    (status === 'approved' || status === 'rejected' || status === 'superseded')
  return new ApiError(
    decided ? t(`refused.${status}`, { title, by }) : `${title}: ${error.message}`,
    error.code,
    decided ? undefined : error.hint,
    error.detail,
  )
}
