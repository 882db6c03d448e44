/** One structured log for all processes: JSON lines on stderr, so that stdout stays for results. */
import pino from 'pino'
import { currentWork } from './watching/context.ts'

export type Log = pino.Logger

// Whatever an error's text may carry along: passwords in URLs, and our own tokens, which are known by their prefix.
const secrets: [RegExp, string][] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s:@/"]*:[^\s@/"]+@/gi, '$1…@'],
  [/\b(cl[stok]_|whsec_)[\w+/=-]{20,}/g, '$1…'],
  [/\b(Bearer\s+)[\w.~+/=-]{8,}/gi, '$1…'],
]

export const redact = (text: string): string =>
  secrets.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text)

const fields = ['password', 'token', 'authorization', 'cookie', 'secret', 'signing_key', 'hash', 'url']

/** destination: where lines go; stderr unless a test looks. */
export function makeLog(
  level: string,
  destination: { write(line: string): unknown } = pino.destination(2),
): Log {
  return pino(
    {
      level,
      base: undefined,
      // Each line of a request, and of the jobs that it enqueued, says so.
      mixin: () => {
        const requestId = currentWork()?.requestId
        return requestId === undefined ? {} : { requestId }
      },
      redact: [...fields, ...fields.map((field) => `*.${field}`)],
    },
    { write: (line: string) => destination.write(redact(line)) },
  )
}
