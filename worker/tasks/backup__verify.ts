/** Reads a backup again and compares it with its manifest, on demand. */
import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { mayRetry } from '../../core/backup/run.ts'
import { verifyBackup } from '../../core/backup/verify.ts'
import type { Services } from '../index.ts'

const Payload = z.object({ backup: z.int().positive() }).loose()

export default (services: Services): Task =>
  async (payload, helpers) => {
    const { backup } = Payload.parse(payload)
    try {
      const { files, problems } = await verifyBackup(services, backup, { signal: helpers.abortSignal })
      services.log.info({ backup, files, problems: problems.length }, 'backup verified')
    } catch (error) {
      services.log.error({ backup, error: (error as Error).message }, 'backup could not be verified')
      if (mayRetry(error)) throw error
    }
  }
