/** The fields of an entry, new or changed. */
import { Select, SimpleGrid, Skeleton, Textarea } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useTimezone } from '../app/time.ts'
import { MarkdownEditor } from '../components/Editor.tsx'
import type { Written } from './entry.ts'
import { useSites } from './useEntries.ts'

const MomentPicker = lazy(() => import('../components/MomentPicker.tsx'))

interface Props {
  value: Written
  onChange: (part: Partial<Written>) => void
  onSubmit: () => void
  autoFocus: boolean
  /** What is missing is said once one has tried to save. */
  tried: boolean
}

export function EntryFields({ value, onChange, onSubmit, autoFocus, tried }: Props) {
  const { t } = useTranslation('knowledge')
  const { sites } = useSites()
  const zone = useTimezone()
  const missing = (text: string) => tried && text.trim() === '' && t('new.needed')
  return (
    <>
      <Textarea
        label={t('fact.question')}
        autosize
        minRows={1}
        maxRows={4}
        maxLength={2400}
        autoFocus={autoFocus}
        value={value.question}
        error={missing(value.question)}
        onChange={(event) => onChange({ question: event.currentTarget.value })}
      />
      <MarkdownEditor
        label={t('fact.answer')}
        value={value.answer}
        minHeight="10rem"
        onSubmit={onSubmit}
        onChange={(answer) => {
          if (answer !== value.answer) onChange({ answer })
        }}
      />
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <Select
          label={t('fact.site')}
          data={[
            { value: '', label: t('everywhere') },
            ...sites.map((one) => ({ value: one.slug, label: one.name })),
          ]}
          value={value.site ?? ''}
          allowDeselect={false}
          onChange={(site) => onChange({ site: site || null })}
        />
        <Suspense fallback={<Skeleton height={60} />}>
          <MomentPicker
            label={`${t('fact.from')} (${zone})`}
            placeholder={t('always')}
            value={value.validFrom}
            onChange={(validFrom) => onChange({ validFrom })}
          />
          <MomentPicker
            label={`${t('fact.to')} (${zone})`}
            placeholder={t('endless')}
            value={value.validTo}
            onChange={(validTo) => onChange({ validTo })}
          />
        </Suspense>
      </SimpleGrid>
    </>
  )
}
