/** Texts that customers, models or imports could bring: nothing of them runs, on whatever page they are shown. */
import { answerable, customer } from './customers.ts'
import { expect, expectNoSidewaysScroll, test, useClub } from './support.ts'

const club = useClub()

const attacks = [
  '<script>window.__xss=1</script>',
  '<img src=x onerror="window.__xss=1">',
  '<svg/onload=window.__xss=1>',
  '[x](javascript:window.__xss=1)',
  '[x](JaVaScRiPt:window.__xss=1)',
  '[x](&#106;avascript:window.__xss=1)',
  '[x](java\tscript:window.__xss=1)',
  '[x](data:text/html;base64,PHNjcmlwdD53aW5kb3cuX194c3M9MTwvc2NyaXB0Pg==)',
  '![x](x"onerror="window.__xss=1)',
  '[a]: javascript:window.__xss=1\n[a]',
  '<iframe srcdoc="<script>parent.__xss=1</script>"></iframe>',
  '<style>*{display:none!important}</style>',
  '<form action="https://evil.example"><input name=password autofocus onfocus="window.__xss=1"></form>',
  '<!--><script>window.__xss=1</script>-->',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=window.__xss=1>',
  '[x](https://ok.example "onmouseover=window.__xss=1")',
  '<b onmouseover=window.__xss=1>x</b>',
  '{{constructor.constructor("window.__xss=1")()}} $t(title) {{user}}',
  '"><script>window.__xss=1</script>',
]
const awkward = ['x'.repeat(3000), '‮gnitirw fo yaw rehto eht', 'العربية مع English 🏌️‍♀️'.repeat(20)]
const whole = [...attacks, ...awkward].join('\n\n')

test('hostile texts are shown as texts, on every page', async () => {
  test.setTimeout(300_000)
  const { pool } = club()
  const asker = await customer(club())
  await asker.ask(whole)
  const { id: response } = await asker.ask(`${answerable} ${attacks[0]}`)
  const admin = await pool.connect()
  let ids: { sop: number; knowledge: number }
  try {
    await admin.query(
      "select set_config('clubos.actor', 'rita@club.example', false), set_config('clubos.reason', $1, false)",
      [attacks[1]],
    )
    await admin.query('select app_public.mark_unhelpful($1, $2, $3)', [
      response,
      'wrong',
      whole.slice(0, 9000),
    ])
    const { rows } = await admin.query(
      `select (app_public.save_sop('hostile', 'texts', $1, $2)).id as sop, (app_public.save_knowledge('hostile', 'texts', $3, $1)).id as knowledge`,
      [`# ${attacks[0]}\n\n${whole}`, attacks[1], attacks.slice(0, 3).join(' ')],
    )
    ids = rows[0]
    await admin.query(
      'update app_public.tickets set subject = $2, resolution = $3, summary = $3 where id = $1',
      [asker.id, attacks[1], whole],
    )
    await admin.query(
      "insert into app_public.messages (ticket_id, author_kind, author, body) values ($1, 'staff', $2, $3), ($1, 'system', $2, $2 || ' took over')",
      [asker.id, attacks[2], whole],
    )
    await admin.query("select set_config('clubos.actor', '', false), set_config('clubos.reason', '', false)")
  } finally {
    admin.release()
  }

  const page = await club().as('admin')
  page.on('dialog', (dialog) => {
    throw new Error(`A dialog: ${dialog.message()}`)
  })
  const check = async (where: string) => {
    expect(await page.evaluate(() => '__xss' in window), `${where}: nothing ran`).toBe(false)
    const bad = page
      .locator('#root')
      .locator('iframe, [onerror], [onload], [onmouseover], a[href^="javascript:" i]')
    await expect(bad, where).toHaveCount(0)
    await expectNoSidewaysScroll(page)
  }
  for (const path of [
    '/inbox?tab=all',
    '/review',
    '/sops',
    '/knowledge',
    '/insights',
    '/questions?n=16',
    '/admin',
    `/sops/${ids.sop}`,
    `/knowledge?entry=${ids.knowledge}`,
    `/ask?q=${encodeURIComponent(whole.slice(0, 3000))}`,
  ]) {
    await page.goto(path)
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeAttached()
    await page.waitForLoadState('networkidle')
    await check(path)
  }
  await page.goto(`/inbox?tab=all&ticket=${asker.id}`)
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(attacks[1]!)
  await expect(page.getByRole('log')).toContainText('<script>window.__xss=1</script>')
  for (const width of [1440, 320]) {
    await page.setViewportSize({ width, height: 800 })
    await check(`inbox at ${width}`)
  }
  await page.context().close()
})

test('hostile texts are shown as texts to the customer', async () => {
  const page = await club().visitor()
  page.on('dialog', (dialog) => {
    throw new Error(`A dialog: ${dialog.message()}`)
  })
  await page.setViewportSize({ width: 320, height: 700 })
  await page.goto('/chat')
  await page.getByRole('textbox', { name: 'Your question' }).fill(whole)
  await page.getByRole('textbox', { name: 'Your question' }).press('Enter')
  await expect(page.getByRole('article', { name: 'You' })).toContainText('<script>window.__xss=1</script>')
  await expect(page.getByRole('article', { name: 'Assistant' })).toBeVisible()
  expect(await page.evaluate(() => '__xss' in window)).toBe(false)
  await expectNoSidewaysScroll(page)
  await page.context().close()
})
