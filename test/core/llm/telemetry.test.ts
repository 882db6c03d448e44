/** Spans of calls as a collector gets them: by the conventions, and without a word of what was said. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from '@jest/globals'
import { readConfig } from '../../../core/config.ts'
import { openProviders } from '../../../core/llm/providers.ts'
import { makeLog } from '../../../core/log.ts'
import { OpenAiServer } from '../../support/providers/openai.ts'

interface Sent {
  resourceSpans: {
    scopeSpans: {
      spans: {
        name: string
        kind: number
        status: { code?: number }
        attributes: { key: string; value: Record<string, unknown> }[]
      }[]
    }[]
  }[]
}

it('sends a span for each call, without its content', async () => {
  const bodies: { url: string | undefined; text: string }[] = []
  const collector = createServer(async (request, response) => {
    let text = ''
    for await (const piece of request) text += piece
    bodies.push({ url: request.url, text })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  const openai = await OpenAiServer.start()
  try {
    const providers = await openProviders(
      readConfig({
        OPENAI_API_KEY: 'sk-test',
        OPENAI_BASE_URL: openai.url,
        OPENAI_ROUTE_MODEL: 'gpt-none',
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}/`,
      }),
      makeLog('silent'),
    )
    const request = {
      purpose: 'answer',
      system: 'The secret policy.',
      input: ['The question of Nina.'],
      maxTokens: 99,
    } as const
    const stream = providers.answer!.stream({ ...request, input: [...request.input] })
    for await (const _ of stream.deltas);
    const failed = providers.route!.stream({ ...request, purpose: 'route', input: [...request.input] })
    await expect(
      (async () => {
        for await (const _ of failed.deltas);
      })(),
    ).rejects.toMatchObject({ kind: 'unknown_model' })
    await providers.close()

    const spans = bodies.flatMap(({ text }) =>
      (JSON.parse(text) as Sent).resourceSpans.flatMap(({ scopeSpans }) =>
        scopeSpans.flatMap((scope) => scope.spans),
      ),
    )
    const attributes = spans.map((span) =>
      Object.fromEntries(span.attributes.map(({ key, value }) => [key, Object.values(value)[0]])),
    )
    expect(bodies[0]!.url).toBe('/v1/traces')
    expect(spans.map(({ name, kind, status }) => [name, kind, status.code ?? 0])).toEqual([
      ['chat gpt-4o', 3, 0],
      ['chat gpt-none', 3, 2],
    ])
    const { tokens_in, tokens_out, model } = stream.call()
    expect(attributes[0]).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.model': model,
      'gen_ai.usage.input_tokens': tokens_in,
      'gen_ai.usage.output_tokens': tokens_out,
      'gen_ai.response.finish_reasons': { values: [{ stringValue: 'stop' }] },
      'clubos.purpose': 'answer',
    })
    expect(attributes[1]).toMatchObject({ 'error.type': 'unknown_model', 'clubos.purpose': 'route' })
    for (const { text } of bodies) {
      expect(text).not.toContain('secret policy')
      expect(text).not.toContain('Nina')
      expect(text).not.toContain('sk-test')
    }
  } finally {
    await openai.close()
    collector.closeAllConnections()
    await new Promise((resolve) => collector.close(resolve))
  }
})
