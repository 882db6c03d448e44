/** A backup whose process is killed, anywhere: the last one stays whole, the next run completes it, nothing is doubled. */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sha256 } from '../../core/backup/manifest.ts'
import { queueBackup, runBackup } from '../../core/backup/run.ts'
import { seeded } from '../sql/fixtures.ts'
import { type Club, driveOf, log, makeClub } from './support.ts'

const times = process.env.CLUBOS_LONG ? 100 : 8
const random = seeded(8)

function begin(
  club: Club,
  backup: number,
): { child: ChildProcess; ended: Promise<void>; ready: Promise<void> } {
  const { drive: _, ...config } = { drive: null, ...club.place.config.backup }
  const child = fork(
    join(import.meta.dirname, 'child.ts'),
    [club.database.url, String(backup), JSON.stringify(config)],
    { execArgv: [], stdio: 'ignore' },
  )
  return {
    child,
    ready: new Promise((resolve) => child.once('message', () => resolve())),
    ended: new Promise((resolve) => child.once('exit', () => resolve())),
  }
}

describe.each(['folder', 'drive'] as const)('a backup to %s that is killed', (kind) => {
  let club: Club
  beforeAll(async () => {
    club = await makeClub(kind, 40)
    await club.backUp()
  }, 300_000)
  afterAll(() => club?.close())

  const data = async () => {
    const files = await club.place.files()
    const manifest = JSON.parse(files.get('manifest.json')!.toString()) as {
      backup: number
      files: { path: string; sha256: string; key: string }[]
    }
    return { files, manifest }
  }

  it(
    `goes on, ${times} times at another place`,
    async () => {
      const { pool } = club.database
      let cut = 0
      for (let n = 0; n < times; n++) {
        await club.change(
          `update sops set content = content || $1, section = case when section like 'sop1%' then split_part(section, '.', 1) || '.' || $2 else section end where section like 'sop1%' or section like 'sop2%'`,
          [`\nKill ${n}.\n`, String(n)],
        )
        const before = await data()
        const backup = await queueBackup(pool, club.place.row.id, 'killed')
        const { child, ready, ended } = begin(club, backup)
        await ready
        if (kind === 'drive') {
          // At a call that is chosen by chance, which the server gets, or does, or does not.
          const server = driveOf(club.place)
          let left = Math.floor(random() * 60)
          server.onCall = () => {
            if (left-- !== 0) return undefined
            child.kill('SIGKILL')
            return random() < 0.5 ? undefined : { kind: 'cut' }
          }
          child.send('go')
          await ended
          server.onCall = undefined
        } else {
          child.send('go')
          const timer = setTimeout(() => child.kill('SIGKILL'), random() * 250)
          await ended
          clearTimeout(timer)
        }
        const { rows } = await pool.query('select status from backups where id = $1', [backup])
        if (rows[0].status !== 'complete') {
          cut++
          // Whichever manifest is there: what it restores from is there and is what it says.
          const after = await data()
          expect([before.manifest.backup, backup]).toContain(after.manifest.backup)
          for (const file of after.manifest.files.filter(({ key }) => key.startsWith('data:')))
            expect([file.path, sha256(after.files.get(file.path) ?? '')]).toEqual([file.path, file.sha256])
          // As if its lease had run out.
          await pool.query(
            `update backups set lease_until = now() - interval '1 second' where status = 'running'`,
          )
        }
        const row = await runBackup(
          { pool, config: club.place.config, log },
          await queueBackup(pool, club.place.row.id, 'again'),
        )
        expect(row.status).toBe('complete')
        const { files, manifest } = await data()
        expect([...files.keys()].sort()).toEqual(
          [...manifest.files.map(({ path }) => path), 'manifest.json'].sort(),
        )
        for (const file of manifest.files)
          expect([file.path, sha256(files.get(file.path)!)]).toEqual([file.path, file.sha256])
      }
      // Not all of them came too late.
      expect(cut).toBeGreaterThan(0)
      club.place.check()
    },
    times * 60_000,
  )
})
