/**
 * Web Push: a message for one browser, encrypted for it alone (RFC 8291) and signed with our key (RFC 8292). The library
 * encrypts and signs; it goes out by the door that webhooks take, which leads into no private network.
 */
import type pg from 'pg'
import webpush from 'web-push'
import { checkTaken, post } from './webhook.ts'

export interface PushMessage {
  kind: string
  ticket_id: number | null
  title: string
}

export interface Push {
  endpoint: string
  p256dh: string
  auth: string
  vapidPublicKey: string
  vapidPrivateKey: string
  /** mailto: or https: of who sends; push services write there when something is wrong. */
  subject: string
  message: PushMessage
}

/** Seconds for which a push service keeps a message for a browser that is off: later somebody else has seen to it. */
const keepFor = 3600

/** 'gone' where the browser has unsubscribed. */
export async function sendPush(push: Push, allow: string[], signal?: AbortSignal): Promise<'sent' | 'gone'> {
  const { endpoint, headers, body } = webpush.generateRequestDetails(
    { endpoint: push.endpoint, keys: { p256dh: push.p256dh, auth: push.auth } },
    JSON.stringify(push.message),
    {
      TTL: keepFor,
      urgency: 'high',
      // One that comes again takes the place of the one before.
      topic: push.message.ticket_id === null ? undefined : `ticket-${push.message.ticket_id}`,
      contentEncoding: 'aes128gcm',
      vapidDetails: {
        subject: push.subject,
        publicKey: push.vapidPublicKey,
        privateKey: push.vapidPrivateKey,
      },
    },
  )
  const status = await post(
    { url: endpoint, headers: headers as Record<string, string | number>, body: body! },
    allow,
    signal,
  )
  if (status === 404 || status === 410) return 'gone'
  checkTaken(status)
  return 'sent'
}

/** What a browser may show on a locked screen: nothing of the customer. */
export function pushFor(event: { kind: string; details: Record<string, unknown> }): PushMessage {
  const ticketId = typeof event.details.ticket_id === 'number' ? event.details.ticket_id : null
  return { kind: event.kind, ticket_id: ticketId, title: `Urgent: ticket ${ticketId ?? ''}`.trim() }
}

/** Makes the pair of keys that browsers subscribe for, once for a database. */
export async function ensureVapidKeys(pool: pg.Pool): Promise<string> {
  const known = await pool.query<{ public_key: string }>('select public_key from app_secret.vapid_keys')
  if (known.rows[0]) return known.rows[0].public_key
  const { publicKey, privateKey } = webpush.generateVAPIDKeys()
  const kept = await pool.query<{ kept: string }>('select app_secret.keep_vapid_keys($1, $2) as kept', [
    publicKey,
    privateKey,
  ])
  return kept.rows[0]!.kept
}
