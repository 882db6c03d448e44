import { mkdirSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { withClaims } from '../../core/database/index.ts'
import { answerable } from './customers.ts'
import { expect, expectGoodLooks, test, useClub } from './support.ts'

const club = useClub()
const list = (page: Page) => page.getByRole('list', { name: 'Golden questions' })
const items = (page: Page) => list(page).getByRole('listitem')
const lastCheck = (page: Page) => page.getByRole('region', { name: 'Last check' })
const form = (page: Page, name = 'New golden question') => page.getByRole('region', { name })

const write = (statement: string, values: unknown[] = []) =>
  withClaims(club().pool, { role: 'reviewer', actor: 'Nora' }, (client) => client.query(statement, values))
const questions = async () =>
  (
    await club().pool.query<{ question: string }>('select question from golden_questions order by id')
  ).rows.map((row) => row.question)
const golden = async (question: string) =>
  (
    await club().pool.query(
      `select g.*, s.category || '/' || s.section as sop, t.slug as site, (select a.reason from audit_log a where a.table_name = 'golden_questions' and a.row_id = g.id::text order by a.id desc limit 1) as reason
         from golden_questions g left join sops s on s.id = g.expected_sop_id left join sites t on t.id = g.site_id where g.question = $1`,
      [question],
    )
  ).rows[0]

async function shot(page: Page, name: string) {
  if (!process.env.SHOTS) return
  mkdirSync(process.env.SHOTS, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 320]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      await page.waitForTimeout(300)
      await page.screenshot({
        path: `${process.env.SHOTS}/${name}-${colorScheme}-${width}.png`,
        fullPage: true,
      })
    }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 1440, height: 900 })
}

test('the check is run by key: what fails comes first and says what was found instead', async () => {
  const all = await questions()
  expect(all.length).toBeGreaterThanOrEqual(20)
  await write(
    `select save_golden_question('Is there a golf museum on the moon?', (select id from sops where section = 'wifi'))`,
  )
  const page = await club().as('agent')
  await page.goto('/golden')
  await expect(items(page)).toHaveCount(all.length + 1)
  await expect(lastCheck(page)).toContainText('They have not been asked yet.')
  await expect(lastCheck(page)).toContainText(`${all.length + 1} not asked yet`)
  await page.keyboard.press('c')
  const failing = items(page).filter({ hasText: 'Is there a golf museum on the moon?' })
  await expect(failing).toContainText('Fails')
  await expect(failing).toContainText('Expected: Facilities / Wifi')
  await expect(failing).toContainText(/Found: .+ \(confidence \d+\s?%\)\. /)
  await expect(items(page).first()).toContainText('Fails')
  await expect(items(page).last()).toContainText('Passes')
  const { rows } = await club().pool.query('select * from golden_checks order by id desc limit 1')
  expect(rows[0].failed).toBeGreaterThanOrEqual(1)
  await expect(lastCheck(page)).toContainText(new RegExp(`${rows[0].failed} fails?`))
  await expect(lastCheck(page)).toContainText(rows[0].checked_by)
  await expect(lastCheck(page)).not.toContainText('Something has changed since')
  // Agents look and run, and are not offered more.
  await expect(page.getByRole('button', { name: 'New question' })).toHaveCount(0)
  await expect(page.getByRole('button', { name: /^Edit:/ })).toHaveCount(0)
  await write(
    `select remove_golden_question(id, 'A test') from golden_questions where question like '%museum%'`,
  )
  await page.reload()
  await expect(lastCheck(page)).toContainText('Something has changed since: run it again.')
  await page.context().close()
})

test('by keyboard: writes a question, and takes it back', async () => {
  const page = await club().as('reviewer')
  await page.goto('/golden')
  await expect(items(page).first()).toBeVisible()
  await page.keyboard.press('n')
  await expect(form(page).getByRole('textbox', { name: 'Question' })).toBeFocused()
  await page.keyboard.press('Control+Enter')
  await expect(form(page)).toContainText('Write the question.')
  await expect(form(page)).toContainText('Choose what must answer it.')
  await page.keyboard.type('the picture on the wall is milky')
  await form(page).getByRole('combobox', { name: 'Which' }).click()
  await page.getByRole('option', { name: /projector_blurry/ }).click()
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('Golden question added.')).toBeVisible()
  expect(await golden('the picture on the wall is milky')).toMatchObject({
    sop: 'tech_support/projector_blurry',
    hand_over: false,
    created_by: expect.stringContaining('@'),
  })
  await expect(list(page).locator('[aria-current]')).toContainText('the picture on the wall is milky')
  await expect(list(page).locator('[aria-current]')).toContainText('Not asked yet')
  await page.keyboard.press('u')
  await expect(page.getByText('Taken back.')).toBeVisible()
  await expect(list(page)).not.toContainText('milky')
  expect(await questions()).not.toContain('the picture on the wall is milky')
  await page.context().close()
})

test('one that a person must answer, at a site; asked already, it says so', async () => {
  const page = await club().as('reviewer')
  await page.goto('/golden?mode=new')
  await form(page).getByRole('textbox', { name: 'Question' }).fill('May I land my helicopter?')
  await form(page)
    .getByRole('radio', { name: /A person/ })
    .check()
  await expect(form(page).getByRole('combobox', { name: 'Which' })).toHaveCount(0)
  await form(page).getByRole('combobox', { name: 'Site' }).click()
  await page.getByRole('option', { name: 'Lanternside Quarry' }).click()
  await form(page).getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText('Golden question added.')).toBeVisible()
  expect(await golden('May I land my helicopter?')).toMatchObject({ hand_over: true, site: 'quarry' })
  await page.goto('/golden?mode=new')
  await form(page).getByRole('textbox', { name: 'Question' }).fill('may I land  my HELICOPTER?')
  await form(page).getByRole('combobox', { name: 'Site' }).click()
  await page.getByRole('option', { name: 'Lanternside Quarry' }).click()
  await form(page).getByRole('combobox', { name: 'Which' }).click()
  await page.getByRole('option').first().click()
  await form(page).getByRole('button', { name: 'Save' }).click()
  await expect(form(page).getByRole('alert')).toContainText('asks that already')
  await page.context().close()
})

test('j, k and e: goes through the list, changes one with a reason, and not over somebody else’s change', async () => {
  const page = await club().as('reviewer')
  await page.goto('/golden?q=helicopter')
  await expect(items(page)).toHaveCount(1)
  await page.goto('/golden')
  await expect(items(page).nth(1)).toBeVisible()
  await page.keyboard.press('j')
  await expect(items(page).first()).toHaveAttribute('aria-current', 'true')
  await page.keyboard.press('j')
  await expect(items(page).nth(1)).toHaveAttribute('aria-current', 'true')
  await page.keyboard.press('k')
  await expect(items(page).first()).toHaveAttribute('aria-current', 'true')
  const { rows } = await club().pool.query(
    `select id from golden_questions where question = 'Do you rent clubs?'`,
  )
  await page.goto(`/golden?question=${rows[0].id}`)
  await expect(list(page).locator('[aria-current]')).toContainText('Do you rent clubs?')
  await page.keyboard.press('e')
  const edit = form(page, 'Change a golden question')
  await expect(edit.getByRole('combobox', { name: 'Which' })).toHaveValue('Equipment / Rental clubs')
  await edit.getByRole('textbox', { name: /Note/ }).fill('Asked on every birthday')
  await page.keyboard.press('Control+Enter')
  await expect(edit).toContainText('Say why, in a few words.')
  await edit.getByRole('textbox', { name: 'Why does it change?' }).fill('It came up again')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('Golden question changed.')).toBeVisible()
  expect(await golden('Do you rent clubs?')).toMatchObject({
    note: 'Asked on every birthday',
    sop: 'equipment/rental_clubs',
    reason: 'It came up again',
  })
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(async () => (await golden('Do you rent clubs?')).note).toBeNull()

  await page.goto(`/golden?question=${rows[0].id}&mode=edit`)
  await edit.getByRole('textbox', { name: /Note/ }).fill('Mine')
  await write(
    `select save_golden_question(question, expected_sop_id, note => 'Theirs', id => id, reason => 'Meanwhile') from golden_questions where id = $1`,
    [rows[0].id],
  )
  await edit.getByRole('textbox', { name: 'Why does it change?' }).fill('Mine')
  await edit.getByRole('button', { name: 'Save' }).click()
  await expect(edit.getByRole('alert')).toContainText('Somebody else changed it meanwhile.')
  expect(await golden('Do you rent clubs?')).toMatchObject({ note: 'Theirs' })
  await page.context().close()
})

test('finds as one types, shows what fails or what a person answers, and keeps both in the address', async () => {
  const page = await club().as('auditor')
  await page.goto('/golden')
  await expect(items(page).first()).toBeVisible()
  await page.keyboard.press('f')
  await page.keyboard.type('membership freeze')
  await expect(items(page)).toHaveCount(1)
  await expect(items(page)).toContainText('Can I freeze my membership?')
  await expect(page).toHaveURL(/q=membership/)
  await page.getByRole('combobox', { name: 'Show', exact: true }).selectOption('A person answers')
  await expect(page.getByText('None matches')).toBeVisible()
  await page.getByRole('searchbox', { name: 'Search the questions' }).fill('')
  await expect(items(page).first()).toContainText('Expected: a person answers')
  await expect(page).toHaveURL(/only=handOver/)
  await page.reload()
  await expect(items(page).first()).toContainText('Expected: a person answers')
  await expect(page.getByRole('button', { name: 'Run the check' })).toHaveCount(0)
  await page.context().close()
})

test('removes one with a reason, and brings it back', async () => {
  const page = await club().as('reviewer')
  const before = await golden('May I bring my dog?')
  await page.goto('/golden')
  await page.getByRole('button', { name: 'Remove: May I bring my dog?' }).click()
  await page.getByRole('dialog').getByLabel('Why?').fill('Too easy')
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('Golden question removed.')).toBeVisible()
  await expect(list(page)).not.toContainText('May I bring my dog?')
  expect(await golden('May I bring my dog?')).toBeUndefined()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(list(page)).toContainText('May I bring my dog?')
  expect(await golden('May I bring my dog?')).toMatchObject({ sop: before.sop, note: before.note })
  await page.context().close()
})

test('an admin switches the gate, with a reason; reviewers see it, and an approval that breaks one is refused', async () => {
  const page = await club().as('admin')
  await page.goto('/golden')
  const gate = page.getByRole('switch', { name: 'Approvals must pass' })
  await expect(gate).not.toBeChecked()
  await gate.click({ force: true })
  await page.getByRole('dialog').getByLabel('Why?').fill('Prices went wrong once')
  await page.getByRole('dialog').getByRole('button', { name: 'Switch the gate on' }).click()
  await expect(page.getByText('Approvals must pass the golden questions now.')).toBeVisible()
  await expect(gate).toBeChecked()
  await page.context().close()

  const { rows } = await withClaims(club().pool, { role: 'worker', actor: 'test' }, (client) =>
    client.query(
      `select q.id from sops s, propose_improvement('sop_edit', jsonb_build_object('sop_id', s.id, 'reasoning', 'Asked for',
         'new_content', s.content || E'\n\n## Zeppelin mooring ladder timetable\n\nThe zeppelin mooring ladder has its timetable in the lobby.\n')) q where s.section = 'wifi'`,
    ),
  )
  await write(`select save_golden_question('zeppelin mooring ladder timetable', hand_over => true)`)
  const reviewer = await club().as('reviewer')
  await reviewer.goto('/golden')
  await expect(lastCheck(reviewer)).toContainText('Approvals must pass: a proposal is refused')
  await expect(reviewer.getByRole('switch')).toHaveCount(0)
  await reviewer.goto(`/review?id=${rows[0].id}`)
  const proposal = reviewer.getByRole('article')
  await expect(proposal.getByRole('heading', { level: 2 })).toBeVisible()
  await proposal
    .getByRole('button', { name: /^Approve/ })
    .first()
    .click()
  // The next proposal is shown by then.
  const refusal = reviewer.getByRole('alert').filter({ hasText: 'would break a golden question' })
  await expect(refusal).toContainText('zeppelin mooring ladder timetable')
  await expect(refusal).toContainText('Edit the proposal, or correct the golden question')
  const { rows: waiting } = await club().pool.query('select status from improvement_queue where id = $1', [
    rows[0].id,
  ])
  expect(waiting).toEqual([{ status: 'pending' }])
  await reviewer.context().close()
  await withClaims(club().pool, { role: 'admin', actor: 'adam' }, (client) =>
    client.query(`select set_golden_gate(false, 'After the test')`),
  )
})

test('one click makes a helpful answer golden, in the inbox and under Ask, and one takes it back', async () => {
  const question = 'Is there a premium set of rental clubs for beginners?'
  const visitorId = '00000000-0000-4000-8000-00000000901d'
  const { ticket_id } = await withClaims(club().pool, { role: 'anonymous', visitorId }, (client) =>
    client.query('select id as ticket_id, conversation from start_conversation()'),
  ).then(async ({ rows: [ticket] }) => {
    await withClaims(club().pool, { role: 'worker', actor: 'server', visitorId }, (client) =>
      client.query('select ask(query => $1, conversation => $2)', [question, ticket.conversation]),
    )
    return ticket
  })
  const page = await club().as('reviewer')
  await page.goto(`/inbox?tab=all&ticket=${ticket_id}`)
  await expect(page.getByRole('button', { name: 'Helpful', exact: true })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Make golden' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Helpful', exact: true }).click()
  await page.getByRole('button', { name: 'Make golden' }).click()
  await expect(page.getByText('From now on this is a golden question.')).toBeVisible()
  expect(await golden(question)).toMatchObject({ hand_over: false, response_id: expect.any(String) })
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('Taken back.')).toBeVisible()
  expect(await golden(question)).toBeUndefined()

  await page.goto('/ask')
  await expect(page.getByText('Asking is recorded like any question')).toBeVisible()
  await page.keyboard.press('q')
  await page.keyboard.type(answerable)
  await page.keyboard.press('Control+Enter')
  const answer = page.getByRole('region', { name: 'Answer', exact: true })
  await answer.getByRole('button', { name: 'Make golden' }).click()
  await expect(page.getByText('From now on this is a golden question.')).toBeVisible()
  expect(await golden(answerable)).toMatchObject({ hand_over: false })
  await page.context().close()

  const agent = await club().as('agent')
  await agent.goto(`/inbox?tab=all&ticket=${ticket_id}`)
  await expect(agent.getByRole('button', { name: 'Helpful', exact: true }).first()).toBeVisible()
  await expect(agent.getByRole('button', { name: 'Make golden' })).toHaveCount(0)
  await agent.context().close()
})

test('looks right everywhere: the list with failures, the form, German', async () => {
  await write(
    `select save_golden_question('Is there a golf museum on the moon?', (select id from sops where section = 'wifi'))`,
  )
  await withClaims(club().pool, { role: 'worker', actor: 'a colleague' }, (client) =>
    client.query('select run_golden_check()'),
  )
  const page = await club().as('admin')
  await page.goto('/golden')
  await expect(items(page).first()).toBeVisible()
  await page.keyboard.press('j')
  await expect(items(page).first()).toHaveAttribute('aria-current', 'true')
  await expectGoodLooks(page)
  await shot(page, 'list')
  await page.keyboard.press('e')
  await expect(form(page, 'Change a golden question')).toBeVisible()
  await expectGoodLooks(page)
  await shot(page, 'form')
  await page.evaluate(() => localStorage.setItem('clubos.language', 'de'))
  await page.goto('/golden')
  await expect(page.getByRole('heading', { name: 'Goldene Fragen' })).toBeVisible()
  await expectGoodLooks(page)
  await shot(page, 'german')
  await page.context().close()
})
