/** What the review page asks for, as a browser asks for it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { foundClub } from './club.ts'
import { type Api, ann, anonymous, auditor, onlyError, rita, rolf, startApi, visitorA } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
  await foundClub(api.services)
})
afterAll(() => api?.close())

interface SopRow {
  id: number
  version: number
  content: string
}
const current = async (section: string): Promise<SopRow> => {
  const { rows } = await api.database.pool.query('select id, version, content from sops where section = $1', [
    section,
  ])
  return rows[0]
}
const propose = async (kind: string, suggestion: object): Promise<number> => {
  const { data, errors } = await api.send('propose_improvement', { kind, suggestion }, ann)
  expect(errors).toBeUndefined()
  return data.proposeImprovement.result.id
}
const proposeEdit = async (section: string, edit: (content: string) => string) => {
  const sop = await current(section)
  return propose('sop_edit', { sop_id: sop.id, new_content: edit(sop.content), reasoning: 'Asked' })
}

describe('taking decisions back', () => {
  it('undoes an approval: the next search finds the old text', async () => {
    const before = await current('parking')
    const id = await proposeEdit('parking', (text) => text.replace('Weir Road', 'Mill Lane'))
    await api.send('approve_improvement', { id, reason: 'Moved' }, rita)
    const search = async () =>
      (await api.send('search_knowledge', { query: 'where do I park the car' }, ann)).data.searchKnowledge[0]
    expect((await search()).version).toBe(2)
    const undone = await api.send('undo_improvement', { id, reason: 'It did not move' }, rolf)
    expect(undone).toMatchObject({
      data: {
        undoImprovement: {
          result: {
            status: 'pending',
            approvedBy: null,
            baseVersion: 3,
            sop: { version: 3, content: before.content },
          },
        },
      },
    })
    expect((await search()).version).toBe(3)
    expect(onlyError(await api.send('undo_improvement', { id, reason: 'Again' }, rolf))).toMatchObject({
      code: 'CO103',
      detail: { status: 'pending', by: null },
    })
    await api.send('approve_improvement', { id }, rita)
    await api.send(
      'save_sop',
      { category: 'facilities', section: 'parking', content: '# Parking\n\nNowhere.\n', reason: 'Sold' },
      rita,
    )
    expect(onlyError(await api.send('undo_improvement', { id, reason: 'No' }, rolf))).toMatchObject({
      code: 'CO112',
      message: expect.stringContaining('rita has changed that since (version 5: Sold)'),
      detail: { improvement_id: id, wrote_version: 4, version: 5, later: { changed_by: 'rita' } },
    })
  })

  it('reopens a rejection', async () => {
    const id = await proposeEdit('dress_code', (text) => `${text}2. No hats.\n`)
    await api.send('reject_improvement', { id, reason: 'Hats are fine' }, rita)
    for (const who of [anonymous, visitorA, ann, auditor])
      for (const name of ['reopen_improvement', 'undo_improvement'])
        expect(onlyError(await api.send(name, { id, reason: 'x' }, who)).code).toBe('CO403')
    expect(
      (await api.send('reopen_improvement', { id, reason: 'They are not' }, rolf)).data.reopenImprovement
        .result,
    ).toEqual({
      status: 'pending',
      rejectedBy: null,
      rejectionReason: null,
    })
  })
})

describe('a dry run of an edited text', () => {
  it('embeds what is new first, so that it finds by meaning, and keeps nothing but the vectors', async () => {
    const id = await proposeEdit('cancel_booking', (text) => `${text}3. Say sorry.\n`)
    const { content } = await current('cancel_booking')
    const edited = `${content}\n## Customers also say\n\n- I would like to call off my session\n`
    const cached = async () =>
      (await api.database.pool.query('select count(*)::int as n from app_private.embedding_cache')).rows[0].n
    const before = await cached()
    const unauthorised = await api.send(
      'preview_edited',
      { id, editedContent: `${edited}- let me in\n` },
      visitorA,
    )
    expect([onlyError(unauthorised).code, await cached()]).toEqual(['CO403', before])
    const { data, errors } = await api.send('preview_edited', { id, editedContent: edited }, ann)
    expect(errors).toBeUndefined()
    expect(data.previewImprovement.result).toMatchObject({
      broken: 0,
      questions: [{ question: 'May I bring my dog?', role: 'good', effect: 'unaffected' }],
    })
    expect(await cached()).toBeGreaterThan(before)
    const { rows } = await api.database.pool.query(
      'select status, dry_run from improvement_queue where id = $1',
      [id],
    )
    expect(rows).toEqual([{ status: 'pending', dry_run: null }])
    // What was tried is published with its vectors: no search unit waits for one.
    await api.sendText(
      'mutation ($id: Int!, $text: String!) { approveImprovement(input: { id: $id, editedContent: $text }) { clientMutationId } }',
      { id, text: edited },
      rita,
    )
    const missing = await api.database.pool.query(
      `select u.body from app_private.search_units u join sops s on s.id = u.sop_id where s.section = 'cancel_booking' and u.embedding is null`,
    )
    expect(missing.rows).toEqual([])
    expect((await current('cancel_booking')).content).toBe(edited)
  })

  it('says what is wrong with a text', async () => {
    const id = await proposeEdit('door_code', (text) => `${text}3. Wait.\n`)
    expect(onlyError(await api.send('preview_edited', { id, editedContent: ' ' }, ann)).code).toBe('CO005')
    expect(onlyError(await api.send('preview_edited', { id: 9999, editedContent: 'x' }, ann)).code).toBe(
      'CO404',
    )
  })

  it('goes by words alone while the model is out of order', async () => {
    const id = await proposeEdit('injury', (text) => `${text}3. Wait.\n`)
    const embedder = api.services.embedder.wanted
    const embed = embedder.embed
    embedder.embed = () => Promise.reject(new Error('out of order'))
    try {
      const { data, errors } = await api.send(
        'preview_edited',
        { id, editedContent: '# Injury\n\nA quite new text.\n' },
        ann,
      )
      expect(errors).toBeUndefined()
      expect(data.previewImprovement.result).toMatchObject({ fixed: 0, broken: 0 })
    } finally {
      embedder.embed = embed
    }
  })
})

describe('who else looks', () => {
  it('is told at once to whoever listens', async () => {
    const id = await proposeEdit('projector_black', (text) => `${text}3. Wait.\n`)
    const client = createClient({
      url: `${api.server.url.replace('http', 'ws')}/graphql`,
      connectionParams: { 'x-clubos-role': 'agent', 'x-clubos-actor': 'ann' },
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    })
    const events: { id: number; event: string }[] = []
    client.subscribe(
      { query: 'subscription { queueChanged { id event } }' },
      {
        next: (result) => events.push(result.data!.queueChanged as (typeof events)[number]),
        error: () => {},
        complete: () => {},
      },
    )
    const look = async (who = ann) =>
      (await api.send('look_at_improvement', { id }, who)).data.lookAtImprovement.result
    const heard = async (count: number) => {
      for (const end = Date.now() + 5000; events.length < count && Date.now() < end; ) await sleep(10)
      return events.length
    }
    try {
      // Subscribing takes a moment; until then what happens passes unheard.
      for (let i = 0; i < 50 && events.length === 0; i++) {
        await look(rolf)
        await api.send('look_away', { id }, rolf)
        await sleep(50)
      }
      await sleep(200)
      events.length = 0
      expect(await look()).toEqual([])
      expect(await look(rita)).toEqual([{ userId: null, name: 'ann', since: expect.any(String) }])
      expect(await heard(2)).toBe(2)
      // Looking on is nothing new.
      await look()
      await api.send('look_away', { id }, rita)
      expect(await heard(3)).toBe(3)
      expect(await look()).toEqual([])
      await sleep(100)
      expect(events).toEqual(Array(3).fill({ id, event: 'viewers' }))
    } finally {
      await client.dispose()
    }
    for (const who of [visitorA, auditor])
      expect(onlyError(await api.send('look_at_improvement', { id }, who)).code).toBe('CO403')
  })
})

describe('reading', () => {
  it('says who wrote a line, what both changed, what an SOP is asked, and which categories there are', async () => {
    const sop = { category: 'billing', section: 'refund' }
    await api.send('save_sop', { ...sop, content: '# Refund\n\nOpen the booking.\n' }, rita)
    const id = await proposeEdit('refund', (text) => text.replace('booking', 'app'))
    await api.send('save_sop', { ...sop, content: '# Refund\n\nOpen the till.\n', reason: 'Tills' }, rolf)
    const { id: sopId } = await current('refund')
    expect((await api.send('sop_blame', { id: sopId }, ann)).data.sopBlame.nodes.slice(-2)).toEqual([
      { line: 2, text: '', version: 1, changedBy: 'rita', reason: 'First version', improvementId: null },
      {
        line: 3,
        text: 'Open the till.',
        version: 2,
        changedBy: 'rolf',
        reason: 'Tills',
        improvementId: null,
      },
    ])
    expect((await api.send('improvement_merge', { id }, auditor)).data.improvementMerge).toEqual({
      base: '# Refund\n\nOpen the booking.\n',
      current: '# Refund\n\nOpen the till.\n',
      proposed: '# Refund\n\nOpen the app.\n',
      merged: '# Refund\n\n<<<<<<< current\nOpen the till.\n=======\nOpen the app.\n>>>>>>> proposed\n',
      conflicts: 1,
      currentVersion: 2,
    })
    for (const query of [
      'open the till for a refund',
      'open the till  for a REFUND',
      'how do I get my refund',
    ])
      await api.send('ask', { query }, visitorA)
    const asked = async (variables: object) =>
      (await api.send('sop_questions', { id: sopId, ...variables }, ann)).data.sopQuestions.nodes
    const questions = await asked({})
    expect(questions[0]).toMatchObject({ question: 'open the till for a REFUND', times: 2, failed: 0 })
    expect(await asked({ first: 1 })).toEqual(questions.slice(0, 1))
    expect(await asked({ most: 1 })).toEqual(questions.slice(0, 1))
    const { data } = await api.send('sop_categories', {}, auditor)
    expect(data.sopCategories.nodes).toContainEqual({ category: 'billing', sops: 1 })
    for (const [name, variables] of [
      ['sop_blame', { id: sopId }],
      ['improvement_merge', { id }],
      ['sop_questions', { id: sopId }],
      ['sop_categories', {}],
    ] as const)
      expect(onlyError(await api.send(name, variables, visitorA)).code).toBe('CO403')
  })

  it('renders markdown for staff, safely, up to 256 kB', async () => {
    const render = (text: string, who = ann) => api.send('render_markdown', { text }, who)
    expect(
      (await render('# Hi\n\n<script>alert(1)</script> [x](javascript:alert(1)) **b**')).data.renderMarkdown,
    ).toBe(
      '<h1>Hi</h1>\n<p>&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1)) <strong>b</strong></p>\n',
    )
    expect((await render('', auditor)).data.renderMarkdown).toBe('')
    expect((await render('x'.repeat(256 * 1024))).errors).toBeUndefined()
    expect(onlyError(await render(`${'x'.repeat(256 * 1024 - 1)}é`))).toMatchObject({
      code: 'CO006',
      message: 'The text has 262145 bytes; 262144 are rendered at most.',
    })
    for (const who of [anonymous, visitorA]) expect(onlyError(await render('x', who)).code).toBe('CO403')
  })

  it('pages through the queue by impact, filtered by kind and by the SOP’s category', async () => {
    const page = async (variables: object) =>
      (await api.send('review_queue', { status: 'pending', first: 2, ...variables }, ann)).data
        .improvementQueues
    await propose('knowledge_entry', {
      category: 'brand',
      topic: 'cats',
      entries: [{ question: 'Cats?', answer: 'No.' }],
    })
    const seen: { id: number; impact: number; kind: string; sop: { category: string } | null }[] = []
    let after: string | undefined
    let total = 0
    for (;;) {
      const { nodes, totalCount, pageInfo } = await page({ after })
      seen.push(...nodes)
      total = totalCount
      if (!pageInfo.hasNextPage) break
      after = pageInfo.endCursor
    }
    expect(seen).toHaveLength(total)
    expect(new Set(seen.map(({ id }) => id)).size).toBe(total)
    expect(seen).toEqual(seen.toSorted((a, b) => b.impact - a.impact || a.id - b.id))
    const entries = await page({ filter: { kind: { equalTo: 'knowledge_entry' } }, first: 100 })
    expect(entries.nodes.map(({ kind }: { kind: string }) => kind)).toEqual(['knowledge_entry'])
    const emergencies = await page({ filter: { sop: { category: { equalTo: 'emergency' } } }, first: 100 })
    expect(emergencies.nodes.map((node: { sop: object }) => node.sop)).toEqual([
      { category: 'emergency', section: 'injury' },
    ])
    expect(emergencies.totalCount).toBe(1)
  })
})
