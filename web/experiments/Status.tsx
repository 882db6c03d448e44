import { Badge } from '@mantine/core'
import { useTranslation } from 'react-i18next'

const colors = { running: 'teal', paused: 'gray', concluded: 'blue', stopped: 'gray' } as const
export type StatusName = keyof typeof colors
export const statusOf = (status: string): StatusName =>
  status in colors ? (status as StatusName) : 'stopped'

export function Status({ status, winner }: { status: string; winner: string | null }) {
  const { t } = useTranslation('experiments')
  const known = statusOf(status)
  return (
    <Badge variant="light" color={colors[known]} tt="none">
      {t(`status.${known}`)}
      {winner !== null && `: ${winner}`}
    </Badge>
  )
}
