import { answerable, customer, emergency, outOfScope } from './customers.ts'
import { expect, expectConsole, expectGoodLooks, test, useClub } from './support.ts'

const club = useClub()

/** A conversation in which a person is needed. */
async function waiting(question = outOfScope) {
  const asker = await customer(club(), 'harbour')
  const { outcome } = await asker.ask(question)
  if (question === outOfScope) expect(outcome).toBe('handed_over')
  return asker
}

test('urgent conversations come first, in words, in the title and in a banner that leads to them', async () => {
  const { id } = await waiting(emergency)
  const page = await club().as('agent')
  await page.goto('/inbox')
  await expect(page).toHaveTitle(/^\(\d+ urgent\) Inbox/)
  const first = page.getByRole('listbox', { name: 'Conversations' }).getByRole('option').first()
  await expect(first).toContainText('Urgent')
  await expect(first).toContainText('Lanternside Harbour')
  await page.getByRole('alert').getByRole('button').click()
  await expect(page).toHaveURL(new RegExp(`ticket=${id}`))
  await expect(page.getByRole('heading', { level: 2, name: emergency })).toBeVisible()
  await page.context().close()
})

test('by keyboard alone: choose, take over, reply, hand back, resolve', async () => {
  const { id } = await waiting()
  const page = await club().as('agent')
  await page.goto('/inbox')
  const options = page.getByRole('option')
  await expect(options.first()).toBeVisible()
  const at = await options.evaluateAll(
    (all, text) => all.findIndex((one) => one.textContent?.includes(text)),
    outOfScope,
  )
  for (let step = 0; step <= at; step++) {
    await page.keyboard.press('j')
    await expect(options.nth(step)).toHaveAttribute('aria-selected', 'true')
  }
  await expect(page).toHaveURL(new RegExp(`ticket=${id}`))
  await expect(page.getByRole('log')).toContainText('handed over')
  await page.keyboard.press('t')
  const head = page.getByRole('region', { name: `Conversation ${id}` })
  await expect(head.getByRole('status').first()).toContainText('you have it')
  await expect(head.getByText(/stays silent for \d+ minutes/).first()).toBeVisible()
  await expect(page.getByRole('log')).toContainText('ann@club.example took over')

  await page.keyboard.press('r')
  const box = page.getByRole('textbox', { name: 'Reply' })
  await expect(box).toBeFocused()
  await box.pressSequentially('Hello, **Ann** here.')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('log').getByRole('article', { name: 'You' })).toContainText('Hello, Ann here.')
  await expect(box).toHaveValue('')
  await page.keyboard.press('Escape')

  await page.keyboard.press('b')
  await expect(head.getByRole('status').first()).toContainText('with the assistant')
  await page.getByRole('button', { name: 'Undo' }).last().click()
  await expect(head.getByRole('status').first()).toContainText('you have it')

  await page.keyboard.press('Shift+R')
  const dialog = page.getByRole('dialog', { name: 'Resolve the conversation' })
  await dialog.getByRole('textbox', { name: 'How was it resolved?' }).fill('Told them we do not know.')
  await dialog.getByRole('textbox', { name: 'What should it have said?' }).fill('We only know golf.')
  await page.keyboard.press('Control+Enter')
  await expect(head.getByRole('status').first()).toContainText('resolved')
  await page.getByRole('button', { name: 'Show the details' }).click()
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('Told them we do not know.')
  const { rows } = await club().pool.query(
    `select t.status, t.resolution, f.user_correction, f.feedback_type from app_public.tickets t
       join app_public.responses r on r.ticket_id = t.id join app_public.failed_responses f on f.response_id = r.id where t.id = $1`,
    [id],
  )
  expect(rows).toEqual([
    {
      status: 'resolved',
      resolution: 'Told them we do not know.',
      user_correction: 'We only know golf.',
      feedback_type: 'incomplete',
    },
  ])
  await page.getByRole('button', { name: 'Undo' }).last().click()
  await expect(head.getByRole('status').first()).toContainText('you have it')
  await page.keyboard.press('Shift+?')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toContainText('Hand back')
  await page.context().close()
})

test('two people take over at once: one gets it, the other is told who', async () => {
  const { id } = await waiting()
  const pages = [await club().as('agent'), await club().as('reviewer')] as const
  for (const page of pages) {
    // Neither hears of the other: both believe that it is free.
    await page.routeWebSocket('**/graphql', () => {})
    await page.goto(`/inbox?ticket=${id}`)
    await expect(page.getByRole('button', { name: 'Take over' })).toBeVisible()
  }
  expectConsole(/409|400/)
  await Promise.all(pages.map((page) => page.keyboard.press('t')))
  const { rows } = await club().pool.query('select assignee from app_public.tickets where id = $1', [id])
  const won = async () => {
    const { rows } = await club().pool.query('select assignee from app_public.tickets where id = $1', [id])
    return rows[0].assignee as string | null
  }
  await expect.poll(won).not.toBeNull()
  expect(rows).toHaveLength(1)
  const winner = (await won())!
  const [got, missed] = winner.startsWith('ann') ? pages : [pages[1], pages[0]]
  const status = (page: (typeof pages)[number]) =>
    page
      .getByRole('region', { name: `Conversation ${id}` })
      .getByRole('status')
      .first()
  await expect(status(got)).toContainText('you have it')
  await expect(status(missed)).toContainText(`${winner} has it`)
  await expect(missed.getByRole('alert').filter({ hasText: `${winner} has this conversation` })).toBeVisible()
  for (const page of pages) await page.context().close()
})

test('a reply that is refused comes back into the box, with who has the conversation', async () => {
  const { id } = await waiting()
  const page = await club().as('agent')
  await page.routeWebSocket('**/graphql', () => {})
  await page.goto(`/inbox?ticket=${id}`)
  const box = page.getByRole('textbox', { name: 'Reply' })
  await box.fill('We will look into it')
  await club().pool.query(
    "update app_public.tickets set status = 'taken', assignee = 'rita@club.example', silent_until = now() + interval '30 minutes' where id = $1",
    [id],
  )
  expectConsole(/409|400/)
  await box.press('Control+Enter')
  await expect(page.getByRole('alert').filter({ hasText: 'rita@club.example' })).toContainText(
    'Your text is kept.',
  )
  await expect(box).toHaveValue('We will look into it')
  await page.reload()
  await expect(box, 'kept over a reload').toHaveValue('We will look into it')
  await page.context().close()
})

test('the assistant drafts, the draft is accepted by key, changed and sent with its sources', async () => {
  const asker = await customer(club())
  await asker.ask(answerable)
  const page = await club().as('agent')
  await page.goto(`/inbox?tab=open&ticket=${asker.id}`)
  await expect(page.getByRole('log').getByRole('article', { name: 'Assistant' })).toBeVisible()
  await page.keyboard.press('d')
  const panel = page.getByRole('region', { name: 'The assistant’s draft' })
  await expect(panel.getByRole('complementary', { name: 'Sources' }).getByRole('link').first()).toBeVisible()
  await page.keyboard.press('Alt+Enter')
  const box = page.getByRole('textbox', { name: 'Reply' })
  await expect(box).toBeFocused()
  await expect(box).not.toHaveValue('')
  await expect(box).not.toHaveValue(/\[1\]/)
  await page.keyboard.press('End')
  await box.pressSequentially(' Call us if it stays black.')
  await page.keyboard.press('Control+Enter')
  const sent = page.getByRole('log').getByRole('article', { name: 'You' })
  await expect(sent).toContainText('Call us if it stays black.')
  await expect(sent).toContainText('from the assistant’s draft')
  await expect(sent.getByRole('complementary', { name: 'Sources' }).getByRole('link').first()).toBeVisible()
  await page.context().close()
})

test('the search of an answer is done again, beside the answer', async () => {
  const asker = await customer(club())
  await asker.ask(answerable)
  const page = await club().as('agent')
  await page.goto(`/inbox?tab=open&ticket=${asker.id}`)
  const answer = page.getByRole('log').getByRole('article', { name: 'Assistant' })
  await answer.getByRole('button', { name: 'Search again' }).click()
  await answer.getByRole('button', { name: 'As it was asked' }).click()
  await expect(answer.getByRole('status')).toContainText(/^The same (source|\d+ sources)/)
  await expect(answer.getByRole('table', { name: 'Would it be found again?' })).toBeVisible()
  await answer.getByRole('button', { name: 'Hide the search' }).click()
  await expect(answer.getByRole('table')).toHaveCount(0)
  await page.context().close()
})

test('a draft that the assistant has no answer for says why', async () => {
  const { id } = await waiting()
  const page = await club().as('agent')
  await page.goto(`/inbox?ticket=${id}`)
  await page.getByRole('button', { name: 'Draft with the assistant' }).click()
  await expect(page.getByText('The assistant has no answer.')).toBeVisible()
  await page.getByRole('button', { name: 'Discard' }).click()
  await expect(page.getByText('The assistant has no answer.')).toBeHidden()
  await page.context().close()
})

test('an answer is rated and corrected in place, and feeds the analysis', async () => {
  const asker = await customer(club())
  const { id: response } = await asker.ask(answerable)
  const page = await club().as('reviewer')
  await page.goto(`/inbox?tab=open&ticket=${asker.id}`)
  const answer = page.getByRole('article', { name: 'Assistant' })
  await answer.getByRole('button', { name: 'Helpful', exact: true }).click()
  await expect(answer.getByRole('button', { name: 'Helpful', exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  )
  await page.locator('body').press('c')
  const form = page.getByRole('form', { name: 'Correct this answer' })
  await expect(form.getByRole('textbox', { name: 'What should have been said?' })).toBeFocused()
  await page.keyboard.type('Press the green button first.')
  await form.getByRole('combobox', { name: 'Which SOP or knowledge is right?' }).fill('projector')
  await page.getByRole('option', { name: /^SOP/ }).first().click()
  await form.getByText('Incomplete').click()
  await form.getByRole('button', { name: 'Save the correction' }).click()
  await expect(answer).toContainText('Feeds the next analysis')
  await expect(answer).toContainText('Press the green button first.')
  await expect(answer.getByRole('button', { name: 'Correct' })).toBeFocused()
  const filed = async () =>
    (
      await club().pool.query(
        'select feedback_type, user_correction, expected_sop_id is not null as sop from app_public.failed_responses where response_id = $1 and withdrawn_at is null',
        [response],
      )
    ).rows
  expect(await filed()).toEqual([
    {
      feedback_type: 'incomplete',
      user_correction: 'Press the green button first.',
      sop: true,
    },
  ])
  await answer.getByRole('button', { name: 'Helpful', exact: true }).click()
  await expect(answer).not.toContainText('Feeds the next analysis')
  await expect.poll(filed).toEqual([])
  await page.context().close()
})

test('an answer that a person should have given is corrected so', async () => {
  const asker = await customer(club())
  const { id: response } = await asker.ask(answerable)
  const page = await club().as('agent')
  await page.goto(`/inbox?tab=open&ticket=${asker.id}`)
  await page.getByRole('button', { name: 'Correct', exact: true }).click()
  const form = page.getByRole('form', { name: 'Correct this answer' })
  await form.getByRole('combobox', { name: 'Which SOP or knowledge is right?' }).click()
  await page.getByRole('option', { name: 'A person should have answered' }).click()
  await form.getByRole('button', { name: 'Save the correction' }).click()
  await expect(page.getByRole('article', { name: 'Assistant' })).toContainText(
    'Right would have been: a person',
  )
  expect(
    (
      await club().pool.query(
        'select expected_sop_id, expected_category, expected_topic from app_public.failed_responses where response_id = $1',
        [response],
      )
    ).rows,
  ).toEqual([{ expected_sop_id: null, expected_category: 'hand_over', expected_topic: null }])
  await page.context().close()
})

test('a correction that is refused says why and is kept', async () => {
  const asker = await customer(club())
  const { id: response } = await asker.ask(answerable)
  const page = await club().as('agent')
  await page.goto(`/inbox?tab=open&ticket=${asker.id}`)
  await page.getByRole('button', { name: 'Correct', exact: true }).click()
  await page.getByRole('textbox', { name: 'What should have been said?' }).fill('Something else')
  await club().pool.query('update app_public.responses set erased_at = now() where id = $1', [response])
  expectConsole(/409|400/)
  await page.getByRole('textbox', { name: 'What should have been said?' }).press('Control+Enter')
  await expect(page.getByRole('form').getByRole('alert')).toContainText('erased')
  await expect(page.getByRole('textbox', { name: 'What should have been said?' })).toHaveValue(
    'Something else',
  )
  await page.context().close()
})

test('new messages come by themselves; who reads further up stays there and is told', async () => {
  const asker = await customer(club())
  await asker.ask(answerable)
  await club().pool.query(
    `insert into app_public.messages (ticket_id, author_kind, body)
     select $1, 'customer', 'line ' || n || repeat(E'\n\nmore', 5) from generate_series(1, 70) n`,
    [asker.id],
  )
  const page = await club().as('agent')
  await page.goto(`/inbox?tab=open&ticket=${asker.id}`)
  const log = page.getByRole('log')
  await expect(log).toContainText('line 70')
  const place = () => log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)
  await expect.poll(place).toBeLessThan(60)
  await page.getByRole('textbox', { name: 'Reply' }).fill('half a sent')

  await asker.ask('and the lights are out, too')
  await expect(log).toContainText('and the lights are out, too')
  await expect.poll(place, 'at the end it stays at the end').toBeLessThan(60)

  const read = log.getByRole('article').filter({ hasText: 'line 40' })
  await read.evaluate((message) => message.scrollIntoView())
  await expect(read).toBeInViewport()
  const top = async () => Math.round((await read.boundingBox())!.y)
  const before = await top()
  await asker.ask('hello? is anybody there')
  await expect(page.getByRole('button', { name: /\d new message/ })).toBeVisible()
  expect(Math.abs((await top()) - before), 'what is read stays where it is').toBeLessThan(3)
  await expect(page.getByRole('textbox', { name: 'Reply' })).toHaveValue('half a sent')
  await page.getByRole('button', { name: /\d new message/ }).click()
  await expect.poll(place).toBeLessThan(60)
  await expect(page.getByRole('button', { name: /\d new message/ })).toBeHidden()

  await log.evaluate((box) => box.scrollTo(0, 0))
  await page.getByRole('button', { name: 'Show earlier messages' }).click()
  await expect(log).toContainText('line 1')
  await expect(page.getByRole('button', { name: 'Show earlier messages' })).toBeHidden()
  expect(await log.evaluate((box) => box.scrollTop), 'what was read stays in view').toBeGreaterThan(500)
  await page.context().close()
})

test('a new conversation that waits appears in the list by itself', async () => {
  const page = await club().as('agent')
  await page.goto('/inbox')
  await expect(page.getByRole('listbox')).toBeVisible()
  await waiting('Would you recommend a restaurant with live jazz in Lisbon?')
  await expect(page.getByRole('option').filter({ hasText: 'live jazz' })).toBeVisible()
  await page.context().close()
})

test('tabs, conversation and back and forward live in the address', async () => {
  const { id } = await waiting()
  const page = await club().as('agent')
  await page.goto('/inbox')
  await page.getByRole('tab', { name: 'Resolved' }).click()
  await expect(page).toHaveURL(/tab=resolved/)
  await page.getByRole('option').first().click()
  await expect(page).toHaveURL(/tab=resolved&ticket=\d+/)
  await expect(page.getByRole('button', { name: 'Take over again' })).toBeVisible()
  await page.goBack()
  await expect(page.getByText('Choose a conversation')).toBeVisible()
  await page.goBack()
  await expect(page.getByRole('tab', { name: 'Waiting' })).toHaveAttribute('aria-selected', 'true')
  await page.goForward()
  await expect(page.getByRole('tab', { name: 'Resolved' })).toHaveAttribute('aria-selected', 'true')
  await page.goto(`/inbox?tab=nonsense&ticket=${id}`)
  await expect(page.getByRole('tab', { name: 'Waiting' })).toHaveAttribute('aria-selected', 'true')
  await expect(page.getByRole('region', { name: `Conversation ${id}` })).toContainText(outOfScope)
  await page.goto('/inbox?ticket=999999')
  await expect(page.getByText('There is no conversation 999999.')).toBeVisible()
  await page.context().close()
})

test('mine are those that I have', async () => {
  const { id } = await waiting()
  const page = await club().as('agent', 'Mia')
  await page.goto(`/inbox?tab=mine&ticket=${id}`)
  await expect(page.getByText('You have no conversation')).toBeVisible()
  await page.getByRole('button', { name: 'Take over' }).click()
  await expect(page.getByRole('option')).toHaveCount(1)
  await expect(page.getByRole('option')).toHaveAttribute('aria-selected', 'true')
  await page.context().close()
})

test('an auditor reads everything and is offered nothing', async () => {
  const { id } = await waiting()
  const page = await club().as('auditor')
  await page.goto(`/inbox?ticket=${id}`)
  await expect(page.getByRole('log')).toContainText(outOfScope)
  for (const name of ['Take over', 'Resolve', 'Send', 'Helpful', 'Correct', 'Draft with the assistant'])
    await expect(page.getByRole('button', { name, exact: true })).toHaveCount(0)
  await page.keyboard.press('t')
  await expect(
    page
      .getByRole('region', { name: `Conversation ${id}` })
      .getByRole('status')
      .first(),
  ).toContainText('waiting')
  await page.context().close()
})

test('on a phone the list gives way to the conversation, and the focus goes along', async () => {
  await waiting()
  const page = await club().as('agent', 'Ann', { viewport: { width: 390, height: 844 } })
  await page.goto('/inbox')
  await page.getByRole('option').first().click()
  await expect(page.getByRole('listbox')).toBeHidden()
  await expect(page.getByRole('button', { name: 'Back to the list' })).toBeFocused()
  await page.getByRole('button', { name: 'Show the details' }).click()
  await expect(page.getByRole('region', { name: 'Details' })).toBeVisible()
  await page.getByRole('button', { name: 'Back to the list' }).click()
  await expect(page.getByRole('listbox')).toBeFocused()
  await expect(page.getByRole('log')).toBeHidden()
  await page.context().close()
})

test('the inbox is accessible in both themes, on a phone and a desk', async () => {
  test.setTimeout(180_000)
  const asker = await waiting(emergency)
  await asker.ask(answerable)
  const page = await club().as('agent')
  await page.goto('/inbox')
  await expect(page.getByRole('option').first()).toBeVisible()
  await expectGoodLooks(page)
  await page.goto(`/inbox?ticket=${asker.id}`)
  await page.getByRole('log').waitFor()
  await page.keyboard.press('d')
  await expect(
    page.getByRole('region', { name: 'The assistant’s draft' }).getByRole('button').first(),
  ).toBeVisible()
  await page.keyboard.press('c')
  await expect(page.getByRole('form')).toBeVisible()
  await expectGoodLooks(page)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Resolve' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await expectGoodLooks(page)
  await page.context().close()
})
