import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import type { EmbeddedDatabase } from '../../../core/database/embedded/index.ts'
import { copyFail, cstring, message, query, sync } from '../../../core/database/embedded/protocol.ts'
import {
  bind,
  client,
  codeOf,
  execute,
  firstValues,
  flush,
  openTest,
  parse,
  RawClient,
  startup,
  until,
} from './support.ts'

let database: EmbeddedDatabase
let other: pg.Client
beforeAll(async () => {
  database = await openTest()
  other = await client(database)
})
afterAll(async () => {
  await other.end()
  await database.close()
})

/** Someone else, in the middle of a transaction, is not disturbed by what happens meanwhile. */
async function undisturbed(run: () => Promise<void>) {
  await other.query('begin')
  await other.query('create table if not exists undisturbed (n int)')
  await run()
  expect((await other.query(`select to_regclass('undisturbed') is not null as v`)).rows).toEqual([
    { v: true },
  ])
  await other.query('rollback')
  expect((await other.query('select 1 as v')).rows).toEqual([{ v: 1 }])
}

describe('authentication', () => {
  it('refuses a wrong password, an empty one and none', async () => {
    const wrong = database.url.replace(/:[^:@]+@/, ':wrong@')
    expect(await codeOf(client({ url: wrong }))).toBe('28P01')
    for (const answer of [message('p', cstring('')), query('select 1')]) {
      const raw = await RawClient.open(database)
      raw.send(startup({ user: 'postgres', database: 'postgres' }), answer)
      await until(() => raw.closed)
      expect(raw.errorCode).toBe('28P01')
    }
  })

  it('has another password at every start, and listens on loopback', async () => {
    const second = await openTest()
    expect(new URL(second.url).password).not.toBe(new URL(database.url).password)
    expect(new URL(second.url).password.length).toBeGreaterThan(30)
    expect(new URL(second.url).hostname).toBe('127.0.0.1')
    await second.close()
  })

  it('refuses an unknown database', async () => {
    expect(await codeOf(client({ url: database.url.replace(/postgres$/, 'elsewhere') }))).toBe('3D000')
  })

  it('negotiates a newer protocol version down to 3.0', async () => {
    const raw = await RawClient.open(database)
    raw.send(startup({ user: 'postgres', database: 'postgres', '_pq_.x': '1' }, (3 << 16) + 2))
    const answers = await raw.receive('R')
    expect(answers.map(({ type }) => type)).toEqual(['v', 'R'])
    expect(answers[0]?.body.includes('_pq_.x')).toBe(true)
    await raw.end()
  })

  it('answers a request for encryption with no', async () => {
    const raw = await RawClient.open(database)
    const first = new Promise<Buffer>((resolve) => raw.socket.prependOnceListener('data', resolve))
    const packet = Buffer.alloc(8)
    packet.writeInt32BE(8, 0)
    packet.writeInt32BE(80877103, 4)
    raw.send(packet)
    expect((await first).toString()).toBe('N')
    await raw.end()
  })
})

describe('malformed input', () => {
  const huge = Buffer.from([0x51, 0x7f, 0xff, 0xff, 0xff, 0x20])
  const negative = Buffer.from([0x51, 0xff, 0xff, 0xff, 0xff, 0x20])
  const tiny = Buffer.from([0x51, 0, 0, 0, 3])

  it.each([
    ['garbage', randomBytes(5000), undefined],
    ['a huge startup length', Buffer.from([0x7f, 0xff, 0xff, 0xff, 0, 3, 0, 0]), '54000'],
    ['a negative startup length', Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 3, 0, 0]), '08P01'],
    ['an old protocol version', startup({ user: 'postgres' }, 2 << 16), '0A000'],
    ['no user', startup({ database: 'postgres' }), '28000'],
  ])('%s instead of a startup closes that connection', async (_what, bytes, code) => {
    await undisturbed(async () => {
      const raw = await RawClient.open(database)
      raw.send(bytes)
      raw.socket.end()
      await until(() => raw.closed)
      if (code) expect(raw.errorCode).toBe(code)
    })
  })

  it.each([
    ['a huge length', huge, '54000'],
    ['a negative length', negative, '08P01'],
    ['a length shorter than itself', tiny, '08P01'],
    ['an unknown type', message('y', 'abc'), '08P01'],
    ['a password out of turn', message('p', 'abc'), '08P01'],
    ['server messages', message('Z', 'I'), '08P01'],
  ])('%s after the startup closes that connection', async (_what, bytes, code) => {
    await undisturbed(async () => {
      const raw = await RawClient.login(database)
      raw.send(bytes)
      await until(() => raw.closed)
      expect(raw.errorCode).toBe(code)
    })
  })

  it.each([
    ['an empty Parse', message('P')],
    ['a Bind of rubbish', message('B', Buffer.from([0, 0, 0, 9, 255, 255, 255, 255, 255]))],
    ['a Bind without its terminators', message('B', 'abc')],
    ['an Execute of nothing', message('E')],
    ['a Describe of nothing', message('D', 'S')],
    ['a Close of nothing', message('C', 'P')],
    ['a Describe of an unknown kind', message('D', cstring('zx'))],
    ['a Parse with too many types', message('P', Buffer.from([0, 0x73, 0, 0x7f, 0xff, 0, 0]))],
  ])('%s is an error in its own request only', async (_what, bytes) => {
    const raw = await RawClient.login(database)
    raw.send(bytes, sync)
    const types = (await raw.receive('Z')).map(({ type }) => type)
    expect(types.at(-2)).toMatch(/[E23]/)
    raw.send(query('select 8'))
    expect(firstValues(await raw.receive('Z'))).toEqual(['8'])
    await raw.end()
    expect((await other.query('select 1 as v')).rows).toEqual([{ v: 1 }])
  })

  it('a Query without its terminator, a wrong FunctionCall and stray COPY data are survived', async () => {
    const raw = await RawClient.login(database)
    raw.send(message('Q', 'select 1'))
    expect((await raw.receive('Z')).map(({ type }) => type)).toEqual(['E', 'Z'])
    raw.send(message('F', Buffer.from([0, 0, 0, 1])))
    expect((await raw.receive('Z')).map(({ type }) => type)).toEqual(['E', 'Z'])
    raw.send(message('d', 'data'), message('c'), copyFail('no'), query('select 9'))
    expect(firstValues(await raw.receive('Z'))).toEqual(['9'])
    await raw.end()
  })

  it('a message cut off by the end of its connection is dropped', async () => {
    await undisturbed(async () => {
      const raw = await RawClient.login(database)
      raw.send(query('drop table if exists undisturbed').subarray(0, 20))
      await raw.end()
    })
  })

  it('a request is carried out though its client ends right after it', async () => {
    await other.query('create table ended (n int)')
    for (const end of [[message('X')], []]) {
      const raw = await RawClient.login(database)
      raw.send(
        query('begin; insert into ended values (1); commit'),
        query('insert into ended values (2)'),
        ...end,
      )
      raw.socket.end()
      await until(() => raw.closed)
    }
    expect((await other.query('select count(*)::int as n from ended')).rows).toEqual([{ n: 4 }])
  })

  it('random changes to valid requests harm nobody', async () => {
    const request = Buffer.concat([parse('f', 'select $1::text, 2'), bind('', 'f'), execute(''), sync])
    for (let i = 0; i < 60; i++) {
      const raw = await RawClient.login(database)
      const bytes = Buffer.from(request)
      for (let k = 0; k <= i % 4; k++) bytes[(i * 7 + k * 13) % bytes.length] = (i * 31 + k * 97) & 0xff
      raw.send(bytes, sync)
      raw.socket.end()
      await until(() => raw.closed)
    }
    expect((await other.query('select 1 as v')).rows).toEqual([{ v: 1 }])
  })
})

describe('COPY', () => {
  it('FROM STDIN takes data in pieces, and TO STDOUT gives it back', async () => {
    const raw = await RawClient.login(database)
    raw.send(query('create table copied (n int, t text)'))
    await raw.receive('Z')
    raw.send(query('copy copied from stdin'))
    await raw.receive('G')
    // While the client takes its time with the data, others are served.
    expect((await other.query('select 1 as v')).rows).toEqual([{ v: 1 }])
    raw.send(message('d', '1\ton'), message('d', 'e\n2\t'), message('d', 'two\n'), message('c'))
    const done = await raw.receive('Z')
    expect(done.map(({ body }) => body.toString('utf8', 5))).toEqual(['COPY 2\0', 'I'])
    raw.send(query('copy copied to stdout (format csv)'))
    const data = (await raw.receive('Z')).filter(({ type }) => type === 'd')
    expect(data.map(({ body }) => body.toString('utf8', 5)).join('')).toBe('1,one\n2,two\n')
    await raw.end()
  })

  it.each([
    ['the data is wrong', 'copy copied from stdin', [message('d', 'x\ty\n'), message('c')], '22P02'],
    ['the client gives up', 'copy copied from stdin', [message('d', '3\tz\n'), copyFail('no')], '57014'],
    ['there is no such table', 'copy nowhere from stdin', [message('c')], '42P01'],
  ])('fails in its own request when %s', async (_why, sql, data, code) => {
    await other.query('create table if not exists copied (n int, t text)')
    const raw = await RawClient.login(database)
    raw.send(query(sql), ...data, query('select 3'))
    const answers = await raw.receive('Z')
    expect(answers.map(({ type }) => type)).toEqual(['G', 'E', 'Z'])
    expect(answers[1]?.body.includes(code)).toBe(true)
    expect(firstValues(await raw.receive('Z'))).toEqual(['3'])
    await raw.end()
  })

  it('FROM STDIN among other statements or in the extended protocol is refused, and the session stays usable', async () => {
    await other.query('create table if not exists copied (n int, t text)')
    const raw = await RawClient.login(database)
    raw.send(query('select 1; copy copied from stdin'))
    expect((await raw.receive('Z')).map(({ body }) => body.includes('0A000'))).toEqual([true, false])
    raw.send(parse('', '/* x */ COPY copied FROM stdin'), bind('', ''), execute(''), sync)
    expect((await raw.receive('Z')).map(({ body }) => body.includes('0A000'))).toEqual([true, false])
    raw.send(parse('', 'copy copied from stdin'), flush, query('select 4'), sync, query('select 5'))
    expect((await raw.receive('Z')).map(({ type }) => type)).toEqual(['E', 'Z'])
    expect(firstValues(await raw.receive('Z'))).toEqual(['5'])
    await raw.end()
    expect((await other.query('select 1 as v')).rows).toEqual([{ v: 1 }])
  })
})

describe('deep recursion', () => {
  it('is an error of its statement, not the end of the database', async () => {
    await other.query(
      `create function forever(n int) returns int language plpgsql as $$ begin return forever(n + 1); end $$`,
    )
    expect(await codeOf(other.query('select forever(0)'))).toBe('54001')
    expect(await codeOf(other.query(`select 1${'+1'.repeat(100_000)}`))).toBe('54001')
    // With the default size of a thread's stack this one ended the engine.
    expect(await codeOf(other.query(`select repeat('[', 1000000)::jsonb`))).toBe('22P02')
    expect((await other.query('select 1 as v')).rows).toEqual([{ v: 1 }])
  })
})
