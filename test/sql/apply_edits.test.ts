import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { makeTestDatabase, rolledBack, type TestDatabase, worker } from '../support/database.ts'
import { becomeOwner, failure, one } from './fixtures.ts'

const text = '# Title\n\none\ntwo\nthree\n'
const statement = 'select app_hidden.apply_edits($1, $2) as text'

describe('edits by line', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const applied = async (edits: unknown, content = text): Promise<string> =>
    (await one<{ text: string }>(database.pool, statement, [content, JSON.stringify(edits)])).text

  it('replace lines that say what they take them to say', async () => {
    expect(await applied([{ from: 3, to: 4, old: ['one', 'two'], new: ['uno'] }])).toBe(
      '# Title\n\nuno\nthree\n',
    )
  })

  it('insert before a line, and after the last one', async () => {
    expect(await applied([{ from: 3, to: 2, old: [], new: ['zero'] }])).toBe(
      '# Title\n\nzero\none\ntwo\nthree\n',
    )
    expect(await applied([{ from: 6, to: 5, old: [], new: ['four'] }])).toBe(`${text}four\n`)
    expect(await applied([{ from: 1, to: 0, old: [], new: ['a', 'b'] }], '')).toBe('a\nb\n')
  })

  it('delete lines', async () => {
    expect(await applied([{ from: 4, to: 4, old: ['two'], new: [] }])).toBe('# Title\n\none\nthree\n')
    expect(await applied([{ from: 1, to: 5, old: text.trimEnd().split('\n'), new: [] }])).toBe('')
  })

  it('all go by the numbers of the text as it was, in whatever order they come', async () => {
    expect(
      await applied([
        { from: 5, to: 5, old: ['three'], new: ['3'] },
        { from: 3, to: 3, old: ['one'], new: ['1', '1a', '1b'] },
        { from: 5, to: 4, old: [], new: ['before three'] },
      ]),
    ).toBe('# Title\n\n1\n1a\n1b\ntwo\nbefore three\n3\n')
  })

  it('may give lines as one text, and with Windows’ ends', async () => {
    expect(await applied([{ from: 3, to: 4, old: 'one\ntwo\n', new: 'uno\ndue' }])).toBe(
      '# Title\n\nuno\ndue\nthree\n',
    )
    expect(await applied([{ from: 1, to: 1, old: ['a'], new: ['b'] }], 'a\r\nc\r\n')).toBe('b\nc\r\n')
  })

  it('keep a last line without its newline so', async () => {
    expect(await applied([{ from: 1, to: 1, old: ['a'], new: ['b'] }], 'a\nz')).toBe('b\nz')
  })

  const refused: [name: string, problem: string, edits: unknown][] = [
    ['lines that say something else', 'wrong_base', [{ from: 3, to: 3, old: ['One'], new: ['x'] }]],
    ['a line too few of the old ones', 'wrong_base', [{ from: 3, to: 4, old: ['one'], new: ['x'] }]],
    ['an insertion that replaces', 'wrong_base', [{ from: 3, to: 2, old: ['one'], new: ['x'] }]],
    ['lines beyond the end', 'out_of_range', [{ from: 5, to: 6, old: ['three', ''], new: ['x'] }]],
    ['an insertion far beyond the end', 'out_of_range', [{ from: 9, to: 8, old: [], new: ['x'] }]],
    ['line zero', 'out_of_range', [{ from: 0, to: 0, old: [''], new: ['x'] }]],
    ['lines backwards', 'out_of_range', [{ from: 4, to: 2, old: [], new: ['x'] }]],
    [
      'two edits of a line',
      'overlap',
      [
        { from: 3, to: 4, old: ['one', 'two'], new: ['x'] },
        { from: 4, to: 4, old: ['two'], new: ['y'] },
      ],
    ],
    [
      'an insertion into lines that another replaces',
      'overlap',
      [
        { from: 3, to: 5, old: ['one', 'two', 'three'], new: ['x'] },
        { from: 4, to: 3, old: [], new: ['y'] },
      ],
    ],
    [
      'two insertions at one place',
      'overlap',
      [
        { from: 3, to: 2, old: [], new: ['x'] },
        { from: 3, to: 2, old: [], new: ['y'] },
      ],
    ],
    ['numbers that are none', 'malformed', [{ from: '3', to: 3, old: ['one'], new: ['x'] }]],
    ['half a line', 'malformed', [{ from: 3.5, to: 3, old: [], new: ['x'] }]],
    ['no array', 'malformed', { from: 3, to: 3, old: ['one'], new: ['x'] }],
    ['lines that are none', 'malformed', [{ from: 3, to: 3, old: ['one'], new: 7 }]],
  ]
  it.each(refused)('refuse %s (%s)', async (_name, problem, edits) => {
    await rolledBack(database.pool, worker, async (client) => {
      await becomeOwner(client)
      const refusal = await failure(client, statement, [text, JSON.stringify(edits)])
      expect(refusal.code).toBe('CO130')
      expect(JSON.parse(refusal.detail!)).toMatchObject({ problem })
    })
  })

  it('are expressed against numbered lines', async () => {
    const { lines } = await one(database.pool, 'select app_hidden.numbered_lines($1) as lines', [text])
    expect(lines).toEqual(['1: # Title', '2: ', '3: one', '4: two', '5: three'])
  })
})
