import type { Page } from '@playwright/test'
import { withClaims } from '../../core/database/index.ts'
import {
  expect,
  expectAccessible,
  expectConsole,
  expectNoSidewaysScroll,
  looks,
  test,
  useClub,
} from './support.ts'

const club = useClub()
const article = (page: Page) => page.getByRole('article')
const editor = (page: Page) => page.getByRole('textbox', { name: 'Prompt' })
const tab = (page: Page, name: string) => article(page).getByRole('tab', { name })

const promptOf = async (name: string) => {
  const { rows } = await club().pool.query<{ version: number; content: string; reason: string; by: string }>(
    `select p.version, p.content, v.change_reason as reason, v.changed_by as by from app_public.prompts p
       join app_public.prompt_versions v on v.prompt_id = p.id and v.version = p.version where p.name = $1`,
    [name],
  )
  return rows[0]!
}

const saveElsewhere = (name: string, content: string, reason: string) =>
  withClaims(club().pool, { role: 'reviewer', actor: 'Nora' }, (client) =>
    client.query('select app_public.save_prompt($1, $2, $3)', [name, content, reason]),
  )

async function write(page: Page, text: string) {
  await editor(page).click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(text)
}

async function saveWith(page: Page, reason: string) {
  await page.getByRole('button', { name: 'Check and save' }).click()
  await page.getByLabel('Why?').fill(reason)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
}

test('reviewers write, auditors read, agents are not offered it', async () => {
  for (const role of ['reviewer', 'auditor'] as const) {
    const page = await club().as(role)
    await page.goto('/admin/prompts')
    const list = page.getByRole('list', { name: 'Prompts' })
    await expect(list.getByRole('link')).toHaveText([
      'Analysing failures',
      'Answering',
      'Ordering what was found',
      'Finding the category',
    ])
    await expect(page.getByText('No model is configured')).toBeVisible()
    await list.getByRole('link', { name: 'Answering' }).click()
    await expect(article(page).getByRole('heading', { name: 'Answering' })).toBeVisible()
    await expect(article(page)).toContainText((await promptOf('answer')).content.slice(0, 60))
    const offered = role === 'reviewer' ? 1 : 0
    await expect(page.getByRole('button', { name: 'Edit' })).toHaveCount(offered)
    await expect(tab(page, 'Try it')).toHaveCount(offered)
    await page.goto('/admin/prompts/answer?tab=edit')
    await expect(article(page)).toBeVisible()
    await expect(editor(page)).toHaveCount(offered)
    await page.context().close()
  }
  const page = await club().as('agent')
  await page.goto('/admin/prompts')
  await expect(page.getByText('This page is not for your role.')).toBeVisible()
  await expect(
    page.getByRole('navigation', { name: /sections/i }).getByRole('link', { name: 'Prompts' }),
  ).toHaveCount(0)
})

test('by keyboard: writes, checks the difference, says why, saves, and takes it back', async () => {
  const page = await club().as('reviewer')
  const before = await promptOf('answer')
  await page.goto('/admin/prompts/answer')
  await expect(article(page)).toBeVisible()
  await page.keyboard.press('e')
  await expect(editor(page)).toBeFocused()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('\nSay please.')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('region', { name: 'What changes' })).toContainText('- Say please.')
  await expect(page.getByLabel('Why?')).toBeFocused()
  await page.keyboard.type('Guests like it')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText(`Saved as version ${before.version + 1}`)).toBeVisible()
  expect(await promptOf('answer')).toMatchObject({
    version: before.version + 1,
    content: `${before.content}\n- Say please.`,
    reason: 'Guests like it',
    by: 'rita@club.example',
  })
  await page.keyboard.press('u')
  await expect(page.getByText(`the text before is now version ${before.version + 2}`)).toBeVisible()
  expect((await promptOf('answer')).content).toBe(before.content)
})

test('what one writes is kept over a reload, and asked about before it is left', async () => {
  const page = await club().as('reviewer')
  await page.goto('/admin/prompts/route?tab=edit')
  await write(page, '\nBe sure.')
  await page.reload({ waitUntil: 'load' }).catch(() => {})
  await expect(editor(page)).toContainText('Be sure.')
  await page.getByRole('link', { name: 'All prompts' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Discard it' }).click()
  await expect(page).toHaveURL(/\/admin\/prompts$/)
  await page.goto('/admin/prompts/route?tab=edit')
  await expect(editor(page)).not.toContainText('Be sure.')
})

test('of two who save the same prompt, one sees what the other changed and goes on from there', async () => {
  expectConsole(/409|400/)
  const [rita, ruth] = [await club().as('reviewer'), await club().as('reviewer', 'Ruth')]
  const before = await promptOf('route')
  for (const page of [rita, ruth]) await page.goto('/admin/prompts/route?tab=edit')
  await write(rita, '\nRita was here.')
  await write(ruth, '\nRuth was here.')
  await saveWith(rita, 'Rita’s idea')
  await expect(rita.getByText(`Saved as version ${before.version + 1}`)).toBeVisible()
  await saveWith(ruth, 'Ruth’s idea')
  await expect(ruth.getByRole('alert')).toContainText(
    `rita@club.example saved version ${before.version + 1} while you were writing`,
  )
  await expect(ruth.getByRole('alert')).toContainText('Rita’s idea')
  await expect(ruth.getByRole('region', { name: 'What changes' }).first()).toContainText('Rita was here.')
  await expectAccessible(ruth)
  await ruth.getByRole('button', { name: 'Go on with my text on the newest version' }).click()
  await expect(editor(ruth)).toContainText('Ruth was here.')
  await saveWith(ruth, 'Ruth’s idea, knowing Rita’s')
  await expect(ruth.getByText(`Saved as version ${before.version + 2}`)).toBeVisible()
  expect(await promptOf('route')).toMatchObject({
    version: before.version + 2,
    content: `${before.content}\nRuth was here.`,
    by: 'ruth@club.example',
  })
})

test('two saves at the same moment: one is written, the other told', async () => {
  expectConsole(/409|400/)
  const [rita, ruth] = [await club().as('reviewer'), await club().as('reviewer', 'Ruth')]
  const before = await promptOf('analyse')
  const pages = [rita, ruth] as const
  for (const [index, page] of pages.entries()) {
    await page.goto('/admin/prompts/analyse?tab=edit')
    await write(page, `\nAt once ${index}.`)
    await page.getByRole('button', { name: 'Check and save' }).click()
    await page.getByLabel('Why?').fill('At once')
  }
  await Promise.all(pages.map((page) => page.getByRole('button', { name: 'Save', exact: true }).click()))
  const told = pages.map((page) => page.getByRole('alert').filter({ hasText: 'while you were writing' }))
  const saved = pages.map((page) => page.getByText(`Saved as version ${before.version + 1}`))
  await expect(told[0]!.or(saved[0]!).first()).toBeVisible()
  await expect(told[1]!.or(saved[1]!).first()).toBeVisible()
  expect((await Promise.all(told.map((one) => one.count()))).reduce((sum, count) => sum + count, 0)).toBe(1)
  expect((await promptOf('analyse')).version).toBe(before.version + 1)
})

test('any two versions are compared by their address, and one rolls back to any of them, with a way back', async () => {
  const page = await club().as('reviewer')
  const first = await promptOf('answer')
  await saveElsewhere('answer', `${first.content}\n- Never say maybe.`, 'No doubts')
  const { version } = await promptOf('answer')
  await page.goto(`/admin/prompts/answer?tab=history&from=1&to=${version}`)
  const compared = page.getByRole('region', { name: 'What changes' })
  await expect(compared).toContainText('Never say maybe.')
  const versions = page.getByRole('list', { name: 'Versions' })
  await expect(versions.getByRole('listitem').first()).toContainText('No doubts')
  await expect(versions.getByRole('listitem').first()).toContainText('Nora')
  await page
    .getByRole('textbox', { name: 'From' })
    .or(page.getByRole('combobox', { name: 'From' }))
    .first()
    .click()
  await page.getByRole('option', { name: 'As ClubOS comes' }).click()
  await expect(page).toHaveURL(/from=0/)

  await page.getByRole('button', { name: 'Roll back to version 1' }).click()
  await page.getByLabel('Why?').fill('Doubt is honest')
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
  await expect(page.getByText(`it is now version ${version + 1}`)).toBeVisible()
  expect(await promptOf('answer')).toMatchObject({ content: first.content, by: 'rita@club.example' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText(`the text before is now version ${version + 2}`)).toBeVisible()
  expect((await promptOf('answer')).content).toBe(`${first.content}\n- Never say maybe.`)

  await page.getByRole('button', { name: 'Back to the text that ClubOS comes with' }).click()
  await page.getByLabel('Why?').fill('Begin anew')
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
  await expect(page.getByText(`it is now version ${version + 3}`)).toBeVisible()
  expect((await promptOf('answer')).reason).toContain('Begin anew')
})

test('what cannot be saved says why, and a prompt that is not there leads back', async () => {
  const page = await club().as('reviewer')
  await page.goto('/admin/prompts/answer?tab=edit')
  await editor(page).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await expect(page.getByRole('alert')).toContainText('A prompt needs a text.')
  await expect(page.getByRole('button', { name: 'Check and save' })).toBeDisabled()
  await page.keyboard.press('Control+z')
  await page.goto('/admin/prompts/none')
  await expect(page.getByText('There is no prompt “none”')).toBeVisible()
  await page.getByRole('link', { name: 'All prompts' }).click()
  await expect(page.getByRole('list', { name: 'Prompts' })).toBeVisible()
})

test('speaks German', async () => {
  const page = await club().as('reviewer', 'Greta', { locale: 'de-DE' })
  await page.goto('/admin/prompts/answer')
  await expect(article(page).getByRole('heading', { name: 'Antworten' })).toBeVisible()
  await expect(tab(page, 'Ausprobieren')).toBeVisible()
})

for (const look of looks)
  test(`is accessible and fits: ${look.colorScheme}, ${look.viewport.width} px`, async () => {
    test.setTimeout(300_000)
    const page = await club().as('reviewer', 'Rita', look)
    for (const path of ['', '/answer', '/answer?tab=edit', '/answer?tab=history', '/answer?tab=preview']) {
      await page.goto(`/admin/prompts${path}`)
      await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0)
      await expect(page.getByRole('heading', { level: 2 }).first()).toBeVisible()
      if (path.endsWith('edit')) await expect(editor(page)).toBeVisible()
      if (path.endsWith('history'))
        await expect(page.getByRole('list', { name: 'Versions' }).getByRole('listitem').first()).toBeVisible()
      await expectNoSidewaysScroll(page)
      await expectAccessible(page)
    }
    await page.context().close()
  })
