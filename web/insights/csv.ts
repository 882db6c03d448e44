/** A chart's rows for spreadsheets, or to paste. */
import type { Value } from './chart.ts'

/** Text that a spreadsheet would take for a formula is not one: it comes from customers. */
const harmless = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)

function cell(value: Value | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = harmless(value)
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export const toCsv = (columns: readonly { name: string }[], rows: Record<string, Value>[]): string =>
  [
    columns.map(({ name }) => name).join(','),
    ...rows.map((row) => columns.map(({ name }) => cell(row[name])).join(',')),
    '',
  ].join('\r\n')
