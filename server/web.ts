/** Serves the web UI that web/build.ts made: its files, and for every other address of the UI its one page. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import express, { type Router } from 'express'
import sirv from 'sirv'
import { projectFolder } from '../core/database/migrate.ts'
import { notBuiltPage } from './pages.ts'
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

/** The page for any address that a browser opens: what is there, the script knows. */
export function webPage(): Router {
  const file = join(dist, '.page.html')
  const page = existsSync(file) ? readFileSync(file, 'utf8') : notBuiltPage
  const router = express.Router()
  router.get(/.*/, (request, response, next) => {
    // GraphiQL is grafserv's, where it is on; an address of it that leads nowhere must not look as if it did.
    if (/^\/(graphiql|graphql)\b/.test(request.path)) return next()
    if (request.path !== '/' && !request.headers.accept?.includes('text/html')) return next()
    // Styles that scripts add (the component library's, the editor's) are allowed to this one page by its nonce.
    const nonce = randomBytes(16).toString('base64')
    response.setHeader('content-security-policy', contentSecurityPolicy(nonce))
    response.setHeader('cache-control', 'no-store')
    response.type('html').send(page.replaceAll('%NONCE%', nonce))
  })
  return router
}
