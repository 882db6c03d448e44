/** Which time, category and site the whole page is about. All of it is in the address. */
import '@mantine/dates/styles.css'
import { Group, SegmentedControl, Select } from '@mantine/core'
import { DatePickerInput, DatesProvider } from '@mantine/dates'
import 'dayjs/locale/de.js'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { graphql } from '../graphql/graphql.ts'
import { useData } from '../graphql/hooks.ts'
import type { Period } from './period.ts'
import { type InsightsSearch, presets } from './route.ts'

const choicesQuery = graphql(`
  query InsightChoices {
    sites(orderBy: [SLUG_ASC], first: 500) { nodes { slug name } }
    sopCategories(orderBy: [CATEGORY_ASC], first: 500) { nodes { category } }
  }
`)

/** A chosen value that is not among the choices is shown all the same: the page is filtered by it. */
const withChosen = (choices: { value: string; label: string }[], chosen: string | undefined) =>
  chosen === undefined || choices.some(({ value }) => value === chosen)
    ? choices
    : [...choices, { value: chosen, label: chosen }]

export function Filters({ search, period }: { search: InsightsSearch; period: Period }) {
  const { t, i18n } = useTranslation('insights')
  const navigate = useNavigate({ from: '/insights' })
  const { data } = useData(choicesQuery, {}, { staleTime: 300_000 })
  const change = (part: Partial<InsightsSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), resetScroll: false })

  const own = search.from !== undefined || search.to !== undefined
  const sites = (data?.sites?.nodes ?? []).flatMap((site) =>
    site ? [{ value: site.slug, label: site.name }] : [],
  )
  const categories = (data?.sopCategories?.nodes ?? []).flatMap((one) =>
    one?.category ? [{ value: one.category, label: one.category }] : [],
  )
  return (
    <Group gap="sm" mb="md" align="flex-end" role="search" aria-label={t('filters.label')}>
      <SegmentedControl
        value={own ? 'own' : String(search.days ?? 30)}
        aria-label={t('filters.period')}
        onChange={(value) =>
          change(
            value === 'own'
              ? { days: undefined, from: period.from, to: period.to }
              : {
                  days: presets.find((days) => days !== 30 && String(days) === value),
                  from: undefined,
                  to: undefined,
                },
          )
        }
        data={[
          ...presets.map((count) => ({ value: String(count), label: t('filters.days', { count }) })),
          { value: 'own', label: t('filters.own') },
        ]}
      />
      {own && (
        <DatesProvider settings={{ locale: i18n.language, firstDayOfWeek: 1 }}>
          <Range key={`${period.from} ${period.to}`} period={period} onChange={change} />
        </DatesProvider>
      )}
      <Select
        data={withChosen(categories, search.category)}
        value={search.category ?? null}
        onChange={(value) => change({ category: value ?? undefined })}
        placeholder={t('filters.everyCategory')}
        aria-label={t('filters.category')}
        clearable
        searchable
        clearButtonProps={{ 'aria-label': t('filters.everyCategory') }}
        w={{ base: '100%', xs: 190 }}
      />
      <Select
        data={withChosen(sites, search.site)}
        value={search.site ?? null}
        onChange={(value) => change({ site: value ?? undefined })}
        placeholder={t('filters.everySite')}
        aria-label={t('filters.site')}
        clearable
        searchable
        clearButtonProps={{ 'aria-label': t('filters.everySite') }}
        w={{ base: '100%', xs: 190 }}
      />
    </Group>
  )
}

/** Goes into the address once both days are chosen. */
function Range({ period, onChange }: { period: Period; onChange: (part: Partial<InsightsSearch>) => void }) {
  const { t } = useTranslation('insights')
  const [days, setDays] = useState<[string | null, string | null]>([period.from, period.to])
  useEffect(() => {
    const [from, to] = days
    if (from && to && (from !== period.from || to !== period.to)) onChange({ from, to })
  }, [days, period, onChange])
  return (
    <DatePickerInput
      type="range"
      value={days}
      onChange={setDays}
      allowSingleDateInRange
      valueFormat={t('filters.dateFormat')}
      aria-label={t('filters.own')}
      w={{ base: '100%', xs: 260 }}
    />
  )
}
