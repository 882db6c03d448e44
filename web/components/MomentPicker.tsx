/** Day and time in the reader's time zone; outside it is a moment as the server writes it. */
import '@mantine/dates/styles.css'
import { DatesProvider, DateTimePicker } from '@mantine/dates'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useTimezone } from '../app/time.ts'
import { fromWallClock, toWallClock } from './zone.ts'
import 'dayjs/locale/de.js'

export interface MomentProps {
  label: string
  value: string | null
  onChange: (value: string | null) => void
  placeholder?: string
  autoFocus?: boolean
  /** Its calendar opens at once. */
  opened?: boolean
  /** Nothing later than now. */
  past?: boolean
}

export default function MomentPicker({
  label,
  value,
  onChange,
  placeholder,
  autoFocus = false,
  opened = false,
  past = false,
}: MomentProps) {
  const { t, i18n } = useTranslation()
  const zone = useTimezone()
  const button = useRef<HTMLButtonElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: when it appears, and never again
  useEffect(() => {
    if (!opened) return
    button.current?.focus()
    button.current?.click()
  }, [])
  return (
    <DatesProvider settings={{ locale: i18n.language }}>
      <DateTimePicker
        ref={button}
        label={label}
        placeholder={placeholder}
        valueFormat="D MMM YYYY, HH:mm"
        clearable
        autoFocus={autoFocus}
        {...(past && { maxDate: toWallClock(new Date().toISOString(), zone) })}
        value={value === null ? null : toWallClock(value, zone)}
        onChange={(clock) => onChange(clock === null ? null : fromWallClock(clock, zone))}
        submitButtonProps={{ 'aria-label': t('do.confirm') }}
        clearButtonProps={{ 'aria-label': t('do.clear') }}
        timePickerProps={{
          hoursInputLabel: t('moment.hours'),
          minutesInputLabel: t('moment.minutes'),
          'aria-label': t('moment.time'),
        }}
        nextLabel={t('moment.next')}
        previousLabel={t('moment.previous')}
      />
    </DatesProvider>
  )
}
