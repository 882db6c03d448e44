/** Around the sections of Admin: which there are, and whether this one is for the role. */
import { Alert, Box, NativeSelect } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { createLazyRoute, Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { Page } from '../components/Page.tsx'
import classes from './page.module.css'
import { sections } from './sections.ts'

export const route = createLazyRoute('/staff/admin')({ component: AdminPage })

function AdminPage() {
  const { t } = useTranslation(['admin', 'common'])
  const { role } = useSession()
  const navigate = useNavigate()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const offered = sections.filter((section) => section.for(role))
  const here = sections.find((section) => path.startsWith(section.path))
  const title = here ? t(`sections.${here.name}`) : t('title')
  return (
    <Page title={title} tab={here ? `${title} · ${t('title')}` : title}>
      <Box component="nav" aria-label={t('sections.label')} mb="lg">
        <Box visibleFrom="md" className={classes.row}>
          {offered.map((section) => (
            <Link
              key={section.name}
              to={section.path}
              className={classes.link}
              aria-current={section === here ? 'page' : undefined}
            >
              {t(`sections.${section.name}`)}
            </Link>
          ))}
        </Box>
        <NativeSelect
          hiddenFrom="md"
          aria-label={t('sections.label')}
          value={here?.path ?? ''}
          onChange={(event) => void navigate({ to: event.currentTarget.value })}
          data={offered.map((section) => ({ value: section.path, label: t(`sections.${section.name}`) }))}
        />
      </Box>
      {here && !here.for(role) ? (
        <Alert color="orange" icon={<IconLock />} title={t('common:state.forbidden')}>
          {t('common:state.forbiddenHint')}
        </Alert>
      ) : (
        <Outlet />
      )}
    </Page>
  )
}
