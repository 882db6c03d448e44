/** A process that backs up, for tests that kill it. Arguments: database, kind, settings of the target (JSON), backup. */
import { runBackup } from '../../core/backup/run.ts'
import { readConfig } from '../../core/config.ts'
import { makePool } from '../../core/database/index.ts'
import { makeLog } from '../../core/log.ts'

const [, , url, backup, settings] = process.argv
const log = makeLog('silent')
const config = readConfig({})
Object.assign(config.backup, JSON.parse(settings!))
const pool = makePool(url!, log, 3)
process.send?.('ready')
// So that the parent chooses when.
await new Promise((resolve) => process.once('message', resolve))
await runBackup({ pool, config, log }, Number(backup), { lease: 1 })
await pool.end()
process.disconnect()
