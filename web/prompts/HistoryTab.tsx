/** All versions of a prompt; any two of them compared, the one that ClubOS comes with too; back to any of them. */
import { Anchor, Badge, Box, Button, Group, Select, Stack, Text, Title } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { QueryState } from '../components/QueryState.tsx'
import { askReason } from '../components/reason.ts'
import { SourceDiff } from '../components/TextDiff.tsx'
import { Time } from '../components/Time.tsx'
import { useData, usePages } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { type Prompt, type Version, versionQuery, versionsQuery } from './documents.ts'
import { route } from './prompt.tsx'
import classes from './prompts.module.css'
import { usePromptChanges } from './usePromptChanges.ts'

/** Not a version: the text that ClubOS comes with. */
const given = 0

export default function HistoryTab({ prompt }: { prompt: Prompt }) {
  const { t } = useTranslation('prompts')
  const search = route.useSearch()
  const within = (version: number | undefined) =>
    version !== undefined &&
    version >= (prompt.defaultContent === null ? 1 : given) &&
    version <= prompt.version
      ? version
      : undefined
  const to = within(search.to) ?? prompt.version
  const from = within(search.from) ?? Math.max(prompt.defaultContent === null ? 1 : given, to - 1)
  return (
    <Stack>
      {(prompt.version > 1 || prompt.defaultContent !== null) && (
        <Comparison prompt={prompt} from={from} to={to} />
      )}
      <Title order={3} size="h5">
        {t('history.versions')}
      </Title>
      <Versions prompt={prompt} shown={to} />
    </Stack>
  )
}

function useVersion(prompt: Prompt, version: number) {
  const query = useData(
    versionQuery,
    { id: prompt.id, version },
    { staleTime: Number.POSITIVE_INFINITY, keepPrevious: true, enabled: version !== given },
  )
  if (version !== given) return query
  return {
    ...query,
    error: null,
    isPending: false,
    data: { promptVersionByPromptIdAndVersion: { version, content: prompt.defaultContent ?? '' } },
  }
}

function Comparison({ prompt, from, to }: { prompt: Prompt; from: number; to: number }) {
  const { t } = useTranslation('prompts')
  const navigate = useNavigate()
  const data = [
    ...Array.from({ length: prompt.version }, (_, n) => ({
      value: String(prompt.version - n),
      label: t('version', { version: prompt.version - n }),
    })),
    ...(prompt.defaultContent === null ? [] : [{ value: String(given), label: t('default') }]),
  ]
  const choose = (which: { from?: number; to?: number }) =>
    void navigate({
      to: '/admin/prompts/$name',
      params: { name: prompt.name },
      search: { tab: 'history', from, to, ...which },
      resetScroll: false,
    })
  const before = useVersion(prompt, from)
  const after = useVersion(prompt, to)
  return (
    <section aria-label={t('history.compare')}>
      <Group gap="xs" align="flex-end" mb="xs">
        {(
          [
            ['from', from],
            ['to', to],
          ] as const
        ).map(([end, value]) => (
          <Select
            key={end}
            size="xs"
            w="11rem"
            label={t(`history.${end}`)}
            data={data}
            value={String(value)}
            allowDeselect={false}
            searchable
            onChange={(chosen) => choose({ [end]: Number(chosen) })}
          />
        ))}
      </Group>
      <QueryState query={before}>
        {({ promptVersionByPromptIdAndVersion: old }) => (
          <QueryState query={after}>
            {({ promptVersionByPromptIdAndVersion: fresh }) => (
              <SourceDiff before={old?.content ?? ''} after={fresh?.content ?? ''} />
            )}
          </QueryState>
        )}
      </QueryState>
    </section>
  )
}

function Versions({ prompt, shown }: { prompt: Prompt; shown: number }) {
  const { t } = useTranslation('prompts')
  const { t: common } = useTranslation()
  const { can } = useSession()
  const change = usePromptChanges(prompt)
  const query = usePages(versionsQuery, { id: prompt.id }, (data) => data.promptVersions)
  const rollBack = async (version: number) => {
    const what = version === given ? t('default') : t('version', { version })
    const reason = await askReason({
      title: t('history.rollbackAsk', { what }),
      text: t('history.rollbackText', { next: prompt.version + 1 }),
      action: t('history.rollback'),
      suggestions: [t('history.suggestion')],
    })
    if (reason !== null) change.mutate({ kind: 'rollback', version, reason })
  }
  return (
    <QueryState query={query}>
      {({ pages }) => (
        <>
          <ol className={classes.plain} aria-label={t('history.versions')}>
            {pages
              .flatMap((page) => nodesOf(page.promptVersions))
              .map((version) => (
                <VersionRow
                  key={version.id}
                  prompt={prompt}
                  version={version}
                  shown={version.version === shown}
                  busy={change.isPending}
                  onRollBack={() => void rollBack(version.version)}
                />
              ))}
          </ol>
          {query.hasNextPage && (
            <Button
              variant="default"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              {common('state.more')}
            </Button>
          )}
          {can('reviewer') && prompt.defaultContent !== null && prompt.content !== prompt.defaultContent && (
            <Button
              size="xs"
              variant="default"
              mt="sm"
              style={{ alignSelf: 'flex-start' }}
              loading={change.isPending}
              leftSection={<IconArrowBackUp size={14} aria-hidden />}
              onClick={() => void rollBack(given)}
            >
              {t('history.toDefault')}
            </Button>
          )}
        </>
      )}
    </QueryState>
  )
}

interface RowProps {
  prompt: Prompt
  version: Version
  shown: boolean
  busy: boolean
  onRollBack: () => void
}

function VersionRow({ prompt, version, shown, busy, onRollBack }: RowProps) {
  const { t } = useTranslation('prompts')
  const { can } = useSession()
  const current = version.version === prompt.version
  return (
    <Box component="li" className={classes.version} data-shown={shown || undefined}>
      <Box style={{ minWidth: 0, flex: '1 1 16rem' }}>
        <Group gap={6}>
          <Anchor
            size="sm"
            fw={600}
            aria-current={shown || undefined}
            renderRoot={(props) => (
              <Link
                {...props}
                to="/admin/prompts/$name"
                params={{ name: prompt.name }}
                search={{
                  tab: 'history' as const,
                  from: version.version - (version.version > 1 || prompt.defaultContent !== null ? 1 : 0),
                  to: version.version,
                }}
                resetScroll={false}
              />
            )}
          >
            {t('version', { version: version.version })}
          </Anchor>
          {current && (
            <Badge size="xs" variant="light" tt="none">
              {t('history.current')}
            </Badge>
          )}
          {version.answers.totalCount > 0 && (
            <Text size="xs" c="dimmed">
              {t('history.answers', { count: version.answers.totalCount })}
            </Text>
          )}
        </Group>
        <Text size="sm" lineClamp={3}>
          {version.changeReason}
        </Text>
        <Text size="xs" c="dimmed">
          {version.changedBy} · <Time at={version.createdAt} />
        </Text>
      </Box>
      {can('reviewer') && !current && (
        <Button
          size="compact-sm"
          variant="default"
          loading={busy}
          leftSection={<IconArrowBackUp size={14} aria-hidden />}
          aria-label={t('history.rollbackTo', { version: version.version })}
          onClick={onRollBack}
        >
          {t('history.rollback')}
        </Button>
      )}
    </Box>
  )
}
