/** The real server on a database of its own, and a client that sends the documents in documents/ over HTTP. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnsweringServices } from '../../core/answering/ask.ts'
import { readConfig } from '../../core/config.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { noProviders, type Providers } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import type { ChatOptions } from '../../server/chat.ts'
import { type RunningServer, startServer } from '../../server/index.ts'
import { makeTestDatabase, type TestDatabase } from '../support/database.ts'

export interface Who {
  role?: string
  actor?: string
  visitor?: string
  headers?: Record<string, string>
}

export interface Result {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: what a document returns is the test's to know
  data: any
  errors?: {
    message: string
    path?: string[]
    extensions: { code?: string; hint?: string; detail?: unknown }
  }[]
  extensions?: unknown
}

export const anonymous: Who = {}
export const ann: Who = { role: 'agent', actor: 'ann' }
export const rita: Who = { role: 'reviewer', actor: 'rita' }
export const rolf: Who = { role: 'reviewer', actor: 'rolf' }
export const auditor: Who = { role: 'auditor', actor: 'otto' }
export const visitorA: Who = { visitor: '3f1c9b52-8a57-4d6e-9f0e-6a1c2b7d4e11' }
export const visitorB: Who = { visitor: '7b0a4c1e-52d3-4b8f-8e7a-90c1d2e3f405' }

export const document = (name: string) =>
  readFileSync(join(import.meta.dirname, 'documents', `${name}.graphql`), 'utf8')

export interface Api {
  database: TestDatabase
  services: AnsweringServices
  server: RunningServer
  /** Sends a document of documents/ by its name. */
  send(name: string, variables?: object, who?: Who): Promise<Result>
  /** Sends a document as it is written. */
  sendText(query: string, variables?: object, who?: Who): Promise<Result>
  close(): Promise<void>
}

export function headersOf({ role, actor, visitor, headers }: Who): Record<string, string> {
  return {
    'content-type': 'application/json',
    ...(role && { 'x-clubos-role': role }),
    ...(actor && { 'x-clubos-actor': actor }),
    ...(visitor && { 'x-clubos-visitor': visitor }),
    ...headers,
  }
}

/** Roles by header and no rate limits, unless a test is about them. */
export const testEnvironment = {
  PORT: '0',
  CLUBOS_DEV_HEADERS: 'on',
  RATE_LIMITS: 'off',
  CLUBOS_SECRET: 'a secret of the tests, long enough for them',
}

export async function startApi(
  environment: Record<string, string> = {},
  options: { providers?: Providers; chat?: ChatOptions } = {},
): Promise<Api> {
  const database = await makeTestDatabase()
  const embedder = new LocalEmbedder()
  const services = {
    pool: database.pool,
    embedder,
    providers: options.providers ?? noProviders,
    log: makeLog(process.env.TEST_LOG ?? 'silent'),
  }
  const server = await startServer(
    readConfig({ ...testEnvironment, ...environment }),
    services,
    database.url,
    {
      ready: async () => null,
    },
    { chat: options.chat },
  )
  const sendText = async (query: string, variables: object = {}, who: Who = anonymous): Promise<Result> => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: headersOf(who),
      body: JSON.stringify({ query, variables }),
    })
    return { status: response.status, ...((await response.json()) as Omit<Result, 'status'>) }
  }
  return {
    database,
    services,
    server,
    sendText,
    send: (name, variables, who) => sendText(document(name), variables, who),
    async close() {
      await server.close()
      await embedder.close()
      await database.close()
    },
  }
}

/** The one error that a document gave. */
export function onlyError(result: Result) {
  if (result.errors?.length !== 1) throw new Error(`One error expected: ${JSON.stringify(result)}`)
  const [error] = result.errors
  return { message: error!.message, ...error!.extensions }
}
