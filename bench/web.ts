/// <reference lib="dom" />
/**
 * The review queue in a real browser, on a real server, with 5,000 proposals that wait and 10,000 SOPs: how long until
 * the first proposal can be read, how long from a key to the next one on the screen, and what ten approvals take.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { projectFolder } from '../core/database/migrate.ts'
import type { BenchOptions } from './index.ts'
import { quantile, withScratch } from './scratch.ts'
import { startServer } from './server.ts'

const visits = 15
const presses = 30

declare global {
  interface Window {
    /** Milliseconds from the navigation until a proposal and its change were painted. */
    readable?: number
    /** From each key to the paint that shows another proposal. */
    painted: number[]
  }
}

/** In the page: watches for the first proposal, and for the next one after each key. */
function watch() {
  const afterPaint = (then: () => void) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = then
      port2.postMessage(null)
    })
  const shown = () => {
    const article = document.querySelector('article')
    return article?.querySelector('table tr ins, table tr[class*=added]') ? article.ariaLabel : null
  }
  let last: string | null = null
  let pressed: number | null = null
  window.painted = []
  window.addEventListener('keydown', (event) => (pressed = event.timeStamp), true)
  new MutationObserver(() => {
    const now = shown()
    if (now === null || now === last) return
    last = now
    const since = pressed
    pressed = null
    afterPaint(() => {
      window.readable ??= performance.now()
      if (since !== null) window.painted.push(performance.now() - since)
    })
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-label'] })
}

const readable = (page: Page) =>
  page.waitForFunction(() => window.readable).then((found) => found.jsonValue())
const paints = (page: Page, count: number) => page.waitForFunction((n) => window.painted.length >= n, count)

interface Figures {
  name: string
  n: number
  /** On a machine that does other things too, nearest to what it costs. */
  best: number
  median: number
  p95: number
  goal?: number
}
const figures = (name: string, all: number[], goal?: number): Figures => ({
  name,
  n: all.length,
  best: Math.round(Math.min(...all)),
  median: Math.round(quantile(all, 0.5)),
  p95: Math.round(quantile(all, 0.95)),
  ...(goal !== undefined && { goal }),
})

export default (options: BenchOptions) =>
  withScratch(2, async (pool, url) => {
    await fill(pool)
    const server = await startServer(url, { LOG_LEVEL: 'error' })
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    })
    try {
      const session = await logIn(browser, pool, server.url)
      const cold = await coldVisits(browser, session, server.url)
      const results = [
        figures('page ready, nothing cached', cold.took, 500),
        figures('  of which the page computes', cold.busy),
        figures('page ready, visited before', await warmVisits(browser, session, server.url), 500),
        figures('j to paint', await leaf(browser, session, server.url), 100),
      ]
      const ten = await approveTen(browser, session, server.url)
      results.push(figures('a to the next one painted', ten.painted, 100))
      options.print(
        `${''.padEnd(30)} ${['n', 'best', 'median', 'p95', 'goal'].map((name) => name.padStart(8)).join(' ')}  ms`,
      )
      for (const { name, n, best, median, p95, goal } of results)
        options.print(
          `${name.padEnd(30)} ${[n, best, median, p95, goal ?? ''].map((figure) => String(figure).padStart(8)).join(' ')}`,
        )
      options.print(
        `ten approvals: ${ten.presses} key presses, ${Math.round(ten.ms)} ms from opening the page until the tenth was written`,
      )
      return { results, ten: { presses: ten.presses, ms: ten.ms } }
    } finally {
      await browser.close()
      await server.stop()
    }
  })

async function fill(pool: pg.Pool) {
  // What this branch adds and no committed migration has yet.
  const current = readFileSync(join(projectFolder, 'migrations', 'current.sql'), 'utf8').replace(
    /^--!include (\S+)$/gm,
    (_, file: string) => readFileSync(join(projectFolder, 'sql', file), 'utf8'),
  )
  await pool.query(current)
  await pool.query(readFileSync(join(import.meta.dirname, 'web_data.sql'), 'utf8'))
}

type Session = Awaited<ReturnType<BrowserContext['storageState']>>

async function logIn(browser: Browser, pool: pg.Pool, url: string): Promise<Session> {
  const { rows } = await pool.query<{ token: string }>(
    `with hired as (
       insert into app_public.users (email, name, role) values ('rita@club.example', 'Rita', 'reviewer') returning id)
     select app_secret.make_link('invitation', id) as token from hired`,
  )
  const context = await browser.newContext()
  const reply = await context.request.post(`${url}/auth/password`, {
    data: { token: rows[0]!.token, password: 'putt driver wedge iron' },
    headers: { origin: url },
  })
  if (!reply.ok()) throw new Error(await reply.text())
  const session = await context.storageState()
  await context.close()
  return session
}

async function open(browser: Browser, session: Session) {
  const context = await browser.newContext({ storageState: session, viewport: { width: 1440, height: 900 } })
  await context.addInitScript(watch)
  return { context, page: await context.newPage() }
}

async function coldVisits(browser: Browser, session: Session, url: string) {
  const took: number[] = []
  const busy: number[] = []
  for (let n = 0; n <= visits; n++) {
    const { context, page } = await open(browser, session)
    const devtools = await context.newCDPSession(page)
    // Its own processor time, whatever else the machine does.
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
    await page.goto(`${url}/review`)
    const ms = await readable(page)
    const { metrics } = await devtools.send('Performance.getMetrics')
    // The first warms the server.
    if (n > 0) {
      took.push(ms!)
      busy.push(metrics.find((one) => one.name === 'TaskDuration')!.value * 1000)
    }
    await context.close()
  }
  return { took, busy }
}

async function warmVisits(browser: Browser, session: Session, url: string): Promise<number[]> {
  const { context, page } = await open(browser, session)
  const took: number[] = []
  for (let n = 0; n <= visits; n++) {
    await page.goto(`${url}/review`)
    const ms = await readable(page)
    if (n > 0) took.push(ms!)
  }
  await context.close()
  return took
}

async function leaf(browser: Browser, session: Session, url: string): Promise<number[]> {
  const { context, page } = await open(browser, session)
  await page.goto(`${url}/review`)
  await readable(page)
  await page.waitForLoadState('networkidle')
  for (let n = 1; n <= presses; n++) {
    await page.keyboard.press('j')
    await paints(page, n)
    // As fast as somebody leafs who only looks at headings.
    await page.waitForTimeout(150)
  }
  const painted = await page.evaluate(() => window.painted)
  await context.close()
  return painted
}

async function approveTen(browser: Browser, session: Session, url: string) {
  const { context, page } = await open(browser, session)
  const began = performance.now()
  let written = 0
  page.on('response', (response) => {
    if (response.request().postData()?.includes('ReviewApprove') && response.ok()) written++
  })
  await page.goto(`${url}/review`)
  await readable(page)
  let pressed = 0
  for (let n = 1; n <= 10; n++) {
    await page.keyboard.press('a')
    pressed++
    await paints(page, n)
  }
  while (written < 10) await page.waitForTimeout(5)
  const ms = performance.now() - began
  const painted = await page.evaluate(() => window.painted)
  await context.close()
  return { presses: pressed, ms, painted }
}
