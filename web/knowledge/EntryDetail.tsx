/** One entry: question, answer, what it rests on, how it fares; and what can be done with it. */
import { Alert, Anchor, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { IconArchive, IconArchiveOff, IconArrowLeft, IconPencil } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { Markdown } from '../components/Markdown.tsx'
import { Empty, Lines, QueryState } from '../components/QueryState.tsx'
import { askReason } from '../components/reason.ts'
import { rowsOf } from '../components/rowsOf.ts'
import { useMayWrite } from '../components/useMayWrite.ts'
import { useData } from '../graphql/hooks.ts'
import { Badges } from './Badges.tsx'
import { type Entry, entryQuery } from './documents.ts'
import { EntryFacts } from './EntryFacts.tsx'
import { isRetired } from './entry.ts'
import type { KnowledgeSearch } from './route.ts'
import { Trail } from './Trail.tsx'
import { useEntryChanges } from './useEntryChanges.ts'

const EntryEdit = lazy(() => import('./EntryEdit.tsx'))

export function EntryDetail({ id, search }: { id: number; search: KnowledgeSearch }) {
  const { t } = useTranslation('knowledge')
  const query = useData(entryQuery, { id })
  const mayWrite = useMayWrite()
  return (
    <Stack>
      <Anchor
        hiddenFrom="md"
        size="sm"
        className="no-print"
        renderRoot={(props) => (
          <Link
            to="/knowledge"
            search={(all) => ({ ...all, entry: undefined, mode: undefined })}
            {...props}
          />
        )}
      >
        <Group gap={4} component="span">
          <IconArrowLeft size={16} aria-hidden /> {t('back')}
        </Group>
      </Anchor>
      <QueryState query={query}>
        {({ knowledgeBase: entry, knowledgeHealths }) =>
          entry === null ? (
            <Empty icon={IconArchive} title={t('gone.title')}>
              {t('gone.hint')}
            </Empty>
          ) : search.mode === 'edit' && mayWrite ? (
            <Suspense fallback={<Lines />}>
              <EntryEdit entry={entry} />
            </Suspense>
          ) : (
            <View entry={entry} health={rowsOf(knowledgeHealths)[0]?.health} />
          )
        }
      </QueryState>
    </Stack>
  )
}

function View({ entry, health }: { entry: Entry; health: string | null | undefined }) {
  const { t } = useTranslation('knowledge')
  const { t: common } = useTranslation()
  const { can, role } = useSession()
  const navigate = useNavigate()
  const change = useEntryChanges(entry)
  const retired = isRetired(entry)
  const edit = () => void navigate({ to: '/knowledge', search: (all) => ({ ...all, mode: 'edit' as const }) })
  const act = async () => {
    const kind = retired ? 'restore' : 'retire'
    const reason = await askReason({
      title: t(`${kind}.ask`),
      text: t(`${kind}.text`),
      action: t(`${kind}.do`),
      danger: kind === 'retire',
    })
    if (reason !== null) change.mutate({ kind, reason })
  }
  useShortcuts(
    can('reviewer')
      ? [
          { keys: 'e', label: t('keys.edit'), run: edit },
          { keys: 'x', label: t(`${retired ? 'restore' : 'retire'}.do`), run: () => void act() },
        ]
      : [],
  )
  const others = rowsOf(entry.knowledgeQuestionsByKnowledgeId)
  return (
    <Stack component="article" gap="md">
      <Group justify="space-between" align="flex-start" gap="xs">
        <Title
          order={2}
          size="h4"
          dir="auto"
          style={{ overflowWrap: 'anywhere', flex: '1 1 16rem', minWidth: 0 }}
        >
          {entry.question}
        </Title>
        {can('reviewer') && (
          <Group gap="xs" className="no-print">
            <Button size="xs" leftSection={<IconPencil size={14} aria-hidden />} onClick={edit}>
              {common('do.edit')}
            </Button>
            <Button
              size="xs"
              variant="default"
              loading={change.isPending}
              leftSection={
                retired ? <IconArchiveOff size={14} aria-hidden /> : <IconArchive size={14} aria-hidden />
              }
              onClick={() => void act()}
            >
              {t(`${retired ? 'restore' : 'retire'}.do`)}
            </Button>
          </Group>
        )}
      </Group>
      <Badges trust={entry.trust} health={health} />
      {retired && (
        <Alert color="orange" icon={<IconArchive />}>
          {t('retired')}
        </Alert>
      )}
      <Paper withBorder p={{ base: 'sm', sm: 'md' }}>
        <Markdown html={entry.answerHtml} />
      </Paper>
      {others.length > 0 && (
        <section>
          <Title order={3} size="h6">
            {t('others')}
          </Title>
          <ul>
            {others.map((one) => (
              <li key={one.id}>
                <Text size="sm" dir="auto" style={{ overflowWrap: 'anywhere' }}>
                  {one.question}
                </Text>
              </li>
            ))}
          </ul>
        </section>
      )}
      <EntryFacts entry={entry} />
      {(role === 'admin' || role === 'auditor') && <Trail id={entry.id} />}
    </Stack>
  )
}
