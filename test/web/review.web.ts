import type { Page } from '@playwright/test'
import { withClaims } from '../../core/database/index.ts'
import { reviewer } from '../support/database.ts'
import {
  heading,
  list,
  openQueue,
  propose,
  proposeEdit,
  row,
  saveSop,
  shown,
  statusOf,
  steps,
  toastOf,
} from './review_support.ts'
import {
  expect,
  expectConsole,
  expectGoodLooks,
  expectNoSidewaysScroll,
  looks,
  test,
  useClub,
} from './support.ts'

const club = useClub()
const approved = async () =>
  (
    await club().pool.query(
      `select count(*)::int as n from app_public.improvement_queue where status = 'approved'`,
    )
  ).rows[0].n as number

/** An answer that did not help, so that a proposal has a question behind it. */
async function withQuestion(improvement: number, question: string, correction: string | null) {
  await club().pool.query(
    `with failed as (
       insert into app_public.failed_responses (query, response, feedback_type, user_correction, confidence_score, reporter)
       values ($2, 'Something else.', 'wrong', $3, 0.42, 'test') returning id)
     insert into app_public.improvement_evidence (improvement_id, failed_response_id) select $1, id from failed`,
    [improvement, question, correction],
  )
}

test('ten proposals are approved by ten presses of one key, and each is written', async () => {
  const page = await club().as('reviewer')
  const before = await approved()
  await openQueue(page)
  for (let n = 0; n < 10; n++) {
    const number = await shown(page)
    await page.keyboard.press('a')
    await expect.poll(() => shown(page)).not.toBe(number)
  }
  await expect.poll(approved).toBe(before + 10)
  await expect(toastOf(page, /^Approved /)).toBeVisible()
  await page.context().close()
})

test('j and k, arrows, and a click choose; the address follows, back and forward work', async () => {
  const page = await club().as('reviewer')
  await openQueue(page)
  const first = await shown(page)
  await page.keyboard.press('j')
  await expect.poll(() => shown(page)).not.toBe(first)
  const second = await shown(page)
  await page.keyboard.press('k')
  await expect.poll(() => shown(page)).toBe(first)
  await page.keyboard.press('ArrowDown')
  await expect.poll(() => shown(page)).toBe(second)
  await list(page).getByRole('option').nth(2).click()
  await expect.poll(() => shown(page)).not.toBe(second)
  const url = page.url()
  expect(url).toMatch(/id=\d+/)
  await list(page).getByRole('option').nth(3).click()
  await expect(page).not.toHaveURL(url)
  const fourth = await shown(page)
  await page.goBack()
  await expect(page).toHaveURL(url)
  await expect.poll(() => shown(page)).not.toBe(fourth)
  await page.goForward()
  await expect.poll(() => shown(page)).toBe(fourth)
  await page.reload()
  await expect.poll(() => shown(page)).toBe(fourth)
  await page.context().close()
})

test('an approval is undone by key, and by the button of its message', async () => {
  const { id } = await proposeEdit(club().pool, 'undoing')
  const page = await club().as('reviewer')
  await openQueue(page)
  await expect(heading(page)).toHaveText('Testing / Undoing')
  await page.keyboard.press('a')
  await expect(row(page, 'Testing / Undoing')).toHaveCount(0)
  await expect.poll(() => statusOf(club().pool, id)).toMatchObject({ status: 'approved' })
  await page.keyboard.press('u')
  await expect.poll(() => statusOf(club().pool, id)).toMatchObject({ status: 'pending' })
  await expect(row(page, 'Testing / Undoing')).toBeVisible()
  await expect(toastOf(page, /^Taken back: Testing \/ Undoing/)).toBeVisible()
  await row(page, 'Testing / Undoing').click()
  await page.getByRole('button', { name: 'Approve', exact: false }).first().click()
  await toastOf(page, 'Approved Testing / Undoing').getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => statusOf(club().pool, id)).toMatchObject({ status: 'pending' })
  await expect(row(page, 'Testing / Undoing')).toBeVisible()
  await page.context().close()
})

test('undo right after the key waits for the approval that it takes back', async () => {
  const { id } = await proposeEdit(club().pool, 'hasty')
  const page = await club().as('reviewer')
  await openQueue(page, `?id=${id}`)
  await page.keyboard.press('a')
  await page.keyboard.press('u')
  await expect(toastOf(page, 'Taken back: Testing / Hasty')).toBeVisible()
  expect(await statusOf(club().pool, id)).toMatchObject({ status: 'pending' })
  await expect(row(page, 'Testing / Hasty')).toBeVisible()
  await page.context().close()
})

test('a rejection asks why, is listed with its reason, and is reopened from there', async () => {
  const { id } = await proposeEdit(club().pool, 'rejecting')
  const page = await club().as('reviewer')
  await openQueue(page, `?id=${id}`)
  await page.keyboard.press('r')
  const dialog = page.getByRole('dialog', { name: 'Reject Testing / Rejecting?' })
  await dialog.getByRole('button', { name: 'Too rare to write down' }).click()
  await dialog.getByRole('button', { name: 'Reject' }).click()
  await expect(row(page, 'Testing / Rejecting')).toHaveCount(0)
  await expect(toastOf(page, 'Rejected Testing / Rejecting')).toBeVisible()
  await page.getByText('Rejected', { exact: true }).click()
  await expect(page).toHaveURL(/status=rejected/)
  await expect(heading(page)).toHaveText('Testing / Rejecting')
  await expect(page.getByRole('article')).toContainText('Rejected by rita@club.example')
  await expect(page.getByRole('article')).toContainText('Too rare to write down')
  await page.getByRole('button', { name: 'Reopen' }).click()
  await page.getByRole('textbox', { name: 'Why?' }).fill('It came up again')
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => statusOf(club().pool, id)).toMatchObject({ status: 'pending' })
  // The demo's reviewer has rejected some as well.
  await expect(row(page, 'Testing / Rejecting')).toHaveCount(0)
  await page.goto(`/review?id=${id}`)
  await expect(row(page, 'Testing / Rejecting')).toBeVisible()
  await page.context().close()
})

test('the approved are listed by who, when and why, latest first, and taken back from there', async () => {
  const { id } = await proposeEdit(club().pool, 'listed')
  await withClaims(club().pool, reviewer, (client) =>
    client.query(`select app_public.approve_improvement($1, 'Checked on site')`, [id]),
  )
  const page = await club().as('reviewer')
  await openQueue(page, '?status=approved')
  await expect(list(page).getByRole('option').first()).toContainText('Testing / Listed')
  await expect(page.getByRole('article')).toContainText('Approved by rita')
  await expect(page.getByRole('article')).toContainText('Checked on site')
  await expect(page.getByRole('article')).toContainText('Hold the button for five seconds.')
  await page.getByRole('button', { name: 'Undo the approval' }).click()
  await page.getByRole('textbox', { name: 'Why?' }).fill('Not true any more')
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => statusOf(club().pool, id)).toMatchObject({ status: 'pending' })
  await expect(row(page, 'Testing / Listed')).toHaveCount(0)
  await page.context().close()
})

test('filters by kind and category stand in the address, and say so when nothing fits', async () => {
  await propose(club().pool, 'knowledge_entry', {
    category: 'testing',
    topic: 'parking',
    reasoning: 'Asked often',
    entries: [{ question: 'Where do I park?', answer: 'Behind the building.' }],
  })
  const page = await club().as('reviewer')
  await openQueue(page, '?category=testing&kind=knowledge_entry')
  await expect(list(page).getByRole('option')).toHaveCount(1)
  await expect(heading(page)).toHaveText('Testing / Parking')
  await expect(page.getByRole('article')).toContainText('Where do I park?')
  await expect(page.getByRole('article')).toContainText('Behind the building.')
  await page.getByRole('combobox', { name: 'Kind' }).selectOption({ value: 'routing_hint' })
  await expect(page).toHaveURL(/kind=routing_hint/)
  await expect(page.getByText('No proposal fits these filters')).toBeVisible()
  await page.getByRole('button', { name: 'Clear the filters' }).click()
  await expect(list(page)).toBeVisible()
  await page.goBack()
  await expect(page.getByText('No proposal fits these filters')).toBeVisible()
  await page.context().close()
})

test('a knowledge entry stands beside the answer that it replaces', async () => {
  await withClaims(club().pool, reviewer, async (client) => {
    await client.query(`select set_config('clubos.reason', 'test', true)`)
    await client.query(
      `insert into app_public.knowledge_base (category, topic, question, answer, source, trust) values ('testing', 'towels', 'Are there towels?', 'No, there are none.', 'staff', 3)`,
    )
  })
  const id = await propose(club().pool, 'knowledge_correction', {
    category: 'testing',
    topic: 'towels',
    entries: [{ question: 'Are there towels?', answer: 'Yes, at the desk.' }],
  })
  const page = await club().as('reviewer')
  await openQueue(page, `?id=${id}`)
  const article = page.getByRole('article')
  await expect(article).toContainText('replaces an answer')
  await expect(article).toContainText('No, there are none.')
  await expect(article).toContainText('Yes, at the desk.')
  // The answer of a correction can be edited before it is approved.
  await expect(article.getByRole('button', { name: 'Edit' })).toHaveCount(1)
  await page.keyboard.press('a')
  await expect.poll(() => statusOf(club().pool, id)).toMatchObject({ status: 'approved' })
  await page.context().close()
})

test('failing questions that ask for the same stand together, with what search finds before and after', async () => {
  const { id } = await proposeEdit(club().pool, 'evidence')
  await withQuestion(id, 'the button in evidence bay does nothing', 'Hold it longer')
  await withQuestion(id, 'pressed the evidence button, no light', 'hold it longer ')
  await withQuestion(id, 'is there a <b>spare</b> button', null)
  const page = await club().as('agent')
  await openQueue(page, `?id=${id}`)
  const article = page.getByRole('article')
  await expect(article.getByRole('heading', { name: '3 failing questions' })).toBeVisible()
  await expect(article.getByText('Hold it longer', { exact: true })).toHaveCount(1)
  await expect(article).toContainText('is there a <b>spare</b> button')
  await expect(article).toContainText('confidence 42%')
  await expect(article).toContainText('It was not tried yet.')
  await page.keyboard.press('p')
  await expect(article.getByText(/\d fixed/)).toBeVisible()
  await expect(article.getByText(/After: /).first()).toBeVisible()
  await expect(article.getByRole('button', { name: 'Try again' })).toBeVisible()
  await page.context().close()
})

test('the change is shown as source or as it is read', async () => {
  const { id } = await proposeEdit(club().pool, 'views')
  const page = await club().as('reviewer')
  await openQueue(page, `?id=${id}`)
  const article = page.getByRole('article')
  await expect(article.getByRole('region', { name: 'What changes' })).toContainText('1. Hold the button')
  await page.keyboard.press('d')
  await expect(article.getByRole('insertion').filter({ hasText: 'Hold the button' }).first()).toBeVisible()
  await page.keyboard.press('d')
  await expect(article.getByRole('region', { name: 'What changes' })).toBeVisible()
  await page.context().close()
})

test('an edited text is tried while it is written, survives a reload, asks before it is left, and is published', async () => {
  const { id, sopId } = await proposeEdit(club().pool, 'editing')
  await withQuestion(id, 'my editing button is dead', null)
  const page = await club().as('reviewer')
  page.on('dialog', (dialog) => void dialog.accept())
  await openQueue(page, `?id=${id}`)
  await page.keyboard.press('e')
  const editor = page.getByRole('textbox', { name: 'The SOP’s text (Markdown)' })
  await expect(editor).toBeFocused()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('Written by hand.')
  await expect(page.getByText(/\d (fixed|still fails)/).first()).toBeVisible()
  await page.reload()
  await expect(page.getByText('Your unfinished text was kept.')).toBeVisible()
  await expect(editor).toContainText('Written by hand.')
  await page.keyboard.press('Escape')
  const leave = page.getByRole('dialog', { name: 'Leave without approving?' })
  await leave.getByRole('button', { name: 'Keep writing' }).click()
  await expect(editor).toContainText('Written by hand.')
  await row(page, 'Testing / Views').click()
  await expect(leave).toBeVisible()
  await leave.getByRole('button', { name: 'Keep writing' }).click()
  await expect(leave).toHaveCount(0)
  await editor.click()
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => statusOf(club().pool, id)).toMatchObject({ status: 'approved' })
  await expect(editor).toHaveCount(0)
  await expect(heading(page)).not.toHaveText('Testing / Editing')
  const { rows } = await club().pool.query('select content from app_public.sops where id = $1', [sopId])
  expect(rows[0].content).toContain('Written by hand.')
  await page.context().close()
})

test('several are selected and approved together, with one way back', async () => {
  const ids: number[] = []
  for (const name of ['batch one', 'batch two', 'batch three'])
    ids.push((await proposeEdit(club().pool, name.replace(' ', '_'), 200)).id)
  const page = await club().as('reviewer')
  await openQueue(page)
  for (let n = 0; n < 3; n++) {
    await page.keyboard.press('x')
    await page.keyboard.press('j')
  }
  await expect(page.getByText('3 selected')).toBeVisible()
  await page.keyboard.press('Shift+A')
  const dialog = page.getByRole('dialog', { name: 'Approve 3 proposals' })
  // Three SOPs: there is nothing to choose.
  await expect(dialog.getByRole('listitem')).toHaveCount(3)
  await expect(dialog.getByRole('radio')).toHaveCount(0)
  await dialog.getByRole('button', { name: 'Approve all 3' }).click()
  await expect(toastOf(page, 'Approved 3 proposals')).toBeVisible()
  for (const id of ids) expect(await statusOf(club().pool, id)).toMatchObject({ status: 'approved' })
  await toastOf(page, 'Approved 3 proposals').getByRole('button', { name: 'Undo' }).click()
  for (const id of ids)
    await expect.poll(() => statusOf(club().pool, id)).toMatchObject({ status: 'pending' })
  await expect(row(page, 'Testing / Batch two')).toBeVisible()
  await page.context().close()
})

test('a refused approval comes back in its place with the reason', async () => {
  const { id } = await proposeEdit(club().pool, 'refused', 300)
  const page = await club().as('reviewer')
  await openQueue(page, `?id=${id}`)
  expectConsole(/503/)
  await page.route('**/graphql', async (route) => {
    if (!route.request().postData()?.includes('ReviewApprove')) return route.fallback()
    await route.fulfill({ status: 503, body: '' })
  })
  await page.keyboard.press('a')
  await expect(page.getByRole('alert').filter({ hasText: 'The server is busy' })).toBeVisible()
  await expect(list(page).getByRole('option').first()).toContainText('Testing / Refused')
  await expect(row(page, 'Testing / Refused')).toContainText('refused')
  await page.unroute('**/graphql')
  await row(page, 'Testing / Refused').click()
  await page.keyboard.press('a')
  await expect.poll(() => statusOf(club().pool, id)).toMatchObject({ status: 'approved' })
  await page.context().close()
})

test('agents try it out but do not decide, auditors read', async () => {
  for (const role of ['agent', 'auditor'] as const) {
    const page = await club().as(role)
    await openQueue(page)
    const [title, before] = [await heading(page).textContent(), await shown(page)]
    await expect(page.getByRole('article')).toContainText('reviewer decides this')
    await expect(page.getByRole('button', { name: 'Approve' })).toHaveCount(0)
    await expect(page.getByRole('button', { name: 'Reject' })).toHaveCount(0)
    await expect(page.getByRole('button', { name: /Try again|Dry run/ })).toHaveCount(
      role === 'agent' ? 1 : 0,
    )
    await page.keyboard.press('a')
    await page.keyboard.press('j')
    await expect.poll(() => shown(page)).not.toBe(before)
    await expect(row(page, title!).first()).toBeVisible()
    await page.context().close()
  }
})

test('whoever leaves for another page at once gets there', async () => {
  const page = await club().as('reviewer')
  await openQueue(page)
  await page.keyboard.press('j')
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await expect(page).toHaveURL(/\/sops/)
  await page.goBack()
  await expect(heading(page)).toBeVisible()
  await page.context().close()
})

test('the keys are listed', async () => {
  const page = await club().as('reviewer')
  await openQueue(page)
  await page.keyboard.press('Shift+?')
  const help = page.getByRole('dialog', { name: 'Keyboard' })
  for (const label of ['Edit before approving', 'Undo the last decision', 'Approve the selected ones'])
    await expect(help.getByText(label)).toBeVisible()
  await page.context().close()
})

test('a link to what is not there says so', async () => {
  const page = await club().as('reviewer')
  await page.goto('/review?id=999999&status=nonsense&kind=17')
  await expect(page.getByText('There is no proposal 999999.')).toBeVisible()
  // On a busy machine the list may come later than that.
  await expect(list(page).getByRole('option').first()).toBeVisible()
  await page.keyboard.press('j')
  await expect(heading(page)).toBeVisible()
  await page.context().close()
})

const edited = async (page: Page) => {
  await page.keyboard.press('e')
  await expect(page.getByRole('textbox', { name: 'The SOP’s text (Markdown)' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'What search would return' })).toBeVisible()
}

test('texts without spaces, from right to left, and full of signs break nothing', async () => {
  const sopId = await saveSop(club().pool, 'hostile', steps('Press.', 'Bye.'))
  const id = await propose(club().pool, 'sop_edit', {
    sop_id: sopId,
    new_content: `${steps('<script>alert(1)</script>', 'مرحبا بكم في النادي 🏌️')}\n${'x'.repeat(3000)}\n`,
    reasoning: 'W'.repeat(2000),
  })
  await withQuestion(id, '‮'.concat('q'.repeat(4000)), 'c'.repeat(5000))
  for (const look of looks.slice(0, 2)) {
    const page = await club().as('reviewer', 'Rita', look)
    await page.goto(`/review?id=${id}`)
    await expect(heading(page)).toBeVisible()
    await expectNoSidewaysScroll(page)
    await page.keyboard.press('d')
    await expect(page.getByRole('article')).toContainText('مرحبا')
    await expectNoSidewaysScroll(page)
    await page.context().close()
  }
})

test('the queue is accessible in both themes, on a phone and a desk', async () => {
  test.setTimeout(180_000)
  const { id } = await proposeEdit(club().pool, 'looks')
  await withQuestion(id, 'how does it look', 'Well')
  const page = await club().as('reviewer', 'Rita')
  await page.goto('/review')
  await expect(list(page)).toBeVisible()
  await expectGoodLooks(page)
  await page.goto(`/review?id=${id}`)
  await expect(heading(page)).toBeVisible()
  await expect(page.getByText('“how does it look”')).toBeVisible()
  await expectGoodLooks(page)
  await edited(page)
  await expectGoodLooks(page)
  await page.context().close()
})

test('on a phone the list opens a proposal, which leads back and on', async () => {
  const page = await club().as('reviewer', 'Rita', { viewport: { width: 390, height: 800 }, hasTouch: true })
  await page.goto('/review')
  const first = list(page).getByRole('option').first()
  await expect(first).toBeVisible()
  await first.tap()
  await expect(heading(page)).toBeVisible()
  await expect(list(page)).toHaveCount(0)
  const before = await shown(page)
  await page.getByRole('button', { name: 'Approve' }).tap()
  await expect.poll(() => shown(page)).not.toBe(before)
  await page.getByRole('button', { name: 'All proposals' }).tap()
  await expect(list(page)).toBeVisible()
  await page.keyboard.press('j')
  await page.keyboard.press('o')
  await expect(heading(page)).toBeVisible()
  await page.goBack()
  await expect(list(page)).toBeVisible()
  await page.context().close()
})
