/** What a reviewer can decide about an open experiment; each with its reason. */
import { Button, Group, Menu } from '@mantine/core'
import {
  IconCheck,
  IconChevronDown,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../app/keyboard.tsx'
import { useSession } from '../app/session.ts'
import { askReason } from '../components/reason.ts'
import { toast } from '../components/toast.ts'
import { useChange } from '../graphql/hooks.ts'
import {
  changedByDeciding,
  concludeMutation,
  type Experiment,
  type Figures,
  pauseMutation,
  resumeMutation,
  stopMutation,
} from './documents.ts'
import { verdictOf } from './figures.ts'

export function Decisions({ experiment, figures }: { experiment: Experiment; figures: Figures[] }) {
  const { t } = useTranslation('experiments')
  const { can } = useSession()
  const done = (key: 'paused' | 'resumed' | 'stopped' | 'concluded') => ({
    refreshes: changedByDeciding,
    onSuccess: () => void toast({ message: t(`done.${key}`) }),
  })
  const pause = useChange(pauseMutation, done('paused'))
  const resume = useChange(resumeMutation, done('resumed'))
  const stop = useChange(stopMutation, done('stopped'))
  const conclude = useChange(concludeMutation, done('concluded'))
  const paused = experiment.status === 'paused'
  const busy = [pause, resume, stop, conclude].some(({ isPending }) => isPending)
  const experimentId = experiment.id

  const halt = async () => {
    const reason = await askReason({
      title: t(paused ? 'ask.resume' : 'ask.pause'),
      text: t(paused ? 'ask.resumeText' : 'ask.pauseText'),
      action: t(paused ? 'do.resume' : 'do.pause'),
    })
    if (reason === null) return
    if (paused) resume.mutate({ input: { experimentId, reason } })
    else pause.mutate({ input: { experimentId, reason } })
  }
  const end = async () => {
    const reason = await askReason({
      title: t('ask.stop'),
      text: t('ask.stopText'),
      action: t('do.stop'),
      danger: true,
    })
    if (reason !== null) stop.mutate({ input: { experimentId, reason } })
  }
  const win = async (arm: Figures) => {
    const winner = arm.label ?? ''
    const certain = arm.isControl || verdictOf(arm) === 'better'
    const reason = await askReason({
      title: t('ask.conclude', { label: winner }),
      text: `${t(arm.isControl ? 'ask.concludeControl' : 'ask.concludeVariant', { label: winner })} ${certain ? '' : t('ask.uncertain')}`,
      action: t('do.conclude', { label: winner }),
    })
    if (reason !== null) conclude.mutate({ input: { experimentId, winner, reason } })
  }
  useShortcuts(
    can('reviewer')
      ? [{ keys: 'p', label: t(paused ? 'do.resume' : 'do.pause'), run: () => void halt() }]
      : [],
  )
  if (!can('reviewer')) return null
  return (
    <Group gap="xs" className="no-print">
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button size="xs" loading={busy} rightSection={<IconChevronDown size={14} aria-hidden />}>
            {t('do.decide')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {figures.map((arm) => (
            <Menu.Item
              key={arm.label}
              leftSection={<IconCheck size={16} aria-hidden />}
              onClick={() => void win(arm)}
            >
              {t(arm.isControl ? 'do.keep' : 'do.promote', { label: arm.label })}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button
        size="xs"
        variant="default"
        disabled={busy}
        leftSection={
          paused ? <IconPlayerPlay size={14} aria-hidden /> : <IconPlayerPause size={14} aria-hidden />
        }
        onClick={() => void halt()}
      >
        {t(paused ? 'do.resume' : 'do.pause')}
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={busy}
        leftSection={<IconPlayerStop size={14} aria-hidden />}
        onClick={() => void end()}
      >
        {t('do.stop')}
      </Button>
    </Group>
  )
}
