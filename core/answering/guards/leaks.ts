/**
 * What must never be in an answer, whatever a source says: our own instructions, in plain or encoded; secrets, known
 * by their shape; personal data that no source holds.
 */
import { folded, plain, squeezed, visible } from './characters.ts'

/** Characters in a row, of letters and digits alone, that an answer may share with the instructions by chance. */
const shared = 36
const canaryShared = 8

const secrets: [string, RegExp][] = [
  [
    'API key',
    /\b(?:sk|pk|rk)[-_](?:ant-|proj-|live_|test_)?[\w-]{16,200}|\bAKIA[\dA-Z]{12,20}\b|\bAIza[\w-]{30,50}|\bgh[pousr]_\w{20,100}|\bgithub_pat_\w{20,100}|\bxox[abposr]-[\w-]{10,100}|\bglpat-[\w-]{16,40}|\bcl[stok]_[\w+/=-]{16,100}|\bwhsec_[\w+/=-]{16,100}|\bnpm_\w{30,50}|\bya29\.[\w-]{20,200}/,
  ],
  ['bearer token', /\bbearer\s{1,3}[\w.~+/=-]{16,400}/i],
  ['JWT', /\beyJ[\w-]{8,400}\.[\w-]{8,800}/],
  ['private key', /-----BEGIN [A-Z ]{0,30}(?:KEY|CERTIFICATE)/],
  [
    'connection string',
    /\b(?:postgres(?:ql)?|mysql|mongodb(?:\+srv)?|redis|rediss|amqps?|mssql|jdbc:\w{2,12}):\/\/\S{3,200}|\b[a-z][a-z\d+.-]{1,12}:\/\/[^\s:@/]{1,80}:[^\s@/]{1,80}@/i,
  ],
  [
    'environment variable',
    /\b(?:OPENAI|ANTHROPIC|CLUBOS|DATABASE|AWS|PG|SMTP)_?[A-Z_]{0,24}(?:KEY|SECRET|TOKEN|PASSWORD|URL)\b/,
  ],
]

const passesLuhn = (digits: string): boolean => {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const value = Number(digits[digits.length - 1 - i]) * (i % 2 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}
const passesIban = (iban: string): boolean => {
  let rest = 0
  for (const character of iban.slice(4) + iban.slice(0, 4))
    rest = Number(`${rest}${/\d/.test(character) ? character : character.charCodeAt(0) - 55}`) % 97
  return rest === 1
}

/** Talk of the instructions themselves, also where it translates them. */
const selfTalk =
  /(?<!\p{L})(?:(?:my|initial|original|hidden|secret|system|internal) (?:\w+ )?(?:instructions?|prompt|guidelines|directives|system message)|our (?:system|hidden|secret|internal) (?:instructions?|prompt|rules)|(?:above|previous) (?:instructions|prompt)|system ?prompt|system message|developer mode|jailbr\w+|i was (?:told|instructed|programmed) (?:to|not)|i(?:'m| am) (?:not )?(?:an? )?(?:dan|unrestricted|unfiltered|jailbroken)|(?:meine|ursprünglichen?|geheimen?|internen?) (?:\w+ )?(?:anweisungen|instruktionen|vorgaben|regeln lauten)|systemanweisung\w*|mes (?:\w+ )?(?:instructions|consignes)|(?:instructions|consignes) (?:système|secrètes|initiales)|mis (?:\w+ )?(?:instrucciones|directrices)|instrucciones (?:del sistema|secretas|iniciales)|le mie istruzioni|istruzioni di sistema|minhas instruções|mijn instructies|мои инструкции|системн\p{L}+ (?:промпт|инструкци)\p{L}*|talimatlarım|moje instrukcje|as an ai|als ki(?=[ ,-])|en tant qu'ia|como ia)(?!\p{L})|系统提示|系統提示|我的指令|システムプロンプト|私の指示|指示内容/iu

const hexText = (text: string): string =>
  text.replace(/\b(?:[\da-f]{2}[ :]?){12,400}/gi, (run) =>
    Buffer.from(run.replace(/[ :]/g, ''), 'hex').toString('latin1'),
  )
const base64Runs = /[\w+/-]{16,4000}={0,2}/g
const leet: Record<string, string> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's' }
const unleet = (text: string): string => text.replace(/[013457@$]/g, (character) => leet[character]!)
const shifted = (text: string, by: number): string =>
  text.replace(/[a-z]/g, (c) => String.fromCharCode(((c.charCodeAt(0) - 97 + by) % 26) + 97))
const stepsOf = (text: string): string => {
  let steps = ''
  for (let i = 1; i < text.length; i++) {
    const from = text.charCodeAt(i - 1) - 97
    const to = text.charCodeAt(i) - 97
    steps +=
      from < 0 || from > 25 || to < 0 || to > 25
        ? text[i]!
        : String.fromCharCode(65 + ((to - from + 26) % 26))
  }
  return steps
}
const reversed = (text: string): string => [...text].reverse().join('')

/** A text in which runs of at least `length` characters are looked for, each place of which costs next to nothing. */
class Runs {
  readonly #text: string
  readonly #length: number
  readonly #half: number
  readonly #places = new Map<string, number[]>()

  constructor(text: string, length: number) {
    this.#text = text
    this.#length = length
    this.#half = length >> 1
    for (let i = 0; i + this.#half <= text.length; i++) {
      const gram = text.slice(i, i + this.#half)
      const places = this.#places.get(gram)
      // A text of one letter would have them all.
      if (!places) this.#places.set(gram, [i])
      else if (places.length < 8) places.push(i)
    }
  }

  /** Whether they share a run that stands nowhere in `but`. Every run of that length has one of the halves looked at. */
  in(view: string, but = ''): boolean {
    for (let i = 0; i + this.#half <= view.length; i += this.#half)
      for (const place of this.#places.get(view.slice(i, i + this.#half)) ?? []) {
        let before = 0
        while (before < i && before < place && view[i - before - 1] === this.#text[place - before - 1])
          before++
        let after = this.#half
        while (i + after < view.length && view[i + after] === this.#text[place + after]) after++
        if (before + after >= this.#length && !but.includes(view.slice(i - before, i + after))) return true
      }
    return false
  }
}
const initials = (text: string): string =>
  (folded(text).match(/[\p{L}\p{N}]+/gu) ?? []).map((w) => w[0]).join('')
const lineInitials = (text: string): string =>
  text
    .split('\n')
    .map((line) => squeezed(line)[0] ?? '')
    .join('')

export interface Private {
  /** Random, new with each call, in the prompt and nowhere else. */
  canary: string
  /** The marks between the parts of the prompt. */
  nonce?: string
  /** What the system was told. */
  instructions: string
  /** Texts that may be quoted: the sources. */
  sources: string[]
}

export class Leaks {
  readonly #canary: Runs
  readonly #instructions: Runs
  /** From each letter to the next, which no shift of the alphabet changes. */
  readonly #steps: Runs
  readonly #initials: Runs
  readonly #sources: string
  /** The same of the sources. */
  readonly #quotable: string
  readonly #known: string

  constructor({ canary, nonce, instructions, sources }: Private) {
    this.#canary = new Runs(`${squeezed(canary)}\n${squeezed(nonce ?? '')}`, canaryShared)
    this.#known = sources.map(plain).join('\n').toLowerCase()
    this.#sources = squeezed(sources.join('\n'))
    this.#quotable = stepsOf(this.#sources)
    this.#instructions = new Runs(squeezed(instructions), shared)
    this.#steps = new Runs(stepsOf(squeezed(instructions)), shared)
    this.#initials = new Runs(initials(instructions), 14)
  }

  /** What leaks in a text; null for nothing. The caller bounds its length. */
  find(text: string): string | null {
    const seen = plain(text)
    for (const [name, pattern] of secrets) if (pattern.test(seen)) return `secret: ${name}`
    const self = selfTalk.exec(seen)
    if (self && !this.#known.includes(self[0].toLowerCase())) return `instructions: ${self[0]}`
    for (const [view, what] of this.#views(text)) {
      if (this.#canary.in(view)) return `canary${what}`
      if (this.#instructions.in(view, this.#sources)) return `instructions${what}`
    }
    const same = squeezed(text)
    if (this.#canary.in(shifted(same, 13))) return 'canary, shifted'
    for (const view of [same, reversed(same)])
      if (this.#steps.in(stepsOf(view), this.#quotable)) return 'instructions, shifted'
    for (const first of [initials(text), lineInitials(text)])
      if (this.#initials.in(first)) return 'instructions by first letters'
    return this.#personal(seen) ?? this.#encoded(seen)
  }

  *#views(text: string): Generator<[string, string]> {
    const same = squeezed(text)
    yield [same, '']
    yield [reversed(same), ', reversed']
    yield [squeezed(unleet(folded(text))), ', in leet']
    const everySecond = [...same].filter((_, i) => i % 2 === 0).join('')
    yield [everySecond, ', interleaved']
    let decoded = ''
    for (const [run] of visible(text)
      .replace(/\s+(?=[\w+/=-]{16})/g, '')
      .matchAll(base64Runs)) {
      decoded += `${Buffer.from(run, 'base64').toString('latin1')} ${Buffer.from(run, 'base64url').toString('latin1')} `
    }
    if (decoded) {
      yield [squeezed(decoded), ', in base64']
      yield [reversed(squeezed(decoded)), ', in base64 reversed']
    }
    if (/%[\da-f]{2}/i.test(text))
      yield [
        squeezed(
          text.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        ),
        ', percent-encoded',
      ]
    if (/\\u[\da-f]{4}|\\x[\da-f]{2}/i.test(text))
      yield [
        squeezed(
          text.replace(/\\(?:u([\da-f]{4})|x([\da-f]{2}))/gi, (_, u: string, x: string) =>
            String.fromCharCode(Number.parseInt(u ?? x, 16)),
          ),
        ),
        ', escaped',
      ]
    if (/(?:[\da-f]{2}[ :]?){12}/i.test(text)) yield [squeezed(hexText(text)), ', in hex']
    if (/(?:\b\d{2,3}[ ,]+){10}/.test(text))
      yield [
        squeezed(text.replace(/\b\d{2,3}\b[ ,]*/g, (n) => String.fromCharCode(Number.parseInt(n, 10)))),
        ', in character codes',
      ]
    if (/(?:[01]{8} ?){6}/.test(text))
      yield [
        squeezed(text.replace(/[01]{8} ?/g, (bits) => String.fromCharCode(Number.parseInt(bits, 2)))),
        ', in bits',
      ]
  }

  #personal(seen: string): string | null {
    for (const [run] of seen.matchAll(/(?<!\d)\d(?:[ .-]?\d){12,18}(?!\d)/g)) {
      const digits = run.replace(/\D/g, '')
      if (/^[2-6]/.test(digits) && passesLuhn(digits)) return 'card number'
    }
    for (const [run] of seen.matchAll(
      /\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z\d]{4}){2,7}(?:[ -]?[A-Za-z\d]{1,3})?(?![A-Za-z\d])/g,
    )) {
      const iban = run.replace(/[ -]/g, '').toUpperCase()
      if (iban.length >= 15 && passesIban(iban) && !this.#sources.includes(iban.toLowerCase())) return 'IBAN'
    }
    return null
  }

  /** Long tokens that no language has, and other alphabets for ours: whatever they say, nobody needs them here. */
  #encoded(seen: string): string | null {
    for (const [token] of seen.matchAll(/[\w+/=~-]{20,400}/g))
      if (
        (/\d/.test(token) && /[A-Za-z]/.test(token)) ||
        /\p{Ll}\p{Lu}.{0,40}\p{Ll}\p{Lu}/u.test(token) ||
        /={1,2}$/.test(token)
      )
        if (!this.#known.includes(token.toLowerCase())) return 'encoded text'
    if (/(?:[.·-]{1,6}[ /|]{1,3}){8}/.test(seen.replace(/\|?(?:[ :]*-{3,}[ :]*\|)+/g, '')))
      return 'encoded text: morse'
    // A letter at a time.
    if (/(?:(?<![\p{L}\p{N}])\p{L}[ ._*-]{1,3}){8}/u.test(seen)) return 'encoded text: single letters'
    if (
      /\b(?:alpha|alfa|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliett?|kilo|lima|mike|november|oscar|papa|quebec|romeo|sierra|tango|uniform|victor|whiskey|xray|x-ray|yankee|zulu)(?:[ ,-]{1,2}(?:alpha|alfa|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliett?|kilo|lima|mike|november|oscar|papa|quebec|romeo|sierra|tango|uniform|victor|whiskey|xray|x-ray|yankee|zulu)){4}/i.test(
        seen,
      )
    )
      return 'encoded text: spelling alphabet'
    return null
  }
}
