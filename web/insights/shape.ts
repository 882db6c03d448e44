/** From rows to what is drawn: series, points, and the words that say the same. */
import type { TFunction } from 'i18next'
import type { Chart, Form, Kind, Row, Series } from './chart.ts'
import { formatValue } from './values.ts'

export interface DrawnSeries extends Series {
  label: string
  /** Of counts, what they add up to. */
  total: number | null
  /** Its place among the colours, where it is not its place in the list. */
  colour?: number
}

export interface Drawing {
  x: { name: string; as: Kind }
  series: DrawnSeries[]
  points: Row[]
  /** Nothing in it but zeros. */
  empty: boolean
}

type T = TFunction<['insights', 'common']>

const kindOf = ({ columns }: Chart, name: string): Kind =>
  columns.find((column) => column.name === name)?.as ?? 'text'

/** A line of dollars is a price, which adds up to nothing. */
const totalOf = (points: Row[], { name, as, line }: Series) =>
  as === 'count' || (as === 'dollars' && !line)
    ? points.reduce((sum, point) => sum + Number(point[name] ?? 0), 0)
    : null

/** One point for each x, one field for each value of `by`. */
function split(t: T, chart: Chart, rows: Row[], form: Extract<Form, { kind: 'split' }>) {
  const points = new Map<unknown, Row>()
  const totals = new Map<string, number>()
  for (const row of rows) {
    const name = String(row[form.by])
    const point = points.get(row[form.x]) ?? { [form.x]: row[form.x] ?? null }
    point[name] = Number(row[form.value] ?? 0)
    points.set(row[form.x], point)
    totals.set(name, (totals.get(name) ?? 0) + Number(point[name]))
  }
  const names = [...new Set([...form.order, ...totals.keys()])]
  const series = names.flatMap((name, colour) => {
    const total = totals.get(name)
    const label = formatValue(t, kindOf(chart, form.by), name)
    return total === undefined ? [] : [{ name, as: kindOf(chart, form.value), total, label, colour }]
  })
  return { points: [...points.values()], series }
}

export function draw(t: T, chart: Chart, rows: Row[]): Drawing | null {
  const { form } = chart
  if (form.kind === 'ranking') return null
  const x = { name: form.x, as: kindOf(chart, form.x) }
  if (form.kind === 'split') {
    const { points, series } = split(t, chart, rows, form)
    return { x, points, series, empty: series.every(({ total }) => total === 0) }
  }
  const points = chart.drawn?.(rows) ?? rows
  const series = form.series.map((one) => ({
    ...one,
    label: t(`columns.${one.name as 'answers'}`),
    total: totalOf(points, one),
  }))
  const empty = points.every((point) => form.series.every(({ name }) => !point[name]))
  return { x, points, series, empty }
}

/** What the drawing shows, in a sentence for each series. */
export function describe(t: T, { x, series, points }: Drawing): string {
  const at = (point: Row) => formatValue(t, x.as, point[x.name])
  return series
    .map(({ name, as, label, total }) => {
      const known = points.filter((point) => point[name] !== null && point[name] !== undefined)
      if (known.length === 0) return t('summary.none', { label })
      const ordered = [...known].sort((a, b) => Number(a[name]) - Number(b[name]))
      const low = ordered[0]!
      const high = ordered.at(-1)!
      const most = { label, most: formatValue(t, as, high[name]), when: at(high) }
      return total === null
        ? t('summary.range', { ...most, least: formatValue(t, as, low[name]) })
        : t('summary.total', { ...most, total: formatValue(t, as, total) })
    })
    .join(' ')
}
