/** The language that words are searched in: set by an admin, in force at once for all that is there. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import {
  admin,
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  sqlState,
  type TestDatabase,
} from '../support/database.ts'
import { becomeOwner, one, sopBy } from './fixtures.ts'

const german = `# Buchung ändern

## Wann

Der Gast möchte etwas ändern.

## Schritte

1. Die Buchungen des Gastes öffnen.
2. Den Termin verschieben.
`

describe('set_search_language', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  /** The first that is found by words, and how much of the question it holds. */
  const found = async (client: pg.PoolClient, question: string) =>
    one<{ section: string; words: number }>(
      client,
      `select topic as section, words from search_knowledge('${question}', first => 1)`,
    )
  const units = async (client: pg.PoolClient) => {
    await becomeOwner(client)
    const { rows } = await client.query(
      'select target, kind, title, body, words::text, impacts::text, embedding::text from app_private.search_units order by target, kind, ordinal, body',
    )
    await become(client, admin)
    return rows
  }

  it('finds other forms of a word in the language that is set, at once, and only there', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await sopBy(client, 'booking', 'change_booking', german)
      await sopBy(
        client,
        'access',
        'doors',
        '# Türen\n\n## Schritte\n\n1. Die Türen schließen sich von selbst.\n',
      )
      await client.query(
        `select save_knowledge('opening', 'hours', 'Gibt es Schließfächer?', 'Ja, im Keller.', reason => 'Asked often')`,
      )
      await becomeOwner(client)
      await client.query('select app_private.refresh_profiles()')
      const before = await units(client)
      const inEnglish = await found(client, 'meine Gäste verschieben den Terminen')
      expect(
        await one(
          client,
          `select search_language from set_search_language('German', 'Our guests write German')`,
        ),
      ).toEqual({ search_language: 'german' })
      const inGerman = await found(client, 'meine Gäste verschieben den Terminen')
      expect(inGerman.section).toBe('change_booking')
      expect(inGerman.words).toBeGreaterThan(1.5 * inEnglish.words)
      expect((await found(client, 'Schließfach')).section).toBe('hours')
      // The stemmer folds its umlauts, and without them "ändern" would be a stop word.
      expect((await found(client, 'ändern')).words).toBeGreaterThan(0.5)
      expect((await found(client, 'Turen')).section).toBe('doors')
      await client.query(`select set_search_language('english', 'Back again')`)
      expect(await units(client)).toEqual(before)
    }))

  it('knows at least English, German, French and Spanish, and names them to whoever asks for another', () =>
    rolledBack(database.pool, admin, async (client) => {
      for (const language of ['french', 'spanish', 'german', 'english'])
        await client.query('select set_search_language($1, $2)', [language, 'Tried'])
      await client.query('savepoint refused')
      const refused = await client.query(`select set_search_language('klingon', 'Tried')`).then(
        () => undefined,
        (error: { code: string; hint: string }) => error,
      )
      expect(refused?.code).toBe('CO005')
      expect(refused?.hint).toMatch(/english.*french.*german.*spanish/)
      await client.query('rollback to refused')
      expect(await one(client, 'select search_language from club_settings')).toEqual({
        search_language: 'english',
      })
    }))

  it('is in force for failures too, and in plain SQL', () =>
    rolledBack(database.pool, admin, async (client) => {
      await becomeOwner(client)
      await client.query(
        `select set_config('clubos.actor', 'dba', true), set_config('clubos.reason', 'By hand', true)`,
      )
      await client.query(
        `insert into failed_responses (query, response, feedback_type) values ('Die Türen klemmen', 'Nein', 'wrong')`,
      )
      await client.query(`update club_settings set search_language = 'german'`)
      const plan = `select query from failed_responses where to_tsvector('app_public.clubos', query) @@ to_tsquery('app_public.clubos', 'Tür')`
      await client.query('set local enable_seqscan = off')
      expect((await client.query(plan)).rows).toHaveLength(1)
    }))

  it('is for admins, with a reason', async () => {
    await rolledBack(database.pool, reviewer, async (client) => {
      expect(await sqlState(client, `select set_search_language('german', 'Why')`)).toBe('42501')
    })
    await rolledBack(database.pool, admin, async (client) => {
      expect(await sqlState(client, `select set_search_language('german', '')`)).toBe('CO002')
      expect(await sqlState(client, `select set_search_language(null, 'Why')`)).toBe('CO005')
    })
  })
})
