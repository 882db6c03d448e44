/** Where a target lies: what is typed, and what the server is told. */
export const kinds = ['folder', 's3', 'drive'] as const
export type Kind = (typeof kinds)[number]

export interface Fields {
  kind: Kind
  name: string
  bucket: string
  prefix: string
  /** The folder's address, or its last part. */
  folder: string
  daily: boolean
}

/** The id in an address of Google Drive, such as …/folders/1AbC?usp=sharing; else what was typed. */
export const folderId = (typed: string) =>
  /\/folders\/([\w-]+)/.exec(typed)?.[1] ?? /[?&]id=([\w-]+)/.exec(typed)?.[1] ?? typed.trim()

export function settingsOf({ kind, bucket, prefix, folder }: Fields): Record<string, string> {
  if (kind === 'folder') return {}
  if (kind === 'drive') return { folder_id: folderId(folder) }
  const below = prefix.trim().replace(/^\/+|\/+$/g, '')
  return { bucket: bucket.trim(), ...(below && { prefix: below }) }
}

type Wrong = Partial<Record<'name' | 'bucket' | 'prefix' | 'folder', 'needed' | 'form' | 'taken'>>

/** As save_backup_target would refuse it. */
export function wrongIn(fields: Fields, taken: string[]): Wrong {
  const wrong: Wrong = {}
  if (fields.name === '') wrong.name = 'needed'
  else if (!/^[a-z0-9]([a-z0-9_-]{0,48}[a-z0-9])?$/.test(fields.name)) wrong.name = 'form'
  else if (taken.includes(fields.name)) wrong.name = 'taken'
  const { bucket, prefix, folder_id } = settingsOf(fields)
  if (fields.kind === 's3') {
    if (!bucket) wrong.bucket = 'needed'
    else if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) wrong.bucket = 'form'
    if (prefix && !/^[A-Za-z0-9/_.-]{0,200}$/.test(prefix)) wrong.prefix = 'form'
  }
  if (fields.kind === 'drive') {
    if (!folder_id) wrong.folder = 'needed'
    else if (!/^[A-Za-z0-9_-]{1,200}$/.test(folder_id)) wrong.folder = 'form'
  }
  return wrong
}

/** The kind's own name, or the first with a number that is free. */
export function freeName(kind: Kind, taken: string[]): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? kind : `${kind}-${n}`
    if (!taken.includes(name)) return name
  }
}
