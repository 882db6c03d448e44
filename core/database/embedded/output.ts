/** The answer to one request on its way to its client, in pieces of a reasonable size. */
import type { Connection } from './connection.ts'
import { ClientError, typeOf } from './protocol.ts'

const PIECE = 64 * 1024

interface Options {
  /** ParseComplete messages the client did not ask for. */
  swallowParses: number
  /** The gateway has invited the client to send its COPY data already. */
  swallowCopyIn: boolean
  maxBytes: number
  onComplete: (message: Buffer) => void
  onError: () => void
  onNotification: (message: Buffer) => void
}

export class RequestOutput {
  readonly #connection: Connection
  readonly #options: Options
  #swallowParses: number
  #pieces: Buffer[] = []
  #size = 0
  #overflow = false

  constructor(connection: Connection, options: Options) {
    this.#connection = connection
    this.#options = options
    this.#swallowParses = options.swallowParses
  }

  add(message: Buffer) {
    const type = typeOf(message)
    if (type === 'A') {
      this.#options.onNotification(message)
      return
    }
    if (type === '1' && this.#swallowParses > 0) {
      this.#swallowParses--
      return
    }
    if (type === 'G' && this.#options.swallowCopyIn) return
    if (type === 'C') this.#options.onComplete(message)
    if (type === 'E') {
      this.#options.onError()
      this.#push(this.#connection.statements.restoreNames(message))
    } else this.#push(message)
  }

  /** The statement has run inside one call, so a client cannot have read anything meanwhile. */
  #push(message: Buffer) {
    if (this.#overflow || this.#connection.isClosed) return
    if (this.#connection.unread + this.#size + message.length > this.#options.maxBytes) {
      this.#overflow = true
      this.#pieces = []
      this.#size = 0
      return
    }
    this.#pieces.push(message)
    this.#size += message.length
    if (this.#size >= PIECE) this.#flush()
  }

  #flush() {
    if (this.#pieces.length) this.#connection.send(...this.#pieces)
    this.#pieces = []
    this.#size = 0
  }

  end() {
    this.#flush()
    if (!this.#overflow) return
    this.#connection.terminate(
      new ClientError('54000', `the answer exceeds the limit of ${this.#options.maxBytes} bytes`, {
        fatal: true,
        hint: 'Read it in pieces, with a cursor or limit. The statement itself has been carried out.',
      }),
    )
  }
}
