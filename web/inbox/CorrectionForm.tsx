/** Opens under the answer: what should have been said, what was wrong, what is right. */
import { Button, Group, Input, Paper, SegmentedControl, Stack, Text, Textarea } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Expected, ExpectedPicker, nothingExpected } from '../components/ExpectedPicker.tsx'
import { toast } from '../components/toast.ts'
import type { ApiError } from '../graphql/client.ts'
import { useChange } from '../graphql/hooks.ts'
import { type GivenAnswer, patchAnswer, ticketQuery } from './data.ts'
import { markUnhelpful } from './Rating.tsx'

const types = ['wrong', 'incomplete', 'unhelpful'] as const
type FeedbackType = (typeof types)[number]

export default function CorrectionForm({
  response,
  onClose,
}: {
  response: GivenAnswer
  onClose: () => void
}) {
  const { t } = useTranslation(['inbox', 'common'])
  const client = useQueryClient()
  const filed = response.failure?.withdrawnAt === null ? response.failure : null
  const [type, setType] = useState<FeedbackType>(
    types.find((one) => one === filed?.feedbackType) ??
      (response.outcome === 'answered' ? 'wrong' : 'incomplete'),
  )
  const [text, setText] = useState(filed?.userCorrection ?? '')
  const [expected, setExpected] = useState<Expected>(nothingExpected)
  const [refused, setRefused] = useState<ApiError | null>(null)
  const form = useRef<HTMLDivElement>(null)
  useEffect(() => {
    form.current?.scrollIntoView({ block: 'nearest' })
    form.current?.querySelector('textarea')?.focus({ preventScroll: true })
  }, [])

  const save = useChange(markUnhelpful, {
    refreshes: [ticketQuery],
    onSuccess: () => {
      patchAnswer(client, response.id, 'unhelpful')
      toast({ message: t('correct.saved') })
      onClose()
    },
    onError: (error) => {
      setRefused(error)
      return true
    },
  })
  const submit = () => save.mutate({ id: response.id, type, correction: text.trim() || null, ...expected })
  return (
    <Paper
      ref={form}
      withBorder
      p="sm"
      role="form"
      aria-label={t('correct.title')}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.stopPropagation()
          submit()
        }
        if (event.key === 'Escape') onClose()
      }}
    >
      <Stack gap="sm">
        <Textarea
          label={t('correct.what')}
          description={t('correct.whatHint')}
          autosize
          minRows={2}
          maxRows={10}
          maxLength={10_000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <ExpectedPicker
          person
          label={t('correct.expected')}
          placeholder={t('correct.expectedHint')}
          nothingFound={t('correct.nothingFound')}
          suggest={response.question}
          onChange={setExpected}
        />
        <Input.Wrapper label={t('correct.type')} labelElement="div" id={`type-${response.id}`}>
          <SegmentedControl
            aria-labelledby={`type-${response.id}-label`}
            size="xs"
            fullWidth
            value={type}
            onChange={(value) => setType(value as FeedbackType)}
            data={types.map((one) => ({ value: one, label: t(`correct.types.${one}`) }))}
          />
        </Input.Wrapper>
        {refused && (
          <Text size="sm" c="var(--mantine-color-error)" role="alert">
            {refused.message} {refused.hint}
          </Text>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" size="xs" onClick={onClose}>
            {t('common:do.cancel')}
          </Button>
          <Button size="xs" loading={save.isPending} onClick={submit}>
            {t('correct.save')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}
