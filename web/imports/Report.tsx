/** What an import would do or did: counts to filter by, file by file, and item by item with reasons and texts. */
import {
  Alert,
  Box,
  Button,
  Chip,
  Group,
  SegmentedControl,
  Skeleton,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import { IconAlertTriangle, IconFiles } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { type ImportSearch, importPlans, leftAlone } from '../admin/route.ts'
import { formatNumber } from '../app/time.ts'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Rows } from '../components/Rows.tsx'
import { usePages } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { type Batch, counted, type FileLine, filesQuery, itemsQuery, planned } from './documents.ts'
import { ItemLine } from './ItemLine.tsx'
import { useReasons } from './reason.ts'

interface Props {
  batch: Batch
  search: ImportSearch
  onSearch: (search: ImportSearch) => void
}

export function Report({ batch, search, onSearch }: Props) {
  const { t } = useTranslation('imports')
  const counts = planned(batch.counts)
  const contradictions = counted(batch.counts, 'contradictions')
  const filtered = search.items || search.plan || search.left || search.file
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {t('report', { count: counted(batch.counts, 'files') })}
      </Title>
      {contradictions > 0 && (
        <Alert
          color="orange"
          mb="sm"
          icon={<IconAlertTriangle />}
          title={t('contradictions', { count: contradictions })}
        >
          <Text size="sm">{t('contradictionsHint')}</Text>
        </Alert>
      )}
      <Group gap={6} mb="sm" role="group" aria-label={t('filter')}>
        {importPlans
          .filter((plan) => counts[plan] > 0)
          .map((plan) => (
            <Chip
              key={plan}
              size="sm"
              checked={search.plan === plan}
              onChange={(checked) =>
                onSearch(
                  checked
                    ? { ...search, items: true, plan, left: undefined }
                    : { ...search, plan: undefined },
                )
              }
            >
              {t(`plans.${plan}`)} ({formatNumber(counts[plan])})
            </Chip>
          ))}
        {leftAlone
          .filter((left) => counted(batch.counts, left) > 0)
          .map((left) => (
            <Chip
              key={left}
              size="sm"
              color="orange"
              checked={search.left === left}
              onChange={(checked) =>
                onSearch(
                  checked
                    ? { ...search, items: true, left, plan: undefined }
                    : { ...search, left: undefined },
                )
              }
            >
              {t(`left.${left}`)} ({formatNumber(counted(batch.counts, left))})
            </Chip>
          ))}
      </Group>
      <SegmentedControl
        mb="sm"
        size="xs"
        aria-label={t('view')}
        value={filtered ? 'items' : 'files'}
        onChange={(value) => onSearch(value === 'items' ? { items: true } : {})}
        data={[
          { value: 'files', label: t('byFile') },
          { value: 'items', label: t('byItem') },
        ]}
      />
      {filtered ? (
        <Items batch={batch} search={search} onSearch={onSearch} />
      ) : (
        <Files batch={batch} onFile={(file) => onSearch({ items: true, file })} />
      )}
    </section>
  )
}

function Files({ batch, onFile }: { batch: Batch; onFile: (file: string) => void }) {
  const { t } = useTranslation('imports')
  const { reasonOf } = useReasons()
  const query = usePages(filesQuery, { id: batch.id }, (data) => data.importFiles)
  const number = (count: number | null) => (count ? formatNumber(count) : '–')
  return (
    <QueryState query={query} skeleton={<Skeleton h={200} />}>
      {({ pages }) => {
        const rows = pages.flatMap((page) => nodesOf(page.importFiles))
        if (rows.length === 0) return <Empty icon={IconFiles} title={t('noFiles')} />
        return (
          <Stack gap="sm">
            <Rows<FileLine>
              label={t('byFile')}
              rows={rows}
              keyOf={(one) => one.file ?? ''}
              columns={[
                {
                  title: t('file'),
                  wide: true,
                  cell: (one) => (
                    <>
                      <Text size="sm" fw={600} dir="auto">
                        {one.file}
                      </Text>
                      {one.reason && (
                        <Text size="xs" c="dimmed" fw={400}>
                          {reasonOf(one)}
                        </Text>
                      )}
                    </>
                  ),
                },
                { title: t('plans.create'), cell: (one) => number(one.created) },
                { title: t('plans.update'), cell: (one) => number(one.changed) },
                { title: t('plans.propose'), cell: (one) => number(one.proposed) },
                {
                  title: t('already'),
                  cell: (one) => number((one.unchanged ?? 0) + (one.duplicates ?? 0)),
                },
                { title: t('plans.skip'), cell: (one) => number(one.skipped) },
              ]}
              actions={(one) => (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  aria-label={t('itemsOf', { name: one.file })}
                  onClick={() => onFile(one.file ?? '')}
                >
                  {t('show')}
                </Button>
              )}
            />
            <More query={query} />
          </Stack>
        )
      }}
    </QueryState>
  )
}

function Items({ batch, search, onSearch }: Props) {
  const { t } = useTranslation('imports')
  const query = usePages(
    itemsQuery,
    {
      condition: {
        batchId: batch.id,
        ...(search.plan && { action: search.plan }),
        ...(search.left && { status: search.left }),
        ...(search.file && { file: search.file }),
      },
    },
    (data) => data.importItems,
    { keepPrevious: true },
  )
  return (
    <Stack gap="sm">
      {search.file && (
        <Group gap="xs">
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {t('fromFile', { name: search.file })}
          </Text>
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => onSearch({ ...search, items: true, file: undefined })}
          >
            {t('everyFile')}
          </Button>
        </Group>
      )}
      <QueryState query={query} skeleton={<Skeleton h={200} />}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => nodesOf(page.importItems))
          if (rows.length === 0) return <Empty icon={IconFiles} title={t('noItems')} />
          return (
            <>
              <Stack
                component="ul"
                gap="xs"
                m={0}
                p={0}
                aria-label={t('byItem')}
                style={{ listStyle: 'none' }}
              >
                {rows.map((item) => (
                  <ItemLine key={item.id} item={item} />
                ))}
              </Stack>
              <Box>
                <More query={query} />
              </Box>
            </>
          )
        }}
      </QueryState>
    </Stack>
  )
}

interface Pages {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: () => unknown
}

function More({ query }: { query: Pages }) {
  const { t } = useTranslation()
  if (!query.hasNextPage) return null
  return (
    <Button
      variant="default"
      w="fit-content"
      loading={query.isFetchingNextPage}
      onClick={() => void query.fetchNextPage()}
    >
      {t('state.more')}
    </Button>
  )
}
