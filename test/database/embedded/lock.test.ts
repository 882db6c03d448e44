import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from '@jest/globals'
import { DataDirLock, DataDirLockedError, findLock } from '../../../core/database/embedded/lock.ts'
import { testFolder } from './support.ts'

const lockFile = (dataDir: string) => join(dataDir, 'clubos.lock')
const write = (dataDir: string, content: object | string, file = 'clubos.lock') =>
  writeFileSync(join(dataDir, file), typeof content === 'string' ? content : JSON.stringify(content))
const age = (dataDir: string, file = 'clubos.lock') =>
  utimesSync(join(dataDir, file), new Date(0), new Date(0))
const foreign = { id: 'x', pid: 1, started: '1', place: 'elsewhere', url: 'postgres://x', startedAt: '' }

/** Takes the lock, and gives it back; nothing may be left. */
async function taken(dataDir: string) {
  const lock = await DataDirLock.acquire(dataDir)
  expect(findLock(dataDir)).toMatchObject({ pid: process.pid, url: null })
  lock.release()
  expect(readdirSync(dataDir)).toEqual([])
}

describe('a lock', () => {
  it('is held by one, readable by its owner only, and gone when released', async () => {
    const dataDir = testFolder()
    const lock = await DataDirLock.acquire(dataDir)
    expect(statSync(lockFile(dataDir)).mode & 0o777).toBe(0o600)
    await expect(DataDirLock.acquire(dataDir)).rejects.toThrow(DataDirLockedError)
    lock.publish('postgres://here')
    expect(findLock(dataDir)).toMatchObject({ pid: process.pid, url: 'postgres://here' })
    expect(statSync(lockFile(dataDir)).mode & 0o777).toBe(0o600)
    await expect(DataDirLock.acquire(dataDir)).rejects.toThrow(DataDirLockedError)
    lock.release()
    expect(findLock(dataDir)).toBeNull()
    await taken(dataDir)
  })

  it('of a process whose number is used again by another is taken over', async () => {
    const dataDir = testFolder()
    const lock = await DataDirLock.acquire(dataDir)
    const content = JSON.parse(readFileSync(lockFile(dataDir), 'utf8'))
    lock.release()
    write(dataDir, { ...content, started: '1' })
    expect(findLock(dataDir)).toBeNull()
    await taken(dataDir)
    write(dataDir, content)
    await expect(DataDirLock.acquire(dataDir)).rejects.toThrow(DataDirLockedError)
  })

  it('of another host is respected as long as it is touched', async () => {
    const dataDir = testFolder()
    write(dataDir, foreign)
    const alive = setInterval(() => utimesSync(lockFile(dataDir), new Date(), new Date()), 100)
    await expect(DataDirLock.acquire(dataDir)).rejects.toThrow(DataDirLockedError)
    clearInterval(alive)
    age(dataDir)
    await taken(dataDir)
  })

  it.each(['', '{"pid":', '{}'])('that is unreadable (%j) and old is taken over', async (text) => {
    const dataDir = testFolder()
    write(dataDir, text)
    age(dataDir)
    await taken(dataDir)
  })

  it('whose successors died half-way is taken over', async () => {
    const dataDir = testFolder()
    for (const [file, id] of [
      ['clubos.lock', 'x'],
      ['clubos.lock.x.next', 'y'],
      ['clubos.lock.y.next', 'z'],
    ] as const) {
      write(dataDir, { ...foreign, id }, file)
      age(dataDir, file)
    }
    await taken(dataDir)
  })

  it('that is dead goes to one of many who want it at once', async () => {
    const threads = Array.from({ length: 4 }, () => new Worker(new URL('./contender.ts', import.meta.url)))
    const all = (message: string | null) =>
      Promise.all(
        threads.map(async (thread) => {
          thread.postMessage(message)
          return (await once(thread, 'message'))[0] as string
        }),
      )
    for (let round = 0; round < 50; round++) {
      const dataDir = testFolder()
      write(dataDir, foreign)
      age(dataDir)
      const outcomes = await all(dataDir)
      expect(outcomes.sort()).toEqual([...Array(3).fill('DataDirLockedError'), 'taken'])
      await all(null)
      expect(readdirSync(dataDir)).toEqual([])
    }
    await Promise.all(threads.map((thread) => thread.terminate()))
  })
})
