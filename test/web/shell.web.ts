/// <reference lib="dom" />
import {
  expect,
  expectAccessible,
  expectConsole,
  expectNoSidewaysScroll,
  looks,
  test,
  useClub,
} from './support.ts'

const club = useClub()

test('who is not logged in is led to the login and back', async () => {
  const page = await club().visitor()
  await page.goto('/review')
  await expect(page).toHaveURL(/\/login\?next=%2Freview/)
})

test('each role sees the menu, goes by keys, and finds commands', async () => {
  for (const role of ['agent', 'reviewer', 'admin', 'auditor'] as const) {
    const page = await club().as(role)
    await page.goto('/')
    await expect(page).toHaveURL(/\/review/)
    await expect(page.getByRole('navigation').getByRole('link')).toHaveCount(10)
    await page.keyboard.press('g')
    await page.keyboard.press('i')
    await expect(page.getByRole('heading', { level: 1, name: 'Inbox' })).toBeAttached()
    await page.keyboard.press('Control+k')
    await page.getByRole('textbox', { name: 'Search and commands' }).fill('insights')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/insights/)
    await page.keyboard.press('Shift+?')
    await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible()
    await page.context().close()
  }
})

test('the shell is accessible in both themes, on a phone and a desk', async () => {
  for (const look of looks) {
    const page = await club().as('admin', 'Adam', look)
    await page.goto('/insights')
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expectAccessible(page)
    await expectNoSidewaysScroll(page)
    await page.context().close()
  }
})

test('language, theme and time zone are chosen in the account menu and stay', async () => {
  const page = await club().as('reviewer')
  await page.goto('/insights')
  const choose = async (name: string) => {
    await page.getByRole('button', { name: /Your account|Ihr Konto/ }).click()
    await page.getByRole('menuitem', { name }).click()
  }
  await choose('Deutsch')
  await expect(page.getByRole('link', { name: 'Auswertung' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await choose('Dunkel')
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await page.reload()
  await expect(page.getByRole('link', { name: 'Auswertung' })).toBeVisible()
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', 'dark')
  await page.context().close()
})

test('a session that ends is said, and what is on the page stays', async () => {
  const page = await club().as('reviewer', 'Eve')
  await page.goto('/insights')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await club().pool.query(
    "update app_public.sessions set revoked_at = now() where user_id = (select id from app_public.users where name = 'Eve')",
  )
  expectConsole(/40[13]/)
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await expect(page.getByRole('alert').filter({ hasText: 'Your session has ended' })).toBeVisible()
  await expect(page.getByRole('link', { name: 'Log in', exact: true })).toHaveAttribute('target', '_blank')
  await page.context().close()
})

test('a push message becomes a notification that leads to the ticket', async () => {
  const page = await club().as('agent')
  await page.context().grantPermissions(['notifications'])
  await page.goto('/insights')
  const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope)
  const devtools = await page.context().newCDPSession(page)
  const registered = new Promise<string>((resolve) =>
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find((one) => one.scopeURL === scope)
      if (ours) resolve(ours.registrationId)
    }),
  )
  await devtools.send('ServiceWorker.enable')
  await devtools.send('ServiceWorker.deliverPushMessage', {
    origin: new URL(scope).origin,
    registrationId: await registered,
    data: JSON.stringify({ kind: 'urgent_ticket', ticket_id: 7, title: 'Urgent: ticket 7' }),
  })
  const shown = () =>
    page.evaluate(async () =>
      (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, data }) => ({
        title,
        data,
      })),
    )
  await expect.poll(shown).toEqual([{ title: 'Urgent: ticket 7', data: { url: '/inbox?ticket=7' } }])
  await page.context().close()
})

test('an address that leads nowhere says so', async () => {
  const page = await club().as('agent')
  await page.goto('/nowhere')
  await expect(page.getByRole('heading', { name: 'There is nothing here.' })).toBeVisible()
  await expectAccessible(page)
  await page.context().close()
})

test('a first visit takes less than 200 kB of compressed script; the editor and the charts come later', async () => {
  const page = await club().as('admin')
  for (const path of [
    '/review',
    '/inbox',
    '/sops',
    '/knowledge',
    '/golden',
    '/ask',
    '/experiments',
    '/insights',
    '/questions',
    '/admin/people',
    '/admin/tokens',
    '/admin/backups',
    '/admin/imports',
    '/chat',
  ]) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeAttached()
    await page.waitForLoadState('networkidle')
    const scripts = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map((entry) => entry as PerformanceResourceTiming)
        .filter(({ name }) => name.includes('/assets/') && name.endsWith('.js'))
        .map(({ name, encodedBodySize }) => ({ name: name.split('/').at(-1)!, bytes: encodedBodySize })),
    )
    // What draws the charts is as large as everything else together: the page, its figures and lists stand before it.
    const first = scripts.filter(({ name }) => !name.startsWith('Plot'))
    const bytes = first.reduce((sum, script) => sum + script.bytes, 0)
    console.log(`${path}: ${Math.round(bytes / 1000)} kB of script in ${first.length} files`)
    expect(scripts.some(({ name }) => name.startsWith('CodeEditor'))).toBe(false)
    expect(bytes, path).toBeLessThan(200_000)
  }
  await page.context().close()
})
