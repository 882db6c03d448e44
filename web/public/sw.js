// Shows notifications of urgent tickets, and makes ClubOS installable. It keeps no copies: what is shown is always live.
self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('push', (event) => {
  let told = {}
  try {
    told = event.data?.json() ?? {}
  } catch {
    // Not ours; say that something is urgent rather than nothing.
  }
  event.waitUntil(
    self.registration.showNotification(told.title ?? 'ClubOS: urgent', {
      body: told.body ?? '',
      tag: `ticket-${told.ticket_id ?? 'urgent'}`,
      renotify: true,
      requireInteraction: true,
      icon: '/icon-192.png',
      data: { url: told.ticket_id ? `/inbox?ticket=${told.ticket_id}` : '/inbox' },
    }),
  )
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const { url } = event.notification.data
  event.waitUntil(
    self.clients.matchAll({ type: 'window' }).then(async (windows) => {
      const open = windows[0]
      if (!open) return self.clients.openWindow(url)
      await open.focus()
      return open.navigate(url)
    }),
  )
})
