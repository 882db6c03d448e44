/** Recounts document frequencies and mean lengths when the search space changed. */
import type { Task } from 'graphile-worker'
import { withClaims } from '../../core/database/index.ts'
import type { Services } from '../index.ts'

export default (services: Services): Task =>
  async () => {
    await withClaims(services.pool, { role: 'worker', actor: 'worker' }, (client) =>
      client.query('select app_private.refresh_search_statistics()'),
    )
  }
