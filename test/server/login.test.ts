import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Api } from '../graphql/support.ts'
import { browser, goodPassword, hire, login, me, startProductionApi } from './support.ts'

let api: Api
const sql = async (statement: string, values: unknown[] = []) =>
  (await api.database.pool.query(statement, values)).rows

describe('before anybody is there', () => {
  beforeAll(async () => {
    api = await startProductionApi()
  })
  afterAll(() => api?.close())

  it('one link makes the first admin, once, however many click it', async () => {
    const [{ token }] = await sql("select app_secret.make_link('first_admin') as token")
    const page = await browser(api.server.url).send('GET', `/choose-password?token=${token}`)
    expect(page.text).toContain('Become the first admin')
    const body = { token, password: goodPassword, email: 'Ada@Club.Example', name: 'Ada' }
    const replies = await Promise.all(
      [1, 2, 3].map(() => browser(api.server.url).send('POST', '/auth/password', body)),
    )
    expect(replies.map((reply) => reply.status).sort()).toEqual([200, 410, 410])
    expect(await sql('select email, name, role from app_public.users')).toEqual([
      { email: 'ada@club.example', name: 'Ada', role: 'admin' },
    ])
    // and none after that
    const [{ token: late }] = await sql("select app_secret.make_link('first_admin') as token")
    const refused = await browser(api.server.url).send('POST', '/auth/password', { ...body, token: late })
    expect(refused.status).toBe(410)
    expect((await browser(api.server.url).send('GET', `/choose-password?token=${late}`)).status).toBe(410)
  })

  it('it needs an address and a password that is worth something', async () => {
    await sql('delete from app_secret.passwords')
    const [{ token }] = await sql("select app_secret.make_link('first_admin') as token")
    const choose = async (rest: object) =>
      (await browser(api.server.url).send('POST', '/auth/password', { token, ...rest })).json.errors[0]
        .message
    expect(await choose({ password: goodPassword })).toContain('e-mail address')
    expect(await choose({ password: 'short', email: 'b@club.example' })).toContain('at least 12')
    expect(await choose({ password: 'password123456', email: 'b@club.example' })).toContain('guessed')
    expect(await choose({ password: 'PasswordPassword1!', email: 'b@club.example' })).toContain('guessed')
    expect(await choose({ password: 'aaaaaaaaaaaaaaaa', email: 'b@club.example' })).toContain('guessed')
    expect(await choose({ password: 'bartholomew-123', email: 'bartholomew@x.example' })).toContain('guessed')
    const good = await browser(api.server.url).send('POST', '/auth/password', {
      token,
      email: 'b@club.example',
      password: goodPassword,
    })
    expect(good.status).toBe(200)
  })
})

describe('a session', () => {
  beforeAll(async () => {
    api = await startProductionApi()
    await hire(api, 'rita@club.example', 'reviewer')
    await hire(api, 'adam@club.example', 'admin')
  })
  afterAll(() => api?.close())

  it('begins with e-mail and password, and is who that is', async () => {
    const rita = await login(api, ' RITA@club.example ')
    expect((await rita.graphql(me)).json.data).toEqual({
      me: { email: 'rita@club.example', role: 'reviewer' },
      currentActor: 'rita@club.example',
    })
    expect((await rita.send('GET', '/auth/me')).json).toEqual({
      role: 'reviewer',
      user: { id: expect.any(Number), email: 'rita@club.example', name: 'rita' },
      session: expect.stringMatching(/^[0-9a-f-]{36}$/),
      development: false,
    })
    expect((await rita.graphql('{ sops { totalCount } }')).json.errors).toBeUndefined()
  })

  it('has a cookie that scripts and other sites do not get, of which only a hash is kept', async () => {
    const rita = await login(api, 'rita@club.example')
    const [line] = rita.set.filter((cookie) => cookie.startsWith('clubos_session='))
    expect(line).toMatch(/; HttpOnly/)
    expect(line).toMatch(/; SameSite=Lax/)
    expect(line).toMatch(/; Path=\//)
    const token = rita.cookies.get('clubos_session')!
    expect(token.length).toBeGreaterThan(40)
    const everything = await sql(
      'select to_jsonb(s)::text as row from app_public.sessions s union all select to_jsonb(k)::text from app_secret.session_keys k union all select to_jsonb(a)::text from app_public.audit_log a',
    )
    expect(JSON.stringify(everything)).not.toContain(token)
  })

  it('is bound to the host, and to https, where the public address is', async () => {
    const secure = await startProductionApi({ CLUBOS_URL: 'https://help.club.example' })
    try {
      await hire(secure, 'rita@club.example', 'reviewer')
      const rita = await login(secure, 'rita@club.example')
      expect(rita.set.find((line) => line.startsWith('__Host-clubos_session='))).toMatch(/; Secure/)
      const reply = await rita.send('GET', '/', undefined, { host: 'help.club.example' })
      expect(reply.headers['strict-transport-security']).toContain('max-age=31536000')
    } finally {
      await secure.close()
    }
  })

  it('is a new one with each login, and the one before ends', async () => {
    const rita = await login(api, 'rita@club.example')
    const before = rita.cookies.get('clubos_session')!
    await rita.send('POST', '/auth/login', { email: 'rita@club.example', password: goodPassword })
    expect(rita.cookies.get('clubos_session')).not.toBe(before)
    const old = browser(api.server.url)
    old.cookies.set('clubos_session', before)
    expect((await old.graphql(me)).json.data.me).toBeNull()
    expect(old.cookies.has('clubos_session')).toBe(false)
    expect((await rita.graphql(me)).json.data.me.email).toBe('rita@club.example')
  })

  it('ends with logout, on the server too', async () => {
    const rita = await login(api, 'rita@club.example')
    const token = rita.cookies.get('clubos_session')!
    expect((await rita.send('POST', '/auth/logout')).status).toBe(200)
    expect(rita.cookies.has('clubos_session')).toBe(false)
    rita.cookies.set('clubos_session', token)
    expect((await rita.graphql(me)).json.data.me).toBeNull()
  })

  it.each([
    [
      '30 days after it began',
      "expires_at = now() - interval '1 second', created_at = now() - interval '30 days'",
    ],
    ['after a week unused', "last_seen_at = now() - interval '8 days'"],
    ['when it is revoked', 'revoked_at = now()'],
  ])('ends %s', async (_when, change) => {
    const rita = await login(api, 'rita@club.example')
    await sql(
      `update app_public.sessions set ${change} where id = (select session_id from app_secret.session_keys where token_hash = app_secret.token_hash($1))`,
      [rita.cookies.get('clubos_session')],
    )
    expect((await rita.graphql(me)).json.data.me).toBeNull()
  })

  it('may be ended by its owner and by an admin, not by a colleague', async () => {
    await hire(api, 'rolf@club.example', 'reviewer')
    const [rita, rolf, adam] = await Promise.all(
      ['rita', 'rolf', 'adam'].map((name) => login(api, `${name}@club.example`)),
    )
    const mine = '{ sessions(orderBy: [LAST_SEEN_AT_DESC]) { nodes { id userId user { email } } } }'
    const seen = (await rita!.graphql(mine)).json.data.sessions.nodes
    expect(new Set(seen.map((session: { user: { email: string } }) => session.user.email))).toEqual(
      new Set(['rita@club.example']),
    )
    const [{ id }] = await sql(
      'select session_id as id from app_secret.session_keys where token_hash = app_secret.token_hash($1)',
      [rita!.cookies.get('clubos_session')],
    )
    const revoke =
      'mutation ($id: UUID!) { revokeSession(input: { sessionId: $id }) { result { revokedAt } } }'
    expect((await rolf!.graphql(revoke, { id })).json.errors[0].extensions.code).toBe('CO404')
    expect((await rita!.graphql(me)).json.data.me.email).toBe('rita@club.example')
    expect((await adam!.graphql(revoke, { id })).json.errors).toBeUndefined()
    expect((await rita!.graphql(me)).json.data.me).toBeNull()
  })

  it('follows the person: a new role at once, and nothing after they left', async () => {
    const id = await hire(api, 'nina@club.example', 'agent')
    const nina = await login(api, 'nina@club.example')
    const adam = await login(api, 'adam@club.example')
    await adam.graphql(
      'mutation { createUser(input: { email: "nina@club.example", role: "reviewer" }) { result { id } } }',
    )
    expect((await nina.graphql(me)).json.data.me.role).toBe('reviewer')
    const left = await adam.graphql(
      'mutation ($id: Int!) { deactivateUser(input: { userId: $id, reason: "left" }) { result { status } } }',
      { id },
    )
    expect(left.json.data.deactivateUser.result.status).toBe('deactivated')
    expect((await nina.graphql(me)).json.data.me).toBeNull()
    const again = browser(api.server.url)
    const refused = await again.send('POST', '/auth/login', {
      email: 'nina@club.example',
      password: goodPassword,
    })
    expect(refused.status).toBe(401)
  })

  it('is in the audit log, with who and from which request', async () => {
    const rita = browser(api.server.url)
    await rita.send(
      'POST',
      '/auth/login',
      { email: 'rita@club.example', password: goodPassword },
      { 'x-request-id': 'login-of-rita-1' },
    )
    await rita.graphql(
      'mutation { saveSop(input: { category: "doors", section: "bells", content: "Ring.", reason: "new" }) { result { id } } }',
      {},
      { 'x-request-id': 'save-of-rita-1' },
    )
    expect(
      await sql(
        "select table_name, operation, actor, reason, request_id, role from app_public.audit_log where request_id like '%-of-rita-1' order by id",
      ),
    ).toEqual([
      expect.objectContaining({
        table_name: 'sessions',
        operation: 'insert',
        actor: 'rita@club.example',
        request_id: 'login-of-rita-1',
      }),
      {
        table_name: 'sops',
        operation: 'insert',
        actor: 'rita@club.example',
        reason: 'new',
        request_id: 'save-of-rita-1',
        role: 'reviewer',
      },
    ])
    expect(await sql('select * from app_public.verify_audit_log()')).toEqual([])
  })
})

describe('passwords', () => {
  beforeAll(async () => {
    api = await startProductionApi()
    await hire(api, 'rita@club.example', 'reviewer')
  })
  afterAll(() => api?.close())

  it('tell nobody whether an address is known', async () => {
    const attempt = async (email: string) => {
      const began = performance.now()
      const reply = await browser(api.server.url).send('POST', '/auth/login', {
        email,
        password: 'wrong wrong wrong',
      })
      return { status: reply.status, text: reply.text, ms: performance.now() - began }
    }
    const known = await attempt('rita@club.example')
    const unknown = await attempt('nobody@club.example')
    expect([known.status, unknown.status]).toEqual([401, 401])
    expect(known.text).toBe(unknown.text)
    // Both hash: neither returns at once.
    expect(Math.min(known.ms, unknown.ms)).toBeGreaterThan(20)
    for (const email of ['rita@club.example', 'nobody@club.example']) {
      const reply = await browser(api.server.url).send('POST', '/auth/reset', { email })
      expect([reply.status, reply.json.status]).toEqual([
        202,
        expect.stringContaining('If that is the address'),
      ])
    }
  })

  it('are kept as Argon2id hashes only, where no role reads', async () => {
    const [{ hash }] = await sql('select hash from app_secret.passwords')
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=4\$/)
    for (const role of ['anonymous', 'customer', 'agent', 'reviewer', 'admin', 'auditor', 'worker'])
      expect(await sql("select has_schema_privilege($1, 'app_secret', 'usage') as may", [role])).toEqual([
        { may: false },
      ])
  })

  it('are changed with the old one; other sessions end, this one stays', async () => {
    const here = await login(api, 'rita@club.example')
    const there = await login(api, 'rita@club.example')
    const wrong = await here.send('POST', '/auth/password', {
      current: 'no no no no',
      password: 'another fine one',
    })
    expect(wrong.status).toBe(401)
    const changed = await here.send('POST', '/auth/password', {
      current: goodPassword,
      password: 'another fine one',
    })
    expect(changed.status).toBe(200)
    expect((await here.graphql(me)).json.data.me.email).toBe('rita@club.example')
    expect((await there.graphql(me)).json.data.me).toBeNull()
    await login(api, 'rita@club.example', 'another fine one')
    await here.send('POST', '/auth/password', { current: 'another fine one', password: goodPassword })
  })

  it('are reset by a link that works once, ends the sessions, and not after an hour', async () => {
    const there = await login(api, 'rita@club.example')
    const [{ id }] = await sql("select id from app_public.users where email = 'rita@club.example'")
    const makeLink = async () =>
      (await sql("select app_secret.make_link('password_reset', $1) as token", [id]))[0].token as string
    const choose = (token: string, password = goodPassword) =>
      browser(api.server.url).send('POST', '/auth/password', { token, password })
    const first = await makeLink()
    const second = await makeLink()
    expect((await choose(first)).status).toBe(410) // replaced by the second
    expect((await choose(second, 'short')).status).toBe(400) // and not used up by that
    expect((await choose(second)).status).toBe(200)
    expect((await choose(second)).status).toBe(410)
    expect((await there.graphql(me)).json.data.me).toBeNull()
    const late = await makeLink()
    await sql(
      "update app_secret.one_time_links set expires_at = now() - interval '1 second' where used_at is null",
    )
    expect((await choose(late)).status).toBe(410)
    expect((await choose('clo_never-heard-of-this')).status).toBe(410)
  })

  it('cannot be tried without end, for one account or from one address', async () => {
    const limited = await startProductionApi({ RATE_LIMITS: 'memory' })
    try {
      await hire(limited, 'rita@club.example', 'reviewer')
      const attempt = (email: string, password = 'wrong wrong wrong') =>
        browser(limited.server.url).send('POST', '/auth/login', { email, password })
      const statuses = []
      for (let n = 0; n < 6; n++) statuses.push((await attempt('rita@club.example')).status)
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429])
      // Not even with the right one, and it says for how long.
      const refused = await attempt('rita@club.example', goodPassword)
      expect(refused.status).toBe(429)
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
      expect(refused.json.errors[0].extensions.code).toBe('CO429')
      // An unknown address is limited just so.
      const unknown = []
      for (let n = 0; n < 6; n++) unknown.push((await attempt('nobody@club.example')).status)
      expect(unknown).toEqual(statuses)
    } finally {
      await limited.close()
    }
  })
})

describe('requests of other sites’ pages', () => {
  let rita: Awaited<ReturnType<typeof login>>
  beforeAll(async () => {
    api = await startProductionApi({ CLUBOS_URL: 'http://help.club.example' })
    await hire(api, 'rita@club.example', 'reviewer')
    rita = await login(api, 'rita@club.example')
  })
  afterAll(() => api?.close())
  const save = 'mutation { setAssistantEnabled(input: { enabled: true, reason: "x" }) { result { id } } }'

  it.each([
    ['by Origin', { origin: 'https://evil.example' }],
    ['by a sandboxed frame', { origin: 'null' }],
    ['by Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
    ['from a neighbour of our domain', { 'sec-fetch-site': 'same-site', origin: 'http://shop.club.example' }],
    ['to a name that resolves to us', { host: 'evil.example', origin: 'http://evil.example' }],
    ['to a name that begins like ours', { host: 'help.club.example.evil.example' }],
  ])('are refused %s', async (_how, headers) => {
    expect((await rita.graphql(save, {}, headers)).status).toBe(403)
    expect((await rita.send('POST', '/auth/logout', undefined, headers)).status).toBe(403)
    expect((await rita.graphql(me)).json.data.me.email).toBe('rita@club.example')
  })

  it.each([
    [
      'our own page',
      { 'sec-fetch-site': 'same-origin', origin: 'http://help.club.example', host: 'help.club.example' },
    ],
    ['our own page in an older browser', { origin: 'http://help.club.example', host: 'help.club.example' }],
    ['our own page behind a proxy', { origin: 'http://help.club.example' }],
    ['a program', {}],
  ])('are none: %s', async (_who, headers) => {
    expect((await rita.graphql(save, {}, headers)).status).toBe(200)
  })

  it('cannot be forms: GraphQL takes JSON alone', async () => {
    const form = `query=${encodeURIComponent(save)}`
    expect((await rita.send('POST', '/graphql', form)).status).toBe(415)
    const plain = await rita.send('POST', '/graphql', `{"query":"${save.replaceAll('"', '\\"')}"}`, {
      'content-type': 'text/plain',
    })
    expect(plain.status).toBe(415)
  })
})

describe('the pages', () => {
  beforeAll(async () => {
    api = await startProductionApi()
    await hire(api, 'rita@club.example', 'reviewer')
  })
  afterAll(() => api?.close())
  const html = { accept: 'text/html,application/xhtml+xml' }

  it('log in and out without a script', async () => {
    const rita = browser(api.server.url)
    expect((await rita.send('GET', '/login', undefined, html)).text).toContain('action="/auth/login"')
    const form = `email=rita%40club.example&password=${encodeURIComponent(goodPassword)}&next=%2F`
    const reply = await rita.send('POST', '/auth/login', form, html)
    expect([reply.status, reply.headers.location]).toEqual([303, '/'])
    expect((await rita.send('GET', '/auth/me')).json.user.name).toBe('rita')
    expect((await rita.send('POST', '/auth/logout', '', html)).headers.location).toBe('/login')
  })

  it('say in words what went wrong', async () => {
    const reply = await browser(api.server.url).send(
      'POST',
      '/auth/login',
      'email=a%40b.example&password=wrong',
      html,
    )
    expect(reply.status).toBe(401)
    expect(reply.text).toContain('E-mail address or password is wrong.')
    expect(
      (await browser(api.server.url).send('GET', '/choose-password?token=x', undefined, html)).text,
    ).toContain('This link has ended')
  })

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/ok\nx'])(
    'lead nowhere else: %s',
    async (next) => {
      const form = new URLSearchParams({
        email: 'rita@club.example',
        password: goodPassword,
        next,
      }).toString()
      expect((await browser(api.server.url).send('POST', '/auth/login', form, html)).headers.location).toBe(
        '/',
      )
    },
  )

  it('carry what they were given as text', async () => {
    const reply = await browser(api.server.url).send(
      'GET',
      `/login?next=${encodeURIComponent('"><script>alert(1)</script>')}`,
    )
    expect(reply.text).not.toContain('<script>')
  })

  it.each([
    ['no JSON', '{"email":', { 'content-type': 'application/json' }, 400],
    ['a list', [], {}, 400],
    ['another type', { email: 5, password: {} }, {}, 400],
    ['a huge body', { email: 'x'.repeat(20_000), password: 'x' }, {}, 413],
    ['a password without end', { email: 'rita@club.example', password: 'x'.repeat(2000) }, {}, 400],
    ['NUL', { email: 'a\u0000@b.example', password: 'x' }, {}, 400],
  ])('refuse %s, and say so', async (_what, body, headers, status) => {
    const reply = await browser(api.server.url).send(
      'POST',
      '/auth/login',
      body,
      headers as Record<string, string>,
    )
    expect(reply.status).toBe(status)
    expect(reply.json.errors[0].extensions.code).toMatch(/^CO/)
    expect(reply.text).not.toMatch(/node_modules|at \w+ \(/)
  })
})
