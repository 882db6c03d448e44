import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
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
import { becomeOwner, doorText, failure, one, searched, setReason, sopBy, uuid } from './fixtures.ts'

describe('versioning by trigger', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const rewritten = doorText.replace('hash key', 'star key')

  it('writes version, diff summary and search units for a plain UPDATE', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      await setReason(client, 'The panels were replaced')
      await client.query('update sops set content = $2 where id = $1', [sop.id, rewritten])
      const versions = (
        await client.query('select * from sop_versions where sop_id = $1 order by version', [sop.id])
      ).rows
      expect(versions).toHaveLength(2)
      expect(versions[1]).toMatchObject({
        version: 2,
        content: rewritten,
        previous_version_id: versions[0].id,
        changed_by: 'rita',
        change_reason: 'The panels were replaced',
        archived: false,
        diff_summary: '+1 -1 lines; under Steps',
        category: 'doors',
        section: 'codes',
      })
      await becomeOwner(client)
      const units = (
        await client.query(
          'select kind, body, embedding_text from app_private.search_units where sop_id = $1',
          [sop.id],
        )
      ).rows
      expect(units.filter((unit) => unit.kind === 'section').length).toBeGreaterThanOrEqual(2)
      for (const unit of units) expect(unit.body).not.toContain('hash key')
      expect(await searched(client, sop.id)).toEqual({ version: 2, whole: true })
      expect(
        await one(
          client,
          `select actor, role, reason, old ->> 'version' as old, new ->> 'version' as new from audit_log where table_name = 'sops' and operation = 'update'`,
        ),
      ).toEqual({
        actor: 'rita',
        role: 'reviewer',
        reason: 'The panels were replaced',
        old: '1',
        new: '2',
      })
    }))

  it('lets nothing of a change stay when its transaction goes', async () => {
    await rolledBack(database.pool, reviewer, async (client) => {
      await sopBy(client, 'doors', 'codes', doorText)
    })
    const { rows } = await database.pool.query(
      `select (select count(*) from sops) + (select count(*) from sop_versions) + (select count(*) from app_private.search_units) + (select count(*) from audit_log where table_name = 'sops') as n`,
    )
    expect(Number(rows[0].n)).toBe(0)
  })

  it('refuses a change without author, and says how to name one', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText, { role: 'reviewer' })
      await setReason(client, 'Why not')
      const refused = await failure(client, 'update sops set content = $2 where id = $1', [sop.id, rewritten])
      expect(refused.code).toBe('CO001')
      expect(refused.hint).toMatch(/set clubos\.actor = 'your name'; set clubos\.reason = 'why'/)
      await becomeOwner(client)
      expect(await sqlState(client, 'update sops set content = $2 where id = $1', [sop.id, rewritten])).toBe(
        'CO001',
      )
    }))

  it.each(['', '   '])('refuses a change with the reason %j, and says how to give one', (reason) =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      await setReason(client, reason)
      const refused = await failure(client, 'update sops set content = $2 where id = $1', [sop.id, rewritten])
      expect(refused.code).toBe('CO002')
      expect(refused.hint).toMatch(/set clubos\.reason = 'why'/)
    }),
  )

  it('refuses a reason of more than 4,000 characters', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      await setReason(client, 'y'.repeat(4001))
      expect(await sqlState(client, 'update sops set content = $2 where id = $1', [sop.id, rewritten])).toBe(
        'CO006',
      )
    }))

  it('gives a first version a reason and its author without being told', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await becomeOwner(client)
      await client.query(`select set_config('clubos.actor', '', true)`)
      const sop = await one(
        client,
        `insert into sops (category, section, content) values ('a', 'b', 'text') returning *`,
      )
      expect(sop).toMatchObject({ version: 1, created_by: 'system' })
      expect(
        await one(client, 'select version, changed_by, change_reason, diff_summary from sop_versions'),
      ).toEqual({
        version: 1,
        changed_by: 'system',
        change_reason: 'First version',
        diff_summary: '+1 -0 lines',
      })
    }))

  it('does not let its history be changed, the owner included', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await sopBy(client, 'doors', 'codes', doorText)
      for (const statement of [
        `update sop_versions set content = 'forged'`,
        `update sop_versions set change_reason = 'forged'`,
        'delete from sop_versions',
      ])
        expect([statement, await sqlState(client, statement)]).toEqual([statement, '42501'])
      await becomeOwner(client)
      for (const statement of [
        `update sop_versions set content = 'forged'`,
        'update sop_versions set id = id',
        'delete from sop_versions',
        'truncate sop_versions cascade',
        'truncate sops cascade',
      ])
        expect([statement, await sqlState(client, statement)]).toEqual([statement, 'CO105'])
      // PostgreSQL itself refuses first: other tables refer to it.
      expect(['CO105', '0A000']).toContain(await sqlState(client, 'truncate sop_versions'))
      expect((await failure(client, 'delete from sop_versions')).hint).toMatch(/rollback_sop/)
    }))

  it('does not let the version be forged', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      await setReason(client, 'Trying')
      expect(await sqlState(client, 'update sops set version = 9')).toBe('42501')
      expect(await sqlState(client, `update sops set created_by = 'somebody else'`)).toBe('42501')
      await becomeOwner(client)
      await client.query('update sops set version = 9 where id = $1', [sop.id])
      expect(await one(client, 'select version from sops')).toEqual({ version: 1 })
      await client.query(
        `update sops set version = 9, content = 'new', created_by = 'forger', created_at = '2000-01-01', updated_at = '2000-01-01' where id = $1`,
        [sop.id],
      )
      const row = await one(client, 'select version, created_by, created_at, updated_at from sops')
      expect(row).toMatchObject({ version: 2, created_by: 'rita' })
      expect(row.created_at.getFullYear()).toBeGreaterThan(2000)
      expect(row.updated_at.getFullYear()).toBeGreaterThan(2000)
      expect(
        (
          await one(
            client,
            `insert into sops (category, section, content, version) values ('x', 'y', 'z', 7) returning version`,
          )
        ).version,
      ).toBe(1)
      expect(await sqlState(client, 'update sops set id = id + 1000 where id = $1 and false', [sop.id])).toBe(
        'none',
      )
    }))

  it('makes no version of an update that changes nothing', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText, { role: 'reviewer' })
      const before = await one(client, 'select updated_at from sops')
      // Neither author nor reason are asked for: there is nothing to sign.
      await client.query('update sops set content = content, section = section where id = $1', [sop.id])
      expect(await one(client, 'select updated_at from sops')).toEqual(before)
      expect((await one(client, 'select count(*)::int as n from sop_versions')).n).toBe(1)
    }))

  it('does not delete an SOP, and says what to do instead', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      expect(await sqlState(client, 'delete from sops where id = $1', [sop.id])).toBe('42501')
      await becomeOwner(client)
      const refused = await failure(client, 'delete from sops where id = $1', [sop.id])
      expect(refused.code).toBe('CO105')
      expect(refused.hint).toMatch(/archive_sop/)
    }))

  it('archives: no longer searched, history kept, repeating harmless, brought back by saving', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const archived = await one(client, `select * from archive_sop($1, 'Doors are gone')`, [sop.id])
      expect(archived).toMatchObject({ version: 2, content: doorText })
      expect(archived.archived_at).not.toBeNull()
      expect((await one(client, `select * from archive_sop($1, 'Again')`, [sop.id])).version).toBe(2)
      expect(
        await one(client, 'select archived, diff_summary, change_reason from sop_versions where version = 2'),
      ).toEqual({
        archived: true,
        diff_summary: '+0 -0 lines; archived',
        change_reason: 'Doors are gone',
      })
      expect((await client.query(`select from search_knowledge('door hash key')`)).rowCount).toBe(0)
      expect(await sqlState(client, `select archive_sop($1, ' ')`, [sop.id])).toBe('CO002')
      expect(await sqlState(client, `select archive_sop(-1, 'no such')`)).toBe('CO404')

      const back = await one(client, `select * from save_sop('doors', 'codes', $1, 'Doors are back')`, [
        doorText,
      ])
      expect(back).toMatchObject({ id: sop.id, version: 3, archived_at: null })
      expect(
        (await one(client, 'select diff_summary from sop_versions where version = 3')).diff_summary,
      ).toBe('+0 -0 lines; back in use')
      expect((await client.query(`select from search_knowledge('door hash key')`)).rowCount).toBe(1)
      await become(client, agent)
      expect(await sqlState(client, `select archive_sop($1, 'not mine')`, [sop.id])).toBe('42501')
    }))

  it('renames: the version says from what, and it is found under its new name', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      await setReason(client, 'Access is more than doors')
      await client.query(`update sops set category = 'access', section = 'door_codes' where id = $1`, [
        sop.id,
      ])
      expect(
        await one(client, 'select category, section, diff_summary from sop_versions where version = 2'),
      ).toEqual({
        category: 'access',
        section: 'door_codes',
        diff_summary: '+0 -0 lines; renamed from doors/codes',
      })
      expect(
        await one(
          client,
          `select category, topic, version from search_knowledge('door hash key', category => 'access')`,
        ),
      ).toEqual({ category: 'access', topic: 'door_codes', version: 2 })
      expect(
        (await client.query(`select from search_knowledge('door hash key', category => 'doors')`)).rowCount,
      ).toBe(0)
      await sopBy(client, 'doors', 'codes', 'Something else took the name.')
      await setReason(client, 'Back')
      expect(
        await sqlState(client, `update sops set category = 'doors', section = 'codes' where id = $1`, [
          sop.id,
        ]),
      ).toBe('23505')
    }))

  it('lets only an admin date a version', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      await setReason(client, 'Back-dating')
      await client.query(`select set_config('clubos.effective_at', '2020-02-03T04:05:06Z', true)`)
      expect(await sqlState(client, 'update sops set content = $2 where id = $1', [sop.id, rewritten])).toBe(
        'CO403',
      )
      expect(
        await sqlState(client, `insert into sops (category, section, content) values ('x', 'y', 'z')`),
      ).toBe('CO403')
      await become(client, admin)
      await setReason(client, 'Replaying')
      await client.query('update sops set content = $2 where id = $1', [sop.id, rewritten])
      const version = await one(client, 'select created_at, recorded_at from sop_versions where version = 2')
      expect(version.created_at.toISOString()).toBe('2020-02-03T04:05:06.000Z')
      expect(version.recorded_at.getFullYear()).toBeGreaterThan(2020)
    }))

  it('refuses an SOP without text, name, or of more than a mebibyte', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const insert = 'insert into sops (category, section, content) values ($1, $2, $3)'
      for (const [values, code] of [
        [[' ', 'b', 'c'], '23514'],
        [['a', '', 'c'], '23514'],
        [['a', 'b', '  '], '23514'],
        [['a', 'b', 'x'.repeat(1_048_577)], '23514'],
        [['a', 'b', null], '23502'],
      ] as const)
        expect(await sqlState(client, insert, [...values])).toBe(code)
    }))

  it('takes the largest SOP there may be within seconds', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const begun = performance.now()
      const content =
        `# Long\n\n${Array.from({ length: 12_000 }, (_, i) => `${i}. Step number ${i} of a long list of steps, with words.\n`).join('')}`.slice(
          0,
          1_048_576,
        )
      const sop = await sopBy(client, 'long', 'list', content)
      await setReason(client, 'Longer')
      await client.query(
        `update sops set content = replace(content, 'Step number 500 ', 'Stage number 500 ') where id = $1`,
        [sop.id],
      )
      expect(
        (await one(client, 'select diff_summary from sop_versions where version = 2')).diff_summary,
      ).toBe('+1 -1 lines; under Long')
      expect(performance.now() - begun).toBeLessThan(20_000)
    }))

  it.each([
    ['agent', agent],
    ['anonymous', visitor(uuid(1))],
  ])('lets %s write nothing', (_name, claims) =>
    rolledBack(database.pool, reviewer, async (client) => {
      await sopBy(client, 'doors', 'codes', doorText, claims)
      await setReason(client, 'Mischief')
      for (const statement of [
        `update sops set content = 'x'`,
        `insert into sops (category, section, content) values ('x', 'y', 'z')`,
        'delete from sops',
        'truncate sops cascade',
      ])
        expect([statement, await sqlState(client, statement)]).toEqual([statement, '42501'])
    }),
  )

  it('keeps earlier versions word for word through many changes', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', 'Text 1')
      await setReason(client, 'Counting')
      for (let i = 2; i <= 12; i++)
        await client.query('update sops set content = $2 where id = $1', [sop.id, `Text ${i}`])
      const { rows } = await client.query(
        'select v.version, v.content, p.version as previous from sop_versions v left join sop_versions p on p.id = v.previous_version_id where v.sop_id = $1 order by v.version',
        [sop.id],
      )
      expect(rows).toEqual(
        Array.from({ length: 12 }, (_, i) => ({
          version: i + 1,
          content: `Text ${i + 1}`,
          previous: i === 0 ? null : i,
        })),
      )
    }))
})
