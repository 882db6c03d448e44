/** A process of its own that owns a database folder; the tests tell it what to do and may kill it. */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import pg from 'pg'
import { DataDirLockedError, openEmbedded } from '../../../core/database/embedded/index.ts'

const [dataDir = '', task = ''] = process.argv.slice(2)
const say = (line: string) => process.stdout.write(`${line}\n`)

if (task === 'fsync') await countSyncs()

try {
  const database = await openEmbedded({ dataDir })
  process.once('SIGTERM', async () => {
    await database.close()
    say('closed')
    process.exit(0)
  })
  say(`opened ${database.url}`)
  if (task === 'write') await write(database.url)
} catch (error) {
  say(error instanceof DataDirLockedError ? `locked by ${error.pid}` : `failed ${error}`)
  process.exit(3)
}

/** Four clients write, and say what was acknowledged. */
async function write(url: string) {
  await Promise.all(
    ['a', 'b', 'c', 'd'].map(async (writer) => {
      const client = new pg.Client(url)
      await client.connect()
      for (let n = 0; ; n++) {
        await client.query('insert into written values ($1, $2, $3)', [writer, n, 'x'.repeat(n % 3000)])
        say(`${writer} ${n}`)
      }
    }),
  )
}

/** Runs the engine in this thread, where its calls can be counted. */
async function countSyncs() {
  let count = 0
  const real = fs.fdatasyncSync
  fs.fdatasyncSync = (file) => {
    count++
    real(file)
  }
  syncBuiltinESMExports()
  const { Engine } = await import('../../../core/database/embedded/engine.ts')
  const engine = await Engine.open({ dataDir: `${dataDir}/pgdata`, onLog: () => {} })
  await engine.sql('create table synced (n int)')
  const before = count
  for (let n = 0; n < 20; n++) await engine.sql(`insert into synced values (${n})`)
  say(`${count - before} syncs`)
  await engine.close()
  process.exit(0)
}
