import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { safeName, textPaths } from '../../core/backup/names.ts'
import { hostile } from './support.ts'

const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 100, unit: 'binary' }),
  fc.constantFrom(
    'a',
    'A',
    'ä',
    'Ä',
    'a\u0308',
    'a~1',
    '.',
    '..',
    'con',
    'CON.md',
    'data',
    'Knowledge',
    'a/b',
    'a\\b',
    'ß',
    'SS',
    'ſ',
    'K',
  ),
)

describe('the names of files', () => {
  it('lead nowhere and are nobody else’s, whatever people call their SOPs', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, name), { maxLength: 40 }), (given) => {
        const texts = given.map(([category, section], n) => ({ key: `sop:${n}`, category, section, id: n }))
        const paths = [...textPaths(texts).values()]
        expect(paths.length).toBe(texts.length)
        const folded = paths.map((path) => path.normalize('NFKC').toLowerCase().toUpperCase())
        expect(new Set(folded).size).toBe(paths.length)
        for (const path of paths) {
          expect(path.split('/').length).toBe(2)
          expect(path).not.toMatch(/(^|\/)\.|[\\:*?"<>|\p{Cc}\p{Cf}]|[ .](\/|$)/u)
          for (const part of path.split('/')) expect(Buffer.byteLength(part)).toBeLessThan(256)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('do not depend on the order of SOPs, so that nothing is renamed without a reason', () => {
    const texts = hostile.map(([category, section], id) => ({ key: `sop:${id}`, category, section, id }))
    expect(textPaths(texts.toReversed())).toEqual(new Map([...textPaths(texts)].toReversed()))
  })

  it('are the SOP’s own where that is possible', () => {
    expect(safeName('Größe & Maß')).toBe('Größe & Maß')
    const texts = [
      { key: 'sop:1', category: 'tech_support', section: 'pin_failures', id: 1 },
      { key: 'knowledge:x', category: 'tech_support', section: null, id: null },
    ]
    expect([...textPaths(texts).values()]).toEqual([
      'tech_support/pin_failures.md',
      'knowledge/tech_support.md',
    ])
  })
})
