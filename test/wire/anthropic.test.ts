/** The analyst's calls, one at a time, by Anthropic's Messages. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { z } from 'zod'
import { openWire, readAll, request, type Wire } from './support.ts'

const Suggestion = z.object({
  reasoning: z.string().min(1).max(500),
  edits: z.array(z.object({ line: z.int().min(1), text: z.string() })).max(5),
})
const analysis = { ...request, purpose: 'analyse' as const, schema: Suggestion, schemaName: 'suggestion' }
const value = { reasoning: 'The PIN is missing.', edits: [{ line: 3, text: 'Enter the PIN.' }] }

let wire: Wire
beforeAll(async () => {
  wire = await openWire()
})
afterEach(() => wire.reset())
afterAll(() => wire.close())

test('an object by a schema is parsed and checked, bounds too that the API does not take', async () => {
  wire.anthropic.on('messages', { json: value, usage: { input: 300, output: 40 } })
  const answered = await wire.analyst.structured(analysis)
  expect(answered.value).toEqual(value)
  expect(answered.call).toMatchObject({
    purpose: 'analyse',
    provider: 'anthropic',
    model: wire.config.anthropic!.model,
    tokens_in: 300,
    tokens_out: 40,
    status: 'ok',
    request_id: expect.stringMatching(/^req_/),
  })
  expect(answered.call.batch).toBeUndefined()
  wire.anthropic.once('messages', { json: { ...value, reasoning: '' } })
  await expect(wire.analyst.structured(analysis)).rejects.toMatchObject({ kind: 'invalid_output' })
})

test('a stream brings its pieces as they come, and then what it took', async () => {
  wire.anthropic.on('messages', { pieces: ['One ', 'two.'], usage: { input: 11, output: 3 } })
  const stream = wire.analyst.stream(request)
  expect(await readAll(stream.deltas)).toEqual(['One ', 'two.'])
  expect(stream.call()).toMatchObject({ tokens_in: 11, tokens_out: 3, status: 'ok' })
})

test('what patterns share is written to the cache once, then read from it', async () => {
  wire.anthropic.on('messages', { json: value })
  const shared = 'The procedure, line by line, as it is now. '.repeat(150)
  const calls = []
  for (const pattern of ['The door stays shut.', 'The projector is black.'])
    calls.push((await wire.analyst.structured({ ...analysis, input: [shared, pattern], cached: 1 })).call)
  expect(calls[0]).toMatchObject({ tokens_cached: 0 })
  expect(calls[0]!.tokens_cache_written).toBeGreaterThanOrEqual(1024)
  expect(calls[1]!.tokens_cached).toBe(calls[0]!.tokens_cache_written)
  expect(calls[1]!.tokens_cache_written).toBe(0)
  // Anthropic counts apart what our ledger counts as a part of all.
  expect(calls[1]!.tokens_in).toBeGreaterThan(calls[1]!.tokens_cached!)
  const { body } = wire.anthropic.of('messages')[1]!
  const content = body.messages[0]!.content as { text: string; cache_control?: unknown }[]
  expect(content.map((block) => Boolean(block.cache_control))).toEqual([true, false])
})
