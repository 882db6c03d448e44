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
  axis,
  becomeOwner,
  doorText,
  failure,
  one,
  record,
  type Sop,
  saveSop,
  searched,
  setReason,
  sopBy,
  uuid,
} from './fixtures.ts'

interface Proposal {
  id: number
  status: string
  approved_by: string | null
  suggested_sop_update: Record<string, unknown>
  base_version: number | null
}

const second = { role: 'reviewer' as const, actor: 'rob' }
const approve = 'select * from approve_improvement($1)'

const proposeEdit = async (
  client: pg.PoolClient,
  sop: Sop,
  content: string,
  failures: number[] = [],
  patternId: number | null = null,
): Promise<Proposal> => {
  await become(client, worker)
  const proposal = await one<Proposal>(client, `select * from propose_improvement('sop_edit', $1, $2, $3)`, [
    { sop_id: sop.id, new_content: content, reasoning: 'Customers ask for the star key' },
    failures,
    patternId,
  ])
  await become(client, reviewer)
  return proposal
}
const proposeEntries = async (
  client: pg.PoolClient,
  entries: { question: string; answer: string }[],
  kind = 'knowledge_entry',
): Promise<Proposal> => {
  await become(client, worker)
  const proposal = await one<Proposal>(client, 'select * from propose_improvement($1, $2)', [
    kind,
    { category: 'prices', topic: 'bays', entries, reasoning: 'Asked often' },
  ])
  await become(client, reviewer)
  return proposal
}

describe('approving', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const better = doorText.replace('hash key', 'star key')

  it('does all of it in one transaction: SOP, version, units with vectors, failures, pattern, audit', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const { id: responseId } = await record(client, { question: 'star?', visitorId: uuid(1), sop })
      await become(client, agent)
      await client.query(`select mark_unhelpful($1, 'wrong', 'The star key', expected_sop_id => $2)`, [
        responseId,
        sop.id,
      ])
      await become(client, worker)
      const pattern = await one(client, 'select id from app_private.cluster_failures()')
      const { id: failureId } = await one(client, 'select id from failed_responses')
      // Drafting: the new text's vectors go into the cache before anybody approves.
      const { rows: missing } = await client.query(
        `select embedding_text from app_private.missing_vectors('doors', 'codes', $1)`,
        [better],
      )
      await client.query(`select app_private.store_vectors($1, $2::vector[], 'local-use-lite')`, [
        missing.map((row) => row.embedding_text),
        missing.map((_, i) => axis(i)),
      ])
      const proposal = await proposeEdit(client, sop, better, [failureId], pattern.id)
      expect(await one(client, 'select status from failure_patterns')).toEqual({ status: 'proposed' })

      const approved = await one(client, approve, [proposal.id])
      expect(approved).toMatchObject({
        status: 'approved',
        approved_by: 'rita',
        decision_reason: 'Customers ask for the star key',
      })
      expect(approved.applied_at).not.toBeNull()
      expect(await one(client, 'select version, content from sops')).toEqual({ version: 2, content: better })
      expect(
        await one(
          client,
          'select changed_by, change_reason, improvement_id from sop_versions where version = 2',
        ),
      ).toEqual({
        changed_by: 'rita',
        change_reason: 'Customers ask for the star key',
        improvement_id: proposal.id,
      })
      expect(await one(client, 'select resolved_by_improvement_id as by from failed_responses')).toEqual({
        by: proposal.id,
      })
      expect(await one(client, 'select status from failure_patterns')).toEqual({ status: 'resolved' })
      await becomeOwner(client)
      const { rows: units } = await client.query(
        'select u.embedding is not null as vector from app_private.search_units u where u.sop_id = $1',
        [sop.id],
      )
      expect(units.length).toBeGreaterThanOrEqual(3)
      for (const unit of units) expect(unit).toEqual({ vector: true })
      expect(await searched(client, sop.id)).toEqual({ version: 2, whole: true })
      const { rows: audit } = await client.query(
        `select table_name, operation, actor, reason, new ->> 'status' as status from audit_log where reason = 'Customers ask for the star key' order by table_name`,
      )
      expect(audit).toEqual([
        {
          table_name: 'improvement_queue',
          operation: 'update',
          actor: 'rita',
          reason: 'Customers ask for the star key',
          status: 'approved',
        },
        {
          table_name: 'sops',
          operation: 'update',
          actor: 'rita',
          reason: 'Customers ask for the star key',
          status: null,
        },
      ])
    }))

  it('is used by the very next search', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop, better)
      await client.query(approve, [proposal.id])
      const found = await one(
        client,
        `select version, snippet from search_knowledge('which key after the door code')`,
      )
      expect(found.version).toBe(2)
      expect(found.snippet).toContain('star key')
      expect(found.snippet).not.toContain('hash key')
    }))

  it('applies when the status is set in plain SQL, and not without a reason', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop, better)
      const statement = `update improvement_queue set status = 'approved' where id = $1`
      expect(await sqlState(client, statement, [proposal.id])).toBe('CO002')
      await setReason(client, 'By hand')
      await client.query(statement, [proposal.id])
      expect(await one(client, 'select status, approved_by, decision_reason from improvement_queue')).toEqual(
        { status: 'approved', approved_by: 'rita', decision_reason: 'By hand' },
      )
      expect(await one(client, 'select version, content from sops')).toEqual({ version: 2, content: better })
      expect(
        (await one(client, 'select improvement_id from sop_versions where version = 2')).improvement_id,
      ).toBe(proposal.id)
    }))

  it('links no later change to the proposal', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      await client.query(approve, [(await proposeEdit(client, sop, better)).id])
      await saveSop(client, 'doors', 'codes', 'By hand')
      expect(
        (await one(client, 'select improvement_id from sop_versions where version = 3')).improvement_id,
      ).toBeNull()
    }))

  it('changes nothing when its reviewer repeats it, and tells another one who was first', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop, better)
      const first = await one(client, approve, [proposal.id])
      expect(await one(client, approve, [proposal.id])).toEqual(first)
      await become(client, second)
      const refused = await failure(client, approve, [proposal.id])
      expect(refused.code).toBe('CO103')
      expect(refused.message).toContain('rita')
      expect(JSON.parse(refused.detail!)).toEqual({
        improvement_id: proposal.id,
        status: 'approved',
        by: 'rita',
      })
      expect(await sqlState(client, `select reject_improvement($1, 'No')`, [proposal.id])).toBe('CO103')
      expect(await one(client, 'select version from sops')).toEqual({ version: 2 })
    }))

  it('merges into an SOP that changed elsewhere meanwhile', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop, better)
      await saveSop(client, 'doors', 'codes', doorText.replace('about the app', 'about the new app'))
      const approved = await one<Proposal>(client, approve, [proposal.id])
      const both = better.replace('about the app', 'about the new app')
      expect(await one(client, 'select version, content from sops')).toEqual({ version: 3, content: both })
      // The queue keeps what was really published.
      expect(approved.suggested_sop_update.new_content).toBe(both)
    }))

  it('refuses a change of lines that changed meanwhile, and takes it once a person has merged it', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop, better)
      await saveSop(client, 'doors', 'codes', doorText.replace('hash key', 'bell key'))
      const refused = await failure(client, approve, [proposal.id])
      expect(refused.code).toBe('CO102')
      expect(JSON.parse(refused.detail!)).toMatchObject({
        sop_id: sop.id,
        base_version: 1,
        version: 2,
        conflicts: [{ lines: 1 }],
      })
      expect(refused.hint).toMatch(/edited_content/)
      expect(await one(client, 'select status from improvement_queue')).toEqual({ status: 'pending' })

      const merged = doorText.replace('hash key', 'star or bell key')
      expect(await sqlState(client, 'select approve_improvement($1, null, $2)', [proposal.id, merged])).toBe(
        'CO102',
      )
      await client.query('select approve_improvement($1, null, $2, 2)', [proposal.id, merged])
      expect(await one(client, 'select version, content from sops')).toEqual({ version: 3, content: merged })
    }))

  it('refuses to bring back an archived SOP by the way', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop, better)
      await client.query(`select archive_sop($1, 'Away')`, [sop.id])
      expect(await sqlState(client, approve, [proposal.id])).toBe('CO102')
    }))

  it('publishes the text as its reviewer edited it', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop, better)
      const approved = await one<Proposal>(client, `select * from approve_improvement($1, 'Shorter', $2)`, [
        proposal.id,
        'Press star.',
      ])
      expect(approved.suggested_sop_update).toMatchObject({
        new_content: 'Press star.',
        reasoning: 'Customers ask for the star key',
      })
      expect(await one(client, 'select content from sops')).toEqual({ content: 'Press star.' })
      expect(
        (await one(client, 'select change_reason from sop_versions where version = 2')).change_reason,
      ).toBe('Shorter')
      const repeat = `select approve_improvement($1, 'Shorter', $2)`
      expect(await sqlState(client, repeat, [proposal.id, 'Press star.'])).toBe('none')
      expect(await sqlState(client, repeat, [proposal.id, 'Something else'])).toBe('CO103')
    }))

  it('refuses an edited text that is empty, of knowledge, or against a version that never was', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const edit = await proposeEdit(client, sop, better)
      const entries = await proposeEntries(client, [{ question: 'how much', answer: '10' }])
      expect(await sqlState(client, `select approve_improvement($1, null, ' ')`, [edit.id])).toBe('CO005')
      expect(await sqlState(client, `select approve_improvement($1, null, 'x')`, [entries.id])).toBe('CO005')
      expect(await sqlState(client, `select approve_improvement($1, null, 'x', 99)`, [edit.id])).toBe('CO102')
      expect(await sqlState(client, approve, [-1])).toBe('CO404')
    }))

  it('makes a new SOP, unless its name was taken meanwhile', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const propose = async (section: string) => {
        await become(client, worker)
        const proposal = await one<Proposal>(client, `select * from propose_improvement('sop_new', $1)`, [
          { category: 'doors', section, new_content: '# Bells\n\nRing.\n', reasoning: 'None fits' },
        ])
        await become(client, reviewer)
        return proposal
      }
      const approved = await one(client, approve, [(await propose('bells')).id])
      const sop = await one(client, `select id, version, created_by from sops where section = 'bells'`)
      expect(sop).toMatchObject({ version: 1, created_by: 'rita' })
      expect(approved.suggested_sop_update.sop_id).toBe(sop.id)
      expect(await one(client, 'select change_reason, improvement_id from sop_versions')).toEqual({
        change_reason: 'None fits',
        improvement_id: approved.id,
      })
      const taken = await propose('gongs')
      await saveSop(client, 'doors', 'gongs', 'By hand')
      expect(await sqlState(client, approve, [taken.id])).toBe('CO102')
    }))

  it.each(['knowledge_entry', 'knowledge_correction', 'routing_hint'])(
    'writes %s as approved knowledge, over what asks the same',
    (kind) =>
      rolledBack(database.pool, reviewer, async (client) => {
        await client.query(
          `insert into knowledge_base (category, topic, question, answer, source) values ('prices', 'bays', 'how much', 'Old.', 'learned')`,
        )
        const proposal = await proposeEntries(
          client,
          [
            { question: 'how much', answer: '10' },
            { question: 'what does it cost', answer: '10' },
          ],
          kind,
        )
        await client.query(approve, [proposal.id])
        const { rows } = await client.query(
          'select question, answer, source, trust, improvement_id from knowledge_base order by question',
        )
        expect(rows).toEqual([
          {
            question: 'how much',
            answer: '10',
            source: 'improvement',
            trust: 3,
            improvement_id: proposal.id,
          },
          {
            question: 'what does it cost',
            answer: '10',
            source: 'improvement',
            trust: 3,
            improvement_id: proposal.id,
          },
        ])
        expect(
          (await one(client, `select snippet from search_knowledge('what does it cost', first => 1)`))
            .snippet,
        ).toBe('10')
        await becomeOwner(client)
        expect(
          (
            await client.query(
              `select from audit_log where table_name = 'knowledge_base' and reason = 'Asked often'`,
            )
          ).rowCount,
        ).toBe(2)
      }),
  )

  it('writes an entry once whose question is proposed twice in one proposal', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const proposal = await proposeEntries(client, [
        { question: 'how much', answer: '10' },
        { question: 'how much', answer: '10' },
      ])
      expect(await sqlState(client, approve, [proposal.id])).toBe('none')
    }))

  it.each([
    ['agent', agent],
    ['anonymous', visitor(uuid(1))],
    ['worker', worker],
  ])('is not for %s', (_name, claims) =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop, better)
      await become(client, claims)
      for (const statement of [
        approve,
        `select reject_improvement($1, 'No')`,
        `update improvement_queue set status = 'approved' where id = $1`,
      ])
        expect([statement, await sqlState(client, statement, [proposal.id])]).toEqual([statement, '42501'])
    }),
  )

  it('needs to know who approves', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop, better)
      await become(client, { role: 'reviewer' })
      expect(await sqlState(client, approve, [proposal.id])).toBe('CO001')
    }))
})

describe('the queue', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const better = doorText.replace('hash key', 'star key')

  it('turns a proposal down with a reason only', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop, better)
      for (const reason of ['', '  ', null])
        expect(await sqlState(client, 'select reject_improvement($1, $2)', [proposal.id, reason])).toBe(
          'CO002',
        )
      expect(
        await sqlState(client, `update improvement_queue set status = 'rejected' where id = $1`, [
          proposal.id,
        ]),
      ).toBe('CO002')
      const rejected = await one(client, `select * from reject_improvement($1, 'There is no star key')`, [
        proposal.id,
      ])
      expect(rejected).toMatchObject({
        status: 'rejected',
        rejected_by: 'rita',
        rejection_reason: 'There is no star key',
        applied_at: null,
        approved_by: null,
      })
      expect(await one(client, `select * from reject_improvement($1, 'Again')`, [proposal.id])).toEqual(
        rejected,
      )
      expect(await one(client, 'select version from sops')).toEqual({ version: 1 })
      await become(client, second)
      expect(await sqlState(client, `select reject_improvement($1, 'Me too')`, [proposal.id])).toBe('CO103')
      expect(await sqlState(client, approve, [proposal.id])).toBe('CO103')
    }))

  it('turns down in plain SQL as well', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop, better)
      await client.query(
        `update improvement_queue set status = 'rejected', rejection_reason = 'No' where id = $1`,
        [proposal.id],
      )
      expect(
        await one(client, 'select status, rejected_by, rejection_reason from improvement_queue'),
      ).toEqual({ status: 'rejected', rejected_by: 'rita', rejection_reason: 'No' })
    }))

  it('does not take the twin of a proposal that waits, and keeps its evidence', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const failures: number[] = []
      for (let v = 1; v <= 2; v++) {
        const { id } = await record(client, { question: `door ${v}?`, visitorId: uuid(v), sop })
        await become(client, visitor(uuid(v)))
        await client.query('select mark_unhelpful($1)', [id])
        await become(client, agent)
        failures.push((await one(client, 'select id from failed_responses where response_id = $1', [id])).id)
      }
      const first = await proposeEdit(client, sop, better, [failures[0]!])
      // Other reasoning and other spacing make no other proposal.
      await become(client, worker)
      const twin = await one<Proposal>(client, `select * from propose_improvement('sop_edit', $1, $2)`, [
        { sop_id: sop.id, new_content: better.replaceAll('\n', '\n\n'), reasoning: 'Other words' },
        [failures[1]],
      ])
      expect(twin.id).toBe(first.id)
      expect((await client.query('select from improvement_queue')).rowCount).toBe(1)
      expect(
        (await client.query('select from improvement_evidence where improvement_id = $1', [first.id]))
          .rowCount,
      ).toBe(2)
    }))

  it('does not take the twin of a proposal that was turned down', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const first = await proposeEdit(client, sop, better)
      await client.query(`select reject_improvement($1, 'No')`, [first.id])
      const twin = await proposeEdit(client, sop, better)
      expect(twin).toMatchObject({ id: first.id, status: 'rejected' })
    }))

  it('takes again what was approved and then undone', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const first = await proposeEdit(client, sop, better)
      await client.query(approve, [first.id])
      await client.query(`select rollback_sop($1, 1, 'Undone')`, [sop.id])
      const next = await proposeEdit(client, sop, better)
      expect(next.id).not.toBe(first.id)
      expect(next).toMatchObject({ status: 'pending', base_version: 3 })
    }))

  it('freezes what was decided, for the owner too', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      const proposal = await proposeEdit(client, sop, better)
      await client.query(approve, [proposal.id])
      await becomeOwner(client)
      await setReason(client, 'Forging')
      for (const change of [
        `status = 'pending'`,
        `status = 'rejected', rejection_reason = 'x'`,
        `approved_by = 'somebody else'`,
        `suggested_sop_update = '{}'`,
        'applied_at = now()',
        `decision_reason = 'because'`,
        `kind = 'sop_new'`,
        'base_version = 7',
      ])
        expect([change, await sqlState(client, `update improvement_queue set ${change}`)]).toEqual([
          change,
          'CO103',
        ])
    }))

  it('is not emptied', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      await client.query(approve, [(await proposeEdit(client, sop, better)).id])
      expect(await sqlState(client, 'delete from improvement_queue')).toBe('42501')
    }))

  it('does not take a proposal as decided from the start', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      await becomeOwner(client)
      const statement = `insert into improvement_queue (suggested_sop_update, kind, sop_id, base_version, proposed_by, status) values ($1, 'sop_edit', $2, 1, 'me', 'approved') returning status`
      expect(await one(client, statement, [{ sop_id: sop.id, new_content: 'x' }, sop.id])).toEqual({
        status: 'pending',
      })
      expect(await one(client, 'select version from sops')).toEqual({ version: 1 })
    }))

  it.each([
    ['an unknown kind', 'nonsense', {}, 'CO005'],
    ['no kind', null, {}, 'CO005'],
    [
      'a kind that would name another function',
      'sop_edit(app_public.improvement_queue); drop table app_public.sops; --',
      {},
      'CO005',
    ],
    ['a suggestion that is no object', 'sop_edit', '[]', 'CO005'],
    ['an edit without text', 'sop_edit', { sop_id: 1 }, 'CO005'],
    ['an edit of no SOP', 'sop_edit', { sop_id: -1, new_content: 'x' }, 'CO404'],
    ['an edit that does not say of what', 'sop_edit', { new_content: 'x' }, 'CO404'],
    ['an edit of what is no number', 'sop_edit', { sop_id: 'seven', new_content: 'x' }, 'CO005'],
    ['a new SOP without a name', 'sop_new', { new_content: 'x', category: 'a' }, 'CO005'],
    [
      'an SOP with a name that is too long',
      'sop_new',
      { new_content: 'x', category: 'a'.repeat(101), section: 'b' },
      'CO005',
    ],
    ['knowledge without entries', 'knowledge_entry', { category: 'a', topic: 'b' }, 'CO005'],
    [
      'knowledge with empty entries',
      'knowledge_entry',
      { category: 'a', topic: 'b', entries: [{ question: 'q', answer: ' ' }] },
      'CO005',
    ],
    [
      'knowledge with entries that are no objects',
      'knowledge_entry',
      { category: 'a', topic: 'b', entries: ['q'] },
      'CO005',
    ],
  ])('refuses %s', (_name, kind, suggestion, code) =>
    rolledBack(database.pool, worker, async (client) => {
      expect(await sqlState(client, 'select propose_improvement($1, $2)', [kind, suggestion])).toBe(code)
    }),
  )

  it('refuses an edit that changes nothing', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText, worker)
      expect(
        await sqlState(client, `select propose_improvement('sop_edit', $1)`, [
          { sop_id: sop.id, new_content: doorText },
        ]),
      ).toBe('CO106')
    }))

  it('lets customers propose nothing, and see nothing', () =>
    rolledBack(database.pool, visitor(uuid(1)), async (client) => {
      expect(await sqlState(client, `select propose_improvement('sop_new', '{}')`)).toBe('42501')
      expect(await sqlState(client, 'select from improvement_queue')).toBe('42501')
      expect(await sqlState(client, 'select preview_improvement(1)')).toBe('42501')
    }))

  it('shows in a dry run what a proposal fixes, and leaves no trace of it', () =>
    rolledBack(database.pool, reviewer, async (client) => {
      const sop = await sopBy(client, 'doors', 'codes', doorText)
      await saveSop(client, 'prices', 'bays', '# Prices\n\nA bay costs ten an hour.\n')
      const { id } = await record(client, { question: 'the gizmo refuses me', visitorId: uuid(1), sop })
      await become(client, agent)
      await client.query('select mark_unhelpful($1, expected_sop_id => $2)', [id, sop.id])
      const failed = await one(client, 'select id from failed_responses')
      const proposal = await proposeEdit(
        client,
        sop,
        `${doorText}\n## Customers also say\n\n- the gizmo refuses me\n`,
        [failed.id],
      )
      const result = (await one(client, 'select preview_improvement($1) as result', [proposal.id])).result
      expect(result).toMatchObject({ fixed: 1, still_failing: 0, broken: 0 })
      expect(result.questions[0]).toMatchObject({
        question: 'the gizmo refuses me',
        role: 'failing',
        before: null,
        after: `sop:${sop.id}`,
      })
      expect(
        await one(
          client,
          'select count(*)::int as n, max(version) as version from sop_versions where sop_id = $1',
          [sop.id],
        ),
      ).toEqual({ n: 1, version: 1 })
      expect(await one(client, 'select status, dry_run from improvement_queue')).toEqual({
        status: 'pending',
        dry_run: result,
      })
    }))
})
