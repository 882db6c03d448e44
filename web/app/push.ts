/** Notifications of urgent tickets on this device, where the browser can. */
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast, toastError } from '../components/toast.ts'
import { ApiError, request } from '../graphql/client.ts'
import { graphql } from '../graphql/graphql.ts'

const keyQuery = graphql(`query PushPublicKey { pushPublicKey }`)

const save = graphql(`
  mutation SavePushSubscription($endpoint: String!, $p256dh: String!, $auth: String!, $userAgent: String) {
    savePushSubscription(input: { endpoint: $endpoint, p256dh: $p256dh, auth: $auth, userAgent: $userAgent }) {
      clientMutationId
    }
  }
`)

const remove = graphql(`
  mutation DeletePushSubscription($endpoint: String!) {
    deletePushSubscription(input: { endpoint: $endpoint }) { clientMutationId }
  }
`)

const possible = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

const current = async () => (await navigator.serviceWorker.ready).pushManager.getSubscription()

async function subscribe() {
  const { pushPublicKey } = await request(keyQuery, {})
  const { pushManager } = await navigator.serviceWorker.ready
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: pushPublicKey })
  const { endpoint, keys } = made.toJSON()
  try {
    await request(save, {
      endpoint: endpoint!,
      p256dh: keys!.p256dh!,
      auth: keys!.auth!,
      userAgent: navigator.userAgent.slice(0, 300),
    })
  } catch (error) {
    // What the server does not know of must not look as if it were on.
    await made.unsubscribe()
    throw error
  }
}

/** Also at log-out: a device that nobody is logged in on shows nothing. */
export async function unsubscribe() {
  if (!possible) return
  const subscription = await current()
  if (!subscription) return
  await request(remove, { endpoint: subscription.endpoint })
  await subscription.unsubscribe()
}

export function usePush() {
  const { t } = useTranslation()
  const [on, setOn] = useState(false)
  useEffect(() => {
    if (possible) void current().then((subscription) => setOn(subscription !== null))
  }, [])
  const toggle = async () => {
    try {
      if (on) await unsubscribe()
      else if ((await Notification.requestPermission()) !== 'granted')
        throw new ApiError(t('settings.notificationsDenied'), 'DENIED', t('settings.notificationsDeniedHint'))
      else await subscribe()
      setOn(!on)
      toast({ message: t(on ? 'settings.notificationsStopped' : 'settings.notificationsOn') })
    } catch (error) {
      toastError(error as Error)
    }
  }
  return { possible, on, toggle: () => void toggle() }
}
