/**
 * Traces by OpenTelemetry, sent by OTLP over HTTP where OTEL_EXPORTER_OTLP_ENDPOINT says so: a request, its statements, the
 * models' calls, and the jobs that it enqueued. Never what was asked or answered: statements carry no values, and the
 * ledger and the conversations have their own rules of who reads them and for how long.
 */
import type { Attributes, Context, Span, SpanKind, Tracer } from '@opentelemetry/api'
import type pg from 'pg'
import { currentWork, during, type Work } from './context.ts'

interface Tracing {
  tracer: Tracer
  /** Within what is being worked at. */
  context(): Context
  wrap(traceId: string, spanId: string): Span
  close(): Promise<void>
}

let active: Tracing | null = null
let opening: Promise<Tracing> | null = null
let users = 0

/** For as long as somebody needs it, and once a process. The libraries are loaded only where traces are wanted. */
export async function openTracing(endpoint: string): Promise<{ tracer: Tracer; close(): Promise<void> }> {
  users++
  opening ??= load(endpoint)
  active = await opening
  let closed = false
  return {
    tracer: active.tracer,
    async close() {
      if (closed) return
      closed = true
      if (--users > 0) return
      const ending = active
      active = null
      opening = null
      await ending?.close()
    },
  }
}

async function load(endpoint: string): Promise<Tracing> {
  const [
    { ROOT_CONTEXT, trace, TraceFlags },
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
  return {
    tracer: provider.getTracer('clubos'),
    context() {
      const span = currentWork()?.span
      return span ? trace.setSpan(ROOT_CONTEXT, span) : ROOT_CONTEXT
    },
    wrap: (traceId, spanId) =>
      trace.wrapSpanContext({ traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true }),
    async close() {
      // A collector that is away must not keep us from ending.
      await provider.shutdown().catch(() => {})
    },
  }
}

// As the API numbers them; its module is loaded only where traces are wanted.
const kinds = { internal: 0, server: 1, client: 2, consumer: 4 } as const satisfies Record<string, SpanKind>

/** Within what is being worked at; undefined where nothing is traced. */
export function startSpan(name: string, kind: keyof typeof kinds, attributes: Attributes): Span | undefined {
  return active?.tracer.startSpan(name, { kind: kinds[kind], attributes }, active.context())
}

export function endSpan(span: Span | undefined, error?: unknown): void {
  if (!span) return
  if (error) {
    const { code, name } = error as { code?: string; name?: string }
    span.setAttribute('error.type', code ?? name ?? 'error')
    // Its message may quote what somebody wrote.
    span.setStatus({ code: 2 })
  }
  span.end()
}

/** Does what is asked in a span of its own, and what that does in turn stands below it. */
export async function traced<T>(
  work: Work,
  name: string,
  kind: keyof typeof kinds,
  attributes: Attributes,
  what: () => Promise<T>,
): Promise<T> {
  const span = during(work, () => startSpan(name, kind, attributes))
  return during({ ...work, ...(span && { span }) }, async () => {
    try {
      const result = await what()
      endSpan(span)
      return result
    } catch (error) {
      endSpan(span, error)
      throw error
    }
  })
}

/** How another process, or a later job, is told where it belongs (W3C Trace Context). */
export function traceparent(): string | undefined {
  const context = active && currentWork()?.span?.spanContext()
  return context ? `00-${context.traceId}-${context.spanId}-01` : undefined
}

export function parentFrom(header: unknown): Span | undefined {
  const found = typeof header === 'string' && /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/.exec(header)
  return (found && active?.wrap(found[1]!, found[2]!)) || undefined
}

/** Each statement of a request or a job in a span: its text, which has parameters in the place of values. */
export function traceQueries(client: pg.PoolClient): void {
  // biome-ignore lint/suspicious/noExplicitAny: query() is overloaded; what it was given is passed on as it is
  const query = client.query as (...parameters: any[]) => any
  // biome-ignore lint/suspicious/noExplicitAny: as above
  client.query = ((...parameters: any[]) => {
    if (!active || !currentWork()?.span) return query.apply(client, parameters)
    const [first] = parameters
    const text = String(typeof first === 'string' ? first : (first?.text ?? ''))
    const span = startSpan(`SQL ${summary(text)}`, 'client', {
      'db.system.name': 'postgresql',
      'db.query.summary': summary(text),
      'db.query.text': text.slice(0, 2000),
    })
    const callback = parameters.at(-1)
    if (typeof callback === 'function') {
      const whole = [
        ...parameters.slice(0, -1),
        (error: Error | null, result: unknown) => {
          endSpan(span, error)
          callback(error, result)
        },
      ]
      return query.apply(client, whole)
    }
    const result = query.apply(client, parameters)
    if (typeof result?.then === 'function')
      result.then(
        () => endSpan(span),
        (error: Error) => endSpan(span, error),
      )
    else endSpan(span)
    return result
    // biome-ignore lint/suspicious/noExplicitAny: as above
  }) as any
}

/** Which of our functions it calls; else its first word. */
const summary = (text: string): string =>
  /\b(app_(?:public|hidden|private|secret)"?\."?\w+)"?\s*\(/.exec(text)?.[1]?.replaceAll('"', '') ??
  /^\s*(\w+)/.exec(text)?.[1]?.toLowerCase() ??
  'query'
