/** Where in an import one is: four steps, of which the present one is told to screen readers, too. */
import { Box, Text, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './Steps.module.css'

const steps = ['choose', 'look', 'apply', 'done'] as const

export function Steps({ at }: { at: 0 | 1 | 2 | 3 }) {
  const { t } = useTranslation('imports')
  return (
    <Box component="ol" className={classes.steps} aria-label={t('steps.label')}>
      {steps.map((step, index) => (
        <li
          key={step}
          className={classes.step}
          aria-current={index === at ? 'step' : undefined}
          data-past={index < at || undefined}
        >
          <span className={classes.number} aria-hidden>
            {index < at ? '✓' : index + 1}
          </span>
          <Text span size="sm">
            {t(`steps.${step}`)}
            {index < at && <VisuallyHidden> {t('steps.past')}</VisuallyHidden>}
          </Text>
        </li>
      ))}
    </Box>
  )
}
