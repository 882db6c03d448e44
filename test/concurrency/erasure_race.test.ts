import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { withClaims } from '../../core/database/index.ts'
import { applyRetention } from '../../core/privacy/retention.ts'
import { doorText, one, record, type Sop, saveSop, seeded, uuid } from '../sql/fixtures.ts'
import { admin, agent, isServer, reviewer, type TestDatabase, visitor, worker } from '../support/database.ts'
import { call, codeOf, historyAgainstAudit, inLanes, manyConnections } from './support.ts'

const withSessions = isServer ? describe : describe.skip

withSessions('erasing while everybody works', () => {
  let database: TestDatabase
  const sops: Sop[] = []
  beforeAll(async () => {
    database = await manyConnections(12)
    for (const section of ['codes', 'bells', 'locks'])
      sops.push(
        await withClaims(database.pool, reviewer, (client) =>
          saveSop(client, 'doors', section, `${doorText}${section}\n`),
        ),
      )
    // So many at the door of the worker's jobs would only blur what is raced here.
    await call(database.pool, admin, `select set_retention('idle_conversations', '1 day', 'For the test')`)
  })
  afterAll(() => database.close())

  it('leaves nothing of whom it erased, counts right, and stops nobody for good', async () => {
    const { pool } = database
    const random = seeded(7)
    const pick = (n: number) => Math.floor(random() * n)
    const questions = ['Where is the key?', 'Who rings the bell?', 'The keypad is dark', 'The lock is stuck']
    const visitors = Array.from({ length: 12 }, (_, n) => n + 1)
    const tickets = new Map<number, { id: number; conversation: string }>()
    const answers: { id: string; by: number }[] = []
    for (const n of visitors) {
      tickets.set(n, await call(pool, visitor(uuid(n)), 'select id, conversation from start_conversation()'))
      for (let k = 0; k < 4; k++) {
        const { id } = await withClaims(pool, worker, (client) =>
          record(client, {
            question: k % 2 === 0 ? questions[pick(4)]! : `${questions[pick(4)]} says visitor${n}x`,
            visitorId: uuid(n),
            sop: sops[pick(3)],
            conversation: k < 2 ? tickets.get(n)!.conversation : undefined,
          }),
        )
        answers.push({ id, by: n })
      }
    }
    const erased = visitors.filter((n) => n % 2 === 0)
    const rate = (helpful: boolean) => () => {
      const answer = answers[pick(answers.length)]!
      return helpful
        ? call(pool, pick(3) === 0 ? agent : visitor(uuid(answer.by)), 'select mark_helpful($1)', [answer.id])
        : call(pool, agent, `select mark_unhelpful($1, 'wrong', 'Look at it', expected_sop_id => $2)`, [
            answer.id,
            sops[pick(3)]!.id,
          ])
    }
    const work: (() => Promise<unknown>)[] = []
    for (let n = 0; n < 160; n++) {
      const ticket = tickets.get(1 + pick(12))!
      work.push(
        [
          rate(true),
          rate(true),
          rate(false),
          () => call(pool, agent, 'select reply($1, $2)', [ticket.id, 'Hello']),
          () =>
            call(pool, agent, 'select resolve_ticket($1, $2, correction => $3, expected_sop_id => $4)', [
              ticket.id,
              'Done',
              'Turn it',
              sops[pick(3)]!.id,
            ]),
          async () => {
            await call(pool, worker, 'select count(*) from app_private.cluster_failures(50)')
            const { rows } = await pool.query('select id from failure_patterns order by id')
            for (const { id } of rows) {
              const { draft } = await call(
                pool,
                worker,
                'select app_private.draft_improvement($1) as draft',
                [id],
              )
              if (draft)
                await call(pool, worker, 'select id from propose_improvement($1, $2, $3, pattern_id => $4)', [
                  draft.kind,
                  draft.suggestion,
                  draft.failed_response_ids,
                  id,
                ])
            }
          },
          async () => {
            const { rows } = await pool.query(
              `select id from improvement_queue where status = 'pending' order by random() limit 1`,
            )
            if (rows[0]) await call(pool, reviewer, 'select approve_improvement($1)', [rows[0].id])
          },
          () => applyRetention(pool),
          () => call(pool, worker, 'select app_private.refresh_search_statistics(true)'),
        ][pick(9)]!,
      )
    }
    for (const [index, n] of erased.entries())
      work.splice(20 + index * 20, 0, () =>
        call(pool, admin, `select erase_personal_data($1, 'Asked for')`, [uuid(n)]),
      )
    const codes = (await inLanes(8, work)).map(codeOf)
    // Who comes too late is told so; nobody waits in a circle.
    const known = ['ok', 'CO102', 'CO103', 'CO110', 'CO404', 'CO106']
    expect(codes.filter((code) => !known.includes(code))).toEqual([])
    expect(codes.filter((code) => code === 'ok').length).toBeGreaterThan(100)

    // What was published stays, and a proposal to change it repeats it: the erasure lists both for a person to look at.
    // What somebody rated or corrected after the erasure says no more of the person; once more, then none is left.
    for (const n of erased) {
      await call(pool, admin, `select erase_personal_data($1, 'Asked for')`, [uuid(n)])
      expect(
        await one(pool, `select count(*)::int as n from responses r where r.visitor_id = $1`, [uuid(n)]),
      ).toEqual({ n: 0 })
      expect(
        await one(
          pool,
          `select count(*)::int as n from (select r::text as t from responses r union all select m::text from messages m union all select f::text from failed_responses f
             union all select k::text from knowledge_base k where k.source = 'learned' union all select v::text from app_private.knowledge_votes v
             union all select u::text from app_private.search_units u where u.knowledge_id is not null
             union all select q.suggested_sop_update::text from improvement_queue q where q.status <> 'approved'
               and not exists (select from sops s where s.id = q.sop_id and strpos(s.content, $2) > 0)) x where strpos(x.t, $1) > 0 or strpos(x.t, $2) > 0`,
          [uuid(n), `visitor${n}x`],
        ),
      ).toEqual({ n: 0 })
    }
    // Each counter is still what its votes add up to.
    const { rows } = await pool.query(
      `select k.id from knowledge_base k left join app_private.knowledge_votes v on v.knowledge_id = k.id where k.source = 'learned'
        group by k.id having k.usage_count <> count(v) or k.success_count <> count(v) filter (where v.helpful)`,
    )
    expect(rows).toEqual([])
    expect(await historyAgainstAudit(pool)).toEqual([])
  })
})
