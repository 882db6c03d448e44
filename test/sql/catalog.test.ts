import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { projectFolder } from '../../core/database/migrate.ts'
import { makeTestDatabase, type TestDatabase } from '../support/database.ts'

const ours = `('app_public', 'app_hidden', 'app_private', 'app_secret')`
const notOfExtension = (catalog: string, oid: string) =>
  `not exists (select from pg_depend d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e')`

describe('the catalog', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  /** The names that a query finds: none, if the rule holds. */
  const exceptions = async (statement: string) =>
    (await database.pool.query({ text: statement, rowMode: 'array' })).rows.map((row) => row.join(' '))

  it('has row level security on every table', async () => {
    expect(
      await exceptions(
        `select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ${ours} and c.relkind in ('r', 'p') and not c.relrowsecurity`,
      ),
    ).toEqual([])
  })

  it('has a comment on every table and view', async () => {
    expect(
      await exceptions(
        `select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ${ours} and c.relkind in ('r', 'p', 'v', 'm') and obj_description(c.oid, 'pg_class') is null`,
      ),
    ).toEqual([])
  })

  it('has a comment on every exposed function and type', async () => {
    expect(
      await exceptions(
        `select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'app_public' and obj_description(p.oid, 'pg_proc') is null and ${notOfExtension('pg_proc', 'p.oid')}`,
      ),
    ).toEqual([])
    expect(
      await exceptions(
        `select t.oid::regtype from pg_type t join pg_class c on c.oid = t.typrelid and c.relkind = 'c' join pg_namespace n on n.oid = t.typnamespace where n.nspname = 'app_public' and obj_description(t.oid, 'pg_type') is null`,
      ),
    ).toEqual([])
  })

  it('has a comment on every function of its own', async () => {
    expect(
      await exceptions(
        `select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ${ours} and obj_description(p.oid, 'pg_proc') is null and ${notOfExtension('pg_proc', 'p.oid')}`,
      ),
    ).toEqual([])
  })

  it('has an index that begins with the columns of every foreign key', async () => {
    expect(
      await exceptions(`select k.conrelid::regclass, k.conname from pg_constraint k join pg_namespace n on n.oid = k.connamespace
        where k.contype = 'f' and n.nspname in ${ours}
          and not exists (select from pg_index i where i.indrelid = k.conrelid and i.indisvalid and i.indpred is null
            and (select array_agg(a order by a) from unnest((i.indkey::int2[])[0:cardinality(k.conkey) - 1]) a) = (select array_agg(a order by a) from unnest(k.conkey) a))`),
    ).toEqual([])
  })

  it('says for every foreign key what a deletion does', async () => {
    expect(
      await exceptions(
        `select k.conrelid::regclass, k.conname from pg_constraint k join pg_namespace n on n.oid = k.connamespace where k.contype = 'f' and n.nspname in ${ours} and k.confdeltype = 'a'`,
      ),
    ).toEqual([])
  })

  it('has a primary key on every table', async () => {
    expect(
      await exceptions(
        `select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ${ours} and c.relkind in ('r', 'p') and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)`,
      ),
    ).toEqual([])
  })

  it('pins the search_path of every security definer function', async () => {
    expect(
      await exceptions(`select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ${ours} and p.prosecdef
        and not exists (select from unnest(p.proconfig) c where c like 'search_path=%' and c like '%pg_temp')`),
    ).toEqual([])
  })

  it('lets everybody execute nothing', async () => {
    expect(
      await exceptions(`select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ${ours} and ${notOfExtension('pg_proc', 'p.oid')}
        and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0)`),
    ).toEqual([])
  })

  it('lets everybody read nothing and nobody but the owner create anything', async () => {
    expect(
      await exceptions(
        `select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ${ours} and exists (select from aclexplode(c.relacl) a where a.grantee = 0)`,
      ),
    ).toEqual([])
    expect(
      await exceptions(
        `select n.nspname, r.rolname from pg_namespace n, pg_roles r where n.nspname in ('app_public', 'app_hidden', 'app_private', 'public') and r.rolname in ('anonymous', 'customer', 'agent', 'reviewer', 'admin', 'auditor', 'worker') and has_schema_privilege(r.oid, n.oid, 'create')`,
      ),
    ).toEqual([])
  })

  it('keeps the seams shut: customers reach no private schema, auditors write nothing', async () => {
    expect(
      await exceptions(
        `select r.rolname from pg_roles r where r.rolname in ('anonymous', 'customer', 'agent', 'reviewer', 'admin') and has_schema_privilege(r.oid, 'app_private', 'usage')`,
      ),
    ).toEqual([])
    expect(
      await exceptions(`select c.oid::regclass, p from pg_class c join pg_namespace n on n.oid = c.relnamespace, unnest(array['insert', 'update', 'delete', 'truncate']) p
        where n.nspname in ${ours} and c.relkind in ('r', 'p', 'v') and has_table_privilege('auditor', c.oid, p)`),
    ).toEqual([])
    expect(
      await exceptions(`select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ${ours} and p.provolatile = 'v' and has_function_privilege('auditor', p.oid, 'execute')
        and p.proname not in ('effective_time', 'find_sop', 'set_reason')`),
    ).toEqual([])
  })

  it('has no trigger function that is exposed, and numbers every trigger', async () => {
    expect(
      await exceptions(
        `select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'app_public' and p.prorettype = 'trigger'::regtype`,
      ),
    ).toEqual([])
    expect(
      await exceptions(
        `select t.tgrelid::regclass, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace where n.nspname in ${ours} and not t.tgisinternal and t.tgname !~ '^_\\d{3}_[a-z_]+$'`,
      ),
    ).toEqual([])
  })

  it('runs every view with the rights of who asks', async () => {
    expect(
      await exceptions(
        `select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ${ours} and c.relkind = 'v' and not coalesce('security_invoker=true' = any (c.reloptions) or 'security_invoker=on' = any (c.reloptions), false)`,
      ),
    ).toEqual([])
  })

  it('records every change of every governed table', async () => {
    // A trigger without arguments would have nothing to leave out, and nothing to record.
    expect(
      await exceptions(
        `select t.tgrelid::regclass from pg_trigger t where t.tgname = '_900_audit' and t.tgnargs = 0`,
      ),
    ).toEqual([])
  })
})

describe('the error codes', () => {
  const folder = join(projectFolder, 'sql')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.sql'),
  )
  const raised = new Map<string, string[]>()
  for (const file of files)
    for (const [, code] of readFileSync(join(folder, file), 'utf8').matchAll(/errcode\s*=\s*'(CO\w{3})'/g))
      raised.set(code!, [...(raised.get(code!) ?? []), file])
  const registry = join(projectFolder, 'docs', 'error_codes.md')

  it('are all of the form CO and three characters', () => {
    for (const file of files)
      for (const [, code] of readFileSync(join(folder, file), 'utf8').matchAll(/errcode\s*=\s*'([^']+)'/g))
        expect([file, code]).toEqual([file, expect.stringMatching(/^CO[0-9A-Z]{3}$/)])
  })

  it('are listed in docs/error_codes.md, each once', () => {
    if (!existsSync(registry))
      throw new Error(`docs/error_codes.md is missing; it must list ${[...raised.keys()].sort().join(', ')}.`)
    const text = readFileSync(registry, 'utf8')
    const listed = [...text.matchAll(/^\W*`?(CO[0-9A-Z]{3})`?/gm)].map(([, code]) => code!)
    expect(listed.filter((code, index) => listed.indexOf(code) !== index)).toEqual([])
    // CO999 never leaves the function that raises it.
    expect([...raised.keys()].filter((code) => code !== 'CO999' && !listed.includes(code)).sort()).toEqual([])
    expect(listed.filter((code) => code !== 'CO999' && !readFileSyncAll().includes(code)).sort()).toEqual([])
  })

  /** Codes may also be raised by the server, which the registry lists too. */
  const readFileSyncAll = () =>
    ['sql', 'server', 'core', 'worker', 'cli']
      .filter((name) => existsSync(join(projectFolder, name)))
      .flatMap((name) =>
        readdirSync(join(projectFolder, name), { recursive: true, encoding: 'utf8' })
          .filter((file) => /\.(sql|ts)$/.test(file))
          .map((file) => readFileSync(join(projectFolder, name, file), 'utf8')),
      )
      .join('\n')

  it('of an exposed function stand in its comment', () => {
    const missing: string[] = []
    for (const file of files.filter((name) => /^(mutations|queries)\//.test(name))) {
      const text = readFileSync(join(folder, file), 'utf8')
      for (const [, name, body] of text.matchAll(
        /create or replace function app_public\.(\w+)\(([\s\S]*?\n\$\$;)/g,
      )) {
        const comment =
          new RegExp(`comment on function app_public\\.${name}\\([\\s\\S]*?;\\n`).exec(text)?.[0] ?? ''
        for (const [, code] of body!.matchAll(/errcode\s*=\s*'(CO\w{3})'/g))
          if (code !== 'CO999' && !comment.includes(code!)) missing.push(`${name} ${code}`)
      }
    }
    expect(missing).toEqual([])
  })
})
