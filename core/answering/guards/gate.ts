/**
 * Between the model and the customer. Text passes in whole checked pieces only: a sentence or list item waits until a
 * citation stands behind it, and is released when all that it claims stands in what has been cited. The first failure
 * is the last: nothing more is released, and whoever shows the answer replaces what was shown.
 *
 * It takes one character after another, so the result never depends on how the stream was cut.
 */
import { plain, visible } from './characters.ts'
import { type Claim, claimsOf, Support } from './claims.ts'
import { grounding } from './grounding.ts'
import { Leaks } from './leaks.ts'

export interface GateSource {
  /** As it is cited: [1]. */
  rank: number
  title: string
  heading?: string | null
  /** As the model saw it. */
  text: string
}

export type Guard = 'claims' | 'citations' | 'leaks' | 'markup' | 'grounding' | 'sentinel' | 'length'

export interface GateOptions {
  sources: GateSource[]
  /** Of this call's prompt (prompt.ts). */
  canary: string
  nonce: string
  /** What the system was told, to know it again. */
  instructions: string
  /** Characters. */
  maxLength?: number
  /** Guards left out, so that tests can see what each one stops. Never in service. */
  without?: ReadonlySet<Guard>
}

export type Verdict =
  | { kind: 'ok'; text: string; cited: number[] }
  /** It claims what no cited source says. */
  | { kind: 'unsupported'; claims: Claim[] }
  /** Instructions, secrets or personal data. `what` is for staff and holds none of them. */
  | { kind: 'leak'; what: string }
  /** Images, HTML, links that are none, turns and tools in disguise. */
  | { kind: 'unsafe'; what: string }
  /** The model says that the sources do not answer it. */
  | { kind: 'no_answer' }
  | { kind: 'empty' }
  | { kind: 'uncited' }
  | { kind: 'too_long' }

/** The most that may be said without a citation, pleasantries and all, in characters. */
const uncitedMost = 500
/** How far back a leak may begin, in characters. */
const lookBack = 600

const citation =
  /(?:\[|【)\s{0,2}(?:\^|(?:sources?|quellen?|fuentes?|fonti?|sop|ref(?:erence)?|doc(?:ument)?)\b)?[.:#]?\s{0,2}(\d{1,3}(?:\s{0,2}(?:,|;|&|-|–|and|und|et|y)\s{0,2}(?:\^|sources?\s)?\d{1,3}){0,9})\s{0,2}(?:†[^\]】\n]{0,40})?(?:\]|】)(?!\()|[(（]\s{0,2}(?:see )?(?:sources?|quellen?|fuentes?|fonti?|bronn?e?n?)\s?[.:#]?\s{0,2}(\d{1,3}(?:\s{0,2}(?:,|;|&|-|–|and|und|et|y)\s{0,2}\d{1,3}){0,9})\s{0,2}[)）]/giu
const sentenceEnd = /[.!?…][")'*_”’»“)\]]{0,4}\s*(?:\[\d{1,3}\]\s*|【[^】]{1,40}】\s*){0,6}$/u
const listMarker = /^[ >]*(?:[-*+•–]\s|(?:\*\*)?\(?(?:\d{1,2}|[a-z])[.)](?:\*\*)?\s|\|)/i
const heading = /^(?:#{1,6} .*|\*\*[^*]{1,120}\*\*:?|__[^_]{1,120}__:?)$|:[*_]{0,3}$/
const sentinel = /NO[\W_]{1,4}ANSWER|no\\?_answer|NOANSWER/
const turns =
  /(?:^|\n)[ >*_#]*(?:system|assistant|developer|user|human|customer|tool|function)(?: ?\([^)\n]{0,20}\))?[*_]{0,2}\s?:|<\|[\w-]{2,20}\|?>?|\[\/?INST\]|<<\/?SYS>>|```|\{\s{0,3}"|"\w{1,30}"\s{0,2}:\s{0,2}[{["]/i
const mixedScript =
  /[a-z][\u0370-\u03bb\u03bd-\u03ff\u0400-\u04ff\u0530-\u058f]|[\u0370-\u03bb\u03bd-\u03ff\u0400-\u04ff\u0530-\u058f][a-z]/i

const entities: Record<string, string> = { '&nbsp;': ' ', '&amp;': '&' }

/** Markup that changes nothing of what a text says, in the one way we write it. */
const tidied = (piece: string): string =>
  piece
    .replace(/<br ?\/?>/gi, ' ')
    .replace(/<(https?:\/\/[^\s<>]{1,2000}|[\w.+-]{1,64}@[\w.-]{1,255})>/gi, '$1')
    .replace(/&(?:nbsp|amp);/g, (entity) => entities[entity]!)
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')

/** As it will be read: emphasis shows nothing. */
const read = (text: string): string => text.replace(/\*+|~~+|__+/g, '')

function unsafe(piece: string): string | null {
  const text = plain(piece)
  if (/!\s?\[/.test(text)) return 'image'
  if (/<[a-z/!?]/i.test(text)) return 'HTML'
  if (/&(?:#\w{1,8}|[a-z]{2,31}\d{0,2});?(?<=;|&#\w{1,8})/i.test(text)) return 'entity'
  if (/\b(?:javascript|vbscript|data|file|blob):\s?\S/i.test(text.replace(/\b(?:data|file): /gi, '')))
    return 'link that runs'
  if (/\]\s?\((?!(?:https?:\/\/|mailto:|tel:))/i.test(text) || /\[\s{0,4}\]\(/.test(text))
    return 'link to nowhere'
  if (/^\s{0,3}\[[^\]\n]{1,80}\]:\s/m.test(text)) return 'link by reference'
  if (turns.test(text) || piece.includes('```')) return 'turn or tool in disguise'
  if (mixedScript.test(piece.normalize('NFKC'))) return 'letters of two scripts in a word'
  return null
}

export class Gate {
  readonly #options: GateOptions
  readonly #bySource = new Map<number, GateSource>()
  readonly #leaks: Leaks
  /** Of all sources; made when it is needed. */
  #all: Support | null = null
  readonly #cited: number[] = []
  /** Of those cited. */
  readonly #support = new Support([])

  /** High surrogate whose other half is to come. */
  #half = ''
  #accents = 0
  #length = 0
  /** The piece that is being read. */
  #piece = ''
  /** Read, checked as far as it goes alone, and waiting for a citation. */
  #pending = ''
  #released = ''
  #everything = ''
  #startsLine = true
  #blank = false
  #continues = false
  #inList = false
  #paragraph = 0
  #paragraphCited = false
  #uncited = 0
  #anchored = true
  #verdict: Verdict | null = null

  constructor(options: GateOptions) {
    this.#options = options
    for (const source of options.sources) this.#bySource.set(source.rank, source)
    const texts = options.sources.map(textOf)
    this.#leaks = new Leaks({
      canary: options.canary,
      nonce: options.nonce,
      instructions: options.instructions,
      sources: texts,
    })
  }

  /** Set once it has failed: stop the model. */
  get failure(): Verdict | null {
    return this.#verdict?.kind === 'ok' ? null : this.#verdict
  }
  /** All that has been released. */
  get text(): string {
    return this.#released
  }

  /** What the model wrote since; returns what may be shown since. */
  push(delta: string): string {
    const before = this.#released.length
    let text = this.#half + delta
    this.#half = /[\ud800-\udbff]$/.exec(text)?.[0] ?? ''
    if (this.#half !== '') text = text.slice(0, -1)
    for (const character of text) {
      if (this.#verdict) break
      this.#take(character)
    }
    return this.#released.slice(before)
  }

  /** The model has ended well. */
  finish(): { delta: string; verdict: Verdict } {
    const before = this.#released.length
    if (!this.#verdict) {
      this.#complete()
      this.#endParagraph(true)
    }
    this.#verdict ??=
      this.#everything.trim() === ''
        ? { kind: 'empty' }
        : this.#cited.length === 0 && this.#guards('citations')
          ? { kind: 'uncited' }
          : { kind: 'ok', text: this.#released, cited: [...this.#cited] }
    return { delta: this.#released.slice(before), verdict: this.#verdict }
  }

  #guards(guard: Guard): boolean {
    return !this.#options.without?.has(guard)
  }

  #fail(verdict: Verdict) {
    this.#verdict ??= verdict
  }

  #take(raw: string) {
    if (this.#guards('length') && ++this.#length > (this.#options.maxLength ?? 6000)) {
      this.#fail({ kind: 'too_long' })
      return
    }
    const character = shown(raw)
    if (character === '') return
    if (/\p{M}/u.test(character)) {
      if (++this.#accents > 3) return
    } else this.#accents = 0
    if (character === '\n') {
      this.#piece += character
      this.#complete()
      this.#startsLine = true
      return
    }
    // A sentence has ended when the next one begins; what may be its citation still belongs to it.
    if (
      character !== ' ' &&
      this.#piece.endsWith(' ') &&
      !/[[【(（\])]/.test(character) &&
      sentenceEnd.test(this.#piece.slice(-80)) &&
      this.#piece.trim() !== ''
    ) {
      const open = this.#piece.lastIndexOf('[')
      if (open < this.#piece.lastIndexOf(']') || open < 0) {
        this.#complete()
        this.#startsLine = false
      }
    }
    this.#piece += character
  }

  /** A sentence or a line is whole. */
  #complete() {
    const raw = this.#piece
    this.#piece = ''
    if (raw.trim() === '') {
      if (raw.includes('\n')) this.#blank = this.#startsLine || this.#blank
      this.#pending += raw
      return
    }
    const startsLine = this.#startsLine
    const item = startsLine && listMarker.test(raw)
    if (this.#blank && startsLine && !this.#continues && !(item && this.#inList)) this.#endParagraph(false)
    if (this.#verdict) return
    this.#blank = false
    if (startsLine) this.#inList = item || (this.#inList && /^\s/.test(raw))
    this.#continues = heading.test(raw.trim())

    const { text, ranks, missing } = this.#citations(tidied(raw))
    this.#everything += text
    const recent = this.#everything.slice(-(text.length + lookBack))
    if (this.#guards('sentinel') && sentinel.test(plain(recent))) return this.#fail({ kind: 'no_answer' })
    if (this.#guards('leaks')) {
      const what = this.#leaks.find(recent)
      if (what !== null) return this.#fail({ kind: 'leak', what })
    }
    if (this.#guards('markup')) {
      const what = unsafe(recent)
      if (what !== null) return this.#fail({ kind: 'unsafe', what })
    }
    if (missing.length > 0 && this.#guards('citations'))
      return this.#fail({ kind: 'unsupported', claims: missing })
    this.#pending += text
    this.#paragraph += text.trim().length
    if (ranks.length > 0) {
      this.#paragraphCited = true
      for (const rank of ranks)
        if (!this.#cited.includes(rank)) {
          this.#cited.push(rank)
          this.#support.add(textOf(this.#bySource.get(rank)!))
        }
      this.#release()
    }
  }

  #citations(piece: string): { text: string; ranks: number[]; missing: Claim[] } {
    const ranks: number[] = []
    const missing: Claim[] = []
    const text = piece.replace(citation, (found, square: string | undefined, round: string | undefined) => {
      const cited: number[] = []
      const parts = (square ?? round ?? '').split(/(\d+)/)
      for (let i = 1; i < parts.length; i += 2) {
        const rank = Number(parts[i])
        if (/[-–]/.test(parts[i - 1] ?? '') && cited.length > 0)
          for (let between = cited.at(-1)! + 1; between < Math.min(rank, 20); between++) cited.push(between)
        cited.push(rank)
      }
      for (const rank of cited) {
        if (this.#bySource.has(rank)) ranks.push(rank)
        else missing.push({ kind: 'citation', text: found })
      }
      return cited.map((rank) => `[${rank}]`).join('')
    })
    return { text, ranks, missing }
  }

  #texts(): string[] {
    return this.#cited.map((rank) => textOf(this.#bySource.get(rank)!))
  }

  /** Releases what waits, if all that it claims stands in what has been cited. */
  #release(last = false) {
    const missing = this.#unsupported()
    if (missing.length > 0) return this.#fail({ kind: 'unsupported', claims: missing })
    if (!this.#anchored && !last) return
    if (!this.#anchored) return this.#fail({ kind: 'unsupported', claims: [ungrounded(this.#pending)] })
    const text = this.#pending.replace(/\n{3,}/g, '\n\n')
    const body = text.trimEnd()
    this.#released += this.#released === '' ? body.trimStart() : body
    this.#pending = text.slice(body.length)
  }

  #unsupported(): Claim[] {
    const text = read(this.#pending)
    const missing: Claim[] = []
    if (this.#guards('claims')) {
      missing.push(...this.#support.missing(text))
    }
    this.#anchored = true
    if (this.#guards('grounding') && missing.length === 0) {
      const found = grounding(text, this.#texts())
      if (found === 'no') missing.push(ungrounded(text))
      // In another language: what follows may have what is missing.
      this.#anchored = found !== 'unanchored' || grounding(this.#released + text, this.#texts()) === 'yes'
    }
    return missing
  }

  /** Without a citation of its own: pleasantries pass, claims only if what was cited before says the same. */
  #endParagraph(last: boolean) {
    const cited = this.#paragraphCited
    const length = this.#paragraph
    this.#paragraph = 0
    this.#paragraphCited = false
    if (this.#pending.trim() === '') return
    if (!cited) this.#uncited += length
    if (this.#uncited > uncitedMost && this.#guards('citations')) return this.#fail({ kind: 'uncited' })
    if (this.#guards('claims')) {
      const text = read(this.#pending)
      if (claimsOf(text).length > 0) this.#all ??= new Support(this.#options.sources.map(textOf))
      const invented = this.#all?.missing(text) ?? []
      if (invented.length > 0) return this.#fail({ kind: 'unsupported', claims: invented })
    }
    if (this.#cited.length === 0 && this.#guards('citations')) {
      // Nothing is shown before the first piece that a source supports.
      if (last) this.#fail({ kind: 'uncited' })
      return
    }
    if (last || this.#unsupported().length === 0) this.#release(last)
  }
}

const ungrounded = (text: string): Claim => ({ kind: 'grounding', text: text.trim().slice(0, 200) })

const textOf = (source: GateSource): string =>
  [source.title, source.heading, source.text].filter((part) => part).join('\n')

/** One character as it may be shown; empty where it cannot be seen. */
const shown = (character: string): string =>
  character === '\r'
    ? ''
    : (character >= ' ' && character <= '~') || character === '\n'
      ? character
      : visible(character)
