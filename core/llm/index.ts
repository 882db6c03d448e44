/**
 * What ClubOS asks of a language model, whoever provides it: a strict object, or text as it comes. A call never
 * retries by itself: it ends with a result, or with an LlmError that says what kind of failure it was.
 */
import type { z } from 'zod'

export type Purpose = 'route' | 'rerank' | 'answer' | 'embed' | 'analyse' | 'preview'
export type Provider = 'openai' | 'anthropic'

/** A failure as whoever must decide what to do about it sees it. */
export type FailureKind =
  /** 429: later, after `retryAfter` seconds. */
  | 'rate_limited'
  /** The account has no money left: a person must act. */
  | 'quota_exhausted'
  | 'overloaded'
  | 'server_error'
  | 'timeout'
  | 'connection'
  /** The connection broke after the first words. */
  | 'stream_broken'
  /** Stopped at the limit of its length. */
  | 'truncated'
  /** No JSON, or not of the schema. */
  | 'invalid_output'
  | 'refused'
  | 'filtered'
  | 'unknown_model'
  /** The key is wrong, expired, or may not do this. */
  | 'unauthorized'
  | 'bad_request'
  /** We stopped it ourselves. */
  | 'aborted'
  /** Not even tried: the provider failed too often a moment ago. */
  | 'breaker_open'
  /** Not even tried: the budget is used up. */
  | 'budget_stopped'

/** One call, as it goes into the ledger (app_public.llm_calls). Tokens are null where the provider did not say. */
export interface Call {
  purpose: Purpose
  provider: Provider
  /** As the provider named it in its answer; else as asked. */
  model: string
  tokens_in: number | null
  tokens_out: number | null
  /** Of tokens_in: read from the provider's cache. */
  tokens_cached: number | null
  /** Of tokens_in: written to the provider's cache, where it charges for that. */
  tokens_cache_written: number | null
  /** Null for what came in a batch. */
  latency_ms: number | null
  /** ok, or the kind of failure. */
  status: 'ok' | FailureKind
  request_id: string | null
  /** By a batch API, at its price. */
  batch?: boolean
}

export class LlmError extends Error {
  readonly kind: FailureKind
  /** Null where nothing was sent. */
  readonly call: Call | null
  /** Seconds. */
  readonly retryAfter: number | null
  constructor(
    kind: FailureKind,
    message: string,
    rest: { call?: Call; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: rest.cause })
    this.kind = kind
    this.call = rest.call ?? null
    this.retryAfter = rest.retryAfter ?? null
  }
  /** Whether the same request may succeed later, without anybody doing anything. */
  get transient(): boolean {
    return transient.has(this.kind)
  }
}

const transient = new Set<FailureKind>([
  'rate_limited',
  'overloaded',
  'server_error',
  'timeout',
  'connection',
  'stream_broken',
  'breaker_open',
])

export interface Request {
  purpose: Purpose
  /** The system's part: policy and task. First and the same each time, so that the provider can cache it. */
  system: string
  /** The user's part, in order: what changes least first. */
  input: string[]
  /** So many of the first inputs are the same in other requests too, and worth caching. */
  cached?: number
  maxTokens: number
  /** For the whole call, in ms; LLM_TIMEOUT where it is left out, and at most that where somebody waits (all but analyse). */
  timeout?: number
  signal?: AbortSignal
}

export interface StreamedText {
  /** What arrived since. Throws an LlmError where the stream fails. */
  deltas: AsyncIterable<string>
  /** The call, once `deltas` has ended well. */
  call(): Call
}

export interface TextModel {
  readonly provider: Provider
  readonly model: string
  /** An object by a strict JSON schema, checked. */
  structured<T>(
    request: Request & { schema: z.ZodType<T>; schemaName: string },
  ): Promise<{ value: T; call: Call }>
  /** Text as it comes. */
  stream(request: Request): StreamedText
}

/** Texts become vectors; a batch of any size, split as the provider needs it. */
export interface EmbeddingModel {
  readonly provider: Provider
  readonly model: string
  readonly dimensions: number
  /** In the order of the texts. The call sums up all that was sent. */
  embed(texts: string[], signal?: AbortSignal): Promise<{ vectors: number[][]; call: Call }>
}

export interface BatchRequest {
  /** Comes back with the result; unique in the batch; letters, digits, _ and -, at most 64. */
  customId: string
  request: Request & { schema: z.ZodType; schemaName: string }
}

export interface Batch {
  id: string
  status: 'in_progress' | 'canceling' | 'ended'
  counts: { processing: number; succeeded: number; errored: number; canceled: number; expired: number }
  createdAt: string
  endedAt: string | null
  /** After this the provider gives up what it has not begun. */
  expiresAt: string
}

export type BatchResult<T> =
  | { customId: string; status: 'ok'; value: T; call: Call }
  /** Also where the answer came, but not as asked: its call has the tokens. */
  | { customId: string; status: 'failed'; error: LlmError }
  /** Not done and not paid for. */
  | { customId: string; status: 'canceled' | 'expired' }

/** Many requests at a lower price, answered within a day. */
export interface BatchModel {
  readonly provider: Provider
  readonly model: string
  submit(requests: BatchRequest[], signal?: AbortSignal): Promise<Batch>
  retrieve(id: string, signal?: AbortSignal): Promise<Batch>
  /** Of a batch that has ended, in no particular order. */
  results<T>(
    id: string,
    expected: { purpose: Purpose; schema: z.ZodType<T> },
    signal?: AbortSignal,
  ): AsyncIterable<BatchResult<T>>
  cancel(id: string, signal?: AbortSignal): Promise<Batch>
  /** The newest first. */
  list(limit: number, signal?: AbortSignal): Promise<Batch[]>
}
