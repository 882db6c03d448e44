/** The real Drive client against a local server of its protocol, and all that Google may answer. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type DriveServer, serviceAccount } from '../support/providers/drive.ts'
import { type Club, driveOf, makeClub } from './support.ts'

let club: Club
let server: DriveServer
beforeAll(async () => {
  club = await makeClub('drive', 30)
  server = driveOf(club.place)
  await club.backUp()
}, 300_000)
afterAll(() => club?.close())
beforeEach(() => {
  server.calls.length = 0
})

let edits = 0
const edit = (where = `section = 'sop5'`) =>
  club.change(`update sops set content = content || E'\nEdit ${++edits}.\n' where ${where}`)
const text = async (path: string) => (await club.place.files()).get(path)?.toString()
const calls = (kind: string) => server.calls.filter((call) => call.kind === kind).length
const whole = async () => {
  expect(await club.verify()).toMatchObject({ problems: [] })
  club.place.check()
}

describe('a backup to Google Drive', () => {
  it('signs in as a service account, too', async () => {
    const { google } = club.place.config.backup
    club.place.config.backup.google = { ...google, oauth: null, serviceAccount }
    server.expireTokens()
    await edit()
    await club.backUp()
    expect(calls('token')).toBe(1)
    await whole()
    club.place.config.backup.google = google
  })

  it('gets a new token where the old one has expired on the way', async () => {
    await edit()
    let n = 0
    server.onCall = ({ kind }) => {
      if (kind === 'list' && ++n === 1) return undefined
      if (kind === 'create' && ++n === 2) server.expireTokens()
      return undefined
    }
    await club.backUp({ concurrency: 1 })
    server.onCall = undefined
    expect(calls('token')).toBe(2)
    await whole()
  })

  it.each([
    ['429', { status: 429, reason: 'rateLimitExceeded', retryAfter: 0 }],
    ['403 rateLimitExceeded', { status: 403, reason: 'rateLimitExceeded' }],
    ['403 userRateLimitExceeded', { status: 403, reason: 'userRateLimitExceeded' }],
    ['500', { status: 500, reason: 'internalError' }],
    ['503', { status: 503, reason: 'backendError' }],
  ])('asks again after %s', async (_name, fault) => {
    await edit()
    server.fail('list', { kind: 'status', ...fault })
    server.fail('update', { kind: 'status', ...fault }, { kind: 'status', ...fault })
    await club.backUp()
    await whole()
  })

  it('waits as long as Retry-After says', async () => {
    await edit()
    server.fail('update', { kind: 'status', status: 429, reason: 'rateLimitExceeded', retryAfter: 1 })
    const begun = performance.now()
    await club.backUp()
    expect(performance.now() - begun).toBeGreaterThanOrEqual(990)
    await whole()
  })

  it('makes nothing twice where the answer to a creation was lost', async () => {
    await club.change(`select save_sop('lost', 'answer', 'Text')`)
    server.fail('create', { kind: 'lost' }, { kind: 'lost' }, { kind: 'cut' })
    await club.backUp({ concurrency: 1 })
    await club.place.files()
    await club.backUp()
    expect(server.visible().filter(({ path }) => path === 'lost' || path.startsWith('lost/')).length).toBe(2)
    await whole()
  })

  it('says what to do where the Drive is full, and does not try again', async () => {
    await edit()
    server.quota = 0
    await expect(club.backUp()).rejects.toMatchObject({
      message: expect.stringContaining('quota has been exceeded'),
      hint: expect.stringContaining('shared drive'),
      retry: false,
    })
    server.quota = Number.POSITIVE_INFINITY
    const { rows } = await club.database.pool.query(
      'select status, error, hint from backups order by id desc limit 1',
    )
    expect(rows[0]).toMatchObject({ status: 'failed', hint: expect.stringContaining('Make room') })
    expect(calls('update') + calls('create')).toBeLessThanOrEqual(4)
    await club.backUp()
    await whole()
  })

  it('says what to do where Google takes the credentials no longer', async () => {
    const { google } = club.place.config.backup
    club.place.config.backup.google = { ...google, oauth: { ...google.oauth!, refreshToken: 'revoked' } }
    await expect(club.backUp()).rejects.toMatchObject({
      hint: expect.stringContaining('revoked or have expired'),
      retry: false,
    })
    club.place.config.backup.google = { ...google, oauth: null }
    await expect(club.backUp()).rejects.toMatchObject({
      hint: expect.stringContaining('GOOGLE_SERVICE_ACCOUNT_FILE'),
    })
    club.place.config.backup.google = google
    server.mistakes.length = 0
  })

  it('sends a large text in pieces, and goes on from what has arrived when it is interrupted', async () => {
    club.place.config.backup.google.piece = 256 * 1024
    await club.change(`select save_sop('large', 'one', repeat(repeat('word ', 200) || chr(10), 600))`)
    server.fail(
      'piece',
      { kind: 'half' },
      { kind: 'lost' },
      { kind: 'cut' },
      {
        kind: 'status',
        status: 503,
        reason: 'backendError',
      },
    )
    await club.backUp({ concurrency: 1 })
    expect((await text('large/one.md'))!.length).toBeGreaterThan(600_000)
    // Nothing of what had arrived was sent again: the text, and the parts of sops and versions that hold it.
    expect(calls('begin')).toBe(3)
    await whole()
  })

  it('begins an upload anew where Google has forgotten it', async () => {
    await edit(`category = 'large'`)
    let pieces = 0
    server.onCall = ({ kind }) => {
      if (kind === 'piece' && ++pieces === 2) server.forgetSessions()
      return undefined
    }
    await club.backUp({ concurrency: 1 })
    server.onCall = undefined
    expect(calls('begin')).toBe(4)
    await whole()
  })

  it('makes a folder again that somebody has deleted', async () => {
    const folder = server.visible().find(({ path }) => path === 'cat1')!.file
    folder.trashed = true
    await club.backUp()
    expect(await text('cat1/sop1.md')).toContain('# SOP 1')
    expect(server.visible().filter(({ path }) => path === 'cat1').length).toBe(1)
    const gone = server.visible().find(({ path }) => path === 'cat2')!.file
    for (const [id, file] of server.files)
      if (id === gone.id || file.parents[0] === gone.id) server.files.delete(id)
    await club.backUp()
    expect(await text('cat2/sop2.md')).toContain('# SOP 2')
    await whole()
  })

  it('puts duplicates into the bin, folders too', async () => {
    const { file } = server.visible().find(({ path }) => path === 'cat1/sop1.md')!
    server.add({
      name: file.name,
      parent: file.parents[0],
      content: file.content!.toString(),
      appProperties: { ...file.appProperties },
    })
    const twin = server.add({ name: 'cat3', folder: true, appProperties: { clubos: server.root } })
    const moved = server.visible().find(({ path }) => path === 'cat3/sop3.md')!.file
    moved.parents = [twin.id]
    const row = await club.backUp()
    expect(row).toMatchObject({ uploaded: 0, renamed: 1, deleted: 1 })
    await club.place.files()
    expect(server.visible().filter(({ path }) => path === 'cat3').length).toBe(1)
    await whole()
  })

  it('moves a file back that somebody has moved or renamed, without sending it again', async () => {
    server.visible().find(({ path }) => path === 'cat4/sop4.md')!.file.name = 'my favourite'
    const row = await club.backUp()
    expect(row).toMatchObject({ uploaded: 0, renamed: 1 })
    expect(await text('cat4/sop4.md')).toContain('# SOP 4')
    await whole()
  })

  it('keeps the file of an SOP that gets another name', async () => {
    const before = server.visible().find(({ path }) => path === 'cat4/sop9.md')!.file
    await club.change(`update sops set category = 'renamed', section = 'nine' where section = 'sop9'`)
    await club.backUp()
    expect(server.visible().find(({ path }) => path === 'renamed/nine.md')!.file.id).toBe(before.id)
    await whole()
  })

  it('asks page by page, and no more than changes, folders and pages', async () => {
    delete club.place.config.backup.google.piece
    server.pageSize = 10
    const pages = Math.ceil(server.visible().length / 10)
    await club.change(`select save_sop('fresh', 'one', 'Text')`)
    await edit(`section in ('sop5', 'sop6')`)
    server.calls.length = 0
    const row = await club.backUp()
    server.pageSize = 1000
    // What changed, what was removed, the manifest; a folder; the pages.
    expect(server.calls.length - calls('token')).toBe(row.uploaded + row.deleted + 1 + 1 + pages)
    expect(calls('list')).toBe(pages)
    await whole()
  })

  it('looks in the folder’s own drive where Google searches all drives in part only', async () => {
    server.incomplete = true
    const row = await club.backUp()
    server.incomplete = false
    expect(row).toMatchObject({ uploaded: 0, deleted: 0, unchanged: row.files - 1 })
    await whole()
  })

  it('does nothing into the bin', async () => {
    server.files.get(server.root)!.trashed = true
    await expect(club.backUp()).rejects.toMatchObject({ message: expect.stringContaining('bin') })
    server.files.get(server.root)!.trashed = false
    await club.backUp()
    await whole()
  })

  it('says so where the folder is not there, or not ours', async () => {
    const { pool } = club.database
    await pool.query(
      `update backup_targets set settings = '{"folder_id": "elsewhere"}' where name = 'my-drive'`,
    )
    await expect(club.backUp()).rejects.toMatchObject({ hint: expect.stringContaining('shared') })
    await pool.query(
      `update backup_targets set settings = '{"folder_id": "root-folder"}' where name = 'my-drive'`,
    )
    await club.backUp()
  })
})
