/** Restoring into a club that lives: only what differs, as versions or as proposals; the preview changes nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { restoreEmpty, restoreLiving } from '../../core/backup/restore.ts'
import type { BackupTarget } from '../../core/backup/target.ts'
import { withClaims } from '../../core/database/index.ts'
import { makeTestDatabase, type TestDatabase } from '../support/database.ts'
import { type Club, makeClub, openPlace } from './support.ts'

let club: Club
let other: TestDatabase
let target: BackupTarget
beforeAll(async () => {
  club = await makeClub('folder', 30)
  other = await makeTestDatabase()
  await club.backUp()
  target = await openPlace(club.place)
}, 300_000)
afterAll(async () => {
  await other?.close()
  await club?.close()
})
beforeEach(async () => {
  // As the backup has it.
  await restore('versions')
})

const from = { source: 'test', reason: 'A bad day', actor: 'adam' }
const restore = async (mode: 'versions' | 'proposals', dryRun = false) =>
  (await restoreLiving(club.database.pool, target, { ...from, mode, dryRun }))!.report
const rows = async (statement: string, values: unknown[] = []) =>
  (await club.database.pool.query(statement, values)).rows

async function badDay() {
  await club.change(`update sops set content = 'Bad' where section = 'sop5'`)
  await club.change(
    `update sops set content = 'Bad too', section = 'sop6, called otherwise' where section like 'sop6%'`,
  )
  await club.change(`select archive_sop(id, 'Oh') from sops where section = 'sop7'`)
  await club.change(`update knowledge_base set answer = 'Wrong' where question = 'Question 1?'`)
  await club.change(`delete from knowledge_base where question = 'Question 2?'`)
  await club.change(`select save_sop('later', 'sop' || count(*), 'Written since') from sops`)
}
const expected = {
  sops: { add: 0, change: 2, return: 1 },
  knowledge: { add: 1, change: 1, lacks_site: 0 },
}

describe('a restore into a living club', () => {
  it('previews what would change, and changes nothing', async () => {
    await badDay()
    const before = await rows('select * from app_private.backup_table_hashes()')
    const report = await restore('versions', true)
    expect(report).toMatchObject(expected)
    expect(report.differences).toContainEqual(
      expect.objectContaining({
        what: 'sop',
        difference: 'change',
        topic: 'sop5',
        before: 'Bad',
        after: expect.stringContaining('# SOP 5'),
      }),
    )
    expect(await rows('select * from app_private.backup_table_hashes()')).toEqual(before)
    expect(await rows('select * from app_private.restore_rows')).toEqual([])
  })

  it('makes new versions that say why, and leaves what came later', async () => {
    await badDay()
    expect(await restore('versions')).toMatchObject({ ...expected, remaining: 0 })
    const [sop] = await rows(
      `select s.content, s.version, v.changed_by, v.change_reason from sops s join sop_versions v on v.sop_id = s.id and v.version = s.version where s.section = 'sop5'`,
    )
    expect(sop).toMatchObject({
      content: expect.stringContaining('# SOP 5'),
      changed_by: 'adam',
      change_reason: 'Restored from a backup (test): A bad day',
    })
    // The same SOP, whatever it is called now; its new name is not the backup's business.
    expect(await rows(`select content from sops where section = 'sop6, called otherwise'`)).toEqual([
      { content: expect.stringContaining('# SOP 6') },
    ])
    expect(await rows(`select archived_at from sops where section = 'sop7'`)).toEqual([{ archived_at: null }])
    expect(
      await rows(`select answer from knowledge_base where question in ('Question 1?', 'Question 2?')`),
    ).toEqual([
      { answer: expect.stringContaining('Answer 1') },
      { answer: expect.stringContaining('Answer 2') },
    ])
    expect(
      (await rows(`select from sops where category = 'later' and archived_at is null`)).length,
    ).toBeGreaterThan(0)
    expect(await restore('versions', true)).toMatchObject({
      sops: { add: 0, change: 0, return: 0 },
      differences: [],
    })
    expect(await rows('select * from verify_audit_log()')).toEqual([])
  })

  it('proposes, where a person shall decide, and names what cannot be proposed', async () => {
    await badDay()
    const before = await rows('select id, content from sops order by id')
    const report = await restore('proposals')
    expect(report.proposals!.length).toBe(3)
    expect(report.left).toEqual([
      expect.objectContaining({ what: 'sop', difference: 'return', topic: 'sop7' }),
      expect.objectContaining({ what: 'knowledge', difference: 'add', question: 'Question 2?' }),
    ])
    expect(await rows('select id, content from sops order by id')).toEqual(before)
    const [proposal] = await rows(
      `select q.id, q.proposed_by from improvement_queue q join sops s on s.id = q.sop_id where q.id = any ($1) and s.section = 'sop5'`,
      [report.proposals],
    )
    expect(proposal.proposed_by).toBe('backup')
    await club.change('select approve_improvement($1)', [proposal.id])
    expect(await rows(`select content from sops where section = 'sop5'`)).toEqual([
      { content: expect.stringContaining('# SOP 5') },
    ])
    // Asked twice, it proposes nothing twice.
    const waiting = await rows(`select id from improvement_queue where status = 'pending'`)
    await restore('proposals')
    expect(await rows(`select id from improvement_queue where status = 'pending'`)).toEqual(waiting)
  })

  it('brings another club’s texts in by their names', async () => {
    await withClaims(other.pool, { role: 'admin', actor: 'adam' }, (client) =>
      client.query(`select save_sop('cat0', 'sop5', 'Ours'), save_sop('cat9', 'own', 'Ours')`),
    )
    const done = await restoreLiving(other.pool, target, { ...from, mode: 'versions', dryRun: false })
    const sites = await other.pool.query('select from sites')
    expect(sites.rowCount).toBe(0)
    expect(done!.report.sops.change).toBe(1)
    // A site that this club does not have is not made up.
    expect(done!.report.knowledge.lacks_site).toBe(10)
    expect(done!.report.left!.length).toBe(10)
    const { rows: found } = await other.pool.query(`select content, version from sops where section = 'sop5'`)
    expect(found).toEqual([{ content: expect.stringContaining('# SOP 5'), version: 2 }])
  })

  it('is refused where the backup is damaged, and nothing is half done', async () => {
    await badDay()
    const before = await rows('select * from app_private.backup_table_hashes()')
    const files = await club.place.files()
    const path = [...files.keys()].find((name) => name.startsWith('data/sops/'))!
    const content = files.get(path)!.toString()
    await club.place.write(path, content.replace('# SOP 5', '# SOP X'))
    await expect(restore('versions')).rejects.toMatchObject({ code: 'CO172' })
    await club.place.write(path, content)
    expect(await rows('select * from app_private.backup_table_hashes()')).toEqual(before)
    expect(await rows('select status, error from restores order by id desc limit 1')).toEqual([
      { status: 'failed', error: expect.stringContaining('is not what was written') },
    ])
    const empty = await makeTestDatabase()
    try {
      await club.place.write(path, content.replace('# SOP 5', '# SOP X'))
      await expect(
        restoreEmpty(empty.pool, target, { source: 'test', actor: 'adam', dryRun: false }),
      ).rejects.toMatchObject({ code: 'CO172' })
      expect((await empty.pool.query('select from sops')).rowCount).toBe(0)
      // And what a new database comes with is there again.
      expect((await empty.pool.query('select from prompts')).rowCount).toBeGreaterThan(0)
    } finally {
      await club.place.write(path, content)
      await empty.close()
    }
  })
})
