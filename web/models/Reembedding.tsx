/** How the club's texts move from one embedding model to another; nothing where they never did. */
import { Alert, Badge, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatDollars, formatNumber, formatShare } from '../app/time.ts'
import { Time } from '../components/Time.tsx'
import { useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { type Reembedding as Row, reembeddingQuery } from './documents.ts'
import { readableModel } from './format.ts'

const colours: Record<string, string> = { running: 'blue', waiting: 'orange', done: 'teal', failed: 'red' }

export function Reembedding() {
  const { t } = useTranslation('models')
  const { data } = useData(reembeddingQuery, {}, { refetchInterval: 5000 })
  const rows = nodesOf(data?.reembeddings)
  if (rows.length === 0) return null
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {t('reembedding.title')}
      </Title>
      <Stack gap="sm">
        {rows.map((row) => (
          <Move key={row.id} row={row} />
        ))}
      </Stack>
    </section>
  )
}

function Move({ row }: { row: Row }) {
  const { t } = useTranslation('models')
  const { fromModel, toModel, state, total, done, cost, estimatedCost, error } = row
  const share = total === 0 ? 1 : done / total
  const title = t('reembedding.move', { from: readableModel(t, fromModel), to: readableModel(t, toModel) })
  const progress = t('reembedding.progress', {
    done: formatNumber(done),
    total: formatNumber(total),
    share: formatShare(share),
  })
  return (
    <Paper withBorder p="md" component="section" aria-label={title} style={{ overflowWrap: 'anywhere' }}>
      <Group gap="xs" mb="xs">
        <Title order={3} size="h6">
          {title}
        </Title>
        <Badge variant="light" tt="none" color={colours[state] ?? 'gray'} miw="max-content">
          {t(`reembedding.states.${state as 'running'}`, { defaultValue: state })}
        </Badge>
      </Group>
      <Progress.Root size="lg">
        <Progress.Section
          value={100 * share}
          color={colours[state] ?? 'gray'}
          animated={state === 'running'}
          aria-label={title}
          aria-valuetext={progress}
        />
      </Progress.Root>
      <Text size="sm" mt="xs">
        {progress}
        {cost !== null && ` · ${t('reembedding.cost', { cost: formatDollars(Number(cost)) })}`}
        {cost === null &&
          estimatedCost !== null &&
          ` · ${t('reembedding.estimate', { cost: formatDollars(Number(estimatedCost)) })}`}
      </Text>
      <Text size="sm" c="dimmed">
        {row.startedBy}: {row.reason} · <Time at={row.finishedAt ?? row.updatedAt} />
      </Text>
      {error && (
        <Alert color={state === 'failed' ? 'red' : 'orange'} p="xs" mt="xs">
          {error}
        </Alert>
      )}
    </Paper>
  )
}
