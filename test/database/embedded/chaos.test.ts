import { afterAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import type { EmbeddedDatabase } from '../../../core/database/embedded/index.ts'
import { cstring, message, query } from '../../../core/database/embedded/protocol.ts'
import { client, openTest, RawClient } from './support.ts'

/** The same numbers every time. */
function random(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

let database: EmbeddedDatabase
afterAll(() => database.close())

describe('a few seconds of everything at once', () => {
  it('leave nobody with another’s settings, statements, rows or open transactions', async () => {
    const log: string[] = []
    database = await openTest({
      limits: { idleInTransactionTimeout: 3000 },
      log: (level, text) => level !== 'debug' && log.push(text),
    })
    const setup = await client(database)
    await setup.query('create table log (actor text, n int, unique (actor, n)); create role visitor')
    await setup.query('grant select, insert on log to visitor')
    const started = Date.now()
    /** Some seconds, and on a slow machine as many as it takes. */
    const goesOn = () => Date.now() < started + 4000 || (kept < 50 && Date.now() < started + 40_000)
    const wrong: string[] = []
    let kept = 0

    /** Keeps its settings and statements through everything, and counts what it committed. */
    async function wellBehaved(id: number) {
      const next = random(id)
      const actor = `actor ${id}`
      const one = new pg.Client({ connectionString: database.url, application_name: actor })
      one.on('error', (error) => wrong.push(String(error)))
      await one.connect()
      await one.query(`set clubos.actor = '${actor}'`)
      if (id % 2) await one.query('set role visitor')
      for (let n = 0; goesOn(); n++) {
        await one.query('begin')
        await one.query({
          name: 'write',
          text: `insert into log select current_setting('clubos.actor'), $1`,
          values: [n],
        })
        const commit = next(5) > 0
        if (commit) kept++
        await one.query(commit ? 'commit' : 'rollback')
        const { rows } = await one.query({
          name: 'check',
          text: `select current_setting('clubos.actor') as actor, current_setting('application_name') as app,
                 current_user as who, ${id} as id, pg_catalog.count(*) filter (where l.n = $1)::int as found
                 from log l where l.actor = current_setting('clubos.actor')`,
          values: [n],
        })
        const expected = {
          actor,
          app: actor,
          who: id % 2 ? 'visitor' : 'postgres',
          id,
          found: commit ? 1 : 0,
        }
        if (JSON.stringify(rows[0]) !== JSON.stringify(expected))
          wrong.push(JSON.stringify([rows[0], expected]))
      }
      await one.end()
    }

    /** Dies, stalls, makes errors and changes what is not its own. */
    async function rude(id: number) {
      const next = random(id)
      while (goesOn()) {
        const raw = await RawClient.login(database)
        const acts = [
          () => raw.send(query(`set clubos.actor = 'rude'; set role visitor`)),
          () =>
            raw.send(
              query(
                `select set_config('clubos.actor', 'rude', false), set_config('application_name', 'r', false)`,
              ),
            ),
          () => raw.send(query(`do $$ begin perform set_config('clubos.actor', 'rude', false); end $$`)),
          () => raw.send(query('begin; set local role visitor'), query('select 1/0')),
          () => raw.send(query('begin; insert into log values (null, -1)')),
          () => raw.send(message('P', 'write\0select 1\0\0\0'), message('H')),
          () => raw.send(message('P', '\0select nonsense\0\0\0'), message('H')),
          () => raw.send(query(['discard all', 'deallocate all', 'listen x; discard all'][next(3)] ?? '')),
          () => raw.send(query('copy log from stdin'), message('d', 'x\t'), message('y')),
          () =>
            raw.send(message('Q', cstring(`select repeat('x', 500000)`)), message('Q', 'x').subarray(0, 3)),
          () => raw.send(query('create temp table if not exists scratch (n int)')),
        ]
        for (let i = 0; i < 3; i++) acts[next(acts.length)]?.()
        await new Promise((resolve) => setTimeout(resolve, next(30)))
        if (next(2)) raw.socket.destroy()
        else raw.socket.resetAndDestroy()
      }
    }

    await Promise.all([1, 2, 3, 4, 5, 6].map(wellBehaved).concat([101, 102, 103, 104].map(rude)))
    expect({ wrong, log }).toEqual({ wrong: [], log: [] })
    expect(kept).toBeGreaterThanOrEqual(50)
    const { rows } = await setup.query('select count(*)::int as n from log where actor is not null')
    expect(rows).toEqual([{ n: kept }])
    await setup.end()
    await database.close()
    expect(await database.stopped).toBeNull()
  })
})
