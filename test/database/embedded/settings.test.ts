import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import type { EmbeddedDatabase } from '../../../core/database/embedded/index.ts'
import { cstring, message, query, sync } from '../../../core/database/embedded/protocol.ts'
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
} from './support.ts'

let database: EmbeddedDatabase
let a: pg.Client
let b: pg.Client
beforeAll(async () => {
  database = await openTest()
  a = await client(database)
  b = await client(database)
  await a.query(`create role clubos_reader; create role clubos_other`)
})
afterAll(async () => {
  await Promise.all([a.end(), b.end()])
  await database.close()
})

async function value(one: pg.Client, sql: string): Promise<unknown> {
  return Object.values((await one.query(sql)).rows[0])[0]
}
const setting = (one: pg.Client, name: string) => value(one, `select current_setting('${name}', true)`)

describe('a session setting', () => {
  it.each([
    ['a plain SET', `set clubos.actor = 'joe'`, []],
    ['set_config for the session', `select set_config('clubos.actor', 'joe', false)`, []],
    [
      'set_config with its name in a parameter',
      'select set_config($1::text, $2, false)',
      ['clubos.actor', 'joe'],
    ],
    [
      'set_config with its name in a row',
      `select set_config(n, 'joe', false) from (values ('application_name')) v(n)`,
      [],
    ],
  ])('made by %s is seen by its own client', async (_how, sql, values) => {
    await a.query(`set clubos.actor = 'nobody'; set application_name = 'nobody'`)
    await a.query(sql, values)
    await b.query('select 1')
    expect([await setting(a, 'clubos.actor'), await setting(a, 'application_name')].sort()).toEqual([
      'joe',
      'nobody',
    ])
    await a.query('reset all')
  })

  it('is not seen by another client, also when no text shows that it is made', async () => {
    await a.query(`do $$ begin perform set_config('clubos.' || 'hidden', 'joe', false); end $$`)
    await a.query(`set clubos.actor = 'joe'`)
    expect(await setting(b, 'clubos.actor')).toBe('')
    expect(await setting(b, 'clubos.hidden')).toBe('')
  })

  it('survives the end of another client', async () => {
    await a.query(`set work_mem = '7MB'`)
    const c = await client(database)
    await c.query(`set work_mem = '9MB'`)
    await c.end()
    expect(await setting(a, 'work_mem')).toBe('7MB')
    expect(await setting(b, 'work_mem')).toBe('4MB')
  })

  it('is undone with the transaction that made it', async () => {
    await a.query(`set work_mem = '5MB'`)
    await a.query('begin')
    await a.query(`set work_mem = '6MB'`)
    await a.query('rollback')
    await b.query('select 1')
    expect(await setting(a, 'work_mem')).toBe('5MB')
  })

  it('made with SET LOCAL ends with the transaction', async () => {
    await a.query(`begin; set local clubos.actor = 'local'; commit`)
    await b.query('select 1')
    expect(await setting(a, 'clubos.actor')).not.toBe('local')
  })

  it('goes back to its default with RESET', async () => {
    await a.query(`set work_mem = '8MB'`)
    await a.query('reset work_mem')
    await b.query('select 1')
    expect(await setting(a, 'work_mem')).toBe('4MB')
  })
})

describe('a role', () => {
  it('set by one client is its own, and nobody else’s', async () => {
    await a.query('set role clubos_reader')
    expect(await value(b, 'select current_user')).toBe('postgres')
    expect(await value(a, 'select current_user')).toBe('clubos_reader')
    await a.query('reset role')
    await b.query('select 1')
    expect(await value(a, 'select current_user')).toBe('postgres')
  })

  it('as session authorization is its own, together with a role', async () => {
    await a.query('grant clubos_other to clubos_reader')
    await a.query('set session authorization clubos_reader; set role clubos_other')
    expect(await value(b, 'select session_user || current_user')).toBe('postgrespostgres')
    expect(await value(a, `select session_user || '/' || current_user`)).toBe('clubos_reader/clubos_other')
    await a.query('reset session authorization')
    await b.query('select 1')
    expect(await value(a, `select session_user || '/' || current_user`)).toBe('postgres/postgres')
  })

  it('is who a connection logs in as', async () => {
    const url = database.url.replace('postgres:', 'postgresql:').replace('//postgres:', '//clubos_reader:')
    const c = await client({ url })
    await b.query('select 1')
    expect(await value(c, 'select session_user')).toBe('clubos_reader')
    await c.query('reset all; reset session authorization')
    expect(await value(c, 'select session_user')).toBe('clubos_reader')
    await c.end()
    expect(await codeOf(client({ url: url.replace('clubos_reader', 'nobody_at_all') }))).toBe('22023')
  })
})

describe('the startup packet', () => {
  it('sets what it names, for this connection, and RESET goes back to it', async () => {
    const c = await client(database, {
      application_name: 'clubos test',
      options: '-c search_path=pg_catalog,public --work-mem=3MB',
    })
    await b.query('select 1')
    expect(await setting(c, 'application_name')).toBe('clubos test')
    expect(await setting(c, 'search_path')).toBe('pg_catalog,public')
    await c.query('set work_mem = default')
    expect(await setting(c, 'work_mem')).toBe('3MB')
    await c.query(`set application_name = 'other'; reset all`)
    await b.query('select 1')
    expect(await setting(c, 'application_name')).toBe('clubos test')
    expect(await setting(b, 'work_mem')).toBe('4MB')
    await c.end()
  })

  it('is refused with an unknown setting', async () => {
    expect(await codeOf(client(database, { options: '-c no_such_setting=1' }))).toBe('42704')
  })

  it('is answered while another client holds a transaction open', async () => {
    await a.query('begin')
    const c = await client(database, { application_name: 'quick' })
    await a.query('commit')
    expect(await setting(c, 'application_name')).toBe('quick')
    await c.end()
  })

  it('reports the settings in effect', async () => {
    const raw = await RawClient.open(database)
    raw.send(
      startup({ user: 'postgres', database: 'postgres', timezone: 'Asia/Tokyo', application_name: 'x' }),
    )
    raw.send(message('p', cstring(new URL(database.url).password)))
    const reported = (await raw.receive('Z'))
      .filter(({ type }) => type === 'S')
      .map(({ body }) => body.toString())
    expect(reported.some((text) => text.includes('TimeZone\0Asia/Tokyo\0'))).toBe(true)
    expect(reported.some((text) => text.includes('application_name\0x\0'))).toBe(true)
    expect(reported.some((text) => text.includes('server_version\0'))).toBe(true)
    await raw.end()
    expect(await setting(b, 'timezone')).not.toBe('Asia/Tokyo')
  })
})

describe('DISCARD ALL and DEALLOCATE ALL', () => {
  it.each(['discard all', 'deallocate all', 'select 1; deallocate all'])(
    '%s: takes nothing from other clients',
    async (sql) => {
      const named = (one: pg.Client) => one.query({ name: 'kept', text: 'select 5 as v' })
      const c = await client(database)
      await Promise.all([named(b), named(c), b.query('listen kept')])
      await b.query(`set clubos.actor = 'b'`)
      const heard = new Promise((resolve) => b.once('notification', resolve))
      await c.query(sql)
      expect((await named(b)).rows).toEqual([{ v: 5 }])
      expect(await setting(b, 'clubos.actor')).toBe('b')
      await c.query('notify kept')
      await heard
      await expect(named(c)).rejects.toMatchObject({ code: '26000' })
      await c.end()
      await b.query('unlisten *')
    },
  )

  it('DISCARD ALL in the extended protocol gives other clients’ statements back', async () => {
    const raw = await RawClient.login(database)
    await b.query({ name: 'again', text: 'select 6 as v' })
    raw.send(parse('', 'discard all'), bind('', ''), execute(''), sync)
    await raw.receive('Z')
    expect((await b.query({ name: 'again', text: 'select 6 as v' })).rows).toEqual([{ v: 6 }])
    await raw.end()
  })
})

describe('the unnamed statement', () => {
  it('is still there in the next request, whatever others did between', async () => {
    const raw = await RawClient.login(database)
    raw.send(parse('', 'select 41 + 1'), sync)
    await raw.receive('Z')
    await b.query('select $1::text', ['other'])
    raw.send(bind('', ''), execute(''), sync)
    const answers = await raw.receive('Z')
    expect(firstValues(answers)).toEqual(['42'])
    expect(answers.map(({ type }) => type).join('')).toBe('2DCZ')
    await raw.end()
  })
})

describe('a request in pieces', () => {
  it('keeps the session from Flush to Sync', async () => {
    const raw = await RawClient.login(database)
    raw.send(parse('', 'select generate_series(1, 5)'), bind('', ''), execute('', 2), flush)
    expect(firstValues(await raw.receive('s'))).toEqual(['1', '2'])
    const other = b.query('select $1::text as v', ['other'])
    raw.send(execute('', 2), flush)
    expect(firstValues(await raw.receive('s'))).toEqual(['3', '4'])
    raw.send(sync)
    await raw.receive('Z')
    expect((await other).rows).toEqual([{ v: 'other' }])
    await raw.end()
  })

  it('ends at Sync after an error before Flush, and leaves the session free', async () => {
    const raw = await RawClient.login(database)
    raw.send(parse('', 'select no_such_column'), flush)
    await raw.receive('E')
    raw.send(query('select 1'), sync)
    expect((await raw.receive('Z')).map(({ type }) => type)).toEqual(['Z'])
    expect((await b.query('select 1 as v')).rows).toEqual([{ v: 1 }])
    await raw.end()
  })

  it('does not hold the session for a Flush alone', async () => {
    const raw = await RawClient.login(database)
    raw.send(query('select 1'), flush)
    await raw.receive('Z')
    expect((await b.query('select 2 as v')).rows).toEqual([{ v: 2 }])
    await raw.end()
  })
})

describe('temporary tables', () => {
  it('are gone when the last client that made one has left', async () => {
    const c = await client(database)
    await c.query('create temporary table scratch (n int)')
    await c.query('insert into scratch values (1)')
    await c.end()
    await expect(b.query('select * from scratch')).rejects.toMatchObject({ code: '42P01' })
  })
})
