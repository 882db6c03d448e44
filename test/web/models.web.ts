import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { answerable } from './customers.ts'
import { keepLedger } from './ledger.ts'
import { expect, expectAccessible, expectNoSidewaysScroll, looks, test, useClub } from './support.ts'

const club = useClub('demo', { models: true })

test.beforeAll(() => keepLedger(club().pool))

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const setOf = async () => {
  const { rows } = await club().pool.query<{ daily: string | null; monthly: string | null; warning: number }>(
    'select daily_budget as daily, monthly_budget as monthly, budget_warning as warning from app_public.club_settings',
  )
  return rows[0]
}

test('admins and auditors see who does what; others are not offered it', async () => {
  for (const role of ['admin', 'auditor'] as const) {
    const page = await club().as(role)
    await page.goto('/admin/models')
    const now = page.getByRole('list').filter({ hasText: 'Writes answers' })
    await expect(now.getByRole('listitem')).toContainText(['gpt-4o', 'gpt-4o', 'local-use-lite', /claude/])
    await expect(section(page, 'OpenAI')).toContainText('works')
    await expect(section(page, 'OpenAI')).toContainText('127.0.0.1')
    await expect(section(page, 'Anthropic')).toContainText('Analyses failures')
    await expect(page.getByRole('button', { name: 'Change the budgets' })).toHaveCount(
      role === 'admin' ? 1 : 0,
    )
    await page.context().close()
  }
  const page = await club().as('reviewer')
  await page.goto('/admin/models')
  await expect(page.getByText('This page is not for your role.')).toBeVisible()
  await page.context().close()
})

test('a provider that fails is shown as rested, with its last failure, and works again', async () => {
  club().openai.on('responses', { fault: { kind: 'status', status: 500 } })
  const agent = await club().as('agent')
  const page = await club().as('admin')
  await page.goto('/admin/models')
  await expect(section(page, 'OpenAI')).toContainText('none since the server started')
  for (let n = 0; n < 6; n++) {
    await agent.goto('/ask')
    await agent.getByRole('textbox', { name: 'Question' }).fill(answerable)
    await agent.getByRole('button', { name: 'Ask', exact: true }).click()
    await expect(agent.getByRole('region', { name: 'Answer', exact: true })).toBeVisible()
  }
  await page.reload()
  await expect(section(page, 'OpenAI')).toContainText('rested')
  await expect(section(page, 'OpenAI')).toContainText('error of the provider')
  await page.goto('/admin/models?tab=calls')
  await expect(page.getByRole('region', { name: 'Calls' })).toContainText('error of the provider')
  club().openai.reset()
  await agent.context().close()
  await page.context().close()
})

test('an admin sets budgets with a reason; the bars say how far they are used; it is taken back', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/models')
  await expect(section(page, 'Today')).toContainText('no limit')
  const change = async (daily: string, monthly: string, reason: string) => {
    await page.getByRole('button', { name: 'Change the budgets' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Each day').fill(daily)
    await dialog.getByLabel('Each month').fill(monthly)
    await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled()
    await dialog.getByLabel('Why?').fill(reason)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect(dialog).toHaveCount(0)
  }
  await change('100', '1000', 'A first budget')
  await expect(section(page, 'Today')).toContainText('within the budget')
  await expect(section(page, 'Today').getByRole('progressbar')).toBeVisible()
  expect(await setOf()).toMatchObject({ daily: '100.00', monthly: '1000.00' })
  await change('0.01', '1000', 'Nearly nothing')
  await expect(section(page, 'Today')).toContainText('used up')
  await expect(page.getByText('A budget is used up')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).last().click()
  await expect(section(page, 'Today')).toContainText('within the budget')
  expect(await setOf()).toMatchObject({ daily: '100.00' })
  const { rows } = await club().pool.query(
    `select reason from app_public.audit_log where table_name = 'club_settings' order by id desc limit 3`,
  )
  expect(rows.map(({ reason }) => reason)).toEqual([
    'Change of the budgets taken back right after it was made',
    'Nearly nothing',
    'A first budget',
  ])
  await club().pool.query('update app_public.club_settings set daily_budget = null, monthly_budget = null')
  await page.context().close()
})

test('what models cost: drawn, as a table, as a file, with the statement to paste', async () => {
  const page = await club().as('auditor')
  await page.goto('/admin/models?tab=cost')
  const byDay = section(page, 'Cost by day')
  await expect(byDay.getByRole('img', { name: /^Cost by day\. answers: \$0\.\d+/ })).toBeVisible()
  await expect(
    section(page, 'Cost of an answer').getByRole('img', { name: /^Cost of an answer\./ }),
  ).toBeVisible()
  await expect(
    section(page, 'Read from the cache').getByRole('img', { name: /^Read from the cache\./ }),
  ).toBeVisible()
  await expect(
    section(page, 'Cost of an accepted proposal').getByRole('img', {
      name: /^Cost of an accepted proposal\./,
    }),
  ).toBeVisible()
  await byDay.getByRole('link', { name: /full/i }).or(byDay.getByRole('link').first()).first().click()
  await expect(page).toHaveURL(/chart=cost_by_day/)
  await page.getByText('Table', { exact: true }).click()
  await expect(page).toHaveURL(/as=table/)
  await expect(page.getByRole('table').getByRole('row').nth(1)).toContainText(/(answers|routes|analyses)/)
  await page.getByRole('button', { name: /Cost by day/ }).click()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'Download as CSV' }).click(),
  ])
  expect(file.suggestedFilename()).toBe('cost_by_day.csv')
  expect(await readFile(await file.path(), 'utf8')).toMatch(
    /^day,purpose,calls,cost\r\n\d{4}-\d\d-\d\d,answer,\d+,0\.\d+\r\n/,
  )
  await page.getByText('SQL', { exact: true }).click()
  const statement = await page
    .getByRole('region', { name: 'Cost by day' })
    .locator('pre, code')
    .first()
    .textContent()
  const { rows } = await club().pool.query(statement ?? '')
  expect(rows.length).toBeGreaterThan(20)
  await page.context().close()
})

test('failed calls are listed, filtered by their address, and lead to what they were for', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/models?tab=calls&status=timeout')
  const calls = page.getByRole('region', { name: 'Calls' })
  await expect(calls.getByRole('row')).toHaveCount(2)
  await expect(calls).toContainText('took too long')
  await expect(calls).toContainText('req_slow')
  await calls.getByRole('link', { name: /Conversation \d+/ }).click()
  await expect(page).toHaveURL(/\/inbox\?.*ticket=\d+/)
  await page.goto('/admin/models?tab=calls&status=all&purpose=analyse')
  await expect(calls.getByRole('row').nth(1)).toContainText('in a batch')
  await expect(calls.getByRole('link', { name: /Proposal \d+/ }).first()).toBeVisible()
  await page.goto('/admin/models?tab=calls&status=refused')
  await expect(page.getByText('There are no such calls')).toBeVisible()
  await page.context().close()
})

test('an admin keeps the price table, with reasons', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/models?tab=prices')
  const table = page.getByRole('region', { name: 'List prices' })
  await expect(table).toContainText('gpt-4o')
  await page.getByRole('button', { name: 'Add a price' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Model').fill('house-model')
  await dialog.getByLabel('Input').fill('1.5')
  await dialog.getByLabel('Output').fill('6')
  await dialog.getByLabel('Why?').fill('Our own server')
  await dialog.getByRole('button', { name: 'Save' }).click()
  const row = table.getByRole('row').filter({ hasText: 'house-model' })
  await expect(row).toContainText('$1.50')
  await page.getByRole('button', { name: 'Change the price of house-model' }).click()
  await dialog.getByLabel('Output').fill('7')
  await dialog.getByLabel('Why?').fill('Dearer now')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(row).toContainText('$7.00')
  await page.getByRole('button', { name: 'Change the price of house-model' }).click()
  await dialog.getByLabel('Why?').fill('Given up')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await expect(row).toHaveCount(0)
  const auditor = await club().as('auditor')
  await auditor.goto('/admin/models?tab=prices')
  await expect(auditor.getByRole('region', { name: 'List prices' })).toBeVisible()
  await expect(auditor.getByRole('button', { name: 'Add a price' })).toHaveCount(0)
  await page.context().close()
})

test('what the analyst did: runs, batches that can be cancelled, and why suggestions were not let through', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/models?tab=analyses')
  await expect(page.getByRole('region', { name: 'Runs' })).toContainText('1 not let through, 3 proposed')
  const batches = page.getByRole('region', { name: 'Batches' })
  await expect(batches).toContainText('4 of 7 done, 1 without a result')
  const analyses = page.getByRole('region', { name: 'Analyses' })
  await expect(analyses).toContainText('a fact that no source has: the door opens at 5')
  await page
    .getByRole('textbox', { name: 'State' })
    .or(page.getByRole('combobox', { name: 'State' }))
    .first()
    .click()
  await page.getByRole('option', { name: 'not let through' }).click()
  await expect(page).toHaveURL(/status=refused/)
  await expect(analyses.getByRole('row')).toHaveCount(2)
  await page.getByRole('button', { name: 'Cancel batch' }).click()
  await page.getByLabel('Why?').fill('Too dear')
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel', exact: true }).last().click()
  await expect(batches).toContainText(/being cancelled|cancelled by/)
  await expect(batches).toContainText('Too dear')
  await page.goto('/admin/models?tab=analyses')
  await analyses
    .getByRole('link', { name: /Proposal \d+/ })
    .first()
    .click()
  await expect(page.locator('[data-analysed]')).toContainText('Analysed by claude-sonnet-4-5')
  await page.context().close()
})

test('speaks German', async () => {
  const page = await club().as('admin', 'Gustav', { locale: 'de-DE' })
  await page.goto('/admin/models')
  await expect(page.getByRole('heading', { name: 'Wer jetzt was tut' })).toBeVisible()
  await page.goto('/admin/models?tab=cost')
  await expect(section(page, 'Kosten je Tag')).toBeVisible()
  await page.context().close()
})

for (const look of looks)
  test(`every part is accessible and fits: ${look.colorScheme}, ${look.viewport.width} px`, async () => {
    test.setTimeout(300_000)
    const page = await club().as('admin', 'Adam', look)
    for (const tab of ['providers', 'cost', 'calls&status=all', 'prices', 'analyses']) {
      await page.goto(`/admin/models?tab=${tab}`)
      await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await page.waitForLoadState('networkidle')
      await expectNoSidewaysScroll(page)
      await expectAccessible(page)
    }
    await page.context().close()
  })
