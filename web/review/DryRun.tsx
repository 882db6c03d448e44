/** What the latest dry run found: in one line, in figures, and question by question. */
import { Alert, Badge, Button, Group, Stack, Text, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconAlertTriangle, IconClockExclamation } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Keys } from '../app/keyboard.tsx'
import { formatDuration } from '../app/time.ts'
import { Time } from '../components/Time.tsx'
import type { ApiError } from '../graphql/client.ts'
import { conflictOf, type DryRun, dryRunOf, type Warning } from './documents.ts'
import classes from './review.module.css'
import { Tried } from './Tried.tsx'
import { summaryOf } from './tried.ts'

interface Props {
  result: unknown
  /** Why it holds no longer; null where it does. */
  stale: string | null
  running: boolean
  error: ApiError | null
  /** Undefined where it cannot be run. */
  onRun: (() => void) | undefined
}

export function DryRunSummary({ result, stale, running, error, onRun }: Props) {
  const { t } = useTranslation('review')
  const keyed = useMediaQuery('(min-width: 62em)', undefined, { getInitialValueInEffect: false })
  const dryRun = dryRunOf(result)
  const conflict = conflictOf(result)
  const outdated = stale !== null && !running && dryRun !== null
  return (
    <Stack gap="xs" component="section" aria-label={t('dryRun.title')}>
      <Group justify="space-between">
        <Group gap="xs">
          <Title order={3} size="h5">
            {t('dryRun.title')}
          </Title>
          {outdated && (
            <Badge
              tt="none"
              variant="light"
              color="orange"
              leftSection={<IconClockExclamation size={13} aria-hidden />}
            >
              {t('dryRun.stale')}
            </Badge>
          )}
        </Group>
        {onRun && (
          <Button
            size="compact-sm"
            variant={outdated ? 'filled' : 'default'}
            loading={running}
            onClick={onRun}
            rightSection={keyed && <Keys keys="p" />}
          >
            {t(outdated ? 'dryRun.rerun' : dryRun ? 'dryRun.again' : 'do.dryRun')}
          </Button>
        )}
      </Group>
      {outdated && (
        <Text size="sm" c="dimmed">
          {t(`dryRun.because.${stale as 'older_kind'}`, { defaultValue: '' })}
        </Text>
      )}
      <div role="status">
        {running ? (
          <Text size="sm" c="dimmed">
            {t('dryRun.running')}
          </Text>
        ) : error ? (
          <Alert color="red" p="xs">
            {t('dryRun.failed')} {error.message} {error.hint}
          </Alert>
        ) : conflict ? (
          <Alert color="orange" p="xs">
            {t('dryRun.conflict', { text: conflict })}
          </Alert>
        ) : dryRun ? (
          <Outcome dryRun={dryRun} />
        ) : (
          <Text size="sm" c="dimmed">
            {t('dryRun.none')}
          </Text>
        )}
      </div>
      {dryRun && !conflict && (
        <>
          <Warnings warnings={dryRun.warnings ?? []} />
          <Tried questions={dryRun.questions} />
        </>
      )}
    </Stack>
  )
}

export function Outcome({ dryRun, timeless = false }: { dryRun: DryRun; timeless?: boolean }) {
  const { t } = useTranslation('review')
  const { failing, fixed, asNew, forOthers, good, broken, golden, goldenBroken, goldenFixed } =
    summaryOf(dryRun)
  const badge = (color: string, text: string) => (
    <Badge tt="none" variant="light" color={color}>
      {text}
    </Badge>
  )
  return (
    <Stack gap={6}>
      <Text size="sm">
        {failing > 0 && `${t('dryRun.ofFailing', { fixed, count: failing })} `}
        {asNew > 0 && `${t('dryRun.forOthers', { others: forOthers, count: asNew })} `}
        {good > 0 && `${t('dryRun.ofGood', { broken, count: good })} `}
        {golden > 0 && t('dryRun.ofGolden', { broken: goldenBroken, count: golden })}
        {failing + good + golden === 0 && t('dryRun.nothingAsked')}
      </Text>
      <Group gap={6}>
        {badge(fixed > 0 ? 'teal' : 'gray', t('dryRun.fixed', { count: fixed }))}
        {dryRun.still_failing > 0 && badge('orange', t('dryRun.still', { count: dryRun.still_failing }))}
        {broken > 0 && badge('red', t('dryRun.broken', { count: broken }))}
        {goldenBroken > 0 && badge('red', t('dryRun.goldenBroken', { count: goldenBroken }))}
        {goldenFixed > 0 && badge('teal', t('dryRun.goldenFixed', { count: goldenFixed }))}
        {(dryRun.changed ?? 0) > 0 && badge('grape', t('dryRun.changed', { count: dryRun.changed }))}
        {badge('gray', t('dryRun.unaffected', { count: dryRun.unaffected }))}
        {!timeless && (
          <Text size="xs" c="dimmed">
            {t('dryRun.at')} <Time at={dryRun.at} />
            {dryRun.ms != null && ` · ${formatDuration(dryRun.ms)}`}
          </Text>
        )}
      </Group>
    </Stack>
  )
}

/** Figures and lines that come or go with the change, which no question asks about. */
export function Warnings({ warnings }: { warnings: Warning[] }) {
  const { t } = useTranslation('review')
  if (warnings.length === 0) return null
  return (
    <Alert color="orange" p="xs" title={t('dryRun.warnings')} icon={<IconAlertTriangle aria-hidden />}>
      <Stack gap={2} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
        {warnings.map(({ kind, text, where }) => (
          <Text key={`${kind} ${text}`} size="sm" component="li" className={classes.anywhere}>
            {t(`dryRun.warning.${kind}`, { text: /figure$/.test(kind) ? figureOf(text) : text, where })}
          </Text>
        ))}
      </Stack>
    </Alert>
  )
}

/** `price:12` is 12. */
const figureOf = (claim: string) => claim.replace(/^[a-z_]+:/, '')
