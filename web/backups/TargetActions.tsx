/** What can be done to a target itself. */
import { useTranslation } from 'react-i18next'
import { lateMenu } from '../components/LateMenu.tsx'
import type { Target } from './documents.ts'

export interface TargetActionsProps {
  target: Target
  /** Whether no other is left without it. */
  last: boolean
  onTest: () => void
  onChange: () => void
}

export const useTargetLabel = ({ target }: Pick<TargetActionsProps, 'target'>) =>
  useTranslation('backups').t('actions', { name: target.name })

export const TargetActions = lateMenu(() => import('./TargetMenu.tsx'), useTargetLabel)
