/** How the last check went, whether it still holds, the button to ask again, and whether approvals must pass it. */
import { Badge, Button, Group, Paper, Progress, Stack, Switch, Text } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { formatNumber } from '../app/time.ts'
import { askReason } from '../components/reason.ts'
import { Time } from '../components/Time.tsx'
import { toast } from '../components/toast.ts'
import { useChange } from '../graphql/hooks.ts'
import type { Asked } from './asked.ts'
import { type Check, changedByWriting, gateMutation, runMutation } from './documents.ts'

export function LastCheck({ check, rows, gate }: { check: Check | undefined; rows: Asked[]; gate: boolean }) {
  const { t } = useTranslation('golden')
  const { can } = useSession()
  const run = useChange(runMutation, {
    refreshes: changedByWriting,
    onSuccess: ({ runGoldenCheck }) => {
      const failed = runGoldenCheck?.result?.failed ?? 0
      toast(
        failed === 0
          ? { message: t('check.allPass') }
          : { message: t('check.someFail', { count: failed }), color: 'red' },
      )
    },
  })
  const mayRun = can('agent') && rows.length > 0
  const ask = () => {
    if (!run.isPending) run.mutate({})
  }
  useShortcuts(mayRun ? [{ keys: 'c', label: t('keys.run'), run: ask }] : [])
  const of = (state: Asked['state']) => rows.filter((row) => row.state === state).length
  return (
    <Paper withBorder p="md" mb="md" component="section" aria-label={t('check.title')}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={6} miw={0}>
          <Group gap={6}>
            {(['failed', 'unasked', 'passed'] as const)
              .filter((state) => of(state) > 0)
              .map((state) => (
                <Badge key={state} variant="light" tt="none" color={colors[state]}>
                  {t(`check.count.${state}`, { count: of(state), shown: formatNumber(of(state)) })}
                </Badge>
              ))}
          </Group>
          <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
            {check ? (
              <>
                {t('check.last', { who: check.checkedBy, ms: formatNumber(check.tookMs) })}{' '}
                <Time at={check.checkedAt} />
                {'. '}
                {check.isStale && t('check.stale')}
              </>
            ) : (
              t('check.never')
            )}
          </Text>
        </Stack>
        {mayRun && (
          <Button
            size="xs"
            variant="light"
            leftSection={<IconPlayerPlay size={14} aria-hidden />}
            // Not disabled: the focus would be lost.
            aria-disabled={run.isPending}
            onClick={ask}
          >
            {t('check.run')}
          </Button>
        )}
      </Group>
      {run.isPending && (
        <Stack gap={4} mt="sm" role="status">
          <Text size="sm">{t('check.running', { count: rows.length })}</Text>
          <Progress value={100} animated striped aria-hidden />
        </Stack>
      )}
      <Gate on={gate} />
    </Paper>
  )
}

export const colors = { failed: 'red', unasked: 'gray', passed: 'teal' } as const

function Gate({ on }: { on: boolean }) {
  const { t } = useTranslation('golden')
  const { can } = useSession()
  const change = useChange(gateMutation, {
    refreshes: changedByWriting,
    onSuccess: (_, { enabled }) =>
      toast({
        message: t(enabled ? 'gate.isOn' : 'gate.isOff'),
        undo: () => change.mutate({ enabled: !enabled, reason: t('undo.reason') }),
      }),
  })
  if (!can('admin'))
    return (
      <Text size="sm" mt="sm">
        {t(on ? 'gate.on' : 'gate.off')}
      </Text>
    )
  const turn = async () => {
    const reason = await askReason({
      title: t(on ? 'gate.turnOff' : 'gate.turnOn'),
      action: t(on ? 'gate.turnOff' : 'gate.turnOn'),
      text: t(on ? 'gate.off' : 'gate.on'),
    })
    if (reason !== null) change.mutate({ enabled: !on, reason })
  }
  return (
    <Switch
      mt="sm"
      label={t('gate.label')}
      description={t('gate.hint')}
      checked={change.isPending ? change.variables.enabled : on}
      onChange={() => void turn()}
    />
  )
}
