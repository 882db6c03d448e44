/** `clubos audit`: whether the log of changes is whole, its head, and what it says of a row. */
import type { Command } from 'commander'
import { withClaims } from '../../core/database/index.ts'
import { withApp } from '../report.ts'

interface Problem {
  chain_position: string | null
  audit_id: string | null
  problem: string
}

interface Entry {
  id: string
  at: string
  operation: string
  actor: string
  role: string
  reason: string | null
  request_id: string | null
  transaction_id: string
  changes: Record<string, { from: unknown; to: unknown }>
}

/** Reads as the auditor, by the auditor's policies. */
const query = <T extends object>(sql: string, parameters: unknown[]) =>
  withApp((app) =>
    withClaims(app.pool, { role: 'auditor', actor: 'clubos audit' }, async (client) => {
      const { rows } = await client.query<T>(sql, parameters)
      return rows
    }),
  )

export default (program: Command) => {
  const audit = program.command('audit').description('Verify the audit log, or read it.')
  audit
    .command('verify')
    .description('Check the hash chain of the audit log. Exit code 1 where it is broken.')
    .option(
      '--head <POSITION:HASH>',
      'a head kept outside the database: from the log, a backup, or audit head',
    )
    .option('--json', 'print one JSON object')
    .action(async (options: { head?: string; json?: boolean }) => {
      const problems = await query<Problem>('select * from app_public.verify_audit_log($1)', [
        options.head ?? null,
      ])
      if (options.json) console.log(JSON.stringify({ whole: problems.length === 0, problems }))
      else if (problems.length === 0) console.log('The audit log is whole.')
      else
        for (const { chain_position, audit_id, problem } of problems)
          console.log(`position ${chain_position ?? '–'}, row ${audit_id ?? '–'}: ${problem}`)
      if (problems.length > 0) process.exitCode = 1
    })
  audit
    .command('head')
    .description(
      'Print the head of the chain as it is now. Keep it where the owner of the database cannot write.',
    )
    .option('--json', 'print one JSON object')
    .action(async (options: { json?: boolean }) => {
      const [head] = await query<{ chain_position: string; hash: string }>(
        `select chain_position, encode(hash, 'hex') as hash from app_private.audit_head`,
        [],
      )
      if (options.json)
        console.log(JSON.stringify({ chain_position: Number(head!.chain_position), hash: head!.hash }))
      else console.log(`${head!.chain_position}:${head!.hash}`)
    })
  audit
    .command('trail <table> <id>')
    .description('Print who changed a row, when, why and what, the oldest first.')
    .option('--json', 'print one JSON object')
    .action(async (table: string, id: string, options: { json?: boolean }) => {
      const entries = await query<Entry>(
        `select a.id, a.created_at::text as at, a.operation, a.actor, a.role, a.reason, a.request_id, a.transaction_id::text,
                coalesce((select jsonb_object_agg(k, jsonb_build_object('from', a.old -> k, 'to', a.new -> k))
                            from jsonb_object_keys(coalesce(a.old, '{}') || coalesce(a.new, '{}')) k where a.old -> k is distinct from a.new -> k), '{}') as changes
           from app_public.audit_log a where a.table_name = $1 and a.row_id = $2 order by a.id`,
        [table, id],
      )
      if (options.json) console.log(JSON.stringify({ table, id, entries }))
      else if (entries.length === 0) console.log(`The audit log has nothing about row ${id} of ${table}.`)
      else
        for (const entry of entries) {
          console.log(
            `${entry.at}  ${entry.actor} (${entry.role})  ${entry.operation}  ${entry.reason ?? ''}`.trimEnd(),
          )
          for (const [column, { from, to }] of Object.entries(entry.changes))
            if (entry.operation === 'update')
              console.log(`    ${column}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`)
        }
    })
}
