import { expect, expectAccessible, test, useClub } from './support.ts'

const club = useClub('empty')

test('a club without proposals says so, for each status', async () => {
  const page = await club().as('reviewer')
  await page.goto('/review')
  await expect(page.getByText('Nothing waits for a decision')).toBeVisible()
  await expectAccessible(page)
  for (const key of ['j', 'a', 'e', 'r', 'x', 'p', 'd', 'o', 'Shift+A', 'u']) await page.keyboard.press(key)
  await expect(page.getByText('There is nothing to undo.')).toBeVisible()
  await page.getByText('Approved', { exact: true }).click()
  await expect(page.getByText('Nothing was approved yet')).toBeVisible()
  await page.getByText('Rejected', { exact: true }).click()
  await expect(page.getByText('Nothing was rejected yet')).toBeVisible()
  await page.getByText('Redrafted', { exact: true }).click()
  await expect(page.getByText('Nothing was drafted anew yet')).toBeVisible()
  await page.context().close()
})
