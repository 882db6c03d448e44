/** Names of models as people read them. */
import type { TFunction } from 'i18next'

/** Our own parts have words; a model is called by its name. */
export function readableModel(t: TFunction<'models'>, model: string): string {
  switch (model) {
    case 'local-extractive':
      return t('local.extractive')
    case 'local-extractive-words':
      return t('local.words')
    case 'local-vote':
      return t('local.vote')
    case 'local-use-lite':
      return t('local.embedder', { model })
    case 'local':
    case 'local-clusters':
      return t('local.analyst')
    default:
      return model
  }
}

/** How a call failed, in words; docs/models.md has what follows from each. */
export const failureText = (t: TFunction<'models'>, kind: string): string =>
  t(`failures.${kind as 'timeout'}`, { defaultValue: kind })

/** Why an analysis was not let through, `kind: what`, with the kind in words. */
export function refusalText(t: TFunction<'models'>, reason: string): string {
  const [, kind = reason, what] = /^(\w+)(?:: (.*))?$/s.exec(reason) ?? []
  const words = t(`refusals.${kind as 'malformed'}`, { defaultValue: kind })
  return what === undefined ? words : `${words}: ${what}`
}
