import { Anchor, Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconFlask } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Rows } from '../components/Rows.tsx'
import { Time } from '../components/Time.tsx'
import { usePages } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { readable } from '../sops/names.ts'
import { experimentsQuery, type Listed } from './documents.ts'
import type { ExperimentsSearch } from './route.ts'
import { Status } from './Status.tsx'

const statuses = { open: ['running', 'paused'], over: ['concluded', 'stopped'] }

interface Props {
  show: ExperimentsSearch['show']
  choose: (show: ExperimentsSearch['show']) => void
}

export function ExperimentList({ show, choose }: Props) {
  const { t } = useTranslation('experiments')
  const query = usePages(
    experimentsQuery,
    { filter: show ? { status: { in: statuses[show] } } : {} },
    (data) => data.experiments,
    { refetchInterval: 60_000, keepPrevious: true },
  )
  return (
    <Stack>
      <Text size="sm" c="dimmed" maw="48rem">
        {t('about')}
      </Text>
      <SegmentedControl
        aria-label={t('show.label')}
        value={show ?? 'all'}
        onChange={(value) => choose(value === 'all' ? undefined : (value as 'open' | 'over'))}
        data={(['all', 'open', 'over'] as const).map((value) => ({ value, label: t(`show.${value}`) }))}
        style={{ alignSelf: 'flex-start' }}
      />
      <QueryState query={query}>
        {({ pages }) => {
          const rows = pages.flatMap(({ experiments }) => nodesOf(experiments))
          if (rows.length === 0)
            return (
              <Empty icon={IconFlask} title={t(show ? 'empty.none' : 'empty.title')}>
                {t('empty.hint')}
              </Empty>
            )
          return (
            <>
              <Rows<Listed>
                label={t('list')}
                rows={rows}
                keyOf={({ id }) => id}
                columns={[
                  {
                    title: t('column.name'),
                    wide: true,
                    cell: ({ id, name }) => (
                      <Anchor
                        size="sm"
                        renderRoot={(props) => (
                          <Link {...props} to="/experiments" search={{ experiment: id }} />
                        )}
                      >
                        {name}
                      </Anchor>
                    ),
                  },
                  {
                    title: t('column.sop'),
                    cell: ({ sop }) => sop && `${readable(sop.category)} / ${readable(sop.section)}`,
                  },
                  {
                    title: t('column.status'),
                    cell: ({ status, winner, sampleRatioAlarmAt }) => (
                      <Group gap={6} wrap="nowrap">
                        <Status status={status} winner={winner} />
                        {sampleRatioAlarmAt !== null && (
                          <IconAlertTriangle
                            size={16}
                            color="var(--mantine-color-orange-text)"
                            aria-label={t('verdict.sample_ratio.title')}
                            role="img"
                          />
                        )}
                      </Group>
                    ),
                  },
                  { title: t('column.started'), cell: ({ startedAt }) => <Time at={startedAt} /> },
                  {
                    title: t('column.changed'),
                    cell: ({ statusBy, statusAt }) => (
                      <>
                        {statusBy}, <Time at={statusAt} />
                      </>
                    ),
                  },
                ]}
              />
              {query.hasNextPage && (
                <Button
                  variant="default"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                  style={{ alignSelf: 'center' }}
                >
                  {t('more')}
                </Button>
              )}
            </>
          )
        }}
      </QueryState>
    </Stack>
  )
}
