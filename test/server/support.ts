/** A browser as far as the server sees it: it keeps cookies and sends them, and says where its page is from. */
import { request } from 'node:http'
import { type Api, startApi } from '../graphql/support.ts'

export interface Reply {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: what a route returns is the test's to know
  json: any
}

export interface Browser {
  cookies: Map<string, string>
  /** The whole Set-Cookie lines of the last reply. */
  set: string[]
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  graphql(query: string, variables?: object, headers?: Record<string, string>): Promise<Reply>
}

/** node:http, since fetch chooses Host and Origin itself. body: an object goes as JSON, a string as a form. */
export function browser(url: string): Browser {
  const cookies = new Map<string, string>()
  const self: Browser = {
    cookies,
    set: [],
    send: (method, path, body, headers = {}) =>
      new Promise((resolve, reject) => {
        const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
        const call = request(
          `${url}${path}`,
          {
            method,
            headers: {
              ...(cookies.size > 0 && { cookie: [...cookies].map(([k, v]) => `${k}=${v}`).join('; ') }),
              ...(text !== undefined && {
                'content-type':
                  typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json',
                'content-length': String(Buffer.byteLength(text)),
              }),
              ...headers,
            },
          },
          (response) => {
            let received = ''
            response.setEncoding('utf8')
            response.on('data', (chunk) => {
              received += chunk
            })
            response.on('error', reject)
            response.on('end', () => {
              self.set = response.headers['set-cookie'] ?? []
              for (const line of self.set) {
                const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
                if (value === '') cookies.delete(name!)
                else cookies.set(name!, value!)
              }
              const type = String(response.headers['content-type'])
              resolve({
                status: response.statusCode!,
                headers: response.headers,
                text: received,
                json: type.includes('json') && received !== '' ? JSON.parse(received) : undefined,
              })
            })
          },
        )
        call.on('error', reject)
        call.end(text)
      }),
    graphql: (query, variables = {}, headers) => self.send('POST', '/graphql', { query, variables }, headers),
  }
  return self
}

export const goodPassword = 'putt driver wedge iron'

/** A member of staff with a password, as `clubos create-user` and the link in it make one. */
export async function hire(api: Api, email: string, role: string, password = goodPassword): Promise<number> {
  const { rows } = await api.database.pool.query<{ id: number }>(
    "insert into app_public.users (email, name, role) values ($1, split_part($1, '@', 1), $2) returning id",
    [email, role],
  )
  const id = rows[0]!.id
  const link = await api.database.pool.query<{ token: string }>(
    "select app_secret.make_link('invitation', $1) as token",
    [id],
  )
  const reply = await browser(api.server.url).send('POST', '/auth/password', {
    token: link.rows[0]!.token,
    password,
  })
  if (reply.status !== 200) throw new Error(reply.text)
  return id
}

export async function login(api: Api, email: string, password = goodPassword): Promise<Browser> {
  const one = browser(api.server.url)
  const reply = await one.send('POST', '/auth/login', { email, password })
  if (reply.status !== 200) throw new Error(reply.text)
  return one
}

/** As a club would run it: no headers that name a role. */
export const startProductionApi = (environment: Record<string, string> = {}) =>
  startApi({ CLUBOS_DEV_HEADERS: 'off', NODE_ENV: 'production', ...environment })

export const me = '{ me { email role } currentActor }'
