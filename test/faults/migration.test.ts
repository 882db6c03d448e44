/** A migration that is killed on the way is finished by the next start, and the schema is what it always is. */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it } from '@jest/globals'
import pg from 'pg'
import { openEmbedded } from '../../core/database/embedded/index.ts'
import { migrateDatabase } from '../../core/database/migrate.ts'
import { isServer, makeTestDatabase } from '../support/database.ts'

const folder = mkdtempSync(join(tmpdir(), 'clubos-migration-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Everything that the schema is made of, as text. */
const fingerprint = `
  select string_agg(line, E'\\n' order by line) as schema from (
    select format('column %s %s %s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) as line
      from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'v', 'm', 'p', 'c') and c.relnamespace::regnamespace::text in ('app_public', 'app_hidden', 'app_private', 'graphile_worker')
    union all
    select format('function %s %s %s', p.oid::regprocedure, md5(p.prosrc), p.proacl::text) from pg_proc p where p.pronamespace::regnamespace::text in ('app_public', 'app_hidden', 'app_private', 'graphile_worker')
    union all
    select format('index %s', pg_get_indexdef(i.indexrelid)) from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace::regnamespace::text in ('app_public', 'app_private', 'graphile_worker')
    union all
    select format('constraint %s %s %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) from pg_constraint k where k.connamespace::regnamespace::text in ('app_public', 'app_private', 'graphile_worker')
    union all
    select format('trigger %s', pg_get_triggerdef(t.oid)) from pg_trigger t where not t.tgisinternal
    union all
    select format('policy %s %s %s %s %s %s', schemaname, tablename, policyname, roles, qual, with_check) from pg_policies
    union all
    select format('grant %s %s', c.oid::regclass, c.relacl::text) from pg_class c where c.relnamespace::regnamespace::text in ('app_public', 'app_private')
    union all
    select format('row %s', to_jsonb(s) - 'updated_at') from app_public.club_settings s
    union all
    select format('signals %s', count(*)) from app_public.emergency_signals
  ) lines`

async function schemaOf(url: string): Promise<{ schema: string; migrations: string }> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`set search_path = ''`)
    const { rows } = await client.query<{ schema: string; migrations: string }>(
      `select (${fingerprint}), (select string_agg(filename || ' ' || hash, ', ' order by filename) from graphile_migrate.migrations) as migrations`,
    )
    return rows[0]!
  } finally {
    await client.end()
  }
}

/** Runs the child and kills it `ms` after it began to migrate; whether it was still at it. */
async function killAfter(ms: number, place: string): Promise<'killed' | 'done'> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'migrate_child.ts'), place], {
    env: { ...process.env, GRAPHILE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const begun = new Promise<void>((resolve) =>
    child.stdout.on('data', (chunk) => {
      output += chunk
      resolve()
    }),
  )
  await Promise.race([begun, ended])
  await Promise.race([sleep(ms), ended])
  child.kill('SIGKILL')
  await ended
  return output.includes('migrated') ? 'done' : 'killed'
}

/** A database without anything, again and again, and what it costs to migrate one. */
async function onServer() {
  const main = new pg.Client({ connectionString: process.env.DATABASE_URL })
  await main.connect()
  const names: string[] = []
  return {
    async fresh() {
      const name = `clubos_migration_${process.pid}_${names.length}`
      names.push(name)
      await main.query(`create database ${name} template template0`)
      return Object.assign(new URL(process.env.DATABASE_URL!), { pathname: `/${name}` }).toString()
    },
    migrated: async (url: string) => {
      await migrateDatabase(url)
      return schemaOf(url)
    },
    async close() {
      for (const name of names) await main.query(`drop database if exists ${name} with (force)`)
      await main.end()
    },
  }
}
async function onEmbedded() {
  // Making one anew costs seconds each; copying an empty one does not.
  const empty = join(folder, 'empty')
  await (await openEmbedded({ dataDir: empty })).close()
  let made = 0
  return {
    async fresh() {
      const place = join(folder, `${++made}`)
      cpSync(empty, place, { recursive: true })
      return place
    },
    async migrated(place: string) {
      const database = await openEmbedded({ dataDir: place })
      try {
        await migrateDatabase(database.url)
        return await schemaOf(database.url)
      } finally {
        await database.close()
        rmSync(place, { recursive: true, force: true })
      }
    },
    close: async () => {},
  }
}

// The embedded database takes ten seconds for each, so that the short mode takes two.
const kills = isServer || process.env.CLUBOS_CHAOS_MINUTES ? 10 : 2

it('is finished by the next start, wherever it was killed', async () => {
  const template = await makeTestDatabase()
  const expected = await schemaOf(template.url).finally(() => template.close())
  const place = await (isServer ? onServer() : onEmbedded())
  try {
    // How long it takes here, so that the kills fall within it.
    const probe = await place.fresh()
    const begun = performance.now()
    await place.migrated(probe)
    let takes = performance.now() - begun
    let killed = 0
    for (let n = 0; killed < kills && n < 3 * kills; n++) {
      const fresh = await place.fresh()
      // One random moment in each part of the time.
      const outcome = await killAfter(((killed + Math.random()) / kills) * takes, fresh)
      if (outcome === 'killed') killed++
      else takes *= 0.9
      expect([n, await place.migrated(fresh)]).toEqual([n, expected])
    }
    expect(killed).toBe(kills)
  } finally {
    await place.close()
  }
}, 180_000)
