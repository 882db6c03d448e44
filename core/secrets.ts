/** The server's own secret, by which it signs visitors' cookies: from the environment, or made once in the data folder. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export function serverSecret(given: string | undefined, dataDir: string): string {
  if (given !== undefined) return given
  if (dataDir.startsWith('memory:')) return randomBytes(32).toString('base64url')
  const file = join(dataDir, 'secret')
  const read = () => readFileSync(file, 'utf8').trim()
  try {
    return read()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  mkdirSync(dataDir, { recursive: true })
  try {
    // wx: of two processes that start together one makes it.
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return read()
}

const signature = (value: string, secret: string) =>
  createHmac('sha256', secret).update(`clubos visitor ${value}`).digest('base64url')

export const sign = (value: string, secret: string): string => `${value}.${signature(value, secret)}`

/** The value that was signed, or null. */
export function unsign(signed: string, secret: string): string | null {
  const dot = signed.lastIndexOf('.')
  if (dot < 0) return null
  const value = signed.slice(0, dot)
  const given = Buffer.from(signed.slice(dot + 1))
  const expected = Buffer.from(signature(value, secret))
  return given.length === expected.length && timingSafeEqual(given, expected) ? value : null
}
