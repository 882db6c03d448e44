import { expect, expectAccessible, test, useClub } from './support.ts'

const club = useClub('empty')

test('a club in which nothing happened yet says so, and nothing breaks', async () => {
  const page = await club().as('agent')
  await page.goto('/insights')
  const tiles = page.getByRole('region', { name: 'The period in numbers' })
  await expect(tiles.getByRole('term')).toHaveCount(10)
  await expect(tiles).toContainText('nothing to compare with')
  await expect(page.getByText('Nothing in this period.')).toHaveCount(9)
  await expectAccessible(page)
})
