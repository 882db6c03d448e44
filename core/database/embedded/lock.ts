/**
 * One process per data folder: two engines on the same files would destroy them. The lock is a file that
 * names its owner; a dead owner's lock is taken over.
 *
 * Taking over must not race: between judging a lock dead and replacing it, someone else may have done both.
 * So a lock is replaced only by whoever creates `clubos.lock.<its id>.next`, which only one can, and who then
 * still finds that very lock in place.
 */
import { randomUUID } from 'node:crypto'
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { isAlive, type ProcessIdentity, thisPlace, thisProcess } from './process.ts'

export interface LockContent extends ProcessIdentity {
  id: string
  url: string | null
  startedAt: string
}

export class DataDirLockedError extends Error {
  readonly pid: number
  readonly dataDir: string
  constructor(pid: number, dataDir: string) {
    super(
      `The database folder ${dataDir} is in use by process ${pid}. ` +
        `Stop that process first, or connect to it: its address is in ${join(dataDir, FILE)}.`,
    )
    this.name = 'DataDirLockedError'
    this.pid = pid
    this.dataDir = dataDir
  }
}

const FILE = 'clubos.lock'
/** A process of another container or host cannot be asked; it shows that it lives by touching its lock. */
const TOUCH_EVERY = 2_000
const FOREIGN_DEAD_AFTER = 10_000

export class DataDirLock {
  readonly #path: string
  #content: LockContent
  readonly #touch: NodeJS.Timeout
  #released = false

  private constructor(path: string, content: LockContent) {
    this.#path = path
    this.#content = content
    this.#touch = setInterval(() => this.#touchFile(), TOUCH_EVERY)
    this.#touch.unref()
    held.add(this)
  }

  static async acquire(dataDir: string): Promise<DataDirLock> {
    const path = join(dataDir, FILE)
    const content: LockContent = {
      id: randomUUID(),
      ...thisProcess(),
      url: null,
      startedAt: new Date().toISOString(),
    }
    for (;;) {
      if (createExclusively(path, content)) return new DataDirLock(path, content)
      const current = readLock(path)
      if (current === 'missing') continue
      if (current !== 'unreadable' && isLive(path, current)) {
        if (current.place === content.place) throw new DataDirLockedError(current.pid, dataDir)
        if (!(await diesSoon(path, current))) throw new DataDirLockedError(current.pid, dataDir)
      }
      if (current === 'unreadable' && !isOld(path)) await pause(200)
      else if (takeOver(path, current === 'unreadable' ? 'unreadable' : current.id, content)) {
        return new DataDirLock(path, content)
      } else await pause(20)
    }
  }

  /** Tells others where the database can be reached. */
  publish(url: string) {
    this.#content = { ...this.#content, url }
    const next = `${this.#path}.${this.#content.id}.new`
    writeFileSync(next, JSON.stringify(this.#content), { mode: 0o600 })
    renameSync(next, this.#path)
  }

  release() {
    if (this.#released) return
    this.#released = true
    clearInterval(this.#touch)
    held.delete(this)
    const current = readLock(this.#path)
    if (typeof current === 'object' && current.id === this.#content.id) remove(this.#path)
  }

  #touchFile() {
    try {
      utimesSync(this.#path, new Date(), new Date())
    } catch {
      // The folder may be gone; whoever uses the database will notice.
    }
  }
}

/** A process that just ends leaves no lock behind. */
const held = new Set<DataDirLock>()
process.once('exit', () => {
  for (const lock of held) lock.release()
})

/** The process that serves a folder, if there is one. */
export function findLock(dataDir: string): LockContent | null {
  const path = join(dataDir, FILE)
  const current = readLock(path)
  return typeof current === 'object' && isLive(path, current) ? current : null
}

function isLive(path: string, content: LockContent): boolean {
  return content.place === thisPlace() ? isAlive(content) : !isOld(path)
}

/** Waits as long as a foreign owner may take to show that it lives. */
async function diesSoon(path: string, content: LockContent): Promise<boolean> {
  const before = modified(path)
  for (const until = Date.now() + FOREIGN_DEAD_AFTER; Date.now() < until; await pause(250)) {
    const current = readLock(path)
    if (typeof current !== 'object' || current.id !== content.id) return true
    if (modified(path) !== before) return false
  }
  return true
}

function takeOver(path: string, id: string, content: LockContent): boolean {
  const claims: string[] = []
  try {
    // The claimant before may have died before it was done; then its claim is claimed in turn.
    for (let claimed = id; ; ) {
      const claim = `${path}.${claimed}.next`
      claims.push(claim)
      if (createExclusively(claim, content)) break
      const claimant = readLock(claim)
      if (typeof claimant !== 'object' || isLive(claim, claimant)) {
        // Unreadable: just being written, or left by a crash in that very moment, which is then old.
        if (claimant !== 'unreadable' || !isOld(claim)) return false
        claimed = `${claimed}.unreadable`
      } else claimed = claimant.id
    }
    const current = readLock(path)
    const unchanged =
      current === 'unreadable' ? id === 'unreadable' : current !== 'missing' && current.id === id
    if (!unchanged) {
      remove(claims.at(-1)!)
      return false
    }
    const next = `${path}.${content.id}.new`
    writeFileSync(next, JSON.stringify(content), { mode: 0o600 })
    renameSync(next, path)
    for (const claim of claims) remove(claim)
    return true
  } catch (error) {
    const last = claims.at(-1)
    const mine = last ? readLock(last) : 'missing'
    if (last && typeof mine === 'object' && mine.id === content.id) remove(last)
    throw error
  }
}

function createExclusively(path: string, content: LockContent): boolean {
  let file: number
  try {
    file = openSync(path, 'wx', 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  try {
    writeSync(file, JSON.stringify(content))
  } catch (error) {
    // A full disk must not leave an empty lock behind.
    remove(path)
    throw error
  } finally {
    closeSync(file)
  }
  return true
}

function readLock(path: string): LockContent | 'missing' | 'unreadable' {
  try {
    const content = JSON.parse(readFileSync(path, 'utf8')) as LockContent
    const complete = typeof content.pid === 'number' && typeof content.id === 'string'
    return complete ? content : 'unreadable'
  } catch {
    return existsSync(path) ? 'unreadable' : 'missing'
  }
}

function modified(path: string): number {
  try {
    return statSync(path).mtimeMs
  } catch {
    return 0
  }
}

const isOld = (path: string) => Date.now() - modified(path) > FOREIGN_DEAD_AFTER
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function remove(path: string) {
  try {
    unlinkSync(path)
  } catch {
    // Already gone.
  }
}
