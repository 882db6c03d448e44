/** From which day to which: goes into the address once both are chosen. */
import '@mantine/dates/styles.css'
import { DatePickerInput, DatesProvider } from '@mantine/dates'
import 'dayjs/locale/de.js'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Period } from './period.ts'
import type { InsightsSearch } from './route.ts'

interface Props {
  period: Period
  onChange: (part: Partial<InsightsSearch>) => void
}

export default function Range({ period, onChange }: Props) {
  const { t, i18n } = useTranslation('insights')
  const [days, setDays] = useState<[string | null, string | null]>([period.from, period.to])
  useEffect(() => {
    const [from, to] = days
    if (from && to && (from !== period.from || to !== period.to)) onChange({ from, to })
  }, [days, period, onChange])
  return (
    <DatesProvider settings={{ locale: i18n.language, firstDayOfWeek: 1 }}>
      <DatePickerInput
        type="range"
        value={days}
        onChange={setDays}
        allowSingleDateInRange
        valueFormat={t('filters.dateFormat')}
        aria-label={t('filters.own')}
        w={{ base: '100%', xs: 260 }}
      />
    </DatesProvider>
  )
}
