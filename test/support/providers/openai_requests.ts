/**
 * The requests that the OpenAI server takes, from the SDK's types: strict, so that an unknown field or a wrong type is
 * found. Of what the API documents, only what needs no tools, files or audio.
 */
import type { ChatCompletionCreateParams } from 'openai/resources/chat/completions'
import type { EmbeddingCreateParams } from 'openai/resources/embeddings'
import type { ResponseCreateParams } from 'openai/resources/responses/responses'
import { z } from 'zod'
import { schemaMistake } from './json_schema.ts'

/** The fields of a request as the SDK names them: another name does not compile. */
type Fields<Params> = { [Field in keyof Params]?: z.ZodType }

const schemaName = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/)
const schemaBody = z.record(z.string(), z.unknown())
const metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, 'at most 16 pairs')
  .nullish()
const serviceTier = z.enum(['auto', 'default', 'flex', 'scale', 'priority', 'fast']).nullish()
const effort = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).nullish()
const shared = {
  metadata,
  model: z.string().min(1),
  prompt_cache_key: z.string().max(64).nullish(),
  prompt_cache_retention: z.enum(['in_memory', '24h']).nullish(),
  safety_identifier: z.string().max(64).nullish(),
  service_tier: serviceTier,
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  user: z.string().optional(),
}

const inputText = z.strictObject({ type: z.literal('input_text'), text: z.string() })
const outputText = z.strictObject({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(z.unknown()).optional(),
})
const inputMessage = z.discriminatedUnion('role', [
  z.strictObject({
    type: z.literal('message').optional(),
    role: z.enum(['user', 'system', 'developer']),
    content: z.union([z.string(), z.array(inputText).min(1)]),
  }),
  z.strictObject({
    type: z.literal('message').optional(),
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(outputText).min(1)]),
  }),
])

export const responsesRequest = z
  .strictObject({
    ...shared,
    input: z.union([z.string().min(1), z.array(inputMessage).min(1)]),
    instructions: z.string().nullish(),
    max_output_tokens: z.int().min(16).nullish(),
    parallel_tool_calls: z.boolean().nullish(),
    previous_response_id: z.null().optional(),
    reasoning: z
      .strictObject({ effort, summary: z.enum(['auto', 'concise', 'detailed']).nullish() })
      .nullish(),
    stream_options: z.strictObject({ include_obfuscation: z.boolean().optional() }).nullish(),
    text: z
      .strictObject({
        format: z
          .discriminatedUnion('type', [
            z.strictObject({ type: z.literal('text') }),
            z.strictObject({ type: z.literal('json_object') }),
            z.strictObject({
              type: z.literal('json_schema'),
              name: schemaName,
              schema: schemaBody,
              description: z.string().optional(),
              strict: z.boolean().nullish(),
            }),
          ])
          .optional(),
        verbosity: z.enum(['low', 'medium', 'high']).nullish(),
      })
      .optional(),
    truncation: z.enum(['auto', 'disabled']).nullish(),
  } satisfies Fields<ResponseCreateParams>)
  .superRefine((request, context) => {
    if (request.stream_options && !request.stream)
      context.addIssue({ code: 'custom', path: ['stream_options'], message: 'only allowed with stream' })
    const format = request.text?.format
    if (format?.type === 'json_schema' && format.strict) {
      const mistake = schemaMistake(format.schema, 'openai')
      if (mistake)
        context.addIssue({
          code: 'custom',
          path: ['text', 'format', 'schema'],
          message: `Invalid schema for response_format '${format.name}': ${mistake}`,
        })
    }
    if (format?.type === 'json_object' && !/json/i.test(JSON.stringify(request.input)))
      context.addIssue({ code: 'custom', path: ['input'], message: "must contain the word 'json'" })
  })
export type ResponsesRequest = z.infer<typeof responsesRequest>

const textPart = z.strictObject({ type: z.literal('text'), text: z.string() })
const chatContent = z.union([z.string(), z.array(textPart).min(1)])

export const chatRequest = z
  .strictObject({
    ...shared,
    messages: z
      .array(
        z.discriminatedUnion('role', [
          z.strictObject({
            role: z.enum(['system', 'developer', 'user']),
            content: chatContent,
            name: z.string().optional(),
          }),
          z.strictObject({
            role: z.literal('assistant'),
            content: chatContent.nullish(),
            refusal: z.string().nullish(),
            name: z.string().optional(),
          }),
        ]),
      )
      .min(1),
    frequency_penalty: z.number().min(-2).max(2).nullish(),
    presence_penalty: z.number().min(-2).max(2).nullish(),
    max_completion_tokens: z.int().min(1).nullish(),
    max_tokens: z.int().min(1).nullish(),
    n: z.literal(1).nullish(),
    reasoning_effort: effort,
    response_format: z
      .discriminatedUnion('type', [
        z.strictObject({ type: z.literal('text') }),
        z.strictObject({ type: z.literal('json_object') }),
        z.strictObject({
          type: z.literal('json_schema'),
          json_schema: z.strictObject({
            name: schemaName,
            schema: schemaBody.optional(),
            description: z.string().optional(),
            strict: z.boolean().nullish(),
          }),
        }),
      ])
      .optional(),
    seed: z.int().nullish(),
    stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
    stream_options: z
      .strictObject({ include_obfuscation: z.boolean().optional(), include_usage: z.boolean().optional() })
      .nullish(),
    verbosity: z.enum(['low', 'medium', 'high']).nullish(),
  } satisfies Fields<ChatCompletionCreateParams>)
  .superRefine((request, context) => {
    if (request.stream_options && !request.stream)
      context.addIssue({ code: 'custom', path: ['stream_options'], message: 'only allowed with stream' })
    if (request.max_tokens && request.max_completion_tokens)
      context.addIssue({
        code: 'custom',
        path: ['max_tokens'],
        message: 'max_tokens and max_completion_tokens cannot both be set',
      })
    const format = request.response_format
    if (format?.type === 'json_schema' && format.json_schema.strict) {
      const mistake = schemaMistake(format.json_schema.schema, 'openai')
      if (mistake)
        context.addIssue({
          code: 'custom',
          path: ['response_format'],
          message: `Invalid schema for response_format '${format.json_schema.name}': ${mistake}`,
        })
    }
    if (format?.type === 'json_object' && !/json/i.test(JSON.stringify(request.messages)))
      context.addIssue({ code: 'custom', path: ['messages'], message: "must contain the word 'json'" })
  })
export type ChatRequest = z.infer<typeof chatRequest>

const embeddingTokens = 8192

export const embeddingsRequest = z
  .strictObject({
    input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2048)]),
    model: z.string().min(1),
    dimensions: z.int().min(1).max(3072).optional(),
    encoding_format: z.enum(['float', 'base64']).optional(),
    user: z.string().optional(),
  } satisfies Fields<EmbeddingCreateParams>)
  .superRefine(({ input, model, dimensions }, context) => {
    const tokens = [input].flat().map((text) => Math.ceil(text.length / 4))
    if (tokens.some((count) => count > embeddingTokens))
      context.addIssue({
        code: 'custom',
        path: ['input'],
        message: `This model's maximum context length is ${embeddingTokens} tokens`,
      })
    if (tokens.reduce((sum, count) => sum + count, 0) > 300_000)
      context.addIssue({ code: 'custom', path: ['input'], message: 'at most 300000 tokens a request' })
    if (dimensions !== undefined && model === 'text-embedding-3-small' && dimensions > 1536)
      context.addIssue({
        code: 'custom',
        path: ['dimensions'],
        message: 'must be at most 1536 for this model',
      })
  })
export type EmbeddingsRequest = z.infer<typeof embeddingsRequest>

/** Models that think first take other parameters. */
const thinks = (model: string) => /^(o\d|gpt-5)/.test(model)

/** A parameter that this model does not take; null if none. */
export function unsupportedParameter(request: ResponsesRequest | ChatRequest): string | null {
  if (thinks(request.model)) {
    if (typeof request.temperature === 'number' && request.temperature !== 1) return 'temperature'
    if ('max_tokens' in request && request.max_tokens) return 'max_tokens'
  } else {
    if ('reasoning' in request && request.reasoning?.effort) return 'reasoning.effort'
    if ('reasoning_effort' in request && request.reasoning_effort) return 'reasoning_effort'
  }
  return null
}
