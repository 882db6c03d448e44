/** The whole loop against servers that speak the providers' protocols: a club, its customers, a week of learning. */
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { readConfig } from '../../core/config.ts'
import { ClubEmbedders } from '../../core/embedding/index.ts'
import { adoptModel } from '../../core/embedding/reembed.ts'
import { type DemoResult, playDemo } from '../../core/evaluation/demo.ts'
import { openProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { makeTestDatabase } from '../support/database.ts'
import { AnthropicServer } from '../support/providers/anthropic.ts'
import { OpenAiServer } from '../support/providers/openai.ts'

const questions = 8
const said: string[] = []
let result: DemoResult
let openai: OpenAiServer
let anthropic: AnthropicServer

beforeAll(async () => {
  openai = await OpenAiServer.start({ keys: 'none' })
  anthropic = await AnthropicServer.start({ keys: 'none' })
  const database = await makeTestDatabase()
  const log = makeLog('silent')
  const config = readConfig({ OPENAI_BASE_URL: openai.url, ANTHROPIC_BASE_URL: anthropic.url })
  const providers = await openProviders(config, log)
  const embedder = new ClubEmbedders(database.pool, providers.embeddings, config.embeddings)
  await adoptModel(database.pool, embedder)
  const app = {
    config,
    log,
    pool: database.pool,
    embedder,
    providers,
    database: {
      url: database.url,
      kind: 'server' as const,
      stopped: new Promise<never>(() => {}),
      close: database.close,
    },
    close: async () => {},
  }
  try {
    result = await playDemo(app, {
      say: (text) => void said.push(text),
      progress: () => {},
      weeks: 1,
      questions,
    })
  } finally {
    await embedder.close()
    await providers.close()
    await database.close()
  }
}, 600_000)
afterAll(async () => {
  await openai.close()
  await anthropic.close()
})

it('asks the customers’ questions, learns from those that failed, and asks again', () => {
  expect(result.asked).toBe(questions)
  expect(result.helpful + result.failed).toBeGreaterThan(0)
  expect(result.proposals).toBeGreaterThan(0)
  expect(result.approved + result.rejected).toBe(result.proposals)
  expect(result.stale_answers).toBe(0)
})

it('routes, answers and embeds by OpenAI’s protocol, and says so', () => {
  expect(result.models.routed).toHaveProperty('gpt-4o-2024-08-06')
  expect(result.models.written).toHaveProperty('gpt-4o-2024-08-06')
  for (const purpose of ['route', 'answer', 'embed'])
    expect(result.models.calls).toContainEqual(expect.objectContaining({ provider: 'openai', purpose }))
  expect(said.join('\n')).toMatch(/Answers written by: .*gpt-4o/)
})

it('analyses by Anthropic’s protocol, and pays what the ledger says', () => {
  const analyses = result.models.calls.find(({ purpose }) => purpose === 'analyse')
  expect(analyses).toMatchObject({ provider: 'anthropic' })
  expect(analyses!.calls).toBe(anthropic.of('messages').length)
  expect(Object.keys(result.models.proposed).join()).toMatch(/claude/)
  expect(result.models.cost).toBeGreaterThan(0)
})

it('counts each request that the servers got, and none was wrong', () => {
  const counted = (provider: string) =>
    result.models.calls
      .filter((call) => call.provider === provider)
      .reduce((sum, { calls }) => sum + calls, 0)
  expect(counted('openai')).toBe(openai.of('chat').length + openai.of('embeddings').length)
  expect(result.models.fallbacks).toEqual([])
  openai.assertClean()
  anthropic.assertClean()
})
