/** One chart: drawn, as a table, or as SQL; its numbers to take along; a page of its own. */
import {
  ActionIcon,
  Box,
  Group,
  Menu,
  Paper,
  SegmentedControl,
  Skeleton,
  Text,
  Title,
  Tooltip,
} from '@mantine/core'
import {
  IconArrowsMaximize,
  IconClipboard,
  IconDotsVertical,
  IconDownload,
  IconLink,
} from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { download } from '../components/download.ts'
import { QueryState } from '../components/QueryState.tsx'
import { toast } from '../components/toast.ts'
import type { Chart, Row, Variables } from './chart.ts'
import { toCsv } from './csv.ts'
import { DataTable } from './DataTable.tsx'
import { Ranking } from './Ranking.tsx'
import { type View, views } from './route.ts'
import { Source } from './Source.tsx'
import { draw } from './shape.ts'
import { useChart } from './use_chart.ts'

const Plot = lazy(() => import('./Plot.tsx'))

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
            <Tooltip label={t('view.full')}>
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
              >
                <IconArrowsMaximize size={16} />
              </ActionIcon>
            </Tooltip>
          )}
          <Take chart={chart} rows={query.data} view={view} title={title} />
        </Group>
      </Group>
      <Box mb="sm">{!full && <About chart={chart} />}</Box>
      {view === 'sql' ? (
        <Source chart={chart} variables={variables} />
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
    return <DataTable chart={chart} rows={rows} title={title} height={whole ? undefined : 360} />
  if (!drawing) return <Ranking chart={chart} rows={rows} title={title} count={whole ? 50 : 7} />
  return (
    <Suspense fallback={<Skeleton h={height} />}>
      <Plot drawing={drawing} title={title} height={height} />
    </Suspense>
  )
}

/** Numbers and links to take along. */
function Take({
  chart,
  rows = [],
  view,
  title,
}: {
  chart: Chart
  rows: Row[] | undefined
  view: View
  title: string
}) {
  const { t } = useTranslation(['insights', 'common'])
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text)
    toast({ message: t('common:do.copied') })
  }
  const address = () => {
    const url = new URL(location.href)
    url.searchParams.set('chart', chart.name)
    if (view !== 'chart') url.searchParams.set('as', view)
    return url.href
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" aria-label={t('take.label', { title })}>
          <IconDotsVertical size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconDownload size={16} aria-hidden />}
          disabled={rows.length === 0}
          onClick={() => download(`${chart.name}.csv`, toCsv(chart.columns, rows), 'text/csv;charset=utf-8')}
        >
          {t('take.csv')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconClipboard size={16} aria-hidden />}
          disabled={rows.length === 0}
          onClick={() => void copy(toCsv(chart.columns, rows))}
        >
          {t('take.copy')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLink size={16} aria-hidden />} onClick={() => void copy(address())}>
          {t('take.link')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
