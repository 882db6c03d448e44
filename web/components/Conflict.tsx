/** Somebody else saved meanwhile: who and why, what they changed, what saving one's own text would do to it. */
import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconGitMerge } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { TextDiff } from './TextDiff.tsx'

interface Props {
  title: string
  /** By whom, when and why. */
  by: ReactNode
  base: string
  theirs: string
  mine: string
  /** Go on with one's own text, on top of theirs. */
  onTakeOver: () => void
  onDiscard: () => void
}

export function Conflict({ title, by, base, theirs, mine, onTakeOver, onDiscard }: Props) {
  const { t } = useTranslation()
  const top = useRef<HTMLDivElement>(null)
  useEffect(() => top.current?.focus(), [])
  return (
    <Stack>
      <Alert
        ref={top}
        tabIndex={-1}
        role="alert"
        color="orange"
        icon={<IconGitMerge />}
        title={title}
        style={{ overflowWrap: 'anywhere' }}
      >
        <Stack gap="xs">
          <Text size="sm" component="div">
            {by}
          </Text>
          <Text size="sm">{t('conflict.hint')}</Text>
          <Group gap="xs">
            <Button size="xs" onClick={onTakeOver}>
              {t('conflict.takeOver')}
            </Button>
            <Button size="xs" variant="default" onClick={onDiscard}>
              {t('conflict.discard')}
            </Button>
          </Group>
        </Stack>
      </Alert>
      <section>
        <Title order={2} size="h5" mb={4}>
          {t('conflict.theirs')}
        </Title>
        <TextDiff before={base} after={theirs} />
      </section>
      <section>
        <Title order={2} size="h5" mb={4}>
          {t('conflict.mine')}
        </Title>
        <TextDiff before={theirs} after={mine} />
      </section>
    </Stack>
  )
}
