/** The questions with what the last check found, as they are listed: what fails first. */
import { readable } from '../sops/names.ts'
import type { Check, Golden } from './documents.ts'
import type { GoldenSearch } from './route.ts'

/** A row of golden_checks.results, as far as the page shows it. */
interface Result {
  golden_question_id: number
  outcome: string
  found_title: string | null
  confidence: number | null
  by_vector: boolean
  passed: boolean
  verdict: string
}

export type State = 'failed' | 'unasked' | 'passed'
export interface Asked extends Golden {
  state: State
  result: Result | null
}

export function withResults(rows: Golden[], check: Check | undefined): Asked[] {
  const results = new Map(((check?.results ?? []) as Result[]).map((one) => [one.golden_question_id, one]))
  const place: Record<State, number> = { failed: 0, unasked: 1, passed: 2 }
  return rows
    .map((row): Asked => {
      const result = results.get(row.id) ?? null
      // What was changed since has not been asked.
      const known = result !== null && check !== undefined && row.updatedAt <= check.checkedAt
      return {
        ...row,
        result: known ? result : null,
        state: !known ? 'unasked' : result.passed ? 'passed' : 'failed',
      }
    })
    .sort((a, b) => place[a.state] - place[b.state] || a.id - b.id)
}

export function filtered(rows: Asked[], { q, only }: GoldenSearch): Asked[] {
  const words = (q ?? '').toLocaleLowerCase().split(/\s+/).filter(Boolean)
  return rows.filter((row) => {
    if (only !== undefined && (only === 'handOver' ? !row.handOver : row.state !== only)) return false
    const text = [row.question, row.note, nameOf(row), row.site?.name]
      .filter(Boolean)
      .join(' ')
      .toLocaleLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** What is expected, as a person reads it; null where that is a person. */
export function nameOf(row: Golden): string | null {
  if (row.expectedSop) return `${readable(row.expectedSop.category)} / ${readable(row.expectedSop.section)}`
  if (row.expectedCategory !== null && row.expectedTopic !== null)
    return `${readable(row.expectedCategory)} / ${readable(row.expectedTopic)}`
  return null
}

/** As save_golden_question takes it. */
export const written = (row: Golden) => ({
  question: row.question,
  expectedSopId: row.expectedSop?.id ?? null,
  expectedCategory: row.expectedCategory,
  expectedTopic: row.expectedTopic,
  handOver: row.handOver,
  site: row.site?.slug ?? null,
  note: row.note,
})
