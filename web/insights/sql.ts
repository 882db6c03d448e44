/** The call that gives a chart's rows, to paste into psql. */
import type { Chart, Variables } from './chart.ts'
import { argumentsOf } from './use_chart.ts'

const literal = (value: string) => `'${value.replaceAll("'", "''")}'`

export function callOf(chart: Chart, variables: Variables): string {
  const given = argumentsOf(chart, variables)
  const values = chart.takes
    .filter((name) => given[name] !== undefined && given[name] !== null)
    .map((name) => `${name} => ${literal(String(given[name]))}`)
  return `select * from app_public.${chart.name}(${values.join(', ')});`
}
