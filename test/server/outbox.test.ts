import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { SMTPServer } from 'smtp-server'
import { readConfig } from '../../core/config.ts'
import { withClaims } from '../../core/database/index.ts'
import { sendNotification } from '../../core/notifications/send.ts'
import { deliver, isPublicAddress, WebhookError } from '../../core/notifications/webhook.ts'
import type { Api } from '../graphql/support.ts'
import { admin } from '../support/database.ts'
import { browser, goodPassword, hire, login, startProductionApi } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startProductionApi()
  await hire(api, 'adam@club.example', 'admin')
})
afterAll(() => api?.close())

const sql = async (statement: string, values: unknown[] = []) =>
  (await api.database.pool.query(statement, values)).rows
const queued = async () =>
  (await sql("select id from app_public.notifications where status = 'queued' order by id")).map((row) =>
    Number(row.id),
  )
const statusOf = async (id: number) =>
  (await sql('select status, attempts, error from app_public.notifications where id = $1', [id]))[0]
const send = (id: number, environment: Record<string, string>) =>
  sendNotification({ pool: api.database.pool, config: readConfig(environment) }, id)
/** So that each test begins with an empty outbox. */
afterEach(() => sql('delete from app_public.notifications'))

describe('mail', () => {
  let server: SMTPServer
  let smtp: { SMTP_URL: string; CLUBOS_URL: string; MAIL_FROM: string }
  let mails: { to: string; text: string }[]
  /** What the server does with the next mails. */
  let behaviour: 'take' | 'refuse for now' | 'refuse' | 'hang up in the text' = 'take'
  beforeEach(async () => {
    mails = []
    behaviour = 'take'
    server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      authOptional: true,
      onRcptTo(_address, _session, done) {
        const code = { 'refuse for now': 451, refuse: 550 }[behaviour as string]
        done(code ? Object.assign(new Error('no'), { responseCode: code }) : null)
      },
      onData(stream, session, done) {
        let text = ''
        stream.on('data', (chunk) => {
          text += chunk
        })
        stream.on('end', () => {
          if (behaviour === 'hang up in the text') {
            // biome-ignore lint/suspicious/noExplicitAny: the socket of the session, which the types hide
            for (const connection of (server as any).connections) connection._socket.destroy()
            return
          }
          mails.push({
            to: session.envelope.rcptTo[0]!.address,
            text: text.replaceAll('=\r\n', '').replaceAll('=3D', '='),
          })
          done()
        })
      },
    })
    server.on('error', () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.server.address() as AddressInfo
    smtp = {
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      CLUBOS_URL: 'https://help.club.example',
      MAIL_FROM: 'The club <help@club.example>',
    }
  })
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())))

  const invite = async (email: string) => {
    const adam = await login(api, 'adam@club.example')
    const { json } = await adam.graphql(
      `mutation { createUser(input: { email: "${email}", role: "agent", name: "Nina" }) { result { id } } }`,
    )
    if (json.errors) throw new Error(json.errors[0].message)
    return (await queued()).at(-1)!
  }

  it('invites somebody by a link that lets them in, once', async () => {
    const id = await invite('nina@club.example')
    expect(await send(id, smtp)).toBe('sent')
    expect(await statusOf(id)).toEqual({ status: 'sent', attempts: 1, error: null })
    expect(mails).toHaveLength(1)
    expect(mails[0]!.to).toBe('nina@club.example')
    expect(mails[0]!.text).toContain('adam@club.example has invited you')
    const token = /https:\/\/help\.club\.example\/choose-password\?token=(\S+)/.exec(mails[0]!.text)![1]!
    // The outbox, the queue and the audit log never held it.
    const stored = await sql(
      'select to_jsonb(n)::text as row from app_public.notifications n union all select payload::text from graphile_worker._private_jobs union all select to_jsonb(a)::text from app_public.audit_log a union all select to_jsonb(l)::text from app_secret.one_time_links l',
    )
    expect(JSON.stringify(stored)).not.toContain(token)
    const nina = browser(api.server.url)
    expect((await nina.send('POST', '/auth/password', { token, password: goodPassword })).status).toBe(200)
    expect((await nina.send('GET', '/auth/me')).json.user.email).toBe('nina@club.example')
  })

  it('sends a reset to whom it may concern, and nothing to others', async () => {
    for (const email of ['adam@club.example', 'nobody@club.example'])
      expect((await browser(api.server.url).send('POST', '/auth/reset', { email })).status).toBe(202)
    const [known, unknown] = await queued()
    expect([await send(known!, smtp), await send(unknown!, smtp)]).toEqual(['sent', 'nothing'])
    expect(mails.map((mail) => mail.to)).toEqual(['adam@club.example'])
    expect(await statusOf(unknown!)).toMatchObject({ status: 'skipped' })
    // Clicking again at once sends no second mail.
    await browser(api.server.url).send('POST', '/auth/reset', { email: 'adam@club.example' })
    expect(await queued()).toEqual([])
  })

  it('is sent once, however often and however simultaneously its job runs', async () => {
    const id = await invite('rolf@club.example')
    const outcomes = await Promise.all([send(id, smtp), send(id, smtp), send(id, smtp)])
    outcomes.push(await send(id, smtp))
    expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(1)
    expect(mails).toHaveLength(1)
  })

  it('is tried again where it certainly did not arrive', async () => {
    const id = await invite('olga@club.example')
    behaviour = 'refuse for now'
    await expect(send(id, smtp)).rejects.toThrow('451')
    expect(await statusOf(id)).toMatchObject({ status: 'queued', attempts: 1 })
    await expect(send(id, { ...smtp, SMTP_URL: 'smtp://127.0.0.1:1' })).rejects.toThrow()
    expect(await statusOf(id)).toMatchObject({ status: 'queued', attempts: 2 })
    behaviour = 'take'
    expect(await send(id, smtp)).toBe('sent')
    expect(mails).toHaveLength(1)
  })

  it('is not tried again where it was refused for good, or may have arrived', async () => {
    const refused = await invite('paul@club.example')
    behaviour = 'refuse'
    expect(await send(refused, smtp)).toBe('failed')
    expect(await statusOf(refused)).toMatchObject({
      status: 'failed',
      error: 'The mail server answered 550.',
    })
    const unknown = await invite('petra@club.example')
    behaviour = 'hang up in the text'
    expect(await send(unknown, smtp)).toBe('failed')
    expect(await statusOf(unknown)).toMatchObject({ status: 'failed' })
  })

  it('that was cut short by a crash says so, and is not sent by the next run', async () => {
    const id = await invite('quinn@club.example')
    await sql("update app_public.notifications set status = 'sending', attempts = 1 where id = $1", [id])
    expect(await send(id, smtp)).toBe('nothing')
    expect(mails).toEqual([])
    expect(await statusOf(id)).toMatchObject({
      status: 'sending',
      error: expect.stringContaining('may or may not'),
    })
  })

  it('says what is missing where no mail server is configured', async () => {
    const id = await invite('vera@club.example')
    expect(await send(id, {})).toBe('nothing')
    expect(await statusOf(id)).toMatchObject({
      status: 'failed',
      error: 'no mail server is configured (SMTP_URL)',
    })
  })
})

describe('webhooks', () => {
  let received: { headers: IncomingMessage['headers']; body: string }[]
  let answer: number
  let receiver: ReturnType<typeof createServer>
  let url: string
  let allow: { WEBHOOK_ALLOW: string }
  beforeEach(async () => {
    received = []
    answer = 204
    receiver = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        received.push({ headers: request.headers, body })
        response
          .writeHead(answer, answer === 302 ? { location: 'http://127.0.0.1:1/' } : {})
          .end('x'.repeat(100))
      })
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const { port } = receiver.address() as AddressInfo
    url = `http://127.0.0.1:${port}/hook`
    allow = { WEBHOOK_ALLOW: `127.0.0.1:${port}` }
  })
  afterEach(async () => {
    await sql('delete from app_public.webhooks')
    await new Promise((resolve) => receiver.close(resolve))
  })

  const subscribe = async () => {
    const adam = await login(api, 'adam@club.example')
    const { json } = await adam.graphql(
      'mutation ($url: String!) { createWebhook(input: { url: $url, events: ["urgent_ticket"] }) { result { id signingKey } } }',
      { url },
    )
    if (json.errors) throw new Error(json.errors[0].message)
    return json.data.createWebhook.result as { id: number; signingKey: string }
  }
  const emergency = () =>
    browser(api.server.url).graphql(
      'mutation { ask(input: { query: "Help, there is a fire in the bay, call me at 0151 23456789" }) { response { outcome ticketId } } }',
    )
  const deliveryOf = async (webhook: number) =>
    Number((await sql('select id from app_public.notifications where webhook_id = $1', [webhook]))[0].id)

  it('tell of an emergency, signed, without what the customer said', async () => {
    const { id, signingKey } = await subscribe()
    const { ticketId, outcome } = (await emergency()).json.data.ask.response
    expect(outcome).toBe('emergency')
    const delivery = await deliveryOf(id)
    expect(await send(delivery, allow)).toBe('sent')
    expect(received).toHaveLength(1)
    const { headers, body } = received[0]!
    expect(JSON.parse(body)).toMatchObject({ type: 'urgent_ticket', data: { ticket_id: ticketId } })
    expect(body).not.toContain('0151')
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
    const expected = createHmac('sha256', Buffer.from(signingKey.replace('whsec_', ''), 'base64'))
      .update(signed)
      .digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${expected}`)
    // The staff with a password got mail in the same transaction.
    expect(
      await sql(
        "select recipient from app_public.notifications where channel = 'mail' and kind = 'urgent_ticket'",
      ),
    ).toEqual(expect.arrayContaining([{ recipient: 'adam@club.example' }]))
  })

  it('are tried again after 503, and not after 400', async () => {
    const { id } = await subscribe()
    await emergency()
    const delivery = await deliveryOf(id)
    answer = 503
    await expect(send(delivery, allow)).rejects.toThrow('503')
    answer = 400
    expect(await send(delivery, allow)).toBe('failed')
    expect(await statusOf(delivery)).toEqual({
      status: 'failed',
      attempts: 2,
      error: 'The receiver answered 400.',
    })
  })

  it('do not follow to elsewhere', async () => {
    const { id } = await subscribe()
    await emergency()
    answer = 302
    expect(await send(await deliveryOf(id), allow)).toBe('failed')
  })

  it('do not reach into our own network', async () => {
    const { id } = await subscribe()
    await emergency()
    expect(await send(await deliveryOf(id), {})).toBe('failed')
    expect(received).toEqual([])
  })

  const to = (address: string) =>
    deliver({ id: 'msg_1', url: address, signingKey: 'whsec_eA==', body: '{}' }, []).then(
      () => 'delivered',
      (error: WebhookError) => (error instanceof WebhookError && !error.retry ? 'refused' : error.message),
    )
  it.each([
    'http://example.com/',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.0.0.1/',
    'https://0/',
    'https://10.0.0.1/',
    'https://172.16.5.5/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://100.64.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://224.0.0.1/',
    'https://localhost/',
    'https://localhost:5432/',
  ])('refuse %s', async (address) => {
    expect(await to(address)).toBe('refused')
  })

  it('know public addresses', () => {
    expect(['8.8.8.8', '2606:4700::1111', '203.0.113.9'].map(isPublicAddress)).toEqual([true, true, false])
  })

  it.each(['ftp://x.example/', 'https://user:pass@x.example/', 'javascript:alert(1)', 'https://', 'x'])(
    'are not set up for %s',
    async (bad) => {
      await expect(
        withClaims(api.database.pool, admin, (client) =>
          client.query('select app_public.create_webhook($1, $2)', [bad, ['urgent_ticket']]),
        ),
      ).rejects.toMatchObject({ code: 'CO005' })
    },
  )
})
