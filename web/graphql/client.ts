/** One way to the server: a typed document and its variables in, its data out, errors as `ApiError`. */
import type { DocumentDecoration } from 'gql.tada'
import type { DocumentNode } from 'graphql'
import { textOf } from './graphql.ts'

/** What `graphql(…)` makes: a document that knows its data and its variables. */
export type TypedDocument<Data, Variables> = DocumentNode & DocumentDecoration<Data, Variables>

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

interface Reply<Data> {
  data?: Data | null
  errors?: ErrorReply[]
}

/** Throws ApiError; an abort as it is. */
export async function request<Data, Variables extends object>(
  document: TypedDocument<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  let response: Response
  try {
    response = await fetch('/graphql', {
      method: 'POST',
      credentials: 'same-origin',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
      },
      body: JSON.stringify({ query: textOf(document), variables }),
      signal: signal ?? null,
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw unreachable()
  }
  const reply = (await response.json().catch((error: unknown) => {
    if (signal?.aborted) throw error
    return null
  })) as Reply<Data> | null
  const [first] = reply?.errors ?? []
  if (first) throw asError(first)
  if (reply?.data == null) throw refusal(response.status)
  return reply.data
}

export const unreachable = () =>
  new ApiError(
    navigator.onLine ? 'The server cannot be reached.' : 'You are offline.',
    'OFFLINE',
    'Try again in a moment.',
    undefined,
    true,
  )

/** An error as the server writes it, in GraphQL and beside it. */
export interface ErrorReply {
  message: string
  extensions?: { code?: string; hint?: string; detail?: unknown; retryable?: boolean; retryAfter?: number }
}

export function asError({ message, extensions = {} }: ErrorReply): ApiError {
  const { code = 'CO500', hint, detail, retryable = code === 'CO503', retryAfter } = extensions
  const error = new ApiError(message, code, hint, detail, retryable)
  error.retryAfter = retryAfter
  return error
}

/** Of what is no GraphQL: a limit at the door, or something between us and the server. */
export function refusal(status: number): ApiError {
  if (status === 401) return new ApiError('Your session has ended.', 'CO401', 'Log in again.')
  if (status === 429)
    return new ApiError(
      'That was too much in a short time.',
      'CO429',
      'Wait a moment and try again.',
      undefined,
      true,
    )
  return new ApiError(
    'The server is busy or being restarted.',
    'CO503',
    'Try again in a moment.',
    undefined,
    true,
  )
}
