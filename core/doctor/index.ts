/** Looks at a deployment from all sides; each part is a file, and a part that cannot look says so instead of hiding the rest. */
import type { App } from '../app.ts'
import { checkDatabase, checkMigrations } from './database.ts'
import { checkDeployment } from './deployment.ts'
import type { Finding } from './finding.ts'
import { checkMemory } from './memory.ts'
import { checkModels } from './models.ts'
import { checkOperation } from './operation.ts'

export type { Finding } from './finding.ts'

export async function examine(app: App, options: { providers?: boolean } = {}): Promise<Finding[]> {
  const migrations = await checkMigrations(app)
  const { whole, ...found } = migrations
  const parts: [string, (app: App) => Promise<Finding[]>][] = [
    ['deployment', checkDeployment],
    ...(whole
      ? ([
          ['database', checkDatabase],
          ['memory', checkMemory],
          ['operation', checkOperation],
          ['models', (app) => checkModels(app, options.providers ?? false)],
        ] as [string, (app: App) => Promise<Finding[]>][])
      : []),
  ]
  const findings: Finding[] = [found]
  for (const [name, look] of parts)
    findings.push(
      ...(await look(app).catch((error: Error): Finding[] => [
        {
          check: name,
          level: 'fail',
          found: `could not be looked at: ${error.message}`,
          means: 'What this part would have said is not known.',
          advice: 'May this user read the database’s own tables? DATABASE_URL has to be the owner’s.',
        },
      ])),
    )
  return findings
}
