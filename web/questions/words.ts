/** A question in the reader's language: docs/questions.md has the English ones, which a test keeps alike. */
import { useTranslation } from 'react-i18next'
import { language } from '../i18n/index.ts'

export interface Asked {
  number: number
  question: string
  reading: string
}

export function useWords() {
  const { t } = useTranslation('questions')
  return ({ number, question, reading }: Asked) => {
    if (language() === 'en') return { title: question, reading }
    const key = String(number) as '1'
    return {
      title: t(`questions.${key}`, { defaultValue: question }),
      reading: t(`readings.${key}`, { defaultValue: reading }),
    }
  }
}
