/** `clubos privacy`: one person's data, and how long data is kept. */
import { Command, Option } from 'commander'
import { type Claims, withClaims } from '../../core/database/index.ts'
import { applyRetention, rehearseRetention } from '../../core/privacy/retention.ts'
import { progress, withApp } from '../report.ts'

interface Whose {
  visitor?: string
  ticket?: number
  json?: boolean
}

interface Erasure {
  reference: string
  counts: Record<string, number>
  to_review: {
    kind: string
    id: number
    name?: string
    status?: string
    quotes: string[]
    versions?: number[]
  }[]
}

const actor = (command: string): Claims => ({
  role: 'admin',
  actor: `clubos privacy ${command}${process.env.USER ? ` (${process.env.USER})` : ''}`,
})
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function whose(visitor: string | undefined, ticket: string | undefined): Pick<Whose, 'visitor' | 'ticket'> {
  if ((visitor === undefined) === (ticket === undefined))
    throw new Error('Name either the visitor (their id) or --ticket and its number.')
  if (visitor !== undefined && !uuid.test(visitor))
    throw new Error(`"${visitor}" is no visitor’s id, such as 3f1c9b52-8a57-4d6e-9f0e-6a1c2b7d4e11.`)
  if (ticket !== undefined && !/^\d{1,9}$/.test(ticket))
    throw new Error(`"${ticket}" is not the number of a ticket.`)
  return { visitor, ticket: ticket === undefined ? undefined : Number(ticket) }
}

const table = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([name, n]) => `  ${String(n).padStart(8)}  ${name.replaceAll('_', ' ')}`)
    .join('\n')

export default (program: Command) => {
  const privacy = program
    .command('privacy')
    .description('Export or erase what is stored of one person; remove what was kept long enough.')
    .addHelpText(
      'after',
      '\nEach has --help and --json. docs/privacy.md says what is stored and for how long.',
    )

  privacy.addCommand(
    new Command('export')
      .argument('[visitor]', 'the visitor’s id')
      .description('Print everything that is stored of a visitor, or of one conversation, as JSON.')
      .option('--ticket <id>', 'one conversation instead')
      .option('--json', 'on one line')
      .action((visitor: string | undefined, options: { ticket?: string; json?: boolean }) => {
        const { visitor: id, ticket } = whose(visitor, options.ticket)
        return withApp(async (app) => {
          const { rows } = await withClaims(app.pool, actor('export'), (client) =>
            ticket === undefined
              ? client.query('select app_public.export_personal_data($1) as data', [id])
              : client.query('select app_public.export_conversation($1) as data', [ticket]),
          )
          console.log(JSON.stringify(rows[0].data, null, options.json ? undefined : 2))
        })
      }),
  )

  privacy.addCommand(
    new Command('erase')
      .argument('[visitor]', 'the visitor’s id')
      .description('Erase a visitor, or one conversation. There is no way back.')
      .option('--ticket <id>', 'one conversation instead')
      .requiredOption('--reason <text>', 'why, for the audit log; do not name the person')
      .option('--json', 'print one JSON object')
      .action((visitor: string | undefined, options: { ticket?: string; reason: string; json?: boolean }) => {
        const { visitor: id, ticket } = whose(visitor, options.ticket)
        return withApp(async (app) => {
          const { rows } = await withClaims(app.pool, actor('erase'), (client) =>
            ticket === undefined
              ? client.query<{ data: Erasure }>('select app_public.erase_personal_data($1, $2) as data', [
                  id,
                  options.reason,
                ])
              : client.query<{ data: Erasure }>('select app_public.erase_conversation($1, $2) as data', [
                  ticket,
                  options.reason,
                ]),
          )
          const erasure = rows[0]!.data
          if (options.json) return console.log(JSON.stringify(erasure))
          console.log(`Erased (${erasure.reference}):\n${table(erasure.counts)}`)
          if (erasure.to_review.length > 0) console.log('Look at these: they quote what was erased.')
          for (const found of erasure.to_review)
            console.log(
              `  ${found.kind} ${found.name ?? found.id}${found.status ? `, ${found.status}` : ''}${found.versions ? `, versions ${found.versions.join(', ')}` : ''}: ${found.quotes.map((quote) => JSON.stringify(quote)).join(', ')}`,
            )
        })
      }),
  )

  privacy.addCommand(
    new Command('retention')
      .description('Carry out the retention rules now, as the daily job does.')
      .addOption(new Option('--dry-run', 'say what would be removed, and remove nothing'))
      .option('--json', 'print one JSON object')
      .action((options: { dryRun?: boolean; json?: boolean }) =>
        withApp(async (app) => {
          const run = options.dryRun
            ? await rehearseRetention(app.pool)
            : await applyRetention(app.pool, {
                progress: ({ counts }) =>
                  progress(`${Object.values(counts).reduce((sum, n) => sum + n, 0)} rows`),
              })
          if (options.json)
            console.log(
              JSON.stringify({
                dry_run: options.dryRun ?? false,
                counts: run.counts,
                problems: run.problems,
              }),
            )
          else {
            console.log(`${options.dryRun ? 'Would be' : 'Were'} removed or closed:\n${table(run.counts)}`)
            for (const [kind, problem] of Object.entries(run.problems)) console.error(`${kind}: ${problem}`)
          }
          if (Object.keys(run.problems).length > 0) process.exitCode = 1
        }),
      ),
  )
  for (const command of privacy.commands)
    command.exitOverride().showHelpAfterError('(clubos --help says more)')
  return privacy
}
