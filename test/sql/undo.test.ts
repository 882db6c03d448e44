import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import {
  agent,
  become,
  makeTestDatabase,
  reviewer,
  rolledBack,
  sqlState,
  type TestDatabase,
  visitor,
  worker,
} from '../support/database.ts'
import {
  becomeOwner,
  doorText,
  failure,
  one,
  record,
  type Sop,
  saveSop,
  setReason,
  sopBy,
  uuid,
} from './fixtures.ts'

const rob = { role: 'reviewer' as const, actor: 'rob' }
const approve = 'select * from approve_improvement($1)'
const reject = `select * from reject_improvement($1, 'No')`
const undo = `select * from undo_improvement($1, 'It was wrong')`
const reopen = `select * from reopen_improvement($1, 'A second look')`
const better = doorText.replace('hash key', 'star key')

interface Proposal {
  id: number
  status: string
  base_version: number | null
  suggested_sop_update: Record<string, unknown>
}

const propose = async (
  client: pg.PoolClient,
  kind: string,
  suggestion: object,
  failures: number[] = [],
  pattern: number | null = null,
): Promise<Proposal> => {
  await become(client, worker)
  const proposal = await one<Proposal>(client, 'select * from propose_improvement($1, $2, $3, $4)', [
    kind,
    { reasoning: 'Asked often', ...suggestion },
    failures,
    pattern,
  ])
  await become(client, reviewer)
  return proposal
}
const proposeEdit = (
  client: pg.PoolClient,
  sop: Sop,
  content = better,
  failures: number[] = [],
  pattern: number | null = null,
) => propose(client, 'sop_edit', { sop_id: sop.id, new_content: content }, failures, pattern)
const proposeEntries = (
  client: pg.PoolClient,
  entries: { question: string; answer: string }[],
  kind = 'knowledge_entry',
) => propose(client, kind, { category: 'prices', topic: 'bays', entries })
const waitsAgain = {
  status: 'pending',
  approved_by: null,
  applied_at: null,
  decision_reason: null,
  rejected_by: null,
  rejected_at: null,
  rejection_reason: null,
  applied: null,
}
const entriesNow = async (client: pg.PoolClient) =>
  (
    await client.query(
      'select question, answer, source, trust, sop_id, improvement_id from knowledge_base order by question',
    )
  ).rows

let database: TestDatabase
beforeAll(async () => {
  database = await makeTestDatabase()
})
afterAll(() => database.close())

/** A failure of the SOP with its pattern. */
async function failed(client: pg.PoolClient, sop: Sop, n = 1) {
  const { id } = await record(client, { question: 'star or hash?', visitorId: uuid(n), sop })
  await become(client, agent)
  await client.query('select mark_unhelpful($1, expected_sop_id => $2)', [id, sop.id])
  await become(client, worker)
  const pattern = await one(client, 'select id from app_private.cluster_failures()')
  await become(client, reviewer)
  const failure = await one(client, 'select id from failed_responses where response_id = $1', [id])
  return { failureId: failure.id as number, patternId: pattern.id as number }
}

describe('undoing an edit of an SOP', () => {
  it('makes the text before the next version, opens what it had closed, and is found at once', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { failureId, patternId } = await failed(client, sop)
      const proposal = await proposeEdit(client, sop, better, [failureId], patternId)
      await client.query(approve, [proposal.id])
      await become(client, rob)
      expect(await one(client, undo, [proposal.id])).toMatchObject({
        ...waitsAgain,
        base_version: 3,
        dry_run: null,
      })
      const { rows } = await client.query(
        'select version, content, changed_by, change_reason, improvement_id from sop_versions order by version',
      )
      expect(rows.map((row) => row.version)).toEqual([1, 2, 3])
      expect(rows[1]).toMatchObject({ content: better, improvement_id: proposal.id })
      expect(rows[2]).toMatchObject({
        content: doorText,
        changed_by: 'rob',
        change_reason: `Undo of proposal ${proposal.id}: It was wrong`,
        improvement_id: null,
      })
      const found = await one(
        client,
        `select version, snippet from search_knowledge('which key after the door code')`,
      )
      expect(found.version).toBe(3)
      expect(found.snippet).toContain('hash key')
      expect(await one(client, 'select resolved_by_improvement_id as by from failed_responses')).toEqual({
        by: null,
      })
      expect(await one(client, 'select status from failure_patterns')).toEqual({ status: 'proposed' })
      await becomeOwner(client)
      const { rows: audit } = await client.query(
        `select table_name, actor, old ->> 'status' as before, new ->> 'status' as after from audit_log where reason like 'Undo of%' order by table_name`,
      )
      expect(audit).toEqual([
        { table_name: 'improvement_queue', actor: 'rob', before: 'approved', after: 'pending' },
        { table_name: 'sops', actor: 'rob', before: null, after: null },
      ])
      expect((await client.query('select from app_private.improvements_in_progress')).rowCount).toBe(0)
    }))

  it('can be approved again, and undone again', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop)
      for (const version of [2, 4, 6]) {
        await client.query(approve, [proposal.id])
        expect(await one(client, 'select version, content from sops')).toEqual({ version, content: better })
        await client.query(undo, [proposal.id])
        expect(await one(client, 'select version, content from sops')).toEqual({
          version: version + 1,
          content: doorText,
        })
      }
    }))

  it('keeps the merged text waiting, so that approving again reverts nobody', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop)
      const others = doorText.replace('about the app', 'about the new app')
      await saveSop(client, 'doors', 'codes', others)
      await client.query(approve, [proposal.id])
      await client.query(undo, [proposal.id])
      expect((await one(client, 'select content from sops')).content).toBe(others)
      await client.query(approve, [proposal.id])
      expect((await one(client, 'select content from sops')).content).toBe(
        others.replace('hash key', 'star key'),
      )
    }))

  it('is refused once somebody has built on it, and says who', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const first = await proposeEdit(client, sop)
      await client.query(approve, [first.id])
      const second = await proposeEdit(client, sop, `${better}More.\n`)
      await become(client, rob)
      await client.query(approve, [second.id])
      const refused = await failure(client, undo, [first.id])
      expect(refused).toMatchObject({
        code: 'CO112',
        hint: expect.stringContaining('Take back the later change'),
      })
      expect(refused.message).toBe(
        `Proposal ${first.id} cannot be taken back: it wrote version 2 of doors/codes, and rob has changed that since (version 3: Asked often).`,
      )
      expect(JSON.parse(refused.detail!)).toMatchObject({
        improvement_id: first.id,
        sop_id: sop.id,
        wrote_version: 2,
        version: 3,
        later: { version: 3, changed_by: 'rob', improvement_id: second.id },
      })
      // Newest first, both go.
      await client.query(undo, [second.id])
      expect(await one(client, 'select version, content from sops')).toEqual({ version: 4, content: better })
      await client.query(undo, [first.id])
      expect(await one(client, 'select version, content from sops')).toEqual({
        version: 5,
        content: doorText,
      })
    }))

  it('is refused for what is not approved, and when repeated', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop)
      expect(await failure(client, undo, [proposal.id])).toMatchObject({
        code: 'CO103',
        message: expect.stringContaining('is pending'),
      })
      await client.query(approve, [proposal.id])
      await client.query(undo, [proposal.id])
      expect(await sqlState(client, undo, [proposal.id])).toBe('CO103')
      expect(await one(client, 'select version from sops')).toEqual({ version: 3 })
      await client.query(reject, [proposal.id])
      expect(await failure(client, undo, [proposal.id])).toMatchObject({
        code: 'CO103',
        hint: expect.stringContaining('reopen_improvement'),
      })
      expect(await sqlState(client, undo, [-1])).toBe('CO404')
    }))

  it('is refused while a twin waits or was turned down', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop)
      await client.query(approve, [proposal.id])
      await becomeOwner(client)
      await client.query(
        `insert into improvement_queue (suggested_sop_update, kind, sop_id, base_version, proposed_by, fingerprint) select suggested_sop_update, kind, sop_id, 2, 'x', '\\x' from improvement_queue`,
      )
      await become(client, reviewer)
      const refused = await failure(client, undo, [proposal.id])
      expect([refused.code, JSON.parse(refused.detail!)]).toEqual([
        'CO112',
        { improvement_id: proposal.id, twin_id: expect.any(Number) },
      ])
      expect(await one(client, 'select version from sops')).toEqual({ version: 2 })
    }))

  it('takes back nothing where the SOP said it already', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop)
      await saveSop(client, 'doors', 'codes', better)
      await client.query(approve, [proposal.id])
      await client.query(undo, [proposal.id])
      expect(await one(client, 'select version, content from sops')).toEqual({ version: 2, content: better })
    }))

  it('takes back what was approved before approvals were written down', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop)
      const entries = await proposeEntries(client, [{ question: 'how much', answer: '10' }])
      await client.query(approve, [proposal.id])
      await client.query(approve, [entries.id])
      await becomeOwner(client)
      await client.query('alter table improvement_queue disable trigger _100_decide')
      await client.query('update improvement_queue set applied = null')
      await client.query('alter table improvement_queue enable trigger _100_decide')
      await become(client, reviewer)
      await client.query(undo, [proposal.id])
      expect(await one(client, 'select version, content from sops')).toEqual({
        version: 3,
        content: doorText,
      })
      expect(await failure(client, undo, [entries.id])).toMatchObject({
        code: 'CO112',
        message: expect.stringContaining('before ClubOS kept'),
      })
    }))

  it('gives a failure back to what had resolved it before', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { failureId, patternId } = await failed(client, sop)
      const first = await proposeEdit(client, sop, better, [failureId], patternId)
      await client.query(approve, [first.id])
      const second = await proposeEdit(client, sop, `${better}More.\n`, [failureId], patternId)
      await client.query(approve, [second.id])
      await client.query(undo, [second.id])
      expect(await one(client, 'select resolved_by_improvement_id as by from failed_responses')).toEqual({
        by: first.id,
      })
      expect(await one(client, 'select status from failure_patterns')).toEqual({ status: 'resolved' })
    }))
})

describe('undoing a new SOP', () => {
  it('archives it, and approving again brings it back', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const proposal = await propose(client, 'sop_new', {
        category: 'doors',
        section: 'bells',
        new_content: '# Bells\n\nRing the copper bell.\n',
      })
      const find = async () =>
        (await client.query(`select topic from search_knowledge('ring the copper bell')`)).rows.map(
          (row) => row.topic,
        )
      await client.query(approve, [proposal.id])
      expect(await find()).toEqual(['bells'])
      const undone = await one<Proposal>(client, undo, [proposal.id])
      expect(undone).toMatchObject(waitsAgain)
      expect(undone.suggested_sop_update).toEqual(proposal.suggested_sop_update)
      expect(await one(client, 'select version, archived_at is not null as archived from sops')).toEqual({
        version: 2,
        archived: true,
      })
      expect(await find()).toEqual([])
      await client.query(approve, [proposal.id])
      expect(await one(client, 'select version, archived_at from sops')).toEqual({
        version: 3,
        archived_at: null,
      })
      expect(await find()).toEqual(['bells'])
      await client.query(undo, [proposal.id])
      expect(await one(client, 'select version, archived_at is not null as archived from sops')).toEqual({
        version: 4,
        archived: true,
      })
      // An archived SOP that somebody else made stays as it is.
      await saveSop(client, 'doors', 'gongs', 'By hand')
      await client.query(`select archive_sop(id, 'Away') from sops where section = 'gongs'`)
      const other = await propose(client, 'sop_new', {
        category: 'doors',
        section: 'gongs',
        new_content: '# Gongs',
      })
      expect(await sqlState(client, approve, [other.id])).toBe('CO102')
    }))

  it('is refused once it was edited', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const proposal = await propose(client, 'sop_new', {
        category: 'doors',
        section: 'bells',
        new_content: '# Bells\n',
      })
      await client.query(approve, [proposal.id])
      await saveSop(client, 'doors', 'bells', '# Bells\n\nRing.\n')
      expect(await sqlState(client, undo, [proposal.id])).toBe('CO112')
    }))
})

describe.each(['knowledge_entry', 'knowledge_correction', 'routing_hint'])('undoing a %s', (kind) => {
  const learned = `insert into knowledge_base (category, topic, question, answer, source, usage_count) values ('prices', 'bays', 'how much', 'Old.', 'learned', 2)`
  const entries = [
    { question: 'how much', answer: 'Ten.' },
    { question: 'what does it cost', answer: 'Ten.' },
  ]

  it('deletes what it made and brings back what it wrote over', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await becomeOwner(client)
      await client.query(learned)
      await become(client, reviewer)
      const before = await entriesNow(client)
      const proposal = await proposeEntries(client, entries, kind)
      await client.query(approve, [proposal.id])
      const snippet = async (question: string) =>
        (await client.query('select snippet from search_knowledge($1, first => 1)', [question])).rows[0]
          ?.snippet
      expect(await snippet('how much')).toBe('Ten.')
      // Ratings meanwhile are no change.
      await becomeOwner(client)
      await client.query(`update knowledge_base set usage_count = 5 where question = 'how much'`)
      await become(client, rob)
      expect(await one(client, undo, [proposal.id])).toMatchObject(waitsAgain)
      expect(await entriesNow(client)).toEqual(before)
      expect(await one(client, 'select usage_count from knowledge_base')).toEqual({ usage_count: 5 })
      expect(await snippet('how much')).toBe('Old.')
      await becomeOwner(client)
      expect(
        (await client.query(`select u.title from app_private.search_units u where u.kind = 'knowledge'`))
          .rows,
      ).toEqual([{ title: 'how much' }])
      expect(
        (
          await client.query(
            `select operation, actor from audit_log where table_name = 'knowledge_base' and reason like 'Undo of%' order by 1`,
          )
        ).rows,
      ).toEqual([
        { operation: 'delete', actor: 'rob' },
        { operation: 'update', actor: 'rob' },
      ])
      await become(client, reviewer)
      await client.query(approve, [proposal.id])
      expect((await entriesNow(client)).map((entry) => entry.answer)).toEqual(['Ten.', 'Ten.'])
    }))

  it.each([
    [
      'changed by hand',
      `update knowledge_base set answer = 'Twelve.' where question = 'how much'`,
      'was changed since',
    ],
    [
      'moved to a site',
      `update knowledge_base set valid_to = now() where question = 'what does it cost'`,
      'was changed since',
    ],
    ['deleted', `delete from knowledge_base where question = 'how much'`, 'was deleted since'],
  ])('is refused once an entry was %s', (_how, change, says) =>
    rolledBack(database.pool, reviewer, async (client) => {
      const proposal = await proposeEntries(client, entries, kind)
      await client.query(approve, [proposal.id])
      await setReason(client, 'By hand')
      await client.query(change)
      const now = await entriesNow(client)
      expect(await failure(client, undo, [proposal.id])).toMatchObject({
        code: 'CO112',
        message: expect.stringContaining(says),
      })
      expect(await entriesNow(client)).toEqual(now)
    }),
  )

  it('is refused once another proposal has written over it, and then goes newest first', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const proposal = await proposeEntries(client, entries, kind)
      await client.query(approve, [proposal.id])
      const second = await proposeEntries(client, [{ question: 'how much', answer: 'Twelve.' }], kind)
      await client.query(approve, [second.id])
      const refused = await failure(client, undo, [proposal.id])
      expect(refused).toMatchObject({
        code: 'CO112',
        message: expect.stringContaining(`proposal ${second.id} has changed its entry "how much"`),
      })
      expect(JSON.parse(refused.detail!)).toMatchObject({ by_improvement_id: second.id })
      await client.query(undo, [second.id])
      await client.query(undo, [proposal.id])
      expect(await entriesNow(client)).toEqual([])
    }))

  it('does not depend on the time zone of who undoes', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      await becomeOwner(client)
      await client.query(learned)
      await client.query(`select set_config('clubos.reason', 'x', true)`)
      await client.query(`update knowledge_base set valid_from = '2026-01-01 00:00Z'`)
      const proposal = await proposeEntries(client, entries, kind)
      await client.query(`set local timezone = 'UTC'`)
      await client.query(approve, [proposal.id])
      await client.query(`set local timezone = 'Asia/Tokyo'`)
      expect(await sqlState(client, undo, [proposal.id])).toBe('none')
    }))
})

describe('taking a rejection back', () => {
  it('lets it wait as it was, with its pattern', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { failureId, patternId } = await failed(client, sop)
      const proposal = await proposeEdit(client, sop, better, [failureId], patternId)
      await client.query(reject, [proposal.id])
      expect(await one(client, 'select status from failure_patterns')).toEqual({ status: 'dismissed' })
      await become(client, rob)
      expect(await one(client, reopen, [proposal.id])).toMatchObject({
        ...waitsAgain,
        base_version: 1,
        suggested_sop_update: proposal.suggested_sop_update,
      })
      expect(await one(client, 'select status from failure_patterns')).toEqual({ status: 'proposed' })
      expect(await sqlState(client, reopen, [proposal.id])).toBe('CO103')
      expect(await one(client, approve, [proposal.id])).toMatchObject({
        status: 'approved',
        approved_by: 'rob',
      })
      expect(await failure(client, reopen, [proposal.id])).toMatchObject({
        code: 'CO103',
        hint: expect.stringContaining('undo_improvement'),
      })
      expect(await sqlState(client, reopen, [-1])).toBe('CO404')
      await becomeOwner(client)
      expect(
        (
          await client.query(
            `select actor, reason from audit_log where table_name = 'improvement_queue' and new ->> 'status' = 'pending' and old ->> 'status' = 'rejected'`,
          )
        ).rows,
      ).toEqual([{ actor: 'rob', reason: `Reopened proposal ${proposal.id}: A second look` }])
    }))

  it('is refused where a twin waits, and where its words were erased', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const first = await proposeEntries(client, [{ question: 'a b', answer: 'c' }])
      const second = await proposeEntries(client, [{ question: 'd e', answer: 'f' }])
      await client.query(reject, [first.id])
      const change = async (sql: string) => {
        await becomeOwner(client)
        await client.query('alter table improvement_queue disable trigger _100_decide')
        await client.query(sql)
        await client.query('alter table improvement_queue enable trigger _100_decide')
        await become(client, reviewer)
      }
      // As an erasure leaves it: other words under the fingerprint that it had.
      await change(
        `update improvement_queue q set suggested_sop_update = s.suggested_sop_update from improvement_queue s where q.id = ${first.id} and s.id = ${second.id}`,
      )
      const refused = await failure(client, reopen, [first.id])
      expect([refused.code, JSON.parse(refused.detail!)]).toEqual([
        'CO112',
        { improvement_id: first.id, twin_id: second.id },
      ])
      await change(
        `update improvement_queue set suggested_sop_update = '{"erased": true}' where id = ${first.id}`,
      )
      expect(await sqlState(client, reopen, [first.id])).toBe('CO110')
    }))
})

describe('who may take decisions back', () => {
  it.each([
    ['agent', agent],
    ['anonymous', visitor(uuid(1))],
    ['worker', worker],
    ['auditor', { role: 'auditor' as const, actor: 'otto' }],
  ])('not %s', (_name, claims) =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop)
      await client.query(approve, [proposal.id])
      await become(client, claims)
      for (const statement of [undo, reopen])
        expect(await sqlState(client, statement, [proposal.id])).toBe('42501')
    }),
  )

  it('nobody without a name or a reason', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop)
      await client.query(approve, [proposal.id])
      for (const reason of ['', ' ', null])
        expect(await sqlState(client, 'select undo_improvement($1, $2)', [proposal.id, reason])).toBe('CO002')
      await become(client, { role: 'reviewer' })
      expect(await sqlState(client, undo, [proposal.id])).toBe('CO001')
      expect(await sqlState(client, reopen, [proposal.id])).toBe('CO001')
    }))

  it('nobody past the functions: neither by status, nor by a setting, nor through the table behind them', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop)
      await client.query(approve, [proposal.id])
      await setReason(client, 'Forging')
      expect(await sqlState(client, `update improvement_queue set status = 'pending'`)).toBe('CO103')
      await client.query(`select set_config('clubos.reopens', 'true', true)`)
      expect(await sqlState(client, `update improvement_queue set status = 'pending'`)).toBe('CO103')
      expect(
        await sqlState(
          client,
          'insert into app_private.improvements_in_progress (improvement_id, reopens) values ($1, true)',
          [proposal.id],
        ),
      ).toBe('42501')
      // Even where it is open, it is for one proposal, and only back to where it waited.
      await becomeOwner(client)
      await client.query(
        'insert into app_private.improvements_in_progress (improvement_id, reopens) values ($1, true)',
        [proposal.id + 1],
      )
      expect(
        await sqlState(
          client,
          `update improvement_queue set status = 'pending', approved_by = null, applied_at = null`,
        ),
      ).toBe('CO103')
      await client.query('update app_private.improvements_in_progress set improvement_id = $1', [proposal.id])
      expect(await sqlState(client, `update improvement_queue set kind = 'sop_new'`)).toBe('CO103')
      expect(await sqlState(client, `update improvement_queue set proposed_by = 'me'`)).toBe('CO103')
    }))

  it('and the customer’s words that it keeps for that go with the customer', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const prices = await sopBy(client, 'prices', 'bays', '# Prices\n\nA bay costs ten.\n')
      const { id } = await record(client, {
        question: 'how much is my bay',
        visitorId: uuid(1),
        sop: prices,
        text: 'Secret words [1]',
      })
      await become(client, visitor(uuid(1)))
      await client.query('select mark_helpful($1)', [id])
      await become(client, reviewer)
      const proposal = await proposeEntries(client, [{ question: 'how much is my bay', answer: 'Ten.' }])
      const approved = await one(client, approve, [proposal.id])
      expect(JSON.stringify(approved.applied)).toContain('Secret words')
      await becomeOwner(client)
      expect(
        (await client.query(`select from audit_log where old::text || new::text like '%Secret words%'`))
          .rowCount,
      ).toBe(0)
      await become(client, { role: 'admin', actor: 'adam' })
      await client.query(`select erase_personal_data($1, 'They asked')`, [uuid(1)])
      const after = await one(client, 'select status, applied from improvement_queue')
      expect(after.status).toBe('approved')
      expect(JSON.stringify(after.applied)).not.toContain('Secret words')
      await become(client, reviewer)
      await client.query(undo, [proposal.id])
      expect(await entriesNow(client)).toEqual([])
    }))
})
