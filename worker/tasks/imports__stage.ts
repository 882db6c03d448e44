/** Reads an upload into a batch with its plan. Tried again, it begins anew: nothing was changed but the batch. */
import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { withClaims } from '../../core/database/index.ts'
import { ImportSourceError, inArchive } from '../../core/import/files.ts'
import { findImport, stageInto } from '../../core/import/stage.ts'
import { uploadedFile } from '../../core/import/upload.ts'
import type { Services } from '../index.ts'

const Payload = z.object({ batch: z.int().positive() })

export default (services: Services): Task =>
  async (payload, { job, abortSignal }) => {
    const { batch: id } = Payload.parse(payload)
    const batch = await findImport(services, id)
    // Discarded meanwhile, or done by the try before, whose answer was lost.
    if (batch?.status !== 'staging') return
    const fail = (error: Error, finally_: boolean) =>
      withClaims(services.pool, { role: 'worker', actor: 'worker' }, (client) =>
        client.query('select app_private.fail_import($1, $2, $3)', [id, error.message, finally_]),
      )
    try {
      await stageInto(
        services,
        batch,
        async () => ({ files: await inArchive(batch.name, await uploadedFile(services, id)) }),
        { actor: batch.created_by, signal: abortSignal },
      )
    } catch (error) {
      const last = job.attempts >= job.max_attempts || error instanceof ImportSourceError
      await fail(error as Error, last)
      if (!(error instanceof ImportSourceError)) throw error
    }
  }
