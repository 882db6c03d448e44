/** A place for backups is tried before it is relied on, moved, and taken away. */
import { writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { JobHelpers } from 'graphile-worker'
import { probeTarget } from '../../core/backup/probe.ts'
import { withClaims } from '../../core/database/index.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import runTask from '../../worker/tasks/backup__run.ts'
import testTask from '../../worker/tasks/backup__test.ts'
import { failure } from '../sql/fixtures.ts'
import { admin, makeTestDatabase, rolledBack, type TestDatabase } from '../support/database.ts'
import { type Club, driveOf, log, makeClub, makePlace, type Place } from './support.ts'

describe('a place that is tried', () => {
  let database: TestDatabase
  const places = new Map<string, Place>()
  beforeAll(async () => {
    database = await makeTestDatabase()
    for (const kind of ['folder', 's3', 'drive'] as const)
      places.set(kind, await makePlace(database.pool, kind))
  }, 120_000)
  afterAll(async () => {
    for (const place of places.values()) await place.close()
    await database.close()
  })
  const at = (kind: string) => places.get(kind)!

  it.each(['folder', 's3', 'drive'])('%s: can be used, and is left as it was', async (kind) => {
    const { row, config } = at(kind)
    await at(kind).write('notes.txt', 'Of somebody else')
    expect(await probeTarget(config, row)).toBeNull()
    expect([...(await at(kind).files()).keys()]).toEqual(['notes.txt'])
    at(kind).check()
  })

  it.each(['s3', 'drive'])('%s: refuses to be written to', async (kind) => {
    const { row, config } = at(kind)
    at(kind).failAfter(0)
    expect(await probeTarget(config, row)).toMatchObject({
      step: 'write',
      problem: kind === 's3' ? 'busy' : 'unreachable',
    })
    at(kind).failAfter(null)
  })

  it('a folder that is none, such as a disk that is not there', async () => {
    const { config } = at('folder')
    const file = join(config.backup.folder, 'a-file')
    writeFileSync(file, '')
    const elsewhere = { ...config, backup: { ...config.backup, folder: join(file, 'backups') } }
    expect(await probeTarget(elsewhere, { name: 'x', kind: 'folder', settings: {} })).toMatchObject({
      step: 'list',
      problem: 'missing',
      error: expect.stringContaining('The backup folder cannot be used'),
    })
  })

  it('S3: a bucket that is not there, keys that are wrong, and an address where nobody answers', async () => {
    const { row, config } = at('s3')
    const withS3 = (part: object) => ({
      ...config,
      backup: { ...config.backup, s3: { ...config.backup.s3, ...part } },
    })
    expect(await probeTarget(config, { ...row, settings: { bucket: 'another' } })).toMatchObject({
      step: 'list',
      problem: 'missing',
      hint: expect.stringContaining('Make the bucket "another"'),
    })
    expect(await probeTarget(withS3({ accessKeyId: 'AKIAWRONG' }), row)).toMatchObject({
      problem: 'credentials',
      hint: expect.stringContaining('S3_ACCESS_KEY_ID'),
    })
    expect(await probeTarget(withS3({ endpoint: 'http://127.0.0.1:9' }), row)).toMatchObject({
      problem: 'unreachable',
      hint: expect.stringContaining('S3_ENDPOINT'),
    })
  })

  it('Drive: without credentials, with a wrong folder, and one that is full', async () => {
    const { row, config } = at('drive')
    const bare = { ...config, backup: { ...config.backup, google: { ...config.backup.google, oauth: null } } }
    expect(await probeTarget(bare, row)).toMatchObject({
      step: 'open',
      problem: 'credentials',
      hint: expect.stringContaining('GOOGLE_SERVICE_ACCOUNT_FILE'),
    })
    expect(await probeTarget(config, { ...row, settings: { folder_id: 'nowhere' } })).toMatchObject({
      step: 'list',
      problem: 'missing',
    })
    driveOf(at('drive')).onCall = ({ kind }) =>
      /create/.test(kind) ? { kind: 'status', status: 403, reason: 'storageQuotaExceeded' } : undefined
    expect(await probeTarget(config, row)).toMatchObject({ step: 'write', problem: 'full' })
    driveOf(at('drive')).onCall = undefined
  })

  it('one that never answers is waited for no longer than is said', async () => {
    const { row, config } = at('s3')
    const held: Socket[] = []
    const silent = createServer((socket) => void held.push(socket))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const deaf = {
      ...config,
      backup: { ...config.backup, s3: { ...config.backup.s3, endpoint: `http://127.0.0.1:${port}` } },
    }
    expect(await probeTarget(deaf, row, { seconds: 1 })).toMatchObject({
      step: 'list',
      problem: 'unreachable',
      error: 'No answer within 1 seconds.',
    })
    for (const socket of held) socket.destroy()
    silent.close()
  })
})

describe('targets in the database', () => {
  let club: Club
  const embedder = new LocalEmbedder()
  beforeAll(async () => {
    club = await makeClub('folder', 20)
  }, 120_000)
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
  const helpers = { job: { attempts: 1, max_attempts: 8 } } as unknown as JobHelpers
  const asAdmin = <T>(statement: string, values: unknown[] = []) =>
    withClaims(
      club.database.pool,
      admin,
      async (client) => (await client.query(statement, values)).rows as T[],
    )
  const state = async (name: string) =>
    (await asAdmin<{ backup_id: number | null }>('select * from backup_state() where target = $1', [name]))[0]

  it('are tried by the worker, whose words stand in the row; without changing a target', async () => {
    const [fine] = await asAdmin<{ id: number }>(`select * from test_backup_target('other', 'folder')`)
    expect(fine).toMatchObject({ status: 'queued', requested_by: 'adam', finished_at: null })
    const [bad] = await asAdmin<{ id: number }>(
      `select * from test_backup_target('cloud', 'drive', '{"folder_id": "x"}')`,
    )
    for (const one of [fine, bad]) await testTask(services())({ test: one!.id }, helpers)
    expect(await asAdmin('select status, step, problem, hint from backup_target_tests order by id')).toEqual([
      { status: 'passed', step: null, problem: null, hint: null },
      { status: 'failed', step: 'open', problem: 'credentials', hint: expect.stringContaining('GOOGLE_') },
    ])
    // A job that comes twice changes nothing any more.
    await testTask(services())({ test: bad!.id }, helpers)
    expect((await asAdmin(`select name from backup_targets where name in ('other', 'cloud')`)).length).toBe(0)
    // Those of yesterday go with the next one.
    await club.database.pool.query(`update backup_target_tests set created_at = now() - interval '2 days'`)
    await asAdmin(`select test_backup_target('other', 'folder')`)
    expect((await asAdmin('select from backup_target_tests')).length).toBe(1)
  })

  it('that move have no backup in their new place until one is made', async () => {
    const [backup] = await asAdmin<{ id: number }>(`select * from request_backup('my-folder')`)
    await runTask(services())({ backup: backup!.id }, helpers)
    expect(await state('my-folder')).toMatchObject({ backup_id: backup!.id })
    // The schedule is no move.
    await club.change(`select save_backup_target('my-folder', 'folder', '{}', 'manual', true, 'Seldom')`)
    expect(await state('my-folder')).toMatchObject({ backup_id: backup!.id, schedule: 'manual' })
    await club.change(
      `select save_backup_target('my-folder', 's3', '{"bucket": "b-b"}', 'manual', true, 'Off')`,
    )
    expect(await state('my-folder')).toMatchObject({ backup_id: null, last_complete_at: null })
    await expect(asAdmin('select request_restore($1, $2)', [backup!.id, 'versions'])).rejects.toMatchObject({
      code: 'CO171',
    })
    await expect(asAdmin('select request_backup_verification($1)', [backup!.id])).rejects.toMatchObject({
      code: 'CO171',
    })
    await club.change(`select save_backup_target('my-folder', 'folder', '{}', 'daily', true, 'Back')`)
    expect(await state('my-folder')).toMatchObject({ backup_id: null })
    const [again] = await asAdmin<{ id: number }>(`select * from request_backup('my-folder')`)
    await runTask(services())({ backup: again!.id }, helpers)
    expect(await state('my-folder')).toMatchObject({ backup_id: again!.id })
  })

  it('are removed with a reason: nothing goes there any more, what was done stays, and they can be made anew', async () => {
    await club.change(`select save_backup_target('brief', 'folder', '{}', 'daily', true, 'Tried')`)
    const [made] = await asAdmin<{ id: number }>(`select * from request_backup('brief')`)
    await runTask(services())({ backup: made!.id }, helpers)
    const [waiting] = await asAdmin<{ id: number }>(`select * from request_backup('brief')`)
    await asAdmin(`select remove_backup_target('brief', 'Another disk')`)
    expect(await asAdmin('select status, error from backups where id = $1', [waiting!.id])).toEqual([
      { status: 'failed', error: 'The target was removed before this began.' },
    ])
    // Its job finds nothing to do.
    await runTask(services())({ backup: waiting!.id }, helpers)
    expect(await state('brief')).toBeUndefined()
    for (const statement of [
      `select request_backup('brief')`,
      `select remove_backup_target('brief', 'Again')`,
    ])
      await expect(asAdmin(statement)).rejects.toMatchObject({ code: 'CO404' })
    await expect(asAdmin(`select request_restore($1, 'versions')`, [made!.id])).rejects.toMatchObject({
      code: 'CO171',
    })
    await asAdmin('select request_backup()')
    expect(
      await asAdmin(
        `select t.name from backups b join backup_targets t on t.id = b.target_id where b.status = 'queued' and t.name = 'brief'`,
      ),
    ).toEqual([])
    expect(
      await asAdmin(
        `select actor, reason, new ->> 'removed_at' is not null as removed from audit_log where table_name = 'backup_targets' and new ->> 'name' = 'brief' order by id desc limit 1`,
      ),
    ).toEqual([{ actor: 'adam', reason: 'Another disk', removed: true }])
    await club.change(`select save_backup_target('brief', 'folder', '{}', 'daily', true, 'It is back')`)
    expect(await state('brief')).toMatchObject({ backup_id: null, enabled: true })
  })

  it('are not removed under the hands of a backup', async () => {
    await club.change(`select save_backup_target('busy', 'folder', '{}', 'manual', true, 'Tried')`)
    const [backup] = await asAdmin<{ id: number }>(`select * from request_backup('busy')`)
    await withClaims(club.database.pool, { role: 'worker', actor: 'worker' }, (client) =>
      client.query('select app_private.claim_backup($1)', [backup!.id]),
    )
    await expect(asAdmin(`select remove_backup_target('busy', 'No more')`)).rejects.toMatchObject({
      code: 'CO170',
    })
    // Its process has died.
    await club.database.pool.query(
      `update backups set lease_until = now() - interval '1 second' where id = $1`,
      [backup!.id],
    )
    expect(await asAdmin(`select name, enabled from remove_backup_target('busy', 'No more')`)).toEqual([
      { name: 'busy', enabled: false },
    ])
  })

  it('are for admins alone, ask for a reason, and take no secrets', async () => {
    for (const statement of [
      `select test_backup_target('x', 's3', '{"bucket": "b-b", "secretAccessKey": "k"}')`,
      `select test_backup_target('../x', 'folder')`,
      `select test_backup_target('x', 'tape')`,
      `select test_backup_target('x', 'drive')`,
    ])
      await expect(asAdmin(statement)).rejects.toMatchObject({ code: 'CO005' })
    await expect(asAdmin(`select remove_backup_target('my-folder', ' ')`)).rejects.toMatchObject({
      code: 'CO002',
    })
    await rolledBack(club.database.pool, { role: 'reviewer', actor: 'rita' }, async (client) => {
      for (const statement of [
        `select test_backup_target('x', 'folder')`,
        `select remove_backup_target('my-folder', 'Why not')`,
        'select * from backup_target_tests',
      ])
        expect((await failure(client, statement)).code).toMatch(/CO403|42501/)
    })
  })
})
