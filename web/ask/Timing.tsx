/** Where the time went, and what it cost. */
import { ColorSwatch, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatDuration, formatNumber } from '../app/time.ts'
import type { Trace } from './data.ts'

export function Timing({ trace }: { trace: Trace }) {
  const { t } = useTranslation('ask')
  // A model that routes is asked beside the embedding: what it takes longer is what is waited for.
  const routing = trace.routeMs === null ? null : Math.max(0, trace.routeMs - trace.embedMs)
  const parts = [
    { label: t('timing.embed'), ms: trace.embedMs, color: 'blue.7' },
    { label: t('timing.route'), ms: routing, color: 'grape.7' },
    { label: t('timing.begin'), ms: trace.beginMs, color: 'teal.7' },
    { label: t('timing.rerank'), ms: trace.rerankMs, color: 'indigo.7' },
    { label: t('timing.write'), ms: trace.writeMs, color: 'pink.7' },
    { label: t('timing.record'), ms: trace.recordMs, color: 'orange.7' },
  ].flatMap(({ ms, ...part }) => (ms === null ? [] : [{ ...part, ms }]))
  const total = Math.max(
    trace.totalMs,
    parts.reduce((sum, { ms }) => sum + ms, 0),
    Number.EPSILON,
  )
  return (
    <Paper withBorder p="md" component="section" aria-label={t('timing.title')}>
      <Title order={2} size="h5" mb="xs">
        {t('timing.title')}
      </Title>
      <Text size="sm" fw={600} mb={4}>
        {t('timing.total', { time: formatDuration(trace.totalMs) })}
      </Text>
      <Progress.Root size="lg" aria-hidden mb="xs">
        {parts.map(({ label, ms, color }) => (
          <Progress.Section key={label} value={(100 * ms) / total} color={color} />
        ))}
      </Progress.Root>
      <Stack component="ul" gap={2} m={0} p={0} style={{ listStyle: 'none' }}>
        {parts.map(({ label, ms, color }) => (
          <li key={label}>
            <Group gap={6} wrap="nowrap">
              <ColorSwatch
                size={10}
                color={`var(--mantine-color-${color.replace('.', '-')})`}
                withShadow={false}
                aria-hidden
              />
              <Text size="xs" flex={1}>
                {label}
              </Text>
              <Text size="xs">{formatDuration(ms)}</Text>
            </Group>
          </li>
        ))}
      </Stack>
      <Text size="xs" c="dimmed" mt="xs">
        {trace.tokensIn === null && trace.tokensOut === null
          ? t('timing.noTokens')
          : t('timing.tokens', {
              in: formatNumber(trace.tokensIn ?? 0),
              out: formatNumber(trace.tokensOut ?? 0),
            })}{' '}
        {trace.cost !== null &&
          t('timing.cost', {
            cost: formatNumber(trace.cost, {
              style: 'currency',
              currency: 'USD',
              maximumFractionDigits: 5,
            }),
          })}
      </Text>
    </Paper>
  )
}
