/** The analyst's calls in batches: submitted, looked after, read, cancelled and given up. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { z } from 'zod'
import type { BatchResult } from '../../core/llm/index.ts'
import { anthropicFailure } from '../support/providers/failures.ts'
import { failureOf, openWire, request, type Wire } from './support.ts'

const Suggestion = z.object({ line: z.int(), text: z.string() })
const expected = { purpose: 'analyse' as const, schema: Suggestion }
const asked = (...ids: string[]) =>
  ids.map((customId) => ({
    customId,
    request: { ...request, purpose: 'analyse' as const, schema: Suggestion, schemaName: 'suggestion' },
  }))
const value = { line: 1, text: 'Enter the PIN.' }

let wire: Wire
beforeAll(async () => {
  wire = await openWire()
})
afterEach(() => {
  wire.anthropic.batches.polls = 0
  wire.reset()
})
afterAll(() => wire.close())

async function ended(id: string) {
  for (;;) {
    const batch = await wire.batches.retrieve(id)
    if (batch.status === 'ended') return batch
  }
}
async function resultsOf(id: string): Promise<Record<string, BatchResult<z.infer<typeof Suggestion>>>> {
  const results: Record<string, BatchResult<z.infer<typeof Suggestion>>> = {}
  for await (const result of wire.batches.results(id, expected)) results[result.customId] = result
  return results
}

test('a batch ends with a result for each request, in whatever order, at the batch’s price', async () => {
  wire.anthropic.on('messages', ({ customId }) => ({ json: { ...value, text: customId } }))
  const batch = await wire.batches.submit(asked('one', 'two', 'three'))
  expect(batch).toMatchObject({ status: 'in_progress', counts: { processing: 3 } })
  expect((await ended(batch.id)).counts).toEqual({
    processing: 0,
    succeeded: 3,
    errored: 0,
    canceled: 0,
    expired: 0,
  })
  const results = await resultsOf(batch.id)
  for (const id of ['one', 'two', 'three'])
    expect(results[id]).toMatchObject({
      status: 'ok',
      value: { text: id },
      call: { batch: true, provider: 'anthropic', status: 'ok', tokens_in: expect.any(Number) },
    })
})

test('it can be looked at while it is worked on, and by another process that knows its id', async () => {
  const release = wire.anthropic.batches.pause()
  wire.anthropic.on('messages', { json: value })
  const batch = await wire.batches.submit(asked('one'))
  expect(await wire.batches.retrieve(batch.id)).toMatchObject({ status: 'in_progress', endedAt: null })
  expect((await wire.batches.list(10)).map(({ id }) => id)).toContain(batch.id)
  release()
  expect((await ended(batch.id)).endedAt).not.toBeNull()
})

test('the newest batches are listed first', async () => {
  wire.anthropic.on('messages', { json: value })
  const ids = []
  for (const id of ['one', 'two']) ids.unshift((await wire.batches.submit(asked(id))).id)
  expect((await wire.batches.list(2)).map(({ id }) => id)).toEqual(ids)
})

test('some fail, some do not: each has its own kind and, where it was answered, its cost', async () => {
  wire.anthropic.on('messages', ({ customId }) => {
    if (customId === 'overloaded') return anthropicFailure.overloaded()
    if (customId === 'invalid') return { text: 'not JSON', usage: { input: 50, output: 5 } }
    if (customId === 'violating') return { json: { line: 'one' } }
    if (customId === 'truncated') return { json: value, stop: 'length' }
    if (customId === 'refused') return { refusal: 'No.' }
    if (customId === 'expired') return { batch: 'expired' }
    return { json: value }
  })
  const ids = ['good', 'overloaded', 'invalid', 'violating', 'truncated', 'refused', 'expired']
  const batch = await wire.batches.submit(asked(...ids))
  await ended(batch.id)
  const results = await resultsOf(batch.id)
  const kinds = Object.fromEntries(
    Object.entries(results).map(([id, result]) => [
      id,
      result.status === 'failed' ? result.error.kind : result.status,
    ]),
  )
  expect(kinds).toEqual({
    good: 'ok',
    overloaded: 'overloaded',
    invalid: 'invalid_output',
    violating: 'invalid_output',
    truncated: 'truncated',
    refused: 'refused',
    expired: 'expired',
  })
  const invalid = results.invalid as Extract<BatchResult<never>, { status: 'failed' }>
  expect(invalid.error.call).toMatchObject({ batch: true, tokens_in: 50, tokens_out: 5 })
})

test('a cancelled batch ends with what was done until then', async () => {
  const second = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  wire.anthropic.on('messages', ({ customId }) => {
    if (customId !== 'two') return { json: value }
    begun.resolve()
    return { json: value, wait: second.promise }
  })
  const batch = await wire.batches.submit(asked('one', 'two', 'three'))
  await begun.promise
  expect(await wire.batches.cancel(batch.id)).toMatchObject({ status: 'canceling' })
  await ended(batch.id)
  second.resolve()
  const results = await resultsOf(batch.id)
  expect(Object.fromEntries(Object.entries(results).map(([id, { status }]) => [id, status]))).toEqual({
    one: 'ok',
    two: 'canceled',
    three: 'canceled',
  })
})

test('after a day what was not done has expired', async () => {
  const release = wire.anthropic.batches.pause()
  const batch = await wire.batches.submit(asked('one', 'two'))
  wire.anthropic.batches.expire(batch.id)
  expect(await wire.batches.retrieve(batch.id)).toMatchObject({ status: 'ended', counts: { expired: 2 } })
  expect(Object.values(await resultsOf(batch.id)).map(({ status }) => status)).toEqual(['expired', 'expired'])
  release()
})

test('a batch that nobody knows, and one that cannot be submitted, say why', async () => {
  expect((await failureOf(wire.batches.retrieve('msgbatch_none'))).call?.status).toBeDefined()
  wire.anthropic.once('batches', anthropicFailure.rateLimited({ seconds: 30 }))
  expect(await failureOf(wire.batches.submit(asked('one')))).toMatchObject({
    kind: 'rate_limited',
    retryAfter: 30,
  })
})

test('results whose connection breaks can be read again', async () => {
  wire.anthropic.on('messages', { json: value })
  const batch = await wire.batches.submit(asked('one'))
  await ended(batch.id)
  // Reading the results first asks for the batch, then for its file.
  wire.anthropic.once('batch', {}).once('batch', { fault: { kind: 'reset' } })
  expect((await failureOf(resultsOf(batch.id))).transient).toBe(true)
  expect((await resultsOf(batch.id)).one).toMatchObject({ status: 'ok', value })
})
