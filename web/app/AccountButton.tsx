/** Who is logged in; the menu behind it comes when it is first opened. */
import { Avatar, UnstyledButton, type UnstyledButtonProps } from '@mantine/core'
import { type ComponentPropsWithRef, lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from './session.ts'

const load = () => import('./AccountMenu.tsx')
const AccountMenu = lazy(load)

export function AccountFace(props: UnstyledButtonProps & ComponentPropsWithRef<'button'>) {
  const { t } = useTranslation()
  const { user, role } = useSession()
  const name = user?.name ?? t(`session.role.${role}`)
  return (
    <UnstyledButton aria-label={`${t('session.menu')}: ${name}`} {...props}>
      <Avatar name={name} size={34} radius="xl" color="initials" />
    </UnstyledButton>
  )
}

export function AccountButton() {
  const [opened, setOpened] = useState(false)
  const face = (
    <AccountFace aria-haspopup="menu" onPointerEnter={load} onFocus={load} onClick={() => setOpened(true)} />
  )
  if (!opened) return face
  return (
    <Suspense fallback={face}>
      <AccountMenu />
    </Suspense>
  )
}
