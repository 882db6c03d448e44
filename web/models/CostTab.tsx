/** What models cost: by day, for an answer, for an accepted proposal; and how much the cache saved. */
import { Anchor, Group, SegmentedControl, SimpleGrid, Stack } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelsSearch } from '../admin/route.ts'
import { ChartCard } from '../insights/ChartCard.tsx'
import { periodOf } from '../insights/period.ts'
import { charts } from './charts.ts'
import { route } from './page.tsx'

const presets = [7, 30, 90] as const

export default function CostTab() {
  const { t } = useTranslation('models')
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/admin/models' })
  const change = (part: Partial<ModelsSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), resetScroll: false })
  const { days = 30, chart: chosen, as } = search
  // The ledger's days are UTC, as the budgets' are.
  const { since, until } = useMemo(() => periodOf({ days }, 'UTC'), [days])
  const variables = { since, until }
  const alone = charts.find(({ name }) => name === chosen)
  return (
    <Stack>
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={t('cost.period')}
          value={String(days)}
          data={presets.map((count) => ({ value: String(count), label: t('cost.days', { count }) }))}
          onChange={(value) => change({ days: value === '7' ? 7 : value === '90' ? 90 : undefined })}
        />
        {alone && (
          <Anchor
            size="sm"
            renderRoot={(props) => (
              <Link
                {...props}
                to="/admin/models"
                search={(before: ModelsSearch) => ({ ...before, chart: undefined, as: undefined })}
              />
            )}
          >
            <Group gap={4} component="span">
              <IconArrowLeft size={16} aria-hidden /> {t('cost.back')}
            </Group>
          </Anchor>
        )}
      </Group>
      {alone ? (
        <ChartCard
          key={alone.name}
          chart={alone}
          variables={variables}
          page="/admin/models"
          full={{
            view: as ?? 'chart',
            onView: (view) => change({ as: view === 'chart' ? undefined : view }),
          }}
        />
      ) : (
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
          {charts.map((one) => (
            <ChartCard key={one.name} chart={one} variables={variables} page="/admin/models" />
          ))}
        </SimpleGrid>
      )}
    </Stack>
  )
}
