/** Tries a place for backups from where backups are made, as test_backup_target asked for it. */
import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { probeTarget } from '../../core/backup/probe.ts'
import type { TargetRow } from '../../core/backup/target.ts'
import { withClaims } from '../../core/database/index.ts'
import type { Services } from '../index.ts'

const Payload = z.object({ test: z.int().positive() }).loose()

export default (services: Services): Task =>
  async (payload, helpers) => {
    const { test } = Payload.parse(payload)
    const { rows } = await services.pool.query<Omit<TargetRow, 'id'>>(
      `select name, kind, settings from app_public.backup_target_tests where id = $1 and status = 'queued'`,
      [test],
    )
    if (!rows[0]) return
    const failure = await probeTarget(services.config, rows[0], { signal: helpers.abortSignal })
    services.log.info({ test, kind: rows[0].kind, failure }, 'backup target tested')
    await withClaims(services.pool, { role: 'worker', actor: 'worker' }, (client) =>
      client.query('select app_private.finish_backup_test($1, $2, $3, $4, $5)', [
        test,
        failure?.step ?? null,
        failure?.problem ?? null,
        failure?.error ?? null,
        failure?.hint ?? null,
      ]),
    )
  }
