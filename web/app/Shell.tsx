/** Around every page of the staff: the menu, what waits, search and commands, and who is logged in. */
import {
  ActionIcon,
  Alert,
  Anchor,
  AppShell,
  Badge,
  Box,
  Burger,
  Button,
  Group,
  Kbd,
  NavLink,
  Text,
  VisuallyHidden,
} from '@mantine/core'
import { useDisclosure, useNetwork, useThrottledCallback } from '@mantine/hooks'
import { spotlight } from '@mantine/spotlight'
import { IconLogin2, IconPlayerPause, IconSearch, IconWifiOff } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEver } from '../components/late.tsx'
import { Lines } from '../components/QueryState.tsx'
import { asked } from '../components/reason.ts'
import { toastsWanted } from '../components/toast.ts'
import { graphql } from '../graphql/graphql.ts'
import { refresh, useData } from '../graphql/hooks.ts'
import { useLive } from '../graphql/live.ts'
import { AccountButton } from './AccountButton.tsx'
import { KeyboardProvider, Keys, useKeyboard, useShortcuts } from './keyboard.tsx'
import { pages } from './pages.ts'
import { isStaff, loginUrl, useSession } from './session.ts'

const CommandPalette = lazy(() => import('./CommandPalette.tsx'))
const ReasonDialog = lazy(() => import('../components/ReasonDialog.tsx'))
const Toasts = lazy(() => import('../components/Toasts.tsx'))

export const waitingQuery = graphql(`
  query Waiting {
    pending: improvementQueues(condition: { status: "pending" }) { totalCount }
    urgent: tickets(condition: { status: "waiting", priority: "urgent" }) { totalCount }
    waiting: tickets(condition: { status: "waiting" }) { totalCount }
    clubSettings { nodes { assistantEnabled } }
  }
`)

export function Shell() {
  return (
    <KeyboardProvider>
      <Frame />
    </KeyboardProvider>
  )
}

function Frame() {
  const { t } = useTranslation()
  const [opened, { toggle, close }] = useDisclosure()
  const session = useSession()
  const navigate = useNavigate()
  const { openHelp } = useKeyboard()
  const { online } = useNetwork()
  const client = useQueryClient()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const busy = useRouterState({ select: (state) => state.isLoading })
  const { data: waiting } = useData(waitingQuery, {}, { staleTime: 30_000, refetchInterval: 60_000 })
  // An analysis changes many rows at once, and who looks at what changes no count.
  const recount = useThrottledCallback(() => void refresh(client, [waitingQuery]), 1000)
  useLive('queueChanged', ({ event }) => event !== 'viewers' && recount(), recount)
  useLive('ticketsChanged', recount, recount)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another page is shown
  useEffect(close, [path])

  const [palette, setPalette] = useState(false)
  const openPalette = () => {
    setPalette(true)
    spotlight.open()
  }
  const toasts = toastsWanted.use()
  const dialog = useEver(asked.use() !== null)

  const visible = pages.filter((page) => page.for(session.role))
  useShortcuts(
    [
      { keys: '$mod+k', label: t('keys.palette'), run: openPalette, inFields: true },
      { keys: '/', label: t('keys.palette'), run: openPalette },
      { keys: 'Shift+?', label: t('keys.help'), run: openHelp },
      ...visible.map((page) => ({
        keys: `g ${page.key}`,
        label: t('keys.goTo', { page: t(`nav.${page.name}`) }),
        run: () => void navigate({ to: page.path }),
      })),
    ],
    'everywhere',
  )

  const counts: Partial<Record<(typeof pages)[number]['name'], { count: number; urgent?: boolean }>> = {
    review: { count: waiting?.pending?.totalCount ?? 0 },
    inbox: { count: waiting?.waiting?.totalCount ?? 0, urgent: (waiting?.urgent?.totalCount ?? 0) > 0 },
  }
  const off = waiting?.clubSettings?.nodes[0]?.assistantEnabled === false

  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a href="#content" className="skip">
        {t('nav.skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px={{ base: 'sm', sm: 'lg' }} justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t(opened ? 'nav.close' : 'nav.open')}
              aria-expanded={opened}
            />
            <Text component={Link} to="/" fw={750} size="lg" c="var(--mantine-color-anchor)">
              ClubOS
            </Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Button
              variant="default"
              size="xs"
              visibleFrom="sm"
              leftSection={<IconSearch size={14} aria-hidden />}
              rightSection={<Keys keys="$mod+k" />}
              onClick={openPalette}
            >
              {t('palette.open')}
            </Button>
            <ActionIcon
              variant="default"
              size="lg"
              hiddenFrom="sm"
              aria-label={t('palette.open')}
              onClick={openPalette}
            >
              <IconSearch size={16} />
            </ActionIcon>
            <ActionIcon
              variant="default"
              size="lg"
              visibleFrom="sm"
              aria-label={t('keys.help')}
              onClick={openHelp}
            >
              <Kbd size="xs" bd="none" bg="transparent">
                ?
              </Kbd>
            </ActionIcon>
            <AccountButton />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('nav.label')}>
        <Box style={{ overflowY: 'auto' }}>
          {visible.map((page) => {
            const { count = 0, urgent = false } = counts[page.name] ?? {}
            return (
              <NavLink
                key={page.name}
                renderRoot={(props) => <Link to={page.path} {...props} />}
                active={path === page.path || path.startsWith(`${page.path}/`)}
                aria-current={path.startsWith(page.path) ? 'page' : undefined}
                label={t(`nav.${page.name}`)}
                leftSection={<page.icon size={18} stroke={1.6} aria-hidden />}
                rightSection={
                  count > 0 && (
                    <Badge color={urgent ? 'red' : 'gray'} variant={urgent ? 'filled' : 'light'} size="sm">
                      {count > 999 ? '999+' : count}
                    </Badge>
                  )
                }
                style={{ borderRadius: 'var(--mantine-radius-md)' }}
              />
            )
          })}
        </Box>
      </AppShell.Navbar>
      <AppShell.Main>
        {!online && (
          <Alert color="orange" icon={<IconWifiOff />} mb="md" role="alert">
            {t('state.offline')}
          </Alert>
        )}
        {!isStaff(session.role) && (
          <Alert color="orange" icon={<IconLogin2 />} mb="md" role="alert" title={t('session.ended')}>
            {t('session.endedHint')}{' '}
            {/* In another tab: what is typed here stays, and coming back asks again who is there. */}
            <Anchor href={loginUrl()} target="_blank" rel="opener">
              {t('session.logIn')}
            </Anchor>
          </Alert>
        )}
        {off && (
          <Alert color="red" icon={<IconPlayerPause />} mb="md">
            {t('state.assistantOff')}
          </Alert>
        )}
        <Box id="content" tabIndex={-1} style={{ outline: 'none' }} aria-busy={busy}>
          <Suspense fallback={<Lines />}>
            <Outlet />
          </Suspense>
        </Box>
        <VisuallyHidden role="status">{busy ? t('state.loading') : ''}</VisuallyHidden>
        <Suspense fallback={null}>{palette && <CommandPalette />}</Suspense>
        <Suspense fallback={null}>{dialog && <ReasonDialog />}</Suspense>
        <Suspense fallback={null}>{toasts && <Toasts />}</Suspense>
      </AppShell.Main>
    </AppShell>
  )
}
