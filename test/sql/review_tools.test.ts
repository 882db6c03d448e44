/** What a reviewer looks at: who wrote a line, both changes in one text, what an SOP is asked, a dry run of an edit. */
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
  visitor,
  worker,
} from '../support/database.ts'
import {
  axis,
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

const rob = { role: 'reviewer' as const, actor: 'rob' }
const auditor = { role: 'auditor' as const, actor: 'otto' }
const better = doorText.replace('hash key', 'star key')
let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

const proposeEdit = async (client: pg.PoolClient, sop: Sop, content: string, failures: number[] = []) => {
  await become(client, worker)
  const proposal = await one(client, `select * from propose_improvement('sop_edit', $1, $2)`, [
    { sop_id: sop.id, new_content: content, reasoning: 'Asked often' },
    failures,
  ])
  await become(client, reviewer)
  return proposal
}
const linesOf = (text: string) => text.replace(/\n$/, '').split('\n')

describe('sop_blame', () => {
  it('names for each line the version that last wrote it, with who, why and by which proposal', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', 'one\ntwo\nthree\n')
      await become(client, rob)
      await saveSop(client, 'doors', 'codes', 'one\n2\nthree\nfour', 'Figures')
      const proposal = await proposeEdit(client, sop, 'zero\none\n2\nthree\nfour\n')
      await client.query('select approve_improvement($1)', [proposal.id])
      await become(client, agent)
      const { rows } = await client.query(
        'select line, text, version, changed_by, reason, improvement_id from sop_blame($1) order by line',
        [sop.id],
      )
      const first = { version: 1, changed_by: 'rita', reason: 'Written for a test', improvement_id: null }
      const second = { version: 2, changed_by: 'rob', reason: 'Figures', improvement_id: null }
      expect(rows).toEqual([
        {
          line: 1,
          text: 'zero',
          version: 3,
          changed_by: 'rita',
          reason: 'Asked often',
          improvement_id: proposal.id,
        },
        { line: 2, text: 'one', ...first },
        { line: 3, text: '2', ...second },
        { line: 4, text: 'three', ...first },
        // That its newline came later is nobody's doing.
        { line: 5, text: 'four', ...second },
      ])
      const before = await client.query('select text, version from sop_blame($1, 1)', [sop.id])
      expect(before.rows).toEqual(['one', 'two', 'three'].map((text) => ({ text, version: 1 })))
      expect(
        (await one(client, 'select changed_at from sop_blame($1, 1) where line = 1', [sop.id])).changed_at,
      ).toBeInstanceOf(Date)
      for (const [id, version] of [
        [sop.id, 4],
        [sop.id, 0],
        [-1, null],
      ])
        expect(await sqlState(client, 'select from sop_blame($1, $2)', [id, version])).toBe('CO404')
    }))

  it('gives every line of every version of a long history to a version that holds it and its predecessor does not', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const random = seeded(5)
      const history = [['a', 'b', 'c']]
      for (let version = 2; version <= 25; version++) {
        const lines = [...history.at(-1)!]
        const at = Math.floor(random() * lines.length)
        if (random() < 0.3 && lines.length > 2) lines.splice(at, 1 + Math.floor(random() * 2))
        else if (random() < 0.5) lines.splice(at, 0, `new ${version}`, 'a')
        else lines[at] = `changed ${version}`
        history.push(lines)
      }
      let sop: Sop | null = null
      for (const lines of history) sop = await saveSop(client, 'doors', 'history', lines.join('\n'), 'Again')
      expect(sop!.version).toBe(25)
      for (const [index, lines] of history.entries()) {
        const { rows } = await client.query('select text, version from sop_blame($1, $2) order by line', [
          sop!.id,
          index + 1,
        ])
        expect(rows.map((row) => row.text)).toEqual(lines)
        for (const row of rows) {
          expect(history[row.version - 1]).toContain(row.text)
          const count = (version: number) =>
            (history[version - 1] ?? []).filter((line) => line === row.text).length
          // It was added there: the version before had fewer of it, or had it elsewhere.
          if (row.text !== 'a') expect(count(row.version - 1)).toBeLessThan(count(row.version))
        }
      }
    }))

  it('is for staff', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      for (const who of [visitor(uuid(1)), worker]) {
        await become(client, who)
        expect(await sqlState(client, 'select from sop_blame($1)', [sop.id])).toBe('42501')
      }
      await become(client, auditor)
      expect(await sqlState(client, 'select from sop_blame($1)', [sop.id])).toBe('none')
    }))
})

describe('improvement_merge', () => {
  const merge = 'select * from improvement_merge($1)'
  it('merges by itself what does not overlap, as approving does', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop, better)
      expect(await one(client, merge, [proposal.id])).toEqual({
        base: doorText,
        current: doorText,
        proposed: better,
        merged: better,
        conflicts: 0,
        current_version: 1,
      })
      const others = doorText.replace('about the app', 'about the new app')
      await saveSop(client, 'doors', 'codes', others)
      const merged = await one(client, merge, [proposal.id])
      expect(merged).toMatchObject({
        base: doorText,
        current: others,
        proposed: better,
        conflicts: 0,
        current_version: 2,
      })
      await client.query('select approve_improvement($1)', [proposal.id])
      expect((await one(client, 'select content from sops')).content).toBe(merged.merged)
    }))

  it('marks the lines that both changed, and keeps the rest merged', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop, better.replace('about the app', 'about the shop'))
      await saveSop(
        client,
        'doors',
        'codes',
        doorText.replace('hash key', 'bell key').replace('Use this when', 'For when'),
      )
      const { merged, conflicts, current_version } = await one(client, merge, [proposal.id])
      expect({ conflicts, current_version }).toEqual({ conflicts: 1, current_version: 2 })
      expect(merged).toBe(
        doorText
          .replace('Use this when', 'For when')
          .replace('about the app', 'about the shop')
          .replace(
            '1. Press the hash key after the code.',
            '<<<<<<< current\n1. Press the bell key after the code.\n=======\n1. Press the star key after the code.\n>>>>>>> proposed',
          ),
      )
      const solved = merged.replace(/<<<<<<< current\n(.*\n)=======\n.*\n>>>>>>> proposed\n/, '$1')
      await client.query('select approve_improvement($1, null, $2, $3)', [
        proposal.id,
        solved,
        current_version,
      ])
      expect((await one(client, 'select content from sops')).content).toBe(solved)
    }))

  it.each([
    [
      'deleted and changed',
      'a\nb\nc\n',
      'a\nc\n',
      'a\nB\nc\n',
      'a\n<<<<<<< current\n=======\nB\n>>>>>>> proposed\nc\n',
      1,
    ],
    [
      'different insertions at one place',
      'a\nb\n',
      'a\nx\nb\n',
      'a\ny\nb\n',
      'a\n<<<<<<< current\nx\n=======\ny\n>>>>>>> proposed\nb\n',
      1,
    ],
    [
      'two places',
      'a\nb\nc\n',
      'A\nb\nC\n',
      '1\nb\n3\n',
      '<<<<<<< current\nA\n=======\n1\n>>>>>>> proposed\nb\n<<<<<<< current\nC\n=======\n3\n>>>>>>> proposed\n',
      2,
    ],
    [
      'one long edit over two short ones',
      'a\nb\nc\nd\ne\n',
      'a\nB\nc\nD\ne\n',
      'a\nx\ne\n',
      'a\n<<<<<<< current\nB\nc\nD\n=======\nx\n>>>>>>> proposed\ne\n',
      1,
    ],
    [
      'the last line without its newline',
      'a\nb',
      'a\nB',
      'a\nc\n',
      'a\n<<<<<<< current\nB\n=======\nc\n>>>>>>> proposed\n',
      1,
    ],
    ['the same on both sides', 'a\nb\nc\nd\n', 'a\nX\nc\nd\n', 'a\nX\nc\nD\n', 'a\nX\nc\nD\n', 0],
    ['items of one list', '- a\n', '- a\n- b\n', '- a\n- c\n', '- a\n- b\n- c\n', 0],
  ])('marks %s', async (_name, base, ours, theirs, expected, conflicts) => {
    const marked = await one(database.pool, 'select * from app_hidden.merge_marked($1, $2, $3)', [
      base,
      ours,
      theirs,
    ])
    expect(marked.conflicts).toBe(conflicts)
    if (expected !== null) expect(marked.merged).toBe(expected)
  })

  it('agrees with merge_lines whether there is a conflict, and on the text where there is none', async () => {
    const random = seeded(17)
    const edit = (lines: string[], who: string) => {
      const edited = [...lines]
      for (let i = 0; i < 2; i++) {
        const at = Math.floor(random() * edited.length)
        const dice = random()
        if (dice < 0.3) edited.splice(at, 1)
        else if (dice < 0.6) edited.splice(at, 0, `${who} ${Math.floor(random() * 3)}`)
        else edited[at] = `${who} line ${i}`
      }
      return `${edited.join('\n')}\n`
    }
    let clean = 0
    for (let round = 0; round < 300; round++) {
      const lines = Array.from({ length: 3 + Math.floor(random() * 12) }, (_, i) =>
        random() < 0.2 ? '' : `Line ${i}`,
      )
      const [ours, theirs] = [edit(lines, 'our'), edit(lines, random() < 0.1 ? 'our' : 'their')]
      const row = await one(
        database.pool,
        'select l.merged as clean, m.merged as marked, m.conflicts from app_hidden.merge_lines($1, $2, $3) l, app_hidden.merge_marked($1, $2, $3) m',
        [`${lines.join('\n')}\n`, ours, theirs],
      )
      expect([row.clean === null, round]).toEqual([row.conflicts > 0, round])
      if (row.clean !== null) {
        clean++
        expect(row.marked).toBe(row.clean)
      } else {
        // Taking one side at every mark gives that side's lines, none is lost.
        const side = (which: number) =>
          row.marked.replace(
            /<<<<<<< current\n([\s\S]*?)=======\n([\s\S]*?)>>>>>>> proposed\n/g,
            (...found: string[]) => found[which]!,
          )
        for (const line of linesOf(ours).filter((l) => l.startsWith('our line')))
          expect(side(1)).toContain(line)
        for (const line of linesOf(theirs).filter((l) => l.includes(' line ')))
          expect(side(2)).toContain(line)
      }
    }
    expect(clean).toBeGreaterThan(50)
    expect(clean).toBeLessThan(290)
  })

  it('is for edits of SOPs, and for staff', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const edit = await proposeEdit(client, sop, better)
      await become(client, worker)
      const entries = await one(
        client,
        `select id from propose_improvement('knowledge_entry', '{"category": "a", "topic": "b", "entries": [{"question": "q", "answer": "a"}]}')`,
      )
      await become(client, agent)
      expect(await sqlState(client, merge, [entries.id])).toBe('CO005')
      expect(await sqlState(client, merge, [-1])).toBe('CO404')
      for (const who of [visitor(uuid(1)), worker]) {
        await become(client, who)
        expect(await sqlState(client, merge, [edit.id])).toBe('42501')
      }
    }))
})

describe('sop_categories', () => {
  it('counts what is in use', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      for (const [category, section] of [
        ['doors', 'codes'],
        ['doors', 'bells'],
        ['prices', 'bays'],
        ['old', 'away'],
      ])
        await saveSop(client, category!, section!, doorText)
      await client.query(`select archive_sop(id, 'Away') from sops where category = 'old'`)
      const { rows } = await client.query('select * from sop_categories order by category')
      expect(rows).toEqual([
        { category: 'doors', sops: 2, last_changed_at: expect.any(Date) },
        { category: 'prices', sops: 1, last_changed_at: expect.any(Date) },
      ])
      await become(client, visitor(uuid(1)))
      expect(await sqlState(client, 'select from sop_categories')).toBe('42501')
    }))
})

describe('sop_questions', () => {
  const ask = 'select question, times, helpful, unhelpful, failed, last_response_id from sop_questions($1)'
  it('puts equal questions together, those that failed most first, and masks them', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const other = await sopBy(client, 'prices', 'bays', '# Prices\n')
      const give = async (question: string, about: Sop, mark?: 'helpful' | 'unhelpful', expected?: Sop) => {
        const { id } = await record(client, { question, visitorId: uuid(1), sop: about })
        await become(client, agent)
        if (mark === 'helpful') await client.query('select mark_helpful($1)', [id])
        if (mark === 'unhelpful')
          await client.query('select mark_unhelpful($1, expected_sop_id => $2)', [id, expected?.id ?? null])
        return id
      }
      await give('Where is the door?', sop, 'helpful')
      await give('  where is   the DOOR?', sop)
      await give('where is the door?', sop, 'unhelpful')
      // Answered from another SOP, which was wrong.
      const wrong = await give('my code is 4711 and it fails, why', other, 'unhelpful', sop)
      await give('my code is 4711 and it fails, why', other, 'unhelpful', sop)
      await give('not about it', other)
      await becomeOwner(client)
      await client.query(
        `insert into failed_responses (query, response, expected_sop_id) values ('imported', 'No.', $1), ('withdrawn', 'No.', $1)`,
        [sop.id],
      )
      await client.query(`update failed_responses set withdrawn_at = now() where query = 'withdrawn'`)
      await become(client, agent)
      const { rows } = await client.query(ask, [sop.id])
      expect(rows).toEqual([
        {
          question: 'my code is [code] and it fails, why',
          times: 2,
          helpful: 0,
          unhelpful: 2,
          failed: 2,
          last_response_id: String(Number(wrong) + 1),
        },
        {
          question: 'where is the door?',
          times: 3,
          helpful: 1,
          unhelpful: 1,
          failed: 1,
          last_response_id: String(Number(wrong) - 1),
        },
        { question: 'imported', times: 1, helpful: 0, unhelpful: 0, failed: 1, last_response_id: null },
      ])
      expect((await client.query('select from sop_questions($1, 1)', [sop.id])).rowCount).toBe(1)
      expect((await client.query('select from sop_questions($1, 0)', [sop.id])).rowCount).toBe(0)
    }))

  it('says nothing of what was erased, and nothing to customers', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      await record(client, { question: 'Where is the door?', visitorId: uuid(1), sop })
      await become(client, auditor)
      expect((await client.query(ask, [sop.id])).rowCount).toBe(1)
      for (const who of [visitor(uuid(1)), worker]) {
        await become(client, who)
        expect(await sqlState(client, ask, [sop.id])).toBe('42501')
      }
      await become(client, { role: 'admin', actor: 'adam' })
      await client.query(`select erase_personal_data($1, 'They asked')`, [uuid(1)])
      expect((await client.query(ask, [sop.id])).rowCount).toBe(0)
    }))
})

describe('a dry run', () => {
  const setting = async (client: pg.PoolClient) => {
    const sop = await sopBy(client, 'door_locks', 'key_codes', doorText)
    await saveSop(client, 'prices', 'bays', '# Prices\n\nA bay costs ten an hour.\n')
    const { id } = await record(client, { question: 'the gizmo refuses me', visitorId: uuid(1), sop })
    await become(client, agent)
    await client.query('select mark_unhelpful($1, expected_sop_id => $2)', [id, sop.id])
    const failed = await one(client, 'select id from failed_responses')
    const phrases = `${doorText}\n## Customers also say\n\n- the gizmo refuses me\n`
    return { sop, failed, phrases }
  }

  it('of an edited text says what that would do, and is not kept', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { sop, failed, phrases } = await setting(client)
      const proposal = await proposeEdit(client, sop, `${doorText}\nNothing new.\n`, [failed.id])
      await become(client, agent)
      const kept = (await one(client, 'select preview_improvement($1) as result', [proposal.id])).result
      expect(kept).toMatchObject({ fixed: 0, still_failing: 1 })
      const row = await one(client, 'select * from improvement_queue')
      const edited = (
        await one(client, 'select preview_improvement($1, $2) as result', [proposal.id, phrases])
      ).result
      expect(edited).toMatchObject({ fixed: 1, still_failing: 0, broken: 0 })
      expect(edited.questions).toEqual([
        {
          question: 'the gizmo refuses me',
          role: 'failing',
          effect: 'fixed',
          for_others: false,
          expected: `sop:${sop.id}`,
          expected_title: 'Door locks / Key codes',
          before: null,
          before_title: null,
          before_confidence: null,
          before_answered: false,
          before_text: null,
          after: `sop:${sop.id}`,
          after_title: 'Door locks / Key codes',
          after_confidence: expect.closeTo(0.666, 2),
          after_answered: true,
          after_text: expect.stringMatching(/^Steps\n1\. Press the hash key/),
        },
      ])
      expect(await one(client, 'select * from improvement_queue')).toEqual(row)
      expect(
        await one(client, 'select count(*)::int as n from sop_versions where sop_id = $1', [sop.id]),
      ).toEqual({ n: 1 })
    }))

  it('tries it against the version it was written for', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { sop, failed, phrases } = await setting(client)
      const proposal = await proposeEdit(client, sop, better, [failed.id])
      await saveSop(client, 'door_locks', 'key_codes', doorText.replace('hash key', 'bell key'))
      await become(client, agent)
      const result = async (content: string | null, version: number | null) =>
        (
          await one(client, 'select preview_improvement($1, $2, $3) as result', [
            proposal.id,
            content,
            version,
          ])
        ).result
      expect(await result(null, null)).toHaveProperty('conflict')
      const solved = phrases.replace('hash key', 'star or bell key')
      expect(await result(solved, null)).toHaveProperty('conflict')
      expect(await result(solved, 2)).toMatchObject({ fixed: 1 })
    }))

  it('names entries by their question, and what a new SOP would be called', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { failed } = await setting(client)
      await become(client, reviewer)
      await client.query(
        `select save_knowledge('shop', 'gizmos', 'Do you sell gizmos that refuse people?', 'Yes.')`,
      )
      await become(client, worker)
      const proposal = await one(client, `select * from propose_improvement('sop_new', $1, $2)`, [
        {
          category: 'tech_support',
          section: 'gizmos',
          new_content: '# Gizmo refuses me\n\nThe gizmo refuses me? Hit the gizmo.\n',
        },
        [failed.id],
      ])
      await becomeOwner(client)
      await client.query('update failed_responses set expected_sop_id = null')
      await become(client, agent)
      const { result } = await one(client, 'select preview_improvement($1) as result', [proposal.id])
      expect(result.questions[0]).toMatchObject({
        before: 'topic:shop/gizmos',
        before_title: 'Do you sell gizmos that refuse people?',
        expected_title: 'Tech support / Gizmos',
        after_title: 'Tech support / Gizmos',
      })
    }))

  it('takes no empty text, and no text for what has none', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { sop } = await setting(client)
      const edit = await proposeEdit(client, sop, better)
      await become(client, worker)
      const entries = await one(
        client,
        `select id from propose_improvement('knowledge_entry', '{"category": "a", "topic": "b", "entries": [{"question": "q", "answer": "a"}]}')`,
      )
      await become(client, agent)
      expect(await sqlState(client, `select preview_improvement($1, ' ')`, [edit.id])).toBe('CO005')
      expect(await sqlState(client, `select preview_improvement($1, 'x')`, [entries.id])).toBe('CO005')
      expect(await sqlState(client, `select preview_improvement($1, repeat('x', 1048577))`, [edit.id])).toBe(
        'CO006',
      )
      expect(await sqlState(client, `select preview_improvement(-1, 'x')`)).toBe('CO404')
    }))

  it('lists the passages that have no vector yet, of the text as it would be published', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const { sop } = await setting(client)
      const proposal = await proposeEdit(client, sop, better)
      await saveSop(client, 'door_locks', 'key_codes', doorText.replace('about the app', 'about the new app'))
      await become(client, worker)
      const wanted = async (content: string) =>
        (
          await client.query('select embedding_text from app_private.preview_texts($1, $2)', [
            proposal.id,
            content,
          ])
        ).rows.map((row) => row.embedding_text as string)
      const texts = await wanted(better)
      expect(texts.some((text) => text.includes('star key'))).toBe(true)
      expect(texts.some((text) => text.includes('the new app'))).toBe(true)
      await client.query(`select app_private.store_vectors($1, $2::vector[], 'local-use-lite')`, [
        texts,
        texts.map((_, i) => axis(i)),
      ])
      expect(await wanted(better)).toEqual([])
      await become(client, agent)
      expect(await sqlState(client, `select from app_private.preview_texts($1, 'x')`, [proposal.id])).toBe(
        '42501',
      )
    }))
})

describe('who looks at a proposal', () => {
  const look = 'select * from look_at_improvement($1)'
  const pass = async (client: pg.PoolClient, seconds: number) => {
    await client.query(`select set_config('role', 'none', true)`)
    await client.query(
      `update app_private.improvement_viewers set since = since - make_interval(secs => $1), seen_at = seen_at - make_interval(secs => $1)`,
      [seconds],
    )
  }

  it('is told to the others for 45 seconds', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { id } = await proposeEdit(client, sop, better)
      await becomeOwner(client)
      const { id: userId } = await one(
        client,
        `insert into users (email, name, role) values ('rob@club.example', 'Rob Roy', 'reviewer') returning id`,
      )
      const robs = { role: 'reviewer' as const, actor: 'rob@club.example' }
      await become(client, robs)
      expect((await client.query(look, [id])).rows).toEqual([])
      await become(client, agent)
      const first = await one(client, look, [id])
      expect(first).toEqual({ user_id: userId, name: 'Rob Roy', since: expect.any(Date) })
      await become(client, robs)
      expect((await client.query(look, [id])).rows).toMatchObject([{ user_id: null, name: 'ann' }])
      // Looking on changes nothing of since when.
      await pass(client, 30)
      await become(client, robs)
      await client.query(look, [id])
      await become(client, agent)
      expect((await one(client, look, [id])).since.getTime()).toBe(first.since.getTime() - 30_000)
      await pass(client, 46)
      await become(client, agent)
      expect((await client.query(look, [id])).rows).toEqual([])
      await become(client, robs)
      await client.query(look, [id])
      await become(client, agent)
      expect(await one(client, look, [id])).toMatchObject({ name: 'Rob Roy' })
      await become(client, robs)
      for (let i = 0; i < 2; i++) await client.query('select look_away($1)', [id])
      await become(client, agent)
      expect((await client.query(look, [id])).rows).toEqual([])
    }))

  it('is for staff with a name, of proposals that there are', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { id } = await proposeEdit(client, sop, better)
      expect(await sqlState(client, look, [-1])).toBe('CO404')
      expect(await sqlState(client, 'select look_away(-1)')).toBe('none')
      for (const who of [visitor(uuid(1)), worker, auditor]) {
        await become(client, who)
        expect(await sqlState(client, look, [id])).toBe('42501')
        expect(await sqlState(client, 'select look_away($1)', [id])).toBe('42501')
      }
      await become(client, { role: 'agent' })
      expect(await failure(client, look, [id])).toMatchObject({ code: 'CO001' })
    }))
})
