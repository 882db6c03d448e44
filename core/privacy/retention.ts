/** Carries out the retention rules, batch by batch, each in a transaction of its own. */
import type pg from 'pg'
import { type Claims, withClaims } from '../database/index.ts'

export interface RetentionRun {
  id: string | null
  finished: boolean
  counts: Record<string, number>
  problems: Record<string, string>
}

const keeper: Claims = { role: 'worker', actor: 'retention' }

async function batch(client: pg.PoolClient, id: string | null): Promise<RetentionRun> {
  const { rows } = await client.query<RetentionRun>(
    'select r.id::text, r.finished_at is not null as finished, r.counts, r.problems from app_private.apply_retention($1::bigint) r',
    [id],
  )
  return rows[0]!
}

export async function applyRetention(
  pool: pg.Pool,
  options: { signal?: AbortSignal; progress?: (run: RetentionRun) => void } = {},
): Promise<RetentionRun> {
  for (let id: string | null = null; ; ) {
    options.signal?.throwIfAborted()
    const run: RetentionRun = await withClaims(pool, keeper, (client) => batch(client, id))
    if (run.finished) return run
    options.progress?.(run)
    id = run.id
  }
}

class Undone extends Error {}

/** The same, and then undone: what would be removed, to the row. Nobody waits for it but itself. */
export async function rehearseRetention(pool: pg.Pool): Promise<RetentionRun> {
  let run: RetentionRun | undefined
  await withClaims(pool, keeper, async (client) => {
    do run = await batch(client, run?.id ?? null)
    while (!run.finished)
    throw new Undone()
  }).catch((error) => {
    if (!(error instanceof Undone)) throw error
  })
  return { ...run!, id: null }
}
