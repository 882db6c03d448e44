/**
 * Only so many requests at a time; the rest wait briefly, each caller in a line of their own, and the lines are served
 * in turn, so that one busy caller delays themselves and not the others. What cannot be served soon is refused at
 * once (503), which costs nothing, instead of being served late. After: round-robin fair queueing (Nagle, RFC 970).
 */
export interface AdmissionOptions {
  /** Requests under way at once. */
  capacity: number
  /** Of these, for one caller. */
  perCaller: number
  /** Requests waiting, in all and of one caller. */
  queue: number
  queuePerCaller: number
  /** Milliseconds that a request may wait. */
  patience: number
}

export class OverloadError extends Error {
  readonly extensions = {
    code: 'CO503',
    hint: 'The server is busy. Try again in a moment.',
    retryAfter: 2,
  }
  readonly retryAfter = 2
  constructor() {
    super('Too much is asked of this server just now.')
  }
}

interface Waiting {
  admit(): void
}

export class Admission {
  private readonly options: AdmissionOptions
  private underWay = 0
  private waiting = 0
  private readonly busy = new Map<string, number>()
  private readonly lines = new Map<string, Waiting[]>()

  constructor(options: AdmissionOptions) {
    this.options = options
  }

  /** Resolves to what must be called when the request is done; rejects with OverloadError. */
  enter(caller: string): Promise<() => void> {
    const { capacity, perCaller, queue, queuePerCaller, patience } = this.options
    const line = this.lines.get(caller)
    if (!line && this.underWay < capacity && (this.busy.get(caller) ?? 0) < perCaller)
      return Promise.resolve(this.begin(caller))
    if (this.waiting >= queue || (line?.length ?? 0) >= queuePerCaller)
      return Promise.reject(new OverloadError())
    return new Promise((resolve, reject) => {
      const mine: Waiting = {
        admit: () => {
          clearTimeout(timer)
          resolve(this.begin(caller))
        },
      }
      const timer = setTimeout(() => {
        this.leaveLine(caller, mine)
        reject(new OverloadError())
      }, patience)
      this.waiting++
      if (line) line.push(mine)
      else this.lines.set(caller, [mine])
    })
  }

  get state() {
    return { underWay: this.underWay, waiting: this.waiting }
  }

  private begin(caller: string): () => void {
    this.underWay++
    this.busy.set(caller, (this.busy.get(caller) ?? 0) + 1)
    let done = false
    return () => {
      if (done) return
      done = true
      this.underWay--
      const left = this.busy.get(caller)! - 1
      if (left === 0) this.busy.delete(caller)
      else this.busy.set(caller, left)
      this.serveNext()
    }
  }

  private serveNext(): void {
    if (this.underWay >= this.options.capacity) return
    for (const [caller, line] of this.lines) {
      if ((this.busy.get(caller) ?? 0) >= this.options.perCaller) continue
      const next = line[0]!
      this.leaveLine(caller, next)
      // To the back: a Map keeps the order of insertion.
      const rest = this.lines.get(caller)
      if (rest) {
        this.lines.delete(caller)
        this.lines.set(caller, rest)
      }
      next.admit()
      return
    }
  }

  private leaveLine(caller: string, waiting: Waiting): void {
    const line = this.lines.get(caller)
    const index = line?.indexOf(waiting) ?? -1
    if (index < 0) return
    line!.splice(index, 1)
    this.waiting--
    if (line!.length === 0) this.lines.delete(caller)
  }
}
