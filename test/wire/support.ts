/** The providers as the application opens them, with the real SDKs, against local servers of their protocols. */
import { z } from 'zod'
import { readConfig } from '../../core/config.ts'
import type { BreakerOptions } from '../../core/llm/breaker.ts'
import { LlmError, type Request } from '../../core/llm/index.ts'
import { openProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { AnthropicServer } from '../support/providers/anthropic.ts'
import { OpenAiServer } from '../support/providers/openai.ts'

export const key = 'sk-test-0123456789'

export async function openWire(
  environment: Record<string, string> = {},
  /** By default one that never opens. */
  breaker: BreakerOptions = { threshold: 1_000_000 },
) {
  const openai = await OpenAiServer.start({ keys: [key] })
  const anthropic = await AnthropicServer.start({ keys: [key] })
  const config = readConfig({
    OPENAI_API_KEY: key,
    OPENAI_BASE_URL: openai.url,
    OPENAI_API: 'responses',
    ANTHROPIC_API_KEY: key,
    ANTHROPIC_BASE_URL: anthropic.url,
    ...environment,
  })
  const providers = await openProviders(config, makeLog('silent'), { breaker })
  return {
    openai,
    anthropic,
    config,
    route: providers.route!,
    answer: providers.answer!,
    analyst: providers.analyst!,
    batches: providers.batches!,
    embeddings: providers.embeddings!,
    health: () => providers.health(),
    reset() {
      openai.reset()
      anthropic.reset()
    },
    async close() {
      await providers.close()
      await openai.close()
      await anthropic.close()
      openai.assertClean()
      anthropic.assertClean()
    },
  }
}
export type Wire = Awaited<ReturnType<typeof openWire>>

export const request: Request = {
  purpose: 'answer',
  system: 'You answer customers.',
  input: ['The sources.', 'The question.'],
  maxTokens: 500,
}

export const Route = z.object({
  category: z.enum(['booking', 'tech_support', 'unknown']),
  confidence: z.number().min(0).max(1),
  emergency: z.boolean(),
})
export const route = { ...request, purpose: 'route' as const, schema: Route, schemaName: 'route' }

export async function readAll(deltas: AsyncIterable<string>): Promise<string[]> {
  const pieces: string[] = []
  for await (const piece of deltas) pieces.push(piece)
  return pieces
}

/** How a call fails; what else happens fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<LlmError> {
  try {
    await call
  } catch (error) {
    if (error instanceof LlmError) return error
    throw error
  }
  throw new Error('The call did not fail.')
}
