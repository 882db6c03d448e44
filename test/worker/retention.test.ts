import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readConfig } from '../../core/config.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { type SupervisedWorker, startWorker } from '../../worker/index.ts'
import { makeTestDatabase, type TestDatabase } from '../support/database.ts'

describe('the retention job', () => {
  let database: TestDatabase
  let worker: SupervisedWorker
  const embedder = new LocalEmbedder()
  beforeAll(async () => {
    database = await makeTestDatabase()
    worker = await startWorker(
      {
        config: readConfig({}),
        pool: database.pool,
        embedder,
        providers: noProviders,
        log: makeLog('silent'),
      },
      database.url,
    )
  })
  afterAll(async () => {
    await worker?.stop()
    await embedder.close()
    await database?.close()
  })

  /** Adds the job and waits until it was tried; gives its last error, or null where it is done. */
  async function run(): Promise<string | null> {
    const { rows } = await database.pool.query(
      `select id from graphile_worker.add_job('retention__apply', max_attempts => 1)`,
    )
    for (const end = Date.now() + 20_000; ; await sleep(50)) {
      const job = await database.pool.query(
        'select last_error, attempts, locked_at from graphile_worker.jobs where id = $1',
        [rows[0].id],
      )
      if (job.rowCount === 0) return null
      if (job.rows[0].attempts > 0 && job.rows[0].locked_at === null) return job.rows[0].last_error
      if (Date.now() > end) throw new Error('The job is not done in time.')
    }
  }

  it('is planned for every day', async () => {
    const { rows } = await database.pool.query(
      `select identifier from graphile_worker._private_known_crontabs where identifier = 'retention__apply'`,
    )
    expect(rows).toHaveLength(1)
  })

  it('removes what is old, batch by batch, and writes down how much', async () => {
    await database.pool.query(
      `insert into llm_calls (purpose, provider, model, status, created_at) select 'answer', 'openai', 'm', 'ok', now() - interval '91 days' from generate_series(1, 5001)`,
    )
    expect(await run()).toBeNull()
    const { rows } = await database.pool.query(
      `select counts ->> 'llm_calls' as calls, problems, finished_at is not null as finished, (select count(*)::int from llm_calls) as left from retention_runs`,
    )
    expect(rows).toEqual([{ calls: '5001', problems: {}, finished: true, left: 0 }])
  })

  it('fails, having done the rest, where a rule cannot be carried out', async () => {
    await database.pool.query(
      `create function app_private.retain__luck(before timestamptz) returns bigint language plpgsql as $$ begin raise exception 'no luck'; end $$`,
    )
    await database.pool.query(
      `insert into retention_rules (kind, keep, description) values ('luck', '1 day', 'Luck')`,
    )
    await database.pool.query(
      `insert into llm_calls (purpose, provider, model, status, created_at) values ('answer', 'openai', 'm', 'ok', now() - interval '91 days')`,
    )
    expect(await run()).toContain('Retention could not do everything. luck: P0001: no luck')
    expect((await database.pool.query('select count(*)::int as n from llm_calls')).rows).toEqual([{ n: 0 }])
  })
})
