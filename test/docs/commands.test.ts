/**
 * Every command in the documents does what it is there for: each block of shell and SQL runs here, in order, on the demo
 * club with its weeks of history, beside a running server and worker. A block that cannot run here says so in its fence
 * (```sh not-here) and is listed as skipped; one that takes minutes (```sh long) runs with CLUBOS_LONG=1.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { readConfig } from '../../core/config.ts'
import { projectFolder } from '../../core/database/migrate.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { type RunningServer, startServer } from '../../server/index.ts'
import { type SupervisedWorker, startWorker } from '../../worker/index.ts'
import { isServer, makeTestDatabase, type TestDatabase } from '../support/database.ts'
import { makeTemplate } from '../support/template.ts'
import { type Block, blocksOf, documents, nameOf } from './blocks.ts'

let database: TestDatabase
let server: RunningServer
let worker: SupervisedWorker
let embedder: LocalEmbedder
let folder: string
/** What documents write in capitals, since it differs from club to club. */
let placeholders: Record<string, string>

// Once is enough: each command starts a process, and the embedded database takes its time with each.
const here = isServer || Boolean(process.env.CLUBOS_LONG)

beforeAll(async () => {
  if (!here) return
  await makeTemplate('demo')
  database = await makeTestDatabase({ template: 'demo', connections: 10 })
  embedder = new LocalEmbedder()
  folder = mkdtempSync(join(tmpdir(), 'clubos-docs-'))
  // As in a checkout, but what the commands write does not land in this one.
  for (const entry of readdirSync(projectFolder))
    if (!entry.startsWith('.')) symlinkSync(join(projectFolder, entry), join(folder, entry))
  const log = makeLog('silent')
  const config = readConfig({ PORT: '0', CLUBOS_DATA_DIR: join(folder, '.clubos') })
  const services = { pool: database.pool, embedder, providers: noProviders, log }
  worker = await startWorker({ ...services, config }, database.url, { crontab: '' })
  server = await startServer(config, services, database.url, { ready: async () => worker.problem() })
  const { rows } = await database.pool.query<{ visitor: string; head: string }>(
    `select t.visitor_id as visitor, h.chain_position || ':' || encode(h.hash, 'hex') as head
       from app_public.tickets t, app_private.audit_head h where t.visitor_id is not null order by t.id limit 1`,
  )
  placeholders = { VISITOR: rows[0]!.visitor, 'POSITION:HASH': rows[0]!.head }
  // Where the embedded database of a checkout says how it is reached.
  mkdirSync(join(folder, '.clubos'), { recursive: true })
  writeFileSync(join(folder, '.clubos', 'clubos.lock'), JSON.stringify({ url: database.url }))
  writeFileSync(
    join(folder, 'versions.jsonl'),
    `${JSON.stringify({ doc: 'late.md', version: 1, op: 'add', path: 'booking/late.md', author: 'Rita', commit_date: '2026-01-02T10:00:00Z', message: 'First', content: '# Late arrival\n\nWe wait 15 minutes.\n' })}\n`,
  )
}, 300_000)
afterAll(async () => {
  await server?.close()
  await worker?.stop()
  await embedder?.close()
  await database?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const filled = (text: string) =>
  text.replace(/\b[A-Z]{4,}(:[A-Z]+)?\b/g, (word) => placeholders[word] ?? word)

const hasPsql = spawnSync('psql', ['--version']).status === 0

// For these 1 is an answer too: something needs a person.
const mayFind = /\bclubos -- (doctor|check)\b/

function shell(block: Block): Promise<void> {
  const text = filled(block.text)
    .split('\n')
    .map((line) => (mayFind.test(line) ? `{ ${line.replace(/\s#.*$/, '')} ; } || [ $? -eq 1 ]` : line))
    .join('\n')
    .replaceAll('localhost:5678', new URL(server.url).host)
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', text], {
      cwd: folder,
      // A bash whose input is a socket takes itself for a remote shell, and reads its settings.
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        npm_config_update_notifier: 'false',
        PATH: process.env.PATH,
        HOME: folder,
        DATABASE_URL: database.url,
        CLUBOS_DATA_DIR: join(folder, '.clubos'),
        GRAPHILE_ENV: 'production',
      },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk
      })
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`${nameOf(block)} ended with ${code}:\n${text}\n${output}`))
    })
  })
}

/** What psql does with \gset, and with the variables it sets; each statement waits for the jobs of the one before. */
async function sql(block: Block, client: pg.Client, variables: Map<string, string>): Promise<void> {
  for (const { statement, keep } of statementsOf(filled(block.text))) {
    const text = statement
      .replace(/(?<!:):'([a-z_]\w*)'/g, (whole, name) =>
        variables.has(name) ? pg.escapeLiteral(variables.get(name)!) : whole,
      )
      .replace(/(?<![:\w]):([a-z_]\w*)/g, (whole, name) => variables.get(name) ?? whole)
    const result = await client
      .query<Record<string, unknown>>(text)
      .catch((error: Error & { hint?: string }) => {
        throw new Error(`${nameOf(block)}: ${error.message} ${error.hint ?? ''}\n${text}`)
      })
    if (keep) {
      if (result.rows.length !== 1)
        throw new Error(`${nameOf(block)}: \\gset needs one row, and got ${result.rows.length}:\n${text}`)
      for (const [name, value] of Object.entries(result.rows[0]!)) variables.set(name, String(value))
    }
    await jobsDone()
  }
}

/** Ended by ; or \gset at a line's end; a semicolon inside a function's body stands before other text or within $$. */
function statementsOf(text: string): { statement: string; keep: boolean }[] {
  const found: { statement: string; keep: boolean }[] = []
  let statement = ''
  let inBody = false
  for (const line of text.split('\n')) {
    const code = line.replace(/\s*--\s.*$/, '').trimEnd()
    if (code.trim() === '') continue
    statement += `${code}\n`
    if ((code.match(/\$\$/g)?.length ?? 0) % 2 === 1) inBody = !inBody
    if (inBody || !/(;|\\gset)$/.test(code)) continue
    found.push({ statement: statement.replace(/(;|\\gset)\s*$/, ''), keep: /\\gset\s*$/.test(statement) })
    statement = ''
  }
  if (statement.trim() !== '') throw new Error(`A statement without an end: ${statement}`)
  return found
}

async function jobsDone() {
  for (let i = 0; i < 600; i++, await sleep(50)) {
    const { rows } = await database.pool.query<{ due: boolean }>(
      'select exists (select from graphile_worker._private_jobs where run_at <= now() and attempts < max_attempts) as due',
    )
    if (!rows[0]!.due) return
  }
}

for (const file of documents) {
  const blocks = blocksOf(file)
  if (blocks.length === 0) continue
  describe(file, () => {
    let client: pg.Client
    const variables = new Map<string, string>()
    beforeAll(async () => {
      if (!here) return
      client = new pg.Client({ connectionString: database.url })
      await client.connect()
      await client.query('set search_path = app_public, public')
    })
    afterAll(() => client?.end())
    for (const block of blocks) {
      const runs =
        here &&
        !block.marks.includes('not-here') &&
        (!block.marks.includes('long') || process.env.CLUBOS_LONG) &&
        (hasPsql || !(block.language === 'sh' && /^psql /m.test(block.text)))
      ;(runs ? it : it.skip)(
        nameOf(block),
        () => (block.language === 'sql' ? sql(block, client, variables) : shell(block)),
        block.marks.includes('long') ? 1_800_000 : 180_000,
      )
    }
  })
}

it('knows all marks that the fences carry', () => {
  const marks = new Set(documents.flatMap((file) => blocksOf(file).flatMap((block) => block.marks)))
  expect([...marks].filter((mark) => !['not-here', 'long'].includes(mark))).toEqual([])
})
