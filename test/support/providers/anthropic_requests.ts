/**
 * The requests that the Anthropic server takes, from the SDK's types: strict, so that an unknown field or a wrong type
 * is found. Of what the API documents, only what needs no server tools, files or images.
 */
import type { BatchCreateParams } from '@anthropic-ai/sdk/resources/messages/batches'
import type {
  MessageCountTokensParams,
  MessageCreateParams,
} from '@anthropic-ai/sdk/resources/messages/messages'
import { z } from 'zod'
import { schemaMistake } from './json_schema.ts'

/** The fields of a request as the SDK names them: another name does not compile. */
type Fields<Params> = { [Field in keyof Params]?: z.ZodType }

const cacheControl = z
  .strictObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() })
  .nullish()
const textBlock = z.strictObject({
  type: z.literal('text'),
  text: z.string().refine((text) => text.trim() !== '', 'text content blocks must be non-empty'),
  cache_control: cacheControl,
})
const content = z.union([z.string().min(1), z.array(textBlock).min(1)])
const tool = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
  description: z.string().optional(),
  input_schema: z.looseObject({ type: z.literal('object') }),
  strict: z.boolean().optional(),
  type: z.literal('custom').nullish(),
  cache_control: cacheControl,
})

const counted = {
  model: z.string().min(1),
  messages: z.array(z.strictObject({ role: z.enum(['user', 'assistant']), content })).min(1),
  cache_control: cacheControl,
  output_config: z
    .strictObject({
      effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      format: z
        .strictObject({ type: z.literal('json_schema'), schema: z.record(z.string(), z.unknown()) })
        .nullish(),
    })
    .optional(),
  system: z.union([z.string().min(1), z.array(textBlock).min(1)]).optional(),
  thinking: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('disabled') }),
      z.strictObject({
        type: z.literal('adaptive'),
        display: z.enum(['summarized', 'omitted']).nullish(),
      }),
      z.strictObject({
        type: z.literal('enabled'),
        budget_tokens: z.int().min(1024),
        display: z.enum(['summarized', 'omitted']).nullish(),
      }),
    ])
    .optional(),
  tool_choice: z
    .discriminatedUnion('type', [
      z.strictObject({
        type: z.enum(['auto', 'any']),
        disable_parallel_tool_use: z.boolean().optional(),
      }),
      z.strictObject({
        type: z.literal('tool'),
        name: z.string(),
        disable_parallel_tool_use: z.boolean().optional(),
      }),
      z.strictObject({ type: z.literal('none') }),
    ])
    .optional(),
  tools: z.array(tool).optional(),
}

type Counted = z.infer<z.ZodObject<typeof counted>>

function check(request: Counted & { max_tokens?: number }, context: z.RefinementCtx): void {
  const wrong = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: path.split('.'), message })
  const blocks = [request.system, ...request.messages.map((message) => message.content)].flatMap((part) =>
    Array.isArray(part) ? part : [],
  )
  const breakpoints = [...(request.tools ?? []), ...blocks, request].filter((part) => part.cache_control)
  if (breakpoints.length > 4)
    wrong(
      'cache_control',
      `A maximum of 4 blocks with cache_control may be provided. Found ${breakpoints.length}.`,
    )
  // Longer-lived entries come first.
  const lives = [...(request.tools ?? []), ...blocks].flatMap(({ cache_control: control }) =>
    control ? [control.ttl ?? '5m'] : [],
  )
  if (lives.lastIndexOf('1h') > lives.indexOf('5m') && lives.includes('5m'))
    wrong('cache_control', "a ttl='1h' cache_control block must not come after a ttl='5m' one")
  if (request.messages[0]!.role !== 'user') wrong('messages', 'first message must use the "user" role')
  if (request.messages.at(-1)!.role === 'assistant')
    wrong('messages', 'This model does not support assistant message prefill.')
  const format = request.output_config?.format
  const mistake = format ? schemaMistake(format.schema, 'anthropic') : null
  if (mistake) wrong('output_config.format.schema', mistake)
  for (const { name, strict, input_schema } of request.tools ?? []) {
    const found = strict ? schemaMistake(input_schema, 'anthropic') : null
    if (found) wrong('tools', `${name}: ${found}`)
  }
  const choice = request.tool_choice
  if (choice?.type === 'tool' && !request.tools?.some(({ name }) => name === choice.name))
    wrong('tool_choice', `Tool '${choice.name}' not found in provided tools`)
  if (choice && choice.type !== 'none' && !request.tools?.length)
    wrong('tool_choice', 'may only be specified while providing tools')
  if (
    request.thinking?.type === 'enabled' &&
    request.max_tokens !== undefined &&
    request.thinking.budget_tokens >= request.max_tokens
  )
    wrong('thinking.budget_tokens', 'must be less than max_tokens')
}

const message = {
  ...counted,
  max_tokens: z.int().min(1).max(128_000),
  metadata: z.strictObject({ user_id: z.string().max(256).nullish() }).optional(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  stop_sequences: z.array(z.string().min(1)).optional(),
  stream: z.boolean().optional(),
}

export const messagesRequest = z
  .strictObject(message satisfies Fields<MessageCreateParams>)
  .superRefine(check)
export type MessagesRequest = z.infer<typeof messagesRequest>

export const countTokensRequest = z
  .strictObject(counted satisfies Fields<MessageCountTokensParams>)
  .superRefine(check)
export type CountTokensRequest = z.infer<typeof countTokensRequest>

export const batchRequest = z
  .strictObject({
    requests: z
      .array(
        z.strictObject({
          custom_id: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
          params: messagesRequest.refine(({ stream }) => !stream, 'stream is not supported in batches'),
        }),
      )
      .min(1)
      .max(100_000),
  } satisfies Fields<BatchCreateParams>)
  .superRefine(({ requests }, context) => {
    const seen = new Set<string>()
    for (const { custom_id } of requests) {
      if (seen.has(custom_id))
        context.addIssue({ code: 'custom', path: ['requests'], message: `duplicate custom_id ${custom_id}` })
      seen.add(custom_id)
    }
  })
export type BatchRequest = z.infer<typeof batchRequest>
