/** Moving in: a report of what would happen, then applied at once or as proposals, and taken back as one. */
import { truncateSync, writeFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, expectConsole, expectGoodLooks, test, useClub } from './support.ts'

const club = useClub()
const patient = { timeout: 60_000 }
const steps = (page: Page) => page.getByRole('list', { name: 'Steps of the import' })
const items = (page: Page) => page.getByRole('list', { name: 'By item' })

async function giveReason(page: Page, reason: string) {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Why?' }).fill(reason)
  await page.keyboard.press('Control+Enter')
}

/** As a program would, with the person's own session: what a file of the same content becomes. */
async function staged(page: Page, name: string, list: object[]): Promise<number> {
  const reply = await page.request.post('/graphql', {
    headers: { origin: club().url },
    data: {
      query: `mutation ($name: String!, $items: JSON!) { stageImport(input: { name: $name, items: $items }) { result { id } } }`,
      variables: { name, items: list },
    },
  })
  return (await reply.json()).data.stageImport.result.id
}

const handbook = [
  {
    kind: 'sop',
    category: 'pets',
    topic: 'dogs',
    content: '# Dogs\n\nDogs are welcome on a lead.',
    file: 'pets/dogs.md',
  },
  {
    kind: 'sop',
    category: 'pets',
    topic: 'cats',
    content: '# Cats\n\nCats stay at home.',
    file: 'pets/cats.md',
  },
  {
    kind: 'sop',
    category: 'pets',
    topic: 'copy',
    content: '# Cats\n\nCats stay at home.',
    file: 'pets/copy.md',
  },
  {
    kind: 'knowledge',
    category: 'pets',
    topic: 'parrots',
    question: 'May my parrot come along?',
    content: 'On your shoulder, yes.',
    file: 'questions.csv',
  },
  {
    kind: 'conversation',
    category: 'pets',
    question: 'Is there water for my dog at the ninth tee?',
    content: 'Yes, there is a bowl beside the tap.',
    file: 'chats.json',
  },
  { kind: 'sop', category: 'pets', topic: 'empty', content: ' ', file: 'pets/empty.md' },
]

test('a report says per file what would happen; applied it is there, rolled back it is gone', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/imports')
  await expect(page.getByText('Nothing was imported yet.')).toBeVisible()
  await expect(steps(page).locator('[aria-current=step]')).toContainText('Choose files')
  const id = await staged(page, 'handbook.zip', handbook)
  await page.reload()
  // One that was left can be gone on with.
  await page
    .getByRole('table', { name: 'Imports so far' })
    .getByRole('link', { name: 'handbook.zip' })
    .click()
  await expect(page).toHaveURL(new RegExp(`/admin/imports/${id}`))
  await expect(steps(page).locator('[aria-current=step]')).toContainText('Look at the report')
  await expect(page.getByRole('heading', { name: 'Report on 6 files' })).toBeVisible()
  const files = page.getByRole('table', { name: 'By file' })
  await expect(files.getByRole('row')).toHaveCount(7)
  await expect(files.getByRole('row', { name: /pets\/copy\.md/ })).toContainText('has this text')
  await expect(files.getByRole('row', { name: /pets\/empty\.md/ })).toContainText('It holds no text.')
  await expectGoodLooks(page)

  await page.getByText('New (3)', { exact: true }).click()
  await expect(items(page).getByRole('listitem')).toHaveCount(3)
  await expect(page).toHaveURL(/plan=create/)
  await items(page).getByRole('button', { name: 'Text of pets/dogs' }).click()
  await expect(items(page).getByText('Dogs are welcome on a lead.')).toBeVisible()
  await page.getByText('To review (1)', { exact: true }).click()
  await expect(items(page)).toContainText('It was said in a conversation.')
  await page.getByText('By file', { exact: true }).click()
  await files.getByRole('button', { name: 'Items of questions.csv' }).click()
  await expect(items(page).getByRole('listitem')).toHaveCount(1)
  await expectGoodLooks(page)

  await page.getByRole('button', { name: 'Apply the import' }).click()
  await expect(page.getByRole('dialog')).toContainText('To be written at once: 3. To the review queue: 1.')
  await giveReason(page, 'Moving in')
  await expect(page.getByRole('status').filter({ hasText: 'The import is done.' })).toContainText(
    '4 items were written or proposed.',
    patient,
  )
  await expect(steps(page).locator('[aria-current=step]')).toContainText('Done')
  await expect(items(page).getByRole('link', { name: 'To the entry' })).toBeVisible()
  const there = () =>
    club().pool.query<{ n: number }>(
      `select (select count(*) from app_public.sops where category = 'pets' and archived_at is null)::int
            + (select count(*) from app_public.knowledge_base where category = 'pets')::int
            + (select count(*) from app_public.improvement_queue where status = 'pending' and suggested_sop_update::text like '%ninth tee%')::int as n`,
    )
  expect((await there()).rows[0]!.n).toBe(4)

  await page.getByRole('button', { name: 'Roll back' }).click()
  await giveReason(page, 'The wrong folder')
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'The import was taken back.' })).toContainText(
    '4 items are as they were before.',
    patient,
  )
  await expect(page.getByText('The wrong folder')).toBeVisible()
  expect((await there()).rows[0]!.n).toBe(0)
  await expectGoodLooks(page)
})

test('what was built on an import since is named, and may be left when the rest is taken back', async () => {
  const page = await club().as('admin')
  const id = await staged(page, 'birds.md', [
    { kind: 'sop', category: 'birds', topic: 'owls', content: 'Owls sleep.', file: 'birds.md' },
    { kind: 'sop', category: 'birds', topic: 'storks', content: 'Storks nest.', file: 'birds.md' },
  ])
  await page.goto(`/admin/imports/${id}`)
  await page.getByRole('radio', { name: 'Write it at once' }).check()
  await page.getByRole('button', { name: 'Apply the import' }).click()
  await giveReason(page, 'Birds')
  await expect(page.getByText('The import is done.')).toBeVisible(patient)
  await club().pool.query(
    `begin; set local clubos.actor = 'rita'; set local clubos.reason = 'By hand'; update app_public.sops set content = 'Owls wake.' where category = 'birds' and section = 'owls'; commit`,
  )
  await page.reload()
  await expect(page.getByRole('alert').filter({ hasText: 'built on this import' })).toContainText(
    'SOP birds/owls was changed since',
  )
  await page.getByRole('button', { name: 'Roll back the rest' }).click()
  await giveReason(page, 'No birds')
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back the rest' }).click()
  await expect(page.getByRole('status').filter({ hasText: 'The import was taken back.' })).toContainText(
    '1 was left, since somebody built on it.',
    patient,
  )
  await page.getByText('Built upon, kept (1)', { exact: true }).click()
  await expect(items(page)).toContainText('birds/owls')
})

test('all of it can be proposed, or thrown away', async () => {
  const page = await club().as('admin')
  const one = [
    { kind: 'sop', category: 'fish', topic: 'carp', content: 'Carp are fed at noon.', file: 'fish.md' },
  ]
  const id = await staged(page, 'fish.md', one)
  await page.goto(`/admin/imports/${id}`)
  await page.getByRole('radio', { name: 'All of it to the review queue' }).check()
  await page.getByRole('button', { name: 'Propose everything' }).click()
  await giveReason(page, 'Fish')
  await expect(page.getByText('The import is done.')).toBeVisible(patient)
  const { rows } = await club().pool.query(`select from app_public.sops where category = 'fish'`)
  expect(rows).toHaveLength(0)

  await page.goto(`/admin/imports/${await staged(page, 'again.md', one)}`)
  await page.getByRole('button', { name: 'Throw away' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Throw away' }).click()
  await expect(page.getByText('This import was thrown away.')).toBeVisible()
  await page.getByRole('link', { name: 'All imports' }).click()
  await expect(page.getByRole('row', { name: /again\.md/ })).toContainText('thrown away')
})

test('a file that is empty or too large is refused before it is sent, with what to do', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/imports')
  const input = page.locator('input[type=file]').first()
  await input.setInputFiles({ name: 'nothing.md', mimeType: 'text/markdown', buffer: Buffer.from('') })
  await expect(page.getByRole('alert')).toContainText('The file is empty. Look whether it was saved')
  const large = test.info().outputPath('large.zip')
  writeFileSync(large, '')
  truncateSync(large, 120_000_000)
  await input.setInputFiles(large)
  await expect(page.getByRole('alert')).toContainText(
    'That is 120 MB; 100 MB is the most at once. Import it in parts',
  )
})

test('files are uploaded with progress, several as one archive; by the keyboard too', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/imports')
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose files' }).press('Enter')
  await (await chooser).setFiles([
    {
      name: 'rules.md',
      mimeType: 'text/markdown',
      buffer: Buffer.from('# Drones\n\nDrones stay in the bag while others play.'),
    },
    {
      name: 'questions.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('question,answer\nMay I fly a kite?,Only on the beach.\n'),
    },
    { name: 'photo.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 1, 2, 3, 0, 5]) },
  ])
  await expect(page).toHaveURL(/\/admin\/imports\/\d+/, patient)
  await expect(page.getByRole('heading', { name: 'rules +2.zip' })).toBeVisible(patient)
  await expect(page.getByRole('heading', { name: 'Report on 3 files' })).toBeVisible(patient)
  const files = page.getByRole('table', { name: 'By file' })
  await expect(files.getByRole('row', { name: /photo\.bin/ })).toContainText(/cannot|not|no/)
  await expect(files.getByRole('row', { name: /questions\.csv/ })).toBeVisible()
})

test('a file is dropped; one that is broken says so and how to go on', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/imports')
  const data = await page.evaluateHandle(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File(['this is no archive'], 'broken.zip', { type: 'application/zip' }))
    return transfer
  })
  const zone = page.getByRole('region', { name: 'Drop files or a folder here' })
  await zone.dispatchEvent('dragover', { dataTransfer: data })
  await zone.dispatchEvent('drop', { dataTransfer: data })
  await expect(page).toHaveURL(/\/admin\/imports\/\d+/, patient)
  await expect(
    page
      .getByText('It could not be read. Nothing was changed.')
      .or(page.getByRole('row', { name: /broken\.zip/ })),
  ).toBeVisible(patient)
  await expectGoodLooks(page)
})

test('what the server refuses is told in its words', async () => {
  expectConsole(/413|status of/)
  const page = await club().as('admin')
  // A proxy in between takes less than the server does.
  await page.route('**/import?**', (route) =>
    route.fulfill({ status: 413, body: '<h1>Request Entity Too Large</h1>' }),
  )
  await page.goto('/admin/imports')
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name: 'a.md', mimeType: 'text/markdown', buffer: Buffer.from('# A\n\nText') })
  await expect(page.getByRole('alert')).toContainText(
    'The file is too large. Something between you and the server',
  )
  await page.unroute('**/import?**')
})

test('in German, the reasons are too; what has no code is shown as it is', async () => {
  const page = await club().as('admin', 'Gustav', { locale: 'de-DE' })
  const id = await staged(page, 'tiere.zip', [
    { kind: 'sop', category: 'tiere', topic: 'hunde', content: 'Hunde an die Leine.', file: 'hunde.md' },
    { kind: 'sop', category: 'tiere', topic: 'mops', content: 'Hunde an die Leine.', file: 'mops.md' },
    { kind: 'sop', category: 'tiere', topic: 'leer', content: ' ', file: 'leer.md' },
    {
      kind: 'sop',
      category: 'tiere',
      topic: 'alt',
      content: 'Alt.',
      file: 'alt.md',
      review: 'Old, I think.',
    },
    { kind: 'knowledge', category: 'tiere', question: 'Katzen?', content: 'Nein.', file: 'katzen.md' },
  ])
  await page.goto(`/admin/imports/${id}`)
  const files = page.getByRole('table', { name: 'Nach Datei' })
  await expect(files.getByRole('row', { name: /mops\.md/ })).toContainText('hunde.md hat diesen Text.')
  await expect(files.getByRole('row', { name: /leer\.md/ })).toContainText('Es enthält keinen Text.')
  await expect(files.getByRole('row', { name: /alt\.md/ })).toContainText('Old, I think.')
  await page.getByText('Doppelt (1)', { exact: true }).click()
  const germanItems = page.getByRole('list', { name: 'Nach Eintrag' })
  await expect(germanItems).toContainText('hunde.md hat diesen Text.')
  await page.getByRole('button', { name: 'Import anwenden' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('Einzug')
  await page.keyboard.press('Control+Enter')
  await expect(page.getByText('Der Import ist fertig.')).toBeVisible(patient)
  await club().pool.query(
    `begin; set local clubos.actor = 'rita'; set local clubos.reason = 'By hand';
     update app_public.sops set content = 'Ohne Leine.' where category = 'tiere' and section = 'hunde';
     update app_public.knowledge_base set answer = 'Ja.' where question = 'Katzen?'; commit`,
  )
  await page.reload()
  const obstacles = page.getByRole('alert').filter({ hasText: 'auf diesem Import auf' })
  await expect(obstacles).toContainText(
    'Anleitung tiere/hunde wurde seitdem geändert (Version 2 von rita: By hand)',
  )
  await expect(obstacles).toContainText('Eintrag „Katzen?“ wurde seitdem geändert')
  await page.getByRole('button', { name: 'Den Rest zurücknehmen' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('Keine Tiere')
  await page.getByRole('dialog').getByRole('button', { name: 'Den Rest zurücknehmen' }).click()
  await expect(page.getByText('Der Import wurde zurückgenommen.')).toBeVisible(patient)
  await page.getByText('Darauf aufgebaut, behalten (2)', { exact: true }).click()
  await expect(germanItems).toContainText('Eintrag „Katzen?“ wurde seitdem geändert.')
  await expect(germanItems).not.toContainText('was changed')
})

test('an auditor reads the reports and changes nothing', async () => {
  expectConsole(/404|status of/)
  const page = await club().as('auditor')
  await page.goto('/admin/imports')
  await expect(page.getByRole('button', { name: 'Choose files' })).toHaveCount(0)
  await page.getByRole('link', { name: 'handbook.zip' }).click()
  await expect(page.getByRole('heading', { name: 'Report on 6 files' })).toBeVisible()
  await expect(page.getByRole('button', { name: /Apply|Roll back|Throw away/ })).toHaveCount(0)
  await page.goto('/admin/imports/999')
  await expect(page.getByText('There is nothing here.')).toBeVisible()
})
