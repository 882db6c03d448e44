/** The test servers themselves: a request that the provider would refuse is refused, and fails the test that sent it. */
import Anthropic from '@anthropic-ai/sdk'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import OpenAI from 'openai'
import { AnthropicServer } from '../support/providers/anthropic.ts'
import { OpenAiServer } from '../support/providers/openai.ts'

let openai: OpenAiServer
let anthropic: AnthropicServer
beforeEach(async () => {
  openai = await OpenAiServer.start()
  anthropic = await AnthropicServer.start()
})
afterEach(async () => {
  await openai.close()
  await anthropic.close()
})

const message = { role: 'user', content: 'hi' }
const strict = (schema: object) => ({
  input: 'hi',
  text: { format: { type: 'json_schema', name: 'thing', strict: true, schema } },
})
const closed = { type: 'object', additionalProperties: false }

async function post(url: string, body: unknown, headers: Record<string, string>) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, body: await response.text() }
}

describe('OpenAI', () => {
  const bad: [name: string, path: string, body: unknown][] = [
    ['a field that the API does not have', 'responses', { input: 'hi', max_tokens: 5 }],
    ['messages of the other API', 'responses', { messages: [message] }],
    ['no input', 'responses', { input: [] }],
    ['too few tokens', 'responses', { input: 'hi', max_output_tokens: 5 }],
    ['an object left open', 'responses', strict({ type: 'object', properties: {}, required: [] })],
    [
      'a property that may be missing',
      'responses',
      strict({ ...closed, properties: { a: { type: 'string' } }, required: [] }),
    ],
    [
      'a nested object left open',
      'responses',
      strict({ ...closed, properties: { a: { type: 'object', properties: {} } }, required: ['a'] }),
    ],
    [
      'a length, which strict schemas do not take',
      'responses',
      strict({ ...closed, properties: { a: { type: 'string', maxLength: 5 } }, required: ['a'] }),
    ],
    ['a schema that is no object', 'responses', strict({ type: 'array', items: { type: 'string' } })],
    ['a role that it does not know', 'chat/completions', { messages: [{ role: 'human', content: 'hi' }] }],
    ['stream options without a stream', 'chat/completions', { messages: [message], stream_options: {} }],
    [
      'both limits of length',
      'chat/completions',
      { messages: [message], max_tokens: 1, max_completion_tokens: 1 },
    ],
    [
      'reasoning of a model that does none',
      'chat/completions',
      { messages: [message], reasoning_effort: 'low' },
    ],
    ['more texts than a request takes', 'embeddings', { input: Array.from({ length: 2049 }, () => 'a') }],
    ['an empty text', 'embeddings', { input: ['a', ''] }],
    ['a text that is too long', 'embeddings', { input: 'word '.repeat(10_000) }],
    ['too many dimensions', 'embeddings', { input: 'a', dimensions: 3000 }],
  ]
  it.each(bad)('refuses %s', async (_name, path, body) => {
    const model = path === 'embeddings' ? 'text-embedding-3-small' : 'gpt-4o'
    const answered = await post(
      `${openai.url}/${path}`,
      { model, ...(body as object) },
      { authorization: 'Bearer k' },
    )
    expect(answered.status).toBe(400)
    expect(JSON.parse(answered.body).error).toMatchObject({ type: 'invalid_request_error' })
    expect(() => openai.assertClean()).toThrow(`/v1/${path}: 400`)
  })

  it('refuses what is no JSON, has no key, or goes nowhere', async () => {
    const key = { authorization: 'Bearer k' }
    const good = { model: 'gpt-4o', input: 'hi' }
    expect((await post(`${openai.url}/responses`, '{', key)).status).toBe(400)
    expect((await post(`${openai.url}/responses`, good, {})).status).toBe(401)
    expect((await post(`${openai.url}/answers`, good, key)).status).toBe(404)
    expect(openai.mistakes).toHaveLength(3)
  })

  it('takes what the SDK sends, and names its requests', async () => {
    const client = new OpenAI({ apiKey: 'k', baseURL: openai.url, maxRetries: 0 })
    openai.on('responses', { text: 'Yes.' }).on('chat', { text: 'No.' })
    const response = await client.responses.create({ model: 'gpt-4o', input: 'hi' })
    expect(response.output_text).toBe('Yes.')
    expect(response._request_id).toMatch(/^req_/)
    const stream = client.chat.completions.stream({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(await stream.finalContent()).toBe('No.')
    expect((await client.models.list()).data.map(({ id }) => id)).toContain('gpt-4o')
    const [float, base64] = [
      await client.embeddings.create({
        model: 'text-embedding-3-small',
        input: 'a door',
        encoding_format: 'float',
      }),
      await client.embeddings.create({ model: 'text-embedding-3-small', input: 'a door' }),
    ]
    expect(base64.data[0]!.embedding).toEqual(float.data[0]!.embedding)
    openai.assertClean()
  })
})

describe('Anthropic', () => {
  const cached = { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }
  const bad: [name: string, body: object][] = [
    ['no limit of length', { max_tokens: undefined }],
    ['a field that the API does not have', { temperature: 0 }],
    [
      'a first message that is the assistant’s',
      { messages: [{ role: 'assistant', content: 'hi' }, message] },
    ],
    ['an answer begun for it', { messages: [message, { role: 'assistant', content: '{' }] }],
    ['an empty text', { system: [{ type: 'text', text: ' ' }] }],
    [
      'more than four marks for the cache',
      { system: [cached, cached, cached], messages: [{ role: 'user', content: [cached, cached] }] },
    ],
    ['a mark for the cache where none may be', { metadata: { cache_control: { type: 'ephemeral' } } }],
    [
      'a short life in the cache before a long one',
      { system: [cached, { ...cached, cache_control: { type: 'ephemeral', ttl: '1h' } }] },
    ],
    [
      'an object left open',
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
    ],
    [
      'bounds of a number',
      {
        output_config: {
          format: {
            type: 'json_schema',
            schema: { ...closed, properties: { a: { type: 'number', minimum: 1 } } },
          },
        },
      },
    ],
    ['a choice of a tool that is not there', { tool_choice: { type: 'tool', name: 'a' } }],
  ]
  const key = { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' }
  const good = { model: 'claude-sonnet-4-6', max_tokens: 10, messages: [message] }
  it.each(bad)('refuses %s', async (_name, body) => {
    const answered = await post(`${anthropic.url}/v1/messages`, { ...good, ...body }, key)
    expect(answered.status).toBe(400)
    expect(JSON.parse(answered.body)).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error' },
      request_id: expect.stringMatching(/^req_/),
    })
    expect(() => anthropic.assertClean()).toThrow('/v1/messages: 400')
  })

  it('refuses a batch whose ids are not unique, or not of their form, or that would stream', async () => {
    for (const requests of [
      [],
      [
        { custom_id: 'a', params: good },
        { custom_id: 'a', params: good },
      ],
      [{ custom_id: 'a b', params: good }],
      [{ custom_id: 'a', params: { ...good, stream: true } }],
      [{ custom_id: 'a', params: { ...good, max_tokens: 0 } }],
    ])
      expect((await post(`${anthropic.url}/v1/messages/batches`, { requests }, key)).status).toBe(400)
    expect(anthropic.mistakes).toHaveLength(5)
  })

  it('refuses whoever has no key, or names no version', async () => {
    expect(
      (await post(`${anthropic.url}/v1/messages`, good, { 'anthropic-version': '2023-06-01' })).status,
    ).toBe(401)
    expect((await post(`${anthropic.url}/v1/messages`, good, { 'x-api-key': 'k' })).status).toBe(400)
    expect(anthropic.mistakes).toHaveLength(2)
  })

  it('takes what the SDK sends, and pages through batches', async () => {
    const client = new Anthropic({ apiKey: 'k', baseURL: anthropic.url, maxRetries: 0 })
    anthropic.on('messages', { text: 'Yes.' })
    const params = {
      model: 'claude-sonnet-4-6',
      max_tokens: 10,
      messages: [{ role: 'user' as const, content: 'hi' }],
    }
    expect(await client.messages.stream(params).finalText()).toBe('Yes.')
    expect(await client.messages.countTokens({ model: params.model, messages: params.messages })).toEqual({
      input_tokens: 1,
    })
    const ids: string[] = []
    for (const id of ['a', 'b', 'c'])
      ids.unshift((await client.messages.batches.create({ requests: [{ custom_id: id, params }] })).id)
    const listed: string[] = []
    for await (const batch of client.messages.batches.list({ limit: 2 })) listed.push(batch.id)
    expect(listed).toEqual(ids)
    anthropic.assertClean()
  })
})
