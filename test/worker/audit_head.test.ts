import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { JobHelpers } from 'graphile-worker'
import { readConfig } from '../../core/config.ts'
import { withClaims } from '../../core/database/index.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import auditRecordHead from '../../worker/tasks/audit__record_head.ts'
import { admin, makeTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
const embedder = new LocalEmbedder()
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(async () => {
  await embedder.close()
  await database?.close()
})

it('the head of the audit chain is kept and logged, and repeating the job changes nothing', async () => {
  await withClaims(database.pool, admin, (client) =>
    client.query(`insert into sites (slug, name) values ('a', 'A')`),
  )
  const logged: unknown[] = []
  const log = Object.assign(Object.create(makeLog('silent')), {
    info: (details: unknown) => logged.push(details),
  })
  const task = auditRecordHead({
    config: readConfig({}),
    pool: database.pool,
    embedder,
    providers: noProviders,
    log,
  })
  for (let run = 0; run < 2; run++) await task({}, {} as JobHelpers)
  const { rows } = await database.pool.query(
    `select day::text, chain_position || ':' || encode(hash, 'hex') as head from audit_heads`,
  )
  expect(rows).toEqual([{ day: expect.any(String), head: expect.stringMatching(/^\d+:[0-9a-f]{64}$/) }])
  expect(logged).toEqual([rows[0], rows[0]])
  expect((await database.pool.query('select * from verify_audit_log($1)', [rows[0].head])).rows).toEqual([])
})

it('a chain that does not verify is told to the admins and auditors, once a day', async () => {
  await withClaims(database.pool, admin, (client) =>
    client.query(`insert into sites (slug, name) values ('b', 'B')`),
  )
  await database.pool.query(
    `insert into users (email, name, role) values ('otto@club.example', 'Otto', 'auditor'), ('ann@club.example', 'Ann', 'agent')`,
  )
  await database.pool.query(
    `insert into app_secret.passwords (user_id, hash) select id, '$argon2id$x' from users`,
  )
  const client = await database.pool.connect()
  try {
    await client.query(`begin; set local session_replication_role = replica;
      update audit_log set actor = 'somebody else' where table_name = 'sites'; commit`)
  } finally {
    client.release()
  }
  const log = makeLog('silent')
  const task = auditRecordHead({
    config: readConfig({}),
    pool: database.pool,
    embedder,
    providers: noProviders,
    log,
  })
  for (let run = 0; run < 2; run++) await task({}, {} as JobHelpers)
  const { rows } = await database.pool.query(`select kind, recipient from notifications`)
  expect(rows).toEqual([{ kind: 'audit_broken', recipient: 'otto@club.example' }])
})
