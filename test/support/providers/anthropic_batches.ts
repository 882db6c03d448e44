/** Message Batches: created, worked on one request after the other, ended, cancelled, expired, and read as JSONL. */
import type {
  MessageBatch,
  MessageBatchIndividualResponse,
  MessageBatchResult,
} from '@anthropic-ai/sdk/resources/messages/batches'
import type { BatchRequest } from './anthropic_requests.ts'

interface Batch {
  batch: MessageBatch
  requests: BatchRequest['requests']
  results: Map<string, MessageBatchResult>
  /** How often it was looked at. */
  polls: number
}

type Work = (request: BatchRequest['requests'][number]) => Promise<MessageBatchResult>

export class Batches {
  /** How often a batch is seen in progress before it is seen ended. */
  polls = 0
  private readonly all: Batch[] = []
  private hold: Promise<void> | null = null
  private readonly work: Work
  private readonly origin: () => string

  constructor(work: Work, origin: () => string) {
    this.work = work
    this.origin = origin
  }

  /** Nothing is worked on until the function that this returns is called. */
  pause(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.hold = promise
    return () => {
      this.hold = null
      resolve()
    }
  }

  create(id: string, { requests }: BatchRequest): MessageBatch {
    const now = Date.now()
    const batch: Batch = {
      batch: {
        id,
        type: 'message_batch',
        processing_status: 'in_progress',
        request_counts: { processing: requests.length, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
        created_at: new Date(now).toISOString(),
        expires_at: new Date(now + 24 * 3_600_000).toISOString(),
        ended_at: null,
        archived_at: null,
        cancel_initiated_at: null,
        results_url: null,
      },
      requests,
      results: new Map(),
      polls: 0,
    }
    this.all.unshift(batch)
    void this.process(batch)
    return structuredClone(batch.batch)
  }

  /** Settles when it has ended, whoever looks. */
  private async process(batch: Batch): Promise<void> {
    await this.hold
    for (const request of batch.requests) {
      if (batch.batch.processing_status !== 'in_progress') break
      const result = await this.work(request)
      if (!batch.results.has(request.custom_id)) batch.results.set(request.custom_id, result)
    }
    if (this.polls === 0) this.end(batch, 'canceled')
  }

  /** What has no result gets this one; counts are told only now, as the API does. */
  private end({ batch, requests, results }: Batch, rest: 'canceled' | 'expired'): void {
    if (batch.processing_status === 'ended') return
    for (const { custom_id } of requests)
      if (!results.has(custom_id)) results.set(custom_id, { type: rest } as MessageBatchResult)
    const count = (type: string) => [...results.values()].filter((result) => result.type === type).length
    batch.request_counts = {
      processing: 0,
      succeeded: count('succeeded'),
      errored: count('errored'),
      canceled: count('canceled'),
      expired: count('expired'),
    }
    batch.processing_status = 'ended'
    batch.ended_at = new Date().toISOString()
    batch.results_url = `${this.origin()}/v1/messages/batches/${batch.id}/results`
  }

  find(id: string): MessageBatch | null {
    return this.all.find(({ batch }) => batch.id === id)?.batch ?? null
  }

  retrieve(id: string): MessageBatch | null {
    const found = this.all.find(({ batch }) => batch.id === id)
    if (!found) return null
    const seen = structuredClone(found.batch)
    const finished = found.results.size === found.requests.length
    if (found.batch.processing_status === 'canceling') this.end(found, 'canceled')
    else if (finished && ++found.polls >= this.polls) this.end(found, 'canceled')
    return seen
  }

  cancel(id: string): MessageBatch | null {
    const found = this.all.find(({ batch }) => batch.id === id)
    if (found?.batch.processing_status === 'in_progress') {
      found.batch.processing_status = 'canceling'
      found.batch.cancel_initiated_at = new Date().toISOString()
    }
    return found ? structuredClone(found.batch) : null
  }

  /** As if 24 hours had passed. */
  expire(id: string): void {
    const found = this.all.find(({ batch }) => batch.id === id)
    if (!found) throw new Error(`There is no batch ${id}.`)
    found.batch.expires_at = new Date().toISOString()
    this.end(found, 'expired')
  }

  delete(id: string): void {
    this.all.splice(
      this.all.findIndex(({ batch }) => batch.id === id),
      1,
    )
  }

  /** Latest first. */
  list(query: URLSearchParams) {
    const limit = Math.min(1000, Number(query.get('limit') ?? 20))
    const at = (id: string | null) => this.all.findIndex(({ batch }) => batch.id === id)
    const after = query.get('after_id')
    const from = after === null ? 0 : at(after) + 1
    const before = query.get('before_id')
    const to = before === null ? this.all.length : at(before)
    const data = this.all.slice(from, Math.min(to, from + limit)).map(({ batch }) => batch)
    return {
      data,
      has_more: from + data.length < to,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
    }
  }

  /** A line a request, in no order that anybody may rely on: here the last comes first. Null while it has not ended. */
  results(id: string): string | null {
    const found = this.all.find(({ batch }) => batch.id === id)
    if (found?.batch.processing_status !== 'ended') return null
    return found.requests
      .toReversed()
      .map(({ custom_id }) => {
        const line: MessageBatchIndividualResponse = { custom_id, result: found.results.get(custom_id)! }
        return `${JSON.stringify(line)}\n`
      })
      .join('')
  }
}
