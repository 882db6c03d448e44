/** S3 and what speaks its protocol: MinIO, Ceph, R2, Backblaze, Wasabi. An object appears whole or not at all. */
import { createHash } from 'node:crypto'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import type { S3Config } from '../../config.ts'
import { BackupError, type BackupTarget, type Stored } from '../target.ts'
import { contentType } from './media_types.ts'

export function s3Target(config: S3Config, place: { bucket: string; prefix: string }): BackupTarget {
  const client = new S3Client({
    region: config.region,
    ...(config.endpoint && { endpoint: config.endpoint, forcePathStyle: true }),
    ...(config.accessKeyId && {
      credentials: { accessKeyId: config.accessKeyId, secretAccessKey: config.secretAccessKey ?? '' },
    }),
    // We have hashes of our own, and not every server knows the SDK's.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // The SDK waits longer each time, and as long as Retry-After says.
    maxAttempts: config.attempts ?? 6,
  })
  const prefix = `${place.prefix.replace(/\/+$/, '')}/`
  const { bucket: Bucket } = place
  const explain = (error: unknown) => explainFor(error, place.bucket)

  return {
    renames: false,
    async list(abortSignal) {
      const found: Stored[] = []
      for (let token: string | undefined, more = true; more; ) {
        const page = await client
          .send(new ListObjectsV2Command({ Bucket, Prefix: prefix, ContinuationToken: token }), {
            abortSignal,
          })
          .catch(explain)
        for (const { Key, Size, LastModified } of page.Contents ?? [])
          found.push({
            path: Key!.slice(prefix.length),
            key: null,
            sha256: null,
            bytes: Size ?? 0,
            modified: LastModified?.getTime() ?? 0,
          })
        token = page.NextContinuationToken
        more = page.IsTruncated === true
      }
      return found
    },
    async put(file, _before, content, abortSignal) {
      await client
        .send(
          new PutObjectCommand({
            Bucket,
            Key: prefix + file.path,
            Body: content!,
            ContentType: contentType(file.path),
            ContentMD5: createHash('md5').update(content!).digest('base64'),
            Metadata: { sha256: file.sha256, key: file.key },
          }),
          { abortSignal },
        )
        .catch(explain)
    },
    async remove({ path }, abortSignal) {
      await client
        .send(new DeleteObjectCommand({ Bucket, Key: prefix + path }), { abortSignal })
        .catch(explain)
    },
    async read({ path }, abortSignal) {
      const { Body } = await client
        .send(new GetObjectCommand({ Bucket, Key: prefix + path }), { abortSignal })
        .catch(explain)
      return Buffer.from(await Body!.transformToByteArray())
    },
    async look(stored, abortSignal) {
      const { Metadata } = await client
        .send(new HeadObjectCommand({ Bucket, Key: prefix + stored.path }), { abortSignal })
        .catch(explain)
      return Metadata?.sha256 ?? null
    },
    async close() {
      client.destroy()
    },
  }
}

function explainFor(error: unknown, bucket: string): never {
  if (error instanceof BackupError || (error as Error).name === 'AbortError') throw error
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
  const status = $metadata?.httpStatusCode
  const hints: Record<string, string> = {
    NoSuchBucket: `Make the bucket "${bucket}", or give the target another.`,
    NoSuchKey: 'It was removed by somebody else; the next backup writes it anew.',
    InvalidAccessKeyId: 'Set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY to a key that is valid.',
    SignatureDoesNotMatch: 'S3_SECRET_ACCESS_KEY does not belong to S3_ACCESS_KEY_ID.',
    AccessDenied: `The key needs s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject on "${bucket}".`,
    CredentialsProviderError: 'Set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY (or their _FILE).',
    QuotaExceeded: 'The storage is full: remove something, or raise its quota.',
    XMinioStorageFull: 'The storage is full: remove something, or enlarge it.',
    PermanentRedirect: 'S3_REGION is not the bucket’s.',
    AuthorizationHeaderMalformed: 'S3_REGION is not the bucket’s.',
  }
  throw new BackupError(
    `S3 bucket "${bucket}": ${name}${message && message !== name ? `, ${message}` : ''}`,
    {
      hint:
        hints[name] ??
        (status === undefined ? 'Is S3_ENDPOINT right, and can it be reached from here?' : undefined),
      retry: status === undefined ? name !== 'CredentialsProviderError' : status >= 500 || status === 429,
      cause: error,
    },
  )
}
