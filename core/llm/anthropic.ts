/** Anthropic's Messages, one at a time or in batches. */
import type Anthropic from '@anthropic-ai/sdk'
import type { MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages'
import { z } from 'zod'
import type { AnthropicConfig } from '../config.ts'
import { Attempt, type Endpoint, noUsage, type Usage } from './attempt.ts'
import { kindOfBody, withoutSecrets } from './failures.ts'
import type {
  Batch,
  BatchModel,
  BatchResult,
  Call,
  Purpose,
  Request,
  StreamedText,
  TextModel,
} from './index.ts'
import { parseOutput } from './schema.ts'

interface Sdk {
  client: Anthropic
  sdk: typeof Anthropic
  /** A schema as Anthropic's structured output takes it. */
  format(schema: z.ZodType): { type: 'json_schema'; schema: Record<string, unknown> }
}

export async function openAnthropic(config: AnthropicConfig, timeout: number): Promise<Sdk> {
  const { Anthropic: sdk } = await import('@anthropic-ai/sdk')
  const { zodOutputFormat } = await import('@anthropic-ai/sdk/helpers/zod')
  // Everything is said here, so that the SDK looks for no other credentials.
  const client = new sdk({
    apiKey: config.apiKey ?? 'none',
    webhookKey: null,
    baseURL: config.baseUrl ?? 'https://api.anthropic.com',
    defaultHeaders: {
      ...(config.apiKey === null ? { 'x-api-key': null, authorization: null } : {}),
      ...config.headers,
    },
    maxRetries: 0,
    timeout,
    logLevel: 'off',
    // Ours are the same for all providers.
    openTelemetry: false,
  })
  return {
    client,
    sdk,
    format(schema) {
      const { type, schema: shape } = zodOutputFormat(schema)
      return { type, schema: shape }
    },
  }
}

type StructuredRequest = Request & { schema: z.ZodType; schemaName: string }

const ephemeral = { cache_control: { type: 'ephemeral' as const } }

function bodyOf(request: Request, model: string): MessageCreateParamsNonStreaming {
  return {
    model,
    max_tokens: request.maxTokens,
    system: [{ type: 'text', text: request.system, ...ephemeral }],
    messages: [
      {
        role: 'user',
        content: request.input.map((text, index) => ({
          type: 'text' as const,
          text,
          ...(index + 1 === request.cached ? ephemeral : {}),
        })),
      },
    ],
  }
}

const structuredBody = (request: StructuredRequest, model: string, format: Sdk['format']) => ({
  ...bodyOf(request, model),
  output_config: { format: format(request.schema) },
})

const count = z.number().int().nonnegative().nullish()
const MessageUsage = z.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
})
const MessageBody = z.object({
  model: z.string().nullish(),
  stop_reason: z.string().nullish(),
  content: z.array(z.object({ type: z.string(), text: z.string().nullish() })),
  usage: MessageUsage.nullish().catch(null),
})
const StreamEvent = z.looseObject({
  type: z.string(),
  message: z.object({ model: z.string().nullish(), usage: MessageUsage.nullish() }).nullish(),
  delta: z
    .looseObject({
      type: z.string().nullish(),
      text: z.string().nullish(),
      stop_reason: z.string().nullish(),
    })
    .nullish(),
  usage: MessageUsage.nullish(),
})

/** Anthropic counts what it read from or wrote to its cache apart; here they are parts of the input. */
function usageOf(usage: z.infer<typeof MessageUsage> | null | undefined, before: Usage = noUsage): Usage {
  if (!usage) return before
  const cached = usage.cache_read_input_tokens ?? before.cached
  const written = usage.cache_creation_input_tokens ?? before.written
  return {
    in:
      usage.input_tokens === null || usage.input_tokens === undefined
        ? before.in
        : usage.input_tokens + (cached ?? 0) + (written ?? 0),
    out: usage.output_tokens ?? before.out,
    cached,
    written,
  }
}

function checkStop(reason: string | null | undefined, attempt: Attempt): void {
  attempt.finish = reason ?? null
  if (reason === 'refusal') throw attempt.failAs('refused', 'The model refused.')
  if (reason === 'max_tokens')
    throw attempt.failAs('truncated', 'The model came to the limit of its length before it had finished.')
  if (reason === 'model_context_window_exceeded')
    throw attempt.failAs('truncated', 'The model’s context was full before it had finished.')
}

const BatchBody = z
  .object({
    id: z.string(),
    processing_status: z.enum(['in_progress', 'canceling', 'ended']),
    request_counts: z.object({
      processing: z.number(),
      succeeded: z.number(),
      errored: z.number(),
      canceled: z.number(),
      expired: z.number(),
    }),
    created_at: z.string(),
    ended_at: z.string().nullish(),
    expires_at: z.string(),
  })
  .transform(
    (batch): Batch => ({
      id: batch.id,
      status: batch.processing_status,
      counts: batch.request_counts,
      createdAt: batch.created_at,
      endedAt: batch.ended_at ?? null,
      expiresAt: batch.expires_at,
    }),
  )

const BatchLine = z.object({
  custom_id: z.string(),
  result: z.discriminatedUnion('type', [
    z.object({ type: z.literal('succeeded'), message: z.unknown() }),
    z.object({ type: z.literal('errored'), error: z.unknown() }),
    z.object({ type: z.literal('canceled') }),
    z.object({ type: z.literal('expired') }),
  ]),
})

function read<T>(schema: z.ZodType<T>, value: unknown, attempt: Attempt): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw attempt.failAs(
    'invalid_output',
    'The endpoint’s answer is not of Anthropic’s protocol; check ANTHROPIC_BASE_URL.',
  )
}

/** The text of a message that has ended well. */
function textOf(given: unknown, attempt: Attempt): string {
  const message = read(MessageBody, given, attempt)
  attempt.model = message.model || attempt.model
  attempt.usage = usageOf(message.usage)
  checkStop(message.stop_reason, attempt)
  return message.content.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join('')
}

export function anthropicModel({ client, format }: Sdk, endpoint: Endpoint, model: string): TextModel {
  return {
    provider: 'anthropic',
    model,
    async structured(request) {
      const attempt = await Attempt.begin(endpoint, 'chat', { ...request, model })
      try {
        const answer = await client.messages
          .create(structuredBody(request, model, format), { signal: attempt.signal })
          .withResponse()
        attempt.answered(answer)
        return {
          value: parseOutput(textOf(answer.data, attempt), request.schema, attempt),
          call: attempt.succeed(),
        }
      } catch (error) {
        throw attempt.fail(error)
      }
    },
    stream(request): StreamedText {
      let call: Call | null = null
      async function* deltas() {
        const attempt = await Attempt.begin(endpoint, 'chat', { ...request, model })
        try {
          const answer = await client.messages
            .create({ ...bodyOf(request, model), stream: true }, { signal: attempt.signal })
            .withResponse()
          attempt.answered(answer)
          let stop: string | null = null
          let stopped = false
          for await (const given of answer.data) {
            const event = read(StreamEvent, given, attempt)
            if (event.type === 'message_start') {
              attempt.model = event.message?.model || model
              attempt.usage = usageOf(event.message?.usage)
            } else if (event.type === 'message_delta') {
              attempt.usage = usageOf(event.usage, attempt.usage)
              stop = event.delta?.stop_reason ?? stop
            } else if (event.type === 'message_stop') stopped = true
            else if (event.type === 'content_block_delta' && event.delta?.type === 'text_delta') {
              if (!event.delta.text) continue
              attempt.begun = true
              yield event.delta.text
            }
          }
          if (!stopped) throw attempt.unfinished()
          checkStop(stop, attempt)
          call = attempt.succeed()
        } catch (error) {
          throw attempt.fail(error)
        } finally {
          // Whoever read it stopped reading.
          if (!attempt.ended) attempt.failAs('aborted', 'The stream was not read to its end.')
        }
      }
      return {
        deltas: deltas(),
        call() {
          if (call === null) throw new Error('The stream has not ended well; its call is with its failure.')
          return call
        },
      }
    },
  }
}

export function anthropicBatches({ client, format }: Sdk, endpoint: Endpoint, model: string): BatchModel {
  /** About a batch, not a model: it costs nothing, and goes into no ledger. */
  async function ask<T>(
    signal: AbortSignal | undefined,
    what: (attempt: Attempt) => Promise<T>,
    timeout?: number,
  ): Promise<T> {
    const attempt = await Attempt.begin(endpoint, 'batch', { purpose: 'analyse', model, signal, timeout })
    try {
      const result = await what(attempt)
      attempt.succeed()
      return result
    } catch (error) {
      throw attempt.fail(error)
    }
  }

  function resultOf<T>(
    line: z.infer<typeof BatchLine>,
    expected: { purpose: Purpose; schema: z.ZodType<T> },
  ): BatchResult<T> {
    const { custom_id: customId, result } = line
    if (result.type === 'canceled' || result.type === 'expired') return { customId, status: result.type }
    const attempt = Attempt.ofBatch(endpoint, expected.purpose, model)
    try {
      if (result.type === 'errored')
        throw attempt.failAs(kindOfBody(result.error), withoutSecrets(messageOf(result.error)))
      const value = parseOutput(textOf(result.message, attempt), expected.schema, attempt)
      return { customId, status: 'ok', value, call: attempt.succeed() }
    } catch (error) {
      return { customId, status: 'failed', error: attempt.fail(error) }
    }
  }

  return {
    provider: 'anthropic',
    model,
    submit: (requests, signal) =>
      ask(signal, async (attempt) => {
        const batch = await client.messages.batches.create(
          {
            requests: requests.map(({ customId, request }) => ({
              custom_id: customId,
              params: structuredBody(request, model, format),
            })),
          },
          { signal: attempt.signal },
        )
        return read(BatchBody, batch, attempt)
      }),
    retrieve: (id, signal) =>
      ask(signal, async (attempt) =>
        read(BatchBody, await client.messages.batches.retrieve(id, {}, { signal: attempt.signal }), attempt),
      ),
    cancel: (id, signal) =>
      ask(signal, async (attempt) =>
        read(BatchBody, await client.messages.batches.cancel(id, {}, { signal: attempt.signal }), attempt),
      ),
    list: (limit, signal) =>
      ask(signal, async (attempt) => {
        const page = await client.messages.batches.list({ limit }, { signal: attempt.signal })
        return page.data.map((batch) => read(BatchBody, batch, attempt))
      }),
    async *results(id, expected, signal) {
      const reading = await Attempt.begin(endpoint, 'batch', {
        purpose: expected.purpose,
        model,
        signal,
        // A whole batch of results, whose reader may write each into the database.
        timeout: 600_000,
      })
      try {
        const lines = await client.messages.batches.results(id, {}, { signal: reading.signal })
        for await (const given of lines) {
          reading.begun = true
          yield resultOf(read(BatchLine, given, reading), expected)
        }
        if (reading.signal.aborted) throw reading.unfinished()
        reading.succeed()
      } catch (error) {
        throw reading.fail(error)
      } finally {
        if (!reading.ended) reading.failAs('aborted', 'The results were not read to their end.')
      }
    },
  }
}

const ErrorBody = z.object({ error: z.object({ message: z.string() }) })
const messageOf = (body: unknown) =>
  (ErrorBody.safeParse(body).data?.error.message ?? 'The request failed in its batch.').slice(0, 500)
