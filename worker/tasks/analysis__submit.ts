/** Gives a batch of analyses to the provider. Running it again sends nothing twice that came through. */
import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { submitBatch } from '../../core/learning/batches.ts'
import type { Services } from '../index.ts'

const Payload = z.object({ batch: z.int().positive() }).loose()

export default (services: Services): Task =>
  async (payload, helpers) =>
    submitBatch(services, Payload.parse(payload).batch, helpers.abortSignal)
