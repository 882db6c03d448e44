/** What a handler of a test server returns: what the model says, how it arrives, and what goes wrong on the way. */

export interface Script {
  /** What the model writes. */
  text?: string
  /** The same as JSON; `json: {}` against the asked schema is how a violation is played. */
  json?: unknown
  /** The model declines (OpenAI: a refusal part; Anthropic: stop_reason refusal). */
  refusal?: string
  /** Why it stopped. `filter` is OpenAI's content_filter. By itself: `length` where max tokens are too few. */
  stop?: 'stop' | 'length' | 'filter'
  /** Tokens; by default text length / 4 and the prompt cache's own arithmetic. */
  usage?: { input?: number; cached?: number; cacheWritten?: number; output?: number }
  /** The pieces of a stream: so many characters each (12), or these. */
  pieces?: number | string[]
  /** The model's thinking time: nothing is sent before this has settled. */
  wait?: Promise<unknown>
  /** Awaited before the n-th piece of a stream (from 0): hold a stream at a known place without any sleep. */
  beforePiece?: (n: number) => unknown
  fault?: Fault
  /** A request of a batch that was never worked on. */
  batch?: 'expired' | 'canceled'
}

/** `after`: so many pieces of the stream arrive first; without it, not even the answer's headers do. */
export type Fault =
  /** An error as the provider words it. */
  | {
      kind: 'status'
      status: number
      error?: {
        type?: string | null
        code?: string | null
        message?: string
        param?: string | null
      } & Record<string, unknown>
      headers?: Record<string, string>
      /** Instead of the provider's own shape: what a proxy in between answers. */
      body?: string
    }
  /** Nothing more comes until the caller goes away. */
  | { kind: 'hang'; after?: number }
  /** The connection breaks. `headers`: after the answer's headers. */
  | { kind: 'reset'; after?: 'headers' | number }
  /** An error inside a stream that had begun with 200. `failed`: as OpenAI's response.failed. */
  | { kind: 'error_event'; after: number; type?: string; code?: string; message?: string; failed?: boolean }
  /** The stream ends properly for HTTP, and not for the protocol. */
  | { kind: 'cut'; after: number }
  /** An event whose data is no JSON. */
  | { kind: 'malformed'; after: number }
  /** 200 and this body, whatever it is; `truncate`: the true one, without its last so many characters. */
  | { kind: 'body'; body: string }
  | { kind: 'truncate'; characters: number }

/** One event of a stream. `piece`: it carries a piece of what the model writes. */
export interface StreamEvent {
  event?: string
  data: unknown
  piece?: boolean
}

/** What a script comes to for one protocol. */
export interface Rendered {
  json: unknown
  events: StreamEvent[]
  /** The event that tells of an error inside a stream. */
  errorEvent(fault: Extract<Fault, { kind: 'error_event' }>): StreamEvent
  /** What ends a stream, after all events: OpenAI's chat has one. */
  end?: string
}

export function textOf(script: Script): string {
  return script.json === undefined ? (script.text ?? '') : JSON.stringify(script.json)
}

export function piecesOf(script: Script, text: string): string[] {
  if (Array.isArray(script.pieces)) return script.pieces
  const size = script.pieces ?? 12
  return Array.from({ length: Math.ceil(text.length / size) }, (_, n) => text.slice(n * size, (n + 1) * size))
}

/** The text as far as the limit lets it, and why it ended. */
export function limited(script: Script, maxTokens: number | null | undefined) {
  const whole = script.refusal ?? textOf(script)
  const fits = maxTokens === null || maxTokens === undefined || tokensOf(whole) <= maxTokens
  const text = fits ? whole : whole.slice(0, maxTokens * 4)
  const stop = script.stop ?? (fits ? 'stop' : 'length')
  return { text, stop, pieces: fits ? piecesOf(script, text) : piecesOf({}, text) }
}

export const tokensOf = (text: string): number => Math.ceil(text.length / 4)
