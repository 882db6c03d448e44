/** Several proposals at once, a draft asked for anew, and what a dry run shows. */
import type { Page } from '@playwright/test'
import { withClaims } from '../../core/database/index.ts'
import { agent, reviewer } from '../support/database.ts'
import {
  heading,
  openQueue,
  propose,
  proposeEdit,
  row,
  saveSop,
  statusOf,
  steps,
  toastOf,
} from './review_support.ts'
import { expect, expectGoodLooks, test, useClub } from './support.ts'

const club = useClub()
const pool = () => club().pool
const as = (page: Page) => page.getByRole('dialog')

/** Two proposals that change the first and the last step of one SOP. */
async function proposeTwo(section: string, impact = 400) {
  const sopId = await saveSop(pool(), section, steps('Press the button.', 'Thank them.'))
  const edit = (text: string) =>
    propose(pool(), 'sop_edit', { sop_id: sopId, new_content: text, reasoning: 'Asked' }, impact)
  return {
    sopId,
    ids: [
      await edit(steps('Hold the button.', 'Thank them.')),
      await edit(steps('Press the button.', 'Wave goodbye.')),
    ],
  }
}
const versionsOf = async (sopId: number) =>
  (
    await pool().query(
      'select content, change_reason from app_public.sop_versions where sop_id = $1 order by version',
      [sopId],
    )
  ).rows
const both = steps('Hold the button.', 'Wave goodbye.')

/** Marks the proposals that stand first in the list, and asks to approve them. */
async function markFirst(page: Page, count: number) {
  for (let n = 0; n < count; n++) {
    await page.keyboard.press('x')
    await page.keyboard.press('j')
  }
  await expect(page.getByText(`${count} selected`)).toBeVisible()
  await page.keyboard.press('Shift+A')
}

test('two proposals of one SOP become one version together, and both come back with one press', async () => {
  const { sopId, ids } = await proposeTwo('together')
  const page = await club().as('reviewer')
  await openQueue(page)
  await markFirst(page, 2)
  const dialog = as(page)
  await expect(dialog).toContainText('Approve 2 proposals')
  // The text that comes out holds both changes.
  await expect(dialog.getByRole('region', { name: 'What changes' })).toContainText('Hold the button.')
  await expect(dialog.getByRole('region', { name: 'What changes' })).toContainText('Wave goodbye.')
  await dialog.getByRole('radio', { name: 'One version of each SOP, for all its proposals' }).check()
  await dialog.getByRole('textbox', { name: 'Why (optional)' }).fill('Tried on site')
  await page.keyboard.press('Control+Enter')
  await expect(toastOf(page, 'Approved 2 proposals')).toBeVisible()
  for (const id of ids) expect(await statusOf(pool(), id)).toMatchObject({ status: 'approved' })
  expect((await versionsOf(sopId)).slice(1)).toEqual([
    { content: both, change_reason: `Proposals ${ids.join(', ')} together: Tried on site` },
  ])
  await toastOf(page, 'Approved 2 proposals').getByRole('button', { name: 'Undo' }).click()
  await expect(toastOf(page, 'Taken back: 2 proposals wait again')).toBeVisible()
  for (const id of ids) expect(await statusOf(pool(), id)).toMatchObject({ status: 'pending' })
  expect((await versionsOf(sopId)).map(({ content }) => content)).toEqual([
    steps('Press the button.', 'Thank them.'),
    both,
    steps('Press the button.', 'Thank them.'),
  ])
  await expect(row(page, 'Testing / Together')).toHaveCount(2)
  await page.context().close()
})

test('one version each is what Enter gives, and the key takes all of it back', async () => {
  const { sopId, ids } = await proposeTwo('each', 500)
  const page = await club().as('reviewer')
  await openQueue(page)
  await markFirst(page, 2)
  await expect(as(page).getByRole('button', { name: 'Approve all 2' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(as(page)).toHaveCount(0)
  for (const id of ids) await expect.poll(() => statusOf(pool(), id)).toMatchObject({ status: 'approved' })
  expect((await versionsOf(sopId)).map(({ content }) => content)).toEqual([
    steps('Press the button.', 'Thank them.'),
    steps('Hold the button.', 'Thank them.'),
    both,
  ])
  await page.keyboard.press('u')
  for (const id of ids) await expect.poll(() => statusOf(pool(), id)).toMatchObject({ status: 'pending' })
  await page.context().close()
})

test('a version that holds several is taken back as a whole from any of them', async () => {
  const { sopId, ids } = await proposeTwo('whole')
  await withClaims(pool(), reviewer, (client) =>
    client.query(`select app_public.approve_improvements($1, 'Right', true)`, [ids]),
  )
  const page = await club().as('reviewer')
  await openQueue(page, `?status=approved&id=${ids[1]}`)
  const article = page.getByRole('article')
  // The second one shows the version too, though the first made it.
  await expect(article.getByRole('region', { name: 'What changes' })).toContainText('Hold the button.')
  await expect(article).toContainText(`In one version with 1 other: #${ids[0]}`)
  await page.getByRole('button', { name: 'Undo the approval' }).click()
  await expect(as(page)).toContainText('both wait again')
  await page.getByRole('textbox', { name: 'Why?' }).fill('Not true any more')
  await page.keyboard.press('Control+Enter')
  for (const id of ids) await expect.poll(() => statusOf(pool(), id)).toMatchObject({ status: 'pending' })
  expect((await versionsOf(sopId)).at(-1)!.content).toBe(steps('Press the button.', 'Thank them.'))
  await page.context().close()
})

test('a conflict names the pair; with one left out the rest is approved', async () => {
  const { sopId, ids } = await proposeTwo('pair', 600)
  const third = await propose(
    pool(),
    'sop_edit',
    { sop_id: sopId, new_content: steps('Kick the button.', 'Thank them.') },
    600,
  )
  const page = await club().as('reviewer')
  await openQueue(page)
  await markFirst(page, 3)
  const dialog = as(page)
  await expect(
    dialog
      .getByRole('alert')
      .filter({ hasText: `#${third} and #${ids[0]} change the same lines.` })
      .first(),
  ).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Approve all 3' })).toHaveAttribute('aria-disabled', 'true')
  await dialog.getByRole('button', { name: 'Approve all 3' }).click({ force: true })
  for (const id of [...ids, third]) expect(await statusOf(pool(), id)).toMatchObject({ status: 'pending' })
  await expectGoodLooks(page)
  await dialog.getByRole('button', { name: `Leave #${third} out` }).click()
  await expect(dialog.getByRole('alert')).toHaveCount(0)
  await dialog.getByRole('button', { name: 'Approve all 2' }).click()
  await expect(toastOf(page, 'Approved 2 proposals')).toBeVisible()
  expect(await statusOf(pool(), third)).toMatchObject({ status: 'pending' })
  expect((await versionsOf(sopId)).at(-1)!.content).toBe(both)
  await page.context().close()
})

test('what somebody does meanwhile is told, and nothing of the batch is done', async () => {
  const { sopId, ids } = await proposeTwo('meanwhile', 700)
  const page = await club().as('reviewer')
  await openQueue(page)
  await markFirst(page, 2)
  await expect(as(page).getByRole('button', { name: 'Approve all 2' })).toBeFocused()
  await withClaims(pool(), { role: 'reviewer', actor: 'rob' }, (client) =>
    client.query('select app_public.approve_improvement($1)', [ids[0]]),
  )
  await page.keyboard.press('Enter')
  await expect(as(page).getByRole('alert')).toContainText('Testing / Meanwhile was approved by rob already.')
  expect(await statusOf(pool(), ids[1]!)).toMatchObject({ status: 'pending' })
  // The rest is offered, on the text as it is now.
  await expect(as(page)).toContainText('1 was decided by somebody else meanwhile')
  await as(page).getByRole('button', { name: 'Approve 1' }).click()
  await expect.poll(() => statusOf(pool(), ids[1]!)).toMatchObject({ status: 'approved' })
  expect((await versionsOf(sopId)).at(-1)!.content).toBe(both)
  await page.context().close()
})

/** A proposal with a failed question behind it, whose SOP was changed in the same lines since. */
async function conflicting(section: string) {
  const { id, sopId } = await proposeEdit(pool(), section, 800)
  await withClaims(pool(), agent, async (client) => {
    await client.query(`select set_config('role', 'none', true)`)
    await client.query(
      `with failed as (
         insert into app_public.failed_responses (query, response, feedback_type, user_correction, reporter, expected_sop_id)
         values ($2, 'No.', 'wrong', 'Press it for ten seconds', 'ann', $3) returning id)
       insert into app_public.improvement_evidence (improvement_id, failed_response_id) select $1, id from failed`,
      [id, `the ${section} button is stuck`, sopId],
    )
  })
  await saveSop(pool(), section, steps('Press it twice.', 'Thank them.'))
  return { id, sopId }
}

test('where it conflicts it is drafted anew, and the new draft appears by itself', async () => {
  const { id, sopId } = await conflicting('redrafted')
  const page = await club().as('reviewer')
  await openQueue(page, `?id=${id}`)
  await expect(page.getByText('in the same lines').first()).toBeVisible()
  await page.keyboard.press('n')
  const dialog = page.getByRole('dialog', { name: 'Have Testing / Redrafted drafted anew?' })
  await dialog.getByRole('button', { name: 'The SOP has changed in the same lines' }).click()
  await dialog.getByRole('button', { name: 'Draft anew' }).dblclick()
  await expect(toastOf(page, 'Testing / Redrafted is being drafted anew')).toBeVisible()
  await expect.poll(() => statusOf(pool(), id)).toMatchObject({ status: 'superseded' })
  const { rows } = await pool().query(
    `select count(*)::int as n from app_public.analysis_runs where kind = 'requested' and requested_by = 'rita@club.example'`,
  )
  expect(rows[0].n).toBe(1)
  // The worker analyses it at once; where the draft stands in a long list is not what this is about.
  await expect
    .poll(async () => {
      const drafted = await pool().query(
        `update app_public.improvement_queue set impact = 900 where sop_id = $1 and status = 'pending' and base_version = 2 returning id`,
        [sopId],
      )
      return drafted.rowCount
    })
    .toBe(1)
  await expect(row(page, 'Testing / Redrafted')).toBeVisible()
  await row(page, 'Testing / Redrafted').click()
  await expect(page.getByRole('article')).toContainText('Press it for ten seconds')
  await page.keyboard.press('a')
  await expect.poll(async () => (await versionsOf(sopId)).at(-1)!.content).toContain('Press it twice.')
  await page.goto(`/review?status=superseded&id=${id}`)
  await expect(page.getByRole('article')).toContainText('Drafted anew, as rita@club.example asked')
  await expect(page.getByRole('article')).toContainText('The SOP has changed in the same lines')
  await page.context().close()
})

test('the conflict’s own page has the button too, and goes on', async () => {
  const { id } = await conflicting('resolving')
  const page = await club().as('reviewer')
  await openQueue(page, `?id=${id}`)
  await page.keyboard.press('e')
  await expect(page.getByText('1 conflict is left')).toBeVisible()
  await page.getByRole('button', { name: 'Draft anew' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('textbox', { name: 'Why?' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  expect(await statusOf(pool(), id)).toMatchObject({ status: 'pending' })
  await page.getByRole('button', { name: 'Draft anew' }).click()
  await dialog.getByRole('textbox', { name: 'Why?' }).fill('Too much has changed')
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => statusOf(pool(), id)).toMatchObject({ status: 'superseded' })
  await expect(heading(page)).not.toHaveText('Testing / Resolving')
  await page.context().close()
})

const one = (
  question: string,
  role: string,
  effect: string,
  before: string | null,
  after: string | null,
) => ({
  question,
  role,
  effect,
  expected: 'sop:1',
  expected_title: 'Access / Door',
  before,
  before_title: before && `Title of ${before}`,
  before_confidence: 0.41,
  after,
  after_title: after && `Title of ${after}`,
  after_confidence: 0.87,
})
const questions = [
  one('Which door?', 'failing', 'fixed', 'sop:2', 'sop:1'),
  one('Still which door?', 'failing', 'still_failing', null, 'topic:prices/bays'),
  one('Where is the key?', 'good', 'broken', 'sop:1', 'sop:3'),
  one('Do you open at nine?', 'good', 'changed', 'sop:2', 'sop:3'),
  one('Is there a fire?', 'golden', 'broken', 'sop:1', 'hand_over'),
  one('How do I get in?', 'golden', 'fixed', 'sop:2', 'sop:1'),
  ...Array.from({ length: 8 }, (_, n) => one(`Unaffected ${n}?`, 'good', 'unaffected', 'sop:1', 'sop:1')),
]
const tried = {
  at: '2026-03-03T10:00:00Z',
  ms: 32,
  fixed: 1,
  still_failing: 1,
  broken: 1,
  changed: 1,
  unaffected: 8,
  golden: 2,
  golden_broken: 1,
  golden_fixed: 1,
  asked: { failing: 2, good: 10, golden: 2 },
  base_version: 1,
  golden_revision: 1,
  questions,
}

test('a dry run stands beside the change, the worst first, each question with both sources', async () => {
  const { id } = await proposeEdit(pool(), 'tried')
  await pool().query('update app_public.improvement_queue set dry_run = $2 where id = $1', [id, tried])
  const page = await club().as('reviewer')
  await openQueue(page, `?id=${id}`)
  const result = page.getByRole('region', { name: 'Dry run' })
  await expect(result).toContainText(
    'Fixes 1 of 2 failing questions. Breaks 1 of 10 good answers. Breaks 1 of 2 golden questions.',
  )
  await expect(result.getByRole('heading', { level: 4 })).toHaveText([
    'Golden questions that break1',
    'Good answers that break1',
    'Still failing1',
    'Another source than before1',
    'Golden questions that are fixed1',
    'Fixed1',
    'Unaffected8',
  ])
  const fire = result.getByRole('listitem').filter({ hasText: 'Is there a fire?' })
  await expect(fire).toContainText('golden')
  await expect(fire).toContainText('Should lead to: Access / Door')
  await expect(fire).toContainText('Now: Title of sop:1 (41%)')
  await expect(fire).toContainText('After: a person')
  const key = result.getByRole('listitem').filter({ hasText: 'Where is the key?' })
  await expect(key.getByRole('link', { name: 'Title of sop:3' })).toHaveAttribute('href', '/sops/3')
  await expect(
    result
      .getByRole('listitem')
      .filter({ hasText: 'Still which door?' })
      .getByRole('link', { name: 'Title of topic:prices/bays' }),
  ).toHaveAttribute('href', '/knowledge?category=prices&q=bays')
  await expect(result.getByText('Unaffected 0?')).toHaveCount(0)
  await result.getByRole('button', { name: 'Unaffected 8' }).focus()
  await page.keyboard.press('Enter')
  await expect(result.getByText('Unaffected 0?')).toBeVisible()
  await expect(result.getByText('Unaffected 7?')).toHaveCount(0)
  await result.getByRole('button', { name: '2 more' }).click()
  await expect(result.getByText('Unaffected 7?')).toBeVisible()
  await page.context().close()
})

test('a result that was kept before effects were told is shown as well', async () => {
  const { id } = await proposeEdit(pool(), 'old_result')
  const old = questions
    .slice(0, 4)
    .map(({ effect: _, before_confidence: __, after_confidence: ___, ...rest }) => rest)
  const { at, fixed, still_failing, broken } = tried
  await pool().query('update app_public.improvement_queue set dry_run = $2 where id = $1', [
    id,
    { at, fixed, still_failing, broken, unaffected: 3, questions: old },
  ])
  const page = await club().as('reviewer')
  await openQueue(page, `?id=${id}`)
  const result = page.getByRole('region', { name: 'Dry run' })
  await expect(result.getByRole('heading', { level: 4 })).toHaveText([
    'Good answers that break1',
    'Still failing1',
    'Another source than before1',
    'Fixed1',
  ])
  await expect(result).toContainText('Breaks 1 of 4 good answers.')
  await page.context().close()
})

test('a dry run that holds no longer says why, and is run again', async () => {
  const { id } = await proposeEdit(pool(), 'stale')
  const page = await club().as('agent')
  await openQueue(page, `?id=${id}`)
  const result = page.getByRole('region', { name: 'Dry run' })
  await result.getByRole('button', { name: 'Dry run' }).click()
  await expect(result.getByText(/\d fixed/)).toBeVisible()
  await expect(result.getByText('out of date')).toHaveCount(0)
  await saveSop(pool(), 'stale', steps('Press the button.', 'Wave goodbye.'))
  await page.reload()
  await expect(result.getByText('out of date')).toBeVisible()
  await expect(result).toContainText('The SOP has changed since.')
  await result.getByRole('button', { name: 'Run again' }).click()
  await expect(result.getByText('out of date')).toHaveCount(0)
  await expect(result.getByRole('button', { name: 'Try again' })).toBeVisible()
  await page.context().close()
})

test('what it warns of, and a text that is read differently, are shown', async () => {
  const { id } = await proposeEdit(pool(), 'warned')
  const warned = {
    ...tried,
    warnings: [
      { kind: 'new_figure', text: 'money:25' },
      { kind: 'repeats', text: 'Call us.', where: 'Access / Door' },
    ],
    questions: [
      {
        ...one('What is read?', 'good', 'changed', 'sop:1', 'sop:1'),
        before_text: 'Press it.\n',
        after_text: 'Hold it.\n',
        after_answered: false,
      },
    ],
  }
  await pool().query('update app_public.improvement_queue set dry_run = $2 where id = $1', [id, warned])
  const page = await club().as('agent')
  await openQueue(page, `?id=${id}`)
  const result = page.getByRole('region', { name: 'Dry run' })
  await expect(result.getByRole('alert')).toContainText('25 is new, and nobody said it')
  await expect(result.getByRole('alert')).toContainText('Access / Door says this already: Call us.')
  await expect(result.getByRole('listitem').filter({ hasText: 'What is read?' })).toContainText(
    'not sure enough, so a person answers',
  )
  await result.getByRole('button', { name: 'What is read' }).click()
  await expect(result.getByRole('region', { name: 'What changes' })).toContainText('Hold it.')
  await page.context().close()
})

test('batch, dry run and conflict are accessible and fit, in both themes, on a phone and a desk', async () => {
  test.setTimeout(180_000)
  const { ids } = await proposeTwo('looks', 950)
  await pool().query('update app_public.improvement_queue set dry_run = $2 where id = any ($1)', [
    ids,
    {
      ...tried,
      warnings: [
        { kind: 'new_figure', text: 'money:25' },
        { kind: 'lost_line', text: 'Thank them.' },
      ],
    },
  ])
  const stuck = await conflicting('stuck')
  const page = await club().as('reviewer')
  await page.goto(`/review?id=${ids[0]}`)
  await page.getByRole('region', { name: 'Dry run' }).getByRole('button', { name: 'Unaffected 8' }).click()
  await expectGoodLooks(page)
  await page.goto(`/review?id=${stuck.id}&edit=true`)
  await expect(page.getByRole('button', { name: 'Draft anew' })).toBeVisible()
  await expectGoodLooks(page)
  await page.goto('/review')
  await expect(row(page, 'Testing / Looks').first()).toBeVisible()
  await page.keyboard.press('x')
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await page.keyboard.press('Shift+A')
  await expect(as(page).getByRole('region', { name: 'What changes' })).toBeVisible()
  await expectGoodLooks(page)
  await page.context().close()
})
