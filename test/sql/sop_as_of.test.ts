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
  visitor,
} from '../support/database.ts'
import { one, uuid } from './fixtures.ts'

describe('sop_as_of', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const replay = (
    client: pg.PoolClient,
    section: string,
    content: string | null,
    day: string,
    from?: string,
  ) =>
    one(client, `select * from import_sop_version('rules', $1, $2, 'ada', $3, 'Replayed', $4, $5)`, [
      section,
      content,
      `${day}T12:00:00Z`,
      from ? 'rules' : null,
      from ?? null,
    ])
  const asOf = async (client: pg.PoolClient, section: string, day: string): Promise<string | null> => {
    const { rows } = await client.query(
      `select content from sop_as_of('rules', $1, $2) where id is not null`,
      [section, `${day}T18:00:00Z`],
    )
    expect(rows.length).toBeLessThanOrEqual(1)
    return rows[0]?.content ?? null
  }

  it('is the version in force: from its moment until the next one', () =>
    rolledBack(database.pool, admin, async (client) => {
      await replay(client, 'hats', 'one', '2024-01-10')
      await replay(client, 'hats', 'two', '2024-02-10')
      expect(await asOf(client, 'hats', '2024-01-09')).toBeNull()
      expect(await asOf(client, 'hats', '2024-01-10')).toBe('one')
      expect(await asOf(client, 'hats', '2024-02-09')).toBe('one')
      expect(await asOf(client, 'hats', '2024-02-10')).toBe('two')
      expect(await asOf(client, 'hats', '2031-01-01')).toBe('two')
      expect(
        (await one(client, `select content from sop_as_of('rules', 'hats', '2024-02-10T12:00:00Z')`)).content,
      ).toBe('two')
      expect(
        (await one(client, `select content from sop_as_of('rules', 'hats', '2024-02-10T11:59:59.999999Z')`))
          .content,
      ).toBe('one')
    }))

  it('follows names: each holds for its time, also when another SOP takes one over', () =>
    rolledBack(database.pool, admin, async (client) => {
      await replay(client, 'hats', 'one', '2024-01-01')
      await replay(client, 'caps', 'two', '2024-02-01', 'hats')
      expect(await asOf(client, 'hats', '2024-01-15')).toBe('one')
      expect(await asOf(client, 'hats', '2024-02-15')).toBeNull()
      expect(await asOf(client, 'caps', '2024-01-15')).toBeNull()
      expect(await asOf(client, 'caps', '2024-02-15')).toBe('two')
      await replay(client, 'hats', 'another SOP', '2024-03-01')
      expect(await asOf(client, 'hats', '2024-01-15')).toBe('one')
      expect(await asOf(client, 'hats', '2024-02-15')).toBeNull()
      expect(await asOf(client, 'hats', '2024-03-15')).toBe('another SOP')
      expect(await asOf(client, 'caps', '2024-03-15')).toBe('two')
    }))

  it('knows when an SOP was out of use', () =>
    rolledBack(database.pool, admin, async (client) => {
      await replay(client, 'hats', 'one', '2024-01-01')
      await replay(client, 'hats', null, '2024-02-01')
      await replay(client, 'hats', 'two', '2024-03-01')
      expect(await asOf(client, 'hats', '2024-01-15')).toBe('one')
      expect(await asOf(client, 'hats', '2024-02-15')).toBeNull()
      expect(await asOf(client, 'hats', '2024-03-15')).toBe('two')
    }))

  it('keeps who wrote a replayed version, when and why, and who replayed it', () =>
    rolledBack(database.pool, admin, async (client) => {
      await replay(client, 'hats', 'one', '2024-01-01')
      await replay(client, 'hats', 'two', '2024-02-01')
      expect(
        await one(client, 'select changed_by, change_reason, created_at from sop_versions where version = 2'),
      ).toEqual({
        changed_by: 'ada',
        change_reason: 'Replayed',
        created_at: new Date('2024-02-01T12:00:00Z'),
      })
      // Nothing of the replay is left for the next statement.
      expect(await one(client, 'select current_actor() as actor')).toEqual({ actor: 'adam' })
      expect(
        await one(client, `select created_at > '2025-01-01' as now from save_sop('rules', 'other', 'text')`),
      ).toEqual({ now: true })
    }))

  it('is for staff; replaying is for admins', () =>
    rolledBack(database.pool, agent, async (client) => {
      expect(await sqlState(client, `select sop_as_of('rules', 'hats', now())`)).toBe('none')
      const statement = `select import_sop_version('rules', 'hats', 'x', 'ada', now(), 'why')`
      expect(await sqlState(client, statement)).toBe('42501')
      await become(client, reviewer)
      expect(await sqlState(client, statement)).toBe('42501')
      await become(client, visitor(uuid(1)))
      expect(await sqlState(client, `select sop_as_of('rules', 'hats', now())`)).toBe('42501')
    }))
})
