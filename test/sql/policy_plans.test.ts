/** Policies leave the planner its indexes: the queries of bench/policies_queries.ts on generated rows; no clock. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { asOwner, asRole, policyQueries } from '../../bench/policies_queries.ts'
import { projectFolder } from '../../core/database/migrate.ts'
import { become, makeTestDatabase, rolledBack, type TestDatabase } from '../support/database.ts'
import { becomeOwner } from './fixtures.ts'

describe('a policy', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
    const data = readFileSync(join(projectFolder, 'bench', 'policies_data.sql'), 'utf8')
      // A tenth of the bench's rows decides the same plans. Of one session, since the triggers are off in it.
      .replaceAll('100000', '10000')
      .replaceAll('20000', '2000')
      .replaceAll('5000)', '500)')
    const client = await database.pool.connect()
    for (const statement of data.split(/;\n/)) if (statement.trim() !== '') await client.query(statement)
    client.release()
  })
  afterAll(() => database.close())

  it.each(policyQueries.map((query) => [query.name, query] as const))('keeps the index: %s', (_name, query) =>
    rolledBack(database.pool, query.claims, async (client) => {
      const explain = async (sql: string) =>
        (await client.query({ text: `explain ${sql}`, rowMode: 'array' })).rows.flat().join('\n')
      const plan = await explain(asRole(query))
      const result = await client.query(asRole(query))
      await becomeOwner(client)
      const without = await client.query(asOwner(query))
      expect(result.rowCount).toBeGreaterThan(0)
      expect(result.rowCount).toBe(without.rowCount)
      if (query.index) expect(plan).toContain(query.index)
      else expect(plan).toBe(await explain(asOwner(query)))
      await become(client, query.claims)
    }),
  )

  it('is asked who the visitor is once a query, not once a row', () =>
    rolledBack(database.pool, policyQueries[0]!.claims, async (client) => {
      for (const table of ['tickets', 'responses', 'messages', 'response_sources']) {
        const { rows } = await client.query({
          text: `explain (verbose) select count(*) from app_public.${table}`,
          rowMode: 'array',
        })
        const lines = rows.flat() as string[]
        expect(lines.join('\n')).toContain('InitPlan')
        // Everywhere but in the InitPlan's own result, the visitor is a parameter.
        expect(lines.filter((line) => /current_setting/.test(line) && !/^\s*Output:/.test(line))).toEqual([])
      }
    }))
})
