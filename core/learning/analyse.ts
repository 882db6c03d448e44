/** failed responses → patterns → drafts with their vectors → proposals, dry-run and ranked. Re-running it is harmless. */
import type { AnsweringServices } from '../answering/ask.ts'
import { type Claims, toVector, withClaims } from '../database/index.ts'
import { prepareTexts, recordCalls } from '../embedding/question.ts'
import type { Call } from '../llm/index.ts'

export interface Analysis {
  failures: number
  patterns: number
  proposals: number[]
}

interface Draft {
  kind: string
  suggestion: {
    sop_id?: number
    category?: string
    section?: string
    topic?: string
    new_content?: string
    entries?: { question: string; answer: string }[]
  }
  failed_response_ids: number[]
  base_version?: number
}

/** Who finds patterns and drafts proposals; stands in failure_patterns.analyst. */
export const analystName = 'local'

const analyst: Claims = { role: 'worker', actor: `${analystName} analyst` }

export async function analyse(
  services: AnsweringServices,
  options: { most?: number; signal?: AbortSignal; progress?: (done: number, of: number) => void } = {},
): Promise<Analysis> {
  const { pool } = services
  await embedFailures(services)
  const clustered = await withClaims(pool, analyst, async (client) => {
    const before = await client.query(
      'select count(*)::int as n from app_public.failed_responses where not analyzed and withdrawn_at is null',
    )
    await client.query('select app_private.cluster_failures($1)', [options.most ?? 2000])
    // Also patterns that a crash left without their proposal.
    const open = await client.query<{ id: number }>(
      `select p.id from app_public.failure_patterns p
        where p.status in ('open', 'proposed', 'resolved') and exists (
          select from app_public.failed_responses f where f.pattern_id = p.id and f.withdrawn_at is null and f.erased_at is null and f.resolved_by_improvement_id is null
             and not exists (select from app_public.improvement_evidence e where e.failed_response_id = f.id))
        order by p.size desc, p.id`,
    )
    return { failures: before.rows[0].n as number, patterns: open.rows.map((row) => row.id) }
  })
  const proposals: number[] = []
  for (const [index, pattern] of clustered.patterns.entries()) {
    options.signal?.throwIfAborted()
    options.progress?.(index, clustered.patterns.length)
    const id = await propose(services, pattern)
    if (id !== null) proposals.push(id)
  }
  return { failures: clustered.failures, patterns: clustered.patterns.length, proposals }
}

async function propose(services: AnsweringServices, pattern: number): Promise<number | null> {
  const { pool } = services
  const draft = await withClaims(pool, analyst, async (client) => {
    const { rows } = await client.query<{ draft: Draft | null }>(
      'select app_private.draft_improvement($1) as draft',
      [pattern],
    )
    return rows[0]!.draft
  })
  if (draft === null) return null
  await embedDraft(services, draft)
  return withClaims(pool, analyst, async (client) => {
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
    if (rows[0]!.status !== 'pending') return null
    await client.query('select app_public.preview_improvement($1)', [rows[0]!.id])
    return rows[0]!.id
  }).catch((error: { code?: string }) => {
    // A customer was erased between draft and proposal: the next run drafts from what is left.
    if (error.code === 'CO110') return null
    throw error
  })
}

/** So that approving is pure SQL: every text of the draft has its vector before anybody sees it. */
export async function embedDraft(
  services: AnsweringServices,
  draft: Pick<Draft, 'suggestion'>,
): Promise<void> {
  const { suggestion } = draft
  const texts = await withClaims(services.pool, analyst, async (client) => {
    if (suggestion.entries) return suggestion.entries.map((entry) => entry.question)
    const { rows } = await client.query<{ embedding_text: string }>(
      `select m.embedding_text from app_private.missing_vectors(coalesce($1, (select category from app_public.sops where id = $2)), $3, $4) m`,
      [suggestion.category ?? null, suggestion.sop_id ?? null, suggestion.section, suggestion.new_content],
    )
    return rows.map((row) => row.embedding_text)
  })
  await storeVectors(services, texts)
}

/** What an edited proposal says that no vector is known of yet; the words alone count where the model fails. */
export async function embedEdited(
  services: AnsweringServices,
  id: number,
  content: string,
  version: number | null,
): Promise<void> {
  const texts = await withClaims(services.pool, analyst, async (client) => {
    const { rows } = await client.query<{ embedding_text: string }>(
      'select embedding_text from app_private.preview_texts($1, $2, $3)',
      [id, content, version],
    )
    return rows.map((row) => row.embedding_text)
  })
  await storeVectors(services, texts).catch((error: Error) => {
    services.log.error({ error: error.message }, 'embedding failed; the dry run goes by words alone')
  })
}

async function embedFailures(services: AnsweringServices): Promise<void> {
  const texts = await withClaims(services.pool, analyst, async (client) => {
    const { rows } = await client.query<{ query: string }>(
      'select distinct query from app_public.failed_responses where not analyzed and withdrawn_at is null',
    )
    return rows.map((row) => row.query)
  })
  await storeVectors(services, texts)
}

/**
 * Embeds texts by the club's model, in batches, and hands their vectors to whatever waits for them. Returns how many
 * were new; none where this process has no such model, or the budget is used up: until then words alone find them.
 */
export async function storeVectors(
  services: AnsweringServices,
  texts: string[],
  batch = 64,
): Promise<number> {
  if (texts.length === 0) return 0
  const embedder = await services.embedder.active({ fresh: true })
  if (!embedder) {
    services.log.warn(
      { model: await services.embedder.activeModel(), texts: texts.length },
      'this process cannot embed by the club’s model; words alone find these texts',
    )
    return 0
  }
  let stored = 0
  for (let from = 0; from < texts.length; from += batch) {
    const part = texts.slice(from, from + batch)
    let sent = part
    if (embedder.remote) {
      const { masked, budget } = await prepareTexts(services.pool, part)
      if (budget === 'stopped') {
        services.log.warn(
          { texts: texts.length - from },
          'the budget is used up: texts wait for their vectors',
        )
        return stored
      }
      sent = masked
    }
    const calls: Call[] = []
    const vectors = await embedder
      .embed(
        sent.map((text) => text.slice(0, 8000)),
        { onCall: (call) => calls.push(call) },
      )
      .catch(async (error: Error) => {
        // What it cost is written down also where it failed.
        await recordCalls(services.pool, calls)
        throw error
      })
    stored += await withClaims(services.pool, analyst, async (client) => {
      const { rows } = await client.query<{ stored: number }>(
        'select app_private.store_vectors($1::text[], $2::vector[], $3, $4::jsonb) as stored',
        [part, vectors.map((vector) => toVector(vector)), embedder.model, JSON.stringify(calls)],
      )
      return rows[0]!.stored
    })
  }
  return stored
}

/** Gives a vector to every search unit that lacks one. Returns how many texts were embedded. */
export async function embedMissing(
  services: AnsweringServices,
  progress?: (done: number) => void,
): Promise<number> {
  let done = 0
  let before = ''
  for (;;) {
    const texts = await withClaims(services.pool, analyst, async (client) => {
      const { rows } = await client.query<{ embedding_text: string }>(
        'select embedding_text from app_private.vectors_wanted(256)',
      )
      return rows.map((row) => row.embedding_text)
    })
    // What somebody is writing at this moment is passed over, and left to the next run.
    const wanted = texts.toSorted().join('\0')
    if (texts.length === 0 || wanted === before) return done
    before = wanted
    if ((await storeVectors(services, texts)) > 0) done += texts.length
    progress?.(done)
  }
}
