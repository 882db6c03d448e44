import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { makeTestDatabase, type TestDatabase } from '../support/database.ts'
import { one, seeded } from './fixtures.ts'

const has = (tool: string) => spawnSync(tool, ['--version']).status === 0

/** What `patch` does, for diffs with exact line numbers. */
function applied(a: string, diff: string): string {
  const lines = a === '' ? [] : a.split(/(?<=\n)/)
  const out: string[] = []
  let at = 0
  let previous: string | undefined
  for (const line of diff.split(/(?<=\n)/).slice(2)) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+/.exec(line)
    if (hunk) {
      const from = Number(hunk[1]) - (hunk[2] === '0' ? 0 : 1)
      while (at < from) out.push(lines[at++]!)
    } else if (line.startsWith('\\')) {
      const last = out.length - 1
      if (out.length > 0 && previous !== '-') out[last] = out[last]!.replace(/\n$/, '')
    } else if (line[0] === '+') out.push(line.slice(1))
    else {
      const expected = lines[at++]!
      if (expected.replace(/\n$/, '') !== line.slice(1).replace(/\n$/, ''))
        throw new Error(`hunk does not fit at line ${at}`)
      if (line[0] === ' ') out.push(expected)
    }
    previous = line[0]
  }
  return out.join('') + lines.slice(at).join('')
}

const signs = (diff: string, sign: '+' | '-') =>
  diff
    .split('\n')
    .slice(2)
    .filter((line) => line.startsWith(sign)).length

describe('line diffs', () => {
  let database: TestDatabase
  let folder: string
  beforeAll(async () => {
    database = await makeTestDatabase()
    folder = mkdtempSync(join(tmpdir(), 'clubos-diff-'))
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await database.close()
  })

  const unified = async (a: string, b: string): Promise<string> =>
    (await one(database.pool, `select app_hidden.unified_diff($1, $2, 'a', 'b') as diff`, [a, b])).diff
  const summary = async (a: string | null, b: string): Promise<string> =>
    (await one(database.pool, 'select app_hidden.diff_summary($1, $2) as text', [a, b])).text

  /** Texts of few different lines, so that there is much to confuse; half of them without a last newline. */
  const pairs = (() => {
    const random = seeded(42)
    const pick = (n: number) => Math.floor(random() * n)
    const words = [
      '',
      'a',
      'b',
      'c',
      '# d',
      '## e',
      '- f',
      '-',
      '+',
      '@@ -1 +1 @@',
      '--- x',
      '+++ y',
      '\\ z',
      ' g',
      '\t',
    ]
    return Array.from({ length: 150 }, () => {
      const a = Array.from({ length: pick(30) }, () => words[pick(words.length)]!)
      const b = [...a]
      for (let edits = pick(8); edits > 0; edits--)
        b.splice(
          pick(b.length + 1),
          pick(3),
          ...Array.from({ length: pick(3) }, () => words[pick(words.length)]!),
        )
      const text = (lines: string[]) =>
        lines.length === 0 ? '' : lines.join('\n') + (random() < 0.5 ? '\n' : '')
      return {
        a: text(a),
        b:
          random() < 0.05
            ? text(Array.from({ length: pick(30) }, () => words[pick(words.length)]!))
            : text(b),
      }
    })
  })()

  it('give the new text when applied to the old one, for 150 pairs of texts', async () => {
    for (const { a, b } of pairs) {
      const diff = await unified(a, b)
      expect(diff === '').toBe(a === b)
      if (a !== b) expect({ a, diff, result: applied(a, diff) }).toEqual({ a, diff, result: b })
    }
  })

  ;(has('patch') ? it : it.skip)('are taken by patch (needs patch)', async () => {
    for (const { a, b } of pairs.filter((pair) => pair.a !== pair.b && pair.b !== '').slice(0, 60)) {
      const file = join(folder, 'text')
      writeFileSync(file, a)
      const diff = await unified(a, b)
      const run = spawnSync('patch', ['--binary', '-s', '-p0', '--fuzz=0', file], { input: diff })
      expect({
        a,
        diff,
        status: run.status,
        said: `${run.stdout}${run.stderr}`,
        result: readFileSync(file, 'utf8'),
      }).toEqual({ a, diff, status: 0, said: '', result: b })
    }
  })

  ;(has('diff') ? it : it.skip)(
    'have as many lines as diff --minimal says are needed (needs diff)',
    async () => {
      for (const { a, b } of pairs) {
        writeFileSync(join(folder, 'a'), a)
        writeFileSync(join(folder, 'b'), b)
        const theirs = spawnSync('diff', [
          '-u',
          '--minimal',
          '--text',
          join(folder, 'a'),
          join(folder, 'b'),
        ]).stdout.toString()
        const ours = await unified(a, b)
        expect({ a, b, added: signs(ours, '+'), removed: signs(ours, '-') }).toEqual({
          a,
          b,
          added: signs(theirs, '+'),
          removed: signs(theirs, '-'),
        })
        expect(await summary(a, b)).toMatch(new RegExp(`^\\+${signs(ours, '+')} -${signs(ours, '-')} lines`))
      }
    },
  )

  ;(has('diff') ? it : it.skip)(
    'stand in the same hunks as those of diff -u where there is one way only (needs diff)',
    async () => {
      const random = seeded(5)
      for (let n = 0; n < 40; n++) {
        // All lines differ, so that the least edit is one.
        const a = Array.from({ length: 60 }, (_, i) => `line ${i}`)
        const b = a.flatMap((line, i) =>
          random() < 0.06
            ? []
            : random() < 0.06
              ? [`changed ${i} in ${n}`]
              : random() < 0.06
                ? [line, `new ${i} in ${n}`]
                : [line],
        )
        const [textA, textB] = [`${a.join('\n')}\n`, `${b.join('\n')}${n % 2 ? '\n' : ''}`]
        writeFileSync(join(folder, 'a'), textA)
        writeFileSync(join(folder, 'b'), textB)
        const theirs = spawnSync('diff', ['-u', join(folder, 'a'), join(folder, 'b')]).stdout.toString()
        expect((await unified(textA, textB)).split('\n').slice(2)).toEqual(theirs.split('\n').slice(2))
      }
    },
  )

  it.each([
    ['one\ntwo', 'one\ntwo\n', ' one\n-two\n\\ No newline at end of file\n+two\n'],
    ['one\ntwo\n', 'one\ntwo', ' one\n-two\n+two\n\\ No newline at end of file\n'],
    ['one', 'one\ntwo', '-one\n\\ No newline at end of file\n+one\n+two\n\\ No newline at end of file\n'],
    ['zero\none', 'none\none', '-zero\n+none\n one\n\\ No newline at end of file\n'],
  ])('mark a last line without newline: %j to %j', async (a, b, body) => {
    expect((await unified(a, b)).split('\n').slice(3).join('\n')).toBe(body)
  })

  it('turn lines into the text they came from', async () => {
    for (const text of [
      '',
      '\n',
      'a',
      'a\n',
      '\n\n',
      'a\n\nb',
      'a\r\nb\r\n',
      '\\ No newline at end of file',
      'x\n\\ No newline at end of file\n',
      ...pairs.slice(0, 40).map((pair) => pair.a),
    ])
      expect(
        await one(database.pool, 'select app_hidden.from_lines(app_hidden.to_lines($1)) as text', [text]),
      ).toEqual({ text })
  })

  it('list their edits in order, without gaps or overlaps', async () => {
    for (const { a, b } of pairs.slice(0, 50)) {
      const { rows } = await database.pool.query(
        'select * from app_hidden.line_edits(app_hidden.to_lines($1), app_hidden.to_lines($2))',
        [a, b],
      )
      let [lastA, lastB] = [0, 0]
      for (const edit of rows) {
        expect(edit.a_to - edit.a_from + 1 + (edit.b_to - edit.b_from + 1)).toBeGreaterThan(0)
        expect(edit.a_from - lastA).toBe(edit.b_from - lastB)
        expect(edit.a_from).toBeGreaterThan(lastA)
        lastA = edit.a_to
        lastB = edit.b_to
      }
    }
  })

  it('take a document of 2,000 lines, rewritten or edited, within seconds', async () => {
    const lines = (mark: string) => Array.from({ length: 2000 }, (_, i) => `Line ${i}${mark}`)
    const a = lines('')
    const edited = a.map((line, i) => (i % 10 === 3 ? `${line}, changed` : line))
    const begun = performance.now()
    const diff = await unified(a.join('\n'), edited.join('\n'))
    expect(applied(a.join('\n'), diff)).toBe(edited.join('\n'))
    expect(await summary(a.join('\n'), edited.join('\n'))).toBe('+200 -200 lines')
    const rewritten = lines(' anew').join('\n')
    expect(applied(a.join('\n'), await unified(a.join('\n'), rewritten))).toBe(rewritten)
    expect(performance.now() - begun).toBeLessThan(20_000)
  })

  it('say under which headings they stand', async () => {
    const text = '# Title\n\nintro\n\n## One\n\na\n\n## Two\n\nb\n'
    expect(await summary(null, text)).toBe('+11 -0 lines; under Title, One, Two')
    expect(await summary(text, text.replace('\na\n', '\nA\n'))).toBe('+1 -1 lines; under One')
    expect(await summary(text, text.replace('## Two\n\nb\n', ''))).toBe('+0 -3 lines; under Two')
    expect(await summary(text, text)).toBe('+0 -0 lines')
  })
})

describe('merge_lines', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await makeTestDatabase()
  })
  afterAll(() => database.close())

  const merge = (base: string, ours: string, theirs: string) =>
    one<{ merged: string | null; conflicts: { line: number; lines: number }[] | null }>(
      database.pool,
      'select * from app_hidden.merge_lines($1, $2, $3)',
      [base, ours, theirs],
    )
  const base = 'one\ntwo\nthree\nfour\nfive\n'

  it.each([
    [
      'changes of different lines',
      base.replace('one', '1'),
      base.replace('five', '5'),
      '1\ntwo\nthree\nfour\n5\n',
    ],
    ['a removal and an addition', base.replace('two\n', ''), `${base}six\n`, 'one\nthree\nfour\nfive\nsix\n'],
    [
      'the same change on both sides',
      base.replace('three', '3'),
      base.replace('three', '3'),
      base.replace('three', '3'),
    ],
    ['a change on one side', base.replace('three', '3'), base, base.replace('three', '3')],
    ['no change', base, base, base],
    ['the same addition and another change', `${base}six\n`, `zero\n${base}six\n`, `zero\n${base}six\n`],
  ])('merges %s', async (_name, ours, theirs, merged) => {
    expect(await merge(base, ours, theirs)).toEqual({ merged, conflicts: null })
    expect(await merge(base, theirs, ours)).toEqual({ merged, conflicts: null })
  })

  it.each([
    ['different changes of one line', base.replace('three', '3'), base.replace('three', 'III')],
    ['a removal and a change', base.replace('three\n', ''), base.replace('three', '3')],
    ['changes that overlap', base.replace('two\nthree', '2\n3'), base.replace('three\nfour', 'III\nIV')],
    ['different words at one place', `${base}six\n`, `${base}seven\n`],
  ])('does not merge %s', async (_name, ours, theirs) => {
    for (const result of [await merge(base, ours, theirs), await merge(base, theirs, ours)]) {
      expect(result.merged).toBeNull()
      expect(result.conflicts!.length).toBeGreaterThan(0)
    }
  })

  it('keeps the list items that both sides add at one place, shared ones once', async () => {
    const list = '## Customers also say\n\n- old\n'
    expect(
      (await merge(list, `${list}- ours\n- both\n`, `${list}- theirs\n- both\n`)).merged!.split('\n').sort(),
    ).toEqual(`${list}- ours\n- theirs\n- both\n`.split('\n').sort())
    expect((await merge(list, `${list}- ours\n\nAnd a remark.\n`, `${list}- theirs\n`)).merged).toBeNull()
  })

  it.each([
    ['one\ntwo', '1\ntwo', '1\ntwo'],
    ['one\ntwo\nthree', 'one\ntwo\nthree\nfour', 'one\ntwo\nthree\nfour'],
    ['one\ntwo\nthree\n', 'one\ntwo\nthree', 'one\ntwo\nthree'],
    ['- a', '- a\n- b', '- a\n- b'],
  ])('keeps a missing last newline as it is: %j', async (text, ours, merged) => {
    expect((await merge(text, ours, text)).merged).toBe(merged)
    expect((await merge(text, text, ours)).merged).toBe(merged)
  })

  it('merges list items added to a text without a last newline', async () => {
    const { merged } = await merge('- a', '- a\n- b', '- a\n- c')
    // Either both stay or it is a conflict; never a mark of diff's in the text.
    if (merged !== null) expect(merged.split('\n').sort()).toEqual(['- a', '- b', '- c'])
  })

  it('comes out alike from both sides, and never invents or loses a line, for 150 random texts', async () => {
    const random = seeded(9)
    const pick = (n: number) => Math.floor(random() * n)
    const kinds = { merged: 0, conflict: 0 }
    for (let n = 0; n < 150; n++) {
      const text = Array.from({ length: 6 + pick(20) }, (_, i) => (random() < 0.3 ? '' : `line ${i}`))
      const edit = (side: string) => {
        const lines = [...text]
        for (let edits = 1 + pick(2); edits > 0; edits--)
          lines.splice(
            pick(lines.length + 1),
            pick(2),
            ...Array.from({ length: pick(3) }, (_, i) => `${side} ${n} ${i} ${edits}`),
          )
        return lines
      }
      const end = () => (random() < 0.7 ? '\n' : '')
      const [ours, theirs] = [edit('ours'), edit('theirs')]
      const [b, o, t] = [text.join('\n') + end(), ours.join('\n') + end(), theirs.join('\n') + end()]
      const [first, second] = [await merge(b, o, t), await merge(b, t, o)]
      expect(first.merged === null).toBe(second.merged === null)
      kinds[first.merged === null ? 'conflict' : 'merged']++
      if (first.merged === null) continue
      expect(first.merged).not.toContain('No newline')
      const lines = new Set(first.merged.split('\n'))
      for (const line of [...ours, ...theirs]) {
        const isNew = !text.includes(line)
        if (isNew) expect(lines).toContain(line)
      }
      for (const line of lines) expect([...ours, ...theirs, '']).toContain(line)
    }
    expect(Math.min(kinds.merged, kinds.conflict)).toBeGreaterThan(10)
  })
})
