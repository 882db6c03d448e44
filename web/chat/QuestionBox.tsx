/** Where the customer writes. What was not sent stays in it, with a kind word why. */
import { Alert, Button, Group, Textarea } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { type Ref, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../graphql/client.ts'
import classes from './chat.module.css'

const mostBytes = 65_536
/** On a phone's keyboard Enter begins a line. */
const coarse = matchMedia('(pointer: coarse)').matches

interface Props {
  ref: Ref<HTMLTextAreaElement>
  first: boolean
  busy: boolean
  refused: ApiError | null
  onAsk: (text: string) => Promise<boolean>
}

export function QuestionBox({ ref, first, busy, refused, onAsk }: Props) {
  const { t } = useTranslation('chat')
  const [text, setText] = useState('')
  const waits = useWaiting(refused)
  const tooLong = new TextEncoder().encode(text).length > mostBytes
  const ready = text.trim() !== '' && !tooLong && !busy && !waits
  const send = async () => {
    if (!ready) return
    const written = text
    setText('')
    if (!(await onAsk(written))) setText((now) => (now.trim() === '' ? written : `${written}\n${now}`))
  }
  const kind =
    refused === null
      ? null
      : refused.code === 'CO429'
        ? waits
          ? t('refused.busy', { count: secondsOf(refused) })
          : null
        : refused.code === 'OFFLINE' || refused.code === 'CO503'
          ? t('refused.offline')
          : refused.code.startsWith('CO0')
            ? `${refused.message} ${refused.hint ?? ''}`
            : t('refused.other')
  return (
    <form
      className={classes.box}
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      {kind && (
        <Alert color="orange" p="xs" mb="xs">
          {kind}
        </Alert>
      )}
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <Textarea
          ref={ref}
          id="question"
          flex={1}
          rows={2}
          label={t('question.label')}
          placeholder={first ? t('question.placeholder') : undefined}
          value={text}
          error={tooLong && t('question.tooLong')}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || coarse || event.nativeEvent.isComposing) return
            event.preventDefault()
            void send()
          }}
        />
        <Button type="submit" disabled={!ready} leftSection={<IconSend size={16} aria-hidden />}>
          {t(first ? 'question.send' : 'question.sendMore')}
        </Button>
      </Group>
    </form>
  )
}

const secondsOf = ({ retryAfter }: ApiError) => retryAfter ?? 30

/** Whether it is too early to ask again. The text does not count down: screen readers would read each number. */
function useWaiting(refused: ApiError | null): boolean {
  const [over, setOver] = useState<ApiError | null>(null)
  const waits = refused?.code === 'CO429' && over !== refused
  useEffect(() => {
    if (refused === null || !waits) return
    const timer = setTimeout(() => setOver(refused), secondsOf(refused) * 1000)
    return () => clearTimeout(timer)
  }, [refused, waits])
  return waits
}
