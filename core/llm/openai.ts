/**
 * OpenAI's protocol, by its Responses API or by chat completions: OpenAI itself, Azure, gateways, local servers. What
 * they answer is checked here, since not all of them keep to it.
 */
import type OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import { z } from 'zod'
import type { OpenAiConfig } from '../config.ts'
import { Attempt, type Endpoint, noUsage, type Usage } from './attempt.ts'
import { kindOfBody, withoutSecrets } from './failures.ts'
import type { Call, LlmError, Request, StreamedText, TextModel } from './index.ts'
import { parseOutput } from './schema.ts'

export async function openOpenAi(
  config: OpenAiConfig,
  timeout: number,
): Promise<{ client: OpenAI; sdk: typeof OpenAI }> {
  const { OpenAI: sdk } = await import('openai')
  // Each option is given, so that the SDK takes none from variables that are not in our settings.
  const client = new sdk({
    // It wants a key; without one the header that would carry it is left out.
    apiKey: config.apiKey ?? 'none',
    adminAPIKey: null,
    webhookSecret: null,
    organization: config.organization,
    project: config.project,
    baseURL: config.baseUrl ?? 'https://api.openai.com/v1',
    defaultHeaders: { ...(config.apiKey === null ? { authorization: null } : {}), ...config.headers },
    maxRetries: 0,
    timeout,
    logLevel: 'off',
  })
  return { client, sdk }
}

/** A question for support needs no invention; models that reason refuse the parameter, and of others we know nothing. */
const sampling = (model: string) => (/^gpt-(3|4)/.test(model) ? { temperature: 0 } : {})

export function openAiModel(
  client: OpenAI,
  endpoint: Endpoint,
  model: string,
  api: OpenAiConfig['api'],
): TextModel {
  const protocol = api === 'responses' ? responses(client, model) : chat(client, model)
  return {
    provider: 'openai',
    model,
    async structured(request) {
      const attempt = await Attempt.begin(endpoint, 'chat', { ...request, model })
      try {
        const format = openAiSchema(request.schemaName, request.schema)
        const text = await protocol.complete(request, format, attempt)
        return { value: parseOutput(text, request.schema, attempt), call: attempt.succeed() }
      } catch (error) {
        throw attempt.fail(error)
      }
    },
    stream(request): StreamedText {
      let call: Call | null = null
      async function* deltas() {
        const attempt = await Attempt.begin(endpoint, 'chat', { ...request, model })
        try {
          for await (const delta of protocol.stream(request, attempt)) {
            if (delta === '') continue
            attempt.begun = true
            yield delta
          }
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

/** What OpenAI's strict mode refuses. */
const unsupported = [
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
  'uniqueItems',
  'default',
  '$schema',
]

function openAiSchema(name: string, schema: z.ZodType) {
  const format = zodResponseFormat(schema, name).json_schema
  return { name, strict: true, schema: without(format.schema ?? {}) as Record<string, unknown> }
}

function without(node: unknown, names = false): unknown {
  if (Array.isArray(node)) return node.map((inner) => without(inner))
  if (typeof node !== 'object' || node === null) return node
  return Object.fromEntries(
    Object.entries(node)
      // Below `properties` the keys are ours, not the schema's.
      .filter(([key]) => names || !unsupported.includes(key))
      .map(([key, inner]) => [
        key,
        without(inner, !names && (key === 'properties' || key === '$defs' || key === 'definitions')),
      ]),
  )
}

type Format = ReturnType<typeof openAiSchema>

interface Protocol {
  complete(request: Request, format: Format, attempt: Attempt): Promise<string>
  stream(request: Request, attempt: Attempt): AsyncGenerator<string>
}

const count = z.number().int().nonnegative().nullish()

// ——— chat completions ———

const ChatUsage = z
  .object({
    prompt_tokens: count,
    completion_tokens: count,
    prompt_tokens_details: z.object({ cached_tokens: count, cache_write_tokens: count }).nullish(),
  })
  .nullish()
  .catch(null)

const ChatCompletion = z.object({
  model: z.string().nullish(),
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: ChatUsage,
})

const ChatChunk = z.object({
  model: z.string().nullish(),
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: ChatUsage,
})

function chatUsage(usage: z.infer<typeof ChatUsage>): Usage {
  if (!usage) return noUsage
  return {
    in: usage.prompt_tokens ?? null,
    out: usage.completion_tokens ?? null,
    cached: usage.prompt_tokens_details?.cached_tokens ?? null,
    written: usage.prompt_tokens_details?.cache_write_tokens ?? null,
  }
}

function chat(client: OpenAI, model: string): Protocol {
  const body = (request: Request) => ({
    model,
    messages: [
      { role: 'system' as const, content: request.system },
      { role: 'user' as const, content: request.input.join('\n\n') },
    ],
    max_completion_tokens: request.maxTokens,
    ...sampling(model),
  })
  const checkFinish = (attempt: Attempt, reason: string | null | undefined, refusal: string) => {
    attempt.finish = reason ?? null
    if (refusal !== '') throw attempt.failAs('refused', 'The model refused.')
    if (reason === 'length') throw attempt.failAs('truncated', truncated)
    if (reason === 'content_filter') throw attempt.failAs('filtered', filtered)
  }
  return {
    async complete(request, format, attempt) {
      const answer = await client.chat.completions
        .create(
          { ...body(request), response_format: { type: 'json_schema', json_schema: format } },
          { signal: attempt.signal },
        )
        .withResponse()
      attempt.answered(answer)
      const completion = read(ChatCompletion, answer.data, attempt)
      attempt.model = completion.model || model
      attempt.usage = chatUsage(completion.usage)
      const { message, finish_reason } = completion.choices[0]!
      checkFinish(attempt, finish_reason, message.refusal ?? '')
      return message.content ?? ''
    },
    async *stream(request, attempt) {
      const answer = await client.chat.completions
        .create(
          { ...body(request), stream: true, stream_options: { include_usage: true } },
          { signal: attempt.signal },
        )
        .withResponse()
      attempt.answered(answer)
      let finish: string | null = null
      let refusal = ''
      for await (const event of answer.data) {
        const chunk = read(ChatChunk, event, attempt)
        attempt.model = chunk.model || attempt.model
        if (chunk.usage) attempt.usage = chatUsage(chunk.usage)
        const choice = chunk.choices?.[0]
        refusal += choice?.delta?.refusal ?? ''
        finish = choice?.finish_reason ?? finish
        if (choice?.delta?.content) yield choice.delta.content
      }
      // The deadline may have come between the last word and the usage: what was said is whole then.
      if (finish === null) throw attempt.unfinished()
      checkFinish(attempt, finish, refusal)
    },
  }
}

// ——— responses ———

const ResponseUsage = z
  .object({
    input_tokens: count,
    output_tokens: count,
    input_tokens_details: z.object({ cached_tokens: count, cache_write_tokens: count }).nullish(),
  })
  .nullish()
  .catch(null)

const ResponseBody = z.object({
  model: z.string().nullish(),
  status: z.string().nullish(),
  incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
  error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
  output: z
    .array(
      z.object({
        type: z.string(),
        content: z
          .array(
            z.object({
              type: z.string(),
              text: z.string().nullish(),
              refusal: z.string().nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
  usage: ResponseUsage,
})

const ResponseEvent = z.looseObject({
  type: z.string(),
  delta: z.unknown().optional(),
  response: z.unknown().optional(),
  code: z.string().nullish(),
  message: z.string().nullish(),
})

function responses(client: OpenAI, model: string): Protocol {
  const body = (request: Request) => ({
    model,
    instructions: request.system,
    input: [{ role: 'user' as const, content: request.input.join('\n\n') }],
    max_output_tokens: request.maxTokens,
    // Nothing of a customer is kept at the provider to be read again.
    store: false,
    ...sampling(model),
  })
  /** The text of a response that has ended, or its failure. */
  const finish = (given: unknown, attempt: Attempt): string => {
    const response = read(ResponseBody, given, attempt)
    attempt.model = response.model || attempt.model
    if (response.usage)
      attempt.usage = {
        in: response.usage.input_tokens ?? null,
        out: response.usage.output_tokens ?? null,
        cached: response.usage.input_tokens_details?.cached_tokens ?? null,
        written: response.usage.input_tokens_details?.cache_write_tokens ?? null,
      }
    attempt.finish = response.incomplete_details?.reason ?? response.status ?? null
    const parts = (response.output ?? []).flatMap((item) =>
      item.type === 'message' ? (item.content ?? []) : [],
    )
    if (response.status === 'failed' || response.error)
      throw attempt.failAs(kindOfBody(response.error), said(response.error?.message))
    if (parts.some((part) => part.type === 'refusal')) throw attempt.failAs('refused', 'The model refused.')
    if (response.status === 'incomplete')
      throw response.incomplete_details?.reason === 'content_filter'
        ? attempt.failAs('filtered', filtered)
        : attempt.failAs('truncated', truncated)
    if (response.status === 'cancelled')
      throw attempt.failAs('server_error', 'The provider cancelled the call.')
    return parts.map((part) => (part.type === 'output_text' ? (part.text ?? '') : '')).join('')
  }
  return {
    async complete(request, format, attempt) {
      const answer = await client.responses
        .create(
          { ...body(request), text: { format: { type: 'json_schema', ...format } } },
          { signal: attempt.signal },
        )
        .withResponse()
      attempt.answered(answer)
      return finish(answer.data, attempt)
    },
    async *stream(request, attempt) {
      const answer = await client.responses
        .create({ ...body(request), stream: true }, { signal: attempt.signal })
        .withResponse()
      attempt.answered(answer)
      for await (const given of answer.data) {
        const event = read(ResponseEvent, given, attempt)
        switch (event.type) {
          case 'response.output_text.delta':
            if (typeof event.delta === 'string') yield event.delta
            break
          case 'response.completed':
          case 'response.incomplete':
          case 'response.failed':
            finish(event.response, attempt)
            return
          case 'error':
            throw attempt.failAs(kindOfBody(event), said(event.message))
        }
      }
      throw attempt.unfinished()
    },
  }
}

const truncated = 'The model came to the limit of its length before it had finished.'
const filtered = 'The provider’s content filter stopped the answer.'
const said = (message: string | null | undefined) =>
  withoutSecrets(message || 'The provider reports an error without a message.').slice(0, 500)

function read<T>(schema: z.ZodType<T>, value: unknown, attempt: Attempt): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw attempt.failAs(
    'invalid_output',
    'The endpoint’s answer is not of OpenAI’s protocol; check OPENAI_BASE_URL and OPENAI_API.',
  ) as LlmError
}
