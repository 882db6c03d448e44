/** Asks for a batch of analyses; until it has ended it adds itself again, then it takes the results. */
import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { pollBatch } from '../../core/learning/batches.ts'
import type { Services } from '../index.ts'

const Payload = z.object({ batch: z.int().positive() }).loose()

export default (services: Services): Task =>
  async (payload, helpers) =>
    pollBatch(services, Payload.parse(payload).batch, helpers.abortSignal)
