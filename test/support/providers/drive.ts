/** A local server of the Drive v3 protocol, as far as backups use it; it refuses what Google would refuse. */
import { createHash, createVerify, generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface DriveFile {
  id: string
  name: string
  mimeType: string
  parents: string[]
  appProperties: Record<string, string>
  content: Buffer | null
  createdTime: string
  trashed: boolean
}

export interface DriveCall {
  method: string
  path: string
  query: URLSearchParams
  kind: 'list' | 'get' | 'download' | 'create' | 'update' | 'begin' | 'piece' | 'token'
  status: number
}

/** cut: the connection breaks before anything is done; lost: afterwards; half: with half of a piece arrived. */
export type DriveFault =
  | { kind: 'status'; status: number; reason: string; message?: string; retryAfter?: number }
  | { kind: 'cut' | 'lost' | 'half' }

const folderType = 'application/vnd.google-apps.folder'
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })

export const serviceAccount = {
  client_email: 'clubos@project.iam.gserviceaccount.com',
  private_key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
}
export const oauth = { clientId: 'client', clientSecret: 'secret', refreshToken: 'refresh' }

class Refused extends Error {
  readonly status: number
  readonly reason: string
  constructor(status: number, reason: string, message: string) {
    super(message)
    this.status = status
    this.reason = reason
  }
}

export class DriveServer {
  url = ''
  readonly root = 'root-folder'
  readonly files = new Map<string, DriveFile>()
  readonly calls: DriveCall[] = []
  /** What Google would not have taken, or a backup must not do. */
  readonly mistakes: string[] = []
  /** Bytes that fit; what is more is refused. */
  quota = Number.POSITIVE_INFINITY
  pageSize = 1000
  /** A search of all drives that finds half, and says so. */
  incomplete = false
  /** Called when a request has arrived. */
  onCall: ((call: DriveCall) => DriveFault | undefined) | undefined
  readonly #faults: { kind: DriveCall['kind']; fault: DriveFault }[] = []
  readonly #tokens = new Set<string>()
  readonly #sessions = new Map<
    string,
    {
      id: string | null
      metadata: Partial<DriveFile>
      query: URLSearchParams
      size: number
      got: Buffer
      done: string | null
    }
  >()
  readonly #http: Server
  #counter = 0

  constructor() {
    this.#http = createServer((request, response) => {
      void this.#serve(request, response).catch((error: Error) => {
        // A client that was killed in mid-request has made no mistake, and neither has this.
        if (!request.destroyed || request.complete)
          this.mistakes.push(`The test server failed: ${error.stack}`)
        response.destroy()
      })
    })
    this.#put({
      id: this.root,
      name: 'Backups',
      mimeType: folderType,
      parents: [],
      appProperties: {},
      content: null,
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

  /** The next call of this kind goes so; several are taken in their order. */
  fail(kind: DriveCall['kind'], ...faults: DriveFault[]): void {
    this.#faults.push(...faults.map((fault) => ({ kind, fault })))
  }
  expireTokens(): void {
    this.#tokens.clear()
  }
  forgetSessions(): void {
    this.#sessions.clear()
  }
  /** What a person sees: path → file, where nothing up to the root is in the bin. */
  visible(): { path: string; file: DriveFile }[] {
    return [...this.files.values()]
      .filter((file) => file.id !== this.root && !this.#gone(file))
      .map((file) => ({ path: this.#path(file), file }))
  }
  add(file: {
    name: string
    parent?: string
    content?: string
    folder?: boolean
    appProperties?: Record<string, string>
  }): DriveFile {
    return this.#put({
      id: this.#id(),
      name: file.name,
      mimeType: file.folder ? folderType : 'text/plain',
      parents: [file.parent ?? this.root],
      appProperties: file.appProperties ?? {},
      content: file.folder ? null : Buffer.from(file.content ?? ''),
    })
  }

  #id = () => `f${(++this.#counter).toString().padStart(8, '0')}`
  #put(file: Omit<DriveFile, 'createdTime' | 'trashed'>): DriveFile {
    const whole = { ...file, createdTime: new Date().toISOString(), trashed: false }
    this.files.set(file.id, whole)
    return whole
  }
  #gone(file: DriveFile): boolean {
    if (file.trashed) return true
    if (file.id === this.root) return false
    const parent = this.files.get(file.parents[0] ?? '')
    return parent === undefined || this.#gone(parent)
  }
  #path(file: DriveFile): string {
    const parent = this.files.get(file.parents[0]!)!
    return parent.id === this.root ? file.name : `${this.#path(parent)}/${file.name}`
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'http://localhost')
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const call: DriveCall = {
      method: request.method!,
      path: url.pathname,
      query: url.searchParams,
      kind: kindOf(request.method!, url),
      status: 0,
    }
    this.calls.push(call)
    const at = this.#faults.findIndex(({ kind }) => kind === call.kind)
    const fault = this.onCall?.(call) ?? (at >= 0 ? this.#faults.splice(at, 1)[0]!.fault : undefined)
    if (fault?.kind === 'cut') return void response.destroy()
    const send = (status: number, content: object | Buffer | null, headers: Record<string, string> = {}) => {
      call.status = status
      if (fault?.kind === 'lost') return void response.destroy()
      response.writeHead(status, {
        ...(content !== null && {
          'content-type': Buffer.isBuffer(content)
            ? 'application/octet-stream'
            : 'application/json; charset=UTF-8',
        }),
        ...headers,
      })
      response.end(
        content === null ? undefined : Buffer.isBuffer(content) ? content : JSON.stringify(content),
      )
    }
    try {
      if (fault?.kind === 'status') {
        const headers: Record<string, string> =
          fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) }
        call.status = fault.status
        return send(
          fault.status,
          errorBody(fault.status, fault.reason, fault.message ?? fault.reason),
          headers,
        )
      }
      if (call.kind === 'token') return send(200, this.#token(body))
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
      if (token === undefined || !this.#tokens.has(token))
        throw new Refused(401, 'authError', 'Request had invalid authentication credentials.')
      if (call.kind === 'piece')
        return this.#piece(call, request, body, fault?.kind === 'half', send, response)
      const answer = this.#answer(call, request, body, send)
      if (answer !== null) send(200, answer)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (error.status === 400) this.mistakes.push(`${call.method} ${call.path}: ${error.message}`)
      send(error.status, errorBody(error.status, error.reason, error.message))
    }
  }

  #token(body: Buffer): object {
    const form = new URLSearchParams(body.toString())
    const grant = form.get('grant_type')
    const given = { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }
    if (grant === 'refresh_token') {
      if (
        form.get('refresh_token') !== oauth.refreshToken ||
        form.get('client_id') !== oauth.clientId ||
        form.get('client_secret') !== oauth.clientSecret
      )
        throw Object.assign(new Refused(400, 'invalid_grant', given.error_description), { oauth: given })
    } else {
      const [head, claims, signature] = (form.get('assertion') ?? '').split('.')
      const verified = createVerify('RSA-SHA256')
        .update(`${head}.${claims}`)
        .verify(keys.publicKey, Buffer.from(signature ?? '', 'base64url'))
      const { iss, scope } = JSON.parse(Buffer.from(claims ?? 'e30', 'base64url').toString())
      if (!verified || iss !== serviceAccount.client_email || !/auth\/drive/.test(scope))
        throw new Refused(400, 'invalid_grant', 'Invalid JWT Signature.')
    }
    const token = `ya29.${randomBytes(12).toString('hex')}`
    this.#tokens.add(token)
    return { access_token: token, expires_in: 3599, token_type: 'Bearer' }
  }

  #answer(
    call: DriveCall,
    request: IncomingMessage,
    body: Buffer,
    send: (status: number, content: object | Buffer | null, headers?: Record<string, string>) => void,
  ): object | Buffer | null {
    if (/permissions/.test(call.path)) this.mistakes.push('A backup changed who may see what.')
    const id = /^\/(?:upload\/)?drive\/v3\/files\/([^/]+)$/.exec(call.path)?.[1]
    if (call.kind === 'list') return this.#list(call.query)
    if (call.kind === 'get') return shown(this.#found(id!))
    if (call.kind === 'download') return this.#found(id!).content!
    const existing = id === undefined ? null : this.#found(id)
    if (call.query.get('uploadType') === 'multipart') {
      const [metadata, content] = parts(request.headers['content-type']!, body)
      return shown(this.#write(existing, JSON.parse(metadata!.toString()), content!, call.query))
    }
    if (call.query.get('uploadType') === 'resumable') {
      const session = randomBytes(8).toString('hex')
      this.#sessions.set(session, {
        id: id ?? null,
        metadata: JSON.parse(body.toString()),
        query: call.query,
        size: Number(request.headers['x-upload-content-length']),
        got: Buffer.alloc(0),
        done: null,
      })
      send(200, null, { location: `${this.url}/upload/session/${session}` })
      return null
    }
    return shown(this.#write(existing, JSON.parse(body.toString()), null, call.query))
  }

  #piece(
    call: DriveCall,
    request: IncomingMessage,
    body: Buffer,
    half: boolean,
    send: (status: number, content: object | null, headers?: Record<string, string>) => void,
    response: ServerResponse,
  ): void {
    const session = this.#sessions.get(call.path.split('/').at(-1)!)
    if (!session) throw new Refused(404, 'notFound', 'Session not found.')
    const range = /^bytes (?:\*|(\d+)-(\d+))\/(\d+)$/.exec(request.headers['content-range'] ?? '')
    if (!range || Number(range[3]) !== session.size)
      throw new Refused(400, 'badRequest', 'Bad Content-Range.')
    if (session.done !== null) {
      send(200, { id: session.done })
      return
    }
    if (range[1] !== undefined) {
      if (Number(range[1]) !== session.got.length)
        throw new Refused(400, 'badRequest', `Expected byte ${session.got.length}, got ${range[1]}.`)
      if (Number(range[2]) + 1 - Number(range[1]) !== body.length)
        throw new Refused(400, 'badRequest', 'The range is not as long as the piece.')
      const last = Number(range[2]) + 1 === session.size
      if (!last && body.length % (256 * 1024) !== 0)
        throw new Refused(400, 'badRequest', 'A piece is a multiple of 256 KiB.')
      if (half) {
        const arrived = Math.floor(body.length / 2 / (256 * 1024)) * 256 * 1024
        session.got = Buffer.concat([session.got, body.subarray(0, arrived)])
        return void response.destroy()
      }
      session.got = Buffer.concat([session.got, body])
    }
    if (session.got.length < session.size) {
      send(308, null, session.got.length > 0 ? { range: `bytes=0-${session.got.length - 1}` } : {})
      return
    }
    const existing = session.id === null ? null : this.#found(session.id)
    session.done = this.#write(existing, session.metadata, session.got, session.query).id
    send(200, { id: session.done })
  }

  #found(id: string): DriveFile {
    const file = this.files.get(id)
    if (!file) throw new Refused(404, 'notFound', `File not found: ${id}.`)
    return file
  }

  #write(
    existing: DriveFile | null,
    given: Partial<DriveFile>,
    content: Buffer | null,
    query: URLSearchParams,
  ): DriveFile {
    for (const name of Object.keys(given))
      if (!['name', 'mimeType', 'parents', 'appProperties', 'trashed'].includes(name))
        throw new Refused(400, 'badRequest', `A backup has no business with ${name}.`)
    for (const [key, value] of Object.entries(given.appProperties ?? {}))
      if (Buffer.byteLength(key + value) > 124)
        throw new Refused(400, 'propertyLength', `${key} is too long.`)
    if (content !== null) {
      const used = [...this.files.values()].reduce((sum, file) => sum + (file.content?.length ?? 0), 0)
      if (used - (existing?.content?.length ?? 0) + content.length > this.quota)
        throw new Refused(403, 'storageQuotaExceeded', "The user's Drive storage quota has been exceeded.")
    }
    for (const parent of [...(given.parents ?? []), ...(query.get('addParents')?.split(',') ?? [])])
      if (this.#gone(this.#found(parent))) this.mistakes.push(`Put into ${parent}, which is in the bin.`)
    if (!existing) {
      if (!given.parents)
        throw new Refused(400, 'badRequest', 'A file without a parent is in nobody’s sight.')
      return this.#put({
        id: this.#id(),
        name: given.name ?? 'Untitled',
        mimeType: given.mimeType ?? 'application/octet-stream',
        parents: given.parents,
        appProperties: given.appProperties ?? {},
        content: given.mimeType === folderType ? null : (content ?? Buffer.alloc(0)),
      })
    }
    if (given.parents)
      throw new Refused(
        403,
        'fieldNotWritable',
        'The parents field is not directly writable in update requests.',
      )
    const removed = query.get('removeParents')?.split(',') ?? []
    existing.parents = [
      ...existing.parents.filter((id) => !removed.includes(id)),
      ...(query.get('addParents')?.split(',') ?? []),
    ]
    if (existing.parents.length !== 1) throw new Refused(403, 'cannotAddParent', 'A file has one parent.')
    Object.assign(existing.appProperties, given.appProperties)
    if (given.name !== undefined) existing.name = given.name
    if (given.mimeType !== undefined) existing.mimeType = given.mimeType
    if (given.trashed !== undefined) existing.trashed = given.trashed
    if (content !== null) existing.content = content
    return existing
  }

  #list(query: URLSearchParams): object {
    const tests = (query.get('q') ?? '').split(' and ')
    // `and` inside braces is of a property.
    const q = query.get('q') ?? ''
    const properties = [...q.matchAll(/appProperties has \{ key='([^']*)' and value='([^']*)' \}/g)].map(
      ([, key, value]) => [key!, value!] as const,
    )
    if (properties.length === 0 || !tests.at(-1)!.includes('trashed = false'))
      throw new Refused(400, 'invalid', `Invalid Value: ${q}`)
    const partly = this.incomplete && query.get('corpora') === 'allDrives'
    const found = [...this.files.values()].filter(
      (file) => !this.#gone(file) && properties.every(([key, value]) => file.appProperties[key] === value),
    )
    const size = Math.min(Number(query.get('pageSize') ?? 100), this.pageSize)
    const from = Number(query.get('pageToken') ?? 0)
    const fields = /files\(([^)]*)\)/.exec(query.get('fields') ?? '')?.[1]?.split(',') ?? ['id', 'name']
    return {
      incompleteSearch: partly,
      ...(from + size < found.length && { nextPageToken: String(from + size) }),
      files: found
        .slice(from, partly ? from + size / 2 : from + size)
        .map((file) =>
          Object.fromEntries(Object.entries(shown(file)).filter(([name]) => fields.includes(name))),
        ),
    }
  }
}

function kindOf(method: string, url: URL): DriveCall['kind'] {
  if (url.pathname === '/token') return 'token'
  if (url.pathname.startsWith('/upload/session/')) return 'piece'
  if (url.searchParams.get('uploadType') === 'resumable') return 'begin'
  if (method === 'POST') return 'create'
  if (method === 'PATCH') return 'update'
  if (url.pathname === '/drive/v3/files') return 'list'
  return url.searchParams.get('alt') === 'media' ? 'download' : 'get'
}

const shown = (file: DriveFile) => ({
  kind: 'drive#file',
  id: file.id,
  name: file.name,
  mimeType: file.mimeType,
  parents: file.parents,
  appProperties: file.appProperties,
  createdTime: file.createdTime,
  trashed: file.trashed,
  ...(file.content && {
    size: String(file.content.length),
    sha256Checksum: createHash('sha256').update(file.content).digest('hex'),
  }),
})

const errorBody = (status: number, reason: string, message: string) =>
  /^invalid_/.test(reason)
    ? { error: reason, error_description: message }
    : { error: { code: status, message, errors: [{ domain: 'global', reason, message }] } }

function parts(contentType: string, body: Buffer): Buffer[] {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1]
  if (!boundary) throw new Refused(400, 'badRequest', 'No boundary.')
  const found: Buffer[] = []
  const mark = Buffer.from(`--${boundary}`)
  for (let at = body.indexOf(mark); at >= 0; ) {
    const next = body.indexOf(mark, at + mark.length)
    if (next < 0) break
    const part = body.subarray(at + mark.length + 2, next - 2)
    found.push(part.subarray(part.indexOf('\r\n\r\n') + 4))
    at = next
  }
  return found
}
