/**
 * The words by which claims are known, in the languages that customers write in: English, German, French, Spanish,
 * and the commonest of Italian, Portuguese and Dutch, of Russian, Polish, Turkish, Chinese and Japanese.
 */
import type { ClaimKind } from './claims.ts'

const list = (text: string): string[] => text.trim().split(/\s+/)
const set = (text: string): Set<string> => new Set(list(text))

export const currencies = new Map<string, string>([
  ['$', 'USD'],
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['¥', 'JPY'],
  ...list('usd eur gbp chf cad aud jpy').map((code): [string, string] => [code, code.toUpperCase()]),
])

interface Unit {
  kind: ClaimKind
  /** Any of them may be meant: [name, factor]. */
  keys: [string, number][]
}

export const units = new Map<string, Unit>()
const unit = (kind: ClaimKind, names: string, ...keys: [string, number][]) => {
  for (const name of names.split('|')) units.set(name.trim().normalize('NFKC'), { kind, keys })
}
unit(
  'duration',
  's|sec|secs|second|seconds|sek|sekunde|sekunden|seconde|secondes|segundo|segundos|secondo|secondi|seconden|секунд|секунды|секунду|sekund|sekundy|saniye|秒|秒間|秒钟',
  ['s', 1],
)
unit(
  'duration',
  'min|mins|minute|minutes|minuten|minuto|minutos|minuti|minuut|minuten|минут|минуты|минуту|minut|minuty|dakika|分|分钟|分間',
  ['s', 60],
)
unit(
  'duration',
  'h|hr|hrs|hour|hours|std|stunde|stunden|heure|heures|hora|horas|ora|ore|uur|uren|час|часа|часов|godzin|godziny|godzinę|saat|小时|時間',
  ['s', 3600],
)
unit(
  'duration',
  'day|days|tag|tage|tagen|tages|jour|jours|día|días|dia|dias|giorno|giorni|dag|dagen|день|дня|дней|dzień|dni|gün|天|日',
  ['d', 1],
)
unit(
  'duration',
  'working day|working days|business day|business days|werktag|werktage|werktagen|werktags|arbeitstag|arbeitstage|arbeitstagen|jour ouvré|jours ouvrés|jour ouvrable|jours ouvrables|día laborable|días laborables|día hábil|días hábiles|giorno lavorativo|giorni lavorativi|dia útil|dias úteis|werkdag|werkdagen|рабочих дней|рабочий день|рабочих дня|dni roboczych|dni robocze|iş günü|工作日|営業日',
  ['wd', 1],
)
unit('duration', 'night|nights|nacht|nächte|nächten|nuit|nuits|noche|noches', ['night', 1])
unit(
  'duration',
  'week|weeks|wk|wks|woche|wochen|semaine|semaines|semana|semanas|settimana|settimane|week|weken|неделя|недели|недель|tydzień|tygodnie|tygodni|hafta|周|週間',
  ['d', 7],
)
unit(
  'duration',
  'month|months|monat|monate|monaten|monats|mois|mes|meses|mese|mesi|mês|maand|maanden|месяц|месяца|месяцев|miesiąc|miesiące|miesięcy|ay|个月|ヶ月|か月',
  ['mo', 1],
)
unit(
  'duration',
  'year|years|yr|yrs|jahr|jahre|jahren|an|ans|année|années|año|años|anno|anni|ano|anos|jaar|jaren|год|года|лет|rok|lata|lat|yıl|年',
  ['mo', 12],
)
unit(
  'percentage',
  'percent|per cent|prozent|pour cent|por ciento|per cento|por cento|procent|процентов|процента|процент|yüzde',
  ['%', 1],
)
unit(
  'money',
  'dollar|dollars|bucks|usd|us-dollar|us dollar|us dollars|dólar|dólares|dollari|dollaro|доллар|доллара|долларов|dolarów|dolary|dolar|美元|ドル',
  ['USD', 1],
)
unit('money', 'euro|euros|eur|евро', ['EUR', 1])
unit('money', 'pounds|pound|gbp|quid|pfund|livres|libras', ['GBP', 1], ['n', 1])
unit('money', 'cent|cents|centimes|centimos|céntimos|центов', ['USD', 0.01], ['EUR', 0.01])
unit('money', 'franken|francs|franc|chf', ['CHF', 1])
unit('money', 'yen', ['JPY', 1])

/** Of the hour, too. */
export const hours = set('h heures heure horas hora ore uur')

/** May stand between a number and its unit. */
export const fillers = set(
  'full more whole consecutive calendar further additional extra entire other free ganze ganzen volle vollen weitere weiteren weiterer zusätzliche kostenlose kostenlosen freie freien autres autre bonnes longs otros otras plus',
)

/** Things that a text of its own counts: "two options". */
export const counted = set(
  `options option ways way things steps possibilities possibility cases reasons points tips choices questions ideas
   möglichkeiten wege schritte fälle dinge punkte optionen tipps gründe varianten
   façons étapes choses cas points solutions possibilités conseils
   opciones formas pasos cosas casos maneras razones posibilidades opzioni modi passi opções passos manieren stappen opties`,
)
export const steps = set('step steps schritt schritte étape étapes paso pasos passo passi passos stap punkt')

export const months = new Map<string, number>()
for (const [i, names] of [
  'january jan januar janvier enero gennaio janeiro januari',
  'february feb februar février février febrero febbraio fevereiro februari',
  'march mar märz maerz mars marzo março maart',
  'april apr avril abril aprile',
  'may mai mayo maggio maio mei',
  'june jun juni juin junio giugno junho',
  'july jul juli juillet julio luglio julho',
  'august aug août aout agosto augustus',
  'september sept sep septembre septiembre settembre setembro',
  'october oct oktober okt octobre octubre ottobre outubro',
  'november nov novembre noviembre novembro',
  'december dec dezember dez décembre diciembre dicembre dezembro',
].entries())
  for (const name of list(names)) months.set(name, i + 1)
/** Words of another meaning, too: months only beside a day. */
export const ambiguousMonths = set(
  'may mar march mai mars sep sept jan jun jul dec oct nov apr aug feb dez okt mei marzo',
)

export const weekdays = new Map<string, number[]>()
for (const [names, days] of [
  ['monday mondays mon montag montags lundi lunes lunedì segunda-feira maandag', [1]],
  ['tuesday tuesdays tue tues dienstag dienstags mardi martes martedì dinsdag', [2]],
  ['wednesday wednesdays wed mittwoch mittwochs mercredi miércoles mercoledì woensdag', [3]],
  ['thursday thursdays thu thur thurs donnerstag donnerstags jeudi jueves giovedì donderdag', [4]],
  ['friday fridays fri freitag freitags vendredi viernes venerdì vrijdag', [5]],
  ['saturday saturdays sat samstag samstags sonnabend samedi sábado sábados sabato zaterdag', [6]],
  ['sunday sundays sun sonntag sonntags dimanche domingo domingos domenica zondag', [0]],
  ['weekend weekends wochenende wochenenden wochenends fin-de-semana', [6, 0]],
  ['weekday weekdays wochentag wochentags wochentage', [1, 2, 3, 4, 5]],
] as [string, number[]][])
  for (const name of list(names)) weekdays.set(name, days)
/** Written in lower case these are other words. */
export const ambiguousDays = set('mon sat sun wed thu fri tue domenica')

/** Fixed ways of saying a time or a span. */
const halves: [RegExp, ClaimKind, string[]][] = [
  [
    /^(?:half an hour|half hour|half-hour|halbe stunde|halben stunde|halbstündig|demi-heure|media hora|mezz'ora|meia hora|half uur)/,
    'duration',
    ['s:1800'],
  ],
  [/^(?:quarter of an hour|quarter hour|viertelstunde|quart d'heure|cuarto de hora)/, 'duration', ['s:900']],
  [/^(?:dreiviertelstunde|trois quarts d'heure)/, 'duration', ['s:2700']],
  [/^(?:noon|midday|midi|mediodía)/, 'time', ['t:12:00']],
  [/^(?:midnight|mitternacht|minuit|medianoche)/, 'time', ['t:0:00']],
  [/^(?:anderthalb|eineinhalb) stunden/, 'duration', ['s:5400']],
  [
    /^(?:daily|every day|each day|täglich|jeden tag|tous les jours|chaque jour|todos los días|a diario|all week|seven days a week)/,
    'date',
    ['wd:0', 'wd:1', 'wd:2', 'wd:3', 'wd:4', 'wd:5', 'wd:6'],
  ],
  [/^(?:twice|zweimal|deux fois|dos veces)/, 'number', ['n:2']],
  [/^(?:thrice|dreimal|trois fois|tres veces)/, 'number', ['n:3']],
]
export const fixed = {
  pattern:
    /(?:half an hour|half hour|half-hour|halben? stunde|halbstündig|demi-heure|media hora|mezz'ora|meia hora|half uur|quarter of an hour|quarter hour|viertelstunde|quart d'heure|cuarto de hora|dreiviertelstunde|trois quarts d'heure|noon|midday|midi|mediodía|midnight|mitternacht|minuit|medianoche|anderthalb stunden|eineinhalb stunden|daily|every day|each day|täglich|jeden tag|tous les jours|chaque jour|todos los días|a diario|all week|seven days a week|twice|thrice|zweimal|dreimal|deux fois|trois fois|dos veces|tres veces)(?!\p{L})/uy,
  keys(found: string): { kind: ClaimKind; keys: string[] } | null {
    const known = halves.find(([pattern]) => pattern.test(found))
    return known ? { kind: known[1], keys: known[2] } : null
  },
}

/** One number word: its value, and how it joins with others. */
const small = new Map<string, number>()
const tens = new Map<string, number>()
const words = (into: Map<string, number>, values: string) => {
  for (const pair of list(values)) {
    const [name, value] = pair.split('=')
    into.set(name!, Number(value))
  }
}
words(
  small,
  `zero=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12 thirteen=13 fourteen=14
 fifteen=15 sixteen=16 seventeen=17 eighteen=18 nineteen=19 dozen=12
 null=0 ein=1 eine=1 einen=1 einem=1 einer=1 eins=1 zwei=2 zwo=2 drei=3 vier=4 fünf=5 fuenf=5 sechs=6 sieben=7 acht=8 neun=9 zehn=10 elf=11 zwölf=12 zwoelf=12
 dreizehn=13 vierzehn=14 fünfzehn=15 sechzehn=16 siebzehn=17 achtzehn=18 neunzehn=19
 zéro=0 un=1 une=1 deux=2 trois=3 quatre=4 cinq=5 sept=7 huit=8 neuf=9 dix=10 onze=11 douze=12 treize=13 quatorze=14 quinze=15 seize=16
 cero=0 uno=1 una=1 dos=2 tres=3 cuatro=4 cinco=5 seis=6 siete=7 ocho=8 nueve=9 diez=10 once=11 doce=12 trece=13 catorce=14
 quince=15 dieciséis=16 diecisiete=17 dieciocho=18 diecinueve=19 veintiuno=21 veintidós=22 veintitrés=23 veinticuatro=24 veinticinco=25
 veintiséis=26 veintisiete=27 veintiocho=28 veintinueve=29
 due=2 tre=3 quattro=4 cinque=5 sei=6 sette=7 otto=8 nove=9 dieci=10 dois=2 duas=2 três=3 sete=7 oito=8 dez=10
 twee=2 drie=3 vijf=5 zes=6 zeven=7 negen=9 tien=10`,
)
words(
  tens,
  `twenty=20 thirty=30 forty=40 fifty=50 sixty=60 seventy=70 eighty=80 ninety=90
 zwanzig=20 dreißig=30 dreissig=30 vierzig=40 fünfzig=50 sechzig=60 siebzig=70 achtzig=80 neunzig=90
 vingt=20 vingts=20 trente=30 quarante=40 cinquante=50 soixante=60 septante=70 huitante=80 nonante=90
 veinte=20 treinta=30 cuarenta=40 cincuenta=50 sesenta=60 setenta=70 ochenta=80 noventa=90
 venti=20 trenta=30 quaranta=40 cinquanta=50 sessanta=60 vinte=20 trinta=30 twintig=20 dertig=30 veertig=40 vijftig=50`,
)
const hundreds = new Map<string, number>()
words(
  hundreds,
  'hundred=100 hundert=100 cent=100 cents=100 cien=100 ciento=100 cento=100 honderd=100 hundredth=100',
)
const thousands = set('thousand tausend mille mil mila duizend')
const millions = set('million millions millionen')
const germanUnits = 'ein zwei drei vier fünf sechs sieben acht neun'.split(' ')

const articles = set('a an ein eine einen einem einer un une uno una')
/** Words of another meaning, too: they count beside a unit only. */
const ambiguous = set(
  'one eins once neuf acht elf sei due tre nove sept six sette null otto tres zero mil dix dos un seis',
)

const germanNumber = (word: string): number | undefined => {
  let rest = word
  let value = 0
  const thousand = /^(.{0,12}?)tausend/.exec(rest)
  if (thousand) {
    const many = thousand[1] === '' ? 1 : germanNumber(thousand[1]!)
    if (many === undefined) return undefined
    value += many * 1000
    rest = rest.slice(thousand[0].length)
  }
  const hundred = /^(ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun|)hundert/.exec(rest)
  if (hundred) {
    value += (hundred[1] === '' ? 1 : germanUnits.indexOf(hundred[1]!) + 1) * 100
    rest = rest.slice(hundred[0].length).replace(/^und/, '')
  }
  if (rest === '') return value
  const joined = /^(ein|zwei|drei|vier|fünf|sechs|sieben|acht|neun)und(.{6,8})$/.exec(rest)
  if (joined && tens.has(joined[2]!))
    return value + germanUnits.indexOf(joined[1]!) + 1 + tens.get(joined[2]!)!
  if (value > 0) {
    const plain = small.get(rest) ?? tens.get(rest)
    return plain === undefined ? undefined : value + plain
  }
  return undefined
}

const token = /[\p{L}]{1,40}/uy
const joiner = /(?: and | y | et | e |-et-|-| )(?=\p{L})/uy

/** The number written in words at `from`, as long as it goes on. */
export function number(
  text: string,
  from: number,
): { value: number; end: number; ambiguous: boolean; article: boolean } | null {
  let position = from
  let end = from
  let total = 0
  let current = 0
  let last = 0
  let count = 0
  let first = ''
  for (let most = 0; most < 10; most++) {
    token.lastIndex = position
    const word = token.exec(text)?.[0]
    if (word === undefined) break
    // "a hundred", "a dozen"
    if (count === 0 && (word === 'a' || word === 'an')) {
      const next = text.slice(position + word.length + 1, position + word.length + 10)
      if (!/^(?:hundred|thousand|dozen|million)/.test(next)) {
        if (
          !/^ (?:minute|hour|day|week|month|year|second|night)(?!\p{L})/u.test(
            text.slice(position + word.length, position + word.length + 8),
          )
        )
          return null
        return { value: 1, end: position + word.length, ambiguous: false, article: true }
      }
      first = 'hundred'
      position += word.length + 1
      continue
    }
    const german =
      small.has(word) || tens.has(word) ? undefined : word.length > 7 ? germanNumber(word) : undefined
    const unitValue = small.get(word)
    const tensValue = tens.get(word)
    if (german !== undefined) {
      if (count > 0) break
      current = german
      last = 1
    } else if (unitValue !== undefined) {
      // After tens comes a unit (French goes on to nineteen), after hundreds anything; else it is another number.
      if (
        count > 0 &&
        !(last >= 100 || (last >= 20 && unitValue > 0 && unitValue < (last === 60 || last === 80 ? 20 : 10)))
      )
        break
      if (word === 'dozen' && count > 0) break
      current += unitValue
      last = unitValue < 10 ? 1 : 10
    } else if (tensValue !== undefined) {
      if (count > 0 && current % 100 === 4 && tensValue === 20) {
        current += 76
        last = 80
      } else if (count > 0 && last < 100) break
      else {
        current += tensValue
        last = tensValue
      }
    } else if (hundreds.has(word)) {
      if (count > 0 && current >= 100) break
      // "20 cents" and "20 pour cent" are not two thousand.
      if (count === 0 && (word === 'cent' || word === 'cents')) return null
      if (count > 0 && (word === 'cents' || (word === 'cent' && current >= 10))) break
      current = (current || 1) * 100
      last = 100
    } else if (thousands.has(word)) {
      if (total > 0) break
      total += (current || 1) * 1000
      current = 0
      last = 1000
    } else if (millions.has(word)) {
      total = (total + (current || 1)) * 1_000_000
      current = 0
      last = 1000
    } else break
    if (count === 0 && first === '') first = word
    count++
    end = position + word.length
    joiner.lastIndex = end
    const join = joiner.exec(text)
    if (!join) break
    // "one two three" are three numbers.
    if (last < 20) {
      const next =
        /^\p{L}{1,20}/u.exec(text.slice(end + join[0].length, end + join[0].length + 20))?.[0] ?? ''
      if (
        !hundreds.has(next) &&
        !thousands.has(next) &&
        !millions.has(next) &&
        !(current % 100 === 4 && (next === 'vingt' || next === 'vingts'))
      )
        break
    }
    position = end + join[0].length
  }
  if (count === 0) return null
  const only = count === 1
  return {
    value: total + current,
    end,
    ambiguous: only && ambiguous.has(first),
    article: only && articles.has(first),
  }
}

/** What stands after these is secret or spendable. */
export const secrets = set(
  `password passwords passcode passphrase passwort kennwort zugangscode code codes pin pins voucher coupon promo promocode keyword codeword
   gutscheincode rabattcode türcode türpin geheimzahl mot passe contraseña clave código kode codice senha wachtwoord пароль код şifre 密码 暗証番号`,
)
export const secretNear =
  /\b(?:code|codes|voucher|coupon|promo|password|passcode|pin|gutschein\w*|rabatt\w*|kennwort|passwort|contraseña|clave|código|mot de passe|discount)\b/i
export const common = set(
  `the a an in on at to for from not is are was valid sent shown called and or only that this your yours our wrong correct right rejected accepted
   required needed expired new old there here different der die das nicht im in am auf gültig falsch abgelaufen erforderlich neu angezeigt
   le la les dans sur pas valable envoyé affiché el los en no válido incorrecto`,
)

/** Of domains without a scheme: what renderers make links of, and what else attackers like. */
export const domains = set(
  `com net org info biz edu gov io co uk de at ch fr es it nl eu me us ca au be pl ru cn jp br in se no fi dk cz pt ie nz xyz top site online
   app dev club golf link click zip mov shop store live ly gg gl ai to tv cc ws page web tech cloud example test`,
)

// Stems by which a promise is known, without accents; the source must speak of the same.
const concepts: [string, string[]][] = [
  [
    'free',
    list(
      'free complimentary gratis kostenlos kostenfrei umsonst gratuit gratuite gratuits gratuites gratuitement gratuito gratuita gratuitos gratuitas unentgeltlich besplatno бесплатно',
    ),
  ],
  [
    'refund',
    list('refund ruckerstatt erstatt reimburs rembours reembols rimborso geldzuruck terugbetal возврат'),
  ],
  [
    'discount',
    list('discount rabatt remise reduction descuento sconto desconto korting nachlass ermassigung скидк'),
  ],
  ['credit', list('voucher gutschein gutschrift coupon bon-cadeau vale credited')],
  ['compensation', list('compensat entschadig schadenersatz indemn compens')],
  ['waiver', list('waive erlassen')],
  ['guarantee', list('guarantee garantier garantie garanti warrant')],
  ['lifetime', list('lifetime unlimited lebenslang unbegrenzt illimite ilimitad vitalic')],
  ['lawsuit', list('lawsuit attorney liable liability haftung verklag responsabilite')],
]
/** The kind of promise that a word (folded) makes; null for none. */
export function commitment(word: string): string | null {
  if (word.length < 4) return null
  for (const [concept, stems] of concepts)
    for (const stem of stems)
      if (stem.length <= 4 || concept === 'free' ? word === stem : word.startsWith(stem)) return concept
  return null
}
export const harmless =
  /feel free|free to (?:ask|contact|call|write)|free-?standing|hands-?free|hassle-?free|step-?free/

/** The writer says that it has done something. It can do nothing. */
export const action =
  /(?:i(?:'ve| have|'m| am)?(?: just| now| already| successfully)? (?:refunded|refunding|cancell?ed|cancell?ing|unlocked|unlocking|opened|opening the|booked|credited|crediting|issued|issuing|processed|processing|disabled|enabled|activated|deactivated|deleted|updated|granted|waived|approved|extended|transferred|switched|turned off|turned on|reset|sent you|emailed|published|saved|added|applied|executed|called the|notified|alerted)|(?:has|have) been (?:refunded|cancell?ed|unlocked|credited|issued|processed|disabled|enabled|activated|deactivated|deleted|granted|waived|approved|extended|transferred|switched|published)|ich habe [^.!?\n]{1,80}?(?:erstattet|storniert|geöffnet|gebucht|gutgeschrieben|freigeschaltet|entsperrt|deaktiviert|aktiviert|gelöscht|geändert|abgeschaltet|ausgeschaltet|genehmigt)|wurde(?:n)? (?:soeben |bereits |gerade )?(?:erstattet|storniert|geöffnet|gebucht|gutgeschrieben|freigeschaltet|entsperrt|deaktiviert|abgeschaltet|genehmigt)|j'ai (?:bien |déjà )?(?:remboursé|annulé|ouvert|réservé|crédité|débloqué|désactivé|activé|supprimé|accordé)|a été (?:remboursée?|annulée?|ouverte?|débloquée?|désactivée?|accordée?)|he (?:reembolsado|cancelado|abierto|reservado|desbloqueado|desactivado|activado|aprobado|borrado)|ha sido (?:reembolsad|cancelad|abiert|desbloquead|desactivad|aprobad)\w)/uy
/** Of what stands before an action in the same sentence. */
export const conditional =
  /(?:^|[\s,(])(?:if|when|once|after|until|unless|whether|before|wenn|falls|sobald|nachdem|ob|si|quand|une fois|dès que|cuando|una vez|después de que)\s[^.!?\n]{0,50}$/
