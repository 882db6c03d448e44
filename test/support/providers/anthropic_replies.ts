/** What Anthropic answers to a script: a message, whole and as the events of a stream. */
import type { Message, RawMessageStreamEvent, Usage } from '@anthropic-ai/sdk/resources/messages/messages'
import type { CountTokensRequest, MessagesRequest } from './anthropic_requests.ts'
import type { CacheBlock } from './prompt_cache.ts'
import { limited, type Rendered, type Script, type StreamEvent } from './script.ts'

export interface Tokens {
  /** Neither read from the cache nor written to it. */
  rest: number
  read: number
  written: number
  output: number
}

interface Context {
  id: string
  tokens: Tokens
  batch: boolean
  toolUseId: string
}

export function renderMessage(request: MessagesRequest, script: Script, context: Context): Rendered {
  const { text, stop, pieces } = limited(script, request.max_tokens)
  const refused = script.refusal !== undefined
  const tool = toolFor(request)
  const usage: Usage = {
    input_tokens: context.tokens.rest,
    cache_creation_input_tokens: context.tokens.written,
    cache_read_input_tokens: context.tokens.read,
    cache_creation: {
      ephemeral_5m_input_tokens: context.tokens.written,
      ephemeral_1h_input_tokens: 0,
    },
    output_tokens: context.tokens.output,
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: context.batch ? 'batch' : 'standard',
    inference_geo: null,
    speed: null,
  }
  const reason = refused
    ? 'refusal'
    : stop === 'length'
      ? 'max_tokens'
      : stop === 'filter'
        ? 'refusal'
        : tool
          ? 'tool_use'
          : 'end_turn'
  const details =
    reason === 'refusal'
      ? { type: 'refusal' as const, category: null, explanation: script.refusal ?? null }
      : null
  const words = refused ? '' : text
  const block =
    tool && !refused
      ? {
          type: 'tool_use' as const,
          id: context.toolUseId,
          name: tool,
          input: parsed(words),
          caller: { type: 'direct' as const },
        }
      : { type: 'text' as const, text: words, citations: null }
  const whole: Message = {
    id: context.id,
    type: 'message',
    role: 'assistant',
    model: request.model,
    content: refused ? [] : [block],
    stop_reason: reason,
    stop_sequence: null,
    stop_details: details,
    container: null,
    diagnostics: null,
    usage,
  }
  const event = (data: RawMessageStreamEvent, piece = false): StreamEvent => ({
    event: data.type,
    data,
    piece,
  })
  const start = event({
    type: 'message_start',
    message: {
      ...whole,
      content: [],
      stop_reason: null,
      stop_details: null,
      usage: { ...usage, output_tokens: 1 },
    },
  })
  const end = [
    event({
      type: 'message_delta',
      delta: {
        stop_reason: reason,
        stop_sequence: null,
        stop_details: details,
        container: null,
      },
      usage: {
        input_tokens: usage.input_tokens,
        cache_creation_input_tokens: usage.cache_creation_input_tokens,
        cache_read_input_tokens: usage.cache_read_input_tokens,
        output_tokens: usage.output_tokens,
        output_tokens_details: null,
        server_tool_use: null,
      },
    }),
    event({ type: 'message_stop' }),
  ]
  const ping: StreamEvent = { event: 'ping', data: { type: 'ping' } }
  const blocks = [
    event({
      type: 'content_block_start',
      index: 0,
      content_block: block.type === 'text' ? { ...block, text: '' } : { ...block, input: {} },
    }),
    ping,
    ...pieces.map((piece) =>
      event(
        {
          type: 'content_block_delta',
          index: 0,
          delta:
            block.type === 'text'
              ? { type: 'text_delta', text: piece }
              : { type: 'input_json_delta', partial_json: piece },
        },
        true,
      ),
    ),
    event({ type: 'content_block_stop', index: 0 }),
  ]
  return {
    json: whole,
    events: refused ? [start, ping, ...end] : [start, ...blocks, ...end],
    errorEvent: ({ type = 'overloaded_error', message = 'Overloaded' }) => ({
      event: 'error',
      data: { type: 'error', error: { type, message }, request_id: null },
    }),
  }
}

/** The tool that the model must use: so did structured output work before there was a format for it. */
function toolFor(request: MessagesRequest): string | null {
  const { tool_choice: choice } = request
  if (choice?.type === 'tool') return choice.name
  return choice?.type === 'any' ? (request.tools?.[0]?.name ?? null) : null
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    // Cut off at max_tokens: the API gives what it has.
    return {}
  }
}

/** The prompt in the order in which it is cached: tools, format, system, messages. */
export function blocksOf(request: MessagesRequest | CountTokensRequest): CacheBlock[] {
  const format = request.output_config?.format
  const blocks: CacheBlock[] = [
    ...(request.tools ?? []).map(({ cache_control, ...tool }) => ({
      text: JSON.stringify(tool),
      breakpoint: Boolean(cache_control),
    })),
    ...(format ? [{ text: JSON.stringify(format.schema), breakpoint: false }] : []),
    ...[request.system ?? [], ...request.messages.map(({ content }) => content)].flatMap((part) =>
      typeof part === 'string'
        ? [{ text: part, breakpoint: false }]
        : part.map(({ text, cache_control }) => ({ text, breakpoint: Boolean(cache_control) })),
    ),
  ]
  // One on the whole request stands for one at its last block.
  if (request.cache_control) blocks.at(-1)!.breakpoint = true
  return blocks
}
