/** Daily: keeps the head of the audit chain, and logs it, so that it leaves the database with the log. */
import type { Task } from 'graphile-worker'
import { withClaims } from '../../core/database/index.ts'
import type { Services } from '../index.ts'

export default (services: Services): Task =>
  async () => {
    const { rows } = await withClaims(services.pool, { role: 'worker', actor: 'worker' }, (client) =>
      client.query<{ day: string; head: string }>(
        `select day::text, chain_position || ':' || encode(hash, 'hex') as head from app_private.record_audit_head()`,
      ),
    )
    services.log.info(rows[0]!, 'head of the audit chain; clubos audit verify --head checks by it')
  }
