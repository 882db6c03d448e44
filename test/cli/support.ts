/** Runs the real command in processes of its own, each test file on a database of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { projectFolder } from '../../core/database/migrate.ts'

const command = join(projectFolder, 'cli', 'clubos.ts')

export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

export interface Place {
  folder: string
  environment: NodeJS.ProcessEnv
  clubos(...parameters: string[]): Promise<Outcome>
  start(...parameters: string[]): Promise<Started>
  /** Writes files below a new folder and returns it. */
  files(content: Record<string, string | Buffer>): string
  close(): Promise<void>
}

export interface Started {
  process: ChildProcess
  url: string
  output(): string
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: string | null; ms: number }>
}

async function onServer(url: string, statement: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** A temporary folder, and with DATABASE_URL a scratch database beside it. */
export async function makePlace(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'clubos-cli-'))
  const server = process.env.DATABASE_URL
  const name = `clubos_cli_${process.pid}_${randomBytes(4).toString('hex')}`
  if (server) await onServer(server, `create database ${name} template template0`)
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    CLUBOS_DATA_DIR: join(folder, 'data'),
    CLUBOS_DEMO: 'off',
    PORT: '0',
    CLUBOS_DEV_HEADERS: 'on',
    ...(server && { DATABASE_URL: Object.assign(new URL(server), { pathname: `/${name}` }).toString() }),
  }
  const running = new Set<ChildProcess>()
  const launch = (parameters: string[]) => {
    const child = spawn(process.execPath, [command, ...parameters], { env: environment, cwd: folder })
    running.add(child)
    child.once('exit', () => running.delete(child))
    const outcome: Outcome = { code: null, stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      outcome.stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      outcome.stderr += chunk
    })
    const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
      child.once('close', (code, signal) => {
        outcome.code = code
        resolve({ code, signal })
      })
    })
    return { child, outcome, ended }
  }
  let folders = 0
  return {
    folder,
    environment,
    async clubos(...parameters) {
      const { outcome, ended } = launch(parameters)
      await ended
      return outcome
    },
    async start(...parameters) {
      const { child, outcome, ended } = launch(['start', ...parameters])
      const url = await Promise.race([
        new Promise<string>((resolve) => {
          child.stdout.on('data', () => {
            const ready = /ClubOS is ready: (\S+)/.exec(outcome.stdout)
            if (ready) resolve(ready[1]!)
          })
        }),
        ended.then(({ code }): never => {
          throw new Error(`start ended with ${code}: ${outcome.stdout}${outcome.stderr}`)
        }),
      ])
      return {
        process: child,
        url,
        output: () => outcome.stdout + outcome.stderr,
        async stop(signal = 'SIGTERM') {
          const begun = Date.now()
          child.kill(signal)
          return { ...(await ended), ms: Date.now() - begun }
        },
      }
    },
    files(content) {
      const root = join(folder, `files${++folders}`)
      mkdirSync(root)
      for (const [path, text] of Object.entries(content)) {
        mkdirSync(dirname(join(root, path)), { recursive: true })
        writeFileSync(join(root, path), text)
      }
      return root
    },
    async close() {
      await Promise.all(
        [...running].map((child) => {
          const gone = new Promise((resolve) => child.once('exit', resolve))
          child.kill('SIGKILL')
          return gone
        }),
      )
      rmSync(folder, { recursive: true, force: true })
      if (server) await onServer(server, `drop database if exists ${name} with (force)`)
    },
  }
}

export const club = {
  'sops/access/door_code.md':
    '# Door code does nothing\n\n## Steps\n\n1. Wake the keypad.\n2. Press the hash key.\n',
  'sops/booking/cancel.md': '# Cancel a booking\n\n## Steps\n\n1. Open the app.\n',
  'sops/booking/rules/late.md': '# Late arrival\n\nCome anyway – we wait 15 minutes.\n',
  'knowledge.jsonl': `${JSON.stringify({ category: 'brand', topic: 'dogs', question: 'May I bring my dog?', answer: 'Assistance dogs only.', site: 'harbour' })}\n`,
  'sites.jsonl': `${JSON.stringify({ slug: 'harbour', name: 'Harbour', timezone: 'UTC' })}\n`,
}
