/** Tries a place for backups as a backup would use it: what is there, a file written, read again and removed. */
import { randomBytes } from 'node:crypto'
import type { Config } from '../config.ts'
import { sha256 } from './manifest.ts'
import { BackupError, type BackupFile, openTarget, type Stored, type TargetRow } from './target.ts'

export type Step = 'open' | 'list' | 'write' | 'read' | 'remove'
export type Kind =
  | 'credentials'
  | 'missing'
  | 'forbidden'
  | 'full'
  | 'unreachable'
  | 'busy'
  | 'altered'
  | 'other'

export interface Failure {
  step: Step
  problem: Kind
  error: string
  hint: string | null
}

/** Null where all of it went well. Whoever waits for it would rather hear soon: nothing is tried for long. */
export async function probeTarget(
  config: Config,
  row: Omit<TargetRow, 'id'>,
  { signal, seconds = 60 }: { signal?: AbortSignal | undefined; seconds?: number } = {},
): Promise<Failure | null> {
  const time = AbortSignal.timeout(seconds * 1000)
  const either = signal ? AbortSignal.any([signal, time]) : time
  let step: Step = 'open'
  try {
    const target = await openTarget(impatient(config), row)
    try {
      step = 'list'
      await target.list(either)
      step = 'write'
      // Never the same, so that what an earlier try left behind is not taken for it.
      const content = randomBytes(32).toString('hex')
      const file: BackupFile = {
        key: `probe:${sha256(Buffer.from(content)).slice(0, 16)}`,
        path: `clubos-test-${content.slice(0, 16)}.md`,
        sha256: sha256(Buffer.from(content)),
        bytes: content.length,
      }
      await target.put(file, null, Buffer.from(content), either)
      let stored: Stored = { ...file }
      try {
        step = 'read'
        // Drive gives what was written an id of its own.
        if (target.renames) {
          const found = (await target.list(either)).find(({ key }) => key === file.key)
          if (!found) throw new BackupError('What was just written is not there.', { hint: 'Try it again.' })
          stored = found
        }
        if ((await target.read(stored, either)).toString() !== content) return altered
      } finally {
        if (step === 'read') await target.remove(stored, either).catch(() => {})
      }
      step = 'remove'
      await target.remove(stored, either)
      return null
    } finally {
      await target.close()
    }
  } catch (error) {
    if (signal?.aborted) throw error
    if (time.aborted)
      return {
        step,
        problem: 'unreachable',
        error: `No answer within ${seconds} seconds.`,
        hint: 'Is the address right, and can it be reached from the machine that the worker runs on?',
      }
    const { message, hint } = error as BackupError
    return { step, problem: kindOf(error), error: message || String(error), hint: hint ?? null }
  }
}

const altered: Failure = {
  step: 'read',
  problem: 'altered',
  error: 'What was read is not what was written.',
  hint: 'Something between ClubOS and the storage alters files: look at proxies and at the storage itself.',
}

/** A backup waits for better times; this does not. */
const impatient = (config: Config): Config => ({
  ...config,
  backup: {
    ...config.backup,
    s3: { ...config.backup.s3, attempts: 2 },
    google: { ...config.backup.google, attempts: 2, firstWait: 500 },
  },
})

const names: Record<string, Kind> = {
  // Of a disk.
  ENOSPC: 'full',
  EDQUOT: 'full',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EROFS: 'forbidden',
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  // Of S3 and its like.
  NoSuchBucket: 'missing',
  InvalidBucketName: 'missing',
  InvalidAccessKeyId: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  CredentialsProviderError: 'credentials',
  ExpiredToken: 'credentials',
  AccessDenied: 'forbidden',
  QuotaExceeded: 'full',
  XMinioStorageFull: 'full',
  SlowDown: 'busy',
  // Of Google.
  invalid_grant: 'credentials',
  invalid_client: 'credentials',
  unauthorized_client: 'credentials',
  storageQuotaExceeded: 'full',
  teamDriveFileLimitExceeded: 'full',
  userRateLimitExceeded: 'busy',
  rateLimitExceeded: 'busy',
  dailyLimitExceeded: 'busy',
}

interface Cause {
  name?: string
  code?: string
  status?: number
  $metadata?: { httpStatusCode?: number }
  response?: { status?: number; data?: { error?: string | { errors?: { reason?: string }[] } } }
}

function kindOf(error: unknown): Kind {
  const cause = (error as BackupError).cause as Cause | undefined
  // Said before anybody was asked: there are none.
  if (cause === undefined)
    return error instanceof BackupError && /credentials/.test(error.message) ? 'credentials' : 'other'
  const said = cause.response?.data?.error
  const reason = typeof said === 'string' ? said : said?.errors?.[0]?.reason
  const named = [reason, cause.name, cause.code].map((name) => names[name ?? '']).find(Boolean)
  if (named) return named
  const status = cause.response?.status ?? cause.status ?? cause.$metadata?.httpStatusCode
  if (status === 401) return 'credentials'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'missing'
  if (status === 429) return 'busy'
  if (status === 507) return 'full'
  return status === undefined || status >= 500 ? 'unreachable' : 'other'
}
