import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { importHistory } from '../../core/content/import.ts'
import { projectFolder } from '../../core/database/migrate.ts'
import { only } from '../../core/embedding/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { makeTestDatabase, type TestDatabase } from '../support/database.ts'
import { axis, one, seeded } from './fixtures.ts'

const file = join(projectFolder, '..', 'shared', 'data', 'handbook_pagerduty', 'versions.jsonl')

interface Row {
  doc: string
  version: number
  op: 'add' | 'modify' | 'rename' | 'delete'
  path?: string
  author: string
  commit_date: string
  message: string
  content?: string | null
}

// The model is not what is tested here, and takes a minute for so many texts: each text gets a vector at once.
const embedder = only({
  provider: 'test',
  model: 'local-use-lite',
  remote: false,
  embed: async (texts: string[]) => texts.map((text) => JSON.parse(axis(text.length % 512)) as number[]),
  close: async () => {},
})
const sectionOf = (path: string) => path.replace(/^docs\//, '').replace(/\.md$/, '')

;(existsSync(file) ? describe : describe.skip)('the history of a handbook (needs ../shared)', () => {
  let database: TestDatabase
  let report: { documents: number; versions: number; skipped: number }
  let folder: string
  let rows: Row[]
  const services = () => ({ pool: database.pool, embedder, providers: noProviders, log: makeLog('silent') })

  beforeAll(async () => {
    rows = readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row)
    // In the order of what happened: the file is grouped by document.
    rows = rows
      .map((row, index) => ({ row, index }))
      .sort(
        (a, b) =>
          Date.parse(a.row.commit_date) - Date.parse(b.row.commit_date) ||
          a.row.version - b.row.version ||
          a.index - b.index,
      )
      .map(({ row }) => row)
    folder = mkdtempSync(join(tmpdir(), 'clubos-handbook-'))
    database = await makeTestDatabase()
    report = await importHistory(services(), file, { category: 'handbook' })
  }, 180_000)
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await database.close()
  })

  it('comes in whole: every version with its author, date, message and text', async () => {
    expect(report).toMatchObject({ documents: new Set(rows.map((row) => row.doc)).size, skipped: 0 })
    const { rows: kept } = await database.pool.query(
      'select section, content, archived, changed_by, change_reason, created_at from app_public.sop_versions',
    )
    const key = (section: string, author: string, at: Date, reason: string) =>
      [section, author, at.toISOString(), reason].join('|')
    const found = new Map(
      kept.map((version) => [
        key(version.section, version.changed_by, version.created_at, version.change_reason),
        version,
      ]),
    )
    const lastPath = new Map<string, string>()
    const missing: string[] = []
    for (const row of rows) {
      const path = row.path ?? lastPath.get(row.doc) ?? row.doc
      lastPath.set(row.doc, path)
      const version = found.get(
        key(sectionOf(path), row.author, new Date(row.commit_date), row.message.trim()),
      )
      if (
        !version ||
        (row.op === 'delete') !== version.archived ||
        (row.content != null && version.content !== row.content)
      )
        missing.push(`${row.doc} ${row.version}`)
    }
    expect(missing).toEqual([])
    expect(kept).toHaveLength(rows.length)
  })

  it('tells at 20 dates what was in force then, document by document', async () => {
    const random = seeded(20)
    const times = rows.map((row) => Date.parse(row.commit_date))
    const sections = [...new Set(rows.map((row) => sectionOf(row.path ?? row.doc)))]
    for (let sample = 0; sample < 20; sample++) {
      const at = times[0]! + Math.floor(random() * (times.at(-1)! + 86_400_000 - times[0]!))
      const replayed = new Map<string, { section: string; content: string }>()
      for (const row of rows) {
        if (Date.parse(row.commit_date) > at) break
        const before = replayed.get(row.doc)
        if (row.op === 'delete') replayed.delete(row.doc)
        else
          replayed.set(row.doc, {
            section: sectionOf(row.path ?? row.doc),
            content: row.content ?? before!.content,
          })
      }
      const expected = new Map([...replayed.values()].map(({ section, content }) => [section, content]))
      const { rows: told } = await database.pool.query(
        `select s.section, v.content from unnest($1::text[]) s(section), app_public.sop_as_of('handbook', s.section, $2) v where v.id is not null`,
        [sections, new Date(at)],
      )
      expect(new Map(told.map((row) => [row.section, row.content]))).toEqual(expected)
    }
  })

  ;(spawnSync('diff', ['--version']).status === 0 ? it : it.skip)(
    'diffs 20 pairs of versions to the effect of diff -u (needs diff and patch)',
    async () => {
      const random = seeded(21)
      const { rows: pairs } = await database.pool.query(
        'select v.sop_id, v.version, v.content as new, p.content as old from app_public.sop_versions v join app_public.sop_versions p on p.id = v.previous_version_id where v.content <> p.content order by v.id',
      )
      const signs = (diff: string, sign: string) =>
        diff
          .split('\n')
          .slice(2)
          .filter((line) => line.startsWith(sign)).length
      for (let sample = 0; sample < 20; sample++) {
        const pair = pairs[Math.floor(random() * pairs.length)]!
        const { diff } = await one(database.pool, 'select app_public.sop_diff($1, $2, $3) as diff', [
          pair.sop_id,
          pair.version - 1,
          pair.version,
        ])
        writeFileSync(join(folder, 'old'), pair.old)
        writeFileSync(join(folder, 'new'), pair.new)
        const theirs = spawnSync('diff', [
          '-u',
          '--minimal',
          '--text',
          join(folder, 'old'),
          join(folder, 'new'),
        ]).stdout.toString()
        expect([signs(diff, '+'), signs(diff, '-')]).toEqual([signs(theirs, '+'), signs(theirs, '-')])
        const patched = spawnSync('patch', ['--binary', '-s', '--fuzz=0', join(folder, 'old')], {
          input: diff,
        })
        expect({ status: patched.status, said: `${patched.stdout}${patched.stderr}` }).toEqual({
          status: 0,
          said: '',
        })
        expect(readFileSync(join(folder, 'old'), 'utf8')).toBe(pair.new)
      }
    },
  )

  it('changes nothing when it comes again', async () => {
    const state = () =>
      one(
        database.pool,
        'select (select count(*) from app_public.sop_versions) as versions, (select count(*) from app_public.audit_log) as audits, (select count(*) from app_private.search_units) as units',
      )
    const before = await state()
    expect(await importHistory(services(), file, { category: 'handbook' })).toMatchObject({
      versions: 0,
      skipped: rows.length,
    })
    expect(await state()).toEqual(before)
  }, 120_000)

  it('leaves an audit chain that is whole', async () => {
    expect((await database.pool.query('select * from app_public.verify_audit_log()')).rows).toEqual([])
  })
})
