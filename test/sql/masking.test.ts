import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { makeTestDatabase, type TestDatabase } from '../support/database.ts'
import { hostile, hostileText, kept, masked } from './masking_cases.ts'

describe('masking', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const mask = async (text: string | null) =>
    (
      await database.pool.query<{ masked: string | null }>(
        'select app_hidden.mask_personal_data($1) as masked',
        [text],
      )
    ).rows[0]!.masked

  it.each(masked)('masks: %j', async (text, becomes) => {
    expect(await mask(text)).toBe(becomes)
  })

  it.each(kept.map((text) => [text]))('keeps: %j', async (text) => {
    expect(await mask(text)).toBe(text)
  })

  it.each(masked)('masks %j in the middle of a text', async (text, becomes) => {
    expect(await mask(`Hello,\n${text}\nThank you!`)).toBe(`Hello,\n${becomes}\nThank you!`)
  })

  it('changes nothing that it has masked before', async () => {
    for (const [, becomes] of masked) expect(await mask(becomes)).toBe(becomes)
  })

  it('knows nothing as nothing', async () => {
    expect(await mask(null)).toBeNull()
  })

  it('tells account numbers by their check digits', async () => {
    expect(await mask('GB29 NWBK 6016 1331 9268 19')).toBe('[iban]')
    expect(await mask('GB28 NWBK 6016 1331 9268 19')).toBe('GB28 NWBK 6016 1331 9268 19')
  })

  it('tells cards by their check digit', async () => {
    const { rows } = await database.pool.query<{ digits: string; passes: boolean }>(
      `select d as digits, app_hidden.passes_luhn(d) as passes from unnest(array['4111111111111111', '4111111111111112', '79927398713', '79927398710', '0']) d`,
    )
    expect(rows.map((row) => row.passes)).toEqual([true, false, true, false, true])
  })

  // What one with bad intentions could send. How long each takes is measured by `npm run bench -- masking`; here none may hang.
  it.each(Object.keys(hostile))('comes to an end with a text full of %s', async (name) => {
    const text = await mask(hostileText(name, 131_072))
    expect(text).not.toBe('')
  })
})
