/** How far something is that the server does; without a total, that it is being done. */
import { Group, Progress, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../app/time.ts'

interface Props {
  label: string
  done: number
  total: number
  /** Instead of both, where the label says how far it is. */
  share?: number
}

export function Meter({ label, done, total, share }: Props) {
  const { t } = useTranslation()
  const counted = total > 0
  const known = counted || share !== undefined
  return (
    <div role="status">
      <Group justify="space-between" gap="xs" mb={4}>
        <Text size="sm">{label}</Text>
        {counted && (
          <Text size="sm" c="dimmed">
            {t('state.of', { shown: formatNumber(done), total: formatNumber(total) })}
          </Text>
        )}
      </Group>
      <Progress
        aria-label={label}
        value={known ? 100 * (share ?? done / total) : 100}
        animated={!known}
        striped={!known}
      />
    </div>
  )
}
