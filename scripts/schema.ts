/**
 * The schema's tool: `npm run schema -- commit|dump|check`. Needs a server (npm run postgres -- up), since
 * graphile-migrate proves a migration on a shadow database.
 *   commit  turns migrations/current.sql into the next committed migration
 *   dump    writes data/schema.sql, data/schema.graphql, web/graphql/schema.d.ts, docs/api.md and docs/permissions.md from a database made anew
 *   check   fails when these files are not what the migrations give, or when sql/ differs from the migrations
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commit, migrate } from 'graphile-migrate'
import { runMigrations } from 'graphile-worker'
import { buildSchema, introspectionFromSchema } from 'graphql'
import pg from 'pg'
import { migrateDatabase, migrateSettings, projectFolder } from '../core/database/migrate.ts'
import { exportGraphqlSchema } from '../server/schema.ts'
import { apiFile, writeApi } from './api.ts'
import { permissionsFile, readPermissions, writePermissions } from './permissions.ts'

const currentSql = join(projectFolder, 'migrations', 'current.sql')
const schemaSql = join(projectFolder, 'data', 'schema.sql')
const schemaGraphql = join(projectFolder, 'data', 'schema.graphql')
const schemaTypes = join(projectFolder, 'web', 'graphql', 'schema.d.ts')

function serverUrl(): string {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL
  return execFileSync(process.execPath, [join(projectFolder, 'scripts', 'postgres.ts'), 'url'], {
    encoding: 'utf8',
  }).trim()
}

const withDatabase = (url: string, name: string) =>
  Object.assign(new URL(url), { pathname: `/${name}` }).toString()

async function onServer(statement: string) {
  const client = new pg.Client({ connectionString: serverUrl() })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

// Two checkouts may use one server.
const checkout = createHash('sha256').update(projectFolder).digest('hex').slice(0, 8)

async function recreate(purpose: 'schema' | 'shadow'): Promise<string> {
  const name = `clubos_${purpose}_${checkout}`
  await onServer(`drop database if exists ${name} with (force)`)
  await onServer(`create database ${name} template template0`)
  return withDatabase(serverUrl(), name)
}

/** pg_dump prints a random token, and its own and the server's version: neither is schema. */
function dump(url: string): string {
  const text = execFileSync(
    'pg_dump',
    [
      '--schema-only',
      '--no-owner',
      '--exclude-schema=graphile_worker',
      '--exclude-schema=graphile_migrate',
      url,
    ],
    {
      encoding: 'utf8',
      maxBuffer: 64e6,
    },
  )
  return text
    .replace(/^\\(un)?restrict .*\n/gm, '')
    .replace(/^-- Dumped (from|by) .*\n/gm, '')
    .replace(/\n{3,}/g, '\n\n')
}

/** The schema as types, against which the web UI's documents are checked. */
async function graphqlTypes(schema: string): Promise<string> {
  const { minifyIntrospection, outputIntrospectionFile } = await import('gql.tada/internal')
  const introspection = introspectionFromSchema(buildSchema(schema), { descriptions: false })
  return outputIntrospectionFile(minifyIntrospection(introspection), {
    fileType: '.d.ts',
    shouldPreprocess: true,
  })
}

async function permissions(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return writePermissions(await readPermissions(client))
  } finally {
    await client.end()
  }
}

async function fresh(
  options: { current?: boolean } = {},
): Promise<{ sql: string; graphql: string; permissions: string; url: string }> {
  const url = await recreate('schema')
  await migrateDatabase(url)
  if (options.current && /^--!include/m.test(readFileSync(currentSql, 'utf8'))) await reapply(url)
  return { sql: dump(url), graphql: await exportGraphqlSchema(url), permissions: await permissions(url), url }
}

async function reapply(url: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const [, file] of readFileSync(join(projectFolder, 'sql', 'all.sql'), 'utf8').matchAll(
    /^--!include (\S+)$/gm,
  ))
    await client.query(readFileSync(join(projectFolder, 'sql', file!), 'utf8')).catch((error: Error) => {
      throw new Error(`sql/${file}: ${error.message}`)
    })
  await client.end()
}

const [command] = process.argv.slice(2)
if (command === 'commit') {
  const url = await recreate('schema')
  const shadow = await recreate('shadow')
  const settings = migrateSettings(url, {
    shadowConnectionString: shadow,
    rootConnectionString: serverUrl(),
    // Our functions name graphile-worker's, so its schema comes first here too.
    afterReset: [
      {
        _: 'command',
        command: `${JSON.stringify(process.execPath)} ${JSON.stringify(import.meta.filename)} worker-schema`,
      },
    ],
  })
  await runMigrations({ connectionString: url })
  await runMigrations({ connectionString: shadow })
  await migrate(settings)
  await commit(settings)
  console.log('Committed. Now: npm run schema -- dump')
} else if (command === 'worker-schema') {
  await runMigrations({ connectionString: process.env.GM_DBURL! })
} else if (command === 'dump') {
  // What is being written is in it too, so that a branch has its types before it is committed as a migration.
  const made = await fresh({ current: true })
  writeFileSync(schemaSql, made.sql)
  writeFileSync(schemaGraphql, made.graphql)
  writeFileSync(schemaTypes, await graphqlTypes(made.graphql))
  writeFileSync(apiFile, writeApi(made.graphql))
  writeFileSync(permissionsFile, made.permissions)
  console.log(`Wrote ${schemaSql}, ${schemaGraphql}, ${schemaTypes}, ${apiFile} and ${permissionsFile}`)
} else if (command === 'check') {
  const { sql, graphql, permissions: rights, url } = await fresh()
  const problems: string[] = []
  if (sql !== readFileSync(schemaSql, 'utf8'))
    problems.push('data/schema.sql is not what the migrations give: npm run schema -- dump')
  if (graphql !== readFileSync(schemaGraphql, 'utf8'))
    problems.push('data/schema.graphql is not what the database gives: npm run schema -- dump')
  if ((await graphqlTypes(graphql)) !== readFileSync(schemaTypes, 'utf8'))
    problems.push('web/graphql/schema.d.ts is not what data/schema.graphql gives: npm run schema -- dump')
  if (writeApi(graphql) !== readFileSync(apiFile, 'utf8'))
    problems.push('docs/api.md is not what data/schema.graphql says: npm run schema -- dump')
  if (rights !== readFileSync(permissionsFile, 'utf8'))
    problems.push(
      'docs/permissions.md is not what the database grants: npm run schema -- dump, and review the difference',
    )
  await reapply(url)
  if (dump(url) !== sql)
    problems.push(
      'sql/ differs from the migrations: put the changed files into migrations/current.sql with --!include, then npm run schema -- commit',
    )
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) process.exit(1)
  console.log('The committed schemas are what the migrations give, and sql/ agrees with them.')
} else {
  console.log('Usage: npm run schema -- commit|dump|check')
  process.exit(command === '--help' ? 0 : 2)
}
