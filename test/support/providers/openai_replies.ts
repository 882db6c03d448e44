/** What OpenAI answers to a script: a response or a completion, whole and as the events of a stream. */
import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources/chat/completions'
import type { CompletionUsage } from 'openai/resources/completions'
import type { Response as ModelResponse, ResponseUsage } from 'openai/resources/responses/responses'
import type { ChatRequest, ResponsesRequest } from './openai_requests.ts'
import { limited, type Rendered, type Script, type StreamEvent } from './script.ts'

export interface Tokens {
  input: number
  cached: number
  output: number
}

interface Context {
  id: string
  /** As the provider names it in full. */
  model: string
  tokens: Tokens
}

export function renderResponse(request: ResponsesRequest, script: Script, context: Context): Rendered {
  const { text, stop, pieces } = limited(script, request.max_output_tokens)
  const created = Math.floor(Date.now() / 1000)
  const refused = script.refusal !== undefined
  const itemId = context.id.replace('resp_', 'msg_')
  const status = stop === 'stop' ? 'completed' : 'incomplete'
  const part = (words: string) =>
    refused
      ? { type: 'refusal' as const, refusal: words }
      : { type: 'output_text' as const, annotations: [], logprobs: [], text: words }
  const usage: ResponseUsage = {
    input_tokens: context.tokens.input,
    input_tokens_details: { cached_tokens: context.tokens.cached } as ResponseUsage.InputTokensDetails,
    output_tokens: context.tokens.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: context.tokens.input + context.tokens.output,
  }
  const base = {
    id: context.id,
    object: 'response',
    created_at: created,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: null,
    model: context.model,
    output: [],
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt_cache_key: request.prompt_cache_key ?? null,
    reasoning: { effort: null, summary: null },
    safety_identifier: request.safety_identifier ?? null,
    service_tier: request.service_tier ?? 'default',
    store: request.store ?? true,
    temperature: request.temperature ?? 1,
    text: { format: request.text?.format ?? { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: request.top_p ?? 1,
    truncation: request.truncation ?? 'disabled',
    usage: null,
    metadata: request.metadata ?? {},
  } as unknown as ModelResponse
  const item = (state: 'in_progress' | 'completed' | 'incomplete', content: ReturnType<typeof part>[]) => ({
    id: itemId,
    type: 'message',
    status: state,
    role: 'assistant',
    content,
  })
  const incomplete = { length: 'max_output_tokens', filter: 'content_filter', stop: null }[stop]
  const whole = {
    ...base,
    status,
    completed_at: status === 'completed' ? created : null,
    incomplete_details: incomplete === null ? null : { reason: incomplete },
    output: [item(status, [part(text)])],
    usage,
  }
  let sequence = 0
  const event = (type: string, rest: object, piece = false): StreamEvent => ({
    event: type,
    data: { type, sequence_number: sequence++, ...rest },
    piece,
  })
  const place = { item_id: itemId, output_index: 0, content_index: 0 }
  const kind = refused ? 'response.refusal' : 'response.output_text'
  const logprobs = refused ? {} : { logprobs: [] }
  const events = [
    event('response.created', { response: base }),
    event('response.in_progress', { response: base }),
    event('response.output_item.added', { output_index: 0, item: item('in_progress', []) }),
    event('response.content_part.added', { ...place, part: part('') }),
    ...pieces.map((delta) => event(`${kind}.delta`, { ...place, delta, ...logprobs }, true)),
    event(`${kind}.done`, { ...place, ...(refused ? { refusal: text } : { text }), ...logprobs }),
    event('response.content_part.done', { ...place, part: part(text) }),
    event('response.output_item.done', { output_index: 0, item: item(status, [part(text)]) }),
    event(`response.${status}`, { response: whole }),
  ]
  return {
    json: whole,
    events,
    errorEvent: ({ code = 'server_error', message = 'The server had an error.', failed }) =>
      failed
        ? event('response.failed', {
            response: { ...base, status: 'failed', error: { code, message } },
          })
        : event('error', { code, message, param: null }),
  }
}

export function renderCompletion(request: ChatRequest, script: Script, context: Context): Rendered {
  const { text, stop, pieces } = limited(script, request.max_completion_tokens ?? request.max_tokens)
  const created = Math.floor(Date.now() / 1000)
  const refused = script.refusal !== undefined
  const finish = { stop: 'stop', length: 'length', filter: 'content_filter' }[stop] as 'stop'
  const usage: CompletionUsage = {
    prompt_tokens: context.tokens.input,
    completion_tokens: context.tokens.output,
    total_tokens: context.tokens.input + context.tokens.output,
    prompt_tokens_details: { cached_tokens: context.tokens.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
  const common = {
    id: context.id,
    created,
    model: context.model,
    service_tier: 'default' as const,
    system_fingerprint: 'fp_test',
  }
  const whole: ChatCompletion = {
    ...common,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: refused ? null : text,
          refusal: refused ? text : null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: finish,
      },
    ],
    usage,
  }
  const usageAsked = request.stream_options?.include_usage === true
  const chunk = (delta: ChatCompletionChunk.Choice.Delta, reason: 'stop' | null, piece = false) => ({
    data: {
      ...common,
      object: 'chat.completion.chunk' as const,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
      ...(usageAsked ? { usage: null } : {}),
    } satisfies ChatCompletionChunk,
    piece,
  })
  const events: StreamEvent[] = [
    chunk({ role: 'assistant', ...(refused ? { refusal: '' } : { content: '', refusal: null }) }, null),
    ...pieces.map((piece) => chunk(refused ? { refusal: piece } : { content: piece }, null, true)),
    chunk({}, finish),
    ...(usageAsked
      ? [
          {
            data: { ...common, object: 'chat.completion.chunk', choices: [], usage },
          },
        ]
      : []),
  ]
  return {
    json: whole,
    events,
    errorEvent: ({ type = 'server_error', code = null, message = 'The server had an error.' }) => ({
      data: { error: { message, type, param: null, code } },
    }),
    end: 'data: [DONE]\n\n',
  }
}
