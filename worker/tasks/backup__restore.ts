/** A restore into the living club, or a preview of one, as request_restore asked for it. */
import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { restoreLiving } from '../../core/backup/restore.ts'
import { type BackupError, openTarget, type TargetRow } from '../../core/backup/target.ts'
import { withClaims } from '../../core/database/index.ts'
import type { Services } from '../index.ts'

const Payload = z.object({ restore: z.int().positive() }).loose()

export default (services: Services): Task =>
  async (payload, helpers) => {
    const { restore } = Payload.parse(payload)
    const { rows } = await services.pool.query<TargetRow>(
      `select t.id, t.name, t.kind, t.settings from app_public.restores r join app_public.backups b on b.id = r.backup_id
         join app_public.backup_targets t on t.id = b.target_id where r.id = $1`,
      [restore],
    )
    if (!rows[0]) return
    try {
      const target = await openTarget(services.config, rows[0])
      try {
        const done = await restoreLiving(
          services.pool,
          target,
          { id: restore },
          { signal: helpers.abortSignal },
        )
        services.log.info({ restore, report: done && { ...done.report, differences: undefined } }, 'restore')
      } finally {
        await target.close()
      }
    } catch (error) {
      // Its row says why; whoever asked for it sees that and asks again.
      const { message, hint } = error as BackupError
      services.log.error({ restore, error: message }, 'restore failed')
      await withClaims(services.pool, { role: 'worker', actor: 'worker' }, (client) =>
        client.query('select app_private.begin_restore($1), app_private.finish_restore($1, null, $2, $3)', [
          restore,
          message,
          hint ?? null,
        ]),
      )
    }
  }
