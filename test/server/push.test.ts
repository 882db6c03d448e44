/** Web Push as browsers and their push services know it: decrypted here by RFC 8291, the signature checked by RFC 8292. */
import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  type ECDH,
  hkdfSync,
  randomBytes,
  verify,
} from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readConfig } from '../../core/config.ts'
import { ensureVapidKeys, sendPush } from '../../core/notifications/push.ts'
import { sendNotification } from '../../core/notifications/send.ts'
import type { Api } from '../graphql/support.ts'
import { type Browser, browser, hire, login, startProductionApi } from './support.ts'

interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: Buffer
}

let api: Api
let ann: Browser
let service: Server
let origin: string
let received: Received[]
/** What the push service answers. */
let answer = 201
let keys: ECDH
let auth: Buffer

beforeAll(async () => {
  api = await startProductionApi()
  await hire(api, 'ann@club.example', 'agent')
  ann = await login(api, 'ann@club.example')
})
afterAll(() => api?.close())
beforeEach(async () => {
  received = []
  answer = 201
  keys = createECDH('prime256v1')
  keys.generateKeys()
  auth = randomBytes(16)
  service = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ path: request.url!, headers: request.headers, body: Buffer.concat(chunks) })
      response.writeHead(answer).end()
    })
  })
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
})
afterEach(async () => {
  await new Promise((resolve) => service.close(resolve))
  await sql('delete from app_public.notifications')
  await sql('delete from app_public.push_subscriptions')
})

const sql = async (statement: string, values: unknown[] = []) =>
  (await api.database.pool.query(statement, values)).rows
const subscribe = (who: Browser, endpoint = `${origin}/push/one`) =>
  who.graphql(
    'mutation ($input: SavePushSubscriptionInput!) { savePushSubscription(input: $input) { result { id userId endpoint userAgent } } }',
    {
      input: {
        endpoint,
        p256dh: keys.getPublicKey().toString('base64url'),
        auth: auth.toString('base64url'),
        userAgent: 'A browser',
      },
    },
  )
/** Somebody is hurt; the pushes that this puts into the outbox. */
const emergency = async () => {
  await browser(api.server.url).graphql(
    'mutation { ask(input: { query: "Jane Doe is bleeding, call an ambulance" }) { response { outcome } } }',
  )
  return (
    await sql(
      "select id, details, push_subscription_id from app_public.notifications where channel = 'push' order by id",
    )
  ).map((row) => ({ ...row, id: Number(row.id) }))
}
const send = (id: number, allow = origin.replace('http://', '')) =>
  sendNotification(
    {
      pool: api.database.pool,
      config: readConfig({ WEBHOOK_ALLOW: allow, CLUBOS_URL: 'https://help.club.example' }),
    },
    id,
  )
const statusOf = async (id: number) =>
  (await sql('select status, attempts, error from app_public.notifications where id = $1', [id]))[0]

function decrypt({ body }: Received): unknown {
  const salt = body.subarray(0, 16)
  const theirs = body.subarray(21, 21 + body[20]!)
  const secret = keys.computeSecret(theirs)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), theirs])
  const ikm = Buffer.from(hkdfSync('sha256', secret, auth, info, 32))
  const key = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: aes128gcm\0', 16))
  const nonce = Buffer.from(hkdfSync('sha256', ikm, salt, 'Content-Encoding: nonce\0', 12))
  const sealed = body.subarray(21 + body[20]!)
  const decipher = createDecipheriv('aes-128-gcm', key, nonce)
  decipher.setAuthTag(sealed.subarray(-16))
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
  expect(padded.at(padded.lastIndexOf(2))).toBe(2)
  return JSON.parse(padded.subarray(0, padded.lastIndexOf(2)).toString())
}

describe('a push', () => {
  it('tells of an urgent ticket, encrypted for the browser and signed with our key, and of nobody’s name', async () => {
    expect((await subscribe(ann)).json.errors).toBeUndefined()
    const [push, ...others] = await emergency()
    expect(others).toEqual([])
    expect(await send(push!.id)).toBe('sent')
    expect(received).toHaveLength(1)
    const { headers, path, body } = received[0]!
    expect(path).toBe('/push/one')
    expect(headers).toMatchObject({ ttl: '3600', urgency: 'high', 'content-encoding': 'aes128gcm' })
    expect(headers.topic).toBe(`ticket-${push!.details.ticket_id}`)
    expect(body.toString('latin1')).not.toContain('ticket')
    expect(decrypt(received[0]!)).toEqual({
      kind: 'urgent_ticket',
      ticket_id: push!.details.ticket_id,
      title: `Urgent: ticket ${push!.details.ticket_id}`,
    })
    // vapid t=<JWT>, k=<our public key>
    const [, token, key] = /^vapid t=([^,]+), k=(\S+)$/.exec(headers.authorization!)!
    const [head, claims, signature] = token!.split('.') as [string, string, string]
    const point = Buffer.from(key!, 'base64url')
    const publicKey = createPublicKey({
      key: {
        kty: 'EC',
        crv: 'P-256',
        x: point.subarray(1, 33).toString('base64url'),
        y: point.subarray(33).toString('base64url'),
      },
      format: 'jwk',
    })
    expect(
      verify(
        'sha256',
        Buffer.from(`${head}.${claims}`),
        { key: publicKey, dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      ),
    ).toBe(true)
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      aud: origin,
      sub: 'https://help.club.example',
    })
    const { json } = await ann.graphql('{ pushPublicKey }')
    expect(json.data.pushPublicKey).toBe(key)
    const [subscription] = await sql('select last_ok_at from app_public.push_subscriptions')
    expect(subscription!.last_ok_at).toBeInstanceOf(Date)
  })

  it('is sent once', async () => {
    await subscribe(ann)
    const [push] = await emergency()
    const outcomes = await Promise.all([send(push!.id), send(push!.id), send(push!.id)])
    expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(1)
    expect(received).toHaveLength(1)
  })

  it.each([404, 410])('forgets a browser that has unsubscribed (%i)', async (status) => {
    await subscribe(ann)
    const [push] = await emergency()
    answer = status
    expect(await send(push!.id)).toBe('nothing')
    expect(await statusOf(push!.id)).toMatchObject({
      status: 'skipped',
      error: 'the browser has unsubscribed',
    })
    expect(await sql('select 1 from app_public.push_subscriptions')).toEqual([])
  })

  it.each([429, 500, 503])('is tried again after %i', async (status) => {
    await subscribe(ann)
    const [push] = await emergency()
    answer = status
    await expect(send(push!.id)).rejects.toThrow(String(status))
    expect(await statusOf(push!.id)).toMatchObject({ status: 'queued', attempts: 1 })
    answer = 201
    expect(await send(push!.id)).toBe('sent')
    expect(await statusOf(push!.id)).toMatchObject({ status: 'sent', attempts: 2 })
  })

  it.each([400, 403, 413])('is given up after %i, and the browser kept', async (status) => {
    await subscribe(ann)
    const [push] = await emergency()
    answer = status
    expect(await send(push!.id)).toBe('failed')
    expect(await statusOf(push!.id)).toMatchObject({
      status: 'failed',
      error: `The receiver answered ${status}.`,
    })
    expect(await sql('select 1 from app_public.push_subscriptions')).toHaveLength(1)
  })

  it('goes into no private network, whatever a browser says', async () => {
    await subscribe(ann)
    const [push] = await emergency()
    expect(await send(push!.id, '')).toBe('failed')
    expect(received).toEqual([])
    const vapidPublicKey = await ensureVapidKeys(api.database.pool)
    const [{ private_key: vapidPrivateKey }] = (await sql(
      'select private_key from app_secret.vapid_keys',
    )) as [{ private_key: string }]
    for (const endpoint of [
      'https://127.0.0.1/x',
      'https://10.0.0.1/x',
      'https://[::1]/x',
      'https://localhost/x',
    ])
      await expect(
        sendPush(
          {
            endpoint,
            p256dh: keys.getPublicKey().toString('base64url'),
            auth: auth.toString('base64url'),
            vapidPublicKey,
            vapidPrivateKey,
            subject: 'mailto:help@club.example',
            message: { kind: 'urgent_ticket', ticket_id: 1, title: 'Urgent' },
          },
          [],
        ),
      ).rejects.toMatchObject({ retry: false, message: expect.stringMatching(/not a? ?public/) })
  })

  it('is not sent to somebody who works here no more', async () => {
    await subscribe(ann)
    const id = await hire(api, 'nina@club.example', 'agent')
    const nina = await login(api, 'nina@club.example')
    await subscribe(nina, `${origin}/push/nina`)
    const pushes = await emergency()
    expect(pushes).toHaveLength(2)
    await sql('update app_public.users set is_active = false where id = $1', [id])
    for (const push of pushes) await send(push.id)
    expect(received.map(({ path }) => path)).toEqual(['/push/one'])
  })
})

describe('subscriptions', () => {
  it('are one’s own: saved again, taken over with the browser, deleted', async () => {
    await subscribe(ann)
    const again = await subscribe(ann)
    expect(again.json.errors).toBeUndefined()
    expect(await sql('select 1 from app_public.push_subscriptions')).toHaveLength(1)
    await hire(api, 'rolf@club.example', 'reviewer')
    const rolf = await login(api, 'rolf@club.example')
    const remove = (who: Browser) =>
      who.graphql(
        'mutation ($endpoint: String!) { deletePushSubscription(input: { endpoint: $endpoint }) { result } }',
        { endpoint: `${origin}/push/one` },
      )
    expect((await remove(rolf)).json.data.deletePushSubscription.result).toBe(false)
    const list = '{ pushSubscriptions { nodes { endpoint userAgent } } }'
    expect((await rolf.graphql(list)).json.data.pushSubscriptions.nodes).toEqual([])
    expect((await ann.graphql(list)).json.data.pushSubscriptions.nodes).toEqual([
      { endpoint: `${origin}/push/one`, userAgent: 'A browser' },
    ])
    await subscribe(rolf)
    expect((await ann.graphql(list)).json.data.pushSubscriptions.nodes).toEqual([])
    expect((await remove(rolf)).json.data.deletePushSubscription.result).toBe(true)
  })

  it('are refused where they are none, and to customers', async () => {
    for (const endpoint of ['http://push.example/x', 'https://user:pw@push.example/x', 'ftp://x/y', ''])
      expect((await subscribe(ann, endpoint)).json.errors[0].extensions.code).toBe('CO005')
    expect((await subscribe(browser(api.server.url))).json.errors[0].extensions.code).toBe('CO403')
    expect((await browser(api.server.url).graphql('{ pushPublicKey }')).json.errors[0].extensions.code).toBe(
      'CO403',
    )
  })

  it('keep twenty browsers a person', async () => {
    for (let n = 0; n < 22; n++) await subscribe(ann, `${origin}/push/${n}`)
    const rows = await sql('select endpoint from app_public.push_subscriptions order by id')
    expect(rows).toHaveLength(20)
    expect(rows.at(-1)!.endpoint).toBe(`${origin}/push/21`)
  })
})

describe('the keys', () => {
  it('are made once, also by two servers at once', async () => {
    await sql('delete from app_secret.vapid_keys')
    const [one, two] = await Promise.all([
      ensureVapidKeys(api.database.pool),
      ensureVapidKeys(api.database.pool),
    ])
    expect(one).toBe(two)
    expect(Buffer.from(one!, 'base64url')).toHaveLength(65)
  })
})
