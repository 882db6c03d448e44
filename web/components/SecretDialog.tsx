/** A key that is shown this once: to be copied before the dialog goes. */
import { Alert, Button, Group, Modal, Stack } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Snippet } from './Snippet.tsx'

interface Props {
  title: string
  label: string
  /** What to do with it. */
  warning: string
  done: string
  /** Null: there is none to show. */
  secret: string | null
  onClose: () => void
}

export default function SecretDialog({ title, label, warning, done, secret, onClose }: Props) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={secret !== null}
      onClose={onClose}
      title={title}
      closeOnClickOutside={false}
      closeOnEscape={false}
      closeButtonProps={{ 'aria-label': t('do.close') }}
    >
      <Stack>
        <Alert color="orange" icon={<IconAlertTriangle />}>
          {warning}
        </Alert>
        <Snippet label={label} text={secret ?? ''} />
        <Group justify="flex-end">
          <Button onClick={onClose}>{done}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
