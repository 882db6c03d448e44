/** Zip files from anybody: nothing is written to disk, and what unpacks to more than it may is refused. */
import type JSZip from 'jszip'
import { Unreadable } from './reasons.ts'

export const limits = {
  /** Bytes of one file. */
  file: 50_000_000,
  /** Bytes of all files of an archive, unpacked. */
  archive: 1_000_000_000,
  /** Of an office document, which is an archive too. */
  document: 200_000_000,
  entries: 100_000,
} as const

export const isZip = (bytes: Uint8Array) =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)

export interface Entry {
  name: string
  /** Why it is not read. */
  refused?: Unreadable
  read(): Promise<Uint8Array>
}

async function open(bytes: Uint8Array): Promise<JSZip> {
  const { default: Zip } = await import('jszip')
  const zip = await Zip.loadAsync(bytes, { createFolders: false }).catch((error: Error) => {
    throw /encrypted/i.test(error.message)
      ? new Unreadable('archive_password')
      : new Unreadable('archive_broken', { error: error.message.split('\n')[0]!.slice(0, 100) })
  })
  if (Object.keys(zip.files).length > limits.entries)
    throw new Unreadable('archive_files', { most: limits.entries })
  return zip
}

/** Unpacks piece by piece and stops at the limit: what the archive says of its sizes may be a lie. */
function unpack(file: JSZip.JSZipObject, most: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const stream = file.nodeStream('nodebuffer') as NodeJS.ReadableStream & {
      destroy?(): void
      pause(): void
    }
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > most) {
        stream.pause()
        stream.removeAllListeners('data')
        reject(new Unreadable('large_unpacked', { megabytes: Math.round(most / 1_000_000) }))
      } else chunks.push(chunk)
    })
    stream.on('end', () => resolve(Buffer.concat(chunks)))
    stream.on('error', (error: Error) =>
      reject(new Unreadable('unpacking', { error: error.message.slice(0, 100) })),
    )
  })
}

/** A name that leads out of its folder, whatever system it was written for. */
const leadsOut = (name: string) => /^(?:[/\\]|[a-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)|\p{Cc}/iu.test(name)

export async function* entriesOf(bytes: Uint8Array): AsyncGenerator<Entry> {
  const zip = await open(bytes)
  let left: number = limits.archive
  for (const file of Object.values(zip.files)) {
    if (file.dir) continue
    const name = (file as { unsafeOriginalName?: string }).unsafeOriginalName ?? file.name
    if (leadsOut(name)) {
      yield {
        name: file.name,
        refused: new Unreadable('leads_out', { name: name.replace(/\p{Cc}/gu, '?').slice(0, 200) }),
        read: async () => new Uint8Array(),
      }
      continue
    }
    yield {
      name: name.replaceAll('\\', '/'),
      async read() {
        const content = await unpack(file, Math.min(limits.file, left))
        left -= content.length
        return content
      },
    }
  }
}

/** What kind of archive it is; an office document that unpacks to too much is refused before its converter sees it. */
export async function archiveKind(bytes: Uint8Array): Promise<'word' | 'office' | 'zip'> {
  const zip = await open(bytes)
  const kind = zip.files['word/document.xml'] ? 'word' : zip.files['[Content_Types].xml'] ? 'office' : 'zip'
  if (kind === 'word') {
    let left: number = limits.document
    for (const file of Object.values(zip.files)) if (!file.dir) left -= (await unpack(file, left)).length
  }
  return kind
}
