import type { Page } from '@playwright/test'
import { heading, list, openQueue, proposeEdit, row, saveSop, statusOf, steps } from './review_support.ts'
import { expect, test, useClub } from './support.ts'

const club = useClub()
const editor = (page: Page) => page.getByRole('textbox', { name: 'The SOP’s text (Markdown)' })

/** Emptied first: Chromium gives text put over a selection a style of its own, and reports that it may not. */
async function replaceText(page: Page, text: string) {
  await editor(page).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(text)
}

test('two who read the same proposal see each other, until one leaves', async () => {
  const { id } = await proposeEdit(club().pool, 'looking')
  const rita = await club().as('reviewer')
  const ben = await club().as('reviewer', 'Ben')
  await openQueue(rita, `?id=${id}`)
  await openQueue(ben, `?id=${id}`)
  await expect(rita.getByText('Ben looks at this too')).toBeVisible()
  await expect(ben.getByText('Rita looks at this too')).toBeVisible()
  await ben.keyboard.press('j')
  await expect(rita.getByText('Ben looks at this too')).toHaveCount(0)
  await expect(row(ben, 'Testing / Looking')).toContainText('1')
  await rita.context().close()
  await ben.context().close()
})

test('both approve at the same moment: one wins, the other is told who', async () => {
  const { id } = await proposeEdit(club().pool, 'racing')
  const pages = [await club().as('reviewer'), await club().as('reviewer', 'Ben')]
  for (const page of pages) await openQueue(page, `?id=${id}`)
  await Promise.all(pages.map((page) => page.keyboard.press('a')))
  for (const page of pages) await expect(row(page, 'Testing / Racing')).toHaveCount(0)
  await expect.poll(() => statusOf(club().pool, id)).toMatchObject({ status: 'approved' })
  const { approved_by: winner } = await statusOf(club().pool, id)
  const loser = pages[winner === 'rita@club.example' ? 1 : 0]!
  await expect(
    loser.getByRole('alert').filter({ hasText: `Testing / Racing was approved by ${winner} already.` }),
  ).toBeVisible()
  for (const page of pages) await page.context().close()
})

test('what another decides leaves the list at once, and a proposal that is read says so', async () => {
  const { id } = await proposeEdit(club().pool, 'live')
  const rita = await club().as('reviewer')
  const ben = await club().as('reviewer', 'Ben')
  await openQueue(rita, `?id=${id}`)
  await openQueue(ben, `?id=${id}`)
  await ben.keyboard.press('a')
  await expect(row(rita, 'Testing / Live')).toHaveCount(0)
  await expect(rita.getByRole('article')).toContainText('Approved by ben@club.example')
  // What was read stays until its reader goes on, from its place.
  await expect(heading(rita)).toHaveText('Testing / Live')
  await rita.keyboard.press('a')
  await expect(heading(rita)).toHaveText('Testing / Live')
  await rita.keyboard.press('j')
  await expect(heading(rita)).not.toHaveText('Testing / Live')
  await rita.context().close()
  await ben.context().close()
})

test('a new proposal comes into the list at its rank', async () => {
  const page = await club().as('reviewer')
  await openQueue(page)
  const title = await heading(page).textContent()
  await proposeEdit(club().pool, 'fresh', 900)
  await expect(list(page).getByRole('option').first()).toContainText('Testing / Fresh')
  await expect(heading(page)).toHaveText(title!)
  await page.context().close()
})

test('whoever edits while another approves keeps their text and is told', async () => {
  const { id } = await proposeEdit(club().pool, 'editing_together')
  const rita = await club().as('reviewer')
  const ben = await club().as('reviewer', 'Ben')
  await openQueue(rita, `?id=${id}`)
  await rita.keyboard.press('e')
  await expect(editor(rita)).toBeFocused()
  await rita.keyboard.press('Control+End')
  await rita.keyboard.type('My own words.')
  await openQueue(ben, `?id=${id}`)
  await ben.keyboard.press('a')
  await expect(rita.getByRole('alert').filter({ hasText: 'Approved by ben@club.example' })).toBeVisible()
  await expect(editor(rita)).toContainText('My own words.')
  await expect(rita.getByRole('button', { name: 'Approve this text' })).toBeDisabled()
  await rita.context().close()
  await ben.context().close()
})

test('a later edit in other lines is merged, and approving writes both', async () => {
  const { id, sopId } = await proposeEdit(club().pool, 'merging')
  await saveSop(club().pool, 'merging', steps('Press the button.', 'Wave goodbye.'))
  const page = await club().as('reviewer')
  await openQueue(page, `?id=${id}`)
  await expect(page.getByText('in other lines')).toBeVisible()
  await page.keyboard.press('a')
  await expect.poll(() => statusOf(club().pool, id)).toMatchObject({ status: 'approved' })
  const { rows } = await club().pool.query('select content from app_public.sops where id = $1', [sopId])
  expect(rows[0].content).toBe(steps('Hold the button for five seconds.', 'Wave goodbye.'))
  await page.context().close()
})

test('a later edit in the same lines is a conflict, resolved before it is approved', async () => {
  const { id, sopId } = await proposeEdit(club().pool, 'conflicting')
  await saveSop(club().pool, 'conflicting', steps('Press it twice.', 'Thank them.'))
  const page = await club().as('reviewer')
  await openQueue(page, `?id=${id}`)
  await expect(page.getByText('in the same lines')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Approve', exact: true })).toHaveCount(0)
  await page.keyboard.press('a')
  await expect(page.getByRole('heading', { name: 'What the SOP says now (version 2)' })).toBeVisible()
  await expect(editor(page)).toContainText('<<<<<<< current')
  await expect(page.getByText('1 conflict is left')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Approve this text' })).toBeDisabled()
  const resolved = steps('Press it twice, for five seconds.', 'Thank them.')
  await replaceText(page, resolved)
  await page.getByRole('button', { name: 'Approve this text' }).click()
  await expect.poll(() => statusOf(club().pool, id)).toMatchObject({ status: 'approved' })
  const { rows } = await club().pool.query('select content from app_public.sops where id = $1', [sopId])
  expect(rows[0].content).toBe(resolved)
  await page.context().close()
})

test('a conflict that comes up while approving opens, and what was typed survives a second one', async () => {
  const { id, sopId } = await proposeEdit(club().pool, 'surprising')
  const page = await club().as('reviewer')
  await openQueue(page, `?id=${id}`)
  await saveSop(club().pool, 'surprising', steps('Press it gently.', 'Thank them.'))
  await page.keyboard.press('a')
  await expect(page.getByRole('heading', { name: 'What the SOP says now (version 2)' })).toBeVisible()
  const resolved = steps('Press it gently for five seconds.', 'Thank them.')
  await replaceText(page, resolved)
  await saveSop(club().pool, 'surprising', steps('Do not press it.', 'Thank them.'))
  await page.getByRole('button', { name: 'Approve this text' }).click()
  await expect(page.getByText('The SOP is at version 3 now; your text was begun at version 2.')).toBeVisible()
  await expect(editor(page)).toContainText('Press it gently for five seconds.')
  await page.getByRole('button', { name: 'My text holds version 3 too' }).click()
  await page.getByRole('button', { name: 'Approve this text' }).click()
  await expect.poll(() => statusOf(club().pool, id)).toMatchObject({ status: 'approved' })
  const { rows } = await club().pool.query('select content from app_public.sops where id = $1', [sopId])
  expect(rows[0].content).toBe(resolved)
  await page.context().close()
})
