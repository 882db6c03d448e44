/** An answer that was asked for: what was said, on what grounds, how long it took. */
import { Anchor, Badge, Group, Paper, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { formatShare } from '../app/time.ts'
import { Markdown } from '../components/Markdown.tsx'
import { WrittenBy } from '../models/Provenance.tsx'
import { type Answer, rowsOfAnswer, type Trace } from './data.ts'
import { FoundTable } from './FoundTable.tsx'
import { Replay } from './Replay.tsx'
import { Timing } from './Timing.tsx'

const MakeGolden = lazy(() => import('../golden/MakeGolden.tsx'))

const outcomes = ['answered', 'handed_over', 'emergency', 'withheld', 'paused', 'drafted'] as const

export default function AnswerView({ answer }: { answer: Answer }) {
  const { t } = useTranslation(['ask', 'common'])
  const outcome = outcomes.find((one) => one === answer.outcome) ?? 'answered'
  return (
    <Stack gap="lg">
      <Paper withBorder p="md" component="section" aria-label={t('answer.title')}>
        <Group gap="xs" mb="xs">
          <Title order={2} size="h5">
            {t('answer.title')}
          </Title>
          <Badge
            variant="light"
            color={outcome === 'answered' ? 'teal' : outcome === 'emergency' ? 'red' : 'orange'}
          >
            {t(`common:outcome.${outcome}`)}
          </Badge>
          {answer.ticketId !== null && (
            <Anchor
              size="sm"
              renderRoot={(props) => (
                <Link to="/inbox" search={{ tab: 'all', ticket: answer.ticketId ?? undefined }} {...props} />
              )}
            >
              {t('answer.ticket', { id: answer.ticketId })}
            </Anchor>
          )}
        </Group>
        {answer.textHtml ? <Markdown html={answer.textHtml} /> : <Text>{t('answer.withheld')}</Text>}
        <Text size="sm" c="dimmed" mt="sm" style={{ overflowWrap: 'anywhere' }}>
          {t(`answer.explain.${outcome}`)}{' '}
          {answer.reason && outcome !== 'answered' && t('answer.reason', { reason: answer.reason })}
        </Text>
        <WrittenBy id={answer.id} />
        {(outcome === 'answered' || outcome === 'handed_over') && (
          <Suspense fallback={null}>
            <MakeGolden response={answer.id} />
          </Suspense>
        )}
      </Paper>
      {answer.trace && (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Route route={answer.trace.route} />
          <Timing trace={answer.trace} />
        </SimpleGrid>
      )}
      <section>
        <Title order={2} size="h5" mb="xs">
          {t('found.title')}
        </Title>
        <FoundTable rows={rowsOfAnswer(answer)} />
      </section>
      <Replay key={answer.id} id={answer.id} />
    </Stack>
  )
}

function Route({ route }: { route: Trace['route'] }) {
  const { t } = useTranslation('ask')
  const votes = route.votes.filter(({ share }) => share >= 0.005).slice(0, 5)
  return (
    <Paper withBorder p="md" component="section" aria-label={t('route.title')}>
      <Title order={2} size="h5" mb="xs">
        {t('route.title')}
      </Title>
      <Text size="sm" fw={600}>
        {route.category ?? t('route.none')} ·{' '}
        {t('route.confidence', { share: formatShare(route.confidence) })}
      </Text>
      <Text size="xs" c="dimmed" mb="xs">
        {t('route.above', { threshold: formatShare(route.threshold) })}
      </Text>
      {votes.length > 0 && (
        <>
          <Text size="xs" fw={600}>
            {t('route.votes')}
          </Text>
          <Stack component="ul" gap={4} m={0} p={0} style={{ listStyle: 'none' }}>
            {votes.map((vote) => (
              <li key={vote.category}>
                <Group justify="space-between" gap="xs">
                  <Text size="xs">{vote.category}</Text>
                  <Text size="xs">{formatShare(vote.share)}</Text>
                </Group>
                <Progress.Root size="sm" aria-hidden>
                  <Progress.Section value={vote.share * 100} />
                </Progress.Root>
              </li>
            ))}
          </Stack>
        </>
      )}
    </Paper>
  )
}
