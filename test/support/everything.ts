/** A database with rows in every table, for tests of who may see and change them. */
import type pg from 'pg'
import { withClaims as committed } from '../../core/database/index.ts'
import { doorText, one, record, sopBy } from '../sql/fixtures.ts'
import { admin, become, worker } from './database.ts'

/** Something in every table, of two customers: the first found the answer helpful, the second did not. */
export async function fill(pool: pg.Pool, visitors: [string, string]): Promise<void> {
  await committed(pool, admin, async (client) => {
    await client.query(`insert into sites (slug, name) values ('north', 'North')`)
    await client.query(`insert into users (email, name) values ('joe@example.com', 'Joe')`)
    await client.query(`insert into prompts (name, content) values ('route', 'Route!')`)
    await client.query(`insert into emergency_signals (section, pattern) values ('flood', 'zzz')`)
    const sop = await sopBy(client, 'doors', 'codes', doorText, admin)
    for (const visitorId of visitors) {
      await become(client, { role: 'anonymous', visitorId })
      const { conversation } = await one(client, 'select conversation from start_conversation()')
      const answer = await record(client, { question: `door of ${visitorId}?`, visitorId, sop, conversation })
      await become(client, { role: 'anonymous', visitorId })
      await client.query(
        visitorId === visitors[0] ? 'select mark_helpful($1)' : 'select mark_unhelpful($1)',
        [answer.id],
      )
    }
    await become(client, worker)
    const { rows } = await client.query('select id from app_private.cluster_failures(10)')
    await client.query(
      `select propose_improvement('sop_edit', jsonb_build_object('sop_id', $1::integer, 'new_content', 'Other'), array(select id from failed_responses), $2)`,
      [sop.id, rows[0].id],
    )
    await client.query('select app_private.store_vectors($1, $2::vector[], $3)', [
      ['a text'],
      [`[${[1, ...new Array(1535).fill(0)].join(',')}]`],
      'test',
    ])
    await client.query('select app_private.refresh_search_statistics(true)')
    await client.query(`insert into llm_calls (purpose, model, status) values ('answer', 'test', 'ok')`)
  })
  await committed(pool, worker, (client) => client.query('select app_private.record_audit_head()'))
}
