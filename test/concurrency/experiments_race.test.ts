import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { doorText, one, type Sop } from '../sql/fixtures.ts'
import { check } from '../support/checker.ts'
import { isServer, reviewer, type TestDatabase } from '../support/database.ts'
import { call, codeOf, historyAgainstAudit, manyConnections } from './support.ts'

const rob = { role: 'reviewer' as const, actor: 'rob' }
const start = `select * from app_public.start_experiment($1, array['Another text'], 'Race', 'A test')`
const conclude = `select * from app_public.conclude_experiment($1, $2, 'Better')`

;(isServer ? describe : describe.skip)('experiments at the same time (needs DATABASE_URL)', () => {
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
    call<Sop>(database.pool, reviewer, `select * from app_public.save_sop('race', $1, $2, 'A test', $3)`, [
      section,
      content,
      version,
    ])
  const versionOf = async (id: number) =>
    (await one(database.pool, 'select version from app_public.sops where id = $1', [id])).version
  const open = (sop: Sop) => call<{ id: number }>(database.pool, reviewer, start, [sop.id])

  it('start once, of two who start at once', async () => {
    for (let round = 1; round <= 15; round++) {
      const sop = await save(`start_${round}`)
      const both = await Promise.allSettled(
        [reviewer, rob].map((who) => call(database.pool, who, start, [sop.id])),
      )
      expect(both.map(codeOf).sort()).toEqual(['CO140', 'ok'])
    }
  })

  it('are concluded once, of two who conclude at once', async () => {
    for (let round = 1; round <= 15; round++) {
      const sop = await save(`conclude_${round}`)
      const { id } = await open(sop)
      const both = await Promise.allSettled([
        call(database.pool, reviewer, conclude, [id, 'B']),
        call(database.pool, rob, conclude, [id, round % 2 ? 'A' : 'B']),
      ])
      expect(both.map(codeOf).sort()).toEqual(['CO141', 'ok'])
      const { winner } = await one(database.pool, 'select winner from app_public.experiments where id = $1', [
        id,
      ])
      expect(await versionOf(sop.id)).toBe(winner === 'B' ? 2 : 1)
    }
  })

  it('repeat harmlessly for the same person, twice at once', async () => {
    for (let round = 1; round <= 15; round++) {
      const sop = await save(`twice_${round}`)
      const { id } = await open(sop)
      const both = await Promise.allSettled(
        [1, 2].map(() => call(database.pool, reviewer, conclude, [id, 'B'])),
      )
      expect(both.map(codeOf)).toEqual(['ok', 'ok'])
      expect(await versionOf(sop.id)).toBe(2)
    }
  })

  it('are concluded, or stopped by an edit: neither overwrites the other', async () => {
    for (let round = 1; round <= 25; round++) {
      const sop = await save(`edit_${round}`)
      const { id } = await open(sop)
      const [concluded, edited] = await Promise.allSettled([
        call(database.pool, reviewer, conclude, [id, 'B']),
        call(database.pool, rob, `select * from app_public.save_sop('race', $1, 'Edited', 'A test', 1)`, [
          `edit_${round}`,
        ]),
      ])
      const { status, content } = await one(
        database.pool,
        'select e.status, s.content from app_public.experiments e join app_public.sops s on s.id = e.sop_id where e.id = $1',
        [id],
      )
      expect([codeOf(concluded!), codeOf(edited!), status, content]).toEqual(
        codeOf(concluded!) === 'ok'
          ? ['ok', 'CO101', 'concluded', 'Another text']
          : ['CO141', 'ok', 'stopped', 'Edited'],
      )
      expect(await versionOf(sop.id)).toBe(2)
    }
  })
})
