/** The answer while it is written: the route as soon as it is known, the text as it comes, and a way to stop it. */
import { Alert, Badge, Button, Group, Loader, Paper, Skeleton, Text, Title } from '@mantine/core'
import { IconPlayerStop } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Keys, useShortcuts } from '../app/keyboard.tsx'
import { formatShare } from '../app/time.ts'
import { StreamedText } from '../streaming/StreamedText.tsx'
import type { Coming } from '../streaming/useStreamed.ts'

export function ComingAnswer({ coming, onStop }: { coming: Coming; onStop: () => void }) {
  const { t } = useTranslation('ask')
  const { text, route, taken } = coming
  useShortcuts([{ keys: 'Escape', label: t('stop'), inFields: true, run: onStop }])
  return (
    <Paper withBorder p="md" component="section" aria-label={t('asking')} aria-busy>
      <Group gap="xs" mb="xs" justify="space-between">
        <Group gap="xs">
          <Loader size="xs" type="dots" aria-hidden />
          <Title order={2} size="h5">
            {t('asking')}
          </Title>
        </Group>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerStop size={14} aria-hidden />}
          rightSection={<Keys keys="Escape" />}
          onClick={onStop}
        >
          {t('stop')}
        </Button>
      </Group>
      {route && (
        <Group gap="xs" mb="xs">
          <Badge variant="light" tt="none">
            {route.category ?? t('route.none')}
          </Badge>
          {typeof route.confidence === 'number' && (
            <Text size="xs" c="dimmed">
              {t('route.confidence', { share: formatShare(route.confidence) })}
            </Text>
          )}
        </Group>
      )}
      {taken && (
        <Text size="sm" c="dimmed" mb={4}>
          {t('taken')}
        </Text>
      )}
      {text === '' && !taken ? <Skeleton height={60} /> : <StreamedText coming={coming} />}
    </Paper>
  )
}

/** What had come before somebody stopped it: not an answer, and said so. */
export function StoppedAnswer({ text }: { text: string }) {
  const { t } = useTranslation('ask')
  return (
    // The status says it already.
    <Alert role="note" color="gray" icon={<IconPlayerStop aria-hidden />} title={t('stopped.title')}>
      <Text size="sm">{t('stopped.hint')}</Text>
      {text !== '' && (
        <Text size="sm" mt="xs" dir="auto" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {text}
        </Text>
      )}
    </Alert>
  )
}
