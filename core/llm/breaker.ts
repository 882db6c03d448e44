/**
 * One circuit breaker for each provider: after five failures in a row, all of them the provider's, it is left alone for
 * ten seconds, then one call tries it; each failed trial doubles the pause, up to two minutes.
 */
import { BrokenCircuitError, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel'
import { type FailureKind, LlmError, type Provider } from './index.ts'

/**
 * Failures that the next call would meet too. A wrong key is none of them: it fails at once, and its own name says more
 * than that of an open breaker.
 */
const providerSide = new Set<FailureKind>([
  'rate_limited',
  'overloaded',
  'server_error',
  'timeout',
  'connection',
  'stream_broken',
])

export type BreakerState = 'closed' | 'open' | 'half_open'

export interface BreakerOptions {
  /** So many failures in a row open it. */
  threshold?: number
  /** The first pause and the longest, in milliseconds. */
  pause?: number
  longest?: number
}

export class Breaker {
  readonly provider: Provider
  readonly #policy
  #until = 0
  #lastFailure: { kind: FailureKind; at: Date } | null = null
  #lastSuccess: Date | null = null

  constructor(provider: Provider, options: BreakerOptions = {}) {
    const { threshold = 5, pause = 10_000, longest = 120_000 } = options
    this.provider = provider
    const backoff = (attempt: number, error: unknown) => {
      const asked = error instanceof LlmError ? (error.retryAfter ?? 0) * 1000 : 0
      const duration = Math.min(Math.max(pause * 2 ** (attempt - 1), asked), longest)
      this.#until = Date.now() + duration
      return duration
    }
    const factory = {
      next: (context: { attempt: number; result: { error: unknown } | { value: unknown } }) => ({
        duration: backoff(context.attempt, 'error' in context.result ? context.result.error : null),
        next: factory.next,
      }),
    }
    this.#policy = circuitBreaker(
      handleWhen(
        (error) =>
          error instanceof LlmError &&
          // A trial that its caller stopped has proved nothing.
          (providerSide.has(error.kind) || (error.kind === 'aborted' && this.state !== 'closed')),
      ),
      { breaker: new ConsecutiveBreaker(threshold), halfOpenAfter: factory },
    )
  }

  get state(): BreakerState {
    switch (this.#policy.state) {
      case CircuitState.Closed:
        return 'closed'
      case CircuitState.HalfOpen:
        return 'half_open'
      default:
        return 'open'
    }
  }

  get lastFailure() {
    return this.#lastFailure
  }

  get lastSuccess() {
    return this.#lastSuccess
  }

  /**
   * Lets a call through, or throws breaker_open with the seconds until it may. What it returns must be told how the
   * call ended: null, or its failure.
   */
  enter(): Promise<(failure: LlmError | null) => void> {
    return new Promise((resolve, reject) => {
      // While one call tries whether the provider is back, others need not wait for what it finds.
      if (this.state === 'half_open') return reject(this.#refusal())
      this.#policy
        .execute(
          () =>
            new Promise<void>((succeed, fail) => {
              resolve((failure) => {
                if (failure === null) this.#lastSuccess = new Date()
                else if (failure.kind !== 'aborted')
                  this.#lastFailure = { kind: failure.kind, at: new Date() }
                // A refusal, or a request that was wrong, comes from a provider that works.
                if (failure === null || !(providerSide.has(failure.kind) || failure.kind === 'aborted'))
                  succeed()
                else fail(failure)
              })
            }),
        )
        .catch((error: unknown) => {
          if (error instanceof BrokenCircuitError) reject(this.#refusal())
        })
    })
  }

  #refusal(): LlmError {
    const seconds = Math.max(1, Math.ceil((this.#until - Date.now()) / 1000))
    return new LlmError(
      'breaker_open',
      `${this.provider} failed too often (${this.#lastFailure?.kind ?? 'unknown'}); it is tried again in ${seconds} s.`,
      { retryAfter: seconds },
    )
  }
}
