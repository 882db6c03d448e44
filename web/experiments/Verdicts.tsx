/** What the figures mean, in plain words: the first thing that one reads. */
import { Alert, SimpleGrid } from '@mantine/core'
import {
  IconAlertTriangle,
  IconHourglass,
  IconScale,
  IconTrendingDown,
  IconTrendingUp,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Figures } from './documents.ts'
import { chance, percent, points, probability, type Verdict, verdictOf } from './figures.ts'

const looks = {
  sample_ratio: { color: 'orange', icon: IconAlertTriangle },
  no_data: { color: 'gray', icon: IconHourglass },
  collecting: { color: 'gray', icon: IconHourglass },
  undecided: { color: 'blue', icon: IconScale },
  better_so_far: { color: 'teal', icon: IconTrendingUp },
  better: { color: 'teal', icon: IconTrendingUp },
  worse: { color: 'red', icon: IconTrendingDown },
} as const

/** What one would want to know first; of two alike, the one with the higher rate. */
const order: Verdict[] = ['worse', 'better', 'better_so_far', 'undecided', 'collecting', 'no_data']

interface Props {
  control: Figures
  variants: Figures[]
  minimum: number
}

export function Verdicts({ control, variants, minimum }: Props) {
  const { t } = useTranslation('experiments')
  const [first] = variants
  if (!first) return null
  const many = variants.length > 1
  // Said of the arms as a whole: once is enough.
  const all = verdictOf(first)
  if (
    many &&
    (all === 'sample_ratio' || all === 'no_data') &&
    variants.every((arm) => verdictOf(arm) === all)
  ) {
    const { color, icon: Sign } = looks[all]
    return (
      <Alert color={color} icon={<Sign aria-hidden />} title={t(`verdict.${all}.all`)}>
        {t(`verdict.${all}.text`, { p: probability(first.sampleRatioP) })}
      </Alert>
    )
  }
  const sorted = [...variants].sort(
    (a, b) => order.indexOf(verdictOf(a)) - order.indexOf(verdictOf(b)) || (b.rate ?? 0) - (a.rate ?? 0),
  )
  return (
    <SimpleGrid cols={{ base: 1, md: many ? 2 : 1 }} spacing="sm">
      {sorted.map((arm) => (
        <VerdictNote key={arm.label} arm={arm} control={control} minimum={minimum} />
      ))}
    </SimpleGrid>
  )
}

interface NoteProps {
  arm: Figures
  control: Figures
  minimum: number
}

function VerdictNote({ arm, control, minimum }: NoteProps) {
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
