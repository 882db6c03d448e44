/**
 * Brings profiles, document frequencies, the vocabulary and the index of vectors up to what the search space holds; cheap
 * where nothing changed.
 */
import type { Task } from 'graphile-worker'
import { withClaims } from '../../core/database/index.ts'
import type { Services } from '../index.ts'

export default (services: Services): Task =>
  async (_payload, helpers) => {
    const one = (statement: string) =>
      withClaims(services.pool, { role: 'worker', actor: 'worker' }, async (client) => {
        const { rows } = await client.query<{ n: number }>(statement)
        return rows[0]!.n
      })
    // A few at a time: whoever writes one of these targets waits just so long.
    while ((await one('select app_private.refresh_profiles(200) as n')) > 0)
      helpers.abortSignal?.throwIfAborted()
    // Before the changes are counted, by which writers see how much may wait.
    while ((await one('select app_private.index_fresh_units() as n')) > 0)
      helpers.abortSignal?.throwIfAborted()
    await one('select app_private.refresh_search_statistics()::integer as n')
  }
