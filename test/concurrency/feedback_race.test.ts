import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { withClaims } from '../../core/database/index.ts'
import { axis, doorText, one, record, type Sop, sopBy, uuid } from '../sql/fixtures.ts'
import { agent, become, isServer, reviewer, type TestDatabase, visitor, worker } from '../support/database.ts'
import { call, codeOf, inLanes, manyConnections, propose } from './support.ts'

;(isServer ? describe : describe.skip)(
  'feedback, drafting and approvals beside each other (needs DATABASE_URL)',
  () => {
    let database: TestDatabase
    beforeAll(async () => {
      database = await manyConnections(16)
    })
    afterAll(() => database.close())

    const committed = <T>(work: Parameters<typeof withClaims<T>>[2]) =>
      withClaims(database.pool, worker, work)
    const sopNamed = (section: string) =>
      committed<Sop>((client) => sopBy(client, 'beside', section, doorText))

    it('does not hold up answers and ratings that cite an SOP whose approval is being written', async () => {
      const { pool } = database
      const sop = await sopNamed('held')
      const earlier = await committed((client) =>
        record(client, { question: 'held?', visitorId: uuid(1), sop }),
      )
      const { id } = await propose(pool, sop, `${doorText}More.\n`)
      await withClaims(pool, reviewer, async (client) => {
        await client.query('select app_public.approve_improvement($1)', [id])
        await committed(async (other) => {
          await other.query(`set local lock_timeout = '2s'`)
          await record(other, { question: 'held again?', visitorId: uuid(1), sop })
          await become(other, agent)
          await other.query('select app_public.mark_unhelpful($1, expected_sop_id => $2)', [
            earlier.id,
            sop.id,
          ])
        })
      })
    })

    it('counts each rating once when visitors rate and change their minds at once, and meets no deadlock', async () => {
      const { pool } = database
      const sop = await sopNamed('rated')
      // Two entries that cite each other's question: whoever learns one votes for the other as well.
      const entries = await Promise.all(
        ['first?', 'second?'].map((question) =>
          call(
            pool,
            reviewer,
            `select id, category, topic from app_public.save_knowledge('beside', 'rated', $1, 'By hand.')`,
            [question],
          ),
        ),
      )
      const responses: { id: string; visitor: string }[] = []
      for (let v = 10; v < 26; v++)
        for (const [index, question] of ['first?', 'second?'].entries())
          responses.push({
            id: (
              await committed((client) =>
                record(client, { question, visitorId: uuid(v), sop, knowledge: entries[1 - index] }),
              )
            ).id,
            visitor: uuid(v),
          })
      for (let round = 0; round < 4; round++) {
        const tasks = responses.flatMap(({ id, visitor: who }, index) =>
          [0, 1].map(
            (again) => () =>
              call(
                pool,
                visitor(who),
                (index + round + again) % 2
                  ? 'select * from app_public.mark_helpful($1)'
                  : 'select * from app_public.mark_unhelpful($1)',
                [id],
              ),
          ),
        )
        const done = await inLanes(16, tasks)
        expect([...new Set(done.map(codeOf))]).toEqual(['ok'])
      }
      const { rows } =
        await pool.query(`select k.usage_count, k.success_count, k.success_rate, (select count(*)::int from app_private.knowledge_votes v where v.knowledge_id = k.id) as votes,
      (select count(*)::int from app_private.knowledge_votes v where v.knowledge_id = k.id and v.helpful) as good from app_public.knowledge_base k where k.topic = 'rated'`)
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows)
        expect([row.usage_count, row.success_count, row.success_rate]).toEqual([
          row.votes,
          row.good,
          row.votes ? row.good / row.votes : null,
        ])
      const failures = await one(
        pool,
        `select count(*)::int as n from app_public.failed_responses f join app_public.responses r on r.id = f.response_id where (f.withdrawn_at is null) <> (r.feedback = 'unhelpful')`,
      )
      expect(failures.n).toBe(0)
    })

    it('files one failure of many reports of the same answer', async () => {
      const { pool } = database
      const sop = await sopNamed('reported')
      const { id } = await committed((client) =>
        record(client, { question: 'reported?', visitorId: uuid(1), sop }),
      )
      const done = await inLanes(
        16,
        Array.from(
          { length: 32 },
          (_, i) => () =>
            call(pool, visitor(uuid(1)), `select * from app_public.mark_unhelpful($1, 'wrong', $2)`, [
              id,
              `No ${i}`,
            ]),
        ),
      )
      expect([...new Set(done.map(codeOf))]).toEqual(['ok'])
      expect(
        (
          await one(
            pool,
            'select count(*)::int as n from app_public.failed_responses where response_id = $1',
            [id],
          )
        ).n,
      ).toBe(1)
    })

    it('stores vectors, counts statistics, learns and approves knowledge at once without a deadlock', async () => {
      const { pool } = database
      const questions = Array.from({ length: 12 }, (_, i) => `what about thing number ${i}`)
      for (let round = 0; round < 12; round++) {
        const entries = (order: string[]) => ({
          category: 'beside',
          topic: `things${round % 3}`,
          entries: order.map((question) => ({ question, answer: `Round ${round}, ${order[0]}.` })),
          reasoning: 'Because',
        })
        const proposals = await Promise.all(
          [questions, [...questions].reverse()].map((order) =>
            call(pool, worker, `select id from app_public.propose_improvement('knowledge_entry', $1)`, [
              entries(order),
            ]),
          ),
        )
        const vectors = (offset: number) => questions.map((_, i) => axis((i + offset) % 1536))
        const tasks = [
          ...proposals.map(
            ({ id }) =>
              () =>
                call(pool, reviewer, 'select * from app_public.approve_improvement($1)', [id]),
          ),
          ...[0, 1, 2].map(
            () => () =>
              call(pool, worker, `select app_private.store_vectors($1, $2::vector[], 'local-use-lite')`, [
                round % 2 ? questions : [...questions].reverse(),
                vectors(0),
              ]),
          ),
          () => call(pool, worker, 'select app_private.refresh_search_statistics(true)'),
          () =>
            call(pool, reviewer, `select * from app_public.save_sop('beside', $1, $2, 'A change')`, [
              `sop${round % 3}`,
              `${doorText}Round ${round}.\n`,
            ]),
          () =>
            call(pool, worker, `select app_private.store_vectors($1, $2::vector[], 'local-use-lite')`, [
              [...questions].reverse(),
              vectors(0),
            ]),
        ]
        const done = await inLanes(16, tasks)
        expect(done.map(codeOf)).toEqual(tasks.map(() => 'ok'))
        // The next round starts without vectors again.
        await pool.query(
          `delete from app_private.embedding_cache; update app_public.knowledge_base set embeddings = null where category = 'beside'; update app_private.search_units set embedding = null, embedding_model = null where category = 'beside'`,
        )
      }
    })

    it('rates and approves the same entries at once without a deadlock, whatever their order', async () => {
      const { pool } = database
      const sop = await sopNamed('crossed')
      // The order of their ids is not the order of their questions.
      const questions = ['zebra?', 'monkey?', 'apple?']
      const entries: { id: number; category: string; topic: string }[] = []
      for (const question of questions)
        entries.push(
          await call(
            pool,
            reviewer,
            `select id, category, topic from app_public.save_knowledge('beside', 'crossed', $1, 'By hand.')`,
            [question],
          ),
        )
      for (let round = 0; round < 25; round++) {
        const rated = await Promise.all(
          questions.map((question, i) =>
            committed((client) =>
              record(client, { question, visitorId: uuid(40 + i), sop, knowledge: entries[(i + 1) % 3]! }),
            ),
          ),
        )
        const proposal = await call(
          pool,
          worker,
          `select id from app_public.propose_improvement('knowledge_entry', $1)`,
          [
            {
              category: 'beside',
              topic: 'crossed',
              entries: questions.map((question) => ({ question, answer: `Round ${round}.` })),
              reasoning: 'Because',
            },
          ],
        )
        const tasks = [
          ...rated.map(
            ({ id }, i) =>
              () =>
                call(pool, visitor(uuid(40 + i)), 'select * from app_public.mark_helpful($1)', [id]),
          ),
          () => call(pool, reviewer, 'select * from app_public.approve_improvement($1)', [proposal.id]),
        ]
        const done = await inLanes(16, round % 2 ? tasks : tasks.reverse())
        expect(done.map(codeOf)).toEqual(tasks.map(() => 'ok'))
      }
    })

    it('counts statistics beside a transaction that writes many SOPs, without a deadlock', async () => {
      const { pool } = database
      const sections = Array.from({ length: 8 }, (_, i) => `many${i}`)
      const writeAll = (order: string[], round: number) =>
        withClaims(pool, reviewer, async (client) => {
          for (const section of order)
            await client.query(`select app_public.save_sop('beside', $1, $2, 'All of them')`, [
              section,
              `${doorText}\n## Customers also say\n\n- ${section} in round ${round}\n`,
            ])
        })
      await writeAll(sections, -1)
      for (let round = 0; round < 15; round++) {
        // Profiles that lack a question are rebuilt by the refresh.
        await pool.query(
          `update app_private.search_units set ordinal = -1 where kind = 'profile' and topic like 'many%'`,
        )
        const tasks = [
          () => writeAll([...sections].reverse(), round),
          () => call(pool, worker, 'select app_private.refresh_search_statistics(true)'),
        ]
        const done = await inLanes(16, tasks)
        expect(done.map(codeOf)).toEqual(tasks.map(() => 'ok'))
      }
    })
  },
)
