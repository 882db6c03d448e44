/** One SOP: its text, what can be done with it, and in tabs how it came to be so and what it is asked. */
import { Alert, Anchor, Badge, Box, Group, Stack, Tabs, Text, Title } from '@mantine/core'
import { IconArchive, IconArrowLeft, IconFlask, IconGitPullRequest } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { NotFoundPage } from '../app/ErrorPages.tsx'
import { useSession } from '../app/session.ts'
import { CategoryNote } from '../components/CategoryNote.tsx'
import { Lines, QueryState } from '../components/QueryState.tsx'
import { Time } from '../components/Time.tsx'
import { useMayWrite } from '../components/useMayWrite.ts'
import { refresh, useData } from '../graphql/hooks.ts'
import { useLive } from '../graphql/live.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { type Sop, sopQuery, versionsQuery } from './documents.ts'
import { readable } from './names.ts'
import { type Tab, tabs } from './route.ts'
import { SopActions } from './SopActions.tsx'
import { SopText } from './SopText.tsx'

const EditTab = lazy(() => import('./EditTab.tsx'))
const HistoryTab = lazy(() => import('./HistoryTab.tsx'))
const BlameTab = lazy(() => import('./BlameTab.tsx'))
const QuestionsTab = lazy(() => import('./QuestionsTab.tsx'))

export const route = createLazyRoute('/staff/sops/$id')({ component: SopPage })

function SopPage() {
  const { id } = route.useParams()
  const number = /^\d{1,9}$/.test(id) ? Number(id) : 0
  const query = useData(sopQuery, { id: number })
  const client = useQueryClient()
  // An approval may have changed it.
  const look = () => void refresh(client, [sopQuery, versionsQuery])
  useLive('queueChanged', look, look)
  return (
    <QueryState query={query}>
      {({ sop }) => (sop ? <SopView key={sop.id} sop={sop} /> : <NotFoundPage />)}
    </QueryState>
  )
}

function SopView({ sop }: { sop: Sop }) {
  const { t } = useTranslation('sops')
  const { can } = useSession()
  const { tab: asked = 'text' } = route.useSearch()
  const navigate = useNavigate()
  const mayWrite = useMayWrite()
  const tab = asked === 'edit' && !mayWrite ? 'text' : asked
  const name = `${readable(sop.category)} / ${readable(sop.section)}`
  const [last] = sop.sopVersions.nodes
  const go = (next: Tab) =>
    void navigate({
      to: '/sops/$id',
      params: { id: String(sop.id) },
      search: ({ q, archived }) => ({ q, archived, tab: next === 'text' ? undefined : next }),
    })
  const offered = tabs.filter((one) => one !== 'edit' || can('reviewer') || tab === 'edit')
  return (
    <Stack component="article" gap="sm">
      <title>{`${readable(sop.section)} · ${t('title')} · ClubOS`}</title>
      <Anchor
        hiddenFrom="md"
        size="sm"
        className="no-print"
        renderRoot={(props) => <Link to="/sops" search={({ q, archived }) => ({ q, archived })} {...props} />}
      >
        <Group gap={4} component="span">
          <IconArrowLeft size={16} aria-hidden /> {t('back')}
        </Group>
      </Anchor>
      <Group justify="space-between" align="flex-start" gap="xs">
        <Box style={{ minWidth: 0, flex: '1 1 18rem' }}>
          <Title order={1} size="h3" style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Title>
          <Group gap={6}>
            <Badge variant="light" tt="none">
              {t('version', { version: sop.version })}
            </Badge>
            {last && (
              <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {t('changedBy', { name: last.changedBy })} <Time at={last.createdAt} />
              </Text>
            )}
          </Group>
          {last && (
            <Text
              size="sm"
              c="dimmed"
              mt={4}
              lineClamp={2}
              style={{ overflowWrap: 'anywhere' }}
              title={last.changeReason}
            >
              {last.changeReason}
            </Text>
          )}
        </Box>
        <SopActions sop={sop} tab={tab} go={go} />
      </Group>
      <CategoryNote category={sop.category} />
      {sop.archivedAt !== null && (
        <Alert color="orange" icon={<IconArchive />} title={t('archived.title')}>
          {t(can('reviewer') ? 'archived.hint' : 'archived.hintReader')}
        </Alert>
      )}
      {sop.improvementQueues.totalCount > 0 && tab === 'text' && (
        <Group gap={6} className="no-print">
          <IconGitPullRequest size={16} aria-hidden />
          <Anchor size="sm" component="button" type="button" onClick={() => go('questions')}>
            {t('proposals.waiting', { count: sop.improvementQueues.totalCount })}
          </Anchor>
        </Group>
      )}
      {nodesOf(sop.experiments).map((experiment) => (
        <Group key={experiment.id} gap={6} className="no-print">
          <IconFlask size={16} aria-hidden />
          <Anchor
            size="sm"
            renderRoot={(props) => (
              <Link {...props} to="/experiments" search={{ experiment: experiment.id }} />
            )}
          >
            {t(experiment.status === 'paused' ? 'experiment.paused' : 'experiment.running', {
              name: experiment.name,
            })}
          </Anchor>
          {tab === 'edit' && (
            <Text size="sm" c="dimmed">
              {t('experiment.ends')}
            </Text>
          )}
        </Group>
      ))}
      <Tabs value={tab} onChange={(value) => go(value as Tab)} keepMounted={false}>
        <Box className="no-print" style={{ overflowX: 'auto' }}>
          <Tabs.List style={{ flexWrap: 'nowrap' }} w="max-content" miw="100%">
            {offered.map((one) => (
              <Tabs.Tab key={one} value={one}>
                {t(`tabs.${one}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </Box>
        <Suspense fallback={<Lines />}>
          <Tabs.Panel value="text" pt="md">
            <SopText sop={sop} />
          </Tabs.Panel>
          <Tabs.Panel value="edit" pt="md">
            <EditTab sop={sop} />
          </Tabs.Panel>
          <Tabs.Panel value="history" pt="md">
            <HistoryTab sop={sop} />
          </Tabs.Panel>
          <Tabs.Panel value="blame" pt="md">
            <BlameTab sop={sop} />
          </Tabs.Panel>
          <Tabs.Panel value="questions" pt="md">
            <QuestionsTab sop={sop} />
          </Tabs.Panel>
        </Suspense>
      </Tabs>
    </Stack>
  )
}
