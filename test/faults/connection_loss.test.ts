import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { rita } from '../graphql/support.ts'
import { isServer } from '../support/database.ts'
import { until } from '../support/processes.ts'
import { askDocument, codes, type Faulty, openFaulty, saveDocument } from './support.ts'

const onServer = isServer ? it : it.skip

let club: Faulty
beforeAll(async () => {
  // PostGraphile's pool says each lost connection aloud.
  jest.spyOn(console, 'error').mockImplementation(() => {})
  club = await openFaulty({ connections: 2, pool: { statementTimeout: 1500, connectTimeout: 2000 } })
  await save('door', 'First')
})
afterAll(() => club?.close())

const save = (section: string, text: string) =>
  club.send(saveDocument, { s: section, c: `# ${section}\n\n## Steps\n\n1. ${text}\n`, r: text }, rita)
const versions = async (reason: string) =>
  (await club.database.pool.query('select 1 from sop_versions where change_reason = $1', [reason])).rowCount
const ask = (q: string) => club.send(askDocument, { q })
const answers = async (q: string) =>
  (await club.database.pool.query('select 1 from responses where question = $1', [q])).rowCount

describe('a lost connection', () => {
  it('that was idle is replaced, and nobody notices', async () => {
    for (let n = 0; n < 5; n++) {
      expect(club.proxy.cut()).toBeGreaterThan(0)
      await sleep(50)
      expect(codes(await save('door', `idle ${n}`))).toEqual(['ok'])
      expect(codes(await ask('door?'))).toEqual(['ok'])
    }
  })

  it('before the commit leaves nothing, and says that it may have', async () => {
    const happened = club.proxy.cutOn('commit', 'before')
    const result = await save('door', 'cut before')
    await happened
    expect(result.errors?.[0]?.extensions).toMatchObject({ code: 'CO503', retryable: true, mayBeDone: true })
    expect(result.errors?.[0]?.extensions.hint).toMatch(/look first whether it was done/)
    await sleep(200)
    expect(await versions('cut before')).toBe(0)
    // Trying again is right, and works at once.
    expect(codes(await save('door', 'cut before'))).toEqual(['ok'])
    expect(await versions('cut before')).toBe(1)
  })

  it('after the commit was sent is never acknowledged, though the change is there', async () => {
    const happened = club.proxy.cutOn('commit', 'after')
    const result = await save('door', 'cut after')
    await happened
    expect(result.errors?.[0]?.extensions).toMatchObject({ code: 'CO503', mayBeDone: true })
    if (isServer) await until('the commit is made', async () => (await versions('cut after')) === 1)
    // Whoever tries again does no harm: the same text is no new version.
    expect(codes(await save('door', 'cut after'))).toEqual(['ok'])
    expect(await versions('cut after')).toBe(1)
  })

  it('before an answer is written down gives an error and no answer, after it perhaps an answer', async () => {
    for (const when of ['before', 'after'] as const) {
      const question = `door? ${when} ${randomUUID()}`
      const happened = club.proxy.cutOn('record_response', when)
      const result = await ask(question)
      await happened
      expect([when, codes(result)]).toEqual([when, ['CO503']])
      await sleep(200)
      // The embedded database may have dropped what it had not begun.
      expect(when === 'before' ? [0] : isServer ? [1] : [0, 1]).toContain(await answers(question))
    }
    expect(codes(await ask('door?'))).toEqual(['ok'])
  })

  it('again and again leaves the server serving: each write is acknowledged and there, or an error', async () => {
    const outcomes = { acknowledged: 0, refused: 0 }
    const working = Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        await sleep(n * 50)
        const reason = `storm ${n}`
        const result = await save(`storm${n % 4}`, reason)
        const there = await versions(n < 4 ? 'nothing' : reason)
        if (codes(result)[0] === 'ok') {
          outcomes.acknowledged++
          if (n >= 4 && there !== 1) throw new Error(`${reason} was acknowledged, and is not there`)
        } else {
          outcomes.refused++
          expect(codes(result)).toEqual(['CO503'])
        }
      }),
    )
    for (let n = 0; n < 12; n++) {
      await sleep(90)
      club.proxy.cut()
    }
    await working
    expect(outcomes.acknowledged).toBeGreaterThan(0)
    expect(codes(await save('door', 'after the storm'))).toEqual(['ok'])
  })
})

describe('a database', () => {
  it('that refuses is a clear error at once, and is used again as soon as it is back', async () => {
    await club.proxy.refuse()
    // Connections that were just being broken when they were taken have said "lost".
    await sleep(100)
    try {
      for (const end = Date.now() + 2000; Date.now() < end; await sleep(200))
        for (const result of await Promise.all([save('door', 'refused'), ask('door?')])) {
          expect(result.errors?.[0]?.message).toBe('The database cannot be reached at the moment.')
          expect(result.errors?.[0]?.extensions).toEqual({
            code: 'CO503',
            retryable: true,
            hint: 'Try again in a moment.',
          })
          expect(result.ms).toBeLessThan(1000)
        }
    } finally {
      await club.proxy.accept()
    }
    expect(codes(await save('door', 'back again'))).toEqual(['ok'])
    expect(codes(await ask('door?'))).toEqual(['ok'])
    expect(await versions('refused')).toBe(0)
  })

  it('that is slow is waited for', async () => {
    club.proxy.latency(100)
    try {
      const result = await save('door', 'slowly')
      expect(codes(result)).toEqual(['ok'])
      expect(result.ms).toBeGreaterThan(300)
    } finally {
      club.proxy.latency(0)
    }
  })

  it('that falls silent in mid-request is an error in time, not a hang', async () => {
    expect(codes(await ask('door?'))).toEqual(['ok'])
    club.proxy.blackHole(true)
    try {
      const result = await ask('door?')
      expect(codes(result)).toEqual(['CO503'])
      // The statement's limit and five seconds of grace for the way.
      expect(result.ms).toBeLessThan(9000)
    } finally {
      club.proxy.blackHole(false)
    }
    club.proxy.cut()
    expect(codes(await ask('door?'))).toEqual(['ok'])
  })

  onServer('that is busy with another’s lock stops waiting for it, and says so', async () => {
    const { data } = await club.send(
      'mutation { startConversation(input: {}) { result { id conversation } } }',
      {},
      { visitor: randomUUID() },
    )
    const { id, conversation } = data.startConversation.result
    const holder = await club.database.pool.connect()
    try {
      await holder.query('begin')
      await holder.query('select 1 from tickets where id = $1 for update', [id])
      const visitor = (await holder.query('select visitor_id from tickets where id = $1', [id])).rows[0]
        .visitor_id
      const result = await club.send(askDocument, { q: 'door?', c: conversation }, { visitor })
      expect(result.errors?.[0]?.extensions).toMatchObject({
        code: 'CO503',
        hint: 'Try again, or ask for less at once.',
      })
      expect(result.ms).toBeLessThan(5000)
    } finally {
      await holder.query('rollback')
      holder.release()
    }
  })

  it('whose connections are all in use is a clear error within the time for connecting', async () => {
    const held = await Promise.all([club.services.pool.connect(), club.services.pool.connect()])
    try {
      const result = await ask('door?')
      expect(result.errors?.[0]?.extensions).toMatchObject({ code: 'CO503', retryable: true })
      expect(result.ms).toBeGreaterThan(1900)
      expect(result.ms).toBeLessThan(4000)
    } finally {
      for (const client of held) client.release()
    }
    expect(codes(await ask('door?'))).toEqual(['ok'])
  })
})
