import { readFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { expect, expectConsole, expectGoodLooks, test, useClub } from './support.ts'

const club = useClub()

/** As a keyboard does it: what one sees of a segment is its label. */
async function choose(within: Page | Locator, name: string) {
  const radio = within.getByRole('radio', { name })
  await radio.focus()
  await radio.press(' ')
  await expect(radio).toBeChecked()
}

test('every member of staff sees the numbers of the last 30 days, against the 30 days before', async () => {
  for (const role of ['agent', 'reviewer', 'admin', 'auditor'] as const) {
    const page = await club().as(role)
    await page.goto('/insights')
    const tiles = page.getByRole('region', { name: 'The period in numbers' })
    await expect(tiles.getByRole('term')).toHaveCount(10)
    await expect(tiles).toContainText(/more than before|less than before/)
    await expect(page.getByRole('img', { name: /^Answers by day\. answered: \d+ in all/ })).toBeVisible()
    await expect(
      page.getByRole('list', { name: 'SOPs used most' }).getByRole('listitem').first(),
    ).toBeVisible()
    await page.context().close()
  }
})

test('what is counted is what the database says', async () => {
  const page = await club().as('agent')
  await page.goto('/insights?days=90')
  const { rows } = await club().pool.query<{ answers: string }>(
    `select count(*) as answers from app_public.responses where outcome <> 'drafted' and created_at > now() - interval '80 days'`,
  )
  await expect(
    page.getByRole('region', { name: 'The period in numbers' }).getByText(rows[0]!.answers, { exact: true }),
  ).toBeVisible()
})

test('filters are in the address: back, forward and a link show the same', async () => {
  const page = await club().as('agent')
  await page.goto('/insights')
  await choose(page, '7 days')
  await expect(page).toHaveURL(/days=7/)
  await page.getByRole('combobox', { name: 'Category' }).selectOption('billing')
  await expect(page).toHaveURL(/category=billing/)
  await page.goBack()
  await expect(page).not.toHaveURL(/category/)
  await expect(page.getByRole('radio', { name: '7 days' })).toBeChecked()
  await page.goForward()
  await expect(page.getByRole('combobox', { name: 'Category' })).toHaveValue('billing')
  const other = await club().as('auditor')
  await other.goto(page.url())
  await expect(other.getByRole('combobox', { name: 'Category' })).toHaveValue('billing')
  await expect(other.getByRole('radio', { name: '7 days' })).toBeChecked()
})

test('a period of one’s own, and one that lies the wrong way round', async () => {
  const page = await club().as('agent')
  await page.goto('/insights')
  await choose(page, 'From – to')
  await expect(page).toHaveURL(/from=\d{4}-\d\d-\d\d&to=/)
  await page.getByRole('button', { name: 'From – to' }).click()
  const days = page.getByRole('dialog').or(page.locator('.mantine-Popover-dropdown')).getByRole('button')
  await days.filter({ hasText: /^10$/ }).first().click()
  await days.filter({ hasText: /^12$/ }).first().click()
  await expect(page).toHaveURL(/from=\d{4}-\d\d-10&to=\d{4}-\d\d-12/)
  await page.goto('/insights?from=2026-03-05&to=2026-03-01')
  await expect(page.getByText('Mar 1, 2026 to Mar 5, 2026, compared with the 5 days before.')).toBeVisible()
  await expect(page.getByText('Nothing in this period.').first()).toBeVisible()
})

test('a chart shows its table, its SQL and its CSV, which agree with each other', async () => {
  const page = await club().as('agent')
  await page.goto('/insights')
  const card = page.getByRole('region', { name: 'Answers by day' }).first()
  await choose(card, 'Table')
  const table = card.getByRole('table')
  await expect(table.getByRole('columnheader')).toHaveText(['Day', 'Outcome', 'Answers'])
  const shown = await table.getByRole('row').count()
  await card.getByRole('button', { name: 'Take along: Answers by day' }).click()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Download as CSV' }).click(),
  ])
  expect(file.suggestedFilename()).toBe('answers_by_day.csv')
  const lines = readFileSync(await file.path(), 'utf8')
    .trim()
    .split('\r\n')
  expect(lines[0]).toBe('day,outcome,answers')
  expect(lines).toHaveLength(shown)

  await choose(card, 'SQL')
  const call = await card.getByRole('region', { name: 'The call' }).textContent()
  expect(call).toMatch(
    /^select \* from app_public\.answers_by_day\(since => '.+', timezone => 'America\/New_York'\);$/,
  )
  const { rows } = await club().pool.query(call!)
  expect(rows).toHaveLength(shown - 1)
  await expect(card.getByRole('region', { name: 'What it counts' })).toContainText(
    'CREATE OR REPLACE FUNCTION app_public.answers_by_day',
  )
})

test('every chart’s call runs as it is, with hostile filters too', async () => {
  const page = await club().as('agent')
  for (const name of [
    'answers_by_day',
    'failures_by_day',
    'feedback_by_day',
    'response_times_by_day',
    'answers_by_hour',
    'approvals_by_week',
    'top_patterns',
    'most_used_sops',
    'most_failed_sops',
  ]) {
    await page.goto(`/insights?chart=${name}&as=sql&category=${encodeURIComponent("o'); drop table x; --")}`)
    const call = await page.getByRole('region', { name: 'The call' }).textContent()
    expect((await club().pool.query(call!)).rows).toBeDefined()
    await expect(page.getByRole('region', { name: 'What it counts' })).toContainText(name)
  }
})

test('one chart, full size: opened, walked through and left by keys', async () => {
  const page = await club().as('agent')
  await page.goto('/insights?days=90')
  await page.getByRole('link', { name: 'Full size: Answers by day' }).focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/chart=answers_by_day/)
  await expect(page).toHaveURL(/days=/)
  await expect(page.getByRole('heading', { level: 1, name: 'Answers by day' })).toBeVisible()
  await page.keyboard.press('t')
  await expect(page.getByRole('table')).toBeVisible()
  await page.keyboard.press('j')
  await expect(page.getByRole('heading', { level: 1, name: 'Failures by day' })).toBeVisible()
  await page.keyboard.press('k')
  await expect(page.getByRole('heading', { level: 1, name: 'Answers by day' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page).not.toHaveURL(/chart=/)
  await page.keyboard.press('7')
  await expect(page).toHaveURL(/days=7/)
  await page.keyboard.press('Shift+?')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toContainText('The last 90 days')
})

test('lists lead to what they are about', async () => {
  // A page that is left is hidden until the next has come, and so are its charts: on a slow machine long enough to be measured.
  expectConsole(/width\(0\) and height\(0\) of chart/)
  const page = await club().as('reviewer')
  await page.goto('/insights?days=90')
  const list = page.getByRole('list', { name: 'SOPs that fail most' })
  await list.getByRole('link').first().click()
  await expect(page).toHaveURL(/\/sops\/\d+$/)
  await page.goBack()
  await page.getByRole('list', { name: 'What fails most' }).getByRole('link').first().click()
  await expect(page).toHaveURL(/\/review\?.*id=\d+/)
})

test('a refusal says why; an unknown chart says so', async () => {
  expectConsole(/400|status of/)
  const page = await club().as('agent')
  await page.goto('/insights?site=atlantis')
  await expect(page.getByRole('alert').first()).toContainText(/atlantis/)
  await page.goto('/insights?chart=tea_leaves')
  await expect(page.getByText('There is no such chart.')).toBeVisible()
  await page.getByRole('link', { name: 'All insights' }).click()
  await expect(page.getByRole('img', { name: /^Answers by day/ })).toBeVisible()
})

test('German, with its numbers and dates', async () => {
  const page = await club().as('agent', 'Ann', { locale: 'de-DE' })
  await page.goto('/insights')
  await expect(page.getByRole('heading', { level: 1, name: 'Auswertung' })).toBeVisible()
  await expect(page.getByRole('img', { name: /^Antworten je Tag\. beantwortet: insgesamt/ })).toBeVisible()
})

test('accessible in both themes, on a phone and a desk: drawn, as tables, as SQL, full size', async () => {
  test.setTimeout(240_000)
  const page = await club().as('agent')
  await page.goto('/insights?days=7')
  await expect(page.getByRole('img', { name: /Proposals by week/ })).toBeVisible()
  await expectGoodLooks(page)
  for (const region of await page.getByRole('radio', { name: 'Table' }).all()) {
    await region.focus()
    await region.press(' ')
  }
  await expect(page.getByRole('table')).toHaveCount(9)
  await expectGoodLooks(page)
  for (const as of ['chart', 'table', 'sql']) {
    await page.goto(`/insights?chart=approvals_by_week&as=${as}&from=2026-09-01&to=2026-12-01`)
    await expect(
      as === 'sql'
        ? page.getByText('CREATE OR REPLACE')
        : as === 'table'
          ? page.getByRole('table')
          : page.getByRole('img', { name: /Proposals/ }),
    ).toBeVisible()
    await expectGoodLooks(page)
  }
  await page.context().close()
})
