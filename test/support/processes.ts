/** Real `clubos start` processes on a database of a test's own, and what can be done to them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { projectFolder } from '../../core/database/migrate.ts'

export interface Running {
  url: string
  pid: number
  output(): string
  signal(name: NodeJS.Signals): void
  /** When it has ended: the exit code, or the signal that ended it. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

export async function startProcess(environment: NodeJS.ProcessEnv): Promise<Running> {
  const child: ChildProcess = spawn(process.execPath, [join(projectFolder, 'cli', 'clubos.ts'), 'start'], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      GRAPHILE_ENV: 'production',
      CLUBOS_DEMO: 'off',
      CLUBOS_DEV_HEADERS: 'on',
      RATE_LIMITS: 'off',
      CLUBOS_SECRET: 'a secret of the tests, long enough for them',
      PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk) => {
      // The last is what tells why.
      output = (output + chunk).slice(-100_000)
    })
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  )
  const url = await Promise.race([
    new Promise<string>((resolve) => {
      child.stdout!.on('data', () => {
        const ready = /ClubOS is ready: (\S+)/.exec(output)
        if (ready) resolve(ready[1]!)
      })
    }),
    ended.then(({ code, signal }): never => {
      throw new Error(`clubos start ended with ${code ?? signal}: ${output}`)
    }),
  ])
  return { url, pid: child.pid!, output: () => output, signal: (name) => child.kill(name), ended }
}

/** Settles once `condition` gives something else than false, null or undefined; says so if it never does. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  ms = 20_000,
): Promise<NonNullable<Exclude<T, false>>> {
  for (const end = Date.now() + ms; ; ) {
    const found = await condition()
    if (found !== false && found !== null && found !== undefined)
      return found as NonNullable<Exclude<T, false>>
    if (Date.now() > end) throw new Error(`Not within ${ms} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}
