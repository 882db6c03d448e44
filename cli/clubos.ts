#!/usr/bin/env node
/** The `clubos` command. Each subcommand is a file in commands/, loaded only when it runs. */
import { Command, CommanderError } from 'commander'
import { report } from './report.ts'

process.env.GRAPHILE_ENV ??= 'production'

// Whoever reads has read enough (`clubos ask … | head`): an end as every command's there, by SIGPIPE's exit code.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(141)
})

const program = new Command('clubos')
  .description('Answers a club’s customers from its own procedures, in PostgreSQL.')
  .showHelpAfterError('(clubos --help says more)')
  .addHelpText(
    'after',
    `
The database is DATABASE_URL, or the embedded one in CLUBOS_DATA_DIR (default .clubos); if \`clubos start\` runs
there already, the other commands use it through that process.

Exit codes: 0 done, 1 failed, 2 wrong usage.`,
  )

const commands = [
  'start',
  'worker',
  'ask',
  'import',
  'export',
  'analyze',
  'audit',
  'eval',
  'check',
  'maintain',
  'reembed',
  'backup',
  'restore',
  'demo',
  'doctor',
  'create-user',
  'create-token',
  'privacy',
] as const
// The one that is asked for; all where it is none of them, to be listed.
const asked = commands.find((name) => name === process.argv[2])
for (const name of asked ? [asked] : commands) {
  const { default: define } = await import(`./commands/${name}.ts`)
  define(program)
}
for (const command of [program, ...program.commands]) command.exitOverride()

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else process.exitCode = report(error as Error, process.argv.includes('--json'))
}
