/** The two texts that a proposal compares: what stands there, and what would stand there. */
import { useQuery } from '@tanstack/react-query'
import type { ApiError } from '../graphql/client.ts'
import { useData } from '../graphql/hooks.ts'
import { entriesQuery, isEditable, type Merge, type Proposal, suggestionOf } from './documents.ts'
import { mergeOptions } from './options.ts'

export interface Texts {
  before: string
  after: string
  /** The SOP version that `before` is, and against which an edited text is approved. */
  version: number | null
  merge: Merge | null
}

interface Reading {
  data: Texts | undefined
  error: ApiError | null
  isPending: boolean
  refetch: () => unknown
}

export const isOutdated = ({ status, sop, baseVersion }: Proposal) =>
  status === 'pending' && sop !== null && sop.version !== baseVersion

/** Undefined for proposals that write neither an SOP nor correct just one answer. */
export function useTexts(proposal: Proposal): Reading | undefined {
  const after = suggestionOf(proposal).new_content ?? ''
  const { written } = proposal
  const needsMerge =
    proposal.kind === 'sop_edit' &&
    (isOutdated(proposal) || proposal.status === 'rejected' || proposal.status === 'superseded')
  const merge = useQuery({ ...mergeOptions(proposal.id), enabled: needsMerge })
  const correction = proposal.kind === 'knowledge_correction' && isEditable(proposal)
  const { entries: [entry] = [], category = '', topic = '' } = suggestionOf(proposal)
  const existing = useData(
    entriesQuery,
    { category, topic, questions: entry ? [entry.question] : [] },
    { enabled: correction && proposal.status === 'pending', staleTime: 30_000 },
  )
  if (correction && entry) {
    const before = existing.data?.knowledgeBases?.nodes[0]?.answer ?? ''
    return {
      data: existing.data && { before, after: entry.answer, version: null, merge: null },
      error: existing.error,
      isPending: existing.isPending,
      refetch: existing.refetch,
    }
  }
  if (proposal.kind !== 'sop_edit' && proposal.kind !== 'sop_new') return undefined
  if (needsMerge) {
    const found = merge.data?.improvementMerge ?? null
    return {
      data: found ? compared(proposal, found) : undefined,
      error: merge.error as ApiError | null,
      isPending: merge.isPending,
      refetch: merge.refetch,
    }
  }
  const data =
    proposal.status === 'approved' && written
      ? {
          before: written.previousVersion?.content ?? '',
          after: written.content,
          version: written.version,
          merge: null,
        }
      : { before: proposal.sop?.content ?? '', after, version: proposal.sop?.version ?? null, merge: null }
  return { data, error: null, isPending: false, refetch: () => {} }
}

function compared(proposal: Proposal, merge: Merge): Texts {
  if (proposal.status !== 'pending')
    return {
      before: merge.base ?? '',
      after: merge.proposed ?? '',
      version: proposal.baseVersion,
      merge: null,
    }
  return {
    before: merge.current ?? '',
    after: merge.merged ?? '',
    version: merge.currentVersion,
    merge,
  }
}
