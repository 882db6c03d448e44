/** Why something becomes of an item, in the language of the page: made from the code, or as the server wrote it. */
import { useTranslation } from 'react-i18next'
import type en from '../i18n/en/imports.json'

interface Reason {
  reason: string | null
  reasonCode: string | null
  reasonDetails: unknown
}
export interface Obstacle {
  what: string | null
  code: string | null
  details: unknown
}

const recordOf = (details: unknown) => (details ?? {}) as Record<string, unknown>

export function useReasons() {
  const { t, i18n } = useTranslation('imports')
  const says = (key: string) => i18n.exists(key, { ns: 'imports' })
  const obstacleOf = ({ what, code, details }: Obstacle): string =>
    says(`obstacle.${code}`)
      ? t(`obstacle.${code as keyof typeof en.obstacle}`, recordOf(details))
      : (what ?? '')
  const reasonOf = ({ reason, reasonCode, reasonDetails }: Reason): string | null => {
    // Older than the codes, or the words of whoever staged it.
    if (reasonCode === null || !says(`because.${reasonCode}`)) return reason
    const { obstacles = [], ...values } = recordOf(reasonDetails) as { obstacles?: Obstacle[] }
    const what = obstacles.map(obstacleOf).join('; ')
    return t(`because.${reasonCode as keyof typeof en.because}`, {
      ...values,
      what: what.charAt(0).toUpperCase() + what.slice(1),
    })
  }
  return { reasonOf, obstacleOf }
}
