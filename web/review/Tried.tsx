/** What a dry run found, question by question: what breaks first, what stays as it is folded away. */
import { Badge, Box, Button, Group, Stack, Text, Title, UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SourceDiff } from '../components/TextDiff.tsx'
import type { TriedQuestion } from './documents.ts'
import { Found, Target } from './Found.tsx'
import classes from './review.module.css'
import { groupTried, type TriedGroup } from './tried.ts'

const shownAtFirst = 6
const colors: Record<TriedGroup, string> = {
  goldenBroken: 'red',
  broken: 'red',
  still: 'orange',
  changed: 'grape',
  goldenFixed: 'teal',
  fixed: 'teal',
  unaffected: 'gray',
}

export function Tried({ questions }: { questions: TriedQuestion[] }) {
  return groupTried(questions).map(({ group, questions }) => (
    <GroupOfQuestions key={group} group={group} questions={questions} />
  ))
}

function GroupOfQuestions({ group, questions }: { group: TriedGroup; questions: TriedQuestion[] }) {
  const { t } = useTranslation('review')
  const id = useId()
  const [open, setOpen] = useState(group !== 'unaffected')
  const [all, setAll] = useState(false)
  const shown = all ? questions : questions.slice(0, shownAtFirst)
  return (
    <Box>
      <Title order={4} size="sm">
        <UnstyledButton
          className={classes.fold}
          aria-expanded={open}
          aria-controls={open ? id : undefined}
          onClick={() => setOpen(!open)}
        >
          <IconChevronRight size={14} aria-hidden data-open={open || undefined} />
          <span>{t(`tried.${group}`)}</span>
          <Badge tt="none" size="sm" variant="light" color={colors[group]}>
            {questions.length}
          </Badge>
        </UnstyledButton>
      </Title>
      {open && (
        <Stack id={id} gap="sm" mt={4} component="ul" p={0} mb={0} className={classes.questions}>
          {shown.map((question) => (
            <li key={`${question.role} ${question.question}`}>
              <TriedLine question={question} same={group === 'unaffected'} />
            </li>
          ))}
          {shown.length < questions.length && (
            <li>
              <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
                {t('evidence.more', { count: questions.length - shown.length })}
              </Button>
            </li>
          )}
        </Stack>
      )}
    </Box>
  )
}

/** same: before and after are one, and said once. */
function TriedLine({ question, same }: { question: TriedQuestion; same: boolean }) {
  const { t } = useTranslation('review')
  const { expected, after, before_text, after_text } = question
  const [read, setRead] = useState(false)
  return (
    <>
      <Group gap={6} wrap="nowrap" align="flex-start">
        <Text size="sm" className={classes.anywhere} lineClamp={3}>
          “{question.question}”
        </Text>
        {question.role === 'golden' && (
          <span className={classes.chip} data-tone="gold">
            {t('tried.golden')}
          </span>
        )}
      </Group>
      {expected !== null && expected !== after && (
        <Text size="xs" className={classes.anywhere}>
          {t('tried.expected')}: <Target target={expected} title={question.expected_title} />
        </Text>
      )}
      {same ? (
        <Text size="xs" c="dimmed" className={classes.anywhere}>
          <Target
            target={after}
            title={question.after_title}
            confidence={question.after_confidence}
            answered={question.after_answered}
            forPerson={question.after_for_a_person}
          />
        </Text>
      ) : (
        <Found question={question} />
      )}
      {before_text != null && after_text != null && (
        <>
          <Button
            size="compact-xs"
            variant="subtle"
            aria-expanded={read}
            onClick={() => setRead(!read)}
            ml={-8}
          >
            {t(read ? 'tried.hideText' : 'tried.showText')}
          </Button>
          {read && <SourceDiff before={before_text} after={after_text} />}
        </>
      )}
    </>
  )
}
