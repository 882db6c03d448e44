/** A full disk under the embedded database: said clearly, nothing acknowledged is lost, and it works again. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { openEmbedded } from '../../core/database/embedded/index.ts'
import { isServer } from '../support/database.ts'
import { startProcess } from '../support/processes.ts'
import { readTemplate } from '../support/template.ts'

const folder = mkdtempSync(join(tmpdir(), 'clubos-disk-'))
const mount = (options: string) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0
// A small disk of our own, where we may make one.
const mounted = !isServer && process.getuid?.() === 0 && mount('size=220m')
afterAll(() => {
  if (mounted) spawnSync('umount', ['-l', folder])
  rmSync(folder, { recursive: true, force: true })
})

;(mounted ? describe : describe.skip)('a full disk (embedded database, and the right to mount)', () => {
  const dataDir = join(folder, 'data')
  const filler = join(folder, 'filler')
  const free = () => {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  }
  const acknowledged: string[] = []

  it('refuses what it cannot write with a clear error, or stops with one', async () => {
    const log: string[] = []
    const database = await openEmbedded({
      dataDir,
      loadDataDir: readTemplate('empty'),
      log: (level, message) => log.push(`${level}: ${message}`),
    })
    const client = new pg.Client({ connectionString: database.url })
    client.on('error', () => {})
    await client.connect()
    await client.query('create table public.ledger (id text primary key, body text not null)')
    const errors: { code?: string; message: string }[] = []
    // Somebody else fills the disk while we write, until three writes in a row are refused.
    for (let n = 0; errors.length < 3 && n < 2000; n++) {
      if (n === 50) writeFileSync(filler, Buffer.alloc(free() - 3 * 1024 * 1024))
      const id = `row ${n}`
      try {
        await client.query('insert into public.ledger values ($1, $2)', [
          id,
          Array.from({ length: 2000 }, () => Math.random()).join(),
        ])
        acknowledged.push(id)
      } catch (error) {
        errors.push(error as Error)
      }
    }
    expect(acknowledged.length).toBeGreaterThan(50)
    expect(errors).toHaveLength(3)
    // Refused and going on (53100), or stopped: everybody is told, and so is the owner.
    const stopped = await Promise.race([
      database.stopped,
      new Promise((resolve) => setTimeout(() => resolve('runs'), 1000)),
    ])
    if (stopped === 'runs') {
      for (const error of errors) expect(error).toMatchObject({ code: '53100' })
      const { rows } = await client.query('select count(*)::int as n from public.ledger')
      expect(rows[0].n).toBe(acknowledged.length)
    } else {
      expect(String(stopped)).toMatch(/disk|space|ENOSPC|No space/i)
    }
    await client.end().catch(() => {})
    await database.close().catch(() => {})
  }, 120_000)

  it('is said in one line by a start that finds no room', async () => {
    const started = await startProcess({ CLUBOS_DATA_DIR: dataDir }).then(
      async (running) => {
        running.signal('SIGKILL')
        await running.ended
        return 'it started'
      },
      (error: Error) => error.message,
    )
    expect(started).toMatch(
      /ended with 1: [\s\S]*cannot be used: only \d+ MB are free on its disk, and 64 MB are needed\./,
    )
  })

  it('that has room again serves everything that was acknowledged', async () => {
    rmSync(filler)
    const database = await openEmbedded({ dataDir })
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    const { rows } = await client.query<{ id: string }>('select id from public.ledger')
    const there = new Set(rows.map(({ id }) => id))
    expect(acknowledged.filter((id) => !there.has(id))).toEqual([])
    await client.query(`insert into public.ledger values ('after', 'it goes on')`)
    await client.end()
    await database.close()
  }, 60_000)
})
