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
const variant = (page: Page, label = 'B') => page.getByRole('textbox', { name: `Text of variant ${label}` })
const share = (page: Page, label: string) =>
  page
    .getByRole('group', { name: 'Visitors who get which wording' })
    .getByRole('textbox', { name: `Variant ${label}` })
const tab = (page: Page, label: string) => page.getByRole('tab', { name: `Variant ${label}` })
/** At the end of its text. */
const append = async (page: Page, label: string, text: string) => {
  await variant(page, label).click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(text)
}

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

const start = async (section: string, name: string, variants = ['Ask us if it does not help.']) => {
  const sop = await sopOf(section)
  return withClaims(club().pool, { role: 'reviewer', actor: 'Nora' }, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      `select id from app_public.start_experiment($1, $2, $3, 'Visitors miss the step', 50)`,
      [sop.id, variants.map((text) => `${sop.content}\n\n${text}\n`), name],
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
  await expect(variant(page)).toBeFocused()
  await append(page, 'B', '\nAsk us if it does not help.')
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
  await share(page, 'B').fill('25')
  await expect(page.getByText('the SOP as it is (A) keeps the rest, 75%')).toBeVisible()
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

test('up to four variants are written, compared with the control, and get their shares', async () => {
  const [, , , , fifth] = await sections()
  const sop = await sopOf(fifth!.section)
  // Raters of the last weeks, for the estimate.
  await club().pool.query(
    `with given as (
       insert into app_public.responses (question, question_hash, text, outcome, model, visitor_id, feedback, feedback_by, feedback_at, created_at)
       select 'q', '\\x00', 't', 'answered', 'local-extractive', gen_random_uuid(), 'helpful', 'visitor', now(), now() - interval '2 days' from generate_series(1, 560)
       returning id)
     insert into app_public.response_sources (response_id, rank, kind, sop_id, sop_version_id, category, topic, snippet, score, cited)
     select g.id, 1, 'sop', $1, (select v.id from app_public.sop_versions v where v.sop_id = $1 order by v.version desc limit 1), 'c', 't', 's', 1, true from given g`,
    [sop.id],
  )
  const page = await club().as('reviewer')
  await page.goto(`/experiments?mode=new&sop=${sop.id}`)
  await append(page, 'B', '\nCall us.')
  await expect(page.getByRole('status').filter({ hasText: 'ratings in all' })).toContainText(
    /2 arms need some 200 ratings in all.*takes about 1\d days/,
  )

  // By keyboard: another variant, which says what the first one says, and is changed then.
  await tab(page, 'B').focus()
  await page.keyboard.press('a')
  await expect(variant(page, 'C')).toBeFocused()
  await expect(page.getByText('it still says what the SOP says')).toBeVisible()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('\nCall us.')
  await expect(page.getByRole('alert')).toHaveText('C says the same as B: change or remove one of them.')
  await expect(variant(page, 'C')).toHaveAttribute('aria-invalid', 'true')
  await expect(variant(page, 'C')).toHaveAccessibleDescription(/^C says the same as B/)
  await page.keyboard.type(' Or write.')
  await expect(page.getByRole('alert')).toHaveCount(0)
  await expect(page.getByRole('region', { name: 'What changes' })).toContainText('Call us. Or write.')
  await expect(page.getByRole('status').filter({ hasText: 'ratings in all' })).toContainText(
    /3 arms need some 300 ratings in all/,
  )
  await expect(page.getByText('33.3% of the visitors get the SOP as it is (A)')).toBeVisible()

  for (let more = 0; more < 2; more++) await page.getByRole('button', { name: 'Add a variant' }).click()
  await append(page, 'E', '\nCome by.')
  await expect(page.getByRole('button', { name: 'Add a variant' })).toHaveCount(0)
  await expect(share(page, 'E')).toHaveValue('20 %')

  // Shares of one's own.
  await share(page, 'B').fill('60')
  await share(page, 'C').fill('40')
  await expect(page.getByRole('alert')).toContainText('The variants have 140% together')
  await expect(page.getByRole('status').filter({ hasText: 'ratings in all' })).toHaveCount(0)
  await share(page, 'C').fill('0')
  await expect(share(page, 'C')).toHaveAccessibleDescription('Nobody would get it.')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Four ways')
  await page.getByRole('textbox', { name: 'Why?' }).fill('To see which')
  await page.keyboard.press('Control+Enter')
  // The first that is wrong: D, which was not written, in its own tab.
  await expect(variant(page, 'D')).toBeFocused()
  await expect(page.getByRole('tab', { name: 'Variant D: needs a look' })).toHaveAttribute(
    'aria-selected',
    'true',
  )
  await expect(page.getByRole('alert').filter({ hasText: 'Change the text' })).toBeVisible()
  await page.keyboard.press('Control+A')
  await page.keyboard.press('Delete')
  await expect(page.getByRole('alert').filter({ hasText: 'A variant needs a text.' })).toBeVisible()
  await expectGoodLooks(page)
  await page.setViewportSize({ width: 1440, height: 900 })

  // Removed, taken back, removed; what is left keeps its text under the next letter.
  await page.getByRole('button', { name: 'Remove variant D' }).click()
  await expect(tab(page, 'D')).toBeFocused()
  await expect(variant(page, 'D')).toContainText('Come by.')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(tab(page, 'E')).toBeVisible()
  await expect(variant(page, 'D')).not.toContainText('Come by.')
  await page.getByRole('button', { name: 'Remove variant D' }).click()
  await expect(page.getByRole('tab')).toHaveCount(3)

  // A reload loses nothing of it.
  await share(page, 'C').fill('12.5')
  await share(page, 'D').fill('12.5')
  await share(page, 'B').fill('25')
  await page.reload()
  await expect(page.getByRole('tab')).toHaveCount(3)
  await expect(share(page, 'C')).toHaveValue('12.5 %')
  await expect(
    page.getByText('The 3 variants have 50% together; the SOP as it is (A) keeps the rest, 50%.'),
  ).toBeVisible()
  await tab(page, 'B').focus()
  await page.keyboard.press('ArrowRight')
  await expect(variant(page, 'C')).toContainText('Call us. Or write.')
  await page.getByRole('button', { name: 'Start' }).click()
  await expect(article(page).getByRole('alert')).toHaveCount(1)
  await expect(article(page).getByRole('alert')).toContainText('Nothing to compare yet')
  const { rows } = await club().pool.query<{ label: string; weight: number; added: string }>(
    `select a.label, a.weight, replace(a.content, s.content, '') as added from app_public.experiment_arms a join app_public.experiments e on e.id = a.experiment_id
       join app_public.sops s on s.id = e.sop_id where e.name = 'Four ways' order by a.label`,
  )
  expect(rows.map(({ label, weight, added }) => [label, weight, added.trim()])).toEqual([
    ['A', 4, ''],
    ['B', 2, 'Call us.'],
    ['C', 1, 'Call us. Or write.'],
    ['D', 1, 'Come by.'],
  ])
  await page.context().close()
})

test('of several variants each has its verdict and interval, what is certain first', async () => {
  const [, , , , , sixth] = await sections()
  const id = await start(sixth!.section, 'Three ways', ['Ask us.', 'Call us.', 'Come by.'])
  await rate(id, 'A', 60, 40)
  await rate(id, 'B', 62, 38)
  await rate(id, 'C', 95, 5)
  await rate(id, 'D', 20, 80)
  const page = await club().as('reviewer')
  await page.goto(`/experiments?experiment=${id}`)
  await expect(article(page).getByRole('alert')).toHaveText([
    /^D helps less/,
    /^C helps more/,
    /^B: no difference is certain/,
  ])
  const chart = page.getByRole('figure', { name: 'Share of helpful answers' })
  await expect(chart.getByRole('listitem')).toHaveText([
    /^A, as it is60%/,
    /^B, a variant62%/,
    /^C, a variant95%/,
    /^D, a variant20%/,
  ])
  await expect(page.getByText('Two variants are not tested against each other')).toBeVisible()
  await page.getByRole('radiogroup', { name: 'Variant' }).getByText('C', { exact: true }).click()
  await expect(page.getByRole('region', { name: 'What changes' })).toContainText('Call us.')
  await page.getByRole('button', { name: 'Conclude' }).click()
  await expect(page.getByRole('menuitem')).toHaveCount(4)
  await page.keyboard.press('Escape')
  await expectGoodLooks(page)
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
  const [, , , , , , seventh] = await sections()
  await german.goto(`/experiments?mode=new&sop=${(await sopOf(seventh!.section)).id}`)
  await german.getByRole('button', { name: 'Variante hinzufügen' }).click()
  const group = german.getByRole('group', { name: 'Wie viele Besucher welche Fassung bekommen' })
  await expect(group.getByRole('textbox', { name: 'Variante C' })).toHaveValue('33,3 %')
  await group.getByRole('textbox', { name: 'Variante C' }).fill('12,5')
  await expect(german.getByText('behält den Rest, 54,2')).toBeVisible()
  await german.context().close()
})
