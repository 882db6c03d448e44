/** What somebody is writing: kept in this tab until it is saved or given up, and asked about before it is left. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'

function read<Draft>(key: string): Draft | null {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null') as Draft | null
  } catch {
    return null
  }
}

/** Survives a reload and a crash. Give the component that uses it a `key`: another text is another draft. */
export function useDraft<Draft>(name: string) {
  const key = `clubos.draft.${name}`
  const [draft, setDraft] = useState<Draft | null>(() => read<Draft>(key))
  const keep = useCallback(
    (next: Draft | null) => {
      setDraft(next)
      try {
        if (next === null) sessionStorage.removeItem(key)
        else sessionStorage.setItem(key, JSON.stringify(next))
      } catch {
        // Full or forbidden: the text is still on the page.
      }
    },
    [key],
  )
  return [draft, keep] as const
}

interface Where {
  pathname: string
  search: object
}

interface Props {
  /** Whether there is something that would be left. */
  when: boolean
  /** Whether that address still shows it. */
  stays: (next: Where) => boolean
  onDiscard: () => void
}

/** Whoever saves navigates with `ignoreBlocker`. */
export function LeaveGuard({ when, stays, onDiscard }: Props) {
  const { t } = useTranslation()
  const blocker = useBlocker({
    shouldBlockFn: ({ next }) => when && !stays(next),
    enableBeforeUnload: () => when,
    withResolver: true,
  })
  return (
    <Modal
      opened={blocker.status === 'blocked'}
      onClose={() => blocker.reset?.()}
      title={t('draft.leave')}
      closeButtonProps={{ 'aria-label': t('do.close') }}
    >
      <Stack>
        <Text size="sm">{t('draft.kept')}</Text>
        <Group justify="flex-end" gap="xs">
          <Button
            variant="subtle"
            color="red"
            onClick={() => {
              onDiscard()
              blocker.proceed?.()
            }}
          >
            {t('draft.discard')}
          </Button>
          <Button variant="default" onClick={() => blocker.proceed?.()}>
            {t('draft.keep')}
          </Button>
          <Button data-autofocus onClick={() => blocker.reset?.()}>
            {t('draft.stay')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
