/** `clubos create-user`: a member of staff. */
import type { Command } from 'commander'
import { withClaims } from '../../core/database/index.ts'
import { withApp } from '../report.ts'

export default (program: Command) =>
  program
    .command('create-user <email>')
    .description('Create a member of staff, or change their name and role.')
    .requiredOption('--role <role>', 'agent, reviewer, admin or auditor')
    .option('--name <name>', 'how the audit trail names them (default: the e-mail address)')
    .option('--json', 'print one JSON object')
    .action((email: string, options: { role: string; name?: string; json?: boolean }) =>
      withApp(async (app) => {
        if (!['agent', 'reviewer', 'admin', 'auditor'].includes(options.role))
          throw new Error(`There is no role "${options.role}": agent, reviewer, admin or auditor.`)
        if (!/^[^@\s]+@[^@\s]+$/.test(email)) throw new Error(`"${email}" is not an e-mail address.`)
        const { rows } = await withClaims(
          app.pool,
          { role: 'admin', actor: 'clubos create-user' },
          (client) =>
            client.query(
              `insert into app_public.users (email, name, role) values (lower($1), $2, $3)
             on conflict (email) do update set name = excluded.name, role = excluded.role, is_active = true returning id, email, name, role`,
              [email, options.name ?? email.toLowerCase(), options.role],
            ),
        )
        if (options.json) console.log(JSON.stringify(rows[0]))
        else console.log(`${rows[0].email} is ${rows[0].role} (id ${rows[0].id}).`)
      }),
    )
