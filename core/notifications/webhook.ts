/**
 * One delivery to an address that an admin named: signed after Standard Webhooks, never into our own network (SSRF).
 * The address is checked when the name is resolved, on the very connection that is made, so that a name that changes
 * its address meanwhile (DNS rebinding) gains nothing. Redirects are not followed.
 */
import { createHmac } from 'node:crypto'
import { lookup as resolve } from 'node:dns'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

export class WebhookError extends Error {
  /** Whether trying again may help. */
  readonly retry: boolean
  constructor(message: string, retry: boolean) {
    super(message)
    this.retry = retry
  }
}

/** Private, loopback, link-local, multicast, reserved and translated addresses are not. */
export const isPublicAddress = (address: string): boolean =>
  ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast'

const publicOnly: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0)
    const refused = addresses.find(({ address }) => !isPublicAddress(address))
    const [first] = addresses
    if (refused || !first)
      return callback(
        Object.assign(new Error(`${hostname} is ${refused?.address ?? 'nowhere'}`), { code: 'EPRIVATE' }),
        '',
        0,
      )
    if (options.all) (callback as unknown as (e: null, all: typeof addresses) => void)(null, addresses)
    else callback(null, first.address, first.family)
  })
}

export interface Delivery {
  id: string
  url: string
  signingKey: string
  body: string
}

export interface Post {
  url: string
  headers: Record<string, string | number>
  body: string | Buffer
}

/** The status that the receiver answers. allow: host:port of private receivers that the owner of the server named (WEBHOOK_ALLOW). Times out after 10 s. */
export async function post(message: Post, allow: string[], signal?: AbortSignal): Promise<number> {
  const url = new URL(message.url)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  const allowed = allow.includes(`${url.hostname}:${port}`)
  if (!allowed && url.protocol !== 'https:') throw new WebhookError('Only https is delivered to.', false)
  if (!allowed && isIP(host) !== 0 && !isPublicAddress(host))
    throw new WebhookError(`${host} is not a public address.`, false)
  const timeout = AbortSignal.timeout(10_000)
  return new Promise<number>((done, fail) => {
    const send = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
      url,
      {
        method: 'POST',
        lookup: allowed ? undefined : publicOnly,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        headers: { ...message.headers, 'content-length': Buffer.byteLength(message.body) },
      },
      (response) => {
        // What the receiver says is of no interest, however long it is.
        response.destroy()
        done(response.statusCode ?? 0)
      },
    )
    send.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        new WebhookError(
          error.code === 'EPRIVATE' ? 'The name leads to an address that is not public.' : error.message,
          error.code !== 'EPRIVATE',
        ),
      ),
    )
    send.end(message.body)
  })
}

/** What a receiver's status means: nothing where it took the message. */
export function checkTaken(status: number): void {
  if (status < 200 || status > 299)
    throw new WebhookError(
      `The receiver answered ${status}.`,
      status >= 500 || status === 429 || status === 408,
    )
}

export async function deliver(delivery: Delivery, allow: string[], signal?: AbortSignal): Promise<void> {
  const timestamp = Math.floor(Date.now() / 1000)
  const key = Buffer.from(delivery.signingKey.replace(/^whsec_/, ''), 'base64')
  const signature = createHmac('sha256', key)
    .update(`${delivery.id}.${timestamp}.${delivery.body}`)
    .digest('base64')
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'ClubOS',
    'webhook-id': delivery.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  }
  checkTaken(await post({ url: delivery.url, headers, body: delivery.body }, allow, signal))
}
