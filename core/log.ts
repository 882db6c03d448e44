/** One structured log for all processes: JSON lines on stderr, so that stdout stays for results. */
import pino from 'pino'

export type Log = pino.Logger

export function makeLog(level: string): Log {
  return pino(
    {
      level,
      base: undefined,
      redact: ['password', 'url', '*.password', '*.authorization', 'headers.cookie'],
    },
    pino.destination(2),
  )
}
