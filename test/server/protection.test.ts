import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import WebSocket from 'ws'
import { readConfig } from '../../core/config.ts'
import { startServer } from '../../server/index.ts'
import { documentLimits } from '../../server/plugins/document_limits.ts'
import { Admission, OverloadError } from '../../server/protection/admission.ts'
import { addressKey, makeRateLimits, RateLimitError } from '../../server/protection/rate_limits.ts'
import { type Api, auditor, onlyError, startApi, testEnvironment } from '../graphql/support.ts'
import { browser, hire, login, me, startProductionApi } from './support.ts'

describe('every response', () => {
  let api: Api
  beforeAll(async () => {
    api = await startProductionApi({ RATE_LIMITS: 'memory' })
  })
  afterAll(() => api?.close())

  it.each([
    ['GET', '/', undefined],
    ['GET', '/login', undefined],
    ['GET', '/pages.css', undefined],
    ['GET', '/auth/me', undefined],
    ['GET', '/healthz', undefined],
    ['POST', '/auth/login', {}],
    ['POST', '/graphql', { query: '{ currentActor }' }],
    ['POST', '/graphql', { query: '{' }],
    ['GET', '/nothing', undefined],
  ])('has the headers that browsers guard us by: %s %s', async (method, path, body) => {
    const { headers } = await browser(api.server.url).send(method, path, body)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
    })
    if (path !== '/healthz') expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(headers['x-powered-by']).toBeUndefined()
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  it('carries the caller’s request id if it is a plain one', async () => {
    const one = browser(api.server.url)
    const id = async (given: string) =>
      (await one.graphql(me, {}, { 'x-request-id': given })).headers['x-request-id']
    expect(await id('trace-0123456789')).toBe('trace-0123456789')
    expect(await id('x'.repeat(65))).not.toBe('x'.repeat(65))
    expect(await id("'; drop table x")).not.toContain('drop')
  })

  it('to API and login is not kept by caches', async () => {
    const one = browser(api.server.url)
    expect((await one.graphql(me)).headers['cache-control']).toBe('no-store')
    expect((await one.send('GET', '/auth/me')).headers['cache-control']).toBe('no-store')
  })
})

describe('a document', () => {
  let api: Api
  beforeAll(async () => {
    api = await startApi()
  })
  afterAll(() => api?.close())
  const refused = async (query: string, variables: object = {}) => {
    const began = performance.now()
    const result = await api.sendText(query, variables, auditor)
    expect(performance.now() - began).toBeLessThan(10_000)
    return { status: result.status, ...onlyError(result) }
  }
  const levels = (depth: number) => {
    const inner = '{ sopVersions(first: 1) { nodes { sop '
    return `{ sops(first: 1) { nodes ${inner.repeat(depth)}{ id }${'} } }'.repeat(depth)} } }`
  }

  it('may ask what a screen needs', async () => {
    const query = `{ tickets { nodes { id messages { nodes { body author } } } } ${'sops(first: 20) { nodes { id category section version } } '.repeat(5)} }`
    expect((await api.sendText(query, {}, auditor)).errors).toBeUndefined()
    expect((await api.sendText(levels(3), {}, auditor)).errors).toBeUndefined()
  })

  it.each([
    ['tokens', `{ ${'sops { totalCount } '.repeat(documentLimits.tokens)} }`],
    ['levels', levels(10)],
    ['aliases', `{ ${Array.from({ length: 51 }, (_, n) => `a${n}: sops { totalCount }`).join(' ')} }`],
    ['rows', '{ sops(first: 1000) { nodes { sopVersions(first: 1000) { nodes { id } } } } }'],
    [
      'rows by fragments',
      'fragment F on Sop { sopVersions(first: 1000) { nodes { id } } } { sops(first: 1000) { nodes { ...F } } }',
    ],
    [
      'rows by default pages',
      '{ sops { nodes { sopVersions { nodes { sop { sopVersions { nodes { id } } } } } } } }',
    ],
    ['rows of one page', '{ sops(first: 1001) { nodes { id } } }'],
    ['rows of a last page', '{ sops(last: 1001) { nodes { id } } }'],
    ['fewer rows than none', '{ sops(first: -1) { nodes { id } } }'],
  ])('may not ask for too many %s, and hears what to do', async (_what, query) => {
    expect(await refused(query)).toMatchObject({ code: 'CO006', hint: expect.any(String) })
  })

  it('may not hide the number in a variable', async () => {
    const query = 'query ($n: Int) { sops(first: $n) { nodes { sopVersions(first: $n) { nodes { id } } } } }'
    expect((await refused(query, { n: 1000 })).code).toBe('CO006')
    expect((await refused('query ($n: Int) { sops(first: $n) { nodes { id } } }', { n: 5000 })).code).toBe(
      'CO006',
    )
    expect((await api.sendText(query, { n: 10 }, auditor)).errors).toBeUndefined()
  })

  it('gets 100 rows where it says nothing, and the last where it asks for the last', async () => {
    await api.database.pool.query(
      "insert into app_public.sites (slug, name) select 'site-' || lpad(n::text, 3, '0'), 'Site' from generate_series(1, 130) n",
    )
    const slugs = async (page: string, variables: object = {}) => {
      const declared = page.includes('$') ? 'query ($first: Int, $last: Int)' : 'query'
      const text = `${declared} { sites(orderBy: SLUG_ASC ${page}) { nodes { slug } totalCount } }`
      return (await api.sendText(text, variables)).data.sites
    }
    const all = await slugs('')
    expect([all.nodes.length, all.totalCount]).toEqual([100, 130])
    expect((await slugs('last: 2')).nodes).toEqual([{ slug: 'site-129' }, { slug: 'site-130' }])
    expect((await slugs('first: $first, last: $last', { last: 1 })).nodes).toEqual([{ slug: 'site-130' }])
    expect((await slugs('first: $first, last: $last', { first: 1 })).nodes).toEqual([{ slug: 'site-001' }])
    expect((await slugs('first: $first, last: $last')).nodes).toHaveLength(100)
    expect((await slugs('first: 120')).nodes).toHaveLength(120)
    expect((await slugs('first: 0')).nodes).toHaveLength(0)
  })

  it('comes alone: a list of them is refused', async () => {
    const reply = await browser(api.server.url).send('POST', '/graphql', [{ query: me }, { query: me }])
    expect(reply.status).toBe(400)
  })

  it('cannot make validation slow', async () => {
    for (const query of [
      `{ ${'sops { nodes { id } } '.repeat(330)} }`,
      `{ ${'...A '.repeat(600)} } fragment A on Query { ${'sops { totalCount } '.repeat(200)} }`,
      `query Q { ...F0 } ${Array.from({ length: 150 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`).join(' ')} fragment F150 on Query { currentActor }`,
      `{ ${'@skip(if: true) '.repeat(900)} }`,
    ]) {
      const began = performance.now()
      const { status } = await api.sendText(query, {}, auditor)
      expect(status).toBeLessThan(500)
      expect(performance.now() - began).toBeLessThan(10_000)
    }
  })
})

describe('introspection', () => {
  const query = '{ __schema { queryType { name } } }'
  it('is off in production, on in development, and on where it is allowed', async () => {
    const database = await startProductionApi()
    const config = { ...testEnvironment, CLUBOS_DEV_HEADERS: 'off', NODE_ENV: 'production' }
    const allowed = await startServer(
      readConfig({ ...config, CLUBOS_INTROSPECTION: 'on' }),
      database.services,
      database.database.url,
      { ready: async () => null },
    )
    try {
      expect((await browser(database.server.url).graphql(query)).json.errors[0].message).toContain(
        'introspection',
      )
      expect((await browser(allowed.url).graphql(query)).json.data.__schema.queryType.name).toBe('Query')
    } finally {
      await allowed.close()
      await database.close()
    }
  })
})

describe('persisted operations', () => {
  it('are the only ones, where a folder names them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clubos-operations-'))
    writeFileSync(join(folder, 'who.graphql'), '{ currentActor }')
    const api = await startApi({ PERSISTED_OPERATIONS: folder })
    try {
      const one = browser(api.server.url)
      const staff = { 'x-clubos-role': 'agent', 'x-clubos-actor': 'ann' }
      expect((await one.send('POST', '/graphql', { documentId: 'who' }, staff)).json.data).toEqual({
        currentActor: 'ann',
      })
      expect((await one.send('POST', '/graphql', { documentId: 'other' }, staff)).json.errors).toHaveLength(1)
      expect((await one.graphql('{ currentActor }', {}, staff)).json.data).toBeUndefined()
    } finally {
      await api.close()
      rmSync(folder, { recursive: true })
    }
  })
})

describe('rate limits', () => {
  it.each(['memory', 'database'])(
    'in the %s count each caller alone, and say for how long',
    async (store) => {
      const api = await startApi()
      try {
        const limits = makeRateLimits(store === 'memory' ? 'memory' : api.database.pool)
        for (let n = 0; n < 5; n++) await limits.take('loginPair', 'rita 203.0.113.1')
        const refused = await limits.take('loginPair', 'rita 203.0.113.1').catch((error: unknown) => error)
        expect(refused).toBeInstanceOf(RateLimitError)
        expect((refused as RateLimitError).retryAfter).toBeGreaterThan(800)
        await expect(limits.check('loginPair', 'rita 203.0.113.1')).rejects.toBeInstanceOf(RateLimitError)
        await limits.take('loginPair', 'rolf 203.0.113.1')
        await limits.forget('loginPair', 'rita 203.0.113.1')
        await limits.take('loginPair', 'rita 203.0.113.1')
        const { rows } = await api.database.pool.query('select key from app_secret.rate_limits')
        expect(rows.length).toBe(store === 'memory' ? 0 : 2)
        expect(JSON.stringify(rows)).not.toContain('rita')
      } finally {
        await api.close()
      }
    },
  )

  it('shared by two servers hold for both together', async () => {
    const api = await startApi()
    try {
      const [one, two] = [makeRateLimits(api.database.pool), makeRateLimits(api.database.pool)]
      const taken = await Promise.allSettled(
        Array.from({ length: 12 }, (_, n) => (n % 2 ? one : two).take('loginPair', 'x')),
      )
      expect(taken.filter((result) => result.status === 'fulfilled')).toHaveLength(5)
    } finally {
      await api.close()
    }
  })

  it('of questions: one visitor is stopped, staff go on', async () => {
    const api = await startProductionApi({ RATE_LIMITS: 'memory' })
    try {
      await hire(api, 'ann@club.example', 'agent')
      const ann = await login(api, 'ann@club.example')
      const guest = browser(api.server.url)
      const ask = 'mutation { ask(input: { query: "hi" }) { response { outcome } } }'
      await guest.graphql(me)
      const codes = []
      for (let n = 0; n < 22; n++)
        codes.push((await guest.graphql(ask)).json.errors?.[0].extensions.code ?? 'answered')
      expect(codes.filter((code) => code === 'answered')).toHaveLength(20)
      const last = await guest.graphql(ask)
      expect(last.json.errors[0].extensions).toMatchObject({ code: 'CO429', retryAfter: expect.any(Number) })
      expect(last.headers['retry-after']).toBe(String(last.json.errors[0].extensions.retryAfter))
      expect((await ann.graphql(ask)).json.errors).toBeUndefined()
    } finally {
      await api.close()
    }
  })

  it('of one address: 429 with Retry-After, for everything', async () => {
    const api = await startProductionApi({ RATE_LIMITS: 'memory', RATE_LIMIT_FACTOR: '0.01' })
    try {
      const replies = []
      for (let n = 0; n < 14; n++) replies.push(await browser(api.server.url).send('GET', '/login'))
      expect(replies.filter((reply) => reply.status === 200)).toHaveLength(12)
      const refused = replies.at(-1)!
      expect([refused.status, refused.json.errors[0].extensions.code]).toEqual([429, 'CO429'])
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
      // Probes are not counted.
      expect((await browser(api.server.url).send('GET', '/healthz')).status).toBe(200)
    } finally {
      await api.close()
    }
  })

  it('behind a proxy count the caller, and believe no caller who says they are another', async () => {
    const environment = { RATE_LIMITS: 'memory', RATE_LIMIT_FACTOR: '0.01' }
    const behind = await startProductionApi({ ...environment, TRUST_PROXY: '1' })
    const open = await startProductionApi(environment)
    try {
      const from = (api: Api, address: string) =>
        browser(api.server.url)
          .send('GET', '/login', undefined, { 'x-forwarded-for': address })
          .then((reply) => reply.status)
      const statuses = async (api: Api, address: (n: number) => string) => {
        const all = []
        for (let n = 0; n < 14; n++) all.push(await from(api, address(n)))
        return all.filter((status) => status === 429).length
      }
      expect(await statuses(behind, (n) => `198.51.100.${n}`)).toBe(0)
      expect(await statuses(behind, (n) => `198.51.100.${n}, 203.0.113.7`)).toBe(2)
      expect(await statuses(open, (n) => `198.51.100.${n}`)).toBe(2)
    } finally {
      await behind.close()
      await open.close()
    }
  })

  it('take a household’s IPv6 addresses for one', () => {
    expect(addressKey('2001:db8:1:2:aaaa::1')).toBe(addressKey('2001:db8:1:2:bbbb::2'))
    expect(addressKey('2001:db8:1:2::1')).not.toBe(addressKey('2001:db8:1:3::1'))
    expect(addressKey('::ffff:203.0.113.7')).toBe('203.0.113.7')
    expect(addressKey('nonsense')).toBe('unknown')
  })
})

describe('admission', () => {
  const make = (rest: object = {}) =>
    new Admission({ capacity: 4, perCaller: 2, queue: 10, queuePerCaller: 4, patience: 200, ...rest })

  it('lets so many in at once, and of one caller fewer', async () => {
    const gate = make()
    const [a1, a2, b1] = await Promise.all([gate.enter('a'), gate.enter('a'), gate.enter('b')])
    let third = false
    const waiting = gate.enter('a').then((leave) => {
      third = true
      return leave
    })
    await sleep(20)
    expect([third, gate.state]).toEqual([false, { underWay: 3, waiting: 1 }])
    a1()
    a1() // twice is once
    ;(await waiting)()
    a2()
    b1()
    expect(gate.state).toEqual({ underWay: 0, waiting: 0 })
  })

  it('serves the lines in turn: who asks much does not delay who asks little', async () => {
    const gate = make({ capacity: 1, perCaller: 1, patience: 5000 })
    const order: string[] = []
    const work = async (caller: string) => {
      const leave = await gate.enter(caller)
      order.push(caller)
      await sleep(5)
      leave()
    }
    await Promise.all(['a', 'a', 'a', 'a', 'b', 'c'].map(work))
    expect(order.slice(0, 4)).toEqual(['a', 'a', 'b', 'c'])
  })

  it('refuses at once what would wait too long', async () => {
    const gate = make()
    const held = await Promise.all([gate.enter('a'), gate.enter('a')])
    const waiting = Array.from({ length: 4 }, () => gate.enter('a'))
    await expect(gate.enter('a')).rejects.toBeInstanceOf(OverloadError)
    // Another caller is let in meanwhile.
    ;(await gate.enter('b'))()
    const outcomes = await Promise.allSettled(waiting)
    expect(outcomes.map((outcome) => outcome.status)).toEqual(Array(4).fill('rejected'))
    expect(gate.state.waiting).toBe(0)
    for (const leave of held) leave()
    ;(await gate.enter('a'))()
  })

  it('answers 503 with Retry-After when the server is full, and recovers', async () => {
    const api = await startApi()
    try {
      const ask = (n: number) =>
        browser(api.server.url).graphql(
          'mutation ($q: String!) { ask(input: { query: $q }) { response { outcome } } }',
          { q: `question ${n}` },
          { 'x-clubos-role': 'agent', 'x-clubos-actor': 'ann' },
        )
      const replies = await Promise.all(Array.from({ length: 200 }, (_, n) => ask(n)))
      const statuses = new Set(replies.map((reply) => reply.status))
      expect([...statuses].sort()).toEqual([200, 503])
      for (const reply of replies.filter(({ status }) => status === 503)) {
        expect(reply.headers['retry-after']).toBe('2')
        expect(reply.json.errors[0].extensions.code).toBe('CO503')
      }
      for (const reply of replies.filter(({ status }) => status === 200))
        expect(reply.json.errors).toBeUndefined()
      expect((await ask(201)).status).toBe(200)
    } finally {
      await api.close()
    }
  })
})

describe('connections', () => {
  let api: Api
  beforeAll(async () => {
    api = await startProductionApi()
    await hire(api, 'ann@club.example', 'agent')
  })
  afterAll(() => api?.close())

  const open = (headers: Record<string, string> = {}, path = '/graphql') =>
    new Promise<WebSocket | number>((resolve) => {
      const socket = new WebSocket(`${api.server.url.replace('http', 'ws')}${path}`, 'graphql-transport-ws', {
        headers,
      })
      socket.once('open', () => resolve(socket))
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode!))
      socket.once('error', () => {})
    })

  it('over WebSocket come from our own pages or programs', async () => {
    expect(await open({ origin: 'https://evil.example' })).toBe(403)
    expect(await open({ host: 'evil.example' })).toBe(403)
    expect(await open({}, '/elsewhere')).toBe(404)
    const socket = (await open({ origin: api.server.url })) as WebSocket
    expect(socket.readyState).toBe(WebSocket.OPEN)
    socket.terminate()
  })

  it('take messages of a bounded size', async () => {
    const socket = (await open()) as WebSocket
    const closed = new Promise<number>((resolve) => socket.once('close', resolve))
    socket.send(JSON.stringify({ type: 'connection_init', payload: { x: 'x'.repeat(300_000) } }))
    expect(await closed).toBe(1009)
  })

  it('are few from one address', async () => {
    const opened = await Promise.all(Array.from({ length: 52 }, () => open()))
    expect(opened.filter((result) => result === 503).length).toBeGreaterThanOrEqual(2)
    for (const socket of opened) if (typeof socket !== 'number') socket.terminate()
  })

  it('carry subscriptions alone, and end with the session', async () => {
    const ann = await login(api, 'ann@club.example')
    const socket = (await open({
      cookie: `clubos_session=${ann.cookies.get('clubos_session')}`,
    })) as WebSocket
    const messages: { type: string; id?: string; payload?: unknown }[] = []
    socket.on('message', (data) => messages.push(JSON.parse(String(data))))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    const say = (message: object) => socket.send(JSON.stringify(message))
    say({ type: 'connection_init' })
    while (messages.length < 1) await sleep(20)
    say({ type: 'subscribe', id: '1', payload: { query: '{ currentActor }' } })
    say({ type: 'subscribe', id: '2', payload: { query: 'subscription { ticketsChanged { id } }' } })
    await ann.graphql('mutation { startConversation(input: {}) { result { id } } }')
    while (messages.length < 3) await sleep(20)
    expect(messages.find(({ id }) => id === '1')).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'CO005' } }],
    })
    expect(messages.find(({ id }) => id === '2')).toMatchObject({ type: 'next' })
    await ann.send('POST', '/auth/logout')
    await closed
  }, 30_000)

  it('that send half a request end', async () => {
    const { hostname, port } = new URL(api.server.url)
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname)
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('close', () => resolve(text))
      socket.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Le')
    })
    expect(answer).toContain('408')
  }, 30_000)

  it.each([
    ['a broken request line', 'GARBAGE\r\n\r\n'],
    [
      'two lengths',
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['headers without end', `GET / HTTP/1.1\r\nHost: localhost\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
  ])('with %s are told so, and the server goes on', async (_what, bytes) => {
    const { hostname, port } = new URL(api.server.url)
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname)
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('close', () => resolve(text))
      socket.on('error', () => {})
      socket.write(bytes)
    })
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d/)
    expect((await browser(api.server.url).send('GET', '/healthz')).status).toBe(200)
  })
})
