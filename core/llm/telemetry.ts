/**
 * Spans of the calls, by OpenTelemetry's conventions for generative AI, sent by OTLP over HTTP. Never what was asked or
 * answered: the ledger and the conversations have their own rules of who reads them and for how long.
 */
import { openTracing, startSpan } from '../watching/tracing.ts'
import type { Call, LlmError, Provider, Purpose } from './index.ts'

export type Operation = 'chat' | 'embeddings' | 'batch'

export interface Span {
  end(call: Call | null, finishReason: string | null, failure: LlmError | null): void
}

export interface Telemetry {
  start(operation: Operation, provider: Provider, model: string, purpose: Purpose): Span
  /** Sends what is left. */
  close(): Promise<void>
}

export const noTelemetry: Telemetry = {
  start: () => ({ end() {} }),
  async close() {},
}

export async function openTelemetry(endpoint: string): Promise<Telemetry> {
  const tracing = await openTracing(endpoint)
  return {
    start(operation, name, model, purpose) {
      const span = startSpan(`${operation} ${model}`, 'client', {
        'gen_ai.operation.name': operation,
        'gen_ai.provider.name': name,
        'gen_ai.request.model': model,
        'clubos.purpose': purpose,
      })
      return {
        end(call, finishReason, failure) {
          if (!span) return
          if (call)
            span.setAttributes({
              'gen_ai.response.model': call.model,
              'gen_ai.usage.input_tokens': call.tokens_in ?? undefined,
              'gen_ai.usage.output_tokens': call.tokens_out ?? undefined,
              'gen_ai.usage.cache_read.input_tokens': call.tokens_cached ?? undefined,
              'gen_ai.usage.cache_write.input_tokens': call.tokens_cache_written ?? undefined,
            })
          if (finishReason !== null) span.setAttribute('gen_ai.response.finish_reasons', [finishReason])
          if (failure) {
            // The kind alone: a provider's message may repeat what was asked.
            span.setAttribute('error.type', failure.kind)
            span.setStatus({ code: 2 })
          }
          span.end()
        },
      }
    },
    close: tracing.close,
  }
}
