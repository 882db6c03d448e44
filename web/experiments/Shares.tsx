/** How many of the visitors get which arm: each variant's share is typed, the control keeps the rest. */
import { Box, Button, Group, Input, NumberInput, Stack, Text } from '@mantine/core'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../app/time.ts'
import { type Arms, labelOf, sharesOf, takenBy } from './arms.ts'
import classes from './experiments.module.css'
import { percent } from './figures.ts'

interface Props {
  arms: Arms
  /** What is typed makes the shares one's own. */
  write: (shares: (number | '')[]) => void
  makeEqual: () => void
}

const separator = () => formatNumber(1.5).replace(/\d/g, '')

export function Shares({ arms, write, makeEqual }: Props) {
  const { t } = useTranslation('experiments')
  const id = useId()
  const shares = sharesOf(arms)
  const taken = takenBy(arms)
  const full = taken >= 100
  const part = (share: number) => percent(share / 100, 1)
  return (
    <Stack
      gap="xs"
      role="group"
      aria-labelledby={`${id}-title`}
      aria-describedby={full ? `${id}-full` : `${id}-sum`}
    >
      <Group justify="space-between" gap="xs">
        <Input.Label component="span" id={`${id}-title`}>
          {t('start.shares')}
        </Input.Label>
        {!arms.equal && (
          <Button size="compact-xs" variant="subtle" onClick={makeEqual}>
            {t('start.makeEqual')}
          </Button>
        )}
      </Group>
      <Box className={classes.shares}>
        {shares.map((share, place) => (
          <NumberInput
            key={arms.variants[place]!.key}
            label={t('start.variant', { label: labelOf(place) })}
            suffix=" %"
            min={0}
            max={100}
            step={5}
            decimalScale={1}
            decimalSeparator={separator()}
            allowedDecimalSeparators={[',', '.']}
            clampBehavior="none"
            hideControls
            value={share}
            error={share === '' || share <= 0 ? t('start.shareZero') : full}
            onChange={(value) =>
              value !== share &&
              write(shares.map((one, i) => (i !== place ? one : typeof value === 'number' ? value : '')))
            }
          />
        ))}
      </Box>
      <Box className={classes.sharesBar} aria-hidden>
        {[Math.max(100 - taken, 0), ...shares].map((share, place) => (
          <span
            // biome-ignore lint/suspicious/noArrayIndexKey: the arms are known by their place
            key={place}
            data-control={place === 0}
            style={{ flexGrow: Math.max(Number(share), 0), flexBasis: 0 }}
          >
            {Number(share) >= 5 && String.fromCharCode(65 + place)}
          </span>
        ))}
      </Box>
      {full ? (
        <Text size="sm" c="var(--mantine-color-error)" role="alert" id={`${id}-full`}>
          {t('start.sharesFull', { sum: part(taken) })}
        </Text>
      ) : (
        <Text size="sm" c="dimmed" id={`${id}-sum`}>
          {t(arms.equal ? 'start.sharesEqual' : 'start.sharesSum', {
            count: arms.variants.length,
            sum: part(taken),
            rest: part(100 - taken),
          })}
        </Text>
      )}
    </Stack>
  )
}
