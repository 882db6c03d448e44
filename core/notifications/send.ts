/** Sends one notification of the outbox: claimed once, then sent, then written down. */

import type pg from 'pg'
import type { Config } from '../config.ts'
import { type Claims, withClaims } from '../database/index.ts'
import { mailFor, sendMail } from './mail.ts'
import { pushFor, sendPush } from './push.ts'
import { deliver } from './webhook.ts'

interface Claimed {
  id: number
  kind: string
  channel: 'mail' | 'webhook' | 'push'
  recipient: string
  name: string | null
  link_token: string | null
  details: Record<string, unknown>
  created_at: string
  url?: string
  signing_key?: string
  endpoint?: string
  p256dh?: string
  auth?: string
  vapid_public_key?: string
  vapid_private_key?: string
}

const sender: Claims = { role: 'worker', actor: 'notifications' }

/** Where people reach this server, for links in mails. */
const publicUrl = (config: Config) => config.publicUrl ?? `http://localhost:${config.port}`

/** Who sends, for push services: they take an https address or a mailbox. */
const pushSubject = (config: Config) =>
  config.publicUrl?.startsWith('https:')
    ? config.publicUrl
    : `mailto:${/<(.+)>/.exec(config.mailFrom)?.[1] ?? config.mailFrom}`

/** Throws what a retry may mend; everything else ends in the row's status and error. */
export async function sendNotification(
  services: { pool: pg.Pool; config: Config },
  id: number,
  signal?: AbortSignal,
): Promise<'sent' | 'failed' | 'nothing'> {
  const { pool, config } = services
  const claimed = await withClaims(pool, sender, async (client) => {
    const { rows } = await client.query<{ claimed: Claimed | null }>(
      'select app_private.claim_notification($1, $2) as claimed',
      [id, config.smtpUrl !== undefined],
    )
    return rows[0]!.claimed
  })
  if (!claimed) return 'nothing'
  const finish = (error: string | null, retry: boolean) =>
    withClaims(pool, sender, (client) =>
      client.query('select app_private.finish_notification($1, $2, $3)', [id, error, retry]),
    )
  try {
    if (claimed.channel === 'mail')
      await sendMail(config.smtpUrl!, config.mailFrom, `clubos-${id}`, mailFor(claimed, publicUrl(config)))
    else if (claimed.channel === 'push') {
      const sent = await sendPush(
        {
          endpoint: claimed.endpoint!,
          p256dh: claimed.p256dh!,
          auth: claimed.auth!,
          vapidPublicKey: claimed.vapid_public_key!,
          vapidPrivateKey: claimed.vapid_private_key!,
          subject: pushSubject(config),
          message: pushFor(claimed),
        },
        config.webhookAllow,
        signal,
      )
      if (sent === 'gone') {
        await withClaims(pool, sender, (client) =>
          client.query('select app_private.drop_push_subscription($1)', [id]),
        )
        return 'nothing'
      }
    } else
      await deliver(
        {
          id: `msg_${claimed.id}`,
          url: claimed.url!,
          signingKey: claimed.signing_key!,
          body: JSON.stringify({ type: claimed.kind, timestamp: claimed.created_at, data: claimed.details }),
        },
        config.webhookAllow,
        signal,
      )
  } catch (error) {
    const { message, retry = false } = error as Error & { retry?: boolean }
    await finish(message, retry)
    if (retry) throw error
    return 'failed'
  }
  await finish(null, false)
  return 'sent'
}
