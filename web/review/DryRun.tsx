/** What the latest dry run found, in short; the questions themselves stand with the evidence. */
import { Alert, Badge, Button, Group, Stack, Text, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useTranslation } from 'react-i18next'
import { Keys } from '../app/keyboard.tsx'
import { Time } from '../components/Time.tsx'
import type { ApiError } from '../graphql/client.ts'
import { conflictOf, type DryRun, dryRunOf } from './documents.ts'
import { Found } from './Found.tsx'
import classes from './review.module.css'

interface Props {
  result: unknown
  running: boolean
  error: ApiError | null
  /** Undefined where it cannot be run. */
  onRun: (() => void) | undefined
}

export function DryRunSummary({ result, running, error, onRun }: Props) {
  const { t } = useTranslation('review')
  const keyed = useMediaQuery('(min-width: 62em)', undefined, { getInitialValueInEffect: false })
  const dryRun = dryRunOf(result)
  const conflict = conflictOf(result)
  const changed = dryRun?.questions.filter((one) => one.role === 'good') ?? []
  return (
    <Stack gap="xs" component="section">
      <Group justify="space-between">
        <Title order={3} size="h5">
          {t('dryRun.title')}
        </Title>
        {onRun && (
          <Button
            size="compact-sm"
            variant="default"
            loading={running}
            onClick={onRun}
            rightSection={keyed && <Keys keys="p" />}
          >
            {t(dryRun ? 'dryRun.again' : 'do.dryRun')}
          </Button>
        )}
      </Group>
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
      {changed.length > 0 && (
        <>
          <Title order={4} size="sm">
            {t('dryRun.good')}
          </Title>
          <Stack gap="xs" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
            {changed.map((one) => (
              <li key={one.question}>
                <Text size="sm" className={classes.anywhere} lineClamp={4}>
                  “{one.question}”
                </Text>
                <Found question={one} />
              </li>
            ))}
          </Stack>
        </>
      )}
    </Stack>
  )
}

export function Outcome({ dryRun, timeless = false }: { dryRun: DryRun; timeless?: boolean }) {
  const { t } = useTranslation('review')
  return (
    <Group gap={6}>
      <Badge tt="none" variant="light" color={dryRun.fixed > 0 ? 'teal' : 'gray'}>
        {t('dryRun.fixed', { count: dryRun.fixed })}
      </Badge>
      {dryRun.still_failing > 0 && (
        <Badge tt="none" variant="light" color="orange">
          {t('dryRun.still', { count: dryRun.still_failing })}
        </Badge>
      )}
      {dryRun.broken > 0 && (
        <Badge tt="none" variant="light" color="red">
          {t('dryRun.broken', { count: dryRun.broken })}
        </Badge>
      )}
      <Badge tt="none" variant="light" color="gray">
        {t('dryRun.unaffected', { count: dryRun.unaffected })}
      </Badge>
      {!timeless && (
        <Text size="xs" c="dimmed">
          {t('dryRun.at')} <Time at={dryRun.at} />
        </Text>
      )}
    </Group>
  )
}
