/** Backups as the worker makes them: on demand, daily, one at a time, and what admins are told. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { JobHelpers } from 'graphile-worker'
import { queueBackup, runBackup } from '../../core/backup/run.ts'
import { withClaims } from '../../core/database/index.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import restoreTask from '../../worker/tasks/backup__restore.ts'
import runTask from '../../worker/tasks/backup__run.ts'
import verifyTask from '../../worker/tasks/backup__verify.ts'
import { failure } from '../sql/fixtures.ts'
import { admin, rolledBack, worker } from '../support/database.ts'
import { type Club, log, makeClub } from './support.ts'

let club: Club
const embedder = new LocalEmbedder()
beforeAll(async () => {
  club = await makeClub('folder', 30)
  await club.change(
    `select save_backup_target('folder', 'folder', '{}', 'daily', false, 'One is enough here')`,
  )
  await club.database.pool.query(
    `with u as (insert into users (email, name, role) values ('adam@club.example', 'Adam', 'admin') returning id) insert into app_secret.passwords (user_id, hash) select id, '$argon2id$x' from u`,
  )
}, 300_000)
afterAll(async () => {
  await embedder.close()
  await club?.close()
})

const services = () => ({
  config: club.place.config,
  pool: club.database.pool,
  embedder,
  providers: noProviders,
  log,
})
const added: unknown[] = []
const helpers = (attempts = 1) =>
  ({
    job: { attempts, max_attempts: 8 },
    addJob: async (...job: unknown[]) => void added.push(job),
  }) as unknown as JobHelpers
const jobs = async () =>
  (
    await club.database.pool.query(
      `select t.identifier, j.payload, j.key from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier like 'backup%' order by j.id`,
    )
  ).rows
const asAdmin = <T>(statement: string, values: unknown[] = []) =>
  withClaims(club.database.pool, admin, async (client) => (await client.query(statement, values)).rows as T[])

describe('backups by the worker', () => {
  it('are made when an admin asks, once however often they ask', async () => {
    const [first] = await asAdmin<{ id: number }>('select * from request_backup()')
    const [second] = await asAdmin<{ id: number }>(`select * from request_backup('my-folder')`)
    expect(second).toMatchObject({ id: first!.id, status: 'queued', requested_by: 'adam' })
    expect((await jobs()).map(({ payload }) => payload)).toEqual([{ backup: first!.id }])
    await runTask(services())({ backup: first!.id }, helpers())
    // Done twice is done once.
    await runTask(services())({ backup: first!.id }, helpers())
    const [state] = await asAdmin(`select * from backup_state() where target = 'my-folder'`)
    expect(state).toMatchObject({
      backup_id: first!.id,
      latest_status: 'complete',
      overdue: false,
      age_seconds: expect.any(Number),
    })
  })

  it('are made each day for every target that is due', async () => {
    await club.database.pool.query('delete from graphile_worker._private_jobs')
    await runTask(services())({}, helpers())
    await runTask(services())({}, helpers())
    const found = await jobs()
    expect(found.length).toBe(1)
    await runTask(services())(found[0].payload, helpers())
    const [{ requested_by }] = (await asAdmin<{ requested_by: string }>(
      'select requested_by from backups order by id desc limit 1',
    )) as [{ requested_by: string }]
    expect(requested_by).toBe('schedule')
  })

  it('let no second one in at once: it says so, and looks again later', async () => {
    const { pool } = club.database
    const id = await queueBackup(pool, club.place.row.id, 'first')
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let listing = () => {}
    const begun = new Promise<void>((resolve) => {
      listing = resolve
    })
    const slow = {
      renames: false,
      list: async () => {
        listing()
        await held
        return []
      },
      put: async () => {},
      remove: async () => {},
      read: async () => Buffer.alloc(0),
      close: async () => {},
    }
    const first = runBackup(services(), id, { target: slow })
    await begun
    await expect(runBackup(services(), id)).rejects.toMatchObject({
      code: 'CO170',
      message: expect.stringContaining('under way'),
    })
    await runTask(services())({ backup: id }, helpers())
    expect(added).toEqual([
      ['backup__run', { backup: id }, expect.objectContaining({ runAt: expect.any(Date) })],
    ])
    release()
    expect(await first).toMatchObject({ status: 'complete' })
  })

  it('stop where another process has taken over what this one was not heard of for', async () => {
    const { pool } = club.database
    const id = await queueBackup(pool, club.place.row.id, 'first')
    const taken = {
      renames: false,
      list: async () => {
        await pool.query(`update backups set lease_until = now() - interval '1 second' where id = $1`, [id])
        await withClaims(pool, worker, (client) => client.query('select app_private.claim_backup($1)', [id]))
        return []
      },
      put: async () => {
        throw new Error('It must not write any more.')
      },
      remove: async () => {},
      read: async () => Buffer.alloc(0),
      close: async () => {},
    }
    await expect(runBackup(services(), id, { target: taken })).rejects.toMatchObject({ code: 'CO170' })
    const { rows } = await pool.query('select status, attempt from backups where id = $1', [id])
    expect(rows).toEqual([{ status: 'running', attempt: 2 }])
    await pool.query(`update backups set lease_until = now() - interval '1 second' where id = $1`, [id])
    expect(await runBackup(services(), id)).toMatchObject({ status: 'complete', attempt: 3 })
  })

  it('tell the admins when they fail for good, once a day', async () => {
    await club.change(
      `select save_backup_target('broken', 'drive', '{"folder_id": "x"}', 'manual', true, 'Tried')`,
    )
    for (let n = 0; n < 2; n++) {
      const [backup] = await asAdmin<{ id: number }>(`select * from request_backup('broken')`)
      // Nothing that another try would change: no credentials.
      await runTask(services())({ backup: backup!.id }, helpers())
    }
    const { rows } = await club.database.pool.query(
      `select recipient, details ->> 'target' as target, details ->> 'hint' as hint from notifications where kind = 'backup_failed'`,
    )
    expect(rows).toEqual([
      {
        recipient: 'adam@club.example',
        target: 'broken',
        hint: expect.stringContaining('GOOGLE_SERVICE_ACCOUNT'),
      },
    ])
    await club.change(
      `select save_backup_target('broken', 'drive', '{"folder_id": "x"}', 'manual', false, 'Off')`,
    )
  })

  it('are verified, previewed and restored when an admin asks', async () => {
    const [backup] = await asAdmin<{ id: number }>(`select * from request_backup('my-folder')`)
    await runTask(services())({ backup: backup!.id }, helpers())
    await asAdmin('select request_backup_verification($1)', [backup!.id])
    await verifyTask(services())({ backup: backup!.id }, helpers())
    expect(await asAdmin('select verification from backups where id = $1', [backup!.id])).toEqual([
      { verification: 'whole' },
    ])
    await club.change(`update sops set content = 'Bad' where section = 'sop5'`)
    const [preview] = await asAdmin<{ id: number }>(`select * from request_restore($1, 'versions')`, [
      backup!.id,
    ])
    await restoreTask(services())({ restore: preview!.id }, helpers())
    const [row] = await asAdmin('select status, report from restores where id = $1', [preview!.id])
    expect(row).toMatchObject({ status: 'complete', report: { sops: { add: 0, change: 1, return: 0 } } })
    const [real] = await asAdmin<{ id: number }>(
      `select * from request_restore($1, 'versions', false, 'A bad edit')`,
      [backup!.id],
    )
    await restoreTask(services())({ restore: real!.id }, helpers())
    expect(
      await asAdmin(
        `select v.changed_by, v.change_reason from sop_versions v join sops s on s.id = v.sop_id and s.version = v.version where s.section = 'sop5'`,
      ),
    ).toEqual([{ changed_by: 'adam', change_reason: 'Restored from a backup (my-folder): A bad edit' }])
  })

  it('refuse what makes no sense, and say what would', async () => {
    await rolledBack(club.database.pool, admin, async (client) => {
      const refused = async (statement: string) => (await failure(client, statement)).code
      expect(await refused(`select request_backup('nowhere')`)).toBe('CO404')
      expect(await refused(`select request_restore(1, 'versions')`)).toBe('CO171')
      expect(
        await refused(
          `select request_restore((select max(id) from backups where status = 'complete'), 'all')`,
        ),
      ).toBe('CO005')
      expect(
        await refused(
          `select request_restore((select max(id) from backups where status = 'complete'), 'versions', false)`,
        ),
      ).toBe('CO002')
      expect(await refused('select request_backup_verification(1)')).toBe('CO171')
      expect(await refused(`select save_backup_target('../x', 'folder', '{}', 'daily', true, 'r')`)).toBe(
        'CO005',
      )
      expect(
        await refused(
          `select save_backup_target('x', 's3', '{"bucket": "b-b", "secretAccessKey": "k"}', 'daily', true, 'r')`,
        ),
      ).toBe('CO005')
      expect(
        await refused(`select save_backup_target('x', 'folder', '{"path": "/etc"}', 'daily', true, 'r')`),
      ).toBe('CO005')
      expect(await refused(`select save_backup_target('x', 'drive', '{}', 'daily', true, 'r')`)).toBe('CO005')
    })
  })
})
