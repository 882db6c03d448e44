/** The same for a folder, S3 and Drive. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { restoreEmpty } from '../../core/backup/restore.ts'
import { makeTestDatabase } from '../support/database.ts'
import { type Club, hashesOf, hostile, type Kind, makeClub, openPlace } from './support.ts'

const text = async (club: Club, path: string) => (await club.place.files()).get(path)?.toString()
const manifestOf = async (club: Club) => JSON.parse((await text(club, 'manifest.json'))!)

describe.each<Kind>(['folder', 's3', 'drive'])('a backup to %s', (kind) => {
  let club: Club
  beforeAll(async () => {
    club = await makeClub(kind)
  }, 300_000)
  afterAll(() => club?.close())

  it('has a file for each SOP and each category of knowledge, whatever they are called', async () => {
    const row = await club.backUp()
    expect(row).toMatchObject({ status: 'complete', unchanged: 0, renamed: 0, deleted: 0 })
    const files = await club.place.files()
    expect(row.files).toBe(files.size)
    expect(row.uploaded).toBe(files.size - 1)
    const manifest = await manifestOf(club)
    expect([...files.keys()].sort()).toEqual(
      [...manifest.files.map(({ path }: { path: string }) => path), 'manifest.json'].sort(),
    )
    const folded = [...files.keys()].map((path) => path.normalize('NFKC').toLowerCase())
    expect(new Set(folded).size).toBe(folded.length)
    for (const path of files.keys()) {
      expect(path).not.toMatch(/(^|\/)\.{1,2}(\/|$)|^\/|\\|\p{Cc}|\p{Cf}/u)
      for (const part of path.split('/')) expect(Buffer.byteLength(part)).toBeLessThan(256)
    }
    const texts = [...files].filter(([path]) => path.endsWith('.md') && !path.startsWith('knowledge/'))
    // Two are out of use.
    expect(texts.length).toBe(58)
    const found = texts.map(([, content]) => parse(/^---\n([\s\S]*?)\n---\n/.exec(content.toString())![1]!))
    for (const [category, section] of hostile)
      expect(found).toContainEqual(expect.objectContaining({ category, section, version: 1, who: 'adam' }))
    expect(await text(club, 'cat1/sop1.md')).toMatch(
      /^---\nid: \d+\ncategory: "cat1"\nsection: "sop1"\nversion: 2\nwho: "adam"\nwhen: "[^"]+"\nwhy: "Better"\n---\n\n# SOP 1\n/,
    )
    expect(await text(club, 'knowledge/cat1.md')).toContain('\n## Question 1?\n\nAnswer 1 --> <!-- €\n')
  })

  it('uploads nothing but its manifest where nothing has changed', async () => {
    club.place.calls()
    const row = await club.backUp()
    expect(row).toMatchObject({ uploaded: 0, renamed: 0, deleted: 0, bytes_uploaded: '0' })
    expect(row.unchanged).toBe(row.files - 1)
    // The listing, the manifest (S3 reads it, too).
    expect(club.place.calls()).toBeLessThanOrEqual(3)
    expect(await club.verify()).toMatchObject({ problems: [] })
  })

  it('follows changes, new names and retirements, and touches nothing else', async () => {
    await club.change(`update sops set content = content || E'\nMore.\n' where section = 'sop20'`)
    await club.change(`update sops set category = 'moved', section = 'sop21 again' where section = 'sop21'`)
    await club.change(`select archive_sop(id, 'Gone') from sops where section = 'sop22'`)
    await club.change(`delete from knowledge_base where question = 'Question 3?'`)
    const before = await club.place.files()
    const row = await club.backUp()
    const files = await club.place.files()
    expect(await text(club, 'cat0/sop20.md')).toContain('\nMore.\n')
    expect(files.has('cat1/sop21.md')).toBe(false)
    expect(await text(club, 'moved/sop21 again.md')).toContain('section: "sop21 again"')
    expect(files.has('cat2/sop22.md')).toBe(false)
    expect(await text(club, 'knowledge/cat0.md')).not.toContain('Question 3?')
    // Two texts, a category of knowledge; of data: sops, versions, knowledge, audit log and its head.
    const changed = [...files].filter(([path, content]) => !before.get(path)?.equals(content))
    expect(row.uploaded).toBe(changed.length - 1)
    expect(row.uploaded).toBe(8)
    expect(row.renamed).toBe(kind === 'drive' ? 1 : 0)
    expect(await club.verify()).toMatchObject({ problems: [] })
  })

  it('tells what was altered or removed, and writes it anew', async () => {
    await club.place.write('cat0/sop20.md', 'Altered')
    await club.place.remove('cat3/sop23.md')
    const { files } = await manifestOf(club)
    const versions = files.find(({ key }: { key: string }) => key.startsWith('data:sop_versions:')).path
    await club.place.write(versions, (await text(club, versions))!.replace('adam', 'evan'))
    const { problems } = await club.verify()
    expect(problems).toEqual(
      [
        { path: 'cat0/sop20.md', problem: 'is not what was written' },
        { path: 'cat3/sop23.md', problem: 'is missing' },
        { path: versions, problem: 'is not what was written' },
      ].sort((a, b) => a.path.localeCompare(b.path)),
    )
    const { rows } = await club.database.pool.query(
      `select verification, verification_problems from backups order by id desc limit 1`,
    )
    expect(rows).toEqual([{ verification: 'damaged', verification_problems: problems }])
    await club.backUp()
    expect(await club.verify()).toMatchObject({ problems: [] })
  })

  it('leaves alone what somebody else has put there', async () => {
    await club.place.write('notes of mine.txt', 'Mine')
    await club.change(`update sops set content = content || E'\nEven more.\n' where section = 'sop20'`)
    await club.backUp()
    expect(await text(club, 'notes of mine.txt')).toBe('Mine')
    expect(await club.verify()).toMatchObject({ problems: [] })
  })

  it('that breaks off leaves the last one whole, and the next goes on from it', async () => {
    if (kind === 'folder') return // a process that is killed: kill.test.ts
    const last = await manifestOf(club)
    await club.change(`update sops set content = content || E'\nAnd more.\n' where section like 'sop2_'`)
    club.place.failAfter(4)
    await expect(club.backUp({ concurrency: 1, last: false })).rejects.toThrow()
    club.place.failAfter(null)
    const { rows } = await club.database.pool.query(
      'select status, error from backups order by id desc limit 1',
    )
    expect(rows).toEqual([{ status: 'queued', error: expect.any(String) }])
    const files = await club.place.files()
    expect(await manifestOf(club)).toEqual(last)
    for (const { path } of last.files) expect(files.has(path)).toBe(true)
    const row = await club.backUp()
    expect(row).toMatchObject({ status: 'complete', attempt: 2 })
    const after = await manifestOf(club)
    expect((await club.place.files()).size).toBe(after.files.length + 2)
    expect(await club.verify()).toMatchObject({ problems: [] })
  })

  it('comes back into an empty database: every table the same, the audit chain whole', async () => {
    await club.backUp()
    const other = await makeTestDatabase()
    const target = await openPlace(club.place)
    try {
      const from = { source: 'test', actor: 'tester' }
      if (kind === 'folder') {
        await restoreEmpty(other.pool, target, { ...from, dryRun: true })
        expect((await other.pool.query('select from sops')).rowCount).toBe(0)
      }
      await restoreEmpty(other.pool, target, { ...from, dryRun: false })
      expect(await hashesOf(other.pool)).toEqual(await hashesOf(club.database.pool))
      expect((await other.pool.query('select * from verify_audit_log()')).rows).toEqual([])
      // It lives: it is searched, and its numbers go on.
      const found = await other.pool.query(`select topic from search_knowledge('SOP 30 step')`)
      expect(found.rows.length).toBeGreaterThan(0)
      await other.pool.query(
        `set clubos.actor = 'rita'; select save_sop('new', 'one', 'Text'); reset clubos.actor`,
      )
      expect((await other.pool.query('select * from verify_audit_log()')).rows).toEqual([])
      await expect(restoreEmpty(other.pool, target, { ...from, dryRun: false })).rejects.toMatchObject({
        code: 'CO172',
      })
    } finally {
      await target.close()
      await other.close()
    }
    club.place.check()
  })
})
