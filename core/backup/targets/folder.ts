/** A folder on the server's disk. A file is written beside its place, flushed, and moved there: whole or not at all. */
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { BackupError, type BackupTarget, type Stored } from '../target.ts'

const unfinished = /\.\d+\.part$/

/** What a backup has written, to be removed when it is no more: not what else lies there. */
const isOurs = (path: string, content: Buffer) =>
  path.endsWith('.md')
    ? /^[^/]+\/[^/]+$/.test(path) && /^---\n(id|category): /.test(content.toString('utf8', 0, 20))
    : /^data\/[a-z_]+\/\d+-[0-9a-f]{16}\.jsonl$/.test(path)

export function folderTarget(root: string): BackupTarget {
  const home = resolve(root)
  const place = (path: string) => {
    const whole = resolve(home, path)
    if (!whole.startsWith(home + sep)) throw new BackupError(`"${path}" leads out of the backup.`)
    return whole
  }

  async function readFile(path: string): Promise<Buffer> {
    // A link could lead anywhere.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    try {
      return await file.readFile()
    } finally {
      await file.close()
    }
  }

  async function walk(folder: string, found: Stored[]): Promise<void> {
    for (const entry of await readdir(join(home, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) await walk(path, found)
      else if (entry.isFile() && unfinished.test(entry.name)) await rm(join(home, path), { force: true })
      else if (entry.isFile()) {
        // What is there is what counts, not what a list says of it.
        const content = await readFile(join(home, path))
        found.push({
          path,
          key: null,
          sha256: createHash('sha256').update(content).digest('hex'),
          bytes: content.length,
          ours: isOurs(path, content),
        })
      }
    }
  }

  return {
    renames: false,
    async list() {
      const found: Stored[] = []
      await mkdir(home, { recursive: true, mode: 0o700 }).catch(explain)
      await walk('', found).catch(explain)
      return found
    },
    async put(file, _before, content) {
      const path = place(file.path)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch(explain)
      // Where a folder stands in the way, which a case-insensitive disk or a hand may have made.
      if ((await lstat(path).catch(() => null))?.isDirectory()) await rm(path, { recursive: true })
      const beside = `${path}.${process.pid}.part`
      try {
        const handle: FileHandle = await open(beside, 'w', 0o600)
        try {
          await handle.writeFile(content!)
          await handle.sync()
        } finally {
          await handle.close()
        }
        await rename(beside, path)
      } catch (error) {
        await rm(beside, { force: true }).catch(() => {})
        explain(error)
      }
      await flush(dirname(path))
    },
    async remove({ path }) {
      await rm(place(path), { force: true }).catch(explain)
      // A folder that has become empty goes too.
      for (let folder = dirname(path); folder !== '.'; folder = dirname(folder))
        try {
          await rmdir(place(folder))
        } catch {
          break
        }
    },
    read: ({ path }) => readFile(place(path)).catch(explain),
    async close() {},
  }
}

/** So that a name survives a loss of power too. */
async function flush(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null)
  await handle?.sync().catch(() => {})
  await handle?.close()
}

function explain(error: unknown): never {
  const { code, message, path } = error as NodeJS.ErrnoException
  const hints: Record<string, string> = {
    ENOSPC: 'Make room on the disk, or let CLUBOS_BACKUP_DIR name another.',
    EDQUOT: 'Raise the quota, or let CLUBOS_BACKUP_DIR name another disk.',
    EACCES: 'Let the user that runs ClubOS write there, or let CLUBOS_BACKUP_DIR name another folder.',
    EPERM: 'Let the user that runs ClubOS write there, or let CLUBOS_BACKUP_DIR name another folder.',
    EROFS: 'The disk is mounted read-only. Let CLUBOS_BACKUP_DIR name another folder.',
    ENOENT: 'Is the disk there? Let CLUBOS_BACKUP_DIR name the folder.',
  }
  if (error instanceof BackupError) throw error
  throw new BackupError(`The backup folder cannot be used: ${message}`, {
    hint: hints[code ?? ''] ?? (path ? `Look at ${path}.` : undefined),
    retry: code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS',
    cause: error,
  })
}
