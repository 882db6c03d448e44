/** Every five minutes: experiments that do harm are stopped, and those whose arms have the wrong size are pointed out. */
import type { Task } from 'graphile-worker'
import { withClaims } from '../../core/database/index.ts'
import type { Services } from '../index.ts'

export default (services: Services): Task =>
  async () => {
    const { rows } = await withClaims(services.pool, { role: 'worker', actor: 'worker' }, (client) =>
      client.query<{ id: number; event: string; reason: string }>(
        'select id, event, reason from app_private.watch_experiments()',
      ),
    )
    for (const { id, event, reason } of rows)
      services.log.warn({ experiment: id, event }, `an experiment needs a look: ${reason}`)
  }
