/// <reference lib="dom" />
/** What tests in the browser share: a club of their own, people who are logged in, and an eye on the console. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { AxeBuilder } from '@axe-core/playwright'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  test as base,
  expect,
  type Page,
} from '@playwright/test'
import pg from 'pg'
import { browser as httpBrowser } from '../server/support.ts'
import { AnthropicServer } from '../support/providers/anthropic.ts'
import { OpenAiServer } from '../support/providers/openai.ts'
import { S3Server, s3Keys } from '../support/providers/s3.ts'

export { expect } from '@playwright/test'

export type StaffRole = 'agent' | 'reviewer' | 'admin' | 'auditor'
const password = 'putt driver wedge iron'

export interface Club {
  url: string
  /** Its database, as the owner: for what a test needs to be there, and for what must have been written. */
  pool: pg.Pool
  /** The folder that its backups go to, each target's in one of its own. */
  backups: string
  /** A browser of its own, logged in as a member of staff with this role; name tells two of one role apart. */
  as(role: StaffRole, name?: string, options?: BrowserContextOptions): Promise<Page>
  /** A customer's browser. */
  visitor(options?: BrowserContextOptions): Promise<Page>
  /** The servers that stand for the providers, where the club has models. */
  openai: OpenAiServer
  anthropic: AnthropicServer
  /** The storage that the club has keys for; it has one bucket. */
  s3: S3Server
}

interface OpenClub extends Club {
  closePages(): Promise<void>
  stop(): Promise<void>
}

interface ClubOptions {
  /** Whether models answer and analyse: by servers in this process that speak the providers' protocols. */
  models?: boolean
}

/** Messages that are no fault of ours: none so far. Each exception needs its reason here. */
const allowed: RegExp[] = []

/** Errors and warnings on the console, refused resources and crashes fail the test that they happen in. */
const problems: string[] = []
/** Texts that a test provokes, such as a refused request: the browser itself prints those. */
let expected: RegExp[] = []
export const expectConsole = (...patterns: RegExp[]) => {
  expected.push(...patterns)
}

function watch(page: Page) {
  const note = (text: string) => {
    if (![...allowed, ...expected].some((pattern) => pattern.test(text))) problems.push(text)
  }
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      note(`${message.type()}: ${message.text()} (${page.url()})`)
  })
  page.on('pageerror', (error) => note(`uncaught: ${error.message} (${page.url()})`))
}

export const test = base.extend<{ quiet: undefined }>({
  quiet: [
    // biome-ignore lint/correctness/noEmptyPattern: the form that Playwright asks for
    async ({}, use) => {
      problems.length = 0
      expected = []
      await use(undefined)
      expect(problems, 'nothing on the console').toEqual([])
    },
    { auto: true },
  ],
})

/** A club for this file; `club()` in its tests. content: the demo club with weeks of history, or nothing. */
export function useClub(
  content: 'demo' | 'empty' = 'demo',
  { models = false }: ClubOptions = {},
): () => Club {
  let club: OpenClub | undefined
  test.beforeAll(async ({ browser }) => {
    test.setTimeout(120_000)
    club = await openClub(browser, content, models)
  })
  // A page left open follows what the next tests do, and takes the processor from them.
  test.afterEach(() => club?.closePages())
  test.afterAll(async () => {
    await club?.stop()
  })
  return () => club!
}

async function openClub(browser: Browser, content: string, models: boolean): Promise<OpenClub> {
  const openai = await OpenAiServer.start()
  const anthropic = await AnthropicServer.start()
  const s3 = await new S3Server().listen()
  const child = spawn(process.execPath, [join(import.meta.dirname, 'server.ts'), content], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      // A key in a developer's environment is not for tests.
      ...Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !/^(OPENAI|ANTHROPIC|S3|GOOGLE)_/.test(name)),
      ),
      S3_ENDPOINT: s3.url,
      S3_ACCESS_KEY_ID: s3Keys.accessKeyId,
      S3_SECRET_ACCESS_KEY: s3Keys.secretAccessKey,
      ...(models && {
        OPENAI_API_KEY: 'sk-of-the-tests',
        OPENAI_BASE_URL: openai.url,
        OPENAI_API: 'responses',
        ANTHROPIC_API_KEY: 'sk-of-the-tests',
        ANTHROPIC_BASE_URL: anthropic.url,
      }),
    },
  })
  const { url, database, backups } = await firstLine(child)
  const pool = new pg.Pool({ connectionString: database, max: 2 })
  const cookies = new Map<string, { name: string; value: string }[]>()
  const contexts: BrowserContext[] = []
  const open = async (options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({ baseURL: url, ...options })
    contexts.push(context)
    const page = await context.newPage()
    watch(page)
    return page
  }
  const hire = async (role: StaffRole, name: string) => {
    const email = `${name.toLowerCase()}@club.example`
    const { rows } = await pool.query<{ token: string }>(
      `with hired as (insert into app_public.users (email, name, role) values ($1, $2, $3) returning id)
       select app_secret.make_link('invitation', id) as token from hired`,
      [email, name, role],
    )
    const session = httpBrowser(url)
    const reply = await session.send('POST', '/auth/password', { token: rows[0]!.token, password })
    if (reply.status !== 200) throw new Error(reply.text)
    cookies.set(
      `${role} ${name}`,
      [...session.cookies].map(([name, value]) => ({ name, value })),
    )
  }
  const closePages = async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()))
  }
  return {
    url,
    pool,
    backups,
    async as(role, name = { agent: 'Ann', reviewer: 'Rita', admin: 'Adam', auditor: 'Otto' }[role], options) {
      const key = `${role} ${name}`
      if (!cookies.has(key)) await hire(role, name)
      const page = await open(options)
      await page.context().addCookies(cookies.get(key)!.map((cookie) => ({ ...cookie, url })))
      return page
    },
    visitor: (options) => open(options),
    openai,
    anthropic,
    s3,
    closePages,
    async stop() {
      // Pages that outlive their server would complain into the next file's tests.
      await closePages()
      await pool.end()
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.stdin!.end()
      await ended
      await Promise.all([openai.close(), anthropic.close(), s3.close()])
      // What the providers document is what they were asked.
      openai.assertClean()
      anthropic.assertClean()
      expect(s3.mistakes, 'what S3 was asked').toEqual([])
    },
  }
}

async function firstLine(child: ChildProcess): Promise<{ url: string; database: string; backups: string }> {
  for await (const line of createInterface({ input: child.stdout! })) {
    if (line.startsWith('{')) return JSON.parse(line)
  }
  throw new Error(`The server ended before it was ready (${child.exitCode}).`)
}

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** WCAG 2.2 AA as far as a program can tell; of some rules alone where they are named. */
export async function expectAccessible(page: Page, rules?: string[]) {
  const { violations } = await new AxeBuilder({ page })
    // What passes is not described, which takes half of the time.
    .options({ resultTypes: ['violations'], runOnly: rules ?? wcag })
    // Within the page: the other mode opens one more for each look, for the sake of frames of other sites. We have none.
    .setLegacyMode()
    .analyze()
  expect(
    violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.failureSummary}`).join('\n  ')}`,
    ),
    'axe',
  ).toEqual([])
}

/** Both themes at a phone's and a desk's width. */
export const looks = [
  { colorScheme: 'light', viewport: { width: 320, height: 720 } },
  { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 320, height: 720 } },
  { colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
] as const

/** Nothing sticks out sideways: at 320 px all is reached without scrolling in two directions. */
export async function expectNoSidewaysScroll(page: Page) {
  await expect
    .poll(
      () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
      { message: 'no wider than the window' },
    )
    .toBeLessThanOrEqual(0)
}

/** What is on the page is accessible and fits, in each look: switched in place, as a device does at sunset or when turned. */
export async function expectGoodLooks(page: Page) {
  for (const { colorScheme, viewport } of looks) {
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize(viewport)
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme)
    // Until what follows the width has been drawn.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    await expectNoSidewaysScroll(page)
    // Of a theme only the colours differ.
    await expectAccessible(page, colorScheme === 'dark' ? ['color-contrast'] : undefined)
  }
}
