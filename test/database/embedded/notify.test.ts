import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import type { EmbeddedDatabase } from '../../../core/database/embedded/index.ts'
import { client, openTest, pause, until } from './support.ts'

let database: EmbeddedDatabase
let sender: pg.Client
beforeAll(async () => {
  database = await openTest()
  sender = await client(database)
})
afterAll(async () => {
  await sender.end()
  await database.close()
})

async function listener(...statements: string[]) {
  const one = await client(database)
  const heard: string[] = []
  one.on('notification', ({ channel, payload }) => heard.push(`${channel}:${payload}`))
  for (const statement of statements) await one.query(statement)
  return { heard, query: (sql: string) => one.query(sql), end: () => one.end() }
}

/** Notifications are sent in order, so when this one has come, all before it have. */
async function all(...listeners: Awaited<ReturnType<typeof listener>>[]) {
  for (const one of listeners) await one.query('listen fence')
  await sender.query('notify fence')
  for (const one of listeners) {
    await until(() => one.heard.includes('fence:'))
    one.heard.splice(one.heard.indexOf('fence:'), 1)
    await one.query('unlisten fence')
  }
}

describe('NOTIFY', () => {
  it('reaches the listeners of its channel, and nobody else', async () => {
    const a = await listener('listen one')
    const b = await listener('listen "Two/channel"')
    const both = await listener('listen ONE; listen "Two/channel"')
    await sender.query(`notify one, 'x'`)
    await sender.query(`select pg_notify('Two/channel', 'y')`)
    await sender.query(`notify three, 'z'`)
    await all(a, b, both)
    expect(a.heard).toEqual(['one:x'])
    expect(b.heard).toEqual(['Two/channel:y'])
    expect(both.heard).toEqual(['one:x', 'Two/channel:y'])
    await Promise.all([a.end(), b.end(), both.end()])
  })

  it('is sent when its transaction commits, and not when it is rolled back', async () => {
    const a = await listener('listen tx')
    await sender.query('begin')
    await sender.query(`notify tx, 'committed'`)
    await pause(50)
    expect(a.heard).toEqual([])
    await sender.query('commit')
    await sender.query(`begin; notify tx, 'rolled back'; rollback`)
    await all(a)
    expect(a.heard).toEqual(['tx:committed'])
    await a.end()
  })

  it('comes to the sender itself, under its own process number', async () => {
    const one = await client(database)
    await one.query('listen own')
    const heard = new Promise<pg.Notification>((resolve) => one.once('notification', resolve))
    await one.query('notify own')
    const { processID } = one as unknown as { processID: number }
    expect((await heard).processId).toBe(processID)
    await one.end()
  })
})

describe('LISTEN', () => {
  it('counts when its transaction commits', async () => {
    const committed = await listener('begin', 'listen late', 'commit')
    const rolledBack = await listener('begin', 'listen late', 'rollback')
    const failed = await listener('begin', 'listen late')
    await expect(failed.query('select 1/0')).rejects.toThrow('division by zero')
    await failed.query('commit')
    const inOne = await listener('begin; listen late; rollback; begin; commit')
    await sender.query(`notify late, 'x'`)
    await all(committed, rolledBack, failed, inOne)
    expect([committed, rolledBack, failed, inOne].map(({ heard }) => heard)).toEqual([['late:x'], [], [], []])
    await Promise.all([committed, rolledBack, failed, inOne].map((one) => one.end()))
  })

  it('goes on for one when another stops listening or leaves', async () => {
    const stays = await listener('listen shared')
    const stops = await listener('listen shared', 'unlisten shared')
    const leaves = await listener('listen shared')
    await leaves.end()
    await pause(20)
    await sender.query(`notify shared, 'x'`)
    await all(stays, stops)
    expect([stays.heard, stops.heard]).toEqual([['shared:x'], []])
    await Promise.all([stays.end(), stops.end()])
  })

  it('is understood in comments, quotes and several statements as PostgreSQL understands it', async () => {
    const a = await listener(
      `/* listen no */ listen /* x */ yes; select 'listen quoted', $$; listen dollar;$$`,
    )
    for (const channel of ['no', 'yes', 'quoted', 'dollar']) await sender.query(`notify ${channel}, 'x'`)
    await all(a)
    expect(a.heard).toEqual(['yes:x'])
    await a.end()
  })

  it('leaves nothing in the session when the last listener is gone', async () => {
    const a = await listener('listen gone')
    await a.end()
    await until(async () => {
      const { rows } = await sender.query('select pg_listening_channels() as channel')
      return rows.every(({ channel }) => channel !== 'gone')
    })
  })
})
