/** The questions of a dry run, by what the change does to them. */
import type { DryRun, Effect, TriedQuestion } from './documents.ts'

/** Results that were kept before effects were told. */
export function effectOf({ effect, role, expected, before, after }: TriedQuestion): Effect {
  if (effect) return effect
  if (before === after && (role !== 'failing' || after === expected)) return 'unaffected'
  if (role === 'failing') return after === expected ? 'fixed' : 'still_failing'
  return before === expected ? 'broken' : after === expected ? 'fixed' : 'changed'
}

export const triedGroups = [
  'goldenBroken',
  'broken',
  'still',
  'changed',
  'goldenFixed',
  'fixed',
  'unaffected',
] as const
export type TriedGroup = (typeof triedGroups)[number]

function groupOf(question: TriedQuestion): TriedGroup {
  const effect = effectOf(question)
  const golden = question.role === 'golden'
  if (effect === 'broken') return golden ? 'goldenBroken' : 'broken'
  if (effect === 'fixed') return golden ? 'goldenFixed' : 'fixed'
  return effect === 'still_failing' ? 'still' : effect
}

/** What is worst stands first; groups without questions are left out. */
export function groupTried(questions: TriedQuestion[]): { group: TriedGroup; questions: TriedQuestion[] }[] {
  const groups = Map.groupBy(questions, groupOf)
  return triedGroups.flatMap((group) => {
    const found = groups.get(group)
    return found ? [{ group, questions: found }] : []
  })
}

/** How many were asked, by role, and what came of them. */
export function summaryOf(dryRun: DryRun) {
  const count = (role: TriedQuestion['role']) => dryRun.questions.filter((one) => one.role === role).length
  return {
    failing: dryRun.asked?.failing ?? count('failing'),
    fixed: dryRun.fixed,
    asNew: dryRun.fixed_as_new ?? 0,
    forOthers: dryRun.fixed_for_others ?? 0,
    good: dryRun.asked?.good ?? dryRun.unaffected + dryRun.broken + (dryRun.changed ?? 0),
    broken: dryRun.broken,
    golden: dryRun.asked?.golden ?? dryRun.golden ?? count('golden'),
    goldenBroken: dryRun.golden_broken ?? 0,
    goldenFixed: dryRun.golden_fixed ?? 0,
  }
}
