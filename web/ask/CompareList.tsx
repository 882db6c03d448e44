/** One side of then and now, each entry with how it differs from the other side. */
import { Badge, Box, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconSearchOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Empty } from '../components/QueryState.tsx'
import { type Found, keyOf } from './data.ts'
import { FoundName } from './FoundName.tsx'

interface Props {
  title: string
  rows: Found[]
  others: Found[]
  side: 'then' | 'now'
}

export function CompareList({ title, rows, others, side }: Props) {
  const { t } = useTranslation('ask')
  return (
    <section>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      {rows.length === 0 && <Empty icon={IconSearchOff} title={t('found.nothing')} />}
      <Stack component="ol" gap="xs" m={0} p={0} style={{ listStyle: 'none' }}>
        {rows.map((row) => {
          const other = others.find((one) => keyOf(one) === keyOf(row))
          return (
            <Paper
              key={row.rank}
              component="li"
              withBorder
              p="sm"
              className={other ? undefined : side === 'now' ? 'added' : 'removed'}
            >
              <Group gap="sm" wrap="nowrap" align="flex-start">
                <Text size="sm" fw={700} c="dimmed">
                  {row.rank}
                </Text>
                <Box flex={1} miw={0}>
                  <FoundName row={row} />
                  <Changes row={row} other={other} side={side} />
                </Box>
              </Group>
            </Paper>
          )
        })}
      </Stack>
    </section>
  )
}

function Changes({ row, other, side }: { row: Found; other: Found | undefined; side: 'then' | 'now' }) {
  const { t } = useTranslation('ask')
  if (!other)
    return (
      <Badge size="sm" variant="outline" color={side === 'now' ? 'teal' : 'red'} mt={4}>
        {t(side === 'now' ? 'change.onlyNow' : 'change.onlyThen')}
      </Badge>
    )
  const [was, is] = side === 'now' ? [other, row] : [row, other]
  return (
    <Group gap={6} mt={4}>
      {was.version !== is.version && (
        <Badge size="sm" variant="light" color="orange">
          {t('change.version', { was: was.version, is: is.version })}
        </Badge>
      )}
      {was.rank !== is.rank && (
        <Badge size="sm" variant="light" color="gray">
          {t('change.rank', { was: was.rank, is: is.rank })}
        </Badge>
      )}
    </Group>
  )
}
