import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { openEmbedded } from '../../../core/database/embedded/index.ts'
import { client, codeOf, databaseFolder, openTest, pause, RawClient } from './support.ts'

describe('close', () => {
  it('lets what runs and waits end, tells clients 57P01, and may be called again', async () => {
    const database = await openTest()
    const raw = await RawClient.login(database)
    const idle = await client(database)
    const gone = new Promise<{ code?: string }>((resolve) => idle.once('error', resolve))
    const one = await client(database)
    const slow = one.query('select count(*)::int as n from generate_series(1, 1000000)')
    await raw.end()
    await pause(20)
    const closing = database.close()
    expect(database.close()).toBe(closing)
    expect((await slow).rows).toEqual([{ n: 1_000_000 }])
    expect((await gone).code).toBe('57P01')
    await closing
    await database.close()
    expect(await database.stopped).toBeNull()
    expect(await codeOf(client(database))).toBe('ECONNREFUSED')
  })

  it('does not wait for ever for an open transaction', async () => {
    const database = await openTest({ limits: { closeTimeout: 200 } })
    const one = await client(database)
    await one.query('begin')
    await database.close()
    expect(await database.stopped).toBeNull()
  })
})

describe('close during a statement that does not end', () => {
  it('ends the thread after a while, tells the client, and loses nothing that was committed', async () => {
    const dataDir = await databaseFolder()
    const database = await openEmbedded({ dataDir, limits: { closeTimeout: 100 } })
    const one = await client(database)
    await one.query('create table kept as select 1 as n')
    const endless = one.query('select count(*) from generate_series(1, 1000000000000)')
    const failed = expect(endless).rejects.toThrow(/terminated|ECONNRESET/)
    await pause(200)
    await database.close()
    await failed
    const again = await openEmbedded({ dataDir })
    const two = await client(again)
    expect((await two.query('select n from kept')).rows).toEqual([{ n: 1 }])
    await two.end()
    await again.close()
  })
})

describe('a dump', () => {
  it('waits for the open transaction and starts another database with the same content', async () => {
    const database = await openTest()
    const one = await client(database)
    await one.query('create extension vector; create extension pg_trgm')
    await one.query(`create table dumped (v vector(3)); insert into dumped values ('[1,2,3]')`)
    await one.query('begin')
    await one.query(`insert into dumped values ('[4,5,6]')`)
    const dump = database.dump()
    await one.query('commit')
    const copy = await openTest({ loadDataDir: await dump })
    const two = await client(copy)
    expect((await two.query(`select v from dumped order by v <-> '[4,5,6]'`)).rows).toEqual([
      { v: '[4,5,6]' },
      { v: '[1,2,3]' },
    ])
    await Promise.all([one.end(), two.end()])
    await Promise.all([database.close(), copy.close()])
  })
})

describe('the end of the engine', () => {
  it('is told to its owner and its clients, and frees the folder', async () => {
    const dataDir = await databaseFolder()
    const database = await openEmbedded({ dataDir })
    const [one, idle] = await Promise.all([client(database), client(database)])
    const gone = new Promise<{ code?: string }>((resolve) => idle.once('error', resolve))
    rmSync(join(dataDir, 'pgdata', 'pg_wal'), { recursive: true })
    const writing = one.query('create table t as select generate_series(1, 300000) as n').catch(() => {})
    expect((await database.stopped)?.message).toContain('PANIC:  could not create file "pg_wal/')
    await writing
    expect((await gone).code).toBe('57P02')
    await database.close()
    await expect(database.dump()).rejects.toThrow()
    expect(existsSync(join(dataDir, 'clubos.lock'))).toBe(false)
  })
})
