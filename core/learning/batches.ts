/**
 * Analyses by the provider's batches: submitted by one job, asked for by another until they have ended, then received
 * one by one. After a crash at any point the same job goes on: the database knows what was sent and what has come.
 */
import type { AnsweringServices } from '../answering/ask.ts'
import { withClaims } from '../database/index.ts'
import { type Batch, LlmError } from '../llm/index.ts'
import {
  analyst,
  type Claimed,
  failed,
  type Received,
  receive,
  settleAnalysis,
  settleRun,
} from './analyse.ts'
import { batchRequestOf, Suggestion } from './claude.ts'
import { analyseLocally } from './local.ts'

interface Taken {
  state: 'new' | 'uncertain' | 'done'
  created_at: string
  /** How many requests it had when it was sent before. */
  sent: number
  /** Batches at the provider that are others of ours. */
  known: string[]
  cancelled: boolean
  shared: unknown
  requests: { custom_id: string; prompt: string; own: unknown }[]
}

interface Row {
  id: number
  run_id: number | null
  status: 'submitting' | 'in_progress' | 'canceling' | 'ended' | 'expired' | 'failed'
  provider_batch_id: string | null
  expires_at: Date | null
}

const day = 24 * 3600_000
/** Clocks differ; what is older than this was not ours. */
const slack = 5 * 60_000

export async function submitBatch(
  services: AnsweringServices,
  id: number,
  signal?: AbortSignal,
): Promise<void> {
  const { batches } = services.providers
  if (!batches) return close(services, id, 'failed', 'The provider of batches is no longer configured.')
  const taken = await one<{ taken: Taken }>(services, 'select app_private.take_analysis_batch($1) as taken', [
    id,
  ]).then((row) => row.taken)
  if (taken.state === 'done') return
  try {
    let batch: Batch | null = null
    if (taken.state === 'uncertain') batch = lookFor(await batches.list(100, signal), taken)
    if (!batch && taken.cancelled)
      return await close(services, id, 'ended', 'It was cancelled before it had come through.')
    batch ??= await batches.submit(
      taken.requests.map(({ custom_id, prompt, own }) =>
        batchRequestOf(custom_id, { prompt, shared: taken.shared, own }),
      ),
      signal,
    )
    await one(services, 'select app_private.batch_submitted($1, $2, $3)', [id, batch.id, batch.expiresAt])
    services.log.info({ batch: id, requests: taken.requests.length }, 'analyses submitted')
  } catch (error) {
    if (!(error instanceof LlmError) || error.kind === 'aborted') throw error
    // What may succeed later is tried again by the worker; for a day.
    if (error.transient && Date.now() - Date.parse(taken.created_at) < day) throw error
    await close(services, id, 'failed', `${error.kind}: ${error.message}`)
  }
}

/** What was sent and never acknowledged, if it came through. Its results tell by their names whether it is ours. */
function lookFor(listed: Batch[], taken: Taken): Batch | null {
  const known = new Set(taken.known)
  const since = Date.parse(taken.created_at) - slack
  const candidates = listed.filter(
    ({ id, counts, createdAt }) =>
      !known.has(id) &&
      Date.parse(createdAt) >= since &&
      Object.values(counts).reduce((sum, n) => sum + n, 0) === taken.sent,
  )
  return candidates.at(-1) ?? null
}

export async function pollBatch(
  services: AnsweringServices,
  id: number,
  signal?: AbortSignal,
): Promise<void> {
  const row = await one<Row | undefined>(
    services,
    'select id, run_id, status, provider_batch_id, expires_at from app_public.analysis_batches where id = $1',
    [id],
  )
  if (!row?.provider_batch_id || !['in_progress', 'canceling'].includes(row.status)) return
  const late = row.expires_at !== null && Date.now() > row.expires_at.getTime() + 3600_000
  const { batches } = services.providers
  if (!batches) {
    if (late) return close(services, id, 'expired', 'Nothing came in time.')
    throw new Error('The provider of batches is not configured, and one is under way there.')
  }
  let batch: Batch
  try {
    batch = await batches.retrieve(row.provider_batch_id, signal)
    if (row.status === 'canceling' && batch.status === 'in_progress')
      batch = await batches.cancel(row.provider_batch_id, signal)
  } catch (error) {
    if (!(error instanceof LlmError) || error.transient || error.kind === 'aborted') throw error
    // A key that is wrong for the moment is no reason to give up what is paid for.
    if (!late && ['unauthorized', 'quota_exhausted'].includes(error.kind)) throw error
    return close(services, id, 'failed', `${error.kind}: ${error.message}`)
  }
  const { counts } = batch
  const ended = batch.status === 'ended'
  await one(services, 'select app_private.batch_polled($1, $2, $3, $4, $5, $6, $7)', [
    id,
    counts.succeeded,
    counts.errored,
    counts.canceled,
    counts.expired,
    ended,
    batch.expiresAt,
  ])
  if (ended) return takeResults(services, row, row.provider_batch_id, counts, signal)
  if (late) return close(services, id, 'expired', 'Nothing came in time.')
}

interface Found extends Pick<Claimed, 'analysis_id' | 'attempt'> {
  pattern_id: number
  status: string
  analyst: string
}

async function takeResults(
  services: AnsweringServices,
  { id, run_id: run }: Row,
  providerId: string,
  counts: Batch['counts'],
  signal?: AbortSignal,
): Promise<void> {
  const { batches } = services.providers
  const received: { found: Found; received?: Received; error?: LlmError }[] = []
  let ours = 0
  let others = 0
  const expected = { purpose: 'analyse' as const, schema: Suggestion }
  for await (const result of batches!.results(providerId, expected, signal)) {
    const { found } = await one<{ found: Found | null }>(
      services,
      'select app_private.find_batched($1, $2) as found',
      [id, result.customId],
    )
    if (!found) {
      others++
      continue
    }
    ours++
    if (result.status === 'ok')
      received.push({ found, received: await receive(services, found, result.value, result.call) })
    else if (result.status === 'failed') {
      // What the provider could not do for the moment is asked again by the next run.
      const state = await failed(services, found, result.error, true)
      if (state === 'failed') received.push({ found, error: result.error })
    }
  }
  if (ours === 0 && others > 0) {
    await one(services, 'select app_private.disown_batch($1)', [id])
    return
  }
  // After all is received: the connection need not wait for embeddings and dry runs.
  let proposals = 0
  for (const { found, received: got, error } of received) {
    signal?.throwIfAborted()
    const proposal = got
      ? await settleAnalysis(services, found.pattern_id, run, found, got)
      : await analyseLocally(services, found.pattern_id, run, [
          `${error!.kind}: ${found.analyst} gave nothing that could be used`,
        ])
    if (proposal !== null) proposals++
  }
  const status = ours > 0 && counts.expired === ours ? 'expired' : 'ended'
  await close(services, id, status)
  await settleRun(services, run, { done: false })
  services.log.info({ batch: id, ...counts, proposals }, 'a batch of analyses has ended')
}

async function close(
  services: AnsweringServices,
  id: number,
  status: 'ended' | 'expired' | 'failed',
  error: string | null = null,
): Promise<void> {
  await one(services, 'select app_private.close_analysis_batch($1, $2, $3)', [id, status, error])
}

async function one<T>(services: AnsweringServices, statement: string, values: unknown[]): Promise<T> {
  return withClaims(services.pool, analyst, async (client) => {
    const { rows } = await client.query(statement, values)
    return rows[0] as T
  })
}
