import { expect, expectAccessible, test, useClub } from './support.ts'

const club = useClub('empty')

test('an inbox with nothing in it says so in each tab', async () => {
  const page = await club().as('agent')
  await page.goto('/inbox')
  await expect(page).toHaveTitle('Inbox · ClubOS')
  await expect(page.getByText('Nobody is waiting')).toBeVisible()
  for (const [tab, text] of [
    ['Mine', 'You have no conversation'],
    ['Assistant', 'The assistant has no conversation'],
    ['Taken', 'Nobody has taken a conversation over'],
    ['Resolved', 'Nothing is resolved yet'],
    ['All', 'There are no conversations yet'],
  ] as const) {
    await page.getByRole('tab', { name: tab }).click()
    await expect(page.getByText(text)).toBeVisible()
  }
  await page.keyboard.press('j')
  await expectAccessible(page)
})
