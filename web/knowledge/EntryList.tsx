import { Box, Group, Stack, Text } from '@mantine/core'
import { IconBulb } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { formatDay, formatNumber, formatShare } from '../app/time.ts'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { VirtualList } from '../components/VirtualList.tsx'
import { readable } from '../sops/names.ts'
import { Badges } from './Badges.tsx'
import type { KnowledgeSearch } from './route.ts'
import { type EntryRow, useEntries, useSites } from './useEntries.ts'

export function EntryList({ search }: { search: KnowledgeSearch }) {
  const { t } = useTranslation('knowledge')
  const navigate = useNavigate()
  const query = useEntries(search)
  const { sites } = useSites()
  const pages = query.data?.pages ?? []
  const rows = pages.flatMap((page) => page.rows)
  const total = pages[0]?.total ?? 0
  const open = ({ knowledgeId }: EntryRow) =>
    void navigate({
      to: '/knowledge',
      search: (all) => ({ ...all, entry: knowledgeId, mode: undefined }),
      // Going through the list is one step of the way back, not hundreds.
      replace: search.entry !== undefined,
    })
  const at = rows.findIndex((one) => one.knowledgeId === search.entry)
  const step = (by: number) => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, at + by))]
    if (row) open(row)
  }
  useShortcuts([
    { keys: 'j', label: t('keys.next'), run: () => step(1) },
    { keys: 'k', label: t('keys.previous'), run: () => step(-1) },
  ])
  return (
    <QueryState query={query}>
      {() =>
        rows.length === 0 ? (
          <Empty icon={IconBulb} title={t('empty.title')}>
            {t('empty.hint')}
          </Empty>
        ) : (
          <Stack gap={4}>
            <Text size="xs" c="dimmed" role="status">
              {t('count', { count: total, shown: formatNumber(total) })}
            </Text>
            <VirtualList
              items={rows}
              keyOf={(row) => row.knowledgeId}
              selected={search.entry}
              onSelect={open}
              label={t('list')}
              estimate={92}
              height="calc(100dvh - 14.75rem)"
              total={total}
              onEnd={() => {
                if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage()
              }}
            >
              {(row) => <Row row={row} site={sites.find((one) => one.id === row.siteId)?.name} />}
            </VirtualList>
          </Stack>
        )
      }
    </QueryState>
  )
}

function Row({ row, site }: { row: EntryRow; site: string | undefined }) {
  const { t } = useTranslation('knowledge')
  return (
    <Box px="xs" py={8} style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}>
      <Text size="sm" fw={600} lineClamp={2} dir="auto" style={{ overflowWrap: 'anywhere' }}>
        {row.question}
      </Text>
      <Text size="xs" c="dimmed" truncate>
        {[
          `${readable(row.category ?? '')} / ${readable(row.topic ?? '')}`,
          site,
          row.validTo !== null && t('until', { day: formatDay(row.validTo) }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
      <Group gap={6} mt={4}>
        <Badges trust={row.trust} health={row.health} />
        <Text size="xs" c="dimmed">
          {row.usageCount === 0
            ? t('unused')
            : row.successRate === null
              ? t('used', { count: row.usageCount ?? 0 })
              : t('usedWith', { count: row.usageCount ?? 0, share: formatShare(row.successRate) })}
        </Text>
      </Group>
    </Box>
  )
}
