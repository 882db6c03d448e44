import { formatNumber } from '../app/time.ts'

/** {"tickets": 3, "responses": 4} as "3 tickets, 4 responses"; the names are the database's. */
export function countsInWords(counts: unknown): string {
  if (typeof counts !== 'object' || counts === null) return '–'
  const told = Object.entries(counts).filter(([, count]) => typeof count === 'number' && count > 0)
  return told.length === 0
    ? '0'
    : told.map(([name, count]) => `${formatNumber(count as number)} ${name.replaceAll('_', ' ')}`).join(', ')
}
