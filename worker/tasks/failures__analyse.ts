/** Hourly, daily and on demand: failures become patterns, patterns become proposals. */
import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { analyse } from '../../core/learning/analyse.ts'
import type { Services } from '../index.ts'

const Payload = z
  .object({
    most: z.int().positive().optional(),
    kind: z.enum(['hourly', 'daily']).optional(),
    run: z.int().positive().optional(),
  })
  .loose()

export default (services: Services): Task =>
  async (payload, helpers) => {
    const { most, kind, run } = Payload.parse(payload ?? {})
    const { job, abortSignal } = helpers
    const result = await analyse(services, {
      most,
      kind,
      run,
      job: Number(job.id),
      batch: kind === 'daily',
      // With the last try the local analyst does what the provider could not.
      again: job.attempts < job.max_attempts,
      signal: abortSignal,
    })
    const { patterns, failures, analyst, counts, cost, batched } = result
    services.log.info(
      {
        run: result.run,
        analyst,
        failures,
        patterns,
        proposals: result.proposals.length,
        batched,
        counts,
        cost,
      },
      'failures analysed',
    )
  }
