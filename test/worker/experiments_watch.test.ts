import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { JobHelpers } from 'graphile-worker'
import { readConfig } from '../../core/config.ts'
import { withClaims } from '../../core/database/index.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { mailFor } from '../../core/notifications/mail.ts'
import { crontab } from '../../worker/index.ts'
import experimentsWatch from '../../worker/tasks/experiments__watch.ts'
import { doorText, saveSop } from '../sql/fixtures.ts'
import { makeTestDatabase, reviewer, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
const embedder = new LocalEmbedder()
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(async () => {
  await embedder.close()
  await database?.close()
})

it('an experiment that does harm is stopped, logged, and told of, once', async () => {
  await withClaims(database.pool, reviewer, async (client) => {
    const sop = await saveSop(client, 'access', 'door_code', doorText)
    await client.query(`select start_experiment($1, '{Go away}', 'Shorter', 'To be tried')`, [sop.id])
  })
  await database.pool.query(
    `insert into users (email, name, role) values ('rita@club.example', 'Rita', 'reviewer')`,
  )
  await database.pool.query(
    `insert into app_secret.passwords (user_id, hash) select id, '$argon2id$made-up' from users`,
  )
  await database.pool.query(
    `insert into responses (question, question_hash, text, outcome, model, experiment_arm_id, experiment_subject, feedback, feedback_by, feedback_at)
     select 'q', '\\x00', 't', 'answered', 'm', a.id, sha256(convert_to(a.label || n, 'UTF8')), case a.label when 'A' then 'helpful' else 'unhelpful' end, 'v', now()
       from experiment_arms a, generate_series(1, 40) n`,
  )
  const logged: object[] = []
  const log = Object.assign(Object.create(makeLog('silent')), {
    warn: (details: object) => logged.push(details),
  })
  const task = experimentsWatch({
    config: readConfig({}),
    pool: database.pool,
    embedder,
    providers: noProviders,
    log,
  })
  for (let run = 0; run < 2; run++) await task({}, {} as JobHelpers)
  expect(logged).toEqual([{ experiment: 1, event: 'harm' }])
  const { rows } = await database.pool.query(
    `select kind, recipient, details from notifications where kind = 'experiment'`,
  )
  expect(rows).toEqual([
    {
      kind: 'experiment',
      recipient: 'rita@club.example',
      details: { experiment_id: 1, name: 'Shorter', event: 'harm', arm: 'B', sop: 'access/door_code' },
    },
  ])
  const mail = mailFor({ ...rows[0], name: 'Rita', link_token: null }, 'https://club.example')
  expect(mail.subject).toBe('An experiment was stopped: Shorter')
  expect(mail.text).toContain('Arm B of “Shorter”, the experiment with access/door_code, is worse')
  expect(mail.text).toContain('https://club.example/experiments?experiment=1')
})

it('there is a mail for each of its events, and the watch is on the worker’s clock', () => {
  for (const event of ['harm', 'sample_ratio', 'moved_on']) {
    const details = { experiment_id: 3, name: 'Shorter', event, arm: 'B', sop: 'a/b', version: 4 }
    const { subject, text } = mailFor(
      { kind: 'experiment', recipient: 'a@b.example', name: null, link_token: null, details },
      'https://club.example',
    )
    expect(subject).toContain('Shorter')
    expect(text).not.toContain('undefined')
  }
  expect(crontab).toContain('*/5 * * * * experiments__watch ')
})
