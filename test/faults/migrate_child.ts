/** Migrates one database and ends: for being killed on the way. */
import { openEmbedded } from '../../core/database/embedded/index.ts'
import { migrateDatabase } from '../../core/database/migrate.ts'

const [place] = process.argv.slice(2)
const database = place!.startsWith('postgres') ? null : await openEmbedded({ dataDir: place! })
process.stdout.write('migrating\n')
await migrateDatabase(database?.url ?? place!)
process.stdout.write('migrated\n')
await database?.close()
