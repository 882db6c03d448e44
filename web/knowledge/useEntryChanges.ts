/** Changes of an entry, each with its way back where the server has one. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { toast, toastError } from '../components/toast.ts'
import { type ApiError, request } from '../graphql/client.ts'
import { refresh } from '../graphql/hooks.ts'
import { changedByWriting, type Entry, editMutation, restoreMutation, retireMutation } from './documents.ts'
import { type Written, written } from './entry.ts'

type Change =
  | { kind: 'edit'; to: Written; expectedUpdatedAt: string; reason: string }
  | { kind: 'retire'; reason: string }
  | { kind: 'restore'; reason: string }

/** When it was changed. */
async function run(id: number, change: Change): Promise<string | undefined> {
  const { reason } = change
  if (change.kind === 'retire')
    return (await request(retireMutation, { input: { id, reason } })).retireKnowledge?.result?.updatedAt
  if (change.kind === 'restore')
    return (await request(restoreMutation, { input: { id, reason } })).restoreKnowledge?.result?.updatedAt
  const { to, expectedUpdatedAt } = change
  return (await request(editMutation, { input: { id, ...to, expectedUpdatedAt, reason } })).editKnowledge
    ?.result?.updatedAt
}

export function useEntryChanges(entry: Entry) {
  const { t } = useTranslation('knowledge')
  const client = useQueryClient()

  const wayBack = (change: Change, updatedAt: string | undefined): Change | null => {
    const reason = t('undo.reason')
    if (change.kind === 'restore') return { kind: 'retire', reason }
    // Retired, an entry loses the end it had; only writing brings that back, and writing raises the trust.
    if (change.kind === 'retire') return entry.validTo === null ? { kind: 'restore', reason } : null
    return updatedAt === undefined
      ? null
      : { kind: 'edit', to: written(entry), expectedUpdatedAt: updatedAt, reason }
  }
  const takeBack = async (change: Change) => {
    try {
      await run(entry.id, change)
      toast({ message: t('undo.done') })
    } catch (error) {
      toastError(error as ApiError)
    } finally {
      await refresh(client, changedByWriting)
    }
  }
  return useMutation<string | undefined, ApiError, Change>({
    mutationFn: (change) => run(entry.id, change),
    onSuccess: (updatedAt, change) => {
      const back = wayBack(change, updatedAt)
      toast({ message: t(`done.${change.kind}`), ...(back && { undo: () => void takeBack(back) }) })
    },
    // A conflict is shown where the text is.
    onError: (error, change) => {
      if (!(change.kind === 'edit' && error.code === 'CO120')) toastError(error)
    },
    onSettled: () => refresh(client, changedByWriting),
  })
}
