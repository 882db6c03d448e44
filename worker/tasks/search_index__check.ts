/**
 * Nightly, and after an index was built: whether the index of vectors finds what a full scan finds. Where it does not,
 * the job fails for good, and the admins are told of it as of every dead job, with what to do. Profiles that are older
 * than what they are made of are left to the next refresh.
 */
import type { Task } from 'graphile-worker'
import { withClaims } from '../../core/database/index.ts'
import type { Services } from '../index.ts'

const leastRecall = 0.9

export default (services: Services): Task =>
  async () => {
    const ask = async <Row extends object>(statement: string) =>
      (
        await withClaims(services.pool, { role: 'worker', actor: 'worker' }, (client) =>
          client.query<Row>(statement),
        )
      ).rows[0]!
    const { found } = await ask<{ found: number }>('select app_private.find_stale_profiles() as found')
    if (found > 0) services.log.info({ profiles: found }, 'profiles are older than what they are made of')
    const { checked, recall, valid } = await ask<{
      checked: number
      recall: number | null
      valid: boolean | null
    }>('select checked, recall, valid from app_private.check_search_index()')
    if (valid === false)
      throw new Error(
        'The index of vectors was not built to its end. Build it anew: clubos maintain --reindex',
      )
    if (recall === null || checked === 0) return
    services.log.info({ checked, recall }, 'the index of vectors was compared with a full scan')
    if (recall < leastRecall)
      throw new Error(
        `The index of vectors names only ${(recall * 100).toFixed(0)} % of the nearest (of ${checked} questions). Build it anew: clubos maintain --reindex`,
      )
  }
