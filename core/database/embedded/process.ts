/** Which process this is, so that a process number used again is not taken for it. */
import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

export interface ProcessIdentity {
  pid: number
  /** When it started, in whatever terms the system has; null where that cannot be known. */
  started: string | null
  /** Where its number means something: host, boot and process name space. */
  place: string
}

let place: string | undefined

export function thisPlace(): string {
  if (place === undefined) {
    const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ?? ''
    const space = attempt(() => readlinkSync('/proc/self/ns/pid')) ?? ''
    place = [hostname(), boot, space].join(' ')
  }
  return place
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid), place: thisPlace() }
}

/** Only to be asked about processes of this place. */
export function isAlive(identity: ProcessIdentity): boolean {
  try {
    process.kill(identity.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const started = startOf(identity.pid)
  return started === null || identity.started === null || started === identity.started
}

function startOf(pid: number): string | null {
  if (process.platform === 'win32') return null
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
  if (stat) {
    // The command's name, in parentheses, may contain anything; state and start time come after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // A zombie has ended; only its parent has not noticed.
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? null)
  }
  return (
    attempt(() => execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()) ||
    null
  )
}

function attempt<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}
