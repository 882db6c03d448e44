/** One click makes a golden question of an answer: it must go on being answered so. */
import { Button } from '@mantine/core'
import { IconCertificate } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { toast } from '../components/toast.ts'
import { useChange } from '../graphql/hooks.ts'
import { changedByWriting, fromResponseMutation, removeMutation } from './documents.ts'

export default function MakeGolden({ response }: { response: string }) {
  const { t } = useTranslation('golden')
  const { can } = useSession()
  const remove = useChange(removeMutation, {
    refreshes: changedByWriting,
    onSuccess: () => toast({ message: t('undo.done') }),
  })
  const make = useChange(fromResponseMutation, {
    refreshes: changedByWriting,
    onSuccess: ({ goldenFromResponse }) => {
      const result = goldenFromResponse?.result
      if (result)
        toast({
          message: t(result.handOver ? 'make.person' : 'make.done'),
          undo: () => remove.mutate({ input: { id: result.id, reason: t('undo.reason') } }),
        })
    },
  })
  if (!can('reviewer')) return null
  return (
    <Button
      size="compact-xs"
      mih={26}
      variant="subtle"
      color="gray"
      leftSection={<IconCertificate size={14} aria-hidden />}
      aria-disabled={make.isPending}
      onClick={() => {
        if (!make.isPending) make.mutate({ id: response })
      }}
    >
      {t('make.action')}
    </Button>
  )
}
