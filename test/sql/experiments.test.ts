/** Experiments: who gets what, what counts, how they end. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import {
  admin,
  agent,
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  type TestDatabase,
  visitor,
  worker,
} from '../support/database.ts'
import {
  axis,
  becomeOwner,
  doorText,
  failure,
  one,
  type Sop,
  saveSop,
  seeded,
  setReason,
  sopBy,
  uuid,
} from './fixtures.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

const variant = doorText.replace(
  'Press the hash key after the code.',
  'Type the code slowly, then the star key.',
)

interface Experiment {
  id: number
  name: string
  status: string
  status_by: string
  status_reason: string
  winner: string | null
  promoted_version_id: number | null
  base_version: number
  results: Arm[] | null
  sample_ratio_alarm_at: Date | null
}
interface Arm {
  arm_id: number
  label: string
  subjects: string
  responses: string
  rated: string
  helpful: string
  rate: number | null
  difference: number | null
  probability_better: number | null
  expected_loss: number | null
  always_valid_p: number | null
  sample_ratio_p: number | null
  minimum_reached: boolean
  verdict: string
  verdict_text: string
}

const start = (client: pg.Pool | pg.PoolClient, sop: Sop, rest = '', variants = [variant]) =>
  one<Experiment>(
    client,
    `select * from start_experiment($1, $2, 'Star key', 'Customers miss the hash key' ${rest})`,
    [sop.id, variants],
  )
const results = async (client: pg.PoolClient, experiment: Experiment) =>
  (await client.query<Arm>('select * from experiment_results($1)', [experiment.id])).rows
/** Of two equal arms, reckoned apart from the database. */
const armOf = (experiment: Experiment, subject: string) => {
  const hash = createHash('sha256').update(`${experiment.id}:${subject}`).digest('hex')
  return Number.parseInt(hash.slice(0, 13), 16) / 2 ** 52 < 0.5 ? 'A' : 'B'
}

/** A club with one SOP, of which an experiment runs. */
const running = (
  work: (client: pg.PoolClient, sop: Sop, experiment: Experiment) => Promise<void>,
  rest = '',
  variants = [variant],
) =>
  rolledBack(database.pool, reviewer, async (client) => {
    const sop = await sopBy(client, 'access', 'door_code', doorText)
    const experiment = await start(client, sop, rest, variants)
    await work(client, sop, experiment)
  })

/** Answers with their ratings, written down as record_response would: subject n of an arm rated at minute n. */
async function rated(
  client: pg.PoolClient,
  experiment: Experiment,
  label: string,
  ratings: (boolean | null)[],
  from = 0,
): Promise<void> {
  await becomeOwner(client)
  await client.query(
    `insert into responses (visitor_id, question, question_hash, text, outcome, model, experiment_arm_id, experiment_subject, feedback, feedback_by, feedback_at)
     select null, 'q', '\\x00', 't', 'answered', 'local-extractive', a.id, sha256(convert_to(a.label || ($4 + r.n), 'UTF8')),
            case when r.helpful then 'helpful' when not r.helpful then 'unhelpful' end, case when r.helpful is not null then 'visitor' end,
            case when r.helpful is not null then now() + make_interval(mins => ($4 + r.n)::integer) end
       from experiment_arms a, unnest($3::boolean[]) with ordinality r(helpful, n) where a.experiment_id = $1 and a.label = $2`,
    [experiment.id, label, ratings, from],
  )
  await become(client, reviewer)
}
const share = (random: () => number, n: number, rate: number) =>
  Array.from({ length: n }, () => random() < rate)

const ask = async (client: pg.PoolClient, visitorId: string | undefined, question: string) => {
  await become(client, { role: 'worker', actor: 'server', visitorId })
  return one(client, 'select r.* from ask($1) r', [question])
}

describe('who gets which arm', () => {
  const bucket = 'app_hidden.experiment_bucket'

  it('is spread evenly, over every experiment', async () => {
    for (const experiment of [1, 2, 4711]) {
      const { p } = await one(
        database.pool,
        `select app_hidden.sample_ratio_p(array_agg(n), array_agg(1)) as p
           from (select count(*) as n from generate_series(1, 20000) s group by floor(${bucket}($1, 'visitor:' || md5(s::text)) * 50)) x`,
        [experiment],
      )
      expect(p).toBeGreaterThan(0.001)
    }
  })

  it('keeps to the weights', async () => {
    const { p, n } = await one(
      database.pool,
      `select app_hidden.sample_ratio_p(array_agg(n order by arm), '{7,2,1}') as p, sum(n)::integer as n
         from (select app_hidden.assigned_arm(3, 'ticket:' || s, '{7,2,1}') as arm, count(*) as n from generate_series(1, 20000) s group by 1) x`,
    )
    expect(n).toBe(20000)
    expect(p).toBeGreaterThan(0.001)
  })

  it('says nothing about the arm in another experiment', async () => {
    // A 4 × 4 table of two experiments' quarters; independent ones fill its cells evenly.
    for (const other of [2, 3, 1000])
      expect(
        (
          await one(
            database.pool,
            `select app_hidden.sample_ratio_p(array_agg(n), array_agg(1)) as p from (select count(*) as n
             from generate_series(1, 20000) s group by floor(${bucket}(1, 'visitor:' || s) * 4), floor(${bucket}($1, 'visitor:' || s) * 4)) x`,
            [other],
          )
        ).p,
      ).toBeGreaterThan(0.001)
  })

  it('is the same each time, and on every machine', async () => {
    const { rows } = await database.pool.query(
      `select ${bucket}(1, 'visitor:a')::numeric(9, 8)::text as bucket union all select ${bucket}(1, 'visitor:a')::numeric(9, 8)::text`,
    )
    const bits = createHash('sha256').update('1:visitor:a').digest('hex').slice(0, 13)
    for (const row of rows) expect(Number(row.bucket)).toBeCloseTo(Number.parseInt(bits, 16) / 2 ** 52, 7)
  })
})

describe('an experiment', () => {
  it('serves each visitor their own arm, the same at every question, and writes it down with the answer', () =>
    running(async (client, sop, experiment) => {
      const seen = new Set<string>()
      for (let n = 1; n <= 8; n++) {
        const label = armOf(experiment, `visitor:${uuid(n)}`)
        seen.add(label)
        for (const question of ['the door code does not open the door', 'door code steps?']) {
          const answer = await ask(client, uuid(n), question)
          expect(answer.outcome).toBe('answered')
          expect(answer.text).toContain(label === 'A' ? 'hash key' : 'star key')
          expect(answer.text).not.toContain(label === 'A' ? 'star key' : 'hash key')
          await become(client, reviewer)
          const row = await one(
            client,
            `select a.label, s.snippet, s.sop_version_id, v.version from responses r join experiment_arms a on a.id = r.experiment_arm_id
               join response_sources s on s.response_id = r.id and s.cited join sop_versions v on v.id = s.sop_version_id where r.id = $1`,
            [answer.id],
          )
          // What was said is pinned by its words; the version is the one that was found.
          expect(row).toMatchObject({ label, version: sop.version })
          expect(row.snippet).toContain(label === 'A' ? 'hash key' : 'star key')
        }
      }
      expect([...seen].sort()).toEqual(['A', 'B'])
      const arms = await results(client, experiment)
      expect(arms.map((arm) => Number(arm.subjects)).reduce((a, b) => a + b)).toBe(8)
      expect(arms.map((arm) => Number(arm.responses)).reduce((a, b) => a + b)).toBe(16)
    }))

  it('takes a conversation for whom it is where there is no visitor, and nobody for the control alone', () =>
    running(async (client, _sop, experiment) => {
      await becomeOwner(client)
      for (let n = 0; n < 6; n++) {
        const ticket = await one(
          client,
          'insert into tickets (subject) values (null) returning id, conversation',
        )
        await become(client, { role: 'worker', actor: 'server' })
        const draft = (
          await one(client, `select app_hidden.begin_answer('door code?', conversation => $1) as draft`, [
            ticket.conversation,
          ])
        ).draft
        await becomeOwner(client)
        const label = armOf(experiment, `ticket:${ticket.id}`)
        expect(draft.text).toContain(label === 'A' ? 'hash key' : 'star key')
      }
      const answer = await ask(client, undefined, 'the door code does not open the door')
      expect(answer.text).toContain('hash key')
      expect(answer.experiment_arm_id).toBeNull()
    }))

  it('reads the section that the arm’s own text would be found by', () =>
    running(
      async (client, _sop, experiment) => {
        let n = 0
        while (armOf(experiment, `visitor:${uuid(n)}`) !== 'B') n++
        const { text } = await ask(client, uuid(n), 'the keypad battery of the door is flat')
        expect(text).toContain('Door codes: Keypad battery')
        expect(text).toContain('Hold a 9 volt block')
      },
      '',
      [
        doorText.replace(
          '## Afterwards',
          '## Keypad battery\n\n1. Hold a 9 volt block to the contacts.\n\n## Afterwards',
        ),
      ],
    ))

  it('counts nothing for an arm that was found and not cited, or is another subject’s', () =>
    running(async (client, sop, experiment) => {
      const arms = await client.query('select id, label from experiment_arms where experiment_id = $1', [
        experiment.id,
      ])
      const mine = armOf(experiment, `visitor:${uuid(1)}`)
      const version = await one(client, 'select id from sop_versions where sop_id = $1', [sop.id])
      const recorded = async (label: string, cited: boolean, outcome = 'answered') => {
        await become(client, { role: 'worker', actor: 'server', visitorId: uuid(1) })
        const source = {
          rank: 1,
          kind: 'sop',
          sop_id: sop.id,
          sop_version_id: version.id,
          category: 'access',
          topic: 'door_code',
          snippet: 'x',
          score: 1,
          cited,
          experiment_arm_id: arms.rows.find((arm) => arm.label === label).id,
        }
        return one(
          client,
          `select experiment_arm_id, experiment_subject from record_response('q', 't', $2, 'local-extractive', $1)`,
          [JSON.stringify([source]), outcome],
        )
      }
      expect((await recorded(mine, true)).experiment_arm_id).not.toBeNull()
      const nothing = { experiment_arm_id: null, experiment_subject: null }
      expect(await recorded(mine, false)).toEqual(nothing)
      expect(await recorded(mine === 'A' ? 'B' : 'A', true)).toEqual(nothing)
      expect(await recorded(mine, true, 'handed_over')).toEqual(nothing)
    }))

  it('never has a part in an emergency', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const fire = await sopBy(client, 'emergency', 'fire', '# Fire\n\n## Steps\n\n1. Leave at once.\n')
      expect(
        await failure(client, `select start_experiment($1, '{Stay}', 'x', 'y')`, [fire.id]),
      ).toMatchObject({ code: 'CO142' })
      await becomeOwner(client)
      await client.query(`insert into emergency_signals (section, pattern) values ('fire', 'burning')`)
      const sop = await sopBy(client, 'access', 'door_code', doorText)
      await start(client, sop)
      for (let n = 1; n < 5; n++) {
        const answer = await ask(client, uuid(n), 'the door code keypad is burning')
        expect(answer).toMatchObject({ outcome: 'emergency', experiment_arm_id: null })
      }
    }))

  it('serves the SOP as it is while it is paused, and the same arms again after that', () =>
    running(async (client, _sop, experiment) => {
      let n = 0
      while (armOf(experiment, `visitor:${uuid(n)}`) !== 'B') n++
      const said = async () => (await ask(client, uuid(n), 'the door code does not open the door')).text
      expect(await said()).toContain('star key')
      await become(client, reviewer)
      const paused = await one<Experiment>(client, `select * from pause_experiment($1, 'Busy night')`, [
        experiment.id,
      ])
      expect(paused).toMatchObject({ status: 'paused', status_by: 'rita', status_reason: 'Busy night' })
      expect(await said()).toContain('hash key')
      await become(client, reviewer)
      expect(
        (await one(client, `select * from resume_experiment($1, 'Quiet again')`, [experiment.id])).status,
      ).toBe('running')
      expect(await said()).toContain('star key')
    }))

  it('is served by serve_sop as by an answer', () =>
    running(async (client, sop, experiment) => {
      await become(client, agent)
      for (let n = 1; n < 6; n++) {
        const label = armOf(experiment, `visitor:${uuid(n)}`)
        const served = await one(client, `select * from serve_sop('access', 'door_code', $1)`, [
          `visitor:${uuid(n)}`,
        ])
        expect(served).toMatchObject({
          sop_id: sop.id,
          version: 1,
          arm: label,
          experiment_id: experiment.id,
          content: label === 'A' ? doorText : variant,
        })
      }
      expect(await one(client, `select * from serve_sop('access', 'door_code')`)).toMatchObject({
        content: doorText,
        experiment_id: null,
        arm: null,
      })
      expect(await failure(client, `select * from serve_sop('access', 'nothing', 'x')`)).toMatchObject({
        code: 'CO404',
      })
    }))
})

describe('starting one', () => {
  it('refuses what could not be measured', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'access', 'door_code', doorText)
      const refused = async (rest: string, parameters: unknown[] = [[variant]]) =>
        (await failure(client, `select start_experiment($1, ${rest})`, [sop.id, ...parameters])).code
      expect(await refused(`$2, 'x', ' '`)).toBe('CO002')
      expect(await refused(`$2, ' ', 'y'`)).toBe('CO005')
      expect(await refused(`$2, 'x', 'y'`, [[doorText]])).toBe('CO106')
      expect(await refused(`$2, 'x', 'y'`, [[variant, variant]])).toBe('CO106')
      expect(await refused(`$2, 'x', 'y'`, [[]])).toBe('CO005')
      expect(await refused(`$2, 'x', 'y'`, [['a', 'b', 'c', 'd', 'e']])).toBe('CO005')
      expect(await refused(`$2, 'x', 'y'`, [['x'.repeat(1048577)]])).toBe('CO006')
      expect(await refused(`$2, 'x', 'y', weights => '{1}'`)).toBe('CO005')
      expect(await refused(`$2, 'x', 'y', weights => '{1,0}'`)).toBe('CO005')
      expect(await refused(`$2, 'x', 'y', minimum_sample => 0`)).toBe('CO005')
      expect(await refused(`$2, 'x', 'y', expected_version => 2`)).toBe('CO101')
      expect(await refused(`'{## Customers also say\n\n- no code}', 'x', 'y'`, [])).toBe('CO005')
      expect((await failure(client, `select start_experiment(0, '{x}', 'x', 'y')`)).code).toBe('CO404')
      await client.query(`select archive_sop($1, 'Not now')`, [sop.id])
      expect(await refused(`$2, 'x', 'y'`)).toBe('CO005')
    }))

  it('is one at a time for an SOP', () =>
    running(async (client, sop, experiment) => {
      const again = await failure(client, `select start_experiment($1, '{Other}', 'x', 'y')`, [sop.id])
      expect(again).toMatchObject({ code: 'CO140' })
      expect(JSON.parse(again.detail!)).toEqual({ experiment_id: experiment.id, status: 'running' })
      await client.query(`select stop_experiment($1, 'Enough')`, [experiment.id])
      expect((await start(client, sop)).id).toBeGreaterThan(experiment.id)
    }))

  it('asks for the variants’ vectors, so that the winner is searchable at once', () =>
    running(async (client, sop) => {
      await become(client, worker)
      const wanted = async () =>
        (
          await client.query<{ text: string }>(
            'select embedding_text as text from app_private.vectors_wanted()',
          )
        ).rows
      const texts = (await wanted()).map(({ text }) => text)
      expect(texts.some((text) => text.includes('star key'))).toBe(true)
      await client.query(
        `select app_private.store_vectors($1, $2::vector[], (select embedding_model from club_settings))`,
        [texts, texts.map((_, i) => axis(i))],
      )
      expect(await wanted()).toEqual([])
      await become(client, reviewer)
      const [experiment] = (
        await client.query<Experiment>('select * from experiments where sop_id = $1', [sop.id])
      ).rows
      await client.query(`select conclude_experiment($1, 'B', 'Clearer')`, [experiment!.id])
      await becomeOwner(client)
      expect(
        (
          await client.query(
            `select from app_private.search_units where sop_id = $1 and embedding is null and kind <> 'profile'`,
            [sop.id],
          )
        ).rowCount,
      ).toBe(0)
    }))

  it('says how long it would take', () =>
    running(async (client, sop) => {
      for (let n = 1; n <= 14; n++) await ask(client, uuid(n), 'the door code does not open the door')
      await become(client, worker)
      for (let n = 1; n <= 7; n++) {
        await become(client, visitor(uuid(n)))
        await client.query('select mark_helpful(id) from responses')
      }
      await become(client, agent)
      const estimate = `select * from estimate_experiment($1, 50, '{3,1}')`
      expect(await one(client, estimate, [sop.id])).toEqual({
        subjects_per_day: 0.5,
        rated_per_day: 0.25,
        days: 800,
      })
    }))

  it('is a reviewer’s decision, and everybody’s of the staff to look at', () =>
    running(async (client, sop, experiment) => {
      for (const [claims, code] of [
        [agent, '42501'],
        [visitor(uuid(1)), '42501'],
        [worker, '42501'],
        [{ role: 'reviewer' as const }, 'CO001'],
      ] as const) {
        await become(client, { actor: '', ...claims })
        for (const call of [
          `start_experiment(${sop.id}, '{x}', 'x', 'y')`,
          `pause_experiment(${experiment.id}, 'x')`,
          `resume_experiment(${experiment.id}, 'x')`,
          `stop_experiment(${experiment.id}, 'x')`,
          `conclude_experiment(${experiment.id}, 'A', 'x')`,
        ])
          expect([call, (await failure(client, `select ${call}`)).code]).toEqual([call, code])
      }
      await become(client, agent)
      expect((await results(client, experiment)).map(({ label }) => label)).toEqual(['A', 'B'])
    }))
})

describe('the figures', () => {
  it('count everybody once, by their first rating', () =>
    running(async (client, _sop, experiment) => {
      const arm = await one(
        client,
        `select id from experiment_arms where experiment_id = $1 and label = 'B'`,
        [experiment.id],
      )
      await becomeOwner(client)
      // One subject: not rated, then unhelpful, then helpful twice. Another: not rated.
      await client.query(
        `insert into responses (question, question_hash, text, outcome, model, experiment_arm_id, experiment_subject, feedback, feedback_by, feedback_at)
         select 'q', '\\x00', 't', 'answered', 'm', $1, v.subject::bytea, v.feedback, v.feedback, v.at from (values
           ('\\x01', null, null), ('\\x01', 'helpful', now() + '2 min'), ('\\x01', 'unhelpful', now() + '1 min'), ('\\x01', 'helpful', now() + '3 min'), ('\\x02', null, null)) v(subject, feedback, at)`,
        [arm.id],
      )
      await become(client, agent)
      const [, b] = await results(client, experiment)
      expect(b).toMatchObject({
        subjects: '2',
        responses: '5',
        rated: '1',
        helpful: '0',
        rate: 0,
        verdict: 'no_data',
      })
    }))

  it('tell a clear gain from too little and from nothing certain', () =>
    running(async (client, _sop, experiment) => {
      const random = seeded(11)
      const b = async () => (await results(client, experiment))[1]!
      expect(await b()).toMatchObject({
        verdict: 'no_data',
        rate: null,
        always_valid_p: 1,
        probability_better: expect.closeTo(0.5, 9),
      })
      await rated(client, experiment, 'A', share(random, 30, 0.5))
      await rated(client, experiment, 'B', share(random, 30, 0.5))
      expect(await b()).toMatchObject({ verdict: 'collecting', minimum_reached: false })
      await rated(client, experiment, 'A', share(random, 120, 0.5), 100)
      await rated(client, experiment, 'B', share(random, 120, 0.5), 100)
      expect(await b()).toMatchObject({ verdict: 'undecided', minimum_reached: true })
      await rated(client, experiment, 'A', share(random, 200, 0.4), 300)
      await rated(client, experiment, 'B', share(random, 200, 0.8), 300)
      const better = await b()
      expect(better.verdict).toBe('better')
      expect(better.always_valid_p).toBeLessThan(0.05)
      expect(better.probability_better).toBeGreaterThan(0.99)
      expect(better.expected_loss).toBeLessThan(0.001)
      expect(better.difference).toBeCloseTo(
        Number(better.helpful) / 350 - Number((await results(client, experiment))[0]!.helpful) / 350,
        10,
      )
      expect(better.verdict_text).toMatch(/^B helps more than the control: \d\d % against \d\d %\. /)
    }))

  it('say that it looks better already, before the sample agreed on', () =>
    running(async (client, _sop, experiment) => {
      await rated(client, experiment, 'A', new Array(40).fill(false))
      await rated(client, experiment, 'B', new Array(40).fill(true))
      expect((await results(client, experiment))[1]).toMatchObject({
        verdict: 'better_so_far',
        minimum_reached: false,
      })
    }, ', minimum_sample => 500'))

  it('are not to be trusted where the arms have other sizes than their weights say', () =>
    running(async (client, _sop, experiment) => {
      await rated(client, experiment, 'A', new Array(300).fill(true))
      await rated(client, experiment, 'B', new Array(200).fill(true))
      const [a, b] = await results(client, experiment)
      expect(a!.sample_ratio_p).toBeLessThan(0.001)
      expect(b!.verdict).toBe('sample_ratio')
    }))

  it('of several variants allow for as many looks', () =>
    running(
      async (client, _sop, experiment) => {
        for (const label of ['A', 'B', 'C'])
          await rated(client, experiment, label, new Array(24).fill(label !== 'A'))
        const arms = await results(client, experiment)
        await becomeOwner(client)
        const single = await one(
          client,
          `select app_hidden.always_valid_p(array_fill(1::smallint, array[24])) as p`,
        )
        expect(arms[1]!.always_valid_p).toBeCloseTo(2 * single.p, 10)
        expect(arms.map(({ label }) => label)).toEqual(['A', 'B', 'C'])
      },
      ', minimum_sample => 10',
      [variant, variant.replace('slowly', 'fast')],
    ))
})

describe('the end', () => {
  it('promotes the winner as the next version, and keeps what it was decided on', () =>
    running(async (client, sop, experiment) => {
      await rated(client, experiment, 'A', [true, false])
      await rated(client, experiment, 'B', [true, true])
      const done = await one<Experiment>(
        client,
        `select * from conclude_experiment($1, 'b', 'It helps more')`,
        [experiment.id],
      )
      expect(done).toMatchObject({
        status: 'concluded',
        winner: 'B',
        status_by: 'rita',
        status_reason: 'It helps more',
      })
      const version = await one(client, 'select * from sop_versions where id = $1', [
        done.promoted_version_id,
      ])
      expect(version).toMatchObject({
        sop_id: sop.id,
        version: 2,
        content: variant,
        changed_by: 'rita',
        change_reason: 'Experiment "Star key": arm B won. It helps more',
      })
      expect(await one(client, 'select version, content from sops where id = $1', [sop.id])).toEqual({
        version: 2,
        content: variant,
      })
      // A rating that comes late does not change the figures.
      await rated(client, experiment, 'A', [true, true, true], 50)
      expect((await results(client, experiment)).map((arm) => [arm.label, arm.helpful, arm.rated])).toEqual([
        ['A', '1', '2'],
        ['B', '2', '2'],
      ])
      // Once more by the same person: nothing new.
      expect(
        await one(client, `select * from conclude_experiment($1, 'B', 'Again')`, [experiment.id]),
      ).toEqual(done)
      expect((await one(client, 'select version from sops where id = $1', [sop.id])).version).toBe(2)
      await become(client, { role: 'reviewer', actor: 'rob' })
      const other = await failure(client, `select conclude_experiment($1, 'B', 'Me too')`, [experiment.id])
      expect(other).toMatchObject({ code: 'CO141' })
      expect(JSON.parse(other.detail!)).toEqual({ status: 'concluded', by: 'rita' })
      for (const call of ['pause', 'resume', 'stop'])
        expect((await failure(client, `select ${call}_experiment($1, 'x')`, [experiment.id])).code).toBe(
          'CO141',
        )
    }))

  it('writes each step into the audit log, with who and why', () =>
    running(async (client, _sop, experiment) => {
      await client.query(`select pause_experiment($1, 'First a look')`, [experiment.id])
      await client.query(`select conclude_experiment($1, 'A', 'No gain')`, [experiment.id])
      await become(client, admin)
      const { rows } = await client.query(
        `select operation, actor, reason, new ->> 'status' as status from audit_log where table_name = 'experiments' and row_id = $1 order by id`,
        [String(experiment.id)],
      )
      expect(rows).toEqual([
        { operation: 'insert', actor: 'rita', reason: 'Customers miss the hash key', status: 'running' },
        { operation: 'update', actor: 'rita', reason: 'First a look', status: 'paused' },
        { operation: 'update', actor: 'rita', reason: 'No gain', status: 'concluded' },
      ])
      expect(
        (
          await client.query(
            `select from audit_log where table_name = 'experiment_arms' and operation = 'insert'`,
          )
        ).rowCount,
      ).toBe(2)
    }))

  it('writes no version where the control wins, and none where it is stopped', () =>
    running(async (client, sop, experiment) => {
      await client.query(`select conclude_experiment($1, 'A', 'No gain')`, [experiment.id])
      const second = await start(client, sop)
      expect((await failure(client, `select conclude_experiment($1, 'E', 'x')`, [second.id])).code).toBe(
        'CO005',
      )
      const stopped = await one<Experiment>(client, `select * from stop_experiment($1, 'Nobody asks')`, [
        second.id,
      ])
      expect(stopped).toMatchObject({ status: 'stopped', winner: null })
      expect(stopped.results).toHaveLength(2)
      expect(await one(client, 'select version from sops where id = $1', [sop.id])).toEqual({ version: 1 })
      expect((await failure(client, `select conclude_experiment($1, 'B', 'x')`, [second.id])).code).toBe(
        'CO141',
      )
    }))

  it('comes by itself when the SOP moves on: nothing is mixed', () =>
    running(async (client, sop, experiment) => {
      await saveSop(client, 'access', 'door_code', `${doorText}\nMore.\n`, 'A new lock')
      const ended = await one<Experiment>(client, 'select * from experiments where id = $1', [experiment.id])
      expect(ended).toMatchObject({
        status: 'stopped',
        status_by: 'rita',
        status_reason: 'The SOP moved on to version 2.',
      })
      for (let n = 1; n < 6; n++) {
        const answer = await ask(client, uuid(n), 'the door code does not open the door')
        expect(answer.text).toContain('hash key')
        expect(answer.experiment_arm_id).toBeNull()
      }
      await become(client, reviewer)
      // Archiving is a version too; a save that changes nothing is none.
      const second = await start(client, sop)
      await saveSop(client, 'access', 'door_code', `${doorText}\nMore.\n`, 'Again')
      expect((await one(client, 'select status from experiments where id = $1', [second.id])).status).toBe(
        'running',
      )
      await client.query(`select archive_sop($1, 'Gone')`, [sop.id])
      expect((await one(client, 'select status from experiments where id = $1', [second.id])).status).toBe(
        'stopped',
      )
    }))

  it('is left alone by a dry run of another text', () =>
    running(async (client, sop, experiment) => {
      await become(client, worker)
      const { id } = await one(client, `select id from propose_improvement('sop_edit', $1)`, [
        { sop_id: sop.id, new_content: `${doorText}\nMore.\n`, reasoning: 'Because' },
      ])
      await become(client, reviewer)
      await client.query('select preview_improvement($1)', [id])
      expect(
        (await one(client, 'select status from experiments where id = $1', [experiment.id])).status,
      ).toBe('running')
      await client.query(`select approve_improvement($1, 'Good')`, [id])
      expect(
        (await one(client, 'select status from experiments where id = $1', [experiment.id])).status,
      ).toBe('stopped')
    }))

  it('is final: neither it nor its texts are changed, by the owner either', () =>
    running(async (client, _sop, experiment) => {
      await client.query(`select stop_experiment($1, 'Enough')`, [experiment.id])
      await becomeOwner(client)
      await setReason(client, 'Trying')
      expect(
        (await failure(client, `update experiments set results = '[]' where id = $1`, [experiment.id])).code,
      ).toBe('CO141')
      expect((await failure(client, `update experiment_arms set content = 'x'`)).code).toBe('CO105')
      expect((await failure(client, `delete from experiment_arms`)).code).toBe('CO105')
    }))
})

describe('the watch', () => {
  const watch = async (client: pg.PoolClient) => {
    await become(client, worker)
    return (await client.query('select * from app_private.watch_experiments()')).rows
  }
  const told = async (client: pg.PoolClient) => {
    await becomeOwner(client)
    return (
      await client.query(
        `select recipient, details ->> 'event' as event from notifications where kind = 'experiment' order by id`,
      )
    ).rows
  }
  const staff = async (client: pg.PoolClient) => {
    await becomeOwner(client)
    for (const role of ['agent', 'reviewer']) {
      await client.query('insert into users (email, name, role) values ($1, $2, $2)', [
        `${role}@club.example`,
        role,
      ])
      await client.query(
        `insert into app_secret.passwords (user_id, hash) select id, '$argon2id$made-up' from users where email = $1`,
        [`${role}@club.example`],
      )
    }
    await become(client, reviewer)
  }

  it('stops what does harm, says why, and tells the reviewers once', () =>
    running(async (client, _sop, experiment) => {
      await staff(client)
      await rated(client, experiment, 'A', new Array(40).fill(true))
      await rated(client, experiment, 'B', new Array(40).fill(false))
      const [event] = await watch(client)
      expect(event).toMatchObject({ id: experiment.id, event: 'harm' })
      const ended = await one<Experiment>(client, 'select * from experiments where id = $1', [experiment.id])
      expect(ended).toMatchObject({ status: 'stopped', status_by: 'worker' })
      expect(ended.status_reason).toMatch(
        /^Arm B is worse than the control beyond doubt: 0\.0 % of 40 found it helpful/,
      )
      expect(await watch(client)).toEqual([])
      expect(await told(client)).toEqual([{ recipient: 'reviewer@club.example', event: 'harm' }])
    }))

  it('leaves alone what does good, what is uncertain, and what was asked to go on', async () => {
    const harm = async (client: pg.PoolClient, experiment: Experiment) => {
      await rated(client, experiment, 'A', new Array(40).fill(true))
      await rated(client, experiment, 'B', new Array(40).fill(false))
      expect(await watch(client)).toEqual([])
    }
    await running(async (client, _sop, experiment) => {
      await rated(client, experiment, 'A', new Array(40).fill(false))
      await rated(client, experiment, 'B', new Array(40).fill(true))
      expect(await watch(client)).toEqual([])
    })
    await running((client, _sop, experiment) => harm(client, experiment), ', stop_on_harm => false')
    await running(async (client, _sop, experiment) => {
      await client.query(`select pause_experiment($1, 'A look first')`, [experiment.id])
      await harm(client, experiment)
    })
  })

  it('notes arms of the wrong size, once', () =>
    running(async (client, _sop, experiment) => {
      await staff(client)
      await rated(client, experiment, 'A', new Array(300).fill(null))
      await rated(client, experiment, 'B', new Array(150).fill(null))
      expect(await watch(client)).toMatchObject([{ id: experiment.id, event: 'sample_ratio' }])
      expect(await watch(client)).toEqual([])
      expect(await told(client)).toEqual([{ recipient: 'reviewer@club.example', event: 'sample_ratio' }])
      const row = await one<Experiment>(client, 'select * from experiments where id = $1', [experiment.id])
      expect(row.status).toBe('running')
      expect(row.sample_ratio_alarm_at).not.toBeNull()
    }))

  it('tells them too when the SOP moved on', () =>
    running(async (client) => {
      await staff(client)
      await saveSop(client, 'access', 'door_code', `${doorText}\nMore.\n`, 'A new lock')
      expect(await told(client)).toEqual([{ recipient: 'reviewer@club.example', event: 'moved_on' }])
    }))
})
