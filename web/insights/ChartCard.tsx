/** One chart: drawn, as a table, or as SQL; its numbers to take along; a page of its own. */
import {
  ActionIcon,
  type ActionIconProps,
  Box,
  Group,
  Paper,
  SegmentedControl,
  Skeleton,
  Text,
  Title,
} from '@mantine/core'
import { IconArrowsMaximize, IconDotsVertical } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { type ComponentPropsWithRef, lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { QueryState } from '../components/QueryState.tsx'
import type { Chart, Row, Variables } from './chart.ts'
import { Ranking } from './Ranking.tsx'
import { type View, views } from './route.ts'
import { draw } from './shape.ts'
import type { TakeProps } from './TakeMenu.tsx'
import { useChart } from './use_chart.ts'

const DataTable = lazy(() => import('./DataTable.tsx'))
const Source = lazy(() => import('./Source.tsx'))
const Plot = lazy(() => import('./Plot.tsx'))
const loadTakeMenu = () => import('./TakeMenu.tsx')
const TakeMenu = lazy(loadTakeMenu)

interface Props {
  chart: Chart
  variables: Variables
  /** On a page of its own: its view is in the address. */
  full?: { view: View; onView: (view: View) => void }
  /** The page that shows one chart alone. */
  page?: '/insights' | '/admin/models'
}

export function ChartCard({ chart, variables, full, page = '/insights' }: Props) {
  const { t } = useTranslation(['insights', 'common'])
  const [ownView, setOwnView] = useState<View>('chart')
  const query = useChart(chart, variables)
  const view = full?.view ?? ownView
  const setView = full?.onView ?? setOwnView
  const title = t(`charts.${chart.name}.title`)
  const height = full ? 440 : 240

  return (
    <Paper
      withBorder
      p="md"
      component="section"
      aria-label={title}
      aria-busy={query.isPlaceholderData}
      style={{ minWidth: 0 }}
    >
      <Group justify="space-between" gap={4}>
        {full ? (
          <About chart={chart} />
        ) : (
          // Lists stand three in a row: there, the title has its line for itself.
          <Title order={2} size="h5" flex={chart.form.kind === 'ranking' ? '1 1 100%' : undefined}>
            {title}
          </Title>
        )}
        <Group gap={4} wrap="nowrap">
          <SegmentedControl
            size="xs"
            value={view}
            onChange={(next) => setView(next as View)}
            aria-label={t('view.label', { title })}
            data={views.map((value) => ({
              value,
              label: value === 'chart' && chart.form.kind === 'ranking' ? t('view.list') : t(`view.${value}`),
            }))}
          />
          {!full && (
            <ActionIcon
              variant="subtle"
              size="lg"
              renderRoot={(props) => (
                <Link
                  {...props}
                  to={page}
                  search={(before: object) => ({
                    ...before,
                    chart: chart.name,
                    as: view === 'chart' ? undefined : view,
                  })}
                />
              )}
              aria-label={t('view.fullOf', { title })}
              title={t('view.full')}
            >
              <IconArrowsMaximize size={16} />
            </ActionIcon>
          )}
          <Take chart={chart} rows={query.data} view={view} title={title} />
        </Group>
      </Group>
      <Box mb="sm">{!full && <About chart={chart} />}</Box>
      {view === 'sql' ? (
        <Suspense fallback={<Skeleton h={height} />}>
          <Source chart={chart} variables={variables} />
        </Suspense>
      ) : (
        <QueryState query={query} skeleton={<Skeleton h={height} />}>
          {(rows) => (
            <Box style={{ opacity: query.isPlaceholderData ? 0.5 : 1 }}>
              <Shown chart={chart} rows={rows} view={view} title={title} height={height} whole={!!full} />
            </Box>
          )}
        </QueryState>
      )}
    </Paper>
  )
}

function About({ chart }: { chart: Chart }) {
  const { t } = useTranslation('insights')
  return (
    <Text size="sm" c="dimmed">
      {t(`charts.${chart.name}.about`)}
    </Text>
  )
}

interface ShownProps {
  chart: Chart
  rows: Row[]
  view: View
  title: string
  height: number
  whole: boolean
}

function Shown({ chart, rows, view, title, height, whole }: ShownProps) {
  const { t } = useTranslation(['insights', 'common'])
  const drawing = draw(t, chart, rows)
  if (rows.length === 0 || (drawing?.empty && view === 'chart'))
    return (
      <Text c="dimmed" size="sm" py="xl" ta="center">
        {t('nothing')}
      </Text>
    )
  if (view === 'table')
    return (
      <Suspense fallback={<Skeleton h={height} />}>
        <DataTable chart={chart} rows={rows} title={title} height={whole ? undefined : 360} />
      </Suspense>
    )
  if (!drawing) return <Ranking chart={chart} rows={rows} title={title} count={whole ? 50 : 7} />
  return (
    <Suspense fallback={<Skeleton h={height} />}>
      <Plot drawing={drawing} title={title} height={height} />
    </Suspense>
  )
}

/** Numbers and links to take along; the menu comes when it is first opened. */
function Take({ chart, rows = [], view, title }: Omit<TakeProps, 'rows'> & { rows: Row[] | undefined }) {
  const [opened, setOpened] = useState(false)
  const face = (
    <TakeFace
      title={title}
      aria-haspopup="menu"
      onPointerEnter={loadTakeMenu}
      onFocus={loadTakeMenu}
      onClick={() => setOpened(true)}
    />
  )
  if (!opened) return face
  return (
    <Suspense fallback={face}>
      <TakeMenu chart={chart} rows={rows} view={view} title={title} />
    </Suspense>
  )
}

export function TakeFace({
  title,
  ...props
}: { title: string } & ActionIconProps & ComponentPropsWithRef<'button'>) {
  const { t } = useTranslation('insights')
  return (
    <ActionIcon variant="subtle" size="lg" aria-label={t('take.label', { title })} {...props}>
      <IconDotsVertical size={16} />
    </ActionIcon>
  )
}
