/**
 * Who listens to what. The session listens to every channel somebody listens to; the gateway delivers.
 * As in PostgreSQL, LISTEN and UNLISTEN count when their transaction commits.
 */
import { stringAt } from './protocol.ts'
import type { Analysis, ListenOperation } from './sql.ts'

export class Listener {
  readonly channels = new Set<string>()
  #pending: ListenOperation[] = []
  #rolledBack = 0

  /** Follows one request's command tags. */
  follow(executed: Analysis[]): ListenTracker {
    return new ListenTracker(
      this,
      executed.flatMap((analysis) => analysis.listens),
    )
  }

  add(operation: ListenOperation) {
    this.#pending.push(operation)
  }

  /** ROLLBACK, or ROLLBACK TO SAVEPOINT: which of them is known when the status is. */
  rollback() {
    this.#rolledBack = this.#pending.length
  }

  begin() {
    this.#pending.splice(0, this.#rolledBack)
    this.#rolledBack = 0
  }

  /** True when the set of channels may have changed. */
  commit(): boolean {
    this.begin()
    const changed = this.#pending.length > 0
    for (const { listen, channel } of this.#pending) {
      if (listen) this.channels.add(channel)
      else if (channel === '*') this.channels.clear()
      else this.channels.delete(channel)
    }
    this.#pending = []
    return changed
  }

  drop() {
    this.#pending = []
    this.#rolledBack = 0
  }

  keep() {
    this.#rolledBack = 0
  }
}

export class ListenTracker {
  readonly #listener: Listener
  readonly #operations: ListenOperation[]
  changed = false
  failed = false

  constructor(listener: Listener, operations: ListenOperation[]) {
    this.#listener = listener
    this.#operations = operations
  }

  tag(complete: Buffer) {
    const tag = complete.length < 40 ? stringAt(complete, 5).text : ''
    if (tag === 'LISTEN' || tag === 'UNLISTEN') {
      const operation = this.#operations.shift()
      if (operation) this.#listener.add(operation)
    } else if (tag === 'DISCARD ALL') this.#listener.add({ listen: false, channel: '*' })
    else if (tag === 'BEGIN' || tag === 'START TRANSACTION') this.#listener.begin()
    else if (tag === 'ROLLBACK') this.#listener.rollback()
    else if (tag === 'COMMIT') this.changed = this.#listener.commit() || this.changed
  }

  error() {
    this.failed = true
  }

  /** At the end of the request, with the transaction status it left; null while it goes on after Flush. */
  end(status: 'I' | 'T' | 'E' | null) {
    if (status !== 'I') {
      this.#listener.keep()
      return
    }
    if (this.failed) this.#listener.drop()
    else this.changed = this.#listener.commit() || this.changed
  }
}

export const notificationChannel = (notification: Buffer) => stringAt(notification, 9).text

/** Statements that make the session listen to just what is wanted. */
export function listenDifference(actual: Iterable<string>, wanted: Set<string>): string[] {
  const quoted = (channel: string) => `"${channel.replaceAll('"', '""')}"`
  const have = new Set(actual)
  return [
    ...[...wanted].filter((channel) => !have.has(channel)).map((channel) => `listen ${quoted(channel)}`),
    ...[...have].filter((channel) => !wanted.has(channel)).map((channel) => `unlisten ${quoted(channel)}`),
  ]
}
