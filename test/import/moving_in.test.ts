/** The developers' material in every format, imported twice and taken back; uploads; big batches. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { AnsweringServices } from '../../core/answering/ask.ts'
import { withClaims } from '../../core/database/index.ts'
import { projectFolder } from '../../core/database/migrate.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { type ImportItem, inArchive } from '../../core/import/files.ts'
import { type Batch, beginImport, settleImport, stageInto } from '../../core/import/stage.ts'
import { keepUpload } from '../../core/import/upload.ts'
import { embedMissing } from '../../core/learning/analyse.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import importsStage from '../../worker/tasks/imports__stage.ts'
import { admin, makeTestDatabase, type TestDatabase } from '../support/database.ts'
import { csv, html, pdf, word, zip } from './support.ts'

const data = join(projectFolder, '..', 'shared', 'data')
const withData = existsSync(join(data, 'abcd', 'sops')) ? it : it.skip

let database: TestDatabase
let services: AnsweringServices
beforeAll(async () => {
  database = await makeTestDatabase()
  services = {
    pool: database.pool,
    embedder: new LocalEmbedder(),
    providers: noProviders,
    log: makeLog('silent'),
  }
  await withClaims(database.pool, admin, (client) =>
    client.query(`select save_sop('access', 'door', E'# The door\\n\\nThe code is sent by mail.', 'First')`),
  )
  await embedMissing(services)
})
afterAll(async () => {
  await services.embedder.close()
  await database.close()
})

async function stage(name: string, bytes: Uint8Array, skipped: ImportItem[] = []): Promise<Batch> {
  const batch = await beginImport(services, name, 'v1', 'adam')
  return stageInto(services, batch, async () => ({ files: await inArchive(name, bytes), skipped }), {
    actor: 'adam',
  })
}
const asAdmin = async <T>(statement: string, values: unknown[] = []): Promise<T[]> =>
  withClaims(database.pool, admin, async (client) => (await client.query(statement, values)).rows)
async function apply(batch: number): Promise<Batch> {
  await asAdmin(`select id from apply_import($1, 'We move in')`, [batch])
  return settleImport(services, batch, { actor: 'adam' })
}

/** A hash of each table that answers come from. What was never there before stays archived, and is not served. */
async function served(): Promise<Record<string, string>> {
  const parts: Record<string, string> = {
    sops: `select category, section, content from app_public.sops where archived_at is null`,
    knowledge: `select id, category, topic, question, answer, source, trust, sop_id, site_id, usage_count from app_public.knowledge_base`,
    proposals: `select kind, suggested_sop_update from app_public.improvement_queue where status = 'pending'`,
    units: `select kind, target, category, topic, title, heading, body, words, impacts::text, trust, embedding::text, embedding_model from app_private.search_units where kind <> 'profile'`,
    golden: 'select id, question, expected_sop_id from app_public.golden_questions',
  }
  const hashes: Record<string, string> = {}
  for (const [name, query] of Object.entries(parts)) {
    const { rows } = await database.pool.query<{ hash: string }>(
      `select md5(coalesce(string_agg(r::text, '|' order by r::text), '')) as hash from (${query}) r`,
    )
    hashes[name] = rows[0]!.hash
  }
  return hashes
}

withData(
  'material in each format is imported once, and taken back as it was',
  async () => {
    const before = await served()
    const folder = join(data, 'abcd', 'sops')
    const makers: ((text: string) => Promise<Buffer> | Buffer)[] = [
      Buffer.from,
      pdf,
      word,
      (text) => Buffer.from(html(text)),
    ]
    const endings = ['md', 'pdf', 'docx', 'html']
    const files: Record<string, Uint8Array | string> = {}
    for (const [index, name] of readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .sort()
      .slice(0, 24)
      .entries())
      files[`Export/${name.replace(/\.md$/, `.${endings[index % 4]}`)}`] = await makers[index % 4]!(
        readFileSync(join(folder, name), 'utf8'),
      )
    const star = readFileSync(join(data, 'star', 'sops.jsonl'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .slice(0, 3)
      .map((line) => JSON.parse(line) as { title: string; markdown: string })
    files['Export/faq.csv'] = csv([
      ['Question', 'Answer'],
      ...star.map((one) => [`How does it go: ${one.title}?`, one.markdown.slice(0, 500)]),
    ])
    files['Export/chats.jsonl'] = readFileSync(join(data, 'abcd', 'sample_conversations.jsonl'), 'utf8')
    const bytes = await zip(files)

    const first = await stage('export.zip', bytes)
    expect(first.status).toBe('staged')
    expect(await served()).toEqual(before)
    const applied = await apply(first.id)
    expect(applied).toMatchObject({ status: 'applied' })
    expect(applied.counts.conflict).toBeUndefined()
    const after = await served()
    expect(after.sops).not.toBe(before.sops)
    expect(after.knowledge).not.toBe(before.knowledge)
    // Searchable at commit, by vectors too.
    expect(
      (
        await database.pool.query(
          `select from app_private.search_units where embedding is null and kind <> 'profile'`,
        )
      ).rowCount,
    ).toBe(0)

    const second = await stage('export.zip', bytes)
    const rows = await asAdmin<{ file: string; action: string; reason: string }>(
      'select file, action, reason from import_items where batch_id = $1',
      [second.id],
    )
    expect(rows.filter(({ action }) => !['unchanged', 'duplicate', 'skip'].includes(action))).toEqual([])
    await apply(second.id)
    expect(await served()).toEqual(after)

    await asAdmin(`select id from rollback_import($1, 'Nothing to take back')`, [second.id])
    expect(await served()).toEqual(after)
    await asAdmin(`select id from rollback_import($1, 'Too early')`, [first.id])
    expect(await served()).toEqual(before)
    expect((await asAdmin('select * from verify_audit_log()')).length).toBe(0)
  },
  240_000,
)

it('an upload is read by the worker, once', async () => {
  const batch = await beginImport(services, 'club.zip', 'upload', 'adam')
  const bytes = await zip({
    'booking/move.md': 'Move it in the app.',
    'chats/x.json': '[]',
    'where.md': 'The code for the door comes by mail.',
  })
  async function* pieces() {
    for (let from = 0; from < bytes.length; from += 100) yield bytes.subarray(from, from + 100)
  }
  expect(await keepUpload(services, batch.id, 'adam', pieces())).toBe(bytes.length)
  const task = importsStage(services as never)
  const helpers = { job: { attempts: 1, max_attempts: 8 }, abortSignal: undefined } as never
  await task({ batch: batch.id }, helpers)
  await task({ batch: batch.id }, helpers)
  const [row] = await asAdmin<Batch>('select * from import_batches where id = $1', [batch.id])
  expect(row).toMatchObject({ status: 'staged', source: 'upload', created_by: 'adam' })
  const items = await asAdmin<{ file: string; category: string; action: string; reason_code: string }>(
    'select file, category, action, reason_code from import_items where batch_id = $1 order by file',
    [batch.id],
  )
  expect(items).toEqual([
    { file: 'booking/move.md', category: 'booking', action: 'create', reason_code: null },
    { file: 'chats/x.json', category: null, action: 'skip', reason_code: 'json_other' },
    // By what it is nearest to.
    { file: 'where.md', category: 'access', action: 'create', reason_code: null },
  ])
  expect(
    (await database.pool.query('select from app_private.import_uploads where batch_id = $1', [batch.id]))
      .rowCount,
  ).toBe(0)
  await asAdmin('select id from discard_import($1)', [batch.id])
}, 60_000)

it('a big batch goes on in steps, also after one was lost', async () => {
  const before = await served()
  const questions = Array.from({ length: 520 }, (_, n) => ({
    question: `What is rule ${n}?`,
    answer: `It is rule ${n} of the house.`,
  }))
  const batch = await beginImport(services, 'rules.json', 'v1', 'adam')
  const skipVectors = {
    ...services,
    embedder: { ...services.embedder, active: async () => null, activeModel: async () => 'none' },
  } as never
  const staged = await stageInto(
    skipVectors,
    batch,
    async () => ({ files: await inArchive('rules/rules.json', Buffer.from(JSON.stringify(questions))) }),
    { actor: 'adam' },
  )
  await asAdmin(`select id from apply_import($1, 'We move in')`, [staged.id])
  expect((await asAdmin<Batch>('select * from import_batches where id = $1', [staged.id]))[0]).toMatchObject({
    status: 'applying',
    total: 520,
    done: 0,
  })
  expect(
    (await database.pool.query(`select from graphile_worker.jobs where task_identifier = 'imports__apply'`))
      .rowCount,
  ).toBe(1)
  // One step by a worker that is gone; two go on at once.
  await withClaims(database.pool, { role: 'worker', actor: 'gone' }, (client) =>
    client.query('select app_private.apply_import_step($1, 100)', [staged.id]),
  )
  const done = await Promise.all([
    settleImport(services, staged.id, { actor: 'a' }),
    settleImport(services, staged.id, { actor: 'b' }),
  ])
  expect(done[0]).toMatchObject({ status: 'applied', counts: { applied: 520 } })
  expect(
    (
      await asAdmin<{ n: number }>(`select count(*)::int as n from knowledge_base where category = 'rules'`)
    )[0]!.n,
  ).toBe(520)
  await asAdmin(`select id from rollback_import($1, 'Too many')`, [staged.id])
  expect((await settleImport(services, staged.id, { actor: 'a' })).status).toBe('rolled_back')
  expect(await served()).toEqual(before)
}, 120_000)
