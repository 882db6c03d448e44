/** The dialog of `askReason`; it comes when somebody is first asked. */
import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Ask, asked } from './reason.ts'

export default function ReasonDialog() {
  const { t } = useTranslation()
  const now = asked.use()
  // What was asked stays in view while the dialog closes.
  const [last, setLast] = useState(now)
  if (now && now !== last) setLast(now)
  return (
    <Modal
      opened={now !== null}
      onClose={() => now?.answer(null)}
      title={last?.ask.title}
      closeButtonProps={{ 'aria-label': t('do.close') }}
    >
      {last && (
        <ReasonForm
          key={String(now === null)}
          {...last.ask}
          onCancel={() => now?.answer(null)}
          onSubmit={(reason) => now?.answer(reason)}
        />
      )}
    </Modal>
  )
}

function ReasonForm({
  action,
  text,
  optional = false,
  suggestions = [],
  danger = false,
  onCancel,
  onSubmit,
}: Ask & { onCancel: () => void; onSubmit: (reason: string) => void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const [tried, setTried] = useState(false)
  const missing = !optional && reason.trim() === ''
  const submit = () => {
    setTried(true)
    if (!missing) onSubmit(reason.trim())
  }
  return (
    <Stack>
      {text && (
        <Text size="sm" component="div">
          {text}
        </Text>
      )}
      <Textarea
        label={t('reason.label')}
        placeholder={t('reason.placeholder')}
        description={t('reason.submit')}
        data-autofocus
        autosize
        minRows={2}
        maxRows={8}
        maxLength={4000}
        value={reason}
        error={tried && missing && t('reason.needed')}
        onChange={(event) => setReason(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
        }}
      />
      {suggestions.length > 0 && (
        <Group gap={6}>
          {suggestions.map((one) => (
            <Button key={one} size="compact-xs" variant="default" onClick={() => setReason(one)}>
              {one}
            </Button>
          ))}
        </Group>
      )}
      <Group justify="flex-end">
        <Button variant="subtle" onClick={onCancel}>
          {t('do.cancel')}
        </Button>
        <Button color={danger ? 'red' : undefined} onClick={submit}>
          {action}
        </Button>
      </Group>
    </Stack>
  )
}
