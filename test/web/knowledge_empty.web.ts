import { expect, expectAccessible, test, useClub } from './support.ts'

const club = useClub('empty')

test('a club without knowledge says so in each view', async () => {
  const page = await club().as('reviewer')
  for (const [view, text] of [
    ['entries', 'No entries'],
    ['duplicates', 'No duplicates'],
    ['sites', 'Nothing differs by site'],
  ] as const) {
    await page.goto(`/knowledge?view=${view}`)
    await expect(page.getByText(text)).toBeVisible()
    await expectAccessible(page)
  }
})
