import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { doorText, one, type Sop, searched } from '../sql/fixtures.ts'
import { check } from '../support/checker.ts'
import { agent, isServer, reviewer, type TestDatabase, worker } from '../support/database.ts'
import { call, codeOf, historyAgainstAudit, inLanes, manyConnections, propose } from './support.ts'

const rob = { role: 'reviewer' as const, actor: 'rob' }
const approve = 'select * from app_public.approve_improvement($1)'
const undo = `select * from app_public.undo_improvement($1, 'Wrong')`
const reopen = `select * from app_public.reopen_improvement($1, 'Again')`

;(isServer ? describe : describe.skip)('decisions taken back at the same time (needs DATABASE_URL)', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await manyConnections(16)
  })
  afterAll(() => database.close())
  afterEach(async () => {
    expect(await historyAgainstAudit(database.pool)).toEqual([])
    expect(await check(database.pool)).toEqual([])
  })
  const save = (section: string, content = doorText, version: number | null = null) =>
    call<Sop>(database.pool, reviewer, `select * from app_public.save_sop('undo', $1, $2, 'A test', $3)`, [
      section,
      content,
      version,
    ])
  const versionOf = async (id: number) =>
    (await one(database.pool, 'select version from app_public.sops where id = $1', [id])).version
  const entries = (question: string, answer: string) =>
    call<{ id: number }>(
      database.pool,
      worker,
      `select id from app_public.propose_improvement('knowledge_entry', $1)`,
      [{ category: 'undo', topic: 'race', entries: [{ question, answer }] }],
    )

  it('lets one of two who undo at once do it, and tells the other', async () => {
    const { pool } = database
    const sop = await save('two_clicks')
    const { id } = await propose(pool, sop, `${doorText}More.\n`)
    for (let round = 1; round <= 25; round++) {
      await call(pool, reviewer, approve, [id])
      const both = await Promise.allSettled([reviewer, rob].map((who) => call(pool, who, undo, [id])))
      expect(both.map(codeOf).sort()).toEqual(['CO103', 'ok'])
      expect(await versionOf(sop.id)).toBe(1 + 2 * round)
    }
    expect((await one(pool, 'select content from app_public.sops where id = $1', [sop.id])).content).toBe(
      doorText,
    )
  })

  it('lets an undo or a later edit win, never loses the edit', async () => {
    const { pool } = database
    for (let round = 1; round <= 25; round++) {
      const sop = await save(`edit_${round}`)
      const { id } = await propose(pool, sop, `${doorText}More.\n`)
      await call(pool, reviewer, approve, [id])
      const both = await Promise.allSettled([
        call(pool, rob, undo, [id]),
        save(`edit_${round}`, `${doorText}More.\nBy hand.\n`, 2),
      ])
      const [first, second] = both.map(codeOf)
      expect([
        ['ok', 'CO101'],
        ['CO112', 'ok'],
      ]).toContainEqual([first, second])
      expect(await versionOf(sop.id)).toBe(3)
    }
  })

  it('undoes knowledge while another proposal writes over it, or not at all', async () => {
    const { pool } = database
    for (let round = 1; round <= 25; round++) {
      const question = `question ${round}`
      const first = await entries(question, 'One.')
      await call(pool, reviewer, approve, [first.id])
      const second = await entries(question, 'Two.')
      const both = await Promise.allSettled([
        call(pool, rob, undo, [first.id]),
        call(pool, reviewer, approve, [second.id]),
      ])
      const [undone, approved] = both.map(codeOf)
      expect(approved).toBe('ok')
      expect(['ok', 'CO112']).toContain(undone)
      const row = await one(
        pool,
        'select answer, improvement_id from app_public.knowledge_base where question = $1',
        [question],
      )
      expect(row).toEqual({ answer: 'Two.', improvement_id: second.id })
      // Undoing the second now leads back to what it saw.
      await call(pool, rob, undo, [second.id])
      const { rows } = await pool.query('select answer from app_public.knowledge_base where question = $1', [
        question,
      ])
      expect(rows).toEqual(undone === 'ok' ? [] : [{ answer: 'One.' }])
    }
  })

  it('keeps approvals, undos, rejections and reopenings of many without a deadlock', async () => {
    const { pool } = database
    const sops = await Promise.all(Array.from({ length: 4 }, (_, i) => save(`busy_${i}`)))
    const ids: number[] = []
    for (const sop of sops)
      for (let i = 0; i < 3; i++)
        ids.push((await propose(pool, sop, doorText.replace('## Steps', `## Steps ${i}`))).id)
    for (let i = 0; i < 6; i++) ids.push((await entries(`busy ${i % 3}`, `Answer ${i}.`)).id)
    const tasks = Array.from({ length: 300 }, (_, n) => () => {
      const id = ids[(n * 7) % ids.length]!
      const statement = [
        approve,
        undo,
        `select * from app_public.reject_improvement($1, 'No')`,
        reopen,
        approve,
        undo,
      ][Math.floor(n / 3) % 6]!
      return call(pool, n % 2 ? reviewer : rob, statement, [id])
    })
    const done = await inLanes(16, tasks)
    const codes = done.map(codeOf)
    for (const code of codes) expect(['ok', 'CO102', 'CO103', 'CO112']).toContain(code)
    expect(codes.filter((code) => code === 'ok').length).toBeGreaterThan(40)
    expect((await one(pool, 'select count(*)::int as n from app_private.improvements_in_progress')).n).toBe(0)
    for (const sop of sops) {
      expect(await searched(pool, sop.id)).toEqual({ version: await versionOf(sop.id), whole: true })
    }
  })

  it('counts everybody who looks at once, and waits for nobody', async () => {
    const { pool } = database
    const sop = await save('looked_at')
    const { id } = await propose(pool, sop, `${doorText}More.\n`)
    const looks = await inLanes(
      16,
      Array.from(
        { length: 120 },
        (_, n) => () =>
          call(
            pool,
            { ...agent, actor: `agent ${n % 12}` },
            n % 7 === 6
              ? 'select app_public.look_away($1)'
              : 'select count(*) from app_public.look_at_improvement($1)',
            [id],
          ),
      ),
    )
    expect(new Set(looks.map(codeOf))).toEqual(new Set(['ok']))
    for (let n = 0; n < 12; n++)
      await call(
        pool,
        { ...agent, actor: `agent ${n}` },
        'select count(*) from app_public.look_at_improvement($1)',
        [id],
      )
    const others = await call(
      pool,
      agent,
      'select count(*)::int as n from app_public.look_at_improvement($1)',
      [id],
    )
    expect(others.n).toBe(12)
    await pool.query(
      `update app_private.improvement_viewers set seen_at = seen_at - interval '1 minute' where actor <> 'agent 0'`,
    )
    const left = await Promise.all(
      Array.from({ length: 8 }, () =>
        call(
          pool,
          { ...agent, actor: 'agent 0' },
          'select count(*)::int as n from app_public.look_at_improvement($1)',
          [id],
        ),
      ),
    )
    for (const one of left) expect(one.n).toBe(0)
    expect(
      (
        await one(
          pool,
          'select count(*)::int as n from app_private.improvement_viewers where improvement_id = $1',
          [id],
        )
      ).n,
    ).toBe(1)
  })
})
