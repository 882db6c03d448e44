/**
 * OpenAI as a local server: the responses, chat completions, embeddings and models that ClubOS uses, with the
 * provider's headers, errors and prompt cache. By default it routes by words, answers from the first source and embeds
 * by hashed words (defaults.ts); handlers say otherwise.
 */
import type { z } from 'zod'
import { answerQuestion, embed, routeQuestion } from './defaults.ts'
import { firstIssue, ProviderServer, type Received, Refused, type ServerOptions } from './http.ts'
import type { JsonSchema } from './json_schema.ts'
import { renderCompletion, renderResponse, type Tokens } from './openai_replies.ts'
import {
  type ChatRequest,
  chatRequest,
  type EmbeddingsRequest,
  embeddingsRequest,
  type ResponsesRequest,
  responsesRequest,
  unsupportedParameter,
} from './openai_requests.ts'
import { PrefixCache } from './prompt_cache.ts'
import { type Fault, limited, type Script, tokensOf } from './script.ts'

interface Bodies {
  responses: ResponsesRequest
  chat: ChatRequest
  embeddings: EmbeddingsRequest
  models: undefined
}

/** By the short name; what the API answers with is the dated one. */
const models: Record<string, { dated: string; kind: 'text' | 'embedding' }> = {
  'gpt-4o': { dated: 'gpt-4o-2024-08-06', kind: 'text' },
  'gpt-4o-2024-08-06': { dated: 'gpt-4o-2024-08-06', kind: 'text' },
  'gpt-4o-2024-11-20': { dated: 'gpt-4o-2024-11-20', kind: 'text' },
  'gpt-4o-mini': { dated: 'gpt-4o-mini-2024-07-18', kind: 'text' },
  'gpt-4.1': { dated: 'gpt-4.1-2025-04-14', kind: 'text' },
  'gpt-4.1-mini': { dated: 'gpt-4.1-mini-2025-04-14', kind: 'text' },
  'gpt-5': { dated: 'gpt-5-2025-08-07', kind: 'text' },
  'gpt-5-mini': { dated: 'gpt-5-mini-2025-08-07', kind: 'text' },
  'text-embedding-3-small': { dated: 'text-embedding-3-small', kind: 'embedding' },
  'text-embedding-3-large': { dated: 'text-embedding-3-large', kind: 'embedding' },
}

const limits = { requests: 10_000, tokens: 2_000_000 }

export class OpenAiServer extends ProviderServer<Bodies> {
  url = ''
  private readonly cache = new PrefixCache()

  static async start(options: ServerOptions = {}): Promise<OpenAiServer> {
    const server = new OpenAiServer(options)
    server.url = `${await server.listen()}/v1`
    return server
  }

  protected headers(_request: Received, { ms }: { ms: number }) {
    return {
      'x-request-id': this.nextId('req_'),
      'openai-processing-ms': String(ms),
      'openai-version': '2020-10-01',
      'openai-organization': 'org-test',
      'x-ratelimit-limit-requests': String(limits.requests),
      'x-ratelimit-limit-tokens': String(limits.tokens),
      'x-ratelimit-remaining-requests': String(limits.requests - 1),
      'x-ratelimit-remaining-tokens': String(limits.tokens - 500),
      'x-ratelimit-reset-requests': '6ms',
      'x-ratelimit-reset-tokens': '15ms',
    }
  }

  protected errorBody({ error }: Extract<Fault, { kind: 'status' }>) {
    return { error: { message: 'Error.', type: 'invalid_request_error', param: null, code: null, ...error } }
  }

  protected async route(
    request: Received,
    text: string,
    answer: Parameters<ProviderServer<Bodies>['deliver']>[0],
  ): Promise<void> {
    const paths: Record<string, keyof Bodies> = {
      'POST /v1/responses': 'responses',
      'POST /v1/chat/completions': 'chat',
      'POST /v1/embeddings': 'embeddings',
      'GET /v1/models': 'models',
    }
    const api = paths[`${request.method} ${request.path}`]
    const one = request.method === 'GET' && /^\/v1\/models\/([^/]+)$/.exec(request.path)
    if (!api && !one)
      throw new Refused({
        status: 404,
        error: {
          message: `Invalid URL (${request.method} ${request.path})`,
          type: 'invalid_request_error',
        },
      })
    request.api = api ?? 'models'
    this.letIn(request)
    if (request.api === 'models') {
      this.record(request as never)
      const handler = this.handlerOf('models')
      const script = handler ? await handler(request as never) : {}
      const name = one ? decodeURIComponent(one[1]!) : null
      if (name !== null && !models[name]) throw unknownModel(name)
      const described = (id: string) => ({ id, object: 'model', created: 1_715_367_049, owned_by: 'system' })
      const json = name ? described(name) : { object: 'list', data: Object.keys(models).map(described) }
      return this.deliver(answer, script, { json, events: [], errorEvent: never })
    }
    const schema = { responses: responsesRequest, chat: chatRequest, embeddings: embeddingsRequest }[
      request.api as 'responses'
    ] as z.ZodType<ResponsesRequest | ChatRequest | EmbeddingsRequest>
    const body = this.parse(request, text, schema)
    request.body = body
    this.record(request as never)
    const model = models[body.model]
    const embedding = request.api === 'embeddings'
    if (!model) throw unknownModel(body.model)
    if ((model.kind === 'embedding') !== embedding)
      throw new Refused({
        status: 403,
        error: { message: `You are not allowed to use ${body.model} here`, code: 'model_not_found' },
      })
    if (embedding) return this.embeddings(request as Received<EmbeddingsRequest>, answer)
    const unsupported = unsupportedParameter(body as ChatRequest)
    if (unsupported)
      throw badRequest(
        `Unsupported parameter: '${unsupported}' is not supported with this model.`,
        unsupported,
        'unsupported_parameter',
      )
    await this.write(request as Received<ResponsesRequest | ChatRequest>, model.dated, answer)
  }

  private async write(
    request: Received<ResponsesRequest | ChatRequest>,
    model: string,
    answer: Parameters<ProviderServer<Bodies>['deliver']>[0],
  ): Promise<void> {
    const { body } = request
    const handler = this.handlerOf(request.api as 'responses')
    const script = handler ? await handler(request as never) : speak(body)
    const prompt = promptOf(body)
    const cached = this.cache.cached(model, prompt)
    const most = 'messages' in body ? (body.max_completion_tokens ?? body.max_tokens) : body.max_output_tokens
    const tokens: Tokens = {
      input: script.usage?.input ?? tokensOf(prompt),
      cached: script.usage?.cached ?? cached,
      output: script.usage?.output ?? tokensOf(limited(script, most).text),
    }
    const rendered =
      'messages' in body
        ? renderCompletion(body, script, { id: this.nextId('chatcmpl-'), model, tokens })
        : renderResponse(body, script, { id: this.nextId('resp_'), model, tokens })
    await this.deliver(answer, script, rendered, body.stream === true)
  }

  private async embeddings(
    request: Received<EmbeddingsRequest>,
    answer: Parameters<ProviderServer<Bodies>['deliver']>[0],
  ): Promise<void> {
    const { body } = request
    const inputs = [body.input].flat()
    const script = (await this.handlerOf('embeddings')?.(request)) ?? {}
    const dimensions = body.dimensions ?? (body.model === 'text-embedding-3-large' ? 3072 : 1536)
    const data = inputs.map((input, index) => {
      const vector = embed(input, dimensions)
      const bytes = Buffer.from(Float32Array.from(vector).buffer)
      return {
        object: 'embedding',
        index,
        embedding: body.encoding_format === 'base64' ? bytes.toString('base64') : vector,
      }
    })
    const tokens =
      script.usage?.input ?? inputs.map((input) => tokensOf(input)).reduce((sum, count) => sum + count, 0)
    const json = script.json ?? {
      object: 'list',
      data,
      model: body.model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    }
    await this.deliver(answer, script, { json, events: [], errorEvent: never })
  }

  /** Whoever has no key, or none of ours, is sent away. Azure's v1 endpoint takes the key in a header of its own. */
  private letIn(request: Received): void {
    const { keys = 'any' } = this.options
    const key =
      /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ??
      (request.headers['api-key'] as string | undefined)
    if (keys === 'none') return
    if (!key)
      throw new Refused({
        status: 401,
        error: { message: "You didn't provide an API key.", code: null },
      })
    if (keys !== 'any' && !keys.includes(key))
      throw new Refused(
        {
          status: 401,
          error: { message: `Incorrect API key provided: ${key.slice(0, 5)}***.`, code: 'invalid_api_key' },
        },
        false,
      )
  }

  private parse<T>(request: Received, text: string, schema: z.ZodType<T>): T {
    if (!request.headers['content-type']?.startsWith('application/json'))
      throw badRequest('The content type must be application/json.', null, null)
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch {
      throw badRequest('We could not parse the JSON body of your request.', null, null)
    }
    const parsed = schema.safeParse(json)
    if (parsed.success) return parsed.data
    const { path, message } = firstIssue(parsed.error)
    const unknown = /^Unrecognized key/.test(message)
    throw badRequest(
      `${unknown ? 'Unknown parameter' : 'Invalid value'} at '${path}': ${message}`,
      path || null,
      unknown ? 'unknown_parameter' : 'invalid_value',
    )
  }
}

const never = () => {
  throw new Error('Nothing is streamed here.')
}
const badRequest = (message: string, param: string | null, code: string | null) =>
  new Refused({ status: 400, error: { message, type: 'invalid_request_error', param, code } })
const unknownModel = (model: string) =>
  new Refused(
    {
      status: 404,
      error: {
        message: `The model \`${model}\` does not exist or you do not have access to it.`,
        code: 'model_not_found',
      },
    },
    false,
  )

const textIn = (content: string | { text: string }[] | null | undefined) =>
  typeof content === 'string' ? content : (content ?? []).map(({ text }) => text).join('\n')

/** Who said what, for handlers of both APIs alike: the system's parts, and all others. */
export function partsOf(body: ResponsesRequest | ChatRequest) {
  const messages =
    'messages' in body
      ? body.messages
      : typeof body.input === 'string'
        ? [{ role: 'user' as const, content: body.input }]
        : body.input
  const system = messages.filter(({ role }) => role === 'system' || role === 'developer')
  const format = 'messages' in body ? body.response_format : body.text?.format
  const schema =
    format?.type !== 'json_schema'
      ? null
      : 'json_schema' in format
        ? format.json_schema.schema
        : format.schema
  return {
    system: [
      ...('instructions' in body && body.instructions ? [body.instructions] : []),
      ...system.map(({ content }) => textIn(content)),
    ].join('\n'),
    input: messages
      .filter((message) => !system.includes(message as never))
      .map(({ content }) => textIn(content)),
    schema: (schema ?? null) as JsonSchema | null,
  }
}

/** What counts as the prompt: the schema comes before the messages, as the provider caches it. */
function promptOf(body: ResponsesRequest | ChatRequest): string {
  const { system, input, schema } = partsOf(body)
  return [...(schema ? [JSON.stringify(schema)] : []), system, ...input].join('\n')
}

/** The default: an object where a schema is asked for, else an answer. */
function speak(body: ResponsesRequest | ChatRequest): Script {
  const { system, input, schema } = partsOf(body)
  return schema ? { json: routeQuestion(schema, system, input) } : { text: answerQuestion(input) }
}
