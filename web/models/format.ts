/** Names and sums of money as people read them. */
import type { TFunction } from 'i18next'
import { formatNumber } from '../app/time.ts'

/** $0.0012, $3.40: small sums keep the digits that say something. */
export const formatDollars = (value: number) =>
  formatNumber(value, {
    style: 'currency',
    currency: 'USD',
    maximumFractionDigits: value === 0 || Math.abs(value) >= 1 ? 2 : Math.abs(value) >= 0.01 ? 3 : 5,
  })

/** Our own parts have words; a model is called by its name. */
export function readableModel(t: TFunction<'models'>, model: string): string {
  switch (model) {
    case 'local-extractive':
      return t('local.extractive')
    case 'local-extractive-words':
      return t('local.words')
    case 'local-vote':
      return t('local.vote')
    case 'local':
    case 'local-clusters':
      return t('local.analyst')
    default:
      return model
  }
}
