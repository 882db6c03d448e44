/** Values as people read them. */
import type { TFunction } from 'i18next'
import {
  formatDay,
  formatDollars,
  formatDuration,
  formatNumber,
  formatShare,
  formatTime,
} from '../app/time.ts'
import { language } from '../i18n/index.ts'
import type { Kind, Value } from './chart.ts'

const short = (day: string) =>
  new Intl.DateTimeFormat(language(), { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  )

export const formatHour = (hour: number) =>
  new Intl.DateTimeFormat(language(), { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }).format(
    new Date(Date.UTC(2000, 0, 1, hour)),
  )

export const numeric = (kind: Kind) =>
  (['count', 'share', 'milliseconds', 'hours', 'hour', 'dollars'] as Kind[]).includes(kind)

/** t: of the namespace insights. brief: on an axis, where there is little room. */
export function formatValue(
  t: TFunction<['insights', 'common']>,
  kind: Kind,
  value: Value | undefined,
  brief = false,
): string {
  if (value === null || value === undefined) return '–'
  switch (kind) {
    case 'day':
      return brief ? short(String(value)) : formatDay(`${value}T00:00:00Z`, 'UTC')
    case 'week':
      return brief ? short(String(value)) : t('weekOf', { day: formatDay(`${value}T00:00:00Z`, 'UTC') })
    case 'hour':
      return formatHour(Number(value))
    case 'time':
      return formatTime(String(value))
    case 'count':
      return formatNumber(Number(value))
    case 'share':
      return formatShare(Number(value))
    case 'milliseconds':
      return formatDuration(Number(value))
    case 'hours':
      return formatNumber(Number(value), { style: 'unit', unit: 'hour', maximumFractionDigits: 1 })
    case 'dollars':
      return formatDollars(Number(value))
    case 'purpose':
      return t(`purpose.${value as 'answer'}`, { defaultValue: String(value) })
    case 'outcome':
      return t(`common:outcome.${value as 'answered'}`, { defaultValue: String(value) })
    case 'feedback':
      return t(`feedback.${value as 'wrong'}`, { defaultValue: String(value) })
    case 'proposal':
      return t(`proposal.${value as 'sop_edit'}`, { defaultValue: String(value) })
    case 'status':
      return t(`status.${value as 'open'}`, { defaultValue: String(value) })
    case 'text':
      return String(value)
  }
}
