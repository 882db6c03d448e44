import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { projectFolder } from '../../core/database/migrate.ts'
import { makeTestDatabase, type TestDatabase } from '../support/database.ts'

const seedFile = join(projectFolder, '..', 'shared', 'SEED.md')
const seed = existsSync(seedFile) ? readFileSync(seedFile, 'utf8') : null
const insertOfV1 = `INSERT INTO sops (category, section, content)
VALUES
  ('emergency', 'general', '<content from Emergency assistant>'),
  ('booking', 'general', '<content from Booking assistant>');`

describe('the statements a club moves in with', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  it('inserts the content of V1 as it stands, each with its first version', async () => {
    const statement = seed ? /INSERT INTO sops[\s\S]*?;/.exec(seed)![0] : insertOfV1
    await database.pool.query(statement)
    const { rows } = await database.pool.query(
      'select s.category, v.version, v.changed_by, v.change_reason from sops s join sop_versions v on v.sop_id = s.id order by s.id',
    )
    expect(rows.length).toBeGreaterThanOrEqual(2)
    for (const row of rows)
      expect(row).toMatchObject({ version: 1, changed_by: 'system', change_reason: 'First version' })
  })

  it('upserts knowledge by the printed statement, with a rate in the place it leaves open', async () => {
    const printed = seed
      ? /INSERT INTO knowledge_base[\s\S]*?;/.exec(seed)![0]
      : `INSERT INTO knowledge_base (category, topic, question, answer, source)
VALUES ('booking', 'pin_issues', $1, $2, 'learned')
ON CONFLICT (category, topic, question)
DO UPDATE SET
  usage_count = knowledge_base.usage_count + 1,
  success_rate = (calculate new rate);`
    const statement = printed.replace(
      '(calculate new rate)',
      '(coalesce(knowledge_base.success_rate * knowledge_base.usage_count, 0) + 1) / (knowledge_base.usage_count + 1)',
    )
    for (let i = 0; i < 3; i++)
      await database.pool.query(statement, ['my pin does nothing', 'Press # after it.'])
    const { rows } = await database.pool.query(
      'select usage_count, success_rate, source, trust from knowledge_base',
    )
    expect(rows).toEqual([{ usage_count: 2, success_rate: 1, source: 'learned', trust: 0 }])
  })
})
