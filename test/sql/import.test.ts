import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import {
  agent,
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  sqlState,
  type TestDatabase,
  worker,
} from '../support/database.ts'
import { becomeOwner, failure, one, setReason } from './fixtures.ts'

const sop = (section: string, content = `# ${section}\n\nAbout ${section}.\n`) => ({
  category: 'moving',
  section,
  content,
})
const entry = (question: string, answer = 'Yes.') => ({
  category: 'moving',
  topic: 'boxes',
  question,
  answer,
})
const importing = (client: pg.PoolClient, what: 'sops' | 'knowledge', list: object[], reason?: string) =>
  one(client, `select app_public.import_${what}($1, $2) as report`, [
    JSON.stringify(list),
    reason ?? null,
  ]).then((row) => row.report)

describe('many at once', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  it('import_sops writes a version, an audit row and search units for each', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const report = await importing(client, 'sops', [sop('one'), sop('two'), sop('three')], 'Moving in')
      expect(report).toEqual({
        created: ['moving/one', 'moving/three', 'moving/two'],
        changed: [],
        unchanged: 0,
      })
      expect((await importing(client, 'sops', [sop('one'), sop('two', 'New'), sop('four')])).changed).toEqual(
        ['moving/two'],
      )
      await becomeOwner(client)
      const { rows } = await client.query(
        `select s.section, s.version, v.version as of, v.changed_by, v.change_reason, v.previous_version_id is not null as follows,
                (select string_agg(u.kind, ' ' order by u.kind) from app_private.search_units u where u.sop_version_id = v.id) as units
           from sops s join sop_versions v on v.sop_id = s.id order by s.section, v.version`,
      )
      const first = { changed_by: 'rita', change_reason: 'Moving in', follows: false, of: 1 }
      const units = 'profile section'
      expect(rows).toEqual([
        { section: 'four', version: 1, ...first, change_reason: 'Imported', units },
        { section: 'one', version: 1, ...first, units },
        { section: 'three', version: 1, ...first, units },
        { section: 'two', version: 2, ...first, units: null },
        {
          section: 'two',
          version: 2,
          of: 2,
          changed_by: 'rita',
          change_reason: 'Imported',
          follows: true,
          units,
        },
      ])
      expect(
        (await one(client, `select count(*)::int as n from audit_log where table_name = 'sops'`)).n,
      ).toBe(5)
    }))

  it('repeating an import changes nothing, and one that was archived comes back', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await importing(client, 'sops', [sop('one'), sop('two')])
      await client.query(`select archive_sop(id, 'Old') from sops where section = 'two'`)
      expect(await importing(client, 'sops', [sop('one')])).toEqual({
        created: [],
        changed: [],
        unchanged: 1,
      })
      expect((await importing(client, 'sops', [sop('two')])).changed).toEqual(['moving/two'])
      await importing(client, 'knowledge', [entry('How many?'), entry('How heavy?')])
      expect(
        await importing(client, 'knowledge', [
          entry('How many?'),
          entry('How heavy?', 'No.'),
          entry('How old?'),
        ]),
      ).toEqual({ created: 1, changed: 1, unchanged: 1 })
    }))

  it('nothing of a list is imported when one of it cannot be, and the message names that one', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const bad = async (what: 'sops' | 'knowledge', list: unknown) => {
        const { code, message } = await failure(client, `select import_${what}($1)`, [JSON.stringify(list)])
        return `${code} ${message}`
      }
      expect(await bad('sops', [sop('one'), sop('two', ' ')])).toBe(
        'CO005 Document 2 of the list (moving/two) needs a text.',
      )
      expect(await bad('sops', [sop('one'), sop('one')])).toMatch(/^CO005 Document 2 .* twice\.$/)
      expect(await bad('sops', [sop('x'.repeat(201))])).toMatch(/^CO006 /)
      expect(await bad('sops', [{ section: 'one' }, 7])).toMatch(/^(CO005|22023) /)
      expect(await bad('sops', { no: 'list' })).toMatch(/^CO005 A list/)
      expect(await bad('sops', null)).toMatch(/^CO005 A list/)
      expect(await bad('knowledge', [entry('How many?'), entry('')])).toMatch(/^CO005 Entry 2 /)
      expect(await bad('knowledge', [{ ...entry('How many?'), site: 'moon' }])).toMatch(/^CO404 .*"moon"/)
      expect(await bad('knowledge', [entry('How many?', 'x'.repeat(65537))])).toMatch(/^CO006 /)
      expect(await importing(client, 'sops', [])).toEqual({ created: [], changed: [], unchanged: 0 })
      expect(await importing(client, 'knowledge', [])).toEqual({ created: 0, changed: 0, unchanged: 0 })
      expect((await one(client, 'select count(*)::int as n from sops')).n).toBe(0)
    }))

  it('is for reviewers, in their own name', () =>
    rolledBack(database.pool, agent, async (client) => {
      for (const what of ['sops', 'knowledge']) {
        await become(client, agent)
        expect(await sqlState(client, `select import_${what}('[]')`)).toBe('42501')
        await become(client, { role: 'reviewer' })
        expect(await sqlState(client, `select import_${what}('[]')`)).toBe('CO001')
      }
    }))

  it('plain SQL over many rows has a version and units for each, and needs its reason', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await importing(client, 'sops', [sop('one'), sop('two'), sop('three')])
      const all = `update sops set content = content || E'\\nMore.\\n' where section <> 'one'`
      expect(await sqlState(client, all)).toBe('CO002')
      await setReason(client, 'More of it')
      await client.query(all)
      expect(
        (await client.query('select section, version from sop_versions where version = 2 order by 1')).rows,
      ).toEqual([
        { section: 'three', version: 2 },
        { section: 'two', version: 2 },
      ])
      await becomeOwner(client)
      expect(
        (
          await one(
            client,
            `select count(*)::int as n from app_private.search_units u join sops s on s.id = u.sop_id join app_private.search_units p on p.sop_id = s.id and p.kind = 'profile' join sop_versions v on v.id = p.sop_version_id and v.version = s.version where u.body like '%More.%'`,
          )
        ).n,
      ).toBe(2)
    }))

  it('what changed is counted as counting all counts it', () =>
    rolledBack(database.pool, worker, async (client) => {
      const counts = async () => {
        await becomeOwner(client)
        return one(
          client,
          `select (select jsonb_object_agg(lexeme, units) from app_private.lexeme_frequencies) as lexemes, (select jsonb_object_agg(word, units) from app_private.search_vocabulary) as words,
                  (select units from app_private.search_statistics) as units, (select count(*) from app_private.search_unit_changes) as waiting`,
        )
      }
      const refresh = async (force = false) => {
        await become(client, worker)
        return (await one(client, 'select app_private.refresh_search_statistics($1) as changed', [force]))
          .changed
      }
      await become(client, reviewer)
      await importing(client, 'sops', [sop('one', 'Wardrobes and chairs'), sop('two'), sop('three')])
      await importing(client, 'knowledge', [entry('How many wardrobes?'), entry('How heavy?')])
      await refresh(true)
      expect(await refresh()).toBe(false)
      await become(client, reviewer)
      await importing(client, 'sops', [sop('one', 'Chairs alone'), sop('four', 'Zebras, chairs')])
      await importing(client, 'knowledge', [entry('Which zebras?'), entry('How old?')])
      await client.query(`select archive_sop(id, 'Old') from sops where section = 'two'`)
      await client.query(
        `select edit_knowledge(id, 'How heavy is a piano?', 'Very', 'Clearer') from knowledge_base where question = 'How heavy?'`,
      )
      // One that comes and goes before it was ever counted.
      await importing(client, 'sops', [sop('four', 'Pianos')])
      expect(await refresh()).toBe(true)
      const followed = await counts()
      expect(await refresh(true)).toBe(true)
      expect(followed).toEqual(await counts())
      expect(followed.words).toMatchObject({ chairs: 1, pianos: 1 })
      expect(followed.words).not.toHaveProperty('wardrobes and chairs')
      expect(followed.lexemes).not.toHaveProperty('zebras')
    }))

  it('the profile of a topic follows its entries with the next refresh, and no other is looked at', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await importing(client, 'knowledge', [entry('How many?'), entry('How heavy?')])
      const profile = async () => {
        await become(client, worker)
        const n = (await one(client, 'select app_private.refresh_profiles(10) as n')).n
        await becomeOwner(client)
        return [
          n,
          (await one(client, `select ordinal from app_private.search_units where kind = 'profile'`)).ordinal,
        ]
      }
      expect(await profile()).toEqual([1, 2])
      expect(await profile()).toEqual([0, 2])
      await become(client, reviewer)
      await importing(client, 'knowledge', [entry('How old?')])
      expect(await profile()).toEqual([1, 3])
    }))
})
