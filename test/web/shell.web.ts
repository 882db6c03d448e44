import { expect, expectAccessible, expectNoSidewaysScroll, looks, test, useClub } from './support.ts'

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
    await expect(page.getByRole('navigation').getByRole('link')).toHaveCount(7)
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
