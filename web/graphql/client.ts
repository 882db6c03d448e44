/** One way to the server: a typed document and its variables in, its data out, errors as `ApiError`. */
import { Client, type CombinedError, fetchExchange, type TypedDocumentNode } from '@urql/core'

/** A refusal that a person can read: the message says what happened, the hint what to do. */
export class ApiError extends Error {
  readonly code: string
  readonly hint: string | undefined
  readonly detail: unknown
  /** The same request may succeed in a moment. */
  readonly retryable: boolean
  /** Seconds, where the server says how long to wait. */
  retryAfter: number | undefined
  constructor(message: string, code: string, hint?: string, detail?: unknown, retryable = false) {
    super(message)
    this.name = 'ApiError'
    this.code = code
    this.hint = hint
    this.detail = detail
    this.retryable = retryable
  }
}

const client = new Client({
  url: '/graphql',
  preferGetMethod: false,
  exchanges: [fetchExchange],
  requestPolicy: 'network-only',
})

interface Extensions {
  code?: string
  hint?: string
  detail?: unknown
  retryable?: boolean
  retryAfter?: number
}

function explain({ networkError, graphQLErrors, response }: CombinedError): ApiError {
  const [first] = graphQLErrors
  if (first) {
    const { code = 'CO500', hint, detail, retryable, retryAfter } = first.extensions as Extensions
    const error = new ApiError(first.message, code, hint, detail, retryable ?? code === 'CO503')
    error.retryAfter = retryAfter
    return error
  }
  const status = (response as Response | undefined)?.status
  if (status === 401) return new ApiError('Your session has ended.', 'CO401', 'Log in again.')
  if (status === 429)
    return new ApiError(
      'That was too much in a short time.',
      'CO429',
      'Wait a moment and try again.',
      undefined,
      true,
    )
  if (status === 503)
    return new ApiError('The server is busy.', 'CO503', 'Try again in a moment.', undefined, true)
  return new ApiError(
    navigator.onLine ? 'The server cannot be reached.' : 'You are offline.',
    'OFFLINE',
    networkError?.message,
    undefined,
    true,
  )
}

/** Throws ApiError. */
export async function request<Data, Variables extends object>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  const result = await client.query(document, variables, {
    fetchOptions: { signal: signal ?? null, credentials: 'same-origin' },
  })
  if (result.error) throw explain(result.error)
  return result.data as Data
}
