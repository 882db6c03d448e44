/** The commands as a person types them, each in a process of its own. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { openEmbedded } from '../../core/database/embedded/index.ts'
import { migrateToCurrent, readTemplate } from '../support/template.ts'
import { club, makePlace, type Place } from './support.ts'

let place: Place
let other: Place
/** With what is not in a committed migration yet. */
async function prepared(): Promise<Place> {
  const made = await makePlace()
  if (made.environment.DATABASE_URL) await migrateToCurrent(made.environment.DATABASE_URL)
  else
    await (
      await openEmbedded({ dataDir: made.environment.CLUBOS_DATA_DIR!, loadDataDir: readTemplate('empty') })
    ).close()
  return made
}
beforeAll(async () => {
  place = await prepared()
  other = await prepared()
  expect((await place.clubos('import', place.files(club))).stderr).not.toContain('Error')
}, 300_000)
afterAll(async () => {
  await place?.close()
  await other?.close()
})

const folder = () => join(place.environment.CLUBOS_DATA_DIR!, 'backups', 'folder')

// Few calls, each of which is a process that opens a database; what they do is tried in test/backup.
it('backup writes a folder, lists it, and ends with 1 where it is damaged', async () => {
  const made = await place.clubos('backup')
  expect([made.code, made.stdout]).toEqual([
    0,
    expect.stringMatching(/^folder: backup 1 is complete\. \d+ files/),
  ])
  expect(readFileSync(join(folder(), 'access', 'door_code.md'), 'utf8')).toContain('# Door code does nothing')
  expect((await place.clubos('backup', '--list')).stdout).toMatch(
    /^folder \(folder, daily\): backup 1 of .*never verified/,
  )
  writeFileSync(join(folder(), 'access', 'door_code.md'), 'Altered')
  const damaged = await place.clubos('backup', '--verify', '--json')
  expect(damaged.code).toBe(1)
  expect(JSON.parse(damaged.stdout).targets[0]).toMatchObject({
    whole: false,
    problems: [{ path: 'access/door_code.md', problem: 'is not what was written' }],
  })
}, 300_000)

it('restore brings everything into an empty database, and into one that lives what differs', async () => {
  const done = await other.clubos('restore', folder(), '--into', 'empty', '--json')
  expect(done.code).toBe(0)
  expect(JSON.parse(done.stdout).tables).toContainEqual({ name: 'sops', rows: 3 })
  const living = await other.clubos('restore', folder(), '--into', 'living', '--dry-run')
  expect([living.code, living.stdout]).toEqual([0, expect.stringContaining('0 not there, 0 different')])
}, 300_000)

it('says what is wrong, and what to do', async () => {
  expect((await place.clubos('restore', folder())).code).toBe(2)
  const unknown = await place.clubos('backup', '--target', 'moon', '--json')
  expect([unknown.code, JSON.parse(unknown.stdout).error]).toEqual([
    1,
    { code: 'CO404', message: 'There is no backup target "moon".', hint: 'There are: folder' },
  ])
}, 300_000)
