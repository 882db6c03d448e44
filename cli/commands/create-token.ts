/** `clubos create-token`: a key for a program. */
import type { Command } from 'commander'
import { withClaims } from '../../core/database/index.ts'
import { withApp } from '../report.ts'

export default (program: Command) =>
  program
    .command('create-token <name>')
    .description('Issue an API token for a program. It is printed this once; only its hash is kept.')
    .requiredOption('--user <email>', 'whose token it is: its changes carry their name')
    .requiredOption(
      '--role <role>',
      'customer (asks for visitors), agent, reviewer, admin or auditor; at most the owner’s',
    )
    .option('--days <n>', 'how long it is valid (default: until revoked)')
    .option('--json', 'print one JSON object')
    .action((name: string, options: { user: string; role: string; days?: string; json?: boolean }) =>
      withApp(async (app) => {
        const days = options.days === undefined ? null : Number(options.days)
        if (days !== null && !(days > 0 && days <= 3650))
          throw new Error('--days must be a number from 1 to 3650.')
        const { rows } = await withClaims(
          app.pool,
          { role: 'admin', actor: 'clubos create-token' },
          async (client) => {
            const owner = await client.query<{ id: number }>(
              'select id from app_public.users where email = lower(btrim($1)) and is_active',
              [options.user],
            )
            if (!owner.rows[0])
              throw new Error(
                `${options.user} is no active member of staff: clubos create-user ${options.user} --role …`,
              )
            return client.query<{ token: string; expires_at: string | null }>(
              'select id, name, role, expires_at, token from app_public.create_api_token($1, $2, now() + make_interval(days => $3), $4)',
              [name, options.role, days, owner.rows[0].id],
            )
          },
        )
        if (options.json) console.log(JSON.stringify(rows[0]))
        else {
          console.error(`Send it as “authorization: Bearer …”. It is not shown again.`)
          console.log(rows[0]!.token)
        }
      }),
    )
