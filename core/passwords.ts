/**
 * Argon2id (RFC 9106) by Node's own crypto, in the PHC string format. 64 MiB, 3 passes, 4 lanes is the RFC's second
 * recommended choice; about 120 ms here. Two at a time at most, so that logins cannot take the memory.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const hashArgon2 = promisify(argon2)
const cost = { memory: 65_536, passes: 3, parallelism: 4 }

export class PasswordError extends Error {
  readonly extensions = { code: 'CO005' }
}

/** What NIST SP 800-63B asks: length, and not one of the first guesses; no rules about characters. */
export function checkPassword(password: string, email = ''): void {
  const length = [...password].length
  if (length < 12) throw new PasswordError('A password has at least 12 characters; a few words do well.')
  if (length > 200) throw new PasswordError('A password has at most 200 characters.')
  const plain = password.toLowerCase()
  const parts = email.toLowerCase().split(/[@.+_-]/)
  if (
    new Set(plain).size < 5 ||
    /^(password|passwort|qwerty|qwertz|letmein|welcome|admin|clubos|iloveyou|\d|\W|_)*$/.test(plain) ||
    '01234567890123456789abcdefghijklmnopqrstuvwxyz'.includes(plain) ||
    (email !== '' && parts.some((part) => part.length > 3 && plain.replaceAll(part, '').length < 5))
  )
    throw new PasswordError('This password would be guessed at once; take a few words instead.')
}

let running = 0
const waiting: (() => void)[] = []
async function derive(password: string, nonce: Buffer, parameters: typeof cost): Promise<Buffer> {
  if (running >= 2) await new Promise<void>((resolve) => waiting.push(resolve))
  else running++
  try {
    const message = password.normalize('NFKC')
    return (await hashArgon2('argon2id', { message, nonce, tagLength: 32, ...parameters })) as Buffer
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const tag = await derive(password, salt, cost)
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(salt)}$${base64(tag)}`
}

const phc = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/
const nobody = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${base64(Buffer.alloc(16))}$${base64(Buffer.alloc(32))}`

/** hash null: nobody has that login. It takes as long as a wrong password, so that the time tells nothing. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const match = phc.exec(hash ?? nobody)
  if (!match) throw new Error('A stored password hash is not in the form this version writes.')
  const [, memory, passes, parallelism, salt, expected] = match
  const tag = await derive(password.slice(0, 1000), Buffer.from(salt!, 'base64'), {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
  })
  return timingSafeEqual(tag, Buffer.from(expected!, 'base64')) && hash !== null
}
