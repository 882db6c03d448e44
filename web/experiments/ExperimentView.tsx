/** One experiment: what came of it so far, in words and figures, its texts, and what can be decided. */
import { Anchor, Badge, Group, Paper, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { IconFlaskOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Facts } from '../components/Facts.tsx'
import { Empty, QueryState } from '../components/QueryState.tsx'
import { Rows } from '../components/Rows.tsx'
import { SourceDiff } from '../components/TextDiff.tsx'
import { Time } from '../components/Time.tsx'
import { useData } from '../graphql/hooks.ts'
import { nodesOf } from '../graphql/nodes.ts'
import { readable } from '../sops/names.ts'
import { Decisions } from './Decisions.tsx'
import { type Experiment, experimentQuery, type Figures } from './documents.ts'
import { chance, percent, points, probability } from './figures.ts'
import { Intervals } from './Intervals.tsx'
import { Status, statusOf } from './Status.tsx'
import { Verdicts } from './Verdicts.tsx'

interface Props {
  id: number
  arm: string | undefined
  chooseArm: (label: string) => void
}

export default function ExperimentView({ id, ...props }: Props) {
  const { t } = useTranslation('experiments')
  const query = useData(experimentQuery, { id }, { refetchInterval: 30_000 })
  if (query.error?.code === 'CO404') return <Empty icon={IconFlaskOff} title={t('gone')} />
  return (
    <QueryState query={query}>
      {({ experiment, experimentResults }) =>
        experiment && <Shown experiment={experiment} figures={nodesOf(experimentResults)} {...props} />
      }
    </QueryState>
  )
}

function Shown({
  experiment,
  figures,
  arm: asked,
  chooseArm,
}: { experiment: Experiment; figures: Figures[] } & Omit<Props, 'id'>) {
  const { t } = useTranslation('experiments')
  const { sop } = experiment
  const status = statusOf(experiment.status)
  const control = figures.find(({ isControl }) => isControl)
  const variants = figures.filter(({ isControl }) => !isControl)
  const arms = nodesOf(experiment.experimentArms)
  const over = status === 'concluded' || status === 'stopped'
  const shown = variants.find(({ label }) => label === asked)?.label ?? variants[0]?.label
  const textOf = (label: string | null | undefined) => arms.find((arm) => arm.label === label)?.content ?? ''
  const weights = arms.reduce((sum, { weight }) => sum + weight, 0)
  return (
    <Stack component="article" gap="md" aria-label={experiment.name}>
      <title>{`${experiment.name} · ${t('title')} · ClubOS`}</title>
      <Group justify="space-between" align="flex-start" gap="xs">
        <Stack gap={4} style={{ minWidth: 0, flex: '1 1 18rem' }}>
          <Group gap={8}>
            <Title order={2} size="h4" style={{ overflowWrap: 'anywhere' }}>
              {experiment.name}
            </Title>
            <Status status={experiment.status} winner={experiment.winner} />
          </Group>
          {sop && (
            <Anchor
              size="sm"
              renderRoot={(props) => <Link {...props} to="/sops/$id" params={{ id: String(sop.id) }} />}
            >
              {`${readable(sop.category)} / ${readable(sop.section)}`}
            </Anchor>
          )}
        </Stack>
        {!over && <Decisions experiment={experiment} figures={figures} />}
      </Group>

      {control && <Verdicts control={control} variants={variants} minimum={experiment.minimumSample} />}
      {over && (
        <Text size="sm" c="dimmed">
          {t('final')}
        </Text>
      )}

      <Intervals arms={figures} />
      <Rows<Figures>
        label={t('figures')}
        rows={figures}
        keyOf={({ label }) => label ?? ''}
        columns={[
          {
            title: t('column.arm'),
            cell: ({ label, isControl, weight, minimumReached }) => (
              <Group gap={4}>
                {isControl ? t('control', { label }) : t('variant', { label })},{' '}
                {percent((weight ?? 0) / weights)}
                {minimumReached && (
                  <Badge variant="light" tt="none" size="sm" miw="max-content">
                    {t('enough')}
                  </Badge>
                )}
              </Group>
            ),
          },
          { title: t('column.subjects'), cell: ({ subjects }) => Number(subjects) },
          { title: t('column.rated'), cell: ({ rated }) => Number(rated) },
          {
            title: t('column.rate'),
            cell: ({ rate, rateLow, rateHigh }) =>
              rate === null ? '–' : `${percent(rate)} (${percent(rateLow)} – ${percent(rateHigh)})`,
          },
          {
            title: t('column.difference'),
            cell: ({ difference, differenceLow, differenceHigh }) =>
              difference === null
                ? '–'
                : `${points(difference)} (${points(differenceLow)} … ${points(differenceHigh)})`,
          },
          { title: t('column.chance'), cell: ({ probabilityBetter }) => chance(probabilityBetter) },
          {
            title: t('column.loss'),
            cell: ({ expectedLoss }) => percent(expectedLoss, 1),
          },
          { title: t('column.p'), cell: ({ alwaysValidP }) => probability(alwaysValidP) },
        ]}
      />
      <Text size="sm" c="dimmed" maw="52rem">
        {t('howCounted')} {variants.length > 1 && t('howCompared')}
      </Text>

      <Stack gap="xs">
        <Group justify="space-between">
          <Title order={3} size="h5">
            {t('texts', { label: shown })}
          </Title>
          {variants.length > 1 && (
            <SegmentedControl
              size="xs"
              aria-label={t('chooseVariant')}
              value={shown ?? ''}
              onChange={chooseArm}
              data={variants.map(({ label }) => ({ value: label!, label: label! }))}
            />
          )}
        </Group>
        <SourceDiff before={textOf('A')} after={textOf(shown)} />
      </Stack>

      <Paper withBorder p="md" style={{ overflowWrap: 'anywhere' }}>
        <Facts
          facts={[
            [
              t('fact.started'),
              <>
                {experiment.startedBy}, <Time at={experiment.startedAt} />: {experiment.startReason}
              </>,
            ],
            ...(experiment.statusAt !== experiment.startedAt
              ? ([
                  [
                    t(`fact.${status}`),
                    <>
                      {experiment.statusBy}, <Time at={experiment.statusAt} />: {experiment.statusReason}
                    </>,
                  ],
                ] as [string, React.ReactNode][])
              : []),
            ...(experiment.promotedVersion && sop
              ? ([
                  [
                    t('fact.promoted'),
                    <Anchor
                      size="sm"
                      key="promoted"
                      renderRoot={(props) => (
                        <Link
                          {...props}
                          to="/sops/$id"
                          params={{ id: String(sop.id) }}
                          search={{ tab: 'history' }}
                        />
                      )}
                    >
                      {t('version', { version: experiment.promotedVersion.version })}
                    </Anchor>,
                  ],
                ] as [string, React.ReactNode][])
              : []),
            [t('fact.control'), t('version', { version: experiment.baseVersion })],
            [t('fact.minimum'), t('fact.minimumValue', { count: experiment.minimumSample })],
            [t('fact.harm'), t(experiment.stopOnHarm ? 'fact.harmYes' : 'fact.harmNo')],
            [t('fact.ratio'), probability(control?.sampleRatioP)],
          ]}
        />
      </Paper>
    </Stack>
  )
}
