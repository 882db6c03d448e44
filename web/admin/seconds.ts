import { formatNumber } from '../app/time.ts'

const units: [Intl.NumberFormatOptions['unit'], number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** 3 minutes, 2 days: how long something has waited. */
export function formatSeconds(seconds: number): string {
  const [unit, length] = units.find(([, length]) => seconds >= length) ?? ['second', 1]
  return formatNumber(Math.round(seconds / length), { style: 'unit', unit, unitDisplay: 'long' })
}
