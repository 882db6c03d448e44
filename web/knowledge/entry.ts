/** An entry as one writes it, and as a text that can be compared. */
import i18next from 'i18next'
import { formatTime } from '../app/time.ts'
import type { Entry } from './documents.ts'

export interface Written {
  question: string
  answer: string
  /** A slug; null: everywhere. */
  site: string | null
  validFrom: string | null
  validTo: string | null
}

export const written = ({ question, answer, site, validFrom, validTo }: Entry): Written => ({
  question,
  answer,
  site: site?.slug ?? null,
  validFrom,
  validTo,
})

/** What of it people read, line by line: for differences. */
export function asText({ question, answer, site, validFrom, validTo }: Written): string {
  const t = i18next.getFixedT(i18next.language, 'knowledge')
  const facts = [
    `${t('fact.site')}: ${site ?? t('everywhere')}`,
    validFrom && `${t('fact.from')}: ${formatTime(validFrom)}`,
    validTo && `${t('fact.to')}: ${formatTime(validTo)}`,
  ]
  return `## ${question}\n\n${answer}\n\n${facts.filter(Boolean).join('  \n')}\n`
}

export const same = (one: Written, other: Written) =>
  one.question === other.question &&
  one.answer === other.answer &&
  one.site === other.site &&
  one.validFrom === other.validFrom &&
  one.validTo === other.validTo

export const isRetired = ({ validTo }: { validTo: string | null }) =>
  validTo !== null && Date.parse(validTo) <= Date.now()
