/** Each provider's circuit breaker, over real calls. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { anthropicFailure, openaiFailure } from '../support/providers/failures.ts'
import { failureOf, openWire, route } from './support.ts'

const value = { category: 'booking', confidence: 0.9, emergency: false }

test('after failures in a row nothing is sent, until one call finds the provider back', async () => {
  const wire = await openWire({}, { threshold: 3, pause: 50, longest: 50 })
  wire.openai.on('responses', openaiFailure.serverError())
  for (let call = 0; call < 3; call++)
    expect((await failureOf(wire.route.structured(route))).kind).toBe('server_error')
  expect(wire.health().find(({ provider }) => provider === 'openai')).toMatchObject({
    breaker: 'open',
    lastFailure: { kind: 'server_error' },
  })
  const refused = await failureOf(wire.route.structured(route))
  expect(refused).toMatchObject({ kind: 'breaker_open', call: null, transient: true })
  expect(refused.retryAfter).toBeGreaterThan(0)
  expect(wire.openai.requests).toHaveLength(3)

  wire.openai.on('responses', { json: value })
  // However long the pause took: the first call that is let through succeeds.
  let answered: unknown = null
  while (answered === null) {
    try {
      answered = (await wire.route.structured(route)).value
    } catch (error) {
      expect(error).toMatchObject({ kind: 'breaker_open' })
      await sleep(5)
    }
  }
  expect(answered).toEqual(value)
  expect(wire.openai.requests).toHaveLength(4)
  // The breaker is told a tick after the caller.
  await new Promise((resolve) => setImmediate(resolve))
  expect(wire.health().find(({ provider }) => provider === 'openai')).toMatchObject({ breaker: 'closed' })
  await wire.close()
})

test('routing, answering and embedding share their provider’s breaker; the analyst’s is another', async () => {
  const wire = await openWire({}, { threshold: 2, pause: 60_000 })
  wire.openai.on('responses', openaiFailure.overloaded()).on('embeddings', openaiFailure.overloaded())
  wire.anthropic.on('messages', { json: value })
  await failureOf(wire.route.structured(route))
  await failureOf(wire.embeddings.embed(['a']))
  expect((await failureOf(wire.answer.structured(route))).kind).toBe('breaker_open')
  expect((await wire.analyst.structured(route)).value).toEqual(value)
  await wire.close()
})

test('what is wrong with the request opens nothing', async () => {
  const wire = await openWire({}, { threshold: 2, pause: 60_000 })
  wire.anthropic.on('messages', anthropicFailure.unknownModel())
  for (let call = 0; call < 5; call++)
    expect((await failureOf(wire.analyst.structured(route))).kind).toBe('unknown_model')
  wire.anthropic.on('messages', { refusal: 'No.' })
  for (let call = 0; call < 5; call++)
    expect((await failureOf(wire.analyst.structured(route))).kind).toBe('refused')
  expect(wire.anthropic.requests).toHaveLength(10)
  await wire.close()
})

test('a success between failures counts them anew', async () => {
  const wire = await openWire({}, { threshold: 2, pause: 60_000 })
  for (const script of [anthropicFailure.overloaded(), { json: value }, anthropicFailure.overloaded()])
    wire.anthropic.once('messages', script)
  await failureOf(wire.analyst.structured(route))
  await wire.analyst.structured(route)
  expect((await failureOf(wire.analyst.structured(route))).kind).toBe('overloaded')
  expect(wire.health().find(({ provider }) => provider === 'anthropic')).toMatchObject({ breaker: 'closed' })
  await wire.close()
})
