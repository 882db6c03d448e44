/** Where a backup lies: the one interface of a folder, S3-compatible storage and Google Drive. */
import type { Config } from '../config.ts'

/** A file that a backup consists of. */
export interface BackupFile {
  /** What it holds, whatever it is called: sop:ID, knowledge:HASH, data:TABLE:PART, manifest. */
  key: string
  path: string
  sha256: string
  bytes: number
}

/** A file as a target has it. */
export interface Stored {
  path: string
  /** Null where the target does not know. */
  key: string | null
  sha256: string | null
  bytes: number
  /** The target's own name for it, where that is not the path. */
  id?: string
  /** Whether a backup has written it: what somebody else has put there is left alone. Undefined: look at it. */
  ours?: boolean
  /** When it was written, in ms, where `sha256` is not known from the file itself. */
  modified?: number
}

export interface BackupTarget {
  /** A file keeps its identity when it gets another name, so that a rename needs no upload. */
  readonly renames: boolean
  /** Everything there, a file that is there twice as two. */
  list(signal?: AbortSignal): Promise<Stored[]>
  /** Whole or not at all. `before`: what it takes the place of. content null: `before` has it, under another name. */
  put(file: BackupFile, before: Stored | null, content: Buffer | null, signal?: AbortSignal): Promise<void>
  remove(stored: Stored, signal?: AbortSignal): Promise<void>
  /** The hash that a file was written with, where the list does not tell it; null for one of somebody else. */
  look?(stored: Stored, signal?: AbortSignal): Promise<string | null>
  read(stored: Stored, signal?: AbortSignal): Promise<Buffer>
  close(): Promise<void>
}

/** Something that a person can do something about: the hint says what. */
export class BackupError extends Error {
  readonly code: string | undefined
  readonly hint: string | undefined
  /** Whether another try may go better without anybody doing anything. */
  readonly retry: boolean
  constructor(
    message: string,
    options: { hint?: string; retry?: boolean; code?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.hint = options.hint
    this.retry = options.retry ?? false
    this.code = options.code
  }
}

export interface TargetRow {
  id: number
  name: string
  kind: 'folder' | 's3' | 'drive'
  settings: Record<string, string>
}

/** The libraries of a kind are loaded where it is used. */
export async function openTarget(config: Config, row: Omit<TargetRow, 'id'>): Promise<BackupTarget> {
  if (row.kind === 'folder') {
    const { folderTarget } = await import('./targets/folder.ts')
    return folderTarget(folderOf(config, row.name))
  }
  if (row.kind === 's3') {
    const { s3Target } = await import('./targets/s3.ts')
    return s3Target(config.backup.s3, {
      bucket: row.settings.bucket!,
      prefix: row.settings.prefix || 'clubos',
    })
  }
  const { driveTarget } = await import('./targets/drive.ts')
  return driveTarget(config.backup.google, { folderId: row.settings.folder_id! })
}

const folderOf = (config: Config, name: string) => `${config.backup.folder}/${name}`

/** FROM of the command: a folder's path, s3://bucket/prefix or drive:FOLDER_ID. */
export async function openSource(config: Config, from: string): Promise<BackupTarget> {
  const s3 = /^s3:\/\/([^/]+)\/?(.*)$/.exec(from)
  if (s3) {
    const { s3Target } = await import('./targets/s3.ts')
    return s3Target(config.backup.s3, { bucket: s3[1]!, prefix: s3[2] || 'clubos' })
  }
  const drive = /^drive:(?:\/\/)?([\w-]+)$/.exec(from)
  if (drive) {
    const { driveTarget } = await import('./targets/drive.ts')
    return driveTarget(config.backup.google, { folderId: drive[1]! })
  }
  const { folderTarget } = await import('./targets/folder.ts')
  return folderTarget(from)
}
