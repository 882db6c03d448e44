/** Golden questions: what may be written, who may, and what is made of an answer. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  type TestDatabase,
  worker,
} from '../support/database.ts'
import { doorText, one, sopBy } from './fixtures.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

describe('save_golden_question', () => {
  it('keeps what must answer a question, counts the revision and wants its vector', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const golden = await one(client, 'select * from save_golden_question($1, $2)', [
        '  What is  the door code? ',
        sop.id,
      ])
      expect(golden).toMatchObject({
        question: 'What is the door code?',
        expected_sop_id: sop.id,
        created_by: 'rita',
      })
      await become(client, worker)
      const { rows } = await client.query('select embedding_text from app_private.vectors_wanted(50)')
      expect(rows.map((row) => row.embedding_text)).toContain('What is the door code?')
    }))
})
