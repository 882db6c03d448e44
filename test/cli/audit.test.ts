import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { club, makePlace, type Place, type Started } from './support.ts'

let place: Place
let started: Started
beforeAll(async () => {
  place = await makePlace()
  started = await place.start()
  const folder = place.files({ 'sops/access/door_code.md': club['sops/access/door_code.md'] })
  const changed = place.files({ 'sops/access/door_code.md': '# Door code\n\nAsk us.\n' })
  for (const from of [folder, changed]) expect((await place.clubos('import', from)).code).toBe(0)
})
afterAll(async () => {
  await started?.stop()
  await place?.close()
})

const json = async (...parameters: string[]) => {
  const { code, stdout } = await place.clubos('audit', ...parameters, '--json')
  return { code, ...JSON.parse(stdout) }
}

describe('clubos audit', () => {
  it('verifies the log, also by a head that was kept', async () => {
    expect(await place.clubos('audit', 'verify')).toMatchObject({
      code: 0,
      stdout: 'The audit log is whole.\n',
    })
    const head = (await place.clubos('audit', 'head')).stdout.trim()
    expect(head).toMatch(/^[1-9]\d*:[0-9a-f]{64}$/)
    expect(await json('verify', '--head', head)).toEqual({ code: 0, whole: true, problems: [] })
  })

  it('ends with 1 where the head is another’s', async () => {
    const { chain_position } = await json('head')
    const forged = `${chain_position}:${'0'.repeat(64)}`
    expect(await json('verify', '--head', forged)).toMatchObject({
      code: 1,
      whole: false,
      problems: [{ problem: 'is not what the head given says' }],
    })
    expect((await place.clubos('audit', 'verify', '--head', forged)).stdout).toContain(
      'is not what the head given says',
    )
    expect(await json('verify', '--head', 'nonsense')).toMatchObject({ code: 1, error: { code: 'CO005' } })
  })

  it('tells who changed a row, when and why', async () => {
    const { entries } = await json('trail', 'sops', '1')
    expect(entries).toMatchObject([
      { operation: 'insert', role: 'admin', reason: expect.stringMatching(/./) },
      {
        operation: 'update',
        role: 'admin',
        reason: expect.stringMatching(/./),
        changes: { version: { from: 1, to: 2 } },
      },
    ])
    const { stdout } = await place.clubos('audit', 'trail', 'sops', '1')
    expect(stdout).toContain('version: 1 → 2')
    expect((await place.clubos('audit', 'trail', 'sops', '999')).stdout).toBe(
      'The audit log has nothing about row 999 of sops.\n',
    )
  })
})
