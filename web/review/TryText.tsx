/** While somebody writes: what search would return for the failing questions, if this text were published. */
import { Alert, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type ApiError, request } from '../graphql/client.ts'
import { Outcome, Warnings } from './DryRun.tsx'
import { conflictOf, dryRunOf, tryTextMutation } from './documents.ts'
import { Tried } from './Tried.tsx'

interface Props {
  id: number
  text: string
  version: number | null
  /** Not while there are marks of a conflict in it, or nothing. */
  possible: boolean
}

export function TryText({ id, text, version, possible }: Props) {
  const { t } = useTranslation('review')
  const [settled] = useDebouncedValue(text, 600)
  const { data, error, isFetching } = useQuery({
    queryKey: ['ReviewTryText', id, version, settled],
    // A later text aborts the question about an earlier one.
    queryFn: ({ signal }) => request(tryTextMutation, { id, text: settled, version }, signal),
    enabled: possible && settled.trim() !== '',
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  })
  const result = data?.previewImprovement?.result
  const dryRun = dryRunOf(result)
  const conflict = conflictOf(result)
  const computing = possible && (isFetching || settled !== text)
  const questions = dryRun?.questions ?? []
  return (
    <Stack gap="xs" component="section">
      <Group gap="xs">
        <Title order={3} size="h5">
          {t('edit.try')}
        </Title>
        <Group gap={6} role="status">
          {computing && (
            <>
              <Loader size={14} aria-hidden />
              <Text size="xs" c="dimmed">
                {t('edit.trying')}
              </Text>
            </>
          )}
        </Group>
      </Group>
      {error && !computing && (
        <Alert color="red" p="xs">
          {error.message} {(error as ApiError).hint}
        </Alert>
      )}
      {conflict && (
        <Alert color="orange" p="xs">
          {t('dryRun.conflict', { text: conflict })}
        </Alert>
      )}
      {dryRun && (
        <Paper withBorder p="sm" opacity={computing ? 0.65 : 1}>
          <Outcome dryRun={dryRun} timeless />
          {questions.length === 0 && (
            <Text size="sm" c="dimmed" mt="xs">
              {t('edit.noQuestions')}
            </Text>
          )}
          <Stack gap="xs" mt="xs">
            <Warnings warnings={dryRun.warnings ?? []} />
            <Tried questions={questions} />
          </Stack>
        </Paper>
      )}
    </Stack>
  )
}
