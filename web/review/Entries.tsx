/** What a proposal for knowledge would write: each entry, beside the answer that it replaces. */
import { Badge, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { SourceDiff } from '../components/TextDiff.tsx'
import { useData } from '../graphql/hooks.ts'
import { entriesQuery, type Proposal, suggestionOf } from './documents.ts'
import classes from './review.module.css'

interface Before {
  answer?: string
}

export function Entries({ proposal }: { proposal: Proposal }) {
  const { t } = useTranslation('review')
  const { entries = [], category = '', topic = '' } = suggestionOf(proposal)
  const pending = proposal.status === 'pending'
  const { data } = useData(
    entriesQuery,
    { category, topic, questions: entries.map((entry) => entry.question) },
    { enabled: pending && entries.length > 0, staleTime: 30_000 },
  )
  const existing = new Map(
    (data?.knowledgeBases?.nodes ?? []).map((entry) => [
      entry?.question,
      { answer: entry?.answer } as Before,
    ]),
  )
  return (
    <Stack gap="sm" component="section">
      <Title order={3} size="h5">
        {t('entries.title')}
      </Title>
      {entries.length === 0 && <Text c="dimmed">{t('change.erased')}</Text>}
      {entries.map((entry) => {
        const old = existing.get(entry.question)
        return (
          <Paper key={entry.question} withBorder p="sm">
            <Group gap="xs" align="flex-start" mb="xs">
              <Title order={4} size="sm" flex={1} className={classes.anywhere}>
                {entry.question}
              </Title>
              {pending && data && (
                <Badge tt="none" variant="light" color={old ? 'orange' : 'teal'}>
                  {t(old ? 'entries.replaces' : 'entries.new')}
                </Badge>
              )}
            </Group>
            {old?.answer !== undefined ? (
              <SourceDiff before={old.answer} after={entry.answer} />
            ) : (
              <Text size="sm" className={classes.quote}>
                {entry.answer}
              </Text>
            )}
          </Paper>
        )
      })}
    </Stack>
  )
}
