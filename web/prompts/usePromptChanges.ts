/** Changes of a prompt and the way back from each: never over what somebody else wrote in between. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { toast, toastError } from '../components/toast.ts'
import { type ApiError, request } from '../graphql/client.ts'
import { refresh } from '../graphql/hooks.ts'
import { changedBySaving, type Prompt, rollbackMutation, saveMutation } from './documents.ts'

type Change =
  | { kind: 'save'; content: string; expectedVersion: number; reason: string }
  /** version 0: the text that ClubOS comes with. */
  | { kind: 'rollback'; version: number; reason: string }

async function run({ id, name }: Prompt, change: Change): Promise<number> {
  if (change.kind === 'rollback') {
    const input = { promptId: id, version: change.version, reason: change.reason }
    return (await request(rollbackMutation, { input })).rollbackPrompt?.result?.version ?? 0
  }
  const { content, expectedVersion, reason } = change
  const input = { name, content, expectedVersion, reason }
  return (await request(saveMutation, { input })).savePrompt?.result?.version ?? 0
}

export function usePromptChanges(prompt: Prompt) {
  const { t } = useTranslation('prompts')
  const client = useQueryClient()

  /** The text of before as the next version, if the version that is taken back is still the newest. */
  const takeBack = async (before: Prompt, version: number) => {
    try {
      const now = await run(before, {
        kind: 'save',
        content: before.content,
        expectedVersion: version,
        reason: t('undo.reason', { version }),
      })
      toast({ message: t('undo.done', { version: now }) })
    } catch (error) {
      toastError(error as ApiError)
    } finally {
      await refresh(client, changedBySaving)
    }
  }

  return useMutation<number, ApiError, Change>({
    mutationFn: (change) => run(prompt, change),
    onSuccess: (version, change) => {
      if (version === prompt.version) return toast({ message: t('done.nothing') })
      toast({
        message: t(`done.${change.kind}`, { version }),
        undo: () => void takeBack(prompt, version),
      })
    },
    // A conflict is shown where the text is.
    onError: (error, change) => {
      if (!(change.kind === 'save' && error.code === 'CO101')) toastError(error)
    },
    onSettled: () => refresh(client, changedBySaving),
  })
}
