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
const list = (page: Page) => page.getByRole('listbox', { name: 'Knowledge entries' })
const question = (page: Page) => article(page).getByRole('heading', { level: 2 })

interface EntryOf {
  id: number
  question: string
  answer: string
  trust: number
  retired: boolean
}

async function entryAsking(text: string): Promise<EntryOf> {
  const { rows } = await club().pool.query<EntryOf>(
    `select id, question, answer, trust, coalesce(valid_to <= now(), false) as retired
       from app_public.knowledge_base where question = $1`,
    [text],
  )
  return rows[0]!
}

/** A reviewer elsewhere. */
const elsewhere = <Row extends object>(sql: string, values: unknown[]) =>
  withClaims(club().pool, { role: 'reviewer', actor: 'Nora' }, (client) => client.query<Row>(sql, values))

const write = (topic: string, question: string, answer: string, site: string | null = null) =>
  elsewhere(`select app_public.save_knowledge('facilities', $1, $2, $3, 'Needed', $4)`, [
    topic,
    question,
    answer,
    site,
  ])

async function answerWith(page: Page, text: string) {
  await page.getByRole('textbox', { name: 'Answer (Markdown)' }).click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(text)
}

async function saveWith(page: Page, reason: string) {
  await page.getByRole('button', { name: 'Check and save' }).click()
  await page.getByLabel('Why?').fill(reason)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
}

test('agents and auditors read; only reviewers are offered to change', async () => {
  const { id } = await entryAsking('Where can I park at Harbour?')
  for (const role of ['agent', 'auditor', 'reviewer'] as const) {
    const page = await club().as(role)
    await page.goto(`/knowledge?entry=${id}`)
    await expect(question(page)).toHaveText('Where can I park at Harbour?')
    await expect(article(page).getByText('20 free spaces behind the building')).toBeVisible()
    await expect(article(page).getByText('Lanternside Harbour')).toBeVisible()
    const offered = role === 'reviewer' ? 1 : 0
    for (const name of ['Edit', 'Retire', 'New'])
      await expect(page.getByRole('button', { name, exact: true })).toHaveCount(offered)
    // Who changed it is for those who may read the audit log.
    await expect(article(page).getByRole('heading', { name: 'History' })).toHaveCount(
      role === 'auditor' ? 1 : 0,
    )
    await page.goto(`/knowledge?entry=${id}&mode=edit`)
    await expect(page.getByRole('heading', { name: 'Edit the entry' })).toHaveCount(offered)
    await page.context().close()
  }
})

test('goes through the entries by keyboard, and back by the address', async () => {
  const page = await club().as('agent')
  await page.goto('/knowledge')
  await expect(list(page)).toBeVisible()
  await page.keyboard.press('j')
  await expect(question(page)).toBeVisible()
  const first = await question(page).textContent()
  await page.keyboard.press('j')
  await expect(question(page)).not.toHaveText(first!)
  await page.keyboard.press('k')
  await expect(question(page)).toHaveText(first!)
  await list(page).focus()
  await page.keyboard.press('ArrowDown')
  await expect(question(page)).not.toHaveText(first!)
  await page.goBack()
  await expect(page).toHaveURL(/\/knowledge$/)
  await expect(page.getByText('Choose an entry')).toBeVisible()
})

test('searches and filters by address; filters are cleared at once', async () => {
  const page = await club().as('agent')
  await page.goto('/knowledge')
  await expect(list(page)).toBeVisible()
  await page.keyboard.press('f')
  await page.keyboard.type('parking')
  await expect(page).toHaveURL(/q=parking/)
  await expect(list(page).getByRole('option').first()).toContainText(/park/i)
  await page.getByRole('combobox', { name: 'Site' }).selectOption('Lanternside Quarry')
  await expect(page).toHaveURL(/site=quarry/)
  await expect(list(page).getByRole('option').filter({ hasText: 'Harbour' })).toHaveCount(0)
  await expect(list(page).getByRole('option').first()).toContainText('Lanternside Quarry')
  await page.getByRole('button', { name: 'Clear the filters' }).click()
  await expect(page).toHaveURL(/\/knowledge$/)
  await page.goto('/knowledge?source=learned&trust=2')
  await expect(list(page).getByRole('option').first()).toContainText('confirmed by staff')
  await expect(list(page).getByText('written by staff')).toHaveCount(0)
  await page.goto('/knowledge?site=everywhere&category=facilities')
  await expect(list(page).getByRole('option').first()).toBeVisible()
  await expect(list(page).getByText(/Lanternside/)).toHaveCount(0)
  await page.goto('/knowledge?health=expired')
  await expect(page.getByText('No entries')).toBeVisible()
})

test('a reviewer edits by keyboard and takes it back', async () => {
  const page = await club().as('reviewer')
  const before = await entryAsking('Where can I park at Millrace?')
  await page.goto(`/knowledge?entry=${before.id}`)
  await expect(question(page)).toBeVisible()
  await page.keyboard.press('e')
  await expect(page.getByLabel('Question')).toBeFocused()
  await expect(page.getByRole('textbox', { name: 'Answer (Markdown)' })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('textbox', { name: 'Answer (Markdown)' })).toBeFocused()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(' Bring coins.')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByRole('region', { name: 'What changes' })).toContainText('Bring coins.')
  await page.keyboard.type('The meters take no cards')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('Saved; the next answer uses it.')).toBeVisible()
  await expect(article(page).getByText('Bring coins.')).toBeVisible()
  await page.keyboard.press('u')
  await expect(page.getByText('Taken back.')).toBeVisible()
  await expect(article(page).getByText('Bring coins.')).toHaveCount(0)
  expect((await entryAsking(before.question)).answer).toBe(before.answer)
})

test('who was overtaken is told, and keeps the text', async () => {
  const { id } = await entryAsking('Where can I park at Northgate?')
  const [first, second] = [await club().as('reviewer', 'Rita'), await club().as('reviewer', 'Ben')]
  for (const page of [first, second]) {
    await page.goto(`/knowledge?entry=${id}&mode=edit`)
    await expect(page.getByRole('textbox', { name: 'Answer (Markdown)' })).toBeVisible()
  }
  await answerWith(first, ' Rita adds this.')
  await answerWith(second, ' Ben adds that.')
  await second.getByRole('button', { name: 'Check and save' }).click()
  await second.getByLabel('Why?').fill('Ben knows')
  await saveWith(first, 'Rita knows')
  await expect(first.getByText('Saved; the next answer uses it.')).toBeVisible()
  await second.getByRole('button', { name: 'Save', exact: true }).click()
  const told = second
    .getByRole('alert')
    .filter({ hasText: 'Somebody changed this entry while you were writing' })
  await expect(told).toBeVisible()
  await expect(second.getByRole('region', { name: 'What changes' }).first()).toContainText('Rita adds this.')
  await told.getByRole('button', { name: 'Go on with my text on the newest version' }).click()
  await expect(second.getByRole('textbox', { name: 'Answer (Markdown)' })).toContainText('Ben adds that.')
  await saveWith(second, 'Mine holds')
  await expect(second.getByText('Saved; the next answer uses it.')).toBeVisible()
  expect((await entryAsking('Where can I park at Northgate?')).answer).toContain('Ben adds that.')
  for (const page of [first, second]) await page.context().close()
})

test('entries are read as they were at a time', async () => {
  const at = new Date().toISOString()
  const before = await entryAsking('Where can I park at Northgate?')
  await elsewhere(`select edit_knowledge($1, $2, 'Park behind the mill.', 'For the test', 'northgate')`, [
    before.id,
    before.question,
  ])
  const page = await club().as('agent')
  await page.goto('/knowledge?view=past')
  await expect(page.getByText('What the entries said then')).toBeVisible()
  await page.goto(`/knowledge?view=past&at=${encodeURIComponent(at)}`)
  const entry = page
    .getByRole('list', { name: 'Past' })
    .getByRole('listitem')
    .filter({ hasText: 'Where can I park at Northgate?' })
  await expect(entry).toContainText(before.answer)
  await expect(entry).toContainText('changed or removed since')
  await expect(page.getByRole('button', { name: 'As it was at' })).toBeVisible()
  await page.getByRole('combobox', { name: 'Category' }).selectOption({ index: 1 })
  await expect(page).toHaveURL(/category=/)
  await page.context().close()
})

test('what is being written survives a reload, and is asked about before it is left', async () => {
  const page = await club().as('reviewer')
  page.on('dialog', (dialog) => void dialog.accept())
  const { id } = await entryAsking('Where can I park at Harbour?')
  await page.goto(`/knowledge?entry=${id}&mode=edit`)
  await answerWith(page, ' Unfinished.')
  await page.reload()
  await expect(page.getByRole('textbox', { name: 'Answer (Markdown)' })).toContainText('Unfinished.')
  await page.getByRole('tab', { name: 'Duplicates' }).click()
  const ask = page.getByRole('dialog', { name: 'Leave what you are writing?' })
  await ask.getByRole('button', { name: 'Go on writing' }).click()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await expect(article(page).getByText('Unfinished.')).toHaveCount(0)
})

test('retires with a reason, finds it among the retired, restores it, and takes that back', async () => {
  const page = await club().as('reviewer')
  const asked = 'When are you open at Quarry?'
  const { id } = await entryAsking(asked)
  await page.goto(`/knowledge?entry=${id}`)
  await expect(question(page)).toBeVisible()
  await page.keyboard.press('x')
  await page.getByRole('dialog').getByLabel('Why?').fill('Closed for the winter')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('This entry is retired: it is no longer found.')).toBeVisible()
  expect((await entryAsking(asked)).retired).toBe(true)
  await page.goto('/knowledge?health=expired')
  await list(page).getByRole('option', { name: asked }).click()
  await page.getByRole('button', { name: 'Restore' }).click()
  await page.getByRole('dialog').getByLabel('Why?').fill('Spring')
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click()
  await expect(page.getByText('Restored.')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('Taken back.')).toBeVisible()
  expect((await entryAsking(asked)).retired).toBe(true)
})

test('writes a new entry; what is asked already is not written over', async () => {
  const page = await club().as('reviewer')
  await page.goto('/knowledge')
  await expect(list(page)).toBeVisible()
  await page.keyboard.press('n')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('An entry needs an answer.')).toBeVisible()
  await page.getByRole('combobox', { name: 'Category' }).fill('facilities')
  await page.getByRole('textbox', { name: 'Topic' }).fill('parking')
  await page.getByLabel('Question').fill('Where can I park at Harbour?')
  await answerWith(page, 'Anywhere.')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('An entry of this topic asks that already')).toBeVisible()
  expect((await entryAsking('Where can I park at Harbour?')).answer).not.toBe('Anywhere.')
  await page.getByLabel('Question').fill('Where do bicycles go?')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(question(page)).toHaveText('Where do bicycles go?')
  expect((await entryAsking('Where do bicycles go?')).answer).toBe('Anywhere.')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('This entry is retired: it is no longer found.')).toBeVisible()
})

test('merges duplicates with one click; agents only look', async () => {
  await write('wifi', 'What is the wifi password', 'It is on the bay tablet.')
  await write('wifi', 'What is the WiFi password?', 'Look at the tablet in your bay.')
  const agent = await club().as('agent')
  await agent.goto('/knowledge?view=duplicates')
  const pair = (page: Page) =>
    page.getByRole('list', { name: 'Duplicates' }).getByRole('listitem').filter({ hasText: 'WiFi password?' })
  await expect(pair(agent).first()).toBeVisible()
  await expect(agent.getByRole('button', { name: 'Merge' })).toHaveCount(0)
  const page = await club().as('reviewer')
  await page.goto('/knowledge?view=duplicates')
  await expectAccessible(page)
  await pair(page).first().getByRole('radio', { description: 'What is the WiFi password?' }).check()
  await pair(page).first().getByRole('button', { name: 'Merge' }).click()
  await expect(page.getByText('Merged: the question that went is still found.')).toBeVisible()
  const kept = await entryAsking('What is the WiFi password?')
  expect(kept.answer).toBe('Look at the tablet in your bay.')
  expect(await entryAsking('What is the wifi password')).toBeUndefined()
  await page.goto(`/knowledge?entry=${kept.id}`)
  await expect(article(page).getByText('What is the wifi password', { exact: true })).toBeVisible()
})

test('a merge that is refused comes back with its reason', async () => {
  await write('lockers', 'Are there lockers for clubs?', 'Yes, by the door.')
  await write('lockers', 'Are there lockers for the clubs?', 'Yes, by the door.', 'quarry')
  const page = await club().as('reviewer')
  await page.goto('/knowledge?view=duplicates')
  const pair = page.getByRole('listitem').filter({ hasText: 'Are there lockers for the clubs?' })
  await pair.getByRole('radio', { description: 'Are there lockers for the clubs?' }).check()
  await pair.getByRole('button', { name: 'Merge' }).click()
  await expect(page.getByRole('alert')).toContainText('customers elsewhere would get none')
  await expect(pair).toBeVisible()
})

test('shows which site lacks what, and begins the entry that is missing', async () => {
  await write('bicycles', 'Is there a rack for bicycles at Harbour?', 'Yes.', 'harbour')
  const page = await club().as('reviewer')
  await page.goto('/knowledge?view=sites')
  const table = page.getByRole('region', { name: 'By site' })
  await expect(table.getByRole('columnheader', { name: 'Lanternside Quarry' })).toBeVisible()
  const row = table.getByRole('row').filter({ hasText: 'Bicycles' })
  await expect(row.getByText('Missing')).toHaveCount(3)
  await page.getByLabel('Only with gaps').click()
  await expect(page).toHaveURL(/gaps=yes/)
  await row.getByRole('link', { name: 'Write Bicycles for Lanternside Quarry' }).click()
  await expect(page.getByRole('textbox', { name: 'Topic' })).toHaveValue('bicycles')
  await expect(page.getByRole('combobox', { name: 'Site' })).toHaveValue('Lanternside Quarry')
  await page.goBack()
  await expect(row).toBeVisible()
})

test('hostile texts hold the layout and are not run', async () => {
  await write(
    'nasty',
    `Q${'x'.repeat(1500)}`,
    `<img src=x onerror=alert(1)>${'שלום '.repeat(300)}${'y'.repeat(4000)}`,
    'quarry',
  )
  const { id } = await entryAsking(`Q${'x'.repeat(1500)}`)
  const page = await club().as('agent', 'Ann', { viewport: { width: 320, height: 720 } })
  for (const search of ['', `?entry=${id}`, '?view=sites', '?view=duplicates']) {
    await page.goto(`/knowledge${search}`)
    await expect(page.getByRole('status', { name: 'Loading …' })).toHaveCount(0)
    await expectNoSidewaysScroll(page)
  }
})

test('an entry that is gone says so', async () => {
  const page = await club().as('agent')
  await page.goto('/knowledge?entry=999999')
  await expect(page.getByText('This entry is gone')).toBeVisible()
})

test('on a phone one sees the list or the entry, by address', async () => {
  const page = await club().as('agent', 'Ann', { viewport: { width: 390, height: 844 } })
  await page.goto('/knowledge')
  await list(page).getByRole('option').first().click()
  await expect(question(page)).toBeVisible()
  await expect(list(page)).toBeHidden()
  await page.getByRole('link', { name: 'All entries' }).click()
  await expect(list(page)).toBeVisible()
})

test('the pages are accessible in both themes, on a phone and a desk', async () => {
  test.setTimeout(300_000)
  const { id } = await entryAsking('Where can I park at Harbour?')
  const page = await club().as('admin')
  for (const search of [
    '',
    `?entry=${id}`,
    `?entry=${id}&mode=edit`,
    '?mode=new',
    '?view=duplicates',
    '?view=sites',
  ]) {
    await page.goto(`/knowledge${search}`)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByRole('status', { name: 'Loading …' })).toHaveCount(0)
    await expectGoodLooks(page)
  }
  await page.context().close()
})
