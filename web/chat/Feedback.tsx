/** Whether an answer helped, and what was wrong with it if not. */
import { Button, Group, Paper, Radio, Stack, Text, Textarea } from '@mantine/core'
import { IconThumbDown, IconThumbUp } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useChange } from '../graphql/hooks.ts'
import { conversationQuery, type Given, helpfulMutation, unhelpfulMutation } from './data.ts'

const types = ['unhelpful', 'wrong', 'incomplete'] as const

export function Feedback({ response }: { response: Given }) {
  const { t } = useTranslation('chat')
  const { id } = response
  // Told here: there is no place for toasts outside of the staff's frame.
  const options = { refreshes: [conversationQuery], onError: () => true }
  const helpful = useChange(helpfulMutation, options)
  const unhelpful = useChange(unhelpfulMutation, options)
  const [asking, setAsking] = useState(false)
  const [sent, setSent] = useState(false)
  const no = useRef<HTMLButtonElement>(null)
  // What was pressed shows at once.
  const given = helpful.isPending ? 'helpful' : unhelpful.isPending ? 'unhelpful' : response.feedback
  return (
    <Stack gap={6} mt={4}>
      <Group gap={6} role="group" aria-label={t('feedback.label')}>
        <Text size="xs" c="dimmed">
          {t('feedback.label')}
        </Text>
        <Button
          size="compact-xs"
          mih={26}
          variant={given === 'helpful' ? 'light' : 'subtle'}
          aria-pressed={given === 'helpful'}
          leftSection={<IconThumbUp size={14} aria-hidden />}
          onClick={() => {
            setAsking(false)
            setSent(false)
            if (given !== 'helpful') helpful.mutate({ id })
          }}
        >
          {t('feedback.yes')}
        </Button>
        <Button
          ref={no}
          size="compact-xs"
          mih={26}
          variant={given === 'unhelpful' ? 'light' : 'subtle'}
          color={given === 'unhelpful' ? 'red' : undefined}
          aria-pressed={given === 'unhelpful'}
          leftSection={<IconThumbDown size={14} aria-hidden />}
          onClick={() => {
            setAsking(true)
            setSent(false)
            if (given !== 'unhelpful') unhelpful.mutate({ id, type: 'unhelpful', correction: null })
          }}
        >
          {t('feedback.no')}
        </Button>
        <Text size="xs" c="dimmed" role="status">
          {sent ? t('feedback.sent') : response.feedback === 'helpful' ? t('feedback.thanks') : ''}
        </Text>
      </Group>
      {(helpful.isError || unhelpful.isError) && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {t('feedback.failed')}
        </Text>
      )}
      {asking && (
        <WhatWasWrong
          id={id}
          onSend={(type, correction) => {
            unhelpful.mutate(
              { id, type, correction },
              {
                onSuccess: () => {
                  setAsking(false)
                  setSent(true)
                  no.current?.focus()
                },
              },
            )
          }}
        />
      )}
    </Stack>
  )
}

function WhatWasWrong({
  id,
  onSend,
}: {
  id: string
  onSend: (type: string, correction: string | null) => void
}) {
  const { t } = useTranslation('chat')
  const [type, setType] = useState<string>('unhelpful')
  const [text, setText] = useState('')
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => {
    first.current?.focus({ preventScroll: true })
    first.current?.form?.scrollIntoView({ block: 'nearest' })
  }, [])
  return (
    <Paper
      withBorder
      p="sm"
      component="form"
      onSubmit={(event) => {
        event.preventDefault()
        onSend(type, text.trim() || null)
      }}
    >
      <Stack gap="sm">
        <Radio.Group label={t('feedback.what')} value={type} onChange={setType} name={`wrong-${id}`}>
          <Stack gap={6} mt={6}>
            {types.map((one, index) => (
              <Radio
                key={one}
                ref={index === 0 ? first : undefined}
                value={one}
                label={t(`feedback.types.${one}`)}
              />
            ))}
          </Stack>
        </Radio.Group>
        <Textarea
          label={t('feedback.more')}
          rows={2}
          maxLength={10_000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button type="submit" size="xs">
            {t('feedback.send')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  )
}
