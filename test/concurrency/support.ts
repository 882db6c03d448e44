/** What the races have in common: committed data, many connections, and rounds. */
import type pg from 'pg'
import { type Claims, withClaims } from '../../core/database/index.ts'
import { one, type Sop } from '../sql/fixtures.ts'
import { makeTestDatabase, type TestDatabase, worker } from '../support/database.ts'

export const manyConnections = (connections: number): Promise<TestDatabase> =>
  makeTestDatabase({ connections })

/** One call in a transaction of its own, as somebody. */
// biome-ignore lint/suspicious/noExplicitAny: rows are what the statement says.
export const call = <T = any>(
  pool: pg.Pool,
  claims: Claims,
  statement: string,
  parameters: unknown[] = [],
): Promise<T> => withClaims(pool, claims, (client) => one<T>(client, statement, parameters))

export const propose = (pool: pg.Pool, sop: Sop, content: string): Promise<{ id: number }> =>
  call(pool, worker, `select id from app_public.propose_improvement('sop_edit', $1)`, [
    { sop_id: sop.id, new_content: content, reasoning: 'Because' },
  ])

export const codeOf = (settled: PromiseSettledResult<unknown>): string =>
  settled.status === 'fulfilled'
    ? 'ok'
    : ((settled.reason as { code?: string }).code ?? String(settled.reason))

/** Runs every task, at most `lanes` of them at a time. */
export async function inLanes<T>(
  lanes: number,
  tasks: (() => Promise<T>)[],
): Promise<PromiseSettledResult<T>[]> {
  const results = new Array<PromiseSettledResult<T>>(tasks.length)
  let next = 0
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (next < tasks.length) {
        const index = next++
        results[index] = await tasks[index]!().then(
          (value): PromiseSettledResult<T> => ({ status: 'fulfilled', value }),
          (reason): PromiseSettledResult<T> => ({ status: 'rejected', reason }),
        )
      }
    }),
  )
  return results
}

/** Where the history of SOPs and what the audit log says of it differ; empty where they tell the same. */
export async function historyAgainstAudit(pool: pg.Pool): Promise<unknown[]> {
  const { rows } = await pool.query(`
    with history as (
      select v.sop_id::text as sop, v.version, encode(sha256(convert_to(v.content, 'UTF8')), 'hex') as content, v.changed_by as actor, v.change_reason as reason from app_public.sop_versions v
    ), audit as (
      select a.row_id, (a.new ->> 'version')::integer, a.new ->> 'content_sha256', a.actor, coalesce(a.reason, 'First version') from app_public.audit_log a where a.table_name = 'sops'
    )
    (select 'only in the history' as problem, h.* from (table history except all table audit) h) union all (select 'only in the audit log', a.* from (table audit except all table history) a)
    union all
    select 'not the latest version', s.id::text, s.version, encode(sha256(convert_to(s.content, 'UTF8')), 'hex'), null, null from app_public.sops s
     where not exists (select from app_public.sop_versions v where v.sop_id = s.id and v.version = s.version and v.content = s.content)
        or s.version <> (select count(*) from app_public.sop_versions v where v.sop_id = s.id)
        or s.version <> (select max(v.version) from app_public.sop_versions v where v.sop_id = s.id)`)
  const broken = await pool.query('select * from app_public.verify_audit_log()')
  return [...rows, ...broken.rows]
}
