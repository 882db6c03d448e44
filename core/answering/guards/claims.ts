/**
 * What a text claims in figures, names of places on the net, codes and promises, and whether a source says the same.
 * A claim is compared by what it means: 7 pm is 19:00, $25 is 25 dollars, never 25 €. Pure, and linear: every pattern
 * is tried at one place only and has a bound.
 */
import { folded, plain } from './characters.ts'
import * as words from './words.ts'

export type ClaimKind =
  | 'number'
  | 'money'
  | 'percentage'
  | 'duration'
  | 'time'
  | 'date'
  | 'link'
  | 'email'
  | 'phone'
  | 'code'
  /** Free, refunded, guaranteed: a promise in words. */
  | 'commitment'
  /** "I have refunded it": the assistant does nothing but write. */
  | 'action'
  /** [9], where there is no ninth source. */
  | 'citation'
  /** Prose of which next to no word stands in what it cites. */
  | 'grounding'

export interface Claim {
  kind: ClaimKind
  /** As it stands in the text. */
  text: string
}

/** Any one of the keys in the source supports the claim; without keys nothing does. */
interface Found extends Claim {
  keys: string[]
  at: number
  end: number
  value?: number
}

export interface Extracted {
  claims: Found[]
  /** Places looked at: a measure of the work that does not depend on the machine. */
  steps: number
}

const round = (value: number): string => String(Math.round(value * 1e6) / 1e6)

const patterns = {
  // Scripts without spaces: a figure ends where they begin.
  run: /[[\p{L}\p{M}\p{N}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]]+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc]+/vy,
  chunk: /[^\s<>"'|]{1,320}/uy,
  link: /[a-z]{2,10}:\/\/[^\s<>"'|]{1,2000}/iuy,
  isoDate: /(\d{4})-(\d{1,2})-(\d{1,2})(?![\d-])/y,
  date: /(\d{1,2})([./])(\d{1,2})\2(\d{4}|\d{2})(?![\d./]*\d)/y,
  shortDate: /(\d{1,2})\.(\d{1,2})\.(?!\d)/y,
  time: /(\d{1,2})(?::|\.(?=\d\d ?(?:uhr|h\b|[ap]\.?m\b)))([0-5]\d)(?::[0-5]\d)?(?![\d:])(?: ?(?:uhr\b|h\b))?(?: ?([ap])\.? ?m\b\.?)?/iy,
  hour: /(\d{1,2}) ?(?:(?:([ap])\.? ?m\b\.?)|(uhr\b|点|時|h(?:oras?|eures?)? du matin|h(?:oras?|eures?)? (?:du|de la) (?:soir|tarde|noche)))/iy,
  frenchHour: /(\d{1,2}) ?h ?([0-5]\d)(?!\d)/iy,
  evening: / ?(?:in the (?:evening|afternoon)|at night|abends|nachmittags|du soir|de la (?:tarde|noche))/iy,
  phone: /\+?\(?\d(?:(?:[ ./-]|[ ]?[()][ ]?|[ ][/-][ ])?\d){6,17}(?!\d)/y,
  spelled: /\d(?:(?: |, ?|-|\.)\d){2,19}(?![\d.,:])/y,
  number:
    /\d{1,3}(?:([,.' ])\d{3})(?:\1\d{3}){0,4}(?!\d)(?:[.,]\d{1,4}(?!\d))?|\d{1,20}(?:[.,]\d{1,4}(?![\d]))?/y,
  fraction: /(\d{1,3})\/(\d{1,3})(?![\d/])/y,
  currencyBefore: /(?:(US|A|C|NZ)?(\$)|([€£¥])|\b(usd|eur|gbp|chf|cad|aud|jpy))[ ]?$/i,
  unit: /[ -]?(?:(%|‰|°|[€£¥$])|(\p{L}+(?:-\p{L}+)?)\.?(?:[ -](\p{L}+))?(?:[ ](\p{L}+))?)/uy,
  connector:
    /^[ ]?(?:,|-|to|or|and|bis|oder|und|à|a|ou|et|o|y|e|tot|of|en|until)?[ ]?(?:or|oder|ou|o)?[ ]?(?:US)?[$€£¥]?[ ]?$/i,
  handle: /@[\w.]{2,40}/y,
  hyphenated: /(?:[-_.#*][\p{L}\p{N}]+){1,8}/uy,
  stars: /[#*]\d{2,10}[#*]?|\d{2,10}[#*](?![\w*])/y,
  quotedEnd: /[^\n"]{1,64}"/y,
  ticked: /`[^`\n]{1,80}`/g,
  marker:
    /^[ >]*(?:[-*+•]\s+)?(?:\*\*|__)?(?:\(?\d{1,2}[.)](?!\d)|[a-z][.)]|#{1,6} ?\d{0,2}[.)]?)(?:\*\*|__)?(?= |$)/i,
  circled: /^([ >]*)[\u2460-\u2473\u2776-\u2793]/gm,
  keycap: /^([ >]*)(\d)\ufe0f?\u20e3/gm,
  domain: /^(?:[a-z\d](?:[a-z\d-]{0,62}[a-z\d])?\.){1,8}(?:[a-z]{2,24}|xn--[a-z\d-]{2,40})$/i,
}

const spaceless = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u

const at = (pattern: RegExp, text: string, from: number): RegExpExecArray | null => {
  pattern.lastIndex = from
  return pattern.exec(text)
}

/** A link as it is compared: no scheme, no www, no slash or dot at the end; everything else must be the same. */
const linkKey = (link: string): string => {
  const bare = link
    .replace(/^(?:https?|hxxps?):\/\//i, '')
    .replace(/^www\./i, '')
    .replace(/\/$/, '')
  const path = bare.search(/[/?#]/)
  return path < 0
    ? `link:${bare.toLowerCase()}`
    : `link:${bare.slice(0, path).toLowerCase()}${bare.slice(path)}`
}

const month = (word: string | undefined): number | undefined =>
  word === undefined ? undefined : words.months.get(word.replace(/\.$/, ''))

/** text: as it was written. lenient: for sources, where everything that may be meant counts. */
export function extract(text: string, lenient = false): Extracted {
  const codes = new Map<string, string>()
  const claims: Found[] = []
  let steps = 0
  // Numbers of list items are no claims, however they are decorated.
  const marked = text.replace(patterns.circled, '$1').replace(patterns.keycap, '$1')
  // Code-formatted text is taken before the backticks become apostrophes.
  if (!lenient)
    for (const [span] of marked.matchAll(patterns.ticked)) {
      const inner = plain(span.slice(1, -1)).trim()
      if (inner !== '' && !/^\d+$/.test(inner)) codes.set(phraseKey(inner), inner)
    }
  // "spectators [1]. At" is two sentences, and not an address with spaces in it.
  const unmarked = marked.replace(/ {0,3}\[\d{1,2}\](?=[.,;:!?])/g, '').replace(/\[\d{1,2}\](?!\()/g, ' ')
  const source = plain(unmarked)
    .split('\n')
    .map((line) => line.replace(patterns.marker, (found) => ' '.repeat(found.length)))
    .join('\n')
  const lower = source.toLowerCase()
  for (const [key, inner] of codes) claims.push({ kind: 'code', text: inner, keys: [key], at: 0, end: 0 })

  const add = (kind: ClaimKind, from: number, end: number, keys: string[], value?: number) => {
    claims.push({ kind, text: source.slice(from, end).trim(), keys, at: from, end, value })
  }
  /** Number words in a row, digit by digit: "four seven one one". */
  let digitsSpoken = ''
  let spokenFrom = 0
  let spokenEnd = 0
  const endSpoken = () => {
    if (digitsSpoken.length >= 3) add('code', spokenFrom, spokenEnd, [`digits:${digitsSpoken}`])
    digitsSpoken = ''
  }

  /** A quantity that ends at `end`: its unit, where one follows or a currency stands before it. */
  const quantity = (value: number, from: number, end: number, word = false): number => {
    const before = patterns.currencyBefore.exec(source.slice(Math.max(0, from - 5), from))
    if (before) {
      const currency = before[2]
        ? before[1] && before[1].toUpperCase() !== 'US'
          ? `${before[1].toUpperCase()}D`
          : 'USD'
        : (words.currencies.get((before[3] ?? before[4])!.toLowerCase()) ?? before[4]!.toUpperCase())
      add('money', from - before[0].length, end, [`${currency}:${round(value)}`], value)
      return end
    }
    let unitEnd = end
    let keys: string[] | undefined
    let kind: ClaimKind = 'number'
    const unit = at(patterns.unit, lower, end)
    if (unit) {
      const [, sign, first, second, third] = unit
      const upTo = (part: string) => end + unit[0].lastIndexOf(part) + part.length
      if (sign === '%') {
        kind = 'percentage'
        keys = [`%:${round(value)}`]
        unitEnd = end + unit[0].indexOf(sign) + 1
      } else if (sign && sign !== '°' && sign !== '‰') {
        kind = 'money'
        keys = [`${words.currencies.get(sign)}:${round(value)}`]
        unitEnd = end + unit[0].indexOf(sign) + 1
      } else if (first) {
        // "two full seconds", "3 working days", "3 jours ouvrés", "20 per cent"
        for (const candidate of [
          second && third ? `${first} ${second} ${third}` : undefined,
          second ? `${first} ${second}` : undefined,
          first,
          ...(spaceless.test(first) ? [first.slice(0, 3), first.slice(0, 2), first.slice(0, 1)] : []),
        ]) {
          const known = candidate === undefined ? undefined : words.units.get(candidate)
          if (known === undefined || candidate === undefined) continue
          kind = known.kind
          keys = known.keys.map(([name, factor]) => `${name}:${round(value * factor)}`)
          // "10 heures" may be a time of the day.
          if (words.hours.has(candidate) && Number.isInteger(value) && value <= 24)
            keys.push(`t:${value % 24}:00`)
          unitEnd = upTo(candidate.split(' ').at(-1)!)
          break
        }
        if (keys === undefined && second !== undefined && words.fillers.has(first)) {
          const known =
            (third && words.units.get(`${second} ${third}`)) || words.units.get(second) || undefined
          if (known) {
            kind = known.kind
            keys = known.keys.map(([name, factor]) => `${name}:${round(value * factor)}`)
            unitEnd = upTo(second)
          }
        }
      }
    }
    if (keys === undefined) {
      // One is a pronoun, and "two options" counts what the text itself lists.
      const next = at(/ (?:\p{L}+ )?(\p{L}+)/uy, lower, end)
      if (word && !lenient && value <= 6 && next && words.counted.has(next[1]!)) return end
      const keys = [`n:${round(value)}`]
      // "$5 to 10": the second number's unit is that of the first.
      const money = claims.at(-1)
      if (
        money?.kind === 'money' &&
        money.end <= from &&
        /^ ?(?:-|to|bis|à|a) ?$/.test(lower.slice(money.end, from))
      )
        keys.push(`${money.keys[0]!.split(':')[0]}:${round(value)}`)
      add('number', from, end, keys, value)
    } else {
      // "1, 2 or 3 months": the unit is that of the numbers before, too.
      let later = from
      for (let i = claims.length - 1, most = 6; i >= 0 && most > 0; i--, most--) {
        const earlier = claims[i]!
        if (earlier.kind !== 'number' || earlier.value === undefined || earlier.end > later) break
        if (later - earlier.end > 12 || !patterns.connector.test(source.slice(earlier.end, later))) break
        const factor = value === 0 ? 1 : earlier.value / value
        earlier.keys.push(
          ...keys.map((key) => {
            const colon = key.indexOf(':')
            return `${key.slice(0, colon)}:${round(Number(key.slice(colon + 1)) * factor)}`
          }),
        )
        later = earlier.at
      }
      add(kind, from, unitEnd, keys, value)
    }
    return Math.max(end, unitEnd)
  }

  const clock = (hours: number, minutes: number, half: string | undefined): string[] => {
    const hour = half === undefined ? hours : half.toLowerCase() === 'a' ? hours % 12 : (hours % 12) + 12
    return [`t:${hour % 24}:${String(minutes).padStart(2, '0')}`]
  }
  /** "10–18 Uhr", "from 2 to 6 pm": a time, too, though not which half of the day. */
  const clockBefore = (from: number, half: boolean) => {
    const earlier = claims.at(-1)
    if (earlier?.kind !== 'number' || earlier.value === undefined || from - earlier.end > 8) return
    if (earlier.value > 24 || !patterns.connector.test(source.slice(earlier.end, from))) return
    earlier.keys.push(`t:${earlier.value % 24}:00`)
    if (half) earlier.keys.push(`t:${(earlier.value + 12) % 24}:00`)
  }

  let position = 0
  while (position < source.length) {
    steps++
    const character = source[position]!
    if (character === '\n') {
      position++
      continue
    }
    if (character === ' ') {
      position++
      continue
    }
    const begins = position === 0 || /[\s(["'|>*_=,;/]/.test(source[position - 1]!)
    // Addresses first: what is inside them is no claim of its own.
    if (begins && character !== '<') {
      const chunk = at(patterns.link, source, position) ?? at(patterns.chunk, source, position)
      if (chunk) {
        steps += chunk[0].length >> 6
        const end = address(chunk[0], position, add)
        if (end > position) {
          endSpoken()
          position = end
          continue
        }
      }
    }
    if (character === '"' && !lenient) {
      const quoted = at(patterns.quotedEnd, source, position + 1)
      const inner = quoted?.[0].slice(0, -1).trim()
      // A quoted word that is no word of the language in hand: a code, a password, a command.
      if (inner && !/^\d+$/.test(inner) && /\d|^[^\p{Ll}]{3,}$|^[^\s]*[_/\\=+][^\s]*$/u.test(inner))
        add('code', position + 1, position + 1 + inner.length, [phraseKey(inner)])
      position++
      continue
    }
    if (/[#*]/.test(character)) {
      const starred = at(patterns.stars, source, position)
      if (starred && !/^\*\d+\*$/.test(starred[0]) && source[position - 1] !== '*') {
        add('code', position, position + starred[0].length, [`code:${starred[0].toLowerCase()}`])
        position += starred[0].length
        continue
      }
    }
    if (
      /[\d+(]/.test(character) &&
      (begins ||
        !/[[\p{L}\p{N}.:]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]]/v.test(
          source[position - 1] ?? ' ',
        ))
    ) {
      const end = figures()
      if (end > position) {
        position = end
        continue
      }
    }
    const run = at(patterns.run, source, position)
    if (!run) {
      position++
      continue
    }
    const token = run[0]
    const low = lower.slice(position, position + token.length)
    const end = position + token.length
    if (/^\d+$/.test(token)) {
      // Right after a letter's sign or a colon: still a number.
      position = quantity(Number(token), position, end)
      continue
    }
    if (/\d/.test(token)) {
      position = mixed(token, low, end)
      continue
    }
    position = word(low, end)
  }
  endSpoken()
  return { claims, steps }

  /** What starts with a digit at `position`; returns where it ends, or `position` where nothing was found. */
  function figures(): number {
    let match: RegExpExecArray | null
    match = at(patterns.isoDate, source, position)
    if (match) {
      const [, year, m, d] = match
      add('date', position, position + match[0].length, [`date:${Number(m)}-${Number(d)}:${year}`])
      if (lenient) add('date', position, position, [`date:${Number(m)}-${Number(d)}`])
      return position + match[0].length
    }
    match = at(patterns.date, source, position)
    if (match) {
      const [whole, first, sign, second, y] = match
      const year = y!.length === 2 ? `20${y}` : y
      // 3/4 is March or April as the country has it; with dots the day comes first.
      const keys = [`date:${Number(second)}-${Number(first)}:${year}`]
      if (sign === '/') keys.push(`date:${Number(first)}-${Number(second)}:${year}`)
      add('date', position, position + whole.length, keys)
      return position + whole.length
    }
    match = at(patterns.time, source, position)
    if (match && Number(match[1]) <= 24) {
      const keys = clock(Number(match[1]), Number(match[2]), match[3])
      let end = position + match[0].length
      const evening = at(patterns.evening, source, end)
      if (evening && match[3] === undefined && Number(match[1]) < 12) {
        keys.splice(0, 1, ...clock(Number(match[1]) + 12, Number(match[2]), undefined))
        end += evening[0].length
      }
      clockBefore(position, match[3] !== undefined)
      add('time', position, end, keys)
      return end
    }
    match = at(patterns.frenchHour, source, position)
    if (match && Number(match[1]) <= 24) {
      add('time', position, position + match[0].length, clock(Number(match[1]), Number(match[2]), undefined))
      return position + match[0].length
    }
    match = at(patterns.hour, source, position)
    if (match && Number(match[1]) <= 24) {
      let end = position + match[0].length
      let hour = Number(match[1])
      const evening = at(patterns.evening, source, end)
      if ((evening || /soir|tarde|noche/i.test(match[0])) && hour < 12) hour += 12
      if (evening) end += evening[0].length
      clockBefore(position, match[2] !== undefined)
      add('time', position, end, clock(hour, 0, match[2]))
      return end
    }
    match = at(patterns.shortDate, source, position)
    if (match && Number(match[1]) <= 31 && Number(match[2]) <= 12) {
      add('date', position, position + match[0].length, [`date:${Number(match[2])}-${Number(match[1])}`])
      return position + match[0].length
    }
    match = at(
      /(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?(?: de| of)? (\p{L}{3,10})\.?(?:,? (?:de |of )?(\d{4})(?!\d))?/uy,
      lower,
      position,
    )
    const named = match && month(match[2])
    if (match && named && Number(match[1]) <= 31) {
      const key = `date:${named}-${Number(match[1])}`
      add('date', position, position + match[0].length, match[3] ? [`${key}:${match[3]}`] : [key])
      if (lenient) add('date', position, position, [key, `month:${named}`])
      return position + match[0].length
    }
    match = at(patterns.fraction, source, position)
    if (match) {
      const value = Number(match[1]) / Number(match[2])
      if (['1/2', '1/4', '3/4', '1/3', '2/3'].includes(match[0]))
        return quantity(value, position, position + match[0].length)
    }
    match = at(patterns.spelled, source, position)
    if (match && !/^\d, /.test(match[0])) {
      add('code', position, position + match[0].length, [`digits:${match[0].replace(/\D/g, '')}`])
      return position + match[0].length
    }
    const plainNumber = at(patterns.number, source, position)
    match = at(patterns.phone, source, position)
    if (
      match &&
      (plainNumber === null ||
        match[0].length > plainNumber[0].length ||
        (match[0].length === plainNumber[0].length && /^\d+$/.test(match[0])))
    ) {
      const digits = match[0].replace(/\D/g, '')
      const spans = /^(?:19|20)\d\d ?- ?(?:19|20)\d\d$/.exec(match[0])
      if (!spans) {
        add('phone', position, position + match[0].length, [`phone:${digits}`])
        return position + match[0].length
      }
    }
    if (!plainNumber) return position
    let written = plainNumber[0]
    let end = position + written.length
    // "1 000 bays" is a thousand; "bay 2 100 yards" is not told from it, and blocked where neither is supported.
    const grouped = plainNumber[1] !== undefined
    if (!grouped && /^0\d/.test(written)) {
      add('code', position, end, [`code:${written}`])
      return end
    }
    if (grouped) {
      const tail = /[.,]\d{1,2}$/.exec(written)
      const whole = tail && tail[0][0] !== plainNumber[1] ? written.slice(0, -tail[0].length) : written
      written = whole.replace(/\D/g, '') + (whole === written ? '' : `.${tail![0].slice(1)}`)
    }
    const next = source[end] ?? ''
    if (/[\p{L}\p{M}]/u.test(next)) {
      const run = at(patterns.run, source, position)!
      if (run[0].length > plainNumber[0].length)
        return mixed(run[0], run[0].toLowerCase(), position + run[0].length)
      // 4.2b, 7.5h
      const letters = at(patterns.run, source, end)![0].toLowerCase()
      if (!words.units.has(letters)) {
        add('code', position, end + letters.length, [`code:${lower.slice(position, end + letters.length)}`])
        return end + letters.length
      }
    }
    let value = Number(written.replace(',', '.'))
    const half = at(/ (?:and|und|et|y) (?:a half|one half|ein halb\w*|demie?|media?o?)\b/y, lower, end)
    if (half) {
      value += 0.5
      end += half[0].length
    }
    const signed =
      source[position - 1] === '-' &&
      /^$|[\s(]/.test(source[position - 2] ?? '') &&
      !/\d *-$/.test(source.slice(Math.max(0, position - 6), position))
    return quantity(signed ? -value : value, position, end)
  }

  /** Letters and digits in one. */
  function mixed(token: string, low: string, end: number): number {
    const [, leading, letters] = /^(\d+)(\p{L}+)$/u.exec(low) ?? []
    if (leading !== undefined && letters !== undefined) {
      if (/^(?:st|nd|rd|th|er|e|ème|eme|º|ª|ste|de)$/.test(letters)) {
        add('number', position, end, [`n:${Number(leading)}`], Number(leading))
        return end
      }
      if (letters === 'x') return quantity(Number(leading), position, end)
      const known = words.units.get(letters)
      if (known && source[end] !== '-') {
        const keys = known.keys.map(([name, factor]) => `${name}:${round(Number(leading) * factor)}`)
        if (letters === 'h' && Number(leading) <= 24) keys.push(`t:${Number(leading) % 24}:00`)
        add(known.kind, position, end, keys, Number(leading))
        return end
      }
    }
    const rest = at(patterns.hyphenated, source, end)
    const whole = token + (rest?.[0] ?? '')
    const key = whole.toLowerCase().replace(/[.]$/, '')
    const keys = [`code:${key}`]
    if (/^\p{L}+\d+$/u.test(key)) keys.push(`code:${key.replace(/(\p{L})(\d)/u, '$1-$2')}`)
    add('code', position, position + whole.length, keys)
    if (lenient) {
      const number = /^(\p{L}+)[-]?(\d+)$/u.exec(key)
      if (number)
        add('code', position, end, [`code:${number[1]}${number[2]}`, `code:${number[1]}-${number[2]}`])
    }
    return position + whole.length
  }

  function word(low: string, end: number): number {
    // AB-12 is a code; "3-month", "half-hour" are words.
    const coded = at(/-\d[\p{L}\p{N}]*(?:-[\p{L}\p{N}]+){0,6}/uy, source, end)
    if (coded) {
      const key = lower.slice(position, end) + coded[0].toLowerCase()
      add('code', position, end + coded[0].length, [`code:${key}`, `code:${key.replace(/-/g, '')}`])
      if (lenient) quantity(Number(/\d+/.exec(coded[0])![0]), end + 1, end + coded[0].length)
      return end + coded[0].length
    }
    if (lenient) {
      const numbered = at(/ (\d{1,4})(?![\d.,:])/y, source, end)
      if (numbered) add('code', position, end, [`code:${low}-${numbered[1]}`, `code:${low}${numbered[1]}`])
    }
    // "Step 3" points into the text itself.
    if (words.steps.has(low)) {
      const step = at(/ (\d{1,2})(?![\d:.,]\d|\d)/y, source, end)
      if (step && !lenient) return end + step[0].length
    }
    const fixed = at(words.fixed.pattern, lower, position)
    if (fixed) {
      const known = words.fixed.keys(fixed[0])
      if (known) {
        add(known.kind, position, position + fixed[0].length, known.keys)
        return position + fixed[0].length
      }
    }
    // Month and day: "December 25", "Dec. 25th, 2026"
    const named = month(low)
    if (named) {
      const day = at(/\.? (\d{1,2})(?:st|nd|rd|th)?(?![\d:])(?:,? (\d{4})(?!\d))?/y, lower, end)
      if (day && Number(day[1]) <= 31) {
        const key = `date:${named}-${Number(day[1])}`
        add('date', position, end + day[0].length, day[2] ? [`${key}:${day[2]}`] : [key])
        if (lenient) add('date', position, end, [key, `month:${named}`])
        return end + day[0].length
      }
      if (lenient || !words.ambiguousMonths.has(low)) add('date', position, end, [`month:${named}`])
      return end
    }
    const days = words.weekdays.get(low)
    if (
      days !== undefined &&
      !(words.ambiguousDays.has(low) && lower.slice(position, end) === source.slice(position, end))
    ) {
      if (lenient) {
        add(
          'date',
          position,
          end,
          days.map((d) => `wd:${d}`),
        )
        // "Monday to Friday" says Wednesday, too.
        const earlier = claims.at(-2)
        const from = earlier?.keys.length === 1 && /^wd:(\d)$/.exec(earlier.keys[0]!)
        if (
          from &&
          days.length === 1 &&
          /^s?\.? ?(?:to|-|through|until|bis|à|a|au|tot) ?$/i.test(source.slice(earlier.end, position)) &&
          position - earlier.end < 12
        )
          for (let d = Number(from[1]); d !== days[0]; d = (d + 1) % 7)
            add('date', position, end, [`wd:${d}`])
      } else for (const d of days) add('date', position, end, [`wd:${d}`])
      return end
    }
    const spoken = words.number(lower, position)
    if (spoken) {
      const { value, end: numberEnd, ambiguous, article } = spoken
      if (value < 10 && numberEnd === end && !article) {
        if (digitsSpoken !== '' && /^[ ,.-]{1,3}$/.test(source.slice(spokenEnd, position)))
          digitsSpoken += value
        else {
          endSpoken()
          digitsSpoken = String(value)
          spokenFrom = position
        }
        spokenEnd = end
      }
      const before = claims.length
      const after = quantity(value, position, numberEnd, true)
      // An article, or a word that means something else in another language, counts with a unit only.
      if (!lenient && claims.length > before && (article || (ambiguous && claims.at(-1)!.kind === 'number')))
        claims.pop()
      return Math.max(after, end)
    }
    const secret =
      words.secrets.has(low) &&
      at(
        /(?:'s)?(?: \p{L}+){0,3}(?: (?:is|are|was|lautet|ist|est|es|è|são|is:)|:| =|=) ?["'*_]{0,3}([^\s"'*_,;]{3,40})/uy,
        source,
        end,
      )
    if (secret && !lenient) {
      const value = secret[1]!.replace(/[.!?)]+$/, '')
      if (!words.common.has(value.toLowerCase())) add('code', end, end + secret[0].length, [phraseKey(value)])
    }
    const capitals = source.slice(position, end)
    if (
      !lenient &&
      capitals.length >= 4 &&
      /^\p{Lu}+$/u.test(capitals) &&
      words.secretNear.test(lower.slice(Math.max(0, position - 60), Math.min(source.length, end + 60)))
    )
      add('code', position, end, [phraseKey(capitals)])
    const concept = words.commitment(folded(low))
    if (concept && !words.harmless.test(lower.slice(Math.max(0, position - 12), end + 12)))
      add('commitment', position, end, [`promise:${concept}`])
    if (!lenient) {
      const done = at(words.action, lower, position)
      // "Once it has been refunded" says that it may be, not that it is.
      if (done && !words.conditional.test(lower.slice(Math.max(0, position - 60), position)))
        add('action', position, position + done[0].length, [phraseKey(done[0])])
    }
    return end
  }

  /** Where a link, domain or e-mail address stands at `from`; its end. */
  function address(chunk: string, from: number, addClaim: typeof add): number {
    // A chunk of prose has no use for more; a link may.
    const trimmed = chunk.replace(/[.,;:!?)\]}*_]{1,10}$/, '')
    const end = from + trimmed.length
    // A link without its scheme, as "//host/path".
    if (/^\/{2,}[\p{L}\d]/u.test(trimmed)) {
      addClaim('link', from, end, [linkKey(trimmed.replace(/^\/+/, ''))])
      return end
    }
    const scheme =
      /^([a-z][a-z\d+.-]{1,15}):\/\/(.{1,2000})$/i.exec(trimmed) ??
      /^(\w{2,10}):(?=[^\s\d])(.{3,2000})$/.exec(trimmed)
    if (
      scheme &&
      /^(?:https?|hxxps?|ftp|javascript|data|file|vbscript|blob|tel|sms|mailto|ws|wss)$/i.test(scheme[1]!)
    ) {
      if (/^mailto$/i.test(scheme[1]!)) addClaim('email', from, end, [`email:${scheme[2]!.toLowerCase()}`])
      else if (/^tel$/i.test(scheme[1]!))
        addClaim('phone', from, end, [`phone:${scheme[2]!.replace(/\D/g, '')}`])
      else addClaim('link', from, end, /^h(?:tt|xx)ps?$/i.test(scheme[1]!) ? [linkKey(trimmed)] : [])
      return end
    }
    const sign = trimmed.indexOf('@')
    if (sign === 0) {
      const handle = at(patterns.handle, source, from)
      if (!handle) return from
      addClaim('code', from, from + handle[0].length, [`code:${handle[0].toLowerCase().replace(/\.$/, '')}`])
      return from + handle[0].length
    }
    if (sign > 0 && sign < 100) {
      addClaim('email', from, end, [`email:${trimmed.toLowerCase()}`])
      return end
    }
    const slash = trimmed.search(/[/?#:]/)
    const host = slash < 0 ? trimmed : trimmed.slice(0, slash)
    if (
      host.length <= 253 &&
      host.includes('.') &&
      patterns.domain.test(folded(host).replace(/\[\.\]|\(\.\)/g, '.'))
    ) {
      const last = host.slice(host.lastIndexOf('.') + 1)
      // "done.Then": two sentences without a space, unless it ends like a domain.
      const joined = slash < 0 && /^\p{Lu}\p{Ll}+$/u.test(last) && !words.domains.has(last.toLowerCase())
      if (!joined && !/^(?:[a-z]\.){1,3}[a-z]{1,3}$/i.test(host) && !/^[\d.]+$/.test(host)) {
        addClaim('link', from, end, [linkKey(trimmed)])
        return end
      }
    }
    if (/^(?:\d{1,3}\.){3}\d{1,3}(?:[:/].*)?$/.test(trimmed)) {
      addClaim('link', from, end, [linkKey(trimmed)])
      return end
    }
    const apart = at(
      /([\p{L}\d-]{1,63}) ?(?:\[\.\]|\(\.\)|\{\.\}| dot | \. |\(dot\)|\[dot\]| punkt | point | punto )\s?([a-z]{2,10})\b/iuy,
      source,
      from,
    )
    if (apart && words.domains.has(apart[2]!.toLowerCase())) {
      addClaim('link', from, from + apart[0].length, [linkKey(`${apart[1]}.${apart[2]}`)])
      return from + apart[0].length
    }
    const mail = at(
      /[\w.+-]{1,64} ?(?:\(at\)|\[at\]|\{at\}| at ) ?[\w-]{1,63} ?(?:\(dot\)|\[dot\]| dot )/iy,
      source,
      from,
    )
    if (mail) {
      addClaim('email', from, from + mail[0].length, [])
      return from + mail[0].length
    }
    return from
  }
}

// What is longer than eight words is known by its first eight.
const phraseKey = (text: string): string => `phrase:${phraseWords(text).slice(0, 8).join(' ')}`
const phraseWords = (text: string): string[] => folded(text).match(/[\p{L}\p{N}]+/gu) ?? []

/** What sources say, made once for many questions. */
export class Support {
  readonly keys = new Set<string>()
  steps = 0

  constructor(texts: string[]) {
    for (const text of texts) this.add(text)
  }

  add(text: string): void {
    const { claims, steps } = extract(text, true)
    this.steps += steps
    for (const claim of claims) {
      for (const key of claim.keys) {
        this.keys.add(key)
        // A number written out is also what its digits spell, and a code of digits a phone number.
        if (key.startsWith('n:')) this.keys.add(`digits:${key.slice(2)}`)
        if (key.startsWith('digits:')) this.keys.add(`phone:${key.slice(7)}`).add(`n:${Number(key.slice(7))}`)
        if (key.startsWith('phone:')) this.keys.add(`digits:${key.slice(6)}`)
        if (key.startsWith('code:') && /^code:\d+$/.test(key)) this.keys.add(`digits:${key.slice(5)}`)
      }
    }
    const all = phraseWords(text)
    for (let from = 0; from < all.length; from++) {
      let phrase = 'phrase:'
      for (let length = 0; length < 8 && from + length < all.length; length++) {
        phrase += (length ? ' ' : '') + all[from + length]
        this.keys.add(phrase)
      }
      this.steps++
    }
  }

  /** The claims of a text that stand in none of the sources. */
  missing(text: string): Claim[] {
    const { claims, steps } = extract(text)
    this.steps += steps
    const seen = new Set<string>()
    return claims
      .filter((claim) => {
        if (claim.keys.some((key) => this.keys.has(key))) return false
        const id = `${claim.kind}:${claim.text}`
        return seen.has(id) ? false : seen.add(id)
      })
      .map(({ kind, text: written }) => ({ kind, text: written }))
  }
}

/** Claims of a text that stand in none of the allowed texts. */
export const unsupported = (text: string, allowed: string[]): Claim[] => new Support(allowed).missing(text)

/** Whether a text claims anything at all. */
export const claimsOf = (text: string): Claim[] =>
  extract(text).claims.map(({ kind, text: written }) => ({ kind, text: written }))
