/** What the SDKs throw for what providers answer, by kind; each error comes over HTTP from a server of its own. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Anthropic } from '@anthropic-ai/sdk'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { OpenAI } from 'openai'
import { classify, kindOfBody, retryAfter, withoutSecrets } from '../../../core/llm/failures.ts'

interface Reply {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

let reply: Reply
let server: Server
let openai: OpenAI
let anthropic: Anthropic
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume()
    const { status, body, headers } = reply
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  openai = new OpenAI({ apiKey: 'k', baseURL: url, maxRetries: 0, logLevel: 'off' })
  anthropic = new Anthropic({ apiKey: 'k', baseURL: url, maxRetries: 0, logLevel: 'off' })
})
afterAll(() => {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(resolve))
})

const thrown = (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    () => {
      throw new Error('It did not fail.')
    },
    (error: unknown) => error,
  )
async function fromOpenAi(given: Reply) {
  reply = given
  return classify(await thrown(openai.models.list()), OpenAI)
}
async function fromAnthropic(given: Reply) {
  reply = given
  return classify(await thrown(anthropic.models.list()), Anthropic)
}

describe('OpenAI’s errors', () => {
  const error = (code: string | null, type = 'invalid_request_error', message = 'No.') => ({
    error: { message, type, param: null, code },
  })
  it.each<[number, unknown, string]>([
    [401, error('invalid_api_key'), 'unauthorized'],
    [403, error(null), 'unauthorized'],
    [403, error('model_not_found'), 'unknown_model'],
    [404, error('model_not_found'), 'unknown_model'],
    [404, error('DeploymentNotFound'), 'unknown_model'],
    [404, '<html>nothing here</html>', 'bad_request'],
    [400, error('context_length_exceeded'), 'bad_request'],
    [400, error('invalid_prompt'), 'filtered'],
    [
      400,
      { error: { code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
      'filtered',
    ],
    [409, error(null), 'server_error'],
    [413, error(null), 'bad_request'],
    [422, error(null), 'bad_request'],
    [429, error('rate_limit_exceeded', 'requests'), 'rate_limited'],
    [429, error('rate_limit_exceeded', 'tokens'), 'rate_limited'],
    [429, error('insufficient_quota', 'insufficient_quota'), 'quota_exhausted'],
    [429, 'slow down', 'rate_limited'],
    [408, error(null), 'timeout'],
    [500, error(null, 'server_error'), 'server_error'],
    [502, '<html>bad gateway</html>', 'server_error'],
    [503, error(null, 'server_error'), 'overloaded'],
    [504, '', 'timeout'],
  ])('%i %j is %s', async (status, body, kind) => {
    expect((await fromOpenAi({ status, body })).kind).toBe(kind)
  })
})

describe('Anthropic’s errors', () => {
  const error = (type: string, message = 'No.') => ({ type: 'error', error: { type, message } })
  it.each<[number, unknown, string]>([
    [400, error('invalid_request_error'), 'bad_request'],
    [
      400,
      error('invalid_request_error', 'Your credit balance is too low to access the API.'),
      'quota_exhausted',
    ],
    [401, error('authentication_error'), 'unauthorized'],
    [402, error('billing_error'), 'quota_exhausted'],
    [403, error('permission_error'), 'unauthorized'],
    [404, error('not_found_error', 'model: claude-none'), 'unknown_model'],
    [413, error('request_too_large'), 'bad_request'],
    [429, error('rate_limit_error'), 'rate_limited'],
    [500, error('api_error'), 'server_error'],
    [503, error('api_error'), 'overloaded'],
    [504, error('timeout_error'), 'timeout'],
    [529, error('overloaded_error'), 'overloaded'],
  ])('%i %j is %s', async (status, body, kind) => {
    expect((await fromAnthropic({ status, body })).kind).toBe(kind)
  })

  it('are told apart inside streams and batches, by their body alone', () => {
    expect(kindOfBody(error('overloaded_error'))).toBe('overloaded')
    expect(kindOfBody(error('rate_limit_error'))).toBe('rate_limited')
    expect(kindOfBody({ code: 'insufficient_quota', message: 'x' })).toBe('quota_exhausted')
    expect(kindOfBody({ code: 'rate_limit_exceeded' })).toBe('rate_limited')
    expect(kindOfBody(null)).toBe('server_error')
  })
})

describe('what comes with an error', () => {
  it('is the request’s id, and when to come again', async () => {
    const headers = { 'x-request-id': 'req_o', 'request-id': 'req_a', 'retry-after': '7' }
    expect(await fromOpenAi({ status: 429, body: {}, headers })).toMatchObject({
      requestId: 'req_o',
      retryAfter: 7,
    })
    expect(await fromAnthropic({ status: 529, body: {}, headers })).toMatchObject({
      requestId: 'req_a',
      retryAfter: 7,
    })
  })

  it('prefers milliseconds, takes a date, and nothing that is neither', () => {
    const waits = (headers: Record<string, string>) => retryAfter(new Headers(headers))
    expect(waits({ 'retry-after-ms': '1500', 'retry-after': '9' })).toBe(1.5)
    expect(waits({ 'retry-after': new Date(Date.now() - 5000).toUTCString() })).toBe(0)
    expect(waits({ 'retry-after': new Date(Date.now() + 600_000).toUTCString() })).toBeGreaterThan(500)
    for (const value of ['soon', '-3', '']) expect(waits({ 'retry-after': value })).toBeNull()
    expect(retryAfter(undefined)).toBeNull()
  })

  it('holds no key that a provider repeats', async () => {
    const message = 'Incorrect API key provided: sk-proj-abcdef123456. Sent as Bearer sk-proj-abcdef123456.'
    const failure = await fromOpenAi({ status: 401, body: { error: { message, code: 'invalid_api_key' } } })
    expect(failure.message).toContain('Incorrect API key')
    expect(failure.message).not.toContain('abcdef')
    expect(withoutSecrets('Authorization: Bearer abc.def')).toBe('Authorization: Bearer …')
  })
})

describe('what never reached a provider', () => {
  it('is a connection that failed, with the system’s word for it', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    const baseURL = `http://127.0.0.1:${port}`
    const nobody = new OpenAI({ apiKey: 'k', baseURL, maxRetries: 0, logLevel: 'off' })
    const failure = classify(await thrown(nobody.models.list()), OpenAI)
    expect(failure).toMatchObject({ kind: 'connection' })
    expect(failure.message).toContain('ECONNREFUSED')
  })

  it('is ours where we stopped it, and a timeout where its time was over', async () => {
    const signal = AbortSignal.abort()
    const error = await thrown(openai.models.list({ signal }))
    expect(classify(error, OpenAI, { signal }).kind).toBe('aborted')
    expect(classify(error, OpenAI, { deadline: signal }).kind).toBe('timeout')
    expect(classify(error, OpenAI).kind).toBe('aborted')
  })

  it('is a broken stream once words have come', () => {
    const broken = new TypeError('terminated', {
      cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    })
    expect(classify(broken, Anthropic, { begun: false }).kind).toBe('connection')
    expect(classify(broken, Anthropic, { begun: true })).toMatchObject({
      kind: 'stream_broken',
      message: expect.stringContaining('ECONNRESET'),
    })
  })
})
