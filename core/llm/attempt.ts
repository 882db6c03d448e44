/** What each call has, whichever provider it goes to: a breaker that lets it through, a deadline, a clock, a span. */
import { countCall } from '../watching/metrics.ts'
import type { Breaker } from './breaker.ts'
import { classify, type SdkErrors } from './failures.ts'
import { type Call, type FailureKind, LlmError, type Purpose } from './index.ts'
import { noTelemetry, type Operation, type Span, type Telemetry } from './telemetry.ts'

export interface Endpoint {
  breaker: Breaker
  sdk: SdkErrors
  telemetry: Telemetry
  /** Milliseconds for a whole call. */
  timeout: number
}

export interface Usage {
  in: number | null
  out: number | null
  cached: number | null
  written: number | null
}

export const noUsage: Usage = { in: null, out: null, cached: null, written: null }

export class Attempt {
  /** For the SDK: ends at the deadline, or when the caller wants. */
  readonly signal: AbortSignal
  /** What is known so far; set as it arrives, so that a failure too says what it cost. */
  model: string
  requestId: string | null = null
  usage: Usage = noUsage
  finish: string | null = null
  /** Whether any text has come. */
  begun = false

  readonly #endpoint: Endpoint
  readonly #purpose: Purpose
  readonly #started = performance.now()
  readonly #caller: AbortSignal | undefined
  readonly #deadline: AbortSignal
  readonly #settle: (failure: LlmError | null) => void
  readonly #span: Span
  #ended = false
  #batch = false

  static async begin(
    endpoint: Endpoint,
    operation: Operation,
    request: { purpose: Purpose; model: string; timeout?: number; signal?: AbortSignal },
  ): Promise<Attempt> {
    if (request.signal?.aborted) throw new LlmError('aborted', 'The call was stopped before it began.')
    return new Attempt(endpoint, operation, request, await endpoint.breaker.enter())
  }

  /** One of a batch's results: the request itself was made long ago. */
  static ofBatch(endpoint: Endpoint, purpose: Purpose, model: string): Attempt {
    const attempt = new Attempt({ ...endpoint, telemetry: noTelemetry }, 'chat', { purpose, model }, () => {})
    attempt.#batch = true
    return attempt
  }

  private constructor(
    endpoint: Endpoint,
    operation: Operation,
    request: { purpose: Purpose; model: string; timeout?: number; signal?: AbortSignal },
    settle: (failure: LlmError | null) => void,
  ) {
    this.#endpoint = endpoint
    this.#purpose = request.purpose
    this.model = request.model
    this.#caller = request.signal
    // Somebody waits for an answer: never longer than LLM_TIMEOUT. For an analysis nobody does.
    const most = request.purpose === 'analyse' ? Number.POSITIVE_INFINITY : endpoint.timeout
    this.#deadline = AbortSignal.timeout(Math.min(request.timeout ?? endpoint.timeout, most))
    this.signal = request.signal ? AbortSignal.any([request.signal, this.#deadline]) : this.#deadline
    this.#settle = settle
    this.#span = endpoint.telemetry.start(
      operation,
      endpoint.breaker.provider,
      request.model,
      request.purpose,
    )
  }

  /** What the provider answered, where it can be told before the body is read. */
  answered(response: { request_id: string | null | undefined; response: Response }): void {
    this.requestId = response.request_id ?? response.response.headers.get('apim-request-id') ?? null
  }

  succeed(): Call {
    const call = this.#call('ok')
    this.#end(call, null)
    return call
  }

  /** An error of the SDK, of the network, or one of our own that is passed on. */
  fail(error: unknown): LlmError {
    if (error instanceof LlmError) {
      this.#end(error.call, error)
      return error
    }
    const failure = classify(error, this.#endpoint.sdk, {
      signal: this.#caller,
      deadline: this.#deadline,
      begun: this.begun,
    })
    this.requestId = failure.requestId ?? this.requestId
    return this.failAs(failure.kind, failure.message, failure.retryAfter, error)
  }

  failAs(kind: FailureKind, message: string, retryAfter: number | null = null, cause?: unknown): LlmError {
    const error = new LlmError(kind, message, {
      call: this.#call(kind),
      ...(retryAfter === null ? {} : { retryAfter }),
      cause,
    })
    this.#end(error.call, error)
    return error
  }

  /** Of a stream that ended: the SDKs end it in silence where it was stopped, or where the connection closed early. */
  unfinished(): LlmError {
    return this.signal.aborted
      ? this.fail(this.signal.reason)
      : this.failAs(
          this.begun ? 'stream_broken' : 'connection',
          'The stream ended before the model had finished.',
        )
  }

  get ended(): boolean {
    return this.#ended
  }

  #call(status: Call['status']): Call {
    return {
      purpose: this.#purpose,
      provider: this.#endpoint.breaker.provider,
      model: this.model,
      tokens_in: this.usage.in,
      tokens_out: this.usage.out,
      tokens_cached: this.usage.cached,
      tokens_cache_written: this.usage.written,
      latency_ms: this.#batch ? null : performance.now() - this.#started,
      status,
      request_id: this.requestId,
      ...(this.#batch ? { batch: true } : {}),
    }
  }

  #end(call: Call | null, failure: LlmError | null): void {
    if (this.#ended) return
    this.#ended = true
    this.#settle(failure)
    if (call) countCall(call)
    this.#span.end(call, this.finish, failure)
  }
}
