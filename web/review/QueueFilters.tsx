/** Which proposals the list shows; the address says it. */
import { SegmentedControl, Select, SimpleGrid, Stack } from '@mantine/core'
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
        aria-label={t('status.label')}
        value={filters.status}
        onChange={(status) => onChange({ status: status as Status })}
        data={statuses.map((status) => ({ value: status, label: t(`status.${status}`) }))}
      />
      <SimpleGrid cols={2} spacing={6}>
        <Select
          size="xs"
          clearable
          aria-label={t('kind.label')}
          placeholder={t('kind.any')}
          value={filters.kind ?? null}
          onChange={(kind) => onChange({ kind: (kind as Kind | null) ?? undefined })}
          data={kinds.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
          clearButtonProps={{ 'aria-label': t('kind.any') }}
        />
        <Select
          size="xs"
          clearable
          searchable
          aria-label={t('category.label')}
          placeholder={t('category.any')}
          value={filters.category ?? null}
          onChange={(category) => onChange({ category: category ?? undefined })}
          data={[...categories].sort().map((category) => ({ value: category, label: readable(category) }))}
          clearButtonProps={{ 'aria-label': t('category.any') }}
        />
      </SimpleGrid>
    </Stack>
  )
}
