/** Experiments: which there are, how one stands, and the form for another. */
import { Anchor, Button, Group } from '@mantine/core'
import { IconArrowLeft, IconFlask } from '@tabler/icons-react'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { Page } from '../components/Page.tsx'
import { Lines } from '../components/QueryState.tsx'
import { useMayWrite } from '../components/useMayWrite.ts'
import { ExperimentList } from './ExperimentList.tsx'

const ExperimentView = lazy(() => import('./ExperimentView.tsx'))
const StartForm = lazy(() => import('./StartForm.tsx'))

export const route = createLazyRoute('/staff/experiments')({ component: ExperimentsPage })

function ExperimentsPage() {
  const { t } = useTranslation('experiments')
  const { can } = useSession()
  const mayWrite = useMayWrite()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { experiment, mode, sop } = search
  const starting = mode === 'new' && mayWrite
  const begin = () => void navigate({ search: { mode: 'new' } })
  const inside = starting || experiment !== undefined
  useShortcuts([
    ...(can('reviewer') && !starting ? [{ keys: 'n', label: t('start.do'), run: begin }] : []),
    ...(inside && !starting
      ? [{ keys: 'Escape', label: t('back'), run: () => void navigate({ search: {} }) }]
      : []),
  ])
  return (
    <Page
      title={starting ? t('start.title') : t('title')}
      actions={
        can('reviewer') &&
        !inside && (
          <Button size="xs" leftSection={<IconFlask size={14} aria-hidden />} onClick={begin}>
            {t('start.do')}
          </Button>
        )
      }
    >
      {inside && (
        <Anchor
          size="sm"
          mb="sm"
          display="inline-block"
          renderRoot={(props) => <Link {...props} to="/experiments" />}
        >
          <Group gap={4} component="span">
            <IconArrowLeft size={16} aria-hidden /> {t('back')}
          </Group>
        </Anchor>
      )}
      <Suspense fallback={<Lines />}>
        {starting ? (
          <StartForm
            sopId={sop ?? null}
            choose={(id) => void navigate({ search: { mode: 'new', sop: id ?? undefined } })}
          />
        ) : experiment !== undefined ? (
          <ExperimentView
            key={experiment}
            id={experiment}
            arm={search.arm}
            chooseArm={(arm) =>
              void navigate({ search: (before) => ({ ...before, arm }), replace: true, resetScroll: false })
            }
          />
        ) : (
          <ExperimentList show={search.show} choose={(show) => void navigate({ search: { show } })} />
        )}
      </Suspense>
    </Page>
  )
}
