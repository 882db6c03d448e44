/** What search returns for a question now, and what it would return after the change. */
import { Anchor, Group, Text } from '@mantine/core'
import { IconArrowRight, IconCheck, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { formatShare } from '../app/time.ts'
import type { TriedQuestion } from './documents.ts'
import classes from './review.module.css'
import { effectOf } from './tried.ts'

export function Found({ question }: { question: TriedQuestion }) {
  const { t } = useTranslation('review')
  const effect = effectOf(question)
  const sign =
    effect === 'fixed' ? 'right' : effect === 'broken' || effect === 'still_failing' ? 'wrong' : null
  return (
    <Group gap="2px 6px" mt={2} align="center" className={classes.anywhere}>
      <Text size="xs" c="dimmed" component="span">
        {t('dryRun.now')}:{' '}
        <Target
          target={question.before}
          title={question.before_title}
          confidence={question.before_confidence}
          answered={question.before_answered}
          forPerson={question.before_for_a_person}
        />
      </Text>
      <IconArrowRight size={14} aria-hidden />
      <Group gap={4} wrap="nowrap" align="flex-start">
        {sign === 'right' && (
          <IconCheck
            size={14}
            color="var(--mantine-color-teal-text)"
            aria-label={t('dryRun.right')}
            className={classes.sign}
          />
        )}
        {sign === 'wrong' && (
          <IconX
            size={14}
            color="var(--mantine-color-red-text)"
            aria-label={t('dryRun.notRight')}
            className={classes.sign}
          />
        )}
        <Text size="xs" component="span">
          {t('dryRun.then')}:{' '}
          <Target
            target={question.after}
            title={question.after_title}
            confidence={question.after_confidence}
            answered={question.after_answered}
            forPerson={question.after_for_a_person}
          />
        </Text>
      </Group>
    </Group>
  )
}

interface Props {
  target: string | null
  title: string | null
  confidence?: number | null | undefined
  /** False where it is not sure enough: then a person answers. */
  answered?: boolean | null | undefined
  /** It says that a person answers, which is no doubt. */
  forPerson?: boolean | undefined
}

/** A source by its title, which leads to it, and how sure search is of it. */
export function Target({ target, title, confidence, answered, forPerson }: Props) {
  const { t } = useTranslation('review')
  if (target === 'hand_over') return t('dryRun.handOver')
  if (target === null) return t('dryRun.nothing')
  const [, sop, category, topic] = /^(?:sop:(\d+)|topic:([^/]*)\/(.*))$/s.exec(target) ?? []
  const name = title ?? target
  return (
    <>
      {sop ? (
        <Anchor
          inherit
          underline="always"
          renderRoot={(props) => <Link {...props} to="/sops/$id" params={{ id: sop } as never} />}
        >
          {name}
        </Anchor>
      ) : category !== undefined ? (
        <Anchor
          inherit
          underline="always"
          renderRoot={(props) => <Link {...props} to="/knowledge" search={{ category, q: topic } as never} />}
        >
          {name}
        </Anchor>
      ) : (
        name
      )}
      {confidence != null && ` (${formatShare(confidence)})`}
      {answered === false && ` · ${t(forPerson ? 'dryRun.handOver' : 'dryRun.unsure')}`}
    </>
  )
}
