/** The variants of an experiment that is being written: their shares of the visitors, and what is wrong with them. */

export interface Variant {
  /** Stays its own while others come and go; its label follows its place. */
  key: number
  text: string
  /** Percent of the visitors; '' while nothing is typed. Used where the shares are not equal. */
  share: number | ''
}

/** What the arms are made of. */
export interface Arms {
  variants: Variant[]
  /** Whether every arm, the control too, gets as many visitors. */
  equal: boolean
}

export const mostVariants = 4

/** A is the control. */
export const labelOf = (place: number) => String.fromCharCode('B'.charCodeAt(0) + place)

const round = (share: number) => Math.round(share * 10) / 10

/** Percent that each variant gets, to a tenth. */
export const sharesOf = ({ variants, equal }: Arms): (number | '')[] =>
  variants.map(({ share }) => (equal ? round(100 / (variants.length + 1)) : share === '' ? '' : round(share)))

const sum = (numbers: (number | '')[]) => numbers.reduce<number>((all, one) => all + (one || 0), 0)

/** Percent that the variants get together. */
export const takenBy = (arms: Arms) =>
  arms.equal ? (100 * arms.variants.length) / (arms.variants.length + 1) : round(sum(sharesOf(arms)))

const common = (a: number, b: number): number => (b === 0 ? a : common(b, a % b))

/** The arms' weights, the control's first, in the smallest whole numbers; null where the shares are none. */
export function weightsOf(arms: Arms): number[] | null {
  if (arms.equal) return Array<number>(arms.variants.length + 1).fill(1)
  const shares = sharesOf(arms)
  if (shares.some((share) => !share) || takenBy(arms) >= 100) return null
  const tenths = shares.map((share) => Math.round(Number(share) * 10))
  const all = [1000 - sum(tenths), ...tenths]
  const divisor = all.reduce(common)
  return all.map((one) => one / divisor)
}

/** Another one begins as the SOP is; where shares were chosen it gets the last one's, or half of what the control has. */
export function withAnother({ variants, equal }: Arms, base: string): Variant[] {
  const left = 100 - takenBy({ variants, equal })
  const last = Number(variants.at(-1)?.share) || 0
  const share = last > 0 && last < left ? last : round(Math.max(left, 0) / 2)
  return [...variants, { key: Math.max(0, ...variants.map(({ key }) => key)) + 1, text: base, share }]
}

export type TextProblem = { kind: 'empty' } | { kind: 'unchanged' } | { kind: 'alike'; label: string }

/** As start_experiment would refuse it, and what differs by blank ends alone. */
export function textProblem(variants: Variant[], place: number, base: string): TextProblem | null {
  const text = variants[place]!.text.trim()
  if (text === '') return { kind: 'empty' }
  if (text === base.trim()) return { kind: 'unchanged' }
  const twin = variants.findIndex((other) => other.text.trim() === text)
  return twin < place ? { kind: 'alike', label: labelOf(twin) } : null
}
