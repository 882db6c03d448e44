import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { openEmbedded } from '../../../core/database/embedded/index.ts'
import { client, databaseFolder, openTest, until } from './support.ts'

describe('maintenance', () => {
  it('makes a checkpoint when enough log has piled up, also under a client’s own role', async () => {
    const dataDir = await databaseFolder()
    const checkpoints: unknown[] = []
    const database = await openEmbedded({
      dataDir,
      limits: { checkpointBytes: 4_000_000, checkpointEvery: 50, idleInTransactionTimeout: 200 },
      log: (_level, message) => message === 'checkpoint' && checkpoints.push(message),
    })
    const one = await client(database)
    await one.query('create role nobody_special; grant all on schema public to nobody_special')
    await one.query('set role nobody_special; create table bulk (text text)')
    for (let i = 0; i < 12; i++) {
      const before = checkpoints.length
      await one.query(`insert into bulk select repeat('x', 1000) from generate_series(1, 8000)`)
      await until(() => checkpoints.length > before)
    }
    // 100 MB were written to the log in files of 16 MB each; what a checkpoint has made useless is used again.
    expect(readdirSync(join(dataDir, 'pgdata', 'pg_wal')).length).toBeLessThan(7)
    expect((await one.query('select current_user as who')).rows).toEqual([{ who: 'nobody_special' }])
    await one.end()
    await database.close()
  })

  it('counts the log written before it first looks', async () => {
    const checkpoints: unknown[] = []
    const database = await openTest({
      limits: { checkpointBytes: 4_000_000, checkpointEvery: 50, idleInTransactionTimeout: 200 },
      log: (_level, message) => message === 'checkpoint' && checkpoints.push(message),
    })
    const one = await client(database)
    await one.query(`create table bulk as select repeat('x', 1000) as text from generate_series(1, 8000)`)
    await until(() => checkpoints.length > 0)
    await one.end()
    await database.close()
  })

  it('vacuums and analyzes what has changed, when there is nothing else to do', async () => {
    const database = await openTest({
      limits: { checkpointEvery: 50, vacuumEvery: 100, idleInTransactionTimeout: 200 },
    })
    const one = await client(database)
    await one.query('create table worn as select generate_series(1, 10000) as n')
    await one.query('delete from worn where n % 2 = 0')
    await until(async () => {
      const { rows } = await one.query(
        `select n_dead_tup::int as dead, vacuum_count::int as vacuumed, c.reltuples::int as estimate
         from pg_stat_user_tables s join pg_class c on c.oid = s.relid where c.relname = 'worn'`,
      )
      const [worn] = rows
      return worn.dead === 0 && worn.vacuumed > 0 && worn.estimate === 5000
    })
    await one.end()
    await database.close()
  })
})
