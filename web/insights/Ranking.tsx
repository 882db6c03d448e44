/** The first of a list, each with a bar of how much, and where it leads. */
import { Box, Group, Progress, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { AddressLink } from '../components/AddressLink.tsx'
import type { Chart, Row } from './chart.ts'
import { formatValue } from './values.ts'

export function Ranking({
  chart,
  rows,
  title,
  count,
}: {
  chart: Chart
  rows: Row[]
  title: string
  count: number
}) {
  const { t } = useTranslation(['insights', 'common'])
  const { form } = chart
  if (form.kind !== 'ranking') return null
  const most = Math.max(1, ...rows.map((row) => Number(row[form.value])))
  return (
    <Stack component="ol" gap="xs" p={0} m={0} aria-label={title} style={{ listStyle: 'none' }}>
      {rows.slice(0, count).map((row, index) => {
        const href = form.to(row)
        const label = form.label
          .map((name) => row[name])
          .filter(Boolean)
          .join(' / ')
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a list of ranks
          <Box component="li" key={index}>
            <Group justify="space-between" wrap="nowrap" gap="md" mb={2}>
              <Text size="sm" component="div" lineClamp={2} style={{ overflowWrap: 'anywhere' }} dir="auto">
                {href ? <AddressLink href={href}>{label}</AddressLink> : label}
              </Text>
              <Text size="sm" fw={600}>
                {formatValue(t, 'count', row[form.value])}
              </Text>
            </Group>
            <Progress value={(100 * Number(row[form.value])) / most} size="sm" aria-hidden color="#0a7ebd" />
          </Box>
        )
      })}
    </Stack>
  )
}
