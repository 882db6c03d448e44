/** Short messages at the edge: what was done, with a way back where there is one, or why it was refused. */
import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import i18next from 'i18next'
import type { ApiError } from '../graphql/client.ts'

interface Toast {
  message: string
  /** What takes it back; its button stays for ten seconds, and `useUndo` runs it by key. */
  undo?: () => void
  color?: string
}

let lastUndo: { id: string; run: () => void } | null = null

export function toast({ message, undo, color = 'teal' }: Toast) {
  const id = crypto.randomUUID()
  const run = () => {
    notifications.hide(id)
    if (lastUndo?.id === id) lastUndo = null
    undo?.()
  }
  if (undo) lastUndo = { id, run }
  notifications.show({
    id,
    color,
    role: 'status',
    autoClose: undo ? 10_000 : 6000,
    closeButtonProps: { 'aria-label': i18next.t('do.close') },
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm">{message}</Text>
        {undo && (
          <Button size="compact-sm" variant="light" onClick={run}>
            {i18next.t('do.undo')}
          </Button>
        )}
      </Group>
    ),
    onClose: () => {
      if (lastUndo?.id === id) lastUndo = null
    },
  })
}

/** Takes back what the last toast with an undo told of; false where there is none any more. */
export function undoLast(): boolean {
  if (!lastUndo) return false
  lastUndo.run()
  return true
}

export function toastError(error: ApiError | Error) {
  const { hint } = error as ApiError
  notifications.show({
    color: 'red',
    role: 'alert',
    title: i18next.t('state.refused'),
    message: hint ? `${error.message} ${hint}` : error.message,
    autoClose: 12_000,
    closeButtonProps: { 'aria-label': i18next.t('do.close') },
  })
}
