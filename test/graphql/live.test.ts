import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { type Client, createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { withClaims } from '../../core/database/index.ts'
import { type Api, startApi } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api?.close())

const clients: Client[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose()
})

function connect(
  connectionParams: Record<string, string>,
  headers: Record<string, string> = {},
  server = api.server.url,
): Client {
  class Socket extends WebSocket {
    constructor(url: string, protocols: string) {
      super(url, protocols, { headers })
    }
  }
  const url = `${server.replace('http', 'ws')}/graphql`
  const client = createClient({ url, connectionParams, webSocketImpl: Socket, retryAttempts: 0, lazy: true })
  clients.push(client)
  return client
}

/** What a subscription gives, as it comes: data, or errors in place of it. */
function listen(client: Client, field: string) {
  // biome-ignore lint/suspicious/noExplicitAny: as the client hands it over
  const events: any[] = []
  const ended = new Promise<unknown>((resolve) => {
    client.subscribe(
      { query: `subscription { ${field} { id event } }` },
      {
        next: (result) => events.push(result.errors ?? result.data?.[field]),
        error: resolve,
        complete: () => resolve(null),
      },
    )
  })
  return { events, ended }
}

async function until(condition: () => boolean, seconds = 10) {
  for (const end = Date.now() + seconds * 1000; !condition(); await sleep(20))
    if (Date.now() > end) throw new Error('It did not happen in time.')
}

const agent = { 'x-clubos-role': 'agent', 'x-clubos-actor': 'ann' }
const startConversation = async () => {
  const { data } = await api.sendText('mutation { startConversation(input: {}) { result { id } } }')
  return data.startConversation.result.id as number
}
/** Subscribing takes a moment; until then changes pass unseen. */
async function subscribed(events: unknown[], change: () => Promise<unknown>) {
  for (let i = 0; i < 50 && events.length === 0; i++) {
    await change()
    await sleep(100)
  }
}

describe('live events', () => {
  it('tell staff that a ticket was opened or changed', async () => {
    const { events } = listen(connect(agent), 'ticketsChanged')
    await subscribed(events, startConversation)
    events.length = 0
    const id = await startConversation()
    await api.sendText(
      'mutation ($id: Int!) { takeOver(input: { ticketId: $id }) { clientMutationId } }',
      { id },
      { role: 'agent', actor: 'ann' },
    )
    await until(() => events.some((event) => event.id === id && event.event === 'update'))
    expect(events.filter((event) => event.id === id)).toEqual([
      { id, event: 'insert' },
      { id, event: 'update' },
    ])
  })

  it('tell reviewers that the queue changed, and several of them at once', async () => {
    const listeners = [1, 2, 3].map(() => listen(connect({ 'x-clubos-role': 'reviewer' }), 'queueChanged'))
    let made = 0
    const propose = () =>
      withClaims(api.database.pool, { role: 'agent', actor: 'ann' }, (client) =>
        client.query(`select id from propose_improvement('knowledge_entry', $1)`, [
          JSON.stringify({
            category: 'brand',
            topic: 'dogs',
            entries: [{ question: `Dog ${++made}?`, answer: 'No.' }],
          }),
        ]),
      )
    for (const { events } of listeners) await subscribed(events, propose)
    const { rows } = await propose()
    const { id } = rows[0]
    await until(() => listeners.every(({ events }) => events.some((event) => event.id === id)))
    await withClaims(api.database.pool, { role: 'reviewer', actor: 'rita' }, (client) =>
      client.query(`select reject_improvement($1, 'No dogs')`, [id]),
    )
    await until(() =>
      listeners.every(({ events }) => events.some((event) => event.id === id && event.event === 'update')),
    )
  })

  it('say nothing of what was rolled back', async () => {
    const { events } = listen(connect(agent), 'ticketsChanged')
    await subscribed(events, startConversation)
    events.length = 0
    await expect(
      withClaims(api.database.pool, { role: 'anonymous' }, async (client) => {
        await client.query('select start_conversation()')
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    const id = await startConversation()
    await until(() => events.some((event) => event.id === id))
    expect(events).toEqual([{ id, event: 'insert' }])
  })

  it.each([
    ['nobody', {}],
    ['a customer', { 'x-clubos-role': 'customer' }],
  ])('are not for %s', async (_who, params) => {
    for (const field of ['ticketsChanged', 'queueChanged']) {
      const { events, ended } = listen(connect(params), field)
      await ended
      expect(events).toHaveLength(1)
      expect(events[0][0]).toMatchObject({
        message: 'This needs the role agent.',
        extensions: { code: 'CO403' },
      })
    }
  })
})

describe('the socket', () => {
  it('is refused with a role that there is not, and through a proxy', async () => {
    for (const [params, headers] of [
      [{ 'x-clubos-role': 'king' }, {}],
      [agent, { 'x-forwarded-for': '203.0.113.7' }],
    ] as const) {
      const { events, ended } = listen(connect(params, headers), 'ticketsChanged')
      expect(await ended).toMatchObject({ code: 4403, reason: 'Forbidden' })
      expect(events).toEqual([])
    }
  })

  it.each([
    ['another site’s page', { origin: 'https://evil.example' }],
    ['a name that resolves to loopback', { host: 'evil.example' }],
  ])('is not opened to %s', async (_what, headers) => {
    const url = `${api.server.url.replace('http', 'ws')}/graphql`
    const socket = new WebSocket(url, 'graphql-transport-ws', { headers })
    const outcome = await new Promise((resolve) => {
      socket.once('open', () => resolve('open'))
      socket.once('error', (error) => resolve(error.message))
    })
    socket.terminate()
    expect(outcome).toBe('Unexpected server response: 403')
  })

  it('does not keep a server from stopping, though somebody listens', async () => {
    const other = await startApi()
    let closed = false
    try {
      const { events, ended } = listen(connect(agent, {}, other.server.url), 'ticketsChanged')
      await subscribed(events, () =>
        other.sendText('mutation { startConversation(input: {}) { clientMutationId } }'),
      )
      expect(events.length).toBeGreaterThan(0)
      const begun = Date.now()
      await other.server.close()
      closed = true
      expect(Date.now() - begun).toBeLessThan(9000)
      await ended
    } finally {
      if (!closed) await other.server.close().catch(() => {})
      await other.services.embedder.close()
      await other.database.close()
    }
  })
})
