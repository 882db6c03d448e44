/** Several proposals at once: approved and taken back in one transaction, all or none; and drafted anew. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { type Claims, withClaims } from '../../core/database/index.ts'
import {
  agent,
  become,
  isServer,
  makeTestDatabase,
  reviewer,
  rolledBack,
  sqlState,
  type TestDatabase,
  visitor,
  worker,
} from '../support/database.ts'
import {
  becomeOwner,
  doorText,
  failure,
  one,
  record,
  type Sop,
  saveSop,
  seeded,
  sopBy,
  uuid,
} from './fixtures.ts'

const rob: Claims = { role: 'reviewer', actor: 'rob' }
const approve = 'select * from approve_improvements($1, $2, $3)'
const undo = `select * from undo_improvements($1, 'Not true')`
const merged = 'select * from merged_improvements($1)'
const star = doorText.replace('hash key', 'star key')
const shop = doorText.replace('about the app', 'about the shop')
const both = star.replace('about the app', 'about the shop')

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

interface Proposal {
  id: number
  status: string
  applied: Record<string, unknown> | null
  suggested_sop_update: { new_content?: string }
  base_version: number | null
  decision_reason: string | null
}

async function propose(
  client: pg.PoolClient,
  kind: string,
  suggestion: object,
  failures: number[] = [],
  pattern: number | null = null,
): Promise<number> {
  await become(client, worker)
  const { id } = await one(client, 'select id from propose_improvement($1, $2, $3, $4)', [
    kind,
    { reasoning: 'Asked often', ...suggestion },
    failures,
    pattern,
  ])
  await become(client, reviewer)
  return id
}
const proposeEdit = (client: pg.PoolClient, sop: Sop, content: string) =>
  propose(client, 'sop_edit', { sop_id: sop.id, new_content: content })
const proposeEntry = (client: pg.PoolClient, question: string, answer: string, topic = 'bays') =>
  propose(client, 'knowledge_entry', { category: 'prices', topic, entries: [{ question, answer }] })
const approved = async (
  client: pg.PoolClient,
  ids: number[],
  together = false,
  reason: string | null = 'Right',
) => (await client.query<Proposal>(approve, [ids, reason, together])).rows
const sopNow = (client: pg.PoolClient, id: number) =>
  one(client, 'select version, content from sops where id = $1', [id])
const versionsOf = async (client: pg.PoolClient, id: number) =>
  (
    await client.query(
      'select version, content, improvement_id, change_reason from sop_versions where sop_id = $1 order by version',
      [id],
    )
  ).rows
const statuses = async (client: pg.PoolClient) =>
  (await client.query('select status from improvement_queue order by id')).rows.map((row) => row.status)

describe('one version each', () => {
  it('applies proposals of several SOPs and of knowledge, each rebased on what the ones before made', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const doors = await sopBy(client, 'doors', 'codes', doorText)
      const bays = await sopBy(client, 'bays', 'lights', 'One.\n')
      const first = await proposeEdit(client, doors, star)
      const other = await proposeEdit(client, bays, 'Two.\n')
      const second = await proposeEdit(client, doors, shop)
      const entry = await proposeEntry(client, 'how much', 'Ten.')
      const made = await propose(client, 'sop_new', {
        category: 'doors',
        section: 'bells',
        new_content: '# Bells\n',
      })
      // In whatever order they are named, and each once.
      const rows = await approved(client, [made, entry, second, other, first, second])
      expect(rows.map((row) => [row.id, row.status, row.decision_reason])).toEqual(
        [first, other, second, entry, made].map((id) => [id, 'approved', 'Right']),
      )
      expect((await versionsOf(client, doors.id)).slice(1)).toEqual([
        { version: 2, content: star, improvement_id: first, change_reason: 'Right' },
        { version: 3, content: both, improvement_id: second, change_reason: 'Right' },
      ])
      expect(await sopNow(client, bays.id)).toEqual({ version: 2, content: 'Two.\n' })
      expect(await one(client, 'select question, answer, improvement_id from knowledge_base')).toEqual({
        question: 'how much',
        answer: 'Ten.',
        improvement_id: entry,
      })
      expect(await one(client, `select version from sops where section = 'bells'`)).toEqual({ version: 1 })
      // The next search finds it.
      expect(
        (await one(client, `select snippet from search_knowledge('star key after the code', first => 1)`))
          .snippet,
      ).toContain('star key')
    }))

  it('gives each its own reasoning where nobody says why', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const id = await propose(client, 'sop_edit', {
        sop_id: sop.id,
        new_content: star,
        reasoning: 'The key is a star',
      })
      await approved(client, [id], false, ' ')
      expect((await versionsOf(client, sop.id))[1].change_reason).toBe('The key is a star')
    }))

  it('is undone in one transaction, the latest first', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const ids = [await proposeEdit(client, sop, star), await proposeEdit(client, sop, shop)]
      await approved(client, ids)
      // One alone that the other builds on stays refused.
      expect(await sqlState(client, `select undo_improvement($1, 'x')`, [ids[0]])).toBe('CO112')
      expect(await sqlState(client, undo, [[ids[0]]])).toBe('CO112')
      await become(client, rob)
      expect((await client.query(undo, [ids])).rows.map((row) => row.status)).toEqual(['pending', 'pending'])
      expect((await versionsOf(client, sop.id)).map((row) => [row.content, row.change_reason])).toEqual([
        [doorText, 'Written for a test'],
        [star, 'Right'],
        [both, 'Right'],
        [star, `Undo of proposal ${ids[1]}: Not true`],
        [doorText, `Undo of proposal ${ids[0]}: Not true`],
      ])
      // And approved again it says the same.
      await approved(client, ids)
      expect((await sopNow(client, sop.id)).content).toBe(both)
    }))
})

describe('one version together', () => {
  it('writes one version of each SOP that names all its proposals', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const doors = await sopBy(client, 'doors', 'codes', doorText)
      const bays = await sopBy(client, 'bays', 'lights', 'One.\n')
      const ids = [await proposeEdit(client, doors, star), await proposeEdit(client, doors, shop)]
      const alone = await proposeEdit(client, bays, 'Two.\n')
      const rows = await approved(client, [...ids, alone], true)
      const joint = { sop_id: doors.id, version: 2, together: ids }
      expect(rows.map((row) => row.applied)).toEqual([joint, joint, { sop_id: bays.id, version: 2 }])
      expect((await versionsOf(client, doors.id)).slice(1)).toEqual([
        {
          version: 2,
          content: both,
          improvement_id: ids[0],
          change_reason: `Proposals ${ids.join(', ')} together: Right`,
        },
      ])
      const { rows: written } = await client.query(
        'select (q.improvement_queue_version_written).content from (select improvement_queue_version_written(q) from improvement_queue q where id = any ($1)) q',
        [ids],
      )
      expect(written).toEqual([{ content: both }, { content: both }])
      await becomeOwner(client)
      expect((await client.query('select from app_private.joint_approvals')).rowCount).toBe(0)
    }))

  it('goes back as a whole, and what waits again is each change alone', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const ids = [await proposeEdit(client, sop, star), await proposeEdit(client, sop, shop)]
      // It moved on in a third place before.
      await saveSop(client, 'doors', 'codes', doorText.replace('Use this', 'Read this'))
      await approved(client, ids, true)
      for (const statement of [
        `select undo_improvement(${ids[1]}, 'x')`,
        `select undo_improvements(array[${ids[1]}], 'x')`,
      ]) {
        const refused = await failure(client, statement)
        expect(refused).toMatchObject({
          code: 'CO112',
          message: `Proposal ${ids[1]} cannot be taken back alone: its version holds proposal ${ids[0]} too.`,
          hint: expect.stringContaining('undo_improvements'),
        })
        expect(JSON.parse(refused.detail!)).toEqual({ improvement_id: ids[1], together: ids })
      }
      await become(client, rob)
      const { rows } = await client.query<Proposal>(undo, [ids])
      expect(await sopNow(client, sop.id)).toEqual({
        version: 4,
        content: doorText.replace('Use this', 'Read this'),
      })
      expect((await versionsOf(client, sop.id))[3].change_reason).toBe(
        `Undo of proposals ${ids.join(', ')} together: Not true`,
      )
      expect(
        rows.map((row) => [row.status, row.base_version, row.applied, row.suggested_sop_update.new_content]),
      ).toEqual([
        ['pending', 1, null, star],
        ['pending', 1, null, shop],
      ])
      // One of them is approved after all.
      await approved(client, [ids[1]!])
      expect((await sopNow(client, sop.id)).content).toBe(shop.replace('Use this', 'Read this'))
      expect(await sqlState(client, undo, [ids])).toBe('CO103')
    }))

  it('is refused an undo once somebody has built on it', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const ids = [await proposeEdit(client, sop, star), await proposeEdit(client, sop, shop)]
      await approved(client, ids, true)
      await saveSop(client, 'doors', 'codes', `${both}More.\n`)
      expect(await failure(client, undo, [ids])).toMatchObject({
        code: 'CO112',
        message: expect.stringContaining(
          'it wrote version 2 of doors/codes, and rita has changed that since',
        ),
      })
      expect(await statuses(client)).toEqual(['approved', 'approved'])
    }))

  it('makes no version where the SOP says it all, and takes none back', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const ids = [await proposeEdit(client, sop, star), await proposeEdit(client, sop, both)]
      await saveSop(client, 'doors', 'codes', both)
      const rows = await approved(client, ids, true)
      expect(rows[0]!.applied).toEqual({ sop_id: sop.id, version: null, together: ids })
      expect((await sopNow(client, sop.id)).version).toBe(2)
      await client.query(undo, [ids])
      expect(await sopNow(client, sop.id)).toEqual({ version: 2, content: both })
    }))

  it('ends in the text that one each ends in, and both undo to the text before (40 random batches)', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const random = seeded(6)
      const pick = (n: number) => Math.floor(random() * n)
      let conflicts = 0
      for (let round = 0; round < 40; round++) {
        const lines = Array.from({ length: 6 + pick(10) }, (_, n) => `Step ${n}.`)
        const sop = await sopBy(client, 'random', `n${round}`, `${lines.join('\n')}\n`)
        const ids: number[] = []
        for (let n = 0; n < 2 + pick(3); n++) {
          const mine = [...lines]
          for (let edit = 0; edit <= pick(2); edit++) {
            const at = pick(mine.length)
            const what = pick(3)
            if (what === 0) mine[at] = `Changed by ${n}, ${edit}.`
            else if (what === 1) mine.splice(at, 0, `- Added by ${n}, ${edit}.`)
            else if (mine.length > 2) mine.splice(at, 1)
          }
          const text = `${mine.join('\n')}\n`
          if (text !== sop.content) ids.push(await proposeEdit(client, sop, text))
        }
        if (ids.length === 0) continue
        // Sometimes the SOP has moved on.
        if (pick(3) === 0)
          await saveSop(
            client,
            'random',
            `n${round}`,
            `${lines.with(pick(lines.length), 'Moved on.').join('\n')}\n`,
          )
        const before = await sopNow(client, sop.id)
        const [preview] = (await client.query(merged, [ids])).rows
        const ends: string[] = []
        for (const together of [false, true]) {
          await client.query('savepoint batch')
          const code = await sqlState(client, approve, [ids, 'Random', together])
          expect(code).toBe(preview.conflicts.length > 0 ? 'CO102' : 'none')
          if (code === 'none') {
            await approved(client, ids, together)
            ends.push((await sopNow(client, sop.id)).content)
            await client.query(undo, [[...new Set(ids)]])
            expect((await sopNow(client, sop.id)).content).toBe(before.content)
          }
          await client.query('rollback to savepoint batch')
        }
        if (preview.conflicts.length > 0) conflicts++
        else expect(ends).toEqual([preview.merged, preview.merged])
      }
      // Both ways were gone often enough for the test to mean something.
      expect(conflicts).toBeGreaterThan(5)
      expect(conflicts).toBeLessThan(35)
    }))
})

describe('a conflict', () => {
  it('names which proposal conflicts with which, and nothing is approved', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const other = await sopBy(client, 'bays', 'lights', 'One.\n')
      const fine = await proposeEdit(client, other, 'Two.\n')
      const first = await proposeEdit(client, sop, star)
      const second = await proposeEdit(client, sop, shop)
      const third = await proposeEdit(client, sop, doorText.replace('hash key', 'bell key'))
      for (const together of [false, true]) {
        const refused = await failure(client, approve, [[fine, first, second, third], 'Right', together])
        expect(refused).toMatchObject({
          code: 'CO102',
          message: `Proposal ${third} conflicts with ${first}, over doors/codes. Nothing was approved.`,
        })
        expect(JSON.parse(refused.detail!)).toEqual({
          conflicts: [
            {
              improvement_id: third,
              current: false,
              with: [first],
              lines: [{ line: 7, lines: 1 }],
              sop_id: sop.id,
            },
          ],
        })
        expect(await statuses(client)).toEqual(Array(4).fill('pending'))
        expect((await sopNow(client, other.id)).version).toBe(1)
      }
      await approved(client, [fine, first, second], true)
      expect((await sopNow(client, sop.id)).content).toBe(both)
    }))

  it('with the text as it is now is told apart', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const first = await proposeEdit(client, sop, star)
      const second = await proposeEdit(client, sop, shop)
      await saveSop(client, 'doors', 'codes', doorText.replace('hash key', 'bell key'))
      const refused = await failure(client, approve, [[first, second], 'Right', true])
      expect(refused).toMatchObject({
        code: 'CO102',
        message: `Proposal ${first} changes lines of doors/codes that were changed since. Nothing was approved.`,
      })
      expect(JSON.parse(refused.detail!).conflicts).toMatchObject([
        { improvement_id: first, current: true, with: [] },
      ])
    }))

  it.each([
    [
      'two new SOPs of one name',
      ['sop_new', { category: 'a', section: 'b', new_content: 'One' }],
      ['sop_new', { category: 'a', section: 'b', new_content: 'Two' }],
    ],
    [
      'two answers to one question',
      ['knowledge_entry', { category: 'a', topic: 'b', entries: [{ question: 'q', answer: 'One' }] }],
      [
        'knowledge_correction',
        {
          category: 'a',
          topic: 'b',
          entries: [
            { question: 'p', answer: 'P' },
            { question: 'q', answer: 'Two' },
          ],
        },
      ],
    ],
  ] as const)('of %s', (_name, one_, two) =>
    rolledBack(database.pool, reviewer, async (client) => {
      const ids = [await propose(client, one_[0], one_[1]), await propose(client, two[0], two[1])]
      const refused = await failure(client, approve, [ids, 'Right', false])
      expect(refused.message).toBe(
        `Proposal ${ids[1]} conflicts with ${ids[0]}, over a/b. Nothing was approved.`,
      )
      expect(await statuses(client)).toEqual(['pending', 'pending'])
    }),
  )

  it('is none where two say the same of one question, and where one topic has several questions', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const ids = [
        await proposeEntry(client, 'how much', 'Ten.'),
        await propose(client, 'knowledge_correction', {
          category: 'prices',
          topic: 'bays',
          entries: [{ question: 'how much', answer: 'Ten.' }],
        }),
        await proposeEntry(client, 'how long', 'An hour.'),
      ]
      await approved(client, ids)
      expect((await client.query('select from knowledge_base')).rowCount).toBe(2)
      await client.query(undo, [ids])
      expect((await client.query('select from knowledge_base')).rowCount).toBe(0)
    }))

  it('is one of a new SOP whose name is taken, unless it made that one before', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const id = await propose(client, 'sop_new', { category: 'a', section: 'b', new_content: 'One' })
      await approved(client, [id])
      await client.query(undo, [[id]])
      expect((await one(client, merged, [[id]])).conflicts).toEqual([])
      await approved(client, [id])
      const other = await propose(client, 'sop_new', { category: 'a', section: 'b', new_content: 'Two' })
      expect(await failure(client, approve, [[other], 'Right', false])).toMatchObject({
        code: 'CO102',
        message: `Proposal ${other} makes a new SOP, but there is a/b already. Nothing was approved.`,
      })
    }))
})

describe('the gate of the golden questions', () => {
  it('holds back the whole batch where one of it would break one', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const bells = await sopBy(client, 'front', 'welcome', '# Copper bells\n\nRing the copper bell twice.\n')
      await client.query(
        `select save_golden_question('how do I ring the copper bell', expected_sop_id => $1)`,
        [bells.id],
      )
      expect((await one(client, 'select passed from check_golden_questions()')).passed).toBe(true)
      const fine = await proposeEdit(client, sop, star)
      const bad = await proposeEdit(client, bells, '# Parking\n\nPark behind the building.\n')
      await become(client, { role: 'admin', actor: 'adam' })
      await client.query(`select set_golden_gate(true, 'Careful')`)
      await become(client, reviewer)
      for (const together of [false, true])
        expect(await failure(client, approve, [[fine, bad], 'Right', together])).toMatchObject({
          code: 'CO160',
          message: expect.stringContaining(`proposal ${bad}`),
        })
      expect(await statuses(client)).toEqual(['pending', 'pending'])
      await approved(client, [fine])
      expect(await statuses(client)).toEqual(['approved', 'pending'])
    }))
})

describe('the texts beforehand', () => {
  it('are what approving writes, with what does not fit left out; nothing is written', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const ids = [
        await proposeEdit(client, sop, star),
        await proposeEdit(client, sop, doorText.replace('hash key', 'bell key')),
        await proposeEdit(client, sop, shop),
      ]
      const made = await propose(client, 'sop_new', { category: 'a', section: 'b', new_content: 'New.' })
      const entry = await proposeEntry(client, 'how much', 'Ten.')
      await become(client, agent)
      const { rows } = await client.query(merged, [[entry, made, ...ids]])
      expect(rows).toEqual([
        {
          improvement_ids: ids,
          sop_id: sop.id,
          category: 'doors',
          topic: 'codes',
          current_version: 1,
          current: doorText,
          merged: both,
          conflicts: [
            { improvement_id: ids[1], current: false, with: [ids[0]], lines: [{ line: 7, lines: 1 }] },
          ],
        },
        {
          improvement_ids: [made],
          sop_id: null,
          category: 'a',
          topic: 'b',
          current_version: null,
          current: '',
          merged: 'New.',
          conflicts: [],
        },
        {
          improvement_ids: [entry],
          sop_id: null,
          category: 'prices',
          topic: 'bays',
          current_version: null,
          current: null,
          merged: null,
          conflicts: [],
        },
      ])
      await become(client, reviewer)
      await approved(client, [ids[0]!])
      expect((await one(client, merged, [[ids[0], ids[2]]])).improvement_ids).toEqual([ids[2]])
    }))
})

describe('a batch', () => {
  it('is done once for whoever repeats it, and refused to whoever comes later', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const ids = [await proposeEdit(client, sop, star), await proposeEdit(client, sop, shop)]
      const first = await approved(client, ids, true)
      expect(await approved(client, ids, true)).toEqual(first)
      expect(await approved(client, ids, false)).toEqual(first)
      expect((await sopNow(client, sop.id)).version).toBe(2)
      await become(client, rob)
      const refused = await failure(client, approve, [ids, 'Mine', false])
      expect(refused).toMatchObject({
        code: 'CO103',
        message: `Proposal ${ids[0]} was approved by rita already.`,
      })
      expect(JSON.parse(refused.detail!)).toEqual({ improvement_id: ids[0], status: 'approved', by: 'rita' })
    }))

  it('goes on with the rest where one of them is one’s own already, and stops at a rejected one', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const ids = [await proposeEdit(client, sop, star), await proposeEdit(client, sop, shop)]
      await approved(client, [ids[0]!])
      await approved(client, ids)
      expect((await sopNow(client, sop.id)).content).toBe(both)
      const third = await proposeEdit(client, sop, `${both}More.\n`)
      await client.query(`select reject_improvement($1, 'No')`, [third])
      expect(await sqlState(client, approve, [[...ids, third], 'x', false])).toBe('CO103')
    }))

  it.each([
    ['none', [], 'CO005'],
    ['nothing but nulls', [null], 'CO005'],
    ['one that is not there', [-1], 'CO404'],
    ['too many', Array.from({ length: 201 }, (_, n) => n + 1), 'CO006'],
  ] as const)('of %s is refused', (_name, ids, code) =>
    rolledBack(database.pool, reviewer, async (client) => {
      expect(await sqlState(client, approve, [ids, 'x', false])).toBe(code)
      expect(await sqlState(client, undo, [ids])).toBe(code)
    }),
  )

  it.each([
    ['agent', agent],
    ['worker', worker],
    ['anonymous', visitor(uuid(1))],
    ['auditor', { role: 'auditor' as const, actor: 'otto' }],
  ])('is not for the role %s', (_name, claims) =>
    rolledBack(database.pool, claims, async (client) => {
      for (const statement of [approve, undo, `select reanalyse_improvement(1, 'x')`])
        expect(
          await sqlState(
            client,
            statement,
            statement === approve ? [[1], 'x', false] : statement === undo ? [[1]] : [],
          ),
        ).toBe('42501')
    }),
  )

  it('needs a name, and taking it back a reason', () =>
    rolledBack(database.pool, { role: 'reviewer' }, async (client) => {
      expect(await sqlState(client, approve, [[1], 'x', false])).toBe('CO001')
      await become(client, reviewer)
      expect(await sqlState(client, `select undo_improvements('{1}', ' ')`)).toBe('CO002')
    }))

  it('closes the failures and patterns behind all of it, and an undo opens them again', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const [one_, two] = [
        await failed(client, sop, 1, 'star or hash?'),
        await failed(client, sop, 2, 'where is the shop?'),
      ]
      const ids = [
        await propose(
          client,
          'sop_edit',
          { sop_id: sop.id, new_content: star },
          [one_.failureId],
          one_.patternId,
        ),
        await propose(
          client,
          'sop_edit',
          { sop_id: sop.id, new_content: shop },
          [two.failureId],
          two.patternId,
        ),
      ]
      const open = async () =>
        (
          await client.query(
            'select count(*) filter (where resolved_by_improvement_id = any ($1))::int as closed from failed_responses',
            [ids],
          )
        ).rows[0].closed
      await approved(client, ids, true)
      expect(await open()).toBe(2)
      expect((await client.query('select distinct status from failure_patterns')).rows).toEqual([
        { status: 'resolved' },
      ])
      await client.query(undo, [ids])
      expect(await open()).toBe(0)
      expect((await client.query('select distinct status from failure_patterns')).rows).toEqual([
        { status: 'proposed' },
      ])
    }))
})

/** A failure of the SOP, clustered. */
async function failed(client: pg.PoolClient, sop: Sop, n = 1, question = 'star or hash?') {
  const { id } = await record(client, { question, visitorId: uuid(n), sop })
  await become(client, agent)
  await client.query('select mark_unhelpful($1, expected_sop_id => $2)', [id, sop.id])
  await become(client, worker)
  await client.query('select app_private.cluster_failures()')
  await become(client, reviewer)
  const { id: failureId, pattern_id: patternId } = await one(
    client,
    'select id, pattern_id from failed_responses where response_id = $1',
    [id],
  )
  return { failureId: failureId as number, patternId: patternId as number }
}

describe('an undo puts everything back', () => {
  const tables = {
    sops: 'select id, category, section, content, archived_at is not null as archived from sops',
    knowledge_base:
      'select id, category, topic, question, answer, source, usage_count, success_rate, embeddings::text, trust, sop_id, site_id, improvement_id from knowledge_base',
    search_units:
      'select target, kind, sop_id, knowledge_id, ordinal, category, topic, site_id, trust, title, heading, body, words::text, embedding::text, embedding_model from app_private.search_units',
    failed_responses: 'select * from failed_responses',
    failure_patterns: 'select id, status, size, label, sop_id from failure_patterns',
    queue: `select id, kind, status, sop_id, pattern_id, suggested_sop_update - 'sop_id' as suggestion, proposed_by, approved_by, applied_at, applied, decision_reason, rejected_by from improvement_queue`,
    evidence: 'select * from improvement_evidence',
  }
  const state = async (client: pg.PoolClient) => {
    await becomeOwner(client)
    const found: Record<string, unknown[]> = {}
    for (const [name, sql] of Object.entries(tables))
      found[name] = (
        await client.query(`select to_jsonb(t) as row from (${sql}) t order by to_jsonb(t)::text`)
      ).rows.map((row) => row.row)
    await become(client, reviewer)
    return found
  }

  it.each([
    ['sop_edit', (sop: Sop) => ({ sop_id: sop.id, new_content: star })],
    [
      'knowledge_entry',
      (sop: Sop) => ({
        category: 'prices',
        topic: 'bays',
        sop_id: sop.id,
        entries: [
          { question: 'how much', answer: 'Ten.' },
          { question: 'how long', answer: 'An hour.' },
        ],
      }),
    ],
    [
      'knowledge_correction',
      () => ({ category: 'prices', topic: 'bays', entries: [{ question: 'how much', answer: 'Eleven.' }] }),
    ],
    [
      'routing_hint',
      () => ({ category: 'prices', topic: 'bays', entries: [{ question: 'is it dear', answer: 'Five.' }] }),
    ],
  ])(
    'of a %s: SOP, knowledge, search units with vectors, counters, failures, pattern, queue',
    (kind, suggestion) =>
      rolledBack(database.pool, reviewer, async (client) => {
        const sop = await sopBy(client, 'doors', 'codes', doorText)
        await client.query(`select save_knowledge('prices', 'bays', 'how much', 'Five.')`)
        await becomeOwner(client)
        await client.query(`update knowledge_base set usage_count = 7, success_rate = 0.5`)
        const { failureId, patternId } = await failed(client, sop)
        const id = await propose(client, kind, suggestion(sop), [failureId], patternId)
        // Every text has its vector before anybody approves.
        await becomeOwner(client)
        const { rows } = await client.query(
          `select distinct embedding_text from app_hidden.sop_units('doors', 'codes', $1) union select distinct embedding_text from app_hidden.sop_units('doors', 'codes', $2)`,
          [doorText, star],
        )
        const texts = [...rows.map((row) => row.embedding_text), 'how much', 'how long', 'is it dear']
        await client.query(
          `select app_private.store_vectors($1, $2::vector[], (select embedding_model from club_settings))`,
          [
            texts,
            texts.map((_, n) => `[${Array.from({ length: 1536 }, (_, i) => (i === n ? 1 : 0)).join(',')}]`),
          ],
        )
        // A profile is made when its target's vectors are there.
        await becomeOwner(client)
        await client.query(
          `select app_private.rebuild_profile(t) from unnest(array['topic:prices/bays', 'sop:' || $1]) t`,
          [sop.id],
        )
        const before = await state(client)
        expect(JSON.stringify(before.search_units)).toContain('[1,0,0')
        await client.query(`select approve_improvement($1, 'Right')`, [id])
        const between = await state(client)
        expect(between.queue).not.toEqual(before.queue)
        expect(between.failed_responses).not.toEqual(before.failed_responses)
        expect(between.search_units).not.toEqual(before.search_units)
        await become(client, rob)
        await client.query(`select undo_improvement($1, 'It was wrong')`, [id])
        expect(await state(client)).toEqual(before)
        await becomeOwner(client)
        expect(
          await one(
            client,
            `select actor, reason from audit_log where table_name = 'improvement_queue' order by id desc limit 1`,
          ),
        ).toEqual({
          actor: 'rob',
          reason: `Undo of proposal ${id}: It was wrong`,
        })
      }),
  )
})

describe('drafting anew', () => {
  const again = 'select * from reanalyse_improvement($1, $2)'
  const conflicting = async (client: pg.PoolClient) => {
    const sop = await sopBy(client, 'doors', 'codes', doorText)
    const { failureId, patternId } = await failed(client, sop)
    const id = await propose(
      client,
      'sop_edit',
      { sop_id: sop.id, new_content: star },
      [failureId],
      patternId,
    )
    await saveSop(client, 'doors', 'codes', doorText.replace('hash key', 'bell key'))
    return { sop, failureId, patternId, id }
  }

  it('supersedes the proposal and leads to one against the text as it is', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { sop, failureId, patternId, id } = await conflicting(client)
      expect(await one(client, again, [id, 'Both changed the key'])).toMatchObject({
        status: 'superseded',
        superseded_by: 'rita',
        superseded_at: expect.any(Date),
        decision_reason: 'Both changed the key',
        approved_by: null,
        rejected_by: null,
      })
      expect(await one(client, 'select status from failure_patterns')).toEqual({ status: 'open' })
      // A double click, and another click by another, ask for nothing more.
      await client.query(again, [id, 'Both changed the key'])
      await become(client, rob)
      expect(await failure(client, again, [id, 'Me too'])).toMatchObject({
        code: 'CO103',
        message: `Proposal ${id} was superseded by rita already.`,
      })
      expect(
        await one(client, `select count(*)::int as n from analysis_runs where kind = 'requested'`),
      ).toEqual({ n: 1 })
      await becomeOwner(client)
      expect(
        await one(
          client,
          `select count(*)::int as n from graphile_worker._private_jobs where key = 'failures__analyse:asked'`,
        ),
      ).toEqual({ n: 1 })
      // What the worker does then.
      await become(client, worker)
      expect((await client.query('select p from app_private.patterns_to_analyse() p')).rows).toEqual([
        { p: patternId },
      ])
      const { draft } = await one(client, 'select app_private.draft_improvement($1) as draft', [patternId])
      expect(draft).toMatchObject({ kind: 'sop_edit', base_version: 2, failed_response_ids: [failureId] })
      expect(
        (await one(client, 'select app_private.analyst_brief($1) as brief', [patternId])).brief
          .failed_response_ids,
      ).toEqual([failureId])
      const next = await one(
        client,
        `select id, status, base_version from propose_improvement('sop_edit', $1, $2, $3, $4)`,
        [draft.suggestion, draft.failed_response_ids, patternId, draft.base_version],
      )
      expect(next).toEqual({ id: expect.any(Number), status: 'pending', base_version: 2 })
      expect(next.id).not.toBe(id)
      expect((await client.query('select p from app_private.patterns_to_analyse() p')).rows).toEqual([])
      await become(client, reviewer)
      await client.query('select approve_improvement($1)', [next.id])
      expect((await sopNow(client, sop.id)).content).toContain('bell key')
    }))

  it('lets the same text be proposed again', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { sop, id } = await conflicting(client)
      await client.query(again, [id, 'x'])
      const twin = await proposeEdit(client, sop, star)
      expect(twin).not.toBe(id)
      expect(await statuses(client)).toEqual(['superseded', 'pending'])
    }))

  it('has the same brief analysed once more', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { patternId, id } = await conflicting(client)
      await become(client, worker)
      await client.query('select app_private.record_local_analysis($1, null, $2)', [patternId, id])
      await become(client, reviewer)
      await client.query(again, [id, 'x'])
      expect(await one(client, 'select status, improvement_id from analyses')).toEqual({
        status: 'superseded',
        improvement_id: id,
      })
    }))

  it('is refused where nothing changed, where nothing stands behind it, and without a reason', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { sop, id } = await conflicting(client)
      expect(await sqlState(client, again, [id, ' '])).toBe('CO002')
      expect(await sqlState(client, again, [-1, 'x'])).toBe('CO404')
      const fresh = await proposeEdit(client, sop, `${doorText}More.\n`)
      expect(await failure(client, again, [fresh, 'x'])).toMatchObject({
        code: 'CO106',
        message: expect.stringContaining('would draft the same again'),
      })
      await saveSop(client, 'doors', 'codes', `${doorText}Other.\n`)
      expect(await failure(client, again, [fresh, 'x'])).toMatchObject({
        code: 'CO106',
        message: expect.stringContaining('No open failure'),
      })
      expect(await sqlState(client, again, [await proposeEntry(client, 'q', 'a'), 'x'])).toBe('CO106')
      await client.query(`select reject_improvement($1, 'No')`, [id])
      expect(await sqlState(client, again, [id, 'x'])).toBe('CO103')
    }))

  it('loses the words of a customer who is erased', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { failureId, patternId } = await failed(client, sop, 9, 'Gandalf cannot get in')
      const id = await propose(
        client,
        'sop_edit',
        { sop_id: sop.id, new_content: `${doorText}\n- Gandalf cannot get in\n` },
        [failureId],
        patternId,
      )
      await saveSop(client, 'doors', 'codes', `${doorText}\nOther.\n`)
      await client.query(again, [id, 'x'])
      await become(client, { role: 'admin', actor: 'adam' })
      await client.query(`select erase_personal_data($1, 'They asked')`, [uuid(9)])
      const after = await one(client, 'select * from improvement_queue')
      expect(after.status).toBe('superseded')
      expect(JSON.stringify(after)).not.toContain('Gandalf')
    }))

  it('is decided: neither approved, nor rejected, nor reopened, nor changed by hand', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { id } = await conflicting(client)
      await client.query(again, [id, 'x'])
      for (const statement of [
        `select approve_improvement(${id})`,
        `select reject_improvement(${id}, 'x')`,
        `select reopen_improvement(${id}, 'x')`,
        `select undo_improvement(${id}, 'x')`,
        `select approve_improvements(array[${id}])`,
        `update improvement_queue set status = 'pending'`,
      ])
        expect([statement, await sqlState(client, statement)]).toEqual([statement, 'CO103'])
    }))
})

const onServer = isServer ? describe : describe.skip
onServer('at the same moment', () => {
  const as = <T>(claims: Claims, work: (client: pg.PoolClient) => Promise<T>) =>
    withClaims(database.pool, claims, work)

  it('two overlapping batches never deadlock: one wins what both want, the other is told; texts hold all that was approved', async () => {
    const sops = await as(reviewer, async (client) => {
      const made: Sop[] = []
      for (const name of ['a', 'b', 'c'])
        made.push(
          await saveSop(client, 'race', name, Array.from({ length: 40 }, (_, n) => `Line ${n}.`).join('\n')),
        )
      return made
    })
    const seen: Record<string, number> = {}
    for (let round = 0; round < 12; round++) {
      const ids = await as(reviewer, async (client) => {
        const made: number[] = []
        for (const [at, sop] of sops.entries())
          for (const line of [3, 13, 23]) {
            const { content } = await sopNow(client, sop.id)
            const lines = (content as string).split('\n')
            lines[line + at] = `Round ${round}.`
            made.push(await proposeEdit(client, { ...sop, content }, lines.join('\n')))
          }
        made.push(
          await proposeEntry(client, `race ${round}`, 'A', 'x'),
          await proposeEntry(client, `race ${round}`, 'B', 'y'),
        )
        return made
      })
      const shared = ids[4]!
      const batches = [
        [...ids.slice(0, 4), shared, ids[9]!],
        [...ids.slice(5, 9).toReversed(), shared, ids[10]!],
      ]
      const results = await Promise.allSettled([
        ...batches.map((batch, n) =>
          as(n === 0 ? reviewer : rob, (client) => client.query(approve, [batch, 'Race', round % 2 === 0])),
        ),
        // And others meanwhile, one by one, and by hand.
        as(rob, (client) => client.query('select approve_improvement($1)', [ids[5]])),
        as(reviewer, (client) =>
          client.query(
            `select save_sop('race', 'c', content || E'\\nBy hand ${round}.', 'By hand') from sops where section = 'c'`,
          ),
        ),
      ])
      for (const result of results) {
        const code =
          result.status === 'fulfilled' ? 'done' : String((result.reason as { code?: string }).code)
        seen[code] = (seen[code] ?? 0) + 1
        expect(['done', 'CO103', 'CO102']).toContain(code)
      }
      const { rows } = await database.pool.query(
        'select id, status, approved_by from app_public.improvement_queue where id = any ($1)',
        [ids],
      )
      const statusOf = new Map(rows.map((row) => [row.id, row]))
      for (const [n, batch] of batches.entries())
        if (results[n]!.status === 'fulfilled')
          for (const id of batch) expect(statusOf.get(id).status).toBe('approved')
      // All or none: what only the loser named waits, but for what was approved alone.
      expect(rows.filter((row) => row.status === 'approved').length).toBeGreaterThanOrEqual(1)
      const winners = results.slice(0, 2).filter((result) => result.status === 'fulfilled').length
      expect(winners).toBeLessThanOrEqual(1)
      // What is left of the round is turned down, so that the next one begins at the same place.
      await as(reviewer, async (client) => {
        for (const row of rows.filter((one) => one.status === 'pending'))
          await client.query(`select reject_improvement($1, 'Next round')`, [row.id])
      })
    }
    expect(seen.done).toBeGreaterThan(12)
    expect(seen.CO103).toBeGreaterThan(0)
    for (const sop of sops) {
      const versions = await as(reviewer, (client) => versionsOf(client, sop.id))
      expect(versions.map((row) => row.version)).toEqual(versions.map((_, n) => n + 1))
    }
  }, 60_000)

  it('a double click on a batch approves once, and on drafting anew asks once', async () => {
    const { ids, sop } = await as(reviewer, async (client) => {
      const sop = await saveSop(client, 'race', 'double', doorText)
      return { sop, ids: [await proposeEdit(client, sop, star), await proposeEdit(client, sop, shop)] }
    })
    await Promise.all(
      [1, 2, 3].map(() => as(reviewer, (client) => client.query(approve, [ids, 'Twice', true]))),
    )
    expect((await as(reviewer, (client) => sopNow(client, sop.id))).version).toBe(2)
    const stale = await as(reviewer, async (client) => {
      const { failureId, patternId } = await failed(client, sop, 77)
      const id = await propose(
        client,
        'sop_edit',
        { sop_id: sop.id, new_content: both.replace('star', 'moon') },
        [failureId],
        patternId,
      )
      await saveSop(client, 'race', 'double', both.replace('star', 'sun'))
      return id
    })
    await Promise.all(
      [1, 2, 3].map(() =>
        as(reviewer, (client) => client.query(`select reanalyse_improvement($1, 'Twice')`, [stale])),
      ),
    )
    const { rows } = await database.pool.query(
      `select count(*)::int as n from app_public.analysis_runs where kind = 'requested'`,
    )
    expect(rows[0].n).toBe(1)
  })
})
