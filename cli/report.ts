/** How commands speak: results on stdout, progress and errors on stderr, one JSON object with --json. */

import { type App, openApp } from '../core/app.ts'
import { readConfig } from '../core/config.ts'
import { makeLog } from '../core/log.ts'

interface DatabaseError extends Error {
  code?: string
  hint?: string
}

/** Prints what went wrong and what to do; returns the exit code. */
export function report(error: DatabaseError, json: boolean): number {
  const message = error.message || String(error)
  const connection =
    error.code === 'ECONNREFUSED'
      ? 'The database does not answer. Is it running, and is DATABASE_URL right?'
      : undefined
  if (json)
    console.log(
      JSON.stringify({ error: { code: error.code, message: connection ?? message, hint: error.hint } }),
    )
  else {
    console.error(`Error: ${connection ?? message}`)
    if (error.hint) console.error(`Hint: ${error.hint}`)
    if (process.env.LOG_LEVEL === 'debug') console.error(error.stack)
  }
  return 1
}

/** Opens the app for a command, quiet unless LOG_LEVEL says otherwise, and closes it whatever happens. */
export async function withApp<T>(work: (app: App) => Promise<T>): Promise<T> {
  const config = readConfig()
  const app = await openApp(config, makeLog(process.env.LOG_LEVEL ?? 'warn'), { join: true })
  try {
    return await work(app)
  } finally {
    await app.close()
  }
}

let last = 0
/** A line that rewrites itself on a terminal; a line a second elsewhere. */
export function progress(text: string, done = false): void {
  const now = Date.now()
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}${done ? '\n' : ''}`)
  else if (done || now - last > 2000) {
    last = now
    process.stderr.write(`${text}\n`)
  }
}
