import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { doorText, one, type Sop, searched, seeded } from '../sql/fixtures.ts'
import { isServer, reviewer, type TestDatabase } from '../support/database.ts'
import { call, codeOf, historyAgainstAudit, inLanes, manyConnections, propose } from './support.ts'

const rob = { role: 'reviewer' as const, actor: 'rob' }
const approve = 'select * from app_public.approve_improvement($1)'
const save = (pool: TestDatabase['pool'], section: string, content: string, reason = 'A test') =>
  call<Sop>(pool, reviewer, 'select * from app_public.save_sop($1, $2, $3, $4)', [
    'race',
    section,
    content,
    reason,
  ])

;(isServer ? describe : describe.skip)('approvals at the same time (needs DATABASE_URL)', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await manyConnections(16)
  })
  afterAll(() => database.close())
  afterEach(async () => {
    expect(await historyAgainstAudit(database.pool)).toEqual([])
  })

  it('lets one of two reviewers win who click at once, and tells the other', async () => {
    const { pool } = database
    const sop = await save(pool, 'two_clicks', doorText)
    const winners = { rita: 0, rob: 0 }
    for (let round = 1; round <= 40; round++) {
      const { id } = await propose(pool, sop, `${doorText}Round ${round}.\n`)
      const both = await Promise.allSettled(
        (round % 2 ? [reviewer, rob] : [rob, reviewer]).map((who) => call(pool, who, approve, [id])),
      )
      expect(both.map(codeOf).sort()).toEqual(['CO103', 'ok'])
      const row = await one(pool, 'select approved_by from app_public.improvement_queue where id = $1', [id])
      winners[row.approved_by as 'rita' | 'rob']++
      expect(
        (
          await one(
            pool,
            'select count(*)::int as n from app_public.sop_versions where improvement_id = $1',
            [id],
          )
        ).n,
      ).toBe(1)
      // The next round's edit is drafted against the version that won.
      Object.assign(sop, await one(pool, 'select * from app_public.sops where id = $1', [sop.id]))
    }
    expect(sop.version).toBe(41)
    expect(winners.rita + winners.rob).toBe(40)
  })

  it('lets an approval or a rejection win, never both', async () => {
    const { pool } = database
    const sop = await save(pool, 'yes_and_no', doorText)
    for (let round = 1; round <= 30; round++) {
      const { id } = await propose(pool, sop, `${doorText}Round ${round}.\n`)
      const before = await one(pool, 'select version from app_public.sops where id = $1', [sop.id])
      const both = await Promise.allSettled([
        call(pool, reviewer, approve, [id]),
        call(pool, rob, `select * from app_public.reject_improvement($1, 'No')`, [id]),
      ])
      expect(both.map(codeOf).sort()).toEqual(['CO103', 'ok'])
      const row = await one(pool, 'select status from app_public.improvement_queue where id = $1', [id])
      expect(row.status).toBe(both[0]!.status === 'fulfilled' ? 'approved' : 'rejected')
      const after = await one(pool, 'select version from app_public.sops where id = $1', [sop.id])
      expect(after.version - before.version).toBe(row.status === 'approved' ? 1 : 0)
    }
  })

  it('counts the same click, sent many times at once, as one', async () => {
    const { pool } = database
    const sop = await save(pool, 'double_click', doorText)
    const { id } = await propose(pool, sop, `${doorText}More.\n`)
    const all = await Promise.allSettled(
      Array.from({ length: 16 }, () => call(pool, reviewer, approve, [id])),
    )
    expect(all.map(codeOf)).toEqual(Array(16).fill('ok'))
    expect((await one(pool, 'select version from app_public.sops where id = $1', [sop.id])).version).toBe(2)
  })

  it('lets one of many savers win who saw the same version', async () => {
    const { pool } = database
    const sop = await save(pool, 'savers', 'Start')
    for (let version = 1; version <= 20; version++) {
      const all = await Promise.allSettled(
        Array.from({ length: 8 }, (_, i) =>
          call(pool, reviewer, 'select * from app_public.save_sop($1, $2, $3, $4, $5)', [
            'race',
            'savers',
            `Version ${version} by ${i}`,
            'Mine',
            version,
          ]),
        ),
      )
      expect(all.map(codeOf).sort()).toEqual([...Array(7).fill('CO101'), 'ok'])
      expect((await one(pool, 'select version from app_public.sops where id = $1', [sop.id])).version).toBe(
        version + 1,
      )
    }
  })

  it('makes one SOP of many first saves', async () => {
    const { pool } = database
    const all = await Promise.allSettled(
      Array.from({ length: 16 }, (_, i) =>
        call(pool, reviewer, 'select * from app_public.save_sop($1, $2, $3, $4, 0)', [
          'race',
          'first',
          `By ${i}`,
          'First',
        ]),
      ),
    )
    expect(all.map(codeOf).sort()).toEqual([...Array(15).fill('CO101'), 'ok'])
  })

  it('keeps 200 approvals, edits and rollbacks on 10 SOPs gapless, with nothing lost and no deadlock', async () => {
    const { pool } = database
    const random = seeded(11)
    const lines = (title: string, change?: { at: number; to: string }) =>
      [
        `# ${title}`,
        '',
        ...Array.from({ length: 30 }, (_, i) =>
          change?.at === i ? change.to : `Line ${i} of the procedure.`,
        ),
      ].join('\n')
    const sops: Sop[] = []
    for (let i = 0; i < 10; i++) sops.push(await save(pool, `busy_${i}`, lines(`Busy ${i}`)))
    const tasks: (() => Promise<{ kind: string; sop: number; mark?: string }>)[] = []
    for (let n = 0; n < 200; n++) {
      const sop = sops[Math.floor(random() * sops.length)]!
      const mark = `Change number ${n}.`
      const edited = lines(`Busy ${sop.section.slice(5)}`, { at: Math.floor(random() * 30), to: mark })
      if (n % 3 === 0) {
        const { id } = await propose(pool, sop, edited)
        tasks.push(async () => {
          await call(pool, n % 2 ? reviewer : rob, approve, [id])
          return { kind: 'approve', sop: sop.id, mark }
        })
      } else if (n % 3 === 1) {
        tasks.push(async () => {
          const now = await one<Sop>(pool, 'select * from app_public.sops where id = $1', [sop.id])
          await call(pool, reviewer, 'select * from app_public.save_sop($1, $2, $3, $4, $5)', [
            sop.category,
            sop.section,
            `${now.content}\n${mark}`,
            'Edited',
            now.version,
          ])
          return { kind: 'edit', sop: sop.id, mark }
        })
      } else {
        tasks.push(async () => {
          await call(pool, rob, 'select * from app_public.rollback_sop($1, 1, $2)', [sop.id, mark])
          return { kind: 'rollback', sop: sop.id }
        })
      }
    }
    const done = await inLanes(16, tasks)
    const codes = new Set(done.map(codeOf))
    // A conflict is an answer; a deadlock, a lock timeout or a broken constraint is not.
    for (const code of codes) expect(['ok', 'CO101', 'CO102']).toContain(code)
    const won = done.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    expect(won.length).toBeGreaterThan(60)
    // Nothing lost: whatever was acknowledged stands in the version that it made.
    for (const { kind, sop, mark } of won) {
      if (kind === 'rollback') continue
      const { rows } = await pool.query(
        'select v.content, p.content as before from app_public.sop_versions v join app_public.sop_versions p on p.id = v.previous_version_id where v.sop_id = $1 and position($2 in v.content) > 0 order by v.version limit 1',
        [sop, mark],
      )
      expect(rows).toHaveLength(1)
      expect(rows[0].before).not.toContain(mark)
    }
    // Each version follows the one before it, and each approved proposal made one.
    const chain = await one(
      pool,
      'select count(*)::int as broken from app_public.sop_versions v left join app_public.sop_versions p on p.id = v.previous_version_id where v.version > 1 and (p.sop_id, p.version) is distinct from (v.sop_id, v.version - 1)',
    )
    expect(chain.broken).toBe(0)
    const approvals = won.filter((result) => result.kind === 'approve').length
    expect(
      (
        await one(
          pool,
          `select count(*)::int as n from app_public.sop_versions v join app_public.sops s on s.id = v.sop_id where v.improvement_id is not null and s.section like 'busy%'`,
        )
      ).n,
    ).toBe(approvals)
    for (const sop of sops) {
      const { version } = await one(pool, 'select version from app_public.sops where id = $1', [sop.id])
      expect(await searched(pool, sop.id)).toEqual({ version, whole: true })
    }
  })
})
