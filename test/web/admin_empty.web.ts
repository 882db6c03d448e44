import { expect, test, useClub } from './support.ts'

const club = useClub('empty')

test('in a club in which nothing happened yet each section says so', async () => {
  const page = await club().as('admin')
  for (const [section, text] of [
    ['tokens', 'No tokens.'],
    ['jobs', 'None was given up.'],
    ['notifications', 'No webhooks.'],
    ['privacy', 'Nothing yet.'],
    ['backups', 'No complete backup yet.'],
    ['imports', 'Nothing was imported yet.'],
    ['audit', /of \d+/],
    ['health', 'Import your procedures: clubos import FOLDER'],
  ] as const) {
    await page.goto(`/admin/${section}`)
    await expect(page.getByText(text).first()).toBeVisible()
  }
})
