/** The part of OpenAI's API that holds what assistants had: assistants, files and vector stores, paged as OpenAI pages. */
import { ProviderServer, type Received, Refused, type ServerOptions } from './http.ts'
import type { Fault } from './script.ts'

interface Bodies {
  assistants: undefined
  stores: undefined
  store_files: undefined
  file: undefined
  content: undefined
}

export interface StoredFile {
  id: string
  filename: string
  text?: string[]
  status?: 'completed' | 'in_progress' | 'failed' | 'cancelled'
  /** Known to its store, and gone. */
  gone?: boolean
}
export interface Store {
  id: string
  name: string
  status?: 'completed' | 'expired'
  files: StoredFile[]
}

export class OpenAiFilesServer extends ProviderServer<Bodies> {
  url = ''
  stores: Store[] = []
  /** Null: the account's API has none any more. */
  assistants: object[] | null = []
  /** Entries of a page. */
  page = 2

  static async start(options: ServerOptions = {}): Promise<OpenAiFilesServer> {
    const server = new OpenAiFilesServer(options)
    server.url = `${await server.listen()}/v1`
    return server
  }

  protected headers() {
    return { 'x-request-id': this.nextId('req_') }
  }
  protected errorBody({ error }: Extract<Fault, { kind: 'status' }>) {
    return { error: { message: 'Error.', type: 'invalid_request_error', param: null, code: null, ...error } }
  }

  protected async route(
    request: Received,
    _text: string,
    answer: Parameters<ProviderServer<Bodies>['deliver']>[0],
  ): Promise<void> {
    const key = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1]
    const keys = this.options.keys ?? 'any'
    if (!key || (Array.isArray(keys) && !keys.includes(key)))
      throw new Refused(
        { status: 401, error: { message: 'Incorrect API key provided.', code: 'invalid_api_key' } },
        false,
      )
    const found = this.find(request)
    request.api = found.api
    this.record(request as never)
    const handler = this.handlerOf(found.api)
    const script = handler ? await handler(request as never) : {}
    const json = script.fault ? {} : found.answer()
    await this.deliver(answer, script, {
      json,
      events: [],
      errorEvent: () => {
        throw new Error('Nothing is streamed here.')
      },
    })
  }

  private find({ method, path, query }: Received): { api: keyof Bodies; answer(): unknown } {
    const missing = (what: string) =>
      new Refused({ status: 404, error: { message: `No ${what} found.` } }, false)
    if (method !== 'GET') throw new Refused({ status: 405, error: { message: 'An import only reads.' } })
    const parts = path.replace('/v1/', '').split('/')
    const file = (id: string | undefined) =>
      this.stores.flatMap(({ files }) => files).find((one) => one.id === id)
    const store = (id: string | undefined) => this.stores.find((one) => one.id === id)
    if (path === '/v1/assistants')
      return {
        api: 'assistants',
        answer: () => {
          if (this.assistants === null) throw missing('such endpoint')
          return this.paged(this.assistants as { id: string }[], query)
        },
      }
    if (path === '/v1/vector_stores')
      return {
        api: 'stores',
        answer: () =>
          this.paged(
            this.stores.map(({ files, ...one }) => ({
              object: 'vector_store',
              created_at: 1,
              status: 'completed',
              ...one,
              file_counts: { total: files.length },
            })),
            query,
          ),
      }
    if (parts[0] === 'vector_stores' && parts[2] === 'files' && parts.length === 3)
      return {
        api: 'store_files',
        answer: () => {
          const of = store(parts[1])
          if (!of) throw missing('vector store')
          return this.paged(
            of.files.map(({ id, status = 'completed' }) => ({
              id,
              object: 'vector_store.file',
              vector_store_id: of.id,
              status,
              created_at: 1,
              last_error:
                status === 'failed'
                  ? { code: 'unsupported_file', message: 'The file type is not supported.' }
                  : null,
            })),
            query,
          )
        },
      }
    if (parts[0] === 'files' && parts.length === 2)
      return {
        api: 'file',
        answer: () => {
          const one = file(parts[1])
          if (!one || one.gone) throw missing('such File object')
          return {
            id: one.id,
            object: 'file',
            filename: one.filename,
            bytes: 1,
            created_at: 1,
            purpose: 'assistants',
          }
        },
      }
    if (parts[0] === 'vector_stores' && parts[2] === 'files' && parts[4] === 'content')
      return {
        api: 'content',
        answer: () => {
          const one = file(parts[3])
          if (!one || one.gone) throw missing('file')
          return {
            object: 'vector_store.file_content.page',
            data: (one.text ?? []).map((text) => ({ type: 'text', text })),
            has_more: false,
            next_page: null,
          }
        },
      }
    throw new Refused({ status: 404, error: { message: `Invalid URL (${method} ${path})` } })
  }

  private paged<T extends { id: string }>(all: T[], query: URLSearchParams) {
    const after = query.get('after')
    const from = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1
    const data = all.slice(from, from + Math.min(this.page, Number(query.get('limit') ?? 20)))
    return {
      object: 'list',
      data,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
      has_more: from + data.length < all.length,
    }
  }
}
