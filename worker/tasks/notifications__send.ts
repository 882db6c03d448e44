/** Sends a notification of the outbox. Running it again sends nothing twice. */
import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { sendNotification } from '../../core/notifications/send.ts'
import type { Services } from '../index.ts'

const Payload = z.object({ id: z.int().positive() }).loose()

export default (services: Services): Task =>
  async (payload, helpers) => {
    const { id } = Payload.parse(payload)
    const outcome = await sendNotification(services, id, helpers.abortSignal)
    if (outcome === 'failed') services.log.warn({ notification: id }, 'a notification could not be sent')
  }
