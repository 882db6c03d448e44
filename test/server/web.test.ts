/** How the web UI is served: its files compressed and for good, its page with a nonce of its own, and nothing else. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { projectFolder } from '../../core/database/migrate.ts'
import type { Api } from '../graphql/support.ts'
import { browser, startProductionApi } from './support.ts'

const html = { accept: 'text/html' }

describe('the web UI', () => {
  let api: Api
  beforeAll(async () => {
    api = await startProductionApi()
  })
  afterAll(() => api?.close())
  const get = (path: string, headers?: Record<string, string>) =>
    browser(api.server.url).send('GET', path, undefined, headers)

  it('has one page for all its addresses, each time with another nonce for styles and none for scripts', async () => {
    const replies = [await get('/review?status=pending', html), await get('/sops/12', html), await get('/')]
    const nonces = replies.map(({ status, headers, text }) => {
      expect(status).toBe(200)
      expect(headers['cache-control']).toBe('no-store')
      const policy = String(headers['content-security-policy'])
      const [, nonce] = /style-src 'self' 'nonce-([^']+)'/.exec(policy)!
      expect(policy).toContain("script-src 'self';")
      expect(policy).not.toContain('unsafe')
      expect(text).toContain(`<meta property="csp-nonce" nonce="${nonce}"`)
      expect(text).not.toContain('%NONCE%')
      expect(text).not.toMatch(/<script(?![^>]*\bsrc=)/)
      return nonce
    })
    expect(new Set(nonces).size).toBe(3)
  })

  it('has files that are compressed once and kept by browsers', async () => {
    const page = await get('/', html)
    const [script] = /\/assets\/[\w.-]+\.js/.exec(page.text)!
    const reply = await get(script, { 'accept-encoding': 'br' })
    expect(reply.status).toBe(200)
    expect(reply.headers).toMatchObject({
      'content-encoding': 'br',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      vary: expect.stringContaining('Accept-Encoding'),
    })
    expect((await get('/theme.js')).headers['cache-control']).toBe('no-cache')
    expect((await get('/manifest.webmanifest')).headers['content-type']).toContain(
      'application/manifest+json',
    )
  })

  it('gives no file from beside its own', async () => {
    for (const path of [
      '/.page.html',
      '/.fingerprint',
      '/.vite/manifest.json',
      '/../package.json',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/assets/../../build.ts',
      '/assets/missing.js',
    ]) {
      const reply = await get(path)
      expect([path, reply.status]).toEqual([path, 404])
    }
    expect((await get('/nothing')).status).toBe(404)
  })

  it('comes to less than 200 kB of compressed script at first, the editor left out', async () => {
    const assets = join(projectFolder, 'web', 'dist', 'assets')
    const page = await get('/', html)
    const wanted = new Set([...page.text.matchAll(/\/assets\/([\w.-]+\.js)/g)].map(([, name]) => name!))
    let bytes = 0
    for (const name of wanted) {
      const code = readFileSync(join(assets, name))
      // What it imports at once comes with it.
      for (const [, other] of code.toString().matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g))
        wanted.add(other!)
      bytes += existsSync(join(assets, `${name}.br`))
        ? statSync(join(assets, `${name}.br`)).size
        : code.length
    }
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes).toBeLessThan(200_000)
    expect([...wanted].some((name) => name.startsWith('CodeEditor'))).toBe(false)
  })
})
