/**
 * Who may do what, read from a database's catalog into docs/permissions.md, and read back by the tests that try it.
 * The document is the intention that a person reviews: a grant that changes shows in its diff.
 */
import { join } from 'node:path'
import type pg from 'pg'
import { projectFolder } from '../core/database/migrate.ts'

export const permissionsFile = join(projectFolder, 'docs', 'permissions.md')
export const roles = ['anonymous', 'customer', 'agent', 'reviewer', 'admin', 'auditor', 'worker'] as const
export const operations = ['select', 'insert', 'update', 'delete'] as const
export type Role = (typeof roles)[number]
export type Operation = (typeof operations)[number]

/** What a role may do with a table: columns null means all of them; rows are all, or what these policies let through. */
export interface Right {
  columns: string[] | null
  rows: string
}
export interface TableRights {
  table: string
  role: Role
  operation: Operation
  right: Right | null
}
export interface FunctionRights {
  signature: string
  definer: boolean
  roles: Role[]
}
export interface Permissions {
  members: { role: Role; inherits: Role[]; login: boolean; bypass: boolean }[]
  tables: TableRights[]
  functions: FunctionRights[]
}

const schemas = `('app_public', 'app_hidden', 'app_private', 'app_secret')`
const notOfExtension = `not exists (select from pg_depend d where d.objid = o.oid and d.deptype = 'e')`
const array = (values: readonly string[]) => `array[${values.map((value) => `'${value}'`).join(', ')}]`

export async function readPermissions(client: pg.Pool | pg.ClientBase): Promise<Permissions> {
  const members = await client.query(
    `select r.rolname as role, r.rolcanlogin as login, r.rolbypassrls or r.rolsuper as bypass,
            coalesce((select json_agg(o order by n) from unnest(${array(roles)}) with ordinality t(o, n) where o <> r.rolname and pg_has_role(r.oid, o, 'usage')), '[]') as inherits
       from unnest(${array(roles)}) with ordinality given(name, n) join pg_roles r on r.rolname = given.name order by given.n`,
  )
  // A row policy counts for a role that has the rights of the role it is for; several are joined by "or".
  const tables = await client.query(
    `select o.oid::regclass::text as table, r.role, p.operation,
            case when p.operation = 'delete' then case when has_table_privilege(r.role, o.oid, 'delete') then 'all' end
                 when has_table_privilege(r.role, o.oid, p.operation) then 'all'
                 else (select string_agg(a.attname, ', ' order by a.attnum) from pg_attribute a
                        where a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped and has_column_privilege(r.role, o.oid, a.attnum, p.operation)) end as columns,
            case when o.relkind = 'v' then 'as the tables below it let through'
                 when not o.relrowsecurity then 'all'
                 else (select case when bool_or(coalesce(case p.operation when 'insert' then l.with_check else l.qual end, l.with_check) = 'true') then 'all'
                                   else string_agg(l.policyname, ', ' order by l.policyname) end
                         from pg_policies l
                        where l.schemaname = o.relnamespace::regnamespace::text and l.tablename = o.relname and lower(l.cmd) in (p.operation, 'all')
                          and exists (select from unnest(l.roles) g where g = 'public' or pg_has_role(r.role, g, 'usage'))) end as rows
       from pg_class o, unnest(${array(roles)}) with ordinality r(role, n), unnest(${array(operations)}) with ordinality p(operation, n)
      where o.relnamespace::regnamespace::text in ${schemas} and o.relkind in ('r', 'p', 'v', 'm')
      order by o.relnamespace::regnamespace::text <> 'app_public', o.relnamespace::regnamespace::text, o.relkind = 'v', o.relname, r.n, p.n`,
  )
  const functions = await client.query(
    `select o.oid::regprocedure::text as signature, o.prosecdef as definer,
            coalesce((select json_agg(r order by n) from unnest(${array(roles)}) with ordinality t(r, n)
                       where has_function_privilege(r, o.oid, 'execute') and has_schema_privilege(r, o.pronamespace, 'usage')), '[]') as roles
       from pg_proc o
      where o.pronamespace::regnamespace::text in ${schemas} and o.prorettype <> 'trigger'::regtype and ${notOfExtension}
      order by o.pronamespace::regnamespace::text <> 'app_public', o.pronamespace::regnamespace::text, 1`,
  )
  const usage = await client.query<{ role: Role; schema: string }>(
    `select r as role, n.nspname as schema from unnest(${array(roles)}) r, pg_namespace n where n.nspname in ${schemas} and has_schema_privilege(r, n.oid, 'usage')`,
  )
  const reaches = new Set(usage.rows.map((row) => `${row.role} ${row.schema}`))
  return {
    members: members.rows,
    tables: tables.rows.map(({ table, role, operation, columns, rows }) => ({
      table: qualified(table),
      role,
      operation,
      right:
        columns !== null && rows !== null && reaches.has(`${role} ${qualified(table).split('.')[0]}`)
          ? { columns: columns === 'all' ? null : columns.split(', '), rows }
          : null,
    })),
    functions: functions.rows.map((row) => ({ ...row, signature: qualified(row.signature) })),
  }
}

/** regclass leaves out what stands in the search path. */
const qualified = (name: string) => (/^app_\w+\./.test(name) ? name : `app_public.${name}`)

const cell = (right: Right | null) =>
  right === null
    ? '–'
    : [
        right.columns === null ? 'all' : right.columns.join(', '),
        right.rows === 'all' ? '' : `rows: ${right.rows}`,
      ]
        .filter((part) => part !== '')
        .join('; ')

/** Neighbours that may do the same share a line. */
function tableLines(permissions: Permissions, tables: string[]): string[] {
  const lines: string[] = []
  for (const table of tables) {
    const groups = new Map<string, Role[]>()
    for (const role of roles) {
      const key = operations
        .map((operation) =>
          cell(
            permissions.tables.find(
              (given) => given.table === table && given.role === role && given.operation === operation,
            )!.right,
          ),
        )
        .join(' | ')
      groups.set(key, [...(groups.get(key) ?? []), role])
    }
    for (const [key, those] of groups) lines.push(`| ${table} | ${those.join(', ')} | ${key} |`)
  }
  return lines
}

const functionLines = (functions: FunctionRights[]) =>
  functions.map(
    ({ signature, definer, roles: who }) =>
      `| ${signature} | ${definer ? 'owner' : 'caller'} | ${who.length === 0 ? '–' : who.join(', ')} |`,
  )

export function writePermissions(permissions: Permissions): string {
  const tables = [...new Set(permissions.tables.map(({ table }) => table))]
  const exposed = (name: string) => name.startsWith('app_public.')
  const functions = permissions.functions
  const head = '| table or view | role | select | insert | update | delete |\n| - | - | - | - | - | - |'
  const functionHead = '| function | runs with the rights of | may call it |\n| - | - | - |'
  return `# Who may what

Generated from the catalog by \`npm run schema -- dump\`; \`npm run schema -- check\` and the tests compare, and then try
every line as every role, by SQL and over GraphQL. The intention is in \`sql/policies/\`: change it there.

How to read it: a cell says which columns, and \`rows: …\` which policies filter the rows; – is refused (SQLSTATE 42501,
over GraphQL \`CO403\`). Nobody may truncate, make objects, or own any. Functions run with the caller's rights, where not
with the owner's; those check with \`app_hidden.require_role\` whom they serve, or are only for who is named here.

## Roles

| role | has the rights of | may log in | passes row level security by |
| - | - | - | - |
${permissions.members.map(({ role, inherits, login, bypass }) => `| ${role} | ${inherits.join(', ') || '–'} | ${login ? 'yes' : 'no'} | ${bypass ? 'yes' : 'no'} |`).join('\n')}

The server takes a role on for each request (\`set local role\`); a DBA's own login gets one by \`grant reviewer to
dora\`, and then the same rules hold for it, with \`set role reviewer\` and without.

## What is trusted, and from whom

- \`clubos.actor\`, \`clubos.visitor_id\` and \`clubos.request_id\` are settings: whoever may send SQL may set them. The
  server sets them per request from what it has verified; in plain SQL they are taken at their word. The audit log
  keeps the role beside the actor: that one PostgreSQL vouches for.
- \`clubos.effective_at\` is honoured for admins only. Which proposal made a version is no setting: only approving says so.
- The owner of the database and superusers may do everything. What they did to the log, \`verify_audit_log()\` finds,
  with a head kept outside.
- PostgreSQL itself lets whoever may send SQL take advisory locks, notify and listen, and make large objects; only a
  superuser can take that away. Over GraphQL nobody sends SQL.

## Tables and views of the API

${head}
${tableLines(permissions, tables.filter(exposed)).join('\n')}

## Tables inside

${head}
${tableLines(
  permissions,
  tables.filter((table) => !exposed(table)),
).join('\n')}

## Functions of the API

${functionHead}
${functionLines(functions.filter(({ signature }) => exposed(signature))).join('\n')}

## Functions inside

${functionHead}
${functionLines(functions.filter(({ signature }) => !exposed(signature))).join('\n')}
`
}

/** The rights that the document says, one entry for each role, table and operation. */
export function parsePermissions(text: string): Pick<Permissions, 'tables' | 'functions'> {
  const tables: TableRights[] = []
  const functions: FunctionRights[] = []
  for (const line of text.split('\n')) {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((part) => part.trim())
    if (!/^app_\w+\./.test(cells[0] ?? '')) continue
    if (cells.length === 6)
      for (const role of cells[1]!.split(', '))
        for (const [index, operation] of operations.entries())
          tables.push({
            table: cells[0]!,
            role: role as Role,
            operation,
            right: parseCell(cells[index + 2]!),
          })
    else if (cells.length === 3)
      functions.push({
        signature: cells[0]!,
        definer: cells[1] === 'owner',
        roles: cells[2] === '–' ? [] : (cells[2]!.split(', ') as Role[]),
      })
    else throw new Error(`docs/permissions.md has a line that cannot be read: ${line}`)
  }
  return { tables, functions }
}

function parseCell(text: string): Right | null {
  if (text === '–') return null
  const [columns, rows] = text.split('; rows: ')
  return { columns: columns === 'all' ? null : columns!.split(', '), rows: rows ?? 'all' }
}
