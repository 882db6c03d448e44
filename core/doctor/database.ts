/** The PostgreSQL below: version, extensions, migrations, settings against the size of the club, roles, clock, connections. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { App } from '../app.ts'
import { projectFolder } from '../database/migrate.ts'
import { type Finding, ok, unless } from './finding.ts'

type Row = Record<string, string | number | boolean | null>

export async function checkDatabase(app: App): Promise<Finding[]> {
  const one = async (sql: string) => (await app.pool.query<Row>(sql)).rows[0]!
  const version = await one(
    `select split_part(version(), ' ', 2) as version, current_setting('server_version_num')::int as number, e.extversion as vector,
            (select default_version from pg_available_extensions where name = 'vector') as available, getdatabaseencoding() as encoding
       from pg_database d left join pg_extension e on e.extname = 'vector' where d.datname = current_database()`,
  )
  const parts = (text: unknown) =>
    String(text ?? '0')
      .split('.')
      .map(Number)
  const [major = 0, minor = 0] = parts(version.vector)
  const findings: Finding[] = [
    unless(
      major > 0 || minor >= 8,
      'database',
      `PostgreSQL ${version.version}, pgvector ${version.vector}, ${app.database.kind}`,
      {
        level: 'warn',
        means: 'Before 0.8 a search that is narrowed by category or site may find less than there is.',
        advice: 'Install a newer pgvector, then: alter extension vector update;',
      },
    ),
  ]
  if (version.available !== null && version.available !== version.vector)
    findings.push({
      check: 'pgvector',
      level: 'warn',
      found: `${version.vector} in this database, ${version.available} on the server`,
      means: 'A newer version is installed, which this database does not use yet.',
      advice: 'alter extension vector update;',
    })
  findings.push(
    unless(version.encoding === 'UTF8', 'encoding', String(version.encoding), {
      means: 'Texts that this encoding has no characters for are refused.',
      advice:
        'Make a new database with: create database … encoding UTF8 template template0; and restore into it.',
    }),
    await clock(app),
  )
  if (app.database.kind === 'server')
    findings.push(
      ...(await settings(one)),
      await connections(app, one),
      await rights(app),
      ...(await sessions(app)),
    )
  return findings
}

/** Null where this database is not ours yet, so that nothing else can be asked. */
export async function checkMigrations(app: App): Promise<Finding & { whole: boolean }> {
  const committed = readdirSync(join(projectFolder, 'migrations', 'committed')).filter((name) =>
    name.endsWith('.sql'),
  )
  const { rows: there } = await app.pool.query<{ there: boolean }>(
    `select to_regclass('graphile_migrate.migrations') is not null as there`,
  )
  const applied = there[0]!.there
    ? (
        await app.pool.query<{ filename: string }>('select filename from graphile_migrate.migrations')
      ).rows.map(({ filename }) => filename)
    : []
  // In the database they have no names, only numbers: 000001.sql.
  const number = (name: string) => name.slice(0, 6)
  const missing = committed.filter((name) => !applied.some((one) => number(one) === number(name)))
  const unknown = applied.filter((name) => !committed.some((one) => number(one) === number(name)))
  if (missing.length > 0)
    return {
      whole: false,
      check: 'migrations',
      level: 'fail',
      found: `${missing.length} of ${committed.length} are not applied: ${missing.join(', ')}`,
      means: 'The database is older than this version, or empty.',
      advice: 'Start this version once: clubos start migrates. See Upgrading in docs/operations.md.',
    }
  return {
    whole: true,
    ...unless(
      unknown.length === 0,
      'migrations',
      `${committed.length} applied${unknown.length ? `, and unknown ones: ${unknown.join(', ')}` : ''}`,
      {
        means: 'The database was migrated by a newer version than this one.',
        advice: 'Run that version everywhere: an older one may miss what it needs.',
      },
    ),
  }
}

async function clock(app: App): Promise<Finding> {
  const before = Date.now()
  const { rows } = await app.pool.query<{ now: number }>(
    'select extract(epoch from clock_timestamp())::float8 * 1000 as now',
  )
  const middle = (before + Date.now()) / 2
  const skew = Math.abs(rows[0]!.now - middle) / 1000
  return unless(skew < 2, 'clock', `${skew.toFixed(1)} s between this machine and the database`, {
    level: skew < 60 ? 'warn' : 'fail',
    means:
      'Times in logs do not match those in the database, and links and sessions end too early or too late.',
    advice: 'Let both machines keep their time by NTP (timedatectl status).',
  })
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1_048_576)} MB`

async function settings(one: (sql: string) => Promise<Row>): Promise<Finding[]> {
  const found = await one(
    `select pg_size_bytes(current_setting('shared_buffers')) as shared, pg_size_bytes(current_setting('maintenance_work_mem')) as maintenance,
            pg_database_size(current_database()) as size, current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on' as durable,
            current_setting('synchronous_commit') as commits, current_setting('autovacuum') = 'on' as autovacuum, current_setting('random_page_cost')::float8 as random,
            current_setting('data_checksums') = 'on' as checksums, (select age(datfrozenxid) from pg_database where datname = current_database()) as age,
            pg_total_relation_size('app_private.search_units') as searched`,
  )
  const [shared, size, searched, maintenance] = [
    found.shared,
    found.size,
    found.searched,
    found.maintenance,
  ].map(Number) as [number, number, number, number]
  return [
    unless(
      found.durable === true && found.commits !== 'off',
      'durability',
      `fsync and full_page_writes ${found.durable ? 'on' : 'off'}, synchronous_commit ${found.commits}`,
      {
        means: 'After a crash, what was acknowledged may be gone, or the database cannot be read any more.',
        advice:
          'alter system reset fsync; the same for full_page_writes and synchronous_commit; select pg_reload_conf();',
      },
    ),
    unless(found.autovacuum === true, 'autovacuum', found.autovacuum ? 'on' : 'off', {
      means: 'Tables and indexes grow without end, and searches become slow.',
      advice: 'alter system reset autovacuum; select pg_reload_conf();',
    }),
    unless(
      shared >= Math.min(searched, 8 * 1_073_741_824) || size < 134_217_728,
      'shared_buffers',
      `${megabytes(shared)}; the database has ${megabytes(size)}, of them ${megabytes(searched)} that searches read`,
      {
        level: 'warn',
        means: 'Searches read at random; what is not in memory waits for the disk.',
        advice: 'A quarter of the memory: alter system set shared_buffers = …; and restart PostgreSQL.',
      },
    ),
    unless(
      maintenance >= 268_435_456 || searched < 67_108_864,
      'maintenance_work_mem',
      megabytes(maintenance),
      {
        level: 'warn',
        means: 'Building the vectors’ index anew takes many times as long where it does not fit.',
        advice: `alter system set maintenance_work_mem = '512MB'; select pg_reload_conf();`,
      },
    ),
    unless(Number(found.random) <= 2, 'random_page_cost', String(found.random), {
      level: 'warn',
      means: 'It says that the disk turns: the planner avoids indexes that are quick on an SSD.',
      advice: 'On SSDs: alter system set random_page_cost = 1.1; select pg_reload_conf();',
    }),
    unless(
      Number(found.age) < 1_000_000_000,
      'transaction ids',
      `${Number(found.age).toLocaleString('en')} since the oldest frozen row`,
      {
        level: Number(found.age) < 1_800_000_000 ? 'warn' : 'fail',
        means: 'At two thousand million PostgreSQL stops taking writes.',
        advice:
          'Why does autovacuum not keep up? Look for old transactions and prepared ones; then: vacuum (freeze);',
      },
    ),
    unless(found.checksums === true, 'checksums', found.checksums ? 'on' : 'off', {
      level: 'warn',
      means: 'A disk that returns other bytes than it was given is noticed by nobody.',
      advice: 'With PostgreSQL stopped: pg_checksums --enable',
    }),
  ]
}

async function connections(app: App, one: (sql: string) => Promise<Row>): Promise<Finding> {
  const found = await one(
    `select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as most,
            (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as used`,
  )
  // Of one server with its worker: docs/operations.md, Connections.
  const needed = 2 * app.config.poolSize + 1 + 10
  const [most, used] = [Number(found.most), Number(found.used)]
  return unless(
    most >= needed && used < 0.8 * most,
    'connections',
    `${used} of ${most} in use; this process may open ${needed}`,
    {
      level: most >= needed ? 'warn' : 'fail',
      means: 'Whoever gets no connection waits ten seconds and is told CO503.',
      advice: 'Fewer by DATABASE_POOL, or more by max_connections; see Connections in docs/operations.md.',
    },
  )
}

const roles = ['anonymous', 'customer', 'agent', 'reviewer', 'admin', 'auditor', 'worker']

async function rights(app: App): Promise<Finding> {
  const { rows } = await app.pool.query<{
    superuser: boolean
    missing: string[] | null
    open: string[] | null
    strong: string[] | null
  }>(
    `select (select rolsuper from pg_roles where rolname = current_user) as superuser,
            (select array_agg(r) from unnest($1::text[]) r where not exists (select from pg_roles p where p.rolname = r) or not pg_has_role(current_user, r, 'member')) as missing,
            (select array_agg(c.oid::regclass::text order by 1) from pg_class c where c.relnamespace in ('app_public'::regnamespace, 'app_private'::regnamespace) and c.relkind = 'r' and not c.relrowsecurity) as open,
            (select array_agg(rolname::text) from pg_roles where rolname = any ($1) and (rolsuper or rolbypassrls or rolcanlogin)) as strong`,
    [roles],
  )
  const { superuser, missing, open, strong } = rows[0]!
  if (missing)
    return {
      check: 'roles',
      level: 'fail',
      found: `${missing.join(', ')}: not there, or this user may not take them on`,
      means: 'Requests of these roles fail.',
      advice: `As a superuser: grant ${missing.join(', ')} to current_user; create what is missing with: create role … nologin;`,
    }
  if (open || strong)
    return {
      check: 'roles',
      level: 'fail',
      found: open
        ? `no row level security on ${open.join(', ')}`
        : `may log in, or pass over row level security: ${strong!.join(', ')}`,
      means: 'Somebody changed what guards the data: callers may see what is not theirs.',
      advice: open
        ? open.map((table) => `alter table ${table} enable row level security;`).join(' ')
        : strong!.map((role) => `alter role ${role} nologin nosuperuser nobypassrls;`).join(' '),
    }
  return unless(
    superuser === false,
    'roles',
    superuser ? 'this user is a superuser' : 'seven, and this user may take each on',
    {
      level: 'warn',
      means: 'A fault in ClubOS could reach everything on this server.',
      advice: 'Give it a user of its own that owns its database: deploy/postgres/10-clubos.sh shows how.',
    },
  )
}

async function sessions(app: App): Promise<Finding[]> {
  const { rows } = await app.pool.query<{ idle: number; slots: string[] | null }>(
    `select (select count(*)::int from pg_stat_activity where datname = current_database() and state = 'idle in transaction' and xact_start < now() - interval '10 minutes') as idle,
            (select array_agg(slot_name::text) from pg_replication_slots where not active) as slots`,
  )
  const { idle, slots } = rows[0]!
  return [
    unless(
      idle === 0,
      'open transactions',
      idle === 0 ? 'none that idles' : `${idle} idle for more than ten minutes`,
      {
        level: 'warn',
        means: 'They keep vacuum from tidying up, and may hold locks that others wait for.',
        advice: `select pid, application_name, xact_start, query from pg_stat_activity where state = 'idle in transaction'; then pg_terminate_backend(pid).`,
      },
    ),
    ...(slots
      ? [
          unless(false, 'replication slots', `not used: ${slots.join(', ')}`, {
            level: 'warn',
            means: 'A slot that nobody reads keeps all WAL since, until the disk is full.',
            advice: 'Start its replica again, or: select pg_drop_replication_slot(…);',
          }),
        ]
      : [ok('replication slots', 'none that nobody reads')]),
  ]
}
