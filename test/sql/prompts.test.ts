import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
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
import { becomeOwner, failure, one } from './fixtures.ts'

interface Prompt {
  id: number
  content: string
  version: number
  default_content: string | null
}

describe('prompts', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const save = 'select * from save_prompt($1, $2, $3, $4)'

  /** A prompt that ClubOS comes with; then goes on as the reviewer. */
  const seeded = async (client: pg.PoolClient, content = 'Be brief.\nBe kind.\n') => {
    await becomeOwner(client)
    await client.query(`select app_private.seed_prompt('greet', $1)`, [content])
    await become(client, reviewer)
    return one<Prompt>(client, `select * from prompts where name = 'greet'`)
  }
  const versions = async (client: pg.PoolClient, id: number) =>
    (
      await client.query(
        'select version, changed_by as by, change_reason as reason from prompt_versions where prompt_id = $1 order by version',
        [id],
      )
    ).rows

  describe('save_prompt', () => {
    it('writes the next version, with who and why', () =>
      rolledBack(database.pool, reviewer, async (client) => {
        const { id } = await seeded(client)
        expect(await one(client, save, ['greet', 'Be brief.', 'Kindness is understood', 1])).toMatchObject({
          id,
          version: 2,
          content: 'Be brief.',
        })
        expect((await versions(client, id))[1]).toEqual({
          version: 2,
          by: 'rita',
          reason: 'Kindness is understood',
        })
      }))

    it('refuses to save over a version that its author has not seen', () =>
      rolledBack(database.pool, reviewer, async (client) => {
        const { id } = await seeded(client)
        await one(client, save, ['greet', 'Two', 'Second', 1])
        const refused = await failure(client, save, ['greet', 'Three', 'Third', 1])
        expect(refused.code).toBe('CO101')
        expect(JSON.parse(refused.detail!)).toEqual({ prompt_id: id, version: 2 })
        expect(refused.hint).toMatch(/prompt_diff/)
        expect((await one(client, save, ['greet', 'Three', 'Third', 2])).version).toBe(3)
      }))

    it('changes nothing where the text is the same, and needs no reason for that', () =>
      rolledBack(database.pool, reviewer, async (client) => {
        const { content } = await seeded(client)
        expect((await one(client, save, ['greet', content, null, null])).version).toBe(1)
      }))

    it('refuses what is empty, too long, without a reason, or of a name that nothing asks for', () =>
      rolledBack(database.pool, reviewer, async (client) => {
        await seeded(client)
        expect(await sqlState(client, save, ['greet', ' \n ', 'Why', null])).toBe('CO005')
        expect(await sqlState(client, save, ['greet', null, 'Why', null])).toBe('CO005')
        expect(await sqlState(client, save, ['greet', 'x'.repeat(20_001), 'Why', null])).toBe('CO006')
        expect(await sqlState(client, save, ['greet', 'x'.repeat(20_000), 'Why', null])).toBe('none')
        expect(await sqlState(client, save, ['greet', 'Two', '', null])).toBe('CO002')
        const unknown = await failure(client, save, ['gret', 'Two', 'Why', null])
        expect(unknown.code).toBe('CO404')
        expect(unknown.hint).toMatch(/greet/)
      }))

    it('is for reviewers and admins', () =>
      rolledBack(database.pool, admin, async (client) => {
        await seeded(client)
        await become(client, admin)
        expect((await one(client, save, ['greet', 'Two', 'Why', null])).version).toBe(2)
        for (const claims of [agent, worker]) {
          await become(client, claims)
          expect(await sqlState(client, save, ['greet', 'Three', 'Why', null])).toBe('42501')
        }
      }))
  })

  describe('rollback_prompt', () => {
    const rollback = 'select * from rollback_prompt($1, $2, $3)'

    it('makes an earlier text the next version, once', () =>
      rolledBack(database.pool, reviewer, async (client) => {
        const { id, content } = await seeded(client)
        await one(client, save, ['greet', 'Two', 'Second', 1])
        expect(await one(client, rollback, [id, 1, 'Worse'])).toMatchObject({ version: 3, content })
        expect(await one(client, rollback, [id, 1, 'Worse'])).toMatchObject({ version: 3 })
        expect((await versions(client, id))[2]).toMatchObject({ reason: 'Rollback to version 1: Worse' })
      }))

    it('goes back to the default as version 0', () =>
      rolledBack(database.pool, reviewer, async (client) => {
        const { id } = await seeded(client)
        await one(client, save, ['greet', 'Two', 'Second', 1])
        await seeded(client, 'A better default')
        expect(await one(client, rollback, [id, 0, 'Theirs is better'])).toMatchObject({
          version: 3,
          content: 'A better default',
        })
      }))

    it('refuses a version or a prompt that is not there, and a missing reason', () =>
      rolledBack(database.pool, reviewer, async (client) => {
        const { id } = await seeded(client)
        expect(await sqlState(client, rollback, [id, 9, 'Why'])).toBe('CO404')
        expect(await sqlState(client, rollback, [id + 1000, 1, 'Why'])).toBe('CO404')
        expect(await sqlState(client, rollback, [id, 1, ' '])).toBe('CO002')
        await client.query(`insert into prompts (name, content) values ('own', 'Without a default')`)
        const own = await one<Prompt>(client, `select * from prompts where name = 'own'`)
        expect(await sqlState(client, rollback, [own.id, 0, 'Why'])).toBe('CO404')
        await become(client, agent)
        expect(await sqlState(client, rollback, [id, 1, 'Why'])).toBe('42501')
      }))
  })

  describe('prompt_diff', () => {
    it('shows the lines that differ between two versions, or from the default', () =>
      rolledBack(database.pool, reviewer, async (client) => {
        const { id } = await seeded(client)
        await one(client, save, ['greet', 'Be brief.\nBe warm.\n', 'Warmer', 1])
        const { diff } = await one(client, 'select prompt_diff($1, 1, 2) as diff', [id])
        expect(diff).toContain('-Be kind.')
        expect(diff).toContain('+Be warm.')
        expect(diff).toContain('greet version 2')
        expect((await one(client, 'select prompt_diff($1, 0, 2) as diff', [id])).diff).toContain(
          'greet default',
        )
        expect((await one(client, 'select prompt_diff($1, 0, 1) as diff', [id])).diff).toBe('')
        expect(await sqlState(client, 'select prompt_diff($1, 1, 3)', [id])).toBe('CO404')
        await become(client, agent)
        expect(await sqlState(client, 'select prompt_diff($1, 1, 2)', [id])).toBe('42501')
      }))
  })

  describe('a better default of a later version', () => {
    it('reaches a club that never changed its prompt, as its next version', () =>
      rolledBack(database.pool, reviewer, async (client) => {
        const { id } = await seeded(client, 'Old default')
        expect(await seeded(client, 'New default')).toMatchObject({ version: 2, content: 'New default' })
        expect((await versions(client, id)).map((v) => v.by)).toEqual(['system', 'system'])
      }))

    it('leaves what a club wrote alone, and stands beside it', () =>
      rolledBack(database.pool, reviewer, async (client) => {
        await seeded(client, 'Old default')
        await one(client, save, ['greet', 'Ours', 'We know better', 1])
        expect(await seeded(client, 'New default')).toMatchObject({
          version: 2,
          content: 'Ours',
          default_content: 'New default',
        })
      }))

    it('changes nothing where it is not new', () =>
      rolledBack(database.pool, reviewer, async (client) => {
        await seeded(client, 'Default')
        expect(await seeded(client, 'Default')).toMatchObject({ version: 1 })
      }))
  })
})
