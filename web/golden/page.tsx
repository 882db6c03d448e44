/** Golden questions: what the club must always get right, how the last check went, and the switch of the gate. */
import { Button } from '@mantine/core'
import { IconCertificate, IconPlus } from '@tabler/icons-react'
import { createLazyRoute, Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { Page } from '../components/Page.tsx'
import { Empty, Lines, QueryState } from '../components/QueryState.tsx'
import { undoLast } from '../components/toast.ts'
import { useMayWrite } from '../components/useMayWrite.ts'
import { useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { withResults } from './asked.ts'
import { goldenQuery } from './documents.ts'
import { GoldenList } from './GoldenList.tsx'
import { LastCheck } from './LastCheck.tsx'

const GoldenForm = lazy(() => import('./GoldenForm.tsx'))

export const route = createLazyRoute('/staff/golden')({ component: GoldenPage })

function GoldenPage() {
  const { t } = useTranslation('golden')
  const { can } = useSession()
  const mayWrite = useMayWrite()
  const search = route.useSearch()
  const navigate = useNavigate()
  const query = useData(goldenQuery, {})
  const write = () =>
    void navigate({ to: '/golden', search: (all) => ({ ...all, question: undefined, mode: 'new' }) })
  useShortcuts([
    ...(can('reviewer') ? [{ keys: 'n', label: t('keys.new'), run: write }] : []),
    { keys: 'u', label: t('keys.undo'), run: () => void undoLast() },
  ])
  const writing =
    mayWrite && (search.mode === 'new' || (search.mode === 'edit' && search.question !== undefined))
  return (
    <Page
      title={t('title')}
      actions={
        can('reviewer') &&
        !writing && (
          <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={write}>
            {t('new')}
          </Button>
        )
      }
    >
      <QueryState query={query}>
        {({ goldenQuestions, goldenChecks, clubSettings, sites }) => {
          const [check] = nodesOf(goldenChecks)
          const rows = withResults(nodesOf(goldenQuestions), check)
          const edited = search.mode === 'edit' ? rows.find((row) => row.id === search.question) : undefined
          if (writing && search.mode === 'edit' && !edited)
            return (
              <Empty icon={IconCertificate} title={t('gone')}>
                <Link to="/golden">{t('back')}</Link>
              </Empty>
            )
          if (writing)
            return (
              <Suspense fallback={<Lines />}>
                <GoldenForm key={edited?.id ?? 'new'} row={edited} sites={nodesOf(sites)} />
              </Suspense>
            )
          return (
            <>
              <LastCheck check={check} rows={rows} gate={nodesOf(clubSettings)[0]?.goldenGate ?? false} />
              {rows.length === 0 ? (
                <Empty icon={IconCertificate} title={t('empty.title')}>
                  {t('empty.hint')} {t(can('reviewer') ? 'empty.how' : 'empty.who')}
                </Empty>
              ) : (
                <GoldenList rows={rows} search={search} />
              )}
            </>
          )
        }}
      </QueryState>
    </Page>
  )
}
