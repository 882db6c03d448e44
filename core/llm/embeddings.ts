/** Texts become vectors at OpenAI, or at any server of its protocol. */
import type OpenAI from 'openai'
import { z } from 'zod'
import { Attempt, type Endpoint, noUsage } from './attempt.ts'
import { type Call, type EmbeddingModel, LlmError } from './index.ts'

/** Of one request, by OpenAI: 2048 texts and 300 000 tokens. A token is a byte at least, so bytes are safe to count. */
const mostTexts = 2048
const mostBytes = 250_000

const Embeddings = z.object({
  model: z.string().nullish(),
  data: z.array(z.object({ index: z.number().int().nonnegative(), embedding: z.array(z.number()) })),
  usage: z.object({ prompt_tokens: z.number().int().nonnegative() }).nullish().catch(null),
})

export function openAiEmbeddings(
  client: OpenAI,
  endpoint: Endpoint,
  model: string,
  dimensions: number,
): EmbeddingModel {
  async function embedBatch(texts: string[], signal: AbortSignal | undefined) {
    const attempt = await Attempt.begin(endpoint, 'embeddings', { purpose: 'embed', model, signal })
    try {
      const answer = await client.embeddings
        .create(
          {
            model,
            input: texts,
            encoding_format: 'float',
            // Only this generation can be asked for fewer.
            ...(model.startsWith('text-embedding-3-') ? { dimensions } : {}),
          },
          { signal: attempt.signal },
        )
        .withResponse()
      attempt.answered(answer)
      const parsed = Embeddings.safeParse(answer.data)
      if (!parsed.success)
        throw attempt.failAs('invalid_output', 'The endpoint’s embeddings are not of OpenAI’s protocol.')
      const { data, usage } = parsed.data
      attempt.model = parsed.data.model || model
      attempt.usage = { ...noUsage, in: usage?.prompt_tokens ?? null, out: usage ? 0 : null }
      const vectors: (number[] | undefined)[] = Array.from({ length: texts.length })
      for (const { index, embedding } of data) {
        if (embedding.length !== dimensions)
          throw attempt.failAs(
            'invalid_output',
            `${model} makes vectors of ${embedding.length} numbers; ${dimensions} are needed. Choose another OPENAI_EMBEDDING_MODEL.`,
          )
        vectors[index] = embedding
      }
      if (data.length !== texts.length || vectors.includes(undefined))
        throw attempt.failAs(
          'invalid_output',
          `${texts.length} texts were sent, ${data.length} vectors came.`,
        )
      return { vectors: vectors as number[][], call: attempt.succeed() }
    } catch (error) {
      throw attempt.fail(error)
    }
  }

  return {
    provider: 'openai',
    model,
    dimensions,
    async embed(texts, signal) {
      const vectors: number[][] = []
      let call: Call | null = null
      for (const batch of batches(texts)) {
        try {
          const embedded = await embedBatch(batch, signal)
          vectors.push(...embedded.vectors)
          call = call === null ? embedded.call : sum(call, embedded.call)
        } catch (error) {
          // What the batches before it cost is not lost.
          if (error instanceof LlmError && call !== null)
            throw new LlmError(error.kind, error.message, {
              call: error.call ? sum(call, error.call) : call,
              ...(error.retryAfter === null ? {} : { retryAfter: error.retryAfter }),
              cause: error,
            })
          throw error
        }
      }
      if (call === null) throw new Error('There is no text to embed.')
      return { vectors, call }
    },
  }
}

function sum(before: Call, after: Call): Call {
  const add = (one: number | null, other: number | null) =>
    one === null && other === null ? null : (one ?? 0) + (other ?? 0)
  return {
    ...after,
    tokens_in: add(before.tokens_in, after.tokens_in),
    tokens_out: add(before.tokens_out, after.tokens_out),
    latency_ms: add(before.latency_ms, after.latency_ms),
  }
}

function* batches(texts: string[]): Generator<string[]> {
  let batch: string[] = []
  let bytes = 0
  for (const text of texts) {
    const size = Buffer.byteLength(text)
    if (batch.length > 0 && (batch.length === mostTexts || bytes + size > mostBytes)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(text)
    bytes += size
  }
  if (batch.length > 0) yield batch
}
