/** All versions of an SOP; any two of them compared; back to any of them. */
import { Anchor, Badge, Box, Button, Group, Select, Stack, Text, Title } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { Link, useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { formatTime, useTimezone } from '../app/time.ts'
import { ProposalLink } from '../components/Links.tsx'
import { QueryState } from '../components/QueryState.tsx'
import { askReason } from '../components/reason.ts'
import { rowsOf } from '../components/rowsOf.ts'
import { TextDiff } from '../components/TextDiff.tsx'
import { Time } from '../components/Time.tsx'
import { useData, usePages } from '../graphql/hooks.ts'
import { type Sop, type Version, versionQuery, versionsQuery } from './documents.ts'
import { route } from './sop.tsx'
import classes from './tabs.module.css'
import { useSopChanges } from './useSopChanges.ts'

export default function HistoryTab({ sop }: { sop: Sop }) {
  const { t } = useTranslation('sops')
  const search = route.useSearch()
  const within = (version: number | undefined) =>
    version !== undefined && version >= 1 && version <= sop.version ? version : undefined
  const to = within(search.to) ?? sop.version
  const from = within(search.from) ?? Math.max(1, to - 1)
  return (
    <Stack>
      {sop.version > 1 && <Comparison sop={sop} from={from} to={to} />}
      <Title order={2} size="h5">
        {t('history.versions')}
      </Title>
      <Versions sop={sop} from={from} to={to} />
    </Stack>
  )
}

function Comparison({ sop, from, to }: { sop: Sop; from: number; to: number }) {
  const { t } = useTranslation('sops')
  const navigate = useNavigate()
  const versions = Array.from({ length: sop.version }, (_, n) => String(sop.version - n))
  const data = versions.map((version) => ({ value: version, label: t('version', { version }) }))
  const choose = (which: { from?: number; to?: number }) =>
    void navigate({
      to: '/sops/$id',
      params: { id: String(sop.id) },
      search: (all) => ({ ...all, tab: 'history' as const, from, to, ...which }),
    })
  const before = useData(
    versionQuery,
    { id: sop.id, version: from },
    { staleTime: Number.POSITIVE_INFINITY, keepPrevious: true },
  )
  const after = useData(
    versionQuery,
    { id: sop.id, version: to },
    { staleTime: Number.POSITIVE_INFINITY, keepPrevious: true },
  )
  return (
    <section aria-label={t('history.compare')}>
      <Group gap="xs" align="flex-end" mb="xs">
        <Select
          size="xs"
          w="8.5rem"
          label={t('history.from')}
          data={data}
          value={String(from)}
          allowDeselect={false}
          searchable
          onChange={(value) => choose({ from: Number(value) })}
        />
        <Select
          size="xs"
          w="8.5rem"
          label={t('history.to')}
          data={data}
          value={String(to)}
          allowDeselect={false}
          searchable
          onChange={(value) => choose({ to: Number(value) })}
        />
      </Group>
      <QueryState query={before}>
        {({ sopVersionBySopIdAndVersion: old }) => (
          <QueryState query={after}>
            {({ sopVersionBySopIdAndVersion: fresh }) => (
              <TextDiff
                before={old?.content ?? ''}
                after={fresh?.content ?? ''}
                html={{ before: old?.contentHtml ?? '', after: fresh?.contentHtml ?? '' }}
              />
            )}
          </QueryState>
        )}
      </QueryState>
    </section>
  )
}

function Versions({ sop, from, to }: { sop: Sop; from: number; to: number }) {
  const { t } = useTranslation('sops')
  const { t: common } = useTranslation()
  const query = usePages(versionsQuery, { id: sop.id }, (data) => data.sopVersions)
  return (
    <QueryState query={query}>
      {({ pages }) => {
        const versions = pages.flatMap((page) => rowsOf(page.sopVersions))
        return (
          <>
            <ol className={classes.plain} aria-label={t('history.versions')}>
              {versions.map((version) => (
                <VersionRow
                  key={version.version}
                  sop={sop}
                  version={version}
                  shown={version.version === to && from === Math.max(1, to - 1)}
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
          </>
        )
      }}
    </QueryState>
  )
}

function VersionRow({ sop, version, shown }: { sop: Sop; version: Version; shown: boolean }) {
  const { t } = useTranslation('sops')
  const { can } = useSession()
  const zone = useTimezone()
  const change = useSopChanges(sop)
  const current = version.version === sop.version
  const rollBack = async () => {
    const reason = await askReason({
      title: t('history.rollbackAsk', { version: version.version }),
      text: t('history.rollbackText', { next: sop.version + 1, version: version.version }),
      action: t('history.rollback'),
      suggestions: [t('history.suggestion')],
    })
    if (reason !== null) change.mutate({ kind: 'rollback', version: version.version, reason })
  }
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
                to="/sops/$id"
                params={{ id: String(sop.id) }}
                search={({ q, archived }) => ({
                  q,
                  archived,
                  tab: 'history' as const,
                  from: Math.max(1, version.version - 1),
                  to: version.version,
                })}
                resetScroll={false}
                {...props}
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
          {version.archived && (
            <Badge size="xs" variant="light" color="orange" tt="none">
              {t('archived.badge')}
            </Badge>
          )}
          {version.improvementId !== null && (
            <ProposalLink id={version.improvementId} status="approved" size="xs">
              {t('history.proposal', { id: version.improvementId })}
            </ProposalLink>
          )}
        </Group>
        <Text size="sm" lineClamp={3} style={{ overflowWrap: 'anywhere' }}>
          {version.changeReason}
        </Text>
        <Text
          size="xs"
          c="dimmed"
          style={{ overflowWrap: 'anywhere' }}
          title={formatTime(version.createdAt, zone)}
        >
          {version.changedBy} · <Time at={version.createdAt} />
          {version.diffSummary && ` · ${version.diffSummary}`}
        </Text>
      </Box>
      {can('reviewer') && !current && (
        <Button
          size="compact-sm"
          variant="default"
          loading={change.isPending}
          leftSection={<IconArrowBackUp size={14} aria-hidden />}
          aria-label={t('history.rollbackTo', { version: version.version })}
          onClick={() => void rollBack()}
        >
          {t('history.rollback')}
        </Button>
      )}
    </Box>
  )
}
