import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { expect, expectConsole, test, useClub } from './support.ts'

const club = useClub()
const everything = [
  'People',
  'API tokens',
  'Logins',
  'Assistant',
  'Models',
  'Prompts',
  'Jobs',
  'Audit log',
  'Health',
  'Notifications',
  'Privacy',
  'Backups',
  'Import',
]
const sectionsOf = (page: Page) => page.getByRole('navigation', { name: 'Sections' }).getByRole('link')

async function giveReason(page: Page, reason: string) {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Why?' }).fill(reason)
  await page.keyboard.press('Control+Enter')
  await expect(dialog).toBeHidden()
}

test('who sees which sections, and what one may not see says so', async () => {
  for (const [role, sections] of [
    ['admin', everything],
    ['auditor', everything],
    ['reviewer', ['API tokens', 'Logins', 'Assistant', 'Prompts']],
    ['agent', ['API tokens', 'Logins', 'Assistant']],
  ] as const) {
    const page = await club().as(role)
    await page.goto('/admin')
    await expect(page).toHaveURL(
      role === 'admin' || role === 'auditor' ? /\/admin\/people/ : /\/admin\/tokens/,
    )
    await expect(sectionsOf(page)).toHaveText(sections)
    if (role === 'agent') {
      for (const section of [
        'people',
        'models',
        'prompts',
        'jobs',
        'audit',
        'health',
        'notifications',
        'privacy',
        'backups',
        'imports',
      ]) {
        await page.goto(`/admin/${section}`)
        await expect(page.getByText('This page is not for your role.')).toBeVisible()
      }
    }
    if (role === 'auditor') {
      await expect(page.getByRole('button', { name: 'Add somebody' })).toBeHidden()
      await page.goto('/admin/assistant')
      await expect(page.getByRole('heading', { name: 'The assistant answers' })).toBeVisible()
      await expect(page.getByRole('button', { name: 'Switch off' })).toBeHidden()
      await page.goto('/admin/privacy')
      await expect(page.getByRole('heading', { name: 'How long data is kept' })).toBeVisible()
      await expect(page.getByRole('button', { name: /^Change how long|^Erase|^Download/ })).toHaveCount(0)
      await page.goto('/admin/tokens')
      await expect(page.getByText('No tokens.')).toBeVisible()
      await expect(page.getByRole('button', { name: 'Make a token' })).toBeHidden()
    }
    await page.context().close()
  }
})

test('somebody is added, found, changed, locked out and let back in', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/people')
  await expect(page.getByRole('row', { name: /Adam \(you\)/ })).toBeVisible()
  await page.keyboard.press('n')
  const dialog = page.getByRole('dialog', { name: 'Add somebody' })
  await expect(dialog.getByRole('textbox', { name: 'E-mail address' })).toBeFocused()
  await page.keyboard.type('nina@club.example')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Nina <b>North</b>')
  await page.keyboard.press('Enter')
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('status').filter({ hasText: 'No mail server is set' })).toBeVisible()
  const nina = page.getByRole('row', { name: /nina@club\.example/ })
  await expect(nina).toContainText('Nina <b>North</b>')
  await expect(nina).toContainText('invited')

  await page.getByRole('textbox', { name: 'Find by name or e-mail' }).fill('nina')
  await expect(page).toHaveURL(/q=nina/)
  await expect(page.getByRole('row')).toHaveCount(2)
  await nina.getByRole('button').click()
  await page.getByRole('menuitem', { name: 'Change name or role' }).click()
  const change = page.getByRole('dialog', { name: /^Change Nina/ })
  await change.getByRole('combobox', { name: 'Role' }).click()
  await page.getByRole('listbox').getByRole('option', { name: 'reviewer' }).click()
  await change.getByRole('button', { name: 'Save' }).click()
  await expect(nina).toContainText('reviewer')

  await nina.getByRole('button').click()
  await page.getByRole('menuitem', { name: 'Lock out' }).click()
  await giveReason(page, 'Left in spring')
  await expect(nina).toContainText('locked out')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(nina).toContainText('invited')
  const { rows } = await club().pool.query(
    `select reason from app_public.audit_log where table_name = 'users' and new ->> 'email' = 'nina@club.example' and new ->> 'is_active' = 'false'`,
  )
  expect(rows).toEqual([{ reason: 'Left in spring' }])
})

test('the last admin stays: the refusal says why', async () => {
  expectConsole(/400|status of/)
  const page = await club().as('admin')
  await page.goto('/admin/people?role=admin')
  const adam = page.getByRole('row', { name: /Adam \(you\)/ })
  await adam.getByRole('button').click()
  await page.getByRole('menuitem', { name: 'Lock out' }).click()
  await giveReason(page, 'Me, by mistake')
  await expect(page.getByRole('alert')).toContainText(
    'That would leave the club without an admin. Make somebody else an admin first.',
  )
  await expect(adam).toContainText('active')
  await adam.getByRole('button').click()
  await page.getByRole('menuitem', { name: 'Change name or role' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Role' }).click()
  await page.getByRole('listbox').getByRole('option', { name: 'agent' }).click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog.getByRole('alert')).toContainText('without an admin')
})

test('a token is shown once, works, and works no more once revoked', async () => {
  const page = await club().as('agent')
  await page.goto('/admin/tokens')
  await page.getByRole('button', { name: 'Make a token' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make a token' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('till')
  await dialog.getByRole('combobox', { name: 'Role' }).click()
  await expect(page.getByRole('option')).toHaveText(['customer', 'agent'])
  await page.getByRole('listbox').getByRole('option', { name: 'agent' }).click()
  await dialog.getByRole('button', { name: 'Make a token' }).click()
  const shown = page.getByRole('dialog', { name: 'Your new token' })
  const token = await shown.getByRole('region', { name: 'Token' }).textContent()
  expect(token).toMatch(/^clt_/)
  const ask = async () =>
    (
      await fetch(`${club().url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: '{ currentActor }' }),
      })
    ).json() as Promise<{ data?: { currentActor?: string } }>
  expect((await ask()).data?.currentActor).toBe('ann@club.example (till)')
  await shown.getByRole('button', { name: 'I have stored it' }).click()
  await expect(shown).toBeHidden()
  await expect(page.getByText(token!)).toBeHidden()
  // An admin sees it, with its owner.
  const admin = await club().as('admin')
  await admin.goto('/admin/tokens')
  await expect(admin.getByRole('row', { name: /till Ann agent/ })).toBeVisible()
  await page.getByRole('button', { name: 'Revoke till' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click()
  await expect(page.getByText('No tokens.')).toBeVisible()
  expect((await ask()).data ?? null).toBeNull()
  await page.getByRole('switch', { name: 'Also those that ended' }).focus()
  await page.keyboard.press(' ')
  await expect(page).toHaveURL(/ended=true/)
  await expect(page.getByRole('row', { name: /till revoked/ })).toBeVisible()
})

test('one’s own login is marked, another is ended; the focus stays on the list', async () => {
  const page = await club().as('reviewer')
  await club().pool.query(
    `insert into app_public.sessions (user_id, address, user_agent, expires_at, last_seen_at)
     select id, '203.0.113.9', 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Safari/604.1', now() + interval '1 day', now() - interval '2 days'
       from app_public.users where email = 'rita@club.example'`,
  )
  await page.goto('/admin/sessions')
  await expect(page.getByRole('row', { name: /this one/ })).toHaveCount(1)
  await expect(page.getByRole('row')).toHaveCount(3)
  await page.getByRole('button', { name: 'End the login on Safari, iPhone' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click()
  await expect(page.getByRole('row')).toHaveCount(2)
  await expect(page.getByRole('region', { name: 'Logins' })).toBeFocused()
  await expect(page.getByRole('row', { name: /this one/ })).toBeVisible()
})

test('the kill switch, pulled by an agent, is seen at once in another browser, and taken back', async () => {
  const other = await club().as('reviewer')
  await other.goto('/sops')
  const banner = other.getByText('The assistant is switched off: every question waits for a person.')
  await expect(other.getByRole('heading', { level: 1 })).toBeAttached()
  await expect(banner).toBeHidden()
  const page = await club().as('agent')
  await page.goto('/admin/assistant')
  await expect(
    page.getByText('Quoted from the club’s own texts by this server.', { exact: false }),
  ).toBeVisible()
  await page.getByRole('button', { name: 'Switch off' }).click()
  await giveReason(page, 'It sends people to the wrong door')
  await expect(page.getByRole('heading', { name: 'The assistant is switched off' })).toBeVisible()
  await expect(banner).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('heading', { name: 'The assistant answers' })).toBeVisible()
  await expect(banner).toBeHidden()
  // By keys alone.
  await page.keyboard.press('o')
  await giveReason(page, 'Once more')
  await expect(banner).toBeVisible()
  await page.getByRole('button', { name: 'Switch on' }).click()
  await giveReason(page, 'All is well')
  await expect(banner).toBeHidden()
})

test('what the assistant says by itself is put into the club’s own words, and back', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/assistant')
  const words = page.getByRole('region', { name: 'What it says by itself' })
  await expect(words).toContainText('I am not sure enough to answer this')
  await words.getByRole('button', { name: 'Change: Where it is not sure enough' }).click()
  const dialog = page.getByRole('dialog')
  const text = dialog.getByRole('textbox', { name: 'In the club’s own words' })
  await expect(text).toBeFocused()
  await text.fill('Leonie rings you back.')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toContainText('Say why')
  await giveReason(page, 'She does')
  await expect(words).toContainText('Leonie rings you back.')
  await expect(words).toContainText('the club’s own words')
  const chat = await club().visitor()
  await chat.goto('/chat')
  await chat.getByRole('textbox', { name: 'Your question' }).fill('Which vaccinations do I need for Kenya?')
  await chat.keyboard.press('Enter')
  await expect(chat.getByText('Leonie rings you back.')).toBeVisible()
  await words.getByRole('button', { name: 'Change: Where it is not sure enough' }).click()
  await text.fill('')
  await giveReason(page, 'She has left')
  await expect(words).toContainText('I am not sure enough to answer this')
  // To look at, for who may not change it.
  const agent = await club().as('agent')
  await agent.goto('/admin/assistant')
  const shown = agent.getByRole('region', { name: 'What it says by itself' })
  await expect(shown).toContainText('I am not sure enough to answer this')
  await expect(shown.getByRole('button')).toHaveCount(0)
})

/** A job that was given up, as graphile-worker leaves it. */
async function bury(task: string, error: string) {
  const { rows } = await club().pool.query<{ id: string }>(
    `select id from graphile_worker.add_job($1, '{}', run_at => now() + interval '1 year', max_attempts => 1)`,
    [task],
  )
  await club().pool.query(
    'update graphile_worker._private_jobs set attempts = 1, last_error = $2, run_at = now() where id = $1',
    [rows[0]!.id, error],
  )
}

test('a job that was given up is retried, and seen to be done; another is discarded', async () => {
  await bury('jobs__watch', 'connect ECONNREFUSED')
  const page = await club().as('admin')
  await page.goto('/admin/jobs')
  const row = page.getByRole('row', { name: /jobs__watch/ }).filter({ hasText: 'ECONNREFUSED' })
  await expect(row).toBeVisible()
  await row.getByRole('button', { name: 'Retry' }).click()
  await giveReason(page, 'The mail server is back')
  await expect(page.getByRole('status', { name: 'What became of what you retried' })).toContainText('done')
  await expect(page.getByText('None was given up.')).toBeVisible()
  await bury('no_such_task', 'No task of this name')
  await page.getByRole('button', { name: 'Discard' }).click()
  await giveReason(page, 'It never existed')
  await expect(page.getByText('None was given up.')).toBeVisible()
  const { rows } = await club().pool.query(
    `select operation, reason from app_public.audit_log where table_name = 'jobs' order by id`,
  )
  expect(rows).toEqual([
    { operation: 'update', reason: 'The mail server is back' },
    { operation: 'delete', reason: 'It never existed' },
  ])
})

test('the audit log: filtered by row, person, transaction and time, in the address; what changed; more pages', async () => {
  const agent = await club().as('agent')
  await agent.goto('/admin/assistant')
  await agent.getByRole('button', { name: 'Switch off' }).click()
  await giveReason(agent, 'The codes are wrong')
  await agent.getByRole('button', { name: 'Undo' }).click()
  await expect(agent.getByRole('heading', { name: 'The assistant answers' })).toBeVisible()

  const page = await club().as('auditor')
  await page.goto('/admin/audit')
  const entries = page.getByRole('list', { name: 'Changes' }).getByRole('listitem')
  await expect(entries).toHaveCount(50)
  await page.getByRole('button', { name: 'Show more' }).click()
  await expect(entries).toHaveCount(100)

  await page
    .getByRole('textbox', { name: 'Table' })
    .or(page.getByRole('combobox', { name: 'Table' }))
    .fill('club_settings')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/table=club_settings/)
  await expect(entries.filter({ hasNotText: 'club_settings' })).toHaveCount(0)
  const off = entries.filter({ hasText: 'The codes are wrong' })
  await off.getByRole('button', { name: /^Show what changed/ }).click()
  await expect(off.getByRole('row', { name: 'assistant_enabled true false' })).toBeVisible()
  await expect(off.getByRole('row')).toHaveCount(2)
  await off.getByRole('button', { name: 'Only this person' }).click()
  await expect(page).toHaveURL(/actor=ann/)
  await expect(entries.filter({ hasNotText: 'ann@club.example' })).toHaveCount(0)
  await page.goBack()
  await expect(page).not.toHaveURL(/actor=/)
  await off.getByRole('button', { name: 'Done with it' }).click()
  await expect(page).toHaveURL(/transaction=/)
  await expect(entries).toHaveCount(1)
  await page.getByRole('button', { name: 'Every transaction' }).click()
  await expect(page).not.toHaveURL(/transaction=/)
  await page.goto('/admin/audit?to=2020-01-01')
  await expect(page.getByText('No change fits.')).toBeVisible()
  await page.goto('/admin/audit?table=sops')
  await entries.first().getByRole('link').click()
  await expect(page).toHaveURL(/\/sops\/\d+/)
})

test('webhooks: refused, added with a key that is shown once, deleted', async () => {
  expectConsole(/400|status of/)
  const page = await club().as('admin')
  await page.goto('/admin/notifications')
  await page.getByRole('button', { name: 'Add a webhook' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a webhook' })
  const address = dialog.getByRole('textbox', { name: 'Address' })
  await address.fill('https://user:secret@example.com/hook')
  await dialog.getByRole('button', { name: 'Add a webhook' }).click()
  await expect(dialog.getByRole('alert')).toContainText('That is not a URL a webhook can go to.')
  await address.fill('https://example.com/hook')
  await dialog.getByRole('checkbox', { name: 'Job given up' }).check()
  await dialog.getByRole('button', { name: 'Add a webhook' }).click()
  const shown = page.getByRole('dialog', { name: 'The webhook’s signing key' })
  await expect(shown.getByRole('region', { name: 'Signing key' })).toContainText(/^whsec_/)
  await shown.getByRole('button', { name: 'I have stored it' }).click()
  const row = page.getByRole('row', { name: /example\.com\/hook/ })
  await expect(row).toContainText('Urgent conversation, Job given up')
  await row.getByRole('button', { name: /^Delete/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('No webhooks.')).toBeVisible()
})

test('the outbox tells what was sent to whom, and why not', async () => {
  await club().pool.query(
    `insert into app_public.notifications (kind, channel, recipient, status, attempts, error) values ('invitation', 'mail', 'lost@club.example', 'failed', 3, 'Mailbox full')`,
  )
  const page = await club().as('auditor')
  await page.goto('/admin/notifications?channel=mail')
  await expect(
    page.getByRole('row', { name: /Invitation.*Mailbox full.*lost@club\.example.*failed/ }),
  ).toBeVisible()
  await page.goto('/admin/notifications?channel=webhook')
  await expect(page.getByText('Nothing was sent yet.')).toBeVisible()
})

test('health says what needs attention first, and where to go', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/health')
  await expect(page.getByRole('status').filter({ hasText: /needs? attention/ })).toBeVisible()
  const checks = page.getByRole('list', { name: 'Health' }).getByRole('listitem')
  await expect(checks).toHaveCount(13)
  await expect(checks.filter({ hasText: /^Outbox/ })).toContainText('needs attention')
  await expect(checks.last()).toContainText('ok')
  await page.getByRole('link', { name: 'Open: Outbox' }).click()
  await expect(page).toHaveURL(/\/admin\/notifications/)
})

test('how long data is kept: changed with a reason, and taken back', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/privacy')
  await page.getByRole('button', { name: 'Change how long: Outbox' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Days' }).fill('30')
  await expect(dialog).toContainText('What is older goes with the next run, for good.')
  await dialog.getByRole('textbox', { name: 'Why?' }).fill('Agreed with the council')
  await dialog.getByRole('button', { name: 'Save' }).click()
  const row = page.getByRole('row', { name: /^Outbox/ })
  await expect(row).toContainText('30 days')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row).toContainText('90 days')
})

test('a customer’s data: copied, then erased after a typed word and a reason; both are written down', async () => {
  expectConsole(/400|status of/)
  const { rows } = await club().pool.query<{ id: string }>(
    'select max(id)::text as id from app_public.tickets',
  )
  const ticket = rows[0]!.id
  const page = await club().as('admin')
  await page.goto('/admin/privacy')
  const conversation = page.getByRole('radio', { name: 'One conversation' })
  await conversation.focus()
  await conversation.press(' ')
  const number = page.getByRole('textbox', { name: 'Number of the conversation' })
  await number.fill('twelve')
  await expect(page.getByText('That is a number.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Erase' })).toBeDisabled()
  await number.fill('999999')
  await page.getByRole('button', { name: 'Download a copy' }).click()
  await expect(page.getByRole('alert')).toContainText('999999')
  await number.fill(ticket)
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download a copy' }).click(),
  ])
  expect(JSON.parse(readFileSync(await file.path(), 'utf8'))).toMatchObject({ ticket_id: Number(ticket) })
  await page.getByRole('button', { name: 'Erase' }).click()
  const dialog = page.getByRole('dialog', { name: 'Erase for good?' })
  await expect(dialog.getByRole('button', { name: 'Erase' })).toBeDisabled()
  await dialog.getByRole('textbox', { name: 'Why?' }).fill('Asked by mail')
  await dialog.getByRole('textbox', { name: 'Type “erase” to confirm' }).fill('erase')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('status').filter({ hasText: 'Erased.' })).toBeVisible()
  await expect(
    page.getByRole('row', { name: new RegExp(`Erasure.*Asked by mail.*ticket ${ticket}`) }),
  ).toBeVisible()
  await expect(page.getByRole('row', { name: new RegExp(`Copy.*ticket ${ticket}`) })).toBeVisible()
})

test('in German', async () => {
  const page = await club().as('admin', 'Adam', { locale: 'de-DE' })
  await page.goto('/admin/health')
  await expect(page.getByRole('heading', { level: 1, name: 'Zustand' })).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: /^Datenbank/ })).toContainText('in Ordnung')
})

test('the chain is whole; and once somebody with the owner’s rights altered it, the check says where', async () => {
  const page = await club().as('auditor')
  await page.goto('/admin/audit')
  const result = page.getByRole('region', { name: 'Is the log whole?' })
  await expect(page.getByRole('list', { name: 'Changes' })).toBeVisible()
  await page.keyboard.press('c')
  await expect(result).toContainText(/The log is whole\.\s*All [\d,]+ entries checked/)
  const client = await club().pool.connect()
  await client.query('begin')
  await client.query('alter table app_public.audit_log disable trigger user')
  await client.query(`update app_public.audit_log set actor = 'nobody' where chain_position = 7`)
  await client.query('alter table app_public.audit_log enable trigger user')
  await client.query('commit')
  client.release()
  await result.getByRole('button', { name: 'Check now' }).click()
  await expect(result).toContainText('The log is broken.')
  await expect(result.getByRole('listitem')).toHaveText([/^Position 7 \(entry \d+\): was altered$/])
})

test('a head of no such form is refused with the reason', async () => {
  expectConsole(/400|status of/)
  const page = await club().as('auditor')
  await page.goto('/admin/audit')
  await page.getByRole('textbox', { name: 'A head that was kept elsewhere (optional)' }).fill('seven')
  await page.getByRole('button', { name: 'Check now' }).click()
  await expect(page.getByRole('alert')).toContainText('A head is POSITION:HASH')
})

test('when the assistant answers is set, with what that would have done', async () => {
  const page = await club().as('admin')
  await page.goto('/admin/assistant')
  const settings = page.getByRole('region', { name: 'Settings' })
  await expect(settings).toContainText('less than 25% sure')
  await settings.getByRole('button', { name: 'Change the settings' }).click()
  const dialog = page.getByRole('dialog')
  const threshold = dialog.getByRole('textbox', { name: 'When it hands over' })
  await expect(threshold).toBeFocused()
  const effect = dialog.getByRole('status')
  await expect(effect).toContainText(/, 0 would have gone to a person/)
  await threshold.fill('99')
  await expect(effect).toContainText(
    /of (\d+) questions that it answered, [1-9]\d* would have gone to a person/,
  )
  await threshold.fill('')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await expect(dialog).toContainText('From 0 to 100.')
  await expect(dialog).toContainText('Say why')
  await threshold.fill('30')
  await giveReason(page, 'Rather ask us')
  await expect(settings).toContainText('less than 30% sure')
  const agent = await club().as('agent')
  await agent.goto('/admin/assistant')
  const shown = agent.getByRole('region', { name: 'Settings' })
  await expect(shown).toContainText('less than 30% sure')
  await expect(shown.getByRole('button')).toHaveCount(0)
  await settings.getByRole('button', { name: 'Change the settings' }).click()
  await threshold.fill('25')
  await giveReason(page, 'As before')
  await expect(settings).toContainText('less than 25% sure')
})
