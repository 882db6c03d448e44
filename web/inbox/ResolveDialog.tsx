/** Closes a conversation, and says what the assistant should have known. */
import { Button, Fieldset, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Expected, ExpectedPicker, nothingExpected } from '../components/ExpectedPicker.tsx'
import type { Ticket } from './data.ts'

export interface Resolution extends Expected {
  resolution: string | null
  correction: string | null
}

interface Props {
  opened: boolean
  onClose: () => void
  ticket: Ticket
  onResolve: (given: Resolution) => void
}

export default function ResolveDialog({ opened, onClose, ticket, onResolve }: Props) {
  const { t } = useTranslation(['inbox', 'common'])
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('resolve.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('common:do.close') }}
    >
      <Form ticket={ticket} onClose={onClose} onResolve={onResolve} />
    </Modal>
  )
}

function Form({ ticket, onClose, onResolve }: Omit<Props, 'opened'>) {
  const { t } = useTranslation(['inbox', 'common'])
  const [resolution, setResolution] = useState('')
  const [correction, setCorrection] = useState('')
  const [expected, setExpected] = useState<Expected>(nothingExpected)
  const answered = ticket.answered.nodes[0]
  const submit = () => {
    onClose()
    onResolve({ resolution: resolution.trim() || null, correction: correction.trim() || null, ...expected })
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a key for the fields within
    <div
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.stopPropagation()
          submit()
        }
      }}
    >
      <Stack>
        <Textarea
          label={t('resolve.resolution')}
          description={t('resolve.resolutionHint')}
          data-autofocus
          autosize
          minRows={2}
          maxRows={8}
          maxLength={10_000}
          value={resolution}
          onChange={(event) => setResolution(event.currentTarget.value)}
        />
        {answered ? (
          <Fieldset legend={t('resolve.learn')}>
            <Stack gap="sm">
              <Textarea
                label={t('resolve.correction')}
                description={t('correct.whatHint')}
                autosize
                minRows={2}
                maxRows={8}
                maxLength={10_000}
                value={correction}
                onChange={(event) => setCorrection(event.currentTarget.value)}
              />
              <ExpectedPicker
                person
                label={t('correct.expected')}
                placeholder={t('correct.expectedHint')}
                nothingFound={t('correct.nothingFound')}
                suggest={answered.question}
                onChange={setExpected}
              />
            </Stack>
          </Fieldset>
        ) : (
          <Text size="sm" c="dimmed">
            {t('resolve.nothingAnswered')}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="subtle" onClick={onClose}>
            {t('common:do.cancel')}
          </Button>
          <Button onClick={submit}>{t('resolve.submit')}</Button>
        </Group>
      </Stack>
    </div>
  )
}
