import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import {
  DataDirLockedError,
  DataDirUnusableError,
  findRunning,
  openEmbedded,
} from '../../../core/database/embedded/index.ts'
import { client, databaseFolder, openTest, testFolder, until } from './support.ts'

const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
})

function start(dataDir: string, task = 'hold') {
  const script = new URL('./child.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, dataDir, task], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.add(child)
  const lines: string[] = []
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
  })
  const ended = new Promise<number | null>((resolve) =>
    child.on('close', (code) => {
      children.delete(child)
      resolve(code)
    }),
  )
  const first = async () => {
    await until(() => lines.length > 0, 40_000)
    return lines[0] ?? ''
  }
  return { child, lines, ended, first, pid: child.pid ?? 0 }
}

const RECOVERY = 'database system was not properly shut down'
const lockFile = (dataDir: string) => join(dataDir, 'clubos.lock')
const leftovers = (dataDir: string) => readdirSync(dataDir).filter((name) => name.startsWith('clubos'))

describe('a data folder', () => {
  it('belongs to one process; the error for another names it, and findRunning says where it listens', async () => {
    const dataDir = await databaseFolder()
    const owner = start(dataDir)
    const url = (await owner.first()).replace('opened ', '')
    const second = start(dataDir)
    expect(await second.first()).toBe(`locked by ${owner.pid}`)
    const error = await openEmbedded({ dataDir }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(DataDirLockedError)
    expect(error).toMatchObject({ pid: owner.pid, dataDir })
    expect((error as Error).message).toContain(`${owner.pid}`)
    expect((error as Error).message).toContain(dataDir)
    expect(await findRunning(dataDir)).toEqual({ pid: owner.pid, url })
    expect(statSync(lockFile(dataDir)).mode & 0o777).toBe(0o600)
    owner.child.kill('SIGKILL')
    await owner.ended
    expect(await findRunning(dataDir)).toBeNull()
  })

  it('is closed cleanly at SIGTERM: nothing to recover, no lock left', async () => {
    const dataDir = await databaseFolder()
    const owner = start(dataDir)
    const one = await client({ url: (await owner.first()).replace('opened ', '') })
    const gone = new Promise<{ code?: string }>((resolve) => one.once('error', resolve))
    await one.query('create table kept as select 1 as n')
    owner.child.kill('SIGTERM')
    expect(await owner.ended).toBe(0)
    expect((await gone).code).toBe('57P01')
    expect(leftovers(dataDir)).toEqual([])
    const log: string[] = []
    const database = await openEmbedded({ dataDir, log: (_level, message) => log.push(message) })
    const again = await client(database)
    expect((await again.query('select n from kept')).rows).toEqual([{ n: 1 }])
    expect(log.join('\n')).not.toContain(RECOVERY)
    await again.end()
    await database.close()
  })

  it('recovers after kill -9, three times, without losing an acknowledged row', async () => {
    const dataDir = await databaseFolder()
    const prepared = await openEmbedded({ dataDir })
    const one = await client(prepared)
    await one.query('create table written (writer text, n int, text text)')
    await one.end()
    await prepared.close()
    for (let kill = 0; kill < 3; kill++) {
      const owner = start(dataDir, 'write')
      await until(() => owner.lines.length > 100, 40_000)
      owner.child.kill('SIGKILL')
      await owner.ended
      const log: string[] = []
      const database = await openEmbedded({ dataDir, log: (_level, message) => log.push(message) })
      expect(log.join('\n')).toContain(RECOVERY)
      const reader = await client(database)
      const { rows } = await reader.query('select writer, n, length(text) as length from written')
      const found = new Map(rows.map(({ writer, n, length }) => [`${writer} ${n}`, length]))
      const acknowledged = owner.lines.slice(1)
      expect(acknowledged.length).toBeGreaterThan(90)
      expect(acknowledged.filter((line) => found.get(line) !== Number(line.slice(2)) % 3000)).toEqual([])
      await reader.query('truncate written')
      await reader.end()
      await database.close()
    }
  })

  it('has every commit synced to its disk', async () => {
    const counting = start(await databaseFolder(), 'fsync')
    const [count] = (await counting.first()).split(' ')
    expect(Number(count)).toBeGreaterThanOrEqual(20)
    await counting.ended
  })

  it('of a dead process goes to exactly one of several that want it', async () => {
    const dataDir = await databaseFolder()
    const dead = start(dataDir)
    await dead.first()
    dead.child.kill('SIGKILL')
    await dead.ended
    expect(existsSync(lockFile(dataDir))).toBe(true)
    const contenders = [1, 2, 3, 4].map(() => start(dataDir))
    const outcomes = await Promise.all(contenders.map(({ first }) => first()))
    const winners = contenders.filter((_, index) => outcomes[index]?.startsWith('opened'))
    expect(winners.length).toBe(1)
    expect(outcomes.filter((line) => line === `locked by ${winners[0]?.pid}`).length).toBe(3)
    winners[0]?.child.kill('SIGTERM')
    await winners[0]?.ended
    expect(leftovers(dataDir)).toEqual([])
  })
})

describe('a folder that cannot be used', () => {
  it('is an error that says why', async () => {
    const folder = testFolder()
    writeFileSync(join(folder, 'file'), '')
    const error = await openEmbedded({ dataDir: join(folder, 'file', 'data') }).catch(
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(DataDirUnusableError)
    expect((error as Error).message).toContain('part of its path is a file')
    await expect(openEmbedded({ dataDir: folder, limits: { minFreeBytes: 2 ** 60 } })).rejects.toThrow(
      /MB are free/,
    )
    expect(existsSync(lockFile(folder))).toBe(false)
  })

  it('because it holds a database already is not loaded into', async () => {
    const dataDir = await databaseFolder()
    await expect(openTest({ dataDir })).rejects.toThrow(DataDirUnusableError)
    expect(leftovers(dataDir)).toEqual([])
  })
})

describe('a first start that was interrupted', () => {
  it('is begun anew', async () => {
    const dataDir = testFolder()
    mkdirSync(join(dataDir, 'pgdata'))
    writeFileSync(join(dataDir, 'pgdata', 'PG_VERSION'), '18\n')
    writeFileSync(join(dataDir, 'clubos.initialising'), '')
    const database = await openTest({ dataDir })
    const one = await client(database)
    expect((await one.query('select 1 as n')).rows).toEqual([{ n: 1 }])
    await one.end()
    await database.close()
    expect(leftovers(dataDir)).toEqual([])
  })
})
