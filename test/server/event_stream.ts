/** A reader of server-sent events that waits for the one it wants, and goes away when it likes. */
import { type IncomingMessage, request } from 'node:http'

export interface StreamedEvent {
  id: number
  event: string
  // biome-ignore lint/suspicious/noExplicitAny: what an event holds is the test's to know
  data: any
}

export interface EventStream {
  status: number
  headers: IncomingMessage['headers']
  events: StreamedEvent[]
  /** What came, as it came. */
  raw(): string
  /** The first event that fits, past or to come. */
  until(fits: (event: StreamedEvent) => boolean): Promise<StreamedEvent>
  /** What came holds this text. */
  contains(text: string): Promise<void>
  /** All events, once the server has ended the stream. */
  all(): Promise<StreamedEvent[]>
  /** Goes away without a word. */
  vanish(): void
}

export function openStream(
  url: string,
  given: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<EventStream> {
  const body = given.body === undefined ? undefined : JSON.stringify(given.body)
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      {
        method: given.method ?? (body ? 'POST' : 'GET'),
        agent: false,
        headers: { ...(body && { 'content-type': 'application/json' }), ...given.headers },
      },
      (response) => {
        const events: StreamedEvent[] = []
        let raw = ''
        let rest = ''
        let ended = false
        const waiting = new Set<() => void>()
        const wake = () => {
          for (const look of [...waiting]) look()
        }
        const when = <T>(find: () => T | undefined): Promise<T> =>
          new Promise((found, lost) => {
            const look = () => {
              const value = find()
              if (value === undefined && !ended) return
              waiting.delete(look)
              if (value === undefined) lost(new Error(`The stream ended before it came: ${raw}`))
              else found(value)
            }
            waiting.add(look)
            look()
          })
        response.setEncoding('utf8')
        response.on('data', (text: string) => {
          raw += text
          const parts = (rest + text).split('\n\n')
          rest = parts.pop()!
          for (const part of parts) {
            const fields = Object.fromEntries(
              part.split('\n').map((line) => /^([a-z]*): ?(.*)$/.exec(line)!.slice(1)),
            ) as Record<string, string>
            if (fields.event)
              events.push({ id: Number(fields.id), event: fields.event, data: JSON.parse(fields.data!) })
          }
          wake()
        })
        const end = () => {
          ended = true
          wake()
        }
        response.on('end', end)
        response.on('error', end)
        response.on('close', end)
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          events,
          raw: () => raw,
          until: (fits) => when(() => events.find(fits)),
          contains: (text) => when(() => (raw.includes(text) ? true : undefined)).then(() => {}),
          all: () => when(() => (ended ? events : undefined)),
          vanish: () => call.destroy(),
        })
      },
    )
    call.on('error', reject)
    call.end(body)
  })
}
