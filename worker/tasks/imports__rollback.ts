/** Takes a big import back, some hundred items a transaction; interrupted, it goes on where it was. */
import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { settleImport } from '../../core/import/stage.ts'
import type { Services } from '../index.ts'

const Payload = z.object({ batch: z.int().positive() })

export default (services: Services): Task =>
  async (payload, { abortSignal }) => {
    const { batch } = Payload.parse(payload)
    const { status, counts } = await settleImport(services, batch, { actor: 'worker', signal: abortSignal })
    services.log.info({ batch, status, ...counts }, 'import settled')
  }
