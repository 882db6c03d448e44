import { expect, expectAccessible, test, useClub } from './support.ts'

const club = useClub('empty')

test('a club without SOPs says what to do, by role', async () => {
  const reviewer = await club().as('reviewer')
  await reviewer.goto('/sops')
  await expect(reviewer.getByText('There are no SOPs yet')).toBeVisible()
  await expect(reviewer.getByText(/clubos import/)).toBeVisible()
  await expectAccessible(reviewer)
  const agent = await club().as('agent')
  await agent.goto('/sops')
  await expect(agent.getByText('A reviewer can write the first one.')).toBeVisible()
})
