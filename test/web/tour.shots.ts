/**
 * `npm run tour`: pictures of each page. Those of docs/tour.md go to docs/tour; all of them, in both themes, on a phone and a
 * desk, to test-results/pages, to be looked at.
 */
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { withClaims } from '../../core/database/index.ts'
import { projectFolder } from '../../core/database/migrate.ts'
import { keepLedger } from './ledger.ts'
import { expect, type StaffRole, test, useClub } from './support.ts'

const club = useClub('demo', { models: true })

test.beforeAll(async () => {
  await keepLedger(club().pool)
  await withClaims(club().pool, { role: 'reviewer', actor: 'rita@club.example' }, async (client) => {
    const { rows } = await client.query("select content from app_public.prompts where name = 'answer'")
    const content = `${rows[0].content}\n- Where a customer stands before a closed door, say first what opens it.`
    await client.query(
      `select app_public.save_prompt('answer', $1, 'Guests in the rain want the code first')`,
      [content],
    )
  })
  await withClaims(club().pool, { role: 'admin', actor: 'adam@club.example' }, (client) =>
    client.query(`select app_public.set_llm_budget(5, 100, 0.8, 'What the club agreed on')`),
  )
})
const tour = join(projectFolder, 'docs', 'tour')
const shown = readFileSync(join(projectFolder, 'docs', 'tour.md'), 'utf8')
const everything = join(projectFolder, 'test-results', 'pages')
mkdirSync(tour, { recursive: true })
mkdirSync(everything, { recursive: true })

interface Picture {
  name: string
  path: string | (() => Promise<string>)
  role?: StaffRole
}

const sop = async () => {
  const { rows } = await club().pool.query<{ id: number }>(
    'select sop_id as id from app_public.sop_versions where archived = false group by 1 order by count(*) desc, 1 limit 1',
  )
  return rows[0]!.id
}

const pictures: Picture[] = [
  { name: 'review', path: '/review' },
  { name: 'inbox', path: '/inbox' },
  { name: 'sops', path: '/sops' },
  { name: 'sop', path: async () => `/sops/${await sop()}` },
  { name: 'sop-history', path: async () => `/sops/${await sop()}?tab=history` },
  { name: 'sop-blame', path: async () => `/sops/${await sop()}?tab=blame` },
  { name: 'sop-questions', path: async () => `/sops/${await sop()}?tab=questions` },
  { name: 'knowledge', path: '/knowledge' },
  { name: 'ask', path: '/ask?q=the%20door%20code%20does%20nothing' },
  { name: 'insights', path: '/insights' },
  { name: 'admin-people', path: '/admin/people' },
  { name: 'admin-tokens', path: '/admin/tokens' },
  { name: 'admin-sessions', path: '/admin/sessions' },
  { name: 'admin-assistant', path: '/admin/assistant' },
  { name: 'models', path: '/admin/models' },
  { name: 'models-cost', path: '/admin/models?tab=cost' },
  { name: 'models-calls', path: '/admin/models?tab=calls&status=all' },
  { name: 'models-prices', path: '/admin/models?tab=prices' },
  { name: 'models-analyses', path: '/admin/models?tab=analyses' },
  { name: 'prompts', path: '/admin/prompts' },
  { name: 'prompt', path: '/admin/prompts/answer' },
  { name: 'prompt-history', path: '/admin/prompts/answer?tab=history&from=0' },
  { name: 'prompt-preview', path: '/admin/prompts/answer?tab=preview' },
  { name: 'admin-jobs', path: '/admin/jobs' },
  { name: 'admin-audit', path: '/admin/audit' },
  { name: 'admin-health', path: '/admin/health' },
  { name: 'admin-notifications', path: '/admin/notifications' },
  { name: 'admin-privacy', path: '/admin/privacy' },
  { name: 'chat', path: '/chat' },
]

const looks = [
  { look: 'light-desk', colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { look: 'dark-desk', colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  { look: 'light-phone', colorScheme: 'light', viewport: { width: 390, height: 800 } },
  { look: 'dark-phone', colorScheme: 'dark', viewport: { width: 390, height: 800 } },
] as const

for (const { look, ...options } of looks)
  test(`every page, ${look}`, async () => {
    test.setTimeout(300_000)
    const page = await club().as('admin', 'Adam', options)
    for (const { name, path } of pictures) {
      await page.goto(typeof path === 'string' ? path : await path())
      await expect(page.getByRole('heading', { level: 1 }).first()).toBeAttached()
      await page.waitForLoadState('networkidle')
      await page.screenshot({ path: join(everything, `${name}-${look}.png`) })
      const file = join(tour, `${name}-${look}.jpg`)
      if (shown.includes(`tour/${name}-${look}.jpg`)) {
        await page.screenshot({ path: file, type: 'jpeg', quality: 52 })
        expect(statSync(file).size, file).toBeLessThan(100_000)
      }
    }
  })
