import { expect, expectGoodLooks, test, useClub } from './support.ts'

const club = useClub('empty')

test('says what golden questions are and how to make one', async () => {
  const page = await club().as('reviewer')
  await page.goto('/golden')
  await expect(page.getByText('No golden questions yet')).toBeVisible()
  await expect(page.getByRole('main')).toContainText('what the club must always get right')
  await expect(page.getByRole('main')).toContainText('Press n to write one')
  await expect(page.getByRole('button', { name: 'Run the check' })).toHaveCount(0)
  await expectGoodLooks(page)
  await page.keyboard.press('n')
  await expect(page.getByRole('textbox', { name: 'Question' })).toBeFocused()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByText('No golden questions yet')).toBeVisible()
  await page.context().close()
  const agent = await club().as('agent')
  await agent.goto('/golden')
  await expect(agent.getByRole('main')).toContainText('A reviewer can add them')
  await agent.context().close()
})
