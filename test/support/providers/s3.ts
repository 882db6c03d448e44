/** A local server of the S3 protocol, as far as backups use it. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface S3Object {
  content: Buffer
  metadata: Record<string, string>
  modified: Date
}

export interface S3Call {
  method: string
  key: string
  query: URLSearchParams
}

export const s3Keys = { accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret' }

export class S3Server {
  url = ''
  readonly bucket = 'club-backups'
  readonly objects = new Map<string, S3Object>()
  readonly calls: S3Call[] = []
  readonly mistakes: string[] = []
  pageSize = 1000
  /** Returns an error's code to refuse a call, `cut` to break its connection. */
  onCall: ((call: S3Call) => { status: number; code: string } | 'cut' | undefined) | undefined
  readonly #http: Server

  constructor() {
    this.#http = createServer((request, response) => {
      void this.#serve(request, response).catch((error: Error) => {
        // A client that was killed in mid-request has made no mistake, and neither has this.
        if (!request.destroyed || request.complete)
          this.mistakes.push(`The test server failed: ${error.stack}`)
        response.destroy()
      })
    })
  }
  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`
    return this
  }
  async close(): Promise<void> {
    this.#http.closeAllConnections()
    await new Promise((resolve) => this.#http.close(resolve))
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://localhost')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const content = Buffer.concat(chunks)
    const [, bucket, ...rest] = url.pathname.split('/')
    const key = decodeURIComponent(rest.join('/'))
    const call = { method: request.method!, key, query: url.searchParams }
    this.calls.push(call)
    const fail = (status: number, code: string, message = code) => {
      response.writeHead(status, { 'content-type': 'application/xml' })
      response.end(
        request.method === 'HEAD'
          ? undefined
          : `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
      )
    }
    const fault = this.onCall?.(call)
    if (fault === 'cut') return void response.destroy()
    if (fault) return fail(fault.status, fault.code)
    const credential = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/.*Signature=[0-9a-f]{64}$/.exec(
      request.headers.authorization ?? '',
    )?.[1]
    if (credential !== s3Keys.accessKeyId) return fail(403, 'InvalidAccessKeyId')
    if (bucket !== this.bucket) return fail(404, 'NoSuchBucket')
    if (key === '' && url.searchParams.get('list-type') === '2') return this.#list(url.searchParams, response)
    const found = this.objects.get(key)
    if (request.method === 'PUT') {
      const md5 = createHash('md5').update(content).digest('base64')
      if (request.headers['content-md5'] !== md5) return fail(400, 'BadDigest')
      this.objects.set(key, {
        content,
        metadata: Object.fromEntries(
          Object.entries(request.headers)
            .filter(([name]) => name.startsWith('x-amz-meta-'))
            .map(([name, value]) => [name, String(value)]),
        ),
        modified: new Date(),
      })
      response.writeHead(200, { etag: `"${createHash('md5').update(content).digest('hex')}"` })
      return void response.end()
    }
    if (request.method === 'DELETE') {
      this.objects.delete(key)
      response.writeHead(204)
      return void response.end()
    }
    if (!found) return fail(404, 'NoSuchKey')
    response.writeHead(200, { 'content-length': found.content.length, ...found.metadata })
    response.end(request.method === 'HEAD' ? undefined : found.content)
  }

  #list(query: URLSearchParams, response: ServerResponse): void {
    const prefix = query.get('prefix') ?? ''
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort()
    const from = Number(query.get('continuation-token') ?? 0)
    const page = keys.slice(from, from + this.pageSize)
    const more = from + page.length < keys.length
    const xml = (text: string) =>
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    response.writeHead(200, { 'content-type': 'application/xml' })
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${from + page.length}</NextContinuationToken>` : ''}${page
        .map((key) => {
          const { content, modified } = this.objects.get(key)!
          return `<Contents><Key>${xml(key)}</Key><LastModified>${modified.toISOString()}</LastModified><ETag>"x"</ETag><Size>${content.length}</Size></Contents>`
        })
        .join('')}</ListBucketResult>`,
    )
  }
}
