/** Figures as people read them. */
import { formatNumber } from '../app/time.ts'
import type { Figures } from './documents.ts'

export const percent = (share: number | null | undefined, digits = 0) =>
  share === null || share === undefined
    ? '–'
    : formatNumber(share, { style: 'percent', maximumFractionDigits: digits })

/** A difference of shares in percentage points, with its sign. */
export const points = (difference: number | null | undefined) =>
  difference === null || difference === undefined
    ? '–'
    : formatNumber(difference * 100, { maximumFractionDigits: 1, signDisplay: 'exceptZero' })

export const probability = (p: number | null | undefined) =>
  p === null || p === undefined
    ? '–'
    : p < 0.0001
      ? `< ${formatNumber(0.0001, { maximumFractionDigits: 4 })}`
      : formatNumber(p, { maximumSignificantDigits: 2 })

/** Of chances that are never quite certain: nothing is 0 % or 100 %. */
export const chance = (share: number | null | undefined) =>
  share === null || share === undefined
    ? '–'
    : share > 0.999
      ? `> ${percent(0.999, 1)}`
      : share < 0.001
        ? `< ${percent(0.001, 1)}`
        : percent(share, share > 0.99 || share < 0.01 ? 1 : 0)

const verdicts = [
  'sample_ratio',
  'no_data',
  'worse',
  'better',
  'better_so_far',
  'collecting',
  'undecided',
] as const
export type Verdict = (typeof verdicts)[number]
export const verdictOf = ({ verdict }: Figures): Verdict =>
  verdicts.find((known) => known === verdict) ?? 'undecided'
