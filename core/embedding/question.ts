/** A question's vector, by the model whose vectors are searched. */
import type pg from 'pg'
import { type Claims, toBinaryVector, withClaims } from '../database/index.ts'
import type { Call } from '../llm/index.ts'
import type { Log } from '../log.ts'
import type { Embedders } from './index.ts'

export interface EmbeddedQuestion {
  /** As a parameter of a statement (`$1::vector`). Null: words alone find the answer. */
  vector: Buffer | null
  /** Whose vector it is. */
  model: string | null
  /** For the ledger. */
  calls: Call[]
}

const worker: Claims = { role: 'worker', actor: 'embedding' }

/** As they may leave this machine, and whether a provider may be paid at all. */
export async function prepareTexts(
  pool: pg.Pool,
  texts: string[],
): Promise<{ masked: string[]; budget: string }> {
  return withClaims(pool, worker, async (client) => {
    const { rows } = await client.query<{ masked: string[]; budget: string }>(
      'select masked, budget from app_private.prepare_texts($1::text[])',
      [texts],
    )
    return rows[0]!
  })
}

/**
 * Never throws: where the model fails, words still find the answer. `masked`: the text as it may leave this machine,
 * where that is known already; `mayPay`: whether the budget allows a call, `model`: whose vectors are searched, where
 * that is known.
 */
export async function embedQuestion(
  services: { pool: pg.Pool; embedder: Embedders; log: Log },
  query: string,
  options: { masked?: string; mayPay?: boolean; model?: string; signal?: AbortSignal } = {},
): Promise<EmbeddedQuestion> {
  const calls: Call[] = []
  if (query.trim() === '') return { vector: null, model: null, calls }
  try {
    if (options.model !== undefined) services.embedder.heard(options.model)
    const embedder =
      options.model === undefined ? await services.embedder.active() : services.embedder.for(options.model)
    if (!embedder) {
      services.log.warn(
        { model: await services.embedder.activeModel() },
        'this process cannot embed by the club’s model; words alone decide',
      )
      return { vector: null, model: null, calls }
    }
    let text = query
    if (embedder.remote) {
      let { masked, mayPay } = options
      if (masked === undefined || mayPay === undefined) {
        const prepared = await prepareTexts(services.pool, [query])
        masked ??= prepared.masked[0]!
        mayPay ??= prepared.budget !== 'stopped'
      }
      if (!mayPay) return { vector: null, model: null, calls }
      text = masked
    }
    const [vector] = await embedder.embed([text.slice(0, 8000)], {
      signal: options.signal,
      onCall: (call) => calls.push(call),
    })
    return { vector: toBinaryVector(vector!), model: embedder.model, calls }
  } catch (error) {
    services.log.error({ error: (error as Error).message }, 'embedding failed; words alone decide')
    return { vector: null, model: null, calls }
  }
}

/** Calls of models that no answer records. */
export async function recordCalls(pool: pg.Pool, calls: Call[]): Promise<void> {
  if (calls.length === 0) return
  await withClaims(pool, worker, (client) =>
    client.query('select app_private.record_llm_calls($1::jsonb)', [JSON.stringify(calls)]),
  )
}
