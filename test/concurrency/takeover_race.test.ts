import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { one, uuid } from '../sql/fixtures.ts'
import { agent, isServer, type TestDatabase, visitor } from '../support/database.ts'
import { call, manyConnections } from './support.ts'

const customer = visitor(uuid(1))
const server = { role: 'worker' as const, actor: 'server', visitorId: uuid(1) }

;(isServer ? describe : describe.skip)(
  'an answer on its way while a person takes over (needs DATABASE_URL)',
  () => {
    let database: TestDatabase
    beforeAll(async () => {
      database = await manyConnections(8)
    })
    afterAll(() => database.close())

    const begin = () =>
      call<{ id: number; conversation: string }>(
        database.pool,
        customer,
        'select id, conversation from app_public.start_conversation()',
      )
    const answer = (conversation: string) =>
      call<{ outcome: string; committed?: number }>(
        database.pool,
        server,
        `select outcome, id from app_public.record_response('why?', 'Because.', 'answered', 'local-extractive', conversation => $1)`,
        [conversation],
      )
    const takeOver = (id: number) =>
      call(database.pool, agent, 'select * from app_public.take_over($1)', [id])
    const talk = async (id: number) =>
      (
        await database.pool.query(
          'select author_kind, body from app_public.messages where ticket_id = $1 order by id',
          [id],
        )
      ).rows as { author_kind: string; body: string }[]

    it.each([
      ['the answer first', 0],
      ['the person first', 1],
    ])('is given or withheld by who was first: %s, 120 rounds', async (_name, order) => {
      const outcomes = { answered: 0, withheld: 0 }
      for (let round = 0; round < 120; round++) {
        const ticket = await begin()
        const pause = (round % 8) * 0.25
        const racers = [() => answer(ticket.conversation), () => takeOver(ticket.id)]
        if (order === 1) racers.reverse()
        const running = [racers[0]!(), sleep(pause).then(() => racers[1]!())]
        const settled = await Promise.all(running)
        const response = settled[order] as { outcome: 'answered' | 'withheld' }
        outcomes[response.outcome]++
        const said = await talk(ticket.id)
        const tookOver = said.findIndex(
          (message) => message.author_kind === 'system' && message.body.endsWith('took over'),
        )
        const spoke = said.findIndex((message) => message.author_kind === 'assistant')
        if (response.outcome === 'withheld') expect(spoke).toBe(-1)
        else expect([spoke, tookOver]).toEqual([0, 1])
        expect(
          (await one(database.pool, 'select status from app_public.tickets where id = $1', [ticket.id]))
            .status,
        ).toBe('taken')
      }
      expect(outcomes.answered + outcomes.withheld).toBe(120)
    })

    it('is withheld whenever the take-over had committed before it was recorded', async () => {
      for (let round = 0; round < 60; round++) {
        const ticket = await begin()
        const taken = takeOver(ticket.id)
        const late = taken.then(() => answer(ticket.conversation))
        const [first, second] = await Promise.all([answer(ticket.conversation), late])
        expect(['answered', 'withheld']).toContain(first.outcome)
        expect(second.outcome).toBe('withheld')
      }
    })

    it('is not given between a take-over and a hand-back, whoever runs beside them', async () => {
      for (let round = 0; round < 15; round++) {
        const ticket = await begin()
        const answers = async () => {
          for (let i = 0; i < 6; i++) await answer(ticket.conversation)
        }
        const person = async () => {
          for (let i = 0; i < 4; i++) {
            await takeOver(ticket.id)
            await call(database.pool, agent, 'select * from app_public.hand_back($1)', [ticket.id])
          }
        }
        await Promise.all([answers(), answers(), answers(), person()])
        let silent = false
        for (const message of await talk(ticket.id)) {
          if (message.author_kind === 'system') silent = message.body.endsWith('took over')
          else if (message.author_kind === 'assistant')
            expect([silent, message.body]).toEqual([false, 'Because.'])
        }
      }
    })

    it('lets one of two people have the conversation who reach for it at once', async () => {
      const bea = { role: 'agent' as const, actor: 'bea' }
      for (let round = 0; round < 40; round++) {
        const ticket = await begin()
        const both = await Promise.allSettled(
          [agent, bea].map((who) =>
            call(database.pool, who, 'select * from app_public.take_over($1)', [ticket.id]),
          ),
        )
        const refused = both.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
        expect(refused).toEqual(['CO104'])
      }
    })

    it('is paused whenever the kill switch had been pulled before it was recorded', async () => {
      const pull = (enabled: boolean) =>
        call(database.pool, agent, 'select * from app_public.set_assistant_enabled($1, $2)', [
          enabled,
          'A drill',
        ])
      for (let round = 0; round < 30; round++) {
        const ticket = await begin()
        const late = pull(false).then(() => answer(ticket.conversation))
        const [first, second] = await Promise.all([answer(ticket.conversation), late])
        expect(['answered', 'paused']).toContain(first.outcome)
        expect(second.outcome).toBe('paused')
        await pull(true)
      }
    })
  },
)
