/** A look through the knowledge, step by step: each is a transaction, so that it can be stopped anywhere and goes on there. */
import type pg from 'pg'
import { type Claims, withClaims } from '../database/index.ts'

export interface HealthCheck {
  id: number
  status: 'queued' | 'running' | 'finished'
  stage: 'reading' | 'comparing' | 'proposing' | null
  /** Texts read so far, of total. */
  done: number
  total: number
  /** What was found, by kind; `proposed`: new proposals, `waiting`: findings that found no room in the queue. */
  counts: Record<string, number>
}

const claims: Claims = { role: 'worker', actor: 'knowledge health' }

/** check: one that was asked for; otherwise the one that waits, or a new one. Null where the one asked for is done. */
export async function checkKnowledge(
  pool: pg.Pool,
  options: { check?: number; signal?: AbortSignal; progress?: (done: number, of: number) => void } = {},
): Promise<HealthCheck | null> {
  const call = (statement: string, values: unknown[]) =>
    withClaims(pool, claims, async (client) => {
      const { rows } = await client.query<HealthCheck>(statement, values)
      return rows[0]!
    })
  let check = await call(`select * from app_private.begin_health_check('nightly', $1)`, [
    options.check ?? null,
  ])
  if (check.id === null) return null
  while (check.status !== 'finished') {
    options.signal?.throwIfAborted()
    try {
      check = await call('select * from app_private.health_check_step($1)', [check.id])
    } catch (error) {
      await call('select * from app_private.health_check_failed($1, $2)', [
        check.id,
        (error as Error).message,
      ]).catch(() => {})
      throw error
    }
    options.progress?.(check.done, check.total)
  }
  return check
}
