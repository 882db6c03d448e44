import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import type { EmbeddedDatabase } from '../../../core/database/embedded/index.ts'
import { query } from '../../../core/database/embedded/protocol.ts'
import { client, openTest, RawClient } from './support.ts'

let database: EmbeddedDatabase
beforeAll(async () => {
  database = await openTest()
})
afterAll(() => database.close())

const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i))

describe('many clients at once', () => {
  it('get 3,600 right answers, from unnamed and named statements, some with 300 kB parameters', async () => {
    const clients = await Promise.all(times(12, () => client(database)))
    const wrong: string[] = []
    const right = await Promise.all(
      clients.map(async (one, c) => {
        let count = 0
        for (let i = 0; i < 300; i++) {
          const tag = `${c}-${i}`
          const text = i % 30 === 0 ? tag.padEnd(300_000, `${c}`) : tag
          const result =
            i % 3 === 0
              ? await one.query({
                  name: `s${i % 7}`,
                  text: `select $1::text || '/${i % 7}' as v`,
                  values: [text],
                })
              : i % 3 === 1
                ? await one.query(`select $1::text as v, ${c} as c`, [text])
                : await one.query(`select '${tag}' as v`)
          const expected = i % 3 === 0 ? `${text}/${i % 7}` : i % 3 === 1 ? text : tag
          if (result.rows[0].v === expected) count++
          else wrong.push(tag)
        }
        return count
      }),
    )
    expect(wrong).toEqual([])
    expect(right.reduce((a, b) => a + b)).toBe(3600)
    await Promise.all(clients.map((one) => one.end()))
  })

  it('each run their own statement when all send 3 MB parameters at the same moment', async () => {
    const clients = await Promise.all(times(4, () => client(database)))
    const results = await Promise.all(
      clients.map((one, c) =>
        one.query(`select ${c} as c, md5($1::text) = md5(repeat('${c}', 3000000)) as same`, [
          `${c}`.repeat(3_000_000),
        ]),
      ),
    )
    expect(results.map(({ rows }) => rows[0])).toEqual(times(4, (c) => ({ c, same: true })))
    await Promise.all(clients.map((one) => one.end()))
  })

  it('do not see into each other’s 600 read-then-write transactions, one in ten rolled back', async () => {
    const pool = new pg.Pool({ connectionString: database.url, max: 12 })
    await pool.query('create table counters (n int not null)')
    await pool.query('insert into counters values (0)')
    await Promise.all(
      times(12, async (c) => {
        for (let i = 0; i < 50; i++) {
          const one = await pool.connect()
          await one.query('begin')
          const { rows } = await one.query('select n from counters')
          await one.query('update counters set n = $1', [rows[0].n + 1])
          await one.query((c * 50 + i) % 10 === 0 ? 'rollback' : 'commit')
          one.release()
        }
      }),
    )
    expect((await pool.query('select n from counters')).rows).toEqual([{ n: 540 }])
    await pool.end()
  })

  it('go on when one of them dies inside a transaction, which is rolled back', async () => {
    const [dying, other] = await Promise.all([client(database), client(database)])
    await other.query('create table deaths (n int)')
    await dying.query('begin')
    await dying.query('insert into deaths values (1)')
    const waiting = other.query('select count(*)::int as n from deaths')
    ;(dying as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
    expect((await waiting).rows).toEqual([{ n: 0 }])
    await other.end()
  })

  it('are served in turn, so that one with many requests does not starve the others', async () => {
    const [busy, other] = await Promise.all([RawClient.login(database), client(database)])
    const request = query('select count(*) from generate_series(1, 100000)')
    busy.send(...times(20, () => request))
    await busy.receive('Z')
    await other.query('select 1')
    expect(busy.answers.filter(({ type }) => type === 'Z').length).toBeLessThan(15)
    for (let answered = 1; answered < 20; answered++) await busy.receive('Z')
    await Promise.all([busy.end(), other.end()])
  })

  it('keep prepared statements of one name apart, and get their names back in errors', async () => {
    const [a, b] = await Promise.all([client(database), client(database)])
    const same = (one: pg.Client, text: string) => one.query({ name: 'same', text })
    expect((await same(a, 'select 1 as v')).rows).toEqual([{ v: 1 }])
    expect((await same(b, 'select 2 as v')).rows).toEqual([{ v: 2 }])
    expect((await same(a, 'select 1 as v')).rows).toEqual([{ v: 1 }])
    await a.query('prepare mine as select 3 as v')
    await b.query('prepare mine as select 4 as v')
    expect((await a.query('execute mine')).rows).toEqual([{ v: 3 }])
    await a.query('deallocate mine')
    expect((await b.query('execute mine')).rows).toEqual([{ v: 4 }])
    await expect(a.query('execute mine')).rejects.toThrow('prepared statement "mine" does not exist')
    await Promise.all([a.end(), b.end()])
  })
})
