/** Each minute: conversations that the assistant should have answered and did not go to a person. */
import type { Task } from 'graphile-worker'
import { withClaims } from '../../core/database/index.ts'
import type { Services } from '../index.ts'

export default (services: Services): Task =>
  async () => {
    const { rows } = await withClaims(services.pool, { role: 'worker', actor: 'worker' }, (client) =>
      client.query<{ id: number }>('select id from app_private.rescue_tickets() id'),
    )
    if (rows.length > 0)
      services.log.warn({ tickets: rows.map(({ id }) => id) }, 'answers never came; a person is to answer')
  }
