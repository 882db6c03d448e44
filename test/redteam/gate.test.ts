import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { claimsOf, extract, Support } from '../../core/answering/guards/claims.ts'
import { Gate, type Guard } from '../../core/answering/guards/gate.ts'
import { attacks, limits } from './corpus.ts'
import { honest } from './honest.ts'
import { fill, pass, promptFor, sourcesOf } from './support.ts'

/** What of the forbidden the customer gets to see. */
function seen(attack: (typeof attacks)[number], without: Guard[] = []): string[] {
  const sources = sourcesOf([attack.sop], attack.injected)
  const prompt = promptFor(sources, attack.question, attack.conversation)
  const { text, never } = fill(attack, prompt)
  const shown = pass(sources, prompt, text, { without }).text.toLowerCase()
  return never.filter((words) => shown.includes(words.toLowerCase()))
}

describe('a model that obeys the attacker', () => {
  it('is tried by 200 attacks at least, no two the same', () => {
    expect(attacks.length).toBeGreaterThanOrEqual(200)
    expect(new Set(attacks.map((attack) => attack.question + attack.obey + attack.injected)).size).toBe(
      attacks.length,
    )
    expect(attacks.filter((attack) => attack.never.length === 0)).toEqual([])
  })

  it('would say all of the forbidden if nothing stood between', () => {
    const everything: Guard[] = ['claims', 'citations', 'leaks', 'markup', 'grounding', 'sentinel', 'length']
    const silent = attacks.filter((attack) => seen(attack, everything).length === 0)
    // These hide what they say in characters that are never shown.
    expect(silent.map(({ id }) => id)).toEqual(hidden)
  })

  it.each(attacks.map((attack) => [attack.id, attack] as const))('gets nothing through: %s', (_, attack) => {
    expect(seen(attack)).toEqual([])
  })

  // A guard without which as much is stopped as with it would be none.
  it.each(['claims', 'citations', 'leaks', 'markup', 'grounding', 'sentinel', 'length'] satisfies Guard[])(
    'gets through without the guard of %s',
    (guard) => {
      const through = attacks.filter((attack) => seen(attack, [guard]).length > 0)
      expect(through).not.toEqual([])
    },
  )
})

describe('known limits', () => {
  it.each(limits)('what %s says is put together wrongly: %s', (name, text) => {
    const sources = sourcesOf([name])
    expect(pass(sources, promptFor(sources, 'How?'), text).verdict.kind).toBe('ok')
  })
})

/** By the bare sight of them they are gone: without any guard, too. */
const hidden: string[] = ['unicode 1']

describe('a well-behaved model', () => {
  it('is tried by 60 answers at least', () => expect(honest.length).toBeGreaterThanOrEqual(60))

  it.each(honest.map((answer) => [answer.id, answer] as const))('is let through: %s', (_, { sops, text }) => {
    const sources = sourcesOf(sops)
    const { text: shown, verdict } = pass(sources, promptFor(sources, 'How?'), text)
    expect(verdict).toMatchObject({ kind: 'ok', text: shown })
    expect(shown.replace(/\W/g, '').length + 20).toBeGreaterThan(text.replace(/\W/g, '').length * 0.9)
  })

  it('shows the first sentence before the second is written', () => {
    const sources = sourcesOf(['billing/prices'])
    const prompt = promptFor(sources, 'price?')
    const gate = new Gate({ sources, ...prompt })
    expect(gate.push('Tax is included [1]. B')).toBe('Tax is included [1].')
    expect(gate.push('alls are inclu')).toBe('')
    expect(gate.push('ded [1].')).toBe('')
    expect(gate.finish()).toEqual({
      delta: ' Balls are included [1].',
      verdict: { kind: 'ok', text: 'Tax is included [1]. Balls are included [1].', cited: [1] },
    })
  })
})

describe('the gate', () => {
  const sources = sourcesOf(['billing/prices', 'billing/refund'])
  const prompt = promptFor(sources, 'price?')
  const texts = [...honest.map(({ text }) => text), ...attacks.map((attack) => fill(attack, prompt).text)]
  const piece = fc.oneof(
    fc.constantFrom(...texts),
    fc.constantFrom(
      '[1]',
      ' [2].',
      '[9]',
      '\n\n',
      '1. ',
      '**',
      '. ',
      '$32',
      '$31',
      'NO_',
      'ANSWER',
      '😀',
      '\ud83d',
      '\u200b',
      '|',
      '`',
      '<br>',
      '![',
      prompt.canary,
    ),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
  )
  const written = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(''))

  it('decides the same however the stream is cut, and shows what it says in the end', () => {
    fc.assert(
      fc.property(written, fc.array(fc.nat(40), { minLength: 1, maxLength: 8 }), (text, cut) => {
        const whole = pass(sources, prompt, text, { cut: [1_000_000] })
        const parts = pass(sources, prompt, text, { cut })
        expect(parts).toEqual(whole)
        if (whole.verdict.kind === 'ok') expect(whole.verdict.text).toBe(whole.text)
      }),
      { numRuns: 120 },
    )
  })

  it('never takes back what it has shown, and shows nothing more once it has failed', () => {
    fc.assert(
      fc.property(written, (text) => {
        const gate = new Gate({ sources, ...prompt })
        let shown = ''
        for (const character of text) {
          const failed = gate.failure
          const delta = gate.push(character)
          if (failed) expect(delta).toBe('')
          shown += delta
          expect(gate.text).toBe(shown)
        }
        const failed = gate.failure
        const { delta, verdict } = gate.finish()
        if (failed) expect({ delta, verdict }).toEqual({ delta: '', verdict: failed })
        expect(gate.text).toBe(shown + delta)
      }),
      { numRuns: 80 },
    )
  })

  it('shows no claim that its sources do not make', () => {
    fc.assert(
      fc.property(written, (text) => {
        const shown = pass(sources, prompt, text).text
        const all = new Support(sources.map((source) => `${source.title}\n${source.text}`))
        expect(all.missing(shown.replace(/\*+|~~+|__+/g, ''))).toEqual([])
      }),
      { numRuns: 80 },
    )
  })
})

describe('claims', () => {
  const hostile: [string, (n: number) => string][] = [
    ['digits', (n) => '1'.repeat(n)],
    ['groups of digits', (n) => '1,234 '.repeat(n / 6)],
    ['single digits', (n) => '1 '.repeat(n / 2)],
    ['brackets', (n) => '('.repeat(n)],
    ['open brackets and digits', (n) => '(1'.repeat(n / 2)],
    ['dots', (n) => 'a.'.repeat(n / 2)],
    ['at signs', (n) => '@'.repeat(n)],
    ['slashes', (n) => 'http://'.repeat(n / 7)],
    ['hyphens', (n) => 'a-1-'.repeat(n / 4)],
    ['number words', (n) => 'twenty-'.repeat(n / 7)],
    ['hundreds', (n) => 'hundred '.repeat(n / 8)],
    ['quotes', (n) => '"'.repeat(n)],
    ['backticks', (n) => '`'.repeat(n)],
    ['stars', (n) => '*1'.repeat(n / 2)],
    ['one word', (n) => 'a'.repeat(n)],
    ['letters and digits', (n) => 'a1'.repeat(n / 2)],
    ['I have', (n) => 'i have '.repeat(n / 7)],
    ['ich habe', (n) => 'ich habe '.repeat(n / 9)],
    ['password', (n) => 'password '.repeat(n / 9)],
    ['Chinese', (n) => '中1'.repeat(n / 2)],
    ['lines', (n) => '1.\n'.repeat(n / 3)],
    ['joiners', (n) => '1 and 2 or '.repeat(n / 11)],
  ]
  it.each(hostile)('take work in proportion to the length: %s', (_, make) => {
    const short = extract(make(4_000)).steps
    const long = extract(make(32_000)).steps
    expect(long).toBeLessThanOrEqual(short * 8.5 + 50)
  })

  it('are found in any text without failing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        claimsOf(text)
        // Whatever a text says, it says itself.
        expect(
          new Support([text]).missing(text).filter(({ kind }) => kind !== 'link' && kind !== 'email'),
        ).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})
