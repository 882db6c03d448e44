/** What the assistant would say, for the member of staff who has the conversation, and for nobody else. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { foundClub } from './club.ts'
import { type Api, ann, auditor, onlyError, startApi, visitorA, visitorB } from './support.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
  await foundClub(api.services)
})
afterAll(() => api?.close())

const draft = `mutation ($ticketId: Int!) { draftReply(input: { ticketId: $ticketId }) { response {
  id text outcome category confidence reason ticketId sources { rank kind topic version cited } trace { embedMs beginMs recordMs totalMs tokensIn route { category confidence threshold votes { category share } } sources { rank topic words cosine score } }
} } }`
const begin = async (query: string, who = visitorA) => {
  const { data } = await api.send('start_conversation', {}, who)
  const { conversation, id } = data.startConversation.result
  await api.sendText(
    'mutation ($input: AskInput!) { ask(input: $input) { response { id } } }',
    { input: { query, conversation } },
    who,
  )
  return { ticketId: Number(id), conversation: conversation as string }
}
const say = (ticketId: number, body: string, responseId?: string) =>
  api.sendText(
    'mutation ($input: ReplyInput!) { reply(input: $input) { result { id responseId response { id outcome responseSources { nodes { topic } } } } } }',
    { input: { ticketId, body, responseId } },
    ann,
  )

describe('draftReply', () => {
  it('drafts what the assistant would say, with its sources, and leaves the conversation as it was', async () => {
    const { ticketId } = await begin('The projector in my bay shows no picture')
    const before = await api.database.pool.query('select * from app_public.tickets where id = $1', [ticketId])
    const messages = await api.database.pool.query(
      'select count(*) from app_public.messages where ticket_id = $1',
      [ticketId],
    )
    const { data, errors } = await api.sendText(draft, { ticketId }, ann)
    expect(errors).toBeUndefined()
    const { response } = data.draftReply
    expect(response).toMatchObject({
      outcome: 'drafted',
      category: 'tech_support',
      ticketId,
      reason: null,
    })
    expect(response.text).toContain('Press Help, then Projector')
    expect(response.sources[0]).toMatchObject({ rank: 1, topic: 'projector_black', version: 1, cited: true })
    expect(response.trace.route.votes[0]).toMatchObject({ category: 'tech_support' })
    expect(
      response.trace.route.votes.reduce((sum: number, { share }: { share: number }) => sum + share, 0),
    ).toBeCloseTo(1)
    expect(response.trace.sources[0].cosine).toBeGreaterThan(0.2)
    expect(response.trace.totalMs).toBeGreaterThanOrEqual(response.trace.beginMs + response.trace.recordMs)
    expect(
      (await api.database.pool.query('select * from app_public.tickets where id = $1', [ticketId])).rows,
    ).toEqual(before.rows)
    expect(
      (
        await api.database.pool.query('select count(*) from app_public.messages where ticket_id = $1', [
          ticketId,
        ])
      ).rows,
    ).toEqual(messages.rows)
    const pinned = await api.database.pool.query(
      'select sop_version_id from app_public.response_sources where response_id = $1 and cited',
      [response.id],
    )
    expect(pinned.rows[0].sop_version_id).not.toBeNull()
  })

  it('answers what was written since somebody last answered', async () => {
    const { ticketId, conversation } = await begin('Where can I park the car?')
    await say(ticketId, 'Behind the building.')
    await api.sendText(
      'mutation ($input: AskInput!) { ask(input: $input) { response { id } } }',
      { input: { query: 'Thanks. May I bring my dog?', conversation } },
      visitorA,
    )
    const { data } = await api.sendText(draft, { ticketId }, ann)
    const { rows } = await api.database.pool.query(
      'select question from app_public.responses where id = $1',
      [data.draftReply.response.id],
    )
    expect(rows[0].question).toBe('Thanks. May I bring my dog?')
  })

  it('has no text where the assistant would hand over, and says why', async () => {
    const { ticketId } = await begin('what is the capital of mongolia')
    const { data } = await api.sendText(draft, { ticketId }, ann)
    expect(data.draftReply.response).toMatchObject({ outcome: 'drafted', text: '' })
    expect(data.draftReply.response.reason).toMatch(/^handed_over: /)
  })

  it('is refused where the customer wrote nothing, where there is no conversation, and to others than agents', async () => {
    const { data } = await api.send('start_conversation', {}, visitorA)
    const empty = Number(data.startConversation.result.id)
    expect(onlyError(await api.sendText(draft, { ticketId: empty }, ann))).toMatchObject({
      code: 'CO005',
      message: expect.stringContaining('has not written anything'),
    })
    expect(onlyError(await api.sendText(draft, { ticketId: 999_999 }, ann)).code).toBe('CO404')
    const { ticketId } = await begin('Where can I park the car?')
    for (const who of [visitorA, visitorB, auditor])
      expect(onlyError(await api.sendText(draft, { ticketId }, who)).code).toBe('CO403')
  })

  it('is named by the message that was written from it, to staff alone', async () => {
    const { ticketId } = await begin('Where can I park the car?')
    const drafted = (await api.sendText(draft, { ticketId }, ann)).data.draftReply.response
    const { data, errors } = await say(ticketId, 'Behind the building, from Weir Road.', drafted.id)
    expect(errors).toBeUndefined()
    expect(data.reply.result.response).toMatchObject({ id: drafted.id, outcome: 'drafted' })
    expect(data.reply.result.response.responseSources.nodes[0].topic).toBe('parking')
    const seen = await api.sendText(
      `query ($id: Int!) { ticket(id: $id) { messages { nodes { authorKind body response { id text } } } responses { nodes { id outcome } } } responses { nodes { id outcome } } responseSources { nodes { responseId } } }`,
      { id: ticketId },
      visitorA,
    )
    expect(seen.errors).toBeUndefined()
    expect(seen.data.ticket.messages.nodes.at(-1)).toEqual({
      authorKind: 'staff',
      body: 'Behind the building, from Weir Road.',
      response: null,
    })
    expect(JSON.stringify(seen.data)).not.toContain('drafted')
    expect(seen.data.responses.nodes.map((node: { id: string }) => node.id)).not.toContain(drafted.id)
    expect(
      seen.data.responseSources.nodes.map((node: { responseId: string }) => node.responseId),
    ).not.toContain(drafted.id)
  })

  it('belongs to its own conversation, and is rated by nobody', async () => {
    const one = await begin('Where can I park the car?')
    const other = await begin('What should I wear?', visitorB)
    const { id } = (await api.sendText(draft, { ticketId: one.ticketId }, ann)).data.draftReply.response
    expect(onlyError(await say(other.ticketId, 'Hello', id)).code).toBe('CO404')
    const rate = 'mutation ($id: BigInt!) { markHelpful(input: { responseId: $id }) { result { id } } }'
    expect(onlyError(await api.sendText(rate, { id }, ann)).code).toBe('CO005')
    expect(onlyError(await api.sendText(rate, { id }, visitorA)).code).toBe('CO404')
  })

  it('goes with the conversation when that is erased, and is in no export', async () => {
    const { ticketId } = await begin('Where can I park the car?')
    const { id } = (await api.sendText(draft, { ticketId }, ann)).data.draftReply.response
    const admin = { role: 'admin', actor: 'adam' }
    const exported = await api.sendText(
      'mutation ($id: Int!) { exportConversation(input: { ticketId: $id }) { result } }',
      { id: ticketId },
      admin,
    )
    expect(exported.errors).toBeUndefined()
    expect(JSON.stringify(exported.data)).not.toContain('drafted')
    const erased = await api.sendText(
      'mutation ($id: Int!) { eraseConversation(input: { ticketId: $id, reason: "They asked" }) { result } }',
      { id: ticketId },
      admin,
    )
    expect(erased.errors).toBeUndefined()
    const { rows } = await api.database.pool.query(
      'select question, text, erased_at from app_public.responses where id = $1',
      [id],
    )
    expect(rows[0]).toMatchObject({ question: '[erased]', text: '[erased]', erased_at: expect.any(Date) })
    const snippets = await api.database.pool.query(
      'select distinct snippet from app_public.response_sources where response_id = $1 and kind = $2',
      [id, 'knowledge'],
    )
    expect(snippets.rows.every((row) => typeof row.snippet === 'string')).toBe(true)
    expect(onlyError(await api.sendText(draft, { ticketId }, ann)).code).toBe('CO110')
  })
})

describe('trace', () => {
  const query =
    'mutation ($q: String!) { ask(input: { query: $q }) { response { reason trace { totalMs route { category } } } } }'
  it('is for staff', async () => {
    const q = 'Where can I park the car?'
    expect((await api.sendText(query, { q }, ann)).data.ask.response.trace).toMatchObject({
      totalMs: expect.any(Number),
      route: { category: 'facilities' },
    })
    for (const who of [visitorA, { role: 'customer', ...visitorA }, {}])
      expect((await api.sendText(query, { q }, who)).data.ask.response.trace).toBeNull()
  })
  it('is not the only thing that customers are not told', async () => {
    const q = 'what is the capital of mongolia'
    expect((await api.sendText(query, { q }, ann)).data.ask.response.reason).toMatch(/confidence|nothing/)
    expect((await api.sendText(query, { q }, visitorA)).data.ask.response.reason).toBeNull()
  })
})
