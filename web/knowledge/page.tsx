/** Knowledge: entries with the one that is read beside them, duplicates, what differs by site, and what is wrong with it. */
import { Box, Button, Tabs } from '@mantine/core'
import { IconBulb, IconPlus } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { Page } from '../components/Page.tsx'
import { Empty, Lines } from '../components/QueryState.tsx'
import { undoLast } from '../components/toast.ts'
import { useMayWrite } from '../components/useMayWrite.ts'
import { refresh } from '../graphql/hooks.ts'
import { useLive } from '../graphql/live.ts'
import { entryQuery, findingsQuery, listQuery } from './documents.ts'
import { EntryDetail } from './EntryDetail.tsx'
import { EntryList } from './EntryList.tsx'
import { Filters } from './Filters.tsx'
import classes from './knowledge.module.css'
import { type KnowledgeSearch, views } from './route.ts'

const AsOf = lazy(() => import('./AsOf.tsx'))
const Duplicates = lazy(() => import('./Duplicates.tsx'))
const SiteMatrix = lazy(() => import('./SiteMatrix.tsx'))
const Health = lazy(() => import('./Health.tsx'))
const NewEntry = lazy(() => import('./NewEntry.tsx'))

export const route = createLazyRoute('/staff/knowledge')({ component: KnowledgePage })

function KnowledgePage() {
  const { t } = useTranslation('knowledge')
  const { can } = useSession()
  const mayWrite = useMayWrite()
  const search = route.useSearch()
  const navigate = useNavigate()
  const client = useQueryClient()
  const view = search.view ?? 'entries'
  const look = () => void refresh(client, [listQuery, entryQuery, findingsQuery])
  useLive('queueChanged', look, look)
  const write = () =>
    void navigate({
      to: '/knowledge',
      search: ({ category, site }) => ({
        category,
        site: site === 'everywhere' ? undefined : site,
        mode: 'new',
      }),
    })
  useShortcuts([
    ...(can('reviewer') ? [{ keys: 'n', label: t('keys.new'), run: write }] : []),
    { keys: 'u', label: t('keys.undo'), run: () => void undoLast() },
  ])
  const writing = search.mode === 'new' && mayWrite
  return (
    <Page
      title={t('title')}
      actions={
        can('reviewer') &&
        !writing && (
          <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={write}>
            {t('new.button')}
          </Button>
        )
      }
    >
      {writing ? (
        <Suspense fallback={<Lines />}>
          <NewEntry search={search} />
        </Suspense>
      ) : (
        <Tabs
          value={view}
          keepMounted={false}
          onChange={(value) =>
            void navigate({
              to: '/knowledge',
              search: value === 'entries' ? {} : { view: views.find((one) => one === value) },
            })
          }
        >
          <Tabs.List mb="sm">
            {views.map((one) => (
              <Tabs.Tab key={one} value={one} px={{ base: 'xs', sm: 'md' }}>
                {t(`views.${one}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="entries">
            <Entries search={search} />
          </Tabs.Panel>
          <Suspense fallback={<Lines />}>
            <Tabs.Panel value="duplicates">
              <Duplicates />
            </Tabs.Panel>
            <Tabs.Panel value="sites">
              <SiteMatrix search={search} />
            </Tabs.Panel>
            <Tabs.Panel value="health">
              <Health search={search} />
            </Tabs.Panel>
            <Tabs.Panel value="past">
              <AsOf search={search} />
            </Tabs.Panel>
          </Suspense>
        </Tabs>
      )}
    </Page>
  )
}

function Entries({ search }: { search: KnowledgeSearch }) {
  const { t } = useTranslation('knowledge')
  const input = useRef<HTMLInputElement>(null)
  useShortcuts([{ keys: 'f', label: t('keys.search'), run: () => input.current?.focus() }])
  return (
    <Box className={classes.panes} data-reading={search.entry !== undefined}>
      <Box className={classes.filters}>
        <Filters search={search} input={input} />
      </Box>
      <Box className={classes.list}>
        <EntryList search={search} />
      </Box>
      <Box className={classes.detail}>
        {search.entry === undefined ? (
          <Empty icon={IconBulb} title={t('choose.title')}>
            {t('choose.hint')}
          </Empty>
        ) : (
          <EntryDetail key={search.entry} id={search.entry} search={search} />
        )}
      </Box>
    </Box>
  )
}
