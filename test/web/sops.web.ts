import type { Page } from '@playwright/test'
import { withClaims } from '../../core/database/index.ts'
import {
  expect,
  expectAccessible,
  expectConsole,
  expectGoodLooks,
  expectNoSidewaysScroll,
  test,
  useClub,
} from './support.ts'

const club = useClub()
const article = (page: Page) => page.getByRole('article')
const title = (page: Page) => article(page).getByRole('heading', { level: 1 }).first()

/** The id of an SOP. */
async function idOf(category: string, section: string): Promise<number> {
  const { rows } = await club().pool.query<{ id: number }>(
    'select id from app_public.sops where category = $1 and section = $2',
    [category, section],
  )
  return rows[0]!.id
}

const sopOf = async (id: number) => {
  const { rows } = await club().pool.query<{ version: number; content: string; archived: boolean }>(
    'select version, content, archived_at is not null as archived from app_public.sops where id = $1',
    [id],
  )
  return rows[0]!
}

const lastReason = async (id: number) => {
  const { rows } = await club().pool.query<{ change_reason: string }>(
    'select change_reason from app_public.sop_versions where sop_id = $1 order by version desc limit 1',
    [id],
  )
  return rows[0]!.change_reason
}

/** Somebody else saves meanwhile. */
const saveElsewhere = (category: string, section: string, content: string, reason: string) =>
  withClaims(club().pool, { role: 'reviewer', actor: 'Nora' }, (client) =>
    client.query('select app_public.save_sop($1, $2, $3, $4)', [category, section, content, reason]),
  )

const editor = (page: Page) => page.getByRole('textbox', { name: 'Text (Markdown)' })

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

test('agents and auditors read; only reviewers are offered to change', async () => {
  const id = await idOf('billing', 'refund')
  // Which of them the club's weeks have changed is not said.
  const { rows } = await club().pool.query(
    'select id from app_public.sops where version > 1 and archived_at is null order by id limit 1',
  )
  for (const role of ['agent', 'auditor', 'reviewer'] as const) {
    const page = await club().as(role)
    await page.goto(`/sops/${id}`)
    await expect(title(page)).toHaveText('Billing / Refund')
    await expect(article(page).getByText('A refund to the card is due when')).toBeVisible()
    const offered = role === 'reviewer' ? 1 : 0
    await expect(page.getByRole('button', { name: 'Edit' })).toHaveCount(offered)
    await expect(page.getByRole('tab', { name: 'Edit' })).toHaveCount(offered)
    await expect(page.getByRole('link', { name: 'New' })).toHaveCount(offered)
    await page.goto(`/sops/${rows[0].id}?tab=history`)
    await expect(page.getByRole('listitem').filter({ hasText: 'Version 1' }).last()).toBeVisible()
    const rollback = page.getByRole('button', { name: /^Roll back to/ })
    if (role === 'reviewer') await expect(rollback.first()).toBeVisible()
    else await expect(rollback).toHaveCount(0)
    // An address that asks for what the role has not shows what it has.
    await page.goto(`/sops/${id}?tab=edit`)
    await expect(title(page)).toBeVisible()
    if (role !== 'reviewer') await expect(editor(page)).toHaveCount(0)
    await page.context().close()
  }
})

test('the tree opens, reads and closes by keyboard alone', async () => {
  const page = await club().as('agent')
  await page.goto('/sops')
  const tree = page.getByRole('tree', { name: 'SOPs by category' })
  await tree.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowRight')
  await expect(tree.getByRole('treeitem', { name: 'Door stuck' })).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(title(page)).toHaveText('Access / Code not received')
  await expect(tree.getByRole('treeitem', { name: 'Code not received' })).toHaveAttribute(
    'aria-selected',
    'true',
  )
  await expect(tree).toBeFocused()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await expect(tree.getByRole('treeitem', { name: 'Door stuck' })).toHaveCount(0)
})

test('searches as one types, walks the results by keyboard, and comes back', async () => {
  const page = await club().as('agent')
  await page.goto('/sops')
  await expect(page.getByRole('tree')).toBeVisible()
  await page.keyboard.press('f')
  await page.keyboard.type('projector black')
  await expect(page).toHaveURL(/q=projector/)
  const results = page.getByRole('listbox', { name: 'SOPs that were found' })
  await expect(results.getByRole('option').first()).toContainText('Projector shows no picture')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect(title(page)).toHaveText('Tech support / Projector black')
  await page.goBack()
  await expect(page).toHaveURL(/\/sops\?q=projector/)
  await page.getByRole('combobox', { name: 'Search the SOPs' }).fill('zzqxv')
  await expect(page).toHaveURL(/q=zzqxv/)
  await page.keyboard.press('Escape')
  await expect(page.getByRole('tree')).toBeVisible()
})

test('a reviewer edits by keyboard: writes, checks the difference, says why, and takes it back', async () => {
  const page = await club().as('reviewer')
  const id = await idOf('brand', 'media')
  const before = await sopOf(id)
  await page.goto(`/sops/${id}`)
  await expect(title(page)).toBeVisible()
  await page.keyboard.press('e')
  await expect(editor(page)).toBeFocused()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('\nAsk before you film others.')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('region', { name: 'What changes' })).toContainText(
    'Ask before you film others.',
  )
  await expect(page.getByLabel('Why?')).toBeFocused()
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('Say why, in a few words.')).toBeVisible()
  await page.keyboard.type('Guests complained')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText(`Saved as version ${before.version + 1}.`)).toBeVisible()
  await expect(article(page).getByText('Ask before you film others.')).toBeVisible()
  expect(await lastReason(id)).toBe('Guests complained')
  await page.keyboard.press('u')
  await expect(
    page.getByText(`Taken back: the text before is now version ${before.version + 2}.`),
  ).toBeVisible()
  await expect(article(page).getByText('Ask before you film others.')).toHaveCount(0)
  expect((await sopOf(id)).content).toBe(before.content)
})

test('what is being written survives a reload, and is asked about before it is left', async () => {
  const page = await club().as('reviewer')
  page.on('dialog', (dialog) => void dialog.accept())
  const id = await idOf('brand', 'house_rules')
  await page.goto(`/sops/${id}?tab=edit`)
  await write(page, 'Dogs are welcome.')
  await expect(page.getByText(/kept in this tab until you save/)).toBeVisible()
  await page.reload()
  await expect(editor(page)).toContainText('Dogs are welcome.')
  await page.getByRole('tab', { name: 'History' }).click()
  const ask = page.getByRole('dialog', { name: 'Leave what you are writing?' })
  await ask.getByRole('button', { name: 'Go on writing' }).click()
  await expect(editor(page)).toContainText('Dogs are welcome.')
  await page.getByRole('tab', { name: 'History' }).click()
  await ask.getByRole('button', { name: 'Leave', exact: true }).click()
  await expect(page).toHaveURL(/tab=history/)
  await page.getByRole('tab', { name: 'Edit' }).click()
  await expect(editor(page)).toContainText('Dogs are welcome.')
  await page.getByRole('tab', { name: 'Text' }).click()
  await ask.getByRole('button', { name: 'Discard it' }).click()
  await expect(page).not.toHaveURL(/tab=/)
  await page.getByRole('tab', { name: 'Edit' }).click()
  await expect(editor(page)).not.toContainText('Dogs are welcome.')
})

test('two edit the same SOP: the second is told who and what, and keeps the text', async () => {
  const id = await idOf('equipment', 'damage')
  const [first, second] = [await club().as('reviewer', 'Rita'), await club().as('reviewer', 'Ben')]
  for (const page of [first, second]) {
    await page.goto(`/sops/${id}?tab=edit`)
    await expect(editor(page)).toBeVisible()
  }
  const { version } = await sopOf(id)
  await write(first, '\nRita adds a line.')
  await write(second, '\nBen adds another.')
  await second.getByRole('button', { name: 'Check and save' }).click()
  await second.getByLabel('Why?').fill('Ben knows')
  await saveWith(first, 'Rita knows')
  await expect(first.getByText(`Saved as version ${version + 1}.`)).toBeVisible()
  await second.getByRole('button', { name: 'Save', exact: true }).click()
  const told = second
    .getByRole('alert')
    .filter({ hasText: `rita@club.example saved version ${version + 1} while you were writing` })
  await expect(told).toContainText('Rita knows')
  await expect(second.getByRole('region', { name: 'What changes' }).first()).toContainText(
    'Rita adds a line.',
  )
  await expectAccessible(second)
  await told.getByRole('button', { name: 'Go on with my text on the newest version' }).click()
  await expect(editor(second)).toContainText('Ben adds another.')
  await saveWith(second, 'Both belong here')
  await expect(second.getByText(`Saved as version ${version + 2}.`)).toBeVisible()
  expect((await sopOf(id)).content).toContain('Ben adds another.')
  for (const page of [first, second]) await page.context().close()
})

test('an undo does not overwrite what somebody saved in between', async () => {
  const page = await club().as('reviewer')
  const id = await idOf('equipment', 'rental_clubs')
  await page.goto(`/sops/${id}?tab=edit`)
  await write(page, '\nSets for children are free.')
  await saveWith(page, 'New offer')
  await expect(page.getByText(/^Saved as version/)).toBeVisible()
  await saveElsewhere('equipment', 'rental_clubs', '# Rental\nAll new.', 'Written anew')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('alert')).toContainText('somebody changed it meanwhile')
  expect((await sopOf(id)).content).toBe('# Rental\nAll new.')
})

test('any two versions are compared by address; one is rolled back to, and that is taken back', async () => {
  const page = await club().as('reviewer')
  const id = await idOf('coaching', 'lessons')
  // What the demo's history has made of it already is not ours to know.
  const { content, version } = await sopOf(id)
  await saveElsewhere('coaching', 'lessons', `${content}\nSecond.`, 'A second line')
  await saveElsewhere('coaching', 'lessons', `${content}\nSecond.\nThird.`, 'A third line')
  await page.goto(`/sops/${id}?tab=history&from=${version}&to=${version + 2}`)
  const difference = page.getByRole('region', { name: 'What changes' })
  await expect(difference).toContainText('Second.')
  await expect(difference).toContainText('Third.')
  await page.getByRole('link', { name: `Version ${version + 1}`, exact: true }).click()
  await expect(page).toHaveURL(new RegExp(`from=${version}&to=${version + 1}`))
  await expect(difference).not.toContainText('Third.')
  await page.goBack()
  await expect(difference).toContainText('Third.')
  await page.getByText('As read').click()
  await expect(article(page).locator('ins').first()).toBeVisible()
  await page.getByRole('button', { name: `Roll back to version ${version}` }).click()
  const ask = page.getByRole('dialog', { name: `Roll back to version ${version}?` })
  await ask.getByLabel('Why?').fill('Too long')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText(`Rolled back: it is now version ${version + 3}.`)).toBeVisible()
  expect((await sopOf(id)).content).toBe(content)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText(`Taken back: the text before is now version ${version + 4}.`)).toBeVisible()
  expect((await sopOf(id)).content).toContain('Third.')
})

test('shows the text that was in force at a time, by address', async () => {
  const page = await club().as('auditor')
  const id = await idOf('events', 'party')
  await saveElsewhere('events', 'party', '# Parties\nAs it is today.', 'Today')
  // The demo's SOPs are as old as the club; this one was there a year before.
  await club().pool.query('set session_replication_role = replica')
  await club().pool.query(
    `update app_public.sop_versions set created_at = '2026-01-05T10:00:00Z' where sop_id = $1 and version = 1`,
    [id],
  )
  await club().pool.query('set session_replication_role = origin')
  await page.goto(`/sops/${id}?at=2026-01-06T10:00:00Z`)
  await expect(page.getByText(/In force on .*2026.*: version 1/)).toBeVisible()
  await expect(article(page).getByText('As it is today.')).toHaveCount(0)
  // In the reader's zone, which is New York in these tests.
  await expect(page.getByRole('button', { name: /As it was at \(America\/New_York\)/ })).toContainText(
    '6 Jan 2026, 05:00',
  )
  await page.getByRole('button', { name: 'Back to now' }).click()
  await expect(article(page).getByText('As it is today.')).toBeVisible()
  await page.goBack()
  await expect(page.getByText(/In force on .*: version 1/)).toBeVisible()
  await page.goto(`/sops/${id}?at=2020-01-01T00:00:00Z`)
  await expect(page.getByText('The SOP did not exist then, or was archived.')).toBeVisible()
})

test('each line leads to the version that wrote it', async () => {
  const page = await club().as('agent')
  const id = await idOf('coaching', 'lessons')
  await page.goto(`/sops/${id}`)
  await expect(title(page)).toBeVisible()
  await page.keyboard.press('b')
  await expect(article(page).getByText('Third.')).toBeVisible()
  const link = article(page)
    .getByRole('link', { name: /^Version/ })
    .last()
  await link.focus()
  await expect(page.getByText(/taken back right after it was made/).last()).toBeVisible()
  await link.click()
  await expect(page).toHaveURL(/tab=history/)
})

test('shows what customers asked, with the way to proposals and conversations', async () => {
  const { rows } = await club().pool.query<{ sop_id: number }>(
    `select sop_id from app_public.improvement_queue where status = 'pending' and sop_id is not null order by id limit 1`,
  )
  const page = await club().as('agent')
  await page.goto(`/sops/${rows[0]!.sop_id}`)
  await page.getByRole('button', { name: /proposals? waits? for review/ }).click()
  await expect(page).toHaveURL(/tab=questions/)
  await expect(page.getByRole('heading', { name: 'Proposals for this SOP' })).toBeVisible()
  await expect(page.getByRole('row').nth(1)).toBeVisible()
  await expect(page.getByRole('link', { name: /^Proposal \d+/ }).first()).toHaveAttribute(
    'href',
    /\/review\?/,
  )
})

test('archives with a reason, finds it among the archived, and brings it back', async () => {
  const page = await club().as('reviewer')
  const id = await idOf('events', 'league')
  await page.goto(`/sops/${id}`)
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Archive' }).click()
  await page.getByRole('dialog').getByLabel('Why?').fill('No league this year')
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click()
  await expect(page.getByText('This SOP is archived')).toBeVisible()
  expect((await sopOf(id)).archived).toBe(true)
  const tree = page.getByRole('tree')
  await expect(tree.getByRole('treeitem', { name: 'League' })).toHaveCount(0)
  await page.getByLabel('Show archived').click()
  await expect(page).toHaveURL(/archived=yes/)
  await expect(tree.getByRole('treeitem', { name: 'League archived' })).toBeVisible()
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Bring back' }).click()
  await page.getByRole('dialog').getByLabel('Why?').fill('There is one after all')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('This SOP is archived')).toHaveCount(0)
  expect((await sopOf(id)).archived).toBe(false)
})

test('writes a new SOP; a name that is taken leads to the one that has it', async () => {
  const page = await club().as('reviewer')
  await page.goto('/sops')
  await expect(page.getByRole('tree')).toBeVisible()
  await page.keyboard.press('n')
  await expect(page).toHaveURL(/\/sops\/new/)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('An SOP needs a text.')).toBeVisible()
  // Two categories mean something, and are offered from the first day.
  await page.getByRole('combobox', { name: 'Category' }).fill('hand')
  await page.getByRole('option', { name: 'hand_over' }).click()
  await expect(page.getByRole('note')).toContainText('handed over to a person')
  await page.getByRole('combobox', { name: 'Category' }).fill('Billing')
  await expect(page.getByRole('note')).toHaveCount(0)
  await page.getByRole('textbox', { name: 'Name' }).fill('Refund')
  await write(page, '# Tips\nWe take none.')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('There is an SOP of that name already')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Open it' })).toBeVisible()
  await page.getByRole('textbox', { name: 'Name' }).fill('Tips from customers')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(title(page)).toHaveText('Billing / Tips from customers')
  expect((await sopOf(await idOf('billing', 'tips_from_customers'))).content).toContain('We take none.')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('This SOP is archived')).toBeVisible()
})

test('a refusal is shown with its reason, and the text stays', async () => {
  const page = await club().as('reviewer', 'Dora')
  const id = await idOf('facilities', 'wifi')
  await page.goto(`/sops/${id}?tab=edit`)
  await write(page, '\nAsk at the desk.')
  await club().pool.query(`update app_public.users set role = 'agent' where name = 'Dora'`)
  expectConsole(/status of (4|5)\d\d/)
  await saveWith(page, 'Desk')
  await expect(page.getByRole('alert').first()).toBeVisible()
  expect((await sopOf(id)).content).not.toContain('Ask at the desk.')
  await page.getByRole('button', { name: 'Go on writing' }).click()
  await expect(editor(page)).toContainText('Ask at the desk.')
})

test('an SOP that is not there says so', async () => {
  const page = await club().as('agent')
  for (const id of ['999999', 'nonsense']) {
    await page.goto(`/sops/${id}`)
    await expect(page.getByRole('heading', { name: 'There is nothing here.' })).toBeVisible()
  }
})

test('on paper there is the text with its version, and no menus', async () => {
  const page = await club().as('agent')
  const id = await idOf('billing', 'refund')
  await page.goto(`/sops/${id}`)
  await expect(title(page)).toBeVisible()
  await page.emulateMedia({ media: 'print' })
  await expect(article(page).getByText('A refund to the card is due when')).toBeVisible()
  await expect(page.getByText(/A newer one may be in force/)).toBeVisible()
  await expect(title(page)).toBeVisible()
  await expect(page.getByRole('navigation')).toHaveCount(0)
  await expect(page.getByRole('tree')).toHaveCount(0)
  await expect(page.getByRole('tab')).toHaveCount(0)
  await expect(page.getByRole('button')).toHaveCount(0)
})

test('hostile texts hold the layout and are not run', async () => {
  const id = await idOf('facilities', 'parking')
  const nasty = `# ${'x'.repeat(3000)}\n<script>alert(1)</script>\n${'שלום '.repeat(200)}\n${'🏌️'.repeat(500)}\n\`\`\`\n${'y'.repeat(2000)}\n\`\`\``
  await saveElsewhere('facilities', 'parking', nasty, 'z'.repeat(2000))
  const page = await club().as('agent', 'Ann', { viewport: { width: 320, height: 720 } })
  for (const tab of ['text', 'history', 'blame', 'questions']) {
    await page.goto(`/sops/${id}?tab=${tab}`)
    await expect(title(page)).toBeVisible()
    await expect(page.getByRole('tabpanel')).not.toBeEmpty()
    await expectNoSidewaysScroll(page)
  }
})

test('on a phone one sees the list or the SOP, by address', async () => {
  const page = await club().as('agent', 'Ann', { viewport: { width: 390, height: 844 } })
  await page.goto('/sops')
  await page.getByRole('treeitem', { name: /Access/ }).click()
  await page.getByRole('treeitem', { name: 'Door stuck' }).click()
  await expect(title(page)).toHaveText('Access / Door stuck')
  await expect(page.getByRole('tree')).toBeHidden()
  await page.getByRole('link', { name: 'All SOPs' }).click()
  await expect(page.getByRole('tree')).toBeVisible()
  await expect(page.getByRole('article')).toHaveCount(0)
})

test('the pages are accessible in both themes, on a phone and a desk', async () => {
  test.setTimeout(300_000)
  const id = await idOf('billing', 'refund')
  const page = await club().as('reviewer')
  for (const path of [
    '/sops',
    '/sops?q=projector',
    '/sops/new',
    `/sops/${id}`,
    `/sops/${id}?tab=edit`,
    `/sops/${id}?tab=history`,
    `/sops/${id}?tab=blame`,
    `/sops/${id}?tab=questions`,
    `/sops/${id}?at=2026-11-10T12:00:00Z`,
  ]) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible()
    await expect(page.getByRole('status', { name: 'Loading …' })).toHaveCount(0)
    await expectGoodLooks(page)
  }
  await page.context().close()
})
