/** Whether memory holds what searches read: where it does not, each takes tens of milliseconds from disk. */
import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import type { App } from '../app.ts'
import { type Finding, unless } from './finding.ts'

const megabytes = (bytes: number) =>
  bytes < 10 * 2 ** 20 ? `${(bytes / 2 ** 20).toFixed(1)} MB` : `${Math.round(bytes / 2 ** 20)} MB`

/** Memory of the machine that the database runs on, as far as this one can know it. */
function memoryBeside(databaseUrl: string): number | null {
  const host = new URL(databaseUrl).hostname
  if (!['localhost', '127.0.0.1', '[::1]', ''].includes(host)) return null
  try {
    // In a container its limit holds, not the machine's memory.
    const limit = Number(readFileSync('/sys/fs/cgroup/memory.max', 'utf8'))
    if (Number.isFinite(limit)) return Math.min(limit, totalmem())
  } catch {
    // No cgroup, or no limit.
  }
  return totalmem()
}

export async function checkMemory(app: App): Promise<Finding[]> {
  if (app.database.kind === 'embedded') return []
  const { rows } = await app.pool.query<{ hot: string; buffers: string; cache: string; largest: string }>(
    `select sum(m.bytes) as hot, pg_size_bytes(current_setting('shared_buffers')) as buffers, pg_size_bytes(current_setting('effective_cache_size')) as cache,
            (select l.relation || ' ' || pg_size_pretty(l.bytes) from app_private.search_memory() l limit 1) as largest
       from app_private.search_memory() m`,
  )
  const hot = Number(rows[0]!.hot)
  const buffers = Number(rows[0]!.buffers)
  // What the server believes that it and the system's cache hold; of a machine that we see, three quarters at most.
  const beside = memoryBeside(app.database.url)
  const room = beside === null ? Math.max(Number(rows[0]!.cache), buffers) : 0.75 * beside
  return [
    unless(
      hot <= room,
      'memory of searches',
      `${megabytes(hot)} are read by searches (the largest: ${rows[0]!.largest}); shared_buffers ${megabytes(buffers)}, about ${megabytes(room)} with the system's cache${beside === null ? ' (effective_cache_size)' : ''}`,
      {
        level: 'warn',
        means: 'Searches read from disk, which takes each of them tens of milliseconds.',
        advice: 'Give the database more memory, or raise effective_cache_size if it has it.',
      },
    ),
  ]
}
