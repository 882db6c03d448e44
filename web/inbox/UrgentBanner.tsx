/** Urgent ones that wait: no sound, and nothing that could be overlooked. */
import { Alert, Button, Group, Text } from '@mantine/core'
import { IconUrgent } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { firstUrgentQuery } from './data.ts'

interface Props {
  count: number
  selected: number | undefined
  onOpen: (id: number) => void
}

export function UrgentBanner({ count, selected, onOpen }: Props) {
  const { t } = useTranslation('inbox')
  const { data } = useData(firstUrgentQuery, {}, { enabled: count > 0 })
  const ids = nodesOf(data?.tickets).map(({ id }) => id)
  const next = ids.find((id) => id !== selected)
  if (count === 0) return null
  return (
    <Alert color="red" variant="filled" p="xs">
      <Group justify="space-between" gap="xs">
        <Group gap="xs" wrap="nowrap">
          <IconUrgent size={20} aria-hidden />
          <Text fw={700} size="sm">
            {t('urgent.banner', { count })}
          </Text>
        </Group>
        {next !== undefined && (
          <Button size="compact-sm" variant="white" color="red" onClick={() => onOpen(next)}>
            {t(count === 1 ? 'urgent.open' : 'urgent.openFirst')}
          </Button>
        )}
      </Group>
    </Alert>
  )
}
