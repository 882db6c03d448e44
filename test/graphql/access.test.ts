import { request } from 'node:http'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readConfig } from '../../core/config.ts'
import { startServer } from '../../server/index.ts'
import { type Api, ann, anonymous, onlyError, startApi, testEnvironment } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api?.close())

/** fetch does not let us choose the Host header. */
function get(
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number; text: string; location?: string }> {
  return new Promise((resolve, reject) => {
    request(`${api.server.url}${path}`, { headers }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () =>
        resolve({ status: response.statusCode!, text, location: response.headers.location }),
      )
    })
      .on('error', reject)
      .end()
  })
}

describe('who the caller is', () => {
  const me = '{ currentActor currentVisitorId }'

  it('is nobody without headers', async () => {
    expect((await api.sendText(me)).data).toEqual({
      currentActor: null,
      currentVisitorId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  it('is who the development headers say', async () => {
    expect((await api.sendText(me, {}, ann)).data.currentActor).toBe('ann')
    expect((await api.sendText(me, {}, { role: 'agent' })).data.currentActor).toBe('agent (development)')
    const visitor = '3f1c9b52-8a57-4d6e-9f0e-6a1c2b7d4e11'
    // Staff have no visitor, visitors no name.
    expect((await api.sendText(me, {}, { visitor, actor: 'ann' })).data).toEqual({
      currentActor: null,
      currentVisitorId: visitor,
    })
    expect((await api.sendText(me, {}, { visitor, role: 'agent' })).data.currentVisitorId).toBeNull()
  })

  it.each([
    ['a role that there is not', { role: 'king' }],
    ['the worker’s role', { role: 'worker' }],
    ['the owner’s role', { role: 'postgres' }],
    ['a visitor that is no UUID', { visitor: 'me' }],
    ['a name without end', { role: 'agent', actor: 'x'.repeat(101) }],
    ['a proxy in front', { role: 'agent', headers: { 'x-forwarded-for': '203.0.113.7' } }],
    ['a proxy in front by its new name', { role: 'agent', headers: { forwarded: 'for=203.0.113.7' } }],
  ])('is refused with %s', async (_what, who) => {
    const result = await api.sendText(me, {}, who)
    expect(result.status).toBe(401)
    expect(onlyError(result).code).toBe('CO401')
    expect(result.data).toBeUndefined()
  })

  it('may come through a proxy as nobody', async () => {
    const { data } = await api.sendText(me, {}, { headers: { 'x-forwarded-for': '203.0.113.7' } })
    expect(data).toEqual({ currentActor: null, currentVisitorId: expect.any(String) })
  })

  it.each([
    'sops',
    'knowledgeBases',
    'improvementQueues',
    'failedResponses',
    'users',
    'auditLogs',
    'prompts',
    'clubSettings',
  ])('decides that nobody reads %s', async (collection) => {
    const result = await api.sendText(`{ ${collection} { nodes { nodeId } } }`)
    expect(onlyError(result).code).toBe('CO403')
  })
})

describe('errors', () => {
  it('of our own making are masked, with an id for the log', async () => {
    await api.database.pool.query('alter table app_public.sites rename to places')
    try {
      const error = onlyError(await api.sendText('{ sites { nodes { slug } } }'))
      expect(error).toEqual({
        code: 'CO500',
        message: expect.stringMatching(/^Something went wrong on our side \([0-9a-f-]{36}\)\.$/),
        id: expect.any(String),
      })
      expect(JSON.stringify(error)).not.toMatch(/relation|app_public/)
    } finally {
      await api.database.pool.query('alter table app_public.places rename to sites')
    }
  })

  it('of the document say where', async () => {
    const unknown = await api.sendText('{ sops { nodes { colour } } }')
    expect(unknown.errors?.[0]?.message).toContain('Cannot query field "colour"')
    expect((await api.sendText('{ sops {')).errors?.[0]?.message).toContain('Syntax Error')
  })
})

describe('limits', () => {
  it('takes no body over a megabyte', async () => {
    const result = await api.sendText(
      'query ($text: String!) { searchKnowledge(query: $text) { rank } }',
      { text: 'x'.repeat(1_100_000) },
      ann,
    )
    expect(result.status).toBe(413)
    expect(result.errors?.[0]?.message).toMatch(/too much|too large/i)
    // and goes on
    expect((await api.sendText('{ currentActor }', {}, ann)).data.currentActor).toBe('ann')
  })

  it('changes nothing by GET', async () => {
    const query = encodeURIComponent('mutation { startConversation(input: {}) { result { id } } }')
    expect((await get(`/graphql?query=${query}`, { accept: 'application/json' })).status).toBe(405)
  })

  it('has no mutations that pass the functions by', async () => {
    const { data } = await api.sendText('{ __schema { mutationType { fields { name } } } }')
    const names = data.__schema.mutationType.fields.map((field: { name: string }) => field.name)
    expect(
      names.filter((name: string) =>
        /^(update|delete|create)(?!User$|ApiToken$|Webhook$|PushSubscription$)/.test(name),
      ),
    ).toEqual([])
  })

  it('answers many at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        api.sendText('{ currentActor }', {}, { role: 'agent', actor: `agent ${i}` }),
      ),
    )
    expect(results.map((result) => result.data.currentActor)).toEqual(results.map((_, i) => `agent ${i}`))
  })
})

describe('around the API', () => {
  it('tells whether it lives and is ready', async () => {
    expect(await get('/healthz', {})).toMatchObject({ status: 200, text: '{"status":"ok"}' })
    expect(await get('/readyz', {})).toMatchObject({ status: 200, text: '{"status":"ready"}' })
    expect((await get('/nothing', {})).status).toBe(404)
    expect(await get('/', {})).toMatchObject({
      status: 200,
      text: expect.stringContaining('<div id="root">'),
    })
    expect((await get('/graphiql', { accept: 'text/html' })).status).toBe(200)
  })

  it('is not ready where the database is not, and shows no GraphiQL in production', async () => {
    const config = readConfig({ ...testEnvironment, CLUBOS_DEV_HEADERS: 'off', NODE_ENV: 'production' })
    const ready = async () => {
      throw new Error('no database')
    }
    const server = await startServer(config, api.services, api.database.url, { ready })
    try {
      const readyz = await fetch(`${server.url}/readyz`)
      expect([readyz.status, await readyz.json()]).toEqual([
        503,
        { status: 'not ready', problem: 'the database does not answer' },
      ])
      expect((await fetch(`${server.url}/graphiql`, { headers: { accept: 'text/html' } })).status).toBe(404)
      expect(await (await fetch(server.url)).text()).toContain('<div id="root">')
    } finally {
      await server.close()
    }
  })

  it('listens on loopback only, and says when the port is taken', async () => {
    const state = { ready: async () => null }
    await expect(
      startServer(
        readConfig({ ...testEnvironment, CLUBOS_DEV_HEADERS: 'off', HOST: '0.0.0.0' }),
        api.services,
        api.database.url,
        state,
      ),
    ).rejects.toThrow('set CLUBOS_URL')
    const blocker = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => blocker.once('listening', resolve))
    const { port } = blocker.address() as { port: number }
    try {
      await expect(
        startServer(
          readConfig({ ...testEnvironment, PORT: String(port) }),
          api.services,
          api.database.url,
          state,
        ),
      ).rejects.toThrow(`Port ${port} is in use`)
    } finally {
      await new Promise((resolve) => blocker.close(resolve))
    }
  })

  it('gives anonymous callers the sites, and nothing else', async () => {
    await api.database.pool.query("insert into sites (slug, name, timezone) values ('north', 'North', 'UTC')")
    expect((await api.sendText('{ sites { nodes { slug } } }', {}, anonymous)).data.sites.nodes).toEqual([
      { slug: 'north' },
    ])
  })
})
