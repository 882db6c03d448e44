/** Where toasts appear, and how they look; `toast.ts` loads it with the first one. */
import '@mantine/notifications/styles.css'
import { Button, Group, Text } from '@mantine/core'
import { Notifications, notifications } from '@mantine/notifications'
import i18next from 'i18next'
import type { ApiError } from '../graphql/client.ts'

interface Shown {
  id: string
  message: string
  color: string
  undo: (() => void) | undefined
  onClose: () => void
}

export const hideToast = (id: string) => notifications.hide(id)

export function showToast({ id, message, color, undo, onClose }: Shown) {
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
          <Button size="compact-sm" variant="light" onClick={undo}>
            {i18next.t('do.undo')}
          </Button>
        )}
      </Group>
    ),
    onClose,
  })
}

export function showError(error: ApiError | Error) {
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

export default function Toasts() {
  return <Notifications position="bottom-right" autoClose={8000} limit={4} />
}
