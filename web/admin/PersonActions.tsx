/** What can be done about somebody; the menu comes when it is first opened. */
import { ActionIcon, type ActionIconProps } from '@mantine/core'
import { IconDotsVertical } from '@tabler/icons-react'
import { type ComponentPropsWithRef, lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Person } from './PersonForm.tsx'

const load = () => import('./PersonMenu.tsx')
const PersonMenu = lazy(load)

export interface PersonActionsProps {
  person: Person
  onChange: () => void
  onInvite: () => void
  onLetBackIn: () => void
  onLockOut: () => void
}

export function PersonActions(props: PersonActionsProps) {
  const [opened, setOpened] = useState(false)
  const face = (
    <PersonFace
      person={props.person}
      aria-haspopup="menu"
      onPointerEnter={load}
      onFocus={load}
      onClick={() => setOpened(true)}
    />
  )
  if (!opened) return face
  return (
    <Suspense fallback={face}>
      <PersonMenu {...props} />
    </Suspense>
  )
}

export function PersonFace({
  person,
  ...props
}: { person: Person } & ActionIconProps & ComponentPropsWithRef<'button'>) {
  const { t } = useTranslation('admin')
  return (
    <ActionIcon variant="subtle" size="lg" aria-label={t('people.actions', { name: person.name })} {...props}>
      <IconDotsVertical size={16} />
    </ActionIcon>
  )
}
