/**
 * Whether prose is about what it cites: of the words that carry meaning, a share must stand in the sources, in any of
 * their forms. That can be told where answer and source are of one language. An answer in another language must have
 * something in common with its sources: a figure, a name, a label.
 */
import { folded } from './characters.ts'

const least = 0.3
/** Too few words to tell. */
const enough = 6

const english = new Set(
  'the and you your for with that this not are can will from have has but when then please if is to of in on it at be or as by we our do an was were there they their'.split(
    ' ',
  ),
)
/** Words that any helpful answer may add. */
const common = new Set(
  `about after again also always another any anyone anything around available back because been before being below best better both
   bring call check choose come could does doing done each either else enough even every everyone everything first follow following
   getting give goes going good happens happy have having hear hello help helps here hope however instead into just keep know last
   later least leave less let lets like little long look looks made make many matter maybe might more most much must near need needs never
   next nothing note now off once only open option options order other others otherwise over own part please possible press problem
   quick quickly question rather ready really reach right same see send should show shows simply since some someone something soon sorry
   sounds start staff steps still such sure take takes team tell than thank thanks that their them then there these they thing things
   those through time today together too tried trouble try turn under understand until upon used using usually very wait want way well
   went were what when where whether which while whole will with within without work works would write yes yet your yourself
   club member members customer customers assist assistance apologies apologise apologize glad frustrating annoying inconvenience
   directly simple simply details information contact`.split(/\s+/),
)

const wordsOf = (text: string): string[] => folded(text).match(/[a-z]{2,}/g) ?? []
const stem = (word: string): string =>
  word.replace(/(?:ing|edly|ed|es|s|ly|ation|ations|ment|er|ers)$/, '').slice(0, 6)

/**
 * yes: enough of it stands in the sources, or there is too little to tell. no: it is about something else.
 * unanchored: in another language than its sources, and not a name, label or figure in common.
 */
export function grounding(text: string, sources: string[]): 'yes' | 'no' | 'unanchored' {
  const words = wordsOf(text)
  const usual = words.filter((word) => english.has(word)).length
  if (words.length >= 8 && usual / words.length >= 0.2) {
    const carrying = words.filter((word) => word.length >= 4 && !common.has(word) && !english.has(word))
    if (carrying.length < enough) return 'yes'
    const known = new Set(sources.flatMap(wordsOf).map(stem))
    return carrying.filter((word) => known.has(stem(word))).length / carrying.length >= least ? 'yes' : 'no'
  }
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  if (letters < (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text) ? 12 : 40)) return 'yes'
  if (/\d/.test(text.replace(/\[\d+\]/g, '').replace(/^\s*\d+[.)]/gm, ''))) return 'yes'
  const known = new Set(
    sources
      .flatMap(wordsOf)
      .filter((word) => word.length >= 4)
      .map((word) => word.slice(0, 5)),
  )
  return words.some((word) => word.length >= 4 && !common.has(word) && known.has(word.slice(0, 5)))
    ? 'yes'
    : 'unanchored'
}
