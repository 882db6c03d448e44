/** docs/permissions.md is what the catalog says, and each of its lines holds when it is tried. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import type { Claims } from '../../core/database/index.ts'
import {
  operations,
  parsePermissions,
  permissionsFile,
  type Role,
  readPermissions,
  roles,
  writePermissions,
} from '../../scripts/permissions.ts'
import { makeTestDatabase, rolledBack, sqlState, type TestDatabase } from '../support/database.ts'
import { fill, staffOf } from '../support/everything.ts'
import { failure, one, uuid } from './fixtures.ts'

const document = readFileSync(permissionsFile, 'utf8')
const { tables, functions } = parsePermissions(document)

const own = uuid(1)
const claimsOf = (role: Role, visitorId: string): Claims =>
  role === 'anonymous' || role === 'customer' ? { role, visitorId } : { role, actor: staffOf(role) }

/** Tables that have no rows between two transactions: reading all of nothing proves nothing, and nothing is lost. */
const empty = [
  'app_private.improvements_in_progress',
  'app_private.joint_approvals',
  'app_private.restore_rows',
]

/** A row that may be written, for each table that somebody may insert into. */
const samples: Record<string, string> = {
  'app_public.sops': `(category, section, content) values ('new', 'new', 'Text')`,
  'app_public.knowledge_base': `(category, topic, question, answer) values ('new', 'new', 'q', 'a')`,
  'app_public.prompts': `(name, content) values ('new', 'Text')`,
  'app_public.sites': `(slug, name) values ('new', 'New')`,
  'app_public.users': `(email, name, role) values ('new@example.com', 'New', 'agent')`,
  'app_public.emergency_signals': `(section, pattern) values ('new', 'new')`,
  'app_public.llm_calls': `(purpose, provider, model, status) values ('answer', 'openai', 'new', 'ok')`,
  'app_public.llm_prices': `(model, valid_from, input) values ('new', '2026-01-01', 1)`,
}

const arguments_ = (signature: string): string[] =>
  /\((.*)\)/
    .exec(signature)![1]!
    .split(',')
    .filter((type) => type !== '')
const nameOf = (signature: string) => signature.slice(0, signature.indexOf('('))

const typical: Record<string, string> = {
  integer: '1',
  bigint: '1',
  smallint: '1',
  boolean: 'true',
  numeric: '1',
  'double precision': '0.5',
  text: `'door'`,
  name: `'agent'`,
  uuid: `'${uuid(9)}'`,
  json: `'{}'`,
  jsonb: `'{}'`,
  'timestamp with time zone': 'now()',
  'text[]': `'{a}'`,
  'integer[]': `'{1}'`,
  'bigint[]': `'{1}'`,
  'smallint[]': `'{1}'`,
}

/** Where the typical values ask for more than the function gives to everybody who may call it. */
const particular: Record<string, string[]> = {
  // Of any type, which a value has to have.
  'app_hidden.at_places': [`'{a}'::text[]`, `'{1}'`],
  // With a user_id only an admin issues tokens for others.
  'app_public.create_api_token': [`'script 2'`, `'agent'`, 'null', 'null'],
}

describe('docs/permissions.md', () => {
  let database: TestDatabase
  let columnsOf: Map<string, string[]>
  let counts: Map<string, number>
  let views: Set<string>
  beforeAll(async () => {
    database = await makeTestDatabase()
    await fill(database.pool, [own, uuid(2)])
    const columns = await database.pool.query<{ table: string; columns: string[]; view: boolean }>(
      `select n.nspname || '.' || c.relname as table, json_agg(a.attname order by a.attnum) as columns, bool_or(c.relkind = 'v') as view
         from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where n.nspname like 'app\\_%' and c.relkind in ('r', 'p', 'v') group by 1`,
    )
    columnsOf = new Map(columns.rows.map((row) => [row.table, row.columns]))
    views = new Set(columns.rows.filter((row) => row.view).map((row) => row.table))
    counts = new Map()
    for (const table of columnsOf.keys())
      counts.set(table, (await one(database.pool, `select count(*)::int as n from ${table}`)).n)
  })
  afterAll(() => database.close())

  it('is what the catalog grants', async () => {
    expect(writePermissions(await readPermissions(database.pool))).toBe(document)
  })

  it('can be read back whole', () => {
    expect(tables.length).toBe(columnsOf.size * roles.length * operations.length)
    expect(functions.length).toBeGreaterThan(60)
  })

  it('is tried on tables that hold something', () => {
    expect(
      [...counts].filter(([table, n]) => n === 0 && !empty.includes(table)).map(([table]) => table),
    ).toEqual([])
  })

  const asRole = (role: Role, work: (client: pg.PoolClient) => Promise<void>, visitorId = own) =>
    rolledBack(database.pool, claimsOf(role, visitorId), async (client) => {
      await client.query(`select set_config('clubos.reason', 'Tried', true)`)
      await work(client)
    })

  describe.each(roles)('%s', (role) => {
    it.each(
      tables
        .filter((given) => given.role === role)
        .map((given) => [given.operation, given.table, given.right] as const),
    )('%s %s: as written', async (operation, table, right) => {
      const columns = columnsOf.get(table)!
      const may = right === null ? [] : (right.columns ?? columns)
      // Some views cannot be written to at all, which PostgreSQL says first.
      const refusals = views.has(table) ? ['42501', '55000', '42809', '0A000'] : ['42501']
      const tried = async (client: pg.PoolClient, statement: string) =>
        refusals.includes(await sqlState(client, statement)) ? 'refused' : 'allowed'
      await asRole(role, async (client) => {
        // Column by column, so that none is forgotten; on no rows, for it is rights that are checked here.
        if (operation !== 'delete')
          for (const column of columns) {
            const statement = {
              select: `select ${column} from ${table} limit 0`,
              insert: `insert into ${table} (${column}) values (default)`,
              update: `update ${table} set ${column} = default where false`,
            }[operation]
            expect([statement, await tried(client, statement)]).toEqual([
              statement,
              may.includes(column) ? 'allowed' : 'refused',
            ])
          }
        else
          expect(await tried(client, `delete from ${table} where false`)).toBe(right ? 'allowed' : 'refused')
        expect(await tried(client, `truncate ${table}`)).toBe('refused')
        if (right === null) return

        // And then what is allowed, on rows.
        const all = counts.get(table)!
        if (operation === 'select') {
          const seen = await one(
            client,
            `select count(*)::int as n from (select ${may.join(', ')} from ${table}) x`,
          )
          if (right.rows !== 'select_own') expect(seen.n).toBe(all)
          else {
            expect(seen.n).toBeGreaterThan(0)
            expect(seen.n).toBeLessThan(all)
          }
        } else if (operation === 'insert') {
          if (samples[table] === undefined)
            throw new Error(`Give the test a row that may be written to ${table}.`)
          expect(await failure(client, `insert into ${table} ${samples[table]}`)).toEqual({
            code: 'none',
            message: '',
          })
        } else {
          const { rowCount } = await client.query(
            operation === 'update'
              ? `update ${table} set ${may.map((column) => `${column} = ${column}`).join(', ')}`
              : `delete from ${table}`,
          )
          expect(rowCount).toBe(all)
        }
      })
      if (right?.rows === 'select_own' && (role === 'anonymous' || role === 'customer'))
        // Nobody's visitor, and a visitor who never wrote, see nothing.
        for (const visitorId of ['', uuid(3)])
          await asRole(
            role,
            async (client) => {
              expect((await client.query(`select ${may[0]} from ${table}`)).rows).toEqual([])
            },
            visitorId,
          )
    })

    it.each(
      functions.map((given) => [given.signature, given.roles.includes(role) ? 'may' : 'may not'] as const),
    )('%s: %s', (signature, may) =>
      asRole(role, async (client) => {
        for (const values of [
          // A strict function is not called with null at all, and so refuses nobody.
          ...(may === 'may' ? [arguments_(signature).map((type) => `null::${type}`)] : []),
          particular[nameOf(signature)] ??
            arguments_(signature).map((type) => `${typical[type] ?? 'null'}::${type}`),
        ]) {
          const { code, message } = await failure(
            client,
            `select * from ${nameOf(signature)}(${values.join(', ')})`,
          )
          if (may === 'may') expect(['42501', 'CO403', '42883']).not.toContain(`${code}`)
          else expect([code, message]).toEqual(['42501', expect.stringContaining('permission denied')])
        }
      }),
    )
  })
})
