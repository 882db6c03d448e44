/** Asks before what cannot be taken back. */
import { Alert, Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

export interface ConfirmProps {
  opened: boolean
  title: string
  text: ReactNode
  /** On the button that does it. */
  action: string
  /** Must be typed, so that no hand slips. */
  typed?: { label: string; text: string }
  /** Asks why, too. */
  reason?: boolean
  pending?: boolean
  /** Why it was refused. */
  refusal?: string | null
  onConfirm: (reason: string) => void
  onClose: () => void
}

export default function ConfirmDialog({ opened, title, onClose, ...rest }: ConfirmProps) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('do.close') }}>
      <Form {...rest} onClose={onClose} />
    </Modal>
  )
}

function Form({
  text,
  action,
  typed,
  reason = false,
  pending,
  refusal,
  onConfirm,
  onClose,
}: Omit<ConfirmProps, 'opened' | 'title'>) {
  const { t } = useTranslation()
  const [said, setSaid] = useState('')
  const [why, setWhy] = useState('')
  const ready = (!typed || said.trim() === typed.text) && (!reason || why.trim() !== '')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) onConfirm(why.trim())
      }}
    >
      <Stack>
        <Text size="sm" component="div">
          {text}
        </Text>
        {reason && (
          <Textarea
            label={t('reason.label')}
            placeholder={t('reason.placeholder')}
            data-autofocus
            autosize
            minRows={2}
            maxLength={4000}
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
          />
        )}
        {typed && (
          <TextInput
            label={typed.label}
            autoComplete="off"
            value={said}
            onChange={(event) => setSaid(event.currentTarget.value)}
          />
        )}
        {refusal && (
          <Alert color="red" role="alert" icon={<IconAlertTriangle />}>
            {refusal}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="subtle" onClick={onClose} data-autofocus={!reason && !typed ? true : undefined}>
            {t('do.cancel')}
          </Button>
          <Button type="submit" color="red" disabled={!ready} loading={pending}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
