/** The last look before saving: what changes, and why. */
import { Button, Group, Stack, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TextDiff } from './TextDiff.tsx'
import { useRendered } from './useRendered.ts'

interface Props {
  before: string
  after: string
  saving: boolean
  onBack: () => void
  onSave: (reason: string) => void
}

export function SaveForm({ before, after, saving, onBack, onSave }: Props) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const [was, is] = [useRendered(before), useRendered(after)]
  const missing = reason.trim() === ''
  const submit = () => {
    setTried(true)
    if (!missing && !saving) onSave(reason.trim())
  }
  return (
    <Stack>
      <TextDiff
        before={before}
        after={after}
        html={was !== undefined && is !== undefined ? { before: was, after: is } : undefined}
      />
      <Textarea
        label={t('reason.label')}
        placeholder={t('reason.placeholder')}
        description={t('reason.submit')}
        autoFocus
        autosize
        minRows={2}
        maxRows={6}
        maxLength={4000}
        maw="40rem"
        value={reason}
        error={tried && missing && t('reason.needed')}
        onChange={(event) => setReason(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault()
            submit()
          }
        }}
      />
      <Group gap="xs">
        <Button loading={saving} onClick={submit}>
          {t('do.save')}
        </Button>
        <Button variant="default" onClick={onBack}>
          {t('draft.stay')}
        </Button>
      </Group>
    </Stack>
  )
}
