/** Which time, category and site the whole page is about. All of it is in the address. */
import { Group, NativeSelect, SegmentedControl, Skeleton } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { graphql } from '../graphql/graphql.ts'
import { useData } from '../graphql/hooks.ts'
import type { Period } from './period.ts'
import { type InsightsSearch, presets } from './route.ts'

const Range = lazy(() => import('./Range.tsx'))

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
  const { t } = useTranslation('insights')
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
        <Suspense fallback={<Skeleton height={36} w={{ base: '100%', xs: 260 }} />}>
          <Range key={`${period.from} ${period.to}`} period={period} onChange={change} />
        </Suspense>
      )}
      {/* The system's own: nothing to load, and at home on a phone. */}
      <NativeSelect
        data={[{ value: '', label: t('filters.everyCategory') }, ...withChosen(categories, search.category)]}
        value={search.category ?? ''}
        onChange={({ currentTarget: { value } }) => change({ category: value || undefined })}
        aria-label={t('filters.category')}
        w={{ base: '100%', xs: 190 }}
      />
      <NativeSelect
        data={[{ value: '', label: t('filters.everySite') }, ...withChosen(sites, search.site)]}
        value={search.site ?? ''}
        onChange={({ currentTarget: { value } }) => change({ site: value || undefined })}
        aria-label={t('filters.site')}
        w={{ base: '100%', xs: 190 }}
      />
    </Group>
  )
}
