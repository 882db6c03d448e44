/** What went wrong, from the SDKs' errors, their headers and what the providers say in them. */
import type { FailureKind } from './index.ts'

/** The classes of errors that both SDKs have, each its own. */
export interface SdkErrors {
  APIError: ErrorClass<
    Error & { status?: number; headers?: Headers; error?: unknown; requestID?: string | null }
  >
  APIConnectionError: ErrorClass
  APIConnectionTimeoutError: ErrorClass
  APIUserAbortError: ErrorClass
}
// biome-ignore lint/suspicious/noExplicitAny: constructors of different parameters, of which only instanceof is asked
type ErrorClass<T = Error> = abstract new (...parameters: any[]) => T

export interface Failure {
  kind: FailureKind
  message: string
  /** Seconds. */
  retryAfter: number | null
  requestId: string | null
}

/** What we know of a call that its error does not say. */
export interface Circumstances {
  /** The caller's. */
  signal?: AbortSignal
  /** Ours, for the whole call. */
  deadline?: AbortSignal
  /** Whether any text had come. */
  begun?: boolean
}

export function classify(error: unknown, sdk: SdkErrors, circumstances: Circumstances = {}): Failure {
  const { signal, deadline, begun } = circumstances
  const plain = (kind: FailureKind, message: string): Failure => ({
    kind,
    message,
    retryAfter: null,
    requestId: null,
  })
  if (signal?.aborted) return plain('aborted', 'The call was stopped by its caller.')
  if (deadline?.aborted) return plain('timeout', 'The model took longer than LLM_TIMEOUT allows.')
  if (error instanceof sdk.APIConnectionTimeoutError) return plain('timeout', error.message)
  if (error instanceof sdk.APIUserAbortError) return plain('aborted', error.message)
  const lost = begun ? 'stream_broken' : 'connection'
  if (error instanceof sdk.APIConnectionError) return plain(lost, `${error.message} ${causeOf(error)}`.trim())
  if (error instanceof sdk.APIError) return ofApi(error)
  // By name: fetch's own is of another realm where code runs in a context of its own.
  if ((error as Error | null)?.name === 'SyntaxError')
    return plain('invalid_output', 'The provider sent what is no JSON.')
  return plain(lost, `The connection broke: ${causeOf(error)}`)
}

/** Down to the system's own: ECONNRESET, ENOTFOUND … */
function causeOf(error: unknown): string {
  let cause = error as { cause?: unknown; code?: unknown; message?: unknown } | null | undefined
  while (typeof cause?.cause === 'object' && cause.cause !== null) cause = cause.cause
  const message = typeof cause?.message === 'string' ? withoutSecrets(cause.message) : ''
  return typeof cause?.code === 'string' ? `${cause.code}: ${message}` : message
}

function ofApi(error: InstanceType<SdkErrors['APIError']>): Failure {
  const { status, headers } = error
  return {
    kind: kindOf(status, detailsOf(error.error), error.message),
    message: withoutSecrets(error.message).slice(0, 500),
    retryAfter: retryAfter(headers),
    requestId: error.requestID ?? headers?.get('apim-request-id') ?? null,
  }
}

interface Details {
  present: boolean
  codes: string[]
}

/** Codes and types of an error's body: OpenAI's {code, type}, Anthropic's {error: {type}}, Azure's {innererror: {code}}. */
function detailsOf(body: unknown): Details {
  const codes: string[] = []
  const visit = (value: unknown, depth: number) => {
    if (typeof value !== 'object' || value === null || depth > 3) return
    for (const [key, inner] of Object.entries(value)) {
      if ((key === 'code' || key === 'type' || key === 'error_code') && typeof inner === 'string')
        codes.push(inner)
      else if (key === 'error' || key === 'innererror' || key === 'details') visit(inner, depth + 1)
    }
  }
  visit(body, 0)
  return { present: typeof body === 'object' && body !== null, codes }
}

/** What the bodies say is more exact than the status: a quota comes as 429, a filter and an empty account as 400. */
const byCode: Record<string, FailureKind> = {
  insufficient_quota: 'quota_exhausted',
  billing_hard_limit_reached: 'quota_exhausted',
  billing_not_active: 'quota_exhausted',
  billing_error: 'quota_exhausted',
  model_not_found: 'unknown_model',
  DeploymentNotFound: 'unknown_model',
  content_filter: 'filtered',
  ResponsibleAIPolicyViolation: 'filtered',
  content_policy_violation: 'filtered',
  invalid_prompt: 'filtered',
  bio_policy: 'filtered',
  cyber_policy: 'filtered',
  misalignment_policy_violation: 'filtered',
  rate_limit_exceeded: 'rate_limited',
  rate_limit_error: 'rate_limited',
  overloaded_error: 'overloaded',
  server_is_overloaded: 'overloaded',
  slow_down: 'overloaded',
  timeout_error: 'timeout',
  invalid_api_key: 'unauthorized',
  authentication_error: 'unauthorized',
  permission_error: 'unauthorized',
  server_error: 'server_error',
  api_error: 'server_error',
  invalid_request_error: 'bad_request',
}
// The most telling first: a quota's body often has the type of a bad request too.
const telling = Object.keys(byCode)

export function kindOf(status: number | undefined, details: Details, message: string): FailureKind {
  const code = telling.find((known) => details.codes.includes(known))
  const said = code === undefined ? null : byCode[code]!
  if (said !== null && said !== 'bad_request' && said !== 'server_error') return said
  // Anthropic says so in words alone.
  if (status === 400 && /credit balance is too low/i.test(message)) return 'quota_exhausted'
  if (status === 400 && /content filtering policy/i.test(message)) return 'filtered'
  switch (status) {
    case undefined:
      return said ?? 'server_error'
    case 401:
    case 403:
      return 'unauthorized'
    case 402:
      return 'quota_exhausted'
    case 404:
      // Without a body that says so it is the address that is wrong, not the model.
      return details.present ? 'unknown_model' : 'bad_request'
    case 408:
    case 504:
      return 'timeout'
    // A lock at the provider: the SDKs too would try again.
    case 409:
      return 'server_error'
    case 429:
      return 'rate_limited'
    case 503:
    case 529:
      return 'overloaded'
  }
  return status >= 500 ? 'server_error' : 'bad_request'
}

/** An error that came inside of a stream or of a batch's results, as an object. */
export function kindOfBody(body: unknown): FailureKind {
  return kindOf(undefined, detailsOf(body), '')
}

/** In seconds; null where the provider says nothing that can be used. */
export function retryAfter(headers: Headers | undefined): number | null {
  const milliseconds = headers?.get('retry-after-ms')
  if (milliseconds && Number(milliseconds) >= 0) return Number(milliseconds) / 1000
  const after = headers?.get('retry-after')
  if (!after) return null
  const seconds = Number(after)
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds : null
  const at = Date.parse(after)
  return Number.isNaN(at) ? null : Math.max(0, (at - Date.now()) / 1000)
}

/** Providers repeat a wrong key in their messages, and those go into logs. */
export function withoutSecrets(message: string): string {
  return message.replace(/\b(sk|key|pk)-[\w*.-]{4,}/gi, '$1-…').replace(/(bearer\s+)\S+/gi, '$1…')
}
