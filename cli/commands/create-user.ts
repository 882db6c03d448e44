/** `clubos create-user`: a member of staff, who gets a link to choose a password. */
import type { Command } from 'commander'
import { readConfig } from '../../core/config.ts'
import { withClaims } from '../../core/database/index.ts'
import { withApp } from '../report.ts'

export default (program: Command) =>
  program
    .command('create-user <email>')
    .description(
      'Create a member of staff, or change their name and role; prints a link to choose a password.',
    )
    .requiredOption('--role <role>', 'agent, reviewer, admin or auditor')
    .option('--name <name>', 'what they are called (default: the e-mail address)')
    .option('--no-link', 'print no link')
    .option('--json', 'print one JSON object')
    .action((email: string, options: { role: string; name?: string; link: boolean; json?: boolean }) =>
      withApp(async (app) => {
        const user = await withClaims(
          app.pool,
          { role: 'admin', actor: 'clubos create-user' },
          async (client) => {
            const { rows } = await client.query<{ id: number; email: string; name: string; role: string }>(
              'select id, email, name, role from app_public.create_user($1, $2, $3, false)',
              [email, options.role, options.name ?? null],
            )
            return rows[0]!
          },
        )
        const { rows } = options.link
          ? await app.pool.query<{ token: string }>(
              "select app_secret.make_link(case when exists (select from app_secret.passwords where user_id = $1) then 'password_reset' else 'invitation' end, $1) as token",
              [user.id],
            )
          : { rows: [] }
        const { publicUrl, port } = readConfig()
        const link =
          rows[0] && `${publicUrl ?? `http://localhost:${port}`}/choose-password?token=${rows[0].token}`
        if (options.json) console.log(JSON.stringify({ ...user, link }))
        else {
          console.log(`${user.email} is ${user.role} (id ${user.id}).`)
          if (link) console.log(`They choose a password here, once and soon:\n  ${link}`)
        }
      }),
    )
