/**
 * Spans of the calls, by OpenTelemetry's conventions for generative AI, sent by OTLP over HTTP. Never what was asked or
 * answered: the ledger and the conversations have their own rules of who reads them and for how long.
 */
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

/** The libraries are loaded only where traces are wanted. */
export async function openTelemetry(endpoint: string): Promise<Telemetry> {
  const [
    { SpanKind, SpanStatusCode },
    { BatchSpanProcessor, TracerProvider },
    { OTLPTraceExporter },
    resources,
  ] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  // Headers, such as a collector's key, come from OTEL_EXPORTER_OTLP_HEADERS, which the exporter reads.
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: 5000,
  })
  const provider = new TracerProvider({
    resource: resources.resourceFromAttributes({ 'service.name': process.env.OTEL_SERVICE_NAME || 'clubos' }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer('clubos')
  return {
    start(operation, name, model, purpose) {
      const span = tracer.startSpan(`${operation} ${model}`, {
        kind: SpanKind.CLIENT,
        attributes: {
          'gen_ai.operation.name': operation,
          'gen_ai.provider.name': name,
          'gen_ai.request.model': model,
          'clubos.purpose': purpose,
        },
      })
      return {
        end(call, finishReason, failure) {
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
            span.setStatus({ code: SpanStatusCode.ERROR })
          }
          span.end()
        },
      }
    },
    // A collector that is away must not keep us from ending.
    close: () => provider.shutdown().catch(() => {}),
  }
}
