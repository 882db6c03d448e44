import type { Page } from '@playwright/test'
import { withClaims } from '../../core/database/index.ts'
import {
  expect,
  expectAccessible,
  expectGoodLooks,
  expectNoSidewaysScroll,
  test,
  useClub,
} from './support.ts'

const club = useClub()
const article = (page: Page) => page.getByRole('article')
const variant = (page: Page) => page.getByRole('textbox', { name: 'The variant' })

/** An SOP of the demo club that answers are given from. */
const sopOf = async (section: string) => {
  const { rows } = await club().pool.query<{ id: number; content: string; version: number; name: string }>(
    `select id, content, version, section as name from app_public.sops where section = $1`,
    [section],
  )
  return rows[0]!
}
const sections = async () => {
  const { rows } = await club().pool.query<{ section: string; category: string }>(
    `select section, category from app_public.sops where archived_at is null and category <> 'emergency' order by id`,
  )
  return rows
}
const readable = (name: string) => {
  const words = name.replaceAll('_', ' ')
  return words[0]!.toUpperCase() + words.slice(1)
}

const start = async (section: string, name: string) => {
  const sop = await sopOf(section)
  return withClaims(club().pool, { role: 'reviewer', actor: 'Nora' }, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      `select id from app_public.start_experiment($1, $2, $3, 'Visitors miss the step', 50)`,
      [sop.id, [`${sop.content}\n\nAsk us if it does not help.\n`], name],
    )
    return rows[0]!.id
  })
}
/** Ratings of an arm, as answers would have them. */
const rate = (id: number, label: string, helpful: number, unhelpful: number) =>
  club().pool.query(
    `insert into app_public.responses (question, question_hash, text, outcome, model, experiment_arm_id, experiment_subject, feedback, feedback_by, feedback_at)
     select 'q', '\\x00', 't', 'answered', 'local-extractive', a.id, sha256(convert_to(a.id || '-' || n, 'UTF8')),
            case when n % ($3::integer + $4::integer) < $3::integer then 'helpful' else 'unhelpful' end, 'visitor', now() + make_interval(secs => n)
       from app_public.experiment_arms a, generate_series(0, $3::integer + $4::integer - 1) n where a.experiment_id = $1 and a.label = $2`,
    [id, label, helpful, unhelpful],
  )
const statusOf = async (id: number) => {
  const { rows } = await club().pool.query<{
    status: string
    status_reason: string
    status_by: string
    winner: string | null
  }>('select status, status_reason, status_by, winner from app_public.experiments where id = $1', [id])
  return rows[0]!
}
const why = async (page: Page, reason: string, action: string) => {
  await page.getByLabel('Why?').fill(reason)
  await page.getByRole('dialog').getByRole('button', { name: action }).click()
}

test('a club without experiments says what they are for', async () => {
  const page = await club().as('agent')
  await page.goto('/experiments')
  await expect(page.getByText('There are no experiments yet')).toBeVisible()
  await expect(page.getByRole('button', { name: 'New experiment' })).toHaveCount(0)
  await page.goto('/experiments?mode=new')
  await expect(page.getByRole('combobox', { name: 'SOP' })).toHaveCount(0)
  await page.goto('/experiments?experiment=999')
  await expect(page.getByText('There is no such experiment')).toBeVisible()
  await page.context().close()
})

test('from the page of an SOP: another wording is written, started, and can be left and found again', async () => {
  const [first] = await sections()
  const sop = await sopOf(first!.section)
  const page = await club().as('reviewer')
  await page.goto(`/sops/${sop.id}`)
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Try another wording' }).click()
  await expect(page.getByRole('combobox', { name: 'SOP' })).toHaveValue(
    `${readable(first!.category)} / ${readable(first!.section)}`,
  )
  await page.getByRole('button', { name: 'Start' }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'Change the text' })).toBeVisible()
  await variant(page).click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('\nAsk us if it does not help.')
  await expect(page.getByRole('region', { name: 'What changes' })).toContainText(
    'Ask us if it does not help.',
  )
  await expect(page.getByText(/raters a day|Nobody has rated/)).toBeVisible()
  // A reload loses nothing.
  await page.getByRole('textbox', { name: 'Name' }).fill('A way out')
  await page.reload()
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('A way out')
  await expectAccessible(page)
  await page.getByRole('textbox', { name: 'Why?' }).fill('Visitors give up')
  await page.getByText('25%').click()
  await page.getByRole('button', { name: 'Start' }).click()
  await expect(article(page).getByRole('heading', { name: 'A way out' })).toBeVisible()
  await expect(article(page)).toContainText('nothing to compare yet')
  const { rows } = await club().pool.query(
    `select e.status, e.started_by, e.minimum_sample, array_agg(a.weight order by a.label) as weights, max(a.content) filter (where a.label = 'B') as text
       from app_public.experiments e join app_public.experiment_arms a on a.experiment_id = e.id where e.name = 'A way out' group by e.id`,
  )
  expect(rows).toEqual([expect.objectContaining({ status: 'running', minimum_sample: 100, weights: [3, 1] })])
  expect(rows[0].text).toContain('Ask us if it does not help.')
  // The SOP's page says so, and the form refuses a second one.
  await page.goto(`/sops/${sop.id}`)
  await page.getByRole('link', { name: 'The experiment “A way out” runs' }).click()
  await expect(article(page).getByRole('heading', { name: 'A way out' })).toBeVisible()
  await page.goto(`/experiments?mode=new&sop=${sop.id}`)
  await expect(page.getByText('This SOP has an open experiment')).toBeVisible()
  await page.context().close()
})

test('figures, intervals and verdict are shown, in words too; the winner becomes the SOP', async () => {
  const [, second] = await sections()
  const id = await start(second!.section, 'Clear gain')
  await rate(id, 'A', 40, 60)
  await rate(id, 'B', 80, 20)
  const page = await club().as('reviewer')
  await page.goto('/experiments')
  await page.getByRole('region', { name: 'Experiments' }).getByRole('link', { name: 'Clear gain' }).click()
  await expect(article(page).getByRole('alert')).toContainText('B helps more')
  await expect(article(page).getByRole('alert')).toContainText('80% helpful against 40%')
  await expect(
    page.getByRole('img', { name: '80% helpful, between 71% and 87%, by 100 ratings' }),
  ).toBeVisible()
  const table = page.getByRole('table', { name: 'Figures of the arms' })
  await expect(table.getByRole('row').nth(2)).toContainText('+40 (+26.')
  await expect(page.getByRole('region', { name: 'What changes' })).toContainText(
    'Ask us if it does not help.',
  )
  await expectAccessible(page)
  for (const width of [1440, 320]) {
    await page.setViewportSize({ width, height: 900 })
    await expectNoSidewaysScroll(page)
  }
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.getByRole('button', { name: 'Conclude' }).click()
  await page.getByRole('menuitem', { name: 'Make B the SOP' }).click()
  await why(page, 'Twice as many are helped', 'Conclude with B')
  await expect(article(page)).toContainText('The experiment is over')
  expect(await statusOf(id)).toMatchObject({
    status: 'concluded',
    winner: 'B',
    status_reason: 'Twice as many are helped',
  })
  const sop = await sopOf(second!.section)
  expect(sop.content).toContain('Ask us if it does not help.')
  await article(page)
    .getByRole('link', { name: `Version ${sop.version}` })
    .click()
  await expect(
    page.getByText('Experiment "Clear gain": arm B won. Twice as many are helped').first(),
  ).toBeVisible()
  await page.context().close()
})

test('by keyboard it is paused and goes on; stopped it stays', async () => {
  const [, , third] = await sections()
  const id = await start(third!.section, 'On and off')
  const page = await club().as('reviewer')
  await page.goto(`/experiments?experiment=${id}`)
  await expect(article(page)).toBeVisible()
  await page.keyboard.press('p')
  await expect(page.getByLabel('Why?')).toBeFocused()
  await page.keyboard.type('A busy night')
  await page.keyboard.press('Control+Enter')
  await expect(article(page)).toContainText('paused')
  await expect.poll(() => statusOf(id)).toMatchObject({ status: 'paused', status_reason: 'A busy night' })
  await page.keyboard.press('p')
  await page.getByLabel('Why?').fill('Quiet again')
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => statusOf(id)).toMatchObject({ status: 'running' })
  await page.getByRole('button', { name: 'Stop' }).click()
  await why(page, 'Nobody asks about it', 'Stop')
  await expect(article(page)).toContainText('The experiment is over')
  await expect(page.getByRole('button', { name: 'Pause' })).toHaveCount(0)
  await page.keyboard.press('Escape')
  await page.getByText('Open', { exact: true }).click()
  await expect(page.getByRole('link', { name: 'On and off' })).toHaveCount(0)
  await page.context().close()
})

test('figures that are not to be trusted say so, and agents only read', async () => {
  const [, , , fourth] = await sections()
  const id = await start(fourth!.section, 'Lopsided')
  await rate(id, 'A', 150, 150)
  await rate(id, 'B', 75, 75)
  const page = await club().as('agent')
  await page.goto(`/experiments?experiment=${id}`)
  await expect(article(page).getByRole('alert')).toContainText('do not trust these figures')
  for (const name of ['Conclude', 'Pause', 'Stop'])
    await expect(page.getByRole('button', { name })).toHaveCount(0)
  await page.context().close()
})

test('reads well in German, in the dark, and on a phone', async () => {
  const { rows } = await club().pool.query<{ id: number }>(
    `select id from app_public.experiments where name = 'Lopsided'`,
  )
  const page = await club().as('reviewer')
  for (const path of ['/experiments', `/experiments?experiment=${rows[0]!.id}`, '/experiments?mode=new']) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await page.waitForLoadState('networkidle')
    await expectGoodLooks(page)
  }
  await page.context().close()
  const german = await club().as('reviewer', 'Rita', { locale: 'de-DE' })
  await german.goto(`/experiments?experiment=${rows[0]!.id}`)
  await expect(article(german).getByRole('alert')).toContainText('B: Trauen Sie diesen Zahlen nicht')
  await german.context().close()
})
