import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Api } from '../graphql/support.ts'
import { type Browser, browser, hire, login, me, startProductionApi } from './support.ts'

let api: Api
let rita: Browser
let adam: Browser
beforeAll(async () => {
  api = await startProductionApi()
  await hire(api, 'rita@club.example', 'reviewer')
  await hire(api, 'adam@club.example', 'admin')
  rita = await login(api, 'rita@club.example')
  adam = await login(api, 'adam@club.example')
})
afterAll(() => api?.close())

const sql = async (statement: string, values: unknown[] = []) =>
  (await api.database.pool.query(statement, values)).rows
const createToken = `mutation ($name: String!, $role: String!, $expiresAt: Datetime, $userId: Int) {
  createApiToken(input: { name: $name, role: $role, expiresAt: $expiresAt, userId: $userId }) { result { id token role } }
}`
const issue = async (by: Browser, name: string, role: string, rest: object = {}) => {
  const { json } = await by.graphql(createToken, { name, role, ...rest })
  if (json.errors) throw new Error(json.errors[0].message)
  return json.data.createApiToken.result as { id: number; token: string }
}
const refusal = async (by: Browser, name: string, role: string, rest: object = {}) =>
  (await by.graphql(createToken, { name, role, ...rest })).json.errors[0].extensions.code
const withToken = (token: string, query: string, headers: Record<string, string> = {}) =>
  browser(api.server.url).graphql(query, {}, { authorization: `Bearer ${token}`, ...headers })

describe('an API token', () => {
  it('has its role and its owner’s name, and is kept as a hash', async () => {
    const { token } = await issue(rita, 'export', 'reviewer')
    const reply = await withToken(token, '{ currentActor sops { totalCount } }')
    expect(reply.json).toEqual({
      data: { currentActor: 'rita@club.example (export)', sops: { totalCount: 0 } },
    })
    const stored = await sql(
      'select to_jsonb(t)::text as row from app_public.api_tokens t union all select to_jsonb(k)::text from app_secret.api_token_keys k union all select to_jsonb(a)::text from app_public.audit_log a',
    )
    expect(JSON.stringify(stored)).not.toContain(token)
    expect(
      await sql(
        "select hint, last_used_at > now() - interval '1 minute' as used from app_public.api_tokens where name = 'export'",
      ),
    ).toEqual([{ hint: token.slice(0, 8), used: true }])
  })

  it('needs no cookie, takes none, and gets none', async () => {
    const { token } = await issue(rita, 'cookies', 'agent')
    const both = await rita.graphql(me, {}, { authorization: `Bearer ${token}` })
    expect(both.json.data.currentActor).toBe('rita@club.example (cookies)')
    expect((await withToken(token, me)).headers['set-cookie']).toBeUndefined()
  })

  it('may do less than its owner, never more', async () => {
    const { token } = await issue(rita, 'reader', 'agent')
    const save =
      'mutation { saveSop(input: { category: "a", section: "b", content: "c" }) { result { id } } }'
    expect((await withToken(token, save)).json.errors[0].extensions.code).toBe('CO403')
    expect(await refusal(rita, 'higher', 'admin')).toBe('CO403')
    expect(await refusal(rita, 'sideways', 'auditor')).toBe('CO403')
    expect(await refusal(rita, 'worker', 'worker')).toBe('CO005')
    expect(await refusal(rita, 'owner', 'postgres')).toBe('CO005')
  })

  it('cannot issue tokens or end sessions: that needs a person', async () => {
    const { token } = await issue(adam, 'ambitious', 'admin')
    const reply = await browser(api.server.url).graphql(
      createToken,
      { name: 'child', role: 'admin' },
      { authorization: `Bearer ${token}` },
    )
    expect(reply.json.errors[0].extensions.code).toBe('CO404')
  })

  it('belongs to its owner: others neither see nor revoke it, admins do', async () => {
    await hire(api, 'rolf@club.example', 'reviewer')
    const rolf = await login(api, 'rolf@club.example')
    const { id, token } = await issue(rita, 'mine', 'agent')
    const list = '{ apiTokens { nodes { name } } }'
    expect((await rolf.graphql(list)).json.data.apiTokens.nodes).toEqual([])
    const revoke =
      'mutation ($id: Int!) { revokeApiToken(input: { apiTokenId: $id }) { result { revokedAt } } }'
    expect((await rolf.graphql(revoke, { id })).json.errors[0].extensions.code).toBe('CO404')
    expect((await withToken(token, me)).status).toBe(200)
    expect((await adam.graphql(revoke, { id })).json.errors).toBeUndefined()
    expect((await withToken(token, me)).status).toBe(401)
    // A name is free again after that.
    await issue(rita, 'mine', 'agent')
    expect(await refusal(rita, 'mine', 'agent')).toBe('CO409')
  })

  it.each([
    ['is revoked', 'update app_public.api_tokens set revoked_at = now() where id = $1'],
    ['expires', "update app_public.api_tokens set expires_at = now() - interval '1 second' where id = $1"],
    [
      'its owner has the role no more',
      "update app_public.users set role = 'agent' where email = 'nina@club.example' and $1 > 0",
    ],
    [
      'its owner left',
      "update app_public.users set is_active = false where email = 'nina@club.example' and $1 > 0",
    ],
  ])('ends when it %s', async (what, change) => {
    await sql("delete from app_public.users where email = 'nina@club.example'")
    const userId = await hire(api, 'nina@club.example', 'reviewer')
    const { id, token } = await issue(adam, what, 'reviewer', { userId })
    expect((await withToken(token, '{ currentActor }')).json.data.currentActor).toBe(
      `nina@club.example (${what})`,
    )
    await sql(change, [id])
    const reply = await withToken(token, '{ currentActor }')
    expect([reply.status, reply.json.errors[0].extensions.code]).toEqual([401, 'CO401'])
  })

  it.each([
    '',
    'Bearer',
    'Bearer x',
    'Basic cml0YTpwYXNz',
    `Bearer clt_${'x'.repeat(43)}`,
    `Bearer ${'x'.repeat(5000)}`,
    'Bearer clt_é',
  ])('is not “%s”', async (authorization) => {
    const reply = await browser(api.server.url).graphql(
      me,
      {},
      { authorization: Buffer.from(authorization).toString('latin1') },
    )
    if (authorization === '') expect(reply.json.data.me).toBeNull()
    else expect(reply.status).toBe(401)
  })

  it('needs a name and a date to come', async () => {
    expect(await refusal(rita, '  ', 'agent')).toBe('CO005')
    expect(await refusal(rita, 'x'.repeat(61), 'agent')).toBe('CO005')
    expect(await refusal(rita, 'old', 'agent', { expiresAt: '2020-01-01T00:00:00Z' })).toBe('CO005')
  })
})

describe('a token that speaks for customers', () => {
  const visitor = '3f1c9b52-8a57-4d6e-9f0e-6a1c2b7d4e11'
  it('says for which, and sees theirs alone', async () => {
    const { token } = await issue(rita, 'chat widget', 'customer')
    const start = 'mutation { startConversation(input: {}) { result { id } } }'
    const mine = '{ tickets { nodes { id } } }'
    const started = await withToken(token, start, { 'x-clubos-visitor': visitor })
    const { id } = started.json.data.startConversation.result
    expect((await withToken(token, mine, { 'x-clubos-visitor': visitor })).json.data.tickets.nodes).toEqual([
      { id },
    ])
    const other = { 'x-clubos-visitor': '7b0a4c1e-52d3-4b8f-8e7a-90c1d2e3f405' }
    expect((await withToken(token, mine, other)).json.data.tickets.nodes).toEqual([])
    expect((await withToken(token, mine)).json.data.tickets.nodes).toEqual([])
    expect((await withToken(token, '{ sops { totalCount } }')).json.errors[0].extensions.code).toBe('CO403')
    expect((await withToken(token, mine, { 'x-clubos-visitor': 'me' })).status).toBe(401)
    expect((await withToken(token, mine, { 'x-clubos-role': 'admin' })).json.data?.tickets.nodes).toEqual([])
  })
})

describe('a visitor', () => {
  const start = 'mutation { startConversation(input: {}) { result { id conversation } } }'
  const mine = '{ tickets { nodes { id } } currentVisitorId }'

  it('keeps their conversations by a signed cookie', async () => {
    const guest = browser(api.server.url)
    const { id } = (await guest.graphql(start)).json.data.startConversation.result
    const [line] = guest.set
    expect(line).toMatch(/^clubos_visitor=.*; HttpOnly; SameSite=Lax/)
    expect((await guest.graphql(mine)).json.data.tickets.nodes).toEqual([{ id }])
    expect(guest.set).toEqual([])
    expect((await browser(api.server.url).graphql(mine)).json.data.tickets.nodes).toEqual([])
  })

  it('cannot choose who they are', async () => {
    const guest = browser(api.server.url)
    await guest.graphql(start)
    const own = (await guest.graphql(mine)).json.data.currentVisitorId
    const signed = guest.cookies.get('clubos_visitor')!
    for (const forged of [
      own,
      `${own}.`,
      `${own}.${signed.split('.')[1]!.slice(0, -2)}AA`,
      `7b0a4c1e-52d3-4b8f-8e7a-90c1d2e3f405.${signed.split('.')[1]}`,
      '%E0%A4%A',
      'x'.repeat(3000),
    ]) {
      const thief = browser(api.server.url)
      thief.cookies.set('clubos_visitor', forged)
      const reply = await thief.graphql(mine)
      expect([reply.status, reply.json.data.tickets.nodes]).toEqual([200, []])
      expect(reply.json.data.currentVisitorId).not.toBe(own)
    }
  })

  it('cannot go on with another’s conversation, even knowing its id', async () => {
    const guest = browser(api.server.url)
    const { conversation } = (await guest.graphql(start)).json.data.startConversation.result
    const ask =
      'mutation ($c: UUID!) { ask(input: { query: "hello", conversation: $c }) { response { outcome } } }'
    const thief = await browser(api.server.url).graphql(ask, { c: conversation })
    expect(thief.json.errors[0].extensions.code).toBe('CO404')
    expect((await guest.graphql(ask, { c: conversation })).json.errors).toBeUndefined()
  })

  it('is not made a member of staff by headers', async () => {
    for (const headers of [
      { 'x-clubos-role': 'admin' },
      { 'x-clubos-role': 'admin', 'x-clubos-actor': 'adam@club.example' },
      { 'x-clubos-visitor': '3f1c9b52-8a57-4d6e-9f0e-6a1c2b7d4e11' },
    ] as Record<string, string>[]) {
      const reply = await browser(api.server.url).graphql(mine, {}, headers)
      expect([reply.status, reply.json.errors[0].extensions.code]).toEqual([401, 'CO401'])
    }
  })
})

describe('people', () => {
  it('are added and invited by admins alone', async () => {
    const add = (role: string, email = 'new@club.example') =>
      `mutation { createUser(input: { email: "${email}", role: "${role}" }) { result { email status } } }`
    expect((await rita.graphql(add('agent'))).json.errors[0].extensions.code).toBe('CO403')
    expect((await adam.graphql(add('king'))).json.errors[0].extensions.code).toBe('CO005')
    expect((await adam.graphql(add('agent', 'not an address'))).json.errors[0].extensions.code).toBe('CO005')
    expect((await adam.graphql(add('agent', 'New@Club.Example'))).json.data.createUser.result).toEqual({
      email: 'new@club.example',
      status: 'invited',
    })
    expect(
      await sql(
        "select kind, channel, status from app_public.notifications where recipient = 'new@club.example'",
      ),
    ).toEqual([{ kind: 'invitation', channel: 'mail', status: 'queued' }])
  })

  it('include one admin at least', async () => {
    const [{ id }] = await sql("select id from app_public.users where email = 'adam@club.example'")
    const leave =
      'mutation ($id: Int!) { deactivateUser(input: { userId: $id, reason: "x" }) { result { id } } }'
    expect((await adam.graphql(leave, { id })).json.errors[0].extensions.code).toBe('CO108')
    const demote =
      'mutation { createUser(input: { email: "adam@club.example", role: "agent" }) { result { id } } }'
    expect((await adam.graphql(demote)).json.errors[0].extensions.code).toBe('CO108')
    const client = await api.database.pool.connect()
    try {
      await client.query("begin; set local role admin; set local clubos.actor = 'dba'")
      await expect(
        client.query("update users set role = 'agent' where email = 'adam@club.example'"),
      ).rejects.toMatchObject({ code: 'CO108' })
    } finally {
      await client.query('rollback')
      client.release()
    }
  })

  it('see who is who, and their secrets nowhere in the API', async () => {
    const reply = await adam.graphql('{ __schema { types { name fields { name } } } }')
    expect(reply.json.errors[0].message).toContain('introspection') // production
    const fields = await browser(api.server.url).graphql('{ users { nodes { passwordHash } } }')
    expect(fields.status).toBe(400)
  })
})
