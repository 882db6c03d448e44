/** What is to be uploaded, read from the database in one go, so that no transaction is open while it is uploaded. */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Spool {
  add(key: string, content: Buffer): Promise<void>
  has(key: string): boolean
  read(key: string): Promise<Buffer>
  close(): Promise<void>
}

export async function openSpool(): Promise<Spool> {
  const folder = await mkdtemp(join(tmpdir(), 'clubos-backup-'))
  const file = await open(join(folder, 'spool'), 'wx+', 0o600)
  // Without a name it is gone with this process, however that ends.
  await rm(folder, { recursive: true })
  const places = new Map<string, { offset: number; length: number }>()
  let end = 0
  return {
    async add(key, content) {
      // Its place is taken before it is written: several are written at once.
      const offset = end
      end += content.length
      await file.write(content, 0, content.length, offset)
      places.set(key, { offset, length: content.length })
    },
    has: (key) => places.has(key),
    async read(key) {
      const { offset, length } = places.get(key)!
      const content = Buffer.alloc(length)
      await file.read(content, 0, length, offset)
      return content
    },
    close: () => file.close(),
  }
}
