/** Each arm's rate with its interval on one scale: who overlaps whom is seen at a glance. The table says it in numbers. */
import { Box, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Figures } from './documents.ts'
import classes from './experiments.module.css'
import { percent } from './figures.ts'

export function Intervals({ arms }: { arms: Figures[] }) {
  const { t } = useTranslation('experiments')
  const measured = arms.filter(({ rate }) => rate !== null)
  if (measured.length === 0) return null
  // Ten points of room around all of it, so that small differences are not lost on a scale from 0 to 100.
  const low = Math.max(0, Math.floor(Math.min(...measured.map((arm) => arm.rateLow ?? 0)) * 10) / 10)
  const high = Math.min(1, Math.ceil(Math.max(...measured.map((arm) => arm.rateHigh ?? 1)) * 10) / 10)
  const control = measured.find(({ isControl }) => isControl)
  const place = (share: number) => ((share - low) / (high - low || 1)) * 100
  return (
    <Box component="figure" m={0} className={classes.intervals}>
      <Text component="figcaption" size="sm" fw={500} mb={6}>
        {t('chart.title')}
      </Text>
      <Box component="ul" className={classes.arms}>
        {measured.map((arm) => (
          <Box component="li" key={arm.label} className={classes.arm}>
            <Text size="sm" component="span" className={classes.label}>
              {arm.isControl ? t('control', { label: arm.label }) : t('variant', { label: arm.label })}
            </Text>
            <Box
              className={classes.track}
              role="img"
              aria-label={t('chart.arm', {
                rate: percent(arm.rate),
                low: percent(arm.rateLow),
                high: percent(arm.rateHigh),
                count: Number(arm.rated),
              })}
            >
              {/* The control's rate beside each variant: where a band lies beyond it, so does the verdict. */}
              {control && !arm.isControl && (
                <span className={classes.reference} style={{ left: `${place(control.rate ?? 0)}%` }} />
              )}
              <span
                className={classes.band}
                data-control={arm.isControl}
                style={{
                  left: `${place(arm.rateLow ?? 0)}%`,
                  width: `${place(arm.rateHigh ?? 1) - place(arm.rateLow ?? 0)}%`,
                }}
              />
              <span
                className={classes.point}
                data-control={arm.isControl}
                style={{ left: `${place(arm.rate ?? 0)}%` }}
              />
            </Box>
            <Text size="sm" component="span" className={classes.value}>
              {percent(arm.rate)}
            </Text>
          </Box>
        ))}
      </Box>
      <Box className={classes.scale} aria-hidden>
        <span>{percent(low)}</span>
        <span>{percent(high)}</span>
      </Box>
    </Box>
  )
}
