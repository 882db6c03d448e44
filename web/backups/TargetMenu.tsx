/** Test, change, pause, remove: what is done to a target itself. */
import { Menu } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '../components/Confirm.tsx'
import { Dots } from '../components/LateMenu.tsx'
import { askReason } from '../components/reason.ts'
import { toast } from '../components/toast.ts'
import { useChange } from '../graphql/hooks.ts'
import { backupsQuery } from './documents.ts'
import { type TargetActionsProps, useTargetLabel } from './TargetActions.tsx'
import { removeTargetMutation, saveTargetMutation } from './target_documents.ts'

export default function TargetMenu({ target, last, onTest, onChange }: TargetActionsProps) {
  const { t } = useTranslation('backup_targets')
  const { name, enabled } = target
  const label = useTargetLabel({ target })
  const [removing, setRemoving] = useState(false)
  const save = useChange(saveTargetMutation, {
    refreshes: [backupsQuery],
    onSuccess: () => toast({ message: t(enabled ? 'paused' : 'resumed', { name }) }),
  })
  const remove = useChange(removeTargetMutation, {
    refreshes: [backupsQuery],
    onError: () => true,
    onSuccess: () => {
      setRemoving(false)
      toast({ message: t('removed', { name }) })
    },
  })
  const pause = async () => {
    const reason = await askReason({
      title: t(enabled ? 'pauseTitle' : 'resumeTitle', { name }),
      text: t(enabled ? 'pauseText' : 'resumeText'),
      action: t(enabled ? 'pause' : 'resume'),
    })
    if (reason === null) return
    const { kind, settings, schedule } = target
    save.mutate({ input: { name, kind, settings, schedule, enabled: !enabled, reason } })
  }
  return (
    <>
      <Menu position="bottom-end" defaultOpened>
        <Menu.Target>
          <Dots label={label} />
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={onTest}>{t('test')}</Menu.Item>
          <Menu.Item onClick={onChange}>{t('change')}</Menu.Item>
          <Menu.Item onClick={() => void pause()}>{t(enabled ? 'pause' : 'resume')}</Menu.Item>
          <Menu.Item c="var(--mantine-color-red-text)" onClick={() => setRemoving(true)}>
            {t('remove')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={removing}
        title={t('removeTitle', { name })}
        text={`${t('removeText')} ${last ? t('removeLast') : ''}`}
        action={t('removeIt')}
        reason
        pending={remove.isPending}
        refusal={remove.error ? `${remove.error.message} ${remove.error.hint ?? ''}` : null}
        onConfirm={(reason) => remove.mutate({ input: { name, reason } })}
        onClose={() => setRemoving(false)}
      />
    </>
  )
}
