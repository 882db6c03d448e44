/** jest's global set-up: one migrated database, which every test file copies instead of migrating its own. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { openEmbedded } from '../../core/database/embedded/index.ts'
import { migrateDatabase, projectFolder } from '../../core/database/migrate.ts'

const migrations = join(projectFolder, 'migrations', 'committed')

/** What is being written: migrations/current.sql with its includes, so that tests see it before it is committed. */
function currentMigration(): string {
  return readFileSync(join(projectFolder, 'migrations', 'current.sql'), 'utf8').replace(
    /^--!include (\S+)$/gm,
    (_, file: string) => readFileSync(join(projectFolder, 'sql', file), 'utf8'),
  )
}

async function migrateToCurrent(connectionString: string): Promise<void> {
  await migrateDatabase(connectionString)
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(currentMigration())
  } finally {
    await client.end()
  }
}

function fingerprint(): string {
  const hash = createHash('sha256')
  for (const file of readdirSync(migrations).sort()) hash.update(readFileSync(join(migrations, file)))
  hash.update(currentMigration())
  hash.update(readFileSync(join(projectFolder, 'package-lock.json')))
  return hash.digest('hex').slice(0, 16)
}

export const templateName = `clubos_test_template_${fingerprint()}`
export const templateFile = () =>
  join(projectFolder, 'node_modules', '.cache', 'clubos', `template-${fingerprint()}.tar`)

export default async function setUp(): Promise<void> {
  process.env.GRAPHILE_ENV ??= 'production'
  if (process.env.DATABASE_URL) await makeServerTemplate(process.env.DATABASE_URL)
  else await makeEmbeddedTemplate()
}

async function makeServerTemplate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    // Two runs at once share a template, and one makes it; a name given last says that it is whole.
    await client.query("select pg_advisory_lock(hashtextextended('clubos.test_template', 0))")
    const made = await client.query('select from pg_database where datname = $1', [templateName])
    if (made.rowCount === 1) return
    const draft = `${templateName}_draft`
    await client.query(`drop database if exists ${draft} with (force)`)
    await client.query(`create database ${draft} template template0`)
    await migrateToCurrent(Object.assign(new URL(url), { pathname: `/${draft}` }).toString())
    await client.query(`alter database ${draft} rename to ${templateName}`)
    await client.query(`alter database ${templateName} set search_path = app_public, public`)
  } finally {
    await client.end()
  }
}

async function makeEmbeddedTemplate(): Promise<void> {
  const file = templateFile()
  if (existsSync(file)) return
  mkdirSync(join(file, '..'), { recursive: true })
  const database = await openEmbedded({ dataDir: 'memory://' })
  try {
    await migrateToCurrent(database.url)
    writeFileSync(`${file}.${process.pid}`, await database.dump())
    renameSync(`${file}.${process.pid}`, file)
  } finally {
    await database.close()
  }
}
