/** manifest.json: what a backup consists of. It is written last, so that what it names is there. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { BackupError, type BackupFile, type BackupTarget, type Stored } from './target.ts'

export const manifestPath = 'manifest.json'
export const format = 1

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const Manifest = z.object({
  format: z.int().positive(),
  /** Who reads it without ClubOS finds here what it is. */
  about: z.string(),
  backup: z.int().nullable(),
  taken_at: z.string(),
  version: z.string(),
  schema_version: z.string().nullable(),
  embedding_model: z.string(),
  audit_head: z.object({ position: z.number(), hash: z.string() }),
  tables: z.array(
    z.object({ name: z.string(), rows: z.number(), sha256: hash, columns: z.array(z.string()) }),
  ),
  files: z.array(
    z.object({
      path: z
        .string()
        .refine((path) => !path.split('/').some((part) => part === '' || part === '.' || part === '..')),
      key: z.string(),
      sha256: hash,
      bytes: z.number().nonnegative(),
    }),
  ),
})
export type Manifest = z.infer<typeof Manifest>

export const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex')

export function writeManifest(manifest: Manifest): { file: BackupFile; content: Buffer } {
  // A line a file: a person can read it, and compare two of them.
  const { files, tables, ...rest } = manifest
  const lines = (items: object[]) => items.map((item) => `    ${JSON.stringify(item)}`).join(',\n')
  const head = JSON.stringify(rest, null, 2).slice(0, -2)
  const content = Buffer.from(
    `${head},\n  "tables": [\n${lines(tables)}\n  ],\n  "files": [\n${lines(files)}\n  ]\n}\n`,
  )
  return {
    content,
    file: { key: 'manifest', path: manifestPath, sha256: sha256(content), bytes: content.length },
  }
}

export async function readManifest(
  target: BackupTarget,
  stored: Stored[],
  signal?: AbortSignal,
): Promise<{ manifest: Manifest; sha256: string } | null> {
  const found = stored.find(({ path }) => path === manifestPath)
  if (!found) return null
  const content = await target.read(found, signal)
  let json: unknown
  try {
    json = JSON.parse(content.toString())
  } catch (error) {
    throw new BackupError('The backup’s manifest.json is not JSON: it was altered, or cut off.', {
      code: 'CO172',
      hint: 'Fetch an older one (Drive and S3 keep versions where they are told to), or make a new backup.',
      cause: error,
    })
  }
  const parsed = Manifest.safeParse(json)
  if (!parsed.success)
    throw new BackupError('The backup’s manifest.json is not one that ClubOS has written.', {
      code: 'CO172',
      hint: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)[0],
    })
  if (parsed.data.format > format)
    throw new BackupError(
      `This backup has format ${parsed.data.format}; this version of ClubOS reads ${format}.`,
      { code: 'CO172', hint: `Install ClubOS ${parsed.data.version}, which has made it.` },
    )
  return { manifest: parsed.data, sha256: sha256(content) }
}
