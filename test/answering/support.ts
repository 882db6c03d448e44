/** The answering flow against a local server that speaks OpenAI's protocol, through the real SDK. */
import type { AnsweringServices, AskOptions } from '../../core/answering/ask.ts'
import { ask } from '../../core/answering/ask.ts'
import { readConfig } from '../../core/config.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { openProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { foundClub } from '../graphql/club.ts'
import { makeTestDatabase, type TestDatabase } from '../support/database.ts'
import { OpenAiServer, partsOf } from '../support/providers/openai.ts'
import type { Script } from '../support/providers/script.ts'

export const visitorId = '3f1c9b52-8a57-4d6e-9f0e-6a1c2b7d4e11'

export interface Club {
  database: TestDatabase
  services: AnsweringServices
  openai: OpenAiServer
  /** Asks as the visitor. */
  ask(query: string, conversation?: string, options?: AskOptions): ReturnType<typeof ask>
  startConversation(): Promise<{ id: number; conversation: string }>
  /** The first row. */
  // biome-ignore lint/suspicious/noExplicitAny: rows are what the statement says
  one(statement: string, parameters?: unknown[]): Promise<any>
  // biome-ignore lint/suspicious/noExplicitAny: rows are what the statement says
  all(statement: string, parameters?: unknown[]): Promise<any[]>
  close(): Promise<void>
}

export async function openClub(environment: Record<string, string> = {}): Promise<Club> {
  const openai = await OpenAiServer.start()
  const database = await makeTestDatabase()
  const embedder = new LocalEmbedder()
  const log = makeLog(process.env.TEST_LOG ?? 'silent')
  const config = readConfig({
    OPENAI_API_KEY: 'sk-test-of-answering',
    OPENAI_BASE_URL: openai.url,
    OPENAI_API: 'responses',
    EMBEDDINGS: 'local',
    ...environment,
  })
  // No pause after failures, unless a test is about it.
  const providers = await openProviders(config, log, { breaker: { threshold: 1000 } })
  const services = { pool: database.pool, embedder, providers, log }
  await foundClub(services)
  openai.on('responses', modelOf({}))
  const all: Club['all'] = async (statement, parameters) =>
    (await database.pool.query(statement, parameters)).rows
  return {
    database,
    services,
    openai,
    all,
    one: async (statement, parameters) => (await all(statement, parameters))[0],
    ask: (query, conversation, options) =>
      ask(services, { visitorId, actor: undefined }, { query, conversation }, options),
    startConversation: async () =>
      (await all('insert into tickets (visitor_id) values ($1) returning id, conversation', [visitorId]))[0],
    async close() {
      await providers.close()
      await embedder.close()
      await database.close()
      await openai.close()
    },
  }
}

export interface Model {
  route?: Script | { category?: string; confidence?: number; emergency?: boolean }
  answer?: Script
}

/** A handler that knows by the schema which of the two is asked for. */
export const modelOf =
  ({ route = {}, answer = { text: 'Press the hash key after the six digits [1].' } }: Model) =>
  (request: { body: Parameters<typeof partsOf>[0] }): Script =>
    partsOf(request.body).schema
      ? 'category' in route || 'emergency' in route || Object.keys(route).length === 0
        ? { json: { category: 'access', confidence: 0.9, emergency: false, ...route } }
        : (route as Script)
      : answer

/** What was asked of the model, by what for. */
export const asked = (openai: OpenAiServer) => {
  const parts = openai.of('responses').map(({ body }) => partsOf(body))
  return {
    route: parts.filter(({ schema }) => schema !== null),
    answer: parts.filter(({ schema }) => schema === null),
  }
}
