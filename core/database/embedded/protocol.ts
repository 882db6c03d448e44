/**
 * The PostgreSQL frontend/backend protocol, version 3, as far as a gateway needs it:
 * cutting the byte stream into messages and building the few messages the gateway sends itself.
 */

export const SSL_REQUEST = 80877103
export const GSS_REQUEST = 80877104
export const CANCEL_REQUEST = 80877102

/** Bounds from the PostgreSQL server: nothing larger is accepted from someone not authenticated. */
export const MAX_STARTUP_BYTES = 10_000

export type TransactionStatus = 'I' | 'T' | 'E'

/** An error to be reported to a client as ErrorResponse. */
export class ClientError extends Error {
  readonly code: string
  readonly severity: 'ERROR' | 'FATAL'
  readonly hint: string | undefined
  constructor(code: string, message: string, options: { fatal?: boolean; hint?: string } = {}) {
    super(message)
    this.name = 'ClientError'
    this.code = code
    this.severity = options.fatal ? 'FATAL' : 'ERROR'
    this.hint = options.hint
  }
}

export const typeOf = (message: Buffer) => String.fromCharCode(message[0] ?? 0)

export function message(type: string, body: Buffer | string = ''): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const result = Buffer.allocUnsafe(5 + bytes.length)
  result[0] = type.charCodeAt(0)
  result.writeInt32BE(bytes.length + 4, 1)
  bytes.copy(result, 5)
  return result
}

export const cstring = (text: string) => Buffer.from(`${text}\0`)

/** The zero-terminated string at an offset; ends at the message's end when the terminator is missing. */
export function stringAt(buffer: Buffer, offset: number): { text: string; next: number } {
  const end = buffer.indexOf(0, offset)
  const stop = end < 0 ? buffer.length : end
  return { text: buffer.toString('utf8', offset, stop), next: stop + 1 }
}

export const query = (sql: string) => message('Q', cstring(sql))
export const sync = message('S')
export const closeStatement = (name: string) => message('C', Buffer.concat([Buffer.from('S'), cstring(name)]))
export const copyFail = (reason: string) => message('f', cstring(reason))

export const readyForQuery = (status: TransactionStatus) => message('Z', status)
export const authenticationOk = message('R', Buffer.from([0, 0, 0, 0]))
export const authenticationCleartext = message('R', Buffer.from([0, 0, 0, 3]))
export const parameterStatus = (name: string, value: string) => message('S', `${name}\0${value}\0`)

export function backendKeyData(pid: number, secret: number): Buffer {
  const body = Buffer.alloc(8)
  body.writeInt32BE(pid, 0)
  body.writeInt32BE(secret, 4)
  return message('K', body)
}

/** Text format and no column list: psql and libpq take the data as it comes. */
export const copyInResponse = message('G', Buffer.from([0, 0, 0]))

/** Tells a newer client that 3.0 is spoken here, and which of its options are unknown. */
export function negotiateProtocolVersion(unknown: string[]): Buffer {
  const head = Buffer.alloc(8)
  head.writeInt32BE(3 << 16, 0)
  head.writeInt32BE(unknown.length, 4)
  return message('v', Buffer.concat([head, ...unknown.map(cstring)]))
}

export function errorResponse(error: ClientError): Buffer {
  const fields = [`S${error.severity}`, `V${error.severity}`, `C${error.code}`, `M${error.message}`]
  if (error.hint) fields.push(`H${error.hint}`)
  return message('E', `${fields.join('\0')}\0\0`)
}

/** Fields of an ErrorResponse or NoticeResponse by their one-letter code. */
export function errorFields(response: Buffer): Record<string, string> {
  const fields: Record<string, string> = {}
  let offset = 5
  while (offset < response.length && response[offset] !== 0) {
    const { text, next } = stringAt(response, offset)
    fields[text.charAt(0)] = text.slice(1)
    offset = next
  }
  return fields
}

/** The values of a DataRow as text. */
export function rowValues(row: Buffer): (string | null)[] {
  const values: (string | null)[] = []
  let offset = 7
  for (let left = row.readInt16BE(5); left > 0; left--) {
    const length = row.readInt32BE(offset)
    offset += 4
    values.push(length < 0 ? null : row.toString('utf8', offset, offset + length))
    offset += Math.max(length, 0)
  }
  return values
}

/** Cuts a byte stream into messages. Pieces of a large message are kept as they came and joined once. */
export class MessageReader {
  #chunks: Buffer[] = []
  #size = 0

  get buffered() {
    return this.#size
  }

  push(chunk: Buffer) {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#size += chunk.length
  }

  /**
   * The next whole message, or null. A startup packet has no type byte. Lengths are judged as soon as they
   * are known, so that a wrong one costs no memory.
   */
  take(startup: boolean, maxBytes: number): Buffer | null {
    const header = startup ? 0 : 1
    if (this.#size < header + 4) return null
    if (this.#chunks[0]!.length < header + 4) this.#join()
    const length = this.#chunks[0]!.readInt32BE(header)
    if (length < (startup ? 8 : 4)) {
      throw new ClientError('08P01', `invalid message length ${length}`, { fatal: true })
    }
    if (length > maxBytes) {
      throw new ClientError('54000', `a message of ${length} bytes exceeds the limit of ${maxBytes} bytes`, {
        fatal: true,
        hint: 'Send the data in smaller pieces.',
      })
    }
    const total = header + length
    if (this.#size < total) return null
    if (this.#chunks[0]!.length < total) this.#join()
    const first = this.#chunks[0]!
    if (first.length === total) this.#chunks.shift()
    else this.#chunks[0] = first.subarray(total)
    this.#size -= total
    return first.subarray(0, total)
  }

  #join() {
    this.#chunks = [Buffer.concat(this.#chunks)]
  }
}
