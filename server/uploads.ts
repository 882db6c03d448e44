/**
 * `POST /import`: an admin's file becomes a staged import, which the worker reads. As a form (multipart, one file), or
 * as the body itself with its name in `?name=`. It streams into the database piece by piece; what breaks off leaves a
 * failed import and nothing else.
 */
import type { IncomingMessage } from 'node:http'
import { PassThrough } from 'node:stream'
import busboy from 'busboy'
import express, { type Request, type Response, type Router } from 'express'
import type pg from 'pg'
import { withClaims } from '../core/database/index.ts'
import { beginImport } from '../core/import/stage.ts'
import { keepUpload } from '../core/import/upload.ts'
import { callerOf } from './identity.ts'
import { Admission } from './protection/admission.ts'
import type { RateLimits } from './protection/rate_limits.ts'

/** Bytes of one upload. */
export const mostUploaded = 100_000_000

class UploadError extends Error {
  readonly status: number
  readonly code: string
  readonly hint?: string
  constructor(status: number, code: string, message: string, hint?: string) {
    super(message)
    this.status = status
    this.code = code
    this.hint = hint
  }
}
const tooLarge = (most: number) =>
  new UploadError(
    413,
    'CO006',
    `The file is larger than ${Math.round(most / 1_000_000)} MB.`,
    'Upload it in parts, or use clubos import v1 on the server.',
  )

export function uploads(services: { pool: pg.Pool; limits: RateLimits }, most = mostUploaded): Router {
  const router = express.Router()
  const underWay = new Admission({ capacity: 4, perCaller: 2, queue: 0, queuePerCaller: 0, patience: 0 })
  router.post('/', async (request, response) => {
    const caller = callerOf(response)
    await services.limits.take('caller', caller.key)
    try {
      const { role, actor } = caller.claims
      if (role !== 'admin' || !actor)
        throw new UploadError(
          403,
          'CO403',
          'This needs the role admin.',
          'Log in as an admin, or send a token of that role.',
        )
      if (Number(request.headers['content-length'] ?? 0) > most + 10_000) throw tooLarge(most)
      const leave = await underWay.enter(caller.key)
      try {
        response.status(202).json({ batch: await take(services, request, actor, most) })
      } finally {
        leave()
      }
    } catch (error) {
      if (!(error instanceof UploadError)) throw error
      refuse(request, response, error)
    }
  })
  return router
}

/** The rest of a body that nobody reads would be sent to the end, were the connection kept. */
function refuse(request: Request, response: Response, { status, code, message, hint }: UploadError): void {
  if (!request.complete) response.set('connection', 'close')
  response.status(status).json({ errors: [{ message, extensions: { code, ...(hint && { hint }) } }] })
  request.unpipe()
  request.resume()
}

async function take({ pool }: { pool: pg.Pool }, request: Request, actor: string, most: number) {
  const { name, content } = await fileOf(request, most)
  const batch = await beginImport({ pool }, name, 'upload', actor)
  const worker = { role: 'worker', actor } as const
  try {
    const size = await keepUpload({ pool }, batch.id, actor, content)
    if (size === 0) throw new UploadError(400, 'CO005', 'The file is empty.')
    await withClaims(pool, worker, (client) =>
      client.query('select app_private.queue_import($1)', [batch.id]),
    )
    return { id: batch.id, name: batch.name, status: batch.status, size }
  } catch (error) {
    await withClaims(pool, { role: 'admin', actor }, async (client) => {
      await client.query('select id from app_public.discard_import($1)', [batch.id])
    }).catch(() => {})
    throw error
  }
}

interface Uploaded {
  name: string
  content: AsyncIterable<Buffer>
}

const lastPart = (name: string) =>
  name
    .replaceAll('\\', '/')
    .split('/')
    .at(-1)!
    .replace(/\p{Cc}/gu, '')
    .slice(0, 200)

function fileOf(request: Request, most: number): Promise<Uploaded> {
  if (!request.is('multipart/form-data')) {
    const name = lastPart(typeof request.query.name === 'string' ? request.query.name : '')
    if (name === '')
      throw new UploadError(
        400,
        'CO005',
        'The file has no name.',
        'Send it as a form, or say ?name=handbook.zip.',
      )
    return Promise.resolve({ name, content: counted(request, most) })
  }
  return new Promise((resolve, reject) => {
    let found = false
    let form: busboy.Busboy
    try {
      form = busboy({
        headers: request.headers,
        limits: { files: 1, fileSize: most + 1, fields: 20, fieldSize: 10_000 },
        defParamCharset: 'utf8',
      })
    } catch {
      reject(new UploadError(400, 'CO005', 'The form cannot be read.'))
      return
    }
    const content = new PassThrough()
    // Whoever reads it is told; before that nobody listens.
    content.on('error', () => {})
    const fail = (error: Error) => {
      reject(error)
      content.destroy(error)
    }
    form.on('file', (_field, file, { filename }) => {
      found = true
      file.on('limit', () => fail(tooLarge(most)))
      file.on('error', fail)
      file.pipe(content)
      resolve({ name: lastPart(filename ?? '') || 'upload', content })
    })
    form.on('filesLimit', () =>
      fail(new UploadError(400, 'CO005', 'One file at a time: pack several into a zip archive.')),
    )
    form.on('error', () => fail(new UploadError(400, 'CO005', 'The form broke off, or cannot be read.')))
    form.on('close', () => {
      if (!found) reject(new UploadError(400, 'CO005', 'The form holds no file.'))
    })
    const gone = () => fail(new UploadError(400, 'CO005', 'The upload broke off.'))
    request.on('aborted', gone)
    request.on('error', gone)
    request.pipe(form)
  })
}

async function* counted(request: IncomingMessage, most: number): AsyncGenerator<Buffer> {
  let size = 0
  for await (const piece of request.iterator({ destroyOnReturn: false })) {
    size += (piece as Buffer).length
    if (size > most) throw tooLarge(most)
    yield piece as Buffer
  }
}
