/** Gathers a client's messages into what is run as one piece. */
import type { GatewayLimits } from './limits.ts'
import * as protocol from './protocol.ts'
import { ClientError, typeOf } from './protocol.ts'
import { analyse } from './sql.ts'

/** Everything up to Sync or Flush, one simple query, or one COPY with its data. */
export interface Request {
  /** start: the connection's own settings are to be tried. answer: no session needed. */
  kind: 'query' | 'copy' | 'start' | 'answer'
  messages: Buffer[]
  ends: 'S' | 'Q' | 'F' | 'H'
  bytes: number
  since: number
  /** For `answer`: what to send when its turn comes. */
  answer?: () => Buffer
}

/** Messages a client may send, and those of them that end a request. */
const ACCEPTED = 'QPBDCEHSFdcf'
const ENDING = 'SQFH'

export class RequestCollector {
  readonly #limits: GatewayLimits
  readonly #add: (request: Request) => void
  #batch: Buffer[] = []
  #batchBytes = 0
  #copy: { query: Buffer; data: Buffer[]; bytes: number } | null = null

  constructor(limits: GatewayLimits, add: (request: Request) => void) {
    this.#limits = limits
    this.#add = add
  }

  collect(message: Buffer) {
    const type = typeOf(message)
    if (!ACCEPTED.includes(type)) {
      // PostgreSQL ends the session at an unknown message, and here that would be everybody's.
      throw new ClientError('08P01', `invalid frontend message type ${message[0]}`, { fatal: true })
    }
    if (this.#copy && this.#collectCopy(type, message)) return
    if ('dcf'.includes(type)) return
    if (type === 'Q' && this.#startsCopy(message)) return
    this.#batch.push(message)
    this.#batchBytes += message.length
    if (this.#batchBytes > this.#limits.maxRequestBytes) {
      throw new ClientError('54000', 'a request without Sync exceeds the limit on its size', { fatal: true })
    }
    if (!ENDING.includes(type)) return
    const [messages, bytes] = [this.#batch, this.#batchBytes]
    this.#batch = []
    this.#batchBytes = 0
    this.#add({ kind: 'query', messages, ends: type as Request['ends'], bytes, since: Date.now() })
  }

  /** An answer of the gateway's own, in turn with those to the requests before. */
  answer(answer: () => Buffer) {
    this.#add({ kind: 'answer', messages: [], ends: 'H', bytes: 0, since: Date.now(), answer })
  }

  clear() {
    this.#batch = []
    this.#copy = null
  }

  /**
   * The engine takes a COPY only together with all its data: an end of input in between would end the session.
   * So the gateway itself invites the client to send, and runs the statement when it has everything. The
   * session stays free meanwhile; errors come after the data instead of before.
   */
  #startsCopy(message: Buffer): boolean {
    const text = protocol.stringAt(message, 5).text
    if (!/\bstdin\b/i.test(text) || analyse(text).copyFromStdin !== 'alone') return false
    this.#copy = { query: message, data: [], bytes: message.length }
    this.answer(() => protocol.copyInResponse)
    return true
  }

  /** True when the message was part of the COPY. */
  #collectCopy(type: string, message: Buffer): boolean {
    const copy = this.#copy!
    if (type === 'H' || type === 'S') return true
    const failed = !'dcf'.includes(type)
    copy.bytes += message.length
    if (copy.bytes > this.#limits.maxRequestBytes) {
      throw new ClientError('54000', 'the data of a COPY exceeds the limit on the size of a request', {
        fatal: true,
        hint: 'Copy in several pieces.',
      })
    }
    copy.data.push(failed ? protocol.copyFail(`unexpected message type ${type} during COPY`) : message)
    if (type === 'd') return true
    this.#copy = null
    const messages = [copy.query, ...copy.data]
    this.#add({ kind: 'copy', messages, ends: 'Q', bytes: copy.bytes, since: Date.now() })
    return !failed
  }
}
