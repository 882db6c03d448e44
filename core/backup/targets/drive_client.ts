/** Google Drive's client: who we are to Google, and what a call does when it is refused. */
import { setTimeout as sleep } from 'node:timers/promises'
import { auth, type drive_v3, drive as openDrive } from '@googleapis/drive'
import type { GoogleConfig } from '../../config.ts'
import { BackupError } from '../target.ts'

/** Only what the app itself has made, and what was shared with it: a folder that a person made needs the wider one. */
const scope = 'https://www.googleapis.com/auth/drive'

export type AuthClient = InstanceType<typeof auth.OAuth2> | InstanceType<typeof auth.JWT>

export interface DriveClient {
  drive: drive_v3.Drive
  auth: AuthClient
  /** Of uploads, which are sent by hand. */
  origin: string
  /** Calls until it succeeds, waiting longer each time and as long as Retry-After says. */
  attempt<T>(call: () => Promise<T>, signal?: AbortSignal): Promise<T>
}

export function driveClient(config: GoogleConfig): DriveClient {
  const origin = config.baseUrl?.replace(/\/$/, '') ?? 'https://www.googleapis.com'
  const client = signIn(config)
  const drive = openDrive({
    version: 'v3',
    auth: client as never,
    // We repeat calls ourselves: the library does not know which refusals pass.
    retry: false,
    ...(config.baseUrl && { rootUrl: `${origin}/` }),
  })
  const attempts = config.attempts ?? 7
  const first = config.firstWait ?? 1000
  return {
    drive,
    auth: client,
    origin,
    async attempt(call, signal) {
      let renewed = false
      for (let n = 1; ; n++) {
        signal?.throwIfAborted()
        try {
          return await call()
        } catch (error) {
          const problem = explain(error)
          // Revoked, or expired by Google's clock: the library repeats no request that has sent a stream.
          if (problem.status === 401 && !renewed) {
            renewed = true
            // A service account has no refresh token; this is the library's own mark in its place, without which it renews none.
            client.setCredentials({
              refresh_token: config.oauth?.refreshToken ?? 'jwt-placeholder',
              expiry_date: 1,
            })
            continue
          }
          if (problem.wait === null || n >= attempts) throw problem.error
          // Some of it at random, so that those who were refused together do not come back together.
          const wait = Math.max(problem.wait * 1000, first * 2 ** (n - 1) * (0.5 + Math.random()))
          await sleep(Math.min(wait, 120_000), undefined, { signal })
        }
      }
    },
  }
}

function signIn(config: GoogleConfig): AuthClient {
  const client = credentials(config)
  if (config.baseUrl) {
    const base = config.baseUrl.replace(/\/$/, '')
    // The library knows one address for tokens of service accounts.
    client.transporter.interceptors.request.add({
      resolved: async (options) => {
        if (options.url.host === 'oauth2.googleapis.com') options.url = new URL(base + options.url.pathname)
        return options
      },
    })
  }
  return client
}

function credentials({ serviceAccount, oauth }: GoogleConfig): AuthClient {
  if (serviceAccount)
    return new auth.JWT({
      email: serviceAccount.client_email,
      key: serviceAccount.private_key,
      scopes: [scope],
    })
  if (!oauth)
    throw new BackupError('Google Drive lets nobody in without credentials, and none are set.', {
      hint: 'Set GOOGLE_SERVICE_ACCOUNT_FILE, or GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET and GOOGLE_REFRESH_TOKEN: docs/backup.md says how to get them.',
    })
  const client = new auth.OAuth2({ clientId: oauth.clientId, clientSecret: oauth.clientSecret })
  client.setCredentials({ refresh_token: oauth.refreshToken })
  return client
}

interface Refusal {
  status?: number
  code?: string | number
  message: string
  response?: {
    status: number
    headers?: Headers
    data?: {
      error?: string | { message?: string; errors?: { reason?: string }[] }
      error_description?: string
    }
  }
}

const limits = /^(userRateLimitExceeded|rateLimitExceeded|sharingRateLimitExceeded|dailyLimitExceeded)$/

/** What a refusal means: after how many seconds to try again (null: never), and what a person may do. */
export function explain(error: unknown): { wait: number | null; error: Error; status?: number } {
  if (error instanceof BackupError || (error as Error).name === 'AbortError')
    return { wait: null, error: error as Error }
  const refusal = error as Refusal
  const status = refusal.response?.status ?? refusal.status
  const data = refusal.response?.data
  const reason =
    typeof data?.error === 'object' ? (data.error.errors?.[0]?.reason ?? '') : (data?.error ?? '')
  const told =
    (typeof data?.error === 'object' ? data.error.message : data?.error_description) ?? refusal.message
  const after = Number.parseFloat(refusal.response?.headers?.get?.('retry-after') ?? '')
  const wait = Number.isFinite(after) ? after : 0
  const problem = (hint: string | undefined, seconds: number | null, retry = seconds !== null) => ({
    wait: seconds,
    status,
    error: new BackupError(`Google Drive: ${told}`, { hint, retry, cause: error }),
  })
  if (reason === 'storageQuotaExceeded' || reason === 'teamDriveFileLimitExceeded')
    return problem(
      'The Drive is full. Make room or buy storage. A service account has none of its own: put the folder into a shared drive, or use OAuth, so that files belong to a person.',
      null,
    )
  if (reason === 'invalid_grant' || reason === 'invalid_client' || reason === 'unauthorized_client')
    return problem(
      'Google no longer accepts the credentials: they were revoked or have expired. Make new ones (docs/backup.md) and set them; a refresh token of an app in “testing” lives for seven days.',
      null,
    )
  if (status === 403 && limits.test(reason))
    return problem('Google limits how often it is asked; it is tried again later.', wait)
  if (status === 429) return problem('Google limits how often it is asked; it is tried again later.', wait)
  if (status === 401)
    return problem(
      'Google does not accept the credentials. Make new ones (docs/backup.md) and set them.',
      null,
    )
  if (status === 403)
    return problem(
      'Share the folder with the service account’s address as “Editor”, and switch the Drive API on in its project.',
      null,
    )
  if (status === 404)
    return problem(
      'Is the folder’s id right (the last part of its address), and is it shared with the service account?',
      null,
    )
  if (status === undefined || status >= 500 || status === 408)
    return problem('Google Drive could not be reached, or had a problem; it is tried again later.', wait)
  return problem(undefined, null)
}
