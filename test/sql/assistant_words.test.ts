/** What the assistant says by itself: in the club's language, or in the club's own words; and headings in that language. */
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
import { becomeOwner, failure, one, saveSop } from './fixtures.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

const server = { role: 'worker', actor: 'server' } as const
const speak = async (client: pg.PoolClient, language: string) => {
  await become(client, admin)
  await client.query(`select set_search_language($1, 'Our customers speak it')`, [language])
}
/** What a customer is told who asks this. */
const answerTo = async (client: pg.PoolClient, question: string) => {
  await become(client, server)
  const { draft } = await one(client, 'select app_hidden.begin_answer($1) as draft', [question])
  return draft
}
const save = 'select save_assistant_words($1, $2, $3)'

describe('the usual words', () => {
  it('are said in the language of the club', () =>
    rolledBack(database.pool, admin, async (client) => {
      const said: Record<string, RegExp> = {
        english: /A person will answer you here/,
        german: /hier antwortet Ihnen jemand/,
        french: /Quelqu'un vous répondra ici/,
        spanish: /Una persona le responderá aquí/,
        // Of which none are known.
        dutch: /A person will answer you here/,
      }
      for (const [language, words] of Object.entries(said)) {
        await speak(client, language)
        expect(await answerTo(client, 'xyzzy')).toMatchObject({
          outcome: 'handed_over',
          text: expect.stringMatching(words),
          said: { not_sure: expect.stringMatching(words) },
        })
      }
    }))

  it('are there for each thing that is said, each in each language its own', () =>
    rolledBack(database.pool, admin, async (client) => {
      const seen = new Set<string>()
      for (const language of ['english', 'german', 'french', 'spanish']) {
        await speak(client, language)
        const { rows } = await client.query('select key, usual, own from assistant_words()')
        expect(rows.map(({ key }) => key)).toEqual([
          'not_sure',
          'for_a_person',
          'paused',
          'unfinished',
          'emergency',
        ])
        for (const { usual, own } of rows) {
          expect(own).toBeNull()
          expect(usual.length).toBeGreaterThan(40)
          seen.add(usual)
        }
      }
      expect(seen.size).toBe(20)
    }))
})

describe('the club’s own words', () => {
  it('are said from the next answer on, are in the audit log, and give way to the usual ones', () =>
    rolledBack(database.pool, admin, async (client) => {
      await client.query(save, ['not_sure', '  Leonie rings you back.\n', 'She does'])
      expect((await answerTo(client, 'xyzzy')).text).toBe('Leonie rings you back.')
      await become(client, agent)
      expect(await one(client, `select own, usual from assistant_words() where key = 'not_sure'`)).toEqual({
        own: 'Leonie rings you back.',
        usual: expect.stringMatching(/^I am not sure enough/),
      })
      await becomeOwner(client)
      expect(
        await one(
          client,
          `select operation, actor, reason from audit_log where table_name = 'club_settings' order by id desc limit 1`,
        ),
      ).toEqual({ operation: 'update', actor: admin.actor, reason: 'She does' })
      // In another language they are the club's own all the same.
      await speak(client, 'german')
      expect((await answerTo(client, 'xyzzy')).text).toBe('Leonie rings you back.')
      await become(client, admin)
      await client.query(save, ['not_sure', ' ', 'Leonie has left'])
      expect((await answerTo(client, 'xyzzy')).text).toMatch(/hier antwortet Ihnen jemand/)
    }))

  it('are said to a question for a person, while the assistant is off, and in an emergency without an SOP', () =>
    rolledBack(database.pool, admin, async (client) => {
      for (const [key, words] of [
        ['for_a_person', 'Only we can say.'],
        ['paused', 'We sleep till seven.'],
        ['emergency', 'Call 112.'],
      ])
        await client.query(save, [key, words, 'Our own'])
      expect((await answerTo(client, 'there is a fire, the bay is on fire')).text).toBe('Call 112.')
      await become(client, reviewer)
      await saveSop(client, 'hand_over', 'left_behind', '# Left behind\n\n## For the team\n\nLook for it.\n')
      expect((await answerTo(client, 'left behind')).text).toBe('Only we can say.')
      await become(client, agent)
      await client.query(`select set_assistant_enabled(false, 'Night')`)
      expect((await answerTo(client, 'left behind')).text).toBe('We sleep till seven.')
    }))

  it('are for admins, with a reason, for what is said at all, and not too long', async () => {
    await rolledBack(database.pool, reviewer, async (client) => {
      expect(await sqlState(client, `select save_assistant_words('paused', 'Hello', 'Why')`)).toBe('42501')
    })
    await rolledBack(database.pool, admin, async (client) => {
      expect((await failure(client, save, ['paused', 'Hello', ''])).code).toBe('CO002')
      expect(await failure(client, save, ['goodbye', 'Hello', 'Why'])).toMatchObject({
        code: 'CO404',
        hint: expect.stringMatching(/not_sure, for_a_person/),
      })
      expect((await failure(client, save, [null, 'Hello', 'Why'])).code).toBe('CO404')
      expect((await failure(client, save, ['paused', 'x'.repeat(1001), 'Why'])).code).toBe('CO006')
      expect(await one(client, 'select own_words from club_settings')).toEqual({ own_words: {} })
    })
  })
})

describe('headings', () => {
  const texts: Record<string, string> = {
    german:
      '# Buchung ändern\n\n## Wann\n\nEin Gast möchte seine Buchung ändern.\n\n## Schritte\n\n1. Die Buchung öffnen und den Termin ziehen.\n\n## Kunden sagen auch\n\n- ich habe mich vertippt\n',
    french:
      '# Modifier une réservation\n\n## Quand utiliser\n\nUn client veut modifier sa réservation.\n\n## Étapes\n\n1. Ouvrir la réservation et déplacer la date.\n\n## Les clients disent aussi\n\n- je me suis trompé de jour\n',
    spanish:
      '# Cambiar una reserva\n\n## Cuándo usar\n\nUn cliente quiere cambiar su reserva.\n\n## Pasos\n\n1. Abrir la reserva y mover la fecha.\n\n## Los clientes también dicen\n\n- me equivoqué de día\n',
  }
  const asked: Record<string, string> = {
    german: 'Ein Gast möchte seine Buchung ändern',
    french: 'Un client veut modifier sa réservation',
    spanish: 'Un cliente quiere cambiar su reserva',
  }
  for (const [language, text] of Object.entries(texts))
    it(`are understood in ${language}: steps are quoted, not what they are for, and phrases lead to them`, () =>
      rolledBack(database.pool, admin, async (client) => {
        await speak(client, language)
        await become(client, reviewer)
        await saveSop(client, 'booking', 'change', text)
        const found = await one(client, 'select heading, snippet from search_knowledge($1, first => 1)', [
          asked[language],
        ])
        expect(found.snippet).toMatch(/^1\. /)
        await becomeOwner(client)
        const { rows: phrases } = await client.query(
          `select body from app_private.search_units where kind = 'phrase'`,
        )
        expect(phrases).toEqual([{ body: /- (.*)\n$/.exec(text)?.[1] }])
        expect(await one(client, 'select app_hidden.phrases_heading($1) as heading', [text])).toEqual({
          heading: /## ([^#]*)\n\n- .*\n$/.exec(text)?.[1],
        })
        // Of one that has none, it is the club's.
        expect(await one(client, `select app_hidden.phrases_heading('# Text') as heading`)).toEqual({
          heading: /## ([^#]*)\n\n- .*\n$/.exec(text)?.[1],
        })
      }))

  it('keep what a text has, whatever the club’s language', () =>
    rolledBack(database.pool, admin, async (client) => {
      await becomeOwner(client)
      expect(await one(client, 'select app_hidden.phrases_heading($1) as heading', [texts.german])).toEqual({
        heading: 'Kunden sagen auch',
      })
    }))

  it('are written in the club’s language by the local analyst, below those that a text has', () =>
    rolledBack(database.pool, admin, async (client) => {
      await speak(client, 'german')
      await become(client, reviewer)
      const proposed = async (section: string, text: string) => {
        await become(client, reviewer)
        await saveSop(client, 'booking', section, text)
        await becomeOwner(client)
        await client.query(
          `insert into failed_responses (query, response, feedback_type, user_correction, expected_sop_id)
           select 'Ich habe mich im Monat geirrt', 'Nein', 'wrong', 'Stornieren kostet elf Euro.', id from sops where section = $1`,
          [section],
        )
        const { id } = await one(client, 'select id from app_private.cluster_failures()')
        const { draft } = await one(client, 'select app_private.draft_improvement($1) as draft', [id])
        return draft.suggestion.new_content as string
      }
      expect(await proposed('change', texts.german!)).toBe(
        `${texts.german}- Ich habe mich im Monat geirrt\n\n## Gut zu wissen\n\n- Stornieren kostet elf Euro.\n`,
      )
      // Of an older text in English the list goes on.
      expect(
        await proposed(
          'cancel',
          '# Stornieren\n\n## Schritte\n\n1. In der App.\n\n## Customers also say\n\n- weg damit\n',
        ),
      ).toMatch(/## Customers also say\n\n- weg damit\n- Ich habe mich im Monat geirrt\n/)
    }))
})
