/** Every question of docs/questions.md, answered on a club of which everything is known. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { withClaims } from '../../core/database/index.ts'
import { projectFolder } from '../../core/database/migrate.ts'
import { parseQuestions, readQuestions } from '../../core/questions.ts'
import { answerQuestion } from '../../server/plugins/questions.ts'
import {
  agent,
  become,
  makeTestDatabase,
  rolledBack,
  type TestDatabase,
  visitor,
} from '../support/database.ts'
import { axis, failure, uuid } from './fixtures.ts'

let database: TestDatabase
let now: Date

const days = (n: number) => `now() - interval '${n} days'`
const club = `
set session_replication_role = replica;
insert into sites (id, slug, name) values (1, 'north', 'North'), (2, 'south', 'South');
insert into sops (id, category, section, content, version, created_at, updated_at, created_by) values
  (1, 'access', 'door', '# Door', 2, ${days(400)}, ${days(5)}, 'rita'), (2, 'booking', 'move', '# Move', 1, ${days(200)}, ${days(200)}, 'rita'), (3, 'tech', 'projector', '# Projector', 1, ${days(100)}, ${days(100)}, 'rita');
insert into sop_versions (id, sop_id, version, content, diff_summary, changed_by, change_reason, created_at, previous_version_id, improvement_id, category, section) values
  (1, 1, 1, '# Door', null, 'rita', 'First version', ${days(400)}, null, null, 'access', 'door'), (2, 1, 2, '# Door', '1 line added', 'rita', 'Clearer', ${days(5)}, 1, 1, 'access', 'door'),
  (3, 2, 1, '# Move', null, 'rita', 'First version', ${days(200)}, null, null, 'booking', 'move'), (4, 3, 1, '# Projector', null, 'rita', 'First version', ${days(100)}, null, null, 'tech', 'projector');
insert into knowledge_base (id, category, topic, question, answer, source, trust, usage_count, success_count, success_rate, created_at, updated_at, valid_to) values
  (1, 'access', 'pin', 'Where is my PIN?', 'In the e-mail.', 'manual_entry', 3, 10, 3, 0.3, ${days(60)}, ${days(60)}, null),
  (2, 'access', 'door', 'Door stuck?', 'Push.', 'learned', 0, 0, 0, null, ${days(5)}, ${days(5)}, null),
  (3, 'house', 'hours', 'Open in May?', 'At nine.', 'manual_entry', 3, 3, 3, 1, ${days(60)}, ${days(60)}, ${days(1)});
insert into responses (id, site_id, category, question, question_hash, embedding_model, confidence, text, outcome, reason, model, latency_ms, cost, feedback, feedback_by, feedback_at, created_at, ticket_id)
select v.id, v.site, v.category, v.question, app_hidden.embedding_hash(v.question), 'test', v.confidence, 'Text', v.outcome, null, case when v.cost is null then 'local-extractive' else 'gpt-4o' end, v.ms, v.cost, v.feedback,
       case when v.feedback is not null then 'visitor:x' end, case when v.feedback is not null then v.at end, v.at, case when v.outcome = 'drafted' then 3 end
  from (values
    (1, 1, 'access', 'Where does the door open?', 0.9, 'answered', 100, 0.01, 'helpful', ${days(3)}),
    (2, 2, 'access', 'My PIN is refused', 0.85, 'answered', 300, 0.03, 'unhelpful', ${days(3)}),
    (3, 1, 'booking', 'Do you sell vouchers?', 0.1, 'handed_over', 50, null, null, date_trunc('day', ${days(2)}, 'UTC')),
    (4, null, null, 'Are there gift vouchers?', 0.2, 'handed_over', 50, null, null, ${days(2)}),
    (5, null, null, 'Is the roof open?', 0.1, 'handed_over', 50, null, null, ${days(1)}),
    (6, 1, 'access', 'my pin is refused', 0.5, 'answered', 50, null, 'unhelpful', ${days(10)}),
    (7, 1, 'booking', 'Can I move my hour?', 0.8, 'answered', 50, null, 'helpful', ${days(20)}),
    (8, 2, 'emergency', 'Smoke!', 1, 'emergency', 50, null, null, now() - interval '12 hours'),
    (9, 1, 'access', 'Draft?', 0.9, 'drafted', 50, null, null, ${days(1)})) v(id, site, category, question, confidence, outcome, ms, cost, feedback, at);
insert into app_private.embedding_cache (content_hash, model, embedding) values
  (app_hidden.embedding_hash('Do you sell vouchers?'), 'test', '${axis(1)}'), (app_hidden.embedding_hash('Are there gift vouchers?'), 'test', '${axis(1, { index: 2, share: 0.3 })}'),
  (app_hidden.embedding_hash('Is the roof open?'), 'test', '${axis(50)}');
insert into response_sources (response_id, rank, kind, sop_version_id, sop_id, category, topic, heading, snippet, score, cited) values
  (1, 1, 'sop', 2, 1, 'access', 'door', 'Steps', 'S', 2, true), (2, 1, 'sop', 2, 1, 'access', 'door', 'Steps', 'S', 2, true), (3, 1, 'sop', 3, 2, 'booking', 'move', 'Steps', 'S', 1, false),
  (6, 1, 'sop', 1, 1, 'access', 'door', 'Steps', 'S', 2, true), (7, 1, 'sop', 3, 2, 'booking', 'move', 'Steps', 'S', 2, true), (7, 2, 'sop', 4, 3, 'tech', 'projector', 'Steps', 'S', 2, false);
insert into failure_patterns (id, label, category, size, first_seen, last_seen, analyst) values (1, 'pin, refused', 'access', 3, ${days(10)}, ${days(3)}, 'local');
insert into failed_responses (id, query, response, feedback_type, user_correction, analyzed, created_at, response_id, pattern_id, site_id, expected_sop_id, resolved_by_improvement_id, withdrawn_at) values
  (1, 'My PIN is refused', 'Text', 'wrong', 'Use the new code', true, ${days(3)}, 2, 1, 2, null, null, null),
  (2, 'my pin is refused ', 'Text', 'unhelpful', null, true, ${days(10)}, 6, 1, 1, null, 1, null),
  (3, 'The keypad ate it', 'Text', 'incomplete', 'The pin pad was replaced', true, ${days(4)}, null, 1, null, 3, null, null),
  (4, 'My PIN was fine after all', 'Text', 'wrong', 'Pin', true, ${days(2)}, null, null, null, null, null, ${days(1)});
insert into improvement_queue (id, suggested_sop_update, status, approved_by, applied_at, created_at, kind, sop_id, base_version, proposed_by, fingerprint, rejection_reason, rejected_by, rejected_at) values
  (1, '{}', 'approved', 'rita', ${days(5)}, ${days(6)}, 'sop_edit', 1, 1, 'local', 'a', null, null, null), (2, '{}', 'rejected', null, null, ${days(8)}, 'sop_edit', 2, 1, 'local', 'b', 'Not our policy', 'rita', ${days(7)}),
  (3, '{}', 'pending', null, null, ${days(1)}, 'sop_edit', 2, 1, 'local', 'c', null, null, null);
insert into improvement_evidence (improvement_id, failed_response_id) values (1, 2), (3, 1);
insert into tickets (id, status, priority, category, updated_at, resolved_at, resolved_by) values (1, 'waiting', 'urgent', 'access', ${days(1)}, null, null), (2, 'waiting', 'normal', null, ${days(2)}, null, null),
  (3, 'resolved', 'normal', 'access', now(), now(), 'rita');
set session_replication_role = origin;`

beforeAll(async () => {
  database = await makeTestDatabase()
  const client = await database.pool.connect()
  await client.query(`set search_path = app_public, public; ${club}`)
  await client.query(`update app_public.club_settings set embedding_model = 'test'`)
  now = (await client.query('select now()')).rows[0].now
  client.release()
})
afterAll(() => database.close())

// biome-ignore lint/suspicious/noExplicitAny: rows are what the question says.
type Rows = any[]
const sum = (rows: Rows, column: string) => rows.reduce((total, row) => total + Number(row[column]), 0)

/** Failures of the one pattern by ISO week, the newest first, as question 15 counts them. */
function patternWeeks() {
  const counts = new Map<number, number>()
  for (const age of [3, 4, 10]) {
    const day = Math.floor(now.getTime() / 86_400_000) - age
    const monday = day - ((day + 3) % 7)
    counts.set(monday, (counts.get(monday) ?? 0) + 1)
  }
  return [...counts]
    .sort(([a], [b]) => b - a)
    .map(([week, failures]) => ({
      failures: String(failures),
      growth: String(failures - (counts.get(week - 7) ?? 0)),
    }))
    .filter(({ growth }) => Number(growth) > 0)
}

const expected: Record<number, (rows: Rows) => void> = {
  1: (rows) =>
    expect(rows).toEqual([
      {
        answers: '6',
        prev_answers: '1',
        answered_rate: 2 / 6,
        prev_answered_rate: 1,
        helpful_rate: 0.5,
        prev_helpful_rate: 0,
        handed_over: '3',
        prev_handed_over: '0',
        failures: '2',
        prev_failures: '1',
      },
    ]),
  2: (rows) => {
    expect(rows).toHaveLength(15)
    expect(
      ['questions', 'answered', 'handed_over', 'emergencies'].map((column) => sum(rows, column)),
    ).toEqual([7, 3, 3, 1])
  },
  3: (rows) => {
    expect(rows.map((row) => row.hour)).toEqual(Array.from({ length: 24 }, (_, hour) => hour))
    expect([sum(rows, 'answers'), sum(rows, 'handed_over')]).toEqual([8, 3])
  },
  4: (rows) =>
    expect(rows).toEqual([
      {
        site: 'north',
        answers: '4',
        answered_rate: 0.75,
        handed_over: '1',
        emergencies: '0',
        helpful_rate: 2 / 3,
        failures: '1',
      },
      {
        site: 'south',
        answers: '2',
        answered_rate: 0.5,
        handed_over: '0',
        emergencies: '1',
        helpful_rate: 0,
        failures: '1',
      },
      {
        site: null,
        answers: '2',
        answered_rate: 0,
        handed_over: '2',
        emergencies: '0',
        helpful_rate: null,
        failures: '1',
      },
    ]),
  5: (rows) => {
    expect([sum(rows, 'answers'), sum(rows, 'by_models'), sum(rows, 'cost')]).toEqual([8, 2, 0.04])
    expect(
      rows
        .filter((row) => row.cost_per_model_answer !== null)
        .map((row) => Number(row.cost_per_model_answer)),
    ).toEqual([0.02])
  },
  6: (rows) => {
    expect(rows).toHaveLength(15)
    expect(rows).toContainEqual(expect.objectContaining({ answers: '2', p50_ms: 200, p95_ms: 290 }))
  },
  7: (rows) =>
    expect(rows).toEqual([
      { category: 'access', section: 'door', cited: '3', helpful: '1', unhelpful: '2', rate: 1 / 3 },
      { category: 'booking', section: 'move', cited: '1', helpful: '1', unhelpful: '0', rate: 1 },
    ]),
  8: (rows) => {
    const section = (category: string, name: string, version: number, counts: string[]) => ({
      category,
      section: name,
      version,
      heading: 'Steps',
      ...Object.fromEntries(
        ['cited', 'helpful', 'unhelpful', 'failures'].map((column, i) => [column, counts[i]]),
      ),
    })
    expect(rows).toEqual([
      section('access', 'door', 2, ['2', '1', '1', '1']),
      section('access', 'door', 1, ['1', '0', '1', '1']),
    ])
  },
  9: (rows) =>
    expect(rows.map(({ section, freshness }) => [section, freshness])).toEqual([
      ['projector', 'never used'],
      ['move', 'stale'],
    ]),
  10: (rows) =>
    expect(rows.map(({ topic, health }) => [topic, health])).toEqual([
      ['hours', 'expired'],
      ['pin', 'often unhelpful'],
      ['door', 'unreviewed'],
    ]),
  11: (rows) =>
    expect(rows).toEqual([
      { category: 'access', entries_then: '1', entries_now: '2' },
      { category: 'house', entries_then: '1', entries_now: '0' },
    ]),
  12: (rows) => expect(rows.map((row) => row.id)).toEqual([1, 3]),
  13: (rows) =>
    expect(rows.map(({ section, failures, unresolved }) => [section, failures, unresolved])).toEqual([
      ['door', '2', '1'],
      ['projector', '1', '1'],
    ]),
  14: (rows) =>
    expect(['answers', 'failures', 'resolved'].map((column) => sum(rows, column))).toEqual([8, 3, 1]),
  15: (rows) => {
    expect(rows.map(({ failures, growth }) => ({ failures, growth }))).toEqual(patternWeeks())
    expect(rows[0]).toMatchObject({ label: 'pin, refused', category: 'access', status: 'open' })
  },
  16: (rows) =>
    expect(rows.map(({ gap, questions, example, nearest }) => [gap, questions, example, nearest])).toEqual([
      [1, '2', 'Do you sell vouchers?', 'booking/move'],
      [2, '1', 'Is the roof open?', null],
    ]),
  17: (rows) => expect(rows.map((row) => row.id)).toEqual([1, 3]),
  18: (rows) =>
    expect(rows.map(({ question, failures }) => [question.trim().toLowerCase(), failures])).toEqual([
      ['my pin is refused', '2'],
    ]),
  19: (rows) =>
    expect(rows.map((row) => [row.question, row.confidence])).toEqual([['My PIN is refused', 0.85]]),
  20: (rows) =>
    expect(rows).toEqual([
      {
        applied_at: expect.any(Date),
        category: 'access',
        section: 'door',
        approved_by: 'rita',
        rated_before: '1',
        helpful_before: 0,
        rated_after: '2',
        helpful_after: 0.5,
        change: 0.5,
      },
    ]),
  21: (rows) =>
    expect(rows).toEqual([
      {
        fixes: '1',
        median_hours_to_proposal: 96,
        median_hours_to_fix: 120,
        longest_hours: expect.anything(),
      },
    ]),
  22: (rows) =>
    expect(['proposed', 'approved', 'rejected', 'pending'].map((column) => sum(rows, column))).toEqual([
      3, 1, 1, 1,
    ]),
  23: (rows) =>
    expect(rows.map((row) => [row.rejection_reason, row.proposals])).toEqual([['Not our policy', '1']]),
  24: (rows) =>
    expect(rows.map(({ priority, category, waiting }) => [priority, category, waiting])).toEqual([
      ['urgent', 'access', '1'],
      ['normal', 'none', '1'],
    ]),
  25: (rows) =>
    expect(
      rows.map(({ section, version, changed_by, change_reason, by_proposal }) => [
        section,
        version,
        changed_by,
        change_reason,
        by_proposal,
      ]),
    ).toEqual([['door', 2, 'rita', 'Clearer', true]]),
}

const questions = readQuestions()

describe('docs/questions.md', () => {
  it('has 25 questions', () => {
    expect(questions.map(({ number }) => number)).toEqual(Object.keys(expected).map(Number))
    expect(questions).toHaveLength(25)
  })

  it.each(questions.map(({ number, question, sql }) => [number, question, sql] as const))(
    '%i. %s',
    async (number, _question, sql) => {
      for (const role of ['agent', 'auditor'] as const)
        await withClaims(database.pool, { role, actor: 'ann' }, async (client) => {
          expected[number]!((await client.query(sql)).rows)
        })
    },
  )

  it('is what the page says in English, and the page has each in every other language', () => {
    const texts = (language: string) =>
      JSON.parse(readFileSync(join(projectFolder, 'web', 'i18n', language, 'questions.json'), 'utf8'))
    const { questions: titles, readings, groups } = texts('en')
    expect(questions.map(({ number, question, reading }) => [question, reading, number])).toEqual(
      questions.map(({ number }) => [titles[number], readings[number], number]),
    )
    expect(Object.keys(groups)).toEqual([...new Set(questions.map(({ group }) => group))])
    for (const kind of ['questions', 'readings'])
      expect(Object.keys(texts('de')[kind])).toEqual(questions.map(({ number }) => String(number)))
  })

  it('is not read half: what is no question is refused', () => {
    expect(() => parseQuestions('## A\n\n### 1. Why?\n\nNo SQL.\n')).toThrow(
      'is not number, SQL and one line',
    )
    expect(() => parseQuestions('## A\n\n### 2. Why?\n\n```sql\nselect 1;\n```\n\nSo.\n')).toThrow(
      'should be number 1',
    )
  })
})

describe('what the questions ask', () => {
  it('fails by meaning once the text has a vector, and not for customers', () =>
    rolledBack(database.pool, agent, async (client) => {
      const about = async () =>
        (
          await client.query(`select id from failures_about('entry number', now() - interval '7 days')`)
        ).rows.map((row) => row.id)
      expect(await about()).toEqual([])
      await client.query('set local role none')
      await client.query(
        `insert into app_private.embedding_cache (content_hash, model, embedding) values (app_hidden.embedding_hash('entry number'), 'test', $1),
           (app_hidden.embedding_hash('My PIN is refused'), 'test', $2), (app_hidden.embedding_hash('The keypad ate it'), 'test', $3)`,
        [axis(7), axis(7, { index: 8, share: 0.6 }), axis(8)],
      )
      await become(client, agent)
      expect(await about()).toEqual([1])
      await become(client, visitor(uuid(1)))
      expect((await failure(client, `select * from failures_about('pin')`)).code).toBe('42501')
      expect(
        (await failure(client, `select * from coverage_gaps(now() - interval '1 day', now())`)).code,
      ).toBe('42501')
    }))

  it('keeps to a site, and refuses what is no period', () =>
    rolledBack(database.pool, agent, async (client) => {
      const { rows } = await client.query(
        `select example from coverage_gaps(now() - interval '30 days', now(), 'north')`,
      )
      expect(rows).toEqual([{ example: 'Do you sell vouchers?' }])
      const { rows: used } = await client.query(
        `select section from usage_by_section(now() - interval '30 days', now(), site => 'south')`,
      )
      expect(used).toEqual([{ section: 'door' }])
      for (const call of [
        'usage_by_section',
        'answers_by_site',
        'failures_by_week',
        'patterns_by_week',
        'approval_effects',
        'time_to_fix',
        'coverage_gaps',
      ])
        expect([call, (await failure(client, `select * from ${call}(now(), now())`)).code]).toEqual([
          call,
          'CO005',
        ])
      expect(
        (await failure(client, `select * from coverage_gaps(now() - interval '1 day', now(), 'nowhere')`))
          .code,
      ).toBe('CO404')
    }))

  it('says which entries nobody uses', () =>
    rolledBack(database.pool, agent, async (client) => {
      const { rows } = await client.query(
        'select knowledge_id, freshness from knowledge_freshness order by 1',
      )
      expect(rows).toEqual([
        { knowledge_id: 1, freshness: 'fresh' },
        { knowledge_id: 2, freshness: 'fresh' },
      ])
    }))
})

describe('a question run by its number', () => {
  it('gives columns, their kinds and values as text', async () => {
    const answer = await answerQuestion(database, agent, questions[3]!)
    expect(answer.columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'site text',
      'answers number',
      'answered_rate number',
      'handed_over number',
      'emergencies number',
      'helpful_rate number',
      'failures number',
    ])
    expect(answer.rows[0]).toEqual(['north', '4', '0.75', '1', '0', '0.6666666666666666', '1'])
    expect(answer.rows[2]![0]).toBeNull()
    expect(answer.truncated).toBe(false)
  })

  it('reads only, with the rights of whoever asks, and gives 500 rows at most', async () => {
    const run = (sql: string, role: 'agent' | 'anonymous' = 'agent') =>
      answerQuestion(database, { ...agent, role }, { ...questions[0]!, sql }).catch((error) => error.code)
    expect(await run(`select nextval('app_public.sites_id_seq')`)).toMatch(/42501|25006/)
    expect(await run(`select mark_helpful(1)`)).toBe('25006')
    expect(await run('select * from llm_calls')).toBe('42501')
    expect(await run(questions[0]!.sql, 'anonymous')).toBe('42501')
    expect(await run('select count(*) from generate_series(1, 1000)')).toMatchObject({ rows: [['1000']] })
    expect(await run('select n from generate_series(1, 1000) n')).toMatchObject({ truncated: true })
  })
})
