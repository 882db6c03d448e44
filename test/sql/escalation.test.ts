/** The ways by which somebody who may send SQL could try to become more than they are. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import type { Claims } from '../../core/database/index.ts'
import { type Role, roles } from '../../scripts/permissions.ts'
import {
  admin,
  agent,
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  sqlState,
  type TestDatabase,
  worker,
} from '../support/database.ts'
import { becomeOwner, doorText, failure, one, record, saveSop, setReason, sopBy, uuid } from './fixtures.ts'

const inherits: Record<Role, Role[]> = {
  anonymous: ['anonymous'],
  customer: ['anonymous', 'customer'],
  agent: ['agent'],
  reviewer: ['agent', 'reviewer'],
  admin: ['agent', 'reviewer', 'admin'],
  auditor: ['auditor'],
  worker: ['worker'],
}
const claims = (role: Role): Claims => ({ role, actor: role, visitorId: uuid(1) })

describe('escalation', () => {
  let database: TestDatabase
  let owner: string
  beforeAll(async () => {
    database = await makeTestDatabase()
    owner = (await one(database.pool, 'select quote_ident(current_user) as name')).name
    // As migrating leaves a database; a copy of it forgets.
    await database.pool.query(
      `do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$`,
    )
  })
  afterAll(() => database.close())

  /** A login of somebody's own that was granted the role, as DBAs have: what the session is, not what it set. */
  const loggedIn = (role: Role, work: (client: pg.PoolClient) => Promise<void>) =>
    rolledBack(database.pool, claims(role), async (client) => {
      await becomeOwner(client)
      await client.query(`create role clubos_test_login in role ${role}`)
      await client.query('set local session authorization clubos_test_login')
      await client.query(
        `select set_config('clubos.actor', 'dora', true), set_config('clubos.reason', 'why', true)`,
      )
      await work(client)
    })

  describe.each(roles)('a login with the role %s', (role) => {
    it.each(roles)('takes on %s only if it has its rights', (other) =>
      loggedIn(role, async (client) => {
        const expected = inherits[role].includes(other) ? 'none' : '42501'
        expect(await sqlState(client, `set local role ${other}`)).toBe(expected)
        expect(await sqlState(client, `select set_config('role', $1, true)`, [other])).toBe(expected)
        expect(
          await sqlState(client, `do $$ begin perform set_config('role', '${other}', true); end $$`),
        ).toBe(expected)
      }),
    )

    it('is what it is without set role too', () =>
      loggedIn(role, async (client) => {
        const may = (other: Role) => inherits[role].includes(other)
        expect(await sqlState(client, `select save_sop('a', 'b', 'Text')`)).toBe(
          may('reviewer') ? 'none' : '42501',
        )
        expect(await sqlState(client, 'select * from audit_log')).toBe(
          may('admin') || role === 'auditor' ? 'none' : '42501',
        )
        expect(await sqlState(client, 'select set_assistant_enabled(false, $1)', ['why'])).toBe(
          may('agent') ? 'none' : '42501',
        )
        expect(await sqlState(client, `select ask('door?')`)).toBe(role === 'worker' ? 'none' : '42501')
      }))

    it.each([
      'the owner’s role|set local role %owner',
      'another login|create role clubos_test_other superuser',
      'more rights for itself|grant admin to clubos_test_login',
      'a superuser’s rights|alter role clubos_test_login superuser',
      'past row level security|alter role clubos_test_login bypassrls',
      'row level security off|alter table app_public.tickets disable row level security',
      'a policy of its own|create policy mine on app_public.tickets for select using (true)',
      'the triggers off|alter table app_public.sops disable trigger user',
      'no triggers in this session|set local session_replication_role = replica',
      'a trigger of its own|create trigger mine before insert on app_public.tickets for each row execute function app_hidden.tg__immutable()',
      'another owner|alter table app_public.sops owner to clubos_test_login',
      'rights for everybody|grant select on app_public.users to public',
      'a table|create table app_public.mine (id integer)',
      'a table where the extensions are|create table public.mine (id integer)',
      'a temporary table|create temporary table sops (id integer)',
      'a view|create view public.mine as select 1 as one',
      'a function|create function app_public.mine() returns integer language sql as $$ select 1 $$',
      'a function of the session|create function pg_temp.mine() returns integer language sql as $$ select 1 $$',
      'other code for ours|create or replace function app_public.current_actor() returns text language sql as $$ select $x$me$x$ $$',
      'a schema|create schema mine',
      'an extension|create extension pgcrypto',
      'the server’s files|select pg_read_file($$PG_VERSION$$)',
      'the server’s folders|select pg_ls_dir($$.$$)',
      'a file as a large object|select lo_import($$/etc/passwd$$)',
      'a file by copy|copy public.mine from $$/etc/passwd$$',
      'a program by copy|copy (select 1) to program $$true$$',
      'the end of a superuser’s session|select pg_terminate_backend(pg_backend_pid())',
      'passwords|select rolpassword from pg_authid',
      'the settings of the database|do $$ begin execute format($x$alter database %I set clubos.actor = me$x$, current_database()); end $$',
      'the queue of jobs|select * from graphile_worker.jobs',
      'a job|select graphile_worker.add_job($$failures__analyse$$)',
      'a job by our own door|select app_hidden.add_job($$failures__analyse$$)',
      'the search space|update app_private.search_units set body = $$mine$$',
      'the audit chain’s head|update app_private.audit_head set chain_position = 0',
      'a proposal in progress|insert into app_private.improvements_in_progress (improvement_id) values (1)',
    ])('does not get %s', (attempt) =>
      loggedIn(role, async (client) => {
        await client.query('savepoint owner')
        await becomeOwner(client).catch(() => client.query('rollback to savepoint owner'))
        const statement = attempt.split('|')[1]!.replace('%owner', owner)
        const found = await failure(client, statement)
        // 42P01: it is refused the sight of it; 42704, 0A000, 58P01: the server has no such extension or file.
        expect([
          statement,
          ['42501', '42P01', '0A000', '58P01', '22023'].includes(found.code) ? 'refused' : found,
        ]).toEqual([statement, 'refused'])
      }),
    )

    it('sees nothing of others in the statistics', () =>
      loggedIn(role, async (client) => {
        if (role !== 'anonymous' && role !== 'customer') return
        expect(
          (
            await client.query(
              `select * from pg_stats where schemaname like 'app\\_%' and tablename <> 'sites'`,
            )
          ).rows,
        ).toEqual([])
        const { rows } = await client.query(
          `select query from pg_stat_activity where pid <> pg_backend_pid() and query not in ('', '<insufficient privilege>')`,
        )
        expect(rows).toEqual([])
      }))
  })

  it('is not had by a search path of one’s own: names in our functions are ours', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await becomeOwner(client)
      // The worst case: somebody has a schema where they may put anything, and puts it first.
      await client.query('create schema shadow; grant usage, create on schema shadow to anonymous, agent')
      await client.query(
        `create function shadow.btrim(text) returns text language sql as $$ select 'shadowed' $$`,
      )
      await client.query('grant execute on all functions in schema shadow to anonymous, agent, worker')
      await client.query('create table shadow.sops (like app_public.sops); grant all on shadow.sops to agent')
      await client.query(
        'create table shadow.tickets (like app_public.tickets); grant all on shadow.tickets to agent, anonymous',
      )
      await become(client, reviewer)
      const sop = await saveSop(client, 'doors', 'codes', ' Text ')
      await client.query(`select set_config('search_path', 'shadow, app_public, public, pg_catalog', true)`)
      expect(await one(client, `select btrim(' x ') as trimmed`)).toEqual({ trimmed: 'shadowed' })
      const response = await record(client, { question: ' door? ', visitorId: uuid(1), sop })
      await become(client, { role: 'anonymous', visitorId: uuid(1) })
      await client.query('select app_public.start_conversation()')
      await client.query('select app_public.mark_helpful($1)', [response.id])
      await becomeOwner(client)
      const { rows } = await client.query(
        `select (select count(*)::int from app_public.sops) as sops, (select count(*)::int from app_public.tickets) as tickets,
                (select count(*)::int from shadow.sops) + (select count(*)::int from shadow.tickets) as shadows,
                (select question from app_public.knowledge_base) as learned`,
      )
      expect(rows).toEqual([{ sops: 1, tickets: 1, shadows: 0, learned: 'door?' }])
    }))

  it('is not had by names that are code', () =>
    rolledBack(database.pool, agent, async (client) => {
      for (const kind of [
        'sop_edit"; drop table sops; --',
        "x(app_public.improvement_queue)'); delete from sops; --",
        '../sop_edit',
        'sop_edit\n',
        'SOP_EDIT',
      ])
        expect(
          await failure(client, `select propose_improvement($1, '{"sop_id": 1, "new_content": "x"}')`, [
            kind,
          ]),
        ).toMatchObject({ code: 'CO005', message: expect.stringContaining('There is no kind of proposal') })
      await becomeOwner(client)
      // A kind that got past the door, all the same, names a function and is not run as text.
      await client.query(
        `insert into improvement_queue (kind, suggested_sop_update, proposed_by, fingerprint) values ($1, '{}', 'x', '')`,
        ["x($1); select set_config('clubos.actor', 'owned', false); --"],
      )
      await become(client, reviewer)
      await setReason(client, 'why')
      expect(await sqlState(client, `update improvement_queue set status = 'approved'`)).toBe('42883')
      expect(await sqlState(client, `select search_knowledge($1)`, ["'); drop table sops; --"])).toBe('none')
      expect(await sqlState(client, `select failures_about($1)`, ["' | !( & :* \\"])).toBe('none')
    }))

  it('is not had by views: they show what the asker may see', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await sopBy(client, 'doors', 'codes', doorText)
      await becomeOwner(client)
      await client.query('grant select on app_public.sop_usage to anonymous')
      await become(client, { role: 'anonymous', visitorId: uuid(1) })
      expect(await sqlState(client, 'select * from sop_usage')).toBe('42501')
    }))

  it('links no version to a proposal that did not make it', () =>
    rolledBack(database.pool, agent, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText, agent)
      const proposal = await one(
        client,
        `select id from propose_improvement('sop_edit', jsonb_build_object('sop_id', $1::integer, 'new_content', 'Better'))`,
        [sop.id],
      )
      const latest = () =>
        one(
          client,
          'select content, improvement_id from sop_versions where sop_id = $1 order by version desc limit 1',
          [sop.id],
        )
      await become(client, reviewer)
      await client.query(`select set_config('clubos.improvement_id', $1, true)`, [String(proposal.id)])
      await saveSop(client, 'doors', 'codes', 'Mine')
      expect(await latest()).toEqual({ content: 'Mine', improvement_id: null })
      await client.query('select approve_improvement($1, edited_content => $2, edited_version => 2)', [
        proposal.id,
        'Better',
      ])
      expect(await latest()).toEqual({ content: 'Better', improvement_id: proposal.id })
      // and not what the same transaction writes afterwards
      await saveSop(client, 'doors', 'codes', 'Mine again')
      expect(await latest()).toEqual({ content: 'Mine again', improvement_id: null })
    }))

  it('proposes in no other name than one’s own, but for the worker’s analysts', () =>
    rolledBack(database.pool, agent, async (client) => {
      const propose = (section: string) =>
        one(
          client,
          `select proposed_by from propose_improvement('sop_new', jsonb_build_object('category', 'a', 'section', $1::text, 'new_content', 'x'), proposed_by => 'the boss')`,
          [section],
        )
      expect(await propose('one')).toEqual({ proposed_by: 'ann' })
      await become(client, worker)
      expect(await propose('two')).toEqual({ proposed_by: 'the boss' })
    }))

  it('writes no history with other dates than now, but for an admin', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await client.query(`select set_config('clubos.effective_at', '2020-01-01', true)`)
      expect(await sqlState(client, `select save_sop('a', 'b', 'Text')`)).toBe('CO403')
      await become(client, admin)
      expect(await sqlState(client, `select save_sop('a', 'b', 'Text')`)).toBe('none')
    }))

  it('keeps the role beside the actor: whoever names another in plain SQL is logged as the role they have', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await client.query(
        `select set_config('clubos.actor', 'the owner', true), set_config('clubos.request_id', 'r-1', true)`,
      )
      await saveSop(client, 'a', 'b', 'Text')
      await becomeOwner(client)
      expect(
        await one(client, `select actor, role, request_id from audit_log where table_name = 'sops'`),
      ).toEqual({
        actor: 'the owner',
        role: 'reviewer',
        request_id: 'r-1',
      })
    }))
})
