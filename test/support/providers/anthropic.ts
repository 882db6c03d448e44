/**
 * Anthropic as a local server: messages, token counts and message batches, with the provider's headers, errors and
 * prompt cache. By default it suggests a small edit of lines (defaults.ts); handlers say otherwise.
 */
import type { MessageBatchResult } from '@anthropic-ai/sdk/resources/messages/batches'
import type { Message } from '@anthropic-ai/sdk/resources/messages/messages'
import type { z } from 'zod'
import { Batches } from './anthropic_batches.ts'
import { blocksOf, renderMessage } from './anthropic_replies.ts'
import {
  type BatchRequest,
  batchRequest,
  type CountTokensRequest,
  countTokensRequest,
  type MessagesRequest,
  messagesRequest,
} from './anthropic_requests.ts'
import { analysePattern } from './defaults.ts'
import { firstIssue, ProviderServer, type Received, Refused, type ServerOptions } from './http.ts'
import type { JsonSchema } from './json_schema.ts'
import { BreakpointCache } from './prompt_cache.ts'
import { type Fault, limited, type Script, tokensOf } from './script.ts'

interface Bodies {
  /** Those of a batch too: they have a customId. */
  messages: MessagesRequest
  count_tokens: CountTokensRequest
  batches: BatchRequest
  /** Retrieve, list, cancel, results, delete. */
  batch: undefined
}

const models = /^claude-(fable|mythos|haiku|sonnet|opus)-(4|5)(-\d)?(-\d{8})?$/
/** What the SDK sends is the last one. */
const versions = ['2023-06-01', '2026-10-21']
const mostBytes = { messages: 32 * 1024 ** 2, batches: 256 * 1024 ** 2 }

export class AnthropicServer extends ProviderServer<Bodies> {
  url = ''
  readonly batches = new Batches(
    (request) => this.work(request),
    () => this.url,
  )
  private readonly cache = new BreakpointCache()

  static async start(options: ServerOptions = {}): Promise<AnthropicServer> {
    const server = new AnthropicServer(options)
    server.url = await server.listen()
    return server
  }

  protected headers() {
    const reset = new Date(Math.ceil(Date.now() / 1000) * 1000 + 1000).toISOString()
    const limit = (name: string, most: number) => ({
      [`anthropic-ratelimit-${name}-limit`]: String(most),
      [`anthropic-ratelimit-${name}-remaining`]: String(most - 1),
      [`anthropic-ratelimit-${name}-reset`]: reset,
    })
    return {
      'request-id': this.nextId('req_'),
      'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
      ...limit('requests', 4000),
      ...limit('input-tokens', 2_000_000),
      ...limit('output-tokens', 400_000),
      ...limit('tokens', 2_400_000),
    }
  }

  protected errorBody({ error }: Extract<Fault, { kind: 'status' }>, requestId: string) {
    return {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'Error.', ...error },
      request_id: requestId,
    }
  }

  protected async route(
    request: Received,
    text: string,
    answer: Parameters<ProviderServer<Bodies>['deliver']>[0],
  ): Promise<void> {
    const of = /^\/v1\/messages\/batches\/([^/]+)(\/results|\/cancel)?$/.exec(request.path)
    const paths: Record<string, keyof Bodies> = {
      'POST /v1/messages': 'messages',
      'POST /v1/messages/count_tokens': 'count_tokens',
      'POST /v1/messages/batches': 'batches',
      'GET /v1/messages/batches': 'batch',
    }
    const api = of ? 'batch' : paths[`${request.method} ${request.path}`]
    if (!api) throw new Refused({ status: 404, error: { type: 'not_found_error', message: 'Not found' } })
    request.api = api
    this.letIn(request)
    if (text.length > (api === 'batches' ? mostBytes.batches : mostBytes.messages))
      throw new Refused({
        status: 413,
        error: { type: 'request_too_large', message: 'Request exceeds the maximum size' },
      })
    const reply = (json: unknown, script: Script = {}) =>
      this.deliver(answer, script, { json, events: [], errorEvent: never })
    if (api === 'batch') {
      this.record(request as never)
      const script = (await this.handlerOf('batch')?.(request as never)) ?? {}
      if (script.fault) return reply({}, script)
      return this.batch(request, of, answer)
    }
    const schema = {
      messages: messagesRequest,
      count_tokens: countTokensRequest,
      batches: batchRequest,
    }[api] as z.ZodType<Bodies[typeof api]>
    const body = this.parse(request, text, schema)
    request.body = body
    this.record(request as never)
    if ('requests' in body) {
      const script = (await this.handlerOf('batches')?.(request as never)) ?? {}
      return reply(script.fault ? {} : this.batches.create(this.nextId('msgbatch_'), body), script)
    }
    if (!models.test(body.model)) throw unknownModel(body.model)
    if (api === 'count_tokens') {
      const script = (await this.handlerOf('count_tokens')?.(request as never)) ?? {}
      const counted = tokensOf(
        blocksOf(body)
          .map((block) => block.text)
          .join(''),
      )
      return reply({ input_tokens: script.usage?.input ?? counted }, script)
    }
    const { script, rendered } = await this.say(request as Received<MessagesRequest>)
    await this.deliver(answer, script, rendered, (body as MessagesRequest).stream === true)
  }

  private async say(request: Received<MessagesRequest>, batch = false) {
    const { body } = request
    const handler = this.handlerOf('messages')
    const script = handler ? await handler(request) : { json: analysePattern(...partsOf(body)) }
    const counted = this.cache.count(body.model, blocksOf(body))
    const { usage = {} } = script
    const tokens = {
      rest: usage.input ?? counted.rest,
      read: usage.cached ?? counted.read,
      written: usage.cacheWritten ?? counted.written,
      output: usage.output ?? tokensOf(limited(script, body.max_tokens).text),
    }
    const ids = { id: this.nextId('msg_'), toolUseId: this.nextId('toolu_') }
    return { script, rendered: renderMessage(body, script, { ...ids, tokens, batch }) }
  }

  /** One request of a batch. */
  private async work(one: BatchRequest['requests'][number]): Promise<MessageBatchResult> {
    const request: Received<MessagesRequest> = {
      api: 'messages',
      method: 'POST',
      path: '/v1/messages/batches',
      query: new URLSearchParams(),
      headers: {},
      body: one.params,
      customId: one.custom_id,
      status: 200,
      took: 0,
      ended: Promise.resolve(),
      signal: new AbortController().signal,
    }
    this.record(request as never)
    const errored = (error: object): MessageBatchResult => ({
      type: 'errored',
      error: { type: 'error', error: error as never, request_id: this.nextId('req_') },
    })
    if (!models.test(one.params.model)) return errored(unknownModel(one.params.model).fault.error!)
    const { script, rendered } = await this.say(request, true)
    await script.wait
    if (script.batch) return { type: script.batch }
    if (script.fault?.kind === 'status')
      return errored({ type: 'api_error', message: 'Internal server error', ...script.fault.error })
    if (script.fault) throw new Error(`A batch has no connection that could ${script.fault.kind}.`)
    return { type: 'succeeded', message: rendered.json as Message }
  }

  private async batch(
    request: Received,
    of: RegExpExecArray | null,
    answer: Parameters<ProviderServer<Bodies>['deliver']>[0],
  ): Promise<void> {
    const reply = (json: unknown) => this.deliver(answer, {}, { json, events: [], errorEvent: never })
    if (!of) return reply(this.batches.list(request.query))
    const [, id, part] = of as unknown as [string, string, string | undefined]
    const found = this.batches.find(id)
    if (!found)
      throw new Refused(
        { status: 404, error: { type: 'not_found_error', message: `Message Batch ${id} not found.` } },
        false,
      )
    if (part === '/cancel' && request.method === 'POST') {
      if (found.processing_status === 'ended')
        throw new Refused(
          { status: 400, error: { message: `Message Batch ${id} has already ended.` } },
          false,
        )
      return reply(this.batches.cancel(id))
    }
    if (part === '/results' && request.method === 'GET') {
      const lines = this.batches.results(id)
      if (lines === null)
        throw new Refused({ status: 400, error: { message: 'Batch processing has not ended.' } })
      answer.response.setHeader('content-type', 'application/x-jsonl')
      return this.deliver(answer, { fault: { kind: 'body', body: lines } }, null)
    }
    if (part === undefined && request.method === 'GET') return reply(this.batches.retrieve(id))
    if (part === undefined && request.method === 'DELETE') {
      if (found.processing_status !== 'ended')
        throw new Refused({ status: 400, error: { message: 'Only ended batches can be deleted.' } })
      this.batches.delete(id)
      return reply({ id, type: 'message_batch_deleted' })
    }
    throw new Refused({ status: 405, error: { message: 'Method Not Allowed' } })
  }

  private letIn(request: Received): void {
    const { keys = 'any' } = this.options
    const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    const key = (request.headers['x-api-key'] as string | undefined) ?? bearer
    if (keys !== 'none' && !key)
      throw new Refused({
        status: 401,
        error: { type: 'authentication_error', message: 'x-api-key header is required' },
      })
    if (Array.isArray(keys) && !keys.includes(key!))
      throw new Refused(
        { status: 401, error: { type: 'authentication_error', message: 'invalid x-api-key' } },
        false,
      )
    const version = request.headers['anthropic-version']
    if (!version) throw badRequest('anthropic-version: header is required')
    if (!versions.includes(String(version)))
      throw badRequest(`anthropic-version: "${version}" is not a valid version`)
  }

  private parse<T>(request: Received, text: string, schema: z.ZodType<T>): T {
    if (!request.headers['content-type']?.startsWith('application/json'))
      throw badRequest('The content type must be application/json.')
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch {
      throw badRequest('The request body is not valid JSON.')
    }
    const parsed = schema.safeParse(json)
    if (parsed.success) return parsed.data
    const { path, message } = firstIssue(parsed.error)
    throw badRequest(
      /^Unrecognized key/.test(message)
        ? `${path ? `${path}: ` : ''}Extra inputs are not permitted: ${message}`
        : `${path}: ${message}`,
    )
  }
}

const never = () => {
  throw new Error('Nothing is streamed here.')
}
const badRequest = (message: string) =>
  new Refused({ status: 400, error: { type: 'invalid_request_error', message } })
const unknownModel = (model: string) =>
  new Refused({ status: 404, error: { type: 'not_found_error', message: `model: ${model}` } }, false)

const textIn = (content: string | { text: string }[] | undefined) =>
  typeof content === 'string' ? content : (content ?? []).map(({ text }) => text).join('\n')

/** The schema that is asked for, the system's part, and what the messages say. */
export function partsOf(body: MessagesRequest): [JsonSchema | null, string, string[]] {
  const tool = body.tools?.find(
    ({ name }) => body.tool_choice?.type !== 'tool' || name === body.tool_choice.name,
  )
  const schema = body.output_config?.format?.schema ?? tool?.input_schema ?? null
  return [
    schema as JsonSchema | null,
    textIn(body.system),
    body.messages.map(({ content }) => textIn(content)),
  ]
}
