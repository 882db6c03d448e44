/** A migrated database for one measurement, beside the one at DATABASE_URL, gone afterwards. */
import type pg from 'pg'
import { readConfig } from '../core/config.ts'
import { makePool } from '../core/database/index.ts'
import { openScratch } from '../core/database/scratch.ts'
import { makeLog } from '../core/log.ts'
import { migrateToCurrent } from '../test/support/template.ts'

export async function withScratch<T>(
  connections: number,
  work: (pool: pg.Pool, url: string) => Promise<T>,
): Promise<T> {
  const log = makeLog('error')
  const app = await openScratch(readConfig(), log)
  // What is being written is measured before it is committed.
  await migrateToCurrent(app.database.url)
  const pool = makePool(app.database.url, log, connections)
  try {
    return await work(pool, app.database.url)
  } finally {
    await pool.end()
    await app.close()
  }
}

/** The value below which the share p (0 to 1) of the numbers lies. */
export function quantile(numbers: number[], p: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? Number.NaN
}
