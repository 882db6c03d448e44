/** Daily: verifies the audit chain, keeps its head, and logs it, so that it leaves the database with the log. */
import type { Task } from 'graphile-worker'
import { withClaims } from '../../core/database/index.ts'
import type { Services } from '../index.ts'

export default (services: Services): Task =>
  async () => {
    const { pool, log } = services
    const verified = await withClaims(pool, { role: 'auditor', actor: 'worker' }, (client) =>
      client.query<{ n: number }>('select count(*)::int as n from app_public.verify_audit_log()'),
    )
    const problems = verified.rows[0]!.n
    if (problems > 0)
      log.error({ problems }, 'the audit log does not verify; select * from verify_audit_log();')
    const { rows } = await withClaims(pool, { role: 'worker', actor: 'worker' }, (client) =>
      client.query<{ day: string; head: string }>(
        `select day::text, chain_position || ':' || encode(hash, 'hex') as head from app_private.record_audit_head($1)`,
        [problems],
      ),
    )
    log.info(rows[0]!, 'head of the audit chain; clubos audit verify --head checks by it')
  }
