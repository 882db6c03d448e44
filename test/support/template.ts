/** jest's global set-up: one migrated database, which every test file copies instead of migrating its own. */
import { createHash } from 'node:crypto'
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { demoFolder, importDemo } from '../../core/content/demo.ts'
import { playHistory } from '../../core/content/demo_history.ts'
import { openEmbedded } from '../../core/database/embedded/index.ts'
import { makePool } from '../../core/database/index.ts'
import { migrateDatabase, projectFolder } from '../../core/database/migrate.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { buildWeb, isStale } from '../../web/build.ts'

const migrations = join(projectFolder, 'migrations', 'committed')

/** What is being written, with its includes: a branch is tested before it is committed as a migration. */
const current = (): string => withIncludes(join(projectFolder, 'migrations', 'current.sql'))

function withIncludes(file: string): string {
  return readFileSync(file, 'utf8').replace(/^--!include (\S+)$/gm, (_, included: string) =>
    withIncludes(join(projectFolder, 'sql', included)),
  )
}

export async function migrateToCurrent(url: string): Promise<void> {
  await migrateDatabase(url)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(current()).finally(() => client.end())
}

function fingerprint(): string {
  const hash = createHash('sha256')
  for (const file of readdirSync(migrations).sort()) hash.update(readFileSync(join(migrations, file)))
  hash.update(readFileSync(join(projectFolder, 'package-lock.json')))
  if (/^--!include/m.test(readFileSync(join(projectFolder, 'migrations', 'current.sql'), 'utf8')))
    hash.update(current())
  return hash.digest('hex').slice(0, 16)
}

/** empty: migrated, nothing in it. demo: the demo club with some weeks of history, for the web UI's tests. */
export type TemplateKind = 'empty' | 'demo'

export const templateName = (kind: TemplateKind) => `clubos_test_template_${nameOf(kind)}`
const templateFile = (kind: TemplateKind) =>
  join(projectFolder, 'node_modules', '.cache', 'clubos', `template-${nameOf(kind)}.tar`)
export const readTemplate = (kind: TemplateKind) => readFileSync(templateFile(kind))

function nameOf(kind: TemplateKind): string {
  if (kind === 'empty') return fingerprint()
  const hash = createHash('sha256').update(fingerprint())
  for (const file of globSync('**/*', { cwd: demoFolder, withFileTypes: true }).filter((file) =>
    file.isFile(),
  ))
    hash.update(file.name).update(readFileSync(join(file.parentPath, file.name)))
  hash.update(readFileSync(join(projectFolder, 'core', 'content', 'demo_history.ts')))
  return `demo_${hash.digest('hex').slice(0, 16)}`
}

async function fill(kind: TemplateKind, url: string): Promise<void> {
  await migrateToCurrent(url)
  if (kind === 'empty') return
  const log = makeLog('error')
  const pool = makePool(url, log, 5)
  const embedder = new LocalEmbedder()
  try {
    await importDemo({ pool, embedder, providers: noProviders, log })
    await playHistory({ pool, embedder, providers: noProviders, log }, { questions: 120 })
  } finally {
    await embedder.close()
    await pool.end()
  }
}

export default async function setUp(): Promise<void> {
  // Before many servers start at once, each of which would build it.
  if (isStale()) await buildWeb()
  await makeTemplate('empty')
}

export async function makeTemplate(kind: TemplateKind): Promise<void> {
  process.env.GRAPHILE_ENV ??= 'production'
  if (process.env.DATABASE_URL) await makeServerTemplate(kind, process.env.DATABASE_URL)
  else await makeEmbeddedTemplate(kind)
}

async function makeServerTemplate(kind: TemplateKind, url: string): Promise<void> {
  const name = templateName(kind)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    // Two runs at once share a template, and one makes it; a name given last says that it is whole.
    await client.query("select pg_advisory_lock(hashtextextended('clubos.test_template', 0))")
    const made = await client.query('select from pg_database where datname = $1', [name])
    if (made.rowCount === 1) return
    const draft = `${name}_draft`
    await client.query(`drop database if exists ${draft} with (force)`)
    await client.query(`create database ${draft} template template0`)
    await fill(kind, Object.assign(new URL(url), { pathname: `/${draft}` }).toString())
    await client.query(`alter database ${draft} rename to ${name}`)
    await client.query(`alter database ${name} set search_path = app_public, public`)
  } finally {
    await client.end()
  }
}

/** Every test reads all of it: without what no test needs that is half as much, and half the time. */
async function slim(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query("update pg_database set datistemplate = false where datname like 'template%'")
    for (const statement of [
      'drop database template0',
      'drop database template1',
      // Functions that migrations replace leave their old rows.
      'vacuum full pg_proc, pg_attribute, pg_class, pg_depend, pg_rewrite',
      'set wal_recycle = off',
      'checkpoint',
      'select pg_switch_wal()',
      'checkpoint',
    ])
      await client.query(statement)
  } finally {
    await client.end()
  }
}

async function makeEmbeddedTemplate(kind: TemplateKind): Promise<void> {
  const file = templateFile(kind)
  if (existsSync(file)) return
  mkdirSync(join(file, '..'), { recursive: true })
  const database = await openEmbedded({ dataDir: 'memory://' })
  try {
    await fill(kind, database.url)
    await slim(database.url)
    writeFileSync(`${file}.${process.pid}`, await database.dump())
    renameSync(`${file}.${process.pid}`, file)
  } finally {
    await database.close()
  }
}
