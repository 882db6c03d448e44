/** Times as people read them: in the time zone they chose, else in the device's. */
import { useSyncExternalStore } from 'react'
import { language } from '../i18n/index.ts'

const deviceZone = Intl.DateTimeFormat().resolvedOptions().timeZone
const listeners = new Set<() => void>()

export const timezone = () => localStorage.getItem('clubos.timezone') ?? deviceZone
export const ownTimezone = deviceZone

export function chooseTimezone(zone: string | null) {
  if (zone === null) localStorage.removeItem('clubos.timezone')
  else localStorage.setItem('clubos.timezone', zone)
  for (const listener of listeners) listener()
}

export const useTimezone = () =>
  useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, timezone)

/** 24 Nov 2026, 14:05 */
export const formatTime = (at: string | Date, zone = timezone()) =>
  new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(
    new Date(at),
  )

/** 24 Nov 2026 */
export const formatDay = (at: string | Date, zone = timezone()) =>
  new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeZone: zone }).format(new Date(at))

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** 3 minutes ago */
export function formatAgo(at: string | Date, now = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000
  const format = new Intl.RelativeTimeFormat(language(), { numeric: 'auto', style: 'long' })
  for (const [unit, length] of steps)
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit)
  return format.format(0, 'second')
}

export const formatNumber = (value: number, options?: Intl.NumberFormatOptions) =>
  new Intl.NumberFormat(language(), options).format(value)

export const formatShare = (value: number) =>
  formatNumber(value, { style: 'percent', maximumFractionDigits: value < 0.1 ? 1 : 0 })

/** 840 ms, 1.2 s */
export const formatDuration = (ms: number) =>
  ms < 1000
    ? formatNumber(Math.round(ms), { style: 'unit', unit: 'millisecond' })
    : formatNumber(ms / 1000, { style: 'unit', unit: 'second', maximumFractionDigits: 1 })

/** $0.0012, $3.40: small sums keep the digits that say something. */
export const formatDollars = (value: number) =>
  formatNumber(value, {
    style: 'currency',
    currency: 'USD',
    maximumFractionDigits: value === 0 || Math.abs(value) >= 1 ? 2 : Math.abs(value) >= 0.01 ? 3 : 5,
  })
