import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import type { EmbeddedDatabase, GatewayLimits } from '../../../core/database/embedded/index.ts'
import { message, query } from '../../../core/database/embedded/protocol.ts'
import { client, codeOf, firstValues, openTest, pause, RawClient, until } from './support.ts'

let database: EmbeddedDatabase

/** One database for the cases of a block: opening one takes most of a second. */
function withLimits(limits: Partial<GatewayLimits>) {
  beforeAll(async () => {
    database = await openTest({ limits })
  })
  afterAll(() => database.close())
}
const value = async (one: pg.Client, sql: string) => Object.values((await one.query(sql)).rows[0])[0]

describe('numbers and sizes', () => {
  withLimits({
    maxConnections: 12,
    authenticationTimeout: 1000,
    maxMessageBytes: 100_000,
    maxRequestBytes: 200_000,
    maxQueuedRequests: 6,
    maxPendingRequests: 4,
    maxPendingBytes: 200_000,
  })

  describe('connections', () => {
    it('beyond the limit are refused with 53300, until one ends', async () => {
      const clients = await Promise.all(Array.from({ length: 12 }, () => client(database)))
      expect(await codeOf(client(database))).toBe('53300')
      await clients.pop()?.end()
      await until(async () => {
        const c = await client(database).catch(() => null)
        await c?.end()
        return c !== null
      })
      await Promise.all(clients.map((one) => one.end()))
    })

    it('that do not authenticate in time are closed', async () => {
      const raw = await RawClient.open(database)
      await until(() => raw.closed)
    })
  })

  describe('a message larger than the limit', () => {
    it('is refused with 54000 and closes its connection only', async () => {
      const [a, b] = await Promise.all([client(database), client(database)])
      expect(await value(b, `select length('${'x'.repeat(90_000)}')`)).toBe(90_000)
      expect(await codeOf(a.query('select $1::text', ['x'.repeat(100_000)]))).toBe('54000')
      expect(await value(b, 'select 1')).toBe(1)
      await b.end()
    })

    it('cannot be got round with many messages before one Sync', async () => {
      const raw = await RawClient.login(database)
      const part = message('P', `\0select '${'x'.repeat(90_000)}'\0\0\0`)
      raw.send(part, part, part)
      await until(() => raw.closed)
      expect(raw.errorCode).toBe('54000')
    })
  })

  describe('the queue', () => {
    it('refuses requests beyond its limit, each with an answer, and goes on', async () => {
      const holder = await client(database)
      await holder.query('begin')
      const clients = await Promise.all(Array.from({ length: 9 }, () => client(database)))
      const codes = Promise.all(clients.map((one) => codeOf(one.query('select 1'))))
      await pause(100)
      await holder.query('commit')
      expect((await codes).filter(Boolean)).toEqual(['53400', '53400', '53400'])
      for (const one of clients) expect(await value(one, 'select 2')).toBe(2)
      await Promise.all([holder, ...clients].map((one) => one.end()))
    })

    it('stops reading from a client that has enough waiting, and answers everything in the end', async () => {
      const holder = await client(database)
      await holder.query('begin')
      const raw = await RawClient.login(database)
      const count = 200
      for (let i = 0; i < count; i++) raw.send(query(`select '${i}', length('${'x'.repeat(90_000)}')`))
      await pause(200)
      // 20 MB were sent; what the gateway and the system's socket buffers do not take is still here.
      expect(raw.socket.writableLength).toBeGreaterThan(5_000_000)
      await holder.query('commit')
      const values: unknown[] = []
      for (let i = 0; i < count; i++) values.push(...firstValues(await raw.receive('Z')))
      expect(values).toEqual(Array.from({ length: count }, (_, i) => String(i)))
      await Promise.all([raw.end(), holder.end()])
    })
  })
})

describe('a transaction left open', () => {
  withLimits({ idleInTransactionTimeout: 300 })

  it('is rolled back after idleInTransactionTimeout, its client told with 25P03, and others go on', async () => {
    const [idle, other] = await Promise.all([client(database), client(database)])
    const error = new Promise<Error & { code?: string }>((resolve) => idle.once('error', resolve))
    await other.query('create table t (n int)')
    await idle.query('begin')
    await idle.query('insert into t values (1)')
    const started = Date.now()
    expect(await value(other, 'select count(*)::int from t')).toBe(0)
    expect(Date.now() - started).toBeGreaterThan(250)
    expect((await error).code).toBe('25P03')
    await other.end()
  })

  it('is left alone as long as it is used', async () => {
    const busy = await client(database)
    await busy.query('begin')
    for (let i = 0; i < 8; i++) {
      await pause(100)
      await busy.query('select 1')
    }
    await busy.query('commit')
    await busy.end()
  })

  it('by Flush without Sync counts as open', async () => {
    const raw = await RawClient.login(database)
    raw.send(message('P', '\0select 1\0\0\0'), message('H'))
    const other = await client(database)
    expect(await value(other, 'select 1')).toBe(1)
    await until(() => raw.closed)
    expect(raw.errorCode).toBe('25P03')
    await other.end()
  })
})

describe('a client that does not read', () => {
  withLimits({
    drainTimeout: 1000,
    idleInTransactionTimeout: 300,
    outputHighWater: 100_000,
    maxOutputBytes: 40_000_000,
  })

  it('is disconnected, and others are served meanwhile', async () => {
    const raw = await RawClient.login(database)
    const other = await client(database)
    raw.socket.pause()
    raw.send(query(`select repeat('x', 1000000) from generate_series(1, 30)`), query('select 1'))
    await pause(100)
    expect(await value(other, 'select 1')).toBe(1)
    await pause(1500)
    raw.socket.resume()
    await until(() => raw.closed)
    expect(raw.answers.filter(({ type }) => type === 'Z').length).toBe(0)
    await other.end()
  })

  it('does not hold the session: its open transaction counts as idle', async () => {
    const raw = await RawClient.login(database)
    const other = await client(database)
    raw.socket.pause()
    raw.send(query(`begin; select repeat('x', 1000000) from generate_series(1, 30)`), query('select 1'))
    await pause(100)
    expect(await value(other, 'select 1')).toBe(1)
    await raw.end()
    await other.end()
  })
})

describe('a client that reads late', () => {
  withLimits({ drainTimeout: 30_000, outputHighWater: 100_000, maxOutputBytes: 40_000_000 })

  it('gets what it asked for when it reads after a while', async () => {
    const raw = await RawClient.login(database)
    raw.socket.pause()
    raw.send(query(`select repeat('x', 1000000) from generate_series(1, 30)`), query('select 7'))
    await pause(200)
    raw.socket.resume()
    expect((await raw.receive('Z')).filter(({ type }) => type === 'D').length).toBe(30)
    expect(firstValues(await raw.receive('Z'))).toEqual(['7'])
    await raw.end()
  })

  it('loses the answer that exceeds the limit, with 54000', async () => {
    const [a, b] = await Promise.all([client(database), client(database)])
    // The kernel's own buffers hold some ten megabytes more than the limit.
    expect(await codeOf(a.query(`select repeat('x', 1000000) from generate_series(1, 90)`))).toBe('54000')
    expect(await value(b, `select length(repeat('x', 1000000))`)).toBe(1_000_000)
    await b.end()
  })
})

describe('waiting', () => {
  withLimits({ lockTimeout: 2000 })

  describe('a transaction of another client', () => {
    it('makes others fail with 55P03 after lockTimeout, and they can go on', async () => {
      const [holder, other] = await Promise.all([
        client(database, { application_name: 'the culprit' }),
        client(database),
      ])
      await holder.query('begin')
      await expect(other.query('select $1::int', [1])).rejects.toMatchObject({
        code: '55P03',
        message: expect.stringContaining('the culprit'),
      })
      await holder.query('commit')
      expect(await value(other, 'select 3')).toBe(3)
      await Promise.all([holder.end(), other.end()])
    })
  })

  describe('a client’s own settings', () => {
    it.each(['idle_in_transaction_session_timeout', 'transaction_timeout', 'idle_session_timeout'])(
      'does not end everybody’s session by the client’s own %s',
      async (name) => {
        const [a, b] = await Promise.all([client(database), client(database)])
        await a.query(`set ${name} = 50`)
        await a.query('begin')
        await pause(200)
        await a.query('commit')
        await pause(100)
        expect(await value(b, 'select 1')).toBe(1)
        await Promise.all([a.end(), b.end()])
      },
    )
  })

  describe('a cancel request', () => {
    it('drops a request that waits, with 57014, and does nothing with a wrong key', async () => {
      const holder = await client(database)
      const waiting = await client(database)
      const { processID, secretKey } = waiting as unknown as { processID: number; secretKey: number }
      const cancel = async (key: number) => {
        const packet = Buffer.alloc(16)
        packet.writeInt32BE(16, 0)
        packet.writeInt32BE(80877102, 4)
        packet.writeInt32BE(processID, 8)
        packet.writeInt32BE(key, 12)
        const raw = await RawClient.open(database)
        raw.send(packet)
        await until(() => raw.closed)
      }
      await holder.query('begin')
      let code: string | undefined = 'waiting'
      const answer = codeOf(waiting.query('select 1')).then((result) => {
        code = result
      })
      await pause(50)
      await cancel(secretKey ^ 1)
      await pause(50)
      expect(code).toBe('waiting')
      await cancel(secretKey)
      await answer
      expect(code).toBe('57014')
      await holder.query('commit')
      expect(await value(waiting, 'select 1')).toBe(1)
      await Promise.all([holder.end(), waiting.end()])
    })
  })
})
