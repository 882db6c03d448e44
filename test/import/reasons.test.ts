/** Why items of an import become what they become: each code has its sentence, in English and in every language of the UI. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { projectFolder } from '../../core/database/migrate.ts'
import { reasons } from '../../core/import/reasons.ts'
import { becomeOwner, failure } from '../sql/fixtures.ts'
import { admin, makeTestDatabase, rolledBack, type TestDatabase } from '../support/database.ts'

interface Texts {
  because: Record<string, string>
  obstacle: Record<string, string>
}
const i18n = join(projectFolder, 'web', 'i18n')
const languages = readdirSync(i18n, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
const textsOf = (language: string): Texts =>
  JSON.parse(readFileSync(join(i18n, language, 'imports.json'), 'utf8'))
const english = textsOf('en')
const sorted = (codes: Iterable<string>) => [...new Set(codes)].sort()

const all = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].flatMap(([, ...found]) => found.filter((one) => one !== undefined))

let database: TestDatabase
let sources: Map<string, string>
beforeAll(async () => {
  database = await makeTestDatabase()
  const { rows } = await database.pool.query<{ name: string; source: string }>(
    `select n.nspname || '.' || p.proname as name, p.prosrc as source from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('app_public', 'app_hidden', 'app_private')`,
  )
  sources = new Map(rows.map(({ name, source }) => [name, source]))
})
afterAll(() => database.close())

const sourceOf = (name: string) => sources.get(name)!
const sentences = (name: string) => all(sourceOf(name), /^ {4}when '(\w+)' then/gm)

/** All codes that a function of the database gives to an item. */
function given(): string[] {
  const codes = all(sourceOf('app_private.import_refusal'), /(?:then|:=) '(\w+)'/g)
  for (const [name, source] of sources) {
    // By hand, where many rows are written at once.
    codes.push(...all(source, /reason_code = '(\w+)'/g))
    if (name === 'app_private.import_review') continue
    const calls = [...source.matchAll(/import_(?:because|review)\(v?_?item, ([^,)]*)/g)]
    for (const [call, code] of calls) {
      const named = /^'\w+'$/.test(code!) ? [code!.slice(1, -1)] : all(code!, /(?:then|else) '(\w+)'/g)
      // A call that is not understood here would go unchecked.
      expect([name, call, named.length > 0]).toEqual([name, call, true])
      codes.push(...named)
    }
    expect([name, calls.length]).toEqual([name, source.match(/import_(?:because|review)\(/g)?.length ?? 0])
  }
  return codes
}

/** The values that a text of the UI puts in, each as its own name; of what is put together, the parts. */
const filled = (text: string) => text.replace(/\{\{(\w+)\}\}/g, '<$1>')
const details = (text: string) =>
  Object.fromEntries(all(text, /\{\{(\w+)\}\}/g).map((name) => [name, `<${name}>`]))

const say = async (name: string, code: string, values: object) =>
  (await database.pool.query(`select app_hidden.${name}($1, $2) as text`, [code, values])).rows[0].text

describe('a reason', () => {
  it('that the database gives has a sentence, and none has one for nothing', () => {
    expect(given().length).toBeGreaterThan(25)
    expect(sorted(given())).toEqual(sorted(sentences('app_hidden.import_reason')))
    expect(
      sorted(
        all(
          sourceOf('app_private.import_obstacles'),
          /(?:'(?:sop|knowledge|proposal)', |then |else )'(\w+)'/g,
        ),
      ),
    ).toEqual(sorted(sentences('app_hidden.import_obstacle')))
  })

  it('that reading a file gives is given somewhere', () => {
    const folder = join(projectFolder, 'core', 'import')
    const code = readdirSync(folder)
      .filter((name) => name !== 'reasons.ts')
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n')
    expect(Object.keys(reasons).filter((one) => !code.includes(`'${one}'`))).toEqual([])
  })

  it.each(languages)('is said in %s', (language) => {
    const texts = textsOf(language)
    expect(sorted(Object.keys(texts.because))).toEqual(
      sorted([...Object.keys(reasons), ...sentences('app_hidden.import_reason')]),
    )
    expect(sorted(Object.keys(texts.obstacle))).toEqual(sorted(sentences('app_hidden.import_obstacle')))
  })

  it('is said in the UI as in psql, from the same values', async () => {
    for (const code of sentences('app_hidden.import_obstacle'))
      expect([code, filled(english.obstacle[code]!)]).toEqual([
        code,
        await say('import_obstacle', code, details(english.obstacle[code]!)),
      ])
    for (const code of sentences('app_hidden.import_reason'))
      if (code !== 'built_on')
        expect([code, filled(english.because[code]!)]).toEqual([
          code,
          await say('import_reason', code, details(english.because[code]!)),
        ])
    for (const [code, text] of Object.entries(reasons))
      expect([code, english.because[code]]).toEqual([code, text])
    const { obstacle } = english
    expect(
      await say('import_reason', 'built_on', {
        obstacles: [
          { code: 'sop_expected', details: details(obstacle.sop_expected!) },
          { code: 'entry_changed', details: details(obstacle.entry_changed!) },
        ],
      }),
    ).toBe(`A${filled(obstacle.sop_expected!).slice(1)}; ${filled(obstacle.entry_changed!)}.`)
  })

  it('without a sentence is refused', () =>
    rolledBack(database.pool, admin, async (client) => {
      await becomeOwner(client)
      const { message } = await failure(
        client,
        `insert into import_items (batch_id, ordinal, file, kind, reason, reason_code, reason_details)
         values (1, 1, 'x', 'sop', app_hidden.import_reason('unheard_of', '{}'), 'unheard_of', '{}')`,
      )
      expect(message).toContain('import_items_reason_code_has_a_sentence')
    }))
})
