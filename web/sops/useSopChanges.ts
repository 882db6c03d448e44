/** Changes of an SOP and the way back from each: never over what somebody else wrote in between. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { toast, toastError } from '../components/toast.ts'
import { type ApiError, request } from '../graphql/client.ts'
import { refresh } from '../graphql/hooks.ts'
import { archiveMutation, changedBySaving, rollbackMutation, type Sop, saveMutation } from './documents.ts'

type Change =
  | { kind: 'save'; content: string; expectedVersion: number; reason: string }
  | { kind: 'rollback'; version: number; reason: string }
  | { kind: 'archive'; reason: string }

const newVersion = (result: { version: number } | null | undefined) => result?.version ?? 0

async function run(sop: Sop, change: Change): Promise<number> {
  if (change.kind === 'archive') {
    const input = { sopId: sop.id, reason: change.reason }
    return newVersion((await request(archiveMutation, { input })).archiveSop?.result)
  }
  if (change.kind === 'rollback') {
    const input = { sopId: sop.id, version: change.version, reason: change.reason }
    return newVersion((await request(rollbackMutation, { input })).rollbackSop?.result)
  }
  const { content, expectedVersion, reason } = change
  const input = { category: sop.category, section: sop.section, content, expectedVersion, reason }
  return newVersion((await request(saveMutation, { input })).saveSop?.result)
}

export function useSopChanges(sop: Sop) {
  const { t } = useTranslation('sops')
  const client = useQueryClient()

  /** The text of before as the next version, if the version that is taken back is still the newest. */
  const takeBack = async (before: Sop, version: number) => {
    const reason = t('undo.reason', { version })
    try {
      const now = await run(
        before,
        before.archivedAt === null
          ? { kind: 'save', content: before.content, expectedVersion: version, reason }
          : { kind: 'archive', reason },
      )
      toast({ message: t('undo.done', { version: now }) })
    } catch (error) {
      toastError(error as ApiError)
    } finally {
      await refresh(client, changedBySaving)
    }
  }

  return useMutation<number, ApiError, Change>({
    mutationFn: (change) => run(sop, change),
    onSuccess: (version, change) => {
      if (version === sop.version) return toast({ message: t('done.nothing') })
      toast({
        message: t(`done.${change.kind}`, { version }),
        undo: () => void takeBack(sop, version),
      })
    },
    // A conflict is shown where the text is.
    onError: (error, change) => {
      if (!(change.kind === 'save' && error.code === 'CO101')) toastError(error)
    },
    onSettled: () => refresh(client, changedBySaving),
  })
}
