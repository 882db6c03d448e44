/** `clubos doctor`: looks at a deployment and says what to do. */
import type { Command } from 'commander'
import { openApp } from '../../core/app.ts'
import { readConfig } from '../../core/config.ts'
import { connectionProblem } from '../../core/database/index.ts'
import { examine, type Finding } from '../../core/doctor/index.ts'
import { makeLog } from '../../core/log.ts'

const signs = { ok: '✓', warn: '!', fail: '✗' }

export default (program: Command) =>
  program
    .command('doctor')
    .description(
      'Check settings, database, content, worker, queue, models, backups and the audit chain, and say what to do.',
    )
    .option(
      '--providers',
      'ask the providers of models, too, whether keys and models are right (costs nothing)',
    )
    .option('--strict', 'exit code 1 for warnings, too')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExit codes: 0 nothing has failed, 1 something has (or could not be looked at).')
    .action(async (options: { providers?: boolean; strict?: boolean; json?: boolean }) => {
      const findings = await look(options)
      const ok = findings.every(({ level }) => level === 'ok' || (level === 'warn' && !options.strict))
      if (options.json) console.log(JSON.stringify({ ok, findings }))
      else
        for (const { check, level, found, means, advice } of findings) {
          console.log(`${signs[level]} ${check}: ${found}`)
          if (means) console.log(`    ${means}`)
          if (advice) console.log(`    → ${advice}`)
        }
      if (!ok) process.exitCode = 1
    })

async function look(options: { providers?: boolean }): Promise<Finding[]> {
  const config = readConfig()
  try {
    // As it is: to migrate is for those who start it.
    const app = await openApp(config, makeLog(process.env.LOG_LEVEL ?? 'error'), {
      join: true,
      migrate: false,
    })
    try {
      return await examine(app, options)
    } finally {
      await app.close()
    }
  } catch (error) {
    const { code, message } = error as Error & { code?: string }
    if (!connectionProblem(error) && !/^(28|3D)/.test(code ?? '')) throw error
    return [
      {
        check: 'database',
        level: 'fail',
        found: message || code || 'it does not answer',
        means: 'Nothing works without it.',
        advice:
          'Is it running, and is DATABASE_URL right? The runbook “The database is down” in docs/operations.md.',
      },
    ]
  }
}
