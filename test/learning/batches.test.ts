import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { AnsweringServices } from '../../core/answering/ask.ts'
import { withClaims } from '../../core/database/index.ts'
import { LocalEmbedder, only } from '../../core/embedding/index.ts'
import { analyse } from '../../core/learning/analyse.ts'
import { pollBatch, submitBatch } from '../../core/learning/batches.ts'
import { type BatchModel, LlmError } from '../../core/llm/index.ts'
import { admin } from '../support/database.ts'
import { anthropicFailure } from '../support/providers/failures.ts'
import { briefIn, type Club, editOf, jobsOf, model, openClub, questions, says } from './services.ts'
import { guestsText, replaceLine } from './support.ts'

const signIn = '2. Guests sign in on the tablet at the door.'
const better = '2. Each guest signs in on the tablet at the door.'

let embedder: LocalEmbedder
let club: Club
beforeAll(() => {
  embedder = new LocalEmbedder()
})
afterAll(() => embedder.close())
beforeEach(async () => {
  club = await openClub(embedder)
  // The first pattern is of the SOP, the others of nothing that the club has written.
  await club.fail([{ question: questions[0]! }])
  await club.fail([{ question: questions[1]! }], { sop: null, axis: 5 })
  await club.fail([{ question: questions[2]! }], { sop: null, axis: 6 })
  club.claude.on('messages', answer)
})
afterEach(() => club.close())

const answer = says((brief) =>
  brief.sop ? editOf(club.sop, replaceLine(guestsText, signIn, better)) : { action: 'nothing' },
)
const daily = (services: AnsweringServices = club.services) =>
  analyse(services, { kind: 'daily', batch: true, job: 3 })
const hourly = () => analyse(club.services, { kind: 'hourly', job: 4 })
const submit = (services: AnsweringServices = club.services) => submitBatch(services, 1)
const poll = (services: AnsweringServices = club.services) => pollBatch(services, 1)
const batch = async () => (await club.read('select * from analysis_batches'))[0]
const runs = () => club.read('select kind, status, counts, cost from analysis_runs order by id')
const statuses = async () =>
  (await club.read(`select status from analyses where analyst = $1 order by id`, [model])).map(
    ({ status }) => status,
  )
const proposals = () =>
  club.read('select proposed_by, dry_run is not null as tried from improvement_queue order by id')
const proposed = [{ proposed_by: `${model} analyst`, tried: true }]
const calls = () => club.read('select batch, status from llm_calls order by id')
const created = () => club.claude.of('batches').length
/** As at the provider's end: until it says that it has ended. */
const pollToTheEnd = async () => {
  for (let n = 0; (await batch()).ended_at === null; n++) {
    if (n > 50) throw new Error('The batch does not end.')
    await poll()
  }
}

/** The provider, through which something does not come back. */
const through = (change: (real: BatchModel) => Partial<BatchModel>): AnsweringServices => {
  const real = club.services.providers.batches!
  return {
    ...club.services,
    providers: {
      ...club.services.providers,
      batches: Object.assign(Object.create(real), real, change(real)),
    },
  }
}
const lost = () => {
  throw new LlmError('connection', 'The connection broke.')
}

describe('a daily run', () => {
  it('goes by a batch: submitted, asked for, received, at half the price', async () => {
    const result = await daily()
    expect(result).toMatchObject({ batched: 3, proposals: [], patterns: 3 })
    expect(await runs()).toMatchObject([{ kind: 'daily', status: 'waiting' }])
    expect(await jobsOf(club, 'analysis__submit')).toMatchObject([{ key: 'analysis__submit:1' }])
    await submit()
    expect(await batch()).toMatchObject({
      status: 'in_progress',
      requests: 3,
      provider_batch_id: expect.stringMatching(/^msgbatch_/),
      expires_at: expect.any(Date),
    })
    expect(await statuses()).toEqual(['batched', 'batched', 'batched'])
    expect(await club.read('select from app_private.analysis_briefs')).toEqual([])
    expect(await jobsOf(club, 'analysis__poll')).toMatchObject([{ key: 'analysis__poll:1' }])
    await pollToTheEnd()
    expect((await statuses()).toSorted()).toEqual(['nothing', 'nothing', 'proposed'])
    expect(await batch()).toMatchObject({ status: 'ended', succeeded: 3, errored: 0 })
    expect(await proposals()).toEqual(proposed)
    const [run] = await runs()
    expect(run).toMatchObject({ status: 'finished', counts: { proposed: 1, nothing: 2 } })
    const [{ cost, whole }] = await club.read(
      `select sum(cost) as cost, sum(app_hidden.llm_cost(model, now(), tokens_in, tokens_cached, tokens_cache_written, tokens_out, false)) as whole from llm_calls`,
    )
    expect(Number(run.cost)).toBe(Number(cost))
    expect(Number(cost)).toBeCloseTo(Number(whole) / 2, 5)
    // The shared part is cached here too.
    const { body } = club.claude.of('batches')[0]!
    for (const { params } of body.requests)
      expect(JSON.stringify(params.messages).match(/cache_control/g)).toHaveLength(1)
  })

  it('has no part for what a person should have answered', async () => {
    await club.services.pool.query(
      `update app_public.failure_patterns set category = 'hand_over' where sop_id is null`,
    )
    const result = await daily()
    expect(result).toMatchObject({ batched: 1, patterns: 3 })
    expect(result.proposals).toHaveLength(2)
    expect(await batch()).toMatchObject({ requests: 1 })
  })

  it('is asked for after a while that grows up to five minutes', async () => {
    await daily()
    await submit()
    const resume = club.claude.batches.pause()
    const delays: number[] = []
    for (let n = 0; n < 12; n++) {
      await club.read('select app_private.batch_polled(1, 0, 0, 0, 0, false, null)')
      delays.push(Math.ceil((await jobsOf(club, 'analysis__poll'))[0]!.delay))
    }
    resume()
    expect(delays).toEqual(delays.toSorted((a, b) => a - b))
    expect(delays[0]).toBeLessThan(30)
    expect(delays.at(-1)).toBeGreaterThan(295)
    expect(delays.at(-1)).toBeLessThanOrEqual(300)
    expect(await jobsOf(club, 'analysis__poll')).toHaveLength(1)
  })

  it('leaves alone in between what waits at the provider', async () => {
    await daily()
    await hourly()
    await submit()
    await hourly()
    await daily()
    // In a batch a request is a message too, and has a name.
    expect(club.claude.of('messages').filter(({ customId }) => customId === undefined)).toEqual([])
    expect(created()).toBe(1)
  })

  it('puts nothing into a batch that the budget does not allow', async () => {
    await club.read('update club_settings set daily_budget = 0.00')
    const result = await daily()
    expect(result.batched).toBe(0)
    expect(await club.read('select from analysis_batches')).toEqual([])
    expect((await runs())[0]).toMatchObject({ status: 'finished', counts: { local: 3, over_budget: 3 } })
  })
})

describe('killed', () => {
  it('while the batch was being put together, the job goes on with it', async () => {
    const stop = new AbortController()
    await expect(
      analyse(club.services, {
        kind: 'daily',
        batch: true,
        job: 3,
        signal: stop.signal,
        progress: (done) => {
          if (done === 2) stop.abort(new Error('killed'))
        },
      }),
    ).rejects.toThrow('killed')
    await daily()
    // What the dead one had begun nobody looked after: the next run does.
    await club.read(`update analysis_batches set updated_at = now() - interval '20 minutes'`)
    await hourly()
    for (const { id } of await club.read('select id from analysis_batches order by id')) {
      await submitBatch(club.services, id)
      for (let n = 0; n < 20; n++) await pollBatch(club.services, id)
    }
    expect((await statuses()).toSorted()).toEqual(['nothing', 'nothing', 'proposed'])
    expect((await runs()).every(({ status }) => status === 'finished')).toBe(true)
  })

  it('before the provider had it, it is sent again', async () => {
    await daily()
    await expect(submit(through(() => ({ submit: lost })))).rejects.toThrow('broke')
    expect(created()).toBe(0)
    await submit()
    expect(created()).toBe(1)
    await pollToTheEnd()
    expect(await proposals()).toEqual(proposed)
  })

  it('after the provider had it, and before we knew: it is found there, not sent twice', async () => {
    await daily()
    const killed = through((real) => ({
      async submit(requests, signal) {
        await real.submit(requests, signal)
        return lost()
      },
    }))
    await expect(submit(killed)).rejects.toThrow('broke')
    await submit()
    expect(created()).toBe(1)
    expect(await batch()).toMatchObject({
      status: 'in_progress',
      provider_batch_id: expect.stringMatching(/^msgbatch_/),
    })
    await pollToTheEnd()
    expect(await proposals()).toEqual(proposed)
  })

  it('where somebody else’s batch looks like ours, it is given back, and the next run does it', async () => {
    await daily()
    // Another program with the same key, and as many requests.
    await expect(
      submit(
        through((real) => ({
          async submit(given, signal) {
            await real.submit(
              given.map((one, index) => ({ ...one, customId: `other-${index}` })),
              signal,
            )
            return lost()
          },
        })),
      ),
    ).rejects.toThrow('broke')
    await submit()
    await pollToTheEnd()
    expect(await batch()).toMatchObject({ status: 'failed', error: expect.stringMatching(/not ours/) })
    expect(await proposals()).toEqual([])
    expect(await calls()).toEqual([])
    await hourly()
    expect(await proposals()).toEqual(proposed)
  })

  it('between submitting and asking: whoever asks next, asks', async () => {
    await daily()
    await submit()
    // Submitting again does nothing.
    await submit()
    expect(created()).toBe(1)
    await expect(poll(through(() => ({ retrieve: lost })))).rejects.toThrow('broke')
    await pollToTheEnd()
    expect(await proposals()).toEqual(proposed)
  })

  it('in the middle of the results, and between receiving and proposing: each counts once', async () => {
    await daily()
    await submit()
    const cut = through((real) => ({
      async *results(id, expected, signal) {
        let n = 0
        for await (const result of real.results(id, expected, signal)) {
          if (n++ === 2) return lost()
          yield result
        }
      },
    }))
    await expect(
      (async () => {
        for (let n = 0; n < 20; n++) await poll(cut)
      })(),
    ).rejects.toThrow('broke')
    const broken = only(
      Object.assign(Object.create(embedder), {
        embed: () => Promise.reject(new Error('killed while embedding')),
      }),
    )
    await expect(poll({ ...club.services, embedder: broken })).rejects.toThrow('killed')
    expect(await proposals()).toEqual([])
    await pollToTheEnd()
    expect(await proposals()).toEqual(proposed)
    expect(await calls()).toHaveLength(3)
    expect(
      await club.read('select count(*)::int as n from llm_calls where improvement_id is not null'),
    ).toEqual([{ n: 1 }])
  })

  it('and read twice, results count once', async () => {
    await daily()
    await submit()
    await pollToTheEnd()
    await club.read(`update analysis_batches set status = 'in_progress', ended_at = null`)
    await pollToTheEnd()
    expect(await calls()).toHaveLength(3)
    expect(await proposals()).toEqual(proposed)
    expect((await statuses()).toSorted()).toEqual(['nothing', 'nothing', 'proposed'])
  })
})

describe('a batch that fails in part', () => {
  it('leaves what errored, expired or was canceled to the next hourly run', async () => {
    // Which is which depends on the order of the patterns.
    club.claude.once('messages', anthropicFailure.serverError())
    club.claude.once('messages', { batch: 'expired' })
    await daily()
    await submit()
    await pollToTheEnd()
    expect(await batch()).toMatchObject({ status: 'ended', errored: 1, expired: 1, succeeded: 1 })
    expect((await statuses()).filter((status) => status === 'queued')).toHaveLength(2)
    expect((await runs())[0]).toMatchObject({ status: 'finished' })
    await hourly()
    expect(await proposals()).toEqual(proposed)
    expect((await statuses()).toSorted()).toEqual(['nothing', 'nothing', 'proposed'])
  })

  it('by an answer that cannot be used, the local analyst does it at once', async () => {
    club.claude.on('messages', (request) =>
      briefIn(request).sop ? { refusal: 'I will not.' } : answer(request),
    )
    await daily()
    await submit()
    await pollToTheEnd()
    expect((await statuses()).toSorted()).toEqual(['failed', 'nothing', 'nothing'])
    expect(await proposals()).toEqual([{ proposed_by: 'local analyst', tried: true }])
  })

  it('as a whole after 24 hours, is queued again', async () => {
    const resume = club.claude.batches.pause()
    await daily()
    await submit()
    await poll()
    club.claude.batches.expire((await batch()).provider_batch_id)
    await pollToTheEnd()
    resume()
    expect(await batch()).toMatchObject({ status: 'expired', expired: 3 })
    expect(await statuses()).toEqual(['queued', 'queued', 'queued'])
    await hourly()
    expect(await proposals()).toEqual(proposed)
  })

  it('since the provider knows it no more, is queued again', async () => {
    await daily()
    await submit()
    await club.read(`update analysis_batches set provider_batch_id = 'msgbatch_gone'`)
    await poll()
    expect(await batch()).toMatchObject({ status: 'failed' })
    expect(await statuses()).toEqual(['queued', 'queued', 'queued'])
  })

  it('since the provider does not take it, is queued again', async () => {
    club.claude.once('batches', anthropicFailure.tooLarge())
    await daily()
    await submit()
    expect(await batch()).toMatchObject({ status: 'failed', provider_batch_id: null })
    await hourly()
    expect(await proposals()).toEqual(proposed)
  })
})

describe('cancelling', () => {
  const cancel = (reason = 'Too dear today') =>
    withClaims(club.services.pool, admin, (client) =>
      client.query('select * from cancel_analysis(1, $1)', [reason]),
    )

  it('stops a batch at the provider; what is left is queued again', async () => {
    const resume = club.claude.batches.pause()
    await daily()
    await submit()
    expect((await cancel()).rows[0]).toMatchObject({
      status: 'canceling',
      canceled_by: 'adam',
      cancel_reason: 'Too dear today',
    })
    await pollToTheEnd()
    resume()
    expect(await batch()).toMatchObject({ status: 'ended', canceled: 3 })
    expect(await statuses()).toEqual(['queued', 'queued', 'queued'])
    expect((await cancel()).rows[0]).toMatchObject({ status: 'ended' })
  })

  it('before it was sent, it is not sent', async () => {
    await daily()
    await cancel()
    await submit()
    expect(created()).toBe(0)
    expect(await batch()).toMatchObject({ status: 'ended' })
    expect(await statuses()).toEqual(['queued', 'queued', 'queued'])
  })

  it('needs a reason', async () => {
    await daily()
    await expect(cancel(' ')).rejects.toMatchObject({ code: 'CO002' })
  })
})
