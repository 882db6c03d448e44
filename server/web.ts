/** Serves the web UI that web/build.ts made: its files, and for every other address of the UI its one page. */
import { randomBytes } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import express, { type Router } from 'express'
import { projectFolder } from '../core/database/migrate.ts'
import { notBuiltPage } from './pages.ts'
import { contentSecurityPolicy } from './protection/headers.ts'

const dist = join(projectFolder, 'web', 'dist')

interface File {
  body: Buffer
  compressed: Partial<Record<'br' | 'gzip', Buffer>>
}

/**
 * All of them, read once: some megabytes. A build beside a running server then changes nothing for it, and the page that
 * it sends goes on finding its own files.
 */
function readFiles(): Map<string, File> {
  const read = (name: string) => {
    const path = join(dist, name)
    return existsSync(path) ? readFileSync(path) : undefined
  }
  return new Map(
    globSync('**/*.*', { cwd: dist })
      // Those that begin with a dot are the build's own.
      .filter((name) => !/(^|\/)\./.test(name) && !/\.(br|gz)$/.test(name))
      .map((name) => [
        `/${name}`,
        { body: read(name)!, compressed: { br: read(`${name}.br`), gzip: read(`${name}.gz`) } },
      ]),
  )
}

/** Files whose names hold a hash of their content never change; the others may with the next version. */
export function webFiles(): Router {
  const router = express.Router()
  const files = readFiles()
  router.get(/.*/, (request, response, next) => {
    const file = files.get(request.path)
    if (!file) return next()
    response.setHeader(
      'cache-control',
      request.path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    )
    response.type(extname(request.path)).vary('Accept-Encoding')
    // The smallest that the browser takes. Asked for each by itself: given both, the first in the browser's own list would
    // win, and that is gzip.
    const encoding = (['br', 'gzip'] as const).find(
      (one) => file.compressed[one] && request.acceptsEncodings(one) === one,
    )
    if (encoding) response.setHeader('content-encoding', encoding)
    response.send(encoding ? file.compressed[encoding] : file.body)
  })
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
