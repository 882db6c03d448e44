/** Which proposals the list shows; the address says it. */
import { NativeSelect, SegmentedControl, SimpleGrid, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useData } from '../graphql/hooks.ts'
import { categoriesQuery, type Filters, readable } from './documents.ts'
import { type Kind, kinds, type Status, statuses } from './route.ts'

interface Props {
  filters: Filters
  onChange: (changed: Partial<Filters>) => void
}

export function QueueFilters({ filters, onChange }: Props) {
  const { t } = useTranslation('review')
  const { data } = useData(categoriesQuery, {}, { staleTime: 300_000 })
  const categories = new Set(
    (data?.sopCategories?.nodes ?? []).map((one) => one?.category ?? '').filter(Boolean),
  )
  // A link may name one that no SOP has (any more).
  if (filters.category) categories.add(filters.category)
  return (
    <Stack gap={6} mb="xs">
      <SegmentedControl
        size="xs"
        fullWidth
        // Four of them fit on a phone, in German too.
        styles={{ label: { paddingInline: 4 } }}
        aria-label={t('status.label')}
        value={filters.status}
        onChange={(status) => onChange({ status: status as Status })}
        data={statuses.map((status) => ({ value: status, label: t(`status.${status}`) }))}
      />
      <SimpleGrid cols={2} spacing={6}>
        {/* The system's own: nothing to load, and at home on a phone. */}
        <NativeSelect
          size="xs"
          aria-label={t('kind.label')}
          value={filters.kind ?? ''}
          onChange={({ currentTarget }) =>
            onChange({ kind: (currentTarget.value || undefined) as Kind | undefined })
          }
          data={[
            { value: '', label: t('kind.any') },
            ...kinds.map((kind) => ({ value: kind, label: t(`kind.${kind}`) })),
          ]}
        />
        <NativeSelect
          size="xs"
          aria-label={t('category.label')}
          value={filters.category ?? ''}
          onChange={({ currentTarget }) => onChange({ category: currentTarget.value || undefined })}
          data={[
            { value: '', label: t('category.any') },
            ...[...categories].sort().map((category) => ({ value: category, label: readable(category) })),
          ]}
        />
      </SimpleGrid>
    </Stack>
  )
}
