/** Change, invite, lock out, let back in. */
import { Menu } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Dots } from '../components/LateMenu.tsx'
import { type PersonActionsProps, usePersonLabel } from './PersonActions.tsx'

export default function PersonMenu({
  person,
  onChange,
  onInvite,
  onLetBackIn,
  onLockOut,
}: PersonActionsProps) {
  const { t } = useTranslation('admin')
  const label = usePersonLabel({ person })
  return (
    <Menu position="bottom-end" defaultOpened>
      <Menu.Target>
        <Dots label={label} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={onChange}>{t('people.change')}</Menu.Item>
        {person.status === 'invited' && <Menu.Item onClick={onInvite}>{t('people.invite')}</Menu.Item>}
        {person.status === 'deactivated' ? (
          <Menu.Item onClick={onLetBackIn}>{t('people.letBackIn')}</Menu.Item>
        ) : (
          <Menu.Item c="var(--mantine-color-red-text)" onClick={onLockOut}>
            {t('people.deactivate')}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
