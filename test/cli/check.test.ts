/** `clubos check`, as a pipeline would run it: its report and its exit codes; and golden questions in folders. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { club, makePlace, type Place } from './support.ts'

const lines = (rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
const golden = [
  { question: 'The door code does nothing', sop_id: 'access/door_code', note: 'Every evening' },
  { question: 'May I bring my dog?', topic: 'brand/dogs', site: 'harbour' },
  { question: 'How tall is the Eiffel Tower?', hand_over: true },
]

describe('clubos check', () => {
  let place: Place
  beforeAll(async () => {
    place = await makePlace()
  })
  afterAll(() => place.close())
  const check = async () => {
    const { code, stdout } = await place.clubos('check', '--json')
    return { code, ...JSON.parse(stdout) }
  }

  it('cannot run without golden questions, and says how to make one', async () => {
    expect((await place.clubos('import', place.files(club))).code).toBe(0)
    const { code, stdout, stderr } = await place.clubos('check')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('There are no golden questions yet.')
    expect(stderr).toContain('golden_from_response')
    expect(await check()).toMatchObject({ code: 2, error: { code: 'CO404' } })
  })

  it('passes where each finds what is expected, and lists them if asked', async () => {
    const folder = place.files({ ...club, 'golden.jsonl': lines(golden) })
    const imported = await place.clubos('import', folder)
    expect(imported.stdout).toContain('golden questions 3 new, 0 changed, 0 unchanged')
    expect((await place.clubos('import', folder)).stdout).toContain(
      'golden questions 0 new, 0 changed, 3 unchanged',
    )
    const { code, stdout } = await place.clubos('check')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^All 3 golden questions pass \(\d+ ms\)\.\n$/)])
    expect((await place.clubos('check', '--all')).stdout).toContain(
      'passed  May I bring my dog?  (at harbour)\n',
    )
  })

  it('fails where one does not, and tells what was expected, what is found and why', async () => {
    const changed = place.files({
      'golden.jsonl': lines([
        { ...golden[0], sop_id: 'booking/cancel' },
        { question: 'May I bring my dog?', hand_over: true, site: 'harbour' },
      ]),
    })
    expect((await place.clubos('import', changed)).stdout).toContain('golden questions 0 new, 2 changed')
    const { code, stdout } = await place.clubos('check')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^FAILED {2}/)
    expect(stdout).toContain('2 of 3 golden questions fail')
    expect(stdout).toMatch(
      /FAILED {2}The door code does nothing\n {8}expected {2}Booking \/ Cancel \(sop:\d+\)\n {8}found {5}Access \/ Door code \(sop:\d+\), confidence 0\.\d\d\n {8}why {7}Something else is first, and answers\.\n/,
    )
    expect(stdout).toMatch(
      /FAILED {2}May I bring my dog\? {2}\(at harbour\)\n {8}expected {2}a person answers\n {8}found {5}May I bring my dog\? \(topic:brand\/dogs\), confidence 0\.\d\d\n {8}why {7}It is answered, with confidence 0\.\d\d\.\n/,
    )
    expect(stdout).not.toContain('Eiffel')
    expect(await check()).toMatchObject({
      code: 1,
      passed: 1,
      failed: 2,
      results: [
        { passed: false, by_vector: true },
        { passed: false, by_vector: true },
        { passed: true, expected: 'hand_over', outcome: 'handed_over' },
      ],
    })
  })

  it('exports them as import reads them', async () => {
    const folder = join(place.folder, 'exported')
    expect((await place.clubos('export', folder)).stdout).toContain('3 golden questions')
    const rows = readFileSync(join(folder, 'golden.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rows).toEqual([
      { ...golden[0], sop_id: 'booking/cancel' },
      { question: 'May I bring my dog?', hand_over: true, site: 'harbour' },
      golden[2],
    ])
    expect((await place.clubos('import', folder)).stdout).toContain(
      'golden questions 0 new, 0 changed, 3 unchanged',
    )
  })

  it('says what is wrong with a line', async () => {
    const wrong = async (row: object) =>
      (await place.clubos('import', place.files({ 'golden.jsonl': lines([row]) }))).stderr
    expect(await wrong({ question: 'A?' })).toContain('one of sop_id, topic and hand_over is expected')
    expect(await wrong({ question: 'A?', sop_id: 'no/such' })).toContain('there is no such SOP')
    expect(await wrong({ question: 'A?', topic: 'nothing' })).toMatch(/golden\.jsonl:1: topic/)
  })

  it('ends with 2 where the database is out of reach, and with 2 for wrong usage', async () => {
    const before = place.environment.DATABASE_URL
    place.environment.DATABASE_URL = 'postgres://nobody@127.0.0.1:9/none'
    try {
      expect(await place.clubos('check')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('The database does not answer'),
      })
    } finally {
      if (before === undefined) delete place.environment.DATABASE_URL
      else place.environment.DATABASE_URL = before
    }
    expect((await place.clubos('check', '--fast')).code).toBe(2)
  })
})
