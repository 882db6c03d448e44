import '@mantine/dates/styles.css'
import { DatesProvider, DateTimePicker } from '@mantine/dates'
import { useTranslation } from 'react-i18next'
import { fromWallClock, toWallClock } from './zone.ts'
import 'dayjs/locale/de.js'

interface Props {
  at: string | undefined
  zone: string
  autoFocus: boolean
  onChange: (at: string | undefined) => void
}

export default function AsOfPicker({ at, zone, autoFocus, onChange }: Props) {
  const { t, i18n } = useTranslation('sops')
  const { t: common } = useTranslation()
  return (
    <DatesProvider settings={{ locale: i18n.language }}>
      <DateTimePicker
        label={t('asOf.label', { zone })}
        placeholder={t('asOf.placeholder')}
        valueFormat="D MMM YYYY, HH:mm"
        miw="16rem"
        clearable
        data-autofocus={autoFocus || undefined}
        autoFocus={autoFocus}
        maxDate={toWallClock(new Date().toISOString(), zone)}
        value={at === undefined ? null : toWallClock(at, zone)}
        onChange={(clock) => onChange(clock === null ? undefined : fromWallClock(clock, zone))}
        submitButtonProps={{ 'aria-label': common('do.confirm') }}
        clearButtonProps={{ 'aria-label': common('do.clear') }}
        timePickerProps={{
          hoursInputLabel: t('asOf.hours'),
          minutesInputLabel: t('asOf.minutes'),
          'aria-label': t('asOf.time'),
        }}
        nextLabel={t('asOf.next')}
        previousLabel={t('asOf.previous')}
      />
    </DatesProvider>
  )
}
