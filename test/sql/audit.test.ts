import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { withClaims as committed } from '../../core/database/index.ts'
import {
  admin,
  agent,
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  sqlState,
  type TestDatabase,
  visitor,
} from '../support/database.ts'
import { becomeOwner, doorText, one, saveSop, setReason, uuid } from './fixtures.ts'

describe('the audit log', () => {
  let database: TestDatabase
  /** Rows of the chain: what the migration wrote (its prompts), and eight of ours. */
  let rowsInAll: number
  beforeAll(async () => {
    database = await makeTestDatabase()
    rowsInAll = 8 + (await one(database.pool, 'select count(*)::int as n from audit_log')).n
    for (let n = 1; n <= 6; n++)
      await committed(database.pool, reviewer, (client) =>
        saveSop(client, 'doors', 'codes', `${doorText}Edit ${n}.\n`),
      )
    await committed(database.pool, reviewer, async (client) => {
      await saveSop(client, 'doors', 'bells', 'One')
      await saveSop(client, 'doors', 'bells', 'Two')
    })
  })
  afterAll(() => database.close())

  it('is one whole chain, in the order of commits', async () => {
    expect((await database.pool.query('select * from verify_audit_log()')).rows).toEqual([])
    const { rows } = await database.pool.query(
      'select chain_position::int, length(hash) as size from audit_log order by id',
    )
    expect(rows).toEqual(Array.from({ length: rowsInAll }, (_, i) => ({ chain_position: i + 1, size: 32 })))
  })

  it('says who, as what, why, from what, to what and in which transaction', async () => {
    const row = await one(
      database.pool,
      `select *, transaction_id::text as xid from audit_log where row_id = (select id::text from sops where section = 'codes') and new ->> 'version' = '3'`,
    )
    expect(row).toMatchObject({
      table_name: 'sops',
      operation: 'update',
      actor: 'rita',
      role: 'reviewer',
      reason: 'Written for a test',
    })
    const contents = await one(
      database.pool,
      `select encode(sha256(convert_to($1, 'UTF8')), 'hex') as old, encode(sha256(convert_to($2, 'UTF8')), 'hex') as new`,
      [`${doorText}Edit 2.\n`, `${doorText}Edit 3.\n`],
    )
    expect([row.old.content_sha256, row.new.content_sha256]).toEqual([contents.old, contents.new])
    expect(Number(row.xid)).toBeGreaterThan(0)
    const both = await one(
      database.pool,
      `select count(distinct transaction_id::text)::int as n from audit_log where row_id = (select id::text from sops where section = 'bells')`,
    )
    expect(both.n).toBe(1)
  })

  it('is append-only, for its owner too', () =>
    rolledBack(database.pool, admin, async (client) => {
      for (const statement of [
        `update audit_log set reason = 'x'`,
        'delete from audit_log',
        `insert into audit_log (table_name, row_id, operation, actor, role) values ('a', 'b', 'c', 'd', 'e')`,
      ])
        expect([statement, await sqlState(client, statement)]).toEqual([statement, '42501'])
      await becomeOwner(client)
      for (const statement of [
        `update audit_log set reason = 'x'`,
        `update audit_log set hash = '\\x00'`,
        'update audit_log set chain_position = chain_position + 100',
        'delete from audit_log',
        'truncate audit_log',
      ])
        expect([statement, await sqlState(client, statement)]).toEqual([statement, 'CO105'])
    }))

  it('is read by admins and auditors only', () =>
    rolledBack(database.pool, admin, async (client) => {
      for (const [claims, code] of [
        [admin, 'none'],
        [{ role: 'auditor' as const, actor: 'olga' }, 'none'],
        [reviewer, '42501'],
        [agent, '42501'],
        [visitor(uuid(1)), '42501'],
      ] as const) {
        await become(client, claims)
        expect([claims.role, await sqlState(client, 'select * from audit_log')]).toEqual([claims.role, code])
        expect([claims.role, await sqlState(client, 'select * from verify_audit_log()')]).toEqual([
          claims.role,
          code,
        ])
      }
    }))

  it('counts every change of a governed table', () =>
    rolledBack(database.pool, admin, async (client) => {
      await setReason(client, 'Housekeeping')
      const entry = await one(client, `select id from save_knowledge('a', 'b', 'q', 'one', 'New')`)
      await client.query(`insert into sites (slug, name) values ('north', 'North')`)
      await client.query(`update sites set name = 'Far north' where slug = 'north'`)
      await client.query(`insert into users (email, name) values ('joe@example.com', 'Joe')`)
      await client.query('update club_settings set takeover_minutes = 5')
      await client.query(`insert into prompts (name, content) values ('greet', 'Greet!')`)
      await client.query(`insert into emergency_signals (section, pattern) values ('fire', 'zzz')`)
      await client.query('delete from knowledge_base where id = $1', [entry.id])
      const { rows } = await client.query(
        `select table_name, operation, actor from audit_log where chain_position is null order by id`,
      )
      expect(rows).toEqual(
        [
          ['knowledge_base', 'insert'],
          ['sites', 'insert'],
          ['sites', 'update'],
          ['users', 'insert'],
          ['club_settings', 'update'],
          ['prompts', 'insert'],
          ['emergency_signals', 'insert'],
          ['knowledge_base', 'delete'],
        ].map(([table_name, operation]) => ({ table_name, operation, actor: 'adam' })),
      )
    }))

  it('is verified without writing anything, and finds a committed row that was slipped in', async () => {
    const other = await makeTestDatabase()
    try {
      const client = await other.pool.connect()
      await client.query('alter table app_public.audit_log disable trigger user')
      await client.query(
        `insert into app_public.audit_log (table_name, row_id, operation, actor, role) values ('sops', '1', 'update', 'forger', 'admin')`,
      )
      await client.query('alter table app_public.audit_log enable trigger user')
      client.release()
      expect((await other.pool.query('select problem from verify_audit_log()')).rows).toEqual([
        { problem: 'is not in the chain' },
      ])
    } finally {
      await other.close()
    }
  })

  it.each(['anonymous', 'customer', 'agent', 'reviewer', 'admin', 'auditor', 'worker'] as const)(
    'and its heads are written by no %s',
    (role) =>
      rolledBack(database.pool, { role, actor: role, visitorId: uuid(1) }, async (client) => {
        for (const table of ['audit_log', 'audit_heads', 'app_private.audit_head'])
          for (const statement of [
            `insert into ${table} default values`,
            `update ${table} set hash = ''`,
            `delete from ${table}`,
            `truncate ${table}`,
          ])
            expect([statement, await sqlState(client, statement)]).toEqual([statement, '42501'])
      }),
  )

  it('keeps a head a day, once, which nobody alters', async () => {
    const worker = { role: 'worker' as const, actor: 'worker' }
    await rolledBack(database.pool, worker, async (client) => {
      await client.query('select app_private.record_audit_head()')
      const again = await one(
        client,
        `select day = (now() at time zone 'UTC')::date as today, chain_position::int, encode(hash, 'hex') as hash from app_private.record_audit_head()`,
      )
      await becomeOwner(client)
      const head = await one(
        client,
        `select chain_position::int, encode(hash, 'hex') as hash from app_private.audit_head`,
      )
      expect(again).toEqual({ today: true, ...head })
      for (const statement of [
        'update audit_heads set hash = null',
        'delete from audit_heads',
        'truncate audit_heads',
      ])
        expect([statement, await sqlState(client, statement)]).toEqual([statement, 'CO105'])
      expect((await client.query('select * from verify_audit_log()')).rows).toEqual([])
    })
  })

  it('says of which request a change was, and that a customer made it', () =>
    rolledBack(
      database.pool,
      { role: 'anonymous', visitorId: uuid(1), requestId: 'r-77' },
      async (client) => {
        await client.query('select start_conversation()')
        await becomeOwner(client)
        expect(
          await one(
            client,
            `select table_name, actor, role, request_id from audit_log where chain_position is null`,
          ),
        ).toEqual({ table_name: 'tickets', actor: 'customer', role: 'anonymous', request_id: 'r-77' })
      },
    ))

  describe('tampered with by a superuser', () => {
    let client: pg.PoolClient
    beforeEach(async () => {
      client = await database.pool.connect()
      await client.query('begin')
      await client.query('alter table app_public.audit_log disable trigger user')
    })
    afterEach(async () => {
      await client.query('rollback')
      client.release()
    })
    const problems = async () =>
      (await client.query('select chain_position::int as at, problem from app_public.verify_audit_log()'))
        .rows as { at: number | null; problem: string }[]

    it.each(['actor', 'role', 'reason', 'row_id', 'table_name', 'operation', 'request_id'])(
      'says that a row was altered whose %s was',
      async (column) => {
        await client.query(`update app_public.audit_log set ${column} = 'forged' where chain_position = 4`)
        expect(await problems()).toEqual([{ at: 4, problem: 'was altered' }])
      },
    )

    it.each([
      [`old = '{}'`],
      [`new = new || '{"content_sha256": "0"}'`],
      [`created_at = created_at - interval '1 microsecond'`],
      [`transaction_id = '7'`],
    ])('says that a row was altered by %s', async (change) => {
      await client.query(`update app_public.audit_log set ${change} where chain_position = 4`)
      expect(await problems()).toEqual([{ at: 4, problem: 'was altered' }])
    })

    it('says where a row is missing', async () => {
      await client.query('delete from app_public.audit_log where chain_position = 4')
      expect((await problems())[0]).toEqual({ at: 5, problem: 'rows 4 to 4 are missing' })
    })

    it('says that the end is missing', async () => {
      await client.query('delete from app_public.audit_log where chain_position >= 7')
      expect(await problems()).toEqual([
        { at: rowsInAll, problem: `the chain ends at 6, its head says ${rowsInAll}` },
      ])
    })

    it('says that all of it is missing', async () => {
      await client.query('delete from app_public.audit_log')
      expect(await problems()).toEqual([
        { at: rowsInAll, problem: `the chain ends at 0, its head says ${rowsInAll}` },
      ])
    })

    it('notices that rows changed places', async () => {
      await client.query(
        'update app_public.audit_log set chain_position = chain_position + 100 where chain_position in (4, 5)',
      )
      await client.query(
        'update app_public.audit_log set chain_position = 109 - chain_position where chain_position in (104, 105)',
      )
      const found = await problems()
      expect(found.map((problem) => problem.at)).toContain(4)
      expect(found.map((problem) => problem.at)).toContain(5)
    })

    it('notices a row that was slipped in', async () => {
      await client.query(
        `insert into app_public.audit_log (table_name, row_id, operation, actor, role, transaction_id) values ('sops', '1', 'update', 'forger', 'admin', '3')`,
      )
      expect(await problems()).toEqual([{ at: null, problem: 'is not in the chain' }])
    })

    it('notices a row that lost its hash or position', async () => {
      await client.query('update app_public.audit_log set hash = null where chain_position = 4')
      expect((await problems()).length).toBeGreaterThan(0)
    })

    it('notices a row with a hash but no place', async () => {
      await client.query('update app_public.audit_log set chain_position = null where chain_position = 8')
      expect((await problems()).map((found) => found.problem)).toContain('is not in the chain')
    })

    it('notices that all was removed and something else written', async () => {
      await client.query('truncate app_public.audit_log')
      await client.query(`insert into app_public.audit_log (table_name, row_id, operation, actor, role, chain_position, previous_hash, hash)
        values ('sops', '1', 'insert', 'forger', 'admin', 1, '\\x', sha256('made up'))`)
      expect((await problems()).map((found) => found.problem)).toEqual([
        'was altered',
        `the chain ends at 1, its head says ${rowsInAll}`,
      ])
    })

    /** What somebody does who knows the code: hashes, places and the head all fit again. */
    const rewrite = async () => {
      await client.query(`do $$
        declare r app_public.audit_log; h bytea := '\\x'; n bigint := 0;
        begin
          for r in select * from app_public.audit_log order by chain_position, id loop
            n := n + 1;
            update app_public.audit_log a set chain_position = -n, previous_hash = h where a.id = r.id returning * into r;
            h := app_hidden.audit_hash(h, n, r);
            update app_public.audit_log a set hash = h where a.id = r.id;
          end loop;
          update app_public.audit_log set chain_position = -chain_position;
          update app_private.audit_head set chain_position = n, hash = h;
        end $$`)
    }
    const head = async () =>
      (
        await one(
          client,
          `select chain_position || ':' || encode(hash, 'hex') as head from app_private.audit_head`,
        )
      ).head as string
    const problemsBy = async (kept: string) =>
      (await client.query('select problem from app_public.verify_audit_log($1)', [kept])).rows.map(
        (row) => row.problem,
      )

    it.each([
      ['cut off at its end', 'delete from app_public.audit_log where chain_position > 6'],
      ['without a row in its middle', 'delete from app_public.audit_log where chain_position = 4'],
      ['with a row altered', `update app_public.audit_log set actor = 'nobody' where chain_position = 4`],
      [
        'with a row more',
        `insert into app_public.audit_log (table_name, row_id, operation, actor, role) values ('sops', '1', 'update', 'forger', 'admin')`,
      ],
      ['all new', 'delete from app_public.audit_log'],
    ])(
      'finds a chain written anew, %s, by a head kept outside, or by the daily one',
      async (_how, tampering) => {
        const kept = await head()
        expect(await problemsBy(kept)).toEqual([])
        await client.query(tampering)
        await rewrite()
        const more = tampering.startsWith('insert')
        // In itself it is whole; what was kept says otherwise, unless there are only rows more: the next head will have them.
        expect(await problems()).toEqual([])
        expect(await problemsBy(kept)).toEqual(more ? [] : ['is not what the head given says'])
        await client.query('alter table app_public.audit_heads disable trigger user')
        await client.query(
          `insert into app_public.audit_heads (day, chain_position, hash) select '2026-11-22', split_part($1, ':', 1)::bigint, decode(split_part($1, ':', 2), 'hex')`,
          [kept],
        )
        expect((await problems()).map((found) => found.problem)).toEqual(
          more ? [] : ['is not what the head of 2026-11-22 says'],
        )
      },
    )

    it('takes a head only in its form', async () => {
      await client.query('savepoint form')
      for (const wrong of ['', '8', '8:xyz', '-1:', `8:${'a'.repeat(63)}`, `8:${'A'.repeat(64)}`]) {
        await expect(problemsBy(wrong)).rejects.toMatchObject({ code: 'CO005' })
        await client.query('rollback to savepoint form')
      }
      expect(await problemsBy('0:')).toEqual([])
    })

    it('notices a link that was rewritten to fit', async () => {
      await client.query(`update app_public.audit_log a set actor = 'forged' where chain_position = 4`)
      await client.query(
        'update app_public.audit_log a set hash = app_hidden.audit_hash(a.previous_hash, a.chain_position, a) where chain_position = 4',
      )
      expect((await problems())[0]).toEqual({ at: 5, problem: 'does not follow the row before it' })
    })
  })
})
