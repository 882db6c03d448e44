/** What the figures of a variant mean, in plain words: the first thing that one reads. */
import { Alert } from '@mantine/core'
import {
  IconAlertTriangle,
  IconHourglass,
  IconScale,
  IconTrendingDown,
  IconTrendingUp,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Figures } from './documents.ts'
import { chance, percent, points, probability, verdictOf } from './figures.ts'

const looks = {
  sample_ratio: { color: 'orange', icon: IconAlertTriangle },
  no_data: { color: 'gray', icon: IconHourglass },
  collecting: { color: 'gray', icon: IconHourglass },
  undecided: { color: 'blue', icon: IconScale },
  better_so_far: { color: 'teal', icon: IconTrendingUp },
  better: { color: 'teal', icon: IconTrendingUp },
  worse: { color: 'red', icon: IconTrendingDown },
} as const

interface Props {
  arm: Figures
  control: Figures
  minimum: number
}

export function VerdictNote({ arm, control, minimum }: Props) {
  const { t } = useTranslation('experiments')
  const verdict = verdictOf(arm)
  const { color, icon: Sign } = looks[verdict]
  return (
    <Alert
      color={color}
      icon={<Sign aria-hidden />}
      title={t(`verdict.${verdict}.title`, { label: arm.label })}
    >
      {t(`verdict.${verdict}.text`, {
        label: arm.label,
        rate: percent(arm.rate),
        control: percent(control.rate),
        low: points(arm.differenceLow),
        high: points(arm.differenceHigh),
        p: probability(verdict === 'sample_ratio' ? arm.sampleRatioP : arm.alwaysValidP),
        chance: chance(arm.probabilityBetter),
        rated: Number(arm.rated),
        controlRated: Number(control.rated),
        minimum,
      })}
    </Alert>
  )
}
