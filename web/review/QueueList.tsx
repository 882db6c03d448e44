/** The left side: filters, what is selected for approving together, and the list. */
import { Box, Button, Group, Text } from '@mantine/core'
import { IconChecks, IconInbox } from '@tabler/icons-react'
import { useCallback, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../app/time.ts'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { VirtualList } from '../components/VirtualList.tsx'
import type { ApiError } from '../graphql/client.ts'
import type { Filters, Row } from './documents.ts'
import { QueueFilters } from './QueueFilters.tsx'
import { QueueRow } from './QueueRow.tsx'
import type { useQueue } from './queue.ts'
import classes from './review.module.css'

interface Props {
  queue: ReturnType<typeof useQueue>
  /** Those of the queue's rows that are shown. */
  rows: Row[]
  filters: Filters
  onFilter: (changed: Partial<Filters>) => void
  selected: number | undefined
  onSelect: (id: number) => void
  onOpen: (id: number) => void
  marked: ReadonlySet<number>
  /** Undefined where nobody may approve. */
  onMark: ((id: number) => void) | undefined
  onUnmark: () => void
  onApproveMarked: () => void
  refusals: ReadonlyMap<number, ApiError>
}

export function QueueList(props: Props) {
  const { queue, rows, filters, onFilter, selected, onSelect, onOpen, marked, onMark, refusals } = props
  const { t } = useTranslation('review')
  const place = useRef<HTMLDivElement>(null)
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = queue.query
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const total = Math.max(rows.length, queue.total - (queue.rows.length - rows.length))
  const there = rows.length > 0
  // Arrows work at once; whoever is somewhere already stays there.
  useEffect(() => {
    if (there && document.activeElement === document.body)
      place.current?.querySelector<HTMLElement>('[role=listbox]')?.focus({ preventScroll: true })
  }, [there])
  return (
    <Box component="section" aria-label={t('list')} miw={0}>
      <QueueFilters filters={filters} onChange={onFilter} />
      <Group justify="space-between" mih={30} mb={4} gap="xs">
        <Text size="xs" c="dimmed" role="status">
          {marked.size > 0
            ? t('batch.bar', { count: marked.size })
            : queue.query.data && t('count', { count: total, shown: formatNumber(total) })}
        </Text>
        {marked.size > 0 && (
          <Group gap={4}>
            <Button size="compact-xs" variant="subtle" onClick={props.onUnmark}>
              {t('do.unmark')}
            </Button>
            <Button
              size="compact-xs"
              leftSection={<IconChecks size={14} aria-hidden />}
              onClick={props.onApproveMarked}
            >
              {t('do.approveAll', { count: marked.size })}
            </Button>
          </Group>
        )}
      </Group>
      <QueryState query={queue.query}>
        {() =>
          there ? (
            <Box
              ref={place}
              className={classes.list}
              onKeyDown={(event) => {
                const inList = (event.target as HTMLElement).role === 'listbox'
                if (event.key === 'Enter' && inList && selected !== undefined) onOpen(selected)
              }}
            >
              <VirtualList
                items={rows}
                keyOf={(row) => row.id}
                selected={selected}
                onSelect={(row) => onSelect(row.id)}
                label={t('list')}
                estimate={87}
                height="calc(100dvh - 13.6rem)"
                onEnd={more}
                total={total}
              >
                {(row) => (
                  <QueueRow
                    row={row}
                    marked={marked.has(row.id)}
                    refused={refusals.has(row.id)}
                    onMark={onMark}
                    onOpen={onOpen}
                  />
                )}
              </VirtualList>
            </Box>
          ) : (
            <Nothing filters={filters} onFilter={onFilter} />
          )
        }
      </QueryState>
    </Box>
  )
}

function Nothing({ filters, onFilter }: Pick<Props, 'filters' | 'onFilter'>) {
  const { t } = useTranslation('review')
  if (filters.kind || filters.category)
    return (
      <Empty icon={IconInbox} title={t('empty.filtered')}>
        <Button size="xs" variant="light" onClick={() => onFilter({ kind: undefined, category: undefined })}>
          {t('empty.clear')}
        </Button>
      </Empty>
    )
  return (
    <Empty icon={filters.status === 'pending' ? IconChecks : IconInbox} title={t(`empty.${filters.status}`)}>
      {filters.status === 'pending' && t('empty.pendingHint')}
    </Empty>
  )
}
