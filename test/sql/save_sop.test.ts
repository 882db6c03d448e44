import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  agent,
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  sqlState,
  type TestDatabase,
  visitor,
  worker,
} from '../support/database.ts'
import { failure, one, saveSop, sopBy, uuid } from './fixtures.ts'

describe('save_sop', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const save = 'select * from save_sop($1, $2, $3, $4, $5)'

  it('makes an SOP, with a reason of its own where none is given', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await one(client, `select * from save_sop('booking', 'moving', 'Move it in the app.')`)
      expect(sop).toMatchObject({ category: 'booking', section: 'moving', version: 1, created_by: 'rita' })
      expect(await one(client, 'select change_reason, changed_by from sop_versions')).toEqual({
        change_reason: 'First version',
        changed_by: 'rita',
      })
    }))

  it('writes the next version, and needs a reason for it', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await saveSop(client, 'booking', 'moving', 'one')
      expect(await sqlState(client, save, ['booking', 'moving', 'two', null, null])).toBe('CO002')
      expect((await one(client, save, ['booking', 'moving', 'two', 'Because', null])).version).toBe(2)
      expect(
        (await one(client, 'select change_reason from sop_versions where version = 2')).change_reason,
      ).toBe('Because')
    }))

  it('refuses to save over a version that its author has not seen', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await saveSop(client, 'booking', 'moving', 'one')
      await one(client, save, ['booking', 'moving', 'two', 'Second', 1])
      const refused = await failure(client, save, ['booking', 'moving', 'three', 'Third', 1])
      expect(refused.code).toBe('CO101')
      expect(JSON.parse(refused.detail!)).toEqual({ sop_id: sop.id, version: 2 })
      expect(refused.hint).toMatch(/sop_diff/)
      expect((await one(client, save, ['booking', 'moving', 'three', 'Third', 2])).version).toBe(3)
      expect(await sqlState(client, save, ['booking', 'moving', 'four', 'Fourth', 99])).toBe('CO101')
    }))

  it('takes 0 as: it does not exist yet', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      expect((await one(client, save, ['booking', 'moving', 'one', null, 0])).version).toBe(1)
      expect(await sqlState(client, save, ['booking', 'moving', 'two', 'Second', 0])).toBe('CO101')
      expect(await sqlState(client, save, ['booking', 'gone', 'two', 'Second', 3])).toBe('CO404')
    }))

  it('changes nothing when repeated', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const first = await one(client, save, ['booking', 'moving', 'one', 'First', null])
      expect(await one(client, save, ['booking', 'moving', 'one', 'First', null])).toEqual(first)
      expect(await one(client, save, ['booking', 'moving', 'one', null, 1])).toEqual(first)
      expect((await one(client, 'select count(*)::int as n from sop_versions')).n).toBe(1)
    }))

  it('refuses what is empty', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      for (const values of [
        ['a', 'b', ''],
        ['a', 'b', '  '],
        ['a', 'b', null],
        ['', 'b', 'c'],
        ['a', null, 'c'],
      ])
        expect([values, await sqlState(client, save, [...values, 'Reason', null])]).toEqual([values, 'CO005'])
    }))

  it('refuses a save without author', () =>
    rolledBack(database.pool, { role: 'reviewer' }, async (client) => {
      expect(await sqlState(client, save, ['a', 'b', 'c', 'Reason', null])).toBe('CO001')
    }))

  it.each([
    ['agent', agent],
    ['anonymous', visitor(uuid(1))],
    ['worker', worker],
    ['auditor', { role: 'auditor' as const, actor: 'olga' }],
  ])('is not for %s', (_name, claims) =>
    rolledBack(database.pool, claims, async (client) => {
      expect(['42501', 'CO403']).toContain(await sqlState(client, save, ['a', 'b', 'c', 'Reason', null]))
    }),
  )

  it('does not leave its reason behind for the next statement', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await saveSop(client, 'a', 'b', 'one', 'Only for this one')
      expect(await sqlState(client, `update sops set content = 'two'`)).toBe('CO002')
    }))

  it('keeps quotes, backslashes, line ends, wide characters and markup as they are', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const text = `'"\\ $$ \r\n\t💥 ünï \u202e <script> {{x}} %s \\n --\n`
      const sop = await saveSop(client, `b'o\\o`, `s"e;--`, text, text)
      expect(sop.content).toBe(text)
      expect(
        (await one(client, 'select content, change_reason from sop_versions where sop_id = $1', [sop.id]))
          .content,
      ).toBe(text)
    }))
})

describe('rollback_sop', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  it('makes an earlier text the next version and says so', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await saveSop(client, 'a', 'b', 'one')
      await saveSop(client, 'a', 'b', 'two')
      const back = await one(client, `select * from rollback_sop($1, 1, 'Two was wrong')`, [sop.id])
      expect(back).toMatchObject({ version: 3, content: 'one' })
      expect(await one(client, 'select change_reason, content from sop_versions where version = 3')).toEqual({
        change_reason: 'Rollback to version 1: Two was wrong',
        content: 'one',
      })
      expect(await one(client, `select snippet from search_knowledge('one')`)).toEqual({ snippet: 'one' })
    }))

  it('changes nothing when repeated, or when asked for what is', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await saveSop(client, 'a', 'b', 'one')
      await saveSop(client, 'a', 'b', 'two')
      const rollback = 'select version from rollback_sop($1, $2, $3)'
      expect(await one(client, rollback, [sop.id, 2, 'Same'])).toEqual({ version: 2 })
      expect(await one(client, rollback, [sop.id, 1, 'Back'])).toEqual({ version: 3 })
      expect(await one(client, rollback, [sop.id, 1, 'Back'])).toEqual({ version: 3 })
    }))

  it('brings an archived SOP back', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await saveSop(client, 'a', 'b', 'one')
      await client.query(`select archive_sop($1, 'Away')`, [sop.id])
      expect(
        await one(client, `select version, archived_at from rollback_sop($1, 1, 'Back')`, [sop.id]),
      ).toEqual({ version: 3, archived_at: null })
      expect(
        await one(
          client,
          `select version, archived_at is not null as archived from rollback_sop($1, 2, 'Away again')`,
          [sop.id],
        ),
      ).toEqual({ version: 4, archived: true })
    }))

  it('refuses versions and SOPs that are not there, and an empty reason', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await saveSop(client, 'a', 'b', 'one')
      const rollback = 'select rollback_sop($1, $2, $3)'
      for (const version of [0, 2, -1, null])
        expect(await sqlState(client, rollback, [sop.id, version, 'Back'])).toBe('CO404')
      expect(await sqlState(client, rollback, [-1, 1, 'Back'])).toBe('CO404')
      expect(await sqlState(client, rollback, [sop.id, 1, ' '])).toBe('CO002')
    }))

  it.each([
    ['agent', agent],
    ['anonymous', visitor(uuid(1))],
    ['worker', worker],
  ])('is not for %s', (_name, claims) =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'a', 'b', 'one', claims)
      expect(['42501', 'CO403']).toContain(
        await sqlState(client, `select rollback_sop($1, 1, 'Back')`, [sop.id]),
      )
    }),
  )
})

describe('sop_diff', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  it('is a unified diff with the versions as names', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await saveSop(client, 'a', 'b', 'one\ntwo\nthree\n')
      await saveSop(client, 'a', 'b', 'one\n2\nthree\nfour')
      expect((await one(client, 'select sop_diff($1, 1, 2) as diff', [sop.id])).diff).toBe(
        '--- a/b.md version 1\n+++ a/b.md version 2\n@@ -1,3 +1,4 @@\n one\n-two\n+2\n three\n+four\n\\ No newline at end of file\n',
      )
      expect((await one(client, 'select sop_diff($1, 2, 1) as diff', [sop.id])).diff).toContain('-2\n+two\n')
      expect((await one(client, 'select sop_diff($1, 2, 2) as diff', [sop.id])).diff).toBe('')
    }))

  it('refuses a version that is not there', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await saveSop(client, 'a', 'b', 'one')
      expect(await sqlState(client, 'select sop_diff($1, 1, 2)', [sop.id])).toBe('CO404')
      expect(await sqlState(client, 'select sop_diff(-1, 1, 1)')).toBe('CO404')
    }))

  it('is for staff, not for customers', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'a', 'b', 'one', agent)
      expect(await one(client, 'select sop_diff($1, 1, 1) as diff', [sop.id])).toEqual({ diff: '' })
      await become(client, visitor(uuid(1)))
      expect(await sqlState(client, 'select sop_diff($1, 1, 1)', [sop.id])).toBe('42501')
    }))
})
