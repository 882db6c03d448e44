/**
 * PGlite runs PostgreSQL with fsync off, and its view of the file system has no fsync to offer: an acknowledged
 * commit survives the end of the process, but not of the machine. Both are mended here, for a price of one
 * fsync a commit, as on a server.
 */
import { fdatasyncSync } from 'node:fs'
import { type Extension, PGlite } from '@electric-sql/pglite'

interface Stream {
  nfd?: number
}

interface FileSystems {
  FS: { filesystems: { NODEFS?: { stream_ops: { fsync?: (stream: Stream) => number } } } }
}

/** An input/output error, by its number in the engine. PostgreSQL then trusts nothing it has not on disk. */
const EIO = 29

export const durableFiles: Extension = {
  name: 'durable files',
  setup: async (_db, emscriptenOpts) => {
    const install = ({ FS }: FileSystems) => {
      const operations = FS.filesystems.NODEFS?.stream_ops
      if (operations) operations.fsync = syncFile
    }
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts?.preRun ?? []), install] } }
  },
}

function syncFile(stream: Stream): number {
  if (stream.nfd === undefined) return 0
  try {
    fdatasyncSync(stream.nfd)
    return 0
  } catch (error) {
    // Folders and special files cannot be synced everywhere.
    const code = (error as NodeJS.ErrnoException).code ?? ''
    return ['EINVAL', 'EISDIR', 'EPERM', 'EBADF', 'ENOTSUP'].includes(code) ? 0 : EIO
  }
}

/**
 * PGlite's own, without `-F`, and with the one method that reaches fsync. Statements, which may contain what
 * customers wrote, stay out of the log.
 */
export const startParams = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  '-c',
  'wal_sync_method=fsync',
  '-c',
  'max_wal_size=256MB',
  '-c',
  'log_min_error_statement=panic',
  // `alter database … set` is not read by a single session like this one; the schema's own search path is.
  '-c',
  'search_path=app_public,public',
]
