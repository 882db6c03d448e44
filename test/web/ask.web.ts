import type { Locator } from '@playwright/test'
import { answerable, outOfScope } from './customers.ts'
import { expect, expectConsole, expectGoodLooks, test, useClub } from './support.ts'

const club = useClub()

const responses = async () =>
  Number((await club().pool.query('select count(*) from app_public.responses')).rows[0].count)

test('a deep link searches and asks nothing', async () => {
  const before = await responses()
  const page = await club().as('agent')
  await page.goto(`/ask?q=${encodeURIComponent(answerable)}&site=harbour&category=tech_support`)
  const table = page.getByRole('region', { name: 'What was found, best first' })
  await expect(table.getByRole('row').nth(1)).toContainText(/projector/i)
  const site = page.getByRole('combobox', { name: 'Site' })
  await expect(site.getByRole('option', { selected: true })).toHaveText('Lanternside Harbour')
  expect(await responses()).toBe(before)
  await page.context().close()
})

test('a misspelt question says as what it was searched, one that is not says nothing', async () => {
  await club().pool.query('select app_private.refresh_search_statistics(true)')
  const page = await club().as('agent')
  await page.goto(`/ask?q=${encodeURIComponent('the projektor (bay 2) is black')}`)
  await expect(page.getByText('Searched by words as “the projector (bay 2) is black”')).toBeVisible()
  await page.goto(`/ask?q=${encodeURIComponent('the projector (bay 2) is black')}`)
  await expect(page.getByRole('region', { name: 'What was found, best first' })).toBeVisible()
  await expect(page.getByText('Searched by words as')).toHaveCount(0)
  await page.context().close()
})

test('by keyboard alone: a question is asked, recorded, and shows all that led to the answer', async () => {
  const before = await responses()
  const page = await club().as('agent')
  await page.goto('/ask')
  await expect(page.getByText('Asking is recorded like any question')).toBeVisible()
  await page.keyboard.press('q')
  await page.keyboard.type(answerable)
  await page.keyboard.press('Control+Enter')
  const answer = page.getByRole('region', { name: 'Answer', exact: true })
  await expect(answer).toContainText('answered')
  await expect(answer).toContainText(/projector/i)
  await expect(page.getByRole('region', { name: 'Route' })).toContainText(/\d+\s?% sure/)
  await expect(page.getByRole('region', { name: 'Time and cost' })).toContainText('Vector of the question')
  const table = page.getByRole('region', { name: 'What was found, best first' })
  await expect(table.getByRole('columnheader')).toHaveText([
    'Rank',

    'What',
    'Score',
    'Words',
    'Meaning',
  ])
  await expect(table).toContainText('cited')
  expect(await responses()).toBe(before + 1)
  await expect(page).toHaveURL(/q=the/)
  await page.context().close()
})

test('what hands over says so in words and leads to the conversation', async () => {
  const page = await club().as('reviewer')
  await page.goto('/ask')
  await page.getByRole('textbox', { name: 'Question' }).fill(outOfScope)
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  const answer = page.getByRole('region', { name: 'Answer', exact: true })
  await expect(answer).toContainText('Not sure enough: the question was passed to a person.')
  await answer.getByRole('link', { name: /Conversation \d+/ }).click()
  await expect(page.getByRole('log')).toContainText(outOfScope)
  await page.goBack()
  await expect(
    page.getByRole('region', { name: 'What was found, best first' }),
    'back searches, and asks nothing',
  ).toBeVisible()
  await page.context().close()
})

test('as of an earlier moment: what would have been found then beside now, differences marked', async () => {
  const then = new Date()
  await club().pool.query("select set_config('clubos.actor', 'rita@club.example', false)")
  await club().pool.query(
    `select app_public.save_sop('tech_support', 'singing_floor', E'# The singing floor\\n\\nWhen the floor sings a shanty, press the mermaid tile twice.', 'new')`,
  )
  const page = await club().as('agent')
  await page.goto(`/ask?q=${encodeURIComponent('the floor sings a shanty')}&at=${then.toISOString()}`)
  await expect(page.getByRole('heading', { name: 'What is found now' })).toBeVisible()
  const now = page.getByRole('listitem').filter({ hasText: 'mermaid' })
  await expect(now).toHaveCount(1, { timeout: 20_000 })
  await expect(now).toContainText('not found then')
  await expect(page.getByRole('button', { name: 'Ask', exact: true })).toBeDisabled()
  await expect(page.getByText(/\d+ differences?/)).toBeVisible()
  await page.context().close()
})

test('the calendar opens at the first key or click, though it comes only then', async () => {
  for (const use of [
    (field: Locator) => field.click(),
    async (field: Locator) => {
      await field.focus()
      await field.press('Enter')
    },
  ]) {
    const page = await club().as('agent')
    await page.goto('/ask')
    await use(page.getByRole('button', { name: 'Search as of' }))
    const days = page.locator('[data-dates-dropdown]').getByRole('button')
    await days.filter({ hasText: /^1$/ }).first().click()
    await page.getByRole('button', { name: 'Confirm' }).click()
    await expect(page.getByRole('button', { name: 'Ask', exact: true })).toBeDisabled()
    await page.context().close()
  }
})

test('the questions of this tab can be looked at again, and back goes back', async () => {
  const page = await club().as('agent')
  await page.goto('/ask')
  for (const question of ['where can I park', 'left-handed clubs']) {
    await page.getByRole('textbox', { name: 'Question' }).fill(question)
    await page.getByRole('textbox', { name: 'Question' }).press('Control+Shift+Enter')
    await expect(page.getByRole('region', { name: 'What was found, best first' })).toBeVisible()
    await expect(page.getByRole('button', { name: new RegExp(question) })).toBeVisible()
  }
  await page.getByRole('button', { name: /where can I park/ }).click()
  await expect(page.getByRole('textbox', { name: 'Question' })).toHaveValue('where can I park')
  await page.goBack()
  await expect(page.getByRole('textbox', { name: 'Question' })).toHaveValue('left-handed clubs')
  await page.getByRole('button', { name: 'Clear', exact: true }).click()
  await expect(page.getByRole('button', { name: /where can I park/ })).toHaveCount(0)
  await page.context().close()
})

test('a refusal is shown with its reason', async () => {
  const page = await club().as('agent')
  expectConsole(/404|400/)
  await page.goto('/ask?q=parking&site=atlantis')
  await expect(page.getByRole('alert')).toContainText('There is no site "atlantis".')
  await expect(page.getByRole('alert')).toContainText('harbour')
  await page.context().close()
})

test('nothing found is said', async () => {
  const page = await club().as('agent')
  await page.goto('/ask?q=zzzz&category=nonexistent')
  await expect(page.getByText('Nothing was found')).toBeVisible()
  await page.context().close()
})

test('an auditor may search and is not offered to ask', async () => {
  const page = await club().as('auditor')
  await page.goto('/ask')
  await page.getByRole('textbox', { name: 'Question' }).fill(answerable)
  await page.getByRole('button', { name: 'Only search' }).click()
  await expect(page.getByRole('region', { name: 'What was found, best first' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Ask', exact: true })).toHaveCount(0)
  await page.context().close()
})

test('Ask is accessible in both themes, on a phone and a desk', async () => {
  test.setTimeout(180_000)
  const page = await club().as('agent')
  await page.goto('/ask')
  await page.getByRole('textbox', { name: 'Question' }).fill(answerable)
  await page.getByRole('button', { name: 'Ask', exact: true }).click()
  await expect(page.getByRole('region', { name: 'Answer', exact: true })).toBeVisible()
  await expectGoodLooks(page)
  await page.goto(
    `/ask?q=${encodeURIComponent(answerable)}&at=${new Date(Date.now() - 60_000).toISOString()}`,
  )
  await expect(page.getByRole('heading', { name: 'What is found now' })).toBeVisible()
  await expectGoodLooks(page)
  await page.context().close()
})

test('an answer’s search is done again: as it was, whatever was edited since, and as it is now', async () => {
  const page = await club().as('reviewer')
  await page.goto('/ask')
  await expect(page.getByText('Asking is recorded like any question')).toBeVisible()
  await page.keyboard.press('q')
  await page.keyboard.type(answerable)
  await page.keyboard.press('Control+Enter')
  await page.getByRole('button', { name: 'As it was asked' }).click()
  await expect(page.getByText(/^The same \d+ sources, rank by rank\./)).toBeVisible()
  await expectGoodLooks(page)
  const { rows } = await club().pool.query(
    `select s.sop_id as id from app_public.response_sources s where s.response_id = (select max(id) from app_public.responses) and s.rank = 1`,
  )
  await club().pool.query(
    `set clubos.actor = 'rita'; select app_public.save_sop(category, section, content || E'\\nAnd that is all.\\n', 'For a test') from app_public.sops where id = ${rows[0].id}`,
  )
  await page.getByRole('button', { name: 'As it is now' }).click()
  await expect(page.getByText(/^\d+ of \d+ sources are the same\. As of /)).toBeVisible()
  await expect(page.getByRole('row', { name: /^1 / }).last()).toContainText('other')
  // The past is as it was.
  await page.getByRole('button', { name: 'As it was asked' }).click()
  await expect(page.getByText(/^The same \d+ sources, rank by rank\./)).toBeVisible()
  await page.context().close()
})
