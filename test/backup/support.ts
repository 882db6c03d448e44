/** A club to back up, the three kinds of targets, and what all their tests look at. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type pg from 'pg'
import { type BackupRow, queueBackup, type RunOptions, runBackup } from '../../core/backup/run.ts'
import { openTarget, type TargetRow } from '../../core/backup/target.ts'
import { type Verification, verifyBackup } from '../../core/backup/verify.ts'
import { type Config, readConfig } from '../../core/config.ts'
import { withClaims } from '../../core/database/index.ts'
import { makeLog } from '../../core/log.ts'
import { admin, makeTestDatabase, type TestDatabase } from '../support/database.ts'
import { DriveServer, oauth } from '../support/providers/drive.ts'
import { S3Server, s3Keys } from '../support/providers/s3.ts'

export const log = makeLog('silent')

/** Names that a file system, or a careless program, would stumble over. */
export const hostile: [string, string][] = [
  ['../x', 'y'],
  ['a/b', '../../etc/passwd'],
  ['..', '.'],
  ['Access', 'codes'],
  ['access', 'Codes'],
  ['access', 'codes'],
  ['access', 'CODES~3'],
  ['Größe', 'straße'],
  ['GRÖSSE', 'STRASSE'],
  ['knowledge', 'of_knowledge'],
  ['data', 'sops'],
  ['manifest.json', 'x'],
  ['con', 'nul.md'],
  ['日本', '予約'],
  ['emoji 🏌️', 'tab\tnew\nline'],
  ['quote"s', "it's: #1 & <b>"],
  ['trail. ', ' lead'],
  ['\u202Eturned', 'zero\u200Bwidth'],
  ['x'.repeat(100), '長'.repeat(200)],
]

/** So many SOPs with two versions each for some, knowledge, and something of each other kind. */
export async function fillClub(pool: pg.Pool, sops = 60): Promise<void> {
  await withClaims(pool, admin, async (client) => {
    await client.query(`insert into sites (slug, name) values ('north', 'North'), ('south', 'South')`)
    await client.query(`insert into users (email, name, role) values ('ann@club.example', 'Ann', 'agent')`)
    const documents = [
      ...hostile.map(([category, section], n) => ({
        category,
        section,
        content: `# Hostile ${n}\n\nText.\n`,
      })),
      ...Array.from({ length: sops - hostile.length }, (_, i) => ({
        category: `cat${(i + 1) % 5}`,
        section: `sop${i + 1}`,
        content: `# SOP ${i + 1}\n\n## Steps\n\n1. Do step ${i + 1}.\n`,
      })),
    ]
    await client.query('select import_sops($1)', [JSON.stringify(documents)])
    await client.query(
      `select save_sop('cat' || n % 5, 'sop' || n, format(E'# SOP %s\n\n---\nid: 7\n---\n\nBetter.', n), 'Better') from generate_series(1, 10) n`,
    )
    await client.query(`select archive_sop(id, 'Out of use') from sops where section in ('sop11', 'sop12')`)
    await client.query(
      `select save_knowledge('cat' || n % 3, 'topic' || n % 4, 'Question ' || n || '?', 'Answer ' || n || ' --> <!-- ' || chr(8364), null, case n % 2 when 0 then 'north' end) from generate_series(1, 20) n`,
    )
    await client.query(`select save_knowledge('../x', 'dots', E'Two\nlines?', 'Yes')`)
    await client.query(`select save_golden_question('Where?', (select min(id) from sops))`)
    await client.query(
      `select propose_improvement('sop_edit', jsonb_build_object('sop_id', (select max(id) from sops), 'new_content', 'Proposed'))`,
    )
    await client.query(`select save_prompt('answer', 'Answer shortly, please.', 'Tried')`)
    await client.query(`select export_personal_data('00000000-0000-4000-8000-000000000001')`)
  })
}

export async function hashesOf(pool: pg.Pool): Promise<Record<string, string>> {
  const { rows } = await pool.query('select table_name, n, sha256 from app_private.backup_table_hashes()')
  return Object.fromEntries(rows.map((row) => [row.table_name, `${row.n} ${row.sha256}`]))
}

/** What is at a target, by hand: path → content. */
export interface Place {
  row: TargetRow
  config: Config
  files(): Promise<Map<string, Buffer>>
  write(path: string, content: string): Promise<void>
  remove(path: string): Promise<void>
  /** Calls since the last time. */
  calls(): number
  /** From now on every write beyond so many fails. */
  failAfter(writes: number | null): void
  check(): void
  close(): Promise<void>
}

export type Kind = 'folder' | 's3' | 'drive'

export async function makePlace(pool: pg.Pool, kind: Kind): Promise<Place> {
  const settings = {
    folder: {},
    s3: { bucket: 'club-backups', prefix: 'club/a' },
    drive: { folder_id: 'root-folder' },
  }[kind]
  const row = await withClaims(pool, admin, async (client) => {
    const { rows } = await client.query<TargetRow>(
      `select * from save_backup_target($1, $2, $3, 'daily', true, 'Tried')`,
      [`my-${kind}`, kind, settings],
    )
    return rows[0]!
  })
  const config = readConfig({})
  return { ...(await { folder: folderPlace, s3: s3Place, drive: drivePlace }[kind](config)), row, config }
}

type Bare = Omit<Place, 'row' | 'config'>

async function folderPlace(config: Config): Promise<Bare> {
  const home = mkdtempSync(join(tmpdir(), 'clubos-backups-'))
  config.backup.folder = home
  const root = join(home, 'my-folder')
  const files = new Map<string, Buffer>()
  const walk = async (folder: string) => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) await walk(path)
      else files.set(path, await readFile(join(root, path)))
    }
  }
  return {
    async files() {
      files.clear()
      await walk('')
      return new Map(files)
    },
    async write(path, content) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    },
    remove: (path) => rm(join(root, path)),
    calls: () => 0,
    failAfter() {},
    check() {},
    async close() {
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function s3Place(config: Config): Promise<Bare> {
  const server = await new S3Server().listen()
  config.backup.s3 = { endpoint: server.url, region: 'us-east-1', ...s3Keys, attempts: 1 }
  const prefix = 'club/a/'
  let seen = 0
  return {
    async files() {
      return new Map(
        [...server.objects]
          .filter(([key]) => key.startsWith(prefix))
          .map(([key, { content }]) => [key.slice(prefix.length), content]),
      )
    },
    async write(path, content) {
      server.objects.set(prefix + path, {
        content: Buffer.from(content),
        metadata: {},
        modified: new Date(Date.now() + 1000),
      })
    },
    async remove(path) {
      server.objects.delete(prefix + path)
    },
    calls() {
      const n = server.calls.length - seen
      seen = server.calls.length
      return n
    },
    failAfter(writes) {
      let n = 0
      server.onCall =
        writes === null
          ? undefined
          : ({ method }) => (method === 'PUT' && ++n > writes ? { status: 503, code: 'SlowDown' } : undefined)
    },
    check() {
      if (server.mistakes.length > 0) throw new Error(server.mistakes.join('\n'))
    },
    close: () => server.close(),
  }
}

async function drivePlace(config: Config): Promise<Bare & { server: DriveServer }> {
  const server = await new DriveServer().listen()
  config.backup.google = {
    serviceAccount: null,
    oauth,
    baseUrl: server.url,
    attempts: 5,
    firstWait: 1,
  }
  let seen = 0
  const find = (path: string) => server.visible().find((one) => one.path === path)!.file
  return {
    server,
    async files() {
      const files = server.visible().filter(({ file }) => file.content !== null)
      const paths = files.map(({ path }) => path)
      const twice = paths.filter((path, n) => paths.indexOf(path) !== n)
      if (twice.length > 0) throw new Error(`There twice: ${twice.join(', ')}`)
      return new Map(files.map(({ path, file }) => [path, file.content!]))
    },
    async write(path, content) {
      const found = server.visible().find((one) => one.path === path)
      if (found) found.file.content = Buffer.from(content)
      else server.add({ name: path, content })
    },
    async remove(path) {
      find(path).trashed = true
    },
    calls() {
      const n = server.calls.slice(seen).filter(({ kind }) => kind !== 'token').length
      seen = server.calls.length
      return n
    },
    failAfter(writes) {
      let n = 0
      server.onCall =
        writes === null
          ? undefined
          : ({ kind }) =>
              /create|update|begin/.test(kind) && ++n > writes
                ? { kind: 'status', status: 503, reason: 'backendError' }
                : undefined
    },
    check() {
      if (server.mistakes.length > 0) throw new Error(server.mistakes.join('\n'))
    },
    close: () => server.close(),
  }
}

export const driveOf = (place: Place): DriveServer => (place as Place & { server: DriveServer }).server

export interface Club {
  database: TestDatabase
  place: Place
  backUp(options?: RunOptions): Promise<BackupRow>
  verify(): Promise<Verification>
  change(statement: string, values?: unknown[]): Promise<void>
  close(): Promise<void>
}

export async function makeClub(kind: Kind, sops?: number): Promise<Club> {
  const database = await makeTestDatabase({ connections: 5 })
  await fillClub(database.pool, sops)
  const place = await makePlace(database.pool, kind)
  const services = { pool: database.pool, config: place.config, log }
  let last = 0
  return {
    database,
    place,
    async backUp(options) {
      last = await queueBackup(database.pool, place.row.id, 'tester')
      return runBackup(services, last, options)
    },
    verify: () => verifyBackup(services, last),
    async change(statement, values) {
      await withClaims(database.pool, admin, async (client) => {
        await client.query(`select set_config('clubos.reason', 'Changed for a test', true)`)
        await client.query(statement, values)
      })
    },
    async close() {
      await place.close()
      await database.close()
    },
  }
}

export const openPlace = (place: Place) => openTarget(place.config, place.row)
