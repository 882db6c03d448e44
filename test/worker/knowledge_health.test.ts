/** The health check as the worker does it: asked for or at night, to be stopped at any step, never twice for one. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readConfig } from '../../core/config.ts'
import { withClaims } from '../../core/database/index.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { checkKnowledge } from '../../core/learning/health.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import { crontab, type SupervisedWorker, startWorker } from '../../worker/index.ts'
import { one } from '../sql/fixtures.ts'
import { makeTestDatabase, reviewer, type TestDatabase } from '../support/database.ts'

describe('the health check of the knowledge', () => {
  let database: TestDatabase
  let worker: SupervisedWorker | undefined
  const embedder = new LocalEmbedder()
  beforeAll(async () => {
    database = await makeTestDatabase()
    await withClaims(database.pool, reviewer, (client) =>
      client.query(
        `select save_knowledge('house', 'balls', 'What does a bucket of balls cost?', 'A bucket costs $5.', 'r'),
                save_knowledge('house', 'balls', 'What does one bucket of balls cost?', 'A bucket costs $7.', 'r'),
                save_knowledge('house', 'dogs', 'May I bring my dog?', 'Assistance dogs only.', 'r'),
                save_knowledge('house', 'dogs', 'my dog, may I bring', 'Assistance dogs only.', 'r')`,
      ),
    )
  })
  afterAll(async () => {
    await worker?.stop()
    await embedder.close()
    await database?.close()
  })
  const checks = async () => (await database.pool.query('select * from health_checks order by id')).rows
  const proposals = async () =>
    (await database.pool.query(`select kind from improvement_queue order by kind`)).rows.map(
      ({ kind }) => kind,
    )

  it('is planned for every night', () => {
    expect(crontab).toMatch(/^45 3 \* \* \* knowledge__check_health \?jobKey=knowledge__check_health/m)
  })

  it('stopped between two steps goes on where it was', async () => {
    const stop = new AbortController()
    const first = checkKnowledge(database.pool, {
      signal: stop.signal,
      progress: () => stop.abort(new Error('stopped')),
    })
    await expect(first).rejects.toThrow('stopped')
    expect(await checks()).toMatchObject([{ status: 'running', done: 4, total: 4, finished_at: null }])
    expect(await proposals()).toEqual([])
    const seen: [number, number][] = []
    const done = await checkKnowledge(database.pool, { progress: (...step) => void seen.push(step) })
    expect(done).toMatchObject({
      status: 'finished',
      counts: { contradiction: 1, duplicate: 1, proposed: 2, waiting: 0 },
    })
    expect(seen.length).toBeGreaterThanOrEqual(2)
    expect(await checks()).toHaveLength(1)
    expect(await proposals()).toEqual(['knowledge_correction', 'knowledge_merge'])
  })

  it('says what went wrong, and is done when it is tried again', async () => {
    await database.pool.query(
      `alter function app_private.find_duplicates() rename to find_duplicates_kept;
       create function app_private.find_duplicates() returns table (knowledge_id integer, other_id integer, similarity double precision) language plpgsql as $$ begin raise exception 'no luck'; end $$`,
    )
    await expect(checkKnowledge(database.pool)).rejects.toThrow('no luck')
    expect((await checks()).at(-1)).toMatchObject({ status: 'running', stage: 'comparing', error: 'no luck' })
    await database.pool.query(
      `drop function app_private.find_duplicates(); alter function app_private.find_duplicates_kept() rename to find_duplicates`,
    )
    expect(await checkKnowledge(database.pool)).toMatchObject({ status: 'finished', counts: { proposed: 0 } })
    expect((await checks()).at(-1)).toMatchObject({ status: 'finished', error: null })
  })

  it('is done by the worker when a reviewer asks, once', async () => {
    worker = await startWorker(
      {
        config: readConfig({}),
        pool: database.pool,
        embedder,
        providers: noProviders,
        log: makeLog('silent'),
      },
      database.url,
      { crontab: '' },
    )
    const before = (await checks()).length
    const ask = () =>
      withClaims(database.pool, reviewer, (client) => one(client, 'select * from request_health_check()'))
    const [{ id }] = await Promise.all([ask(), ask(), ask()])
    for (const end = Date.now() + 20_000; ; await sleep(50)) {
      const [check] = (await database.pool.query('select * from health_checks where id = $1', [id])).rows
      if (check.status === 'finished') break
      if (Date.now() > end) throw new Error('The check is not done in time.')
    }
    const { rows } = await database.pool.query(
      `select requested_by, counts ->> 'contradiction' as contradictions from health_checks where id = $1`,
      [id],
    )
    expect(rows).toEqual([{ requested_by: 'rita', contradictions: '1' }])
    expect((await checks()).length - before).toBeLessThanOrEqual(3)
    expect(await proposals()).toEqual(['knowledge_correction', 'knowledge_merge'])
    // Done is done: the job tried again does nothing.
    expect(await checkKnowledge(database.pool, { check: id })).toBeNull()
  })
})
