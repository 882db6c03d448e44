/** What a text looks like to whoever reads it: the guards compare that, never its code points. */

/** Invisible, or of a kind that hides or reorders what stands around it; tags and variation selectors carry messages. */
const unseen =
  /(?![\t\n])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\p{Default_Ignorable_Code_Point}\u2800]|\u20e3/gu
// More accents on a letter than any language has.
const piled = /(\p{M}{3})\p{M}+/gu
const spaces = /[^\S\n]|\u2028|\u2029/g

/** The text as it may be shown: without what cannot be seen. */
export const visible = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(unseen, '').replace(piled, '$1').replace(spaces, ' ')

const zeros = (() => {
  // Each script's digits stand in a row of ten; the row begins where the code point before is no digit.
  const found: number[] = []
  for (let code = 0x660; code < 0x1fbfa; code++)
    if (/\p{Nd}/u.test(String.fromCodePoint(code))) {
      found.push(code)
      code += 9
    }
  return found
})()
const digit = (character: string): string => {
  const code = character.codePointAt(0)!
  const zero = zeros.findLast((first) => first <= code)
  return zero === undefined ? character : String((code - zero) % 10)
}

/** One way of writing for compatible forms (full width, ligatures, ½), digits of all scripts, dashes and quotes. */
export const plain = (text: string): string =>
  visible(text)
    .normalize('NFKC')
    .replace(/[^0-9\P{Nd}]/gu, digit)
    .replace(/[\u2010-\u2015\u2212\ufe58\ufe63\u2e3a\u2e3b]/g, '-')
    .replace(/[\u2018\u2019\u201a\u201b\u2032\u00b4`\u02bc]/g, "'")
    .replace(/[\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u300c\u300d\u300e\u300f]/g, '"')
    .replace(/[\u2024\u3002\uff61]/g, '.')
    .replace(/\u2044/g, '/')

// Letters of other scripts that pass for Latin ones.
const lookAlikes = new Map<string, string>()
for (const pair of 'аa еe оo рp сc уy хx іi јj ѕs ԁd ɡg һh ӏl ԛq ԝw вb кk мm нh тt зe ьb бb гr пn иu αa βb εe ηn ιi κk νv οo ρp τt υu χx ωw γy σo ɑa ɩi ıi ӕa ո n օo սu հh ց g ƅb ǀl ⅼl ∣l ａa'.split(
  ' ',
))
  if ([...pair].length === 2) lookAlikes.set([...pair][0]!, [...pair][1]!)

/** Lower case, without accents, look-alikes as the Latin letters they pass for. */
export const folded = (text: string): string =>
  plain(text)
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^ -~]/gu, (character) => lookAlikes.get(character) ?? character)

/** Letters and digits alone: spaced out, hyphenated or decorated, it is the same. */
export const squeezed = (text: string): string => folded(text).replace(/[^\p{L}\p{N}]/gu, '')
