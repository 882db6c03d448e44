/** Why it is needed: the questions that failed, what would be right, and what search does with them before and after. */
import { Anchor, Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatShare } from '../app/time.ts'
import { Time } from '../components/Time.tsx'
import { dryRunOf, type Proposal, suggestionOf } from './documents.ts'
import { type Group as Alike, groupEvidence, type Question } from './evidence.ts'
import classes from './review.module.css'
import { effectOf } from './tried.ts'

const shownAtFirst = 4

export function Evidence({ proposal }: { proposal: Proposal }) {
  const { t } = useTranslation('review')
  const groups = useMemo(() => groupEvidence(proposal, dryRunOf(proposal.dryRun)), [proposal])
  const { totalCount, nodes } = proposal.evidence
  if (totalCount === 0)
    return (
      <Text size="sm" c="dimmed">
        {t(suggestionOf(proposal).finding ? 'evidence.checked' : 'evidence.none')}
      </Text>
    )
  return (
    <Stack gap="sm" component="section">
      <Title order={3} size="h5">
        {t('evidence.title', { count: totalCount })}
      </Title>
      {groups.map((group) => (
        <AlikeQuestions key={group.key} group={group} />
      ))}
      {totalCount > nodes.length && (
        <Text size="sm" c="dimmed">
          {t('evidence.rest', { count: totalCount - nodes.length })}
        </Text>
      )}
    </Stack>
  )
}

function AlikeQuestions({ group }: { group: Alike }) {
  const { t } = useTranslation('review')
  const [all, setAll] = useState(false)
  const shown = all ? group.questions : group.questions.slice(0, shownAtFirst)
  const hidden = group.questions.length - shown.length
  return (
    <Paper withBorder p="sm">
      <Text size="xs" c="dimmed" mb={4}>
        {group.expected ? t('evidence.expected', { title: group.expected }) : t('evidence.unexpected')}
      </Text>
      {group.correction && (
        <div className={classes.quote}>
          <Text size="xs" c="dimmed">
            {t('evidence.correction')}
          </Text>
          <Text size="sm" lineClamp={8}>
            {group.correction}
          </Text>
        </div>
      )}
      <Stack gap="sm" mt="xs" mb={0} component="ul" p={0} style={{ listStyle: 'none' }}>
        {shown.map((question) => (
          <FailingQuestion key={question.failure.id} {...question} />
        ))}
      </Stack>
      {hidden > 0 && (
        <Button variant="subtle" size="compact-sm" mt="xs" onClick={() => setAll(true)}>
          {t('evidence.more', { count: hidden })}
        </Button>
      )}
    </Paper>
  )
}

function FailingQuestion({ failure, tried }: Question) {
  const { t } = useTranslation('review')
  const feedback = failure.feedbackType as 'unhelpful' | 'wrong' | 'incomplete' | null
  const ticket = failure.givenResponse?.ticketId
  const effect = tried && effectOf(tried)
  return (
    <li>
      <Text size="sm" fw={500} className={classes.anywhere} lineClamp={6}>
        {failure.erasedAt ? t('evidence.erased') : `“${failure.query}”`}
      </Text>
      <Group gap={8} mt={2}>
        {feedback && (
          <Badge tt="none" size="sm" variant="light" color="gray">
            {t(`evidence.feedback.${feedback}`)}
          </Badge>
        )}
        {effect && (
          <Badge tt="none" size="sm" variant="light" color={effect === 'fixed' ? 'teal' : 'orange'}>
            {t(effect === 'fixed' ? 'evidence.fixed' : 'evidence.still')}
          </Badge>
        )}
        {failure.confidenceScore !== null && (
          <Text size="xs" c="dimmed">
            {t('meta.confidence', { value: formatShare(failure.confidenceScore) })}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          <Time at={failure.createdAt} />
        </Text>
        {ticket != null && (
          <Anchor
            size="xs"
            underline="always"
            renderRoot={(props) => <Link to="/inbox" search={{ tab: 'all', ticket } as never} {...props} />}
          >
            {t('evidence.conversation')}
          </Anchor>
        )}
      </Group>
    </li>
  )
}
