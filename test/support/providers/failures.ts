/** Failures as the two providers word them: `server.once('chat', openaiFailure.rateLimited({ seconds: 2 }))`. */
import type { Script } from './script.ts'

type StatusFault = Extract<NonNullable<Script['fault']>, { kind: 'status' }>
const failure = (fault: Omit<StatusFault, 'kind'>): Script => ({ fault: { kind: 'status', ...fault } })

/** When to come again: in seconds, in milliseconds (OpenAI), or at a date. */
function retryAfter(after: { seconds?: number; ms?: number; date?: Date }): Record<string, string> {
  return {
    ...(after.seconds === undefined ? {} : { 'retry-after': String(after.seconds) }),
    ...(after.ms === undefined ? {} : { 'retry-after-ms': String(after.ms) }),
    ...(after.date === undefined ? {} : { 'retry-after': after.date.toUTCString() }),
  }
}

export const openaiFailure = {
  rateLimited: (after: { seconds?: number; ms?: number; date?: Date } = {}) =>
    failure({
      status: 429,
      headers: {
        ...retryAfter(after),
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '1.2s',
      },
      error: {
        message:
          'Rate limit reached for gpt-4o in organization org-test on tokens per min (TPM): Limit 30000, Used 29900, Requested 400. Please try again in 1.2s.',
        type: 'tokens',
        param: null,
        code: 'rate_limit_exceeded',
      },
    }),
  quotaExhausted: () =>
    failure({
      status: 429,
      error: {
        message: 'You exceeded your current quota, please check your plan and billing details.',
        type: 'insufficient_quota',
        param: null,
        code: 'insufficient_quota',
      },
    }),
  serverError: () =>
    failure({
      status: 500,
      error: {
        message: 'The server had an error while processing your request. Sorry about that!',
        type: 'server_error',
        param: null,
        code: null,
      },
    }),
  overloaded: () =>
    failure({
      status: 503,
      error: {
        message: 'The engine is currently overloaded, please try again later',
        type: 'service_unavailable',
        param: null,
        code: null,
      },
    }),
  /** What a proxy in between says. */
  badGateway: () =>
    failure({
      status: 502,
      headers: { 'content-type': 'text/html' },
      body: '<html><body><h1>502 Bad Gateway</h1></body></html>',
    }),
  expiredKey: () =>
    failure({
      status: 401,
      error: {
        message:
          'Incorrect API key provided: sk-te**test. You can find your API key in your account settings.',
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_api_key',
      },
    }),
  forbidden: () =>
    failure({
      status: 403,
      error: {
        message: 'Project `proj_test` does not have access to model `gpt-4o`',
        type: 'invalid_request_error',
        param: null,
        code: 'model_not_found',
      },
    }),
  unknownModel: (model = 'gpt-4o') =>
    failure({
      status: 404,
      error: {
        message: `The model \`${model}\` does not exist or you do not have access to it.`,
        type: 'invalid_request_error',
        param: null,
        code: 'model_not_found',
      },
    }),
  /** Azure refuses the prompt. */
  azureFilter: () =>
    failure({
      status: 400,
      error: {
        message:
          "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
        type: null,
        param: 'prompt',
        code: 'content_filter',
        status: 400,
        innererror: {
          code: 'ResponsibleAIPolicyViolation',
          content_filter_result: { violence: { filtered: true, severity: 'high' } },
        },
      },
    }),
  tooLong: () =>
    failure({
      status: 400,
      error: {
        message: "This model's maximum context length is 128000 tokens.",
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      },
    }),
}

export const anthropicFailure = {
  rateLimited: (after: { seconds?: number; date?: Date } = {}) =>
    failure({
      status: 429,
      headers: { ...retryAfter(after), 'anthropic-ratelimit-requests-remaining': '0' },
      error: {
        type: 'rate_limit_error',
        message: "This request would exceed your organization's rate limit of 50 requests per minute.",
      },
    }),
  overloaded: () => failure({ status: 529, error: { type: 'overloaded_error', message: 'Overloaded' } }),
  serverError: () => failure({ status: 500, error: { type: 'api_error', message: 'Internal server error' } }),
  badGateway: openaiFailure.badGateway,
  expiredKey: () =>
    failure({ status: 401, error: { type: 'authentication_error', message: 'invalid x-api-key' } }),
  forbidden: () =>
    failure({
      status: 403,
      error: {
        type: 'permission_error',
        message: 'Your API key does not have permission to use the specified resource.',
      },
    }),
  unknownModel: (model = 'claude-none') =>
    failure({ status: 404, error: { type: 'not_found_error', message: `model: ${model}` } }),
  noCredit: () =>
    failure({
      status: 400,
      error: {
        type: 'invalid_request_error',
        message:
          'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
      },
    }),
  billing: () =>
    failure({
      status: 402,
      error: {
        type: 'billing_error',
        message: 'There is an issue with your billing or payment information.',
      },
    }),
  tooLarge: () =>
    failure({
      status: 413,
      error: { type: 'request_too_large', message: 'Request exceeds the maximum size' },
    }),
  timedOut: () => failure({ status: 504, error: { type: 'timeout_error', message: 'Request timed out' } }),
  filtered: () =>
    failure({
      status: 400,
      error: { type: 'invalid_request_error', message: 'Output blocked by content filtering policy' },
    }),
}
