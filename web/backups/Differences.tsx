/** What a restore changes or would: counts by kind, and each difference with its texts before and after. */
import { Badge, Button, Group, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../app/time.ts'
import { SourceDiff } from '../components/TextDiff.tsx'
import type { Difference, Report } from './documents.ts'

const kinds = ['add', 'change', 'return', 'lacks_site'] as const
const colors = { add: 'teal', change: 'blue', return: 'grape', lacks_site: 'orange' } as const

/** Characters of a text that the report has. */
const most = 2000

interface Props {
  report: Report
  total: number
  /** Of a restore, rather than of a preview. */
  done: boolean
}

export function Differences({ report, total, done }: Props) {
  const { t } = useTranslation(['backups', 'common'])
  const [chosen, setChosen] = useState<'all' | Difference['difference']>('all')
  const all = report.differences ?? []
  const shown = all.filter(({ difference }) => chosen === 'all' || difference === chosen)
  const count = (kind: (typeof kinds)[number]) =>
    ((report.sops as Record<string, number> | undefined)?.[kind] ?? 0) +
    ((report.knowledge as Record<string, number> | undefined)?.[kind] ?? 0)
  const present = kinds.filter((kind) => count(kind) > 0)
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {t(done ? 'differencesDone' : 'differences', { count: total })}
      </Title>
      {present.length > 1 && (
        <SegmentedControl
          mb="sm"
          maw="100%"
          style={{ overflowX: 'auto' }}
          aria-label={t('filter')}
          value={chosen}
          onChange={(value) => setChosen(value as typeof chosen)}
          data={[
            { value: 'all', label: `${t('common:state.all')} (${formatNumber(total)})` },
            ...present.map((kind) => ({
              value: kind,
              label: `${t(`difference.${kind}`)} (${formatNumber(count(kind))})`,
            })),
          ]}
        />
      )}
      <Stack component="ul" gap="xs" m={0} p={0} aria-label={t('list')} style={{ listStyle: 'none' }}>
        {shown.map((one, index) => (
          <Line
            key={`${one.what} ${one.id ?? ''} ${one.category} ${one.topic} ${one.question ?? index}`}
            one={one}
          />
        ))}
      </Stack>
      {total > all.length && (
        <Text size="sm" c="dimmed" mt="xs">
          {t('first', { shown: formatNumber(all.length), total: formatNumber(total) })}
        </Text>
      )}
    </section>
  )
}

function Line({ one }: { one: Difference }) {
  const { t } = useTranslation('backups')
  const [opened, setOpened] = useState(false)
  const name = one.question ?? `${one.category}/${one.topic}`
  return (
    <Paper component="li" withBorder p="sm" style={{ overflowWrap: 'anywhere' }}>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <div style={{ minWidth: 0 }}>
          <Group gap="xs">
            <Badge variant="light" tt="none" miw="max-content" color={colors[one.difference]}>
              {t(`difference.${one.difference}`)}
            </Badge>
            <Text size="xs" c="dimmed">
              {t(`whats.${one.what}`)}
              {one.question && ` · ${one.category}/${one.topic}`}
            </Text>
          </Group>
          <Text size="sm" fw={600} dir="auto" mt={4}>
            {name}
          </Text>
        </div>
        {one.after !== undefined && (
          <Button
            size="compact-sm"
            variant="subtle"
            flex="none"
            aria-expanded={opened}
            aria-label={t('detailsOf', { name })}
            onClick={() => setOpened(!opened)}
          >
            {t('details')}
          </Button>
        )}
      </Group>
      {opened && one.after !== undefined && (
        <>
          <SourceDiff before={one.before ?? ''} after={one.after} />
          {Math.max(one.before?.length ?? 0, one.after.length) >= most && (
            <Text size="xs" c="dimmed">
              {t('cut')}
            </Text>
          )}
        </>
      )}
    </Paper>
  )
}
