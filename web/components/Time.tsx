/** A moment: how long ago, exactly when on hover and for screen readers. */
import { Text, type TextProps } from '@mantine/core'
import { useInterval } from '@mantine/hooks'
import { useState } from 'react'
import { formatAgo, formatTime, useTimezone } from '../app/time.ts'

interface Props extends TextProps {
  at: string
  /** The date itself instead of how long ago. */
  exact?: boolean
}

export function Time({ at, exact = false, ...props }: Props) {
  const zone = useTimezone()
  const [now, setNow] = useState(Date.now)
  useInterval(() => setNow(Date.now()), 30_000, { autoInvoke: !exact })
  return (
    <Text span inherit {...props}>
      <time dateTime={at} title={formatTime(at, zone)}>
        {exact ? formatTime(at, zone) : formatAgo(at, now)}
      </time>
    </Text>
  )
}
