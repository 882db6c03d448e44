/** The failing questions behind a proposal: those that ask for the same stand together, with what the dry run found. */
import { type DryRun, type Proposal, readable, type TriedQuestion, titleOf } from './documents.ts'

type Failure = NonNullable<NonNullable<Proposal['evidence']['nodes'][number]>['failedResponse']>

export interface Question {
  failure: Failure
  tried: TriedQuestion | undefined
}

export interface Group {
  key: string
  expected: string | null
  correction: string | null
  questions: Question[]
}

const expectedOf = ({ expectedSop, expectedCategory, expectedTopic }: Failure) =>
  expectedSop
    ? titleOf({ category: expectedSop.category, topic: expectedSop.section })
    : expectedCategory
      ? [expectedCategory, expectedTopic].filter(Boolean).map(readable).join(' / ')
      : null

export function groupEvidence(proposal: Proposal, dryRun: DryRun | null): Group[] {
  const tried = new Map(dryRun?.questions.map((one) => [one.question, one]))
  const groups = new Map<string, Group>()
  for (const node of proposal.evidence.nodes) {
    const failure = node?.failedResponse
    if (!failure) continue
    const correction = failure.userCorrection?.trim() || null
    const expected = expectedOf(failure)
    const key = JSON.stringify([expected, correction?.toLowerCase() ?? null])
    const group = groups.get(key) ?? { key, expected, correction, questions: [] }
    group.questions.push({ failure, tried: tried.get(failure.query) })
    groups.set(key, group)
  }
  return [...groups.values()].sort((a, b) => b.questions.length - a.questions.length)
}
