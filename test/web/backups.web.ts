/** Backups in Admin: made, verified, found damaged; a restore looked at first, then done either way. */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, expectConsole, expectGoodLooks, test, useClub } from './support.ts'

const club = useClub()
// What the worker does takes as long as the machine lets it.
const patient = { timeout: 60_000 }

const target = (page: Page) => page.getByRole('article', { name: 'Target folder', exact: true })

async function giveReason(page: Page, reason: string) {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Why?' }).fill(reason)
  await page.keyboard.press('Control+Enter')
  await expect(dialog).toBeHidden()
}

const edit = (sop: number, content: string) =>
  club().pool.query(
    `begin; set local clubos.actor = 'rita'; set local clubos.reason = 'By hand'; update app_public.sops set content = '${content}' where id = ${sop}; commit`,
  )

async function backUp(page: Page) {
  const { rows } = await club().pool.query<{ n: string }>(
    `select count(*) as n from app_public.backups where status = 'complete'`,
  )
  await target(page).getByRole('button', { name: 'Back up now to folder' }).click()
  await expect
    .poll(
      async () =>
        (
          await club().pool.query<{ n: string }>(
            `select count(*) as n from app_public.backups where status = 'complete'`,
          )
        ).rows[0]!.n,
      patient,
    )
    .toBe(String(Number(rows[0]!.n) + 1))
  await expect(target(page).getByRole('button', { name: 'Back up now to folder' })).toBeEnabled(patient)
}

test('the first backup is made, shown with its age and counts, and verified', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/backups')
  await expect(target(page)).toContainText('No complete backup yet.')
  await expect(page.getByText('This backup lies on the server’s own disk.')).toBeVisible()
  // What sets up a target comes when it is asked for.
  await page.waitForLoadState('networkidle')
  expect(
    await page.evaluate(
      () =>
        performance.getEntriesByType('resource').filter(({ name }) => /Target(Form|Menu)/.test(name)).length,
    ),
  ).toBe(0)
  await expect(target(page).getByRole('button', { name: 'Verify' })).toBeDisabled()
  await backUp(page)
  await expect(target(page)).toContainText(/Last complete backup.*(now|second|minute)/)
  await expect(target(page)).toContainText(/\d+ uploaded, 0 unchanged/)
  await expect(target(page)).toContainText('Not yet: “Verify” reads every file again and compares it.')
  await target(page).getByRole('button', { name: 'Verify the backup in folder' }).click()
  await expect(target(page).getByText('whole', { exact: true })).toBeVisible(patient)
  await expect(page.getByRole('table', { name: 'Done so far' }).getByRole('row')).toHaveCount(2)
  await expectGoodLooks(page)
})

test('what went bad is shown before it comes back, as a version, with a reason', async () => {
  const page = await club().as('admin')
  const { rows } = await club().pool.query<{ id: number; name: string; content: string }>(
    `select id, category || '/' || section as name, content from app_public.sops where archived_at is null order by id limit 1`,
  )
  const [sop] = rows
  await edit(sop!.id, 'Tell them to go away.')
  await page.goto('/admin/backups')
  await target(page)
    .getByRole('button', { name: /^Restore from folder/ })
    .click()
  await expect(page).toHaveURL(/\/admin\/backups\/restores\/\d+/)
  await expect(page.getByRole('heading', { name: '1 difference' })).toBeVisible(patient)
  const differences = page.getByRole('list', { name: 'Differences' })
  await expect(differences).toContainText(sop!.name)
  await differences.getByRole('button', { name: `Texts of ${sop!.name}` }).click()
  await expect(differences.getByText('Tell them to go away.')).toBeVisible()
  await expectGoodLooks(page)

  await page.getByRole('radio', { name: 'As new versions' }).check()
  await page.getByRole('button', { name: 'Restore as new versions' }).click()
  await expect(page.getByRole('dialog')).toContainText('1 text changes for customers at once.')
  await giveReason(page, 'That was no answer')
  await expect(page.getByRole('status').filter({ hasText: 'The restore is done.' })).toContainText(
    'the club says what the backup says',
    patient,
  )
  await expect(page.getByText('That was no answer')).toBeVisible()
  const { rows: now } = await club().pool.query<{ content: string }>(
    `select content from app_public.sops where id = $1`,
    [sop!.id],
  )
  expect(now[0]!.content).toBe(sop!.content)
  await page.getByRole('link', { name: 'All backups' }).click()
  await expect(page.getByRole('table', { name: 'Restores' }).getByRole('row')).toHaveCount(3)

  // Nothing differs any more.
  await target(page)
    .getByRole('button', { name: /^Restore from folder/ })
    .click()
  await expect(page.getByText('Nothing differs.')).toBeVisible(patient)
})

test('differences can be proposed instead; a preview of an older backup says that there is a newer one', async () => {
  const page = await club().as('admin')
  const { rows } = await club().pool.query<{ id: number }>(
    `select id from app_public.sops where archived_at is null order by id limit 1`,
  )
  await edit(rows[0]!.id, 'Something else.')
  await page.goto('/admin/backups')
  await target(page)
    .getByRole('button', { name: /^Restore from folder/ })
    .click()
  await expect(page.getByRole('heading', { name: '1 difference' })).toBeVisible(patient)
  const preview = page.url()
  await expect(page.getByRole('radio', { name: 'As proposals' })).toBeChecked()
  await page.getByRole('button', { name: 'Propose the differences' }).click()
  await giveReason(page, 'Let somebody look')
  await expect(page.getByText('1 proposal waits for a decision.')).toBeVisible(patient)
  await page.getByRole('link', { name: 'To the review queue' }).click()
  await expect(page).toHaveURL(/\/review/)

  await page.goto('/admin/backups')
  await backUp(page)
  await expect(target(page)).toContainText(/[1-9]\d* unchanged/)
  await page.goto(preview)
  await expect(page.getByText('There is a newer backup.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Propose the differences' })).toHaveCount(0)
})

test('a damaged backup and a failed one say what is wrong and what to do', async () => {
  const page = await club().as('admin')
  const folder = join(club().backups, 'folder', 'data', 'sops')
  for (const name of readdirSync(folder)) rmSync(join(folder, name))
  await page.goto('/admin/backups')
  await target(page).getByRole('button', { name: 'Verify the backup in folder' }).click()
  await expect(target(page).getByText('damaged', { exact: true })).toBeVisible(patient)
  await expect(target(page)).toContainText('Back up now: what is missing or altered is written anew.')
  await target(page)
    .getByRole('button', { name: /problems?$/ })
    .click()
  await expect(target(page)).toContainText('data/sops/')
  await club().pool.query(
    `insert into app_public.backups (target_id, status, requested_by, started_at, finished_at, error, hint)
     select id, 'failed', 'schedule', now(), now(), 'The disk is full.', 'Make room, then back up again.' from app_public.backup_targets`,
  )
  await expect(target(page).getByRole('alert')).toContainText(
    'The disk is full. Make room, then back up again.',
    {
      timeout: 30_000,
    },
  )
  await expectGoodLooks(page)
  await backUp(page)
  await expect(target(page).getByRole('alert')).toHaveCount(0)
})

test('an auditor sees all of it and changes nothing; a restore that is not there says so', async () => {
  expectConsole(/404|status of/)
  const page = await club().as('auditor')
  await page.goto('/admin/backups')
  await expect(target(page)).toContainText('Last complete backup')
  await expect(target(page).getByRole('button', { name: /Back up|Verify|Restore/ })).toHaveCount(0)
  await expect(page.getByRole('button', { name: /Add a target|What to do/ })).toHaveCount(0)
  await page.getByRole('table', { name: 'Restores' }).getByRole('link', { name: 'Preview' }).first().click()
  await expect(page.getByRole('heading', { name: /^What a restore from folder/ })).toBeVisible()
  await expect(page.getByRole('button', { name: /Propose|Restore/ })).toHaveCount(0)
  await page.goto('/admin/backups/restores/999')
  await expect(page.getByText('There is nothing here.')).toBeVisible()
})

const named = (page: Page, name: string) => page.getByRole('article', { name: `Target ${name}`, exact: true })
const act = async (page: Page, name: string, what: string) => {
  await page.getByRole('button', { name: `What to do with ${name}`, exact: true }).click()
  await page.getByRole('menuitem', { name: what }).click()
}
const targetOf = async (name: string) => {
  const { rows } = await club().pool.query<Record<string, unknown>>(
    `select kind, settings, schedule, enabled, removed_at is not null as removed from app_public.backup_targets where name = $1`,
    [name],
  )
  return rows[0]
}
const lastReason = async () => {
  const { rows } = await club().pool.query<{ actor: string; reason: string }>(
    `select actor, reason from app_public.audit_log where table_name = 'backup_targets' order by id desc limit 1`,
  )
  return rows[0]
}

test('S3 is set up in the browser: tried, with what is wrong in plain words, then used', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/backups')
  await page.getByRole('button', { name: 'Add a target' }).click()
  const form = page.getByRole('dialog', { name: 'Add a target' })
  await expect(form.getByRole('radio', { name: 'S3-compatible storage' })).toBeChecked()
  await expect(form.getByRole('textbox', { name: 'Name' })).toHaveValue('s3')
  await expect(form.getByText('S3_SECRET_ACCESS_KEY', { exact: true })).toBeVisible()
  // Nothing asks for a secret.
  await expect(form.locator('input[type=password]')).toHaveCount(0)

  await form.getByRole('button', { name: 'Set up' }).click()
  await expect(form.getByRole('textbox', { name: 'Bucket', exact: true })).toBeFocused()
  await expect(form.getByRole('textbox', { name: 'Bucket', exact: true })).toHaveAccessibleDescription(
    'Which bucket?',
  )
  await expect(form.getByRole('textbox', { name: 'Why?' })).toHaveAccessibleDescription(/Say why/)
  await form.getByRole('textbox', { name: 'Bucket', exact: true }).fill('Not A Bucket')
  await expect(form.getByRole('textbox', { name: 'Bucket', exact: true })).toHaveAccessibleDescription(
    /3 to 63 small letters/,
  )
  await form.getByRole('textbox', { name: 'Name' }).fill('folder')
  await expect(form.getByRole('textbox', { name: 'Name' })).toHaveAccessibleDescription(
    /There is a target of this name/,
  )
  await form.getByRole('textbox', { name: 'Name' }).fill('off-site')

  await form.getByRole('textbox', { name: 'Bucket', exact: true }).fill('another-bucket')
  await form.getByRole('button', { name: 'Test' }).click()
  const wrong = form.getByRole('alert')
  await expect(wrong).toContainText('What is there could not be listed', patient)
  await expect(wrong).toContainText('There is no such place')
  await expect(wrong).toContainText('Make the bucket "another-bucket"')
  await expectGoodLooks(page)
  await page.setViewportSize({ width: 1440, height: 900 })
  // What was said holds for what was tried.
  await form.getByRole('textbox', { name: 'Bucket', exact: true }).fill(club().s3.bucket)
  await expect(wrong).toHaveCount(0)

  club().s3.onCall = ({ method }) => (method === 'PUT' ? { status: 403, code: 'AccessDenied' } : undefined)
  await form.getByRole('button', { name: 'Test' }).click()
  await expect(wrong).toContainText('Nothing could be written there', patient)
  await expect(wrong).toContainText('ClubOS may not do that there.')
  await expect(wrong).toContainText('s3:PutObject')
  club().s3.onCall = undefined
  await form.getByRole('button', { name: 'Test' }).click()
  await expect(form.getByRole('status').filter({ hasText: 'It can be used' })).toBeVisible(patient)
  expect([...club().s3.objects.keys()]).toEqual([])
  expect(await targetOf('off-site')).toBeUndefined()

  await form.getByRole('textbox', { name: 'Folder in the bucket' }).fill('/north/')
  await form.getByRole('radio', { name: 'When somebody asks' }).check()
  await form.getByRole('textbox', { name: 'Why?' }).fill('Off site')
  await page.keyboard.press('Control+Enter')
  await expect(form).toBeHidden()
  expect(await targetOf('off-site')).toEqual({
    kind: 's3',
    settings: { bucket: club().s3.bucket, prefix: 'north' },
    schedule: 'manual',
    enabled: true,
    removed: false,
  })
  expect(await lastReason()).toEqual({ actor: 'adam@club.example', reason: 'Off site' })
  await expect(named(page, 'off-site')).toContainText(`s3://${club().s3.bucket}/north`)
  await expect(page.getByText('This backup lies on the server’s own disk.')).toHaveCount(0)
  await page.getByRole('button', { name: 'Back up now to off-site' }).click()
  await expect(named(page, 'off-site')).toContainText('Last complete backup', patient)
  expect([...club().s3.objects.keys()]).toContain('north/manifest.json')
})

test('a target is changed, moved, paused and removed, each with its reason', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/backups')
  await act(page, 'off-site', 'Change')
  const form = page.getByRole('dialog', { name: 'Change the target off-site' })
  await form.getByRole('textbox', { name: 'Folder in the bucket' }).fill('south')
  await expect(form.getByText('The backup does not move along')).toBeVisible()
  await form.getByRole('textbox', { name: 'Why?' }).fill('One for each club')
  await form.getByRole('button', { name: 'Save' }).click()
  await expect(form).toBeHidden()
  await expect(named(page, 'off-site')).toContainText('It lies in a new place since its last backup')
  await expect(page.getByRole('button', { name: /^Restore from off-site/ })).toBeDisabled()
  expect(await targetOf('off-site')).toMatchObject({
    settings: { bucket: club().s3.bucket, prefix: 'south' },
    schedule: 'manual',
  })

  await act(page, 'off-site', 'Pause')
  await giveReason(page, 'The bill')
  await expect(named(page, 'off-site')).toContainText('paused')
  expect(await targetOf('off-site')).toMatchObject({ enabled: false, schedule: 'manual' })
  expect(await lastReason()).toEqual({ actor: 'adam@club.example', reason: 'The bill' })
  await act(page, 'off-site', 'Resume')
  await giveReason(page, 'Paid')
  await expect.poll(() => targetOf('off-site')).toMatchObject({ enabled: true })

  // A test of what is set up, from its menu.
  await act(page, 'off-site', 'Test')
  await expect(form.getByRole('status').filter({ hasText: 'It can be used' })).toBeVisible(patient)
  await page.keyboard.press('Escape')
  await expect(form).toBeHidden()

  await act(page, 'off-site', 'Remove')
  const sure = page.getByRole('dialog', { name: 'Remove off-site?' })
  await expect(sure).toContainText('The files that are there stay')
  await expect(sure.getByRole('button', { name: 'Remove' })).toBeDisabled()
  await sure.getByRole('textbox', { name: 'Why?' }).fill('Another storage')
  await sure.getByRole('button', { name: 'Remove' }).click()
  await expect(named(page, 'off-site')).toHaveCount(0)
  expect(await targetOf('off-site')).toMatchObject({ removed: true, enabled: false })
  expect(await lastReason()).toEqual({ actor: 'adam@club.example', reason: 'Another storage' })
  // What was done stays in the list.
  await expect(page.getByRole('table', { name: 'Done so far' })).toContainText('off-site')

  await act(page, 'folder', 'Remove')
  const last = page.getByRole('dialog', { name: 'Remove folder?' })
  await expect(last).toContainText('after this, nothing is backed up')
  await last.getByRole('textbox', { name: 'Why?' }).fill('To begin anew')
  await last.getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('There is no place for backups.')).toBeVisible()
  await expectGoodLooks(page)
})

test('Google Drive takes an address, says which credentials are missing; German too', async () => {
  const page = await club().as('admin', 'Adam', { locale: 'de-DE' })
  await page.goto('/admin/backups')
  await expect(page.getByText('Es gibt keinen Ort für Sicherungen.')).toBeVisible()
  await page.getByRole('button', { name: 'Ziel hinzufügen' }).click()
  const form = page.getByRole('dialog', { name: 'Ziel hinzufügen' })
  await form.getByRole('radio', { name: 'Google Drive' }).check()
  await expect(form.getByRole('textbox', { name: 'Name' })).toHaveValue('drive')
  await expect(form.getByText('GOOGLE_SERVICE_ACCOUNT_FILE')).toBeVisible()
  await form
    .getByRole('textbox', { name: 'Ordner in Google Drive' })
    .fill('https://drive.google.com/drive/folders/1AbC_d-9?usp=sharing')
  await form.getByRole('button', { name: 'Testen' }).click()
  await expect(form.getByRole('alert')).toContainText(
    'Die Zugangsdaten fehlen oder wurden abgelehnt.',
    patient,
  )
  await expectGoodLooks(page)
  await form.getByRole('textbox', { name: 'Warum?' }).fill('Außer Haus')
  await form.getByRole('button', { name: 'Einrichten' }).click()
  await expect(form).toBeHidden()
  expect(await targetOf('drive')).toMatchObject({
    kind: 'drive',
    settings: { folder_id: '1AbC_d-9' },
    schedule: 'daily',
  })
  await page.getByRole('button', { name: 'Ziel hinzufügen' }).click()
  await form.getByRole('radio', { name: 'Ordner', exact: true }).check()
  await expect(form.getByText('CLUBOS_BACKUP_DIR')).toBeVisible()
  await form.getByRole('button', { name: 'Testen' }).click()
  await expect(form.getByRole('status').filter({ hasText: 'Es ist benutzbar' })).toBeVisible(patient)
})
