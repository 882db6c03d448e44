/**
 * What is being worked at: a request, or a job that a request enqueued. It goes along with everything that is awaited, so
 * that a line of the log, a statement and a span say for what they were without being told.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Span } from '@opentelemetry/api'

export interface Work {
  /** As x-request-id has it. */
  requestId?: string
  /** The span within which it happens; undefined where nothing is traced. */
  span?: Span
}

const storage = new AsyncLocalStorage<Work>()

export const currentWork = (): Work | undefined => storage.getStore()

export const during = <T>(work: Work, what: () => T): T => storage.run(work, what)
