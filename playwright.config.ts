/** Tests of the web UI in a real browser: `npm run test:web`. The browser is Debian's; CHROMIUM names another. */
import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'test/web',
  testMatch: '**/*.web.ts',
  globalSetup: './test/web/set_up.ts',
  outputDir: 'test-results',
  reporter: [[process.env.CI ? 'dot' : 'list']],
  workers: 2,
  // On a machine that others share; what needed another try is listed as flaky.
  retries: process.env.CI ? 2 : 0,
  // Each file has a club of its own; its tests tell one story in order.
  fullyParallel: false,
  // A machine that others share may be slow for a while; what is awaited says for itself how long it may take.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    timezoneId: 'America/New_York',
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
