/** Serves the web UI that web/build.ts made: its files, and for every other address of the UI its one page. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import express, { type Router } from 'express'
import sirv from 'sirv'
import { projectFolder } from '../core/database/migrate.ts'
import { contentSecurityPolicy } from './protection/headers.ts'

const dist = join(projectFolder, 'web', 'dist')

/** Files whose names hold a hash of their content never change; the others may with the next version. */
export function webFiles(): Router {
  const router = express.Router()
  if (!existsSync(dist)) return router
  router.use(
    sirv(dist, {
      gzip: true,
      brotli: true,
      etag: true,
      dotfiles: false,
      setHeaders(response, path) {
        response.setHeader(
          'cache-control',
          path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        )
      },
    }),
  )
  return router
}

/** The page for any address that a browser opens; null where the UI is not built. */
export function webPage(): Router | null {
  const file = join(dist, '.page.html')
  if (!existsSync(file)) return null
  const page = readFileSync(file, 'utf8')
  const router = express.Router()
  router.get(/.*/, (request, response, next) => {
    if (!request.accepts('html') || /\.\w+$/.test(request.path)) return next()
    // Styles that scripts add (the component library's, the editor's) are allowed to this one page by its nonce.
    const nonce = randomBytes(16).toString('base64')
    response.setHeader('content-security-policy', contentSecurityPolicy(nonce))
    response.setHeader('cache-control', 'no-store')
    response.type('html').send(page.replaceAll('%NONCE%', nonce))
  })
  return router
}
