/** The health of the knowledge: checked from the page, read side by side, decided in the review queue. */
import { withClaims } from '../../core/database/index.ts'
import {
  expect,
  expectAccessible,
  expectGoodLooks,
  expectNoSidewaysScroll,
  test,
  useClub,
} from './support.ts'

const club = useClub('empty')

const elsewhere = <Row extends object>(sql: string, values: unknown[] = []) =>
  withClaims(club().pool, { role: 'reviewer', actor: 'Nora' }, (client) => client.query<Row>(sql, values))
const save = (topic: string, question: string, answer: string) =>
  elsewhere('select id from app_public.save_knowledge($1, $2, $3, $4, $5)', [
    'booking',
    topic,
    question,
    answer,
    'Needed',
  ])

const cancel = ['How long before can I cancel a booking?', 'Until when can I cancel a booking?'] as const

async function fillClub() {
  await save('cancel', cancel[0], 'You can cancel a booking until 20 minutes before the start.')
  await save('cancel', cancel[1], 'You can cancel a booking until 24 hours before the start.')
  await save('dogs', 'May I bring my dog?', 'Assistance dogs only.')
  await save('dogs', 'May I bring my dog', 'Assistance dogs only.')
}

test('a club whose knowledge is well says so, and was never checked', async () => {
  const page = await club().as('agent')
  await page.goto('/knowledge?view=health')
  await expect(page.getByText('Nothing was found')).toBeVisible()
  await expect(page.getByText('It was never checked.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Check now' })).toHaveCount(0)
  await expectAccessible(page)
})

test('a reviewer checks, reads both sides, corrects and merges', async () => {
  test.slow()
  await fillClub()
  const page = await club().as('reviewer')
  await page.goto('/knowledge?view=health')
  await page.getByRole('button', { name: 'Check now' }).click()
  await expect(page.getByText('Last checked')).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('2 new proposals')).toBeVisible()

  const contradictions = page.getByRole('region', { name: 'Contradictions' })
  const found = contradictions.getByRole('listitem')
  await expect(found).toHaveCount(1)
  await expect(found.getByRole('link', { name: cancel[0] })).toBeVisible()
  await expect(found.getByRole('link', { name: cancel[1] })).toBeVisible()
  expect((await found.locator('mark').allInnerTexts()).sort()).toEqual(['20 minutes', '24 hours'])
  await expect(found.getByText('Nothing tells which is right')).toBeVisible()
  await expect(page.getByRole('region', { name: 'The same twice' }).getByRole('listitem')).toHaveCount(1)
  await expectAccessible(page)

  // Only one kind, which the address knows.
  await page.getByRole('radiogroup', { name: 'Which findings' }).getByText('The same twice').click()
  await expect(page).toHaveURL(/finding=duplicate/)
  await expect(contradictions).toHaveCount(0)
  await page.goBack()
  await expect(contradictions).toBeVisible()

  // The choice is the reviewer's: the answer is edited, then approved.
  await found.getByRole('link', { name: 'Look at the proposal' }).click()
  await expect(page.getByRole('article').getByText('What disagrees')).toBeVisible()
  await expect(page.getByRole('article').locator('mark')).toHaveCount(2)
  await expectAccessible(page)
  await page.getByRole('button', { name: /^Edit/ }).click()
  const editor = page.getByRole('textbox', { name: 'The entry’s answer (Markdown)' })
  await editor.click()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('You can cancel a booking until 4 hours before the start.')
  await page.getByRole('button', { name: 'Approve this text' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Approved' }).last()).toBeVisible()
  await expect
    .poll(async () => {
      const { rows } = await elsewhere<{ n: number }>(
        `select count(*)::int as n from app_public.knowledge_base where answer like '%4 hours before the start.' and answer not like '%24 hours%'`,
      )
      return rows[0]!.n
    })
    .toBe(1)

  await page.goto('/review?kind=knowledge_merge')
  const article = page.getByRole('article')
  await expect(article.getByText('goes into it')).toBeVisible()
  await expect(article.getByText('kept', { exact: true })).toBeVisible()
  await expectAccessible(page)
  await page.getByRole('button', { name: /^Approve/ }).click()
  await expect(page.getByRole('status').filter({ hasText: 'Approved' }).last()).toBeVisible()
  await expect
    .poll(async () => {
      const { rows } = await elsewhere<{ n: number }>(
        `select count(*)::int as n from app_public.knowledge_base where topic = 'dogs' and valid_to <= now()`,
      )
      return rows[0]!.n
    })
    .toBe(1)
})

test('a proposal whose entry was edited meanwhile is refused, and says why', async () => {
  await save('hours', 'When do you close at night?', 'We close at 22:00.')
  await save('hours', 'When do you close at night, please?', 'We close at 23:00.')
  await withClaims(club().pool, { role: 'worker', actor: 'worker' }, (client) =>
    client.query('select app_private.check_knowledge_health()'),
  )
  const { rows } = await elsewhere<{ id: number }>(
    `select id from app_public.improvement_queue where suggested_sop_update ->> 'topic' = 'hours' and status = 'pending'`,
  )
  const page = await club().as('reviewer')
  await page.goto(`/review?id=${rows[0]!.id}`)
  await expect(page.getByRole('article').getByText('What disagrees')).toBeVisible()
  await elsewhere(
    `select app_public.edit_knowledge(k.id, k.question, 'We never close.', 'Better') from app_public.knowledge_base k where k.topic = 'hours'`,
  )
  await page.getByRole('button', { name: /^Approve/ }).click()
  await expect(
    page.getByRole('alert').filter({ hasText: 'was changed since this was proposed' }).first(),
  ).toBeVisible()
})

test('the findings look right wide and narrow, light and dark, in German too', async () => {
  const page = await club().as('agent')
  await save('prices', 'What does a bucket of balls cost?', 'A bucket of balls costs $5.')
  await save('prices', 'How much is a bucket of balls?', 'A bucket of balls costs $7.')
  await withClaims(club().pool, { role: 'worker', actor: 'worker' }, (client) =>
    client.query('select app_private.check_knowledge_health()'),
  )
  await page.goto('/knowledge?view=health')
  await expect(page.getByRole('region', { name: 'Contradictions' })).toBeVisible()
  await expectNoSidewaysScroll(page)
  await expectGoodLooks(page)
  await page.evaluate(() => localStorage.setItem('clubos.language', 'de'))
  await page.reload()
  await expect(page.getByRole('region', { name: 'Widersprüche' })).toBeVisible()
  await expectAccessible(page)
})
