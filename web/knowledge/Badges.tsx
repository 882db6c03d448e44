/** How much an entry is trusted and how it fares, in words. */
import { Badge, Group } from '@mantine/core'
import { IconRosette, IconShieldCheck, IconShieldQuestion, IconUsers } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { healths } from './route.ts'

const trusts = [
  { icon: IconShieldQuestion, color: 'orange' },
  { icon: IconUsers, color: 'blue' },
  { icon: IconShieldCheck, color: 'teal' },
  { icon: IconRosette, color: 'teal' },
] as const

export function TrustBadge({ trust }: { trust: number | null }) {
  const { t } = useTranslation()
  const level = Math.min(3, Math.max(0, trust ?? 0)) as 0 | 1 | 2 | 3
  const { icon: Sign, color } = trusts[level]
  return (
    <Badge size="sm" variant="light" color={color} tt="none" leftSection={<Sign size={12} aria-hidden />}>
      {t(`source.trust.${level}`)}
    </Badge>
  )
}

export function HealthBadge({ health }: { health: string | null | undefined }) {
  const { t } = useTranslation('knowledge')
  const known = healths.find((one) => one === health)
  // That all is well needs no badge, and trust says by itself that nobody has looked yet.
  if (!known || known === 'well' || known === 'unreviewed') return null
  return (
    <Badge size="sm" variant="light" color={known === 'often unhelpful' ? 'red' : 'gray'} tt="none">
      {t(`health.${known}`)}
    </Badge>
  )
}

export const Badges = ({ trust, health }: { trust: number | null; health?: string | null | undefined }) => (
  <Group gap={4}>
    <TrustBadge trust={trust} />
    <HealthBadge health={health} />
  </Group>
)
