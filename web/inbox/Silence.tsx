/** How long the assistant stays silent in a conversation that a person has. */
import { Text } from '@mantine/core'
import { useInterval } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../app/time.ts'

export function Silence({ ticket }: { ticket: { status: string; silentUntil: string | null } }) {
  const { t } = useTranslation('inbox')
  const [now, setNow] = useState(Date.now)
  const taken = ticket.status === 'taken' && ticket.silentUntil !== null
  useInterval(() => setNow(Date.now()), 10_000, { autoInvoke: true })
  if (!taken) return null
  const left = Date.parse(ticket.silentUntil ?? '') - Math.max(now, Date.now() - 10_000)
  const minutes = Math.ceil(left / 60_000)
  return (
    <Text size="xs" c="dimmed" component="div">
      {minutes > 0
        ? t('silence.until', {
            time: formatNumber(minutes, { style: 'unit', unit: 'minute', unitDisplay: 'long' }),
          })
        : t('silence.over')}
    </Text>
  )
}
