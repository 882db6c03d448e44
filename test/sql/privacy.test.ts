import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { ask } from '../../core/answering/ask.ts'
import { settle } from '../../core/content/import.ts'
import { type Claims, withClaims } from '../../core/database/index.ts'
import { LocalEmbedder } from '../../core/embedding/index.ts'
import { analyse } from '../../core/learning/analyse.ts'
import { noProviders } from '../../core/llm/providers.ts'
import { makeLog } from '../../core/log.ts'
import {
  admin,
  agent,
  become,
  isServer,
  makeTestDatabase,
  reviewer,
  rolledBack,
  sqlState,
  type TestDatabase,
  visitor,
  worker,
} from '../support/database.ts'
import { becomeOwner, doorText, failure, one, record, sopBy, uuid } from './fixtures.ts'

let database: TestDatabase
let embedder: LocalEmbedder
beforeAll(async () => {
  embedder = new LocalEmbedder()
})
afterAll(() => embedder.close())
const services = () => ({ pool: database.pool, embedder, providers: noProviders, log: makeLog('silent') })
// biome-ignore lint/suspicious/noExplicitAny: rows are what the statement says.
const as = <T = any>(claims: Claims, statement: string, parameters: unknown[] = []) =>
  withClaims(database.pool, claims, (client) => one<T>(client, statement, parameters))

/** Every table with a row whose text holds one of these: all columns, of all schemas but the catalog's. */
async function tablesWith(
  db: pg.Pool | pg.PoolClient,
  needles: string[],
  only?: string[],
): Promise<string[]> {
  const tables = await db.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1`,
  )
  expect(tables.rows.length).toBeGreaterThan(30)
  const found: string[] = []
  for (const { name } of tables.rows)
    for (const needle of needles) {
      if (only && !only.some((table) => name === table || name.endsWith(`.${table}`))) continue
      const { rows } = await db.query(
        `select count(*)::int as n from ${name} t where strpos(lower(t::text), lower($1)) > 0`,
        [needle],
      )
      if (rows[0].n > 0) found.push(`${name}: ${needle}`)
    }
  return found
}

async function foundClub() {
  await withClaims(database.pool, reviewer, async (client) => {
    for (const [category, section, content] of [
      ['access', 'door_code', doorText],
      [
        'tech_support',
        'projector_black',
        '# Projector is black\n\n## Steps\n\n1. Hold the power button of the projector.\n2. Wait 90 seconds.\n',
      ],
      [
        'booking',
        'cancel_booking',
        '# Cancel a booking\n\n## Steps\n\n1. Open the app and cancel the booking.\n',
      ],
    ])
      await client.query(`select save_sop($1, $2, $3, 'The club opens')`, [category, section, content])
  })
  await settle(services())
}

const zebulon = '5d0f6b0a-6f0e-4f43-9d2c-0b7a3f8c1e55'
const other = '0a8e5f39-8a63-4c57-b1d1-77d4f6c2a9b3'
const asked = (claims: Omit<Claims, 'role'>, query: string, conversation?: string) =>
  ask(services(), claims, { query, conversation })
const sopId = async (section: string) =>
  (await one(database.pool, 'select id from sops where section = $1', [section])).id as number

describe('what knowledge and analysis keep', () => {
  beforeAll(async () => {
    database = await makeTestDatabase()
    await foundClub()
  })
  afterAll(() => database.close())

  it('holds no code, address, number or card that a customer wrote, on any path', async () => {
    const secrets = ['987123', 'ann.oneil@example.com', '7700 900456', '4111 1111', 'K7X42Q']
    const words =
      'my door code 987123# fails, mail ann.oneil@example.com or +44 7700 900456, card 4111 1111 1111 1111'
    const door = await sopId('door_code')
    const { conversation } = await as(visitor(zebulon), 'select conversation from start_conversation()')

    // Helpful; unhelpful with a correction; named by staff; corrected by staff on resolving; with nothing named.
    const first = await asked({ visitorId: zebulon }, `The door does not open, ${words}`)
    await as(visitor(zebulon), 'select mark_helpful($1)', [first.id])
    const second = await asked({ visitorId: zebulon }, `The keypad stays dark, ${words}`, conversation)
    await as(visitor(zebulon), `select mark_unhelpful($1, 'wrong', $2)`, [
      second.id,
      'Tell me the new one: access code K7X42Q, or call +44 7700 900456',
    ])
    await as(
      agent,
      `select mark_unhelpful($1, 'wrong', 'The code is 987123, press hash', expected_sop_id => $2)`,
      [second.id, door],
    )
    const third = await asked({ visitorId: zebulon }, `Where do I park my caravan? ${words}`)
    await as(visitor(zebulon), `select mark_unhelpful($1, 'incomplete', $2)`, [
      third.id,
      `Behind the barn, code 987123 ${words}`,
    ])
    const fourth = await asked({ visitorId: zebulon }, `Do you repair gloves? ${words}`)
    await as(
      agent,
      `select mark_unhelpful($1, 'wrong', $2, expected_category => 'shop', expected_topic => 'gloves')`,
      [fourth.id, `Yes, code 987123 and ${words}`],
    )
    const analysis = await analyse(services())
    expect(analysis.proposals.length).toBeGreaterThanOrEqual(2)
    for (const id of analysis.proposals) await as(worker, 'select preview_improvement($1)', [id])
    await database.pool.query('select app_private.refresh_search_statistics(true)')

    expect(
      await tablesWith(database.pool, secrets, [
        'knowledge_base',
        'failure_patterns',
        'improvement_queue',
        'search_units',
        'audit_log',
        'search_vocabulary',
        'lexeme_frequencies',
        'sops',
        'sop_versions',
        'jobs',
        '_private_jobs',
      ]),
    ).toEqual([])
    // They were masked, not lost: the words around them are there.
    const kept = await database.pool.query(
      `select string_agg(q.suggested_sop_update::text, ' ') || (select string_agg(question, ' ') from knowledge_base) as text from improvement_queue q`,
    )
    for (const mark of ['[code]', '[email]', '[phone]', '[card number]', 'keypad stays dark', 'caravan'])
      expect([mark, kept.rows[0].text.includes(mark)]).toEqual([mark, true])
    // Staff need the original in the conversation.
    expect(
      await tablesWith(database.pool, ['987123'], ['messages', 'responses', 'failed_responses']),
    ).toHaveLength(3)
  })

  it('leaves the audit log no words of customers, whoever publishes them', async () => {
    const question = 'Do you string rackets for Philomena?'
    const answer = await asked({ visitorId: other }, question)
    await as(
      agent,
      `select mark_unhelpful($1, 'wrong', 'Philomena strings them', expected_category => 'shop', expected_topic => 'rackets')`,
      [answer.id],
    )
    await analyse(services())
    const proposal = await one(
      database.pool,
      `select id from improvement_queue where suggested_sop_update::text like '%rackets%' and kind = 'knowledge_entry'`,
    )
    await as(reviewer, `select approve_improvement($1, 'It is right')`, [proposal.id])
    const entry = await one(database.pool, 'select * from knowledge_base where question = $1', [question])
    await as(
      reviewer,
      `select save_knowledge('shop', 'rackets', $1, 'Philomena does so on Mondays', 'Better')`,
      [question],
    )
    expect(await tablesWith(database.pool, ['philomena'], ['audit_log'])).toEqual([])
    const { rows } = await database.pool.query(
      `select new -> 'question_sha256' = to_jsonb(encode(sha256(convert_to($1, 'UTF8')), 'hex')) as same, new ->> 'answer_sha256' as answer from audit_log where table_name = 'knowledge_base' and row_id = $2`,
      [question, String(entry.id)],
    )
    expect(rows).toHaveLength(2)
    expect(rows.every((row) => row.same)).toBe(true)
    expect(rows[0].answer).not.toBe(rows[1].answer)
    // What staff write themselves has no other history: it stays readable.
    await as(
      reviewer,
      `select save_knowledge('shop', 'hours', 'When is the shop open?', 'On Mondays', 'New')`,
    )
    expect(
      await one(
        database.pool,
        `select new ->> 'answer' as answer from audit_log where new ->> 'question' = 'When is the shop open?'`,
      ),
    ).toEqual({ answer: 'On Mondays' })
    expect((await database.pool.query('select * from verify_audit_log()')).rows).toEqual([])
  })
})

describe('one person', () => {
  beforeAll(async () => {
    database = await makeTestDatabase()
    await foundClub()
    await leaveTraces()
  })
  afterAll(() => database.close())

  const unique = ['quartzwood', 'zebulon', zebulon, 'caravanserai', 'marzipanic']
  let taken: { ticket: number; conversation: string }
  const proposals: Record<string, number> = {}

  /** All that one customer can leave behind, beside what another one leaves. */
  async function leaveTraces() {
    const door = await sopId('door_code')
    const projector = await sopId('projector_black')
    const propose = async (section: string) => {
      await analyse(services())
      return (
        await one(
          database.pool,
          `select q.id from improvement_queue q where q.status = 'pending' and q.suggested_sop_update::text like $1 order by id desc limit 1`,
          [`%${section}%`],
        )
      ).id as number
    }
    // A conversation that a person has taken, with messages and answers.
    const ticket = await as(visitor(zebulon), 'select id, conversation from start_conversation()')
    taken = { ticket: ticket.id, conversation: ticket.conversation }
    await asked(
      { visitorId: zebulon },
      'Zebulon Quartzwood cannot open the caravanserai door',
      taken.conversation,
    )
    await as(agent, 'select reply($1, $2)', [taken.ticket, 'Dear Mr Quartzwood, I am looking.'])
    // A resolved one, and answers without any.
    const handed = await asked({ visitorId: zebulon }, 'Quartzwood wants to marry a marzipanic unicorn')
    if (handed.ticket_id !== null)
      await as(agent, 'select resolve_ticket($1, $2)', [handed.ticket_id, 'Told Zebulon no'])
    // Learned from them alone, and from them and another.
    const alone = await asked(
      { visitorId: zebulon },
      'The door of the caravanserai does not open for Quartzwood',
    )
    await as(visitor(zebulon), 'select mark_helpful($1)', [alone.id])
    await as(agent, 'select mark_helpful($1)', [alone.id])
    for (const id of [zebulon, other]) {
      const { id: answer } = await asked({ visitorId: id }, 'The projector stays black')
      await as(visitor(id), 'select mark_helpful($1)', [answer])
    }
    // A proposal that rests on them alone and waits; one that was rejected; one that another customer is in, too.
    const wrong = await asked({ visitorId: zebulon }, 'Zebulon asks where the caravanserai keeps its gloves')
    await as(
      visitor(zebulon),
      `select mark_unhelpful($1, 'wrong', 'Quartzwood keeps gloves in the marzipanic drawer')`,
      [wrong.id],
    )
    proposals.alone = await propose('marzipanic')
    const rejected = await asked(
      { visitorId: zebulon },
      'Quartzwood cannot cancel the booking of the caravanserai',
    )
    await as(agent, `select mark_unhelpful($1, 'wrong', expected_sop_id => $2)`, [
      rejected.id,
      await sopId('cancel_booking'),
    ])
    proposals.rejected = await propose('cancel_booking')
    await as(reviewer, `select reject_improvement($1, 'One customer only')`, [proposals.rejected])
    for (const [id, question] of [
      [zebulon, 'The keypad laughs at Quartzwood'],
      [other, 'The keypad laughs at me'],
    ]) {
      const { id: answer } = await asked({ visitorId: id }, question!)
      await as(agent, `select mark_unhelpful($1, 'wrong', expected_sop_id => $2)`, [answer, door])
    }
    proposals.both = await propose('door_code')
    // Another one's proposal whose dry run asks their question again.
    const dark = await asked({ visitorId: other }, 'The lamp of the picture machine is dark')
    await as(agent, `select mark_unhelpful($1, 'wrong', expected_sop_id => $2)`, [dark.id, projector])
    proposals.others = await propose('projector_black')
    await database.pool.query('select app_private.refresh_search_statistics(true)')
    await database.pool.query(
      `update improvement_queue set dry_run = jsonb_set(dry_run, '{questions,0}', (dry_run #> '{questions,0}') || '{"question": "The door of the caravanserai does not open for Quartzwood"}') where id = $1`,
      [proposals.others],
    )
  }

  it('is exported whole, and nobody else with them', async () => {
    const { data } = await as(admin, 'select export_personal_data($1) as data', [zebulon])
    const text = JSON.stringify(data)
    for (const needle of [
      'Zebulon Quartzwood cannot open the caravanserai door',
      'Dear Mr Quartzwood, I am looking.',
      'marry a marzipanic unicorn',
      'Quartzwood keeps gloves in the marzipanic drawer',
      'The keypad laughs at Quartzwood',
      taken.conversation,
    ])
      expect([needle, text.includes(needle)]).toEqual([needle, true])
    expect(text).not.toContain('laughs at me')
    expect(text).not.toContain(other)
    expect(data.visitor_id).toBe(zebulon)
    const conversation = data.conversations.find(
      (found: { ticket_id: number }) => found.ticket_id === taken.ticket,
    )
    expect(conversation.messages.map((message: { from: string }) => message.from)).toEqual(
      expect.arrayContaining(['customer', 'staff', 'system']),
    )
    const answers = [
      ...data.answers_without_conversation,
      ...data.conversations.flatMap((c: { answers: unknown[] }) => c.answers),
    ]
    expect(answers.length).toBe(7)
    expect(answers.every((answer) => Array.isArray(answer.sources))).toBe(true)
    expect(answers.filter((answer) => answer.failure !== null)).toHaveLength(3)
    expect(data.learned.map((entry: { question: string }) => entry.question).sort()).toEqual([
      'The door of the caravanserai does not open for Quartzwood',
      'The projector stays black',
    ])
    const logged = await one(
      database.pool,
      `select * from audit_log where table_name = 'privacy_actions' and operation = 'insert'`,
    )
    expect(logged).toMatchObject({ actor: 'adam', role: 'admin', new: { kind: 'export' } })
    expect(JSON.stringify(logged)).not.toContain(zebulon)
  })

  it('is erased without a trace in any table, and others are not', async () => {
    const places = await tablesWith(database.pool, unique)
    // Without this the scan afterwards would prove nothing.
    for (const table of [
      'messages',
      'responses',
      'tickets',
      'failed_responses',
      'knowledge_base',
      'app_private.search_units',
      'app_private.search_vocabulary',
      'app_private.lexeme_frequencies',
      'app_private.knowledge_votes',
      'improvement_queue',
      'failure_patterns',
    ])
      expect([table, places.some((place) => place.startsWith(`${table}:`))]).toEqual([table, true])
    const counters = await one(
      database.pool,
      `select usage_count, success_count, trust from knowledge_base where question = 'The projector stays black'`,
    )
    const statistics = () =>
      one(
        database.pool,
        'select count(*)::int as n, count(feedback)::int as rated, count(category)::int as routed, round(sum(confidence)::numeric, 6) as confidence from responses',
      )
    const before = await statistics()
    const vectors = (await one(database.pool, 'select count(*)::int as n from app_private.embedding_cache')).n

    const { erasure } = await as(admin, 'select erase_personal_data($1, $2) as erasure', [
      zebulon,
      'Asked by letter; answer to z@quartz.example',
    ])
    expect(await tablesWith(database.pool, [...unique, taken.conversation])).toEqual([])
    expect(erasure.counts).toMatchObject({
      tickets: 2,
      responses: 7,
      failures: 3,
      learned_entries: 1,
      proposals_deleted: 1,
    })
    expect(erasure.counts.vectors).toBeGreaterThan(5)
    expect((await one(database.pool, 'select count(*)::int as n from app_private.embedding_cache')).n).toBe(
      vectors - erasure.counts.vectors,
    )
    expect(erasure.to_review).toEqual([])
    expect(await statistics()).toEqual(before)

    // The other customer's are as they were.
    expect(
      await one(
        database.pool,
        `select usage_count, success_count, trust from knowledge_base where question = 'The projector stays black'`,
      ),
    ).toEqual(counters)
    expect(
      await tablesWith(
        database.pool,
        ['laughs at me'],
        ['responses', 'failed_responses', 'improvement_queue'],
      ),
    ).toHaveLength(3)
    expect(
      await one(database.pool, `select count(*)::int as n from responses where visitor_id = $1`, [other]),
    ).toEqual({ n: 3 })
    // The taken conversation is closed, and its link leads nowhere.
    expect(
      await one(
        database.pool,
        'select status, assignee, erased_at is not null as erased from tickets where id = $1',
        [taken.ticket],
      ),
    ).toEqual({
      status: 'resolved',
      assignee: 'ann',
      erased: true,
    })
    await expect(asked({ visitorId: zebulon }, 'Hello?', taken.conversation)).rejects.toMatchObject({
      code: 'CO404',
    })
    await expect(as(agent, 'select reply($1, $2)', [taken.ticket, 'Dear Mr Q'])).rejects.toMatchObject({
      code: 'CO110',
    })

    // Proposals: gone, emptied, and without their line.
    const { rows } = await database.pool.query(
      'select id, status, suggested_sop_update as s, dry_run from improvement_queue order by id',
    )
    expect(rows.map((row) => [row.id, row.status])).toEqual([
      [proposals.rejected, 'rejected'],
      [proposals.both, 'pending'],
      [proposals.others, 'pending'],
    ])
    expect(rows[1].s.new_content).toContain('- The keypad laughs at me')
    await as(reviewer, `select approve_improvement($1, 'Right')`, [proposals.both])
    expect((await asked({ visitorId: other }, 'The keypad laughs at me')).sources[0]).toMatchObject({
      topic: 'door_code',
    })

    expect((await database.pool.query('select * from verify_audit_log()')).rows).toEqual([])
    const action = await one(database.pool, `select * from privacy_actions where kind = 'erasure'`)
    expect(action).toMatchObject({
      actor: 'adam',
      reason: 'Asked by letter; answer to [email]',
      counts: erasure.counts,
      reference: erasure.reference,
    })
    expect(action.reference).toMatch(/^erased:[0-9a-f]{32}$/)
    const logged = await database.pool.query(
      `select operation, actor, reason from audit_log where table_name = 'privacy_actions' and row_id = $1 order by id`,
      [String(action.id)],
    )
    expect(logged.rows).toEqual([
      { operation: 'insert', actor: 'adam', reason: 'Asked by letter; answer to [email]' },
      { operation: 'update', actor: 'adam', reason: 'Asked by letter; answer to [email]' },
    ])
  })

  it('is erased again without harm', async () => {
    const { erasure } = await as(admin, `select erase_personal_data($1, 'Once more') as erasure`, [zebulon])
    expect(Object.values(erasure.counts).every((n) => n === 0)).toBe(true)
    const again = await as(admin, `select erase_conversation($1, 'Once more') as erasure`, [taken.ticket])
    expect(again.erasure.counts).toMatchObject({ tickets: 0, messages: 0, responses: 0 })
    expect((await as(admin, 'select export_personal_data($1) as data', [zebulon])).data).toMatchObject({
      conversations: [],
      answers_without_conversation: [],
      learned: [],
    })
  })

  it('is neither rated nor proposed any more', async () => {
    const failed = await one(
      database.pool,
      'select id, response_id from failed_responses where erased_at is not null order by id limit 1',
    )
    for (const statement of [
      `select mark_helpful(${failed.response_id})`,
      `select mark_unhelpful(${failed.response_id}, 'wrong', 'Something new')`,
      `select propose_improvement('knowledge_entry', '{"category": "a", "topic": "b", "entries": [{"question": "q", "answer": "yes"}]}', array[${failed.id}])`,
    ])
      await expect(as(agent, statement)).rejects.toMatchObject({ code: 'CO110' })
    expect(await tablesWith(database.pool, ['[erased]'], ['knowledge_base'])).toEqual([])
  })

  it('does not come back by an analysis of what is left', async () => {
    await analyse(services())
    await database.pool.query('select app_private.refresh_search_statistics(true)')
    expect(await tablesWith(database.pool, [...unique, '- [erased]'])).toEqual([])
  })

  it('is named to a person where the club has published their words', async () => {
    const id = '9e1d3a52-11aa-4c0d-8e11-2b1b5a5d0c01'
    const { id: answer } = await asked({ visitorId: id }, 'The bell of Wolfgrimm is silent')
    await as(agent, `select mark_unhelpful($1, 'wrong', expected_sop_id => $2)`, [
      answer,
      await sopId('door_code'),
    ])
    await analyse(services())
    const proposal = await one(
      database.pool,
      `select id from improvement_queue where status = 'pending' and suggested_sop_update::text like '%Wolfgrimm%'`,
    )
    // With no reason given, the proposal's own becomes the version's and the audit log's, for good.
    await as(reviewer, 'select approve_improvement($1)', [proposal.id])
    const { erasure } = await as(admin, `select erase_personal_data($1, 'Asked by letter') as erasure`, [id])
    expect(erasure.to_review).toEqual([
      { kind: 'proposal', id: proposal.id, status: 'approved', quotes: ['The bell of Wolfgrimm is silent'] },
      {
        kind: 'sop',
        id: await sopId('door_code'),
        name: 'access/door_code',
        quotes: ['The bell of Wolfgrimm is silent'],
        versions: [3],
      },
    ])
    expect(
      await tablesWith(
        database.pool,
        ['Wolfgrimm'],
        ['responses', 'failed_responses', 'messages', 'tickets', 'audit_log'],
      ),
    ).toEqual([])
  })

  it('is one conversation only, where that is asked for', async () => {
    const id = uuid(77)
    const first = await asked({ visitorId: id }, 'Hildegunde wants to know about zeppelins and blimps')
    const second = await as(visitor(id), 'select id, conversation from start_conversation()')
    await asked({ visitorId: id }, 'Hildegunde has lost the door code', second.conversation)
    await as(admin, `select erase_conversation($1, 'Asked for') as erasure`, [second.id])
    expect(await tablesWith(database.pool, ['Hildegunde has lost'])).toEqual([])
    expect(
      (await one(database.pool, 'select question from responses where id = $1', [first.id])).question,
    ).toContain('Hildegunde')
    const { data } = await as(admin, 'select export_conversation($1) as data', [second.id])
    expect(data.conversations[0].messages[0].body).toBe('[erased]')
  })
})

describe('the doors of erasing', () => {
  beforeAll(async () => {
    database = await makeTestDatabase({ connections: 8 })
  })
  afterAll(() => database.close())

  const conversation = async (client: pg.PoolClient) => {
    const sop = await sopBy(client, 'doors', 'codes', doorText)
    await become(client, visitor(uuid(1)))
    const ticket = await one(client, 'select * from start_conversation()')
    const answer = await record(client, {
      question: 'Mine',
      visitorId: uuid(1),
      sop,
      conversation: ticket.conversation,
    })
    return { ticket, answer }
  }

  it('are an admin’s, with actor and reason', () =>
    rolledBack(database.pool, admin, async (client) => {
      const { ticket } = await conversation(client)
      const calls = [
        `select export_personal_data('${uuid(1)}')`,
        `select export_conversation(${ticket.id})`,
        `select erase_personal_data('${uuid(1)}', 'why')`,
        `select erase_conversation(${ticket.id}, 'why')`,
      ]
      for (const claims of [
        visitor(uuid(1)),
        agent,
        reviewer,
        worker,
        { role: 'auditor' as const, actor: 'olga' },
      ]) {
        await become(client, claims)
        for (const call of calls)
          expect([claims.role, call, await sqlState(client, call)]).toEqual([claims.role, call, '42501'])
      }
      await become(client, { role: 'admin' })
      for (const call of calls) expect([call, await sqlState(client, call)]).toEqual([call, 'CO001'])
      await become(client, admin)
      expect(await sqlState(client, `select erase_personal_data('${uuid(1)}', ' ')`)).toBe('CO002')
      expect(await sqlState(client, `select erase_conversation(${ticket.id}, null)`)).toBe('CO002')
      expect(await sqlState(client, `select erase_conversation(-1, 'why')`)).toBe('CO404')
      expect(await sqlState(client, 'select export_conversation(-1)')).toBe('CO404')
    }))

  it('stay shut for the owner’s plain statements, whatever settings say', () =>
    rolledBack(database.pool, admin, async (client) => {
      await conversation(client)
      await becomeOwner(client)
      await client.query(
        `select set_config('clubos.erasing', 'on', true), set_config('clubos.reason', 'erasure', true)`,
      )
      const refused = async (statement: string) =>
        expect([statement, await sqlState(client, statement)]).toEqual([statement, 'CO105'])
      await refused(`update messages set body = '[erased]'`)
      await refused(`update response_sources set snippet = '[erased]'`)
      await refused(`update sop_versions set content = '[erased]'`)
      await refused('delete from messages')
      await refused('truncate messages')
      await refused('truncate privacy_actions')
      // After an erasure in the same transaction the door is shut again.
      await become(client, admin)
      await client.query(`select erase_personal_data('${uuid(2)}', 'why')`)
      await becomeOwner(client)
      await refused(`update messages set body = '[erased]'`)
      await refused('delete from privacy_actions')
      await refused(`update privacy_actions set actor = 'nobody'`)
      await refused('update privacy_actions set finished_at = null')
    }))

  it('let a text become [erased] and nothing else, even while open', () =>
    rolledBack(database.pool, admin, async (client) => {
      await conversation(client)
      await becomeOwner(client)
      await client.query(`select app_private.begin_erasure('export', 'x', 'x')`)
      expect(await sqlState(client, `update messages set body = '[erased]'`)).toBe('CO105')
      const { id } = await one(client, `select app_private.begin_erasure('erasure', 'x', 'x') as id`)
      for (const statement of [
        `update messages set body = 'forged'`,
        `update messages set body = '[erased]', author = 'forged'`,
        `update messages set created_at = now() - interval '1 day'`,
        `update response_sources set heading = '[erased]'`,
        `update sop_versions set content = '[erased]'`,
        `update prompt_versions set content = '[erased]'`,
        'delete from messages',
      ])
        expect([statement, await sqlState(client, statement)]).toEqual([statement, 'CO105'])
      expect(await sqlState(client, `update messages set body = '[erased]'`)).toBe('none')
      // An erasure left open does not commit.
      expect(await failure(client, 'set constraints all immediate')).toMatchObject({ code: 'CO111' })
      await client.query('select app_private.end_erasure($1, $2)', [id, '{}'])
      expect(await sqlState(client, `update messages set body = '[erased]'`)).toBe('CO105')
    }))

  it('call what others keep of a person by its name', () =>
    rolledBack(database.pool, admin, async (client) => {
      const { ticket, answer } = await conversation(client)
      await becomeOwner(client)
      await client.query(
        'create table app_private.letters (visitor_id uuid, ticket_id integer, response_id bigint)',
      )
      await client.query('insert into app_private.letters values ($1, $2, $3), ($4, -1, -1)', [
        uuid(1),
        ticket.id,
        answer.id,
        uuid(2),
      ])
      await client.query(`create function app_private.erase__letters(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) returns bigint language sql as $$
        with gone as (delete from app_private.letters l where l.visitor_id = erase__letters.visitor_id and l.ticket_id = any (ticket_ids) and l.response_id = any (response_ids) returning 1) select count(*) from gone $$`)
      await client.query(`create function app_private.export__letters(visitor_id uuid, ticket_ids integer[], response_ids bigint[]) returns jsonb language sql as $$
        select jsonb_agg(l) from app_private.letters l where l.visitor_id = export__letters.visitor_id $$`)
      await become(client, admin)
      const { data } = await one(client, 'select export_personal_data($1) as data', [uuid(1)])
      expect(data.letters).toHaveLength(1)
      const { erasure } = await one(client, `select erase_personal_data($1, 'why') as erasure`, [uuid(1)])
      expect(erasure.counts.letters).toBe(1)
      await becomeOwner(client)
      expect(await one(client, 'select count(*)::int as n from app_private.letters')).toEqual({ n: 1 })
    }))

  const withSessions = isServer ? it : it.skip
  withSessions('wait for an answer that is being recorded, and erase it too', async () => {
    const ticket = await as(visitor(uuid(5)), 'select * from start_conversation()')
    const answering = await database.pool.connect()
    try {
      await answering.query('begin')
      await record(answering, {
        question: 'Late Lorelei',
        visitorId: uuid(5),
        outcome: 'handed_over',
        conversation: ticket.conversation,
      })
      const erasing = as(admin, `select erase_conversation($1, 'why') as erasure`, [ticket.id])
      await new Promise((resolve) => setTimeout(resolve, 300))
      await answering.query('commit')
      expect((await erasing).erasure.counts).toMatchObject({ tickets: 1, responses: 1 })
    } finally {
      answering.release()
    }
    expect(await tablesWith(database.pool, ['Lorelei'])).toEqual([])
  })

  withSessions('refuse a reply that was being written', async () => {
    const ticket = await as(visitor(uuid(6)), 'select * from start_conversation()')
    await as(agent, 'select take_over($1)', [ticket.id])
    const erasing = await database.pool.connect()
    try {
      await erasing.query('begin')
      await become(erasing, admin)
      await erasing.query(`select erase_conversation($1, 'why')`, [ticket.id])
      const reply = as(agent, 'select reply($1, $2)', [ticket.id, 'Dear Lohengrin']).catch((error) => error)
      await new Promise((resolve) => setTimeout(resolve, 300))
      await erasing.query('commit')
      expect((await reply).code).toBe('CO110')
    } finally {
      erasing.release()
    }
    expect(await tablesWith(database.pool, ['Lohengrin'])).toEqual([])
  })
})
