/** A drawing of series, with its legend. Who does not see it hears what it says; the numbers are in the table. */
import '@mantine/charts/styles.css'
import { CompositeChart } from '@mantine/charts'
import { Box, Group, Paper, Stack, Text, useComputedColorScheme } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../app/time.ts'
import type { Row } from './chart.ts'
import { colours, dashes, patterns } from './palette.ts'
import type { Drawing, DrawnSeries } from './shape.ts'
import { describe } from './shape.ts'
import { formatValue } from './values.ts'

interface Painted extends DrawnSeries {
  paint: string
  pattern: string | null
  patternId: string
  dash: string | undefined
}

export default function Plot({
  drawing,
  title,
  height,
}: {
  drawing: Drawing
  title: string
  height: number
}) {
  const { t } = useTranslation(['insights', 'common'])
  const scheme = useComputedColorScheme('light')
  const id = useId()
  const palette = colours[scheme]
  const painted: Painted[] = drawing.series.map((series, index) => {
    const place = series.colour ?? index
    return {
      ...series,
      paint: palette[place % palette.length]!,
      pattern: patterns[place % patterns.length]!,
      patternId: `${id}${place}`,
      dash: dashes[place % dashes.length],
    }
  })
  const { x, points } = drawing
  const left = painted.find((one) => one.line !== 'right') ?? painted[0]!
  const right = painted.find((one) => one.line === 'right')
  const bars = painted.filter((one) => !one.line)
  return (
    <Stack gap="xs">
      <Box role="img" aria-label={`${title}. ${describe(t, drawing)}`}>
        <CompositeChart
          h={height}
          data={points}
          dataKey={x.name}
          accessibilityLayer={false}
          withDots={points.length <= 40}
          dotProps={{ r: 2.5 }}
          curveType="linear"
          connectNulls={false}
          gridAxis="x"
          tickLine="none"
          barProps={(series) => {
            const one = bars.find(({ name }) => name === series.name)
            return { stackId: 'all', ...(one?.pattern && { fill: `url(#${one.patternId})` }) }
          }}
          composedChartProps={{ margin: { top: 8, right: 8, bottom: 0, left: 0 } }}
          xAxisProps={{
            tickFormatter: (value: string | number) => formatValue(t, x.as, value, true),
            minTickGap: 24,
          }}
          yAxisProps={{
            width: left.as === 'dollars' ? 56 : 46,
            allowDecimals: left.as !== 'count',
            tickFormatter: (value: number) => brief(left, value),
          }}
          withRightYAxis={right !== undefined}
          rightYAxisProps={{
            width: 44,
            domain: [0, 1],
            tickFormatter: (value: number) => formatValue(t, 'share', value),
          }}
          series={painted.map((one) => ({
            name: one.name,
            label: one.label,
            color: one.paint,
            type: one.line ? ('line' as const) : ('bar' as const),
            ...(one.line && { strokeDasharray: one.dash }),
            ...(one.line === 'right' && { yAxisId: 'right' }),
          }))}
          tooltipProps={{
            content: ({ active, payload }) => {
              const point = payload?.[0]?.payload as Row | undefined
              return active && point ? <Tip point={point} x={x} series={painted} /> : null
            },
          }}
        >
          <defs>
            {painted
              .filter((one) => one.pattern)
              .map((one) => (
                <pattern
                  key={one.patternId}
                  id={one.patternId}
                  width={8}
                  height={8}
                  patternUnits="userSpaceOnUse"
                >
                  <rect width={8} height={8} fill={one.paint} />
                  <path d={one.pattern!} stroke="var(--mantine-color-body)" strokeWidth={1.4} />
                </pattern>
              ))}
          </defs>
        </CompositeChart>
      </Box>
      <Group gap="md" justify="center" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {painted.map((one) => (
          <Group key={one.name} component="li" gap={6} wrap="nowrap">
            <Swatch series={one} />
            <Text size="xs">
              {one.label}
              {one.total !== null && <> · {formatValue(t, one.as, one.total)}</>}
            </Text>
          </Group>
        ))}
      </Group>
    </Stack>
  )
}

/** 1.2k, so that the axis keeps its width. */
const brief = ({ as }: DrawnSeries, value: number) => {
  if (as === 'milliseconds')
    return value < 1000
      ? formatNumber(value, { style: 'unit', unit: 'millisecond', unitDisplay: 'narrow' })
      : formatNumber(value / 1000, { style: 'unit', unit: 'second', unitDisplay: 'narrow' })
  if (as === 'dollars')
    return formatNumber(value, { style: 'currency', currency: 'USD', notation: 'compact' })
  return as === 'share'
    ? formatNumber(value, { style: 'percent' })
    : formatNumber(value, { notation: 'compact' })
}

function Swatch({ series: { line, paint, dash, pattern, patternId } }: { series: Painted }) {
  return (
    <svg width={22} height={12} aria-hidden="true">
      {line ? (
        <line x1={0} y1={6} x2={22} y2={6} stroke={paint} strokeWidth={2.5} strokeDasharray={dash} />
      ) : (
        <rect width={22} height={12} rx={2} fill={pattern ? `url(#${patternId})` : paint} />
      )}
    </svg>
  )
}

function Tip({ point, x, series }: { point: Row; x: Drawing['x']; series: Painted[] }) {
  const { t } = useTranslation(['insights', 'common'])
  return (
    <Paper withBorder shadow="md" px="sm" py="xs">
      <Text size="sm" fw={600} mb={4}>
        {formatValue(t, x.as, point[x.name])}
      </Text>
      {series.map((one) => (
        <Group key={one.name} gap="md" justify="space-between" wrap="nowrap">
          <Group gap={6} wrap="nowrap">
            <Swatch series={one} />
            <Text size="xs">{one.label}</Text>
          </Group>
          <Text size="xs" fw={600}>
            {formatValue(t, one.as, point[one.name])}
          </Text>
        </Group>
      ))}
    </Paper>
  )
}
