import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { doorText, one, type Sop, searched, seeded } from '../sql/fixtures.ts'
import {
  agent,
  isServer,
  makeTestDatabase,
  reviewer,
  type TestDatabase,
  worker,
} from '../support/database.ts'
import { call, historyAgainstAudit } from './support.ts'

const kills = 60

;(isServer ? describe : describe.skip)('an approval whose connection is killed (needs DATABASE_URL)', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  it(`is done whole or not at all, ${kills} times at random points`, async () => {
    const { pool } = database
    const random = seeded(3)
    const sop = await call<Sop>(
      pool,
      reviewer,
      `select * from app_public.save_sop('doors', 'codes', $1, 'First')`,
      [doorText],
    )
    // How long an approval takes; corrected as it goes, so that the kills keep falling within one.
    let usual = 10
    const counts = { whole: 0, none: 0, late: 0 }
    // A kill counts when the client had not heard of the commit yet.
    for (let n = 0; counts.whole - counts.late + counts.none < kills; n++) {
      expect(n).toBeLessThan(10 * kills)
      const now = await one<Sop>(pool, 'select * from app_public.sops where id = $1', [sop.id])
      // A failure and a pattern of its own, so that every table takes part.
      const response = await call(
        pool,
        { ...worker },
        `select id from app_public.record_response('door?', 'No.', 'answered', 'local-extractive')`,
      )
      await call(pool, agent, 'select id from app_public.mark_unhelpful($1, expected_sop_id => $2)', [
        response.id,
        sop.id,
      ])
      const pattern = await call(pool, worker, 'select id from app_private.cluster_failures() limit 1')
      const failed = await one(pool, 'select id from app_public.failed_responses where response_id = $1', [
        response.id,
      ])
      const proposal = await call(
        pool,
        worker,
        `select id from app_public.propose_improvement('sop_edit', $1, $2, $3)`,
        [
          { sop_id: sop.id, new_content: `${doorText}Kill ${n}.\n`, reasoning: 'Because' },
          [failed.id],
          pattern.id,
        ],
      )
      const victim = new pg.Client({ connectionString: database.url })
      victim.on('error', () => {})
      await victim.connect()
      const { pid } = await one<{ pid: number }>(
        victim as unknown as pg.PoolClient,
        'select pg_backend_pid() as pid',
      )
      const steps = async () => {
        await victim.query('begin')
        await victim.query(
          `select set_config('role', 'reviewer', true), set_config('clubos.actor', 'rita', true)`,
        )
        await victim.query('select app_public.approve_improvement($1)', [proposal.id])
        if (n % 4 === 0) await sleep(random() * 2)
        await victim.query('commit')
      }
      const working = steps().then(
        () => 'acknowledged',
        () => 'broken',
      )
      await sleep(random() * usual)
      await pool.query('select pg_terminate_backend($1, 5000)', [pid])
      const outcome = await working
      usual *= outcome === 'broken' ? 1.15 : 0.8
      await victim.end().catch(() => {})

      const row = await one(
        pool,
        'select q.status, f.resolved_by_improvement_id as resolved, p.status as pattern from app_public.improvement_queue q, app_public.failed_responses f, app_public.failure_patterns p where q.id = $1 and f.id = $2 and p.id = $3',
        [proposal.id, failed.id, pattern.id],
      )
      const after = await one<Sop>(pool, 'select * from app_public.sops where id = $1', [sop.id])
      const units = await searched(pool, sop.id)
      const audits = await one(
        pool,
        `select count(*)::int as n from app_public.audit_log where table_name = 'improvement_queue' and row_id = $1::text and new ->> 'status' = 'approved'`,
        [proposal.id],
      )
      if (row.status === 'approved') {
        counts.whole++
        if (outcome === 'acknowledged') counts.late++
        expect({
          ...row,
          version: after.version,
          content: after.content,
          searched: units,
          audits: audits.n,
        }).toEqual({
          status: 'approved',
          resolved: proposal.id,
          pattern: 'resolved',
          version: now.version + 1,
          content: `${doorText}Kill ${n}.\n`,
          searched: { version: now.version + 1, whole: true },
          audits: 1,
        })
      } else {
        counts.none++
        expect(outcome).toBe('broken')
        expect({
          ...row,
          version: after.version,
          content: after.content,
          searched: units,
          audits: audits.n,
        }).toEqual({
          status: 'pending',
          resolved: null,
          pattern: 'proposed',
          version: now.version,
          content: now.content,
          searched: { version: now.version, whole: true },
          audits: 0,
        })
        await call(pool, reviewer, `select * from app_public.reject_improvement($1, 'Next round')`, [
          proposal.id,
        ])
      }
    }
    // Both ends must have been met, or the kills were not at random points.
    expect(Math.min(counts.whole, counts.none)).toBeGreaterThan(0)
    expect(await historyAgainstAudit(pool)).toEqual([])
  }, 180_000)
})
