import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Sop } from '../sql/fixtures.ts'
import { isServer, reviewer, type TestDatabase } from '../support/database.ts'
import { call, manyConnections, propose } from './support.ts'

const asks = isServer ? 2400 : 240
const readers = isServer ? 12 : 4
const server = { role: 'worker' as const, actor: 'server' }

describe('what is answered after an approval', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await manyConnections(readers + 3)
  })
  afterAll(() => database.close())

  it(`is never the old text: ${asks} questions by ${readers} readers while approvals commit`, async () => {
    const { pool } = database
    const text = (n: number) =>
      `# Gate code\n\n## Steps\n\nThe gate code on the panel is typed as number${n}end.\n`
    let sop = await call<Sop>(
      pool,
      reviewer,
      `select * from app_public.save_sop('doors', 'gate', $1, 'First')`,
      [text(0)],
    )
    for (const other of ['coffee', 'parking', 'screens'])
      await call(pool, reviewer, `select * from app_public.save_sop('other', $1, $2, 'First')`, [
        other,
        `# ${other}\n\nAbout ${other} and nothing else.\n`,
      ])
    let acknowledged = 0
    let running = true
    let stale = 0
    let asked = 0
    const seen = new Set<number>()
    const check = (answer: string, atLeast: number) => {
      const found = /number(\d+)end/.exec(answer)
      expect(found).not.toBeNull()
      seen.add(Number(found![1]))
      if (Number(found![1]) < atLeast) stale++
    }
    const read = async (reader: number) => {
      while (asked < asks) {
        asked++
        const atLeast = acknowledged
        if (reader % 2)
          check(
            (
              await call(
                pool,
                server,
                `select text, outcome from app_public.ask('what is the gate code on the panel')`,
              )
            ).text,
            atLeast,
          )
        else
          check(
            (
              await call(
                pool,
                server,
                `select snippet from app_public.search_knowledge('what is the gate code on the panel', first => 1)`,
              )
            ).snippet,
            atLeast,
          )
      }
    }
    const write = async () => {
      for (let n = 1; running; n++) {
        const { id } = await propose(pool, sop, text(n))
        await call(pool, reviewer, 'select * from app_public.approve_improvement($1)', [id])
        acknowledged = n
        sop = { ...sop, version: n + 1 }
      }
    }
    const writing = write()
    await Promise.all(Array.from({ length: readers }, (_, i) => read(i))).finally(() => {
      running = false
    })
    await writing
    expect(acknowledged).toBeGreaterThan(10)
    expect(seen.size).toBeGreaterThan(5)
    expect(asked).toBeGreaterThanOrEqual(asks)
    expect(stale).toBe(0)
  })
})
