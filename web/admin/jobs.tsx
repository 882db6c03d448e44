/** Jobs: what waits, what runs, what was given up and waits for a decision. */
import { Badge, Box, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconCircleCheck, IconClockPlay } from '@tabler/icons-react'
import { createLazyRoute } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../app/session.ts'
import { formatNumber } from '../app/time.ts'
import { Facts } from '../components/Facts.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Rows } from '../components/Rows.tsx'
import { askReason } from '../components/reason.ts'
import { Time } from '../components/Time.tsx'
import { toast } from '../components/toast.ts'
import { graphql, type ResultOf } from '../graphql/graphql.ts'
import { useChange, useData } from '../graphql/hooks.ts'
import { formatSeconds } from './seconds.ts'

export const route = createLazyRoute('/staff/admin/jobs')({ component: Jobs })

const jobsQuery = graphql(`
  query Jobs {
    systemHealth { workers workerLastSeen jobsWaiting jobsRunning oldestWaitingSeconds deadJobs }
    jobs(orderBy: [RUN_AT_ASC], first: 200) {
      totalCount
      nodes { id task key runAt attempts maxAttempts lockedAt lastError }
    }
    deadJobs(orderBy: [FAILED_AT_DESC], first: 200) {
      totalCount
      nodes { id task jobKey attempts lastError createdAt failedAt }
    }
  }
`)
const retryMutation = graphql(`
  mutation RetryJob($jobId: BigInt!, $reason: String!) {
    retryJob(input: { jobId: $jobId, reason: $reason }) { result }
  }
`)
const discardMutation = graphql(`
  mutation DiscardJob($jobId: BigInt!, $reason: String!) {
    discardJob(input: { jobId: $jobId, reason: $reason }) { result }
  }
`)

type Data = ResultOf<typeof jobsQuery>
type Job = NonNullable<NonNullable<Data['jobs']>['nodes'][number]>
type DeadJob = NonNullable<NonNullable<Data['deadJobs']>['nodes'][number]>

const present = <Node,>(nodes: readonly (Node | null)[] | undefined) =>
  (nodes ?? []).filter((one): one is Node => one !== null)

function Jobs() {
  const { t } = useTranslation(['admin', 'common'])
  // No subscription tells of jobs; two seconds are what watching one feels like.
  const query = useData(jobsQuery, {}, { refetchInterval: 2000 })
  const [retried, setRetried] = useState<DeadJob[]>([])
  return (
    <QueryState query={query} skeleton={<Skeleton h={300} />}>
      {({ systemHealth: health, jobs, deadJobs }) => {
        const dead = present(deadJobs?.nodes)
        const ids = new Set(dead.map(({ id }) => id))
        const alive = present(jobs?.nodes).filter(({ id }) => !ids.has(id))
        return (
          <Stack gap="xl">
            {health && (
              <Box maw="36rem">
                <Facts
                  facts={[
                    [
                      t('jobs.workers'),
                      <>
                        {formatNumber(health.workers ?? 0)}
                        {health.workerLastSeen && (
                          <>
                            {' · '}
                            {t('jobs.lastSeen')} <Time at={health.workerLastSeen} />
                          </>
                        )}
                      </>,
                    ],
                    [t('jobs.running'), formatNumber(Number(health.jobsRunning))],
                    [
                      t('jobs.waiting'),
                      Number(health.jobsWaiting) === 0 || health.oldestWaitingSeconds === null
                        ? formatNumber(Number(health.jobsWaiting))
                        : t('jobs.waitingFor', {
                            count: Number(health.jobsWaiting),
                            time: formatSeconds(health.oldestWaitingSeconds),
                          }),
                    ],
                    [t('jobs.dead'), formatNumber(Number(health.deadJobs))],
                  ]}
                />
              </Box>
            )}
            <Dead jobs={dead} onRetried={(job) => setRetried((before) => [...before, job])} />
            {retried.length > 0 && <Retried jobs={retried} alive={alive} dead={ids} />}
            <section>
              <Title order={2} size="h4" mb="sm">
                {t('jobs.list')}
              </Title>
              {alive.length === 0 ? (
                <Empty icon={IconClockPlay} title={t('jobs.none')} />
              ) : (
                <Alive jobs={alive} />
              )}
            </section>
          </Stack>
        )
      }}
    </QueryState>
  )
}

const stateOf = ({ lockedAt, runAt }: Job) =>
  lockedAt ? 'running' : runAt && Date.parse(runAt) > Date.now() ? 'planned' : 'waiting'

function Alive({ jobs }: { jobs: Job[] }) {
  const { t } = useTranslation('admin')
  return (
    <Rows
      label={t('jobs.list')}
      rows={jobs}
      keyOf={(job) => job.id}
      columns={[
        {
          title: t('jobs.task'),
          wide: true,
          cell: (job) => (
            <>
              <Text size="sm" fw={600}>
                {job.task}
              </Text>
              {job.lastError && (
                <Text size="xs" c="dimmed" fw={400} lineClamp={2}>
                  {job.lastError}
                </Text>
              )}
            </>
          ),
        },
        {
          title: t('jobs.state'),
          cell: (job) => (
            <Badge miw="max-content" variant="light">
              {t(`jobs.states.${stateOf(job)}`)}
            </Badge>
          ),
        },
        { title: t('jobs.due'), cell: (job) => (job.runAt ? <Time at={job.runAt} exact /> : '–') },
        {
          title: t('jobs.tries'),
          cell: (job) => t('jobs.triesOf', { done: job.attempts, most: job.maxAttempts }),
        },
      ]}
    />
  )
}

function Dead({ jobs, onRetried }: { jobs: DeadJob[]; onRetried: (job: DeadJob) => void }) {
  const { t } = useTranslation(['admin', 'common'])
  const { can } = useSession()
  const retry = useChange(retryMutation, { refreshes: [jobsQuery] })
  const discard = useChange(discardMutation, { refreshes: [jobsQuery] })
  async function runAgain(job: DeadJob) {
    const reason = await askReason({
      title: t('jobs.retryTitle', { task: job.task }),
      text: t('jobs.retryText'),
      action: t('jobs.retry'),
      suggestions: [t('jobs.reasonMended'), t('jobs.reasonOnce')],
    })
    if (reason !== null) retry.mutate({ jobId: job.id, reason }, { onSuccess: () => onRetried(job) })
  }
  async function giveUp(job: DeadJob) {
    const reason = await askReason({
      title: t('jobs.discardTitle', { task: job.task }),
      text: t('jobs.discardText'),
      action: t('jobs.discard'),
      danger: true,
    })
    if (reason !== null)
      discard.mutate({ jobId: job.id, reason }, { onSuccess: () => toast({ message: t('jobs.discarded') }) })
  }
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {t('jobs.deadTitle')}
      </Title>
      {jobs.length === 0 ? (
        <Group gap="xs">
          <IconCircleCheck size={18} aria-hidden color="var(--mantine-color-teal-text)" />
          <Text size="sm">{t('jobs.noneDead')}</Text>
        </Group>
      ) : (
        <Rows
          label={t('jobs.deadTitle')}
          rows={jobs}
          keyOf={(job) => job.id}
          columns={[
            {
              title: t('jobs.task'),
              wide: true,
              cell: (job) => (
                <>
                  <Text size="sm" fw={600}>
                    {job.task}
                  </Text>
                  <Text size="sm" fw={400} ff="monospace" style={{ whiteSpace: 'pre-wrap' }}>
                    {job.lastError ?? t('jobs.noError')}
                  </Text>
                </>
              ),
            },
            { title: t('jobs.tries'), cell: (job) => formatNumber(job.attempts ?? 0) },
            { title: t('jobs.failed'), cell: (job) => (job.failedAt ? <Time at={job.failedAt} /> : '–') },
          ]}
          actions={
            can('admin')
              ? (job) => (
                  <>
                    <Button size="compact-sm" variant="light" onClick={() => void runAgain(job)}>
                      {t('jobs.retry')}
                    </Button>
                    <Button size="compact-sm" variant="subtle" color="red" onClick={() => void giveUp(job)}>
                      {t('jobs.discard')}
                    </Button>
                  </>
                )
              : undefined
          }
        />
      )}
    </section>
  )
}

/** What became of the jobs that were retried here: told until the page is left. */
function Retried({ jobs, alive, dead }: { jobs: DeadJob[]; alive: Job[]; dead: Set<string> }) {
  const { t } = useTranslation('admin')
  return (
    <Stack gap={4} role="status" aria-label={t('jobs.retried')}>
      {jobs.map((job) => {
        const now = alive.find(({ id }) => id === job.id)
        const state = dead.has(job.id) ? 'deadAgain' : now ? stateOf(now) : 'done'
        return (
          <Group key={job.id} gap="xs">
            <Badge
              miw="max-content"
              color={state === 'deadAgain' ? 'red' : state === 'done' ? 'teal' : 'blue'}
              variant="light"
            >
              {t(`jobs.states.${state}`)}
            </Badge>
            <Text size="sm">{job.task}</Text>
          </Group>
        )
      })}
    </Stack>
  )
}
