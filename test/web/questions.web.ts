import { readFileSync } from 'node:fs'
import { readQuestions } from '../../core/questions.ts'
import { expect, expectConsole, expectGoodLooks, test, useClub } from './support.ts'

const club = useClub()
const questions = readQuestions()

test('every member of staff sees the 25 questions in their groups', async () => {
  for (const role of ['agent', 'reviewer', 'admin', 'auditor'] as const) {
    const page = await club().as(role)
    await page.goto('/questions')
    await expect(page.getByRole('heading', { level: 1, name: 'Questions' })).toBeVisible()
    await expect(page.getByText('25 questions')).toBeVisible()
    await expect(page.getByRole('heading', { level: 2 })).toHaveText([
      'Answers',
      'Sources',
      'Failures',
      'Learning',
      'People',
    ])
    for (const { number, question } of questions)
      await expect(page.getByRole('button', { name: `${number}. ${question}`, exact: true })).toBeVisible()
    await page.context().close()
  }
})

test('every question is answered, from the database, when it is opened and not before', async () => {
  test.setTimeout(120_000)
  const page = await club().as('agent')
  const asked: number[] = []
  page.on('request', (request) => {
    const body = request.postDataJSON() as { operationName?: string; variables?: { number?: number } } | null
    if (body?.variables?.number !== undefined) asked.push(body.variables.number)
  })
  await page.goto('/questions')
  await expect(page.getByText('25 questions')).toBeVisible()
  expect(asked).toEqual([])
  for (const { number, question } of questions) {
    const control = page.getByRole('button', { name: `${number}. ${question}`, exact: true })
    await control.click()
    const panel = page.getByRole('region', { name: `${number}. ${question}`, exact: true })
    await expect(panel.getByText(/rows? · in /)).toBeVisible()
    await expect(panel.getByRole('alert')).toHaveCount(0)
    await expect(panel.getByRole('region', { name: 'SQL' })).toContainText('select')
    await expect(page).toHaveURL(new RegExp(`n=${number}$`))
  }
  expect(asked).toEqual(questions.map(({ number }) => number))
})

test('what is shown is what the database says, and the CSV holds it exactly', async () => {
  const page = await club().as('agent')
  await page.goto('/questions?n=24')
  await club().pool.query(
    `insert into app_public.tickets (status, priority, category, subject) values ('waiting', 'urgent', '=1+1', 'Test')`,
  )
  await page.getByRole('button', { name: 'Ask again' }).click()
  const table = page.getByRole('table')
  await expect(table.getByRole('columnheader')).toHaveText([
    'priority',
    'category',
    'waiting',
    'longest_since',
  ])
  await expect(table.getByRole('row').filter({ hasText: '=1+1' })).toContainText('urgent')
  const { rows } = await club().pool.query(
    `select count(distinct (priority, category))::int as groups, count(*)::int as waiting from app_public.tickets where status = 'waiting'`,
  )
  await expect(table.getByRole('row')).toHaveCount(rows[0].groups + 1)
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV' }).click(),
  ])
  expect(file.suggestedFilename()).toBe('question-24.csv')
  const lines = readFileSync(await file.path(), 'utf8')
    .trim()
    .split('\r\n')
  expect(lines[0]).toBe('priority,category,waiting,longest_since')
  // Data, not a formula.
  expect(lines.some((line) => line.startsWith("urgent,'=1+1,1,"))).toBe(true)
  expect(lines.slice(1).reduce((sum, line) => sum + Number(line.split(',')[2]), 0)).toBe(rows[0].waiting)
})

test('search as you type, in what is asked and in the SQL; the address holds it', async () => {
  const page = await club().as('agent')
  await page.goto('/questions')
  await expect(page.getByText('25 questions')).toBeVisible()
  await page.keyboard.press('f')
  await page.keyboard.type('rejected')
  await expect(page).toHaveURL(/q=rejected/)
  await expect(page.getByRole('button', { name: /^23\. Why are proposals rejected/ })).toBeVisible()
  await expect(page.getByRole('button', { name: /^1\. / })).toHaveCount(0)
  await page.getByRole('searchbox').fill('coverage_gaps')
  await expect(page.getByText('1 question', { exact: true })).toBeVisible()
  await page.getByRole('searchbox').fill('tea leaves')
  await expect(page.getByText('No question says that.')).toBeVisible()
  await page.getByRole('button', { name: 'Clear the search' }).click()
  await expect(page.getByText('25 questions')).toBeVisible()
  await expect(page).not.toHaveURL(/q=/)
})

test('by keyboard alone: arrows go from question to question, Enter opens, back closes', async () => {
  const page = await club().as('agent')
  await page.goto('/insights')
  await expect(page.getByRole('heading', { level: 1, name: 'Insights' })).toBeVisible()
  await page.keyboard.press('g')
  await page.keyboard.press('q')
  await expect(page).toHaveURL(/\/questions/)
  await page.getByRole('button', { name: /^7\. / }).focus()
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('button', { name: /^8\. / })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('button', { name: /^8\. / })).toHaveAttribute('aria-expanded', 'true')
  await expect(page.getByText(/rows? · in /)).toBeVisible()
  await page.goBack()
  await expect(page.getByRole('button', { name: /^8\. / })).toHaveAttribute('aria-expanded', 'false')
})

test('the browser sends a number and never SQL; one that does not exist opens nothing', async () => {
  const page = await club().as('agent')
  const bodies: string[] = []
  page.on('request', (request) => bodies.push(request.postData() ?? ''))
  await page.goto('/questions?n=16')
  await expect(page.getByText(/rows? · in /)).toBeVisible()
  expect(bodies.join('\n')).not.toContain('coverage_gaps')
  await page.goto('/questions?n=99')
  await expect(page.getByText('25 questions')).toBeVisible()
  await expect(page.getByRole('button', { expanded: true }).filter({ hasText: /^\d+\./ })).toHaveCount(0)
})

test('a refusal says why, and the question can be asked again', async () => {
  expectConsole(/503|status of/)
  const page = await club().as('agent')
  let refuse = true
  await page.route('**/graphql', async (route) => {
    if (refuse && route.request().postData()?.includes('"number":1'))
      await route.fulfill({
        status: 200,
        contentType: 'application/json',
        body: JSON.stringify({
          data: null,
          errors: [{ message: 'This took too long and was stopped.', extensions: { code: 'CO503' } }],
        }),
      })
    else await route.continue()
  })
  await page.goto('/questions?n=1')
  await expect(page.getByRole('alert')).toContainText('This took too long')
  refuse = false
  await page.getByRole('alert').getByRole('button').click()
  await expect(page.getByText(/1 row · in /)).toBeVisible()
})

test('German', async () => {
  const page = await club().as('agent', 'Ann', { locale: 'de-DE' })
  await page.goto('/questions?n=4')
  await expect(page.getByRole('heading', { level: 1, name: 'Fragen' })).toBeVisible()
  await expect(page.getByRole('button', { name: '4. Wie stehen die Standorte im Vergleich?' })).toBeVisible()
  await expect(page.getByText(/Zeilen? · in /)).toBeVisible()
  await page.getByRole('searchbox').fill('abgelehnt')
  await expect(page.getByRole('button', { name: /^23\. Warum werden Vorschläge abgelehnt/ })).toBeVisible()
})

test('accessible in both themes, on a phone and a desk', async () => {
  test.setTimeout(120_000)
  const page = await club().as('agent')
  for (const path of ['/questions', '/questions?n=8', '/questions?n=16', '/questions?q=tea%20leaves']) {
    await page.goto(path)
    await expect(page.getByText(/\d+ questions?$/)).toBeVisible()
    if (path.includes('n=')) await expect(page.getByText(/rows? · in /)).toBeVisible()
    await expectGoodLooks(page)
  }
  await page.context().close()
})
