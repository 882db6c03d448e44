import type { Page } from '@playwright/test'
import { answerable, emergency, outOfScope } from './customers.ts'
import { expect, expectConsole, expectGoodLooks, test, useClub } from './support.ts'

const club = useClub()

const box = (page: Page) => page.getByRole('textbox', { name: 'Your question' })
async function ask(page: Page, question: string) {
  await box(page).fill(question)
  await box(page).press('Enter')
}
const assistant = (page: Page) => page.getByRole('article', { name: 'Assistant' })

test('a visitor is led to the chat, chooses a place, asks, and gets an answer with its source', async () => {
  const page = await club().visitor()
  await page.goto('/')
  await expect(page).toHaveURL(/\/chat$/)
  await page
    .getByRole('combobox', { name: 'Which location is it about?' })
    .selectOption('Lanternside Harbour')
  await ask(page, answerable)
  await expect(assistant(page)).toContainText(/projector/i)
  await expect(assistant(page)).toContainText(/From: \w+/)
  await expect(page.getByText('About Lanternside Harbour')).toBeVisible()
  await expect(box(page)).toHaveValue('')
  await page.reload()
  await expect(assistant(page), 'kept over a reload').toContainText(/projector/i)
  const { rows } = await club().pool.query(
    'select s.slug from app_public.tickets t join app_public.sites s on s.id = t.site_id order by t.id desc limit 1',
  )
  expect(rows[0].slug).toBe('harbour')
  await page.getByRole('button', { name: 'New conversation' }).click()
  await expect(assistant(page)).toHaveCount(0)
  await expect(page.getByRole('combobox')).toBeVisible()
  await page.context().close()
})

test('an answer is rated; what was wrong is told by keyboard alone', async () => {
  const page = await club().visitor()
  await page.goto('/chat')
  await box(page).focus()
  await page.keyboard.type(answerable)
  await page.keyboard.press('Enter')
  const answer = assistant(page)
  await answer.getByRole('button', { name: 'Yes, it helped' }).press('Enter')
  await expect(answer).toContainText('Thank you.')
  await answer.getByRole('button', { name: 'No', exact: true }).press('Enter')
  await expect(answer.getByRole('radio', { name: 'It did not help' })).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(answer.getByRole('radio', { name: 'It is wrong' })).toBeChecked()
  await page.keyboard.press('Tab')
  await page.keyboard.type('The green button, not the red one')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(answer).toContainText('our team looks at it')
  await expect(answer.getByRole('button', { name: 'No', exact: true })).toBeFocused()
  const { rows } = await club().pool.query(
    'select feedback_type, user_correction from app_public.failed_responses order by id desc limit 1',
  )
  expect(rows).toEqual([{ feedback_type: 'wrong', user_correction: 'The green button, not the red one' }])
  await page.context().close()
})

test('an emergency stands out, and a person is on the way', async () => {
  const page = await club().visitor()
  await page.goto('/chat')
  await ask(page, emergency)
  await expect(assistant(page).getByRole('alert')).toContainText('Important')
  await expect(page.getByText('A person will answer here.')).toBeVisible()
  await page.context().close()
})

test('customer and agent in one conversation: handed over, answered by a person, back to the assistant', async () => {
  const [visitor, agent] = [await club().visitor(), await club().as('agent')]
  await visitor.goto('/chat')
  await ask(visitor, outOfScope)
  await expect(visitor.getByText('A person will answer here.')).toBeVisible()

  await agent.goto('/inbox')
  await agent.getByRole('option').filter({ hasText: outOfScope }).first().click()
  await agent.getByRole('textbox', { name: 'Reply' }).fill('Lisbon won, 2 to 1. **Enjoy!**')
  await agent.keyboard.press('Control+Enter')
  await expect(agent.getByRole('article', { name: 'You' })).toBeVisible()

  const staff = visitor.getByRole('article', { name: 'Our team' })
  await expect(staff).toContainText('Lisbon won, 2 to 1. Enjoy!')
  await expect(visitor.getByText('A person from our team is with you.')).toBeVisible()
  await expect(visitor.locator('body'), 'nothing internal').not.toContainText('ann@club.example')

  const before = await assistant(visitor).count()
  await ask(visitor, answerable)
  await expect(agent.getByRole('log')).toContainText(answerable)
  await expect(visitor.getByText('Being sent …')).toBeHidden()
  await expect(visitor.getByRole('article', { name: 'You' })).toHaveCount(2)
  expect(await assistant(visitor).count(), 'the assistant is silent').toBe(before)

  await agent.getByRole('button', { name: 'Hand back' }).click()
  await expect(
    agent
      .getByRole('region', { name: /^Conversation/ })
      .getByRole('status')
      .first(),
  ).toContainText('with the assistant')
  await ask(visitor, 'is there parking?')
  await expect(assistant(visitor)).toHaveCount(before + 1)
  await expect(agent.getByRole('log')).toContainText('is there parking?')
  for (const page of [visitor, agent]) await page.context().close()
})

test('too many questions are refused kindly, with when to ask again, and the text is kept', async () => {
  const page = await club().visitor()
  await page.goto('/chat')
  // The browser says on its console that a request was refused.
  expectConsole(/429|Failed to load resource/)
  await page.route('**/chat', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({
          status: 429,
          json: {
            errors: [
              {
                message: 'Too many at once. Try again in 2 seconds.',
                extensions: { code: 'CO429', hint: 'Wait, and send less often.', retryAfter: 2 },
              },
            ],
          },
        })
      : route.fallback(),
  )
  await ask(page, answerable)
  await expect(page.getByRole('alert')).toContainText(/You can ask again in \d second/)
  await expect(box(page)).toHaveValue(answerable)
  await expect(page.getByRole('button', { name: /^(Ask|Send)$/ })).toBeDisabled()
  await page.unroute('**/chat')
  await expect(page.getByRole('button', { name: /^(Ask|Send)$/ })).toBeEnabled()
  await box(page).press('Enter')
  await expect(assistant(page)).toContainText(/projector/i)
  await page.context().close()
})

test('an answer is shown that is there before the conversation was first read', async () => {
  const page = await club().visitor()
  const answers = async () =>
    (await club().pool.query('select count(*)::integer as n from app_public.responses')).rows[0].n as number
  const before = await answers()
  let first = true
  await page.route('**/graphql', async (route) => {
    if (!first || !route.request().postData()?.includes('ChatConversation')) return route.fallback()
    first = false
    // Of before the answer, and slower than it.
    const response = await route.fetch()
    await expect.poll(answers).toBeGreaterThan(before)
    await new Promise((resolve) => setTimeout(resolve, 500))
    await route.fulfill({ response })
  })
  await page.goto('/chat')
  await ask(page, answerable)
  await expect(assistant(page)).toContainText(/projector/i)
  expect(first).toBe(false)
  await page.context().close()
})

test('without a connection the text is kept', async () => {
  const page = await club().visitor()
  await page.goto('/chat')
  await expect(page.getByRole('combobox')).toBeVisible()
  expectConsole(/ERR_INTERNET_DISCONNECTED|Failed to load resource/)
  await page.context().setOffline(true)
  await ask(page, answerable)
  await expect(page.getByRole('alert')).toContainText('We cannot be reached')
  await expect(box(page)).toHaveValue(answerable)
  await page.context().setOffline(false)
  await box(page).press('Enter')
  await expect(assistant(page)).toContainText(/projector/i)
  await page.context().close()
})

test('another visitor does not see the conversation, even with its number', async () => {
  const first = await club().visitor()
  await first.goto('/chat')
  await ask(first, answerable)
  await expect(assistant(first)).toBeVisible()
  const conversation = await first.evaluate(() => sessionStorage.getItem('clubos.chat'))
  const other = await club().visitor()
  await other.goto('/chat')
  await other.evaluate((id) => sessionStorage.setItem('clubos.chat', id!), conversation)
  await other.reload()
  await expect(other.getByRole('combobox')).toBeVisible()
  await expect(assistant(other)).toHaveCount(0)
  for (const page of [first, other]) await page.context().close()
})

test('the chat speaks German', async () => {
  const page = await club().visitor({ locale: 'de-DE' })
  await page.goto('/chat')
  await expect(page.getByRole('heading', { level: 1, name: 'Wie können wir helfen?' })).toBeVisible()
  await page.getByRole('button', { name: 'In English' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'How can we help?' })).toBeVisible()
  await page.context().close()
})

test('the chat is accessible in both themes, on a phone and a desk', async () => {
  test.setTimeout(180_000)
  const page = await club().visitor()
  await page.goto('/chat')
  await expect(page.getByRole('combobox')).toBeVisible()
  await expectGoodLooks(page)
  await ask(page, answerable)
  await assistant(page).getByRole('button', { name: 'No', exact: true }).click()
  await expect(page.getByRole('radio')).toHaveCount(3)
  await ask(page, emergency)
  await expect(page.getByText('A person will answer here.')).toBeVisible()
  await expectGoodLooks(page)
  await page.context().close()
})
