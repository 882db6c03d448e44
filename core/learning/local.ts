/** The analyst that needs no provider: customers' phrases and corrections go where search says that they belong. */
import type { AnsweringServices } from '../answering/ask.ts'
import { withClaims } from '../database/index.ts'
import { analyst, type Draft, embedDraft } from './analyse.ts'

export const localAnalyst = 'local'

/**
 * Proposes what it can for a pattern, and writes down that it looked; returns the proposal that waits, or null.
 * reasons: why it, and no model, does this one.
 */
export async function analyseLocally(
  services: AnsweringServices,
  pattern: number,
  run: number | null,
  reasons: string[] = [],
): Promise<number | null> {
  const { pool } = services
  const draft = await withClaims(pool, analyst, async (client) => {
    const { rows } = await client.query<{ draft: Draft | null }>(
      'select app_private.draft_improvement($1) as draft',
      [pattern],
    )
    return rows[0]!.draft
  })
  if (draft !== null) await embedDraft(services, draft)
  return withClaims(pool, analyst, async (client) => {
    let proposal: { id: number; status: string } | null = null
    if (draft !== null) {
      const { rows } = await client.query<{ id: number; status: string }>(
        `select id, status from app_public.propose_improvement(kind => $1, suggestion => $2, failed_response_ids => $3, pattern_id => $4, base_version => $5,
           proposed_by => 'local analyst')`,
        [
          draft.kind,
          JSON.stringify(draft.suggestion),
          draft.failed_response_ids,
          pattern,
          draft.base_version ?? null,
        ],
      )
      proposal = rows[0]!
    }
    await client.query('select app_private.record_local_analysis($1, $2, $3, $4)', [
      pattern,
      run,
      proposal?.id ?? null,
      reasons,
    ])
    if (proposal?.status !== 'pending') return null
    await client.query('select app_public.preview_improvement($1)', [proposal.id])
    return proposal.id
  }).catch((error: { code?: string }) => {
    // A customer was erased between draft and proposal: the next run drafts from what is left.
    if (error.code === 'CO110') return null
    throw error
  })
}
