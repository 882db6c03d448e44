/** Hourly, daily and on demand: failures become patterns, patterns become proposals. */
import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { analyse } from '../../core/learning/analyse.ts'
import type { Services } from '../index.ts'

const Payload = z.object({ most: z.int().positive().optional() }).loose()

export default (services: Services): Task =>
  async (payload, helpers) => {
    const { most } = Payload.parse(payload ?? {})
    const result = await analyse(services, { most, signal: helpers.abortSignal })
    services.log.info(
      { failures: result.failures, patterns: result.patterns, proposals: result.proposals.length },
      'failures analysed',
    )
  }
