/**
 * Builds the web UI into web/dist. What it was built from stands beside it as a fingerprint, so that `clubos start` builds
 * it when it is missing or older than its sources, and only then.
 */
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const folder = import.meta.dirname
const output = join(folder, 'dist')

/** SHA-256 over everything that the result depends on. */
export function fingerprint(): string {
  const hash = createHash('sha256')
  const files = globSync('**/*', {
    cwd: folder,
    withFileTypes: true,
    exclude: (file) => file.name === 'dist',
  })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .sort()
  for (const file of [...files, join(folder, '..', 'package-lock.json')])
    hash.update(file.slice(folder.length)).update('\0').update(readFileSync(file)).update('\0')
  return hash.digest('hex')
}

export const isStale = () =>
  !existsSync(join(output, '.fingerprint')) ||
  readFileSync(join(output, '.fingerprint'), 'utf8') !== fingerprint()

const [brotli, zip] = [promisify(brotliCompress), promisify(gzip)]

/** Beside each text its compressed forms: as small as they get, once here and not at each request. */
async function compress(where: string) {
  const texts = globSync('**/*.{js,css,html,svg,json,webmanifest}', { cwd: where })
    .map((file) => ({ file, text: readFileSync(join(where, file)) }))
    .filter(({ text }) => text.length >= 256)
    // Node compresses some at a time: the largest first, so that none of them is waited for alone.
    .sort((one, other) => other.text.length - one.text.length)
  await Promise.all(
    texts.map(async ({ file, text }) => {
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
      }
      writeFileSync(join(where, `${file}.br`), await brotli(text, { params }))
      writeFileSync(join(where, `${file}.gz`), await zip(text, { level: 9 }))
    }),
  )
}

/** Into a folder of its own, and then in place at once: who is served meanwhile gets the old one whole. */
export async function buildWeb(): Promise<void> {
  const made = fingerprint()
  const { build } = await import('vite')
  const scratch = join(folder, `dist.${randomUUID()}`)
  mkdirSync(scratch)
  // Whatever this process runs as, the result is for use; vite takes the variable over its own mode.
  const environment = process.env.NODE_ENV
  process.env.NODE_ENV = 'production'
  try {
    await build({
      configFile: join(folder, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: scratch, emptyOutDir: true },
    })
    // Not among the files that anybody may fetch: it is completed for each visitor, with a nonce.
    renameSync(join(scratch, 'index.html'), join(scratch, '.page.html'))
    await compress(scratch)
    writeFileSync(join(scratch, '.fingerprint'), made)
    const old = join(folder, `dist.${randomUUID()}`)
    if (existsSync(output)) renameSync(output, old)
    try {
      renameSync(scratch, output)
    } catch (error) {
      // Another build was there first, with the same result.
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
    rmSync(old, { recursive: true, force: true })
  } finally {
    if (environment === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = environment
    rmSync(scratch, { recursive: true, force: true })
  }
}
