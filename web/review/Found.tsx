/** What search returns for a question now, and what it would return after the change. */
import { Group, Text } from '@mantine/core'
import { IconArrowRight, IconCheck, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { TriedQuestion } from './documents.ts'
import classes from './review.module.css'

export function Found({ question }: { question: TriedQuestion }) {
  const { t } = useTranslation('review')
  const right = question.after !== null && question.after === question.expected
  return (
    <Group gap={6} mt={4} align="center" className={classes.anywhere}>
      <Text size="xs" c="dimmed">
        {t('dryRun.now')}: {question.before_title ?? t('dryRun.nothing')}
      </Text>
      <IconArrowRight size={14} aria-hidden />
      <Group gap={4} wrap="nowrap">
        {right ? (
          <IconCheck size={14} color="var(--mantine-color-teal-text)" aria-label={t('dryRun.right')} />
        ) : (
          <IconX size={14} color="var(--mantine-color-red-text)" aria-label={t('dryRun.notRight')} />
        )}
        <Text
          size="xs"
          fw={600}
          c={right ? 'var(--mantine-color-teal-text)' : 'var(--mantine-color-red-text)'}
        >
          {t('dryRun.then')}: {question.after_title ?? t('dryRun.nothing')}
        </Text>
      </Group>
    </Group>
  )
}
