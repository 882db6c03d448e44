/**
 * Each way in which a provider fails, by each protocol: what kind of failure our side sees, and that it asked exactly
 * once, since only the worker tries again.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import type { FailureKind, LlmError, TextModel } from '../../core/llm/index.ts'
import { anthropicFailure, openaiFailure } from '../support/providers/failures.ts'
import type { Script } from '../support/providers/script.ts'
import { failureOf, key, openWire, readAll, request, route, type Wire } from './support.ts'

const text = 'A text that comes in some pieces.'
const good = { category: 'booking', confidence: 0.9, emergency: false }

interface Protocol {
  name: string
  environment: Record<string, string>
  model(wire: Wire): TextModel
  /** Sets what the next request meets. */
  next(wire: Wire, script: Script): void
  sent(wire: Wire): number
}

const openai = (api: 'responses' | 'chat'): Protocol => ({
  name: `OpenAI ${api}`,
  environment: { OPENAI_API: api },
  model: (wire) => wire.answer,
  next: (wire, script) => void wire.openai.once(api, script),
  sent: (wire) => wire.openai.requests.length,
})
const anthropic: Protocol = {
  name: 'Anthropic messages',
  environment: {},
  model: (wire) => wire.analyst,
  next: (wire, script) => void wire.anthropic.once('messages', script),
  sent: (wire) => wire.anthropic.requests.length,
}

type Expected = { kind: FailureKind; retryAfter?: number | null }

/** Before any word: the same for an object and for a stream. */
const refusedAtOnce: Record<string, (provider: 'openai' | 'anthropic') => [Script, Expected] | null> = {
  'rate limited, to come again in so many seconds': (provider) => [
    (provider === 'openai' ? openaiFailure : anthropicFailure).rateLimited({ seconds: 7 }),
    { kind: 'rate_limited', retryAfter: 7 },
  ],
  'rate limited, in so many milliseconds': (provider) =>
    provider === 'openai'
      ? [openaiFailure.rateLimited({ ms: 1500, seconds: 9 }), { kind: 'rate_limited', retryAfter: 1.5 }]
      : null,
  'rate limited, without a time': (provider) => [
    (provider === 'openai' ? openaiFailure : anthropicFailure).rateLimited(),
    { kind: 'rate_limited', retryAfter: null },
  ],
  'the quota is used up': (provider) => [
    provider === 'openai' ? openaiFailure.quotaExhausted() : anthropicFailure.noCredit(),
    { kind: 'quota_exhausted' },
  ],
  'the bill was not paid': (provider) =>
    provider === 'anthropic' ? [anthropicFailure.billing(), { kind: 'quota_exhausted' }] : null,
  'an error of the provider': (provider) => [
    (provider === 'openai' ? openaiFailure : anthropicFailure).serverError(),
    { kind: 'server_error' },
  ],
  'an error of a proxy in between': () => [openaiFailure.badGateway(), { kind: 'server_error' }],
  overload: (provider) => [
    (provider === 'openai' ? openaiFailure : anthropicFailure).overloaded(),
    { kind: 'overloaded' },
  ],
  'the provider’s own timeout': (provider) =>
    provider === 'anthropic' ? [anthropicFailure.timedOut(), { kind: 'timeout' }] : null,
  'an expired key': (provider) => [
    (provider === 'openai' ? openaiFailure : anthropicFailure).expiredKey(),
    { kind: 'unauthorized' },
  ],
  'a model that this key may not use': (provider) => [
    (provider === 'openai' ? openaiFailure : anthropicFailure).forbidden(),
    // OpenAI says model_not_found with it: either way a person sets another model, or another key.
    { kind: provider === 'openai' ? 'unknown_model' : 'unauthorized' },
  ],
  'an unknown model': (provider) => [
    (provider === 'openai' ? openaiFailure : anthropicFailure).unknownModel('none'),
    { kind: 'unknown_model' },
  ],
  'Azure’s content filter': (provider) =>
    provider === 'openai' ? [openaiFailure.azureFilter(), { kind: 'filtered' }] : null,
  'a prompt that is too long': (provider) => [
    provider === 'openai' ? openaiFailure.tooLong() : anthropicFailure.tooLarge(),
    { kind: 'bad_request' },
  ],
  'the connection is reset': () => [{ fault: { kind: 'reset' } }, { kind: 'connection' }],
}

describe.each([openai('responses'), openai('chat'), anthropic])('$name', (protocol) => {
  let wire: Wire
  beforeAll(async () => {
    wire = await openWire(protocol.environment)
    // Loads the SDK's parts, so that no test's time limit meets that.
    protocol.next(wire, { json: good })
    await protocol.model(wire).structured(route)
  })
  afterEach(() => wire.reset())
  afterAll(() => wire.close())
  const provider = protocol === anthropic ? 'anthropic' : 'openai'
  const structured = (rest = {}) => protocol.model(wire).structured({ ...route, ...rest })
  const streamed = (rest = {}) => readAll(protocol.model(wire).stream({ ...request, ...rest }).deltas)

  /** Of exactly one request. */
  async function fails(script: Script, call: () => Promise<unknown>): Promise<LlmError> {
    const before = protocol.sent(wire)
    protocol.next(wire, script)
    const error = await failureOf(call())
    expect(protocol.sent(wire) - before).toBe(1)
    expect(error.call).toMatchObject({ provider, status: error.kind })
    expect(`${error.message} ${JSON.stringify(error.call)}`).not.toContain(key)
    return error
  }

  const cases = Object.entries(refusedAtOnce).flatMap(([name, make]) => {
    const made = make(provider)
    return made ? [{ name, script: made[0], expected: made[1] }] : []
  })
  test.each(cases)('$name', async ({ script, expected }) => {
    for (const call of [structured, streamed]) {
      const error = await fails(script, call)
      expect(error).toMatchObject(expected)
      if (script.fault?.kind === 'status' && !script.fault.body)
        expect(error.call?.request_id).toMatch(/^req_/)
    }
  })

  test('rate limited until a date', async () => {
    const date = new Date(Date.now() + 3_600_000)
    const failures = provider === 'openai' ? openaiFailure : anthropicFailure
    const error = await fails(failures.rateLimited({ date }), structured)
    expect(error.kind).toBe('rate_limited')
    expect(error.retryAfter).toBeGreaterThan(3000)
    expect(error.retryAfter).toBeLessThanOrEqual(3600)
  })

  test.each([
    ['no answer', {}, 'timeout'],
    ['silence in mid-stream', { after: 2 }, 'timeout'],
  ] as const)('%s within the time that we give it', async (_, rest, kind) => {
    const calls = 'after' in rest ? [streamed] : [structured, streamed]
    for (const call of calls)
      expect(
        (await fails({ text, fault: { kind: 'hang', ...rest } }, () => call({ timeout: 1500 }))).kind,
      ).toBe(kind)
  })

  test('a connection that breaks in mid-stream', async () => {
    expect((await fails({ text, fault: { kind: 'reset', after: 2 } }, streamed)).kind).toBe('stream_broken')
  })

  test('a connection that breaks after the headers, and within an object', async () => {
    for (const call of [structured, streamed])
      expect((await fails({ text, fault: { kind: 'reset', after: 'headers' } }, call)).kind).toBe(
        'connection',
      )
  })

  test('a stream that ends without its end', async () => {
    expect((await fails({ text, fault: { kind: 'cut', after: 2 } }, streamed)).kind).toBe('stream_broken')
    expect((await fails({ text, fault: { kind: 'cut', after: 0 } }, streamed)).kind).toBe('connection')
  })

  test('an event that is no JSON', async () => {
    expect((await fails({ text, fault: { kind: 'malformed', after: 1 } }, streamed)).kind).toBe(
      'invalid_output',
    )
  })

  test('an error in mid-stream', async () => {
    const type = provider === 'openai' ? 'server_error' : 'overloaded_error'
    const error = await fails({ text, fault: { kind: 'error_event', after: 2, type } }, streamed)
    expect(error.kind).toBe(provider === 'openai' ? 'server_error' : 'overloaded')
    if (protocol.name === 'OpenAI responses') {
      const fault = { kind: 'error_event', after: 2, failed: true, code: 'rate_limit_exceeded' } as const
      expect((await fails({ text, fault }, streamed)).kind).toBe('rate_limited')
    }
  })

  test('an answer whose JSON is truncated, and one that is none', async () => {
    const body = '<html>Welcome to the gateway</html>'
    for (const script of [
      { json: good, fault: { kind: 'truncate', characters: 20 } },
      { fault: { kind: 'body', body } },
      { fault: { kind: 'body', body: '{"unexpected": true}' } },
    ] as const)
      expect((await fails(script, structured)).kind).toBe('invalid_output')
  })

  test('an object that is no JSON, is cut off, or is not of the schema', async () => {
    for (const script of [
      { text: 'The category is booking.' },
      { text: JSON.stringify(good).slice(0, -5) },
      { text: '' },
      { json: { ...good, category: 'parties' } },
      { json: { ...good, confidence: 7 } },
      { json: { category: 'booking' } },
    ]) {
      const error = await fails({ ...script, usage: { input: 100, output: 9 } }, structured)
      expect(error).toMatchObject({ kind: 'invalid_output', transient: false })
      // It was paid for all the same.
      expect(error.call).toMatchObject({ tokens_in: 100, tokens_out: 9 })
    }
  })

  test('a stop at the limit of its length', async () => {
    const long = 'word '.repeat(200)
    expect((await fails({ json: { ...good, note: long } }, () => structured({ maxTokens: 20 }))).kind).toBe(
      'truncated',
    )
    const error = await fails({ text: long }, () => streamed({ maxTokens: 20 }))
    expect(error).toMatchObject({ kind: 'truncated', call: { tokens_out: 20 } })
  })

  test('a refusal', async () => {
    for (const call of [structured, streamed])
      expect((await fails({ refusal: 'I cannot help with that.' }, call)).kind).toBe('refused')
  })

  test('a content filter that stops the answer', async () => {
    const script: Script = provider === 'openai' ? { text, stop: 'filter' } : anthropicFailure.filtered()
    for (const call of [structured, streamed]) expect((await fails(script, call)).kind).toBe('filtered')
  })

  test('our own abort, before the answer and in mid-stream, reaches the provider', async () => {
    const api = provider === 'anthropic' ? wire.anthropic : wire.openai
    const name = protocol === anthropic ? 'messages' : protocol.environment.OPENAI_API
    for (const call of [structured, streamed]) {
      const stop = new AbortController()
      const arrived = (
        api.arrived as (api: unknown) => Promise<{ ended: Promise<void>; signal: AbortSignal }>
      ).call(api, name)
      const failing = fails({ text, fault: { kind: 'hang' } }, () => call({ signal: stop.signal }))
      const received = await arrived
      stop.abort()
      expect((await failing).kind).toBe('aborted')
      await received.ended
      expect(received.signal.aborted).toBe(true)
    }
    const stop = new AbortController()
    protocol.next(wire, { text, fault: { kind: 'hang', after: 1 } })
    const deltas = protocol
      .model(wire)
      .stream({ ...request, signal: stop.signal })
      .deltas[Symbol.asyncIterator]()
    expect((await deltas.next()).done).toBe(false)
    stop.abort()
    expect((await failureOf(deltas.next())).kind).toBe('aborted')
  })

  test('a reader who stops reading ends the request', async () => {
    const api = provider === 'anthropic' ? wire.anthropic : wire.openai
    protocol.next(wire, { text, fault: { kind: 'hang', after: 1 } })
    for await (const _ of protocol.model(wire).stream(request).deltas) break
    const received = api.requests.at(-1)!
    await received.ended
    expect(received.signal.aborted).toBe(true)
  })

  test('a call that was stopped before it began is not sent', async () => {
    const before = protocol.sent(wire)
    expect((await failureOf(structured({ signal: AbortSignal.abort() }))).kind).toBe('aborted')
    expect(protocol.sent(wire)).toBe(before)
  })
})

test('embeddings fail by the same names', async () => {
  const wire = await openWire()
  for (const [script, kind] of [
    [openaiFailure.rateLimited({ ms: 250 }), 'rate_limited'],
    [openaiFailure.quotaExhausted(), 'quota_exhausted'],
    [openaiFailure.serverError(), 'server_error'],
    [openaiFailure.unknownModel(), 'unknown_model'],
    [openaiFailure.expiredKey(), 'unauthorized'],
    [{ fault: { kind: 'reset' } }, 'connection'],
    [{ fault: { kind: 'truncate', characters: 500 } }, 'invalid_output'],
    [{ fault: { kind: 'body', body: '{"data": 1}' } }, 'invalid_output'],
  ] as [Script, FailureKind][]) {
    const before = wire.openai.requests.length
    wire.openai.once('embeddings', script)
    expect((await failureOf(wire.embeddings.embed(['a']))).kind).toBe(kind)
    expect(wire.openai.requests.length - before).toBe(1)
  }
  await wire.close()
})

test('nobody is there', async () => {
  const wire = await openWire()
  await wire.openai.close()
  expect((await failureOf(wire.route.structured(route))).kind).toBe('connection')
  await wire.anthropic.close()
  expect((await failureOf(wire.analyst.structured(route))).kind).toBe('connection')
})

test('a wrong key, and models that are not there, as the servers say it themselves', async () => {
  const wrong = await openWire({ OPENAI_API_KEY: 'sk-wrong-key-000', ANTHROPIC_API_KEY: 'sk-wrong-key-000' })
  for (const model of [wrong.route, wrong.analyst]) {
    const error = await failureOf(model.structured(route))
    expect(error.kind).toBe('unauthorized')
    expect(error.message).not.toContain('sk-wrong-key-000')
  }
  await wrong.close()
  const unknown = await openWire({ OPENAI_ROUTE_MODEL: 'gpt-none', ANTHROPIC_MODEL: 'claude-none' })
  for (const model of [unknown.route, unknown.analyst])
    expect((await failureOf(model.structured(route))).kind).toBe('unknown_model')
  await unknown.close()
})
