/** One prompt: its text, changing it, its history, and what it would do with past questions. */
import { Anchor, Badge, Box, Button, Group, Stack, Tabs, Text, Title } from '@mantine/core'
import { IconArrowLeft, IconMessage2Off, IconPencil } from '@tabler/icons-react'
import { createLazyRoute, Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { type PromptTab, promptTabs } from '../admin/route.ts'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { Empty, Lines, QueryState } from '../components/QueryState.tsx'
import { Time } from '../components/Time.tsx'
import { undoLast } from '../components/toast.ts'
import { useMayWrite } from '../components/useMayWrite.ts'
import { useData } from '../graphql/hooks.ts'
import { knownName, type Prompt, promptQuery } from './documents.ts'
import classes from './prompts.module.css'

const EditTab = lazy(() => import('./EditTab.tsx'))
const HistoryTab = lazy(() => import('./HistoryTab.tsx'))
const PreviewTab = lazy(() => import('./PreviewTab.tsx'))

export const route = createLazyRoute('/staff/admin/prompts/$name')({ component: PromptPage })

function PromptPage() {
  const { t } = useTranslation('prompts')
  const { name } = route.useParams()
  const query = useData(promptQuery, { name }, { refetchInterval: 30_000 })
  return (
    <QueryState query={query}>
      {({ promptByName: prompt }) =>
        prompt ? (
          <PromptView key={prompt.id} prompt={prompt} />
        ) : (
          <Empty icon={IconMessage2Off} title={t('gone.title', { name })}>
            <Anchor renderRoot={(props) => <Link {...props} to="/admin/prompts" />}>{t('back')}</Anchor>
          </Empty>
        )
      }
    </QueryState>
  )
}

function PromptView({ prompt }: { prompt: Prompt }) {
  const { t } = useTranslation('prompts')
  const { t: common } = useTranslation()
  const { can } = useSession()
  const { tab: asked = 'text' } = route.useSearch()
  const navigate = useNavigate()
  const mayWrite = useMayWrite()
  const tab = (asked === 'edit' || asked === 'preview') && !mayWrite ? 'text' : asked
  const [last] = prompt.promptVersions.nodes
  const of = knownName(prompt.name)
  const title = of ? t(`names.${of}`) : prompt.name
  const go = (next: PromptTab) =>
    void navigate({
      to: '/admin/prompts/$name',
      params: { name: prompt.name },
      search: { tab: next === 'text' ? undefined : next },
    })
  useShortcuts([
    ...(can('reviewer')
      ? [
          { keys: 'e', label: t('keys.edit'), run: () => go('edit') },
          { keys: 'v', label: t('keys.preview'), run: () => go('preview') },
        ]
      : []),
    { keys: 'h', label: t('keys.history'), run: () => go('history') },
    { keys: 't', label: t('keys.text'), run: () => go('text') },
    { keys: 'u', label: t('keys.undo'), run: () => void undoLast() },
  ])
  const offered = promptTabs.filter(
    (one) => (one !== 'edit' && one !== 'preview') || can('reviewer') || one === tab,
  )
  return (
    <Stack component="article" gap="sm" aria-label={title}>
      <title>{`${title} · ${t('title')} · ClubOS`}</title>
      <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/admin/prompts" />}>
        <Group gap={4} component="span">
          <IconArrowLeft size={16} aria-hidden /> {t('back')}
        </Group>
      </Anchor>
      <Group justify="space-between" align="flex-start" gap="xs">
        <Box style={{ minWidth: 0, flex: '1 1 18rem' }}>
          <Group gap={8}>
            <Title order={2} size="h4" style={{ overflowWrap: 'anywhere' }}>
              {title}
            </Title>
            <Badge variant="light" tt="none">
              {t('version', { version: prompt.version })}
            </Badge>
          </Group>
          {of && <Text size="sm">{t(`purpose.${of}`)}</Text>}
          {last && (
            <Text
              size="sm"
              c="dimmed"
              lineClamp={2}
              title={last.changeReason}
              style={{ overflowWrap: 'anywhere' }}
            >
              {t('changedBy', { name: last.changedBy })} <Time at={last.createdAt} />: {last.changeReason}
            </Text>
          )}
        </Box>
        {can('reviewer') && tab !== 'edit' && (
          <Button size="xs" leftSection={<IconPencil size={14} aria-hidden />} onClick={() => go('edit')}>
            {common('do.edit')}
          </Button>
        )}
      </Group>
      <Tabs value={tab} onChange={(value) => go(value as PromptTab)} keepMounted={false}>
        <Box style={{ overflowX: 'auto' }}>
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
            <div className={classes.text} dir="auto">
              {prompt.content}
            </div>
          </Tabs.Panel>
          <Tabs.Panel value="edit" pt="md">
            <EditTab prompt={prompt} />
          </Tabs.Panel>
          <Tabs.Panel value="history" pt="md">
            <HistoryTab prompt={prompt} />
          </Tabs.Panel>
          <Tabs.Panel value="preview" pt="md">
            <PreviewTab prompt={prompt} />
          </Tabs.Panel>
        </Suspense>
      </Tabs>
    </Stack>
  )
}
