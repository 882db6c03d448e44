/** Who is logged in; theme, language, time zone, notifications; log out. */
import { Menu, Text, useMantineColorScheme } from '@mantine/core'
import {
  IconBell,
  IconBellOff,
  IconClock,
  IconDeviceDesktop,
  IconLanguage,
  IconLogout,
  IconMoon,
  IconSun,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { chooseLanguage, type Language, languages } from '../i18n/index.ts'
import { AccountFace } from './AccountButton.tsx'
import { unsubscribe, usePush } from './push.ts'
import { logOut, useSession } from './session.ts'
import { chooseTimezone, ownTimezone, useTimezone } from './time.ts'

const themes = { light: IconSun, dark: IconMoon, auto: IconDeviceDesktop }

export default function AccountMenu() {
  const { t, i18n } = useTranslation()
  const { user, role } = useSession()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const zone = useTimezone()
  const push = usePush()
  const name = user?.name ?? t(`session.role.${role}`)
  return (
    <Menu position="bottom-end" width={260} defaultOpened>
      <Menu.Target>
        <AccountFace />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)">
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {user?.email} · {t(`session.role.${role}`)}
          </Text>
        </Menu.Label>
        <Menu.Divider />
        <Menu.Label>{t('settings.theme')}</Menu.Label>
        {Object.entries(themes).map(([theme, Sign]) => (
          <Menu.Item
            key={theme}
            leftSection={<Sign size={16} aria-hidden />}
            onClick={() => setColorScheme(theme as keyof typeof themes)}
            aria-current={colorScheme === theme}
            fw={colorScheme === theme ? 700 : undefined}
          >
            {t(`settings.themes.${theme as keyof typeof themes}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('settings.language')}</Menu.Label>
        {Object.entries(languages).map(([code, label]) => (
          <Menu.Item
            key={code}
            lang={code}
            leftSection={<IconLanguage size={16} aria-hidden />}
            onClick={() => void chooseLanguage(code as Language)}
            aria-current={i18n.language === code}
            fw={i18n.language === code ? 700 : undefined}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('settings.timezone')}</Menu.Label>
        {[ownTimezone, 'UTC'].map((one) => (
          <Menu.Item
            key={one}
            leftSection={<IconClock size={16} aria-hidden />}
            onClick={() => chooseTimezone(one === ownTimezone ? null : one)}
            aria-current={zone === one}
            fw={zone === one ? 700 : undefined}
          >
            {one === ownTimezone ? t('settings.timezoneOwn', { zone: one }) : one}
          </Menu.Item>
        ))}
        {push.possible && (
          <>
            <Menu.Divider />
            <Menu.Item
              leftSection={
                push.on ? <IconBellOff size={16} aria-hidden /> : <IconBell size={16} aria-hidden />
              }
              onClick={push.toggle}
            >
              {t(push.on ? 'settings.notificationsOff' : 'settings.notifications')}
            </Menu.Item>
          </>
        )}
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconLogout size={16} aria-hidden />}
          onClick={() =>
            void unsubscribe()
              .catch(() => {})
              .then(logOut)
          }
        >
          {t('session.logOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
