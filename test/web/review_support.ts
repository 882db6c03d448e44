/** Proposals that a test needs, and what the page shows of them. */
import type { Page } from '@playwright/test'
import type pg from 'pg'
import { withClaims } from '../../core/database/index.ts'
import { agent, reviewer } from '../support/database.ts'
import { expect } from './support.ts'

export const list = (page: Page) => page.getByRole('listbox', { name: 'Proposals' })
export const row = (page: Page, title: string) => list(page).getByRole('option').filter({ hasText: title })
export const heading = (page: Page) => page.getByRole('article').getByRole('heading', { level: 2 })
/** Which proposal is shown, by its number: two that follow each other may be about the same SOP. */
export const shown = async (page: Page) =>
  (await page.getByRole('article').textContent())?.match(/#(\d+) ·/)?.[1]
export const toastOf = (page: Page, text: string | RegExp) =>
  page.getByRole('status').filter({ hasText: text }).last()

export async function openQueue(page: Page, search = '') {
  await page.goto(`/review${search}`)
  await expect(list(page)).toBeVisible()
  await expect(heading(page)).toBeVisible()
}

/** A text whose lines tests change: one for each side. */
export const steps = (first: string, last: string) =>
  `# Steps\n\n## When to use\n\nA customer asks.\n\n## Steps\n\n1. ${first}\n2. Wait for the light.\n3. Call us.\n4. Stay where you are.\n5. ${last}\n`

export async function saveSop(pool: pg.Pool, section: string, content: string): Promise<number> {
  return withClaims(pool, reviewer, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      `select id from app_public.save_sop('testing', $1, $2, 'For the test')`,
      [section, content],
    )
    return rows[0]!.id
  })
}

export async function propose(
  pool: pg.Pool,
  kind: string,
  suggestion: object,
  impact = 100,
): Promise<number> {
  return withClaims(pool, agent, async (client) => {
    const { rows } = await client.query<{ id: number }>(
      'select id from app_public.propose_improvement($1, $2, impact => $3)',
      [kind, JSON.stringify(suggestion), impact],
    )
    return rows[0]!.id
  })
}

/** A new SOP testing/<section>, and a proposal that changes its first step. */
export async function proposeEdit(pool: pg.Pool, section: string, impact = 100) {
  const sopId = await saveSop(pool, section, steps('Press the button.', 'Thank them.'))
  const id = await propose(
    pool,
    'sop_edit',
    {
      sop_id: sopId,
      new_content: steps('Hold the button for five seconds.', 'Thank them.'),
      reasoning: `Customers press ${section} too briefly.`,
    },
    impact,
  )
  return { sopId, id }
}

export const statusOf = async (pool: pg.Pool, id: number) =>
  (await pool.query('select status, approved_by from app_public.improvement_queue where id = $1', [id]))
    .rows[0]
