import { expect, expectGoodLooks, test, useClub } from './support.ts'

const club = useClub()
const sections = [
  'people',
  'tokens',
  'sessions',
  'assistant',
  'jobs',
  'audit',
  'health',
  'notifications',
  'privacy',
  'backups',
  'imports',
]

/** As customers and models write: long, without a space, from right to left. */
test.beforeAll(async () => {
  const long = `${'https://example.com/'.padEnd(600, 'x')} مرحبا 🏌️`
  await club().pool.query(`insert into app_public.users (email, name) values ('long@club.example', $1)`, [
    long.slice(0, 200),
  ])
  await club().pool.query(
    `insert into app_public.notifications (kind, channel, recipient, status, attempts, error) values ('invitation', 'mail', 'a@b.example', 'failed', 3, $1)`,
    [long],
  )
  const { rows } = await club().pool.query<{ id: string }>(
    `select id from graphile_worker.add_job('no_such_task', '{}', run_at => now() + interval '1 year', max_attempts => 1)`,
  )
  await club().pool.query(
    'update graphile_worker._private_jobs set attempts = 1, last_error = $2, run_at = now() where id = $1',
    [rows[0]!.id, long],
  )
})

test('every section is accessible and fits, in each look', async () => {
  test.setTimeout(300_000)
  const page = await club().as('admin')
  for (const section of sections) {
    await page.goto(`/admin/${section}`)
    await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expectGoodLooks(page)
  }
  await page.goto('/admin/audit')
  await page
    .getByRole('button', { name: /^Show what changed/ })
    .first()
    .click()
  await expect(page.getByRole('columnheader', { name: 'Before' })).toBeVisible()
  await expectGoodLooks(page)
  await page.goto('/admin/people')
  await page.getByRole('button', { name: 'Add somebody' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expectGoodLooks(page)
})
