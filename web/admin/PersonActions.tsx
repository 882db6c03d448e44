/** What can be done about somebody. */
import { useTranslation } from 'react-i18next'
import { lateMenu } from '../components/LateMenu.tsx'
import type { Person } from './PersonForm.tsx'

export interface PersonActionsProps {
  person: Person
  onChange: () => void
  onInvite: () => void
  onLetBackIn: () => void
  onLockOut: () => void
}

export const usePersonLabel = ({ person }: Pick<PersonActionsProps, 'person'>) =>
  useTranslation('admin').t('people.actions', { name: person.name })

export const PersonActions = lateMenu(() => import('./PersonMenu.tsx'), usePersonLabel)
