/** What a person should have answered is learned like everything else: by a failure, a proposal and an approval. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { withClaims } from '../../core/database/index.ts'
import { analyse, embedMissing, storeVectors } from '../../core/learning/analyse.ts'
import { asked, type Club, modelOf, openClub } from './support.ts'

let club: Club
beforeAll(async () => {
  club = await openClub()
})
afterAll(() => club?.close())
beforeEach(() => {
  club.openai.reset()
  club.openai.on('responses', modelOf({}))
})
afterEach(() => club.openai.assertClean())

const as = <T>(role: 'agent' | 'reviewer', statement: string, parameters: unknown[]) =>
  withClaims(club.services.pool, { role, actor: 'ann@club.example' }, async (client) => {
    const { rows } = await client.query(statement, parameters)
    return rows[0] as T
  })

const usual =
  'Somebody of our team has to look into this. I have passed your question on, and a person will answer you here.'

describe('a question for a person', () => {
  const question = 'was my door code sent to me today'

  it('that was answered is proposed for a person, and handed over once that is approved', async () => {
    const first = await club.ask(question)
    expect(first.outcome).toBe('answered')
    await as(
      'agent',
      `select mark_unhelpful($1, 'wrong', 'Only somebody who looks it up can say.', expected_category => 'hand_over')`,
      [first.id],
    )
    const { proposals } = await analyse(club.services)
    expect(proposals).toHaveLength(1)
    const proposal = await club.one(
      'select kind, suggested_sop_update, dry_run from improvement_queue where id = $1',
      [proposals[0]],
    )
    expect(proposal).toMatchObject({
      kind: 'knowledge_entry',
      suggested_sop_update: { category: 'hand_over', entries: [{ question, answer: usual }] },
      dry_run: { fixed: 1, broken: 0 },
    })
    expect(proposal.dry_run.questions[0]).toMatchObject({
      expected: 'hand_over',
      effect: 'fixed',
      before_answered: true,
      after_answered: false,
      after_for_a_person: true,
    })
    // No model is asked what to make of it, where there is one.
    expect(
      await club.one(
        `select app_private.claim_analysis(pattern_id, 'claude-opus') ->> 'state' as state from improvement_queue where id = $1`,
        [proposals[0]],
      ),
    ).toEqual({ state: 'local' })
    // What staff wrote for each other is told to no customer.
    expect(JSON.stringify(proposal.suggested_sop_update)).not.toContain('looks it up')

    await as('reviewer', 'select approve_improvement($1)', [proposals[0]])
    club.openai.reset()
    club.openai.on('responses', modelOf({}))
    const next = await club.ask(question)
    expect(next).toMatchObject({
      outcome: 'handed_over',
      text: usual,
      category: 'hand_over',
      model: 'local-extractive',
    })
    expect(next.reason).toMatch(/^for a person: /)
    expect(next.sources[0]).toMatchObject({ category: 'hand_over', cited: true })
    expect(asked(club.openai).answer).toEqual([])
    expect(await club.one('select status from tickets where id = $1', [next.ticket_id])).toEqual({
      status: 'waiting',
    })
    // Found again, it is the same.
    expect(await club.one('select bool_and(all_same) as same from replay_response($1)', [next.id])).toEqual({
      same: true,
    })
    // Who asks nearly the same is handed over too; what the SOP is for is answered as before.
    expect(await club.ask('has my door code been sent to me today')).toMatchObject({ outcome: 'handed_over' })
    expect(await club.ask('the door code does nothing')).toMatchObject({ outcome: 'answered' })
  })

  it('is learned from when staff say that handing over was right', async () => {
    const words = 'did you send my door code to me this morning'
    const answer = await club.ask(words)
    expect(answer).toMatchObject({ outcome: 'handed_over', category: 'hand_over' })
    await as('agent', 'select mark_helpful($1)', [answer.id])
    expect(
      await club.one('select category, source, trust from knowledge_base where question = $1', [words]),
    ).toEqual({
      category: 'hand_over',
      source: 'learned',
      trust: 2,
    })
  })

  it('joins the nearest topic, or the SOP that has the words for it', async () => {
    const wrong = async (words: string) => {
      const answer = await club.ask(words)
      await as('agent', `select mark_unhelpful($1, 'wrong', null, expected_category => 'hand_over')`, [
        answer.id,
      ])
      const { proposals } = await analyse(club.services)
      return club.one(
        'select id, kind, suggested_sop_update as suggestion from improvement_queue where id = $1',
        [proposals[0]],
      )
    }
    const { suggestion } = await wrong('which code did you send me for the door today')
    expect(suggestion.topic).toBe(
      (
        await club.one(
          `select topic from knowledge_base where category = 'hand_over' and source = 'improvement' limit 1`,
        )
      ).topic,
    )
    await as('reviewer', `select save_sop('hand_over', 'dog_left_behind', $1, 'Only we can look')`, [
      '# A dog was left behind\n\n## For whoever answers\n\nCall the harbour office.\n\n## What to say\n\nWe look at once. Please stay where you are.\n\n## Customers also say\n\n- my dog is still in the bay\n',
    ])
    await embedMissing(club.services)
    const edit = await wrong('I left my dog in the bay')
    expect(edit).toMatchObject({ kind: 'sop_edit' })
    expect(edit.suggestion.new_content).toContain('- I left my dog in the bay')
    await as('reviewer', 'select approve_improvement($1)', [edit.id])
    club.openai.reset()
    club.openai.on('responses', modelOf({}))
    // The team's part is not for customers.
    const left = await club.ask('I left my dog in the bay')
    expect(left).toMatchObject({
      outcome: 'handed_over',
      text: 'We look at once. Please stay where you are.',
      reason: 'for a person: dog_left_behind',
    })
    expect(JSON.stringify(left.sources)).not.toContain('harbour office')
    expect(
      await club.one('select snippet from response_sources where response_id = $1 and rank = 1', [left.id]),
    ).toEqual({ snippet: 'We look at once. Please stay where you are.' })
    // Nor for the model, where it lies near what is answered.
    await club.ask('May I bring my dog?')
    expect(JSON.stringify(asked(club.openai).answer)).not.toContain('harbour office')
  })

  it('is handed over where the model routes it so, whatever is found; an emergency is one all the same', async () => {
    club.openai.on('responses', modelOf({ route: { category: 'hand_over' } }))
    expect(await club.ask('the door code does nothing')).toMatchObject({
      outcome: 'handed_over',
      category: 'hand_over',
      reason: expect.stringMatching(/^for a person: /),
    })
    expect(asked(club.openai).answer).toEqual([])
    expect(await club.ask('was my door code sent to me today, the building is on fire')).toMatchObject({
      outcome: 'emergency',
    })
  })

  it('passes a golden question that expects a person, and fails one that expects an answer', async () => {
    await as('reviewer', `select save_golden_question(question => $1, hand_over => true, reason => 'Ours')`, [
      question,
    ])
    await as(
      'reviewer',
      `select save_golden_question(question => $1, expected_category => 'access', expected_topic => 'door_code', reason => 'It was answered')`,
      ['has my door code been sent to me today'],
    )
    await storeVectors(club.services, [question, 'has my door code been sent to me today'])
    const results = await withClaims(
      club.services.pool,
      { role: 'reviewer', actor: 'ann@club.example' },
      async (client) =>
        (
          await client.query(
            'select question, passed, verdict, why from check_golden_questions() where question like $1',
            ['%door code%sent%'],
          )
        ).rows,
    )
    expect(results).toEqual([
      {
        question: 'has my door code been sent to me today',
        passed: false,
        verdict: 'for_a_person',
        why: 'What is first is for a person to answer.',
      },
      { question, passed: true, verdict: 'passed', why: null },
    ])
  })

  it('is said when a conversation ends, too', async () => {
    const { id, conversation } = await club.startConversation()
    const said = await club.ask('the projector is black', conversation)
    expect(said.outcome).toBe('answered')
    await as('agent', `select resolve_ticket($1, 'Looked at it', expected_category => 'hand_over')`, [id])
    expect(
      await club.one(
        'select expected_category, expected_topic from failed_responses where response_id = $1',
        [said.id],
      ),
    ).toEqual({ expected_category: 'hand_over', expected_topic: null })
  })

  it('is no gap in what the club knows', async () => {
    const since = new Date(Date.now() - 86_400_000)
    const { gaps } = await as<{ gaps: string[] }>(
      'agent',
      `select coalesce(array_agg(g.example), '{}') as gaps from coverage_gaps($1, now() + interval '1 day') g`,
      [since],
    )
    expect(gaps.filter((gap) => gap.includes('door code'))).toEqual([])
  })

  it('is no subject of an experiment', async () => {
    await expect(
      as(
        'reviewer',
        `select start_experiment(id, array[content || E'\\nMore.'], 'Words', 'Try') from sops where category = 'hand_over' limit 1`,
        [],
      ),
    ).rejects.toMatchObject({ code: 'CO142' })
  })
})
