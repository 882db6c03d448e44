/** Daily and on demand: brings a target up to date. Interrupted, it goes on where it was. */
import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { mayRetry, runBackup } from '../../core/backup/run.ts'
import { withClaims } from '../../core/database/index.ts'
import type { Services } from '../index.ts'

const Payload = z.object({ backup: z.int().positive().optional() }).loose()

export default (services: Services): Task =>
  async (payload, helpers) => {
    const { backup } = Payload.parse(payload ?? {})
    if (backup === undefined) {
      // The crontab's: a job for each target.
      await withClaims(services.pool, { role: 'worker', actor: 'worker' }, (client) =>
        client.query('select app_private.request_daily_backups()'),
      )
      return
    }
    const { attempts, max_attempts } = helpers.job
    try {
      const done = await runBackup(services, backup, {
        signal: helpers.abortSignal,
        last: attempts >= max_attempts,
      })
      const { id, status, files, uploaded, unchanged, renamed, deleted } = done
      services.log.info({ backup: id, status, files, uploaded, unchanged, renamed, deleted }, 'backup')
    } catch (error) {
      const { code, message } = error as Error & { code?: string }
      if (code === 'CO170') {
        services.log.info({ backup }, message)
        // Its process may have died: then this takes it over.
        await helpers.addJob(
          'backup__run',
          { backup },
          {
            jobKey: `backup__run:again:${backup}`,
            runAt: new Date(Date.now() + 65_000),
            maxAttempts: max_attempts,
          },
        )
        return
      }
      services.log.error({ backup, error: message }, 'backup failed')
      // Else it is over, or a person has to do something first, and the admins know by now.
      if (helpers.abortSignal?.aborted || (mayRetry(error) && attempts < max_attempts)) throw error
    }
  }
