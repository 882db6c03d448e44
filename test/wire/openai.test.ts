/** Routing, answering and embedding by OpenAI's protocol, both of its ways to ask for text. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { openaiFailure } from '../support/providers/failures.ts'
import { partsOf } from '../support/providers/openai.ts'
import { openWire, readAll, request, route, type Wire } from './support.ts'

describe.each(['responses', 'chat'] as const)('by %s', (api) => {
  let wire: Wire
  beforeAll(async () => {
    wire = await openWire({ OPENAI_API: api })
  })
  afterEach(() => wire.reset())
  afterAll(() => wire.close())

  test('a stream brings its pieces as they come, and then what it took', async () => {
    wire.openai.on(api, {
      pieces: ['Enter ', 'the PIN ', '[1].'],
      usage: { input: 2000, cached: 1536, output: 7 },
    })
    const stream = wire.answer.stream(request)
    expect(await readAll(stream.deltas)).toEqual(['Enter ', 'the PIN ', '[1].'])
    expect(stream.call()).toMatchObject({
      purpose: 'answer',
      provider: 'openai',
      model: 'gpt-4o-2024-08-06',
      tokens_in: 2000,
      tokens_cached: 1536,
      tokens_out: 7,
      status: 'ok',
      request_id: expect.stringMatching(/^req_/),
    })
  })

  test('the first piece is here before the second is written', async () => {
    const second = Promise.withResolvers<void>()
    wire.openai.on(api, {
      pieces: ['first', 'second'],
      beforePiece: (n) => (n === 1 ? second.promise : undefined),
    })
    const deltas = wire.answer.stream(request).deltas[Symbol.asyncIterator]()
    expect(await deltas.next()).toEqual({ done: false, value: 'first' })
    second.resolve()
    expect(await deltas.next()).toEqual({ done: false, value: 'second' })
    expect((await deltas.next()).done).toBe(true)
  })

  test('text in any script survives pieces that cut it anywhere', async () => {
    const text = 'Tür öffnen: „PIN“ 👍🏽 — 日本語. '.repeat(20)
    wire.openai.on(api, { text, pieces: 1 })
    expect((await readAll(wire.answer.stream(request).deltas)).join('')).toBe(text)
  })

  test('an object by a strict schema is parsed and checked', async () => {
    const value = { category: 'booking', confidence: 0.9, emergency: false }
    wire.openai.on(api, { json: value })
    const answered = await wire.route.structured(route)
    expect(answered.value).toEqual(value)
    expect(answered.call).toMatchObject({ purpose: 'route', status: 'ok', tokens_in: expect.any(Number) })
    const { body } = wire.openai.of(api)[0]!
    expect(body).toMatchObject(
      api === 'chat'
        ? { response_format: { type: 'json_schema', json_schema: { name: 'route', strict: true } } }
        : { text: { format: { type: 'json_schema', name: 'route', strict: true } }, store: false },
    )
    expect(partsOf(body)).toMatchObject({ system: request.system })
    expect(partsOf(body).input.join('\n')).toMatch(/The sources\.[\s\S]*The question\./)
  })

  test('what the system says is first, so that the second question is read from the cache', async () => {
    wire.openai.on(api, { text: 'Yes.' })
    const system = 'A rule of the club, and the same for everybody. '.repeat(120)
    const calls = []
    for (const question of ['Is it open?', 'Where is the door?']) {
      const stream = wire.answer.stream({ ...request, system, input: [question] })
      await readAll(stream.deltas)
      calls.push(stream.call())
    }
    expect(calls[0]!.tokens_cached).toBe(0)
    expect(calls[1]!.tokens_cached).toBeGreaterThanOrEqual(1024)
    expect(calls[1]!.tokens_cached! / calls[1]!.tokens_in!).toBeGreaterThan(0.8)
  })
})

describe('where it is another endpoint', () => {
  test('a base URL alone speaks chat completions, without any key', async () => {
    const wire = await openWire({ OPENAI_API: '' })
    wire.openai.on('chat', { text: 'Yes.' })
    await readAll(wire.answer.stream(request).deltas)
    expect(wire.openai.requests.map(({ api }) => api)).toEqual(['chat'])
    await wire.close()
  })

  test('organisation, project and headers of the settings go with each request', async () => {
    const wire = await openWire({
      OPENAI_ORGANIZATION: 'org-club',
      OPENAI_PROJECT: 'proj-club',
      OPENAI_HEADERS: '{"x-gateway": "yes"}',
    })
    wire.openai.on('responses', { text: 'Yes.' })
    await readAll(wire.answer.stream(request).deltas)
    await wire.embeddings.embed(['a'])
    for (const { headers } of wire.openai.requests)
      expect(headers).toMatchObject({
        authorization: expect.stringMatching(/^Bearer /),
        'openai-organization': 'org-club',
        'openai-project': 'proj-club',
        'x-gateway': 'yes',
      })
    await wire.close()
  })

  test('a key can come in a header of its own, as Azure takes it', async () => {
    const wire = await openWire({ OPENAI_API_KEY: '', OPENAI_HEADERS: '{"api-key": "sk-test-0123456789"}' })
    wire.openai.on('responses', { text: 'Yes.' })
    expect(await readAll(wire.answer.stream(request).deltas)).toEqual(['Yes.'])
    expect(wire.openai.requests[0]!.headers).not.toHaveProperty('authorization')
    await wire.close()
  })
})

describe('embeddings', () => {
  let wire: Wire
  beforeAll(async () => {
    wire = await openWire()
  })
  afterEach(() => wire.reset())
  afterAll(() => wire.close())

  test('vectors come in the order of the texts, whatever the order of the answer', async () => {
    const vector = (value: number) => Array.from({ length: 1536 }, () => value)
    wire.openai.on('embeddings', {
      json: {
        object: 'list',
        model: 'text-embedding-3-small',
        data: [2, 0, 1].map((index) => ({ object: 'embedding', index, embedding: vector(index) })),
        usage: { prompt_tokens: 9, total_tokens: 9 },
      },
    })
    const { vectors, call } = await wire.embeddings.embed(['a', 'b', 'c'])
    expect(vectors.map(([first]) => first)).toEqual([0, 1, 2])
    expect(call).toMatchObject({ purpose: 'embed', tokens_in: 9, tokens_out: 0, status: 'ok' })
  })

  test('more than a request takes is sent in several, and paid as one', async () => {
    const texts = Array.from({ length: 50 }, (_, n) => `${n} `.padEnd(6000, 'text '))
    const { vectors, call } = await wire.embeddings.embed(texts)
    expect(vectors).toHaveLength(50)
    const sizes = wire.openai.of('embeddings').map(({ body }) => [body.input].flat().length)
    expect(sizes.length).toBeGreaterThan(1)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(50)
    expect(call.tokens_in).toBe(50 * 1500)

    // No request has more texts than the API takes: the server would say 400.
    wire.openai.reset()
    wire.openai.once('embeddings', openaiFailure.serverError())
    const many = Array.from({ length: 2049 }, () => 'text')
    await expect(wire.embeddings.embed(many)).rejects.toMatchObject({ kind: 'server_error' })
    expect([wire.openai.of('embeddings')[0]!.body.input].flat()).toHaveLength(2048)
  })

  test('a missing vector, or one of another length, is no answer', async () => {
    const data = [{ object: 'embedding', index: 0, embedding: Array.from({ length: 1536 }, () => 0.5) }]
    const usage = { prompt_tokens: 1, total_tokens: 1 }
    for (const [texts, answered] of [
      [['a', 'b'], data],
      [['a'], [{ ...data[0]!, embedding: [1, 2, 3] }]],
    ] as const) {
      wire.openai.once('embeddings', { json: { object: 'list', model: 'm', data: answered, usage } })
      await expect(wire.embeddings.embed([...texts])).rejects.toMatchObject({ kind: 'invalid_output' })
    }
  })
})
