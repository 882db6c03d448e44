/** When the assistant answers is set by admins, with a reason; and what another threshold would have done is counted. */
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
} from '../support/database.ts'
import { becomeOwner, failure, one } from './fixtures.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

const shown =
  'select confidence_threshold, model_threshold, takeover_minutes, helpful_votes_to_confirm from club_settings'
const usual = {
  confidence_threshold: 0.25,
  model_threshold: 0.1,
  takeover_minutes: 240,
  helpful_votes_to_confirm: 3,
}

describe('set_answering', () => {
  it('sets what is said, leaves the rest, and is in the audit log', () =>
    rolledBack(database.pool, admin, async (client) => {
      await client.query(`select set_answering('Too bold', confidence_threshold => 0.4)`)
      expect(await one(client, shown)).toEqual({ ...usual, confidence_threshold: 0.4 })
      await client.query(
        `select set_answering('Shorter nights', takeover_minutes => 60, helpful_votes_to_confirm => 5, model_threshold => 0)`,
      )
      expect(await one(client, shown)).toEqual({
        confidence_threshold: 0.4,
        model_threshold: 0,
        takeover_minutes: 60,
        helpful_votes_to_confirm: 5,
      })
      await becomeOwner(client)
      const { rows } = await client.query(
        `select actor, reason from audit_log where table_name = 'club_settings' order by id desc limit 2`,
      )
      expect(rows).toEqual([
        { actor: admin.actor, reason: 'Shorter nights' },
        { actor: admin.actor, reason: 'Too bold' },
      ])
    }))

  it('holds for the next question', () =>
    rolledBack(database.pool, admin, async (client) => {
      await become(client, reviewer)
      await client.query(
        `select save_sop('tech_support', 'projector', E'# Projector\n\n## Steps\n\n1. Press the green button of the projector.\n', 'New')`,
      )
      const outcome = async () => {
        await become(client, { role: 'worker', actor: 'server' })
        return (
          await one(
            client,
            `select app_hidden.begin_answer('press the green button of the projector') ->> 'outcome' as outcome`,
          )
        ).outcome
      }
      expect(await outcome()).toBe('answered')
      await become(client, admin)
      await client.query(`select set_answering('Never sure', confidence_threshold => 1)`)
      expect(await outcome()).toBe('handed_over')
    }))

  it('refuses what is out of range, nothing, no reason, and whoever is no admin', async () => {
    await rolledBack(database.pool, reviewer, async (client) => {
      expect(await sqlState(client, `select set_answering('Why', confidence_threshold => 0.4)`)).toBe('42501')
    })
    await rolledBack(database.pool, admin, async (client) => {
      for (const call of [
        `'Why'`,
        `'Why', confidence_threshold => 1.01`,
        `'Why', confidence_threshold => -0.1`,
        `'Why', confidence_threshold => 'NaN'`,
        `'Why', model_threshold => 25`,
        `'Why', takeover_minutes => 0`,
        `'Why', takeover_minutes => 43201`,
        `'Why', helpful_votes_to_confirm => 0`,
        `'Why', helpful_votes_to_confirm => 101`,
      ])
        expect([call, await sqlState(client, `select set_answering(${call})`)]).toEqual([call, 'CO005'])
      expect(await sqlState(client, `select set_answering(' ', takeover_minutes => 5)`)).toBe('CO002')
      expect((await failure(client, `select set_answering('Why')`, [])).message).toBe('Say what to set.')
      expect(await one(client, shown)).toEqual(usual)
    })
  })
})

describe('threshold_effect', () => {
  async function asked(
    client: pg.PoolClient,
    confidence: number,
    outcome: string,
    reason: string | null,
    more: { model?: string; feedback?: string; days?: number } = {},
  ) {
    await client.query(
      `insert into responses (question, question_hash, text, outcome, reason, confidence, model, feedback, feedback_by, feedback_at, created_at)
       values ('Q', '\\x', 'A', $1, $2, $3, $4, $5::text, case when $5 is not null then 'v' end, case when $5 is not null then now() end, now() - make_interval(days => $6))`,
      [outcome, reason, confidence, more.model ?? 'local-extractive', more.feedback ?? null, more.days ?? 1],
    )
  }
  const unsure = 'confidence 0.20 below 0.25'

  it('counts whom it would have handed over, and whom answered', () =>
    rolledBack(database.pool, admin, async (client) => {
      await becomeOwner(client)
      await asked(client, 0.3, 'answered', null, { feedback: 'helpful' })
      await asked(client, 0.35, 'answered', null, { feedback: 'unhelpful' })
      await asked(client, 0.39, 'answered', null)
      await asked(client, 0.4, 'answered', null, { feedback: 'helpful' })
      await asked(client, 0.9, 'answered', null)
      await asked(client, 0.2, 'handed_over', unsure)
      await asked(client, 0.1, 'handed_over', unsure)
      // Neither what a model wrote, nor what is for a person whatever the confidence, nor what is long ago.
      await asked(client, 0.3, 'answered', null, { model: 'gpt-4o' })
      await asked(client, 0.9, 'handed_over', 'for a person')
      await asked(client, 0.3, 'answered', null, { days: 31 })
      await become(client, agent)
      const effect = async (threshold: number) => {
        const row = await one(client, 'select * from threshold_effect($1)', [threshold])
        return Object.values(row).map(Number)
      }
      expect(await effect(0.4)).toEqual([5, 3, 1, 1, 2, 0])
      expect(await effect(0.25)).toEqual([5, 0, 0, 0, 2, 0])
      expect(await effect(0.15)).toEqual([5, 0, 0, 0, 2, 1])
    }))

  it('is nothing where nobody asked', () =>
    rolledBack(database.pool, admin, async (client) => {
      expect(Object.values(await one(client, 'select * from threshold_effect(0.5)')).map(Number)).toEqual([
        0, 0, 0, 0, 0, 0,
      ])
    }))
})
